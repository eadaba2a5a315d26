//! Why something was not done, as screens are told.

use domain::{CardSerial, CommAddress, Refusal};
use serde::Serialize;
use ts_rs::TS;

/// Why a question was not answered or an act not done; nothing changed.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Failure {
    /// The rule book says no.
    Refused {
        /// Why.
        refusal: Refusal,
    },
    /// The picture cannot be used: `not_an_image`, `truncated`, `too_large`, `unsupported`.
    Picture {
        /// Why.
        why: String,
        /// Its width and height, when it is too large.
        size: Option<(u32, u32)>,
    },
    /// The signature is empty or too large.
    Signature {
        /// `empty` or `too_large`.
        why: String,
    },
    /// Enrolment did not work: `code_unknown`, `code_expired`, `no_link`, `not_a_code`, ….
    Enrol {
        /// Why.
        why: String,
    },
    /// The meter was not read: `meter_silent`, `meter_noise`, `port_busy`, `cancelled`, ….
    Meter {
        /// Why.
        why: String,
        /// Who answered, when it was another meter than the one asked for.
        found: Option<CommAddress>,
    },
    /// The card was not written or not read: `reader_missing`, `card_missing`, `card_wrong`, ….
    Card {
        /// Why.
        why: String,
        /// The card that has to be in the reader, when it is another.
        wanted: Option<CardSerial>,
        /// Whether a write is open: what is on the card is not known until it was read again.
        in_doubt: bool,
    },
    /// The tablet's disk is full: nothing was lost, nothing more can be saved.
    DiskFull,
    /// There is no such order or photo here.
    NotFound,
    /// The store cannot be read or written.
    Store {
        /// For the engineer.
        detail: String,
    },
}
