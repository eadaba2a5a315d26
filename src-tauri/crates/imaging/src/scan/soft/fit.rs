//! Where on a line of brightness a label lies: its ends, and how tilt and curl crowd its modules.

use crate::scan::soft::search::{PAIRS, Scores, VALUES};
use crate::scan::soft::shapes::{
    self, END_MODULES, EndShape, LABEL_MODULES, PER_MODULE, QUIET_BEFORE, SIGN, SIGN_MODULES,
    Shapes,
};

/// Modules of the stop sign.
const STOP_MODULES: usize = 13;

/// Brightness along a label, from left to right or right to left.
pub(super) struct Profile {
    samples: Vec<f32>,
}

impl Profile {
    pub fn new(samples: Vec<f32>) -> Self {
        Self { samples }
    }

    pub fn reversed(&self) -> Self {
        Self::new(self.samples.iter().rev().copied().collect())
    }

    pub fn len(&self) -> f32 {
        self.samples.len() as f32
    }

    fn at(&self, x: f32) -> f32 {
        let x = x.clamp(0.0, (self.samples.len().max(1) - 1) as f32);
        let index = x as usize;
        let here = self.samples.get(index).copied().unwrap_or(0.0);
        let next = self.samples.get(index + 1).copied().unwrap_or(here);
        here + (next - here) * (x - index as f32)
    }

    /// What lies on `length` columns from column `from` on.
    fn piece<const N: usize>(&self, from: f32, length: f32) -> [f32; N] {
        let step = length / N as f32;
        let mut piece = [0.0; N];
        for (index, sample) in piece.iter_mut().enumerate() {
            *sample = self.at(from + (index as f32 + 0.5) * step - 0.5);
        }
        piece
    }

    /// What lies from `from` modules on.
    fn window<const N: usize>(&self, place: &Place, from: f32) -> [f32; N] {
        let mut window = [0.0; N];
        for (index, sample) in window.iter_mut().enumerate() {
            let module = from + (index as f32 + 0.5) / PER_MODULE as f32;
            *sample = self.at(place.column(module) - 0.5);
        }
        window
    }
}

/// Where the modules of a label lie on a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// Left edge of the first and right edge of the last bar.
    pub from: f32,
    pub to: f32,
    /// How far the middle lies to the right of half way: perspective.
    pub bend: f32,
    /// How far the quarters lie outside of theirs: a label on something round.
    pub curl: f32,
}

impl Place {
    /// Column at which a module begins.
    pub fn column(&self, module: f32) -> f32 {
        let half = (self.to - self.from) / 2.0;
        let share = module * (2.0 / LABEL_MODULES as f32) - 1.0;
        let rest = 1.0 - share * share;
        self.from + half * (1.0 + share) + rest * (self.bend + self.curl * share)
    }

    fn module(&self) -> f32 {
        (self.to - self.from) / LABEL_MODULES as f32
    }
}

/// A place, and how well the signs fit there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fit {
    pub place: Place,
    /// Which of the blurs.
    pub blur: usize,
    /// Mean agreement of ends and signs, 0 to 1.
    pub score: f32,
}

/// An end of a label as it may be: where its outermost bar begins and how long a module is there.
#[derive(Debug, Clone, Copy)]
struct End {
    column: f32,
    module: f32,
    score: f32,
}

/// Blur the ends are looked for with: the middle one still agrees with its neighbours by nine tenths.
const FIRST_BLUR: usize = 2;

/// Least agreement of an end that is followed up.
const MIN_END: f32 = 0.55;

/// Ends followed up on either side.
const ENDS: usize = 7;

/// Module lengths tried for an end, as shares of the expected one.
const MODULES: [f32; 7] = [0.74, 0.82, 0.9, 0.98, 1.07, 1.17, 1.28];

/// Pairs of ends followed up.
const PAIRS_OF_ENDS: usize = 3;

/// Least sum of the agreements of two ends; those of a label have 1.7 and more.
const MIN_BOTH_ENDS: f32 = 1.35;

/// How far a pair may lie behind the best one.
const MAX_BEHIND: f32 = 0.3;

