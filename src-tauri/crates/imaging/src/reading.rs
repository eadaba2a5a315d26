//! A meter's display: where its row of digits is, and what it may say.
//!
//! Texts come with how likely each is, and are never taken for a reading here: the domain judges them.

use serde::{Deserialize, Serialize};

use crate::crop::Quad;
use crate::picture::PictureGrey;

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

/// The rows of digits in a picture, the likeliest first; none when there is no display.
///
/// `frame` is the crew's aim frame: then only what is in it is read.
#[must_use]
pub fn read_display(_picture: &PictureGrey, _frame: Option<Quad>) -> Vec<DisplayRow> {
    vec![]
}

/// Which weights read: changes whenever a reading may.
#[must_use]
pub fn weights_hash() -> &'static str {
    "untrained"
}
