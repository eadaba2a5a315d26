//! A camera's file becomes evidence: one decode, one shrink, two files and a judgement.

use serde::{Deserialize, Serialize};

use crate::decode::{decode_as_stored, upright};
use crate::encode::encode_jpeg;
use crate::error::ImagingError;
use crate::exif::Orientation;
use crate::picture::Picture;
use crate::quality::{Quality, SourceSize, measure, perceptual_hash};

/// Long edge of a thumbnail: a card on a tablet in the order's list.
pub const THUMBNAIL_EDGE_PX: u32 = 320;

/// Quality of a thumbnail, some 10 kB.
const THUMBNAIL_QUALITY: u8 = 70;

/// What a photo of one purpose must be like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PurposeSpec {
    /// Long edge of what is stored; larger photos are shrunk, smaller ones never blown up.
    pub long_edge_px: u32,
    /// **Units**: JPEG quality, 1 to 100.
    pub jpeg_quality: u8,
    /// Long edge below which the crew is told [`crate::Hint::TooSmall`].
    pub min_long_edge_px: u32,
    /// Share of burnt-out pixels from which the crew is told [`crate::Hint::Glare`]. **Units**: thousandths.
    pub burnt_out_per_mille: u16,
}

impl PurposeSpec {
    /// Small print and digits: 2048 pixels at quality 84. A register's digit that fills a sixtieth of the width keeps 30 pixels.
    pub const FINE: Self = Self {
        long_edge_px: 2048,
        jpeg_quality: 84,
        min_long_edge_px: 1280,
        burnt_out_per_mille: 60,
    };

    /// What is neither: 1600 pixels at quality 80, some 350 kB, on which the print of a nameplate is still read.
    pub const PLAIN: Self = Self {
        long_edge_px: 1600,
        jpeg_quality: 80,
        min_long_edge_px: 1000,
        burnt_out_per_mille: 60,
    };

    /// A place as a whole, also in a wide panorama: 1600 pixels at quality 70.
    pub const SCENE: Self = Self {
        long_edge_px: 1600,
        jpeg_quality: 70,
        min_long_edge_px: 800,
        // The sky over a house is burnt out in most good photos.
        burnt_out_per_mille: 450,
    };
}

impl Default for PurposeSpec {
    fn default() -> Self {
        Self::PLAIN
    }
}

/// A photo as it is stored and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    /// The photo, upright, of at most the purpose's long edge, without EXIF or anything else but pixels.
    pub original_jpeg: Vec<u8>,
    /// The same, [`THUMBNAIL_EDGE_PX`] long at most.
    pub thumbnail_jpeg: Vec<u8>,
    /// Width of `original_jpeg` in pixels.
    pub width: u32,
    /// Height of `original_jpeg` in pixels.
    pub height: u32,
    /// See [`perceptual_hash`].
    pub perceptual_hash: u64,
    /// Whether it is fit for use, for the crew to hear at once.
    pub quality: Quality,
}

/// Turns a camera's file into evidence. A 12 MP JPEG takes 0.1 to 0.3 s on one core, by the size it is kept at.
///
/// Same bytes and same spec give the same evidence, byte for byte, on one version of this crate.
///
/// **Errors**: as [`crate::decode()`].
pub fn evidence(bytes: &[u8], spec: PurposeSpec) -> Result<Evidence, ImagingError> {
    let (stored, orientation) = decode_as_stored(bytes)?;
    keep(stored, orientation, spec)
}

/// Turns a picture that is decoded and upright into evidence, as [`evidence`] does.
///
/// **Errors**: [`ImagingError::NotWritten`].
pub fn evidence_of(picture: Picture, spec: PurposeSpec) -> Result<Evidence, ImagingError> {
    keep(picture, Orientation::Upright, spec)
}

fn keep(
    stored: Picture,
    orientation: Orientation,
    spec: PurposeSpec,
) -> Result<Evidence, ImagingError> {
    let size = if stored.long_edge() < spec.min_long_edge_px {
        SourceSize::BelowMinimum
    } else {
        SourceSize::Enough
    };
    // Turned after it was shrunk: five times fewer pixels to move.
    let photo = upright(stored.shrunk_to(spec.long_edge_px)?, orientation)?;
    let thumbnail = photo.clone().shrunk_to(THUMBNAIL_EDGE_PX)?;
    Ok(Evidence {
        original_jpeg: encode_jpeg(&photo, spec.jpeg_quality)?,
        thumbnail_jpeg: encode_jpeg(&thumbnail, THUMBNAIL_QUALITY)?,
        width: photo.width(),
        height: photo.height(),
        perceptual_hash: perceptual_hash(&thumbnail)?,
        quality: measure(&photo, size, spec.burnt_out_per_mille)?,
    })
}
