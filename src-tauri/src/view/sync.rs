//! How far everything has got, as its screen is told.

use domain::Delivery;
use work::{Device, SyncNow, WorkError};

use super::{DeliveryCounts, SyncRow, SyncState, SyncView, Waiting};

impl SyncView {
    /// What waits, and what sync is doing about it.
    ///
    /// Errors: [`WorkError::Store`].
    pub(crate) fn of(device: &Device) -> Result<Self, WorkError> {
        let sync = device.sync_state().borrow().clone();
        let outstanding = device.outstanding()?;
        let rows = outstanding.rows.into_iter().map(|row| SyncRow {
            delivery: row.delivery().unwrap_or(Delivery::SavedHere),
            id: row.id,
            customer: row.customer,
            waiting: Waiting::of(&row.unsent),
        });
        Ok(Self {
            state: state(sync.now, device.stamp().boot_ms),
            delivery: DeliveryCounts::of(&outstanding.totals),
            waiting: Waiting::of(&outstanding.totals.unsent),
            orders: rows.collect(),
            last_ok: sync.last_ok,
        })
    }
}

fn state(now: SyncNow, boot_ms: u64) -> SyncState {
    match now {
        SyncNow::Idle => SyncState::Idle,
        SyncNow::Running(bytes) => SyncState::Running {
            bytes_done: bytes.done,
            bytes: bytes.all,
        },
        SyncNow::Waiting { why, until_boot_ms } => {
            let seconds = until_boot_ms.saturating_sub(boot_ms).div_ceil(1000);
            SyncState::Waiting {
                why,
                retry_in_s: u32::try_from(seconds).unwrap_or(u32::MAX),
            }
        }
        SyncNow::Blocked { why } => SyncState::Blocked { why },
    }
}
