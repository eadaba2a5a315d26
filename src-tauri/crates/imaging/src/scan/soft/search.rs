//! The likeliest eleven pairs of digits whose check sign is right, and how far behind the next number comes.
//!
//! A sum over all signs is to be made large under one condition on a remainder: that is a shortest path through as many
//! states as there are remainders, so nothing has to be guessed or left out.

/// Data signs of an asset number: two digits each.
pub(super) const PAIRS: usize = 11;

/// Values of a data or check sign; the check sign is a remainder by it.
///
/// **Source**: ISO/IEC 15417:2007, 4.3.4 and annex A.
pub(super) const VALUES: usize = 103;

/// Values a pair of digits can have; 100 to 102 switch sets and are never in an all-digit number.
const DIGIT_VALUES: usize = 100;

/// What the start sign of set C adds to the remainder: its value 105, with weight one.
const START_REMAINDER: usize = 105 % VALUES;

/// How well each value fits at each place: eleven data signs, then the check sign.
pub(super) type Scores = [[f32; VALUES]; PAIRS + 1];

/// A number with a right check sign.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    /// Values of the data signs, then the check sign.
    pub signs: [usize; PAIRS + 1],
    /// Sum of the scores of its signs.
    pub score: f32,
}

/// The best number and the second best.
pub(super) struct Ranking {
    pub best: Number,
    pub next: Number,
}

/// The two best ways to a remainder, and the sign each ends with.
#[derive(Clone, Copy)]
struct Way {
    score: f32,
    sign: u8,
    /// Where it came from: remainder and rank there.
    from: (u8, u8),
}

type Ways = [[Way; 2]; VALUES];

const NO_WAY: Way = Way {
    score: f32::NEG_INFINITY,
    sign: 0,
    from: (0, 0),
};

/// Finds the two best numbers; `None` only when scores are no numbers.
pub(super) fn rank(scores: &Scores) -> Option<Ranking> {
    let (check_scores, pair_scores) = scores.split_last()?;
    let mut steps: Vec<Ways> = Vec::with_capacity(PAIRS + 1);
    let mut start = [[NO_WAY; 2]; VALUES];
    start.get_mut(START_REMAINDER)?.first_mut()?.score = 0.0;
    steps.push(start);
    for (place, scores) in pair_scores.iter().enumerate() {
        let next = step(steps.last()?, scores, place + 1);
        steps.push(next);
    }
    let mut ends: Vec<(f32, usize, usize)> = steps
        .last()?
        .iter()
        .zip(check_scores)
        .enumerate()
        .flat_map(|(remainder, (ways, check))| {
            let ranked = ways.iter().enumerate();
            ranked.map(move |(rank, way)| (way.score + check, remainder, rank))
        })
        .collect();
    ends.sort_by(|one, other| other.0.total_cmp(&one.0));
    let number = |&(score, remainder, rank): &(f32, usize, usize)| {
        score
            .is_finite()
            .then(|| trace(&steps, score, remainder, rank))?
    };
    Some(Ranking {
        best: number(ends.first()?)?,
        next: number(ends.get(1)?)?,
    })
}

/// All ways one sign longer. `place` is the sign's weight in the check sum.
fn step(ways: &Ways, scores: &[f32; VALUES], place: usize) -> Ways {
    let mut longer = [[NO_WAY; 2]; VALUES];
    for (sign, score) in scores.iter().enumerate().take(DIGIT_VALUES) {
        // The remainder r is reached from r less this sign's share.
        let first = VALUES - sign * place % VALUES;
        let came_from = ways.iter().enumerate().cycle().skip(first);
        for (reached, (from, two)) in longer.iter_mut().zip(came_from) {
            for (rank, way) in two.iter().enumerate() {
                let offered = Way {
                    score: way.score + score,
                    sign: sign as u8,
                    from: (from as u8, rank as u8),
                };
                let [first, second] = reached;
                if offered.score > first.score {
                    *second = *first;
                    *first = offered;
                } else if offered.score > second.score {
                    *second = offered;
                } else {
                    break;
                }
            }
        }
    }
    longer
}

fn trace(steps: &[Ways], score: f32, check: usize, rank: usize) -> Option<Number> {
    let mut signs = [0; PAIRS + 1];
    let (last, pairs) = signs.split_last_mut()?;
    *last = check;
    let (mut remainder, mut rank) = (check, rank);
    for (sign, ways) in pairs.iter_mut().rev().zip(steps.iter().rev()) {
        let way = ways.get(remainder)?.get(rank)?;
        *sign = usize::from(way.sign);
        (remainder, rank) = (usize::from(way.from.0), usize::from(way.from.1));
    }
    Some(Number { signs, score })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4130001000000000000012 and its check sign: 105 + 41 + 2*30 + 3*0 + 4*10 + 11*12 = 378 = 3 * 103 + 69.
    const SIGNS: [usize; 12] = [41, 30, 0, 10, 0, 0, 0, 0, 0, 0, 12, 69];

    fn scores(of: impl Fn(usize, usize) -> f32) -> Scores {
        let mut scores = [[0.0; VALUES]; PAIRS + 1];
        for (place, row) in scores.iter_mut().enumerate() {
            for (value, score) in row.iter_mut().enumerate() {
                *score = of(place, value);
            }
        }
        scores
    }

    #[test]
    fn the_number_whose_signs_all_fit_best_wins_when_its_check_sign_is_right() {
        let ranking = rank(&scores(|place, value| {
            f32::from(u8::from(SIGNS[place] == value))
        }))
        .unwrap();
        assert_eq!(ranking.best.signs, SIGNS);
        assert_eq!(ranking.best.score, 12.0);
        // Another number differs in two signs at least.
        assert_eq!(ranking.next.score, 10.0);
    }

    #[test]
    fn a_sign_that_fits_a_little_better_yields_to_the_check_sign() {
        let scores = scores(|place, value| {
            let better = if (place, value) == (4, 77) { 1.05 } else { 0.0 };
            f32::from(u8::from(SIGNS[place] == value)).max(better)
        });
        assert_eq!(rank(&scores).unwrap().best.signs, SIGNS);
    }

    #[test]
    fn two_numbers_that_fit_alike_have_no_distance() {
        // Signs 1 and 2 may be 41 30 or 43 29: 41 + 2 * 30 = 43 + 2 * 29.
        let scores = scores(|place, value| {
            let other = [(0, 43), (1, 29)].contains(&(place, value));
            f32::from(u8::from(other || SIGNS[place] == value))
        });
        let ranking = rank(&scores).unwrap();
        assert_eq!(ranking.best.score, ranking.next.score);
        assert_ne!(ranking.best.signs, ranking.next.signs);
    }

    #[test]
    fn signs_that_switch_sets_are_no_digits() {
        let scores = scores(|place, value| f32::from(u8::from(place < 11 && value >= 100)));
        let ranking = rank(&scores).unwrap();
        let (_, pairs) = ranking.best.signs.split_last().unwrap();
        assert!(pairs.iter().all(|&sign| sign < 100));
    }

    #[test]
    fn scores_that_are_no_numbers_give_nothing() {
        assert!(rank(&scores(|_, _| f32::NAN)).is_none());
    }
}
