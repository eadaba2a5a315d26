//! STS tokens (IEC 62055-41): checked in form and handed over, never made.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A token as the customer types it: 20 decimal digits that are 66 bits.
///
/// Source: IEC 62055-41, token carrier of numeric form. Shape: 20 digits as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, TS)]
#[ts(type = "string")]
pub struct StsToken(u128);

/// What kind of token it is, by its two class bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StsClass {
    /// 0: credit.
    Credit,
    /// 1: test or display, not encrypted.
    Test,
    /// 2: management of the meter.
    Management,
    /// 3: reserved.
    Reserved,
}

/// Why digits are no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotAToken {
    /// Something else than digits and the spaces or hyphens they are grouped by.
    #[error("a token is digits")]
    NotDigits,
    /// Too few or too many.
    #[error("a token has 20 digits, not {found}")]
    Length {
        /// How many there are.
        found: usize,
    },
    /// A number beyond 66 bits, which no meter can take.
    #[error("no token is that large")]
    TooLarge,
}

impl StsToken {
    /// Reads a token, grouped or not.
    ///
    /// Errors: [`NotAToken`].
    pub fn parse(text: &str) -> Result<Self, NotAToken> {
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotAToken::NotDigits);
        }
        if digits.len() != 20 {
            let found = digits.len();
            return Err(NotAToken::Length { found });
        }
        let number: u128 = digits.parse().map_err(|_| NotAToken::TooLarge)?;
        if number >> 66 == 0 {
            Ok(Self(number))
        } else {
            Err(NotAToken::TooLarge)
        }
    }

    /// Its kind. The class bits stand in bits 28 and 27, where the transposition puts them.
    pub fn class(self) -> StsClass {
        match (self.0 >> 27) & 3 {
            0 => StsClass::Credit,
            1 => StsClass::Test,
            2 => StsClass::Management,
            _ => StsClass::Reserved,
        }
    }
}

impl fmt::Display for StsToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:020}", self.0)
    }
}

impl Serialize for StsToken {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for StsToken {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compliance vectors of the STS association, by the class each is published with.
    #[test]
    fn a_published_token_is_of_the_class_it_is_published_with() {
        for (text, class) in [
            ("23716100501183194197", StsClass::Credit),
            ("67206107716095682372", StsClass::Credit),
            ("56493153725450313471", StsClass::Test),
            ("50901894209860263092", StsClass::Management),
            ("29511990995826640868", StsClass::Management),
        ] {
            let token = StsToken::parse(text).unwrap();
            assert_eq!(token.class(), class, "{text}");
            assert_eq!(token.to_string(), text);
        }
    }

    #[test]
    fn a_token_may_be_grouped_and_nothing_else() {
        let token = StsToken::parse("23716100501183194197").unwrap();
        assert_eq!(StsToken::parse("2371 6100 5011 8319 4197"), Ok(token));
        assert_eq!(StsToken::parse("2371-6100-5011-8319-4197"), Ok(token));
        assert_eq!(
            StsToken::parse("2371610050118319419"),
            Err(NotAToken::Length { found: 19 })
        );
        for text in [
            "2371610050118319419x",
            "\u{ff12}3716100501183194197",
            "+3716100501183194197",
        ] {
            assert_eq!(StsToken::parse(text), Err(NotAToken::NotDigits));
        }
    }

    /// 2^66 has 20 digits: not every 20 digits are a token.
    #[test]
    fn a_number_beyond_66_bits_is_no_token() {
        assert!(StsToken::parse("73786976294838206463").is_ok());
        assert_eq!(
            StsToken::parse("73786976294838206464"),
            Err(NotAToken::TooLarge)
        );
    }
}
