//! The customer's strokes, kept as they were drawn.

use domain::BlobHash;
use imaging::Signature;

use crate::{Device, WorkError};

impl Device {
    /// Keeps strokes as drawn; an act refers to them by the hash.
    ///
    /// Shape: the blob is the [`Signature`] as JSON.
    ///
    /// Errors: [`WorkError::Picture`] for no strokes, too many or impossible ones;
    /// [`WorkError::Store`].
    pub fn save_strokes(&self, signature: &Signature) -> Result<BlobHash, WorkError> {
        signature.check()?;
        let text = serde_json::to_vec(signature).unwrap_or_default();
        Ok(self.inner.store.put_blob(&text)?)
    }
}
