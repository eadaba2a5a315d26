//! The Secret Service, as much of it as one key needs: the key store of Linux desktops.
//!
//! Nothing here shows a dialog: with no time to prompt, the library gives up before it asks for one.
//!
//! Source: freedesktop.org, Secret Service API draft 0.2.

use std::collections::HashMap;
use std::env;
use std::path::Path;

use dbus_secret_service::{EncryptionType, Error, SecretService};
use zeroize::Zeroizing;

use crate::Key;

/// What people see in their key store's own program.
const LABEL: &str = "MeterCrew: the key of this device's records";

/// No time to answer a prompt, and so no prompt. Unit: seconds.
const NO_PROMPT_S: u64 = 0;

/// The key that stands under a name; `None` when the key store answers and has none.
///
/// Errors: no bus, no key store on it, a locked one.
pub(crate) fn find(name: &str) -> Result<Option<Key>, Error> {
    let service = connect()?;
    let found = service.search_items(attributes(name))?;
    let Some(item) = found.unlocked.into_iter().chain(found.locked).next() else {
        return Ok(None);
    };
    // Opens what needs no answer from a person, such as a collection without a password.
    item.ensure_unlocked()?;
    let text = Zeroizing::new(item.get_secret()?);
    Ok(Key::from_text(&text))
}

/// Keeps a key under a name in the user's own collection; makes no collection.
///
/// Errors: those of [`find`]; [`Error::NoResult`] when there is no collection that outlives the
/// session.
pub(crate) fn put(name: &str, key: &Key) -> Result<(), Error> {
    let service = connect()?;
    let collection = service.get_default_collection()?;
    // Forgotten at the end of the session, and every record with it.
    if let Ok(session) = service.get_collection_by_alias("session")
        && session.path == collection.path
    {
        return Err(Error::NoResult);
    }
    collection.ensure_unlocked()?;
    let text = key.to_text();
    collection.create_item(
        LABEL,
        attributes(name),
        text.as_bytes(),
        false,
        "text/plain",
    )?;
    Ok(())
}

/// How an entry is found. They are no secret: a locked key store shows them.
fn attributes(name: &str) -> HashMap<&str, &str> {
    HashMap::from([("application", "metercrew"), ("folder", name)])
}

/// The bus is the user's own: whoever listens there could ask for the key as well, so that it goes
/// over it in plain.
fn connect() -> Result<SecretService, Error> {
    if !has_bus() {
        return Err(Error::Unavailable);
    }
    SecretService::connect_with_max_prompt_timeout(EncryptionType::Plain, NO_PROMPT_S)
}

/// Whether there is a session bus; without one the library would start one.
fn has_bus() -> bool {
    match env::var_os("DBUS_SESSION_BUS_ADDRESS") {
        Some(address) => !address.is_empty(),
        None => {
            env::var_os("XDG_RUNTIME_DIR").is_some_and(|dir| Path::new(&dir).join("bus").exists())
        }
    }
}
