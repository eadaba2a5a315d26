//! Two small files beside the database: which key it has, and whether somebody has it open.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::key::sync_dir;
use crate::{Key, StoreError};

/// Says which key the database has: a first page changed by one bit and a wrong key look the
/// same to SQLCipher, and the one must not be treated as the other.
const KEY_MARK: &str = "store.mark";

/// Is there while the store is open: found at a start, the last end was none.
const OPEN_MARK: &str = "store.open";

/// What the key mark says about a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyMark {
    /// It is the database's key.
    Fits,
    /// It is another one.
    Differs,
    /// There is no mark.
    Absent,
}

/// Compares a key with the mark.
///
/// Errors: the mark cannot be read.
pub(crate) fn key_mark(dir: &Path, key: &Key) -> Result<KeyMark, StoreError> {
    let path = dir.join(KEY_MARK);
    match fs::read_to_string(&path) {
        Ok(text) if text == key.check() => Ok(KeyMark::Fits),
        Ok(_) => Ok(KeyMark::Differs),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(KeyMark::Absent),
        Err(e) => Err(StoreError::file("read", &path)(e)),
    }
}

/// Marks the folder as this key's.
///
/// Errors: the mark cannot be written.
pub(crate) fn put_key_mark(dir: &Path, key: &Key) -> Result<(), StoreError> {
    let (path, unfinished) = (dir.join(KEY_MARK), dir.join("store.mark.new"));
    let failed = || StoreError::file("write", &path);
    let mut file = fs::File::create(&unfinished).map_err(failed())?;
    file.write_all(key.check().as_bytes()).map_err(failed())?;
    file.sync_all().map_err(failed())?;
    fs::rename(&unfinished, &path).map_err(failed())?;
    sync_dir(dir)
}

/// How the store was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LastEnd {
    /// It was closed.
    Clean,
    /// It was cut off, or met damage.
    CutOff,
}

/// Stands as a file while the store is open.
#[derive(Debug)]
pub(crate) struct OpenMark {
    path: PathBuf,
    is_down: AtomicBool,
}

impl OpenMark {
    /// Puts the mark up and says how the last one came down.
    ///
    /// Errors: the mark cannot be written.
    pub(crate) fn put(dir: &Path) -> Result<(Self, LastEnd), StoreError> {
        let path = dir.join(OPEN_MARK);
        let last = if path.exists() {
            LastEnd::CutOff
        } else {
            LastEnd::Clean
        };
        fs::write(&path, []).map_err(StoreError::file("write", &path))?;
        let is_down = AtomicBool::new(false);
        Ok((Self { path, is_down }, last))
    }

    /// Puts it up again, should it have been taken down.
    ///
    /// Errors: the mark cannot be written.
    pub(crate) fn keep_up(&self) -> Result<(), StoreError> {
        if self.is_down.swap(false, Ordering::Relaxed) {
            fs::write(&self.path, []).map_err(StoreError::file("write", &self.path))?;
        }
        Ok(())
    }

    /// Takes it down: the store is closed and sound.
    pub(crate) fn take_down(&self) {
        self.is_down.store(true, Ordering::Relaxed);
        // Should it stay, the next start checks the file once more: no harm.
        fs::remove_file(&self.path).ok();
    }
}
