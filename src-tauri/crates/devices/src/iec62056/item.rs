//! Which data set of a readout is which item, and what it says.

use domain::{Decimal, ItemAnswer, ItemReadout, ItemRefusal, ItemValue, MeterClock, MeterItem};

use super::{Entry, Value};

/// Where a meter says its own number (OBIS, IEC 62056-61): the serial number, its abstract twin,
/// the device address.
const NUMBER: [&str; 3] = ["C.1.0", "96.1.0", "0.0.0"];

/// What an item is read from: quantities, of which the first that is there counts.
///
/// Source: OBIS, IEC 62056-61. Left out are 15.8.0 and 16.8.0: they are the sum and the difference
/// of both directions, and which of them a meter's combined energy (组合有功) is, only its own
/// settings say. Of the two powers the net one comes first: the other is zero while energy flows
/// back.
fn quantities(item: MeterItem) -> &'static [&'static str] {
    match item {
        MeterItem::ForwardTotal => &["1.8.0"],
        MeterItem::ForwardT1 => &["1.8.1"],
        MeterItem::ForwardT2 => &["1.8.2"],
        MeterItem::ForwardT3 => &["1.8.3"],
        MeterItem::ForwardT4 => &["1.8.4"],
        MeterItem::ReverseTotal => &["2.8.0"],
        MeterItem::VoltageA => &["32.7.0"],
        MeterItem::VoltageB => &["52.7.0"],
        MeterItem::VoltageC => &["72.7.0"],
        MeterItem::CurrentA => &["31.7.0"],
        MeterItem::CurrentB => &["51.7.0"],
        MeterItem::CurrentC => &["71.7.0"],
        MeterItem::PowerTotal => &["16.7.0", "1.7.0"],
        MeterItem::CombinedTotal
        | MeterItem::MoneyLeft
        | MeterItem::Overdraft
        | MeterItem::EnergyLeft
        | MeterItem::EnergyOverdrawn
        | MeterItem::Clock
        | MeterItem::Status1
        | MeterItem::Status2
        | MeterItem::Status3
        | MeterItem::Status4
        | MeterItem::Status5
        | MeterItem::Status6
        | MeterItem::Status7
        | MeterItem::AssetNo
        | MeterItem::MeterNo
        | MeterItem::Model
        | MeterItem::PurchaseCount
        | MeterItem::LastPurchase => &[],
    }
}

/// What a readout says of an item.
pub(super) fn read(item: MeterItem, entries: &[Entry]) -> ItemReadout {
    let value = match (item, quantities(item), item.unit()) {
        (MeterItem::Clock, _, _) => clock(entries).map(ItemValue::Clock),
        (MeterItem::MeterNo, _, _) => numbers(entries)
            .next()
            .map(|number| ItemValue::Text(number.to_owned()))
            .ok_or(ItemRefusal::NoSuchItem),
        (_, [], _) | (_, _, None) => Err(ItemRefusal::NotInProtocol),
        (_, codes, Some(unit)) => codes
            .iter()
            .find_map(|code| first_value(entries, code))
            .ok_or(ItemRefusal::NoSuchItem)
            .and_then(|value| quantity(value, unit))
            .map(ItemValue::Quantity),
    };
    let answer = match value {
        Ok(value) => ItemAnswer::Read { value },
        Err(why) => ItemAnswer::Refused { why },
    };
    ItemReadout { item, answer }
}

/// The numbers a meter says it has, the serial number first.
pub(super) fn numbers(entries: &[Entry]) -> impl Iterator<Item = &str> {
    let said = NUMBER.iter().filter_map(|code| first_value(entries, code));
    said.map(|value| value.text.trim())
        .filter(|number| !number.is_empty())
}

fn first_value<'e>(entries: &'e [Entry], code: &str) -> Option<&'e Value> {
    let entry = entries
        .iter()
        .find(|entry| present_code(&entry.code) == Some(code))?;
    entry.values.first()
}

