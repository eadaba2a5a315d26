//! Is a photo fit to be evidence, told while the crew still stands before the meter.

use serde::{Deserialize, Serialize};

use crate::error::ImagingError;
use crate::picture::{Layout, Picture, PictureGrey};

/// Below this brightness of the brightest tenth details are lost in noise. An unlit meter box photographed without flash
/// has 20 to 40; one lit by a flash that leaves its surroundings black has 100 and more in its middle.
const DARK_TENTH: u8 = 50;

/// From this brightness on a pixel counts as burnt out: JPEG seldom gives a clean 255.
const BURNT: u8 = 250;

/// Below this sharpness small print is no longer read with ease. Drawn photos in focus have 24 to 37; those out of focus by
/// five pixels or shaken by fourteen have 18 and less.
const BLURRED_PERCENT: u8 = 20;

/// Steps between neighbours that are smaller count as noise: three times that of a phone at dusk.
const NOISE_STEP: i16 = 16;

/// The same over five pixels.
const NOISE_RISE: i16 = 24;

/// Edges fewer than this, of a million places looked at, say nothing of the focus.
const FEW_EDGES: u64 = 500;

/// Long edge at which sharpness is measured: the same print at another size must not seem blurred.
const MEASURED_PX: u32 = 1600;

/// What was measured on the photo as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quality {
    /// **Units**: percent; 80 for an edge from one pixel to the next, 0 for edges of five pixels and more. That of the
    /// worse direction: a shaken photo is sharp across the shake.
    pub sharpness_percent: u8,
    /// What the brightest tenth of the photo or of its middle exceeds. **Units**: 0 black to 255 white.
    pub bright_luminance: u8,
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

/// Measures a photo; `size` is the caller's judgement on the file it came from.
///
/// **Errors**: as [`Picture::shrunk_to`].
pub(crate) fn measure(
    photo: &Picture,
    size: SourceSize,
    burnt_out_per_mille: u16,
) -> Result<Quality, ImagingError> {
    let (width, height) = (photo.width(), photo.height());
    let grey = Picture::new(width, height, Layout::Grey, photo.to_grey().into_bytes())?;
    let grey = grey.shrunk_to(MEASURED_PX)?.to_grey();
    let [whole, middle] = tones(&grey);
    let bright_luminance = whole.tenth().max(middle.tenth());
    let clipped_per_mille = whole.burnt_per_mille();
    let sharpness_percent = sharpness(&grey);
    let mut hints = Vec::new();
    if bright_luminance < DARK_TENTH {
        hints.push(Hint::TooDark);
    }
    // A reflection in the middle, where the crew aims, hides more than a window at the edge.
    if clipped_per_mille >= burnt_out_per_mille
        || middle.burnt_per_mille() >= burnt_out_per_mille.saturating_mul(2)
    {
        hints.push(Hint::Glare);
    }
    // In the dark nothing tells whether it is sharp.
    if sharpness_percent < BLURRED_PERCENT && bright_luminance >= DARK_TENTH {
        hints.push(Hint::Blurred);
    }
    if size == SourceSize::BelowMinimum {
        hints.push(Hint::TooSmall);
    }
    Ok(Quality {
        sharpness_percent,
        bright_luminance,
        clipped_per_mille,
        hints,
    })
}

/// How many pixels are how bright.
struct Tones {
    counts: [u64; 256],
    pixels: u64,
}

impl Tones {
    fn of<'a>(rows: impl Iterator<Item = &'a [u8]>) -> Self {
        let mut tones = Self {
            counts: [0; 256],
            pixels: 0,
        };
        for row in rows {
            tones.pixels += row.len() as u64;
            for &byte in row {
                if let Some(count) = tones.counts.get_mut(usize::from(byte)) {
                    *count += 1;
                }
            }
        }
        tones
    }

    /// What the brightest tenth exceeds.
    fn tenth(&self) -> u8 {
        let mut brighter = 0;
        let mut levels = (0..=u8::MAX).rev().zip(self.counts.iter().rev());
        let found = levels.find(|(_, count)| {
            brighter += **count;
            brighter * 10 >= self.pixels
        });
        found.map_or(0, |(level, _)| level)
    }

    fn burnt_per_mille(&self) -> u16 {
        let burnt: u64 = self.counts.iter().skip(usize::from(BURNT)).sum();
        (burnt * 1000 / self.pixels.max(1)) as u16
    }
}

/// Of the whole photo, and of the middle half each way.
fn tones(grey: &PictureGrey) -> [Tones; 2] {
    let (width, height) = (grey.width(), grey.height());
    let whole = (0..height).map(|y| grey.row(y));
    let rows = height / 4..height - height / 4;
    let middle = rows.filter_map(|y| grey.row(y).get(width / 4..width - width / 4));
    [Tones::of(whole), Tones::of(middle)]
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

/// How much steepness a second blur would take from the edges, in the worse direction: much from sharp ones, nothing
/// from soft ones.
///
/// **Source**: Crete et al., "The blur effect", SPIE 6492, 2007; here with a five-pixel mean, every fourth row, and steps
/// below the noise left out.
fn sharpness(grey: &PictureGrey) -> u8 {
    let (mut across, mut down) = (Edges::default(), Edges::default());
    for y in (2..grey.height().saturating_sub(3)).step_by(4) {
        for six in grey.row(y).windows(6) {
            if let &[first, _, left, right, _, last] = six {
                across.add((left, right), (first, last));
            }
        }
        let near = grey.row(y).iter().zip(grey.row(y + 1));
        let wide = grey.row(y - 2).iter().zip(grey.row(y + 3));
        for ((&upper, &lower), (&first, &last)) in near.zip(wide) {
            down.add((upper, lower), (first, last));
        }
    }
    match (across.percent(), down.percent()) {
        (Some(across), Some(down)) => across.min(down),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => 0,
    }
}

/// The edges of one direction.
#[derive(Default)]
struct Edges {
    looked: u64,
    found: u64,
    steps: u64,
    lost: u64,
}

impl Edges {
    /// Neighbours, and the pixels two further out on either side.
    fn add(&mut self, (left, right): (u8, u8), (first, last): (u8, u8)) {
        self.looked += 1;
        let near = (i16::from(right) - i16::from(left)).abs();
        let wide = (i16::from(last) - i16::from(first)).abs();
        // An edge drawn out by a shake or bad focus has no steep step, but is one over five pixels.
        if near >= NOISE_STEP || wide >= NOISE_RISE {
            self.found += 1;
            self.steps += near as u64;
            self.lost += (near - (wide / 5).min(near)) as u64;
        }
    }

    /// `None` when there are too few edges to tell.
    fn percent(&self) -> Option<u8> {
        let is_enough = self.found * 1_000_000 >= self.looked * FEW_EDGES && self.found > 0;
        is_enough.then(|| (self.lost * 100 / self.steps.max(1)) as u8)
    }
}
