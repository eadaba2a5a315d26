//! Uploads as announced.

use domain::Millis;

use super::{Ledger, Upload, UploadId};
use crate::Error;

impl dyn Ledger + '_ {
    /// Remembers an upload, or gives the one its crew has for the same blob. One of another size
    /// is replaced: what it was called by cannot be right.
    ///
    /// Errors: those of the ledger.
    pub fn announce(&self, announced: Upload) -> Result<Upload, Error> {
        self.writing(|tables| {
            if let Some(known) = tables.upload_of(&announced.crew, announced.hash)? {
                if known.size_bytes == announced.size_bytes {
                    return Ok(known);
                }
                tables.remove_upload(known.upload)?;
            }
            tables.put_upload(&announced)?;
            Ok(announced)
        })
    }

    /// One upload.
    ///
    /// Errors: those of the ledger.
    pub fn upload(&self, upload: UploadId) -> Result<Option<Upload>, Error> {
        self.reading(|tables| tables.upload(upload))
    }

    /// Forgets an upload.
    ///
    /// Errors: those of the ledger.
    pub fn remove_upload(&self, upload: UploadId) -> Result<(), Error> {
        self.writing(|tables| tables.remove_upload(upload))
    }

    /// Forgets uploads announced before a moment; gives which.
    ///
    /// Errors: those of the ledger.
    pub fn forget_uploads(&self, before: Millis) -> Result<Vec<UploadId>, Error> {
        self.writing(|tables| {
            let old = tables.uploads_before(before)?;
            old.iter()
                .try_for_each(|upload| tables.remove_upload(*upload))?;
            Ok(old)
        })
    }
}
