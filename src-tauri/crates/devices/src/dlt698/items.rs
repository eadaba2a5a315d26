//! Which attribute holds which item, and what its value says.

use domain::{Decimal, ItemRefusal, ItemValue, MeterClock, MeterItem};

use super::apdu::Dar;
use super::data::{Bits, Oad, Value};
use crate::dlt645::status_bits;

/// Where an item is: an attribute, and which of its elements, counted from 1; 0 when it has none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub attribute: Oad,
    pub element: u8,
    form: Form,
}

/// How a value is to be understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// A number; the unit is ten to this power times the item's.
    Quantity { power: i8 },
    /// A number of times.
    Count,
    /// Digits or letters.
    Text,
    /// The clock.
    Clock,
    /// Status word of this number.
    Status { word: u8 },
}

/// Objects that we ask for, and one that is never shown, in words.
pub(super) const OBJECTS: &[(u16, &str)] = &[
    (0x0000, "combined energies"),
    (0x0010, "forward energies"),
    (0x0020, "reverse energies"),
    (0x2000, "voltages"),
    (0x2001, "currents"),
    (0x2004, "active powers"),
    (0x2014, "status words"),
    (0x202C, "purse"),
    (0x202D, "overdraft"),
    (0x4000, "clock"),
    (0x4001, "address"),
    (0x4002, "meter number"),
    (0x4003, "customer number"),
    (0x4103, "asset number"),
];

/// The object that names the customer.
pub(super) const CUSTOMER: u16 = 0x4003;

/// The meter's address.
pub(super) const ADDRESS: Oad = Oad(0x4001_0200);

/// In which order the bits of a status word come. DL/T 698.45 counts the bits of a bit-string from
/// the high bit of its first byte; that bit 0 of a status word is that bit, one public decoder says
/// (medium confidence). `false` here would make the bytes the word as they stand.
const STATUS_BIT_0_COMES_FIRST: bool = true;

/// Where an item is. None: the protocol has no place for it that we know.
///
/// Objects and powers of ten: DL/T 698.45, object lists; voltage, current and power medium.
pub(super) fn place(item: MeterItem) -> Option<Place> {
    let place = |attribute, element, form| {
        Some(Place {
            attribute: Oad(attribute),
            element,
            form,
        })
    };
    let hundredths = Form::Quantity { power: -2 };
    let forward = |element| place(0x0010_0200, element, hundredths);
    let voltage = |element| place(0x2000_0200, element, Form::Quantity { power: -1 });
    let current = |element| place(0x2001_0200, element, Form::Quantity { power: -3 });
    let status = |word| place(0x2014_0200, word, Form::Status { word });
    match item {
        MeterItem::ForwardTotal => forward(1),
        MeterItem::ForwardT1 => forward(2),
        MeterItem::ForwardT2 => forward(3),
        MeterItem::ForwardT3 => forward(4),
        MeterItem::ForwardT4 => forward(5),
        MeterItem::ReverseTotal => place(0x0020_0200, 1, hundredths),
        MeterItem::CombinedTotal => place(0x0000_0200, 1, hundredths),
        MeterItem::MoneyLeft => place(0x202C_0200, 1, hundredths),
        MeterItem::PurchaseCount => place(0x202C_0200, 2, Form::Count),
        MeterItem::Overdraft => place(0x202D_0200, 0, hundredths),
        MeterItem::VoltageA => voltage(1),
        MeterItem::VoltageB => voltage(2),
        MeterItem::VoltageC => voltage(3),
        MeterItem::CurrentA => current(1),
        MeterItem::CurrentB => current(2),
        MeterItem::CurrentC => current(3),
        // tenths of a watt, and the item is in kilowatts
        MeterItem::PowerTotal => place(0x2004_0200, 1, Form::Quantity { power: -4 }),
        MeterItem::Clock => place(0x4000_0200, 0, Form::Clock),
        MeterItem::Status1 => status(1),
        MeterItem::Status2 => status(2),
        MeterItem::Status3 => status(3),
        MeterItem::Status4 => status(4),
        MeterItem::Status5 => status(5),
        MeterItem::Status6 => status(6),
        MeterItem::Status7 => status(7),
        MeterItem::MeterNo => place(0x4002_0200, 0, Form::Text),
        MeterItem::AssetNo => place(0x4103_0200, 0, Form::Text),
        MeterItem::EnergyLeft
        | MeterItem::EnergyOverdrawn
        | MeterItem::Model
        | MeterItem::LastPurchase => None,
    }
}