/// Least mean agreement of a place that is worth refining: any place has 0.75, since of so many signs one always fits.
const MIN_COARSE: f32 = 0.79;

/// How far bend and curl may be from what the ends' own modules say, in steps of [`CROWDING_STEP`] modules.
const CROWDINGS: [f32; 5] = [0.0, -1.0, 1.0, -2.0, 2.0];
const CROWDING_STEP: f32 = 0.7;

/// Ends that may belong together, and how well they agree with those of a label.
#[derive(Debug, Clone, Copy)]
pub(super) struct EndPair {
    place: Place,
    pub score: f32,
}

/// The likeliest ends of a label whose modules are about `module` columns long, best first.
pub(super) fn end_pairs(profile: &Profile, module: f32) -> Vec<EndPair> {
    let Some(shapes) = shapes::shapes().get(FIRST_BLUR) else {
        return Vec::new();
    };
    let starts = ends(profile, module, &shapes.start, Side::Start);
    let stops = ends(profile, module, &shapes.stop, Side::Stop);
    let mut pairs: Vec<EndPair> = starts
        .iter()
        .flat_map(|start| stops.iter().map(move |stop| (start, stop)))
        .filter_map(|(start, stop)| {
            let place = between(start, stop)?;
            let score = start.score + stop.score;
            let is_likely = (0.72..1.35).contains(&(place.module() / module));
            (is_likely && score >= MIN_BOTH_ENDS).then_some(EndPair { place, score })
        })
        .collect();
    pairs.sort_by(|one, other| other.score.total_cmp(&one.score));
    let best = pairs.first().map_or(0.0, |pair| pair.score);
    pairs.retain(|pair| pair.score > best - MAX_BEHIND);
    pairs.truncate(PAIRS_OF_ENDS);
    pairs
}

/// Finds the label between one of the pairs of ends.
pub(super) fn fit(profile: &Profile, pairs: &[EndPair]) -> Option<Fit> {
    let coarse = pairs.iter().map(|pair| crowded(profile, pair.place));
    let best = coarse.max_by(|one, other| one.score.total_cmp(&other.score))?;
    (best.score >= MIN_COARSE).then(|| best.refined(profile))
}

/// Where a label lies that has these ends, if they can belong together.
fn between(start: &End, stop: &End) -> Option<Place> {
    let length = stop.column - start.column;
    let mean = length / LABEL_MODULES as f32;
    let can_be = |end: &End| (0.7..1.4).contains(&(end.module / mean));
    (length > 0.0 && can_be(start) && can_be(stop)).then(|| {
        let (first, last) = (start.module / mean, stop.module / mean);
        Place {
            from: start.column,
            to: stop.column,
            // From the derivative of the place at its ends.
            bend: (first - last) / 8.0 * length,
            curl: (1.0 - (first + last) / 2.0) / 4.0 * length,
        }
    })
}

/// The best of the bends and curls around those of `place`.
fn crowded(profile: &Profile, place: Place) -> Fit {
    let step = CROWDING_STEP * place.module();
    let mut best = Fit::of(profile, place, FIRST_BLUR);
    for (bend, curl) in CROWDINGS
        .into_iter()
        .flat_map(|bend| CROWDINGS.map(|curl| (bend * step, curl * step)))
    {
        let moved = Place {
            bend: place.bend + bend,
            curl: place.curl + curl,
            ..place
        };
        let fit = Fit::of(profile, moved, FIRST_BLUR);
        if fit.score > best.score {
            best = fit;
        }
    }
    best
}

impl Fit {
    fn of(profile: &Profile, place: Place, blur: usize) -> Self {
        let score = shapes::shapes()
            .get(blur)
            .map_or(0.0, |shapes| agreement(profile, &place, shapes));
        Self { place, blur, score }
    }

