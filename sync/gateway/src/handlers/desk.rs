//! A supervisor's requests.

use std::sync::Arc;

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::{BlobHash, CrewId, EventId, LateDecision, OrderId, OrderKind, Remark, SupervisorId};
use serde::Deserialize;
use serde_json::{Value, json};
use wire::problem::Problem;

use super::Shared;
use super::asker::AsSupervisor;
use super::blobs::download;
use super::body::{DECISION, SMALL, read_json};
use super::failed::Failed;
use crate::auth::{NOBODY, is_password, new_token, token_hash};
use crate::gateway::blocking;
use crate::ledger::{Decision, LetterId, QueueFilter, Session, Supervisor, Who};
use crate::review::{self, LetterView, Queue, Review};
use crate::{Error, Gateway};

/// A supervisor's session: a shift. Unit: milliseconds.
const SESSION_MS: i64 = 12 * 3_600_000;

/// The most rows a queue shows; beyond it nobody reads on, they filter.
const QUEUE_ROWS_MAX: usize = 2_000;

/// The most letters of each kind.
const LETTERS_MAX: u64 = 500;

#[derive(Deserialize)]
pub(crate) struct SignIn {
    name: String,
    password: String,
}

pub(crate) async fn sign_in(
    State(gateway): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Failed> {
    let asked: SignIn = read_json(&headers, body, SMALL).await?;
    let name = SupervisorId::new(asked.name);
    let known = gateway
        .on_ledger(move |ledger| ledger.supervisor(&name))
        .await?;
    let hash = known.as_ref().map(|known| known.password_hash.clone());
    let fits = {
        let _one_of_few = gateway.passwords.acquire().await;
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        blocking(move || Ok(is_password(&asked.password, &hash))).await?
    };
    let supervisor = known.filter(|_| fits).ok_or(Problem::BadSignIn)?;
    let (token, now) = (new_token(&gateway.chance)?, gateway.clock.now());
    let session = Session {
        token_hash: token_hash(&token),
        who: Who::Supervisor(supervisor.name.clone()),
        expires_at: domain::Millis(now.0.saturating_add(SESSION_MS)),
    };
    gateway
        .on_ledger(move |ledger| ledger.put_session(&session, now))
        .await?;
    Ok(Json(
        json!({ "token": token, "supervisor": shown(&supervisor) }),
    ))
}

fn shown(supervisor: &Supervisor) -> Value {
    json!({
        "name": supervisor.name,
        "display_name": supervisor.display_name,
        "role": supervisor.role,
    })
}

/// What a queue is asked for; empty is not given.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct QueueAsk {
    crew: String,
    kind: String,
    state: String,
    anomaly: String,
    search: String,
}

impl QueueAsk {
    fn filter(&self) -> Result<QueueFilter, Problem> {
        let words = self.search.trim();
        let states = match self.state.as_str() {
            "" => "completed,could_not_do",
            "all" => "",
            some => some,
        };
        let kind = |name: &str| {
            let known = OrderKind::ALL.into_iter().find(|kind| kind.name() == name);
            let place = "query: no such kind of order".to_owned();
            known.ok_or(Problem::Malformed { place })
        };
        Ok(QueueFilter {
            crew: some(&self.crew).map(CrewId::new),
            kind: some(&self.kind).map(kind).transpose()?,
            states: states
                .split(',')
                .filter_map(some)
                .map(str::to_owned)
                .collect(),
            // JSON writes these two otherwise; such words are looked for in the rows alone
            holds: some(words)
                .filter(|words| !words.contains(['"', '\\']))
                .map(str::to_owned),
        })
    }
}

fn some(text: &str) -> Option<&str> {
    Some(text.trim()).filter(|text| !text.is_empty())
}

