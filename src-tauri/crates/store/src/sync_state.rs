//! Table `sync_state`: how far device and gateway agree.

use domain::{DeviceId, Hash, chain_start};
use rusqlite::{Connection, params};
use sqlite::column;

use crate::{Store, StoreError, enrolment, event, sql};

/// Where the device's series stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// Its name.
    pub device: DeviceId,
    /// Number of the last event; 0 for none.
    pub last_seq: u64,
    /// Hash of the last event; the start of the chain when there is none.
    pub last_hash: Hash,
    /// Number of the last event the gateway says it holds; 0 for none.
    pub acked_seq: u64,
    /// Its hash; the start of the chain when there is none.
    pub acked_hash: Hash,
}

impl Store {
    /// Where the device's series stands.
    ///
    /// Errors: [`StoreError::NotEnrolled`]; those of reading.
    pub fn series(&self) -> Result<Series, StoreError> {
        self.read(series)
    }

    /// The number changes are pulled from after; 0 at first.
    ///
    /// Errors: those of reading.
    pub fn cursor(&self) -> Result<u64, StoreError> {
        self.read(|conn| {
            let text = "SELECT cursor FROM sync_state";
            Ok(sql::first(conn, text, [], |row| column::count(row, "cursor"))?.unwrap_or(0))
        })
    }
}

/// Where the series stands; the next event follows on `last_seq`.
pub(crate) fn series(conn: &Connection) -> Result<Series, StoreError> {
    let device = enrolment::device(conn)?.ok_or(StoreError::NotEnrolled)?;
    let (acked_seq, acked_hash) = acked(conn)?.unwrap_or((0, chain_start(device)));
    let last = event::last(conn)?.filter(|(seq, _)| *seq > acked_seq);
    let (last_seq, last_hash) = last.unwrap_or((acked_seq, acked_hash));
    Ok(Series {
        device,
        last_seq,
        last_hash,
        acked_seq,
        acked_hash,
    })
}

/// The last event the gateway holds; `None` before the first enrolment.
pub(crate) fn acked(conn: &Connection) -> Result<Option<(u64, Hash)>, StoreError> {
    let text = "SELECT acked_seq, acked_hash FROM sync_state";
    sql::first(conn, text, [], |row| {
        let hash = Hash::from_bytes(column::bytes(row, "acked_hash")?);
        Ok((column::count(row, "acked_seq")?, hash))
    })
}

/// Begins a series, or goes on with one from `seq`; the cursor stays.
pub(crate) fn put_acked(conn: &Connection, seq: u64, hash: Hash) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO sync_state (id, acked_seq, acked_hash, cursor) VALUES (1, ?1, ?2, 0)
         ON CONFLICT (id) DO UPDATE
         SET acked_seq = excluded.acked_seq, acked_hash = excluded.acked_hash",
        params![column::stored(seq)?, hash.as_bytes()],
    )?;
    Ok(())
}

/// Changes are pulled from here on.
pub(crate) fn put_cursor(conn: &Connection, cursor: u64) -> Result<(), StoreError> {
    let text = "UPDATE sync_state SET cursor = ?1";
    sql::run(conn, text, [column::stored(cursor)?])?;
    Ok(())
}
