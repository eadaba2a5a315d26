//! The ledger in one SQLite file, or in memory: one file per group of tables.

mod blobs;
mod cards;
mod devices;
mod events;
mod feed;
mod orders;
mod outbox;
mod people;
mod row;
mod stock;

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::Connection;
use sqlite::{Protection, Step};

use super::{Ledger, Work};
use crate::Error;

/// The steps of the schema, by number.
const STEPS: &[Step] = &[
    Step {
        name: "ledger",
        sql: include_str!("../../../../schema/sql/gateway/0001-ledger.sql"),
    },
    Step {
        name: "cards",
        sql: include_str!("../../../../schema/sql/gateway/0002-cards.sql"),
    },
];

/// The embedded engine.
///
/// One connection writes; a second one reads beside it, so that the desk's lists never hold up a
/// push. In memory there is only the first.
pub struct SqliteLedger {
    writer: Mutex<Connection>,
    reader: Option<Mutex<Connection>>,
}

/// The tables inside one transaction.
struct Rows<'c>(&'c Connection);

impl SqliteLedger {
    /// Opens a ledger's file, or makes it, and brings it up to date.
    ///
    /// Errors: those of [`sqlite::open`] and [`sqlite::migrate`]; a newer or damaged file is left
    /// as it is.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let mut writer = sqlite::open(path, Protection::Plain)?;
        sqlite::migrate(&mut writer, STEPS)?;
        let reader = sqlite::open_reader(path, Protection::Plain)?;
        Ok(Self {
            writer: Mutex::new(writer),
            reader: Some(Mutex::new(reader)),
        })
    }

    /// A ledger that lives as long as the process, for tests and simulations.
    ///
    /// Errors: [`sqlite::Error::Statement`] at worst.
    pub fn in_memory() -> Result<Self, Error> {
        let mut writer = sqlite::open_in_memory()?;
        sqlite::migrate(&mut writer, STEPS)?;
        Ok(Self {
            writer: Mutex::new(writer),
            reader: None,
        })
    }
}

/// A transaction that panicked was undone by its drop, so the connection is sound.
fn held(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Ledger for SqliteLedger {
    fn write(&self, work: Work<'_>) -> Result<(), Error> {
        sqlite::write(&mut held(&self.writer), |tx| work(&Rows(tx)))
    }

    fn read(&self, work: Work<'_>) -> Result<(), Error> {
        let connection = self.reader.as_ref().unwrap_or(&self.writer);
        let mut connection = held(connection);
        let tx = connection.transaction()?;
        work(&Rows(&tx))
    }
}

impl fmt::Debug for SqliteLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SqliteLedger")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = include_str!("../../../../schema/sql/gateway/schema.sql");

    #[test]
    fn the_steps_make_the_schema_the_page_shows() {
        let ledger = SqliteLedger::in_memory().unwrap();
        let made = sqlite::schema_dump(&held(&ledger.writer)).unwrap();
        assert_eq!(made, sqlite::schema_dump_of(PAGE).unwrap());
    }

    #[test]
    fn every_column_says_what_it_holds() {
        assert_eq!(sqlite::uncommented_columns(PAGE), Vec::<String>::new());
    }

    #[test]
    fn what_was_written_is_there_after_the_file_is_opened_again() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let ledger = SqliteLedger::open(&path).unwrap();
        (&ledger as &dyn Ledger).put_mark("a", "b").unwrap();
        drop(ledger);
        let ledger = SqliteLedger::open(&path).unwrap();
        let word = (&ledger as &dyn Ledger).mark("a").unwrap();
        assert_eq!(word.as_deref(), Some("b"));
    }

    #[test]
    fn a_file_passes_the_suite_as_memory_does() {
        let dir = tempfile::tempdir().unwrap();
        let made = std::cell::Cell::new(0);
        super::super::conformance::basics(&|| {
            made.set(made.get() + 1);
            let path = dir.path().join(format!("{}.db", made.get()));
            Box::new(SqliteLedger::open(&path).unwrap())
        });
    }

    #[test]
    fn the_embedded_engine_passes_the_suite() {
        super::super::conformance::all(&|| Box::new(SqliteLedger::in_memory().unwrap()));
    }
}