    /// Moves ends, bend, curl and blur by smaller and smaller steps as long as the signs agree better.
    fn refined(self, profile: &Profile) -> Self {
        let mut best = self;
        let module = self.place.module();
        for share in [1.0, 0.5, 0.5, 0.25, 0.12] {
            let step = share * module;
            for way in 0..4 {
                for sense in [-step, step] {
                    loop {
                        let mut place = best.place;
                        match way {
                            0 => place.from += sense,
                            1 => place.to += sense,
                            2 => place.bend += sense,
                            _ => place.curl += sense,
                        }
                        let moved = Self::of(profile, place, best.blur);
                        if moved.score <= best.score {
                            break;
                        }
                        best = moved;
                    }
                }
            }
            for blur in [best.blur.saturating_sub(1), best.blur + 1] {
                let moved = Self::of(profile, best.place, blur);
                if moved.score > best.score {
                    best = moved;
                }
            }
        }
        best
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Start,
    Stop,
}

impl End {
    /// An end at a place, compared with one of the shapes of that end.
    fn of<const N: usize>(
        profile: &Profile,
        (column, module): (f32, f32),
        shape: &[f32; N],
        side: Side,
    ) -> Self {
        let before = match side {
            Side::Start => QUIET_BEFORE,
            Side::Stop => STOP_MODULES,
        };
        let from = column - before as f32 * module;
        let piece = profile.piece(from, END_MODULES as f32 * module);
        Self {
            column,
            module,
            score: product(piece, shape),
        }
    }

    /// Moves place and module by smaller and smaller steps as long as the shape agrees better.
    fn refined(self, profile: &Profile, shape: &EndShape, side: Side) -> Self {
        let mut best = Self::of(profile, (self.column, self.module), &shape.fine, side);
        for share in [0.25, 0.12, 0.06] {
            let step = share * self.module;
            for (right, longer) in [
                (-step, 0.0),
                (step, 0.0),
                (0.0, -step / 6.0),
                (0.0, step / 6.0),
            ] {
                loop {
                    let place = (best.column + right, best.module + longer);
                    let moved = Self::of(profile, place, &shape.fine, side);
                    if moved.score <= best.score {
                        break;
                    }
                    best = moved;
                }
            }
        }
        best
    }
}

/// Share of a profile in which an end is looked for.
const END_WITHIN: f32 = 0.4;

/// Places where an end may be, best first.
fn ends(profile: &Profile, module: f32, shape: &EndShape, side: Side) -> Vec<End> {
    let step = module / 2.0;
    let steps = (profile.len() * END_WITHIN / step) as usize;
    let columns = (0..steps).map(|index| match side {
        Side::Start => index as f32 * step,
        Side::Stop => profile.len() - index as f32 * step,
    });
    let mut ends: Vec<End> = columns
        .filter_map(|column| {
            MODULES
                .iter()
                .map(|share| End::of(profile, (column, module * share), &shape.rough, side))
                .max_by(|one, other| one.score.total_cmp(&other.score))
        })
        .filter(|end| end.score > MIN_END)
        .collect();
    ends.sort_by(|one, other| other.score.total_cmp(&one.score));
    let mut apart: Vec<End> = Vec::new();
    for end in ends {
        let is_new = |kept: &End| (kept.column - end.column).abs() > module * 1.2;
        if apart.len() < ENDS && apart.iter().all(is_new) {
            apart.push(end);
        }
    }
    let refined = apart
        .into_iter()
        .map(|end| end.refined(profile, shape, side));
    refined.collect()
}

/// How much a window looks like a shape, -1 to 1.
fn product<const N: usize>(mut window: [f32; N], shape: &[f32; N]) -> f32 {
    shapes::levelled(&mut window);
    window
        .iter()
        .zip(shape)
        .map(|(one, other)| one * other)
        .sum()
}

fn agreement(profile: &Profile, place: &Place, shapes: &Shapes) -> f32 {
    let (start, stop) = end_scores(profile, place, shapes);
    let signs: f32 = sign_scores(profile, place, shapes)
        .iter()
        .map(|scores| scores.iter().copied().fold(0.0, f32::max))
        .sum();
    (start + stop + signs) / (PAIRS + 3) as f32
}

fn end_scores(profile: &Profile, place: &Place, shapes: &Shapes) -> (f32, f32) {
    let start = profile.window(place, -(QUIET_BEFORE as f32));
    let stop = profile.window(place, (LABEL_MODULES - STOP_MODULES) as f32);
    (
        product(start, &shapes.start.fine),
        product(stop, &shapes.stop.fine),
    )
}

/// How well each value fits at each place, -1 to 1.
fn sign_scores(profile: &Profile, place: &Place, shapes: &Shapes) -> Scores {
    let mut all = [[0.0; VALUES]; PAIRS + 1];
    for (index, scores) in all.iter_mut().enumerate() {
        let mut window: [f32; SIGN] = profile.window(place, ((index + 1) * SIGN_MODULES) as f32);
        shapes::levelled(&mut window);
        for (sample, row) in window.iter().zip(&shapes.signs) {
            for (score, shape) in scores.iter_mut().zip(row) {
                *score += sample * shape;
            }
        }
    }
    all
}

impl Fit {
    pub fn scores(&self, profile: &Profile) -> Option<Scores> {
        let shapes = shapes::shapes().get(self.blur)?;
        Some(sign_scores(profile, &self.place, shapes))
    }

