//! DL/T 698.45, the language of newer meters: frames, what is in them, and a session.

mod apdu;
mod crc;
mod data;
mod frame;
mod reader;
mod split;

pub use apdu::{Dar, LinkKind, Message, More, Outcome, Piid, decode_message, encode_message};
pub use data::{Bits, Oad, Value, decode_value, encode_value};
pub use frame::{
    Address, AddressKind, CLIENT, Content, Found, Frame, PREAMBLE, Part, Place, Purpose, Sender,
    encode, find,
};
pub use reader::Malformed;
pub use split::{Assembled, Assembly, TOTAL_LIMIT, cut};

#[cfg(test)]
mod frame_tests;
#[cfg(test)]
mod message_tests;
