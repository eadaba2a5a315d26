//! What several looks at a row say becomes one list of texts, and how far the best can be trusted.

use crate::picture::PictureGrey;
use crate::reading::beam::Belief;
use crate::reading::line::{self, Look};
use crate::reading::{Candidate, Grounds};

/// Candidates that are told.
const MAX_CANDIDATES: usize = 10;

/// A share above which a look is sure of its text.
const SURE: f32 = 0.9;

/// Takes one look after the other, until two surely say the same.
pub(crate) fn gathered(
    picture: &PictureGrey,
    looks: impl IntoIterator<Item = Look>,
) -> Vec<Vec<Belief>> {
    let mut said: Vec<Vec<Belief>> = Vec::new();
    for look in looks {
        if is_settled(&said) {
            break;
        }
        said.extend(line::read(picture, &look));
    }
    said
}

fn is_settled(said: &[Vec<Belief>]) -> bool {
    let surely = |look: &Vec<Belief>| {
        let best = pooled(std::slice::from_ref(look)).into_iter().next()?;
        (best.share > SURE).then_some(best.digits)
    };
    let sure: Vec<String> = said.iter().filter_map(surely).collect();
    let is_said_twice = |text: &String| sure.iter().filter(|other| *other == text).count() > 1;
    sure.iter().any(is_said_twice)
}

/// A text without its point, and its likeliest spelling with one point at most.
struct Pooled {
    digits: String,
    text: Option<String>,
    share: f32,
}

/// Texts by what all looks together give them, the likeliest first.
///
/// A look that puts the point elsewhere says the same digits: the point is a dot of a few pixels, easily missed or
/// made up, and the register has its own place for it. A display has one at most, so of texts with several the points
/// say nothing.
fn pooled(looks: &[Vec<Belief>]) -> Vec<Pooled> {
    let part = 1.0 / looks.len().max(1) as f32;
    let mut spellings: Vec<Belief> = Vec::new();
    for belief in looks.iter().flatten() {
        match spellings.iter_mut().find(|known| known.text == belief.text) {
            Some(known) => known.share += belief.share * part,
            None => spellings.push(Belief {
                text: belief.text.clone(),
                share: belief.share * part,
            }),
        }
    }
    spellings.sort_by(|one, other| {
        let by_share = other.share.total_cmp(&one.share);
        by_share.then_with(|| one.text.cmp(&other.text))
    });
    let mut texts: Vec<Pooled> = Vec::new();
    for Belief { text, share } in spellings {
        let digits = text.replace('.', "");
        let has_points = text.matches('.').nth(1).is_some();
        match texts.iter_mut().find(|known| known.digits == digits) {
            Some(known) => {
                known.share += share;
                if !has_points {
                    known.text.get_or_insert(text);
                }
            }
            None => texts.push(Pooled {
                digits,
                text: (!has_points).then_some(text),
                share,
            }),
        }
    }
    texts.sort_by(|one, other| other.share.total_cmp(&one.share));
    texts
}

/// What speaks for the best text of all looks at a row, and all texts with their scores, the likeliest first.
///
/// `found` is how sure it is that there is a row.
pub(crate) fn merged(looks: &[Vec<Belief>], found: f32) -> Option<(Grounds, Vec<Candidate>)> {
    let mut texts = pooled(looks);
    texts.retain(|text| !text.digits.is_empty());
    texts.truncate(MAX_CANDIDATES);
    let best = texts.first()?;
    let grounds = Grounds {
        share: best.share,
        found,
        signs: best.digits.len(),
    };
    let sure = calibrated(&grounds);
    let rest: f32 = texts.iter().skip(1).map(|text| text.share).sum();
    let candidates = texts
        .into_iter()
        .enumerate()
        .map(|(place, text)| Candidate {
            score: match place {
                0 => sure,
                _ => ((1.0 - sure) * text.share / rest.max(1e-6)).min(sure),
            },
            text: text.text.unwrap_or(text.digits),
        });
    Some((grounds, candidates.collect()))
}

/// How much a constant and each of the grounds weigh.
///
/// **Source**: logistic regression over drawn rows, photographs and pictures without a display, all of the tuning seeds;
/// `training/scores.py`, its figures in `training/README.md`.
const WEIGHTS: [f32; 4] = [-6.706, 0.798, 1.977, 1.004];

/// From so many signs on, more of them say no more.
const MANY: usize = 5;

/// How likely the best text is right.
fn calibrated(grounds: &Grounds) -> f32 {
    let share = grounds.share.clamp(1e-3, 0.999);
    let [constant, by_share, by_found, by_signs] = WEIGHTS;
    // Patterns that look like signs are seldom many, and a register has at least four digits.
    let sum = constant
        + by_share * (share / (1.0 - share)).ln()
        + by_found * grounds.found
        + by_signs * grounds.signs.min(MANY) as f32;
    1.0 / (1.0 + (-sum).exp())
}

#[cfg(test)]
mod tests;
