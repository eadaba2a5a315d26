//! Running one statement: prepared once a connection, and where tests make a statement fail.

use rusqlite::{Connection, OptionalExtension, Params, Row};

use crate::StoreError;

/// Runs a statement that gives no rows; the number of rows it changed.
pub(crate) fn run(conn: &Connection, sql: &str, params: impl Params) -> Result<usize, StoreError> {
    fault::before()?;
    let changed = conn.prepare_cached(sql)?.execute(params)?;
    fault::after()?;
    Ok(changed)
}

/// Runs a statement that changes a row and gives it.
pub(crate) fn run_for<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    fault::before()?;
    let changed = first(conn, sql, params, read)?;
    fault::after()?;
    Ok(changed)
}

/// The first row, if there is one.
pub(crate) fn first<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Option<T>, StoreError> {
    Ok(conn
        .prepare_cached(sql)?
        .query_row(params, read)
        .optional()?)
}

/// Every row.
pub(crate) fn every<T>(
    conn: &Connection,
    sql: &str,
    params: impl Params,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = conn.prepare_cached(sql)?;
    let rows = statement.query_map(params, read)?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Tests count statements and let one of them fail.
#[cfg(test)]
pub(crate) mod fault {
    use std::cell::Cell;

    use crate::StoreError;

    thread_local! {
        static LEFT: Cell<Option<u32>> = const { Cell::new(None) };
    }

    /// Lets the point number `at` from now fail, on this thread; `None` lets all pass.
    pub(crate) fn arm(at: Option<u32>) {
        LEFT.set(at);
    }

    /// Whether the point was not reached.
    pub(crate) fn is_armed() -> bool {
        LEFT.get().is_some()
    }

    pub(crate) fn before() -> Result<(), StoreError> {
        match LEFT.get() {
            None => Ok(()),
            Some(0) => {
                LEFT.set(None);
                let finding = "made to fail".to_owned();
                Err(StoreError::Damaged { finding })
            }
            Some(left) => {
                LEFT.set(Some(left - 1));
                Ok(())
            }
        }
    }

    pub(crate) fn after() -> Result<(), StoreError> {
        before()
    }
}

#[cfg(not(test))]
mod fault {
    use crate::StoreError;

    pub(super) fn before() -> Result<(), StoreError> {
        Ok(())
    }

    pub(super) fn after() -> Result<(), StoreError> {
        Ok(())
    }
}
