//! `POST /v1/central/dispatch`: the marketing system's records by HTTP.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::Hash;
use serde_json::{Value, json};
use wire::problem::Problem;

use super::inbox::report_of;
use super::map::Mapping;
use super::row;
use super::take::{NotTaken, Taken, take};
use crate::clock::Clock;
use crate::ledger::Ledger;

/// What the marketing system may send to.
#[derive(Clone)]
pub struct Door {
    ledger: Arc<dyn Ledger>,
    mapping: Arc<Mapping>,
    clock: Clock,
    token: Hash,
}

impl Door {
    /// A door that opens to one token.
    pub fn new(ledger: Arc<dyn Ledger>, mapping: Mapping, clock: Clock, token: &str) -> Self {
        Self {
            ledger,
            mapping: Arc::new(mapping),
            clock,
            token: Hash::of(token.as_bytes()),
        }
    }
}

/// The routes of the marketing system's side.
pub fn routes(door: Door) -> Router {
    Router::new()
        .route("/v1/central/dispatch", post(dispatch))
        .with_state(door)
}

async fn dispatch(State(door): State<Door>, request: Request) -> Response {
    let said = request.headers().get(header::AUTHORIZATION);
    let said = said.and_then(|value| value.to_str().ok()?.strip_prefix("Bearer "));
    // hashes are compared, so that the time it takes says nothing of the token
    if said.map(|token| Hash::of(token.as_bytes())) != Some(door.token) {
        return problem(&Problem::NoSession);
    }
    let limit_bytes = row::FILE_BYTES_MAX;
    let body: Body = request.into_body();
    let Ok(bytes) = to_bytes(body, limit_bytes as usize).await else {
        return problem(&Problem::TooLarge { limit_bytes });
    };
    let work = move || -> Result<Taken, NotTaken> {
        let value: Value = serde_json::from_slice(&bytes).map_err(|e| unreadable(&e))?;
        let rows = row::from_json(&value, &door.mapping).map_err(NotTaken::Faults)?;
        take(door.ledger.as_ref(), rows, &door.mapping, door.clock.now())
    };
    match tokio::task::spawn_blocking(work).await {
        Ok(Ok(taken)) => Json(taken).into_response(),
        Ok(Err(NotTaken::Faults(faults))) => {
            let report = report_of("", &faults);
            (StatusCode::UNPROCESSABLE_ENTITY, Json(report)).into_response()
        }
        Ok(Err(NotTaken::Gateway(error))) => {
            tracing::error!(error = %error, "a dispatch could not be taken");
            problem(&error.problem())
        }
        Err(_) => problem(&Problem::Unavailable),
    }
}

fn unreadable(error: &serde_json::Error) -> NotTaken {
    NotTaken::Faults(vec![super::fault::Fault {
        line: error.line() as u64,
        field: String::new(),
        flaw: super::fault::Flaw::Unreadable {
            expected: "a JSON object or a list of them",
        },
    }])
}

fn problem(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let body = serde_json::to_value(problem).unwrap_or_else(|_| json!({"code": "unavailable"}));
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (status, kind, body.to_string()).into_response()
}
