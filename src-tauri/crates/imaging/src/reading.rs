//! A meter's display: where its row of digits is, and what it may say.
//!
//! Texts come with how likely each is, and are never taken for a reading here: the domain judges them.

mod beam;
mod flatten;
pub(crate) mod line;
pub(crate) mod locate;
mod network;
mod pool;

use serde::{Deserialize, Serialize};

use crate::crop::Quad;
use crate::picture::PictureGrey;
use crate::reading::beam::Belief;
use crate::reading::locate::Found;
use crate::reading::network::WEIGHTS_HASH;

/// A row of digits.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayRow {
    /// Where it is in the picture. **Units**: pixels; upper left first, clockwise, as the text runs.
    pub corners: Quad,
    /// The row alone, straightened; small.
    pub crop: PictureGrey,
    /// What it may say, likeliest first; 10 at most.
    pub candidates: Vec<Candidate>,
    /// Whether somebody framed it: it stands in the aim frame, or fills a picture that was cut out around it.
    pub is_framed: bool,
}

/// One text a row may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Of `0-9 . - E r` only.
    pub text: String,
    /// How likely its signs are, wherever the point is. **Units**: 0 to 1.
    pub score: f32,
}

/// What speaks for a row's best text: what its score is calibrated on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Grounds {
    /// What the looks at the row give it, the mean. **Units**: 0 to 1.
    pub share: f32,
    /// How sure it is that there is a row. **Units**: 0 to 1.
    pub found: f32,
    /// Its signs without the point.
    pub signs: usize,
}

/// A part of a picture this much wider than high may be nothing but a row.
const ROW_LIKE: f32 = 1.6;

/// A row at least this high, as a share of such a part, is what the part was cut out for.
const FILLING: f32 = 0.3;

/// A picture this much wider than high was cut out around a row; photographs are less wide.
const CUT_OUT: f32 = 2.2;

/// How sure it is that a crew's frame holds a row where none is found in it.
const FRAMED: f32 = 0.5;

/// A row read as surely as this needs no other beside it.
const SURE: f32 = 0.8;

/// A row read as surely as this tells something; others tell less than where they are does.
const TOLD: f32 = 0.3;

/// What is read less surely than this is print, a pattern or a display too far away, unless somebody framed it.
const LEAST: f32 = 0.05;

/// The rows of digits in a picture, the likeliest first; none when there is no display.
///
/// `frame` is the crew's aim frame: then only what is in it is read. A picture that is hardly more than a row, as a
/// frame is, is also read as it stands: what fills a picture to its edge is the hardest to find in it.
#[must_use]
pub fn read_display(picture: &PictureGrey, frame: Option<Quad>) -> Vec<DisplayRow> {
    let rows = read_with_grounds(picture, frame);
    rows.into_iter().map(|(row, _)| row).collect()
}

/// As [`read_display`], with what each row's score was made of: to calibrate it.
#[must_use]
pub fn read_with_grounds(picture: &PictureGrey, frame: Option<Quad>) -> Vec<(DisplayRow, Grounds)> {
    let region = frame.unwrap_or_else(|| locate::whole(picture));
    let (width, height) = flatten::size(&region);
    let is_row_like = width > ROW_LIKE * height;
    let mut rows: Vec<(DisplayRow, Grounds)> = Vec::new();
    for (place, found) in locate::rows(picture, &region).into_iter().enumerate() {
        if rows.iter().any(|(row, _)| row.score() >= SURE) {
            break;
        }
        let found = locate::nearer(picture, found);
        let [near, wider, widest] = line::located(&found.corners);
        let fills = is_row_like && flatten::size(&found.corners).1 > FILLING * height;
        let looks = if place > 0 {
            pool::gathered(picture, [near, wider])
        } else if fills {
            let [as_it_is, stretched] = line::framed(&region);
            pool::gathered(picture, [near, as_it_is, wider, stretched])
        } else {
            pool::gathered(picture, [near, wider, widest])
        };
        rows.extend(row(picture, found, &looks, frame.is_some() || fills));
    }
    if is_row_like && rows.is_empty() {
        let framed = Found {
            corners: region,
            sure: FRAMED,
        };
        let looks = pool::gathered(picture, line::framed(&region));
        let is_framed = frame.is_some() || width > CUT_OUT * height;
        rows.extend(row(picture, framed, &looks, is_framed));
    }
    rows.retain(|(row, _)| row.is_framed || row.score() >= LEAST);
    // Among rows that tell something, the one most like a display's stays first: a date may be easier to read.
    rows.sort_by(|(one, _), (other, _)| other.score().min(TOLD).total_cmp(&one.score().min(TOLD)));
    rows
}

fn row(
    picture: &PictureGrey,
    found: Found,
    looks: &[Vec<Belief>],
    is_framed: bool,
) -> Option<(DisplayRow, Grounds)> {
    let (grounds, candidates) = pool::merged(looks, found.sure)?;
    let row = DisplayRow {
        corners: found.corners,
        crop: line::shown(picture, &found.corners),
        candidates,
        is_framed,
    };
    Some((row, grounds))
}

impl DisplayRow {
    fn score(&self) -> f32 {
        self.candidates.first().map_or(0.0, |best| best.score)
    }
}

/// Which weights read: changes whenever a reading may.
#[must_use]
pub fn weights_hash() -> &'static str {
    WEIGHTS_HASH
}

#[cfg(test)]
mod tests;
