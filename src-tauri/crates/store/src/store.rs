//! The store itself: one connection that writes, one that reads beside it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, Transaction};

use crate::StoreError;
use crate::blobs::Blobs;
use crate::mark::OpenMark;

/// The device's store; may be shared between threads.
///
/// A read never waits for a write. What a method acknowledged is on the disk.
#[derive(Debug)]
pub struct Store {
    // Closed first: the writer, closed last, then folds its log into the file.
    reader: Mutex<Connection>,
    writer: Mutex<Connection>,
    pub(crate) blobs: Blobs,
    mark: OpenMark,
    met_damage: AtomicBool,
}

impl Store {
    pub(crate) fn new(
        writer: Connection,
        reader: Connection,
        blobs: Blobs,
        mark: OpenMark,
    ) -> Self {
        Self {
            writer: Mutex::new(writer),
            reader: Mutex::new(reader),
            blobs,
            mark,
            met_damage: AtomicBool::new(false),
        }
    }

    /// Runs `work` in one transaction: all of it is on the disk, or nothing.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut conn = locked(&self.writer);
        self.mark.keep_up()?;
        sqlite::write(&mut conn, work).map_err(|reason| self.noticed(reason))
    }

    /// Leaves the store as if it were closed, where nobody can close it because the process ends:
    /// the next start need not check the whole file. Waits for what is just being written.
    pub fn leave(&self) {
        let _conn = locked(&self.writer);
        if !self.met_damage.load(Ordering::Relaxed) {
            self.mark.take_down();
        }
    }

    /// Reads one state of the store.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut conn = locked(&self.reader);
        let tx = conn.transaction().map_err(StoreError::from);
        tx.and_then(|tx| work(&tx))
            .map_err(|reason| self.noticed(reason))
    }

    fn noticed(&self, reason: StoreError) -> StoreError {
        if let StoreError::Damaged { .. } = reason {
            self.met_damage.store(true, Ordering::Relaxed);
        }
        reason
    }

    #[cfg(test)]
    pub(crate) fn with_writer<T>(&self, work: impl FnOnce(&Connection) -> T) -> T {
        work(&locked(&self.writer))
    }
}

/// A panic on another thread left no half transaction: its guard rolled it back.
fn locked(conn: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    conn.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Drop for Store {
    fn drop(&mut self) {
        self.leave();
    }
}
