//! Blobs as files: `aa/<hash>` whole ones, `partial/<upload>` those on their way.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use domain::{BlobHash, Hash};
use sha2::{Digest, Sha256};
use wire::problem::Problem;

use super::Blobs;
use crate::Error;
use crate::ledger::UploadId;

/// A folder of blobs.
#[derive(Debug)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// Opens the folder; makes it when it is not there.
    ///
    /// Errors: [`Error::File`].
    pub fn open(root: &Path) -> Result<Self, Error> {
        let partial = root.join("partial");
        fs::create_dir_all(&partial).map_err(failed("make", &partial))?;
        let root = root.to_owned();
        Ok(Self { root })
    }

    fn partial(&self, upload: UploadId) -> PathBuf {
        self.root.join("partial").join(upload.to_string())
    }

    fn whole(&self, hash: BlobHash) -> PathBuf {
        let name = hash.to_string();
        let first = name.get(..2).unwrap_or_default();
        self.root.join(first).join(&name)
    }
}

fn failed<'p>(act: &'static str, path: &'p Path) -> impl Fn(io::Error) -> Error + 'p {
    move |source| Error::File {
        act,
        path: path.to_owned(),
        source,
    }
}

/// The length of a file; `None` when it is not there.
fn length(path: &Path) -> Result<Option<u64>, Error> {
    match fs::metadata(path) {
        Ok(found) => Ok(Some(found.len())),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(failed("look at", path)(e)),
    }
}

/// Makes what a folder lists durable: a rename is not on the disk before this.
fn sync_folder(path: &Path) -> Result<(), Error> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(failed("sync", path))
}

/// The hash of a file, read in pieces.
fn hash_of(file: &mut File) -> io::Result<Hash> {
    let mut digest = Sha256::new();
    let mut piece = vec![0; 64 * 1024];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(Hash::from_bytes(digest.finalize().into())),
            n => digest.update(piece.get(..n).unwrap_or_default()),
        }
    }
}

impl Blobs for Folder {
    fn offset(&self, upload: UploadId) -> Result<u64, Error> {
        let path = self.partial(upload);
        let Some(bytes) = length(&path)? else {
            return Ok(0);
        };
        File::open(&path)
            .and_then(|file| file.sync_data())
            .map_err(failed("sync", &path))?;
        Ok(bytes)
    }

    fn append(&self, upload: UploadId, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let path = self.partial(upload);
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed("open", &path))?;
        let expected = file.metadata().map_err(failed("look at", &path))?.len();
        if expected != offset {
            return Err(Problem::OffsetMismatch { expected }.into());
        }
        file.write_all(bytes).map_err(failed("write", &path))
    }

    fn finish(&self, upload: UploadId, hash: BlobHash, size_bytes: u64) -> Result<(), Error> {
        let (from, to) = (self.partial(upload), self.whole(hash));
        if length(&to)? == Some(size_bytes) {
            return self.discard(upload);
        }
        let mut file = File::open(&from).map_err(failed("open", &from))?;
        let is_it = length(&from)? == Some(size_bytes)
            && hash_of(&mut file).map_err(failed("read", &from))? == hash;
        if !is_it {
            self.discard(upload)?;
            return Err(Problem::HashMismatch.into());
        }
        file.sync_all().map_err(failed("sync", &from))?;
        let folder = to.parent().unwrap_or(&self.root);
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(failed("make", folder))?;
            sync_folder(&self.root)?;
        }
        fs::rename(&from, &to).map_err(failed("rename", &from))?;
        sync_folder(folder)
    }

    fn discard(&self, upload: UploadId) -> Result<(), Error> {
        let path = self.partial(upload);
        match fs::remove_file(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(failed("remove", &path)(e)),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    fn size(&self, hash: BlobHash) -> Result<Option<u64>, Error> {
        length(&self.whole(hash))
    }

    fn open(&self, hash: BlobHash) -> Result<Box<dyn Read + Send>, Error> {
        let path = self.whole(hash);
        match File::open(&path) {
            Ok(file) => Ok(Box::new(file)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Err(Problem::NotFound.into()),
            Err(e) => Err(failed("open", &path)(e)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_passes_the_suite() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("blobs");
        super::super::conformance::all(&|| Box::new(Folder::open(&root).unwrap()));
    }

    #[test]
    fn a_disk_without_room_is_told_from_other_troubles() {
        let full = failed("write", Path::new("x"))(io::ErrorKind::StorageFull.into());
        assert_eq!(full.problem(), Problem::DiskFull);
        let other = failed("write", Path::new("x"))(io::ErrorKind::PermissionDenied.into());
        assert_eq!(other.problem(), Problem::Unavailable);
    }
}
