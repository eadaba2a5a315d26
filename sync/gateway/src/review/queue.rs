//! The queue: which orders wait, and what is odd about them.

use std::collections::BTreeMap;

use domain::{
    AccountNo, Anomaly, CrewId, Millis, Order, OrderId, OrderKind, ReplaceReason, anomalies,
};
use serde::Serialize;

use super::Evidence;
use crate::ledger::{Crew, OrderRow, Tally};

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
    /// Prepaid cards begun of which nobody knows how they ended (存疑).
    pub cards_in_doubt: u64,
    /// Reports on cards that do not fit and wait for a supervisor.
    pub card_incidents: u64,
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        Self {
            to_review: tally.to_review,
            anomalous: tally.anomalous,
            on_the_way: tally.on_the_way,
            done_today: tally.done,
            total_today: tally.done.saturating_add(tally.due),
            cards_in_doubt: tally.cards_in_doubt,
            card_incidents: tally.card_incidents,
        }
    }
}
