//! The day's progress, crew by crew.

use domain::{CrewId, Millis};
use serde::Serialize;

use super::names;
use crate::ledger::{DayCount, Standings};

/// A crew's day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CrewProgress {
    /// Which crew.
    pub crew: CrewId,
    /// What it is called.
    pub crew_name: String,
    /// Nobody has begun.
    pub assigned: u64,
    /// Under way.
    pub started: u64,
    /// Sent back.
    pub returned: u64,
    /// Completed, not looked at.
    pub handed_in: u64,
    /// Approved.
    pub approved: u64,
    /// Ended undone, not looked at.
    pub could_not: u64,
    /// Taken back by the marketing system.
    pub recalled: u64,
    /// When one of its devices was last heard of.
    pub last_seen: Option<Millis>,
}

/// Builds the progress of every crew, by id.
pub fn progress(standings: &Standings) -> Vec<CrewProgress> {
    let Standings {
        counts,
        crews,
        devices,
    } = standings;
    let mut known = names(crews);
    for count in counts {
        let name = count.crew.as_str().to_owned();
        known.entry(count.crew.clone()).or_insert(name);
    }
    let orders = |crew: &CrewId, state: &str| {
        let mine = |count: &&DayCount| &count.crew == crew && count.state == state;
        counts.iter().filter(mine).map(|count| count.orders).sum()
    };
    known
        .into_iter()
        .map(|(crew, crew_name)| CrewProgress {
            assigned: orders(&crew, "assigned"),
            started: orders(&crew, "started"),
            returned: orders(&crew, "returned"),
            handed_in: orders(&crew, "completed"),
            approved: orders(&crew, "approved"),
            could_not: orders(&crew, "could_not_do"),
            recalled: orders(&crew, "recalled"),
            last_seen: devices
                .iter()
                .filter(|device| device.crew == crew)
                .map(|device| device.last_seen_at)
                .max(),
            crew,
            crew_name,
        })
        .collect()
}
