//! Results by HTTP POST, each with its idempotency key.

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, StatusCode, Url};

/// How long an answer may take. Unit: seconds. A marketing system that books a result at once
/// takes some seconds; longer than this and trying again costs less than waiting.
const ANSWER_S: u64 = 30;

/// How long a connection may take to stand. Unit: seconds.
const CONNECT_S: u64 = 10;

/// The longest `Retry-After` that is obeyed. Unit: seconds.
const WAIT_MAX_S: u64 = 3_600;

/// Where results are posted.
#[derive(Debug, Clone)]
pub struct Webhook {
    url: Url,
    client: Client,
}

/// Why a webhook cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// Not an address of the web.
    #[error("{url} is no http:// or https:// address")]
    Url {
        /// What was given.
        url: String,
    },
    /// The client cannot start (TLS).
    #[error("the webhook's client cannot start")]
    Client(#[source] reqwest::Error),
}

/// What the marketing system said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has taken the result (2xx).
    Taken,
    /// It will never take it so (3xx, 4xx apart from 408 and 429).
    Refused {
        /// The status.
        why: String,
    },
    /// It could not now.
    Later {
        /// The status, or what became of the connection.
        why: String,
        /// How long it asked to wait. Unit: milliseconds.
        wait_ms: Option<i64>,
    },
}

impl Webhook {
    /// A webhook at an address.
    ///
    /// Errors: [`WebhookError`].
    pub fn at(url: &str) -> Result<Self, WebhookError> {
        let parsed = Url::parse(url).ok();
        let is_web = |url: &Url| matches!(url.scheme(), "http" | "https");
        let parsed = parsed.filter(is_web).ok_or_else(|| WebhookError::Url {
            url: url.to_owned(),
        })?;
        // a second provider is refused, and the first is as good
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(Duration::from_secs(CONNECT_S))
            .timeout(Duration::from_secs(ANSWER_S))
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .map_err(WebhookError::Client)?;
        Ok(Self {
            url: parsed,
            client,
        })
    }

    /// Posts a result once.
    pub async fn post(&self, key: &str, line: Vec<u8>) -> Answer {
        let request = self
            .client
            .post(self.url.clone())
            .header(CONTENT_TYPE, "application/json")
            .header("Idempotency-Key", key)
            .body(line);
        let response = match request.send().await {
            Ok(response) => response,
            Err(error) => {
                let why = if error.is_timeout() {
                    "no_answer_in_time"
                } else if error.is_connect() {
                    "no_connection"
                } else {
                    "connection_lost"
                };
                return Answer::Later {
                    why: why.to_owned(),
                    wait_ms: None,
                };
            }
        };
        let status = response.status();
        let why = format!("http_{}", status.as_u16());
        let is_passing = status.is_server_error()
            || status == StatusCode::REQUEST_TIMEOUT
            || status == StatusCode::TOO_MANY_REQUESTS;
        if status.is_success() {
            Answer::Taken
        } else if is_passing {
            let seconds = response.headers().get(RETRY_AFTER);
            let seconds = seconds.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
            let wait_ms = seconds.map(|s| s.min(WAIT_MAX_S).saturating_mul(1000) as i64);
            Answer::Later { why, wait_ms }
        } else {
            Answer::Refused { why }
        }
    }
}
