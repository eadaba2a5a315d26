//! What can be wrong with a report on a card.

use domain::{AuthorisationId, CardOutcome, CardSerial, DeviceId, Fen, Millis, Operator, OrderId};
use serde::{Deserialize, Serialize};

use super::LeaveState;

/// Why a report is not taken as it was said, with the facts a person needs.
///
/// Shape: `{"finding":"second_credit","first":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "finding", rename_all = "snake_case")]
pub enum Finding {
    /// No leave of that id was ever given.
    UnknownLeave,
    /// The leave is another device's.
    AnotherDevice {
        /// Whose it is.
        leased_to: DeviceId,
    },
    /// The leave is for another order.
    AnotherOrder {
        /// Which.
        leave_for: OrderId,
    },
    /// The leave is another person's.
    AnotherPerson {
        /// Whose.
        leased_to: Operator,
    },
    /// A card the leave does not name: neither the customer's nor registered for the crew.
    CardNotNamed {
        /// Which.
        serial: CardSerial,
    },
    /// A blank that was used for other money.
    CardUsedTwice {
        /// Which.
        serial: CardSerial,
        /// Under which leave it was used first.
        first: AuthorisationId,
    },
    /// More is carried over, or bought, than the leave allows.
    BeyondLeave {
        /// What it allows.
        most: Fen,
        /// What was to be on the card.
        found: Fen,
    },
    /// The card was to bear another purchase count than the leave's.
    WrongCount {
        /// The leave's.
        expected: u32,
        /// The card's.
        found: u32,
    },
    /// The card does not follow from the task and what lay before the crew.
    PlanDiffers {
        /// Why no card would follow, by the refusal's code; absent when another one does.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        refusal: Option<String>,
    },
    /// Another card was begun under the leave before, or the same one otherwise.
    BegunTwice {
        /// The card that counts.
        first: CardSerial,
        /// The card of the report.
        serial: CardSerial,
    },
    /// It was begun before the leave held, or after.
    OutsideTerm {
        /// From when it held.
        not_before: Millis,
        /// Until when.
        expires_at: Millis,
        /// When it was begun, by the device's best guess.
        at: Millis,
    },
    /// The rule book refuses it, by the refusal's code.
    RuleBroken {
        /// Which.
        refusal: String,
    },
    /// The leave was used although another had its place, or might have had.
    LeaveReplaced {
        /// How it lost its place.
        state: LeaveState,
    },
    /// It ended otherwise before.
    EndContradicts {
        /// What counts.
        before: CardOutcome,
        /// What the report says.
        after: CardOutcome,
    },
    /// The money is on a card already.
    SecondCredit {
        /// The leave it was written under.
        first: AuthorisationId,
    },
}

impl Finding {
    /// Whether a card begun like this brings no credit before a person has looked. The others are
    /// told as well, but the money is where the leave wanted it.
    pub fn is_grave(&self) -> bool {
        match self {
            Self::UnknownLeave
            | Self::AnotherDevice { .. }
            | Self::AnotherOrder { .. }
            | Self::CardNotNamed { .. }
            | Self::CardUsedTwice { .. }
            | Self::BeyondLeave { .. }
            | Self::WrongCount { .. }
            | Self::PlanDiffers { .. }
            | Self::BegunTwice { .. }
            | Self::EndContradicts { .. }
            | Self::SecondCredit { .. } => true,
            Self::AnotherPerson { .. }
            | Self::OutsideTerm { .. }
            | Self::RuleBroken { .. }
            | Self::LeaveReplaced { .. } => false,
        }
    }

    /// Its name in messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::UnknownLeave => "unknown_leave",
            Self::AnotherDevice { .. } => "another_device",
            Self::AnotherOrder { .. } => "another_order",
            Self::AnotherPerson { .. } => "another_person",
            Self::CardNotNamed { .. } => "card_not_named",
            Self::CardUsedTwice { .. } => "card_used_twice",
            Self::BeyondLeave { .. } => "beyond_leave",
            Self::WrongCount { .. } => "wrong_count",
            Self::PlanDiffers { .. } => "plan_differs",
            Self::BegunTwice { .. } => "begun_twice",
            Self::OutsideTerm { .. } => "outside_term",
            Self::RuleBroken { .. } => "rule_broken",
            Self::LeaveReplaced { .. } => "leave_replaced",
            Self::EndContradicts { .. } => "end_contradicts",
            Self::SecondCredit { .. } => "second_credit",
        }
    }
}
