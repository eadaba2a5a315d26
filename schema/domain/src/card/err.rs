//! What a meter shows when it refuses a card: causes, and their numbers in both generations.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which family of standards a meter or card follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
pub enum Generation {
    /// Q/GDW 354, 355, 365 of 2009.
    #[serde(rename = "2009")]
    G2009,
    /// Q/GDW 1354, 1355, 1365 of 2013.
    #[serde(rename = "2013")]
    G2013,
}

/// Why a meter refuses a card, as finely as meters of 2013 record it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrCause {
    /// The mains voltage is too low for card work.
    SupplyLow,
    /// No answer to reset: reversed, damaged or no CPU card.
    CardReset,
    /// A card nobody has issued: file 1 is not there.
    Unissued,
    /// A kind of card the meter does not take.
    WrongType,
    /// Not with the keys the meter holds: user cards need the private ones, preset cards the public.
    KeyState,
    /// For another meter.
    MeterNumber,
    /// Of another customer.
    CustomerNumber,
    /// Not the card the meter knows.
    CardSerial,
    /// Header, length, checksum or trailer of a file is wrong.
    FileFormat,
    /// A purchase card, and the meter is not opened.
    PurchaseInUnopened,
    /// A replacement card, and the meter is not opened.
    ReplacementInUnopened,
    /// The purchase count does not follow the meter's.
    PurchaseCount,
    /// A meter wrote onto the card, and nobody cleared it before money was put on it.
    WriteBackNotEmpty,
    /// The same on an open-account card: it was used to open a meter before.
    OpenAccountUsed,
    /// The balance would go over what the meter may hold.
    OverLimit,
}

impl ErrCause {
    /// The number on the display (`34` for Err-34), per generation.
    ///
    /// `None` where the number of that generation is not known for this cause.
    pub const fn number(self, generation: Generation) -> Option<u8> {
        let (of_2013, of_2009) = match self {
            Self::SupplyLow => (31, Some(24)),
            Self::CardReset | Self::Unissued => (32, Some(23)),
            Self::WrongType => (32, Some(26)),
            Self::KeyState => (32, None),
            Self::MeterNumber => (33, None),
            Self::CustomerNumber | Self::CardSerial => (33, Some(12)),
            Self::FileFormat => (34, Some(25)),
            Self::PurchaseInUnopened | Self::ReplacementInUnopened => (34, Some(22)),
            Self::PurchaseCount => (34, Some(13)),
            Self::WriteBackNotEmpty => (34, None),
            Self::OpenAccountUsed => (34, Some(27)),
            Self::OverLimit => (36, Some(14)),
        };
        match generation {
            Generation::G2013 => Some(of_2013),
            Generation::G2009 => of_2009,
        }
    }
}

/// A refusal in the meter's own words.
///
/// Shape: `{"cause":"meter_number","err_2013":33,"err_2009":null}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct MeterErr {
    /// Why.
    pub cause: ErrCause,
    /// What a meter of 2013 shows.
    pub err_2013: Option<u8>,
    /// What a meter of 2009 shows; absent where that is not known.
    pub err_2009: Option<u8>,
}

impl From<ErrCause> for MeterErr {
    fn from(cause: ErrCause) -> Self {
        Self {
            cause,
            err_2013: cause.number(Generation::G2013),
            err_2009: cause.number(Generation::G2009),
        }
    }
}

impl fmt::Display for MeterErr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.cause)?;
        for (year, number) in [("2013", self.err_2013), ("2009", self.err_2009)] {
            if let Some(number) = number {
                write!(f, ", Err-{number:02} in {year}")?;
            }
        }
        Ok(())
    }
}
