//! Prepaid cards: leave to write one, the office's security module, and the desk's list.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use domain::AuthorisationId;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use wire::card::{AuthoriseRequest, Authorised, SecurityAnswer, SecurityRequest};
use wire::problem::Problem;

use super::Shared;
use super::asker::{AsDevice, AsSupervisor};
use super::body::{SMALL, read_json};
use super::failed::Failed;
use crate::gateway::blocking;
use crate::ledger::{IncidentNo, Incidents, LeaveState};
use crate::review::{IncidentView, LeaveView};

/// The most leaves, and the most incidents, a list shows.
const ROWS_MAX: u64 = 500;

pub(crate) async fn authorise(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Authorised>, Failed> {
    let AuthoriseRequest { order } = read_json(&headers, body, SMALL).await?;
    let (fresh, now) = (AuthorisationId(gateway.chance.uuid()?), gateway.clock.now());
    let (key, terms) = (gateway.key.clone(), gateway.cards.terms);
    let authorisation = gateway
        .on_ledger(move |ledger| ledger.authorise_card(&order, &device, fresh, terms, &key, now))
        .await?;
    Ok(Json(Authorised { authorisation }))
}

pub(crate) async fn security(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SecurityAnswer>, Failed> {
    let asked: SecurityRequest = read_json(&headers, body, SMALL).await?;
    let (id, serial, now) = (asked.authorisation, asked.serial, gateway.clock.now());
    gateway
        .on_ledger(move |ledger| ledger.ask_card_security(id, serial, &device, now))
        .await?;
    let module = Arc::clone(&gateway.cards.module);
    let answer = blocking(move || {
        let said = module.answer(&serial, &asked.ask);
        said.map_err(|no| {
            let why = no.to_string();
            Problem::SecurityRefused { why }.into()
        })
    })
    .await?;
    Ok(Json(SecurityAnswer { answer }))
}

/// Which leaves are asked for: states by name, commas between; without any, those that are live.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ListAsk {
    state: String,
    incidents: String,
}

impl ListAsk {
    fn states(&self) -> Result<Vec<LeaveState>, Problem> {
        let all = LeaveState::ALL.into_iter();
        match self.state.trim() {
            "" => Ok(all.filter(|state| state.is_live()).collect()),
            "all" => Ok(all.collect()),
            names => names.split(',').map(state).collect(),
        }
    }

    fn incidents(&self) -> Result<Incidents, Problem> {
        match self.incidents.trim() {
            "" | "open" => Ok(Incidents::Open),
            "all" => Ok(Incidents::All),
            _ => Err(malformed("query: incidents are open or all")),
        }
    }
}

fn state(name: &str) -> Result<LeaveState, Problem> {
    LeaveState::parse(name.trim()).ok_or_else(|| malformed("query: no such state of a leave"))
}

fn malformed(place: &str) -> Problem {
    let place = place.to_owned();
    Problem::Malformed { place }
}

/// The desk's list of cards.
#[derive(Debug, Serialize)]
pub(crate) struct CardList {
    leaves: Vec<LeaveView>,
    incidents: Vec<IncidentView>,
}

pub(crate) async fn list(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
    ask: Result<Query<ListAsk>, QueryRejection>,
) -> Result<Json<CardList>, Failed> {
    let Query(ask) = ask.map_err(|_| malformed("query"))?;
    let (states, which) = (ask.states()?, ask.incidents()?);
    let list = gateway
        .on_ledger(move |ledger| {
            let leaves = ledger.card_leaves(&states, ROWS_MAX)?;
            let incidents = ledger.card_incidents(which, ROWS_MAX)?;
            Ok(CardList {
                leaves: leaves.into_iter().map(LeaveView::from).collect(),
                incidents: incidents.into_iter().map(IncidentView::from).collect(),
            })
        })
        .await?;
    Ok(Json(list))
}

/// A supervisor's reason.
#[derive(Debug, Deserialize)]
pub(crate) struct Why {
    why: String,
}

pub(crate) async fn reissue(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<LeaveView>, Failed> {
    let id = id.parse().map_err(|_| Problem::NotFound)?;
    let Why { why } = read_json(&headers, body, SMALL).await?;
    let now = gateway.clock.now();
    let leave = gateway
        .on_ledger(move |ledger| ledger.reissue_card(AuthorisationId(id), &why, &by.name, now))
        .await?;
    Ok(Json(leave.into()))
}

pub(crate) async fn settle(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(no): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failed> {
    let no = IncidentNo(no.parse().map_err(|_| Problem::NotFound)?);
    let Why { why } = read_json(&headers, body, SMALL).await?;
    let now = gateway.clock.now();
    gateway
        .on_ledger(move |ledger| ledger.settle_incident(no, &why, &by.name, now))
        .await?;
    Ok(Json(json!({})))
}
