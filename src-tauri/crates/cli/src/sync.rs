//! `metercrew sync`: everything up, everything down, once.

use std::convert::Infallible;

use serde::Serialize;
use work::{Device, Round, Standing, StoreError, SyncNow, WorkError};

use crate::args;
use crate::enrol::{check_gateway, open};
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Synced {
    events_up: u64,
    events_refused: u64,
    blobs_up: u64,
    orders_down: u64,
    bytes_up: u64,
    bytes_down: u64,
    seconds: f64,
    /// Orders of which the office holds everything.
    in_office: u64,
    /// Orders of which something waits here.
    waiting: u64,
}

/// Syncs an enrolled folder.
pub(crate) async fn sync(
    asked: &args::Sync,
    form: Form,
    progress: &Progress,
) -> Result<Exit, CliError> {
    // A folder that is none yet must not become one by asking for a sync.
    if !asked.store.is_dir() {
        return Err(WorkError::Store(StoreError::NotEnrolled).into());
    }
    let device = open(&asked.store)?;
    let who = device.enrolment()?.ok_or(StoreError::NotEnrolled);
    let who = who.map_err(WorkError::Store)?;
    if let Some(named) = &asked.gateway {
        check_gateway(&who, named)?;
    }
    let began = device.stamp();
    let round = round(&device, progress).await?;
    let totals = device.day("")?.totals;
    let synced = Synced {
        events_up: round.events_up,
        events_refused: round.events_refused,
        blobs_up: round.blobs_up,
        orders_down: round.orders_down,
        bytes_up: round.bytes_up,
        bytes_down: round.bytes_down,
        seconds: seconds(began, device.stamp()),
        in_office: totals.in_office + totals.accepted,
        waiting: totals.saved_here + totals.on_its_way,
    };
    form.result(&synced, text(&synced))?;
    match round.standing {
        Standing::Idle => Ok(Exit::Done),
        Standing::Waiting { why } | Standing::Blocked { why } => Err(CliError::SyncStopped {
            why,
            waiting: synced.waiting,
        }),
    }
}

/// One round, telling how far it is.
pub(crate) async fn round(device: &Device, progress: &Progress) -> Result<Round, CliError> {
    let round = tokio::select! {
        round = device.sync_round() => round?,
        never = tell(device, progress) => match never {},
    };
    progress.clear();
    Ok(round)
}

async fn tell(device: &Device, progress: &Progress) -> Infallible {
    let mut state = device.sync_state();
    loop {
        if let SyncNow::Running(bytes) = &state.borrow_and_update().now {
            let (done, all) = (bytes.done / 1024, bytes.all / 1024);
            progress.say(&format!("syncing: {done} of {all} kB"));
        }
        if state.changed().await.is_err() {
            return std::future::pending().await;
        }
    }
}

/// From one moment to another by the boot clock.
pub(crate) fn seconds(from: domain::Stamp, to: domain::Stamp) -> f64 {
    to.boot_ms.saturating_sub(from.boot_ms) as f64 / 1000.0
}

fn text(synced: &Synced) -> String {
    format!(
        "up: {} events ({} refused), {} photos and signatures, {} kB\n\
         down: {} changes of orders, {} kB\n\
         {} orders in the office, {} waiting; {:.1} s",
        synced.events_up,
        synced.events_refused,
        synced.blobs_up,
        synced.bytes_up / 1024,
        synced.orders_down,
        synced.bytes_down / 1024,
        synced.in_office,
        synced.waiting,
        synced.seconds,
    )
}
