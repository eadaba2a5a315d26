//! DL/T 698.45, the language of newer meters: frames, what is in them, and a session.

mod crc;
mod frame;
mod split;

pub use frame::{
    Address, AddressKind, CLIENT, Content, Found, Frame, PREAMBLE, Part, Place, Purpose, Sender,
    encode, find,
};
pub use split::{Assembled, Assembly, TOTAL_LIMIT, cut};

#[cfg(test)]
mod frame_tests;
