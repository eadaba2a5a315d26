//! The meter's run status words (电表运行状态字), bit by bit.

/// Bits of word 1, by what they say when they are set. Two public firmwares and two decoders agree
/// on them; bit 6 is set by newer firmware only.
const WORD_1: &[(u8, &str)] = &[
    (15, "clock_fault"),
    (14, "overdraft"),
    (13, "memory_fault"),
    (12, "program_fault"),
    (9, "esam_error"),
    (8, "control_loop_error"),
    (6, "metering_chip_fault"),
    (5, "reactive_reversed"),
    (4, "active_reversed"),
    (3, "reading_battery_low"),
    (2, "clock_battery_low"),
    (1, "demand_by_interval"),
];

/// Bits of word 3. Bits 1–2 (what supplies the meter) and 8–9 (kind of prepayment) are numbers of
/// two bits whose coding is not verified: they have no name here.
const WORD_3: &[(u8, &str)] = &[
    (11, "second_step_tariff_set"),
    (10, "second_tariff_set"),
    (7, "trip_alarm"),
    (6, "relay_open_commanded"),
    (5, "second_season_table"),
    (4, "relay_open"),
    (3, "programming_enabled"),
    (0, "second_period_table"),
];

/// The bits that are set in run status word 1–7 and have a name, the highest first. Words 2 and
/// 4–7 have no verified names: their list is empty.
///
/// DL/T 698.45 carries the same words (20140200).
///
/// ```
/// use metercrew_devices::dlt645::status_bits;
///
/// assert_eq!(status_bits(1, 0x8004), ["clock_fault", "clock_battery_low"]);
/// ```
pub fn status_bits(word_number: u8, word: u16) -> Vec<String> {
    let table = match word_number {
        1 => WORD_1,
        3 => WORD_3,
        _ => &[],
    };
    let set = table.iter().filter(|(bit, _)| word >> bit & 1 == 1);
    set.map(|(_, name)| (*name).to_owned()).collect()
}
