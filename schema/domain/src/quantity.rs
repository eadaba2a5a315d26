//! Energy, money and register digits as integers: no floating point touches a reading.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A decimal number of at most four places, exact.
///
/// Units: those of the register it stands in (kWh, yuan). Range: ±99 999 999.9999.
/// Shape: a JSON string, `"12345.67"`; at least two places are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "string")]
pub struct Decimal(i64);

const SCALE: i64 = 10_000;
const LIMIT: i64 = 99_999_999 * SCALE + 9_999;

/// Why a text is not a reading.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotADecimal {
    /// Something else than digits, one point and a leading minus.
    #[error("not a number of digits and one point")]
    Form,
    /// More than four places, or more than eight digits before the point.
    #[error("more digits than a register has")]
    Range,
}

impl Decimal {
    /// From ten-thousandths of the unit.
    pub const fn from_ten_thousandths(n: i64) -> Self {
        Self(n)
    }

    /// From hundredths of the unit (centi-kWh, fen).
    pub const fn from_hundredths(n: i64) -> Self {
        Self(n.saturating_mul(100))
    }

    /// Ten-thousandths of the unit.
    pub const fn ten_thousandths(self) -> i64 {
        self.0
    }

    /// Reads `12345.67`; a leading minus is allowed, spaces and commas are not.
    ///
    /// Errors: [`NotADecimal`].
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text),
        };
        let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
        if !all_digits(whole) || !all_digits(places) {
            return Err(NotADecimal::Form);
        }
        if places.len() > 4 || whole.len() > 12 {
            return Err(NotADecimal::Range);
        }
        let whole: i64 = whole.parse().map_err(|_| NotADecimal::Range)?;
        let scale = i64::pow(10, 4 - places.len() as u32);
        let places: i64 = places.parse().map_err(|_| NotADecimal::Range)?;
        let value = whole.saturating_mul(SCALE).saturating_add(places * scale);
        if value > LIMIT {
            return Err(NotADecimal::Range);
        }
        Ok(Self(sign * value))
    }

    /// The sum; `None` beyond the range.
    pub fn plus(self, other: Self) -> Option<Self> {
        let sum = self.0.checked_add(other.0)?;
        (sum.abs() <= LIMIT).then_some(Self(sum))
    }

    /// The distance between two values, never negative.
    pub fn distance(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0).saturating_abs())
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let magnitude = self.0.unsigned_abs();
        let (whole, places) = (magnitude / SCALE as u64, magnitude % SCALE as u64);
        let sign = if self.0 < 0 { "-" } else { "" };
        if places.is_multiple_of(100) {
            write!(f, "{sign}{whole}.{:02}", places / 100)
        } else {
            write!(f, "{sign}{whole}.{places:04}")
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// How many digits a register shows before and after the point (METER_DIGITS, "6.2").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RegisterDigits {
    /// Digits before the point, 1–8.
    pub integer: u8,
    /// Digits after the point, 0–4.
    pub decimal: u8,
}

impl RegisterDigits {
    /// What most meters show, while nothing is known of this one.
    pub const USUAL: Self = Self {
        integer: 6,
        decimal: 2,
    };

    /// Whether the register could show `value` at all.
    pub fn can_show(&self, value: Decimal) -> bool {
        let whole_limit = 10i64.saturating_pow(u32::from(self.integer.min(8)));
        let step = 10i64.saturating_pow(4 - u32::from(self.decimal.min(4)));
        value.0.abs() < whole_limit.saturating_mul(SCALE) && value.0 % step == 0
    }
}

/// A register of a meter (示数类型).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Register {
    /// Forward active energy, all tariffs (正向有功总). Unit: kWh.
    ForwardTotal,
    /// Sharp tariff (尖). Unit: kWh.
    ForwardT1,
    /// Peak tariff (峰). Unit: kWh.
    ForwardT2,
    /// Flat tariff (平). Unit: kWh.
    ForwardT3,
    /// Valley tariff (谷). Unit: kWh.
    ForwardT4,
    /// Reverse active energy (反向有功总). Unit: kWh.
    ReverseTotal,
    /// Money left in a prepaid meter (剩余金额). Unit: yuan.
    MoneyLeft,
}

impl Register {
    /// Every register, in the order forms show them.
    pub const ALL: [Self; 7] = [
        Self::ForwardTotal,
        Self::ForwardT1,
        Self::ForwardT2,
        Self::ForwardT3,
        Self::ForwardT4,
        Self::ReverseTotal,
        Self::MoneyLeft,
    ];

    /// Whether it is one of the tariffs that add up to the forward total.
    pub fn is_tariff(self) -> bool {
        match self {
            Self::ForwardT1 | Self::ForwardT2 | Self::ForwardT3 | Self::ForwardT4 => true,
            Self::ForwardTotal | Self::ReverseTotal | Self::MoneyLeft => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decimal_reads_back_from_its_text(n in -LIMIT..=LIMIT) {
            let value = Decimal::from_ten_thousandths(n);
            prop_assert_eq!(Decimal::parse(&value.to_string()), Ok(value));
        }

        #[test]
        fn parsing_any_text_never_panics(text in ".{0,40}") {
            let _ = Decimal::parse(&text);
        }
    }

    #[test]
    fn only_plain_digits_are_a_decimal() {
        for text in [
            "", ".", "1.", ".5", "1,2", " 1", "1e3", "--1", "1.2.3", "１２",
        ] {
            assert_eq!(Decimal::parse(text), Err(NotADecimal::Form), "{text:?}");
        }
        assert_eq!(Decimal::parse("1.23456"), Err(NotADecimal::Range));
        assert_eq!(Decimal::parse("100000000"), Err(NotADecimal::Range));
    }

    #[test]
    fn a_register_of_6_and_2_digits_cannot_show_a_seventh_or_a_third_place() {
        let digits = RegisterDigits {
            integer: 6,
            decimal: 2,
        };
        let shows = |text: &str| Decimal::parse(text).is_ok_and(|value| digits.can_show(value));
        assert!(shows("999999.99"));
        assert!(!shows("1000000.00"));
        assert!(!shows("1.234"));
    }
}
