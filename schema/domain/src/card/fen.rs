//! Money on cards: whole fen, never a part of one.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Decimal;

/// An amount of money.
///
/// Unit: fen (0.01 yuan). Range: ±99 999 999.99 yuan, so that every amount is a [`Decimal`] too.
/// Shape: yuan as a JSON string with two places, `"137.65"`, like all money.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, TS)]
#[ts(type = "string")]
pub struct Fen(i64);

const LIMIT: i64 = 9_999_999_999;

/// An amount in yuan that is no whole number of fen; it is never rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} yuan is not a whole number of fen")]
pub struct PartOfAFen(pub Decimal);

impl Fen {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// That many fen; `None` beyond the range.
    pub const fn new(fen: i64) -> Option<Self> {
        if fen >= -LIMIT && fen <= LIMIT {
            Some(Self(fen))
        } else {
            None
        }
    }

    /// How many fen.
    pub const fn count(self) -> i64 {
        self.0
    }

    /// The same amount in yuan, exactly.
    pub const fn yuan(self) -> Decimal {
        Decimal::from_hundredths(self.0)
    }

    /// The sum; `None` beyond the range.
    pub const fn plus(self, other: Self) -> Option<Self> {
        Self::new(self.0.saturating_add(other.0))
    }

    /// The difference; `None` beyond the range.
    pub const fn minus(self, other: Self) -> Option<Self> {
        Self::new(self.0.saturating_sub(other.0))
    }

    /// Whether it is less than nothing.
    pub const fn is_negative(self) -> bool {
        self.0 < 0
    }
}

impl From<u32> for Fen {
    fn from(fen: u32) -> Self {
        Self(i64::from(fen))
    }
}

impl TryFrom<Decimal> for Fen {
    type Error = PartOfAFen;

    fn try_from(yuan: Decimal) -> Result<Self, PartOfAFen> {
        let parts = yuan.ten_thousandths();
        if parts % 100 == 0 {
            Self::new(parts / 100).ok_or(PartOfAFen(yuan))
        } else {
            Err(PartOfAFen(yuan))
        }
    }
}

impl fmt::Display for Fen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.yuan().fmt(f)
    }
}

impl Serialize for Fen {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Fen {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let yuan = Decimal::deserialize(deserializer)?;
        Self::try_from(yuan).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_amount_comes_back_from_yuan_and_from_json(n in -LIMIT..=LIMIT) {
            let amount = Fen::new(n).unwrap();
            prop_assert_eq!(Fen::try_from(amount.yuan()), Ok(amount));
            let json = serde_json::to_string(&amount).unwrap();
            prop_assert_eq!(serde_json::from_str::<Fen>(&json).unwrap(), amount);
        }
    }

    #[test]
    fn a_part_of_a_fen_is_refused_not_rounded() {
        for text in ["0.001", "0.0099", "-87.6501"] {
            let yuan = Decimal::parse(text).unwrap();
            assert_eq!(Fen::try_from(yuan), Err(PartOfAFen(yuan)));
        }
        assert!(serde_json::from_str::<Fen>("\"0.001\"").is_err());
    }

    #[test]
    fn sums_beyond_the_range_are_none() {
        let most = Fen::new(LIMIT).unwrap();
        let one = Fen::from(1);
        assert_eq!(most.plus(one), None);
        assert_eq!(Fen::ZERO.minus(most).unwrap().minus(one), None);
        assert_eq!(Fen::new(i64::MIN), None);
    }
}
