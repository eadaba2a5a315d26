//! Reading the rows of a damaged table: step over what cannot be read, miss nothing that can.

use std::path::{Path, PathBuf};

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params_from_iter};
use sqlite::Protection;

use crate::{Key, StoreError};

/// How many row numbers are tried one by one before larger steps. A page of small rows holds some
/// hundred; beyond that an inner page of the tree is gone, and with it some ten thousand rows.
const ONE_BY_ONE: u32 = 300;

/// The widest search for the next readable row of a table whose end is unknown.
const FAR: i64 = 1 << 40;

/// A damaged database. SQLCipher refuses everything after one page that failed, so that each
/// failure needs a new connection.
pub(super) struct Damaged {
    path: PathBuf,
    key: sqlite::Key,
    conn: Option<Connection>,
}

impl Damaged {
    pub(super) fn open(path: &Path, key: &Key) -> Self {
        let mut damaged = Self {
            path: path.to_owned(),
            key: key.database(),
            conn: None,
        };
        damaged.reconnect();
        damaged
    }

    fn reconnect(&mut self) {
        self.conn = sqlite::open_reader(&self.path, Protection::Encrypted(&self.key)).ok();
    }

    /// Whether the file can be read so far that it is known to have no such table: an earlier
    /// program wrote it.
    fn lacks(&self, table: &str) -> bool {
        let text = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
        let found = self
            .conn
            .as_ref()
            .map(|conn| conn.query_row(text, [table], |row| row.get::<_, i64>(0)));
        matches!(found, Some(Ok(0)))
    }

    /// One row's values; `Err` when a page on the way to it cannot be read.
    fn row(&mut self, text: &str, at: i64) -> Result<Option<Vec<Value>>, Unreadable> {
        let conn = self.conn.as_ref().ok_or(Unreadable)?;
        let found = conn.prepare_cached(text).and_then(|mut statement| {
            let width = statement.column_count();
            let read = |row: &rusqlite::Row<'_>| (0..width).map(|n| row.get(n)).collect();
            statement.query_row([at], read).optional()
        });
        found.map_err(|_| {
            self.reconnect();
            Unreadable
        })
    }
}

/// A page cannot be read.
struct Unreadable;

/// Copies a table row by row, stepping over what cannot be read; how many numbers failed.
pub(super) fn copy(
    old: &mut Damaged,
    new: &Connection,
    table: &str,
    columns: &str,
) -> Result<u64, StoreError> {
    if old.lacks(table) {
        return Ok(0);
    }
    let number = columns.split(", ").next().unwrap_or_default();
    let marks: Vec<String> = columns.split(", ").map(|_| "?".to_owned()).collect();
    let insert = format!(
        "INSERT OR IGNORE INTO {table} ({columns}) VALUES ({})",
        marks.join(", ")
    );
    let next = format!(
        "SELECT {columns} FROM {table} NOT INDEXED WHERE {number} >= ?1 ORDER BY {number} LIMIT 1"
    );
    let last = format!("SELECT max({number}) FROM {table} WHERE ?1 = ?1");
    let end = match old.row(&last, 0) {
        Ok(Some(values)) => values.first().map_or(0, number_of),
        Ok(None) => 0,
        Err(Unreadable) => FAR,
    };
    let (mut at, mut lost) = (1, 0);
    while at <= end {
        let (values, skipped) = match old.row(&next, at) {
            Ok(Some(values)) => (values, 0),
            Ok(None) => break,
            Err(Unreadable) => match beyond(old, &next, at, end) {
                Some(values) => {
                    let found = values.first().map_or(at, number_of);
                    (values, found - at)
                }
                None => {
                    lost += if end == FAR { 1 } else { end - at + 1 };
                    break;
                }
            },
        };
        at = values.first().map_or(end, number_of) + 1;
        lost += skipped;
        if new
            .prepare_cached(&insert)?
            .execute(params_from_iter(&values))
            .is_err()
        {
            lost += 1;
        }
    }
    Ok(u64::try_from(lost).unwrap_or_default())
}

/// The first readable row behind a number whose row is not: one by one as far as a page may reach,
/// then in doubling steps and halves back.
fn beyond(old: &mut Damaged, next: &str, at: i64, end: i64) -> Option<Vec<Value>> {
    let (mut failed, mut step, mut tried) = (at, 1, 0);
    let mut found = loop {
        let probe = failed + step;
        if probe > end {
            return None;
        }
        match old.row(next, probe) {
            Ok(found) => break found?,
            Err(Unreadable) => failed = probe,
        }
        tried += 1;
        if tried > ONE_BY_ONE {
            step *= 2;
        }
    };
    let mut good = failed + step;
    while good - failed > 1 {
        let middle = failed + (good - failed) / 2;
        match old.row(next, middle) {
            Ok(Some(values)) => (good, found) = (middle, values),
            Ok(None) | Err(Unreadable) => failed = middle,
        }
    }
    Some(found)
}

fn number_of(value: &Value) -> i64 {
    match value {
        Value::Integer(number) => *number,
        Value::Null | Value::Real(_) | Value::Text(_) | Value::Blob(_) => 0,
    }
}
