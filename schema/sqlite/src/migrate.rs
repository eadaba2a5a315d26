//! Upgrading a file, step by step, each step whole or not at all.

use rusqlite::{Connection, Transaction};

use crate::{Error, write};

/// One step of a schema: released once, never edited after.
/// Its number is its position in the list, beginning with 1.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    /// What it does, for messages.
    pub name: &'static str,
    /// Its statements. No `BEGIN`, `COMMIT` or `PRAGMA foreign_keys`: each step is one transaction.
    pub sql: &'static str,
}

/// What an upgrade did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// Version of the file as it was found; 0 for a new one.
    pub from: u32,
    /// Version now.
    pub to: u32,
}

/// The version a file says it has: 0 for a new one.
///
/// **Errors**: [`Error::Damaged`] when it is negative, which we never write.
pub fn schema_version(conn: &Connection) -> Result<u32, Error> {
    let raw: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    u32::try_from(raw).map_err(|_| Error::Damaged {
        finding: format!("schema version {raw}"),
    })
}

/// Runs the steps the file has not seen yet, each in one transaction together with its number.
/// Interrupted anywhere, the next call goes on with the first step that did not finish.
///
/// Foreign keys are not enforced while a step runs, so that it may rebuild a table; before the
/// step is committed every reference is checked.
///
/// **Errors**: [`Error::Newer`] before anything is touched; [`Error::Upgrade`] and
/// [`Error::Dangling`] leave the file at the step before; [`Error::DiskFull`], [`Error::Busy`].
pub fn migrate(conn: &mut Connection, steps: &[Step]) -> Result<Migrated, Error> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    let from = schema_version(conn)?;
    if from > known {
        return Err(Error::Newer { found: from, known });
    }
    if from < known {
        conn.pragma_update(None, "foreign_keys", false)?;
        let done = run(conn, steps);
        conn.pragma_update(None, "foreign_keys", true)?;
        done?;
    }
    Ok(Migrated { from, to: known })
}

fn run(conn: &mut Connection, steps: &[Step]) -> Result<(), Error> {
    for (to, step) in (1_u32..).zip(steps) {
        write(conn, |tx| {
            // read inside the transaction: another process may have done the step meanwhile
            if schema_version(tx)? < to {
                take(tx, to, step)?;
            }
            Ok::<(), Error>(())
        })?;
    }
    Ok(())
}

fn take(tx: &Transaction<'_>, to: u32, step: &Step) -> Result<(), Error> {
    tx.execute_batch(step.sql)
        .and_then(|()| tx.pragma_update(None, "user_version", to))
        .map_err(|source| match Error::from(source) {
            Error::Statement { source } => Error::Upgrade {
                to,
                name: step.name,
                source,
            },
            situation => situation,
        })?;
    let dangling: i64 =
        tx.query_row("SELECT count(*) FROM pragma_foreign_key_check", [], |row| {
            row.get(0)
        })?;
    match u64::try_from(dangling) {
        Ok(0) => Ok(()),
        rows => Err(Error::Dangling {
            to,
            name: step.name,
            rows: rows.unwrap_or_default(),
        }),
    }
}

#[cfg(test)]
mod tests;
