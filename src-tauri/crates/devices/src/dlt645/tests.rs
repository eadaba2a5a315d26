//! The codec against frames with known checksums, and against bytes of every kind.

use proptest::prelude::*;
use serde::Deserialize;
use serde::de::{IntoDeserializer, value::StrDeserializer};

use super::*;

/// Bytes written as hex digits and blanks.
pub(super) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// The one frame in these bytes, which is written as the same bytes again.
fn sample(text: &str) -> Frame {
    let bytes = hex(text);
    let found = find(&bytes).unwrap();
    assert!(bytes[..found.start].iter().all(|byte| *byte == 0xFE));
    assert_eq!(found.end, bytes.len());
    assert_eq!(encode(&found.frame), bytes[found.start..]);
    found.frame
}

fn any_frame() -> impl Strategy<Value = Frame> {
    // marks of the frame itself are made frequent: 68, 16 and FE on the wire
    let byte = prop_oneof![
        Just(0x68u8.wrapping_sub(0x33)),
        Just(0x16u8.wrapping_sub(0x33)),
        Just(0xFEu8.wrapping_sub(0x33)),
        any::<u8>()
    ];
    (
        any::<[u8; 6]>(),
        any::<u8>(),
        proptest::collection::vec(byte, 0..=255),
    )
        .prop_map(|(address, control, data)| Frame {
            address: Address::from_wire(address),
            control,
            data,
        })
}

/// Noise that can begin no frame: no start mark in it.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>().prop_filter("start", |b| *b != 0x68), 0..40)
}

proptest! {
    #[test]
    fn a_frame_is_found_in_noise_once_its_last_byte_has_come(
        frame in any_frame(), before in noise(), after in noise(), preamble in 0usize..9,
    ) {
        let sent = encode(&frame);
        let heard = [before.clone(), vec![0xFE; preamble], sent.clone(), after].concat();
        let start = before.len() + preamble;
        let end = start + sent.len();
        prop_assert_eq!(find(&heard), Some(Found { frame, start, end }));
        for cut in [start, start + 1, start + 9, start + 10, end - 2, end - 1] {
            // its own data may hold another frame
            let early = find(&heard[..cut]).filter(|found| found.start <= start);
            prop_assert_eq!(early, None, "found at {}", cut);
        }
    }

    #[test]
    fn whatever_is_found_has_both_starts_its_end_and_its_checksum(
        bytes in proptest::collection::vec(prop_oneof![Just(0x68u8), Just(0x16), Just(2), any::<u8>()], 0..600)
    ) {
        for found in frames(&bytes) {
            prop_assert_eq!(&encode(&found.frame), &bytes[found.start..found.end]);
        }
    }

    #[test]
    fn a_frame_with_one_byte_changed_is_another_frame_or_none(
        frame in any_frame(), at in any::<prop::sample::Index>(), change in 1u8..=255,
    ) {
        let mut bytes = encode(&frame);
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(change);
        prop_assert_ne!(find(&bytes).map(|found| found.frame), Some(frame));
    }
}

#[test]
fn start_marks_in_noise_do_not_hide_the_frame_behind_them() {
    let frame = hex("68 03 00 00 00 00 00 68 81 04 44 E9 33 34 EC 16");
    for noise in [
        "68",
        "68 68 68",
        "68 00 00 00 00 00 00 68",
        // a head that announces 255 bytes
        "68 00 00 00 00 00 00 68 91 FF",
        "68 68 68 68 68 68 68 68 68 68",
        // whole, but for its checksum
        "68 01 00 00 00 00 00 68 11 04 33 33 34 33 B4 16",
    ] {
        let heard = [hex(noise), frame.clone()].concat();
        let found = find(&heard).expect(noise);
        assert_eq!(found.start, heard.len() - frame.len(), "{noise}");
    }
}

