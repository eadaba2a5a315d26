//! What can go wrong in the gateway: a problem of the asker's, or a trouble of its own.

use std::io;
use std::path::PathBuf;

use wire::problem::Problem;

/// Why the gateway did not do something.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked cannot be done as asked; nothing changed.
    #[error("refused: {0}")]
    Refused(#[from] Problem),
    /// The ledger failed.
    #[error("the ledger failed")]
    Ledger(#[from] sqlite::Error),
    /// A stored text cannot be read back, or a value cannot be written as JSON.
    #[error("stored {what} cannot be read")]
    Stored {
        /// Of which kind.
        what: &'static str,
        /// The reader's reason.
        #[source]
        source: serde_json::Error,
    },
    /// A file of the gateway's failed.
    #[error("cannot {act} {}", path.display())]
    File {
        /// What was tried.
        act: &'static str,
        /// On which file.
        path: PathBuf,
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// The address cannot be listened on.
    #[error("cannot listen")]
    Listen {
        /// The system's reason.
        #[source]
        source: io::Error,
    },
    /// A ledger stands here but its signing key is gone: devices would not believe a new one.
    #[error("the ledger has a signing key, but {} does not hold it", path.display())]
    KeyMissing {
        /// Where it should be.
        path: PathBuf,
    },
    /// The system gives no random bytes.
    #[error("no random bytes: {reason}")]
    NoChance {
        /// The system's reason.
        reason: String,
    },
    /// A password cannot be hashed.
    #[error("cannot hash a password: {reason}")]
    Password {
        /// The reason.
        reason: String,
    },
    /// A piece of work was cut off by another's failure.
    #[error("a thread of the gateway ended early")]
    CutOff,
}

/// Whether, and when, trying again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Not before something else has changed.
    Never,
    /// At once.
    Now,
    /// After so many seconds.
    After(u32),
}

impl Error {
    /// Whether trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Refused(problem) => match problem.again() {
                wire::problem::Again::Never => Retry::Never,
                wire::problem::Again::Mended => Retry::Now,
                wire::problem::Again::Later => Retry::After(60),
            },
            Self::Ledger(error) => match error.retry() {
                sqlite::Retry::Never => Retry::Never,
                sqlite::Retry::Now => Retry::Now,
                sqlite::Retry::After(seconds) => Retry::After(seconds),
            },
            Self::File { source, .. } if is_disk_full(source) => Retry::After(60),
            Self::File { .. } | Self::Listen { .. } | Self::NoChance { .. } | Self::CutOff => {
                Retry::After(5)
            }
            Self::Stored { .. } | Self::KeyMissing { .. } | Self::Password { .. } => Retry::Never,
        }
    }

    /// What the asker is told.
    pub fn problem(&self) -> Problem {
        match self {
            Self::Refused(problem) => problem.clone(),
            Self::Ledger(sqlite::Error::DiskFull { .. }) => Problem::DiskFull,
            Self::File { source, .. } if is_disk_full(source) => Problem::DiskFull,
            Self::Ledger(_)
            | Self::Stored { .. }
            | Self::File { .. }
            | Self::Listen { .. }
            | Self::KeyMissing { .. }
            | Self::NoChance { .. }
            | Self::Password { .. }
            | Self::CutOff => Problem::Unavailable,
        }
    }
}

/// Whether the system's reason is that there is no room.
fn is_disk_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

impl From<rusqlite::Error> for Error {
    fn from(source: rusqlite::Error) -> Self {
        Self::Ledger(source.into())
    }
}
