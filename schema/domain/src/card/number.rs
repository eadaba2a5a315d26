//! The numbers on a card: meter, customer, serial, clock.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Declares a number of a fixed count of decimal digits, written with its leading zeros.
macro_rules! digits_no {
    ($(#[$doc:meta])* $name:ident $digits:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
        #[ts(type = "string")]
        pub struct $name(u64);

        impl $name {
            /// The number of that value; `None` when it has too many digits.
            pub const fn from_number(number: u64) -> Option<Self> {
                if number < 10u64.pow($digits) { Some(Self(number)) } else { None }
            }

            /// Its value.
            pub const fn number(self) -> u64 {
                self.0
            }

            /// Reads exactly its count of digits; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                let fits = text.len() == $digits && text.bytes().all(|b| b.is_ascii_digit());
                fits.then(|| text.parse().ok().map(Self)).flatten()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:0width$}", self.0, width = $digits)
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| {
                    serde::de::Error::custom(concat!("not ", $digits, " decimal digits"))
                })
            }
        }
    };
}

digits_no!(
    /// A meter number (表号) as meter and card hold it: 12 digits, most significant first.
    MeterNo 12);
digits_no!(
    /// A customer number (客户编号) as meter and card hold it: 12 digits; all zeros in a meter
    /// that is not opened.
    CustomerNo 12);
digits_no!(
    /// When a card says something happened or will: YYMMDDhhmm, local time, as written. Zeros where
    /// nothing is set; a meter with a dead clock may write a month 13.
    CardClock 10);

/// A card's serial number (卡序列号): the 8 bytes its reset answer ends with.
///
/// Shape: 16 hexadecimal digits, lower case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct CardSerial([u8; 8]);

impl CardSerial {
    /// Wraps the 8 bytes.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The 8 bytes.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }

    /// Reads 16 hexadecimal digits, lower case; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        let lower = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        if text.len() != 16 || !text.bytes().all(lower) {
            return None;
        }
        u64::from_str_radix(text, 16)
            .ok()
            .map(|number| Self(number.to_be_bytes()))
    }
}

impl fmt::Display for CardSerial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Serialize for CardSerial {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for CardSerial {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not 16 lower-case hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_keeps_its_leading_zeros_and_takes_no_other_form() {
        let meter_no = MeterNo::parse("000012345678").unwrap();
        assert_eq!(meter_no.to_string(), "000012345678");
        assert_eq!(
            serde_json::to_string(&meter_no).unwrap(),
            "\"000012345678\""
        );
        for text in ["12345678", "0000123456789", "00001234567x", "+00012345678"] {
            assert_eq!(MeterNo::parse(text), None);
        }
        assert_eq!(MeterNo::from_number(1_000_000_000_000), None);
    }

    #[test]
    fn a_serial_reads_back_from_its_text_and_takes_no_other_form() {
        let serial = CardSerial::from_bytes([0, 1, 2, 0xab, 4, 5, 6, 0xff]);
        assert_eq!(serial.to_string(), "000102ab040506ff");
        assert_eq!(CardSerial::parse("000102ab040506ff"), Some(serial));
        for text in ["000102AB040506FF", "000102ab040506f", "+00102ab040506ff"] {
            assert_eq!(CardSerial::parse(text), None);
        }
    }
}
