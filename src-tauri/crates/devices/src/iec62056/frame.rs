//! The four messages of a mode C readout: written, and found among whatever else a line carries.

use std::fmt;

const STX: u8 = 0x02;
const ACK: u8 = 0x06;
const LINE_END: &[u8] = b"\r\n";
/// How a block ends, ETX with it, before its check character.
const BLOCK_END: &[u8] = b"!\r\n\x03";
/// The standard ends a device address at 32 characters (clause 6.3.1).
const ADDRESS_LIMIT: usize = 32;
/// The standard ends an identification at 16 characters (clause 6.3.2); some makers write more.
const IDENT_LIMIT: usize = 64;
/// Twice the 16 characters the standard ends a data set's name at (clause 6.6).
const CODE_LIMIT: usize = 32;

/// A rate by its identification character Z (clause 6.3.14, mode C).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rate {
    /// Z = 0, where every session starts.
    R300,
    /// Z = 1.
    R600,
    /// Z = 2.
    R1200,
    /// Z = 3.
    R2400,
    /// Z = 4.
    R4800,
    /// Z = 5.
    R9600,
    /// Z = 6.
    R19200,
}

impl Rate {
    const ALL: [Self; 7] = [
        Self::R300,
        Self::R600,
        Self::R1200,
        Self::R2400,
        Self::R4800,
        Self::R9600,
        Self::R19200,
    ];

    /// Unit: bits a second.
    pub const fn baud(self) -> u32 {
        match self {
            Self::R300 => 300,
            Self::R600 => 600,
            Self::R1200 => 1_200,
            Self::R2400 => 2_400,
            Self::R4800 => 4_800,
            Self::R9600 => 9_600,
            Self::R19200 => 19_200,
        }
    }

    /// The fastest that is not faster than `baud`; 300 when all are.
    pub fn at_most(baud: u32) -> Self {
        let slow_enough = Self::ALL.into_iter().rev().find(|rate| rate.baud() <= baud);
        slow_enough.unwrap_or(Self::R300)
    }

    const fn letter(self) -> u8 {
        match self {
            Self::R300 => b'0',
            Self::R600 => b'1',
            Self::R1200 => b'2',
            Self::R2400 => b'3',
            Self::R4800 => b'4',
            Self::R9600 => b'5',
            Self::R19200 => b'6',
        }
    }

    fn of(letter: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|rate| rate.letter() == letter)
    }
}

/// How a meter introduces itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identification {
    /// Three letters, given out by the FLAG Association; any are taken.
    pub manufacturer: String,
    /// The rate it proposes.
    pub rate: Rate,
    /// The maker's own text.
    pub ident: String,
}

/// What an acknowledgement asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// The readout.
    Readout,
    /// Programming mode, which we never ask for.
    Programming,
}

/// One data set of a readout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its code as the meter writes it: `1.8.0`, `1-0:1.8.0*255`, `C.1.0`; empty when a line goes
    /// on with the values of the one before.
    pub code: String,
    /// What is in its brackets, one value each.
    pub values: Vec<Value>,
}

/// What one pair of brackets holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Before the star.
    pub text: String,
    /// After it; none without a star.
    pub unit: Option<String>,
}

/// A message of either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Frame {
    /// The reader asks a meter to introduce itself: any, or the one of that address.
    Request {
        /// Which; leading zeros do not count.
        address: Option<String>,
    },
    /// The meter does.
    Identification(Identification),
    /// The reader says at which rate to go on, and how.
    Acknowledge {
        /// The rate.
        rate: Rate,
        /// How.
        mode: Mode,
    },
    /// The meter reads itself out. Lines without a data set are left out.
    Block(Vec<Entry>),
}

/// A frame's bytes, 7 bits each. Characters that cannot stand where they are given, because they
/// would end something, are left out.
///
/// Shape: `/?address!␍␊`, `/XXXZident␍␊`, `␆0ZY␍␊`, `␂lines!␍␊␃BCC`; BCC is the exclusive or of
/// all after STX up to and with ETX. Source: IEC 62056-21, clauses 6.3 and 6.4.
///
/// ```
/// use metercrew_devices::iec62056::{Entry, Frame, Value, encode, find};
///
/// let block = Frame::Block(vec![Entry {
///     code: "1.8.0".into(),
///     values: vec![Value { text: "000123.45".into(), unit: Some("kWh".into()) }],
/// }]);
/// let bytes = encode(&block);
/// assert_eq!(bytes, b"\x021.8.0(000123.45*kWh)\r\n!\r\n\x03\x4B");
/// assert_eq!(find(&bytes).map(|found| found.frame), Some(block));
/// ```
pub fn encode(frame: &Frame) -> Vec<u8> {
    let mut bytes = vec![];
    match frame {
        Frame::Request { address } => {
            bytes.extend(b"/?");
            bytes.extend(writable(address.as_deref().unwrap_or_default(), b""));
            bytes.extend(b"!\r\n");
        }
        Frame::Identification(meter) => {
            bytes.push(b'/');
            bytes.extend(writable(&meter.manufacturer, b""));
            bytes.push(meter.rate.letter());
            bytes.extend(writable(&meter.ident, b""));
            bytes.extend(LINE_END);
        }
        Frame::Acknowledge { rate, mode } => {
            let mode = match mode {
                Mode::Readout => b'0',
                Mode::Programming => b'1',
            };
            bytes.extend([ACK, b'0', rate.letter(), mode]);
            bytes.extend(LINE_END);
        }
        Frame::Block(entries) => {
            for entry in entries {
                let code = entry.code.bytes().filter(|byte| is_of_code(*byte));
                bytes.extend(code.take(CODE_LIMIT));
                for value in &entry.values {
                    bytes.push(b'(');
                    bytes.extend(writable(&value.text, b"()*"));
                    if let Some(unit) = &value.unit {
                        bytes.push(b'*');
                        bytes.extend(writable(unit, b"()*"));
                    }
                    bytes.push(b')');
                }
                bytes.extend(LINE_END);
            }
            bytes.extend(BLOCK_END);
            let check = check_character(&bytes);
            bytes.insert(0, STX);
            bytes.push(check);
        }
    }
    bytes
}

