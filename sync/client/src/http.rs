//! Requests over HTTP: the only place that knows URLs. A slow link is never given up, a still one is.

use std::future::Future;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::{Body, Method, RequestBuilder, Response, StatusCode, Url};
use serde::de::DeserializeOwned;
use tokio::sync::watch;
use wire::problem::Problem;

use crate::ClientError;

/// What moved since the gateway's client was made. Unit: bytes of bodies, heads apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// To the gateway.
    pub up: u64,
    /// From the gateway.
    pub down: u64,
}

/// A link on which nothing moved for so long is given up; there is no limit to the whole.
const STALL: Duration = Duration::from_secs(30);

/// The slowest link that counts as moving while our system's buffers drain unseen. Unit: bytes a
/// second (64 kbit/s).
const SLOWEST: u64 = 8 * 1024;

/// No SYN is answered later than this on a link worth having.
const CONNECT: Duration = Duration::from_secs(15);

/// How much is handed to the system at once. Unit: bytes.
const CHUNK: usize = 16 * 1024;

/// The largest answer taken. Unit: bytes; a blob has 16 MiB at most, a page some.
const ANSWER_MAX: usize = 64 * 1024 * 1024;

pub(crate) const HEALTH: &str = "/v1/health";
pub(crate) const ENROL: &str = "/v1/enrol";
pub(crate) const CHALLENGE: &str = "/v1/challenge";
pub(crate) const SESSION: &str = "/v1/session";
pub(crate) const SERIES: &str = "/v1/series";
pub(crate) const PUSH: &str = "/v1/push";
pub(crate) const BLOBS: &str = "/v1/blobs";
pub(crate) const CARD_AUTHORISATIONS: &str = "/v1/card-authorisations";
pub(crate) const CARD_SECURITY: &str = "/v1/card-security";

/// The path of one page of changes.
pub(crate) fn changes(after: u64, limit: u32) -> String {
    format!("/v1/changes?after={after}&limit={limit}")
}

/// The path of a blob the gateway holds.
pub(crate) fn held(hash: &domain::BlobHash) -> String {
    format!("{BLOBS}/by-hash/{hash}")
}

/// One gateway, reached over HTTP.
#[derive(Debug)]
pub(crate) struct Http {
    client: reqwest::Client,
    base: Url,
    token: RwLock<Option<String>>,
    traffic: watch::Sender<Traffic>,
    stall: Duration,
}

/// An answer that was read to its end.
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Http {
    /// Errors: [`ClientError::BadAddress`], [`ClientError::Setup`].
    pub(crate) fn new(address: &str) -> Result<Self, ClientError> {
        let bad = || ClientError::BadAddress {
            address: address.to_owned(),
        };
        let base = Url::parse(address.trim_end_matches('/')).map_err(|_| bad())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() {
            return Err(bad());
        }
        // Already there is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            // An environment variable must not lead evidence another way.
            .no_proxy()
            .connect_timeout(CONNECT);
        // Bytes that no one acknowledges are the sign of a dead link, and only the system sees it.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let builder = builder.tcp_user_timeout(STALL);
        Ok(Self {
            client: builder.build().map_err(ClientError::Setup)?,
            base,
            token: RwLock::new(None),
            traffic: watch::Sender::new(Traffic::default()),
            stall: STALL,
        })
    }

    #[cfg(test)]
    pub(crate) fn with_stall(self, stall: Duration) -> Self {
        Self { stall, ..self }
    }

    pub(crate) fn traffic(&self) -> watch::Receiver<Traffic> {
        self.traffic.subscribe()
    }

    pub(crate) fn set_token(&self, token: Option<String>) {
        *self.token.write().unwrap_or_else(PoisonError::into_inner) = token;
    }

    /// A request to a path of the gateway, with the session's token if there is one.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.base.as_str().trim_end_matches('/'));
        let request = self.client.request(method, url);
        let token = self.token.read().unwrap_or_else(PoisonError::into_inner);
        match token.as_ref() {
            Some(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        }
    }

    /// Sends a request with a body and reads the answer to its end.
    ///
    /// Errors: [`ClientError`].
    pub(crate) async fn send(
        &self,
        request: RequestBuilder,
        body: Vec<u8>,
    ) -> Result<Answered, ClientError> {
        let drain = Duration::from_secs(body.len() as u64 / SLOWEST);
        let request = match body.len() {
            0 => request,
            length => request.header(CONTENT_LENGTH, length).body(self.flow(body)),
        };
        let work = async {
            let response = request.send().await.map_err(ClientError::Unreachable)?;
            self.read(response).await
        };
        let answered = self.unless_still(self.stall + drain, work).await??;
        if answered.status.is_success() {
            return Ok(answered);
        }
        Err(refusal(&answered))
    }

    /// Sends JSON and reads JSON.
    ///
    /// Errors: [`ClientError`].
    pub(crate) async fn json<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        body: Vec<u8>,
    ) -> Result<T, ClientError> {
        let request = request.header(CONTENT_TYPE, "application/json");
        let answered = self.send(request, body).await?;
        let status = answered.status.as_u16();
        serde_json::from_slice(&answered.body).map_err(|_| ClientError::NotAGateway { status })
    }

    /// A body that says how far it is.
    fn flow(&self, body: Vec<u8>) -> Body {
        let traffic = self.traffic.clone();
        let chunks: Vec<Vec<u8>> = body.chunks(CHUNK).map(<[u8]>::to_vec).collect();
        let moving = chunks.into_iter().map(move |chunk| {
            traffic.send_modify(|moved| moved.up += chunk.len() as u64);
            Ok::<_, std::io::Error>(chunk)
        });
        Body::wrap_stream(futures_util::stream::iter(moving))
    }

    async fn read(&self, mut response: Response) -> Result<Answered, ClientError> {
        let (status, headers) = (response.status(), response.headers().clone());
        self.traffic.send_modify(|_| {});
        let mut body = vec![];
        while let Some(chunk) = response.chunk().await.map_err(ClientError::Unreachable)? {
            if body.len() + chunk.len() > ANSWER_MAX {
                let status = status.as_u16();
                return Err(ClientError::NotAGateway { status });
            }
            self.traffic
                .send_modify(|moved| moved.down += chunk.len() as u64);
            body.extend_from_slice(&chunk);
        }
        Ok(Answered {
            status,
            headers,
            body,
        })
    }

    async fn unless_still<T>(
        &self,
        patience: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, ClientError> {
        let mut moved = self.traffic.subscribe();
        let still = async {
            while let Ok(moving) = tokio::time::timeout(patience, moved.changed()).await {
                if moving.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        };
        tokio::select! {
            done = work => Ok(done),
            () = still => Err(ClientError::Stalled { seconds: patience.as_secs() }),
        }
    }
}

/// What a status that is no success means.
fn refusal(answered: &Answered) -> ClientError {
    let status = answered.status.as_u16();
    let text = |name| answered.headers.get(name).and_then(|v| v.to_str().ok());
    let after_ms = text(RETRY_AFTER)
        .and_then(|seconds| seconds.trim().parse::<u64>().ok())
        .map(|seconds| seconds.saturating_mul(1_000));
    let is_problem =
        text(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/problem+json"));
    if is_problem && let Ok(problem) = serde_json::from_slice::<Problem>(&answered.body) {
        return ClientError::Refused { problem, after_ms };
    }
    if status == 429 || status >= 500 {
        return ClientError::Busy { status, after_ms };
    }
    ClientError::NotAGateway { status }
}

#[cfg(test)]
mod tests;
