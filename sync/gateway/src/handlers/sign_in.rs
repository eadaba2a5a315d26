//! A supervisor signs in.

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::HeaderMap;
use domain::SupervisorId;
use serde::Deserialize;
use serde_json::{Value, json};
use wire::problem::Problem;

use super::Shared;
use super::body::{SMALL, read_json};
use super::failed::Failed;
use crate::auth::{NOBODY, is_password, new_token, token_hash};
use crate::gateway::blocking;
use crate::ledger::{Session, Supervisor, Who};

/// A supervisor's session: a shift. Unit: milliseconds.
const SESSION_MS: i64 = 12 * 3_600_000;

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
