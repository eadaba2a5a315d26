//! Our own reader of an asset number's bars, for patches in which blur has run the bars together.
//!
//! A decoder decides bar by bar and fails with the first one it cannot see. Here nothing is decided before the end: every
//! sign of the label is compared with every sign there is, and of all numbers whose check sign is right the one that fits
//! best as a whole is taken, if it fits well and no other comes near.
//!
//! **Source**: ISO/IEC 15417:2007 for the signs and the check sum; only set C and exactly 22 digits are known here.

mod fit;
mod rows;
mod search;
mod shapes;

use crate::picture::PictureGrey;
use fit::{EndPair, Fit, Profile};
pub(super) use shapes::LABEL_MODULES;
#[cfg(test)]
pub(super) use shapes::blurred;

/// A number that was read, and how surely.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SoftRead {
    /// 22 digits.
    pub text: String,
    /// Columns of the patch: outer edges of the first and the last bar. The first is the greater when the label lies
    /// upside down.
    pub from: f32,
    pub to: f32,
    /// Mean agreement of the signs, 0 to 1.
    pub quality: f32,
    /// What the check sign costs: sum of the agreements of the best signs, less that of the number's.
    pub loss: f32,
    /// How far behind the second-best number comes.
    pub margin: f32,
}

/// Least agreement, greatest loss and least margin of a number that is believed.
///
/// **Source**: true reads of drawn field labels have 0.88 to 0.99, 0 and 0.15 to 0.9. Of 1,542 texts made of 400 drawn
/// pictures without a code 16 pass the first two; none of these has a margin above 0.1.
const MIN_QUALITY: f32 = 0.9;
const MAX_LOSS: f32 = 0.05;
const MIN_MARGIN: f32 = 0.18;

/// Margin at which two of three doubts are gone.
const DOUBT: f32 = 0.08;

impl SoftRead {
    fn is_believed(&self) -> bool {
        self.quality >= MIN_QUALITY && self.loss <= MAX_LOSS && self.margin >= MIN_MARGIN
    }

    /// **Units**: 0 to 1.
    pub fn confidence(&self) -> f32 {
        (self.quality * (1.0 - (-self.margin / DOUBT).exp())).clamp(0.0, 1.0)
    }
}

/// Reads a patch in which the bars stand upright, modules about `module` columns long.
pub(super) fn read(patch: &PictureGrey, module: f32) -> Option<SoftRead> {
    likeliest(patch, module).filter(SoftRead::is_believed)
}

/// The likeliest number of a patch, believed or not.
pub(super) fn likeliest(patch: &PictureGrey, module: f32) -> Option<SoftRead> {
    let profile = Profile::new(rows::line(patch, module));
    let reversed = profile.reversed();
    let upright = fit::end_pairs(&profile, module);
    let turned = fit::end_pairs(&reversed, module);
    let score = |pairs: &[EndPair]| pairs.first().map_or(0.0, |pair| pair.score);
    if score(&upright) >= score(&turned) {
        return judged(&profile, &fit::fit(&profile, &upright)?);
    }
    let read = judged(&reversed, &fit::fit(&reversed, &turned)?)?;
    Some(SoftRead {
        from: profile.len() - read.from,
        to: profile.len() - read.to,
        ..read
    })
}

