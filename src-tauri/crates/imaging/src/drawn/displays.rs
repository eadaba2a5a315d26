//! Made-up pictures of displays to train, tune and test the reader on: framed rows, and whole photographs.
//!
//! Far more varied than any one maker's display, because a reader trained on a narrow drawing reads drawings only.

mod glyphs;
mod panel;
mod readings;
mod row;
mod scenery;
mod sheet;
mod spoil;

use std::ops::Range;

use crate::canvas::Spot;
use crate::crop::Quad;
use crate::drawn::displays::glyphs::{Form, Look};
use crate::drawn::displays::panel::Panel;
use crate::drawn::displays::row::Row;
use crate::drawn::displays::sheet::{Sheet, View};
use crate::drawn::random::Random;
use crate::error::ImagingError;
use crate::picture::PictureGrey;
use crate::reading::line;

pub use readings::Wording;
pub use scenery::{DisplayScene, display_scene, display_scene_sized};

/// Raised by one whenever the same seed draws another picture.
pub const GENERATOR_VERSION: u32 = 1;

/// Seeds that weights were trained on.
pub const TRAIN_SEEDS: Range<u64> = 1_000_000..1_000_000_000;

/// Seeds that thresholds and the calibration of scores were chosen on.
pub const TUNE_SEEDS: Range<u64> = 100_000..200_000;

/// Seeds that nothing was chosen on.
pub const TEST_SEEDS: Range<u64> = 500_000..600_000;

/// A piece of a photograph with one row of a display in it.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayLine {
    /// The piece.
    pub photo: PictureGrey,
    /// Where the row really is. **Units**: pixels of the piece.
    pub row: Quad,
    /// What a crew's frame or a localiser may cut out: never quite the row.
    pub frame: Quad,
    /// How much wider than it is a reader may see it, 1.0 = as it is.
    pub stretch: f32,
    /// What it says, of `0-9 . - E r`.
    pub text: String,
    /// What kind of text that is.
    pub wording: Wording,
}

/// A framed row, as varied as training needs it.
///
/// **Errors**: [`ImagingError::NotWritten`], which no drawing of this size meets.
pub fn display_line(seed: u64) -> Result<DisplayLine, ImagingError> {
    let mut random = Random::new(seed, "display line");
    let look = Look::new(&mut random);
    framed(look, &mut random)
}

/// A framed row whose signs are cut as none in training are: tells how a reader fares on displays it never saw.
///
/// **Errors**: as [`display_line`].
pub fn display_line_unlike(seed: u64) -> Result<DisplayLine, ImagingError> {
    let mut random = Random::new(seed, "display line unlike");
    let look = Look::of(Form::Round, &mut random);
    framed(look, &mut random)
}

/// How a row is cut out.
enum Cut {
    /// By corners that follow the row.
    Along,
    /// As an upright box with room around.
    Loose,
    /// As an upright box that touches the signs.
    Close,
}

