//! A mode C readout, from the first request at 300 baud to the items.

use std::collections::VecDeque;
use std::time::Duration;

use domain::{CommAddress, MeterItem, MeterProtocol, Readout};

use super::frame::{frames, has_block_end};
use super::{Entry, Frame, Identification, Mode, Rate, encode, find, item};
use crate::answers::OnLine;
use crate::exchange::{Exchange, Patience, Turn};
use crate::{Conversation, LineSettings, Plan, Progress, ReadError, Step};

/// Between two messages the standard gives 200 to 1500 ms (clause 6.3.14, tr); USB probes tell of
/// a byte some ten milliseconds late.
const TURN_ROUND: Duration = Duration::from_millis(300);

/// Between the acknowledgement's last bit and the change of rate. Some USB probes still have bytes
/// when the driver says that all have left (250 ms after they were given to it are known of), and
/// the meter speaks 200 ms after the last bit at the earliest.
const BEFORE_CHANGE: Duration = Duration::from_millis(50);

/// The standard's 1500 ms to the first byte, and what a radio link or a server adds.
const FIRST_BYTE: Duration = Duration::from_millis(2_500);

/// Between two bytes of a message (clause 6.3.14, ta): 1500 ms.
const NEXT_BYTE: Duration = Duration::from_millis(1_500);

/// More than an introduction is long, with the echo before it and noise around it.
const INTRODUCTION_LIMIT: usize = 128;

/// More than a readout is long, 15 earlier billing periods of 40 registers included; what comes
/// without end is given up here, after half a minute at 9600 baud.
const BLOCK_LIMIT: usize = 32 * 1024;

/// Where a session stands.
enum Phase {
    /// Nothing was done yet.
    New,
    /// The line is to be set to the first rate.
    Starting,
    /// The meter is asked to introduce itself.
    Asking(Exchange),
    /// It has; not before `until` it may be answered.
    Paused { until: Duration, rate: Rate },
    /// The acknowledgement is on its way; at `until` the rate changes.
    Acknowledging { until: Duration, rate: Rate },
    /// The meter reads itself out; `until` the next byte has to come.
    Reading { until: Duration },
    /// All is known; it is told, and then the session is over.
    Over {
        tell: VecDeque<Progress>,
        outcome: Result<Readout, ReadError>,
    },
}

/// A session with a meter that speaks IEC 62056-21 mode C.
///
/// A readout with a wrong check character or without an end is asked for again from the start, as
/// often as a question is.
pub(crate) struct Session {
    asked: Option<CommAddress>,
    items: Vec<MeterItem>,
    fastest: Option<u32>,
    patience: Patience,
    readouts_left: u8,
    meter: Option<Identification>,
    /// What came since the acknowledgement was sent.
    heard: Vec<u8>,
    /// How much of it was searched for a readout.
    searched: usize,
    on_line: OnLine,
    phase: Phase,
}

impl Session {
    /// A session for `plan`. The rate of `plan` is the fastest that the readout may have: the
    /// start is at 300 always, and a meter goes on at no rate that it has not proposed.
    pub(crate) fn new(plan: &Plan, patience: Patience) -> Self {
        Self {
            asked: plan.comm_address.clone(),
            items: plan.items.clone(),
            fastest: plan.baud,
            patience: Patience {
                first_byte: patience.first_byte.max(FIRST_BYTE),
                next_byte: patience.next_byte.max(NEXT_BYTE),
                tries: patience.tries,
            },
            readouts_left: patience.tries,
            meter: None,
            heard: vec![],
            searched: 0,
            on_line: OnLine::default(),
            phase: Phase::New,
        }
    }

    fn request(&self) -> Exchange {
        let address = self.asked.as_ref().map(|asked| asked.as_str().to_owned());
        let request = encode(&Frame::Request { address });
        Exchange::new(request, LineSettings::IEC_START, self.patience)
            .answered_within(INTRODUCTION_LIMIT)
    }

    /// The rate to go on at, when the meter has introduced itself.
    fn introduced(&mut self, heard: &[u8]) -> Option<Rate> {
        let meter = frames(heard).find_map(|found| match found.frame {
            Frame::Identification(meter) => Some(meter),
            Frame::Request { .. } | Frame::Acknowledge { .. } | Frame::Block(_) => None,
        })?;
        let proposed = meter.rate;
        self.meter = Some(meter);
        let allowed = self.fastest.map_or(proposed, Rate::at_most);
        Some(proposed.min(allowed))
    }

    /// The meter's readout, when it came whole. What came is searched again when an end came: on
    /// a line that babbles, searching it for each byte would take squares.
    fn readout(&mut self) -> Option<Vec<Entry>> {
        let news = self.heard.get(self.searched.saturating_sub(1)..);
        self.searched = self.heard.len();
        if !news.is_some_and(has_block_end) {
            return None;
        }
        frames(&self.heard).find_map(|found| match found.frame {
            Frame::Block(entries) => Some(entries),
            Frame::Request { .. } | Frame::Identification(_) | Frame::Acknowledge { .. } => None,
        })
    }