/// Why an item is not given.
pub(super) fn refusal(dar: Dar) -> ItemRefusal {
    match dar.0 {
        3 | 15 | 20 | 23 => ItemRefusal::NotAuthorised,
        4 | 6 => ItemRefusal::NoSuchItem,
        _ => ItemRefusal::Other,
    }
}

/// What an attribute's value says of the item at a place, when `asked` was asked for: the whole
/// attribute, or that element alone.
pub(super) fn item_value(
    place: Place,
    asked: Oad,
    value: &Value,
) -> Result<ItemValue, ItemRefusal> {
    let alone = asked != asked.whole();
    let element = match (value, place.element.checked_sub(1)) {
        // what was asked alone may come as an array of one
        (Value::Array(all), at) if all.len() == 1 && (alone || at.is_none()) => all.first(),
        // a meter of one phase or one tariff has fewer elements
        (Value::Array(all) | Value::Structure(all), Some(at)) => all.get(usize::from(at)),
        (Value::Null, Some(_)) => Some(value),
        (_, Some(_)) if !alone => return Err(ItemRefusal::Malformed),
        (_, Some(_) | None) => Some(value),
    };
    let element = element.ok_or(ItemRefusal::NoSuchItem)?;
    if *element == Value::Null {
        return Err(ItemRefusal::NoValue);
    }
    match place.form {
        Form::Quantity { power } => quantity(element, power),
        Form::Count => {
            let count = number(element)?.ok_or(ItemRefusal::NoValue)?;
            let count = u32::try_from(count).map_err(|_| ItemRefusal::Malformed)?;
            Ok(ItemValue::Count(count))
        }
        Form::Text => text(element).map(ItemValue::Text),
        Form::Clock => clock(element).map(ItemValue::Clock),
        Form::Status { word: number } => {
            let word = status_word(element).ok_or(ItemRefusal::Malformed)?;
            Ok(ItemValue::Status {
                word,
                set: status_bits(number, word),
            })
        }
    }
}

/// The number; none when all its bits are set, as a register without a value shows.
fn number(value: &Value) -> Result<Option<i64>, ItemRefusal> {
    let number = match value {
        Value::DoubleLongUnsigned(u32::MAX)
        | Value::LongUnsigned(u16::MAX)
        | Value::Long64Unsigned(u64::MAX) => return Ok(None),
        Value::DoubleLong(number) => i64::from(*number),
        Value::DoubleLongUnsigned(number) => i64::from(*number),
        Value::Integer(number) => i64::from(*number),
        Value::Long(number) => i64::from(*number),
        Value::Unsigned(number) => i64::from(*number),
        Value::LongUnsigned(number) => i64::from(*number),
        Value::Long64(number) => *number,
        Value::Long64Unsigned(number) => {
            i64::try_from(*number).map_err(|_| ItemRefusal::Malformed)?
        }
        _ => return Err(ItemRefusal::Malformed),
    };
    Ok(Some(number))
}

fn quantity(value: &Value, power: i8) -> Result<ItemValue, ItemRefusal> {
    let number = number(value)?.ok_or(ItemRefusal::NoValue)?;
    // a Decimal counts ten-thousandths
    let places = u32::try_from(i32::from(power).saturating_add(4)).unwrap_or_default();
    let factor = 10_i64.checked_pow(places);
    factor
        .and_then(|factor| number.checked_mul(factor))
        .and_then(|number| Decimal::default().plus(Decimal::from_ten_thousandths(number)))
        .map(ItemValue::Quantity)
        .ok_or(ItemRefusal::Malformed)
}

/// Digits of an octet-string or a TSA, letters of a string; marks that fill up are cut off.
pub(super) fn text(value: &Value) -> Result<String, ItemRefusal> {
    let (bytes, letters) = match value {
        Value::VisibleString(bytes) | Value::Utf8String(bytes) => (bytes.as_slice(), true),
        Value::OctetString(bytes) => (bytes.as_slice(), false),
        // AF goes first, and says again how long it is
        Value::Tsa(bytes) => (bytes.get(1..).unwrap_or_default(), false),
        _ => return Err(ItemRefusal::Malformed),
    };
    let used = |byte: &&u8| !matches!(**byte, 0x00 | 0x20 | 0xFF);
    if bytes.iter().find(used).is_none() && (letters || !bytes.contains(&0x00)) {
        return Err(ItemRefusal::NoValue);
    }
    match digits(bytes) {
        Some(digits) if !letters => Ok(digits),
        _ => printable(bytes).ok_or(ItemRefusal::Malformed),
    }
}

/// Two digits a byte, F behind the last when their count is odd. Longer ones are letters: no
/// number has more than 16 digits.
fn digits(bytes: &[u8]) -> Option<String> {
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let digits = text.strip_suffix('f').unwrap_or(&text);
    let all = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    (all && bytes.len() <= 8).then(|| digits.to_owned())
}

