//! Our own prepaid card, for tests and for trying things out: the commands, the keys and the
//! memory of a real one, and a reader it is torn from. The card is an independent check on what
//! writes cards: of the code that does, it shares nothing.
//!
//! A [`VirtualCard`] lies in a [`Slot`], where [`Fault`]s happen to it. [`DirectCards`] is a reader
//! on slots in this process; `insert` puts what is in a slot into a real PC/SC stack, by way of the
//! driver `vpcd`, and `in_own_reader` runs a test with such a stack of its own.
//!
//! Only where there are debug assertions: it checks codes with the test keys.

mod chip;
mod direct;
mod fault;
mod file;
mod memory;
#[cfg(target_os = "linux")]
mod own_reader;
mod slot;
#[cfg(target_os = "linux")]
mod vpcd;

pub use chip::VirtualCard;
pub use direct::DirectCards;
pub use fault::{At, Fault, Tear};
pub use file::CardFileError;
pub use memory::{BadCell, Memory};
#[cfg(target_os = "linux")]
pub use own_reader::in_own_reader;
pub use slot::Slot;
#[cfg(target_os = "linux")]
pub use vpcd::{InVpcd, VpcdReader, insert};