    /// What a readout comes to.
    fn settled(&self, entries: &[Entry]) -> Phase {
        let said = |number: &&str| number.bytes().all(|byte| byte.is_ascii_digit());
        let numbers: Vec<_> = item::numbers(entries).filter(said).collect();
        let introduced = self.meter.as_ref();
        let introduced = introduced.map(|meter| [&*meter.manufacturer, &*meter.ident].concat());
        let comm_address = match numbers.first() {
            Some(number) => CommAddress::from(*number),
            None => CommAddress::new(introduced.unwrap_or_default()),
        };
        let is_asked = |asked: &CommAddress| {
            let mut numbers = numbers.iter();
            numbers.any(|number| without_zeros(number) == without_zeros(asked.as_str()))
        };
        match &self.asked {
            // it answered to its address; where it also says a number it has to be one of its own
            Some(asked) if !numbers.is_empty() && !is_asked(asked) => {
                return over(ReadError::OtherMeter {
                    asked: asked.clone(),
                    found: comm_address,
                });
            }
            Some(_) | None => {}
        }
        let items: Vec<_> = self
            .items
            .iter()
            .map(|wanted| item::read(*wanted, entries))
            .collect();
        let found = Progress::Found {
            protocol: MeterProtocol::Iec62056,
            comm_address: comm_address.clone(),
        };
        let told = items.iter().cloned().map(Progress::Item);
        Phase::Over {
            tell: std::iter::once(found).chain(told).collect(),
            outcome: Ok(Readout {
                protocol: MeterProtocol::Iec62056,
                comm_address,
                items,
                wire_ms: self.on_line.lasted_ms(),
            }),
        }
    }

    /// Where to go when no readout came.
    fn again(&mut self) -> Phase {
        self.readouts_left = self.readouts_left.saturating_sub(1);
        if self.readouts_left > 0 {
            return Phase::Starting;
        }
        let is_silent = find(&self.heard).map_or(self.heard.is_empty(), |echo| {
            matches!(echo.frame, Frame::Acknowledge { .. }) && echo.end == self.heard.len()
        });
        over(match is_silent {
            true => ReadError::Silent,
            false => ReadError::Noise,
        })
    }

    fn send(&mut self, now: Duration, bytes: Vec<u8>) -> Step {
        self.on_line.sent(now);
        Step::Send(bytes)
    }
}

fn over(error: ReadError) -> Phase {
    Phase::Over {
        tell: VecDeque::new(),
        outcome: Err(error),
    }
}

/// An address as the standard compares it (clause 6.3.1).
fn without_zeros(address: &str) -> &str {
    address.trim_start_matches('0')
}

impl Conversation for Session {
    fn next(&mut self, now: Duration) -> Step {
        loop {
            // until the next phase is known, the session is one that was silent
            let phase = std::mem::replace(&mut self.phase, over(ReadError::Silent));
            let (phase, step) = self.advance(phase, now);
            self.phase = phase;
            if let Some(step) = step {
                return step;
            }
        }
    }

    fn heard(&mut self, now: Duration, bytes: &[u8]) {
        self.on_line.heard(now);
        match &mut self.phase {
            Phase::Asking(exchange) => exchange.heard(now, bytes),
            Phase::Acknowledging { .. } => self.heard.extend_from_slice(bytes),
            Phase::Reading { until } => {
                self.heard.extend_from_slice(bytes);
                *until = (*until).max(now.saturating_add(self.patience.next_byte));
            }
            Phase::New | Phase::Starting | Phase::Paused { .. } | Phase::Over { .. } => {}
        }
    }
}

impl Session {
    /// One phase on, with what is to be done for it.
    fn advance(&mut self, phase: Phase, now: Duration) -> (Phase, Option<Step>) {
        match phase {
            Phase::New => (
                Phase::Starting,
                Some(Step::Tell(Progress::Trying(MeterProtocol::Iec62056))),
            ),
            Phase::Starting => (
                Phase::Asking(self.request()),
                Some(Step::Apply(LineSettings::IEC_START)),
            ),
            Phase::Asking(mut exchange) => {
                if let Some(rate) = self.introduced(exchange.beyond_echo()) {
                    let until = now.saturating_add(TURN_ROUND);
                    return (Phase::Paused { until, rate }, None);
                }
                match exchange.turn(now) {
                    Turn::Do(Step::Send(bytes)) => {
                        let step = self.send(now, bytes);
                        (Phase::Asking(exchange), Some(step))
                    }
                    Turn::Do(step) => (Phase::Asking(exchange), Some(step)),
                    Turn::GaveUp(why) => (over(why), None),
                }
            }
            Phase::Paused { until, .. } if now < until => (phase, Some(Step::Listen { until })),
            Phase::Paused { rate, .. } => {
                let mode = Mode::Readout;
                let bytes = encode(&Frame::Acknowledge { rate, mode });
                let wire = LineSettings::IEC_START.wire_time(bytes.len());
                let until = now.saturating_add(wire).saturating_add(BEFORE_CHANGE);
                self.heard.clear();
                self.searched = 0;
                let step = self.send(now, bytes);
                (Phase::Acknowledging { until, rate }, Some(step))
            }
            Phase::Acknowledging { until, .. } if now < until => {
                (phase, Some(Step::Listen { until }))
            }
            Phase::Acknowledging { rate, .. } => {
                let until = now.saturating_add(self.patience.first_byte);
                let settings = LineSettings::IEC_START.at(rate.baud());
                (Phase::Reading { until }, Some(Step::Apply(settings)))
            }
            Phase::Reading { until } => match self.readout() {
                Some(entries) => (self.settled(&entries), None),
                None if now < until && self.heard.len() < BLOCK_LIMIT => {
                    (phase, Some(Step::Listen { until }))
                }
                None => (self.again(), None),
            },
            Phase::Over { mut tell, outcome } => match tell.pop_front() {
                Some(progress) => (Phase::Over { tell, outcome }, Some(Step::Tell(progress))),
                None => (over(ReadError::Silent), Some(Step::Done(outcome))),
            },
        }
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
