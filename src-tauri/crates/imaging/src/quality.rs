//! Is a photo fit to be evidence, told while the crew still stands before the meter.

use serde::{Deserialize, Serialize};

use crate::error::ImagingError;
use crate::picture::{Layout, Picture, PictureGrey};

/// Below this mean brightness details in the shade are lost. An unlit meter box photographed without flash has 15 to 35.
const DARK_MEAN: u8 = 42;

/// Share of burnt-out pixels from which a reflection hides something. Print on a white nameplate stays below 20 in well
/// exposed photos; a lamp's reflection on the glass has 60 and more.
const GLARE_PER_MILLE: u16 = 60;

/// From this brightness on a pixel counts as burnt out: JPEG seldom gives a clean 255.
const BURNT: u8 = 250;

/// Below this sharpness small print is no longer read with ease. Well focused photos have 35 and more, slightly soft ones 30.
const BLURRED_PERCENT: u8 = 22;

/// Steps between neighbours that are smaller count as noise: three times that of a phone at dusk.
const NOISE_STEP: i16 = 16;

/// What was measured on the photo as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// **Units**: percent; 80 for an edge from one pixel to the next, 0 for edges of five pixels and more.
    pub sharpness_percent: u8,
    /// **Units**: 0 black to 255 white.
    pub mean_luminance: u8,
    /// **Units**: burnt-out pixels in a thousand.
    pub clipped_per_mille: u16,
    /// What the crew should be told, most important first; empty for a good photo.
    pub hints: Vec<Hint>,
}

/// Advice to take the photo again; never a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hint {
    /// Too little light.
    TooDark,
    /// A reflection or the sun.
    Glare,
    /// Out of focus or shaken.
    Blurred,
    /// Fewer pixels than this purpose asks for.
    TooSmall,
}

/// Measures a photo; `is_too_small` is the caller's judgement on the file it came from.
pub(crate) fn measure(photo: &Picture, size: SourceSize) -> Quality {
    let grey = photo.to_grey();
    let pixels = grey.bytes().len().max(1) as u64;
    let sum: u64 = grey.bytes().iter().map(|&byte| u64::from(byte)).sum();
    let burnt = grey.bytes().iter().filter(|&&byte| byte >= BURNT).count() as u64;
    let mean_luminance = (sum / pixels) as u8;
    let clipped_per_mille = (burnt * 1000 / pixels) as u16;
    let sharpness_percent = sharpness(&grey);
    let mut hints = Vec::new();
    if mean_luminance < DARK_MEAN {
        hints.push(Hint::TooDark);
    }
    if clipped_per_mille >= GLARE_PER_MILLE {
        hints.push(Hint::Glare);
    }
    if sharpness_percent < BLURRED_PERCENT {
        hints.push(Hint::Blurred);
    }
    if size == SourceSize::BelowMinimum {
        hints.push(Hint::TooSmall);
    }
    Quality {
        sharpness_percent,
        mean_luminance,
        clipped_per_mille,
        hints,
    }
}

/// Whether the file had the pixels its purpose asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SourceSize {
    Enough,
    BelowMinimum,
}

/// A 64-bit difference hash: two photos of the same thing differ in few bits (up to about 10), whatever their size, light
/// and compression.
///
/// **Errors**: as [`Picture::resized`].
///
/// **Source**: "dHash", N. Krawetz, 2013: brightness falls or rises between neighbours of a 9 x 8 grid.
pub fn perceptual_hash(photo: &Picture) -> Result<u64, ImagingError> {
    let grey = photo.to_grey();
    let (width, height) = (photo.width(), photo.height());
    let small = Picture::new(width, height, Layout::Grey, grey.bytes().to_vec())?.resized(9, 8)?;
    let rises = small
        .bytes()
        .chunks(9)
        .flat_map(|row| row.windows(2).map(|pair| pair.first() < pair.last()));
    Ok(rises.fold(0, |hash, rises| (hash << 1) | u64::from(rises)))
}

/// How much steepness a second blur would take from the edges: much from sharp ones, nothing from soft ones.
///
/// **Source**: Crete et al., "The blur effect", SPIE 6492, 2007; here with a five-pixel mean, every fourth row, and steps
/// below the noise left out.
fn sharpness(grey: &PictureGrey) -> u8 {
    let (mut steps, mut lost) = (0_u64, 0_u64);
    let mut add = |near: i16, wide: i16| {
        let near = near.abs();
        if near >= NOISE_STEP {
            steps += near as u64;
            lost += (near - (wide.abs() / 5).min(near)) as u64;
        }
    };
    for y in (2..grey.height().saturating_sub(3)).step_by(4) {
        for six in grey.row(y).windows(6) {
            if let &[first, _, left, right, _, last] = six {
                add(
                    i16::from(right) - i16::from(left),
                    i16::from(last) - i16::from(first),
                );
            }
        }
        let near = grey.row(y).iter().zip(grey.row(y + 1));
        let wide = grey.row(y - 2).iter().zip(grey.row(y + 3));
        for ((&upper, &lower), (&first, &last)) in near.zip(wide) {
            add(
                i16::from(lower) - i16::from(upper),
                i16::from(last) - i16::from(first),
            );
        }
    }
    (lost * 100 / steps.max(1)) as u8
}
