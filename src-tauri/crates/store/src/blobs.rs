//! Photos and signatures as encrypted files, named by the hash of what is in them.
//!
//! A file: 4 bytes `MCB1`, then XChaCha20-Poly1305 over the bytes with the hash as associated
//! data. The nonce is the first 24 bytes of the hash: equal nonces mean equal contents, so none is
//! ever used for two.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use domain::BlobHash;

use crate::key::{private_dir, sync_dir};
use crate::{Key, Store, StoreError};

const FORMAT: &[u8; 4] = b"MCB1";

/// What a file has beyond the blob's own bytes. Unit: bytes.
const OVERHEAD: u64 = 4 + 16;

/// Begins the names of files that are being written.
const UNFINISHED: &str = "tmp-";

/// The folder of blobs.
pub(crate) struct Blobs {
    dir: PathBuf,
    cipher: XChaCha20Poly1305,
    written: AtomicU64,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blobs").finish_non_exhaustive()
    }
}

impl Store {
    /// Keeps a photo or signature; it is on the disk when this returns. Twice is once.
    ///
    /// Errors: [`StoreError::DiskFull`], [`StoreError::File`].
    pub fn put_blob(&self, bytes: &[u8]) -> Result<BlobHash, StoreError> {
        self.blobs.put(bytes)
    }

    /// The bytes of a photo or signature.
    ///
    /// Errors: [`StoreError::BlobMissing`]; [`StoreError::BlobDamaged`] when the file was changed.
    pub fn blob(&self, hash: &BlobHash) -> Result<Vec<u8>, StoreError> {
        self.blobs.get(hash)
    }

    /// How many bytes it has; `None` when it is not here.
    ///
    /// Errors: [`StoreError::File`].
    pub fn blob_size(&self, hash: &BlobHash) -> Result<Option<u64>, StoreError> {
        self.blobs.size(hash)
    }
}

impl Blobs {
    /// Opens the folder: makes it, clears away what was cut off, and makes names durable that were
    /// given shortly before a cut.
    ///
    /// Errors: the operating system's.
    pub(crate) fn open(dir: &Path, key: &Key) -> Result<Self, StoreError> {
        private_dir(dir)?;
        for folder in entries(dir)? {
            if !folder.is_dir() {
                continue;
            }
            for file in entries(&folder)? {
                let name = file.file_name().and_then(|name| name.to_str());
                if name.is_some_and(|name| name.starts_with(UNFINISHED)) {
                    fs::remove_file(&file).map_err(StoreError::file("clear", &file))?;
                }
            }
            sync_dir(&folder)?;
        }
        Ok(Self {
            dir: dir.to_owned(),
            cipher: XChaCha20Poly1305::new(&(*key.blobs()).into()),
            written: AtomicU64::new(0),
        })
    }

    fn folder(&self, hash: &BlobHash) -> PathBuf {
        let first = hash.as_bytes().first().copied().unwrap_or_default();
        self.dir.join(format!("{first:02x}"))
    }

    fn path(&self, hash: &BlobHash) -> PathBuf {
        self.folder(hash).join(hash.to_string())
    }

    fn nonce(hash: &BlobHash) -> XNonce {
        let mut nonce = XNonce::default();
        for (to, from) in nonce.iter_mut().zip(hash.as_bytes()) {
            *to = *from;
        }
        nonce
    }

    fn put(&self, bytes: &[u8]) -> Result<BlobHash, StoreError> {
        let hash = BlobHash::of(bytes);
        let (folder, path) = (self.folder(&hash), self.path(&hash));
        if self.size(&hash)? == Some(bytes.len() as u64) {
            return Ok(hash);
        }
        let payload = Payload {
            msg: bytes,
            aad: hash.as_bytes(),
        };
        let sealed = self.cipher.encrypt(&Self::nonce(&hash), payload);
        let sealed = sealed.map_err(|_| StoreError::BlobDamaged { hash })?;
        if !folder.is_dir() {
            private_dir(&folder)?;
            sync_dir(&self.dir)?;
        }
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let unfinished = folder.join(format!("{UNFINISHED}{number}-{hash}"));
        let written = fs::File::create(&unfinished).and_then(|mut file| {
            file.write_all(FORMAT)?;
            file.write_all(&sealed)?;
            file.sync_all()?;
            fs::rename(&unfinished, &path)
        });
        if let Err(reason) = written {
            fs::remove_file(&unfinished).ok();
            return Err(StoreError::file("write", &path)(reason));
        }
        sync_dir(&folder)?;
        Ok(hash)
    }

