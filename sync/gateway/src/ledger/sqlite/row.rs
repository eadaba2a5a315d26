//! Reading rows and JSON columns.

use domain::{DeviceId, Hash, Millis};
use rusqlite::{Connection, Params, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::Error;

pub(super) fn to_json<T: Serialize>(what: &'static str, value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|source| Error::Stored { what, source })
}

pub(super) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|source| Error::Stored { what, source })
}

/// A JSON column.
pub(super) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &'static str) -> Result<T, Error> {
    let text = row
        .get_ref(column)?
        .as_str()
        .map_err(rusqlite::Error::from)?;
    from_json(column, text)
}

/// A JSON column that may be `NULL`.
pub(super) fn json_option<T: DeserializeOwned>(
    row: &Row<'_>,
    column: &'static str,
) -> Result<Option<T>, Error> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| from_json(column, &text)).transpose()
}

pub(super) fn hash(row: &Row<'_>, column: &str) -> Result<Hash, Error> {
    Ok(Hash::from_bytes(sqlite::column::bytes::<32>(row, column)?))
}

pub(super) fn count(row: &Row<'_>, column: &str) -> Result<u64, Error> {
    Ok(sqlite::column::count(row, column)?)
}

pub(super) fn stored(count: u64) -> Result<i64, Error> {
    Ok(sqlite::column::stored(count)?)
}

pub(super) fn millis(row: &Row<'_>, column: &str) -> Result<Millis, Error> {
    Ok(Millis(row.get(column)?))
}

pub(super) fn uuid(row: &Row<'_>, column: &str) -> Result<Uuid, Error> {
    let parse = |text: String| text.parse::<Uuid>();
    Ok(sqlite::column::parsed(row, column, parse)?)
}

pub(super) fn uuid_option(row: &Row<'_>, column: &str) -> Result<Option<Uuid>, Error> {
    let parse = |text: String| text.parse::<Uuid>();
    Ok(sqlite::column::parsed_option(row, column, parse)?)
}

pub(super) fn device(row: &Row<'_>, column: &str) -> Result<DeviceId, Error> {
    uuid(row, column).map(DeviceId)
}

/// A text id.
pub(super) fn text<T: for<'a> From<&'a str>>(row: &Row<'_>, column: &str) -> Result<T, Error> {
    let text = row
        .get_ref(column)?
        .as_str()
        .map_err(rusqlite::Error::from)?;
    Ok(T::from(text))
}

/// Hands each row to `each`.
pub(super) fn each(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    mut each: impl FnMut(&Row<'_>) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    while let Some(row) = rows.next()? {
        each(row)?;
    }
    Ok(())
}

/// Every row.
pub(super) fn all<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut found = vec![];
    each(connection, sql, params, |row| {
        found.push(read(row)?);
        Ok(())
    })?;
    Ok(found)
}

/// The first row, if there is one.
pub(super) fn first<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    read: impl Fn(&Row<'_>) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(params)?;
    rows.next()?.map(read).transpose()
}

/// Carries out a statement; gives how many rows it touched.
pub(super) fn run(connection: &Connection, sql: &str, params: impl Params) -> Result<usize, Error> {
    Ok(connection.prepare_cached(sql)?.execute(params)?)
}
