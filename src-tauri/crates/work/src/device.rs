//! A device: a folder with a key, a store and a lock, and those who want to hear of changes.

use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::DateTime;
use domain::{Millis, OrderId, Stamp};
use store::{FoundKey, KeyFile, KeySource, Notice, Store, StoreError, key_store, obtain_key};
use tokio::sync::{Notify, broadcast, watch};

use crate::read_meter::Reading;
use crate::sighting::SoftLooks;
use crate::sync::Courier;
use crate::write_card::Cards;
use crate::{Chance, Clock, SyncState, WorkError};

/// The device. Cheap to clone: all clones are the same device.
#[derive(Debug, Clone)]
pub struct Device {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) dir: PathBuf,
    /// Where the store's key is kept.
    key_place: &'static str,
    notice: Option<Notice>,
    changed: broadcast::Sender<Changed>,
    /// New work, or a person who wants to sync now.
    pub(crate) wake: Notify,
    pub(crate) now: Notify,
    pub(crate) sync: watch::Sender<SyncState>,
    pub(crate) courier: tokio::sync::Mutex<Option<Courier>>,
    /// What went wrong since the start: code → how often, and when last.
    pub(crate) troubles: Mutex<BTreeMap<String, (u32, Millis)>>,
    /// The key of an enrolment whose answer was lost: the next try uses it again.
    pub(crate) fresh_key: Mutex<Option<zeroize::Zeroizing<[u8; 32]>>>,
    pub(crate) reading: Reading,
    pub(crate) cards: Cards,
    pub(crate) soft_looks: SoftLooks,
    /// Held as long as the device lives.
    _lock: File,
}

/// What changed and has to be asked for again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Orders whose picture or delivery changed.
    pub orders: Vec<OrderId>,
    /// Whether the cabinet's list changed.
    pub cabinet: bool,
}

/// Where a new folder's key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NewKey {
    /// Into the folder: for tests, and where nobody is signed in.
    File,
    /// Into the operating system's key store when it takes one at once, else into the folder.
    KeyStore,
}

/// Changes that may wait for a slow listener; one that falls behind is told so and asks for all.
const CHANGES_KEPT: usize = 256;

impl Device {
    /// Opens the device that lives in a folder; makes it, with its key beside it, when there is
    /// none.
    ///
    /// Errors: [`WorkError::InUse`] when another program has it open, [`WorkError::Folder`],
    /// [`WorkError::Store`]: a lost key above all.
    pub fn open(dir: &Path, clock: Clock, chance: Chance) -> Result<Self, WorkError> {
        Self::open_with(dir, clock, chance, NewKey::File)
    }

    /// Opens the device that lives in a folder, wherever its key is; a new one's goes where
    /// `new_key` says. The operating system's key store may take two seconds.
    ///
    /// Errors: those of [`Device::open`].
    pub fn open_with(
        dir: &Path,
        clock: Clock,
        chance: Chance,
        new_key: NewKey,
    ) -> Result<Self, WorkError> {
        fs::create_dir_all(dir).map_err(WorkError::Folder)?;
        let lock = File::create(dir.join("lock")).map_err(WorkError::Folder)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(WorkError::InUse),
            Err(TryLockError::Error(reason)) => return Err(WorkError::Folder(reason)),
        }
        let fresh = chance.key()?;
        let FoundKey { key, place } = key_of(dir, new_key, fresh)?;
        let name = file_time(clock.stamp());
        let (store, notice) = Store::open(dir, &key, &name)?;
        if let Some(met) = store.setting(CLOCK)? {
            clock.remember(met);
        }
        let last_ok = store.setting(LAST_OK)?;
        let inner = Inner {
            store,
            clock,
            chance,
            dir: dir.to_owned(),
            key_place: place,
            notice,
            changed: broadcast::Sender::new(CHANGES_KEPT),
            wake: Notify::new(),
            now: Notify::new(),
            sync: watch::Sender::new(SyncState::new(last_ok)),
            courier: tokio::sync::Mutex::new(None),
            troubles: Mutex::new(BTreeMap::new()),
            fresh_key: Mutex::new(None),
            reading: Reading::default(),
            cards: Cards::default(),
            soft_looks: SoftLooks::default(),
            _lock: lock,
        };
        Ok(Self {
            inner: Arc::new(inner),
        })
    }

    /// Leaves the folder in order before the process ends, which drops nothing.
    pub fn leave(&self) {
        self.inner.store.leave();
    }

    /// What happened to the store when it was opened and a person should know.
    pub fn notice(&self) -> Option<&Notice> {
        self.inner.notice.as_ref()
    }

    /// The folder it lives in.
    pub fn dir(&self) -> &Path {
        &self.inner.dir
    }

    /// Where the store's key is kept: `key file`, `key store`.
    pub fn key_place(&self) -> &'static str {
        self.inner.key_place
    }

    /// Now, by every clock there is.
    pub fn stamp(&self) -> Stamp {
        self.inner.clock.stamp()
    }

    /// Everything that changes from now on.
    pub fn changes(&self) -> broadcast::Receiver<Changed> {
        self.inner.changed.subscribe()
    }

    /// Tells listeners; nobody has to listen.
    pub(crate) fn tell(&self, changed: Changed) {
        if changed != Changed::default() {
            let _ = self.inner.changed.send(changed);
        }
    }

    /// Keeps in mind that something went wrong, for the diagnostics.
    pub(crate) fn trouble(&self, code: &str) {
        let at = self.stamp().wall_ms;
        let troubles = self.inner.troubles.lock();
        let mut troubles = troubles.unwrap_or_else(PoisonError::into_inner);
        let kept = troubles.entry(code.to_owned()).or_default();
        *kept = (kept.0.saturating_add(1), at);
    }

    /// Runs work on the store beside the runtime's own threads.
    ///
    /// Errors: those of the work; [`WorkError::Closing`].
    pub async fn beside<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Self) -> Result<T, WorkError> + Send + 'static,
    ) -> Result<T, WorkError> {
        let device = self.clone();
        let done = tokio::task::spawn_blocking(move || work(&device)).await;
        done.unwrap_or(Err(WorkError::Closing))
    }
}

/// The folder's key, from where it is.
///
/// Errors: those of [`obtain_key`].
fn key_of(dir: &Path, new_key: NewKey, fresh: [u8; 32]) -> Result<FoundKey, StoreError> {
    let (file, desktop) = (KeyFile::in_dir(dir), key_store(dir));
    let mut sources: Vec<&dyn KeySource> = vec![&file];
    sources.extend(desktop.as_deref());
    match new_key {
        NewKey::File => {}
        NewKey::KeyStore => sources.reverse(),
    }
    obtain_key(dir, &sources, || fresh)
}

/// Settings of the device's own: the gateway's clock as last heard, and the last good round.
pub(crate) const CLOCK: &str = "clock";
pub(crate) const LAST_OK: &str = "last_ok";

/// A moment as part of a file's name: `2026-11-21T083000Z`.
pub(crate) fn file_time(stamp: Stamp) -> String {
    DateTime::from_timestamp_millis(stamp.best().0)
        .unwrap_or_default()
        .format("%Y-%m-%dT%H%M%SZ")
        .to_string()
}
