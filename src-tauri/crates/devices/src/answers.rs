//! What a session brings home: its answers in the order they were asked for, and how long it took.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{ItemAnswer, ItemReadout, MeterItem};

/// Questions in a row that may stay unanswered. A meter may be silent about one thing; one that
/// is silent about two was switched off or lost aim, and each further item would cost seconds.
pub(crate) const SILENT_IN_A_ROW: u8 = 2;

/// From the first byte sent to the last byte heard.
#[derive(Debug, Default)]
pub(crate) struct OnLine {
    first_sent: Option<Duration>,
    last_heard: Duration,
}

impl OnLine {
    /// A question is being sent.
    pub(crate) fn sent(&mut self, now: Duration) {
        self.first_sent.get_or_insert(now);
    }

    /// Something came.
    pub(crate) fn heard(&mut self, now: Duration) {
        self.last_heard = now;
    }

    /// How long it was. Unit: milliseconds.
    pub(crate) fn lasted_ms(&self) -> u32 {
        let begun = self.first_sent.unwrap_or_default();
        let lasted = self.last_heard.saturating_sub(begun).as_millis();
        u32::try_from(lasted).unwrap_or(u32::MAX)
    }
}

/// Each item with its answer; the meter was silent about what was never settled.
pub(crate) fn in_order(
    items: &[MeterItem],
    settled: &BTreeMap<MeterItem, ItemAnswer>,
) -> Vec<ItemReadout> {
    let answered = |item: &MeterItem| ItemReadout {
        item: *item,
        answer: settled.get(item).cloned().unwrap_or(ItemAnswer::Silent),
    };
    items.iter().map(answered).collect()
}