    fn get(&self, hash: &BlobHash) -> Result<Vec<u8>, StoreError> {
        let path = self.path(hash);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == ErrorKind::NotFound => {
                return Err(StoreError::BlobMissing { hash: *hash });
            }
            Err(e) => return Err(StoreError::file("read", &path)(e)),
        };
        let sealed = bytes.strip_prefix(FORMAT);
        let opened = sealed.and_then(|sealed| {
            let payload = Payload {
                msg: sealed,
                aad: hash.as_bytes(),
            };
            self.cipher.decrypt(&Self::nonce(hash), payload).ok()
        });
        opened.ok_or(StoreError::BlobDamaged { hash: *hash })
    }

    /// The size of a blob that is here, without opening it.
    ///
    /// Errors: the operating system's.
    pub(crate) fn size(&self, hash: &BlobHash) -> Result<Option<u64>, StoreError> {
        let path = self.path(hash);
        match fs::metadata(&path) {
            Ok(found) => Ok(found.len().checked_sub(OVERHEAD)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(StoreError::file("inspect", &path)(e)),
        }
    }
}

fn entries(dir: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let listed = fs::read_dir(dir).and_then(|entries| {
        entries
            .map(|entry| entry.map(|entry| entry.path()))
            .collect()
    });
    listed.map_err(StoreError::file("list", dir))
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn blobs(dir: &TempDir, key: u8) -> Blobs {
        Blobs::open(&dir.path().join("blobs"), &Key::new([key; 32])).unwrap()
    }

    #[test]
    fn bytes_come_back_and_stand_nowhere_in_the_clear() {
        let dir = tempdir().unwrap();
        let blobs = blobs(&dir, 1);
        let photo = b"a photo of a kitchen, ".repeat(50);
        let hash = blobs.put(&photo).unwrap();
        assert_eq!(blobs.put(&photo).unwrap(), hash, "twice is once");
        assert_eq!(blobs.get(&hash).unwrap(), photo);
        assert_eq!(blobs.size(&hash).unwrap(), Some(photo.len() as u64));
        let file = fs::read(blobs.path(&hash)).unwrap();
        assert!(!file.windows(7).any(|bytes| bytes == b"kitchen"));
    }

    #[test]
    fn a_changed_byte_a_swapped_file_and_another_key_are_noticed() {
        let dir = tempdir().unwrap();
        let ours = blobs(&dir, 1);
        let (one, two) = (ours.put(b"one").unwrap(), ours.put(b"two").unwrap());
        let damaged = |blobs: &Blobs, hash| blobs.get(hash).unwrap_err().code();
        assert_eq!(damaged(&blobs(&dir, 2), &one), "blob_damaged");
        let mut bytes = fs::read(ours.path(&one)).unwrap();
        fs::write(ours.path(&two), &bytes).unwrap();
        assert_eq!(damaged(&ours, &two), "blob_damaged");
        bytes[5] ^= 1;
        fs::write(ours.path(&one), &bytes).unwrap();
        assert_eq!(damaged(&ours, &one), "blob_damaged");
        assert_eq!(damaged(&ours, &BlobHash::of(b"?")), "blob_missing");
    }

    #[test]
    fn what_was_cut_off_while_it_was_written_is_cleared_away() {
        let dir = tempdir().unwrap();
        let first = blobs(&dir, 1);
        let hash = first.put(b"whole").unwrap();
        let left = first.folder(&hash).join("tmp-0-half");
        fs::write(&left, b"half").unwrap();
        let again = blobs(&dir, 1);
        assert!(!left.exists());
        assert_eq!(again.get(&hash).unwrap(), b"whole");
    }
}
