//! A walk over a PNG file's chunks, so that size and completeness are known before decoding.
//!
//! **Source**: W3C PNG (third edition), clause 5.

/// What the chunks tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PngChunks {
    pub width: u32,
    pub height: u32,
    /// Bits of one sample: 1 to 8, or 16.
    pub depth: u8,
    pub colour: PngColour,
    /// Whether the closing IEND chunk was reached: a file cut off in transfer lacks it.
    pub is_complete: bool,
}

/// What the samples are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PngColour {
    /// Samples of a pixel once palettes are looked up, transparency left out.
    pub channels: u8,
    /// Whether there is transparency, as a channel or in a tRNS chunk.
    pub has_alpha: bool,
}

impl PngChunks {
    /// Bytes a pixel takes at the worst moment of decoding: as it is stored, as eight bits with transparency, laid on white.
    pub fn bytes_per_pixel(&self) -> u64 {
        let wide = if self.depth == 16 { 2 } else { 1 };
        let colour = u64::from(self.colour.channels);
        if !self.colour.has_alpha {
            let narrowed = if wide == 2 { colour } else { 0 };
            return colour * wide + narrowed;
        }
        let stored = (colour + 1) * wide;
        // Four channels of eight bits are taken as they are.
        let as_rgba = if stored == 4 { 4 } else { stored + 4 };
        as_rgba.max(4 + 3)
    }
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
        depth: header.get(16).copied()?,
        colour: match header.get(17)? {
            0 => PngColour {
                channels: 1,
                has_alpha: false,
            },
            4 => PngColour {
                channels: 1,
                has_alpha: true,
            },
            6 => PngColour {
                channels: 3,
                has_alpha: true,
            },
            _ => PngColour {
                channels: 3,
                has_alpha: false,
            },
        },
        is_complete: false,
    };
    let mut rest = header;
    // Each chunk: length of the body, name, body, checksum.
    while let Some((length, named)) = rest.split_first_chunk::<4>() {
        if named.starts_with(b"IEND") {
            chunks.is_complete = true;
            break;
        }
        chunks.colour.has_alpha |= named.starts_with(b"tRNS");
        let next = (u32::from_be_bytes(*length) as usize).saturating_add(8);
        rest = named.get(next..).unwrap_or(&[]);
    }
    Some(chunks)
}
