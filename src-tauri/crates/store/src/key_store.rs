//! The key in the operating system's key store: on Linux the Secret Service of the desktop.
//!
//! Other systems' stores are written when the app is built for them; until then they have none.

use std::path::Path;

use crate::KeySource;

/// The operating system's key store as the place of a device's key; `None` where this program
/// knows none. One that does not answer holds no key and takes none.
///
/// Its entries name the device's folder, so that several devices on one machine do not share one.
pub fn key_store(dir: &Path) -> Option<Box<dyn KeySource>> {
    #[cfg(target_os = "linux")]
    {
        Some(Box::new(secret_service::SecretServiceKey::of(dir)))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = dir;
        None
    }
}

#[cfg(target_os = "linux")]
mod secret_service {
    use std::collections::HashMap;
    use std::env;
    use std::io;
    use std::path::Path;

    use dbus_secret_service::{EncryptionType, Error, SecretService};
    use zeroize::Zeroizing;

    use crate::{Key, KeySource, StoreError};

    /// How long a person may take to unlock the key store. Unit: seconds.
    const PROMPT_S: u64 = 120;

    /// An entry of the Secret Service, found by its attributes.
    pub(super) struct SecretServiceKey {
        folder: String,
    }

    impl SecretServiceKey {
        pub(super) fn of(dir: &Path) -> Self {
            let whole = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
            Self {
                folder: whole.display().to_string(),
            }
        }

        fn attributes(&self) -> HashMap<&str, &str> {
            HashMap::from([("application", "metercrew"), ("folder", &self.folder)])
        }

        /// The bus is the user's own; whoever listens on it could ask for the key as well.
        fn connect() -> Result<SecretService, Error> {
            // Without a bus the library would start one.
            let runtime = env::var_os("XDG_RUNTIME_DIR");
            let has_bus = env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
                || runtime.is_some_and(|dir| Path::new(&dir).join("bus").exists());
            if !has_bus {
                return Err(Error::Unavailable);
            }
            SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, PROMPT_S)
        }

        fn find(&self) -> Result<Option<Key>, Error> {
            let service = Self::connect()?;
            let mut found = service.search_items(self.attributes())?;
            let Some(item) = found.unlocked.pop().or_else(|| found.locked.pop()) else {
                return Ok(None);
            };
            if item.is_locked()? {
                item.unlock()?;
            }
            let text = Zeroizing::new(item.get_secret()?);
            Ok(Key::from_text(&text))
        }

        fn put(&self, key: &Key) -> Result<(), Error> {
            let service = Self::connect()?;
            let collection = service.get_default_collection()?;
            if collection.is_locked()? {
                collection.unlock()?;
            }
            let (label, text) = ("MeterCrew", key.to_text());
            collection.create_item(
                label,
                self.attributes(),
                text.as_bytes(),
                false,
                "text/plain",
            )?;
            Ok(())
        }
    }

    impl KeySource for SecretServiceKey {
        /// A key store that is locked or silent has no key for now: with a database there,
        /// [`crate::obtain_key`] says so and makes none.
        fn read(&self) -> Result<Option<Key>, StoreError> {
            Ok(self.find().unwrap_or(None))
        }

        fn write(&self, key: &Key) -> Result<(), StoreError> {
            let refused = |source: Error| StoreError::KeyStore {
                source: Box::new(source),
            };
            self.put(key).map_err(refused)?;
            let kept = self.find().map_err(refused)?;
            if kept.is_some_and(|kept| kept.check() == key.check()) {
                return Ok(());
            }
            Err(StoreError::KeyStore {
                source: Box::new(io::Error::other("it gives back another key")),
            })
        }

        fn place(&self) -> &'static str {
            "key store"
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use crate::{Key, KeyFile, obtain_key};

    #[test]
    fn without_a_key_store_the_key_file_is_used() {
        if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_some()
            || std::env::var_os("XDG_RUNTIME_DIR").is_some()
        {
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let (silent, file) = (key_store(dir.path()).unwrap(), KeyFile::in_dir(dir.path()));
        assert!(silent.read().unwrap().is_none());
        assert_eq!(
            silent.write(&Key::new([1; 32])).unwrap_err().code(),
            "key_store"
        );
        obtain_key(dir.path(), &[&*silent, &file], || [1; 32]).unwrap();
        assert!(file.read().unwrap().is_some());
    }

    #[test]
    #[ignore = "writes into the key store of whoever runs it"]
    fn a_key_store_gives_back_the_key_of_its_folder() {
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let store = key_store(one.path()).unwrap();
        let file = KeyFile::in_dir(one.path());
        let key = obtain_key(one.path(), &[&*store, &file], || [4; 32]).unwrap();
        assert_eq!(store.read().unwrap().unwrap().check(), key.check());
        assert!(file.read().unwrap().is_none());
        assert!(key_store(two.path()).unwrap().read().unwrap().is_none());
    }
}
