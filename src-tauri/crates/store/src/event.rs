//! Table `event`: the device's own series. What follows the last acknowledged event is the outbox.

use domain::{Entry, EntryBody, Event, Fact, Hash, OrderEvent, OrderId, Sealed, Verdict};
use rusqlite::{Connection, Row, params};
use sqlite::column;

use crate::{Store, StoreError, event_past, sql, sync_state};

impl Store {
    /// The next events to send: from the one after the last acknowledged, at most `limit` and
    /// about `bytes` of JSON, but at least one when any waits.
    ///
    /// Errors: [`StoreError::NotEnrolled`]; those of reading.
    pub fn outbox(&self, limit: usize, bytes: usize) -> Result<Vec<Sealed>, StoreError> {
        self.read(|conn| {
            let next = sync_state::series(conn)?.acked_seq + 1;
            from(conn, next, limit, bytes)
        })
    }

    /// The events from number `seq` on, limited as in [`Store::outbox`].
    ///
    /// Errors: those of reading.
    pub fn events_from(
        &self,
        seq: u64,
        limit: usize,
        bytes: usize,
    ) -> Result<Vec<Sealed>, StoreError> {
        self.read(|conn| from(conn, seq, limit, bytes))
    }
}

fn sealed(row: &Row<'_>) -> rusqlite::Result<Sealed> {
    Ok(Sealed {
        seq: column::count(row, "seq")?,
        prev: Hash::from_bytes(column::bytes(row, "prev")?),
        hash: Hash::from_bytes(column::bytes(row, "hash")?),
        body: row.get("body")?,
    })
}

fn from(
    conn: &Connection,
    seq: u64,
    limit: usize,
    bytes: usize,
) -> Result<Vec<Sealed>, StoreError> {
    let mut statement = conn
        .prepare_cached("SELECT seq, prev, hash, body FROM event WHERE seq >= ?1 ORDER BY seq")?;
    let mut rows = statement.query([column::stored(seq)?])?;
    let (mut events, mut size) = (vec![], 0);
    while let Some(row) = rows.next()? {
        let event = sealed(row)?;
        size += event.body.len();
        if events.len() >= limit || size > bytes && !events.is_empty() {
            break;
        }
        events.push(event);
    }
    Ok(events)
}

/// Number and hash of the last event.
pub(crate) fn last(conn: &Connection) -> Result<Option<(u64, Hash)>, StoreError> {
    let text = "SELECT seq, hash FROM event ORDER BY seq DESC LIMIT 1";
    sql::first(conn, text, [], |row| {
        let hash = Hash::from_bytes(column::bytes(row, "hash")?);
        Ok((column::count(row, "seq")?, hash))
    })
}

/// The hash of the event of that number.
pub(crate) fn hash_at(conn: &Connection, seq: u64) -> Result<Option<Hash>, StoreError> {
    let text = "SELECT hash FROM event WHERE seq = ?1";
    sql::first(conn, text, [column::stored(seq)?], |row| {
        column::bytes(row, "hash").map(Hash::from_bytes)
    })
}

/// The event of that number.
pub(crate) fn at(conn: &Connection, seq: u64) -> Result<Option<Sealed>, StoreError> {
    let text = "SELECT seq, prev, hash, body FROM event WHERE seq = ?1";
    sql::first(conn, text, [column::stored(seq)?], sealed)
}

/// Appends an event.
pub(crate) fn append(
    conn: &Connection,
    event: &Sealed,
    order: Option<&OrderId>,
) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO event (seq, prev, hash, body, order_id) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            column::stored(event.seq)?,
            event.prev.as_bytes(),
            event.hash.as_bytes(),
            event.body,
            order.map(OrderId::as_str),
        ],
    )?;
    Ok(())
}

