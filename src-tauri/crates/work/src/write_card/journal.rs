//! The journal of writes in the device's store: each phase on the disk before the next act, and
//! the first and last of them together with the event that reports them.

use devices::card::{CardJournal, CardPhase, CardWrite, JournalError, WriteError};
use domain::{
    CardOutcome, CardSeen, Ground, Hash, NotWritten, Order, OrderEvent, Stock, begin_card, end_card,
};
use store::{CardRow, StoreError};

use crate::{Changed, Device, WorkError};

/// The journal of one write.
pub(super) struct Journal<'a> {
    device: &'a Device,
    row: CardRow,
    /// What lay before the crew; at the intent only.
    seen: Option<CardSeen>,
    /// Why it is given up, and what was read then.
    given_up: Option<(NotWritten, Hash)>,
    /// Why the rule book did not let it begin.
    pub(super) refused: Option<WorkError>,
}

/// The row of a write as it is now.
pub(super) fn row(write: &CardWrite, step: &domain::StepId) -> Result<CardRow, WorkError> {
    let void = write.void.as_ref().map(|job| job.serial());
    Ok(CardRow {
        authorisation: write.authorisation,
        order: write.order.clone(),
        step: step.clone(),
        cards: [write.write.serial()].into_iter().chain(void).collect(),
        text: text_of(write)?,
        is_open: write.phase.is_open(),
    })
}

/// The write that a row holds.
pub(super) fn write_of(row: &CardRow) -> Result<CardWrite, WorkError> {
    let read = serde_json::from_str(&row.text);
    Ok(read.map_err(unreadable)?)
}

fn text_of(write: &CardWrite) -> Result<String, WorkError> {
    let text = serde_json::to_string(write);
    Ok(text.map_err(unreadable)?)
}

fn unreadable(source: serde_json::Error) -> StoreError {
    let what = "card_write";
    StoreError::Unreadable { what, source }
}

impl<'a> Journal<'a> {
    pub(super) fn of(device: &'a Device, row: &CardRow) -> Self {
        Self {
            device,
            row: row.clone(),
            seen: None,
            given_up: None,
            refused: None,
        }
    }

    /// The same, for a write that is not begun yet.
    pub(super) fn beginning(self, seen: CardSeen) -> Self {
        Self {
            seen: Some(seen),
            ..self
        }
    }

    /// The same, for a write that is given up.
    pub(super) fn giving_up(self, why: NotWritten, image: Hash) -> Self {
        Self {
            given_up: Some((why, image)),
            ..self
        }
    }

    /// The outcome that this phase is.
    fn outcome(&self, write: &CardWrite) -> Option<CardOutcome> {
        match write.phase {
            CardPhase::Intent | CardPhase::Voided | CardPhase::Verified => None,
            CardPhase::Committed => Some(CardOutcome::written(&write.write.after)),
            CardPhase::Abandoned => self
                .given_up
                .map(|(why, image)| CardOutcome::NotWritten { why, image }),
        }
    }

    fn kept(&mut self, write: &CardWrite) -> Result<(), WorkError> {
        let row = CardRow {
            text: text_of(write)?,
            is_open: write.phase.is_open(),
            ..self.row.clone()
        };
        let (step, leave) = (row.step.clone(), row.authorisation);
        if let Some(seen) = self.seen.take() {
            self.act(&row, |order, ground| {
                Ok(begin_card(order, &step, leave, seen, ground)?)
            })?;
        } else if let Some(outcome) = self.outcome(write) {
            self.act(&row, |order, ground| {
                Ok(end_card(order, &step, leave, outcome, ground)?)
            })?;
        } else {
            self.device.inner.store.keep_card(&row)?;
        }
        self.row = row;
        Ok(())
    }

    fn act(
        &self,
        row: &CardRow,
        decide: impl FnOnce(&Order, Ground<'_>) -> Result<Vec<OrderEvent>, WorkError>,
    ) -> Result<(), WorkError> {
        let at = self.device.stamp();
        let crew = self.device.enrolled()?.crew;
        let store = &self.device.inner.store;
        let decide = |order: &Order, stock: &Stock| {
            let ground = Ground {
                crew: &crew,
                stock,
                now: at.best(),
            };
            decide(order, ground)
        };
        store.act_card(&row.order, at, row, decide)?;
        self.device.tell(Changed {
            orders: vec![row.order.clone()],
            cabinet: false,
        });
        self.device.inner.wake.notify_one();
        Ok(())
    }
}

impl CardJournal for Journal<'_> {
    fn keep(&mut self, write: &CardWrite) -> Result<(), JournalError> {
        self.kept(write).map_err(|error| match error {
            refused @ WorkError::Refused(_) => {
                let text = refused.to_string();
                self.refused = Some(refused);
                JournalError(text.into())
            }
            error => JournalError(Box::new(error)),
        })
    }
}

/// Keeping a write is work like any other, its trouble too.
impl From<JournalError> for WorkError {
    fn from(error: JournalError) -> Self {
        WriteError::from(error).into()
    }
}
