//! A walk over a JPEG file's markers, so that size, kind and completeness are known before decoding.
//!
//! **Source**: ITU-T T.81, annex B.

use crate::exif::{self, Orientation};

/// What the markers tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JpegMarks {
    pub width: u32,
    pub height: u32,
    pub bits: u8,
    pub components: u8,
    pub process: Process,
    pub orientation: Orientation,
    /// Whether the end-of-image marker was found: a file cut off in transfer lacks it.
    pub is_complete: bool,
}

/// How the picture is coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Process {
    /// Huffman-coded baseline or extended: what cameras write.
    Usual,
    /// Huffman-coded progressive: what the web has; all of it is kept in memory until the last scan.
    Progressive,
    /// Lossless, hierarchical or arithmetic.
    Unusual,
}

/// Why there are no marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoMarks {
    /// The file ended before its frame header.
    Ended,
    /// Something that is no marker stood where one must stand, before any frame header.
    Astray,
}

const SOI: u8 = 0xD8;
const EOI: u8 = 0xD9;
const SOS: u8 = 0xDA;
const APP1: u8 = 0xE1;

/// Walks the markers of `bytes`, which start with FF D8. Total: any bytes give an answer.
pub(crate) fn walk(bytes: &[u8]) -> Result<JpegMarks, NoMarks> {
    let mut rest = bytes.get(2..).unwrap_or(&[]);
    let mut orientation = None;
    let mut marks: Option<JpegMarks> = None;
    loop {
        let Some((marker, after)) = next_marker(rest) else {
            // After the frame header whatever stands there counts as an end: a decoder may still make a picture of it.
            return match marks {
                Some(marks) => Ok(marks),
                None if rest.iter().all(|&byte| byte == 0xFF) => Err(NoMarks::Ended),
                None => Err(NoMarks::Astray),
            };
        };
        rest = after;
        if marker == EOI {
            return marks
                .map(|marks| JpegMarks {
                    is_complete: true,
                    ..marks
                })
                .ok_or(NoMarks::Astray);
        }
        if marker == SOI || marker == 0x01 || (0xD0..=0xD7).contains(&marker) {
            continue;
        }
        let Some((body, after)) = segment(rest) else {
            return marks.ok_or(NoMarks::Ended);
        };
        rest = after;
        match marker {
            APP1 if orientation.is_none() && body.starts_with(b"Exif\0\0") => {
                orientation = Some(exif::orientation(body));
            }
            // DHT (C4), JPG (C8) and DAC (CC) share the range of the frame headers.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) && marks.is_none() => {
                marks = frame(marker, body);
                if marks.is_none() {
                    return Err(NoMarks::Ended);
                }
            }
            SOS => rest = skip_scan(rest),
            _ => {}
        }
        if let (Some(marks), Some(orientation)) = (marks.as_mut(), orientation) {
            marks.orientation = orientation;
        }
    }
}

fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let (0xFF, after) = bytes.split_first().map(|(&first, after)| (first, after))? else {
        return None;
    };
    let fill = after.iter().take_while(|&&byte| byte == 0xFF).count();
    let (&marker, rest) = after.get(fill..)?.split_first()?;
    (marker != 0).then_some((marker, rest))
}

fn segment(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length: [u8; 2] = bytes.get(..2)?.try_into().ok()?;
    let length = usize::from(u16::from_be_bytes(length));
    Some((bytes.get(2..length)?, bytes.get(length..)?))
}

fn frame(marker: u8, body: &[u8]) -> Option<JpegMarks> {
    let &[bits, h1, h0, w1, w0, components] = body.first_chunk::<6>()?;
    Some(JpegMarks {
        width: u32::from(u16::from_be_bytes([w1, w0])),
        height: u32::from(u16::from_be_bytes([h1, h0])),
        bits,
        components,
        process: match marker {
            0xC0 | 0xC1 => Process::Usual,
            0xC2 => Process::Progressive,
            _ => Process::Unusual,
        },
        orientation: Orientation::Upright,
        is_complete: false,
    })
}

/// The bytes from the marker on that ends the entropy-coded part (FF 00 is a stuffed byte, FF D0–D7 a restart).
fn skip_scan(mut bytes: &[u8]) -> &[u8] {
    while let Some(at) = bytes.iter().position(|&byte| byte == 0xFF) {
        let here = bytes.get(at..).unwrap_or(&[]);
        match here.get(1) {
            Some(0x00 | 0xD0..=0xD7) => bytes = here.get(2..).unwrap_or(&[]),
            Some(_) => return here,
            None => return &[],
        }
    }
    &[]
}
