//! Resumable uploads: header names and rules.
//!
//! Source: IETF draft "Resumable Uploads for HTTP", interop version 8; version 6 is accepted too.
//! A blob's name is its SHA-256, declared at creation in `Repr-Digest` (RFC 9530) and checked
//! before the blob counts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::BlobHash;

/// Which draft a client speaks.
pub const INTEROP_VERSION: &str = "upload-draft-interop-version";
/// The version we speak ourselves.
pub const INTEROP_CURRENT: &str = "8";
/// The older version that existing clients speak.
pub const INTEROP_OLDER: &str = "6";
/// `?1` when the request carries the last byte, `?0` when more follows.
pub const UPLOAD_COMPLETE: &str = "upload-complete";
/// How many bytes the gateway holds durably.
pub const UPLOAD_OFFSET: &str = "upload-offset";
/// How many bytes the whole has.
pub const UPLOAD_LENGTH: &str = "upload-length";
/// What the gateway takes: `max-size=…`.
pub const UPLOAD_LIMIT: &str = "upload-limit";
/// The digest of the whole (RFC 9530).
pub const REPR_DIGEST: &str = "repr-digest";
/// The content type of an append.
pub const PARTIAL_UPLOAD: &str = "application/partial-upload";

/// The largest blob. Unit: bytes. A 12-megapixel evidence photo is about 0.4 MB, its worst case 8.
pub const BLOB_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// The value of `Repr-Digest` for a blob: `sha-256=:base64:`.
pub fn repr_digest(hash: &BlobHash) -> String {
    format!("sha-256=:{}:", STANDARD.encode(hash.as_bytes()))
}

/// Reads the SHA-256 out of a `Repr-Digest`; `None` when it has none.
pub fn parse_repr_digest(value: &str) -> Option<BlobHash> {
    value.split(',').find_map(|part| {
        let text = part.trim().strip_prefix("sha-256=:")?.strip_suffix(':')?;
        let bytes: [u8; 32] = STANDARD.decode(text).ok()?.try_into().ok()?;
        Some(BlobHash::from_bytes(bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_header_reads_back_among_others() {
        let hash = BlobHash::of(b"photo");
        let value = format!("sha-512=:AAAA:, {}", repr_digest(&hash));
        assert_eq!(parse_repr_digest(&value), Some(hash));
        assert_eq!(parse_repr_digest("sha-256=:AAAA:"), None);
        assert_eq!(parse_repr_digest(""), None);
    }
}
