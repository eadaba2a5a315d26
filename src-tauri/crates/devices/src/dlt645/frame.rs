//! Frames of DL/T 645: written, and found among whatever else a line carries.

use super::Address;

/// Wakes a meter's receiver before a frame (DL/T 645-2007, clause 5). Replies bring none to four of
/// them, some makers more.
pub const PREAMBLE: [u8; 4] = [0xFE; 4];

const START: u8 = 0x68;
const END: u8 = 0x16;
/// Added to each byte of the data field on the wire (DL/T 645-2007, clause 5).
const OFFSET: u8 = 0x33;
/// The two start marks and the six bytes of address between them, control code and length.
const HEAD: usize = 10;

const REPLY: u8 = 0x80;
const ERROR: u8 = 0x40;
const MORE: u8 = 0x20;
const FUNCTION: u8 = 0x1F;

/// A frame of either direction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Which meter it is for, or from.
    pub address: Address,
    /// Control code. D7 reply, D6 error, D5 more follows, D4–D0 function (DL/T 645-2007, clause 5).
    pub control: u8,
    /// Data field without its offset of 33H. The standard ends it at 200 bytes, the length byte
    /// at 255.
    pub data: Vec<u8>,
}

impl Frame {
    /// Whether it comes from a meter.
    pub const fn is_reply(&self) -> bool {
        self.control & REPLY != 0
    }

    /// Whether a meter says that it does not do what it was asked.
    pub const fn is_error(&self) -> bool {
        self.control & ERROR != 0
    }

    /// Whether there is more of this reply than fits in one frame.
    pub const fn has_more(&self) -> bool {
        self.control & MORE != 0
    }

    /// What is asked, or was: 11H read, 13H read address.
    pub const fn function(&self) -> u8 {
        self.control & FUNCTION
    }
}

/// A frame's bytes, without preamble. Data beyond 255 bytes, which no length byte can announce,
/// is left out.
///
/// Shape: `68 address×6 68 C L data+33H×L CS 16`; CS is the sum of all before it. Source:
/// DL/T 645-2007, clause 5.
///
/// ```
/// use metercrew_devices::dlt645::{Address, Frame, encode};
///
/// let read_forward_total = Frame {
///     address: Address::parse("000000000001").unwrap(),
///     control: 0x11,
///     data: vec![0x00, 0x00, 0x01, 0x00],
/// };
/// assert_eq!(
///     encode(&read_forward_total),
///     [
///         0x68, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x68, 0x11, 0x04, 0x33, 0x33, 0x34, 0x33,
///         0xB3, 0x16
///     ]
/// );
/// ```
pub fn encode(frame: &Frame) -> Vec<u8> {
    let length = u8::try_from(frame.data.len()).unwrap_or(u8::MAX);
    let mut bytes = vec![START];
    bytes.extend(frame.address.on_wire());
    bytes.extend([START, frame.control, length]);
    let carried = frame.data.iter().take(usize::from(length));
    bytes.extend(carried.map(|byte| byte.wrapping_add(OFFSET)));
    bytes.extend([checksum(&bytes), END]);
    bytes
}

/// A frame and where it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The frame.
    pub frame: Frame,
    /// Where its first byte is.
    pub start: usize,
    /// Where the byte after its last is.
    pub end: usize,
}

/// The first whole frame with a good checksum. Preamble, noise, and start marks that begin no
/// frame are passed over; a frame that has not come to its end yet is not found yet.
///
/// ```
/// use metercrew_devices::dlt645::find;
///
/// let heard = [
///     0xFE, 0xFE, 0x68, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x68, 0x93, 0x06, 0x34, 0x33, 0x33,
///     0x33, 0x33, 0x33, 0x9D, 0x16,
/// ];
/// let found = find(&heard).unwrap();
/// assert_eq!((found.start, found.end), (2, 20));
/// assert!(found.frame.is_reply());
/// assert_eq!(found.frame.data, [0x01, 0x00, 0x00, 0x00, 0x00, 0x00]);
/// ```
pub fn find(bytes: &[u8]) -> Option<Found> {
    frames(bytes).next()
}

/// Every frame in turn, as [`find`] finds them; places count from the first of `bytes`.
///
/// ```
/// use metercrew_devices::dlt645::{Address, Frame, encode, frames};
///
/// let frame = Frame { address: Address::ANY, control: 0x13, data: vec![] };
/// let echo_and_noise = [encode(&frame), vec![0x68, 0x00], encode(&frame)].concat();
/// let starts: Vec<usize> = frames(&echo_and_noise).map(|found| found.start).collect();
/// assert_eq!(starts, [0, 14]);
/// ```
pub fn frames(bytes: &[u8]) -> impl Iterator<Item = Found> {
    let mut from = 0;
    std::iter::from_fn(move || {
        let found = (from..bytes.len()).find_map(|start| {
            let (frame, length) = decode(bytes.get(start..)?)?;
            let end = start.saturating_add(length);
            Some(Found { frame, start, end })
        })?;
        from = found.end;
        Some(found)
    })
}

/// The frame that these bytes begin with, and its length.
fn decode(bytes: &[u8]) -> Option<(Frame, usize)> {
    let (head, rest) = bytes.split_first_chunk::<HEAD>()?;
    let [START, address @ .., START, control, length] = *head else {
        return None;
    };
    let (data, rest) = rest.split_at_checked(usize::from(length))?;
    let [sum, END, ..] = *rest else {
        return None;
    };
    let frame = Frame {
        address: Address::from_wire(address),
        control,
        data: data.iter().map(|byte| byte.wrapping_sub(OFFSET)).collect(),
    };
    let whole = checksum(head).wrapping_add(checksum(data));
    (sum == whole).then_some((frame, HEAD + data.len() + 2))
}

/// Their sum modulo 256.
fn checksum(bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(0, |sum: u8, byte| sum.wrapping_add(*byte))
}
