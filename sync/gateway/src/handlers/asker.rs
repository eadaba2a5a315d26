//! Who asks: the bearer token of a request, looked up.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use wire::problem::Problem;

use super::failed::Failed;
use crate::Gateway;
use crate::auth::token_hash;
use crate::ledger::{Asker, Device, Supervisor};

/// A device with an open session.
pub(crate) struct AsDevice(pub(crate) Device);

/// A supervisor with an open session.
pub(crate) struct AsSupervisor(pub(crate) Supervisor);

async fn asker(parts: &Parts, gateway: &Gateway) -> Result<Asker, Failed> {
    let said = parts.headers.get(header::AUTHORIZATION);
    let token = said
        .and_then(|value| value.to_str().ok())
        .and_then(|text| text.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, token)| token_hash(token.trim()))
        .ok_or(Problem::NoSession)?;
    let now = gateway.clock.now();
    Ok(gateway
        .on_ledger(move |ledger| ledger.asker(token, now))
        .await?)
}

impl FromRequestParts<Arc<Gateway>> for AsDevice {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Self::Rejection> {
        match asker(parts, gateway).await? {
            Asker::Device(device) => Ok(Self(*device)),
            Asker::Supervisor(_) => Err(Problem::NotAllowed.into()),
        }
    }
}

impl FromRequestParts<Arc<Gateway>> for AsSupervisor {
    type Rejection = Failed;

    async fn from_request_parts(
        parts: &mut Parts,
        gateway: &Arc<Gateway>,
    ) -> Result<Self, Self::Rejection> {
        match asker(parts, gateway).await? {
            Asker::Supervisor(supervisor) => Ok(Self(*supervisor)),
            Asker::Device(_) => Err(Problem::NotAllowed.into()),
        }
    }
}
