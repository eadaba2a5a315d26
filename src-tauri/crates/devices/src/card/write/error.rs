//! Why a write did not come to its end, each situation by its own name.

use domain::{CardFile, CardImage};

use super::Unsound;
use crate::card::{CardError, CardPhase, JournalError, LinkError, Standing};

/// Why a write was not begun, or not ended. Where its intent is kept, it stays open.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The write itself cannot be right. Nothing was sent to a card.
    #[error("the write is not sound: {0}")]
    Unsound(#[from] Unsound),
    /// It is committed or abandoned already.
    #[error("the write is {phase:?} already, or begun")]
    Closed {
        /// How far it came.
        phase: CardPhase,
    },
    /// Nobody has issued the card: it has no files to write to.
    #[error("nobody has issued the card")]
    NotIssued,
    /// It is a card for something else, which a meter may take without looking at what makes our
    /// cards valid.
    #[error("it is another kind of card, of command {command:02X}")]
    OtherKind {
        /// Its command code.
        command: u8,
    },
    /// The card is no longer as it was when the write was planned. Nothing was begun: plan anew.
    #[error("the card has changed since it was read")]
    Changed {
        /// What is on it.
        now: Box<CardImage>,
    },
    /// The card does not do what is wanted, or is not the one; what it holds is known.
    #[error(transparent)]
    Card(CardError),
    /// A command was cut off: what is on the card is not known until it is read again.
    #[error("in doubt: {0}")]
    InDoubt(#[source] CardError),
    /// Somebody wrote the card since the intent. It is not written; the office must look at it.
    #[error("somebody else wrote onto the card since")]
    Foreign {
        /// What is on it.
        now: Box<CardImage>,
    },
    /// A meter may have taken the money since the intent that this write carries over. It is not
    /// written: give it up, and count anew.
    #[error("a meter had the card since, and may have taken its money")]
    Spent {
        /// What is on it.
        now: Box<CardImage>,
    },
    /// Twice that file did not hold what was written. The card was made invalid: give it up, and
    /// take another.
    #[error("the card does not hold what is written to its {file:?} file")]
    Faulty {
        /// The first that differed.
        file: CardFile,
    },
    /// It cannot be given up: its money is on the card, or may have been used.
    #[error("the write cannot be given up: the card reads as {standing:?}")]
    NotAbandonable {
        /// Where the card stands.
        standing: Standing,
    },
    /// The journal failed; the card is not touched until it was opened anew.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<CardError> for WriteError {
    fn from(error: CardError) -> Self {
        match error {
            CardError::Link(LinkError::OutcomeUnknown) | CardError::Swapped { .. } => {
                Self::InDoubt(error)
            }
            error => Self::Card(error),
        }
    }
}

impl WriteError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unsound(_) => "write_unsound",
            Self::Closed { .. } => "write_closed",
            Self::NotIssued => "card_not_issued",
            Self::OtherKind { .. } => "card_other_kind",
            Self::Changed { .. } => "card_changed",
            Self::Card(card) => card.code(),
            Self::InDoubt(_) => "write_in_doubt",
            Self::Foreign { .. } => "card_foreign",
            Self::Spent { .. } => "card_spent",
            Self::Faulty { .. } => "card_faulty",
            Self::NotAbandonable { .. } => "write_not_abandonable",
            Self::Journal(_) => "journal_failed",
        }
    }
}