/// The characters of a text that are printable and end nothing (clause 6.3, reserved: `( ) * / !`).
fn writable(text: &str, reserved: &[u8]) -> impl Iterator<Item = u8> {
    let ends = move |byte: &u8| b"/!".contains(byte) || reserved.contains(byte);
    text.bytes()
        .filter(move |byte| is_printable(*byte) && !ends(byte))
}

fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
}

/// What a data set's name is made of; makers add to the standard's digits, letters and points.
fn is_of_code(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b".:*#&-".contains(&byte)
}

fn check_character(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |check, byte| check ^ byte)
}

/// A frame and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The frame.
    pub frame: Frame,
    /// Where its first byte is.
    pub start: usize,
    /// Where the byte after its last is.
    pub end: usize,
}

/// The first whole frame, and of blocks the first whose check character is right.
///
/// Noise is passed over, and so is a block that is not right, with all that is in it: where a
/// damaged byte looks like a beginning, the rest of a block could pass for a whole one.
///
/// A line set to 8 bits without parity, such as a TCP server's, delivers the check bit as an eighth
/// bit. It is taken off where every byte of a frame has an even number of ones with it; bytes of
/// which only some have it are damaged, and no frame.
///
/// ```
/// use metercrew_devices::iec62056::{Frame, Rate, find};
///
/// let found = find(b"\xF7\x00/LGZ5ZMD120\r\n").unwrap();
/// assert_eq!((found.start, found.end), (2, 15));
/// assert!(matches!(found.frame, Frame::Identification(meter) if meter.rate == Rate::R9600));
/// ```
pub fn find(bytes: &[u8]) -> Option<Found> {
    frames(bytes).next()
}

/// Every frame in turn, as [`find`] finds them; places count from the first of `bytes`.
pub(super) fn frames(bytes: &[u8]) -> impl Iterator<Item = Found> {
    let seven = bits_0_to_6(bytes);
    // the last end that has its check character; looking for one from each STX would take squares
    let last_end = seven
        .windows(BLOCK_END.len().saturating_add(1))
        .rposition(|end| end.starts_with(BLOCK_END));
    let mut start = 0;
    std::iter::from_fn(move || {
        while let (Some(raw), Some(rest @ [first, ..])) = (bytes.get(start..), seven.get(start..)) {
            let may_be_block = last_end.is_some_and(|end| start < end);
            let passed_over = match (*first, may_be_block) {
                (STX, false) => 1,
                _ => match recognise(raw, rest) {
                    Recognised::Frame(frame, length) => {
                        let end = start.saturating_add(length);
                        let found = Found { frame, start, end };
                        start = end;
                        return Some(found);
                    }
                    Recognised::Damaged(length) => length,
                    Recognised::Nothing => 1,
                },
            };
            start = start.saturating_add(passed_over);
        }
        None
    })
}

/// Whether the last byte of a block but its check character may be among these.
pub(super) fn has_block_end(bytes: &[u8]) -> bool {
    let is_last = |byte: &u8| BLOCK_END.ends_with(&[byte & 0x7F]);
    bytes.iter().any(is_last)
}

fn bits_0_to_6(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| byte & 0x7F).collect()
}

/// Whether the eighth bits are all unused or all check bits.
fn is_undamaged(bytes: &[u8]) -> bool {
    bytes.is_ascii() || bytes.iter().all(|byte| byte.count_ones().is_multiple_of(2))
}

/// What bytes begin with.
enum Recognised {
    /// A frame of so many bytes.
    Frame(Frame, usize),
    /// So many bytes that would be a block if they were not damaged.
    Damaged(usize),
    /// Neither, or it has not come to its end yet.
    Nothing,
}

