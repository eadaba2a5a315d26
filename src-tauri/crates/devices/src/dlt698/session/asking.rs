//! One question under way: its frames on the line, its answer out of pieces, blocks and envelopes.

use std::time::Duration;

use domain::ItemRefusal;

use super::super::apdu::{Message, More, Outcome, Piid, decode_message, encode_message};
use super::super::data::Value;
use super::super::frame::{
    Address, AddressKind, Content, Frame, PREAMBLE, Purpose, Sender, encode, find,
};
use super::super::items::refusal;
use super::super::split::{Assembled, Assembly};
use crate::exchange::{Exchange, Patience, Turn};
use crate::{LineSettings, Step};

/// More than any frame of a meter is long, with garbage around it.
const INBOX_LIMIT: usize = 4_096;

/// How often something else than the question is sent while its answer is waited for:
/// confirmations of pieces, and leave to log in. A long answer at 100 bytes a piece takes fewer.
const ASIDES_LIMIT: u8 = 90;

/// Blocks of one answer. Ours fit one or two.
const BLOCKS_LIMIT: usize = 32;

/// What has come of a question.
#[derive(Debug)]
pub(super) enum Reply {
    /// These attributes, or why there are none of them.
    Outcomes(Vec<Outcome>),
    /// The question as a whole was refused, or its answer is none.
    Refused(ItemRefusal),
}

/// Something that was heard while a question is under way.
#[derive(Debug)]
pub(super) enum Came {
    /// Another meter than the one asked talks.
    Stranger(Address),
    /// The answer, and whose.
    Reply(Address, Reply),
}

/// A question under way.
#[derive(Debug)]
pub(super) struct Asking {
    exchange: Exchange,
    settings: LineSettings,
    patience: Patience,
    to: Address,
    /// Who answers; none yet when any meter was asked.
    from: Option<Address>,
    piid: Piid,
    inbox: Vec<u8>,
    assembly: Assembly,
    /// To be sent before the wait goes on.
    aside: Option<Vec<u8>>,
    asides: u8,
    /// Of the blocks that have come: their attributes, the newest number, how many.
    gathered: Vec<Outcome>,
    newest_block: Option<u16>,
    blocks: usize,
}

impl Asking {
    /// Asks `to`; `piid` is the number in `question`.
    pub(super) fn new(
        to: Address,
        piid: Piid,
        question: &Message,
        settings: LineSettings,
        patience: Patience,
    ) -> Self {
        let from = (to.kind() == AddressKind::Single).then(|| to.clone());
        Self {
            exchange: Exchange::new(on_the_line(to.clone(), question), settings, patience),
            settings,
            patience,
            to,
            from,
            piid,
            inbox: vec![],
            assembly: Assembly::default(),
            aside: None,
            asides: 0,
            gathered: vec![],
            newest_block: None,
            blocks: 0,
        }
    }

    /// The number its newest question was asked with.
    pub(super) fn piid(&self) -> Piid {
        self.piid
    }

    pub(super) fn turn(&mut self, now: Duration) -> Turn {
        if let Some(aside) = self.aside.take() {
            self.exchange.interposed(now, aside.len());
            return Turn::Do(Step::Send(aside));
        }
        let turn = self.exchange.turn(now);
        if matches!(turn, Turn::Do(Step::Send(_))) {
            self.inbox.clear();
            self.assembly = Assembly::default();
            self.asides = 0;
        }
        turn
    }

    pub(super) fn heard(&mut self, now: Duration, bytes: &[u8]) {
        self.exchange.heard(now, bytes);
        self.inbox.extend_from_slice(bytes);
        let excess = self.inbox.len().saturating_sub(INBOX_LIMIT);
        self.inbox.drain(..excess);
    }

    /// What the next frames in what was heard come to; none when there is no more.
    pub(super) fn hear(&mut self) -> Option<Came> {
        while let Some(found) = find(&self.inbox) {
            self.inbox.drain(..found.end);
            let came = match found.frame.sender {
                // an echo, or another client on the line
                Sender::Client => None,
                Sender::Server => self.frame_came(&found.frame),
            };
            if came.is_some() {
                return came;
            }
        }
        None
    }

    fn frame_came(&mut self, frame: &Frame) -> Option<Came> {
        if let Some(from) = &self.from
            && !same_meter(from, &frame.server)
        {
            return Some(Came::Stranger(frame.server.clone()));
        }
        let message = match self.assembly.take(frame) {
            Assembled::Whole(message) => message,
            Assembled::Confirm(confirmation) => {
                self.send_aside(&confirmation);
                return None;
            }
            Assembled::Confirmed(_) | Assembled::Broken => return None,
        };
        let reply = self.message_came(frame, &message)?;
        self.from = Some(frame.server.clone());
        Some(Came::Reply(frame.server.clone(), reply))
    }

