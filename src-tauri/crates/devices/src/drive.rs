//! Carries a session out on a port: the waiting, the bytes and the clock that a session has not.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use domain::Readout;

use crate::{Conversation, Port, PortError, Progress, ReadError, Step};

/// How long a person who stops a session waits at the most, while the session waits for bytes.
const LOOKS_UP_EVERY: Duration = Duration::from_millis(50);

/// Stops a session from another thread. Clones stop the same session.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Stops the session, now or when it begins.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was stopped.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What happens during a session. Times are since it began.
#[derive(Debug)]
pub enum Event<'a> {
    /// How far it is.
    Progress(Progress),
    /// Bytes are being sent.
    Sent {
        /// When the first of them was given to the port.
        at: Duration,
        /// Which.
        bytes: &'a [u8],
    },
    /// Bytes came.
    Heard {
        /// When they were received.
        at: Duration,
        /// Which, in one piece of however many.
        bytes: &'a [u8],
    },
}

/// Does what `conversation` wants done on `port` until it is over, and tells `on` what happens.
///
/// Blocking: for a thread of its own. `cancel` is looked at before each step and at least every
/// 50 ms while waiting; only bytes being sent are always sent to the end.
///
/// Errors: what the session ends with; [`ReadError::Port`] when the line fails;
/// [`ReadError::Cancelled`].
pub fn drive(
    conversation: &mut dyn Conversation,
    port: &mut dyn Port,
    cancel: &Cancel,
    on: &mut dyn FnMut(Event<'_>),
) -> Result<Readout, ReadError> {
    let begun = Instant::now();
    loop {
        if cancel.is_cancelled() {
            return Err(ReadError::Cancelled);
        }
        match conversation.next(begun.elapsed()) {
            Step::Apply(settings) => port.apply(settings)?,
            Step::Send(bytes) => {
                port.discard_input()?;
                on(Event::Sent {
                    at: begun.elapsed(),
                    bytes: &bytes,
                });
                port.send(&bytes)?;
            }
            Step::Listen { until } => {
                let mut buffer = [0; 256];
                let count = listen(port, cancel, begun, until, &mut buffer)?;
                let came = buffer.get(..count).unwrap_or(&buffer);
                if !came.is_empty() {
                    let at = begun.elapsed();
                    on(Event::Heard { at, bytes: came });
                    conversation.heard(at, came);
                }
            }
            Step::Tell(progress) => on(Event::Progress(progress)),
            Step::Done(outcome) => return outcome,
        }
    }
}

/// Waits for bytes; how many came, 0 when the time is over or a person stopped it. Looks once even
/// when the time is over already: on a busy tablet the bytes may lie in the driver by then.
fn listen(
    port: &mut dyn Port,
    cancel: &Cancel,
    begun: Instant,
    until: Duration,
    buffer: &mut [u8],
) -> Result<usize, PortError> {
    loop {
        let left = until.saturating_sub(begun.elapsed());
        let count = port.receive(buffer, left.min(LOOKS_UP_EVERY))?;
        if count > 0 || begun.elapsed() >= until || cancel.is_cancelled() {
            return Ok(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use domain::MeterProtocol;

    use super::*;
    use crate::LineSettings;

    /// What a port was made to do.
    #[derive(Debug, PartialEq)]
    enum Done {
        Applied(LineSettings),
        Discarded,
        Sent(Vec<u8>),
    }

    /// A port that says what it is given to say, one piece at each look, and fails at the end.
    #[derive(Default)]
    struct Scripted {
        says: VecDeque<Vec<u8>>,
        done: Vec<Done>,
        waits: Vec<Duration>,
        cancels: Option<Cancel>,
    }

    impl Port for Scripted {
        fn apply(&mut self, settings: LineSettings) -> Result<(), PortError> {
            self.done.push(Done::Applied(settings));
            Ok(())
        }

        fn discard_input(&mut self) -> Result<(), PortError> {
            self.done.push(Done::Discarded);
            Ok(())
        }

        fn send(&mut self, bytes: &[u8]) -> Result<(), PortError> {
            self.done.push(Done::Sent(bytes.to_vec()));
            Ok(())
        }

        fn receive(&mut self, buffer: &mut [u8], wait: Duration) -> Result<usize, PortError> {
            self.waits.push(wait);
            if let Some(cancel) = &self.cancels {
                cancel.cancel();
                return Ok(0);
            }
            let piece = self.says.pop_front().ok_or(PortError::Gone)?;
            buffer[..piece.len()].copy_from_slice(&piece);
            Ok(piece.len())
        }
    }

    /// A session that goes through its steps and keeps what it heard.
    struct Steps {
        steps: VecDeque<Step>,
        heard: Vec<u8>,
    }

    impl Conversation for Steps {
        fn next(&mut self, _: Duration) -> Step {
            self.steps
                .pop_front()
                .unwrap_or(Step::Done(Err(ReadError::Silent)))
        }

        fn heard(&mut self, _: Duration, bytes: &[u8]) {
            self.heard.extend_from_slice(bytes);
        }
    }

    const LATER: Step = Step::Listen {
        until: Duration::from_secs(3_600),
    };

    fn steps(steps: impl IntoIterator<Item = Step>) -> Steps {
        Steps {
            steps: steps.into_iter().collect(),
            heard: vec![],
        }
    }

    #[test]
    fn a_session_is_carried_out_step_by_step_and_what_happens_is_told() {
        let mut session = steps([
            Step::Tell(Progress::Trying(MeterProtocol::Dlt645)),
            Step::Apply(LineSettings::INFRARED),
            Step::Send(vec![1, 2]),
            LATER,
            LATER,
            Step::Done(Err(ReadError::SeveralMeters)),
        ]);
        let mut port = Scripted {
            // an empty piece is a look at which nothing came: the wait goes on
            says: [vec![7], vec![], vec![8, 9]].into(),
            ..Scripted::default()
        };
        let mut told = vec![];
        let outcome = drive(&mut session, &mut port, &Cancel::default(), &mut |event| {
            told.push(match event {
                Event::Progress(progress) => format!("{progress:?}"),
                Event::Sent { bytes, .. } => format!("> {bytes:?}"),
                Event::Heard { bytes, .. } => format!("< {bytes:?}"),
            });
        });
        assert!(matches!(outcome, Err(ReadError::SeveralMeters)));
        assert_eq!(session.heard, [7, 8, 9]);
        assert_eq!(
            port.done,
            [
                Done::Applied(LineSettings::INFRARED),
                Done::Discarded,
                Done::Sent(vec![1, 2])
            ]
        );
        assert_eq!(told, ["Trying(Dlt645)", "> [1, 2]", "< [7]", "< [8, 9]"]);
    }

    #[test]
    fn bytes_that_lie_ready_when_the_time_is_over_are_heard() {
        let over = Step::Listen {
            until: Duration::ZERO,
        };
        let mut session = steps([over]);
        let mut port = Scripted {
            says: [vec![5]].into(),
            ..Scripted::default()
        };
        let _ = drive(&mut session, &mut port, &Cancel::default(), &mut |_| ());
        assert_eq!(session.heard, [5]);
        assert_eq!(port.waits, [Duration::ZERO]);
    }

    #[test]
    fn a_person_stops_a_session_that_waits_and_no_wait_is_longer_than_50_ms() {
        let cancel = Cancel::default();
        let mut port = Scripted {
            cancels: Some(cancel.clone()),
            ..Scripted::default()
        };
        let outcome = drive(&mut steps([LATER]), &mut port, &cancel, &mut |_| ());
        assert!(matches!(outcome, Err(ReadError::Cancelled)));
        assert_eq!(port.waits, [Duration::from_millis(50)]);
    }

    #[test]
    fn a_session_stopped_before_it_begins_sends_nothing() {
        let (cancel, mut port) = (Cancel::default(), Scripted::default());
        cancel.cancel();
        let mut session = steps([Step::Send(vec![1])]);
        let outcome = drive(&mut session, &mut port, &cancel, &mut |_| ());
        assert!(matches!(outcome, Err(ReadError::Cancelled)));
        assert_eq!(port.done, []);
    }

    #[test]
    fn a_port_that_fails_ends_the_session_with_its_own_error() {
        let mut port = Scripted::default();
        let outcome = drive(
            &mut steps([LATER]),
            &mut port,
            &Cancel::default(),
            &mut |_| (),
        );
        assert!(matches!(outcome, Err(ReadError::Port(PortError::Gone))));
    }
}
