//! What a supervisor looks at.

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::{BlobHash, CrewId, OrderId, OrderKind};
use serde::Deserialize;
use serde_json::{Value, json};
use wire::problem::Problem;

use super::Shared;
use super::asker::AsSupervisor;
use super::blobs::download;
use super::failed::Failed;
use crate::Error;
use crate::ledger::{LetterId, QueueFilter};
use crate::review::{self, LetterView, Queue, Review};

/// The most rows a queue shows; beyond it nobody reads on, they filter.
const QUEUE_ROWS_MAX: usize = 2_000;

/// The most letters of each kind.
const LETTERS_MAX: u64 = 500;

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
