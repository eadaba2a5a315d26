//! Values as DL/T 698.45 writes them: a tag, then the value, the high byte first.

use std::fmt;

use super::reader::{Malformed, Reader, write_length};

/// An object's attribute (OAD): object, attribute, and which element of it, 0 for all.
///
/// Shape: `00100201` is object 0010 (forward active energy), attribute 2, element 1 (the total).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Oad(pub u32);

impl Oad {
    /// The same attribute, that element of it, counted from 1.
    pub fn element(self, element: u8) -> Self {
        Self(self.0 & !0xFF | u32::from(element))
    }

    /// The same attribute with all its elements.
    pub fn whole(self) -> Self {
        self.element(0)
    }
}

impl fmt::Display for Oad {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

/// Bits in a row; the first is the high bit of the first byte.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bits {
    count: usize,
    bytes: Vec<u8>,
}

impl Bits {
    /// So many bits from as many bytes as they fill; none when the bytes are too few or too many.
    pub fn new(count: usize, bytes: &[u8]) -> Option<Self> {
        (bytes.len() == count.div_ceil(8)).then(|| Self {
            count,
            bytes: bytes.to_vec(),
        })
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// The bytes they fill; the last may have bits left over.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// A value. Names and tags: DL/T 698.45, data types.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// 00: there is none.
    Null,
    /// 01
    Array(Vec<Value>),
    /// 02
    Structure(Vec<Value>),
    /// 03
    Bool(bool),
    /// 04
    BitString(Bits),
    /// 05
    DoubleLong(i32),
    /// 06
    DoubleLongUnsigned(u32),
    /// 09
    OctetString(Vec<u8>),
    /// 0A
    VisibleString(Vec<u8>),
    /// 0C
    Utf8String(Vec<u8>),
    /// 0F
    Integer(i8),
    /// 10
    Long(i16),
    /// 11
    Unsigned(u8),
    /// 12
    LongUnsigned(u16),
    /// 14
    Long64(i64),
    /// 15
    Long64Unsigned(u64),
    /// 16
    Enum(u8),
    /// 17, its bits: nothing that we read is a floating-point number.
    Float32(u32),
    /// 18, its bits.
    Float64(u64),
    /// 19: year (2), month, day, day of the week, hour, minute, second, millisecond (2).
    DateTime([u8; 10]),
    /// 1A: year (2), month, day, day of the week.
    Date([u8; 5]),
    /// 1B: hour, minute, second.
    Time([u8; 3]),
    /// 1C: year (2), month, day, hour, minute, second.
    DateTimeS([u8; 7]),
    /// 50: an object.
    Oi(u16),
    /// 51: an attribute.
    Oad(Oad),
    /// 52: a record's attribute and the columns asked of it.
    Road(Oad, Vec<Oad>),
    /// 53: an object's method.
    Omd(u32),
    /// 54: unit and number of a time span.
    Ti(u8, u16),
    /// 55: a server's address, AF first, then the high byte.
    Tsa(Vec<u8>),
    /// 56: a code that proves who wrote.
    Mac(Vec<u8>),
    /// 57: a random number.
    Rn(Vec<u8>),
    /// 59: power of ten and unit.
    ScalerUnit(i8, u8),
    /// 5B with 00: a column, an attribute.
    CsdOad(Oad),
    /// 5B with 01: a column, a record's.
    CsdRoad(Oad, Vec<Oad>),
    /// 5F: settings of a serial port.
    Comdcb([u8; 5]),
}

/// Deeper than any attribute we know of: an array of structures of arrays is three.
const DEEPEST: u8 = 8;

/// One value from the front of some bytes, and how many it takes.
///
/// Errors: [`Malformed`].
///
/// ```
/// use metercrew_devices::dlt698::{Value, decode_value, encode_value};
/// // the forward energies of a meter of which only the total was ever asked
/// let bytes = [0x01, 0x02, 0x06, 0x00, 0x12, 0xD6, 0x87, 0x00];
/// let energies = Value::Array(vec![Value::DoubleLongUnsigned(1_234_567), Value::Null]);
/// assert_eq!(decode_value(&bytes), Ok((energies.clone(), 8)));
/// assert_eq!(encode_value(&energies), bytes);
/// ```
pub fn decode_value(bytes: &[u8]) -> Result<(Value, usize), Malformed> {
    let mut reader = Reader::new(bytes);
    let value = read(&mut reader)?;
    Ok((value, reader.at()))
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Value, Malformed> {
    read_at_depth(reader, 0)
}

fn read_at_depth(reader: &mut Reader<'_>, depth: u8) -> Result<Value, Malformed> {
    let at = reader.at();
    if depth > DEEPEST {
        return Err(Malformed::TooDeep { at });
    }
    let signed = |byte: u8| i8::from_be_bytes([byte]);
    Ok(match reader.byte()? {
        0x00 => Value::Null,
        0x01 => Value::Array(elements(reader, depth)?),
        0x02 => Value::Structure(elements(reader, depth)?),
        0x03 => Value::Bool(reader.byte()? != 0),
        0x04 => {
            let count = reader.length()?;
            let bytes = reader.take(count.div_ceil(8))?.to_vec();
            Value::BitString(Bits { count, bytes })
        }
        0x05 => Value::DoubleLong(i32::from_be_bytes(reader.array()?)),
        0x06 => Value::DoubleLongUnsigned(reader.u32()?),
        0x09 => Value::OctetString(reader.octets()?.to_vec()),
        0x0A => Value::VisibleString(reader.octets()?.to_vec()),
        0x0C => Value::Utf8String(reader.octets()?.to_vec()),
        0x0F => Value::Integer(signed(reader.byte()?)),
        0x10 => Value::Long(i16::from_be_bytes(reader.array()?)),
        0x11 => Value::Unsigned(reader.byte()?),
        0x12 => Value::LongUnsigned(reader.u16()?),
        0x14 => Value::Long64(i64::from_be_bytes(reader.array()?)),
        0x15 => Value::Long64Unsigned(u64::from_be_bytes(reader.array()?)),
        0x16 => Value::Enum(reader.byte()?),
        0x17 => Value::Float32(reader.u32()?),
        0x18 => Value::Float64(u64::from_be_bytes(reader.array()?)),
        0x19 => Value::DateTime(reader.array()?),
        0x1A => Value::Date(reader.array()?),
        0x1B => Value::Time(reader.array()?),
        0x1C => Value::DateTimeS(reader.array()?),
        0x50 => Value::Oi(reader.u16()?),
        0x51 => Value::Oad(Oad(reader.u32()?)),
        0x52 => Value::Road(Oad(reader.u32()?), columns(reader)?),
        0x53 => Value::Omd(reader.u32()?),
        0x54 => Value::Ti(reader.byte()?, reader.u16()?),
        0x55 => Value::Tsa(reader.octets()?.to_vec()),
        0x56 => Value::Mac(reader.octets()?.to_vec()),
        0x57 => Value::Rn(reader.octets()?.to_vec()),
        0x59 => Value::ScalerUnit(signed(reader.byte()?), reader.byte()?),
        0x5B => {
            let choice = reader.at();
            match reader.byte()? {
                0x00 => Value::CsdOad(Oad(reader.u32()?)),
                0x01 => Value::CsdRoad(Oad(reader.u32()?), columns(reader)?),
                tag => return Err(Malformed::UnknownTag { at: choice, tag }),
            }
        }
        0x5F => Value::Comdcb(reader.array()?),
        tag => return Err(Malformed::UnknownTag { at, tag }),
    })
}

/// However many are announced: each takes at least a byte, so the bytes end before the memory.
fn elements(reader: &mut Reader<'_>, depth: u8) -> Result<Vec<Value>, Malformed> {
    let count = reader.length()?;
    let depth = depth.saturating_add(1);
    (0..count).map(|_| read_at_depth(reader, depth)).collect()
}

fn columns(reader: &mut Reader<'_>) -> Result<Vec<Oad>, Malformed> {
    let count = reader.length()?;
    (0..count).map(|_| reader.u32().map(Oad)).collect()
}

/// The bytes of a value, its tag first. The other direction of [`decode_value`].
///
/// ```
/// use metercrew_devices::dlt698::{Value, encode_value};
/// // a clock at 2026-10-07 14:16:26
/// let clock = Value::DateTimeS([0x07, 0xEA, 10, 7, 14, 16, 26]);
/// assert_eq!(encode_value(&clock), [0x1C, 0x07, 0xEA, 0x0A, 0x07, 0x0E, 0x10, 0x1A]);
/// ```
pub fn encode_value(value: &Value) -> Vec<u8> {
    let mut bytes = vec![];
    write(value, &mut bytes);
    bytes
}

pub(super) fn write(value: &Value, into: &mut Vec<u8>) {
    let counted = |tag: u8, bytes: &[u8], into: &mut Vec<u8>| {
        into.push(tag);
        write_length(bytes.len(), into);
        into.extend(bytes);
    };
    let road = |oad: &Oad, columns: &[Oad], into: &mut Vec<u8>| {
        into.extend(oad.0.to_be_bytes());
        write_length(columns.len(), into);
        into.extend(columns.iter().flat_map(|oad| oad.0.to_be_bytes()));
    };
    let all = |tag: u8, values: &[Value], into: &mut Vec<u8>| {
        into.push(tag);
        write_length(values.len(), into);
        values.iter().for_each(|value| write(value, into));
    };
    let plain = |tag: u8, bytes: &[u8], into: &mut Vec<u8>| {
        into.push(tag);
        into.extend(bytes);
    };
    match value {
        Value::Null => into.push(0x00),
        Value::Array(values) => all(0x01, values, into),
        Value::Structure(values) => all(0x02, values, into),
        Value::Bool(is) => into.extend([0x03, u8::from(*is)]),
        Value::BitString(bits) => {
            into.push(0x04);
            write_length(bits.count, into);
            into.extend(&bits.bytes);
        }
        Value::DoubleLong(number) => plain(0x05, &number.to_be_bytes(), into),
        Value::DoubleLongUnsigned(number) => plain(0x06, &number.to_be_bytes(), into),
        Value::OctetString(bytes) => counted(0x09, bytes, into),
        Value::VisibleString(bytes) => counted(0x0A, bytes, into),
        Value::Utf8String(bytes) => counted(0x0C, bytes, into),
        Value::Integer(number) => plain(0x0F, &number.to_be_bytes(), into),
        Value::Long(number) => plain(0x10, &number.to_be_bytes(), into),
        Value::Unsigned(number) => plain(0x11, &[*number], into),
        Value::LongUnsigned(number) => plain(0x12, &number.to_be_bytes(), into),
        Value::Long64(number) => plain(0x14, &number.to_be_bytes(), into),
        Value::Long64Unsigned(number) => plain(0x15, &number.to_be_bytes(), into),
        Value::Enum(number) => plain(0x16, &[*number], into),
        Value::Float32(bits) => plain(0x17, &bits.to_be_bytes(), into),
        Value::Float64(bits) => plain(0x18, &bits.to_be_bytes(), into),
        Value::DateTime(parts) => plain(0x19, parts, into),
        Value::Date(parts) => plain(0x1A, parts, into),
        Value::Time(parts) => plain(0x1B, parts, into),
        Value::DateTimeS(parts) => plain(0x1C, parts, into),
        Value::Oi(object) => plain(0x50, &object.to_be_bytes(), into),
        Value::Oad(oad) => plain(0x51, &oad.0.to_be_bytes(), into),
        Value::Road(oad, columns) => {
            into.push(0x52);
            road(oad, columns, into);
        }
        Value::Omd(method) => plain(0x53, &method.to_be_bytes(), into),
        Value::Ti(unit, count) => {
            let [high, low] = count.to_be_bytes();
            plain(0x54, &[*unit, high, low], into);
        }
        Value::Tsa(bytes) => counted(0x55, bytes, into),
        Value::Mac(bytes) => counted(0x56, bytes, into),
        Value::Rn(bytes) => counted(0x57, bytes, into),
        Value::ScalerUnit(power, unit) => {
            let [power] = power.to_be_bytes();
            plain(0x59, &[power, *unit], into);
        }
        Value::CsdOad(oad) => {
            plain(0x5B, &[0x00], into);
            into.extend(oad.0.to_be_bytes());
        }
        Value::CsdRoad(oad, columns) => {
            plain(0x5B, &[0x01], into);
            road(oad, columns, into);
        }
        Value::Comdcb(settings) => plain(0x5F, settings, into),
    }
}
