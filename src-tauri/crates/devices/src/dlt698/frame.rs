//! The link frame: `68 L C AF SA CA HCS … FCS 16`, written, and found in a stream.

use domain::CommAddress;

use super::crc::check_sum;

/// What goes before a frame so that a sleeping receiver hears its first bit.
pub const PREAMBLE: [u8; 4] = [0xFE; 4];

/// Our own address as a client: none (DL/T 698.45, address field: CA 0 is not concerned).
pub const CLIENT: u8 = 0;

const BEGIN: u8 = 0x68;
const END: u8 = 0x16;
/// Start, length, control, AF, client address and head check: all of a head but the address.
const HEAD: usize = 8;
/// Frame check and end.
const TAIL: usize = 3;
/// 14 bits of length; the two above mark kilobytes and are reserved: no meter's frame has them.
const LENGTH_LIMIT: usize = 0x3FFF;
/// 12 bits of number.
const NUMBER_MASK: u16 = 0x0FFF;

const FROM_SERVER: u8 = 0x80;
const INITIATED_BY_CLIENT: u8 = 0x40;
const SPLIT: u8 = 0x20;
const SCRAMBLED: u8 = 0x08;
const PURPOSE: u8 = 0x07;
/// What a scrambled frame adds to each byte after its head (扰码).
const SCRAMBLE: u8 = 0x33;

/// Who is meant by a server address (bits 7–6 of AF).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AddressKind {
    /// One meter.
    Single,
    /// Whichever meters have the digits that are given; A stands for any digit.
    Wildcard,
    /// A group of meters.
    Group,
    /// All meters, and none answers.
    Broadcast,
}

/// The address of a server: a meter, or meters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    kind: AddressKind,
    logical: u8,
    /// 1 to 16, the low byte first.
    low_first: Vec<u8>,
}

impl Address {
    /// An address of 1–16 bytes, the low one first; logical address 0–3. None for other sizes.
    pub fn new(kind: AddressKind, logical: u8, low_first: &[u8]) -> Option<Self> {
        let fits = (1..=16).contains(&low_first.len()) && logical <= 3;
        fits.then(|| Self {
            kind,
            logical,
            low_first: low_first.to_vec(),
        })
    }

    /// Whichever meter hears it: six bytes AA.
    pub fn any_meter() -> Self {
        Self {
            kind: AddressKind::Wildcard,
            logical: 0,
            low_first: vec![0xAA; 6],
        }
    }

    /// The meter of that address: at most 32 digits; fewer than 12 get zeros in front, an odd count
    /// a nibble F behind, as the standard has it. None for other texts.
    pub fn of_meter(address: &CommAddress) -> Option<Self> {
        let padded = format!("{:0>12}", address.as_str());
        let mut digits: Vec<u8> = padded
            .bytes()
            .map(|digit| digit.is_ascii_digit().then(|| digit.wrapping_sub(b'0')))
            .collect::<Option<_>>()?;
        if digits.len() % 2 == 1 {
            digits.push(0x0F);
        }
        let low_first: Vec<u8> = digits
            .rchunks(2)
            .map(|pair| pair.iter().fold(0, |byte: u8, digit| (byte << 4) | digit))
            .collect();
        Self::new(AddressKind::Single, 0, &low_first)
    }

    /// Who is meant.
    pub fn kind(&self) -> AddressKind {
        self.kind
    }

    /// Its logical address, 0–3: a part of a meter, 0 all of it.
    pub fn logical(&self) -> u8 {
        self.logical
    }

    /// Its bytes, the low one first.
    pub fn low_first(&self) -> &[u8] {
        &self.low_first
    }

    /// The digits of a single address, at least 12, zeros in front; a nibble F behind the lowest
    /// digit fills a byte up and is none. None when another nibble is no digit.
    pub fn comm_address(&self) -> Option<CommAddress> {
        let text: String = self
            .low_first
            .iter()
            .rev()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let digits = text.strip_suffix('f').unwrap_or(&text);
        let all = !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
        (self.kind == AddressKind::Single && all)
            .then(|| CommAddress::new(format!("{digits:0>12}")))
    }

    /// Whether a meter of that single address is meant. A nibble A of a wildcard fits any digit;
    /// groups are never ours.
    pub fn means(&self, meter: &Self) -> bool {
        let any = |byte: u8| byte == 0xAA;
        match self.kind {
            AddressKind::Broadcast => true,
            AddressKind::Group => false,
            AddressKind::Single => self.low_first == meter.low_first,
            AddressKind::Wildcard => {
                let whole = self.low_first.iter().copied().all(any);
                let nibble = |asked: u8, own: u8| asked == 0x0A || asked == own;
                let fits = |(asked, own): (&u8, &u8)| {
                    nibble(asked >> 4, own >> 4) && nibble(asked & 0x0F, own & 0x0F)
                };
                let same_size = self.low_first.len() == meter.low_first.len();
                whole || (same_size && self.low_first.iter().zip(&meter.low_first).all(fits))
            }
        }
    }

