//! Reading a request's body: never more than its limit, never its content in a message.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt as _;
use serde::de::DeserializeOwned;
use wire::problem::Problem;

use super::failed::Failed;

/// The largest small request: a sign-in, an enrolment. Unit: bytes.
pub(crate) const SMALL: usize = 64 * 1024;

/// The largest decision of a supervisor's: some hundred remarks. Unit: bytes.
pub(crate) const DECISION: usize = 1024 * 1024;

/// How long and how much of a body that is too large is still taken off the line, so that its
/// sender reads the answer instead of a broken connection.
const LINGER: (Duration, usize) = (Duration::from_secs(5), 16 * 1024 * 1024);

/// A sender that brings no byte for so long is given up.
const STALLED: Duration = Duration::from_secs(60);

/// Reads a JSON body.
///
/// Errors: [`Problem::TooLarge`] before more than `limit` bytes are held; [`Problem::Malformed`]
/// with the place, never the content.
pub(crate) async fn read_json<T: DeserializeOwned>(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<T, Failed> {
    let bytes = read(headers, body, limit).await?;
    serde_json::from_slice(&bytes).map_err(|e| {
        let (line, column) = (e.line(), e.column());
        let place = format!("{:?} at line {line} column {column}", e.classify());
        Problem::Malformed { place }.into()
    })
}

async fn read(headers: &HeaderMap, body: Body, limit: usize) -> Result<Vec<u8>, Failed> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    let mut stream = body.into_data_stream();
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_large(stream, limit));
    }
    let mut bytes = vec![];
    loop {
        match tokio::time::timeout(STALLED, stream.next()).await {
            Ok(None) => return Ok(bytes),
            Ok(Some(Ok(piece))) if bytes.len().saturating_add(piece.len()) <= limit => {
                bytes.extend_from_slice(&piece);
            }
            Ok(Some(Ok(_))) => return Err(too_large(stream, limit)),
            Ok(Some(Err(_))) | Err(_) => {
                let place = "the body was cut off".to_owned();
                return Err(Problem::Malformed { place }.into());
            }
        }
    }
}

fn too_large(stream: BodyDataStream, limit: usize) -> Failed {
    tokio::spawn(tokio::time::timeout(LINGER.0, take_off(stream)));
    let limit_bytes = limit as u64;
    Problem::TooLarge { limit_bytes }.into()
}

async fn take_off(mut stream: BodyDataStream) {
    let mut taken = 0;
    while let Some(Ok(piece)) = stream.next().await {
        taken += piece.len();
        if taken > LINGER.1 {
            return;
        }
    }
}
