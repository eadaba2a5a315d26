//! What a supervisor sees, built from what the ledger holds. Pure.

mod cards;
mod progress;
mod queue;

use domain::{Anomaly, BlobHash, DeviceId, Entry, Millis, Order, OrderId, anomalies};
use serde::Serialize;
use uuid::Uuid;

pub use cards::{IncidentView, LeaveView};
pub use progress::{CrewProgress, progress};
pub use queue::{Counts, CrewNames, Queue, QueueRow, has_anomaly, matches, names, queue_row};

use crate::ledger::{DeadLetter, Dossier, ResultState};

/// Whether an order's evidence is all there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Every blob of its manifest is held.
    Complete,
    /// Some are on their way.
    Missing,
}

impl Evidence {
    fn of(missing: u64) -> Self {
        match missing {
            0 => Self::Complete,
            _ => Self::Missing,
        }
    }
}

/// An order as its reviewer sees it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Review {
    /// The picture.
    pub order: Order,
    /// The log.
    pub entries: Vec<Entry>,
    /// What to look at, the gravest first.
    pub anomalies: Vec<Anomaly>,
    /// What is there to prove it.
    pub evidence: EvidenceView,
    /// The gateway's receipts over its events.
    pub receipts: Vec<ReceiptView>,
    /// What its crew is called.
    pub crew_name: String,
    /// The newest change of its log: what a decision must name.
    pub revision: u64,
    /// Its way to the marketing system.
    pub result: ResultView,
    /// Leave to write its card, the oldest first; none when it asks for no card.
    pub leaves: Vec<LeaveView>,
    /// What was reported on its card and does not fit, the oldest first.
    pub incidents: Vec<IncidentView>,
}

/// What is there of an order's manifest.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EvidenceView {
    /// Whether all is.
    pub complete: Evidence,
    /// What is held.
    pub held: Vec<BlobHash>,
    /// What is not.
    pub missing: Vec<BlobHash>,
}

/// A receipt, named.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReceiptView {
    /// The push it was given for.
    pub push: Uuid,
    /// Whose.
    pub device: DeviceId,
    /// How far the series was held then.
    pub through_seq: u64,
    /// When.
    pub given_at: Millis,
}

/// Where an order's newest result stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ResultView {
    /// `none` before the first approval.
    pub state: &'static str,
    /// Why the last try failed; empty otherwise.
    pub why: String,
}

/// Builds a review.
pub fn review(dossier: Dossier) -> Review {
    let order = dossier.row.order;
    let is_missing = |blob: &&BlobHash| dossier.missing.contains(blob);
    let held = order.manifest.iter().filter(|blob| !is_missing(blob));
    let result = match &dossier.result {
        None => ResultView {
            state: "none",
            why: String::new(),
        },
        Some(outgoing) => ResultView {
            state: match outgoing.state {
                ResultState::Queued => "queued",
                ResultState::Delivered => "delivered",
                ResultState::Dead => "dead",
            },
            why: outgoing.why.clone(),
        },
    };
    let receipt = |given: crate::ledger::StoredReceipt| ReceiptView {
        push: given.push,
        device: given.device,
        through_seq: given.through_seq,
        given_at: given.given_at,
    };
    Review {
        evidence: EvidenceView {
            complete: Evidence::of(dossier.missing.len() as u64),
            held: held.copied().collect(),
            missing: dossier.missing.clone(),
        },
        anomalies: anomalies(&order),
        leaves: dossier.leaves.into_iter().map(LeaveView::from).collect(),
        incidents: dossier
            .incidents
            .into_iter()
            .map(IncidentView::from)
            .collect(),
        receipts: dossier.receipts.into_iter().map(receipt).collect(),
        crew_name: dossier.crew.map_or_else(
            || order.dispatch.crew.as_str().to_owned(),
            |crew| crew.crew_name,
        ),
        entries: dossier.log,
        revision: dossier.row.revision,
        order,
        result,
    }
}

/// Something that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LetterView {
    /// Its name.
    pub id: String,
    /// What it is.
    pub kind: String,
    /// The order it is about, when known.
    pub order: Option<OrderId>,
    /// Why it could not be used.
    pub why: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was given up.
    pub at: Millis,
}

impl From<DeadLetter> for LetterView {
    fn from(letter: DeadLetter) -> Self {
        Self {
            id: letter.id.to_string(),
            kind: letter.kind,
            order: letter.order,
            why: letter.why,
            tries: letter.tries,
            at: letter.at,
        }
    }
}
