//! Which money a leave is about: what makes two leaves one chain.

use domain::{AccountNo, CardKind, CardTask, Dispatch, Fen, MeterNo, OrderId};
use serde::{Deserialize, Serialize};

/// Money that one customer has once, wherever it is: on its way, in doubt, or on a card.
///
/// The purchase count alone does not name it: the first card of every meter bears count 1. Nor does
/// the order: an order that is dispatched again under another number is about the same money.
///
/// Shape: `{"claim":"bought","account_no":"4101","meter_no":"000000000001","count":5}`; the text is
/// the key it is stored under, so the order of its members is fixed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "claim", rename_all = "snake_case")]
pub enum Claim {
    /// All that a meter leaves behind which is taken down (清零补写): what is in it, and what was
    /// bought for it.
    Replaced {
        /// Whose.
        account_no: AccountNo,
        /// The meter that is taken down.
        meter_no: MeterNo,
        /// The purchase count on the new card.
        count: u32,
    },
    /// A purchase for a meter that stays (购电, 补卡 with money).
    Bought {
        /// Whose.
        account_no: AccountNo,
        /// The meter.
        meter_no: MeterNo,
        /// Which purchase.
        count: u32,
    },
    /// What a new account pays at its opening (开户). No meter names it before it hangs.
    Opened {
        /// The order that opens.
        order: OrderId,
    },
    /// No money: a card that only opens a meter, or takes a lost one's place.
    Nothing {
        /// The order that wants it.
        order: OrderId,
    },
}

impl Claim {
    /// The claim of an order's card.
    pub fn of(dispatch: &Dispatch, task: &CardTask) -> Self {
        let account_no = dispatch.account.account_no.clone();
        let order = dispatch.id.clone();
        let is_paid = task.purchases.iter().any(|paid| paid.amount > Fen::ZERO);
        let count = task.count;
        match (task.kind, task.meter) {
            // even without a purchase: the crew learns at the meter what is left in it
            (CardKind::OpenAccount, Some(old)) => Self::Replaced {
                account_no,
                meter_no: old.meter_no,
                count,
            },
            (CardKind::Purchase | CardKind::Replacement, Some(meter)) if is_paid => Self::Bought {
                account_no,
                meter_no: meter.meter_no,
                count,
            },
            (CardKind::OpenAccount | CardKind::Purchase | CardKind::Replacement, _) if is_paid => {
                Self::Opened { order }
            }
            (CardKind::OpenAccount | CardKind::Purchase | CardKind::Replacement, _) => {
                Self::Nothing { order }
            }
        }
    }

    /// Whether a card written for it moves money.
    pub fn is_money(&self) -> bool {
        match self {
            Self::Replaced { .. } | Self::Bought { .. } | Self::Opened { .. } => true,
            Self::Nothing { .. } => false,
        }
    }
}
