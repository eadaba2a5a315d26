//! Messages (APDU): what a client asks and a server answers, as far as reading goes.

use super::data::{self, Oad, Value};
use super::reader::{Malformed, Reader, write_length};

/// The number of a question and its answer (PIID, PIID-ACD): 6 bits; the flags above them are not
/// kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Piid(u8);

impl Piid {
    /// The number, of which only the lower six bits count.
    pub fn new(number: u8) -> Self {
        Self(number & 0x3F)
    }

    /// The next one, round and round.
    pub fn next(self) -> Self {
        Self::new(self.0.wrapping_add(1))
    }
}

/// Why a meter does not give an attribute (DAR, 数据访问结果).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dar(pub u8);

impl Dar {
    /// In one or two words.
    pub fn words(self) -> &'static str {
        match self.0 {
            0 => "no error",
            1 => "hardware fault",
            2 => "for the moment not",
            3 => "denied",
            4 => "not defined",
            5 => "another class",
            6 => "no such object",
            7 => "another type",
            8 => "out of range",
            9 => "block not available",
            10 => "split transfer cancelled",
            11 => "no split transfer",
            14 => "wrong block number",
            15 => "not authorised",
            20 => "security does not fit",
            21 => "topped up twice",
            22 => "security module refused",
            23 => "security failed",
            24 => "another customer number",
            25 => "wrong purchase count",
            26 => "too much money",
            31 => "meter suspended",
            32 => "time tag not valid",
            33 => "timed out",
            _ => "other reason",
        }
    }
}

/// An attribute and what came of asking for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Which attribute.
    pub oad: Oad,
    /// Its value, or why there is none.
    pub value: Result<Value, Dar>,
}

/// Whether more blocks of an answer follow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum More {
    /// They do.
    Follow,
    /// It was the last.
    Last,
}

/// What a meter wants that opens the conversation itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkKind {
    /// To log in.
    LogIn,
    /// To stay.
    Heartbeat,
    /// To log out.
    LogOut,
}

/// A message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// 01: a server opens the conversation.
    LinkRequest {
        /// Its number.
        piid: Piid,
        /// What for.
        kind: LinkKind,
        /// How often it will say so. Unit: seconds.
        every_s: u16,
        /// Its clock, as of [`Value::DateTime`].
        at: [u8; 10],
    },
    /// 81: a client lets it.
    LinkResponse {
        /// The number asked with.
        piid: Piid,
        /// 0 in the lower three bits: granted; bit 7: the times are right.
        result: u8,
        /// When it was asked, heard and answered.
        times: [[u8; 10]; 3],
    },
    /// 05 01: one attribute, please.
    Get {
        /// Its number.
        piid: Piid,
        /// Which.
        oad: Oad,
    },
    /// 05 02: these attributes, please.
    GetList {
        /// Its number.
        piid: Piid,
        /// Which.
        oads: Vec<Oad>,
    },
    /// 05 05: the next block of the answer, please.
    GetNext {
        /// Its number.
        piid: Piid,
        /// The block that came last.
        block: u16,
    },
    /// 85 01: one attribute.
    Got {
        /// The number asked with.
        piid: Piid,
        /// The attribute.
        outcome: Outcome,
    },
    /// 85 02: attributes, in the order asked.
    GotList {
        /// The number asked with.
        piid: Piid,
        /// The attributes.
        outcomes: Vec<Outcome>,
    },
    /// 85 05: a block of an answer that is too long for one message.
    GotBlock {
        /// The number asked with.
        piid: Piid,
        /// Whether there are more.
        more: More,
        /// Its own number.
        block: u16,
        /// The attributes in it, or why there are none.
        outcomes: Result<Vec<Outcome>, Dar>,
    },
    /// EE (of a server) and 6E: the message was not understood.
    NotUnderstood {
        /// The number asked with.
        piid: Piid,
        /// 1 not readable, 2 no such service, 255 other.
        kind: u8,
    },
    /// 90 00: an answer in a security envelope, not encrypted; its proof of origin is not checked.
    Enveloped(Vec<u8>),
    /// 90 01: an answer in a security envelope, encrypted.
    Encrypted,
    /// 90 02: no answer, for security's sake.
    EnvelopeRefused(Dar),
    /// 10: a question in a security envelope.
    SecurityRequest,
    /// 02 and 82: an application connection is asked for or answered.
    Connect,
}

const LINK_REQUEST: u8 = 0x01;
const CONNECT_REQUEST: u8 = 0x02;
const GET_REQUEST: u8 = 0x05;
const SECURITY_REQUEST: u8 = 0x10;
const CLIENT_ERROR: u8 = 0x6E;
const LINK_RESPONSE: u8 = 0x81;
const CONNECT_RESPONSE: u8 = 0x82;
const GET_RESPONSE: u8 = 0x85;
const SECURITY_RESPONSE: u8 = 0x90;
const SERVER_ERROR: u8 = 0xEE;

