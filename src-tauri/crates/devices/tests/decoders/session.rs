//! A session with a meter that says anything at any moment.

use std::time::Duration;

use domain::{MeterItem, MeterProtocol};
use metercrew_devices::sim::Meter;
use metercrew_devices::{LineSettings, Plan, Step, begin};

/// No session lasts longer, whatever comes: each item is asked three times at the most, and the
/// waits of each question are bounded.
const LONGEST: Duration = Duration::from_secs(20 * 60);

/// What the other side does next.
enum Move {
    /// It says nothing until the session asks again.
    Nothing,
    /// It says these bytes.
    Says(Vec<u8>),
    /// A good meter answers what it was asked.
    Answers,
    /// It does, with one byte turned.
    AnswersAmiss(u8, u8),
    /// The question comes back.
    Echoes,
}

/// Bytes as moves, one after the other; then nothing, or, where the script says so, all again.
struct Script<'a> {
    bytes: &'a [u8],
    at: usize,
    again: bool,
}

impl Script<'_> {
    fn byte(&mut self) -> Option<u8> {
        if self.again && self.at >= self.bytes.len() {
            self.at = 0;
        }
        let byte = self.bytes.get(self.at).copied()?;
        self.at += 1;
        Some(byte)
    }

    fn next(&mut self) -> Move {
        match self.byte() {
            None | Some(0xF0..) => Move::Nothing,
            Some(0xE0..) => Move::Echoes,
            Some(0xC0..) => Move::AnswersAmiss(
                self.byte().unwrap_or_default(),
                self.byte().unwrap_or_default(),
            ),
            Some(0x80..) => Move::Answers,
            Some(count) => Move::Says((0..=count).map_while(|_| self.byte()).collect()),
        }
    }
}

/// The first byte is the plan, the rest what the other side does.
pub fn run(bytes: &[u8]) {
    let Some((choice, bytes)) = bytes.split_first() else {
        return;
    };
    let plan = Plan {
        protocol: MeterProtocol::ALL.get(usize::from(choice & 7)).copied(),
        comm_address: (choice & 8 != 0).then(|| "112233445566".into()),
        items: match choice & 16 {
            0 => MeterItem::STANDARD.to_vec(),
            _ => MeterItem::ALL.to_vec(),
        },
        baud: None,
    };
    let again = choice & 32 != 0;
    let mut script = Script {
        bytes,
        at: 0,
        again,
    };
    let mut meter = Meter::sample();
    meter.protocols = match plan.protocol {
        Some(protocol) => [protocol].into(),
        None => [MeterProtocol::Dlt698].into(),
    };
    meter.longest = (choice & 64 != 0).then_some(12);
    let (mut session, mut now) = (begin(&plan), Duration::ZERO);
    let (mut settings, mut asked) = (LineSettings::INFRARED, vec![]);
    while now < LONGEST {
        match session.next(now) {
            Step::Apply(new) => settings = new,
            Step::Send(question) => {
                now += settings.wire_time(question.len());
                asked = question;
            }
            Step::Tell(_) => {}
            Step::Done(outcome) => {
                if let Ok(readout) = outcome {
                    assert_eq!(
                        readout.items.len(),
                        plan.items.len(),
                        "each item is answered"
                    );
                }
                return;
            }
            Step::Listen { until } => {
                let mut answer = || -> Vec<u8> {
                    let replies = meter.hear(now, None, &std::mem::take(&mut asked));
                    replies.into_iter().flat_map(|reply| reply.bytes).collect()
                };
                let came = match script.next() {
                    Move::Nothing => vec![],
                    Move::Says(bytes) => bytes,
                    Move::Answers => answer(),
                    Move::AnswersAmiss(at, change) => {
                        let mut bytes = answer();
                        if let Some(byte) = bytes.get_mut(usize::from(at)) {
                            *byte ^= change;
                        }
                        bytes
                    }
                    Move::Echoes => asked.clone(),
                };
                if came.is_empty() {
                    now = now.max(until);
                } else {
                    now += settings.wire_time(came.len());
                    session.heard(now, &came);
                }
            }
        }
    }
    panic!("the session did not end by itself");
}
