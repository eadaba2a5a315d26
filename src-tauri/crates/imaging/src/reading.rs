//! A meter's display: where its row of digits is, and what it may say.
//!
//! Texts come with how likely each is, and are never taken for a reading here: the domain judges them.

mod beam;
mod flatten;
pub(crate) mod line;
pub(crate) mod locate;
mod network;

use serde::{Deserialize, Serialize};

use crate::crop::Quad;
use crate::picture::PictureGrey;
use crate::reading::beam::Belief;
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
}

/// One text a row may say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Of `0-9 . - E r` only.
    pub text: String,
    /// How likely it is. **Units**: 0 to 1.
    pub score: f32,
}

/// A part of a picture this much wider than high may be nothing but a row.
const ROW_LIKE: f32 = 1.6;

/// A row read as surely as this needs no other way to look at it.
const SURE: f32 = 0.8;

/// The rows of digits in a picture, the likeliest first; none when there is no display.
///
/// `frame` is the crew's aim frame: then only what is in it is read. A picture that is hardly more than a row, as a
/// frame is, is also read as it stands: what fills a picture to its edge is the hardest to find in it.
#[must_use]
pub fn read_display(picture: &PictureGrey, frame: Option<Quad>) -> Vec<DisplayRow> {
    let mut rows: Vec<DisplayRow> = locate::rows(picture, frame)
        .into_iter()
        .map(|(corners, _)| row(picture, corners, &line::looks(picture, &corners)))
        .filter(|row| !row.candidates.is_empty())
        .collect();
    let region = frame.unwrap_or_else(|| locate::whole(picture));
    let (width, height) = flatten::size(&region);
    if rows.first().is_none_or(|row| score(row) < SURE) && width > ROW_LIKE * height {
        let framed = row(picture, region, &line::looks_framed(picture, &region));
        // A row found in the frame and the frame itself are the same row: the surer reading stays.
        if rows
            .first()
            .is_none_or(|found| score(found) < score(&framed))
        {
            rows = vec![framed];
        }
    }
    rows
}

fn row(picture: &PictureGrey, corners: Quad, looks: &[Vec<Belief>]) -> DisplayRow {
    DisplayRow {
        corners,
        crop: line::shown(picture, &corners),
        candidates: line::merged(looks),
    }
}

fn score(row: &DisplayRow) -> f32 {
    row.candidates.first().map_or(0.0, |best| best.score)
}

/// Which weights read: changes whenever a reading may.
#[must_use]
pub fn weights_hash() -> &'static str {
    WEIGHTS_HASH
}
