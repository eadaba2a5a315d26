//! What a meter has heard and not understood yet.

use std::time::Duration;

/// Bytes of a question in whatever pieces they come.
#[derive(Debug, Clone, Default)]
pub(super) struct Heard {
    pub bytes: Vec<u8>,
    newest: Duration,
}

impl Heard {
    /// More bytes came. What is older than `gap` belongs to no question any more; of more than
    /// `longest` bytes the oldest are forgotten.
    pub fn take_in(&mut self, now: Duration, bytes: &[u8], gap: Duration, longest: usize) {
        if now.saturating_sub(self.newest) > gap {
            self.bytes.clear();
        }
        self.newest = now;
        self.bytes.extend(bytes);
        let excess = self.bytes.len().saturating_sub(longest);
        self.bytes.drain(..excess);
    }
}
