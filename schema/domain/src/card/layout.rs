//! Where things stand in a card's files: tables, and the one codec that follows them.
//!
//! Files 1 and 5 are framed `68 command length(2, big-endian) … CS 16`; CS is the sum from the
//! command to the byte before it. The purse has no frame.
//!
//! Only 2013 has a table: for 2009 no offsets are known, and reserved bytes may differ there, so a
//! card of 2009 is not read as if it were one of 2013.

mod codec;
mod hex;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CardSerial, Generation, Hash};

/// A file of a card that the domain reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardFile {
    /// Instructions and parameters.
    User,
    /// Money and count.
    Purse,
    /// What the meter wrote back.
    WriteBack,
}

impl CardFile {
    /// Its short file identifier.
    pub const fn sfi(self) -> u8 {
        match self {
            Self::User => 1,
            Self::Purse => 2,
            Self::WriteBack => 5,
        }
    }
}

/// The files of one card, byte for byte.
///
/// Shape: each file as lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardImage {
    /// Which piece of plastic.
    pub serial: CardSerial,
    /// File 1; empty on a card nobody has issued.
    #[serde(with = "hex")]
    pub user: Vec<u8>,
    /// File 2.
    #[serde(with = "hex")]
    pub purse: Vec<u8>,
    /// File 5.
    #[serde(with = "hex")]
    pub write_back: Vec<u8>,
}

impl CardImage {
    /// The hash of all of it, serial included: what a read-back is proved with.
    pub fn hash(&self) -> Hash {
        Hash::of_parts(&[
            b"metercrew/card/1",
            self.serial.as_bytes(),
            &self.user,
            &self.purse,
            &self.write_back,
        ])
    }

    /// The bytes of one file.
    pub fn file(&self, file: CardFile) -> &[u8] {
        match file {
            CardFile::User => &self.user,
            CardFile::Purse => &self.purse,
            CardFile::WriteBack => &self.write_back,
        }
    }
}

/// What stands in a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FieldName {
    UpdateFlags,
    TariffSwitch,
    Alarm1,
    Alarm2,
    CurrentRatio,
    VoltageRatio,
    MeterNo,
    CustomerNo,
    Kind,
    PurseMoney,
    PurseCount,
    BackCurrentRatio,
    BackVoltageRatio,
    BackMeterNo,
    BackCustomerNo,
    BackMoney,
    BackCount,
    BackOverdraft,
    BackIllegalInserts,
    BackWrittenAt,
}

/// How a number is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Two decimal digits a byte, most significant first; money in fen.
    Bcd,
    /// Binary, most significant byte first; money in fen.
    BinaryBe,
}

/// One field of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// What it is.
    pub name: FieldName,
    /// Where.
    pub file: CardFile,
    /// Bytes from the start of the file.
    pub offset: usize,
    /// Bytes.
    pub len: usize,
    /// How.
    pub coding: Coding,
}

/// The outer form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileForm {
    /// Which.
    pub file: CardFile,
    /// All its bytes, frame and all. A card may have room for more.
    pub len: usize,
    /// The command code in its frame; `None` for a file without one.
    pub command: Option<u8>,
}

/// How sure the table is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// From hearsay.
    Low,
    /// One good source.
    Medium,
    /// Two sources that agree.
    High,
}

/// The files of one generation of cards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Layout {
    /// Of which meters.
    pub generation: Generation,
    /// How sure it is.
    pub confidence: Confidence,
    /// The files.
    pub files: &'static [FileForm],
    /// What stands in them; bytes no field covers are reserved: written as 00, read past.
    pub fields: &'static [Field],
}