/// A code `A-B:C.D.E*F` without what may be left out of it; none when it is of something else than
/// electricity as it is now on the first channel: another medium (A), another channel (B), an
/// earlier billing period (F).
fn present_code(code: &str) -> Option<&str> {
    let (period, rest) = match code.split_once(['*', '&']) {
        Some((rest, period)) => (Some(period), rest),
        None => (None, code),
    };
    let is_present = matches!(period, None | Some("255"));
    let (channel, code) = match rest.split_once(':') {
        Some((channel, code)) => (Some(channel), code),
        None => (None, rest),
    };
    let is_ours = matches!(channel, None | Some("0-0" | "1-0" | "1-1" | "0" | "1"));
    (is_present && is_ours).then_some(code)
}

/// An amount in `unit`, exactly. A meter that gives no unit gives no quantity: an amount taken for
/// kWh that was in Wh would be a thousand times wrong.
fn quantity(value: &Value, unit: &str) -> Result<Decimal, ItemRefusal> {
    let text = value.text.trim();
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(ItemRefusal::NoValue);
    }
    let said = value.unit.as_deref().map(str::trim);
    let power = said
        .and_then(|said| power_of_ten(said, unit))
        .ok_or(ItemRefusal::Malformed)?;
    scaled(text, power).ok_or(ItemRefusal::Malformed)
}

/// By which power of ten an amount in `said` is more than the same number in `unit`. Letters may be
/// of either case, but for milli and mega.
fn power_of_ten(said: &str, unit: &str) -> Option<i32> {
    let (ours, base) = match unit.strip_prefix('k') {
        Some(base) => (3, base),
        None => (0, unit),
    };
    let (prefix, rest) = said.split_at_checked(said.len().checked_sub(base.len())?)?;
    let theirs = match prefix {
        "" => 0,
        "m" => -3,
        "k" | "K" => 3,
        "M" => 6,
        _ => return None,
    };
    rest.eq_ignore_ascii_case(base).then_some(theirs - ours)
}

/// `text` times a power of ten; none when that is no number, is out of range or has more than four
/// places that are not zero.
fn scaled(text: &str, power: i32) -> Option<Decimal> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, ""));
    let all = [whole, places].concat();
    if whole.is_empty() || all.len() > 18 || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = all.parse().ok()?;
    // into ten-thousandths
    let shift = power
        .saturating_add(4)
        .saturating_sub(i32::try_from(places.len()).ok()?);
    let factor = 10_i64.checked_pow(shift.unsigned_abs())?;
    let ten_thousandths = if shift >= 0 {
        number.checked_mul(factor)?
    } else {
        (number % factor == 0).then_some(number / factor)?
    };
    // the sum with nothing is none beyond the range of a decimal
    Decimal::from_ten_thousandths(sign * ten_thousandths).plus(Decimal::default())
}

/// The clock: 0.9.1 time `hhmmss` and 0.9.2 date `YYMMDD`, with or without separators.
fn clock(entries: &[Entry]) -> Result<MeterClock, ItemRefusal> {
    let said = |code| first_value(entries, code).map(|value| value.text.as_str());
    let (Some(time), Some(date)) = (said("0.9.1"), said("0.9.2")) else {
        return Err(ItemRefusal::NoSuchItem);
    };
    let has_digit = |text: &str| text.bytes().any(|byte| byte.is_ascii_digit());
    if !has_digit(time) || !has_digit(date) {
        return Err(ItemRefusal::NoValue);
    }
    let (Some([hour, minute, second]), Some([year, month, day])) = (pairs(time), pairs(date))
    else {
        return Err(ItemRefusal::Malformed);
    };
    MeterClock::new(2_000 + u16::from(year), month, day, hour, minute, second)
        .ok_or(ItemRefusal::Malformed)
}

