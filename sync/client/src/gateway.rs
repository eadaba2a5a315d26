//! Every request the gateway takes from a device, typed.

use domain::{BlobHash, DeviceId, OrderId, Receipt};
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HeaderMap, LOCATION};
use serde::Serialize;
use tokio::sync::watch;
use wire::blob::{
    INTEROP_CURRENT, INTEROP_VERSION, PARTIAL_UPLOAD, REPR_DIGEST, UPLOAD_COMPLETE, UPLOAD_LENGTH,
    UPLOAD_OFFSET, repr_digest,
};
use wire::card::{AuthoriseRequest, Authorised, SecurityAnswer, SecurityRequest};
use wire::enrol::{
    Challenge, EnrolRequest, Enrolled, SeriesGranted, SeriesRequest, Session, SessionRequest,
};
use wire::pull::Page;
use wire::push::{Push, SignedReceipt};
use wire::sign::{PublicKey, Signature, session_bytes};

use crate::http::{self, Answered, Http, Traffic};
use crate::{ClientError, Upload, Waiting};

/// Changes asked for at once: an order with its whole log has some 10 kB.
const PAGE_LIMIT: u32 = 200;

/// The gateway this device belongs to.
#[derive(Debug)]
pub struct Gateway {
    http: Http,
}

impl Gateway {
    /// The gateway at an address: `https://gateway.example`, without a path.
    ///
    /// Errors: [`ClientError::BadAddress`], [`ClientError::Setup`].
    pub fn new(address: &str) -> Result<Self, ClientError> {
        let http = Http::new(address)?;
        Ok(Self { http })
    }

    /// Bytes that moved so far, as they move.
    pub fn traffic(&self) -> watch::Receiver<Traffic> {
        self.http.traffic()
    }

    /// Whether it answers at all.
    ///
    /// Errors: [`ClientError`].
    pub async fn health(&self) -> Result<(), ClientError> {
        let request = self.http.request(Method::GET, http::HEALTH);
        self.http.send(request, vec![]).await.map(drop)
    }

    /// Makes a device the crew's whose code it has.
    ///
    /// Errors: [`ClientError`]; a code serves once.
    pub async fn enrol(&self, request: &EnrolRequest) -> Result<Enrolled, ClientError> {
        self.post(http::ENROL, request).await
    }

    /// Proves who this is; later requests go under the session that this opens.
    ///
    /// Errors: [`ClientError`].
    pub async fn open_session(
        &self,
        device: DeviceId,
        sign: impl FnOnce(&[u8]) -> Signature + Send,
    ) -> Result<Session, ClientError> {
        self.http.set_token(None);
        let challenge: Challenge = self.post(http::CHALLENGE, &()).await?;
        let request = SessionRequest {
            device,
            signature: sign(&session_bytes(device, &challenge.nonce)),
            nonce: challenge.nonce,
        };
        let session: Session = self.post(http::SESSION, &request).await?;
        self.http.set_token(Some(session.token.clone()));
        Ok(session)
    }

    /// Asks for a new series after a fork.
    ///
    /// Errors: [`ClientError`].
    pub async fn series(&self, request: &SeriesRequest) -> Result<SeriesGranted, ClientError> {
        self.post(http::SERIES, request).await
    }

    /// Pushes events; the receipt is checked against the gateway's key and the push.
    ///
    /// Errors: [`ClientError`].
    pub async fn push(&self, push: &Push, key: &PublicKey) -> Result<Receipt, ClientError> {
        let signed: SignedReceipt = self.post(http::PUSH, push).await?;
        let receipt = signed.open(key).map_err(ClientError::ReceiptForged)?;
        if receipt.push != push.push || receipt.device != push.device {
            return Err(ClientError::ReceiptElsewhere);
        }
        Ok(receipt)
    }

    /// One page of changes after a cursor.
    ///
    /// Errors: [`ClientError`].
    pub async fn changes(&self, after: u64) -> Result<Page, ClientError> {
        let path = http::changes(after, PAGE_LIMIT);
        let request = self.http.request(Method::GET, &path);
        self.http.json(request, vec![]).await
    }

