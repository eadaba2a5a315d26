//! Time as the field knows it: a device's clock may be wrong, and says by how much it may be.

use serde::{Deserialize, Serialize};
use ts_rs::TS;
use uuid::Uuid;

/// A moment by some clock. Unit: milliseconds since 1970-01-01 UTC.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, TS,
)]
#[serde(transparent)]
#[ts(type = "number")]
pub struct Millis(pub i64);

/// When an event happened, by every clock the device had.
///
/// The series orders a device's events; a stamp never does. A clock that is a day off changes
/// what is shown beside an event, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Stamp {
    /// The wall clock of the device, right or wrong.
    pub wall_ms: Millis,
    /// Milliseconds since the device started; runs on while the wall clock is set.
    pub boot_ms: u64,
    /// Which start of the device `boot_ms` counts from.
    #[ts(type = "string")]
    pub boot_id: Uuid,
    /// Gateway's clock minus this device's wall clock when they last met; `None` before that.
    pub offset_ms: Option<i64>,
    /// How far from the truth `wall_ms + offset_ms` may lie. Unit: milliseconds; `None` unknown.
    pub uncertainty_ms: Option<u64>,
}

impl Stamp {
    /// The best guess of the true moment: the wall clock, corrected when the offset is known.
    pub fn best(&self) -> Millis {
        Millis(self.wall_ms.0.saturating_add(self.offset_ms.unwrap_or(0)))
    }
}
