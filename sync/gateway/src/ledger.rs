//! The ledger: everything the gateway holds durably, apart from the bytes of blobs.
//!
//! An engine gives transactions over [`Tables`]; what the gateway does with them is written once,
//! on `dyn Ledger`, for every engine: `office` (dispatch, stock, results), `push`, `feed`, `desk`,
//! `people`, `cards`. `conformance` is the suite every engine passes.

mod cards;
mod chain;
#[cfg(test)]
mod conformance;
mod desk;
mod feed;
mod log;
mod office;
mod people;
mod proof;
mod push;
mod results;
mod rows;
pub mod sqlite;
mod tables;
mod uploads;

pub use cards::{
    Begun, Blank, CardBalance, CardLeave, Claim, Credit, Ended, FenSum, Finding, Incident,
    IncidentNo, IncidentOf, Incidents, LeaveOf, LeaveState, LeaveTerms, Soundness, Word,
};
pub use desk::{Decision, Dossier, Replayed, Standings};
pub use feed::PAGE_ROWS_MAX;

pub use office::{Dispatched, Recalled};
pub use people::Asker;
pub use rows::{
    CodeState, Crew, Day, DayCount, DeadLetter, Device, EnrolCode, HeldEvent, LetterId, OrderRow,
    Origin, Outgoing, QueueFilter, ResultState, Role, Series, Session, StoredReceipt, Supervisor,
    Tally, Upload, UploadId, Who,
};
pub use tables::*;

use crate::Error;

/// Later than every change: the largest number an engine keeps.
const NEWEST: u64 = i64::MAX as u64;

/// Work inside a transaction.
pub type Work<'w> = &'w mut dyn FnMut(&dyn Tables) -> Result<(), Error>;

/// An engine: transactions over the tables.
pub trait Ledger: Send + Sync {
    /// Runs `work` in one transaction that sees and makes no half-done thing; undoes all of it
    /// when `work` fails. When it returns `Ok` everything is on the disk. Writers wait for one
    /// another from their first statement on.
    ///
    /// Errors: those of `work` and of the commit.
    fn write(&self, work: Work<'_>) -> Result<(), Error>;

    /// Runs `work` on one consistent state; it must not write.
    ///
    /// Errors: those of `work`.
    fn read(&self, work: Work<'_>) -> Result<(), Error>;
}

impl dyn Ledger + '_ {
    /// [`Ledger::write`] for work that gives something.
    pub(crate) fn writing<T>(
        &self,
        work: impl FnOnce(&dyn Tables) -> Result<T, Error>,
    ) -> Result<T, Error> {
        given(work, |once| self.write(once))
    }

    /// [`Ledger::read`] for work that gives something.
    pub(crate) fn reading<T>(
        &self,
        work: impl FnOnce(&dyn Tables) -> Result<T, Error>,
    ) -> Result<T, Error> {
        given(work, |once| self.read(once))
    }
}

fn given<T>(
    work: impl FnOnce(&dyn Tables) -> Result<T, Error>,
    run: impl FnOnce(Work<'_>) -> Result<(), Error>,
) -> Result<T, Error> {
    let (mut work, mut result) = (Some(work), None);
    run(&mut |tables| {
        let once = work.take().ok_or(Error::CutOff)?;
        result = Some(once(tables)?);
        Ok(())
    })?;
    result.ok_or(Error::CutOff)
}