fn judged(profile: &Profile, fit: &Fit) -> Option<SoftRead> {
    let scores = fit.scores(profile)?;
    let (start, stop) = fit.ends(profile)?;
    let ranking = search::rank(&scores)?;
    let best: f32 = scores
        .iter()
        .map(|scores| scores.iter().copied().fold(f32::MIN, f32::max))
        .sum();
    let (_, pairs) = ranking.best.signs.split_last()?;
    Some(SoftRead {
        text: pairs.iter().map(|pair| format!("{pair:02}")).collect(),
        from: fit.place.from,
        to: fit.place.to,
        quality: (ranking.best.score + start + stop) / 14.0,
        loss: best - ranking.best.score,
        margin: ranking.best.score - ranking.next.score,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Formats;
    use crate::scan::engine;
    use crate::scan::sketch::{Sketch, label, spread};

    const NUMBER: &str = "4130001000000000000012";

    /// A label's modules with another sign in the place of one of them; the check sign is number 12.
    fn with_sign(digits: &str, place: usize, value: usize) -> Vec<f32> {
        let mut modules = label(digits);
        let sign = crate::symbols::modules(value).unwrap();
        modules[place * 11..(place + 1) * 11].copy_from_slice(&sign);
        modules
    }

    #[test]
    fn bars_that_blur_runs_together_are_read_where_a_decoder_reads_nothing() {
        let sketch = Sketch {
            blur: 0.72,
            paper: 120.0,
            noise: 12.0,
            ..Sketch::patch(label(NUMBER))
        };
        let patch = sketch.picture();
        assert!(engine::bars_in_patch(&patch, Formats::Meters).is_none());
        let read = read(&patch, 5.0).unwrap();
        assert_eq!(read.text, NUMBER);
        assert!((0.5..1.0).contains(&read.confidence()), "{read:?}");
    }

    #[test]
    fn the_ends_lie_at_the_outer_bars() {
        let sketch = Sketch::patch(label(NUMBER));
        let read = read(&sketch.picture(), 5.0).unwrap();
        let half = 78.0 * 5.0;
        assert!(
            (read.from - (sketch.middle.0 - half)).abs() < 2.5,
            "{read:?}"
        );
        assert!((read.to - (sketch.middle.0 + half)).abs() < 2.5, "{read:?}");
    }

    #[test]
    fn a_label_upside_down_is_read_from_its_own_start() {
        let sketch = Sketch {
            turn: std::f32::consts::PI,
            blur: 0.6,
            ..Sketch::patch(label(NUMBER))
        };
        let read = read(&sketch.picture(), 5.0).unwrap();
        assert_eq!(read.text, NUMBER);
        assert!(read.from > read.to);
    }

    #[test]
    fn each_doubt_alone_is_enough_not_to_believe() {
        let sure = SoftRead {
            text: NUMBER.to_owned(),
            from: 0.0,
            to: 780.0,
            quality: 0.97,
            loss: 0.0,
            margin: 0.4,
        };
        assert!(sure.is_believed());
        for (quality, loss, margin) in [(0.89, 0.0, 0.4), (0.97, 0.06, 0.4), (0.97, 0.0, 0.17)] {
            let doubted = SoftRead {
                quality,
                loss,
                margin,
                ..sure.clone()
            };
            assert!(!doubted.is_believed(), "{doubted:?}");
            assert!(doubted.confidence() <= sure.confidence());
        }
    }

    #[test]
    fn a_wrong_check_sign_is_never_believed() {
        // 105 + 41 + 2 * 30 + 4 * 10 + 11 * 12 = 378 = 3 * 103 + 69.
        for wrong in (0..103).filter(|&value| value != 69) {
            let sketch = Sketch::patch(with_sign(NUMBER, 12, wrong));
            let read = read(&sketch.picture(), 5.0);
            assert_eq!(read, None, "check sign {wrong}");
        }
    }

    #[test]
    fn one_wrong_sign_is_never_believed() {
        for place in 1..12 {
            let sketch = Sketch {
                blur: 0.5,
                ..Sketch::patch(with_sign(NUMBER, place, 87))
            };
            assert_eq!(read(&sketch.picture(), 5.0), None, "sign {place}");
        }
    }

    #[test]
    fn bars_that_are_no_label_are_never_believed() {
        let mut likely = 0;
        let mut state = 7_u64;
        for round in 0..40 {
            let mut widths = Vec::new();
            while widths.iter().map(|&width| u32::from(width)).sum::<u32>() < 156 {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                widths.push(1 + (state >> 62) as u8);
            }
            let sketch = Sketch {
                blur: 0.3 + round as f32 * 0.015,
                ..Sketch::patch(spread(&widths))
            };
            let patch = sketch.picture();
            likely += usize::from(likeliest(&patch, 5.0).is_some());
            assert_eq!(read(&patch, 5.0), None, "round {round}");
        }
        assert!(likely > 10, "{likely} of 40 looked like a label at all");
    }

    #[test]
    fn grilles_and_plain_paper_hold_nothing() {
        for period in 1..6 {
            let widths = vec![period; 156 / usize::from(period)];
            let sketch = Sketch::patch(spread(&widths));
            assert_eq!(read(&sketch.picture(), 5.0), None, "period {period}");
        }
        let plain = Sketch {
            ink: 200.0,
            paper: 200.0,
            noise: 6.0,
            ..Sketch::patch(label(NUMBER))
        };
        assert_eq!(read(&plain.picture(), 5.0), None);
    }
}
