//! A region of bars is laid straight and read: by the decoder line by line, or as a whole by our own reader.

use crate::picture::PictureGrey;
use crate::scan::engine;
use crate::scan::levels::Levels;
use crate::scan::region::Region;
use crate::scan::soft;
use crate::scan::{Code, Formats, ReadBy, Symbology};

/// Lines of a patch: enough that some miss a scratch or a reflection.
const LINES: usize = 32;

/// Widths of a patch: four to six pixels a module for 176 of them, whatever the photo had.
const MIN_WIDTH: f32 = 700.0;
const MAX_WIDTH: f32 = 1400.0;

/// What is added at each end, as a share of half the length: the quiet zone, and the cells a soft end lost.
const MARGIN: f32 = 0.16;

/// Share of the bars' height that is used: the outermost lines catch print and the label's edge.
const HEIGHT_USED: f32 = 0.82;

/// Least share of a patch that a believed code fills: a region is the whole code, so a short one inside it is a ghost.
const MIN_FILLED: f32 = 0.45;

/// Half length of a region in the pixels it is looked at with: two modules and more for a meter's label, so that the
/// noise of a larger picture is averaged first.
const MIN_HALF_LENGTH: f32 = 170.0;

/// A region laid straight.
pub(super) struct Patch<'a> {
    region: &'a Region,
    picture: PictureGrey,
}

impl<'a> Patch<'a> {
    pub fn of(levels: &Levels<'_>, region: &'a Region) -> Self {
        let (picture, scale) = levels.fitting(region.half_length() / MIN_HALF_LENGTH);
        let half = region.half_length() * (1.0 + MARGIN);
        let width = (half / scale * 3.0).clamp(MIN_WIDTH, MAX_WIDTH) as usize;
        let picture = PictureGrey::from_places(width, LINES, |column, line| {
            let share = |at: usize, of: usize| (at as f32 + 0.5) / of as f32 * 2.0 - 1.0;
            let up = share(line, LINES) * region.half_height() * HEIGHT_USED;
            let (x, y) = region.place(share(column, width) * half, up);
            picture.sample(x / scale - 0.5, y / scale - 0.5) as u8
        });
        Self { region, picture }
    }

    pub fn middle(&self) -> (f32, f32) {
        self.region.middle()
    }

    /// What a decoder sees in it.
    pub fn decoded(&self, formats: Formats) -> Option<Code> {
        let read = engine::bars_in_patch(&self.picture, formats)
            .or_else(|| engine::bars_in_patch(&sharpened(&self.picture)?, formats))?;
        let is_whole = (read.to - read.from).abs() >= MIN_FILLED * self.picture.width() as f32;
        // The decoder gives the middles of the first and the last sign, which are 145 of 156 modules apart on a
        // meter's label.
        let half_sign = (read.to - read.from) * 0.038;
        is_whole.then(|| Code {
            text: read.text,
            symbology: read.symbology,
            corners: self.corners(read.from - half_sign, read.to + half_sign),
            read_by: ReadBy::Decoder,
            confidence: 1.0,
        })
    }

    /// What our own reader makes of it.
    pub fn guessed(&self) -> Option<Code> {
        let modules = self.picture.width() as f32 / (1.0 + MARGIN);
        let read = soft::read(&self.picture, modules / soft::LABEL_MODULES as f32)?;
        Some(Code {
            corners: self.corners(read.from, read.to),
            confidence: read.confidence(),
            text: read.text,
            symbology: Symbology::Code128,
            read_by: ReadBy::Soft,
        })
    }

    /// Corners of what lies between two columns; the first is the greater when it is upside down.
    fn corners(&self, from: f32, to: f32) -> [(f32, f32); 4] {
        let width = self.picture.width() as f32;
        let half = self.region.half_length() * (1.0 + MARGIN);
        let along = |column: f32| (column / width * 2.0 - 1.0) * half;
        let up = self.region.half_height().copysign(to - from);
        [(from, -up), (to, -up), (to, up), (from, up)]
            .map(|(column, up)| self.region.place(along(column), up))
    }
}

/// Means of eight neighbouring lines, stretched to full contrast between the local dark and light and sharpened.
fn sharpened(patch: &PictureGrey) -> Option<PictureGrey> {
    let width = patch.width();
    let mut bytes = Vec::with_capacity(width * LINES);
    for first in (0..LINES - 7).step_by(3) {
        let mut mean = vec![0_f32; width];
        for line in first..first + 8 {
            for (sum, &pixel) in mean.iter_mut().zip(patch.row(line)) {
                *sum += f32::from(pixel) / 8.0;
            }
        }
        bytes.extend(stretched(&unsharp(&mean)));
    }
    let lines = bytes.len() / width.max(1);
    PictureGrey::new(width, lines, bytes).ok()
}

