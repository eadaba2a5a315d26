//! What can go wrong with a database file, and whether trying again can help.

use std::path::PathBuf;

use rusqlite::ErrorCode;

/// A situation with a database file that someone can act on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file's first page does not authenticate under the given key.
    /// A first page changed by one bit looks the same: SQLCipher cannot tell the two apart.
    #[error("the key does not open {}", path.display())]
    WrongKey {
        /// The file that was to be opened.
        path: PathBuf,
    },
    /// The file is not in the form that was asked for: no database at all, or a plain one where
    /// an encrypted one was expected, or the other way round.
    #[error("{} is not the kind of database expected", path.display())]
    NotADatabase {
        /// The file that was to be opened.
        path: PathBuf,
    },
    /// The file's content contradicts itself: torn, overwritten, or failing its page checks.
    #[error("the database is damaged: {finding}")]
    Damaged {
        /// What SQLite reported, without any content of the file.
        finding: String,
    },
    /// The file was written by a later version of this program.
    #[error("the database has schema version {found}, this program knows {known}")]
    Newer {
        /// Version found in the file.
        found: u32,
        /// Highest version this program knows.
        known: u32,
    },
    /// A step of the upgrade failed; the file stands unchanged at the step before it.
    #[error("cannot upgrade the database to version {to} ({name})")]
    Upgrade {
        /// The version that was to be reached.
        to: u32,
        /// The name of the step.
        name: &'static str,
        /// Why it failed.
        #[source]
        source: rusqlite::Error,
    },
    /// An upgrade step would leave rows that refer to nothing; it was undone.
    #[error(
        "upgrading to version {to} ({name}) would leave {rows} rows without what they refer to"
    )]
    Dangling {
        /// The version that was to be reached.
        to: u32,
        /// The name of the step.
        name: &'static str,
        /// How many rows.
        rows: u64,
    },
    /// The disk (or the quota) is full; nothing of the transaction was kept.
    #[error("no room left on the disk for the database")]
    DiskFull {
        /// SQLite's own report.
        #[source]
        source: rusqlite::Error,
    },
    /// Another connection kept the file locked for longer than the busy time-out.
    #[error("the database is in use by someone else")]
    Busy {
        /// SQLite's own report.
        #[source]
        source: rusqlite::Error,
    },
    /// The operating system failed us on a file.
    #[error("cannot {act} {}", path.display())]
    File {
        /// What was tried, as a verb.
        act: &'static str,
        /// On which file.
        path: PathBuf,
        /// The operating system's reason.
        #[source]
        source: std::io::Error,
    },
    /// SQLite could not carry out a statement, for a reason that none of the others names.
    #[error("SQLite could not carry out a statement")]
    Statement {
        /// SQLite's own report.
        #[source]
        source: rusqlite::Error,
    },
}

/// Whether, and when, trying the same thing again can help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    /// Not before something else has changed.
    Never,
    /// At once.
    Now,
    /// After so many seconds.
    After(u32),
}

impl Error {
    /// Whether trying again can help. A full disk may be freed by the crew meanwhile.
    pub fn retry(&self) -> Retry {
        match self {
            Error::Busy { .. } => Retry::Now,
            Error::DiskFull { .. } => Retry::After(60),
            Error::WrongKey { .. }
            | Error::NotADatabase { .. }
            | Error::Damaged { .. }
            | Error::Newer { .. }
            | Error::Upgrade { .. }
            | Error::Dangling { .. }
            | Error::File { .. }
            | Error::Statement { .. } => Retry::Never,
        }
    }

    /// Whether the file should be moved aside ([`crate::move_aside`]) and a new one begun.
    pub fn wants_aside(&self) -> bool {
        match self {
            Error::WrongKey { .. }
            | Error::NotADatabase { .. }
            | Error::Damaged { .. }
            | Error::Newer { .. } => true,
            Error::Upgrade { .. }
            | Error::Dangling { .. }
            | Error::DiskFull { .. }
            | Error::Busy { .. }
            | Error::File { .. }
            | Error::Statement { .. } => false,
        }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        match source.sqlite_error() {
            Some(failure) if is_full(failure) => Error::DiskFull { source },
            Some(failure) => match failure.code {
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::Busy { source },
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Error::Damaged {
                    finding: source.to_string(),
                },
                _ => Error::Statement { source },
            },
            None => Error::Statement { source },
        }
    }
}

/// Whether a failure of SQLite means that there is no room.
/// Growing the shared-memory index of a WAL reports a full disk by a code of its own.
fn is_full(failure: &rusqlite::ffi::Error) -> bool {
    failure.code == ErrorCode::DiskFull
        || failure.extended_code == rusqlite::ffi::SQLITE_IOERR_SHMSIZE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lock_and_a_full_disk_are_worth_another_try() {
        let failed = |code| {
            Error::from(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(code),
                None,
            ))
        };
        assert_eq!(failed(rusqlite::ffi::SQLITE_BUSY).retry(), Retry::Now);
        assert_eq!(failed(rusqlite::ffi::SQLITE_FULL).retry(), Retry::After(60));
        assert_eq!(
            failed(rusqlite::ffi::SQLITE_IOERR_SHMSIZE).retry(),
            Retry::After(60)
        );
        assert_eq!(failed(rusqlite::ffi::SQLITE_CORRUPT).retry(), Retry::Never);
        assert_eq!(
            failed(rusqlite::ffi::SQLITE_CONSTRAINT).retry(),
            Retry::Never
        );
    }
}