pub(crate) async fn queue(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
    ask: Result<Query<QueueAsk>, QueryRejection>,
) -> Result<Json<Queue>, Failed> {
    let Query(ask) = ask.map_err(|_| Problem::Malformed {
        place: "query".to_owned(),
    })?;
    let filter = ask.filter()?;
    let day = gateway.day(gateway.clock.now());
    let queue = gateway
        .on_ledger(move |ledger| {
            let crews = ledger.crews()?;
            let names = review::names(&crews);
            let mut rows = vec![];
            ledger.queue(&filter, |row, missing| {
                let is_wanted =
                    some(&ask.search).is_none_or(|words| review::matches(&row.order, words));
                if rows.len() < QUEUE_ROWS_MAX && is_wanted {
                    let row = review::queue_row(&row, missing, &names);
                    let fits =
                        some(&ask.anomaly).is_none_or(|name| review::has_anomaly(&row, name));
                    rows.extend(fits.then_some(row));
                }
                Ok(())
            })?;
            let counts = ledger.tally(day)?.into();
            Ok(Queue {
                rows,
                crews,
                counts,
            })
        })
        .await?;
    Ok(Json(queue))
}

pub(crate) async fn order(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
    Path(order): Path<String>,
) -> Result<Json<Review>, Failed> {
    let order = OrderId::new(order);
    let dossier = gateway
        .on_ledger(move |ledger| ledger.dossier(&order))
        .await?;
    Ok(Json(review::review(dossier)))
}

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

pub(crate) async fn progress(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
) -> Result<Json<Value>, Failed> {
    let standings = gateway.on_ledger(|ledger| ledger.standings()).await?;
    let crews = review::progress(&standings);
    Ok(Json(json!({ "crews": crews })))
}

pub(crate) async fn blob(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
    Path(hash): Path<String>,
) -> Result<Response, Failed> {
    let hash = BlobHash::parse(&hash).ok_or(Problem::NotFound)?;
    let held = gateway.on_ledger(move |ledger| ledger.blob(hash)).await?;
    download(&gateway, hash, held.ok_or(Problem::NotFound)?).await
}

pub(crate) async fn proof(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
    Path(order): Path<String>,
) -> Result<Response, Failed> {
    let name = file_name(&order);
    let order = OrderId::new(order);
    let proof = gateway
        .on_ledger(move |ledger| ledger.proof(&order))
        .await?;
    let key = gateway.key.clone();
    let bundle = gateway
        .on_blobs(move |blobs| {
            let mut pieces = vec![];
            for hash in &proof.manifest {
                let mut bytes = vec![];
                let read = blobs.open(*hash)?.read_to_end(&mut bytes);
                read.map_err(unbundled)?;
                pieces.push((*hash, bytes));
            }
            wire::proof::build(&proof, &pieces, &key)
                .map_err(std::io::Error::other)
                .map_err(unbundled)
        })
        .await?;
    let headers = [
        (
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/x-tar"),
        ),
        (header::CONTENT_DISPOSITION, name),
    ];
    Ok((headers, bundle).into_response())
}

fn unbundled(source: std::io::Error) -> Error {
    Error::File {
        act: "bundle",
        path: "a proof".into(),
        source,
    }
}

/// The name a proof is saved under: the order's, as far as file names go.
fn file_name(order: &str) -> HeaderValue {
    let plain: String = order
        .chars()
        .filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c))
        .collect();
    HeaderValue::from_str(&format!("attachment; filename=\"{plain}.proof.tar\""))
        .unwrap_or(HeaderValue::from_static("attachment"))
}

pub(crate) async fn letters(
    State(gateway): Shared,
    AsSupervisor(_): AsSupervisor,
) -> Result<Json<Value>, Failed> {
    let letters = gateway
        .on_ledger(|ledger| ledger.dead_letters(LETTERS_MAX))
        .await?;
    let letters: Vec<LetterView> = letters.into_iter().map(LetterView::from).collect();
    Ok(Json(json!({ "letters": letters })))
}

pub(crate) async fn retry_letter(
    State(gateway): Shared,
    AsSupervisor(by): AsSupervisor,
    Path(id): Path<String>,
) -> Result<Json<Value>, Failed> {
    let id = LetterId::parse(&id).ok_or(Problem::NotFound)?;
    let now = gateway.clock.now();
    gateway
        .on_ledger(move |ledger| ledger.retry_letter(&id, by.role, now))
        .await?;
    Ok(Json(json!({})))
}
