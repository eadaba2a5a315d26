//! A run of parallel bars as a bent box, and which runs belong together.

use std::f32::consts::PI;

/// A place with bars, and which way their edges point there.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub x: f32,
    pub y: f32,
    /// Direction of the edges' normal, doubled, as a vector of length 1: doubling makes both senses one.
    pub normal: (f32, f32),
    /// Energy of the edges there, to be compared with that of other places only.
    pub energy: f32,
}

impl Spot {
    pub fn angle(&self) -> f32 {
        0.5 * self.normal.1.atan2(self.normal.0)
    }
}

/// A run of parallel bars. All lengths are pixels.
#[derive(Debug, Clone)]
pub(super) struct Region {
    middle: (f32, f32),
    /// Direction across the bars, along which a scan line runs; not always at right angles to them.
    axis: f32,
    /// Angle of the bars' normal at the middle, and its change for each pixel along the axis.
    normal: f32,
    fan: f32,
    /// Half the length along the axis and half the height of the bars.
    half_length: f32,
    half_height: f32,
    /// Share of the box that spots cover.
    filled: f32,
}

impl Region {
    /// Lays a bent box over spots by least squares; each spot reaches `margin` around it.
    pub fn of(spots: &[Spot], margin: f32) -> Option<Self> {
        let count = spots.len() as f32;
        let mean = |value: &dyn Fn(&Spot) -> f32| spots.iter().map(value).sum::<f32>() / count;
        let middle = (mean(&|spot| spot.x), mean(&|spot| spot.y));
        let doubled = (mean(&|spot| spot.normal.0), mean(&|spot| spot.normal.1));
        let normal = 0.5 * doubled.1.atan2(doubled.0);
        let (sin, cos) = normal.sin_cos();
        let along = |spot: &Spot| (spot.x - middle.0) * cos + (spot.y - middle.1) * sin;
        let across = |spot: &Spot| (spot.y - middle.1) * cos - (spot.x - middle.0) * sin;
        let spread = mean(&|spot| along(spot) * along(spot)).max(1.0);
        // A tilted label leans: its long axis is not quite at right angles to its bars.
        let lean = mean(&|spot| along(spot) * across(spot)) / spread;
        let fan = mean(&|spot| along(spot) * turn(normal, spot.angle())) / spread;
        // Half the height of an even box is the root of three times its mean square.
        let half_height = mean(&|spot| (across(spot) - lean * along(spot)).powi(2) * 3.0).sqrt();
        let (low, high) = spots
            .iter()
            .map(along)
            .fold((f32::MAX, f32::MIN), |(low, high), at| {
                (low.min(at), high.max(at))
            });
        let half_length = (high - low) / 2.0 + margin;
        let half_height = half_height.max(margin);
        let shift = (low + high) / 2.0;
        (count > 0.0 && half_length.is_finite()).then(|| Self {
            middle: (
                middle.0 + shift * (cos - lean * sin),
                middle.1 + shift * (sin + lean * cos),
            ),
            axis: normal + lean.atan(),
            normal: normal + fan * shift,
            fan,
            half_length: half_length * lean.hypot(1.0),
            half_height,
            filled: count * margin * margin / (half_length * half_height),
        })
    }

    pub fn middle(&self) -> (f32, f32) {
        self.middle
    }

    pub fn half_length(&self) -> f32 {
        self.half_length
    }

    pub fn half_height(&self) -> f32 {
        self.half_height
    }

    /// The pixel that lies `along` the axis and `up` the bar there.
    pub fn place(&self, along: f32, up: f32) -> (f32, f32) {
        let (axis_y, axis_x) = self.axis.sin_cos();
        let (normal_y, normal_x) = (self.normal + self.fan * along).sin_cos();
        (
            self.middle.0 + axis_x * along - normal_y * up,
            self.middle.1 + axis_y * along + normal_x * up,
        )
    }

    /// The same region of a picture `scale` times as large.
    pub fn scaled(&self, scale: f32) -> Self {
        Self {
            middle: (self.middle.0 * scale, self.middle.1 * scale),
            fan: self.fan / scale,
            half_length: self.half_length * scale,
            half_height: self.half_height * scale,
            ..*self
        }
    }

    /// Greater is likelier a label: long, four to fifteen times as long as high, and bars all over.
    pub fn rank(&self) -> f32 {
        let filled = self.filled.min(1.0);
        let slim = self.slimness().min(SLIM) * (SLIMMEST / self.slimness()).min(1.0).powi(2);
        self.half_length.min(LONG) * slim * filled * filled
    }

    /// Share of the box that bars cover, 1 all.
    pub fn filled(&self) -> f32 {
        self.filled
    }

    /// Length over height.
    pub fn slimness(&self) -> f32 {
        self.half_length / self.half_height.max(4.0)
    }

    /// Whether another region is this one found again, say at another size.
    pub fn is_like(&self, other: &Self) -> bool {
        let (dx, dy) = self.off(other);
        let ratio = self.half_length / other.half_length;
        dx.hypot(dy) < 0.06 * self.half_length
            && (0.93..1.08).contains(&ratio)
            && turn(self.axis, other.axis).abs() < 0.04
    }

    /// Whether another piece lies in line with this one, as if something covered what is between.
    pub fn continues(&self, next: &Self) -> bool {
        let (sin, cos) = self.axis.sin_cos();
        let (dx, dy) = self.off(next);
        let (along, across) = (dx * cos + dy * sin, dy * cos - dx * sin);
        let gap = along.abs() - self.half_length - next.half_length;
        let high = self.half_height.max(next.half_height);
        let low = self.half_height.min(next.half_height);
        turn(self.normal, next.normal).abs() < MAX_BREAK
            && low > 0.35 * high
            && across.abs() < 0.8 * high + 0.06 * along.abs()
            && (-0.5 * next.half_length..MAX_GAP * high).contains(&gap)
    }