/// Three numbers of two digits. Makers that follow the VDEW's paper put the season in front: 0 for
/// winter time, 1 for summer time; 2 says the clock is not local time, and is none for us.
fn pairs(text: &str) -> Option<[u8; 3]> {
    let is_separator = |byte: &u8| b"-:. ".contains(byte);
    let digits: Vec<u8> = text.bytes().filter(|byte| !is_separator(byte)).collect();
    let six = match digits.as_slice() {
        [b'0' | b'1', six @ ..] if six.len() == 6 => six,
        six => six,
    };
    let [a, b, c, d, e, f] = six else {
        return None;
    };
    let pair = |tens: &u8, ones: &u8| {
        let digit = |byte: &u8| byte.is_ascii_digit().then(|| byte.wrapping_sub(b'0'));
        Some(digit(tens)?.saturating_mul(10).saturating_add(digit(ones)?))
    };
    Some([pair(a, b)?, pair(c, d)?, pair(e, f)?])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn entry(line: &str) -> Entry {
        let (code, rest) = line.split_once('(').unwrap();
        let value = rest.strip_suffix(')').unwrap();
        let (text, unit) = match value.split_once('*') {
            Some((text, unit)) => (text, Some(unit.to_owned())),
            None => (value, None),
        };
        Entry {
            code: code.to_owned(),
            values: vec![Value {
                text: text.to_owned(),
                unit,
            }],
        }
    }

    /// What lines say of an item: its value, or why there is none.
    fn said(item: MeterItem, lines: &[&str]) -> String {
        let entries: Vec<_> = lines.iter().map(|line| entry(line)).collect();
        match read(item, &entries).answer {
            ItemAnswer::Read { value } => value.to_string(),
            ItemAnswer::Refused { why } => format!("{why:?}"),
            ItemAnswer::Silent => panic!("a readout is never silent about an item"),
        }
    }

    #[test]
    fn an_item_is_read_under_its_code_in_its_own_unit() {
        for (item, line, value) in [
            (MeterItem::ForwardTotal, "1.8.0(000123.45*kWh)", "123.45"),
            (
                MeterItem::ForwardTotal,
                "1-0:1.8.0*255(000123.45*kWh)",
                "123.45",
            ),
            (MeterItem::ForwardT1, "1.8.1(1234567*Wh)", "1234.5670"),
            (MeterItem::ForwardT2, "1-1:1.8.2(1.5*MWh)", "1500.00"),
            (MeterItem::ForwardT3, "1.8.3(0.0001*kWh)", "0.0001"),
            (MeterItem::ForwardT4, "1.8.4(7*KWH)", "7.00"),
            (MeterItem::ReverseTotal, "2.8.0(000000.00*kWh)", "0.00"),
            (MeterItem::VoltageA, "32.7.0(230.1*V)", "230.10"),
            (MeterItem::VoltageB, "52.7.0(230*V)", "230.00"),
            (MeterItem::VoltageC, "72.7.0(0.231*kV)", "231.00"),
            (MeterItem::CurrentA, "31.7.0(1.234*A)", "1.2340"),
            (MeterItem::CurrentB, "51.7.0(0*A)", "0.00"),
            (MeterItem::CurrentC, "71.7.0(-1.5*A)", "-1.50"),
            (MeterItem::PowerTotal, "1.7.0(0.2712*kW)", "0.2712"),
            (MeterItem::PowerTotal, "16.7.0(-271.2*W)", "-0.2712"),
            (MeterItem::MeterNo, "0.0.0(00123456)", "00123456"),
            (MeterItem::MeterNo, "0-0:96.1.0*255(LGZ77)", "LGZ77"),
        ] {
            assert_eq!(said(item, &[line]), value, "{item} of {line}");
        }
    }

    #[test]
    fn a_line_of_another_medium_channel_or_period_is_another_item() {
        for line in [
            "7-0:1.8.0(1*kWh)",
            "1-2:1.8.0(1*kWh)",
            "1.8.0*01(1*kWh)",
            "1.8.0&12(1*kWh)",
            "11.8.0(1*kWh)",
            "1.8(1*kWh)",
        ] {
            assert_eq!(
                said(MeterItem::ForwardTotal, &[line]),
                "NoSuchItem",
                "{line}"
            );
        }
    }

    #[test]
    fn what_cannot_be_told_exactly_is_not_told() {
        for (value, why) in [
            ("123.45", "Malformed"),
            ("123.45*kvarh", "Malformed"),
            ("123.45*h", "Malformed"),
            ("1.23456*kWh", "Malformed"),
            ("1*WWh", "Malformed"),
            ("12345*mWh", "Malformed"),
            ("1*Wh é", "Malformed"),
            ("0.01*Wh", "Malformed"),
            ("1.2.3*kWh", "Malformed"),
            ("12 3*kWh", "Malformed"),
            (".5*kWh", "Malformed"),
            ("100000000*kWh", "Malformed"),
            ("999999999999999999*MWh", "Malformed"),
            ("------*kWh", "NoValue"),
            ("", "NoValue"),
        ] {
            let line = format!("1.8.0({value})");
            assert_eq!(said(MeterItem::ForwardTotal, &[&line]), why, "{line}");
        }
        let zeros = "1.8.0(1.23450000*kWh)";
        assert_eq!(said(MeterItem::ForwardTotal, &[zeros]), "1.2345");
        let tenths = "1.8.0(12345.6*Wh)";
        assert_eq!(said(MeterItem::ForwardTotal, &[tenths]), "12.3456");
        assert_eq!(said(MeterItem::CurrentA, &["31.7.0(250*mA)"]), "0.25");
    }

    #[test]
    fn the_clock_is_a_time_and_a_date() {
        for (time, date, clock) in [
            ("083000", "261121", "2026-11-21T08:30:00"),
            ("08:30:00", "26-11-21", "2026-11-21T08:30:00"),
            ("1083000", "1260721", "2026-07-21T08:30:00"),
            ("2083000", "2261121", "Malformed"),
            ("083000", "261321", "Malformed"),
            ("0830", "261121", "Malformed"),
            ("--:--:--", "261121", "NoValue"),
        ] {
            let lines = [format!("0.9.1({time})"), format!("0.9.2({date})")];
            let lines = lines.each_ref().map(String::as_str);
            assert_eq!(said(MeterItem::Clock, &lines), clock, "{lines:?}");
        }
        assert_eq!(said(MeterItem::Clock, &["0.9.1(083000)"]), "NoSuchItem");
    }

    #[test]
    fn net_power_comes_before_the_power_drawn_and_the_serial_number_before_the_address() {
        let power = ["1.7.0(0*kW)", "16.7.0(-2*kW)"];
        assert_eq!(said(MeterItem::PowerTotal, &power), "-2.00");
        let numbers = ["0.0.0(17)", "C.1.0(42)"];
        assert_eq!(said(MeterItem::MeterNo, &numbers), "42");
    }

    #[test]
    fn every_item_is_answered_and_what_the_language_has_no_name_for_says_so() {
        let without: Vec<_> = MeterItem::ALL
            .iter()
            .filter(|item| said(**item, &[]) == "NotInProtocol")
            .map(|item| item.name())
            .collect();
        assert_eq!(
            without,
            [
                "combined_total",
                "money_left",
                "overdraft",
                "energy_left",
                "energy_overdrawn",
                "status_1",
                "status_2",
                "status_3",
                "status_4",
                "status_5",
                "status_6",
                "status_7",
                "asset_no",
                "model",
                "purchase_count",
                "last_purchase",
            ]
        );
    }

    proptest! {
        #[test]
        fn watt_hours_are_a_thousandth_of_kilowatt_hours_exactly(n in 0..=99_999_999_999_i64) {
            let told = scaled(&n.to_string(), -3);
            // a watt-hour is ten ten-thousandths of a kilowatt-hour
            prop_assert_eq!(told.map(Decimal::ten_thousandths), Some(n * 10));
        }

        #[test]
        fn no_text_makes_a_quantity_panic(text in ".{0,30}", power in -6..=6) {
            let _ = scaled(&text, power);
            let _ = pairs(&text);
        }
    }
}
