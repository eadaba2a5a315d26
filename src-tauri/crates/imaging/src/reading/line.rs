//! One row of signs becomes text.

use crate::crop::Quad;
use crate::picture::PictureGrey;
use crate::reading::Candidate;
use crate::reading::beam::{self, Belief};
use crate::reading::flatten::{flat, grown, size};
use crate::reading::network::{LINE, Maps};

/// Height of what the network sees.
pub(crate) const STRIP_HEIGHT: usize = 32;

/// Widest row the network sees; a wider one is squeezed.
pub(crate) const STRIP_WIDTH: usize = 192;

/// Narrowest row: a single sign.
const LEAST_WIDTH: f32 = 64.0;

/// Candidates that are told.
const MAX_CANDIDATES: usize = 10;

/// One way to cut a row out: room at the sides and above and below, in heights of the row, and how much it is widened.
struct View {
    side: f32,
    above: f32,
    stretch: f32,
}

/// Several looks: what one cuts off or takes for a digit, another shows whole.
const VIEWS: [View; 4] = [
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
    View {
        side: 0.4,
        above: 0.06,
        stretch: 0.88,
    },
];

/// What is shown and kept of a row.
const SHOWN: View = View {
    side: 0.3,
    above: 0.15,
    stretch: 1.0,
};

/// Room around a frame that holds a row and some room already, as shares of its own width and height, and the stretch.
const FRAMED: [(f32, f32, f32); 3] = [(0.0, 0.0, 1.0), (0.06, 0.0, 1.25), (-0.03, -0.1, 1.0)];

/// The row laid straight, for the record.
pub(crate) fn shown(picture: &PictureGrey, row: &Quad) -> PictureGrey {
    crate::crop::crop(picture, &spread(row, &SHOWN), 0.0)
}

/// What each look at a row says.
pub(crate) fn looks(picture: &PictureGrey, row: &Quad) -> Vec<Vec<Belief>> {
    VIEWS
        .iter()
        .filter_map(|view| believed(picture, &spread(row, view), view.stretch))
        .collect()
}

/// As [`looks`], for a frame that holds a row and some room already.
pub(crate) fn looks_framed(picture: &PictureGrey, frame: &Quad) -> Vec<Vec<Belief>> {
    FRAMED
        .iter()
        .filter_map(|&(side, above, stretch)| {
            believed(picture, &grown(frame, side, side, above, above), stretch)
        })
        .collect()
}

/// What one look at a frame says.
fn believed(picture: &PictureGrey, frame: &Quad, stretch: f32) -> Option<Vec<Belief>> {
    let strip = strip(picture, frame, stretch)?;
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

/// The looks' beliefs become one list, the likeliest first: a text's share is the mean of what each look gives it.
pub(crate) fn merged(beliefs: &[Vec<Belief>]) -> Vec<Candidate> {
    let mut texts: Vec<(String, f32)> = Vec::new();
    let looks = beliefs.len().max(1) as f32;
    for belief in beliefs.iter().flatten() {
        match texts.iter_mut().find(|(text, _)| *text == belief.text) {
            Some((_, share)) => *share += belief.share / looks,
            None => texts.push((belief.text.clone(), belief.share / looks)),
        }
    }
    texts.retain(|(text, _)| !text.is_empty());
    texts.sort_by(|one, other| other.1.total_cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    texts.truncate(MAX_CANDIDATES);
    let Some((best, first)) = texts.first().cloned() else {
        return Vec::new();
    };
    let agreeing = beliefs
        .iter()
        .filter(|looks| looks.first().is_some_and(|belief| belief.text == best))
        .count() as f32;
    let second = texts.get(1).map_or(0.0, |(_, share)| *share);
    let sure = calibrated(first, second, agreeing / looks);
    let rest: f32 = texts.iter().skip(1).map(|(_, share)| share).sum();
    texts
        .into_iter()
        .enumerate()
        .map(|(place, (text, share))| Candidate {
            text,
            score: if place == 0 {
                sure
            } else {
                ((1.0 - sure) * share / rest.max(1e-6)).min(sure)
            },
        })
        .collect()
}

/// How likely the best text is right, from its share, the second one's, and the part of the looks that say it first.
///
/// **Source**: logistic regression over drawn rows of the tuning seeds, `training/README.md`.
fn calibrated(first: f32, second: f32, agreeing: f32) -> f32 {
    let share = (first.clamp(1e-4, 0.9999) / (1.0 - first.clamp(1e-4, 0.9999))).ln();
    let ahead = ((first + 1e-4) / (second + 1e-4)).ln().min(8.0);
    let sum = -2.0 + 0.5 * share + 0.3 * ahead + 2.0 * agreeing;
    1.0 / (1.0 + (-sum).exp())
}