#[test]
fn frames_without_anything_between_them_are_all_found() {
    let frame = hex("68 03 00 00 00 00 00 68 81 04 44 E9 33 34 EC 16");
    let three = [frame.as_slice(), &frame, &frame].concat();
    let places: Vec<(usize, usize)> = frames(&three).map(|f| (f.start, f.end)).collect();
    assert_eq!(places, [(0, 16), (16, 32), (32, 48)]);
}

#[test]
fn data_beyond_the_length_byte_is_left_out_of_a_frame() {
    let frame = Frame {
        address: Address::ANY,
        control: 0x91,
        data: vec![7; 300],
    };
    let found = find(&encode(&frame)).unwrap();
    assert_eq!(found.frame.data, vec![7; 255]);
}

#[test]
fn an_address_is_written_with_its_low_byte_first() {
    let frame = sample("FE FE FE FE 68 67 48 60 10 00 00 68 93 06 9A 7B 93 43 33 33 D9 16");
    assert_eq!(frame.address.to_string(), "000010604867");
    assert_eq!(Address::parse("000010604867"), Some(frame.address));
    assert_eq!(frame.data, frame.address.on_wire());
    for text in [
        "",
        "00001060486",
        "0000106048670",
        "00001060486x",
        "A00000000000",
    ] {
        assert_eq!(Address::parse(text), None, "{text}");
    }
}

#[test]
fn a_shortened_address_matches_by_its_low_digits() {
    let address = |text: &str| Address::parse(text).unwrap();
    let meter = address("112233445566");
    for (asked, expected) in [
        ("112233445566", true),
        ("AAAAAAAAAAAA", true),
        ("AAAAAAAAAA66", true),
        ("AA2233445566", true),
        ("AAAAAAAAAA67", false),
        ("112233445567", false),
        // not filled from the high end: no shortened address
        ("1122334455AA", false),
        ("999999999999", false),
    ] {
        assert_eq!(address(asked).matches(meter), expected, "{asked}");
        let whole = !asked.contains('A') && asked != "999999999999";
        assert_eq!(address(asked).is_of_one_meter(), whole, "{asked}");
    }
    assert!(!Address::BROADCAST.matches(Address::BROADCAST));
}

