//! Whether the meter that answered a question for any meter is the only one.

use std::time::Duration;

/// How long the line has to be silent after an answer to a question that asked any meter, until
/// the meter that gave it counts as the only one. Meters begin to answer 20–500 ms after a
/// question and their answer lasts 200 ms: a second one that did not talk into the first is heard.
const NOBODY_ELSE: Duration = Duration::from_millis(200);

/// How long it is waited for that silence, on a line that has none.
const NOBODY_ELSE_LIMIT: Duration = Duration::from_secs(2);

/// The wait for a second meter.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alone {
    until: Duration,
    latest: Duration,
}

impl Alone {
    /// Begins with the first meter's answer.
    pub(crate) fn since(now: Duration) -> Self {
        Self {
            until: now.saturating_add(NOBODY_ELSE),
            latest: now.saturating_add(NOBODY_ELSE_LIMIT),
        }
    }

    /// When there is nobody else, if nothing comes any more.
    pub(crate) fn until(self) -> Duration {
        self.until
    }

    /// Something came.
    pub(crate) fn heard(&mut self, now: Duration) {
        self.until = now.saturating_add(NOBODY_ELSE).min(self.latest);
    }
}