/// Takes away half of what a wider view would see: gives narrow bars back what blur took.
fn unsharp(line: &[f32]) -> Vec<f32> {
    let reach = (line.len() / 350).max(1);
    let at = |index: usize| line.get(index).copied();
    (0..line.len())
        .map(|index| {
            let here = at(index).unwrap_or(0.0);
            let before = index.checked_sub(reach).and_then(at).unwrap_or(here);
            let after = at(index + reach).unwrap_or(here);
            here * 2.2 - (before + after) * 0.6
        })
        .collect()
}

/// Full contrast between the darkest and lightest within some twelve modules either way.
fn stretched(line: &[f32]) -> impl Iterator<Item = u8> + '_ {
    let reach = line.len() / 14;
    let ends: Vec<(f32, f32)> = line
        .chunks(16)
        .map(|chunk| {
            chunk
                .iter()
                .fold((f32::MAX, f32::MIN), |(low, high), &value| {
                    (low.min(value), high.max(value))
                })
        })
        .collect();
    line.iter().enumerate().map(move |(index, &value)| {
        let (from, to) = (index.saturating_sub(reach) / 16, (index + reach) / 16);
        let near = ends.get(from..(to + 1).min(ends.len())).unwrap_or(&[]);
        let (low, high) = near.iter().fold((f32::MAX, f32::MIN), |(low, high), end| {
            (low.min(end.0), high.max(end.1))
        });
        // Plain paper must stay plain: less than 24 grey levels are not stretched.
        ((value - low) / (high - low).max(24.0) * 255.0).clamp(0.0, 255.0) as u8
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::localise;
    use crate::scan::sketch::{Sketch, label};

    const NUMBER: &str = "4130001000000000000012";

    /// A label in the middle of a frame, two pixels a module.
    fn sketch(turn: f32, blur: f32) -> Sketch {
        Sketch {
            size: (600, 400),
            middle: (300.0, 200.0),
            turn,
            module: 2.0,
            height: 30.0,
            blur,
            noise: 8.0,
            ..Sketch::patch(label(NUMBER))
        }
    }

    fn with_patch<T>(sketch: &Sketch, look: impl FnOnce(&Patch<'_>) -> T) -> T {
        let picture = sketch.picture();
        let levels = Levels::of(&picture).unwrap();
        let regions = localise::regions(&picture);
        look(&Patch::of(&levels, regions.first().unwrap()))
    }

    #[test]
    fn a_patch_is_sharpened_where_the_decoder_sees_nothing_at_first() {
        let (mut raw, mut all) = (0, 0);
        for step in 0..12 {
            let blur = 0.35 + step as f32 * 0.03;
            let (at_once, at_last) = with_patch(&sketch(0.3, blur), |patch| {
                let at_once = engine::bars_in_patch(&patch.picture, Formats::Meters);
                (at_once, patch.decoded(Formats::Meters))
            });
            raw += usize::from(at_once.is_some());
            all += usize::from(at_last.is_some_and(|code| code.text == NUMBER));
        }
        assert!(all > raw, "{all} of 12, {raw} without");
    }

    #[test]
    fn corners_begin_where_the_label_begins() {
        for turn in [0.3, 0.3 + std::f32::consts::PI] {
            let sketch = sketch(turn, 0.3);
            let (decoded, guessed) = with_patch(&sketch, |patch| {
                (patch.decoded(Formats::Meters), patch.guessed())
            });
            let (sin, cos) = turn.sin_cos();
            let (along, up) = (-78.0 * 2.0, -15.0 * 2.0);
            let upper_left = (
                300.0 + along * cos - up * sin,
                200.0 + along * sin + up * cos,
            );
            for code in [decoded.unwrap(), guessed.unwrap()] {
                let [(x, y), ..] = code.corners;
                let off = (x - upper_left.0).hypot(y - upper_left.1);
                assert!(off < 14.0, "{:?} begins {off} pixels off", code.read_by);
            }
        }
    }

    #[test]
    fn a_short_code_within_a_long_region_is_a_ghost() {
        let mut modules = label("413000");
        let end = modules.len();
        modules.extend([0.0; 12]);
        modules.extend([1.0, 0.0].repeat(70));
        let long = Sketch {
            modules,
            ..sketch(0.0, 0.2)
        };
        let short = Sketch {
            modules: long.modules[..end].to_vec(),
            ..long.clone()
        };
        let text = |sketch: &Sketch| {
            with_patch(sketch, |patch| patch.decoded(Formats::Meters)).map(|code| code.text)
        };
        assert_eq!(text(&short).as_deref(), Some("413000"));
        assert_eq!(text(&long), None);
    }
}
