//! The device's master key: where it is kept, and what is derived from it.

use std::fmt;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

use crate::StoreError;
use crate::open::DATABASE;

/// 256 random bits that everything the device keeps is encrypted under.
///
/// Wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes 32 bytes that came from the operating system's random source.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The database's key.
    pub(crate) fn database(&self) -> sqlite::Key {
        sqlite::Key::new(*self.derive(b"metercrew/database/1"))
    }

    /// The key of the photos' and signatures' files.
    pub(crate) fn blobs(&self) -> Zeroizing<[u8; 32]> {
        self.derive(b"metercrew/blobs/1")
    }

    /// Tells this key from others and gives nothing of it away.
    pub(crate) fn check(&self) -> String {
        let bytes = self.derive(b"metercrew/check/1");
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the key is called where several are kept; gives nothing of it away.
    #[cfg(target_os = "linux")]
    pub(crate) fn name(&self) -> String {
        let bytes = self.derive(b"metercrew/name/1");
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The key as text, for a place that keeps text.
    #[cfg(target_os = "linux")]
    pub(crate) fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for byte in self.0 {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text
    }

    /// Reads what [`Key::to_text`] wrote; `None` for anything else.
    #[cfg(target_os = "linux")]
    pub(crate) fn from_text(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        domain::Hash::parse(text).map(|bytes| Self(*bytes.as_bytes()))
    }

    /// HKDF-SHA-256 without salt: the master key is uniform already.
    /// Source: RFC 5869, 3.1 and 3.3. 32 bytes never exceed its limit of 255 × 32.
    fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; 32]> {
        let mut out = Zeroizing::new([0; 32]);
        let derived = Hkdf::<Sha256>::new(None, &self.0).expand(purpose, out.as_mut_slice());
        debug_assert!(derived.is_ok(), "32 bytes are within HKDF's limit");
        out
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

/// A place that keeps the key: a file, the operating system's key store.
pub trait KeySource: Send + Sync {
    /// The key, when this place has the folder's.
    ///
    /// Errors: [`StoreError::KeyMissing`] when this place took the folder's key and does not give
    /// it back now; those of the place.
    fn read(&self) -> Result<Option<Key>, StoreError>;

    /// Keeps a key for good; never in place of another one.
    ///
    /// Errors: the place does not answer, or has a key already.
    fn write(&self, key: &Key) -> Result<(), StoreError>;

    /// What the place is called in messages.
    fn place(&self) -> &'static str;
}

/// A device's key and where it is kept.
#[derive(Debug)]
pub struct FoundKey {
    /// The key.
    pub key: Key,
    /// What that place is called in messages.
    pub place: &'static str,
}

/// Finds the device's key in the first source that has one; makes one when none ever had and the
/// folder has no database yet.
///
/// `fresh` gives 32 bytes of the operating system's random source. A new key goes into the first
/// source that takes it.
///
/// Errors: [`StoreError::KeyMissing`] when a source took the key and no source has it now, or when
/// there is a database and no key: a new one would be one more thing that does not open it. Those
/// of the last source when none takes a new key.
pub fn obtain_key(
    dir: &Path,
    sources: &[&dyn KeySource],
    fresh: impl FnOnce() -> [u8; 32],
) -> Result<FoundKey, StoreError> {
    let mut missing = None;
    for source in sources {
        let place = source.place();
        match source.read() {
            Ok(Some(key)) => return Ok(FoundKey { key, place }),
            Ok(None) => {}
            // Another source may have what was kept of the key for such a day.
            Err(silent @ StoreError::KeyMissing { .. }) => missing = Some(silent),
            Err(other) => return Err(other),
        }
    }
    let lost = StoreError::KeyMissing {
        place: KEY_FILE,
        source: None,
    };
    if missing.is_some() || dir.join(DATABASE).exists() {
        return Err(missing.unwrap_or(lost));
    }
    let key = Key::new(fresh());
    let mut refused = lost;
    for source in sources {
        let place = source.place();
        match source.write(&key) {
            Ok(()) => return Ok(FoundKey { key, place }),
            Err(reason) => refused = reason,
        }
    }
    Err(refused)
}

/// What the key file is called in messages. A folder that no other place claims has its key there.
const KEY_FILE: &str = "key file";

/// The key in a file that its user alone may read, in a folder that its user alone may enter.
#[derive(Debug)]
pub struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    /// The key file of a device's folder.
    pub fn in_dir(dir: &Path) -> Self {
        Self {
            path: dir.join("store.key"),
        }
    }
}

impl KeySource for KeyFile {
    fn read(&self) -> Result<Option<Key>, StoreError> {
        let failed = |act| StoreError::file(act, &self.path);
        let mut file = match fs::File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed("open")(e)),
        };
        only_ours(&self.path)?;
        let mut bytes = [0; 32];
        file.read_exact(&mut bytes).map_err(failed("read"))?;
        let key = Key::new(bytes);
        bytes.zeroize();
        Ok(Some(key))
    }

    fn write(&self, key: &Key) -> Result<(), StoreError> {
        write_whole(&self.path, &key.0)
    }

    fn place(&self) -> &'static str {
        KEY_FILE
    }
}

