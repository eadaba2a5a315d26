//! Opening a file: its key, its pragmas, and what is wrong with it if it does not open.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::aside::finish_move_aside;
use crate::{Error, Key};

/// How the pages of a file are kept on disk.
#[derive(Clone, Copy, Debug)]
pub enum Protection<'k> {
    /// Encrypted and authenticated page by page (SQLCipher 4), on devices that may be lost.
    Encrypted(&'k Key),
    /// As they are, on a gateway whose disk is its operator's to protect.
    Plain,
}

/// How long a statement waits for another connection's lock before it reports
/// [`Error::Busy`]. Our transactions take milliseconds; a reader that holds on longer than this
/// is a fault to be seen, and a crew should not wait longer for a tap.
const BUSY: Duration = Duration::from_secs(5);

/// First bytes of a database that is not encrypted.
/// **Source**: SQLite file format, section 1.3.
const PLAIN_HEADER: &[u8; 16] = b"SQLite format 3\0";

/// Opens a file for reading and writing; makes it when it is not there.
///
/// A commit is on the disk when it returns (`WAL` with `synchronous = FULL`); foreign keys are
/// enforced; nothing temporary is written to disk. An unfinished [`crate::move_aside`] is finished
/// first.
///
/// **Errors**: [`Error::WrongKey`], [`Error::NotADatabase`], [`Error::Damaged`] (see
/// [`Error::wants_aside`]), [`Error::Busy`], [`Error::DiskFull`], [`Error::File`].
pub fn open(path: &Path, protection: Protection<'_>) -> Result<Connection, Error> {
    finish_move_aside(path)?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = unlock(path, protection, flags)?;
    let set = |name, value: &str| {
        conn.pragma_update(None, name, value)
            .map_err(|e| explain(e, path, protection))
    };
    conn.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))
        .map_err(|e| explain(e, path, protection))?;
    set("synchronous", "FULL")?;
    settle(&conn)?;
    Ok(conn)
}

/// Opens a file that must be there, for reading only, beside a connection that writes.
///
/// **Errors**: as [`open`]; [`Error::File`] when there is no such file.
pub fn open_reader(path: &Path, protection: Protection<'_>) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = unlock(path, protection, flags)?;
    settle(&conn)?;
    Ok(conn)
}

/// Opens a database that lives in memory alone, with the same rules as a file.
///
/// **Errors**: [`Error::Statement`], out of memory at worst.
pub fn open_in_memory() -> Result<Connection, Error> {
    let conn = Connection::open_in_memory()?;
    settle(&conn)?;
    Ok(conn)
}

/// Opens the file and proves the key on its first page.
fn unlock(path: &Path, protection: Protection<'_>, flags: OpenFlags) -> Result<Connection, Error> {
    let conn = Connection::open_with_flags(path, flags).map_err(|e| cannot_open(e, path))?;
    conn.busy_timeout(BUSY)?;
    if let Protection::Encrypted(key) = protection {
        // Without this SQLCipher writes lines of its own to the standard error output.
        conn.execute_batch("PRAGMA cipher_log_level = NONE")?;
        conn.execute_batch(&key.statement())?;
    }
    conn.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
        .map_err(|e| explain(e, path, protection))?;
    Ok(conn)
}

/// Settings that hold for one connection, not for the file.
/// SQLCipher's `cipher_memory_security` stays off: it locks and wipes every allocation of SQLite,
/// several times slower, against an attacker who already reads our memory.
fn settle(conn: &Connection) -> Result<(), Error> {
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "temp_store", "MEMORY")?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// A path that cannot be opened at all: the operating system's reason is the better one.
fn cannot_open(source: rusqlite::Error, path: &Path) -> Error {
    match File::open(path) {
        Err(reason) if source.sqlite_error_code() == Some(ErrorCode::CannotOpen) => Error::File {
            act: "open",
            path: path.to_owned(),
            source: reason,
        },
        _ => Error::from(source),
    }
}

/// Tells apart what SQLite calls "not a database".
fn explain(source: rusqlite::Error, path: &Path, protection: Protection<'_>) -> Error {
    if source.sqlite_error_code() != Some(ErrorCode::NotADatabase) {
        return Error::from(source);
    }
    let mut header = [0; 16];
    let whole = File::open(path).and_then(|mut file| {
        file.read_exact(&mut header)?;
        Ok(file.metadata()?.len() % 512 == 0)
    });
    let path = path.to_owned();
    match (protection, whole) {
        (Protection::Encrypted(_), Ok(true)) if header != *PLAIN_HEADER => Error::WrongKey { path },
        (Protection::Encrypted(_), Ok(false)) if header != *PLAIN_HEADER => Error::Damaged {
            finding: source.to_string(),
        },
        (Protection::Plain, Ok(_)) if header == *PLAIN_HEADER => Error::Damaged {
            finding: source.to_string(),
        },
        (Protection::Encrypted(_) | Protection::Plain, Ok(_) | Err(_)) => {
            Error::NotADatabase { path }
        }
    }
}

#[cfg(test)]
mod tests;
