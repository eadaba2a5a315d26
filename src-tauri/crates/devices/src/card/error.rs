//! What can go wrong with a card, each situation by its own name.

use domain::{CardFile, CardSerial, Damage};

use super::{Command, LinkError, SecurityError};

/// Why something was not done with a card.
#[derive(Debug, thiserror::Error)]
pub enum CardError {
    /// The way to the card: service, reader, an empty reader, a mute card, a cut.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The security module gave nothing; the card was not asked.
    #[error(transparent)]
    Security(#[from] SecurityError),
    /// Another card than the one wanted is in the reader.
    #[error("card {found} is in the reader, not {wanted}")]
    WrongCard {
        /// The one it is about.
        wanted: CardSerial,
        /// The one that answers.
        found: CardSerial,
    },
    /// The card was taken out and another put in while it was being worked on.
    #[error("card {was} was swapped for {now}")]
    Swapped {
        /// The one that was opened.
        was: CardSerial,
        /// The one that answers now.
        now: CardSerial,
    },
    /// The card did not take our proof. Each further try with the same keys costs one more.
    #[error("the card refuses the keys; {tries_left} tries are left")]
    AuthenticationRefused {
        /// How often it can still be tried before the card is blocked for good.
        tries_left: u8,
    },
    /// No tries are left: the card can be read, and never be written again.
    #[error("the card is blocked")]
    Blocked,
    /// The card did not take the MAC of an update; it changed nothing.
    #[error("the card refuses the MAC")]
    MacRefused,
    /// The card wants [`super::OpenCard::authenticate`] first; it changed nothing.
    #[error("the card wants authentication first")]
    NotAuthenticated,
    /// A status that command does not give.
    #[error("{command} was answered with {status:04X}")]
    Unexpected {
        /// Which command.
        command: Command,
        /// The status word.
        status: u16,
    },
    /// Another count of bytes than the command gives.
    #[error("{command} was answered with {found} bytes, not {expected}")]
    BadAnswer {
        /// Which command.
        command: Command,
        /// How many it gives.
        expected: usize,
        /// How many came.
        found: usize,
    },
    /// A file ends before the layout's table says.
    #[error("{file:?} file has {found} bytes of {expected}")]
    ShortFile {
        /// Which file.
        file: CardFile,
        /// Bytes by the table.
        expected: usize,
        /// Bytes on the card.
        found: usize,
    },
    /// One command does not reach these bytes; the card was not asked.
    #[error("{len} bytes at {offset} of {file:?} file do not fit one command")]
    OutOfReach {
        /// Which file.
        file: CardFile,
        /// Bytes from its start.
        offset: usize,
        /// How many bytes.
        len: usize,
    },
    /// It is laid out as one of our tables says, and something in it is not right.
    #[error(transparent)]
    Damaged(#[from] Damage),
    /// It is issued, and none of our tables fits it.
    #[error("there is no table for this card's layout")]
    UnknownLayout,
}

impl CardError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Link(link) => link.code(),
            Self::Security(security) => security.code(),
            Self::WrongCard { .. } => "card_wrong",
            Self::Swapped { .. } => "card_swapped",
            Self::AuthenticationRefused { .. } => "card_refuses_keys",
            Self::Blocked => "card_blocked",
            Self::MacRefused => "card_refuses_mac",
            Self::NotAuthenticated => "card_not_authenticated",
            Self::Unexpected { .. } => "card_unexpected_status",
            Self::BadAnswer { .. } => "card_bad_answer",
            Self::ShortFile { .. } => "card_short_file",
            Self::OutOfReach { .. } => "card_out_of_reach",
            Self::Damaged(_) => "card_damaged",
            Self::UnknownLayout => "card_unknown_layout",
        }
    }
}

impl LinkError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoService => "reader_no_service",
            Self::NoReader => "reader_missing",
            Self::NoCard => "card_missing",
            Self::Mute => "card_mute",
            Self::Busy => "card_busy",
            Self::NotOurs => "card_not_ours",
            Self::OutcomeUnknown => "card_outcome_unknown",
            Self::Failed(_) => "reader_failed",
        }
    }
}

impl SecurityError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Absent { .. } => "security_absent",
            Self::Refused { .. } => "security_refused",
            Self::CutOff { .. } => "security_cut_off",
        }
    }
}
