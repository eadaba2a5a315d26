//! A session carried out against a simulated line in the line's own time, without waiting.

use std::time::Duration;

use domain::Readout;

use super::Line;
use crate::{Conversation, ReadError, Step};

/// A session that has not ended by then never will.
const LONGEST: Duration = Duration::from_secs(3_600);
/// Steps at one moment; more are a session that does not listen.
const MOST_STEPS: usize = 10_000;

/// What a session ends with, and how long it would have taken.
///
/// Errors: what the session ends with; [`ReadError::Port`] when a fault unplugs the line;
/// [`ReadError::Cancelled`] for a session that does not end within an hour.
pub fn rehearse(
    conversation: &mut dyn Conversation,
    line: &mut Line,
) -> (Result<Readout, ReadError>, Duration) {
    let mut now = Duration::ZERO;
    let mut at_once = 0_usize;
    while now < LONGEST && at_once < MOST_STEPS {
        at_once = at_once.saturating_add(1);
        let done = match conversation.next(now) {
            Step::Apply(settings) => {
                line.apply(now, settings);
                Ok(())
            }
            Step::Send(bytes) => {
                let forgotten = line.due(now).map(drop);
                line.feed(now, &bytes);
                forgotten
            }
            Step::Listen { until } => {
                let before = now;
                let heard = listen(line, &mut now, until);
                if now > before {
                    at_once = 0;
                }
                heard.map(|bytes| {
                    if !bytes.is_empty() {
                        conversation.heard(now, &bytes);
                    }
                })
            }
            Step::Tell(_) => Ok(()),
            Step::Done(outcome) => return (outcome, now),
        };
        if let Err(error) = done {
            return (Err(error.into()), now);
        }
    }
    (Err(ReadError::Cancelled), now)
}

/// Time goes on until bytes come, or the time is over.
fn listen(
    line: &mut Line,
    now: &mut Duration,
    until: Duration,
) -> Result<Vec<u8>, crate::PortError> {
    loop {
        let came = line.due(*now)?;
        if !came.is_empty() || *now >= until {
            return Ok(came);
        }
        let next = line.next_due().filter(|next| *next > *now);
        *now = next.map_or(until, |next| next.min(until));
    }
}