fn printable(bytes: &[u8]) -> Option<String> {
    let kept: Vec<u8> = bytes.iter().copied().filter(|byte| *byte != 0xFF).collect();
    let text = String::from_utf8(kept).ok()?;
    let text = text.trim_matches(['\0', ' ']);
    let shown = !text.is_empty() && !text.chars().any(char::is_control);
    shown.then(|| text.to_owned())
}

fn clock(value: &Value) -> Result<MeterClock, ItemRefusal> {
    let (year, rest) = match *value {
        Value::DateTimeS([high, low, month, day, hour, minute, second])
        | Value::DateTime([high, low, month, day, _, hour, minute, second, _, _]) => (
            u16::from_be_bytes([high, low]),
            [month, day, hour, minute, second],
        ),
        _ => return Err(ItemRefusal::Malformed),
    };
    // DL/T 698.45: FF in a part of a time says that it is not given
    if year == u16::MAX || rest.contains(&0xFF) {
        return Err(ItemRefusal::NoValue);
    }
    let [month, day, hour, minute, second] = rest;
    MeterClock::new(year, month, day, hour, minute, second).ok_or(ItemRefusal::Malformed)
}

fn status_word(value: &Value) -> Option<u16> {
    match value {
        Value::BitString(bits) => word_of_bits(bits),
        Value::LongUnsigned(word) => Some(*word),
        Value::OctetString(bytes) => Some(u16::from_be_bytes(bytes.as_slice().try_into().ok()?)),
        _ => None,
    }
}

/// The word whose bit 0 is the string's first.
fn word_of_bits(bits: &Bits) -> Option<u16> {
    let bytes: [u8; 2] = bits.bytes().try_into().ok()?;
    let word = u16::from_be_bytes(bytes);
    (bits.count() == 16).then(|| match STATUS_BIT_0_COMES_FIRST {
        true => word.reverse_bits(),
        false => word,
    })
}

/// The bit-string of a status word, as a meter gives it. The other direction of reading one.
///
/// ```
/// use metercrew_devices::dlt698::{Value, encode_value, status_value};
/// // clock battery low (bit 2) and clock fault (bit 15)
/// assert_eq!(encode_value(&status_value(0x8004)), [0x04, 0x10, 0x20, 0x01]);
/// ```
pub fn status_value(word: u16) -> Value {
    let word = match STATUS_BIT_0_COMES_FIRST {
        true => word.reverse_bits(),
        false => word,
    };
    Bits::new(16, &word.to_be_bytes()).map_or(Value::Null, Value::BitString)
}

#[cfg(test)]
mod tests {
    use super::super::data::decode_value;
    use super::super::frame_tests::hex;
    use super::*;

    /// What an item is when its attribute, or its element alone, has this value.
    fn read(item: MeterItem, asked: u32, bytes: &str) -> Result<String, ItemRefusal> {
        let (value, _) = decode_value(&hex(bytes)).unwrap();
        item_value(place(item).unwrap(), Oad(asked), &value).map(|value| value.to_string())
    }

