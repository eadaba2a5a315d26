//! The key that receipts are signed with: made once, kept in a file only its owner can read.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use domain::Hash;
use ed25519_dalek::SigningKey;
use wire::sign::PublicKey;
use zeroize::Zeroizing;

use crate::ledger::Ledger;
use crate::{Chance, Error};

/// The name under which the ledger remembers the public half.
const MARK: &str = "gateway_key";

/// The gateway's key; made when the ledger has none yet.
///
/// Errors: [`Error::KeyMissing`] when the ledger knows a key and the file does not hold it: no
/// new one is made then, for no device would believe it. [`Error::File`].
pub(crate) fn open(path: &Path, ledger: &dyn Ledger, chance: &Chance) -> Result<SigningKey, Error> {
    let known = ledger.mark(MARK)?;
    let key = match (read(path)?, &known) {
        (Some(key), _) => key,
        (None, None) => {
            let seed = Zeroizing::new(chance.bytes::<32>()?);
            write(path, &seed)?;
            SigningKey::from_bytes(&seed)
        }
        (None, Some(_)) => return Err(missing(path)),
    };
    let public = public_text(&key)?;
    match known {
        None => ledger.put_mark(MARK, &public)?,
        Some(known) if known == public => {}
        Some(_) => return Err(missing(path)),
    }
    Ok(key)
}

fn missing(path: &Path) -> Error {
    let path = path.to_owned();
    Error::KeyMissing { path }
}

fn public_text(key: &SigningKey) -> Result<String, Error> {
    serde_json::to_string(&PublicKey::of(key)).map_err(|source| Error::Stored {
        what: "public key",
        source,
    })
}

/// Reads the 64 hexadecimal digits; `None` when there is no file.
fn read(path: &Path) -> Result<Option<SigningKey>, Error> {
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(failed("read", path, source)),
    };
    let seed = Hash::parse(text.trim()).ok_or_else(|| missing(path))?;
    Ok(Some(SigningKey::from_bytes(seed.as_bytes())))
}

/// Writes the key beside its place and moves it there, so that it is whole or not there.
fn write(path: &Path, seed: &[u8; 32]) -> Result<(), Error> {
    let fresh = path.with_extension("new");
    let text = Zeroizing::new(format!("{}\n", Hash::from_bytes(*seed)));
    private(&fresh)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .map_err(|source| failed("write", &fresh, source))?;
    fs::rename(&fresh, path).map_err(|source| failed("rename", &fresh, source))?;
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(|source| failed("sync", folder, source))
}

/// A new file that its owner alone can read.
fn private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path)
}

fn failed(act: &'static str, path: &Path, source: io::Error) -> Error {
    Error::File {
        act,
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::sqlite::SqliteLedger;

    #[test]
    fn the_key_is_made_once_and_never_again_for_the_same_ledger() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway.key");
        let ledger = SqliteLedger::in_memory().unwrap();
        let made = open(&path, &ledger, &Chance::seeded(1)).unwrap();
        let again = open(&path, &ledger, &Chance::seeded(2)).unwrap();
        assert_eq!(made.to_bytes(), again.to_bytes());
        fs::remove_file(&path).unwrap();
        let lost = open(&path, &ledger, &Chance::seeded(3));
        assert!(matches!(lost, Err(Error::KeyMissing { .. })));
        assert!(!path.exists());
        let other = SqliteLedger::in_memory().unwrap();
        open(&path, &other, &Chance::seeded(4)).unwrap();
        let foreign = open(&path, &ledger, &Chance::seeded(5));
        assert!(matches!(foreign, Err(Error::KeyMissing { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt as _;
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("gateway.key");
        let ledger = SqliteLedger::in_memory().unwrap();
        open(&path, &ledger, &Chance::seeded(1)).unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
