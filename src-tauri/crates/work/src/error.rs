//! Why something was not done: a situation someone can act on.

use std::io;

use client::ClientError;
use devices::ReadError;
use domain::Refusal;
use imaging::ImagingError;
use store::StoreError;

use crate::CardTrouble;

/// Why something was not done; nothing changed.
#[derive(Debug, thiserror::Error)]
pub enum WorkError {
    /// The rule book says no.
    #[error("refused: {0}")]
    Refused(Box<Refusal>),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The picture or signature cannot be used.
    #[error("the picture cannot be used")]
    Picture(#[from] ImagingError),
    /// The gateway did not answer as hoped.
    #[error("the gateway did not help")]
    Gateway(#[from] ClientError),
    /// The meter was not read.
    #[error("the meter was not read")]
    Meter(#[from] ReadError),
    /// The card was not written, or not to its end.
    #[error(transparent)]
    Card(Box<CardTrouble>),
    /// The text is no enrolment code, or no gateway was named with it.
    #[error("that is no enrolment code")]
    NotACode,
    /// Another program works on this folder.
    #[error("another program has this device's folder open")]
    InUse,
    /// The device's folder cannot be used.
    #[error("the device's folder cannot be used")]
    Folder(#[source] io::Error),
    /// The operating system gives no random bytes.
    #[error("no random bytes")]
    NoChance,
    /// A task was ended before it was done: the program is closing.
    #[error("the program is closing")]
    Closing,
}

impl From<Refusal> for WorkError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl WorkError {
    /// Its code for screens and programs; a refusal's is its own.
    pub fn code(&self) -> String {
        match self {
            Self::Refused(refusal) => refusal.code().to_owned(),
            Self::Store(error) => error.code().to_owned(),
            Self::Picture(error) => error.code().to_owned(),
            Self::Gateway(error) => error.code(),
            Self::Meter(error) => error.code().to_owned(),
            Self::Card(trouble) => trouble.why.code().to_owned(),
            Self::NotACode => "not_a_code".into(),
            Self::InUse => "in_use".into(),
            Self::Folder(_) => "folder".into(),
            Self::NoChance => "no_random_bytes".into(),
            Self::Closing => "closing".into(),
        }
    }
}
