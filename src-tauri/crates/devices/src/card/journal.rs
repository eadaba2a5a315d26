//! What is written down before a card is touched, and while it is.

use domain::{
    AuthorisationId, CardFile, CardImage, CardSerial, FieldName, Generation, Layout, OrderId,
};
use serde::{Deserialize, Serialize};

/// One card to be brought from what it is to what it shall be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardJob {
    /// All that was on it at the intent; `before.serial` is the only card this job may touch.
    pub before: CardImage,
    /// All that shall be on it.
    pub after: CardImage,
}

impl CardJob {
    /// Makes a card void: file 1 starts with 00, the purse has no money; its count and all else
    /// stay.
    pub fn voiding(before: CardImage, layout: &Layout) -> Self {
        let mut after = before.clone();
        if let Some(start) = after.user.first_mut() {
            *start = INVALID;
        }
        let money = layout
            .fields
            .iter()
            .find(|field| field.file == CardFile::Purse && field.name == FieldName::PurseMoney);
        if let Some(money) = money {
            let bytes = after.purse.iter_mut().skip(money.offset).take(money.len);
            bytes.for_each(|byte| *byte = 0);
        }
        Self { before, after }
    }

    /// The card it is about.
    pub fn serial(&self) -> CardSerial {
        self.before.serial
    }
}

/// What file 1 starts with so that no meter takes the card.
pub(super) const INVALID: u8 = 0x00;

/// How far a write has come. Each is on the disk before the next act begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardPhase {
    /// The authorisation is burned; the cards may be in any state between before and after.
    Intent,
    /// The old card was read back void. Only where there is an old card to void.
    Voided,
    /// The new card was read back as it shall be.
    Verified,
    /// It is recorded as written, and will be reported.
    Committed,
    /// It was given up, and the card was read to be of no use to any meter, or as it was before.
    Abandoned,
}

impl CardPhase {
    /// Whether the card may still have to be written or read.
    pub fn is_open(self) -> bool {
        match self {
            Self::Intent | Self::Voided | Self::Verified => true,
            Self::Committed | Self::Abandoned => false,
        }
    }
}

/// One money-bearing write: everything that recovery needs, and nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardWrite {
    /// The authorisation it burns.
    pub authorisation: AuthorisationId,
    /// The order it belongs to.
    pub order: OrderId,
    /// By which table the images are laid out.
    pub generation: Generation,
    /// The readable old card that is made void first, when another card takes its place.
    pub void: Option<CardJob>,
    /// The card that is written.
    pub write: CardJob,
    /// How far it has come.
    pub phase: CardPhase,
}

impl CardWrite {
    /// The job of the old card, while that comes first.
    pub fn to_void(&self) -> Option<&CardJob> {
        self.void
            .as_ref()
            .filter(|_| self.phase == CardPhase::Intent)
    }

    /// The card that has to be in the reader next; none when all is done or given up.
    pub fn wanted(&self) -> Option<CardSerial> {
        let job = self.to_void().unwrap_or(&self.write);
        self.phase.is_open().then(|| job.serial())
    }
}

/// Why the journal did not keep it; the card must not be touched then.
#[derive(Debug, thiserror::Error)]
#[error("the journal could not be kept: {0}")]
pub struct JournalError(#[source] pub Box<dyn std::error::Error + Send + Sync>);

/// Where writes are written down.
pub trait CardJournal {
    /// Keeps the write as it is now; on the disk when it returns `Ok`.
    ///
    /// Errors: [`JournalError`]: nothing may be concluded about what is on the disk then, and
    /// nothing more may be done to the card before the journal was opened anew.
    fn keep(&mut self, write: &CardWrite) -> Result<(), JournalError>;
}