/// The message in some bytes. What follows a value (reports, a time tag) is not read.
///
/// Errors: [`Malformed`].
///
/// ```
/// use metercrew_devices::dlt698::{Dar, Message, Oad, Outcome, Piid, decode_message, encode_message};
/// // the asset number is not given: not authorised
/// let bytes = [0x85, 0x01, 0x07, 0x41, 0x03, 0x02, 0x00, 0x00, 0x0F, 0x00, 0x00];
/// let refused = Message::Got {
///     piid: Piid::new(7),
///     outcome: Outcome { oad: Oad(0x4103_0200), value: Err(Dar(15)) },
/// };
/// assert_eq!(decode_message(&bytes), Ok(refused.clone()));
/// assert_eq!(encode_message(&refused), bytes);
/// ```
pub fn decode_message(bytes: &[u8]) -> Result<Message, Malformed> {
    let mut reader = Reader::new(bytes);
    let tag = reader.byte()?;
    let at = reader.at();
    match tag {
        LINK_REQUEST => link_request(&mut reader),
        LINK_RESPONSE => Ok(Message::LinkResponse {
            piid: piid(&mut reader)?,
            result: reader.byte()?,
            times: [reader.array()?, reader.array()?, reader.array()?],
        }),
        CONNECT_REQUEST | CONNECT_RESPONSE => Ok(Message::Connect),
        GET_REQUEST => match reader.byte()? {
            0x01 => Ok(Message::Get {
                piid: piid(&mut reader)?,
                oad: Oad(reader.u32()?),
            }),
            0x02 => {
                let piid = piid(&mut reader)?;
                let count = reader.length()?;
                let oads = (0..count).map(|_| reader.u32().map(Oad));
                Ok(Message::GetList {
                    piid,
                    oads: oads.collect::<Result<_, _>>()?,
                })
            }
            0x05 => Ok(Message::GetNext {
                piid: piid(&mut reader)?,
                block: reader.u16()?,
            }),
            tag => Err(Malformed::UnknownTag { at, tag }),
        },
        GET_RESPONSE => match reader.byte()? {
            0x01 => Ok(Message::Got {
                piid: piid(&mut reader)?,
                outcome: outcome(&mut reader)?,
            }),
            0x02 => Ok(Message::GotList {
                piid: piid(&mut reader)?,
                outcomes: outcomes(&mut reader)?,
            }),
            0x05 => got_block(&mut reader),
            tag => Err(Malformed::UnknownTag { at, tag }),
        },
        CLIENT_ERROR | SERVER_ERROR => Ok(Message::NotUnderstood {
            piid: piid(&mut reader)?,
            kind: reader.byte()?,
        }),
        SECURITY_REQUEST => Ok(Message::SecurityRequest),
        SECURITY_RESPONSE => match reader.byte()? {
            0x00 => Ok(Message::Enveloped(reader.octets()?.to_vec())),
            0x01 => Ok(Message::Encrypted),
            0x02 => Ok(Message::EnvelopeRefused(Dar(reader.byte()?))),
            tag => Err(Malformed::UnknownTag { at, tag }),
        },
        tag => Err(Malformed::UnknownTag { at: 0, tag }),
    }
}

