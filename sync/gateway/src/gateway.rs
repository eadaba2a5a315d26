//! A gateway: a ledger, a place for blobs, a key, and what its handlers share.

use std::fmt;
use std::fs;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use domain::Millis;
use ed25519_dalek::SigningKey;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, oneshot};
use wire::sign::PublicKey;

use crate::blobs::{Blobs, Folder};
use crate::hsm::{NoModule, OfficeModule};
use crate::ledger::sqlite::SqliteLedger;
use crate::ledger::{Day, LeaveTerms, Ledger};
use crate::uploads::Lanes;
use crate::{Chance, Clock, Config, Error, key};

/// Passwords checked at the same time: each takes 19 MiB of memory.
const PASSWORDS_AT_ONCE: usize = 2;

/// Uploads nobody finished are kept so long. Unit: milliseconds. The device has the bytes.
const UPLOAD_AGE_MS: i64 = 14 * 24 * 3_600_000;

/// How long open requests may take to end after the gateway was told to. Unit: seconds.
const GRACE: Duration = Duration::from_secs(5);

/// How a gateway deals with prepaid cards.
#[derive(Clone)]
pub struct Cards {
    /// How leave to write one is given.
    pub terms: LeaveTerms,
    /// Who holds the keys.
    pub module: Arc<dyn OfficeModule>,
}

impl Default for Cards {
    /// Leave for three days, and no security module.
    fn default() -> Self {
        Self {
            terms: LeaveTerms::default(),
            module: Arc::new(NoModule),
        }
    }
}

/// A gateway, ready to serve.
pub struct Gateway {
    pub(crate) config: Config,
    pub(crate) clock: Clock,
    pub(crate) chance: Chance,
    pub(crate) key: SigningKey,
    pub(crate) lanes: Lanes,
    pub(crate) passwords: Semaphore,
    pub(crate) cards: Cards,
    ledger: Arc<dyn Ledger>,
    blobs: Arc<dyn Blobs>,
}

impl Gateway {
    /// Opens the embedded ledger and the folder of blobs a configuration names.
    ///
    /// Errors: those of the ledger, the folder and the key.
    pub fn open(config: Config, clock: Clock, chance: Chance) -> Result<Arc<Self>, Error> {
        Self::open_with(config, Cards::default(), clock, chance)
    }

    /// [`Gateway::open`] with its own way of dealing with prepaid cards.
    ///
    /// Errors: those of [`Gateway::open`].
    pub fn open_with(
        config: Config,
        cards: Cards,
        clock: Clock,
        chance: Chance,
    ) -> Result<Arc<Self>, Error> {
        if let Some(folder) = config.ledger.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(folder).map_err(|source| Error::File {
                act: "make",
                path: folder.to_owned(),
                source,
            })?;
        }
        let ledger = Arc::new(SqliteLedger::open(&config.ledger)?);
        let blobs = Arc::new(Folder::open(&config.blobs)?);
        Self::on(config, cards, (ledger, blobs), clock, chance)
    }

    /// A gateway on a ledger and a place for blobs that are open already.
    ///
    /// Errors: those of the key.
    pub fn with(
        config: Config,
        ledger: Arc<dyn Ledger>,
        blobs: Arc<dyn Blobs>,
        clock: Clock,
        chance: Chance,
    ) -> Result<Arc<Self>, Error> {
        Self::on(config, Cards::default(), (ledger, blobs), clock, chance)
    }

    fn on(
        config: Config,
        cards: Cards,
        (ledger, blobs): (Arc<dyn Ledger>, Arc<dyn Blobs>),
        clock: Clock,
        chance: Chance,
    ) -> Result<Arc<Self>, Error> {
        let key = key::open(&config.key_path(), ledger.as_ref(), &chance)?;
        let before = Millis(clock.now().0.saturating_sub(UPLOAD_AGE_MS));
        for upload in ledger.forget_uploads(before)? {
            blobs.discard(upload)?;
        }
        Ok(Arc::new(Self {
            config,
            clock,
            chance,
            key,
            lanes: Lanes::default(),
            passwords: Semaphore::new(PASSWORDS_AT_ONCE),
            cards,
            ledger,
            blobs,
        }))
    }

    /// The ledger.
    pub fn ledger(&self) -> &Arc<dyn Ledger> {
        &self.ledger
    }

    /// The place for blobs.
    pub fn blobs(&self) -> &Arc<dyn Blobs> {
        &self.blobs
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// What it was told at its start.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The key receipts are checked with.
    pub fn public_key(&self) -> PublicKey {
        PublicKey::of(&self.key)
    }

    /// The district's day at a moment.
    pub(crate) fn day(&self, now: Millis) -> Day {
        const DAY_MS: i64 = 24 * 3_600_000;
        let east_ms = i64::from(self.config.utc_offset_minutes) * 60_000;
        let since = now.0.saturating_add(east_ms).rem_euclid(DAY_MS);
        let from = now.0.saturating_sub(since);
        Day {
            from: Millis(from),
            until: Millis(from.saturating_add(DAY_MS)),
        }
    }

    /// Runs something that blocks on the ledger, off the threads that serve.
    ///
    /// Errors: those of `work`.
    pub async fn on_ledger<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Ledger) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let ledger = Arc::clone(&self.ledger);
        blocking(move || work(ledger.as_ref())).await
    }

    /// Runs something that blocks on the blobs, off the threads that serve.
    pub(crate) async fn on_blobs<T: Send + 'static>(
        &self,
        work: impl FnOnce(&dyn Blobs) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let blobs = Arc::clone(&self.blobs);
        blocking(move || work(blobs.as_ref())).await
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

/// Runs something that blocks on a thread of its own.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or(Err(Error::CutOff))
}

/// Serves until `shutdown` is there; then lets open requests end, but not for long.
///
/// Errors: those of the listener.
pub async fn serve(
    listener: TcpListener,
    routes: axum::Router,
    shutdown: impl Future<Output = ()> + Send + 'static,
) -> Result<(), Error> {
    let (told, ending) = oneshot::channel::<()>();
    let graceful = axum::serve(listener, routes).with_graceful_shutdown(async move {
        shutdown.await;
        drop(told);
    });
    let overdue = async move {
        // the sender is dropped, never used: this ends when the shutdown begins
        let _ = ending.await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = graceful => served.map_err(|source| Error::Listen { source }),
        () = overdue => Ok(()),
    }
}
