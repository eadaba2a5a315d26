//! From why something was not done to what the screens are told.

use work::{ReadError, StoreError, WorkError};

use crate::view::Failure;

impl From<WorkError> for Failure {
    fn from(error: WorkError) -> Self {
        let code = error.code();
        match error {
            WorkError::Refused(refusal) => Self::Refused { refusal: *refusal },
            WorkError::Store(StoreError::DiskFull { .. }) => Self::DiskFull,
            WorkError::Store(StoreError::NotFound { .. } | StoreError::BlobMissing { .. }) => {
                Self::NotFound
            }
            WorkError::Picture(_) => match code.strip_prefix("signature_") {
                Some(why) => Self::Signature {
                    why: why.to_owned(),
                },
                None => Self::Picture {
                    why: code,
                    size: None,
                },
            },
            WorkError::Meter(error) => Self::Meter {
                why: code,
                found: match error {
                    ReadError::OtherMeter { found, .. } => Some(found),
                    _ => None,
                },
            },
            WorkError::Card(trouble) => Self::Card {
                why: code,
                wanted: trouble.wanted,
                in_doubt: trouble.is_open,
            },
            WorkError::NotACode | WorkError::Gateway(_) => Self::Enrol { why: code },
            WorkError::Store(_)
            | WorkError::InUse
            | WorkError::Folder(_)
            | WorkError::NoChance
            | WorkError::Closing => Self::Store { detail: code },
        }
    }
}

/// A failure of the window system, for the engineer.
impl From<tauri::Error> for Failure {
    fn from(error: tauri::Error) -> Self {
        Self::Store {
            detail: error.to_string(),
        }
    }
}
