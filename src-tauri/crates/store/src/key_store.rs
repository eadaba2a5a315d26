//! The key in the operating system's key store, under a name that its folder keeps.
//!
//! On Linux that is the Secret Service of the desktop. Other systems' stores are written when the
//! app is built for them; until then they have none.

use std::path::Path;

use crate::KeySource;

/// What the operating system's key store is called in messages.
pub const KEY_STORE: &str = "key store";

/// The operating system's key store as the place of a device's key; `None` where this program
/// knows none.
///
/// A folder whose key is in there has the file `store.entry`, which names the key and tells
/// nothing of it; a folder without it is never looked up. No dialog is shown, and who asks waits
/// two seconds at most.
pub fn key_store(dir: &Path) -> Option<Box<dyn KeySource>> {
    #[cfg(target_os = "linux")]
    {
        Some(Box::new(linux::KeyStore::of(dir)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = dir;
        None
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use std::error::Error;
    use std::fs;
    use std::io::{self, ErrorKind};
    use std::path::{Path, PathBuf};
    use std::sync::mpsc;
    use std::thread;
    use std::time::Duration;

    use super::KEY_STORE;
    use crate::key::write_whole;
    use crate::{Key, KeySource, StoreError, secret_service};

    /// How long a start waits for the key store. A running one answers within some ten
    /// milliseconds, one that is started for it within a few hundred; a dead bus never does.
    const PATIENCE: Duration = Duration::from_secs(2);

    type Cause = Box<dyn Error + Send + Sync>;

    /// The key store's entry for one folder.
    pub(super) struct KeyStore {
        entry: PathBuf,
    }

    impl KeyStore {
        pub(super) fn of(dir: &Path) -> Self {
            Self {
                entry: dir.join("store.entry"),
            }
        }

        /// The name of the folder's key, when the key went into the key store.
        fn name(&self) -> Result<Option<String>, StoreError> {
            match fs::read_to_string(&self.entry) {
                Ok(name) => Ok(Some(name)),
                Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
                Err(e) => Err(StoreError::file("read", &self.entry)(e)),
            }
        }
    }

    impl KeySource for KeyStore {
        /// Whoever has the name and not the key must not make another: all that is recorded is
        /// under the first one.
        fn read(&self) -> Result<Option<Key>, StoreError> {
            let Some(name) = self.name()? else {
                return Ok(None);
            };
            match in_time(move || found(&name)) {
                Ok(key) => Ok(Some(key)),
                Err(cause) => Err(StoreError::KeyMissing {
                    place: KEY_STORE,
                    source: Some(cause),
                }),
            }
        }

        /// The folder gets the name last, when the key store has given the key back: cut off
        /// before, the folder has no key, and the key store one that nobody asks for.
        fn write(&self, key: &Key) -> Result<(), StoreError> {
            let (name, mine) = (key.name(), key.clone());
            let kept = in_time(move || {
                secret_service::put(&mine.name(), &mine)?;
                found(&mine.name())
            });
            if let Err(source) = kept {
                return Err(StoreError::KeyStore { source });
            }
            write_whole(&self.entry, name.as_bytes())
        }

        fn place(&self) -> &'static str {
            KEY_STORE
        }
    }

    /// The key of that name: one that has another name is none.
    fn found(name: &str) -> Result<Key, Cause> {
        let key = secret_service::find(name)?.filter(|key| key.name() == name);
        key.ok_or_else(|| io::Error::from(ErrorKind::NotFound).into())
    }

    /// Asks in a thread of its own, which is left to itself when it takes too long.
    fn in_time<T: Send + 'static>(
        ask: impl FnOnce() -> Result<T, Cause> + Send + 'static,
    ) -> Result<T, Cause> {
        let (tell, told) = mpsc::sync_channel(1);
        thread::Builder::new()
            .name("key store".into())
            .spawn(move || {
                // Nobody listens any more when it was too late.
                let _ = tell.send(ask());
            })?;
        told.recv_timeout(PATIENCE)?
    }
}
