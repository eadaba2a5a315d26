//! A question with everything that belongs to its answer: repetitions, echo, and the frames that
//! follow when the answer does not fit into one.

use std::time::Duration;

use super::ask::Ask;
use crate::LineSettings;
use crate::dlt645::generation::function;
use crate::dlt645::{Address, Frame, PREAMBLE, encode, frames};
use crate::exchange::{Exchange, Patience, Turn};

/// The longest frame, the longest preamble seen, and noise around it. Unit: bytes.
const LONGEST_ANSWER: usize = 320;

/// Frames of one answer. No item of ours needs a second; a meter that always says "more" is not
/// followed for ever.
const FRAMES_LIMIT: u8 = 8;

/// A question under way, and what it is for.
#[derive(Debug)]
pub(super) struct Asking {
    pub ask: Ask,
    question: Frame,
    settings: LineSettings,
    patience: Patience,
    exchange: Exchange,
    /// Of earlier frames of this answer.
    said: Vec<u8>,
}

/// What was heard.
#[derive(Debug)]
pub(super) struct Heard {
    /// What the answer is, when it is whole.
    pub settled: Option<Settled>,
    /// Meters that answered the question and were asked, in their order.
    pub meters: Vec<Address>,
    /// Meters that were not asked and answered all the same.
    pub strangers: Vec<Address>,
}

/// An answer.
#[derive(Debug)]
pub(super) enum Settled {
    /// The data behind the identifier.
    Said(Vec<u8>),
    /// The error byte.
    Refused(u8),
    /// It has no end.
    Malformed,
}

/// What one frame is to a question.
enum Part {
    Last(Vec<u8>),
    More(Vec<u8>),
    Refused(u8),
}

impl Asking {
    pub fn new(ask: Ask, question: Frame, settings: LineSettings, patience: Patience) -> Self {
        Self {
            ask,
            exchange: exchange(&question, settings, patience),
            question,
            settings,
            patience,
            said: vec![],
        }
    }

    pub fn heard(&mut self, now: Duration, bytes: &[u8]) {
        self.exchange.heard(now, bytes);
    }

    pub fn turn(&mut self, now: Duration) -> Turn {
        self.exchange.turn(now)
    }

    /// What was heard so far. When a frame says that there is more, the next question is put.
    pub fn hear(&mut self) -> Heard {
        let mut heard = Heard {
            settled: None,
            meters: vec![],
            strangers: vec![],
        };
        let mut first = None;
        for found in frames(self.exchange.beyond_echo()) {
            let reply = found.frame;
            if !reply.is_reply() {
                continue;
            }
            let meter = address_of(&reply);
            if !self.question.address.matches(reply.address) {
                heard.strangers.extend(meter);
            } else if let Some(part) = part(&self.question, &reply) {
                heard.meters.extend(meter);
                first = first.or(Some(part));
            }
        }
        heard.settled = first.and_then(|part| self.take(part));
        heard
    }

    /// Puts a frame to what was said before; the answer, when it is the last.
    fn take(&mut self, part: Part) -> Option<Settled> {
        match part {
            Part::Refused(error) => Some(Settled::Refused(error)),
            Part::Last(said) => {
                self.said.extend(said);
                Some(Settled::Said(std::mem::take(&mut self.said)))
            }
            Part::More(said) => {
                self.said.extend(said);
                let (identifier, sequence) = identified(&self.question);
                let sequence = sequence.unwrap_or(0).saturating_add(1);
                if self.question.function() == function::READ_1997 || sequence >= FRAMES_LIMIT {
                    return Some(Settled::Malformed);
                }
                self.question = Frame {
                    address: self.question.address,
                    control: function::READ_MORE,
                    data: [identifier, &[sequence]].concat(),
                };
                self.exchange = exchange(&self.question, self.settings, self.patience);
                None
            }
        }
    }
}

fn exchange(question: &Frame, settings: LineSettings, patience: Patience) -> Exchange {
    let bytes = [PREAMBLE.as_slice(), &encode(question)].concat();
    Exchange::new(bytes, settings, patience).answered_within(LONGEST_ANSWER)
}

/// What a reply is to a question; `None` when it answers another.
fn part(question: &Frame, reply: &Frame) -> Option<Part> {
    if reply.function() != question.function() {
        return None;
    }
    if reply.is_error() {
        return Some(Part::Refused(reply.data.first().copied().unwrap_or(0)));
    }
    let (identifier, sequence) = identified(question);
    let mut said = reply.data.strip_prefix(identifier)?;
    if let Some(sequence) = sequence {
        said = said.strip_suffix(&[sequence])?;
    }
    // an address fits into one frame, whatever the bit says
    Some(
        match reply.has_more() && reply.function() != function::READ_ADDRESS {
            true => Part::More(said.to_vec()),
            false => Part::Last(said.to_vec()),
        },
    )
}

/// The identifier in a question, and in one for more the number of the frame that shall come.
fn identified(question: &Frame) -> (&[u8], Option<u8>) {
    match question.data.as_slice() {
        [identifier @ .., sequence] if question.function() == function::READ_MORE => {
            (identifier, Some(*sequence))
        }
        identifier => (identifier, None),
    }
}

/// Who sent a reply. What answers with the address for any meter tells its own only when it is
/// asked for it.
fn address_of(reply: &Frame) -> Option<Address> {
    let own = match <[u8; 6]>::try_from(reply.data.as_slice()) {
        Ok(own) if reply.function() == function::READ_ADDRESS && !reply.is_error() => {
            Address::from_wire(own)
        }
        Ok(_) | Err(_) => reply.address,
    };
    own.is_of_one_meter().then_some(own)
}