    pub fn ends(&self, profile: &Profile) -> Option<(f32, f32)> {
        let shapes = shapes::shapes().get(self.blur)?;
        Some(end_scores(profile, &self.place, shapes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::sketch::label;
    use crate::scan::soft::shapes::blurred;

    const NUMBER: &str = "4130001000000000000012";

    /// A label's line of brightness, its modules where `place` says.
    fn drawn(place: &Place, blur: f32) -> Profile {
        let modules = label(NUMBER);
        let module_at = |column: f32| {
            let (mut low, mut high) = (-20.0, 176.0);
            for _ in 0..30 {
                let half = (low + high) / 2.0;
                *(if place.column(half) < column {
                    &mut low
                } else {
                    &mut high
                }) = half;
            }
            low
        };
        let samples =
            (0..900).map(|column| -blurred(&modules, module_at(column as f32 + 0.5), blur));
        Profile::new(samples.collect())
    }

    fn found(place: &Place, blur: f32) -> Fit {
        let profile = drawn(place, blur);
        fit(&profile, &end_pairs(&profile, 5.0)).unwrap()
    }

    fn assert_near(fit: &Fit, place: &Place) {
        for module in [0.0, 40.0, 78.0, 116.0, 156.0] {
            let off = fit.place.column(module) - place.column(module);
            // Half a module: the shapes know only the mean of what stands beside a sign.
            assert!(
                off.abs() < 2.6,
                "module {module} is {off} columns off: {fit:?}"
            );
        }
    }

    #[test]
    fn a_flat_label_is_found_between_its_ends() {
        let place = Place {
            from: 60.0,
            to: 840.0,
            bend: 0.0,
            curl: 0.0,
        };
        assert_near(&found(&place, 0.4), &place);
    }

    #[test]
    fn a_tilted_and_curled_label_is_followed_module_by_module() {
        for (bend, curl) in [(25.0, 0.0), (-25.0, 0.0), (0.0, 10.0), (12.0, -8.0)] {
            let place = Place {
                from: 60.0,
                to: 840.0,
                bend,
                curl,
            };
            assert_near(&found(&place, 0.4), &place);
        }
    }

    #[test]
    fn the_blur_is_found_too() {
        let place = Place {
            from: 60.0,
            to: 840.0,
            bend: 0.0,
            curl: 0.0,
        };
        for (index, blur) in shapes::BLURS.into_iter().enumerate() {
            let found = found(&place, blur).blur;
            assert!(
                found.abs_diff(index) <= 1,
                "blur {blur} is taken for the {found}th"
            );
        }
        assert!(found(&place, 0.22).blur < found(&place, 0.82).blur);
    }

    #[test]
    fn a_line_without_ends_has_no_place() {
        let place = Place {
            from: -400.0,
            to: 380.0,
            bend: 0.0,
            curl: 0.0,
        };
        let profile = drawn(&place, 0.4);
        assert!(fit(&profile, &end_pairs(&profile, 5.0)).is_none());
    }
}