    fn flags(&self) -> u8 {
        let kind = match self.kind {
            AddressKind::Single => 0x00,
            AddressKind::Wildcard => 0x40,
            AddressKind::Group => 0x80,
            AddressKind::Broadcast => 0xC0,
        };
        let size = u8::try_from(self.low_first.len().saturating_sub(1)).unwrap_or(0x0F);
        kind | (self.logical << 4) | (size & 0x0F)
    }
}

/// Who sends a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// The one who reads.
    Client,
    /// The meter.
    Server,
}

/// What a frame is for (bits 2–0 of C).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Log-in, heartbeat, log-out.
    Link,
    /// Questions and answers.
    UserData,
}

/// Which piece of a split message a frame is (bits 15–14 of its split field).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The first.
    First,
    /// The last.
    Last,
    /// Says that the piece of this number came; carries nothing.
    Confirmation,
    /// One in between.
    Middle,
}

/// A piece of a message that is longer than its sender puts into one frame (分帧).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which piece.
    pub place: Place,
    /// Its number, 0–4095, round and round.
    pub number: u16,
    /// The piece of the message.
    pub bytes: Vec<u8>,
}

/// What a frame carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A whole message (APDU).
    Whole(Vec<u8>),
    /// A piece of one.
    Part(Part),
}

/// A frame of the link layer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// Who sends it.
    pub sender: Sender,
    /// Who began the conversation it belongs to.
    pub begun_by: Sender,
    /// What for.
    pub purpose: Purpose,
    /// The meter's address, in both directions.
    pub server: Address,
    /// The other side's address.
    pub client: u8,
    /// What it carries.
    pub content: Content,
}

impl Frame {
    /// A client's question: `C` is 43.
    pub fn question(server: Address, message: Vec<u8>) -> Self {
        Self {
            sender: Sender::Client,
            begun_by: Sender::Client,
            purpose: Purpose::UserData,
            server,
            client: CLIENT,
            content: Content::Whole(message),
        }
    }

    /// A meter's answer to it: `C` is C3.
    pub fn answer(server: Address, client: u8, message: Vec<u8>) -> Self {
        Self {
            sender: Sender::Server,
            client,
            ..Self::question(server, message)
        }
    }

    fn control(&self) -> u8 {
        let sender = match self.sender {
            Sender::Client => 0,
            Sender::Server => FROM_SERVER,
        };
        let begun_by = match self.begun_by {
            Sender::Client => INITIATED_BY_CLIENT,
            Sender::Server => 0,
        };
        let content = match self.content {
            Content::Whole(_) => 0,
            Content::Part(_) => SPLIT,
        };
        let purpose = match self.purpose {
            Purpose::Link => 1,
            Purpose::UserData => 3,
        };
        sender | begun_by | content | purpose
    }
}

/// The bytes of a frame, without [`PREAMBLE`]. None when its content is longer than a length of 14
/// bits can say.
///
/// Source: DL/T 698.45, frame structure; C: bit 7 direction, 6 begun by the client, 5 split,
/// 3 scrambled, 2–0 purpose.
///
/// ```
/// use metercrew_devices::dlt698::{Address, Frame, encode};
/// // GET 40010200, the address, of whichever meter hears it
/// let message = [0x05, 0x01, 0x01, 0x40, 0x01, 0x02, 0x00, 0x00];
/// let frame = Frame::question(Address::any_meter(), message.to_vec());
/// assert_eq!(
///     encode(&frame).unwrap(),
///     [
///         0x68, 0x17, 0x00, 0x43, 0x45, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0x00, 0x5B, 0x4F,
///         0x05, 0x01, 0x01, 0x40, 0x01, 0x02, 0x00, 0x00, 0xC6, 0x07, 0x16
///     ]
/// );
/// ```
pub fn encode(frame: &Frame) -> Option<Vec<u8>> {
    let (split, message): (Vec<u8>, &[u8]) = match &frame.content {
        Content::Whole(message) => (vec![], message),
        Content::Part(part) => {
            let place = match part.place {
                Place::First => 0x0000,
                Place::Last => 0x4000,
                Place::Confirmation => 0x8000,
                Place::Middle => 0xC000,
            };
            let field = place | (part.number & NUMBER_MASK);
            (field.to_le_bytes().to_vec(), &part.bytes)
        }
    };
    let address = &frame.server.low_first;
    // everything but the start and the end byte is counted
    let length = [
        HEAD - 1,
        address.len(),
        split.len(),
        message.len(),
        TAIL - 1,
    ]
    .into_iter()
    .try_fold(0_usize, usize::checked_add)
    .filter(|length| *length <= LENGTH_LIMIT)?;
    let mut counted = u16::try_from(length).ok()?.to_le_bytes().to_vec();
    counted.extend([frame.control(), frame.server.flags()]);
    counted.extend(address);
    counted.push(frame.client);
    counted.extend(check_sum(&counted));
    counted.extend(&split);
    counted.extend(message);
    counted.extend(check_sum(&counted));
    let mut bytes = vec![BEGIN];
    bytes.append(&mut counted);
    bytes.push(END);
    Some(bytes)
}

