//! What is to be read from a meter, and how one finds out which language it speaks.

use std::collections::VecDeque;
use std::time::Duration;

use domain::{
    CommAddress, ItemAnswer, ItemReadout, ItemRefusal, MeterItem, MeterProtocol, Readout,
};

use crate::dlt645::Generation;
use crate::exchange::Patience;
use crate::{Conversation, Progress, ReadError, Step, dlt645, dlt698, iec62056};

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In which language; none asks in each until the meter answers.
    pub protocol: Option<MeterProtocol>,
    /// Of which meter, 12 digits; none reads the only one there is, whichever it is.
    pub comm_address: Option<CommAddress>,
    /// What; each item is answered once, in this order.
    pub items: Vec<MeterItem>,
    /// At another rate than the language's own. Unit: bits a second.
    pub baud: Option<u32>,
}

impl Plan {
    /// What is read before a meter is taken down and after one is powered on.
    pub fn standard() -> Self {
        Self {
            protocol: None,
            comm_address: None,
            items: MeterItem::STANDARD.to_vec(),
            baud: None,
        }
    }

    /// The same of a prepaid meter: its purchase count too, which says whether a purchase that is
    /// on the customer's card is in it already.
    pub fn prepaid() -> Self {
        let mut plan = Self::standard();
        plan.items.push(MeterItem::PurchaseCount);
        plan
    }
}

/// How often a question is sent while the language is only tried: a meter that speaks it may miss
/// one, and each further question costs whoever waits a second for every other language.
const TRIES: u8 = 2;

/// The session that does what the plan says.
///
/// Without a language it asks in [`MeterProtocol::ALL`], one after the other, until somebody
/// answers and does not refuse everything; when nobody does it ends with what was heard of most.
pub fn begin(plan: &Plan) -> Box<dyn Conversation> {
    let patience = Patience::METER;
    match plan.protocol {
        Some(protocol) => session(protocol, plan, patience),
        None => {
            let patience = Patience {
                tries: TRIES,
                ..patience
            };
            let each = MeterProtocol::ALL.map(|protocol| session(protocol, plan, patience));
            Box::new(Finding::new(each))
        }
    }
}

fn session(protocol: MeterProtocol, plan: &Plan, patience: Patience) -> Box<dyn Conversation> {
    let dlt645 = |generation| dlt645::Session::new(plan, generation, patience);
    match protocol {
        MeterProtocol::Dlt645 => Box::new(dlt645(Generation::Of2007)),
        MeterProtocol::Dlt645Of1997 => Box::new(dlt645(Generation::Of1997)),
        MeterProtocol::Dlt698 => Box::new(dlt698::Session::new(plan, patience)),
        MeterProtocol::Iec62056 => Box::new(iec62056::Session::new(plan, patience)),
    }
}

/// Sessions one after the other, until one meets a meter.
struct Finding {
    /// The first is under way.
    sessions: VecDeque<Box<dyn Conversation>>,
    /// Whether the one under way met a meter; it is the last then.
    has_met: bool,
    /// The most telling of what the sessions so far ended with.
    heard: ReadError,
    /// What a meter that refused everything was read as.
    refused: Option<Readout>,
}

impl Finding {
    fn new(sessions: impl IntoIterator<Item = Box<dyn Conversation>>) -> Self {
        Self {
            sessions: sessions.into_iter().collect(),
            has_met: false,
            heard: ReadError::Silent,
            refused: None,
        }
    }

    /// Whether a session that ended so leaves it open which language the meter speaks.
    fn leaves_open(&self, error: &ReadError) -> bool {
        match error {
            ReadError::Silent | ReadError::EchoOnly | ReadError::Noise => !self.has_met,
            ReadError::SeveralMeters
            | ReadError::OtherMeter { .. }
            | ReadError::Cancelled
            | ReadError::Port(_) => false,
        }
    }
}