/// The order's events the gateway has not given back yet, as entries of its log.
pub(crate) fn pending(conn: &Connection, order: &OrderId) -> Result<Vec<Entry>, StoreError> {
    let mut events = event_past::pending(conn, order)?;
    events.extend(sql::every(
        conn,
        "SELECT seq, prev, hash, body FROM event
         WHERE order_id = ?1 AND change IS NULL ORDER BY seq",
        [order.as_str()],
        sealed,
    )?);
    let entries = events.iter().map(|event| Ok(entry(event.open()?)));
    let entries: Vec<Option<Entry>> = entries.collect::<Result<_, StoreError>>()?;
    Ok(entries.into_iter().flatten().collect())
}

/// How an own event stands in its order's log before the gateway has judged it.
pub(crate) fn entry(event: Event) -> Option<Entry> {
    let Fact::Order { fact, .. } = event.fact else {
        return None;
    };
    Some(Entry {
        change: None,
        body: EntryBody::Field {
            event_id: event.id,
            operator: event.operator,
            crew: event.crew,
            at: event.at,
            verdict: Verdict::Accepted,
            event: Box::new(fact),
        },
    })
}

/// Whether sealed bytes say what an entry says: after a fork two events may have one number.
pub(crate) fn says(sealed: &Sealed, entry: &EntryBody) -> bool {
    let EntryBody::Field {
        event_id,
        operator,
        crew,
        at,
        event: said,
        ..
    } = entry
    else {
        return false;
    };
    let is_same = |event: Event| {
        let fact: Option<&OrderEvent> = match &event.fact {
            Fact::Order { fact, .. } => Some(fact),
            Fact::Stock { .. } => None,
        };
        event.id == *event_id
            && event.operator == *operator
            && event.crew == *crew
            && event.at == *at
            && fact == Some(said.as_ref())
    };
    sealed.open().is_ok_and(is_same)
}

/// The gateway gave an own event back under a change number: it is pending no more.
pub(crate) fn confirm(conn: &Connection, seq: u64, change: u64) -> Result<(), StoreError> {
    sql::run(
        conn,
        "UPDATE event SET change = ?2 WHERE seq = ?1",
        [column::stored(seq)?, column::stored(change)?],
    )?;
    Ok(())
}

/// Keeps what a receipt said of an event.
pub(crate) fn judge(conn: &Connection, seq: u64, verdict: &Verdict) -> Result<(), StoreError> {
    let text = serde_json::to_string(verdict).map_err(StoreError::unreadable("verdict"))?;
    sql::run(
        conn,
        "UPDATE event SET verdict = ?2 WHERE seq = ?1",
        params![column::stored(seq)?, text],
    )?;
    Ok(())
}

/// The orders that events after one number and through another are about.
pub(crate) fn orders_between(
    conn: &Connection,
    after: u64,
    through: u64,
) -> Result<Vec<OrderId>, StoreError> {
    sql::every(
        conn,
        "SELECT DISTINCT order_id FROM event
         WHERE seq > ?1 AND seq <= ?2 AND order_id IS NOT NULL ORDER BY order_id",
        [column::stored(after)?, column::stored(through)?],
        |row| row.get::<_, String>("order_id").map(OrderId::new),
    )
}

/// Every event, for checking.
pub(crate) fn every(conn: &Connection) -> Result<Vec<Sealed>, StoreError> {
    let text = "SELECT seq, prev, hash, body FROM event ORDER BY seq";
    sql::every(conn, text, [], sealed)
}

/// Every event with whether the gateway gave it back; emptied by [`clear`].
pub(crate) fn with_change(conn: &Connection) -> Result<Vec<(Sealed, bool)>, StoreError> {
    sql::every(
        conn,
        "SELECT seq, prev, hash, body, change IS NOT NULL AS is_back FROM event ORDER BY seq",
        [],
        |row| Ok((sealed(row)?, row.get("is_back")?)),
    )
}

/// Takes the events from a number on out of the series; the caller has put them elsewhere.
pub(crate) fn clear(conn: &Connection, from: u64) -> Result<(), StoreError> {
    let text = "DELETE FROM event WHERE seq >= ?1";
    sql::run(conn, text, [column::stored(from)?])?;
    Ok(())
}
