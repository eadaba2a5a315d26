//! DL/T 698.45, the language of newer meters: frames, what is in them, and a session.

mod apdu;
mod crc;
mod data;
mod explain;
mod frame;
mod items;
mod reader;
mod session;
mod split;

pub use apdu::{Dar, LinkKind, Message, More, Outcome, Piid, decode_message, encode_message};
pub use data::{Bits, Oad, Value, decode_value, encode_value};
pub use explain::explain;
pub use frame::{
    Address, AddressKind, CLIENT, Content, Found, Frame, PREAMBLE, Part, Place, Purpose, Sender,
    encode, find,
};
pub use items::status_value;
pub use reader::Malformed;
pub(crate) use session::Session;
pub use split::{Assembled, Assembly, TOTAL_LIMIT, cut};

#[cfg(test)]
mod frame_tests;
#[cfg(test)]
mod message_tests;
