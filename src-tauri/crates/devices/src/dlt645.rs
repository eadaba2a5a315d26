//! DL/T 645, the language of most meters of China: its 2007 generation and its 1997 one.

mod address;
pub mod bcd;
mod broadcast;
mod clock;
mod explain;
mod form;
mod frame;
mod generation;
mod items;
mod items_1997;
mod refusal;
mod session;
mod status;

pub use address::Address;
pub use broadcast::broadcast_time;
pub use explain::explain;
pub use frame::{Found, Frame, PREAMBLE, encode, find, frames};
pub use generation::Generation;
pub use refusal::SecurityError;
pub(crate) use session::Session;
pub use status::status_bits;

#[cfg(test)]
mod tests;
