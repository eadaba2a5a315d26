//! Table `event_past`: events of the device's earlier series, kept as they were sealed.

use domain::{DeviceId, Hash, OrderId, Sealed};
use rusqlite::{Connection, Row, params};
use sqlite::column;

use crate::{StoreError, sql};

fn sealed(row: &Row<'_>) -> rusqlite::Result<Sealed> {
    Ok(Sealed {
        seq: column::count(row, "seq")?,
        prev: Hash::from_bytes(column::bytes(row, "prev")?),
        hash: Hash::from_bytes(column::bytes(row, "hash")?),
        body: row.get("body")?,
    })
}

/// Those of the order that the gateway holds but has not given back yet.
pub(crate) fn pending(conn: &Connection, order: &OrderId) -> Result<Vec<Sealed>, StoreError> {
    sql::every(
        conn,
        "SELECT seq, prev, hash, body FROM event_past
         WHERE order_id = ?1 AND change IS NULL AND resealed_as IS NULL ORDER BY id",
        [order.as_str()],
        sealed,
    )
}

/// Takes an event over from `event` as it is; `resealed_as` is its number in the new series.
pub(crate) fn take(
    conn: &Connection,
    seq: u64,
    resealed_as: Option<u64>,
) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO event_past (seq, prev, hash, body, order_id, change, verdict, resealed_as)
         SELECT seq, prev, hash, body, order_id, change, verdict, ?2 FROM event WHERE seq = ?1",
        params![
            column::stored(seq)?,
            resealed_as.map(column::stored).transpose()?
        ],
    )?;
    Ok(())
}

/// Those of one number that wait to be given back, with their row: one for each earlier series.
pub(crate) fn waiting(
    conn: &Connection,
    device: DeviceId,
    seq: u64,
) -> Result<Vec<(i64, Sealed)>, StoreError> {
    let found = sql::every(
        conn,
        "SELECT id, seq, prev, hash, body FROM event_past
         WHERE seq = ?1 AND change IS NULL AND resealed_as IS NULL",
        [column::stored(seq)?],
        |row| Ok((row.get("id")?, sealed(row)?)),
    )?;
    let of_device = |event: &Sealed| event.open().is_ok_and(|event| event.id.device == device);
    Ok(found
        .into_iter()
        .filter(|(_, event)| of_device(event))
        .collect())
}

/// The gateway gave it back under a change number.
pub(crate) fn confirm(conn: &Connection, id: i64, change: u64) -> Result<(), StoreError> {
    let text = "UPDATE event_past SET change = ?2 WHERE id = ?1";
    sql::run(conn, text, [id, column::stored(change)?])?;
    Ok(())
}