/// What each published frame means. Numbers are those of the frames' list: 1–12 were found in
/// public sources and their checksums recomputed, S1–S6 are made up.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "1",
        "FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16",
        "read the address of any meter",
    ),
    (
        "2",
        "FE FE FE FE 68 67 48 60 10 00 00 68 93 06 9A 7B 93 43 33 33 D9 16",
        "answer of 000010604867: its address is 000010604867",
    ),
    (
        "3",
        "68 01 00 00 00 00 00 68 93 06 34 33 33 33 33 33 9D 16",
        "answer of 000000000001: its address is 000000000001",
    ),
    (
        "4",
        "FE FE FE FE 68 29 25 07 07 21 20 68 11 04 33 33 33 33 4E 16",
        "read 00000000 combined_total of 202107072529",
    ),
    (
        "5",
        "FE FE FE FE 68 29 25 07 07 21 20 68 91 08 33 33 33 33 A9 4A 36 33 2E 16",
        "answer of 202107072529: 00000000 combined_total 317.76 kWh",
    ),
    (
        "6",
        "FE FE FE FE 68 AA AA AA AA AA AA 68 11 04 33 33 34 33 AE 16",
        "read 00010000 forward_total of any meter",
    ),
    (
        "7",
        "FE FE FE FE 68 01 00 00 00 00 00 68 91 08 33 33 34 33 59 39 54 53 70 16",
        "answer of 000000000001: 00010000 forward_total 202106.26 kWh",
    ),
    (
        "8",
        "68 68 40 98 09 21 04 68 11 04 33 33 34 33 20 16",
        "read 00010000 forward_total of 042109984068",
    ),
    (
        "9",
        "68 62 01 76 00 00 81 68 11 04 35 37 33 37 15 16",
        "read 04000402 meter_no of 810000760162",
    ),
    // its field is longer than a voltage
    (
        "10",
        "FE FE FE FE 68 01 00 00 00 00 00 68 91 08 33 34 34 35 77 66 55 44 B0 16",
        "answer of 000000000001: 02010100 voltage_a malformed",
    ),
    (
        "11",
        "68 03 00 00 00 00 00 68 01 02 44 E9 03 16",
        "read B611 voltage_a of 000000000003",
    ),
    (
        "12",
        "68 03 00 00 00 00 00 68 81 04 44 E9 33 34 EC 16",
        "answer of 000000000003: B611 voltage_a 100.00 V",
    ),
    (
        "S1 question",
        "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 33 33 34 33 17 16",
        "read 00010000 forward_total of 112233445566",
    ),
    (
        "S1",
        "FE FE FE FE 68 66 55 44 33 22 11 68 91 08 33 33 34 33 9A 78 56 34 37 16",
        "answer of 112233445566: 00010000 forward_total 12345.67 kWh",
    ),
    (
        "S2 question",
        "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 33 32 34 33 16 16",
        "read 0001FF00 forward energies of 112233445566",
    ),
    (
        "S2",
        "FE FE FE FE 68 66 55 44 33 22 11 68 91 18 33 32 34 33 89 67 45 33 33 33 34 33 33 33 38 \
         33 89 67 37 33 33 33 35 33 D8 16",
        "answer of 112233445566: 0001FF00 forward energies \
         1234.56 kWh, 100.00 kWh, 500.00 kWh, 434.56 kWh, 200.00 kWh",
    ),
    (
        "S3 question",
        "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 33 35 C3 33 A8 16",
        "read 00900200 money_left of 112233445566",
    ),
    (
        "S3",
        "FE FE FE FE 68 66 55 44 33 22 11 68 91 08 33 35 C3 33 98 BA 33 33 E4 16",
        "answer of 112233445566: 00900200 money_left 87.65 yuan",
    ),
    (
        "S4 question",
        "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 34 38 33 37 20 16",
        "read 04000501 status_1 of 112233445566",
    ),
    (
        "S4",
        "FE FE FE FE 68 66 55 44 33 22 11 68 91 06 34 38 33 37 37 B3 8C 16",
        "answer of 112233445566: 04000501 status_1 8004 clock_fault clock_battery_low",
    ),
    (
        "S5",
        "FE FE FE FE 68 66 55 44 33 22 11 68 D1 01 35 3C 16",
        "answer of 112233445566: refused: no such data",
    ),
    (
        "S6 question",
        "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 33 34 34 35 1A 16",
        "read 02010100 voltage_a of 112233445566",
    ),
    (
        "S6",
        "FE FE FE FE 68 66 55 44 33 22 11 68 91 06 33 34 34 35 34 55 25 16",
        "answer of 112233445566: 02010100 voltage_a 220.10 V",
    ),
];

#[test]
fn each_published_frame_means_what_is_published_and_is_written_as_it_was() {
    for (number, frame, meaning) in MEANINGS {
        sample(frame);
        let bytes = hex(frame);
        let explained = explain(&bytes);
        assert_eq!(
            explained,
            Some(((*meaning).to_owned(), bytes.len())),
            "{number}"
        );
    }
}

fn explained(control: u8, data: &[u8]) -> String {
    let frame = Frame {
        address: Address::parse("112233445566").unwrap(),
        control,
        data: data.to_vec(),
    };
    explain(&encode(&frame)).unwrap().0
}

#[test]
fn a_customer_number_and_what_goes_under_a_key_are_never_told() {
    let customer = [0x21, 0x43, 0x65, 0x87, 0x09, 0x21];
    for (control, identifier) in [
        (0x91, &[0x0E, 0x04, 0x00, 0x04][..]),
        (0xB1, &[0x0E, 0x04, 0x00, 0x04]),
        (0x92, &[0x0E, 0x04, 0x00, 0x04]),
        (0x81, &[0x33, 0xC0]),
        (0x83, &[0xFF, 0x02, 0x81, 0x07]),
        (0x91, &[0x77, 0x77, 0x77, 0x07]),
        (0x03, &[0xFF, 0x01, 0x01, 0x07]),
    ] {
        let line = explained(control, &[identifier, &customer].concat());
        for digits in ["210987654321", "2109", "2143", "6587"] {
            assert!(!line.contains(digits), "{line}");
        }
    }
}

