//! A walk over a PNG file's chunks, so that size and completeness are known before decoding.
//!
//! **Source**: W3C PNG (third edition), clause 5.

/// What the chunks tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PngChunks {
    pub width: u32,
    pub height: u32,
    /// Whether the closing IEND chunk was reached: a file cut off in transfer lacks it.
    pub is_complete: bool,
}

/// Walks the chunks of `bytes`, which start with the PNG signature; `None` when the header itself is cut off.
pub(crate) fn walk(bytes: &[u8]) -> Option<PngChunks> {
    let header = bytes.get(8..)?;
    let number = |at: usize| -> Option<u32> {
        Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?))
    };
    let mut chunks = PngChunks {
        width: number(8)?,
        height: number(12)?,
        is_complete: false,
    };
    let mut rest = header;
    // Each chunk: length of the body, name, body, checksum.
    while let Some((length, named)) = rest.split_first_chunk::<4>() {
        if named.starts_with(b"IEND") {
            chunks.is_complete = true;
            break;
        }
        let next = (u32::from_be_bytes(*length) as usize).saturating_add(8);
        rest = named.get(next..).unwrap_or(&[]);
    }
    Some(chunks)
}
