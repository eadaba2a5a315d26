//! What was read on a meter's display, as its screen is told.

use domain::{DisplaySighting, DisplayVerdict, ErrCode};
use serde::Serialize;
use ts_rs::TS;
use work::DisplayRead;

/// Answer to `read_display`: what a picture of a display says beside a register's value.
///
/// It never takes the value's place: the crew types, confirms or takes over.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DisplayView {
    /// Whether it agrees, differs, proposes, or does not tell.
    pub verdict: DisplayVerdict,
    /// The row of digits that was read; absent when none was found.
    pub row: Option<DisplayRowView>,
    /// The `Err-xx` code on the display, with what it means and what to do.
    pub err: Option<ErrCode>,
    /// What goes into `read` as `sightings`, together with what earlier looks gave for other
    /// registers.
    pub sightings: Vec<DisplaySighting>,
}

/// A row of digits.
#[derive(Debug, Clone, Serialize, TS)]
pub struct DisplayRowView {
    /// What it says at its likeliest, before it was judged.
    pub text: String,
    /// How sure the program is of that, in thousandths.
    pub confidence: u16,
    /// Corners in pixels of the picture: upper left, then clockwise.
    pub corners: [(f32, f32); 4],
}

impl From<DisplayRead> for DisplayView {
    fn from(read: DisplayRead) -> Self {
        Self {
            verdict: read.verdict,
            row: read.row.map(|row| DisplayRowView {
                text: row.text,
                confidence: row.confidence,
                corners: row.corners,
            }),
            err: read.err.copied(),
            sightings: read.sightings,
        }
    }
}
