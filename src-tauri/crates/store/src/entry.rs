//! Table `entry`: orders' logs as the gateway has them.

use domain::{Entry, EntryBody, OrderId};
use rusqlite::{Connection, params};
use sqlite::column;

use crate::{Store, StoreError, event, sql};

impl Store {
    /// An order's log: what the gateway has, by its number, then what this device has to send.
    ///
    /// Errors: those of reading.
    pub fn log(&self, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
        self.read(|conn| log(conn, order))
    }
}

/// The log that the order's picture is the replay of.
pub(crate) fn log(conn: &Connection, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
    let mut entries = sql::every(
        conn,
        "SELECT change, body FROM entry WHERE order_id = ?1 ORDER BY change",
        [order.as_str()],
        |row| {
            Ok(Entry {
                change: Some(column::count(row, "change")?),
                body: column::parsed(row, "body", |text: String| serde_json::from_str(&text))?,
            })
        },
    )?;
    entries.extend(event::pending(conn, order)?);
    Ok(entries)
}

/// Adds a line; one that is known by its number is skipped.
pub(crate) fn add(
    conn: &Connection,
    order: &OrderId,
    change: u64,
    body: &EntryBody,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(body).map_err(StoreError::unreadable("entry"))?;
    sql::run(
        conn,
        "INSERT INTO entry (order_id, change, body) VALUES (?1, ?2, ?3)
         ON CONFLICT (order_id, change) DO NOTHING",
        params![order.as_str(), column::stored(change)?, text],
    )?;
    Ok(())
}

/// Every order that has a log.
pub(crate) fn orders(conn: &Connection) -> Result<Vec<OrderId>, StoreError> {
    sql::every(
        conn,
        "SELECT DISTINCT order_id FROM entry ORDER BY order_id",
        [],
        |row| row.get::<_, String>("order_id").map(OrderId::new),
    )
}
