//! Resumable uploads (IETF draft, interop versions 8 and 6) and downloads.

use std::io::Read;

use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::BlobHash;
use futures_util::{Stream, stream};
use uuid::Uuid;
use wire::blob::{
    BLOB_BYTES_MAX, INTEROP_CURRENT, INTEROP_OLDER, INTEROP_VERSION, PARTIAL_UPLOAD, REPR_DIGEST,
    UPLOAD_COMPLETE, UPLOAD_LENGTH, UPLOAD_LIMIT, UPLOAD_OFFSET, parse_repr_digest,
};
use wire::problem::Problem;

use super::Shared;
use super::asker::AsDevice;
use super::failed::Failed;
use crate::gateway::blocking;
use crate::ledger::UploadId;
use crate::router::upload_path;
use crate::uploads::Standing;
use crate::{Error, Gateway};

/// A piece of a download. Unit: bytes.
const PIECE: usize = 64 * 1024;

pub(crate) async fn create(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failed> {
    known_interop(&headers)?;
    let digest = text(&headers, REPR_DIGEST).and_then(parse_repr_digest);
    let hash = digest.ok_or(Problem::UploadUnnamed)?;
    let size_bytes = number(&headers, UPLOAD_LENGTH).ok_or(Problem::UploadUnnamed)?;
    let carries = number(&headers, header::CONTENT_LENGTH.as_str());
    let mut standing = gateway.announce(device.crew, hash, size_bytes).await?;
    if standing.offset == 0 && carries.is_some_and(|bytes| bytes > 0) {
        standing = gateway.append(standing.upload, 0, body).await?;
    }
    let mut response = standing_headers(&standing, StatusCode::CREATED);
    let location = HeaderValue::from_str(&upload_path(standing.upload.upload));
    if let Ok(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

pub(crate) async fn standing(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    Path(upload): Path<String>,
) -> Result<Response, Failed> {
    let upload = gateway.upload(device.crew, upload_id(&upload)?).await?;
    let standing = gateway.settled(upload).await?;
    Ok(standing_headers(&standing, StatusCode::NO_CONTENT))
}

pub(crate) async fn append(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    Path(upload): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Failed> {
    known_interop(&headers)?;
    let upload = gateway.upload(device.crew, upload_id(&upload)?).await?;
    if text(&headers, header::CONTENT_TYPE.as_str()) != Some(PARTIAL_UPLOAD) {
        let place = format!("content-type: {PARTIAL_UPLOAD} is taken");
        return Err(Problem::Malformed { place }.into());
    }
    let offset = number(&headers, UPLOAD_OFFSET).ok_or_else(|| missing(UPLOAD_OFFSET))?;
    let is_last = match text(&headers, UPLOAD_COMPLETE) {
        Some("?1") => true,
        Some("?0") => false,
        Some(_) | None => return Err(missing(UPLOAD_COMPLETE).into()),
    };
    let carries = number(&headers, header::CONTENT_LENGTH.as_str()).unwrap_or(0);
    if offset.saturating_add(carries) > upload.size_bytes {
        return Err(Problem::UploadUnnamed.into());
    }
    let standing = gateway.append(upload, offset, body).await?;
    if is_last && !standing.is_complete() {
        // it said that this was all, and announced more
        return Err(Problem::UploadUnnamed.into());
    }
    Ok(standing_headers(&standing, StatusCode::NO_CONTENT))
}

pub(crate) async fn cancel(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    Path(upload): Path<String>,
) -> Result<StatusCode, Failed> {
    let upload = gateway.upload(device.crew, upload_id(&upload)?).await?;
    gateway.cancel(upload).await?;
    Ok(StatusCode::NO_CONTENT)
}

pub(crate) async fn by_hash(
    State(gateway): Shared,
    AsDevice(device): AsDevice,
    Path(hash): Path<String>,
) -> Result<Response, Failed> {
    let hash = BlobHash::parse(&hash).ok_or(Problem::NotFound)?;
    let size_bytes = gateway
        .on_ledger(move |ledger| ledger.blob_of_crew(hash, &device.crew))
        .await?;
    download(&gateway, hash, size_bytes).await
}

/// A blob's bytes, read piece by piece as the link takes them.
pub(crate) async fn download(
    gateway: &Gateway,
    hash: BlobHash,
    size_bytes: u64,
) -> Result<Response, Failed> {
    let source = gateway.on_blobs(move |blobs| blobs.open(hash)).await?;
    let (source, first) = read_piece(source).await?;
    let kind = match first.as_ref() {
        [0xff, 0xd8, ..] => "image/jpeg",
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [b'{' | b'[', ..] => "application/json",
        _ => "application/octet-stream",
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_LENGTH, HeaderValue::from(size_bytes)),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, max-age=31536000, immutable"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
    ];
    let body = Body::from_stream(pieces(source, first));
    Ok((StatusCode::OK, headers, body).into_response())
}

type Source = Box<dyn Read + Send>;

fn pieces(source: Source, first: Bytes) -> impl Stream<Item = Result<Bytes, Error>> {
    stream::try_unfold((source, first), |(source, piece)| async move {
        if piece.is_empty() {
            return Ok(None);
        }
        let (source, next) = read_piece(source).await?;
        Ok(Some((piece, (source, next))))
    })
}

async fn read_piece(mut source: Source) -> Result<(Source, Bytes), Error> {
    blocking(move || {
        let mut piece = Vec::with_capacity(PIECE);
        let limit = PIECE as u64;
        source
            .by_ref()
            .take(limit)
            .read_to_end(&mut piece)
            .map_err(|source| Error::File {
                act: "read",
                path: "a blob".into(),
                source,
            })?;
        Ok((source, Bytes::from(piece)))
    })
    .await
}

fn standing_headers(standing: &Standing, status: StatusCode) -> Response {
    let complete = match standing.is_complete() {
        true => "?1",
        false => "?0",
    };
    let headers = [
        (UPLOAD_OFFSET, HeaderValue::from(standing.offset)),
        (UPLOAD_COMPLETE, HeaderValue::from_static(complete)),
        (UPLOAD_LENGTH, HeaderValue::from(standing.upload.size_bytes)),
        (UPLOAD_LIMIT, limit_value()),
        ("cache-control", HeaderValue::from_static("no-store")),
    ];
    let headers = headers.map(|(name, value)| (HeaderName::from_static(name), value));
    (status, headers).into_response()
}

fn limit_value() -> HeaderValue {
    HeaderValue::from_str(&format!("max-size={BLOB_BYTES_MAX}"))
        .unwrap_or(HeaderValue::from_static("max-size=0"))
}

fn known_interop(headers: &HeaderMap) -> Result<(), Problem> {
    match text(headers, INTEROP_VERSION) {
        None | Some(INTEROP_CURRENT | INTEROP_OLDER) => Ok(()),
        Some(other) => Err(Problem::UnknownVersion {
            version: other.parse().unwrap_or(0),
            known: INTEROP_CURRENT.parse().unwrap_or(0),
        }),
    }
}

fn upload_id(text: &str) -> Result<UploadId, Problem> {
    text.parse::<Uuid>()
        .map(UploadId)
        .map_err(|_| Problem::NotFound)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

fn missing(name: &str) -> Problem {
    let place = format!("{name}: missing, or not as the draft writes it");
    Problem::Malformed { place }
}