/// A frame and where it was: from `start` up to `end` of the bytes searched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The frame.
    pub frame: Frame,
    /// Where its 68 is.
    pub start: usize,
    /// Where the next byte after its 16 is.
    pub end: usize,
}

/// The first whole frame in a stream: runs of FE, garbage, a 68 that begins no frame and a frame
/// that was cut are passed over. Both check sums hold. None while there is none.
///
/// ```
/// use metercrew_devices::dlt698::{Content, Sender, find};
/// // garbage, then a meter's answer to GET 40000200: 2026-10-07 14:16:26
/// let heard = [
///     0x68, 0xFE, 0xFE, 0x68, 0x21, 0x00, 0xC3, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
///     0x1D, 0xDB, 0x85, 0x01, 0x00, 0x40, 0x00, 0x02, 0x00, 0x01, 0x1C, 0x07, 0xEA, 0x0A, 0x07,
///     0x0E, 0x10, 0x1A, 0x00, 0x00, 0xE4, 0xC5, 0x16,
/// ];
/// let found = find(&heard).unwrap();
/// assert_eq!((found.start, found.end), (3, heard.len()));
/// assert_eq!(found.frame.sender, Sender::Server);
/// assert!(matches!(found.frame.content, Content::Whole(message) if message[..2] == [0x85, 0x01]));
/// ```
pub fn find(bytes: &[u8]) -> Option<Found> {
    let starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == BEGIN);
    starts.map(|(start, _)| start).find_map(|start| {
        let (frame, size) = decode(bytes.get(start..)?)?;
        Some(Found {
            frame,
            start,
            end: start.checked_add(size)?,
        })
    })
}

/// The frame that begins with the first byte, and its size.
fn decode(bytes: &[u8]) -> Option<(Frame, usize)> {
    let [BEGIN, length_low, length_high, control, flags, ..] = *bytes else {
        return None;
    };
    let length = usize::from(u16::from_le_bytes([length_low, length_high]));
    let address_size = usize::from(flags & 0x0F).checked_add(1)?;
    let head_end = address_size.checked_add(HEAD)?;
    let (head_sum_at, frame_sum_at) = (head_end.checked_sub(2)?, length.checked_sub(1)?);
    if length > LENGTH_LIMIT || !sum_at(bytes, head_sum_at) || frame_sum_at < head_end {
        return None;
    }
    let size = length.checked_add(2)?;
    if bytes.get(size.checked_sub(1)?) != Some(&END) {
        return None;
    }
    let carried = bytes.get(head_end..frame_sum_at)?;
    let carried = match (control & SCRAMBLED, sum_at(bytes, frame_sum_at)) {
        (0, true) => carried.to_vec(),
        (0, false) => return None,
        (_, true) => plain(carried),
        // whether the check is made before or after scrambling, our sources do not say
        (_, false) => {
            let mut scrambled_last = bytes.get(..head_end)?.to_vec();
            scrambled_last.extend(plain(bytes.get(head_end..frame_sum_at.checked_add(2)?)?));
            sum_at(&scrambled_last, frame_sum_at).then(|| {
                scrambled_last
                    .get(head_end..frame_sum_at)
                    .map(<[u8]>::to_vec)
            })??
        }
    };
    let frame = Frame {
        sender: match control & FROM_SERVER {
            0 => Sender::Client,
            _ => Sender::Server,
        },
        begun_by: match control & INITIATED_BY_CLIENT {
            0 => Sender::Server,
            _ => Sender::Client,
        },
        purpose: match control & PURPOSE {
            1 => Purpose::Link,
            3 => Purpose::UserData,
            _ => return None,
        },
        server: Address::new(
            match flags >> 6 {
                0 => AddressKind::Single,
                1 => AddressKind::Wildcard,
                2 => AddressKind::Group,
                _ => AddressKind::Broadcast,
            },
            (flags >> 4) & 0x03,
            bytes.get(5..head_end.checked_sub(3)?)?,
        )?,
        client: *bytes.get(head_end.checked_sub(3)?)?,
        content: match control & SPLIT {
            0 => Content::Whole(carried),
            _ => Content::Part(part(&carried)?),
        },
    };
    Some((frame, size))
}

/// Whether the two bytes there are the check sum of those between the first and them.
fn sum_at(bytes: &[u8], at: usize) -> bool {
    let sum = at.checked_add(2).and_then(|end| bytes.get(at..end));
    let covered = bytes.get(1..at);
    covered
        .zip(sum)
        .is_some_and(|(covered, sum)| check_sum(covered) == sum)
}

fn plain(scrambled: &[u8]) -> Vec<u8> {
    let plain = scrambled.iter().map(|byte| byte.wrapping_sub(SCRAMBLE));
    plain.collect()
}

fn part(carried: &[u8]) -> Option<Part> {
    let (field, bytes) = carried.split_first_chunk::<2>()?;
    let field = u16::from_le_bytes(*field);
    Some(Part {
        place: match field >> 14 {
            0 => Place::First,
            1 => Place::Last,
            2 => Place::Confirmation,
            _ => Place::Middle,
        },
        number: field & NUMBER_MASK,
        bytes: bytes.to_vec(),
    })
}