/// Writes a file for its user alone that appears whole or not at all: a torn one would lock the
/// crew out for good.
///
/// Errors: the operating system's; there is such a file already.
pub(crate) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let dir = path.parent().unwrap_or(Path::new("."));
    private_dir(dir)?;
    let failed = |act| StoreError::file(act, path);
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let unfinished = PathBuf::from(unfinished);
    match fs::remove_file(&unfinished) {
        Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed("clear")(e)),
        Ok(()) | Err(_) => {}
    }
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished).map_err(failed("create"))?;
    file.write_all(bytes).map_err(failed("write"))?;
    file.sync_all().map_err(failed("sync"))?;
    // A link, unlike a rename, never replaces a file that is there.
    fs::hard_link(&unfinished, path).map_err(failed("name"))?;
    fs::remove_file(&unfinished).map_err(failed("clear"))?;
    sync_dir(dir)
}

/// Makes a folder that its user alone may enter, or makes it so.
///
/// Errors: the operating system's.
pub(crate) fn private_dir(dir: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(dir)
        .map_err(StoreError::file("create", dir))?;
    only_ours(dir)
}

/// Takes everyone else's permissions away.
#[cfg(unix)]
fn only_ours(path: &Path) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt;
    let found = fs::metadata(path).map_err(StoreError::file("inspect", path))?;
    let mode = found.permissions().mode();
    if mode & 0o077 == 0 {
        return Ok(());
    }
    fs::set_permissions(path, fs::Permissions::from_mode(mode & 0o700))
        .map_err(StoreError::file("protect", path))
}

/// Elsewhere a user's folder is private by itself.
#[cfg(not(unix))]
fn only_ours(_: &Path) -> Result<(), StoreError> {
    Ok(())
}

/// Makes names that were just given in a folder survive a power cut.
///
/// Errors: the operating system's.
pub(crate) fn sync_dir(dir: &Path) -> Result<(), StoreError> {
    if cfg!(windows) {
        return Ok(());
    }
    fs::File::open(dir)
        .and_then(|dir| dir.sync_all())
        .map_err(StoreError::file("sync", dir))
}

/// A key that lives as long as the process; for tests and throw-away devices.
#[derive(Debug, Default)]
pub struct MemoryKey {
    key: Mutex<Option<Key>>,
}

impl KeySource for MemoryKey {
    fn read(&self) -> Result<Option<Key>, StoreError> {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(key.clone())
    }

    fn write(&self, key: &Key) -> Result<(), StoreError> {
        let mut kept = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(key.clone());
        Ok(())
    }

