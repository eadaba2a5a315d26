//! The prepaid card: its reader, its commands, its security module, and how it is written so that
//! no crash at any point loses money or doubles it.
//!
//! [`CardSource`] and [`CardTransport`] are what a reader is, [`SecurityModule`] is who holds the
//! keys, [`CardJournal`] is what must be on the disk before the card is touched. [`begin_write`] and
//! [`carry_on`] write.

pub(crate) mod apdu;
#[cfg(any(debug_assertions, not(target_os = "android")))]
pub(crate) mod atr;
mod error;
mod identify;
mod journal;
mod link;
#[cfg(all(test, debug_assertions))]
mod made_up;
mod memory;
#[cfg(not(target_os = "android"))]
mod pcsc;
mod psam;
mod security;
mod session;
#[cfg(debug_assertions)]
mod soft;
mod standing;
mod write;

pub use apdu::Command;
pub use error::CardError;
pub use identify::identify;
pub use journal::{CardJob, CardJournal, CardPhase, CardWrite, JournalError};
pub use link::{CardIdent, CardSource, CardTransport, LinkError, ReaderName};
pub use memory::{JournalFault, MemoryJournal, NotKept};
#[cfg(not(target_os = "android"))]
pub use pcsc::{PcscCards, PcscModule};
pub use psam::{
    BadPart, BadPsam, ModuleSlot, Pin, Psam, PsamCommands, PsamSetting, PsamStep, PsamSteps,
};
pub use security::{Challenge, CommandMac, SecurityError, SecurityModule};
pub use session::OpenCard;
#[cfg(debug_assertions)]
pub use soft::TestKeys;
pub use standing::Standing;
pub use write::{CardProgress, CardStep, Unsound, WriteError, abandon, begin_write, carry_on};
