//! Where time and chance come into the gateway; nothing else reads a clock or makes a random byte.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use domain::{Hash, Millis};
use uuid::Uuid;

use crate::Error;

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> Millis + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Arc::new(|| {
            let since = SystemTime::now().duration_since(UNIX_EPOCH);
            Millis(since.map_or(0, |d| i64::try_from(d.as_millis()).unwrap_or(i64::MAX)))
        }))
    }

    /// A clock that stands until its hand is set.
    pub fn standing(at: Millis) -> (Self, ClockHand) {
        let hand = ClockHand(Arc::new(AtomicI64::new(at.0)));
        let read = hand.clone();
        (Self(Arc::new(move || read.now())), hand)
    }

    /// The time now.
    pub fn now(&self) -> Millis {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

/// Sets a standing clock.
#[derive(Debug, Clone)]
pub struct ClockHand(Arc<AtomicI64>);

impl ClockHand {
    /// What the clock says.
    pub fn now(&self) -> Millis {
        Millis(self.0.load(Ordering::SeqCst))
    }

    /// Moves it on. Unit: milliseconds.
    pub fn advance(&self, by_ms: i64) {
        self.0.fetch_add(by_ms, Ordering::SeqCst);
    }
}

type Filler = dyn Fn(&mut [u8]) -> Result<(), Error> + Send + Sync;

/// Gives unpredictable bytes, and ids made of them.
#[derive(Clone)]
pub struct Chance(Arc<Filler>);

impl Chance {
    /// The operating system's.
    pub fn system() -> Self {
        Self(Arc::new(|bytes| {
            getrandom::fill(bytes).map_err(|e| Error::NoChance {
                reason: e.to_string(),
            })
        }))
    }

    /// Bytes that follow from a seed, for tests and the made-up district; never for a real gateway.
    pub fn seeded(seed: u64) -> Self {
        let count = AtomicU64::new(0);
        Self(Arc::new(move |bytes| {
            for chunk in bytes.chunks_mut(32) {
                let n = count.fetch_add(1, Ordering::SeqCst);
                let block = Hash::of_parts(&[&seed.to_be_bytes(), &n.to_be_bytes()]);
                for (byte, made) in chunk.iter_mut().zip(block.as_bytes()) {
                    *byte = *made;
                }
            }
            Ok(())
        }))
    }

    /// `N` unpredictable bytes.
    ///
    /// Errors: [`Error::NoChance`].
    pub fn bytes<const N: usize>(&self) -> Result<[u8; N], Error> {
        let mut bytes = [0; N];
        (self.0)(&mut bytes)?;
        Ok(bytes)
    }

    /// A new id (version 4).
    ///
    /// Errors: [`Error::NoChance`].
    pub fn uuid(&self) -> Result<Uuid, Error> {
        Ok(uuid::Builder::from_random_bytes(self.bytes()?).into_uuid())
    }
}

impl fmt::Debug for Chance {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Chance")
    }
}
