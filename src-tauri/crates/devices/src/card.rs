//! The prepaid card: its reader, its commands, its security module, and how it is written so that
//! no crash at any point loses money or doubles it.
//!
//! [`CardSource`] and [`CardTransport`] are what a reader is, [`SecurityModule`] is who holds the
//! keys, [`CardJournal`] is what must be on the disk before the card is touched.

mod apdu;
mod error;
mod identify;
mod journal;
mod link;
mod security;
mod session;
#[cfg(debug_assertions)]
mod soft;

pub use apdu::Command;
pub use error::CardError;
pub use identify::identify;
pub use journal::{CardJob, CardJournal, CardPhase, CardWrite, JournalError};
pub use link::{CardIdent, CardSource, CardTransport, LinkError, ReaderName};
pub use security::{Challenge, CommandMac, SecurityError, SecurityModule};
pub use session::OpenCard;
#[cfg(debug_assertions)]
pub use soft::TestKeys;
