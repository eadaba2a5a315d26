//! A journal that lives as long as the process: for trials, benches and the model of all crashes.

use domain::AuthorisationId;

use super::{CardJournal, CardPhase, CardWrite, JournalError};

/// When a [`MemoryJournal`] fails; counted from 0 over all it is asked to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum JournalFault {
    /// Before that record is stored: a full disk, the power gone.
    BeforeStored(usize),
    /// After it is stored, but before anybody is told so: a failed fsync, the power gone.
    AfterStored(usize),
}

/// Keeps every record. After a fault it keeps nothing more until it is reopened.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryJournal {
    records: Vec<CardWrite>,
    fault: Option<JournalFault>,
    asked: usize,
    failed: bool,
}

/// Why a [`MemoryJournal`] kept nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotKept {
    /// As [`JournalFault`] has it.
    #[error("the journal failed")]
    Failed,
    /// That authorisation came as far already: it is burned once, and a write goes forward only.
    #[error("authorisation {authorisation} was {was:?} already, it cannot become {shall:?}")]
    NotForward {
        /// Whose.
        authorisation: AuthorisationId,
        /// How far it came.
        was: CardPhase,
        /// What was to be kept.
        shall: CardPhase,
    },
}

impl MemoryJournal {
    /// An empty one that never fails.
    pub fn new() -> Self {
        Self::default()
    }

    /// One with these records, oldest first: a backup, or what a crash has left.
    pub fn restored(records: Vec<CardWrite>) -> Self {
        Self {
            records,
            ..Self::default()
        }
    }

    /// The same, about to fail.
    pub fn failing(self, fault: JournalFault) -> Self {
        Self {
            fault: Some(fault),
            ..self
        }
    }

    /// Opened anew after a fault or a crash.
    pub fn reopened(self) -> Self {
        Self::restored(self.records)
    }

    /// All that was kept, oldest first.
    pub fn records(&self) -> &[CardWrite] {
        &self.records
    }

    /// How far that authorisation's write came.
    pub fn last(&self, authorisation: AuthorisationId) -> Option<&CardWrite> {
        let of_it = |write: &&CardWrite| write.authorisation == authorisation;
        self.records.iter().rev().find(of_it)
    }

    fn store(&mut self, write: &CardWrite) -> Result<(), NotKept> {
        let was = self.last(write.authorisation).map(|last| last.phase);
        if let Some(was) = was.filter(|was| !was.is_open() || *was >= write.phase) {
            return Err(NotKept::NotForward {
                authorisation: write.authorisation,
                was,
                shall: write.phase,
            });
        }
        self.records.push(write.clone());
        Ok(())
    }
}

impl CardJournal for MemoryJournal {
    fn keep(&mut self, write: &CardWrite) -> Result<(), JournalError> {
        let not_kept = |why: NotKept| JournalError(Box::new(why));
        let asked = self.asked;
        self.asked = asked.saturating_add(1);
        if self.failed || self.fault == Some(JournalFault::BeforeStored(asked)) {
            self.failed = true;
            return Err(not_kept(NotKept::Failed));
        }
        self.store(write).map_err(not_kept)?;
        if self.fault == Some(JournalFault::AfterStored(asked)) {
            self.failed = true;
            return Err(not_kept(NotKept::Failed));
        }
        Ok(())
    }
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;
    use crate::card::made_up::{blank, opening, write};

    #[test]
    fn a_write_goes_forward_only_and_ends_once() {
        let at = |phase| CardWrite {
            phase,
            ..write(blank(1), opening(1))
        };
        let mut journal = MemoryJournal::new();
        for (phase, is_kept) in [
            (CardPhase::Intent, true),
            (CardPhase::Intent, false),
            (CardPhase::Verified, true),
            (CardPhase::Voided, false),
            (CardPhase::Committed, true),
            (CardPhase::Abandoned, false),
        ] {
            assert_eq!(journal.keep(&at(phase)).is_ok(), is_kept, "{phase:?}");
        }
        assert_eq!(journal.records().len(), 3);
    }

    #[test]
    fn after_a_fault_nothing_is_kept_until_it_is_reopened() {
        let write = write(blank(1), opening(1));
        let verified = CardWrite {
            phase: CardPhase::Verified,
            ..write.clone()
        };
        for (fault, kept) in [
            (JournalFault::BeforeStored(0), 0),
            (JournalFault::AfterStored(0), 1),
        ] {
            let mut journal = MemoryJournal::new().failing(fault);
            assert!(journal.keep(&write).is_err());
            assert!(journal.keep(&verified).is_err());
            assert_eq!(journal.records().len(), kept);
            assert!(journal.reopened().keep(&verified).is_ok());
        }
    }
}