impl Conversation for Finding {
    fn next(&mut self, now: Duration) -> Step {
        while let Some(session) = self.sessions.front_mut() {
            match session.next(now) {
                Step::Done(Err(error)) if self.leaves_open(&error) => {
                    if tells(&error) > tells(&self.heard) {
                        self.heard = error;
                    }
                    self.sessions.pop_front();
                }
                Step::Done(Ok(readout)) if refuses_everything(&readout) => {
                    self.refused.get_or_insert(readout);
                    self.has_met = false;
                    self.sessions.pop_front();
                }
                step => {
                    self.has_met |= matches!(step, Step::Tell(Progress::Found { .. }));
                    return step;
                }
            }
        }
        let heard = std::mem::replace(&mut self.heard, ReadError::Silent);
        Step::Done(self.refused.take().ok_or(heard))
    }

    fn heard(&mut self, now: Duration, bytes: &[u8]) {
        if let Some(session) = self.sessions.front_mut() {
            session.heard(now, bytes);
        }
    }
}

/// Whether it is the readout of a meter that may not have understood a question: meters of 1997
/// refuse the questions of 2007, and these words differ from those for want of authority.
fn refuses_everything(readout: &Readout) -> bool {
    let is_strange = |read: &ItemReadout| match read.answer {
        ItemAnswer::Read { .. } => false,
        ItemAnswer::Refused { why } => match why {
            ItemRefusal::NoSuchItem | ItemRefusal::NotInProtocol | ItemRefusal::Other => true,
            ItemRefusal::NotAuthorised | ItemRefusal::NoValue | ItemRefusal::Malformed => false,
        },
        ItemAnswer::Silent => true,
    };
    !readout.items.is_empty() && readout.items.iter().all(is_strange)
}

/// How much an error says about what is on the line.
fn tells(error: &ReadError) -> u8 {
    match error {
        ReadError::Silent => 0,
        ReadError::EchoOnly => 1,
        ReadError::Noise => 2,
        ReadError::SeveralMeters
        | ReadError::OtherMeter { .. }
        | ReadError::Cancelled
        | ReadError::Port(_) => 3,
    }
}

/// What bytes of a line mean, for whoever looks at a trace: a line of text for each frame in
/// `protocol`, or in any when none is given, and one for each stretch that is no frame.
///
/// The bytes FE that wake a receiver up belong to the frame after them.
pub fn explain(protocol: Option<MeterProtocol>, bytes: &[u8]) -> Vec<String> {
    let (mut lines, mut rest) = (vec![], bytes);
    while let Some((start, line, end)) = first_frame(protocol, rest) {
        let before = rest.get(..start).unwrap_or_default();
        let woken = before.iter().rev().take_while(|byte| **byte == 0xFE);
        lines.extend(no_frame(start.saturating_sub(woken.count())));
        lines.push(line);
        rest = rest.get(end..).unwrap_or_default();
    }
    lines.extend(no_frame(rest.len()));
    lines
}

fn no_frame(bytes: usize) -> Option<String> {
    match bytes {
        0 => None,
        1 => Some("1 byte that is no frame".to_owned()),
        _ => Some(format!("{bytes} bytes that are no frame")),
    }
}

/// Where the first frame begins, what it means and where it ends.
fn first_frame(protocol: Option<MeterProtocol>, bytes: &[u8]) -> Option<(usize, String, usize)> {
    let with_start = |start: Option<usize>, explained: Option<(String, usize)>| {
        let (line, end) = explained?;
        start
            .filter(|start| *start < end)
            .map(|start| (start, line, end))
    };
    let in_one = |protocol| match protocol {
        MeterProtocol::Dlt645 | MeterProtocol::Dlt645Of1997 => with_start(
            dlt645::find(bytes).map(|found| found.start),
            dlt645::explain(bytes),
        ),
        MeterProtocol::Dlt698 => with_start(
            dlt698::find(bytes).map(|found| found.start),
            dlt698::explain(bytes),
        ),
        MeterProtocol::Iec62056 => with_start(
            iec62056::find(bytes).map(|found| found.start),
            iec62056::explain(bytes),
        ),
    };
    match protocol {
        Some(protocol) => in_one(protocol),
        None => MeterProtocol::ALL
            .into_iter()
            .filter_map(in_one)
            .min_by_key(|(start, ..)| *start),
    }
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
