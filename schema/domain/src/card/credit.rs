//! What a customer still has: where each amount comes from, and what is known of the old card.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CardSerial, Decimal, Fen, ItemValue, MeterItem, PartOfAFen, Readout, UserCard, WriteBack,
};

/// Who says so, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CreditSource {
    /// The old meter over its port, before it was taken down.
    Readout,
    /// The old meter, on the old card.
    WriteBack,
    /// The old meter's display, on a photo.
    Photo,
    /// The office's books.
    Office,
    /// The purse of the old card: a purchase that has not reached the meter.
    OldPurse,
}

/// What one witness says was left in the old meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Remainder {
    /// Who says so.
    pub source: CreditSource,
    /// Money left; it or the overdraft is zero.
    pub money: Fen,
    /// Money overdrawn.
    pub overdraft: Fen,
    /// The meter's purchase count with that money in it; not every port and display gives it.
    pub count: Option<u32>,
}

impl Remainder {
    /// What a meter said over its port; `None` when it did not say how much is left.
    ///
    /// Errors: [`PartOfAFen`].
    pub fn of_readout(readout: &Readout) -> Option<Result<Self, PartOfAFen>> {
        let quantity = |item| match readout.value(item) {
            Some(ItemValue::Quantity(amount)) => Some(*amount),
            Some(_) | None => None,
        };
        let money = quantity(MeterItem::MoneyLeft)?;
        let overdraft = quantity(MeterItem::Overdraft);
        let count = match readout.value(MeterItem::PurchaseCount) {
            Some(ItemValue::Count(count)) => Some(*count),
            Some(_) | None => None,
        };
        Some(Self::in_fen(money, overdraft.unwrap_or_default(), count))
    }

    /// What a meter wrote onto the old card.
    pub fn of_write_back(back: &WriteBack) -> Self {
        Self {
            source: CreditSource::WriteBack,
            money: back.money,
            overdraft: back.overdraft,
            count: Some(back.count),
        }
    }

    fn in_fen(money: Decimal, overdraft: Decimal, count: Option<u32>) -> Result<Self, PartOfAFen> {
        Ok(Self {
            source: CreditSource::Readout,
            money: money.try_into()?,
            overdraft: overdraft.try_into()?,
            count,
        })
    }
}

/// A purchase that the office knows is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PaidPurchase {
    /// Which purchase of the account.
    pub count: u32,
    /// What was paid.
    pub amount: Fen,
    /// The card it was written on; absent when it was never written on any.
    pub written_on: Option<CardSerial>,
}

/// What became of the customer's old card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OldCard {
    /// Lost, or it cannot be read.
    NotRead,
    /// Read.
    Read(UserCard),
}

/// What a part of the total is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "part", rename_all = "snake_case")]
pub enum CreditPartKind {
    /// Left in the old meter; adds.
    OldCredit,
    /// Paid and not in the old meter; adds.
    Bought {
        /// Which purchase.
        count: u32,
    },
    /// Overdrawn on the old meter; takes away.
    Debt,
}

/// One line of the sum: old credit + bought − debt = total.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreditPart {
    /// What it is, and with it the sign.
    #[serde(flatten)]
    pub kind: CreditPartKind,
    /// How much, never negative.
    pub amount: Fen,
    /// Who says so.
    pub source: CreditSource,
}
