//! What a supervisor decides.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use domain::{EventId, LateDecision, OrderId, Remark};
use serde::Deserialize;

use super::Shared;
use super::asker::AsSupervisor;
use super::body::{DECISION, SMALL, read_json};
use super::failed::Failed;
use crate::Gateway;
use crate::ledger::{Decision, Supervisor};
use crate::review::{self, Review};

#[derive(Deserialize)]
pub(crate) struct Seen {
    revision: u64,
}

#[derive(Deserialize)]
pub(crate) struct Returned {
    revision: u64,
    remarks: Vec<Remark>,
}

#[derive(Deserialize)]
pub(crate) struct Late {
    revision: Option<u64>,
    events: Vec<EventId>,
    decision: LateDecision,
}

pub(crate) async fn approve(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(order): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Review>, Failed> {
    let seen: Seen = read_json(&headers, body, SMALL).await?;
    decide(gateway, order, by, Some(seen.revision), Decision::Approve).await
}

pub(crate) async fn send_back(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(order): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Review>, Failed> {
    let Returned { revision, remarks } = read_json(&headers, body, DECISION).await?;
    let decision = Decision::Return { remarks };
    decide(gateway, order, by, Some(revision), decision).await
}

pub(crate) async fn late(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(order): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Review>, Failed> {
    let late: Late = read_json(&headers, body, DECISION).await?;
    let decision = Decision::Late {
        events: late.events,
        decision: late.decision,
    };
    decide(gateway, order, by, late.revision, decision).await
}

async fn decide(
    gateway: Arc<Gateway>,
    order: String,
    by: Supervisor,
    seen: Option<u64>,
    decision: Decision,
) -> Result<Json<Review>, Failed> {
    let (order, now) = (OrderId::new(order), gateway.clock.now());
    let dossier = gateway
        .on_ledger(move |ledger| ledger.decide(&order, seen, decision, &by.name, now))
        .await?;
    Ok(Json(review::review(dossier)))
}
