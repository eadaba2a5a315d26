//! How a failure is told: a typed problem (RFC 9457) with the status that goes with it.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use wire::problem::{Again, Problem};

use crate::Error;

/// The problem type the IETF draft gives to an append at another offset.
const MISMATCHING_OFFSET: &str =
    "https://iana.org/assignments/http-problem-types#mismatching-upload-offset";

/// When to try again after a trouble of the gateway's own. Unit: seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("5");

/// Why a request is answered with a problem.
#[derive(Debug)]
pub(crate) struct Failed(Error);

impl From<Error> for Failed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self(problem.into())
    }
}

impl IntoResponse for Failed {
    fn into_response(self) -> Response {
        if !matches!(self.0, Error::Refused(_)) {
            // logged once, here; what could not be read may hold names, so only its place is told
            let source = match &self.0 {
                Error::Stored { source, .. } => Some(format!("at column {}", source.column())),
                other => std::error::Error::source(other).map(ToString::to_string),
            };
            tracing::error!(error = %self.0, source, "a request failed");
        }
        respond(&self.0.problem())
    }
}

/// The response that tells a problem.
pub(crate) fn respond(problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut body = serde_json::to_value(problem).unwrap_or(Value::Null);
    if let Value::Object(members) = &mut body {
        members.insert("status".into(), json!(problem.status()));
        members.insert("title".into(), json!(problem.to_string()));
        if let Problem::OffsetMismatch { expected } = problem {
            members.insert("type".into(), json!(MISMATCHING_OFFSET));
            members.insert("expected-offset".into(), json!(expected));
        }
    }
    let kind = HeaderValue::from_static("application/problem+json");
    let headers = [(header::CONTENT_TYPE, kind)];
    let mut response = (status, headers, body.to_string()).into_response();
    if problem.again() == Again::Later {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_problem_reads_back_from_its_response() {
        let problem = Problem::OffsetMismatch { expected: 7 };
        let response = respond(&problem);
        assert_eq!(response.status(), 409);
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await;
        let bytes = bytes.unwrap();
        let read: Problem = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(read, problem);
        assert_eq!(respond(&Problem::DiskFull).status(), 507);
    }
}