/// `seven` is `raw` without its eighth bits.
fn recognise(raw: &[u8], seven: &[u8]) -> Recognised {
    let (found, length) = match seven {
        [STX, rest @ ..] => {
            let Some(length) = rest.windows(BLOCK_END.len()).position(|w| w == BLOCK_END) else {
                return Recognised::Nothing;
            };
            let checked = length.saturating_add(BLOCK_END.len());
            let (Some((checked_bytes, [check, ..])), Some(content)) =
                (rest.split_at_checked(checked), rest.get(..length))
            else {
                return Recognised::Nothing;
            };
            let is_right = check_character(checked_bytes) == *check;
            let sets = is_right.then(|| entries(content)).flatten();
            let block = sets.map(Frame::Block);
            (block, checked.saturating_add(2))
        }
        [b'/', b'?', rest @ ..] => {
            let Some((address, length)) = line(rest, ADDRESS_LIMIT.saturating_add(1)) else {
                return Recognised::Nothing;
            };
            let address = address.strip_suffix('!').map(str::to_owned);
            let request = address.map(|address| Frame::Request {
                address: Some(address).filter(|address| !address.is_empty()),
            });
            (request, length.saturating_add(2))
        }
        [b'/', x, y, z, rate, rest @ ..] => {
            let letters = [*x, *y, *z];
            let (Some(rate), Some((ident, length)), true) = (
                Rate::of(*rate),
                line(rest, IDENT_LIMIT),
                letters.iter().all(u8::is_ascii_alphabetic),
            ) else {
                return Recognised::Nothing;
            };
            let meter = Frame::Identification(Identification {
                manufacturer: letters.map(char::from).iter().collect(),
                rate,
                ident: ident.to_owned(),
            });
            (Some(meter), length.saturating_add(5))
        }
        [ACK, b'0', rate, mode, b'\r', b'\n', ..] => {
            let mode = match mode {
                b'0' => Some(Mode::Readout),
                b'1' => Some(Mode::Programming),
                _ => None,
            };
            let both = Rate::of(*rate).zip(mode);
            let acknowledge = both.map(|(rate, mode)| Frame::Acknowledge { rate, mode });
            (acknowledge, 6)
        }
        _ => return Recognised::Nothing,
    };
    let is_block = seven.first() == Some(&STX);
    match found.filter(|_| raw.get(..length).is_some_and(is_undamaged)) {
        Some(frame) => Recognised::Frame(frame, length),
        None if is_block => Recognised::Damaged(length),
        None => Recognised::Nothing,
    }
}

/// A line of at most `limit` printable characters, and its length with its end.
fn line(bytes: &[u8], limit: usize) -> Option<(&str, usize)> {
    let length = bytes
        .iter()
        .take(limit.saturating_add(1))
        .position(|byte| !is_printable(*byte) || *byte == b'/')?;
    let (text, rest) = bytes.split_at_checked(length)?;
    let text = str::from_utf8(text).ok()?;
    rest.starts_with(LINE_END)
        .then(|| (text, length.saturating_add(LINE_END.len())))
}

/// The data sets of a block's lines; none at all when a line could not have been sent so. The check
/// character lets one damaged block of 128 through, and two meters that speak at once are such.
fn entries(content: &[u8]) -> Option<Vec<Entry>> {
    let text = str::from_utf8(content).ok()?;
    let mut entries = vec![];
    for mut rest in text.split("\r\n").filter(|line| line.contains('(')) {
        while !rest.is_empty() {
            let (code, mut after) = rest.split_once('(')?;
            let mut values = vec![];
            loop {
                let (value, beyond) = after.split_once(')')?;
                values.push(one_value(value)?);
                rest = beyond;
                match beyond.strip_prefix('(') {
                    Some(next) => after = next,
                    None => break,
                }
            }
            if code.len() > CODE_LIMIT || !code.bytes().all(is_of_code) {
                return None;
            }
            entries.push(Entry {
                code: code.to_owned(),
                values,
            });
        }
    }
    Some(entries)
}

fn one_value(value: &str) -> Option<Value> {
    if value.contains('(') || !value.bytes().all(is_printable) {
        return None;
    }
    let (text, unit) = match value.split_once('*') {
        Some((text, unit)) => (text, Some(unit.to_owned())),
        None => (value, None),
    };
    Some(Value {
        text: text.to_owned(),
        unit,
    })
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Request { address: None } => f.write_str("request to any meter"),
            Self::Request { address: Some(who) } => write!(f, "request to meter {who}"),
            Self::Identification(meter) => write!(
                f,
                "identification: maker {}, proposes {} baud, {:?}",
                meter.manufacturer,
                meter.rate.baud(),
                meter.ident
            ),
            Self::Acknowledge { rate, mode } => {
                let mode = match mode {
                    Mode::Readout => "readout",
                    Mode::Programming => "programming mode",
                };
                write!(f, "acknowledge: {mode} at {} baud", rate.baud())
            }
            Self::Block(entries) => {
                write!(f, "readout:")?;
                for Entry { code, values } in entries {
                    write!(f, " {code}")?;
                    for Value { text, unit } in values {
                        match unit {
                            Some(unit) => write!(f, "({text} {unit})")?,
                            None => write!(f, "({text})")?,
                        }
                    }
                }
                Ok(())
            }
        }
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