    #[test]
    fn each_item_is_in_its_unit() {
        let energies = "01 03 06 00 12 D6 87 06 00 00 00 01 00";
        let purse = "02 02 06 00 00 22 3D 06 00 00 00 03";
        for (item, asked, bytes, expected) in [
            (MeterItem::ForwardTotal, 0x0010_0200, energies, "12345.67"),
            (MeterItem::ForwardT1, 0x0010_0200, energies, "0.01"),
            (
                MeterItem::ForwardTotal,
                0x0010_0201,
                "06 00 12 D6 87",
                "12345.67",
            ),
            (MeterItem::ForwardT4, 0x0010_0205, "06 00 00 00 0A", "0.10"),
            (
                MeterItem::CombinedTotal,
                0x0000_0201,
                "05 FF FF FF 9C",
                "-1.00",
            ),
            (MeterItem::MoneyLeft, 0x202C_0200, purse, "87.65"),
            (MeterItem::PurchaseCount, 0x202C_0200, purse, "3"),
            (MeterItem::Overdraft, 0x202D_0200, "06 00 00 04 CE", "12.30"),
            (MeterItem::VoltageA, 0x2000_0200, "01 01 12 08 99", "220.10"),
            (
                MeterItem::VoltageC,
                0x2000_0200,
                "01 03 12 08 99 00 12 09 1A",
                "233.00",
            ),
            (MeterItem::VoltageA, 0x2000_0201, "12 08 99", "220.10"),
            (
                MeterItem::CurrentA,
                0x2001_0200,
                "01 01 05 00 00 04 D2",
                "1.2340",
            ),
            (
                MeterItem::CurrentB,
                0x2001_0200,
                "01 02 00 05 FF FF FB 2E",
                "-1.2340",
            ),
            (
                MeterItem::PowerTotal,
                0x2004_0200,
                "01 02 05 00 00 0A 98 00",
                "0.2712",
            ),
            (
                MeterItem::Clock,
                0x4000_0200,
                "1C 07 EA 0A 07 0E 10 1A",
                "2026-10-07T14:16:26",
            ),
            (
                MeterItem::Clock,
                0x4000_0200,
                "19 07 EA 0A 07 03 0E 10 1A 00 00",
                "2026-10-07T14:16:26",
            ),
            (
                MeterItem::MeterNo,
                0x4002_0200,
                "09 06 00 37 08 19 12 39",
                "003708191239",
            ),
            (
                MeterItem::MeterNo,
                0x4002_0200,
                "55 07 05 00 37 08 19 12 39",
                "003708191239",
            ),
            (
                MeterItem::MeterNo,
                0x4002_0200,
                "09 07 4C 59 31 30 32 36 36",
                "LY10266",
            ),
            (
                MeterItem::AssetNo,
                0x4103_0200,
                "0A 06 34 31 33 30 00 20",
                "4130",
            ),
            (MeterItem::Status1, 0x2014_0201, "04 10 20 01", "8004"),
        ] {
            assert_eq!(
                read(item, asked, bytes).as_deref(),
                Ok(expected),
                "{item} {bytes}"
            );
        }
    }

    #[test]
    fn a_value_of_another_form_is_refused_and_an_empty_one_has_no_value() {
        use ItemRefusal::{Malformed, NoSuchItem, NoValue};
        for (item, asked, bytes, why) in [
            (MeterItem::ForwardTotal, 0x0010_0201, "0A 01 31", Malformed),
            (
                MeterItem::ForwardTotal,
                0x0010_0201,
                "17 00 00 00 00",
                Malformed,
            ),
            (MeterItem::ForwardTotal, 0x0010_0201, "00", NoValue),
            (
                MeterItem::ForwardTotal,
                0x0010_0201,
                "06 FF FF FF FF",
                NoValue,
            ),
            (MeterItem::ForwardTotal, 0x0010_0200, "01 00", NoSuchItem),
            (
                MeterItem::ForwardT2,
                0x0010_0200,
                "06 00 00 00 01",
                Malformed,
            ),
            (
                MeterItem::ForwardTotal,
                0x0010_0201,
                "14 7F FF FF FF FF FF FF FF",
                Malformed,
            ),
            (
                MeterItem::VoltageB,
                0x2000_0200,
                "01 01 12 08 99",
                NoSuchItem,
            ),
            (
                MeterItem::PurchaseCount,
                0x202C_0202,
                "05 FF FF FF FF",
                Malformed,
            ),
            (
                MeterItem::Clock,
                0x4000_0200,
                "1C 07 EA 0D 07 0E 10 1A",
                Malformed,
            ),
            (
                MeterItem::Clock,
                0x4000_0200,
                "1C FF FF FF FF FF FF FF",
                NoValue,
            ),
            (MeterItem::Status1, 0x2014_0201, "04 08 20", Malformed),
            (MeterItem::AssetNo, 0x4103_0200, "0A 02 00 00", NoValue),
            (MeterItem::AssetNo, 0x4103_0200, "0A 02 41 07", Malformed),
        ] {
            assert_eq!(read(item, asked, bytes), Err(why), "{item} {bytes}");
        }
    }

    #[test]
    fn a_status_word_names_its_bits_from_the_first_on() {
        let (value, _) = decode_value(&hex("04 10 20 01")).unwrap();
        let place = place(MeterItem::Status1).unwrap();
        assert_eq!(
            item_value(place, Oad(0x2014_0201), &value),
            Ok(ItemValue::Status {
                word: 0x8004,
                set: vec!["clock_fault".into(), "clock_battery_low".into()],
            })
        );
    }

    #[test]
    fn a_refusal_says_what_can_be_done_about_it() {
        for (dar, why) in [
            (3, ItemRefusal::NotAuthorised),
            (15, ItemRefusal::NotAuthorised),
            (20, ItemRefusal::NotAuthorised),
            (23, ItemRefusal::NotAuthorised),
            (4, ItemRefusal::NoSuchItem),
            (6, ItemRefusal::NoSuchItem),
            (33, ItemRefusal::Other),
            (255, ItemRefusal::Other),
        ] {
            assert_eq!(refusal(Dar(dar)), why);
        }
    }
}
