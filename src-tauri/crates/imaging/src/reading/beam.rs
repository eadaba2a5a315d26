//! Steps of sign probabilities become texts: connectionist temporal classification, searched with a beam.
//!
//! **Source**: A. Hannun and others, "First-Pass Large Vocabulary Continuous Speech Recognition using Bi-Directional
//! Recurrent DNNs", 2014, algorithm 1, without a language model.

use crate::reading::network::Maps;

/// Signs by class; class 0 is the gap between signs.
const SIGNS: &[u8] = b"0123456789.-Er";

/// Texts kept from step to step.
const BEAM: usize = 12;

/// A sign less likely than this is not followed.
const LEAST: f32 = 1e-3;

/// A text and how likely the network takes it to be.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Belief {
    pub text: String,
    pub share: f32,
}

#[derive(Clone)]
struct Prefix {
    signs: Vec<u8>,
    /// Likelihood of all paths that end in a gap, and in the last sign.
    gap: f32,
    sign: f32,
}

/// The likeliest texts of a network's answer (classes x 1 x steps), best first.
pub(crate) fn search(answer: &Maps) -> Vec<Belief> {
    let mut prefixes = vec![Prefix {
        signs: Vec::new(),
        gap: 1.0,
        sign: 0.0,
    }];
    for step in 0..answer.width * answer.height {
        let chances = chances(answer, step);
        let mut next: Vec<Prefix> = Vec::with_capacity(prefixes.len() * 4);
        for prefix in &prefixes {
            let last = prefix.signs.last().copied();
            for (class, &chance) in chances.iter().enumerate() {
                if chance < LEAST {
                    continue;
                }
                let Some(sign) = class.checked_sub(1).and_then(|place| SIGNS.get(place)) else {
                    reach(
                        &mut next,
                        &prefix.signs,
                        (prefix.gap + prefix.sign) * chance,
                        0.0,
                    );
                    continue;
                };
                let mut longer = prefix.signs.clone();
                longer.push(*sign);
                if last == Some(*sign) {
                    // The same sign again is the same sign, unless there was a gap between.
                    reach(&mut next, &prefix.signs, 0.0, prefix.sign * chance);
                    reach(&mut next, &longer, 0.0, prefix.gap * chance);
                } else {
                    reach(&mut next, &longer, 0.0, (prefix.gap + prefix.sign) * chance);
                }
            }
        }
        next.sort_by(|one, other| (other.gap + other.sign).total_cmp(&(one.gap + one.sign)));
        next.truncate(BEAM);
        prefixes = next;
    }
    prefixes
        .into_iter()
        .map(|prefix| Belief {
            text: prefix.signs.iter().map(|&sign| char::from(sign)).collect(),
            share: prefix.gap + prefix.sign,
        })
        .collect()
}

fn reach(next: &mut Vec<Prefix>, signs: &[u8], gap: f32, sign: f32) {
    match next.iter_mut().find(|prefix| prefix.signs == signs) {
        Some(prefix) => {
            prefix.gap += gap;
            prefix.sign += sign;
        }
        None => next.push(Prefix {
            signs: signs.to_vec(),
            gap,
            sign,
        }),
    }
}

/// The likelihood of every class at one step.
fn chances(answer: &Maps, step: usize) -> Vec<f32> {
    let values: Vec<f32> = (0..answer.channels)
        .map(|class| answer.channel(class).get(step).copied().unwrap_or(0.0))
        .collect();
    let most = values.iter().copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = values.iter().map(|value| (value - most).exp()).collect();
    let sum: f32 = powers.iter().sum();
    powers.into_iter().map(|power| power / sum).collect()
}

#[cfg(test)]
mod tests;
