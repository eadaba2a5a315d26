//! One row of signs, cut out one way or another, becomes texts.

use crate::crop::Quad;
use crate::picture::PictureGrey;
use crate::reading::beam::{self, Belief};
use crate::reading::flatten::{flat, grown, size};
use crate::reading::network::{LINE, Maps};

/// Height of what the network sees.
pub(crate) const STRIP_HEIGHT: usize = 32;

/// Widest row the network sees; a wider one is squeezed.
pub(crate) const STRIP_WIDTH: usize = 192;

/// Narrowest row: a single sign.
const LEAST_WIDTH: f32 = 64.0;

/// One way to cut a row out: room at the sides and above and below, in heights of the row, and how much it is widened.
struct View {
    side: f32,
    above: f32,
    stretch: f32,
}

/// Several looks: what one cuts off or takes for a digit, another shows whole.
const VIEWS: [View; 3] = [
    View {
        side: 0.25,
        above: 0.12,
        stretch: 1.0,
    },
    View {
        side: 0.6,
        above: 0.2,
        stretch: 1.0,
    },
    View {
        side: 1.0,
        above: 0.3,
        stretch: 1.15,
    },
];

/// What is shown and kept of a row.
const SHOWN: View = View {
    side: 0.3,
    above: 0.15,
    stretch: 1.0,
};

/// Room at the sides of a frame that holds a row and some room already, as a share of its width, and the stretch.
const FRAMED: [(f32, f32); 2] = [(0.0, 1.0), (0.06, 1.25)];

/// The row laid straight, for the record.
pub(crate) fn shown(picture: &PictureGrey, row: &Quad) -> PictureGrey {
    crate::crop::crop(picture, &spread(row, &SHOWN), 0.0)
}

/// A part of a picture to be read, and how much it is widened.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look {
    frame: Quad,
    stretch: f32,
}

/// Looks at a row that was found.
pub(crate) fn located(row: &Quad) -> [Look; VIEWS.len()] {
    VIEWS.map(|view| Look {
        frame: spread(row, &view),
        stretch: view.stretch,
    })
}

/// Looks at a frame that holds a row and some room already.
pub(crate) fn framed(frame: &Quad) -> [Look; FRAMED.len()] {
    FRAMED.map(|(side, stretch)| Look {
        frame: grown(frame, side, side, 0.0, 0.0),
        stretch,
    })
}

/// What one look says, the likeliest first; `None` where there is nothing to look at.
pub(crate) fn read(picture: &PictureGrey, look: &Look) -> Option<Vec<Belief>> {
    let strip = strip(picture, &look.frame, look.stretch)?;
    let answer = LINE.as_ref().ok()?.run(padded(&strip))?;
    Some(beam::search(&answer))
}

fn spread(row: &Quad, view: &View) -> Quad {
    let (width, height) = size(row);
    let side = view.side * height / width.max(1.0);
    grown(row, side, side, view.above, view.above)
}

/// A row as the network sees it: as wide as it is for its height times `stretch`, within bounds.
pub(crate) fn strip(picture: &PictureGrey, frame: &Quad, stretch: f32) -> Option<PictureGrey> {
    let (across, down) = size(frame);
    let natural = STRIP_HEIGHT as f32 * across / down.max(1e-3) * stretch;
    let width = natural.clamp(LEAST_WIDTH, STRIP_WIDTH as f32) as usize;
    flat(picture, frame, width, STRIP_HEIGHT)
}

/// Grey levels about zero, and zeros to the right of the row.
fn padded(strip: &PictureGrey) -> Maps {
    let number = strip.bytes().len() as f32;
    let levels = || strip.bytes().iter().map(|&level| f32::from(level));
    let mean = levels().sum::<f32>() / number;
    let deviation = (levels().map(|level| (level - mean).powi(2)).sum::<f32>() / number).sqrt();
    let mut values = Vec::with_capacity(STRIP_HEIGHT * STRIP_WIDTH);
    for y in 0..strip.height() {
        values.extend(
            strip
                .row(y)
                .iter()
                .map(|&level| (f32::from(level) - mean) / (deviation + 2.0)),
        );
        values.resize((y + 1) * STRIP_WIDTH, 0.0);
    }
    Maps {
        channels: 1,
        height: STRIP_HEIGHT,
        width: STRIP_WIDTH,
        values,
    }
}