/// The bytes of a message, without reports and time tag. The other direction of [`decode_message`], but for
/// what [`decode_message`] does not keep: encrypted and security messages are written empty.
///
/// ```
/// use metercrew_devices::dlt698::{Message, Oad, Piid, encode_message};
/// // forward and reverse energies, please
/// let question = Message::GetList {
///     piid: Piid::new(5),
///     oads: vec![Oad(0x0010_0200), Oad(0x0020_0200)],
/// };
/// assert_eq!(
///     encode_message(&question),
///     [0x05, 0x02, 0x05, 0x02, 0x00, 0x10, 0x02, 0x00, 0x00, 0x20, 0x02, 0x00, 0x00]
/// );
/// ```
pub fn encode_message(message: &Message) -> Vec<u8> {
    let mut bytes = vec![];
    match message {
        Message::LinkRequest {
            piid,
            kind,
            every_s,
            at,
        } => {
            let kind = match kind {
                LinkKind::LogIn => 0,
                LinkKind::Heartbeat => 1,
                LinkKind::LogOut => 2,
            };
            bytes.extend([LINK_REQUEST, piid.0, kind]);
            bytes.extend(every_s.to_be_bytes());
            bytes.extend(at);
        }
        Message::LinkResponse {
            piid,
            result,
            times,
        } => {
            bytes.extend([LINK_RESPONSE, piid.0, *result]);
            bytes.extend(times.iter().flatten());
        }
        Message::Get { piid, oad } => {
            bytes.extend([GET_REQUEST, 0x01, piid.0]);
            bytes.extend(oad.0.to_be_bytes());
            bytes.push(0x00);
        }
        Message::GetList { piid, oads } => {
            bytes.extend([GET_REQUEST, 0x02, piid.0]);
            write_length(oads.len(), &mut bytes);
            bytes.extend(oads.iter().flat_map(|oad| oad.0.to_be_bytes()));
            bytes.push(0x00);
        }
        Message::GetNext { piid, block } => {
            bytes.extend([GET_REQUEST, 0x05, piid.0]);
            bytes.extend(block.to_be_bytes());
            bytes.push(0x00);
        }
        Message::Got { piid, outcome } => {
            bytes.extend([GET_RESPONSE, 0x01, piid.0]);
            write_outcome(outcome, &mut bytes);
            bytes.extend([0x00, 0x00]);
        }
        Message::GotList { piid, outcomes } => {
            bytes.extend([GET_RESPONSE, 0x02, piid.0]);
            write_outcomes(outcomes, &mut bytes);
            bytes.extend([0x00, 0x00]);
        }
        Message::GotBlock {
            piid,
            more,
            block,
            outcomes,
        } => {
            let last = match more {
                More::Follow => 0,
                More::Last => 1,
            };
            bytes.extend([GET_RESPONSE, 0x05, piid.0, last]);
            bytes.extend(block.to_be_bytes());
            match outcomes {
                Err(dar) => bytes.extend([0x00, dar.0]),
                Ok(outcomes) => {
                    bytes.push(0x01);
                    write_outcomes(outcomes, &mut bytes);
                }
            }
            bytes.extend([0x00, 0x00]);
        }
        Message::NotUnderstood { piid, kind } => bytes.extend([SERVER_ERROR, piid.0, *kind, 0x00]),
        Message::Enveloped(inside) => {
            bytes.extend([SECURITY_RESPONSE, 0x00]);
            write_length(inside.len(), &mut bytes);
            bytes.extend(inside);
            bytes.push(0x00);
        }
        Message::Encrypted => bytes.extend([SECURITY_RESPONSE, 0x01, 0x00, 0x00]),
        Message::EnvelopeRefused(dar) => bytes.extend([SECURITY_RESPONSE, 0x02, dar.0, 0x00]),
        Message::SecurityRequest => bytes.push(SECURITY_REQUEST),
        Message::Connect => bytes.push(CONNECT_REQUEST),
    }
    bytes
}

fn piid(reader: &mut Reader<'_>) -> Result<Piid, Malformed> {
    reader.byte().map(Piid::new)
}

fn link_request(reader: &mut Reader<'_>) -> Result<Message, Malformed> {
    let piid = piid(reader)?;
    let at = reader.at();
    Ok(Message::LinkRequest {
        piid,
        kind: match reader.byte()? {
            0 => LinkKind::LogIn,
            1 => LinkKind::Heartbeat,
            2 => LinkKind::LogOut,
            tag => return Err(Malformed::UnknownTag { at, tag }),
        },
        every_s: reader.u16()?,
        at: reader.array()?,
    })
}

fn got_block(reader: &mut Reader<'_>) -> Result<Message, Malformed> {
    let piid = piid(reader)?;
    let more = match reader.byte()? {
        0 => More::Follow,
        _ => More::Last,
    };
    let block = reader.u16()?;
    let at = reader.at();
    let outcomes = match reader.byte()? {
        0x00 => Err(Dar(reader.byte()?)),
        0x01 => Ok(outcomes(reader)?),
        // 02 is a block of a record, and we ask for none
        tag => return Err(Malformed::UnknownTag { at, tag }),
    };
    Ok(Message::GotBlock {
        piid,
        more,
        block,
        outcomes,
    })
}

fn outcomes(reader: &mut Reader<'_>) -> Result<Vec<Outcome>, Malformed> {
    let count = reader.length()?;
    (0..count).map(|_| outcome(reader)).collect()
}

fn outcome(reader: &mut Reader<'_>) -> Result<Outcome, Malformed> {
    let oad = Oad(reader.u32()?);
    let at = reader.at();
    let value = match reader.byte()? {
        0x00 => Err(Dar(reader.byte()?)),
        0x01 => Ok(data::read(reader)?),
        tag => return Err(Malformed::UnknownTag { at, tag }),
    };
    Ok(Outcome { oad, value })
}

fn write_outcomes(outcomes: &[Outcome], into: &mut Vec<u8>) {
    write_length(outcomes.len(), into);
    outcomes
        .iter()
        .for_each(|outcome| write_outcome(outcome, into));
}

fn write_outcome(outcome: &Outcome, into: &mut Vec<u8>) {
    into.extend(outcome.oad.0.to_be_bytes());
    match &outcome.value {
        Err(dar) => into.extend([0x00, dar.0]),
        Ok(value) => {
            into.push(0x01);
            data::write(value, into);
        }
    }
}