fn framed(look: Look, random: &mut Random) -> Result<DisplayLine, ImagingError> {
    let row = Row::new(look, random);
    let panel = Panel::around(row, random);
    let cut = match random.below(100) {
        0..50 => Cut::Along,
        50..84 => Cut::Loose,
        _ => Cut::Close,
    };
    let grade = random.between(0.0, 1.0);
    let (roll, tilt) = match cut {
        Cut::Along => (0.35, 0.6),
        Cut::Loose | Cut::Close => (0.2, 0.45),
    };
    let width = panel.row.width();
    let row_px = random
        .between(10.0_f32.ln(), 62.0_f32.ln())
        .exp()
        .min(420.0 / width);
    let mut view = View {
        centre: ((panel.row.left + panel.row.right) / 2.0, 0.5),
        at: (0.0, 0.0),
        scale: row_px,
        roll: random.between(-roll, roll) * random.between(0.0, 1.0),
        tilt: (
            random.between(-tilt, tilt) * random.between(0.0, 1.0),
            random.between(-tilt, tilt) * random.between(0.0, 1.0),
        ),
        focal_px: width * row_px * random.between(1.2, 4.0),
    };
    let (left, right, up, down) = margins(&cut, &panel, random);
    let frame = match cut {
        Cut::Along => {
            let (from, to) = (panel.row.left - left, panel.row.right + right);
            let mut corner = |x: f32, y: f32| {
                let (x, y) = view.place((x, y));
                let off = row_px * 0.07;
                (x + random.between(-off, off), y + random.between(-off, off))
            };
            [
                corner(from, -up),
                corner(to, -up),
                corner(to, 1.0 + down),
                corner(from, 1.0 + down),
            ]
        }
        Cut::Loose | Cut::Close => {
            let (low, high) = bounds(&panel.row.corners().map(|corner| view.place(corner)));
            let (from, to) = (
                (low.0 - left * row_px, low.1 - up * row_px),
                (high.0 + right * row_px, high.1 + down * row_px),
            );
            [from, (to.0, from.1), to, (from.0, to.1)]
        }
    };
    let (low, high) = bounds(&frame);
    let border = if matches!(cut, Cut::Along) { 3.0 } else { 0.0 };
    let shift = (border - low.0, border - low.1);
    view.at = shift;
    let edge = |from: f32, to: f32| ((to - from + 2.0 * border).round() as usize).clamp(8, 900);
    let mut sheet = Sheet::new(edge(low.0, high.0), edge(low.1, high.1), panel.bezel, view);
    panel.draw(&mut sheet);
    let corners = panel.row.corners().map(|corner| view.place(corner));
    let aspect = (high.0 - low.0) / (high.1 - low.1).max(1.0);
    let natural = 32.0 * aspect;
    let stretch = match cut {
        Cut::Loose if random.chance(50) => random.between(1.0, (192.0 / natural).clamp(1.0, 2.2)),
        _ => random.between(-0.3, 0.3).exp(),
    };
    let subject = spoil::Subject {
        row_px,
        contrast: panel.contrast(),
    };
    Ok(DisplayLine {
        photo: spoil::take(sheet, grade, subject, random)?,
        row: corners,
        frame: frame.map(|(x, y)| (x + shift.0, y + shift.1)),
        stretch,
        wording: panel.row.wording,
        text: panel.row.text,
    })
}

/// Room left of, right of, above and below the row, in heights of its signs; negative where the cut goes through it.
fn margins(cut: &Cut, panel: &Panel, random: &mut Random) -> (f32, f32, f32, f32) {
    let mut side = |low: f32, high: f32| random.between(low, high);
    match cut {
        Cut::Along => (
            side(-0.03, 1.1),
            side(-0.03, 1.1),
            side(-0.02, 0.42),
            side(-0.02, 0.42),
        ),
        Cut::Loose => {
            let is_crowded = panel.others.iter().any(|(_, _, size)| *size > 0.7);
            let most = if is_crowded { 0.35 } else { 1.0 };
            (
                side(-0.04, 1.5),
                side(-0.04, 1.8),
                side(0.0, most),
                side(0.0, most),
            )
        }
        Cut::Close => (
            side(-0.08, 0.15),
            side(-0.08, 0.15),
            side(-0.06, 0.15),
            side(-0.06, 0.15),
        ),
    }
}

/// Lower and upper ends of a shape in both directions.
fn bounds(spots: &[Spot]) -> (Spot, Spot) {
    spots.iter().fold(
        ((f32::MAX, f32::MAX), (f32::MIN, f32::MIN)),
        |(low, high), &(x, y)| ((low.0.min(x), low.1.min(y)), (high.0.max(x), high.1.max(y))),
    )
}

impl DisplayLine {
    /// The row as the reader's network sees it: 32 pixels high, 64 to 192 wide; `None` for a frame without an inside.
    #[must_use]
    pub fn strip(&self) -> Option<PictureGrey> {
        line::strip(&self.photo, &self.frame, self.stretch)
    }
}
