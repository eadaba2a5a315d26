//! Table `setting`: what the device remembers of itself, by name.

use rusqlite::{Connection, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Store, StoreError, sql};

const ROUTE: &str = "route";

impl Store {
    /// A remembered value; `None` when there is none, or one an older program wrote in another form.
    ///
    /// Errors: those of reading.
    pub fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StoreError> {
        let text = self.read(|conn| value(conn, name))?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Remembers a value.
    ///
    /// Errors: those of writing.
    pub fn save_setting(&self, name: &str, value: &impl Serialize) -> Result<(), StoreError> {
        let text = serde_json::to_string(value).map_err(StoreError::unreadable("setting"))?;
        self.write(|tx| put(tx, name, &text))
    }

    /// Where the crew was when the app last ran.
    ///
    /// Errors: those of reading.
    pub fn route(&self) -> Result<Option<String>, StoreError> {
        self.setting(ROUTE)
    }

    /// Remembers where the crew is.
    ///
    /// Errors: those of writing.
    pub fn save_route(&self, route: &str) -> Result<(), StoreError> {
        self.save_setting(ROUTE, &route)
    }
}

/// The text of a value.
pub(crate) fn value(conn: &Connection, name: &str) -> Result<Option<String>, StoreError> {
    let text = "SELECT value FROM setting WHERE name = ?1";
    sql::first(conn, text, [name], |row| row.get("value"))
}

/// Keeps the text of a value.
pub(crate) fn put(conn: &Connection, name: &str, text: &str) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO setting (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        params![name, text],
    )?;
    Ok(())
}
