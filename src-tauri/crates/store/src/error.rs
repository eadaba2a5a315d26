//! What can go wrong with the store, and whether trying again can help.

use std::io;
use std::path::{Path, PathBuf};

use domain::{AuthorisationId, BlobHash, ChainFault, OrderId};
pub use sqlite::Retry;

/// A situation with the store that someone can act on.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk is full; nothing of the act was kept.
    #[error("no room left on the disk")]
    DiskFull {
        /// The report of SQLite or of the operating system.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Another process keeps the database locked.
    #[error("the database is in use by another process")]
    Busy {
        /// SQLite's own report.
        #[source]
        source: sqlite::Error,
    },
    /// What is recorded is there and its key is not: unlock that place, or bring the key back.
    #[error("no key from the {place}, and without it nothing recorded here can be read")]
    KeyMissing {
        /// Where the key should be: `key file`, `key store`.
        place: &'static str,
        /// What that place said, when it said something.
        #[source]
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The operating system's key store did not take the key; another source may.
    #[error("the key store does not take the key")]
    KeyStore {
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The key that was found is not this database's: bring the right one back.
    #[error("the key found does not open the database")]
    WrongKey,
    /// The database contradicts itself; the next start moves it aside and saves what it can.
    #[error("the database is damaged: {finding}")]
    Damaged {
        /// What SQLite reported, without any content.
        finding: String,
    },
    /// An event names a photo or signature that was not put into the store before it.
    #[error("blob {hash} is not in the store")]
    BlobMissing {
        /// Which.
        hash: BlobHash,
    },
    /// A photo's or signature's file was changed: its seal does not fit.
    #[error("blob {hash} is damaged on disk")]
    BlobDamaged {
        /// Which.
        hash: BlobHash,
    },
    /// The device belongs to no crew yet.
    #[error("this device is not enrolled")]
    NotEnrolled,
    /// The store has no such order.
    #[error("order {order} is not on this device")]
    NotFound {
        /// Which.
        order: OrderId,
    },
    /// The authorisation was used up by a write that has ended.
    #[error("the card write under authorisation {authorisation} has ended")]
    CardEnded {
        /// Which.
        authorisation: AuthorisationId,
    },
    /// A write is open that has the order or the card: finish it first.
    #[error("the card write under authorisation {authorisation} has not ended")]
    CardOpen {
        /// The authorisation of that write.
        authorisation: AuthorisationId,
    },
    /// A phase of a write that was never begun.
    #[error("no card write was begun under authorisation {authorisation}")]
    CardNotBegun {
        /// Which.
        authorisation: AuthorisationId,
    },
    /// The receipt speaks of another chain than this device's: its series has forked.
    #[error("the receipt through event {through_seq} is not about this device's chain")]
    ReceiptDoesNotFit {
        /// How far it claims to go.
        through_seq: u64,
    },
    /// An event could not be sealed or read.
    #[error("the chain of events does not hold")]
    Chain(#[from] ChainFault),
    /// A stored or given value has not the form its type asks for.
    #[error("cannot read or write {what}")]
    Unreadable {
        /// Which value.
        what: &'static str,
        /// What the reader said.
        #[source]
        source: serde_json::Error,
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
        source: io::Error,
    },
    /// SQLite failed for a reason that none of the others names.
    #[error("the database failed")]
    Sqlite(#[source] sqlite::Error),
}

impl StoreError {
    /// Whether trying the same again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::DiskFull { .. } => Retry::After(60),
            Self::Busy { .. } => Retry::Now,
            Self::Sqlite(source) => source.retry(),
            Self::KeyMissing { .. }
            | Self::KeyStore { .. }
            | Self::WrongKey
            | Self::Damaged { .. }
            | Self::BlobMissing { .. }
            | Self::BlobDamaged { .. }
            | Self::NotEnrolled
            | Self::NotFound { .. }
            | Self::CardEnded { .. }
            | Self::CardOpen { .. }
            | Self::CardNotBegun { .. }
            | Self::ReceiptDoesNotFit { .. }
            | Self::Chain(_)
            | Self::Unreadable { .. }
            | Self::File { .. } => Retry::Never,
        }
    }

    /// Its name for the screens and for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::DiskFull { .. } => "disk_full",
            Self::Busy { .. } => "busy",
            Self::KeyMissing { .. } => "key_missing",
            Self::KeyStore { .. } => "key_store",
            Self::WrongKey => "wrong_key",
            Self::Damaged { .. } => "damaged",
            Self::BlobMissing { .. } => "blob_missing",
            Self::BlobDamaged { .. } => "blob_damaged",
            Self::NotEnrolled => "not_enrolled",
            Self::NotFound { .. } => "not_found",
            Self::CardEnded { .. } => "card_ended",
            Self::CardOpen { .. } => "card_open",
            Self::CardNotBegun { .. } => "card_not_begun",
            Self::ReceiptDoesNotFit { .. } => "receipt_does_not_fit",
            Self::Chain(_) => "chain",
            Self::Unreadable { .. } => "unreadable",
            Self::File { .. } => "file",
            Self::Sqlite(_) => "sqlite",
        }
    }

    /// Wraps the operating system's reason; a full disk is a situation of its own.
    pub(crate) fn file(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull {
                source: Box::new(source),
            },
            _ => Self::File { act, path, source },
        }
    }

    /// Wraps what the JSON reader or writer said.
    pub(crate) fn unreadable(what: &'static str) -> impl FnOnce(serde_json::Error) -> Self {
        move |source| Self::Unreadable { what, source }
    }
}

impl From<sqlite::Error> for StoreError {
    fn from(source: sqlite::Error) -> Self {
        match source {
            sqlite::Error::DiskFull { .. } => Self::DiskFull {
                source: Box::new(source),
            },
            sqlite::Error::Busy { .. } => Self::Busy { source },
            sqlite::Error::Damaged { finding } => Self::Damaged { finding },
            sqlite::Error::WrongKey { .. } => Self::WrongKey,
            sqlite::Error::NotADatabase { .. }
            | sqlite::Error::Newer { .. }
            | sqlite::Error::Upgrade { .. }
            | sqlite::Error::Dangling { .. }
            | sqlite::Error::File { .. }
            | sqlite::Error::Statement { .. } => Self::Sqlite(source),
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(source: rusqlite::Error) -> Self {
        Self::from(sqlite::Error::from(source))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_told_from_other_failures_and_is_worth_another_try() {
        let full = StoreError::file("write", Path::new("x"))(io::ErrorKind::StorageFull.into());
        assert_eq!((full.code(), full.retry()), ("disk_full", Retry::After(60)));
        let denied =
            StoreError::file("write", Path::new("x"))(io::ErrorKind::PermissionDenied.into());
        assert_eq!((denied.code(), denied.retry()), ("file", Retry::Never));
    }
}