#[test]
fn every_bit_of_an_error_is_told() {
    let line = explained(0xD1, &[0x06]);
    assert!(
        line.ends_with("refused: no such data, not authorised"),
        "{line}"
    );
    assert!(explained(0xC1, &[0x00]).ends_with("refused: error 00"));
    let line = explained(0xC3, &[0x22, 0x00]);
    assert!(
        line.ends_with("[DuplicateTopUp, TopUpCountWrong]"),
        "{line}"
    );
}

#[test]
fn a_clock_is_set_by_a_frame_to_all_that_names_the_seconds_first() {
    let clock = domain::MeterClock::new(2026, 11, 21, 8, 30, 5).unwrap();
    let bytes = broadcast_time(&clock).unwrap();
    assert_eq!(bytes[..4], PREAMBLE);
    let found = find(&bytes).unwrap();
    assert_eq!(found.frame.address, Address::BROADCAST);
    assert_eq!(found.frame.control, 0x08);
    assert_eq!(found.frame.data, [0x05, 0x30, 0x08, 0x21, 0x11, 0x26]);
    assert_eq!(
        explain(&bytes).unwrap().0,
        "set the clock of every meter to 261121083005"
    );
    let text: StrDeserializer<'_, serde::de::value::Error> = "soon".into_deserializer();
    let no_clock = domain::MeterClock::deserialize(text).unwrap();
    assert_eq!(broadcast_time(&no_clock), None);
}

#[test]
fn named_bits_of_a_status_word_are_told_the_highest_first_and_others_are_not() {
    assert_eq!(
        status_bits(1, 0xFFFF),
        [
            "clock_fault",
            "overdraft",
            "memory_fault",
            "program_fault",
            "esam_error",
            "control_loop_error",
            "metering_chip_fault",
            "reactive_reversed",
            "active_reversed",
            "reading_battery_low",
            "clock_battery_low",
            "demand_by_interval"
        ]
    );
    assert_eq!(
        status_bits(3, 0x0050),
        ["relay_open_commanded", "relay_open"]
    );
    for number in [0, 2, 4, 5, 6, 7, 8] {
        assert_eq!(status_bits(number, 0xFFFF), Vec::<String>::new());
    }
}

#[test]
fn letters_are_read_from_the_last_to_the_first_without_their_filling() {
    let read = |field: &[u8]| form::Form::Letters.value(field);
    let text = |text: &str| Ok(domain::ItemValue::Text(text.to_owned()));
    assert_eq!(read(b"\0\0 321ZDD"), text("DDZ123"));
    assert_eq!(read(b"321 ZDD  \xFF"), text("DDZ 123"));
    assert_eq!(read(b"3\x0721"), Err(domain::ItemRefusal::Malformed));
}

proptest! {
    #[test]
    fn a_number_is_read_as_it_was_written(number in 0u64..100_000_000) {
        prop_assert_eq!(bcd::number(&bcd::write(number, 4)), Some(number));
        prop_assert_eq!(bcd::digits(&bcd::write(number, 4)), Some(format!("{number:08}")));
    }

    #[test]
    fn any_bytes_are_explained_or_not_without_a_fault(
        control in any::<u8>(), data in proptest::collection::vec(any::<u8>(), 0..60),
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        explained(control, &data);
        explain(&bytes);
        for (_, _, form) in items::TABLE.iter().chain(items_1997::TABLE) {
            // what it says is the meter's own; that it says something without a fault is ours
            let _ = form.value(&data);
        }
    }
}
