//! `photo://localhost/<variant>/<hash>`: pictures straight from the encrypted store to an `<img>`.

use domain::BlobHash;
use tauri::http::{Request, Response, StatusCode, header};
use work::{Device, Rendering};

/// Answers one picture; anything that is not there, or not a picture's name, is 404.
pub(crate) fn answer(device: &Device, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    match picture(device, request.uri().path()) {
        Some(bytes) => reply(StatusCode::OK, bytes),
        None => reply(StatusCode::NOT_FOUND, vec![]),
    }
}

fn picture(device: &Device, path: &str) -> Option<Vec<u8>> {
    let mut parts = path.trim_matches('/').split('/');
    let (variant, hash) = (parts.next()?, BlobHash::parse(parts.next()?)?);
    let rendering = match variant {
        "full" | "thumbnail" => Rendering::Kept,
        "watermarked" => Rendering::Watermarked,
        _ => return None,
    };
    device.photo(&hash, rendering).ok()
}

fn reply(status: StatusCode, bytes: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(bytes);
    *response.status_mut() = status;
    let jpeg = header::HeaderValue::from_static("image/jpeg");
    // A picture is named by its hash: it never changes, and need not stay on disk in plain.
    let keep = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CONTENT_TYPE, jpeg);
    response.headers_mut().insert(header::CACHE_CONTROL, keep);
    response
}