    /// Announces a blob; says where its upload stands, be it new, half done or done.
    ///
    /// A small blob may go along as a whole, which spares a round trip; empty `bytes` only ask.
    ///
    /// Errors: [`ClientError`].
    pub async fn offer(&self, blob: &Waiting, bytes: Vec<u8>) -> Result<Upload, ClientError> {
        let whole = !bytes.is_empty() && bytes.len() as u64 == blob.size_bytes;
        let request = self
            .http
            .request(Method::POST, http::BLOBS)
            .header(INTEROP_VERSION, INTEROP_CURRENT)
            .header(UPLOAD_COMPLETE, if whole { "?1" } else { "?0" })
            .header(UPLOAD_LENGTH, blob.size_bytes)
            .header(REPR_DIGEST, repr_digest(&blob.hash));
        let answered = self.http.send(request, bytes).await?;
        let location = text(&answered.headers, LOCATION.as_str()).map(path_of);
        standing(&answered, location, 0)
    }

    /// Sends bytes to an upload from its offset on; `blob` says how many it has in all.
    ///
    /// Errors: [`ClientError`].
    pub async fn append(
        &self,
        blob: &Waiting,
        upload: &Upload,
        bytes: Vec<u8>,
    ) -> Result<Upload, ClientError> {
        let end = upload.offset.saturating_add(bytes.len() as u64);
        let complete = if end >= blob.size_bytes { "?1" } else { "?0" };
        let request = self
            .http
            .request(Method::PATCH, &upload.location)
            .header(INTEROP_VERSION, INTEROP_CURRENT)
            .header(CONTENT_TYPE, PARTIAL_UPLOAD)
            .header(UPLOAD_OFFSET, upload.offset)
            .header(UPLOAD_COMPLETE, complete);
        let answered = self.http.send(request, bytes).await?;
        standing(&answered, Some(upload.location.clone()), end)
    }

    /// The bytes of a blob of one of the crew's orders.
    ///
    /// Errors: [`ClientError`].
    pub async fn blob(&self, hash: &BlobHash) -> Result<Vec<u8>, ClientError> {
        let request = self.http.request(Method::GET, &http::held(hash));
        let answered = self.http.send(request, vec![]).await?;
        if BlobHash::of(&answered.body) != *hash {
            let status = answered.status.as_u16();
            return Err(ClientError::NotAGateway { status });
        }
        Ok(answered.body)
    }

    /// Asks for leave to write the card of an order. The leave also comes with the order's log, and
    /// only there does it count.
    ///
    /// Errors: [`ClientError`]; refused with `NoCardWanted`, `CardLeaveOut` or `NotFound`.
    pub async fn authorise_card(&self, order: &OrderId) -> Result<Authorised, ClientError> {
        let request = AuthoriseRequest {
            order: order.clone(),
        };
        self.post(http::CARD_AUTHORISATIONS, &request).await
    }

    /// Asks the office's security module to speak for one card of a leave.
    ///
    /// Errors: [`ClientError`]; refused with `SecurityRefused`.
    pub async fn card_security(
        &self,
        request: &SecurityRequest,
    ) -> Result<SecurityAnswer, ClientError> {
        self.post(http::CARD_SECURITY, request).await
    }

    async fn post<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<T, ClientError> {
        // Our own types always are JSON; if one were not, the gateway would say so.
        let body = serde_json::to_vec(body).unwrap_or_default();
        let request = self.http.request(Method::POST, path);
        self.http.json(request, body).await
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A location as a path of the gateway, whatever host it names.
fn path_of(location: &str) -> String {
    location
        .find(http::BLOBS)
        .and_then(|start| location.get(start..))
        .unwrap_or_default()
        .to_owned()
}

/// Where an upload stands, by an answer's headers; one that says nothing has taken all that was sent.
fn standing(
    answered: &Answered,
    location: Option<String>,
    sent_to: u64,
) -> Result<Upload, ClientError> {
    let complete = match text(&answered.headers, UPLOAD_COMPLETE) {
        Some("?1") => Some(true),
        Some("?0") => Some(false),
        Some(_) | None => None,
    };
    let offset = text(&answered.headers, UPLOAD_OFFSET).map(|text| text.trim().parse::<u64>());
    match (location, complete, offset) {
        (location, Some(complete), offset)
            if complete || location.as_deref().is_some_and(|at| !at.is_empty()) =>
        {
            Ok(Upload {
                location: location.unwrap_or_default(),
                offset: offset.and_then(Result::ok).unwrap_or(sent_to),
                complete,
            })
        }
        _ => Err(ClientError::NotAGateway {
            status: answered.status.as_u16(),
        }),
    }
}