/// Every layout there is a table for.
///
/// Source: one meter's firmware; the lengths agree with the frames (4 + 39 + 2, 4 + 43 + 2), the
/// list of fields with that of 2009.
pub const LAYOUTS: &[Layout] = &[Layout {
    generation: Generation::G2013,
    confidence: Confidence::Medium,
    files: &[
        form(CardFile::User, 45, Some(0x01)),
        form(CardFile::Purse, 8, None),
        form(CardFile::WriteBack, 49, Some(0x11)),
    ],
    fields: &[
        user(FieldName::UpdateFlags, 5, 1, Coding::BinaryBe),
        user(FieldName::TariffSwitch, 10, 5, Coding::Bcd),
        user(FieldName::Alarm1, 16, 4, Coding::Bcd),
        user(FieldName::Alarm2, 20, 4, Coding::Bcd),
        user(FieldName::CurrentRatio, 24, 3, Coding::Bcd),
        user(FieldName::VoltageRatio, 27, 3, Coding::Bcd),
        user(FieldName::MeterNo, 30, 6, Coding::Bcd),
        user(FieldName::CustomerNo, 36, 6, Coding::Bcd),
        user(FieldName::Kind, 42, 1, Coding::BinaryBe),
        purse(FieldName::PurseMoney, 0),
        purse(FieldName::PurseCount, 4),
        back(FieldName::BackCurrentRatio, 5, 3, Coding::Bcd),
        back(FieldName::BackVoltageRatio, 8, 3, Coding::Bcd),
        back(FieldName::BackMeterNo, 11, 6, Coding::Bcd),
        back(FieldName::BackCustomerNo, 17, 6, Coding::Bcd),
        back(FieldName::BackMoney, 23, 4, Coding::BinaryBe),
        back(FieldName::BackCount, 27, 4, Coding::BinaryBe),
        back(FieldName::BackOverdraft, 31, 4, Coding::Bcd),
        back(FieldName::BackIllegalInserts, 39, 3, Coding::Bcd),
        back(FieldName::BackWrittenAt, 42, 5, Coding::Bcd),
    ],
}];

const fn form(file: CardFile, len: usize, command: Option<u8>) -> FileForm {
    FileForm { file, len, command }
}

const fn user(name: FieldName, offset: usize, len: usize, coding: Coding) -> Field {
    at(CardFile::User, name, offset, len, coding)
}

const fn purse(name: FieldName, offset: usize) -> Field {
    at(CardFile::Purse, name, offset, 4, Coding::BinaryBe)
}

const fn back(name: FieldName, offset: usize, len: usize, coding: Coding) -> Field {
    at(CardFile::WriteBack, name, offset, len, coding)
}

const fn at(file: CardFile, name: FieldName, offset: usize, len: usize, coding: Coding) -> Field {
    Field {
        name,
        file,
        offset,
        len,
        coding,
    }
}

impl Layout {
    /// The layout of that generation, if there is a table for it.
    pub fn of(generation: Generation) -> Option<&'static Self> {
        LAYOUTS
            .iter()
            .find(|layout| layout.generation == generation)
    }
}

/// What is wrong with a card's files, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Damage {
    /// The file ends too early.
    #[error("{file:?} file has {found} bytes of {expected}")]
    Short {
        file: CardFile,
        expected: u32,
        found: u32,
    },
    /// It does not start with 68: it was made invalid, or never valid.
    #[error("{file:?} file starts with {found:02X}, not 68")]
    Start { file: CardFile, found: u8 },
    /// Another command code than such a file has.
    #[error("{file:?} file has command {found:02X}, not {expected:02X}")]
    Command {
        file: CardFile,
        expected: u8,
        found: u8,
    },
    /// The frame says another length.
    #[error("frame of {file:?} file says {found} bytes, not {expected}")]
    FrameLength {
        file: CardFile,
        expected: u32,
        found: u32,
    },
    /// The bytes do not add up.
    #[error("checksum of {file:?} file is {found:02X}, not {expected:02X}")]
    Checksum {
        file: CardFile,
        expected: u8,
        found: u8,
    },
    /// It does not end with 16.
    #[error("{file:?} file ends with {found:02X}, not 16")]
    End { file: CardFile, found: u8 },
    /// A field holds something else than digits.
    #[error("{field:?} is no number: byte {offset} of {file:?} file")]
    NotDigits {
        file: CardFile,
        field: FieldName,
        offset: u32,
    },
    /// A field holds more than its meaning allows.
    #[error("{field:?} is out of range")]
    OutOfRange { field: FieldName },
    /// A card type byte that is none of 01, 02, 03.
    #[error("card type {found:02X} is not known")]
    UnknownKind { found: u8 },
    /// Money left and money overdrawn at once.
    #[error("the write-back has money left and money overdrawn")]
    MoneyAndOverdraft,
    /// The table has no place for it.
    #[error("the layout has no {field:?}")]
    NoField { field: FieldName },
    /// The table has no such file.
    #[error("the layout has no {file:?} file")]
    NoFile { file: CardFile },
}

/// Why a value cannot be written onto a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum DoesNotFit {
    /// More digits or bytes than the field has, or less than nothing.
    #[error("{field:?} does not fit its field")]
    Value { field: FieldName },
    /// The table has no place for it.
    #[error("the layout has no {field:?}")]
    NoField { field: FieldName },
    /// The table has no such file.
    #[error("the layout has no {file:?} file")]
    NoFile { file: CardFile },
}
