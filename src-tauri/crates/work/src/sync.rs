//! Sync: rounds of the client's plan, one after the other for ever.

mod courier;

use client::{Bytes, Input, Output, Rest, Standing, Wakes};
use domain::Millis;
use tokio::sync::watch;

pub(crate) use courier::Courier;

use crate::device::LAST_OK;
use crate::{Device, WorkError};

/// What sync is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncState {
    /// Now.
    pub now: SyncNow,
    /// When the last round ended well, by the device's best guess.
    pub last_ok: Option<Millis>,
}

/// What sync is doing now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SyncNow {
    /// Nothing waits.
    Idle,
    /// At work.
    Running(Bytes),
    /// It tries again by itself when the boot clock says so.
    Waiting {
        /// Why: a code, such as `no_link`.
        why: String,
        /// When. Unit: milliseconds of the boot clock.
        until_boot_ms: u64,
    },
    /// A person has to do something; it looks again now and then.
    Blocked {
        /// What: a code, such as `unknown_device`.
        why: String,
    },
}

/// What one round moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// How it ended.
    pub standing: Standing,
    /// Events that are receipted now.
    pub events_up: u64,
    /// Those of them that the gateway refused or found late.
    pub events_refused: u64,
    /// Photos and signatures that went up.
    pub blobs_up: u64,
    /// Changes of orders that came down.
    pub orders_down: u64,
    /// Bytes of bodies to the gateway.
    pub bytes_up: u64,
    /// Bytes of bodies from it.
    pub bytes_down: u64,
}

/// The moment of the last good round is written down no more often than this, and whenever
/// something moved. Unit: milliseconds.
const LAST_OK_EVERY_MS: i64 = 600_000;

/// Rest after a round that the device itself could not begin. Unit: milliseconds.
const UNABLE_MS: u64 = 60_000;

impl SyncState {
    pub(crate) fn new(last_ok: Option<Millis>) -> Self {
        Self {
            now: SyncNow::Idle,
            last_ok,
        }
    }
}

impl Device {
    /// What sync is doing, as it changes.
    pub fn sync_state(&self) -> watch::Receiver<SyncState> {
        self.inner.sync.subscribe()
    }

    /// A person wants to sync now.
    pub fn sync_now(&self) {
        self.inner.now.notify_one();
    }

    /// One round: until nothing is left to do or nothing goes through.
    ///
    /// A round that ends with something waiting is no error: the answer says how it stands.
    ///
    /// Errors: [`WorkError::Store`], of which `NotEnrolled`; [`WorkError::Gateway`] for an address
    /// that cannot be used.
    pub async fn sync_round(&self) -> Result<Round, WorkError> {
        self.round().await.map(|(round, _)| round)
    }

    /// Syncs for ever: by itself, when there is new work, and when a person wants it.
    pub async fn run_sync(&self) {
        loop {
            let rest = match self.round().await {
                Ok((_, rest)) => rest,
                Err(WorkError::Store(store::StoreError::NotEnrolled)) => {
                    self.inner.wake.notified().await;
                    continue;
                }
                Err(error) => self.unable(&error),
            };
            let time = std::time::Duration::from_millis(rest.ms);
            let work = async {
                match rest.wakes {
                    Wakes::Work => self.inner.wake.notified().await,
                    Wakes::Person => std::future::pending().await,
                }
            };
            tokio::select! {
                () = tokio::time::sleep(time) => {}
                () = work => {}
                () = self.inner.now.notified() => {}
            }
        }
    }

    async fn round(&self) -> Result<(Round, Rest), WorkError> {
        let mut guard = self.inner.courier.lock().await;
        let who = self.beside(Self::signing_as).await?;
        let mut courier = match guard.take() {
            Some(courier) if courier.serves(&who) => courier,
            Some(_) | None => Courier::new(who, self.inner.chance.seed()?)?,
        };
        courier.begin();
        let mut input = Input::Go;
        let rest = loop {
            match courier.plan.step(input) {
                Output::Rest(rest) => break rest,
                Output::Do(ask) => {
                    let bytes = courier.plan.bytes();
                    if bytes.all > 0 {
                        self.show(SyncNow::Running(bytes));
                    }
                    input = match courier.perform(self, ask).await {
                        Ok(answer) => Input::Done(answer),
                        Err(error) => {
                            self.trouble(&error.code());
                            Input::Failed(courier::fault(error))
                        }
                    };
                }
            }
        };
        let round = courier.end(rest.standing.clone());
        *guard = Some(courier);
        self.rested(&rest, &round).await?;
        Ok((round, rest))
    }

    fn show(&self, now: SyncNow) {
        self.inner.sync.send_modify(|state| state.now = now);
    }

    async fn rested(&self, rest: &Rest, round: &Round) -> Result<(), WorkError> {
        let stamp = self.stamp();
        match &rest.standing {
            Standing::Waiting { why } => self.show(SyncNow::Waiting {
                why: why.clone(),
                until_boot_ms: stamp.boot_ms.saturating_add(rest.ms),
            }),
            Standing::Blocked { why } => self.show(SyncNow::Blocked { why: why.clone() }),
            Standing::Idle => {
                let at = stamp.best();
                let before = self.inner.sync.borrow().last_ok;
                self.inner.sync.send_replace(SyncState {
                    now: SyncNow::Idle,
                    last_ok: Some(at),
                });
                let moved = round.events_up + round.blobs_up + round.orders_down > 0;
                let due = before.is_none_or(|before| at.0 - before.0 > LAST_OK_EVERY_MS);
                if moved || due {
                    self.beside(move |device| Ok(device.inner.store.save_setting(LAST_OK, &at)?))
                        .await?;
                }
            }
        }
        Ok(())
    }

    fn unable(&self, error: &WorkError) -> Rest {
        let why = error.code();
        self.trouble(&why);
        self.show(SyncNow::Blocked { why: why.clone() });
        Rest {
            ms: UNABLE_MS,
            wakes: Wakes::Person,
            standing: Standing::Blocked { why },
        }
    }
}
