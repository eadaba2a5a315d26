//! Leave to write one card once (写卡授权): given by the gateway, signed, used up by the intent.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AccountNo, AuthorisationId, CardImage, CardPlan, CardRefusal, CardSeen, CardSerial, CardTask,
    DeviceId, Hash, Millis, Operator, OrderId,
};

/// What the gateway allows, and to whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardAuthorisation {
    /// Which.
    pub id: AuthorisationId,
    /// For which order.
    pub order: OrderId,
    /// For which account.
    pub account_no: AccountNo,
    /// What is to be on the card, with its limits.
    pub task: CardTask,
    /// Cards that may be written: the customer's own, and blanks registered for the crew.
    pub cards: Vec<CardSerial>,
    /// The one device that may use it.
    pub device: DeviceId,
    /// The one person.
    pub operator: Operator,
    /// Not before, by the gateway's clock.
    pub not_before: Millis,
    /// Not begun after; what was begun may always be finished.
    pub expires_at: Millis,
    /// Which keys the card's commands are to be made with.
    pub key_version: u32,
}

/// An authorisation as it travels: its JSON text, and the gateway's signature over exactly it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SignedAuthorisation {
    /// [`CardAuthorisation`] as JSON.
    pub body: String,
    /// Ed25519, base64.
    pub signature: String,
}

impl SignedAuthorisation {
    /// What it says, whoever signed it; `None` when it cannot be read. The signature is checked
    /// where keys are known: on the device, when it comes and again before it is used.
    pub fn read(&self) -> Option<CardAuthorisation> {
        serde_json::from_str(&self.body).ok()
    }
}

impl CardAuthorisation {
    /// The card to write now.
    ///
    /// Errors: [`CardRefusal::NotYetValid`], [`CardRefusal::Expired`],
    /// [`CardRefusal::CardNotAuthorised`], and those of [`CardTask::plan`].
    pub fn plan(&self, seen: &CardSeen, now: Millis) -> Result<CardPlan, CardRefusal> {
        if now < self.not_before {
            return Err(CardRefusal::NotYetValid {
                from: self.not_before,
            });
        }
        if now > self.expires_at {
            return Err(CardRefusal::Expired {
                at: self.expires_at,
            });
        }
        if !self.cards.contains(&seen.serial) {
            return Err(CardRefusal::CardNotAuthorised {
                serial: seen.serial,
            });
        }
        self.task.plan(seen)
    }
}

/// What became of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum CardOutcome {
    /// Begun, and the card has not been read since: it may be in any state (存疑).
    InDoubt,
    /// Read back, byte for byte (已写).
    Written {
        /// The hash of all that was read back: [`CardImage::hash`].
        image: Hash,
    },
    /// The card was read, and carries nothing of it (未写).
    NotWritten {
        /// Why.
        why: NotWritten,
        /// The hash of what was read.
        image: Hash,
    },
}

/// Why nothing is on the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NotWritten {
    /// It is as it was before.
    Untouched,
    /// It does not keep what is written on it; it was left so that no meter takes it.
    CardFaulty,
    /// It is as it was before, but a meter may have taken its money meanwhile.
    Spent,
    /// It was given up half-way and left so that no meter takes it.
    GivenUp,
}

impl CardOutcome {
    /// The outcome that a read-back proves.
    pub fn written(read_back: &CardImage) -> Self {
        Self::Written {
            image: read_back.hash(),
        }
    }
}
