//! DL/T 645, the language of most meters of China: its 2007 generation and its 1997 one.

mod address;
mod frame;

pub use address::Address;
pub use frame::{Found, Frame, PREAMBLE, encode, find, frames};

#[cfg(test)]
mod tests;
