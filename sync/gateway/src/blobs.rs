//! The bytes of photos and signatures: resumable inside a file, verified before they count.

#[cfg(test)]
mod conformance;
mod folder;

use std::io::Read;

use domain::BlobHash;

use crate::Error;
use crate::ledger::UploadId;

pub use folder::Folder;

/// A place that keeps blobs. Calls block; nothing is held in memory but what is handed over.
pub trait Blobs: Send + Sync {
    /// How many bytes of an upload are there; 0 before the first. What it says is on the disk.
    ///
    /// Errors: [`Error::File`].
    fn offset(&self, upload: UploadId) -> Result<u64, Error>;

    /// Adds bytes at the end of an upload, which must stand at `offset`.
    ///
    /// Errors: [`wire::problem::Problem::OffsetMismatch`]; [`Error::File`], with what was added
    /// before staying.
    fn append(&self, upload: UploadId, offset: u64, bytes: &[u8]) -> Result<(), Error>;

    /// Makes an upload's bytes the blob of that hash and size, on the disk when it returns.
    ///
    /// Errors: [`wire::problem::Problem::HashMismatch`] when they are not, and then they are
    /// thrown away; [`Error::File`].
    fn finish(&self, upload: UploadId, hash: BlobHash, size_bytes: u64) -> Result<(), Error>;

    /// Throws an upload's bytes away; none there is fine.
    ///
    /// Errors: [`Error::File`].
    fn discard(&self, upload: UploadId) -> Result<(), Error>;

    /// The size of a blob that is there. Unit: bytes.
    ///
    /// Errors: [`Error::File`].
    fn size(&self, hash: BlobHash) -> Result<Option<u64>, Error>;

    /// A blob's bytes.
    ///
    /// Errors: [`wire::problem::Problem::NotFound`], [`Error::File`].
    fn open(&self, hash: BlobHash) -> Result<Box<dyn Read + Send>, Error>;
}
