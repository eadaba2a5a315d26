//! What a supervisor sees: rows of the queue, an order's review, the day's progress. Pure.

use std::collections::BTreeMap;

use domain::{
    AccountNo, Anomaly, BlobHash, CrewId, DeviceId, Entry, Millis, Order, OrderId, OrderKind,
    ReplaceReason, anomalies,
};
use serde::Serialize;
use uuid::Uuid;

use crate::ledger::{Crew, DayCount, DeadLetter, Dossier, OrderRow, ResultState, Standings, Tally};

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

/// One order in the queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueRow {
    /// Its number.
    pub order: OrderId,
    /// Customer's name.
    pub customer: String,
    /// Account number.
    pub account_no: AccountNo,
    /// Where.
    pub address: String,
    /// What it is for.
    pub kind: OrderKind,
    /// Why, for a replacement.
    pub reason: Option<ReplaceReason>,
    /// Its state, by name.
    pub state: &'static str,
    /// Whose it is.
    pub crew: CrewId,
    /// What that crew is called.
    pub crew_name: String,
    /// What to look at, the gravest first.
    pub anomalies: Vec<Anomaly>,
    /// When it was handed in, while that stands.
    pub handed_in_at: Option<Millis>,
    /// Blobs of its manifest that are held.
    pub photos_held: u64,
    /// Blobs of its manifest.
    pub photos: u64,
    /// Whether they are all there.
    pub evidence: Evidence,
    /// Late or refused events that nobody decided on.
    pub waiting: u64,
}

/// A crew by name, for filters.
pub type CrewNames = BTreeMap<CrewId, String>;

/// The crews' names by id.
pub fn names(crews: &[Crew]) -> CrewNames {
    crews
        .iter()
        .map(|crew| (crew.crew.clone(), crew.crew_name.clone()))
        .collect()
}

/// Builds a row; `missing` is how many blobs of the manifest are not held.
pub fn queue_row(row: &OrderRow, missing: u64, names: &CrewNames) -> QueueRow {
    let (order, dispatch) = (&row.order, &row.order.dispatch);
    let photos = order.manifest.len() as u64;
    QueueRow {
        order: dispatch.id.clone(),
        customer: dispatch.account.customer.clone(),
        account_no: dispatch.account.account_no.clone(),
        address: dispatch.account.address.clone(),
        kind: dispatch.kind,
        reason: dispatch.reason,
        state: order.state.name(),
        crew: dispatch.crew.clone(),
        crew_name: name_of(&dispatch.crew, names),
        anomalies: anomalies(order),
        handed_in_at: row.handed_in_at,
        photos_held: photos.saturating_sub(missing),
        photos,
        evidence: Evidence::of(missing),
        waiting: waiting(order),
    }
}

fn waiting(order: &Order) -> u64 {
    let undecided = order.attention.iter().filter(|a| a.decided.is_none());
    undecided.count() as u64
}

fn name_of(crew: &CrewId, names: &CrewNames) -> String {
    let name = names.get(crew).cloned();
    name.unwrap_or_else(|| crew.as_str().to_owned())
}

/// Whether an order is what somebody searches for.
pub fn matches(order: &Order, words: &str) -> bool {
    let dispatch = &order.dispatch;
    let account = &dispatch.account;
    let new = |slot| order.scanned(slot).map(|asset_no| asset_no.as_str());
    [
        Some(dispatch.id.as_str()),
        Some(account.customer.as_str()),
        Some(account.account_no.as_str()),
        Some(account.address.as_str()),
        dispatch.old_meter.as_ref().map(|old| old.asset_no.as_str()),
        dispatch.old_terminal.as_ref().map(|old| old.as_str()),
        new(domain::Slot::NewMeter),
        new(domain::Slot::NewTerminal),
    ]
    .into_iter()
    .flatten()
    .any(|text| text.contains(words))
}

/// Which anomalies a filter wants to see.
pub fn has_anomaly(row: &QueueRow, wanted: &str) -> bool {
    match wanted {
        "any" => !row.anomalies.is_empty(),
        name => row.anomalies.iter().any(|anomaly| anomaly.name() == name),
    }
}

/// The answer to a queue question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Queue {
    /// The rows, anomalous ones first.
    pub rows: Vec<QueueRow>,
    /// Every crew, for the filter.
    pub crews: Vec<Crew>,
    /// How much there is to do, whatever the filter.
    pub counts: Counts,
}

/// The desk's head line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Handed in, not looked at (待审).
    pub to_review: u64,
    /// Of those, with anomalies (异常).
    pub anomalous: u64,
    /// Of those, with evidence on its way (在途).
    pub on_the_way: u64,
    /// Handed in today (今日完成).
    pub done_today: u64,
    /// Those, and the open ones expected by the end of today.
    pub total_today: u64,
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        Self {
            to_review: tally.to_review,
            anomalous: tally.anomalous,
            on_the_way: tally.on_the_way,
            done_today: tally.done,
            total_today: tally.done.saturating_add(tally.due),
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
