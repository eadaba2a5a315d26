//! Saving what can be read of a damaged database, row by row, into a fresh one.
//!
//! Identity, the device's events, logs, stock, drafts and card writes are copied; pictures, lists and search
//! are worked out anew. Rows lost that the gateway has come back by a pull from the beginning.

mod rows;

use std::collections::BTreeSet;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use domain::{Fact, OrderId, Sealed, chain_start};
use rusqlite::Connection;
use sqlite::column;

use crate::blobs::Blobs;
use crate::key::sync_dir;
use crate::open::DATABASE;
use crate::{
    Key, StoreError, blob, card_write, enrolment, entry, event, picture, rehome, setting, sql,
    sync_state,
};

/// Ends the name of a damaged file moved aside.
pub(crate) const DAMAGED: &str = "damaged";

/// Is there from before the damaged file is moved until all is saved; names the file.
const MARKER: &str = "store.salvaging";

/// The setting that says which file was salvaged last.
const SALVAGED: &str = "salvaged";

/// Whether something was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It was.
    Yes,
    /// It was not: the device has to be enrolled again.
    No,
}

/// What was taken over from a damaged database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Salvage {
    /// Whether the device still knows who it is.
    pub identity: Found,
    /// Events of its series that were read and whose hashes fit.
    pub events: u64,
    /// Of these, those that wait to be sent.
    pub unsent: u64,
    /// Of these, those behind a gap: sealed anew to follow on.
    pub resealed: u64,
    /// Events that could not be read. The gateway may have them.
    pub events_lost: u64,
    /// Lines of orders' logs.
    pub entries: u64,
    /// Half-typed values.
    pub drafts: u64,
    /// Rows of any table that could not be read.
    pub rows_lost: u64,
}

/// What is copied as it is: table, number column first.
const TABLES: &[(&str, &str)] = &[
    ("setting", "id, name, value"),
    ("draft", "id, order_id, step, text"),
    (
        "enrolment",
        "id, device, signing_seed, gateway, gateway_key, crew, crew_name, operator, device_name",
    ),
    ("asset_rule", "id, rule"),
    ("sync_state", "id, acked_seq, acked_hash, cursor"),
    ("event", "seq, prev, hash, body, order_id, change, verdict"),
    (
        "event_past",
        "id, seq, prev, hash, body, order_id, change, verdict, resealed_as",
    ),
    ("receipt", "id, push, through_seq, chain_head"),
    ("entry", "id, order_id, change, body"),
    ("stock", "id, asset_no, item"),
    ("stock_effect", "id, seq, asset_no, holder"),
    ("blob", "id, hash, order_id, size_bytes, lane, held"),
    (
        "card_write",
        "id, authorisation, order_id, step, cards, body, is_open",
    ),
];

/// Says that a damaged file is about to be moved.
pub(crate) fn begin(dir: &Path) -> Result<(), StoreError> {
    put_marker(dir, "")
}

/// Says which file it is now.
pub(crate) fn name_source(dir: &Path, source: &Path) -> Result<(), StoreError> {
    put_marker(
        dir,
        source
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or_default(),
    )
}

fn put_marker(dir: &Path, text: &str) -> Result<(), StoreError> {
    let path = dir.join(MARKER);
    let written = fs::File::create(&path).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.sync_all()
    });
    written.map_err(StoreError::file("write", &path))?;
    sync_dir(dir)
}

/// The file that waits to be salvaged, now or since a start that was cut off.
pub(crate) fn pending(dir: &Path) -> Result<Option<PathBuf>, StoreError> {
    let path = dir.join(MARKER);
    let name = match fs::read_to_string(&path) {
        Ok(name) => name,
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(StoreError::file("read", &path)(e)),
    };
    if !name.is_empty() {
        return Ok(Some(dir.join(name)));
    }
    // Cut off between the move and the naming: it is the newest of its kind.
    let listed = fs::read_dir(dir).map_err(StoreError::file("list", dir))?;
    let names = listed
        .flatten()
        .filter_map(|e| e.file_name().into_string().ok());
    let is_aside = |name: &String| {
        name.starts_with(DATABASE)
            && name.contains(DAMAGED)
            && !name.ends_with("-wal")
            && !name.ends_with("-shm")
    };
    Ok(names.filter(is_aside).max().map(|name| dir.join(name)))
}

/// All is saved.
pub(crate) fn finish(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(MARKER);
    fs::remove_file(&path).map_err(StoreError::file("clear", &path))
}