    fn off(&self, other: &Self) -> (f32, f32) {
        (
            other.middle.0 - self.middle.0,
            other.middle.1 - self.middle.1,
        )
    }
}

/// Half length from which on longer is not likelier: that of a label at three pixels a module.
const LONG: f32 = 240.0;

/// Slimness from which on slimmer is not likelier, and from which on it is a line: bars of a label are a twelfth as high
/// as it is long or more.
const SLIM: f32 = 4.0;
const SLIMMEST: f32 = 15.0;

/// Greatest angle between two pieces of one label: short pieces know theirs to some ten degrees.
const MAX_BREAK: f32 = 0.2;

/// Widest gap between two pieces of one label, in half heights: a reflection as wide as the label is high.
const MAX_GAP: f32 = 5.0;

/// The difference of two directions without sense, -PI/2 to PI/2.
fn turn(from: f32, to: f32) -> f32 {
    let difference = (to - from).rem_euclid(PI);
    if difference > PI / 2.0 {
        difference - PI
    } else {
        difference
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spots of bars that stand at `turn`, `length` long and `height` high, each 4 pixels from the next.
    fn spots((x, y): (f32, f32), turn: f32, length: f32, height: f32) -> Vec<Spot> {
        let (sin, cos) = turn.sin_cos();
        let steps =
            |edge: f32| (0..(edge / 4.0) as i32).map(move |at| at as f32 * 4.0 + 2.0 - edge / 2.0);
        let place = |along: f32, up: f32| Spot {
            x: x + along * cos - up * sin,
            y: y + along * sin + up * cos,
            normal: ((2.0 * turn).cos(), (2.0 * turn).sin()),
            energy: 1.0,
        };
        steps(length)
            .flat_map(|along| steps(height).map(move |up| place(along, up)))
            .collect()
    }

    fn region(middle: (f32, f32), turn: f32, length: f32, height: f32) -> Region {
        Region::of(&spots(middle, turn, length, height), 2.0).unwrap()
    }

    fn assert_at((x, y): (f32, f32), expected: (f32, f32)) {
        assert!(
            (x - expected.0).hypot(y - expected.1) < 3.0,
            "{x} {y}, not {expected:?}"
        );
    }

    #[test]
    fn a_box_is_laid_over_spots_whichever_way_they_lie() {
        for turn in [0.0, 0.4, 1.2, -0.9] {
            let region = region((300.0, 200.0), turn, 200.0, 40.0);
            assert_at(region.middle(), (300.0, 200.0));
            assert!((region.half_length() - 100.0).abs() < 4.0, "{region:?}");
            assert!((region.half_height() - 20.0).abs() < 4.0, "{region:?}");
            let (sin, cos) = turn.sin_cos();
            // A direction has no sense: the region may begin at either end.
            let (x, y) = region.place(100.0, 0.0);
            let sense = ((x - 300.0) * cos + (y - 200.0) * sin).signum();
            assert_at(
                (x, y),
                (300.0 + 100.0 * cos * sense, 200.0 + 100.0 * sin * sense),
            );
        }
    }

    #[test]
    fn what_lies_in_line_continues_and_what_lies_beside_does_not() {
        let piece = region((100.0, 100.0), 0.1, 120.0, 40.0);
        let beyond = |along: f32, across: f32, turn: f32, height: f32| {
            let (sin, cos) = 0.1_f32.sin_cos();
            let middle = (
                100.0 + along * cos - across * sin,
                100.0 + along * sin + across * cos,
            );
            piece.continues(&region(middle, turn, 80.0, height))
        };
        assert!(beyond(140.0, 0.0, 0.1, 40.0), "a gap of 40");
        assert!(beyond(-140.0, 0.0, 0.1, 40.0), "the other way");
        assert!(!beyond(320.0, 0.0, 0.1, 40.0), "a gap of 220");
        assert!(!beyond(140.0, 60.0, 0.1, 40.0), "beside the line");
        assert!(!beyond(140.0, 0.0, 0.5, 40.0), "turned");
        assert!(!beyond(140.0, 0.0, 0.1, 10.0), "far lower");
    }

    #[test]
    fn the_same_region_seen_at_another_size_is_like_it() {
        let one = region((400.0, 300.0), 0.3, 240.0, 48.0);
        let seen_small = region((200.0, 150.0), 0.3, 120.0, 24.0).scaled(2.0);
        assert!(one.is_like(&seen_small));
        assert!(
            !one.is_like(&region((400.0, 300.0), 0.3, 180.0, 48.0)),
            "shorter"
        );
        assert!(
            !one.is_like(&region((430.0, 300.0), 0.3, 240.0, 48.0)),
            "elsewhere"
        );
        assert!(
            !one.is_like(&region((400.0, 300.0), 0.4, 240.0, 48.0)),
            "turned"
        );
    }

    #[test]
    fn long_slim_and_filled_ranks_first() {
        let label = region((300.0, 200.0), 0.0, 240.0, 48.0);
        assert!(label.rank() > region((300.0, 200.0), 0.0, 120.0, 24.0).rank());
        assert!(label.rank() > region((300.0, 200.0), 0.0, 240.0, 160.0).rank());
        assert!(
            label.rank() > region((300.0, 200.0), 0.0, 600.0, 16.0).rank(),
            "a line"
        );
        let half = spots((300.0, 200.0), 0.0, 240.0, 48.0);
        let half: Vec<Spot> = half.into_iter().step_by(2).collect();
        assert!(label.rank() > Region::of(&half, 2.0).unwrap().rank());
    }

    #[test]
    fn no_spots_are_no_region() {
        assert!(Region::of(&[], 2.0).is_none());
    }
}
