//! Messages that are longer than a frame of their sender: cut into pieces, and put together.

use super::frame::{Content, Frame, Part, Place, Sender};

/// No message of a meter that we ask for is longer. Unit: bytes.
pub const TOTAL_LIMIT: usize = 8_192;

/// What a frame means to one who puts a message together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Assembled {
    /// The message is whole.
    Whole(Vec<u8>),
    /// Send this, and the next piece comes.
    Confirm(Frame),
    /// A confirmation of one of our own pieces, of this number.
    Confirmed(u16),
    /// It fits nothing that came before, or the message grows beyond [`TOTAL_LIMIT`]; all is
    /// forgotten.
    Broken,
}

/// A message as far as its pieces have come.
#[derive(Debug, Default)]
pub struct Assembly {
    bytes: Vec<u8>,
    /// The number of the newest piece; none before the first.
    newest: Option<u16>,
}

impl Assembly {
    /// Takes a frame.
    ///
    /// Each piece but the last is confirmed by its number, and a piece that comes twice because its
    /// confirmation was lost is confirmed twice and counted once (DL/T 698.45, split transfer).
    ///
    /// ```
    /// use metercrew_devices::dlt698::{Address, Assembled, Assembly, Frame, cut};
    /// let answer = Frame::answer(Address::any_meter(), 0, vec![0x85, 0x01, 0x07, 0x08]);
    /// let pieces = cut(&answer, 3);
    /// let mut assembly = Assembly::default();
    /// assert!(matches!(assembly.take(&pieces[0]), Assembled::Confirm(_)));
    /// assert_eq!(
    ///     assembly.take(&pieces[1]),
    ///     Assembled::Whole(vec![0x85, 0x01, 0x07, 0x08])
    /// );
    /// ```
    pub fn take(&mut self, frame: &Frame) -> Assembled {
        let part = match &frame.content {
            Content::Whole(message) => {
                *self = Self::default();
                return Assembled::Whole(message.clone());
            }
            Content::Part(part) => part,
        };
        let again = self.newest == Some(part.number);
        let follows = self.newest.map(next) == Some(part.number);
        match part.place {
            Place::Confirmation => return Assembled::Confirmed(part.number),
            Place::First => {
                self.bytes.clear();
            }
            Place::Middle | Place::Last if follows => {}
            Place::Middle if again => return Assembled::Confirm(confirmation(frame, part.number)),
            Place::Middle | Place::Last => {
                *self = Self::default();
                return Assembled::Broken;
            }
        }
        if self.bytes.len().saturating_add(part.bytes.len()) > TOTAL_LIMIT {
            *self = Self::default();
            return Assembled::Broken;
        }
        self.bytes.extend(&part.bytes);
        self.newest = Some(part.number);
        match part.place {
            Place::Last => Assembled::Whole(std::mem::take(self).bytes),
            Place::First | Place::Middle | Place::Confirmation => {
                Assembled::Confirm(confirmation(frame, part.number))
            }
        }
    }
}

/// The frame in pieces of so many bytes of its message, numbered from 0; the frame itself when it
/// is no longer than one.
///
/// ```
/// use metercrew_devices::dlt698::{Address, Frame, cut, encode};
/// let meter = Address::of_meter(&"000000000001".into()).unwrap();
/// let pieces = cut(&Frame::answer(meter, 0, vec![0x85, 0x01, 0x07]), 2);
/// // C has its split bit; 4001, low byte first: the last piece, number 1
/// let last = encode(&pieces[1]).unwrap();
/// assert_eq!(last[3], 0xE3);
/// assert_eq!(last[14..17], [0x01, 0x40, 0x07]);
/// ```
pub fn cut(frame: &Frame, piece: usize) -> Vec<Frame> {
    let message = match &frame.content {
        Content::Whole(message) if message.len() > piece.max(1) => message,
        Content::Whole(_) | Content::Part(_) => return vec![frame.clone()],
    };
    let chunks = message.chunks(piece.max(1));
    let last = chunks.len().saturating_sub(1);
    let part = |(at, bytes): (usize, &[u8])| Frame {
        content: Content::Part(Part {
            place: match at {
                0 => Place::First,
                at if at == last => Place::Last,
                _ => Place::Middle,
            },
            // a message of more than 4096 pieces numbers them round and round
            number: u16::try_from(at & 0x0FFF).unwrap_or_default(),
            bytes: bytes.to_vec(),
        }),
        ..frame.clone()
    };
    chunks.enumerate().map(part).collect()
}

fn next(number: u16) -> u16 {
    number.wrapping_add(1) & 0x0FFF
}

/// What the receiver of a piece answers.
fn confirmation(frame: &Frame, number: u16) -> Frame {
    Frame {
        sender: match frame.sender {
            Sender::Client => Sender::Server,
            Sender::Server => Sender::Client,
        },
        content: Content::Part(Part {
            place: Place::Confirmation,
            number,
            bytes: vec![],
        }),
        ..frame.clone()
    }
}
