//! A device's requests: enrolment, sessions, push and pull.

use axum::Json;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use domain::DeviceId;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::PROTOCOL_VERSION;
use wire::enrol::{Challenge, EnrolRequest, Enrolled, SeriesGranted, SeriesRequest};
use wire::enrol::{Session as SessionGranted, SessionRequest};
use wire::problem::Problem;
use wire::pull::Page;
use wire::push::{PUSH_BLOBS_MAX, PUSH_BYTES_MAX, PUSH_EVENTS_MAX, Push, SignedReceipt};
use wire::sign::session_bytes;

use super::Shared;
use super::asker::AsDevice;
use super::body::{SMALL, read_json};
use super::failed::Failed;
use crate::auth::{code_hash, new_token, nonce_hash, token_hash};
use crate::ledger::{Session, Who};

/// A nonce is signed and sent back at once. Unit: milliseconds.
const NONCE_MS: i64 = 2 * 60_000;

/// A session outlives a long day; a new one costs two requests. Unit: milliseconds.
const SESSION_MS: i64 = 24 * 3_600_000;

/// Rows of the feed a page has when nobody says. See [`crate::ledger::PAGE_ROWS_MAX`].
const PAGE_ROWS: u64 = 200;

/// The longest name a crew may give a device. Unit: characters.
const NAME_MAX: usize = 100;

pub(crate) async fn health() -> Json<Value> {
    Json(json!({ "ok": true }))
}

pub(crate) async fn enrol(
    State(gateway): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Enrolled>, Failed> {
    let request: EnrolRequest = read_json(&headers, body, SMALL).await?;
    known_version(request.version)?;
    if request.device_name.chars().count() > NAME_MAX {
        let place = format!("device_name: longer than {NAME_MAX} characters");
        return Err(Problem::Malformed { place }.into());
    }
    let (fresh, now) = (DeviceId(gateway.chance.uuid()?), gateway.clock.now());
    let code = code_hash(&request.code);
    let (device, crew, asset_rules) = gateway
        .on_ledger(move |ledger| {
            let (device, crew) = ledger.enrol(&request, code, fresh, now)?;
            Ok((device, crew, ledger.asset_rules()?))
        })
        .await?;
    Ok(Json(Enrolled {
        device: device.device,
        crew: crew.crew,
        crew_name: crew.crew_name,
        operator: device.operator,
        gateway_key: gateway.public_key(),
        asset_rules,
        gateway_time: now,
    }))
}

pub(crate) async fn challenge(State(gateway): Shared) -> Result<Json<Challenge>, Failed> {
    let (nonce, now) = (new_token(&gateway.chance)?, gateway.clock.now());
    let hash = nonce_hash(&nonce);
    let until = domain::Millis(now.0.saturating_add(NONCE_MS));
    gateway
        .on_ledger(move |ledger| ledger.put_nonce(hash, until, now))
        .await?;
    Ok(Json(Challenge { nonce }))
}

pub(crate) async fn session(
    State(gateway): Shared,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SessionGranted>, Failed> {
    let request: SessionRequest = read_json(&headers, body, SMALL).await?;
    let (token, now) = (new_token(&gateway.chance)?, gateway.clock.now());
    let session = Session {
        token_hash: token_hash(&token),
        who: Who::Device(request.device),
        expires_at: domain::Millis(now.0.saturating_add(SESSION_MS)),
    };
    gateway
        .on_ledger(move |ledger| {
            let device = ledger.device(request.device)?;
            let device = device.ok_or(Problem::UnknownDevice)?;
            if !ledger.take_nonce(nonce_hash(&request.nonce), now)? {
                return Err(Problem::NoSession.into());
            }
            let signed = session_bytes(request.device, &request.nonce);
            let verified = device.public_key.verify(&signed, &request.signature);
            verified.map_err(|_| Problem::BadSignature)?;
            ledger.put_session(&session, now)
        })
        .await?;
    Ok(Json(SessionGranted {
        token,
        gateway_time: now,
    }))
}

pub(crate) async fn series(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SeriesGranted>, Failed> {
    let request: SeriesRequest = read_json(&headers, body, SMALL).await?;
    let (fresh, now) = (DeviceId(gateway.chance.uuid()?), gateway.clock.now());
    let device = gateway
        .on_ledger(move |ledger| ledger.grant_series(device.device, &request, fresh, now))
        .await?;
    Ok(Json(SeriesGranted { device }))
}

pub(crate) async fn push(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<SignedReceipt>, Failed> {
    let push: Push = read_json(&headers, body, PUSH_BYTES_MAX).await?;
    known_version(push.version)?;
    at_most(push.events.len(), PUSH_EVENTS_MAX)?;
    at_most(push.blobs.len(), PUSH_BLOBS_MAX)?;
    if push.device != device.device {
        return Err(Problem::NotAllowed.into());
    }
    let (key, now) = (gateway.key.clone(), gateway.clock.now());
    let receipt = gateway
        .on_ledger(move |ledger| ledger.push(&push, &key, now))
        .await?;
    Ok(Json(receipt))
}

/// Where to go on from, and how far at once.
#[derive(Debug, Deserialize)]
pub(crate) struct Cursor {
    #[serde(default)]
    after: u64,
    limit: Option<u64>,
}

pub(crate) async fn changes(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    cursor: Result<Query<Cursor>, QueryRejection>,
) -> Result<Json<Page>, Failed> {
    let Query(cursor) = cursor.map_err(|_| Problem::Malformed {
        place: "query: after and limit are numbers".to_owned(),
    })?;
    let (limit, now) = (cursor.limit.unwrap_or(PAGE_ROWS), gateway.clock.now());
    let page = gateway
        .on_ledger(move |ledger| ledger.changes(&device.crew, cursor.after, limit, now))
        .await?;
    Ok(Json(page))
}

fn known_version(version: u16) -> Result<(), Problem> {
    let known = PROTOCOL_VERSION;
    match version == known {
        true => Ok(()),
        false => Err(Problem::UnknownVersion { version, known }),
    }
}

fn at_most(count: usize, limit: usize) -> Result<(), Problem> {
    let limit_count = limit as u64;
    match count <= limit {
        true => Ok(()),
        false => Err(Problem::TooMany { limit: limit_count }),
    }
}