    fn message_came(&mut self, frame: &Frame, bytes: &[u8]) -> Option<Reply> {
        let message = decode_message(bytes).and_then(|message| match message {
            // its proof of origin would need a security module; what is plain is read as plain
            Message::Enveloped(inside) => decode_message(&inside),
            message => Ok(message),
        });
        let ours = |piid: &Piid| *piid == self.piid;
        match message {
            Ok(Message::Got { piid, outcome }) if ours(&piid) => {
                Some(Reply::Outcomes(vec![outcome]))
            }
            Ok(Message::GotList { piid, outcomes }) if ours(&piid) => {
                Some(Reply::Outcomes(outcomes))
            }
            Ok(Message::GotBlock {
                piid,
                more,
                block,
                outcomes,
            }) if ours(&piid) => match outcomes {
                Ok(outcomes) => self.block_came(more, block, outcomes),
                Err(dar) => Some(Reply::Refused(refusal(dar))),
            },
            Ok(Message::NotUnderstood { piid, .. }) if ours(&piid) => {
                Some(Reply::Refused(ItemRefusal::Other))
            }
            Ok(Message::Encrypted) => Some(Reply::Refused(ItemRefusal::NotAuthorised)),
            Ok(Message::EnvelopeRefused(dar)) => Some(Reply::Refused(refusal(dar))),
            Ok(Message::LinkRequest { piid, at, .. }) => {
                // without a clock of our own, the meter's stands in, marked as not to be trusted
                let granted = Message::LinkResponse {
                    piid,
                    result: 0,
                    times: [at; 3],
                };
                self.send_aside(&Frame {
                    sender: Sender::Client,
                    begun_by: Sender::Server,
                    purpose: Purpose::Link,
                    server: frame.server.clone(),
                    client: frame.client,
                    content: Content::Whole(encode_message(&granted)),
                });
                None
            }
            // an answer to our question that cannot be read, and no report that came in between
            Err(_) => match *bytes {
                [0x85, _, piid, ..] if ours(&Piid::new(piid)) => {
                    Some(Reply::Refused(ItemRefusal::Malformed))
                }
                _ => None,
            },
            // late answers, and what is not for us
            Ok(
                Message::Got { .. }
                | Message::GotList { .. }
                | Message::GotBlock { .. }
                | Message::NotUnderstood { .. }
                | Message::LinkResponse { .. }
                | Message::Get { .. }
                | Message::GetList { .. }
                | Message::GetNext { .. }
                | Message::Enveloped(_)
                | Message::SecurityRequest
                | Message::Connect,
            ) => None,
        }
    }

    fn block_came(&mut self, more: More, block: u16, outcomes: Vec<Outcome>) -> Option<Reply> {
        if self.newest_block == Some(block) {
            return None;
        }
        let follows = self
            .newest_block
            .is_none_or(|newest| newest.checked_add(1) == Some(block));
        self.blocks = self.blocks.saturating_add(1);
        if !follows || self.blocks > BLOCKS_LIMIT {
            return Some(Reply::Refused(ItemRefusal::Malformed));
        }
        self.newest_block = Some(block);
        outcomes
            .into_iter()
            .for_each(|outcome| self.gather(outcome));
        match more {
            More::Last => Some(Reply::Outcomes(std::mem::take(&mut self.gathered))),
            More::Follow => {
                self.piid = self.piid.next();
                let piid = self.piid;
                let question = on_the_line(self.to.clone(), &Message::GetNext { piid, block });
                self.exchange = Exchange::new(question, self.settings, self.patience);
                None
            }
        }
    }

    /// An array that was cut goes on in the next block under the same name.
    fn gather(&mut self, outcome: Outcome) {
        if let (Some(last), Ok(Value::Array(more))) = (self.gathered.last_mut(), &outcome.value)
            && last.oad == outcome.oad
            && let Ok(Value::Array(begun)) = &mut last.value
        {
            begun.extend(more.iter().cloned());
            return;
        }
        self.gathered.push(outcome);
    }

    fn send_aside(&mut self, frame: &Frame) {
        if self.asides < ASIDES_LIMIT
            && let Some(bytes) = encode(frame)
        {
            self.asides = self.asides.saturating_add(1);
            self.aside = Some([PREAMBLE.as_slice(), &bytes].concat());
        }
    }
}

/// Whether both are the same meter. What is no single address names none: some answer with the
/// address they were asked by.
pub(super) fn same_meter(expected: &Address, answering: &Address) -> bool {
    let digits = expected.comm_address().zip(answering.comm_address());
    answering.kind() != AddressKind::Single
        || expected.low_first() == answering.low_first()
        || digits.is_some_and(|(expected, answering)| expected == answering)
}

fn on_the_line(to: Address, question: &Message) -> Vec<u8> {
    let frame = Frame::question(to, encode_message(question));
    // a question is far below what a frame holds
    let bytes = encode(&frame).unwrap_or_default();
    [PREAMBLE.as_slice(), &bytes].concat()
}