    fn place(&self) -> &'static str {
        "memory"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("device");
        let file = KeyFile::in_dir(&dir);
        let first = obtain_key(&dir, &[&file], || [7; 32]).unwrap();
        let again = obtain_key(&dir, &[&file], || panic!("there is one")).unwrap();
        assert_eq!(first.key.check(), again.key.check());
        assert_eq!((first.place, again.place), ("key file", "key file"));
    }

    #[test]
    fn the_key_file_is_its_users_alone_and_is_made_so_again() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("device");
        let file = KeyFile::in_dir(&dir);
        obtain_key(&dir, &[&file], || [7; 32]).unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&dir), mode(&file.path)), (0o700, 0o600));
        fs::set_permissions(&file.path, fs::Permissions::from_mode(0o644)).unwrap();
        file.read().unwrap().unwrap();
        assert_eq!(mode(&file.path), 0o600);
    }

    #[test]
    fn no_new_key_is_made_beside_a_database() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join(DATABASE), b"rows").unwrap();
        let file = KeyFile::in_dir(dir.path());
        let refused = obtain_key(dir.path(), &[&file], || panic!("no new key")).unwrap_err();
        assert_eq!(refused.code(), "key_missing");
        assert!(file.read().unwrap().is_none());
    }

    #[test]
    fn a_key_never_replaces_another_one() {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::in_dir(dir.path());
        file.write(&Key::new([1; 32])).unwrap();
        file.write(&Key::new([2; 32])).unwrap_err();
        let kept = file.read().unwrap().unwrap();
        assert_eq!(kept.check(), Key::new([1; 32]).check());
    }

    #[test]
    fn a_key_file_cut_off_while_it_was_written_is_no_key() {
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::in_dir(dir.path());
        fs::write(dir.path().join("store.key.new"), b"half").unwrap();
        assert!(file.read().unwrap().is_none());
        obtain_key(dir.path(), &[&file], || [3; 32]).unwrap();
        assert!(file.read().unwrap().is_some());
    }

    #[test]
    fn a_source_that_does_not_take_a_key_leaves_it_to_the_next() {
        struct Locked;
        impl KeySource for Locked {
            fn read(&self) -> Result<Option<Key>, StoreError> {
                Ok(None)
            }
            fn write(&self, _: &Key) -> Result<(), StoreError> {
                Err(StoreError::WrongKey)
            }
            fn place(&self) -> &'static str {
                "key store"
            }
        }
        let dir = tempfile::tempdir().unwrap();
        let memory = MemoryKey::default();
        let found = obtain_key(dir.path(), &[&Locked, &memory], || [3; 32]).unwrap();
        assert!(memory.read().unwrap().is_some());
        assert_eq!(found.place, "memory");
    }

    #[test]
    fn a_source_that_took_the_key_and_is_silent_now_gets_no_other_key_beside_it() {
        struct Silent;
        impl KeySource for Silent {
            fn read(&self) -> Result<Option<Key>, StoreError> {
                Err(StoreError::KeyMissing {
                    place: "key store",
                    source: None,
                })
            }
            fn write(&self, _: &Key) -> Result<(), StoreError> {
                panic!("no new key")
            }
            fn place(&self) -> &'static str {
                "key store"
            }
        }
        let dir = tempfile::tempdir().unwrap();
        let file = KeyFile::in_dir(dir.path());
        for sources in [[&Silent as &dyn KeySource, &file], [&file, &Silent]] {
            let refused = obtain_key(dir.path(), &sources, || panic!("no new key")).unwrap_err();
            assert!(refused.to_string().contains("key store"), "{refused}");
        }
        file.write(&Key::new([5; 32])).unwrap();
        let found = obtain_key(dir.path(), &[&Silent, &file], || panic!("there is one")).unwrap();
        assert_eq!(
            found.place, "key file",
            "a key that was put back by hand is used"
        );
    }

    #[test]
    fn each_purpose_has_its_own_key_and_none_is_printed() {
        let key = Key::new([9; 32]);
        let hex: String = key.blobs().iter().map(|b| format!("{b:02x}")).collect();
        assert_ne!(hex, key.check());
        assert!(key.name() != hex && key.name() != key.check());
        assert_eq!(format!("{key:?}"), "Key(…)");
    }
}
