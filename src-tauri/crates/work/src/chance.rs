//! Random bytes: the operating system's, or a test's.

use std::sync::{Mutex, PoisonError};

use domain::Hash;
use uuid::{Builder, Uuid};

use crate::WorkError;

/// Where random bytes come from.
#[derive(Debug)]
pub struct Chance(Source);

#[derive(Debug)]
enum Source {
    System,
    Seeded { seed: u64, drawn: Mutex<u64> },
}

impl Chance {
    /// The operating system's.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// The same bytes for the same seed; for tests and rehearsals, never for a crew's device.
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded {
            seed,
            drawn: Mutex::new(0),
        })
    }

    /// 32 bytes.
    ///
    /// Errors: [`WorkError::NoChance`].
    pub(crate) fn key(&self) -> Result<[u8; 32], WorkError> {
        match &self.0 {
            Source::System => {
                let mut bytes = [0; 32];
                getrandom::fill(&mut bytes).map_err(|_| WorkError::NoChance)?;
                Ok(bytes)
            }
            Source::Seeded { seed, drawn } => {
                let mut drawn = drawn.lock().unwrap_or_else(PoisonError::into_inner);
                *drawn += 1;
                let parts = [seed.to_be_bytes(), drawn.to_be_bytes()];
                let [seed, drawn] = &parts;
                Ok(*Hash::of_parts(&[b"chance", seed, drawn]).as_bytes())
            }
        }
    }

    /// A new id.
    ///
    /// Errors: [`WorkError::NoChance`].
    pub fn id(&self) -> Result<Uuid, WorkError> {
        Ok(Builder::from_random_bytes(self.seed()?).into_uuid())
    }

    /// 16 bytes.
    ///
    /// Errors: [`WorkError::NoChance`].
    pub(crate) fn seed(&self) -> Result<[u8; 16], WorkError> {
        let key = self.key()?;
        Ok(key.first_chunk().copied().unwrap_or_default())
    }
}