/// Copies what can be read, in one transaction; `None` when it had been done before.
pub(crate) fn run(
    conn: &mut Connection,
    from: &Path,
    key: &Key,
    blobs: &Blobs,
) -> Result<Option<Salvage>, StoreError> {
    let mut old = rows::Damaged::open(from, key);
    let name = serde_json::to_string(&from.file_name().map(|name| name.to_string_lossy()))
        .map_err(StoreError::unreadable("file name"))?;
    sqlite::write(conn, |tx| {
        if setting::value(tx, SALVAGED)?.as_deref() == Some(&name) {
            return Ok(None);
        }
        let mut lost = Lost::default();
        for (table, columns) in TABLES {
            let failed = rows::copy(&mut old, tx, table, columns)?;
            lost.rows += failed;
            if *table == "event" {
                lost.events = failed;
            }
        }
        let salvage = settle(tx, lost, blobs)?;
        setting::put(tx, SALVAGED, &name)?;
        Ok(Some(salvage))
    })
}

#[derive(Default)]
struct Lost {
    rows: u64,
    events: u64,
}

/// Makes a whole of what was copied.
fn settle(tx: &Connection, lost: Lost, blobs: &Blobs) -> Result<Salvage, StoreError> {
    let device = enrolment::device(tx)?;
    if let Some(device) = device
        && sync_state::acked(tx)?.is_none()
    {
        sync_state::put_acked(tx, 0, chain_start(device))?;
    }
    if lost.rows > 0 {
        sync_state::put_cursor(tx, 0)?;
    }
    card_write::take_anew(tx)?;
    let (events_lost, resealed) = chain(tx)?;
    let mut orders: BTreeSet<OrderId> = entry::orders(tx)?.into_iter().collect();
    for event in event::every(tx)? {
        orders.extend(refer(tx, &event, blobs)?);
    }
    for order in &orders {
        picture::refresh(tx, order)?;
    }
    let count = |text| {
        let found = sql::first(tx, text, [], |row| column::count(row, "n"))?;
        Ok::<u64, StoreError>(found.unwrap_or_default())
    };
    Ok(Salvage {
        identity: device.map_or(Found::No, |_| Found::Yes),
        events: count("SELECT count(*) AS n FROM event")?,
        unsent: count(
            "SELECT count(*) AS n FROM event
             WHERE seq > coalesce((SELECT acked_seq FROM sync_state), 0)",
        )?,
        resealed,
        events_lost: lost.events + events_lost,
        entries: count("SELECT count(*) AS n FROM entry")?,
        drafts: count("SELECT count(*) AS n FROM draft")?,
        rows_lost: lost.rows,
    })
}

/// Checks the chain: what the gateway holds may have gaps, what it does not hold may not. Those
/// whose hash does not fit are left in the file moved aside. How many of these, how many resealed.
fn chain(tx: &Connection) -> Result<(u64, u64), StoreError> {
    let (acked_seq, acked_hash) = match (sync_state::acked(tx)?, event::every(tx)?.first()) {
        (Some(acked), _) => acked,
        (None, Some(first)) => (first.seq - 1, first.prev),
        (None, None) => return Ok((0, 0)),
    };
    let (mut last, mut altered) = ((acked_seq, acked_hash), 0);
    let mut beyond: Vec<Sealed> = vec![];
    for event in event::every(tx)? {
        if event.open().is_err() {
            altered += 1;
            sql::run(
                tx,
                "DELETE FROM event WHERE seq = ?1",
                [column::stored(event.seq)?],
            )?;
        } else if event.seq <= acked_seq {
        } else if beyond.is_empty() && event.seq == last.0 + 1 && event.prev == last.1 {
            last = (event.seq, event.hash);
        } else {
            beyond.push(event);
        }
    }
    let resealed = rehome::close_gap(tx, last, &beyond)?;
    Ok((altered, resealed))
}

/// Rows of blobs that were lost are known from the events that name them; they are asked for again.
fn refer(tx: &Connection, event: &Sealed, blobs: &Blobs) -> Result<Option<OrderId>, StoreError> {
    let fact = event.open()?.fact;
    let order = match &fact {
        Fact::Order { order, .. } => Some(order.clone()),
        Fact::Stock { .. } => None,
    };
    for named in blob::of(&fact) {
        if let Some(size) = blobs.size(&named.0)?
            && order.is_some()
        {
            blob::refer(tx, order.as_ref(), named, size)?;
        }
    }
    Ok(order)
}
