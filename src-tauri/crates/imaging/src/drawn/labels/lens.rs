//! Where a pixel of a hand-held camera looks: turn, tilt, distance, a bent label and a lens that is not quite straight.

use crate::canvas::Spot;

/// A label on something round, say a pipe, a fuse holder or the rounded edge of a case.
#[derive(Debug, Clone, Copy)]
pub(super) struct Curl {
    pub axis: Axis,
    /// **Units**: modules.
    pub radius: f32,
}

/// Which way the axis of the round thing runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Axis {
    /// Along the bars: the outer modules look narrower.
    Upright,
    /// Across the bars: their ends bend away.
    Level,
}

/// How the camera is held.
#[derive(Debug, Clone, Copy)]
pub(super) struct Hold {
    /// **Units**: pixels of the picture.
    pub size: (usize, usize),
    /// Pixels to a module at the label's middle, seen straight on.
    pub scale: f32,
    /// Where in the picture the label's middle comes to lie, in pixels from the picture's middle.
    pub offset: Spot,
    /// **Units**: radians, clockwise.
    pub roll: f32,
    /// **Units**: radians about the level and the upright axis.
    pub tilt: (f32, f32),
    /// How far the corners of the picture are drawn inwards (above 0) or pushed outwards.
    pub distortion: f32,
    pub curl: Option<Curl>,
}

/// A held camera. Label coordinates are modules from the label's middle: right, down, away from the camera.
pub(super) struct Lens {
    middle: Spot,
    focal: f32,
    half_diagonal: f32,
    distortion: f32,
    curl: Option<Curl>,
    /// Rows turn label coordinates into the camera's.
    turn: [[f32; 3]; 3],
    /// The label's middle as the camera sees it.
    place: [f32; 3],
    /// The camera as the label sees it.
    eye: [f32; 3],
}

/// Focal length of a phone's main camera to the long edge of its picture.
const FOCAL_TO_LONG_EDGE: f32 = 0.78;

/// Farthest place looked at, in modules: beyond it there is nothing drawn.
const FAR: f32 = 20_000.0;

impl Lens {
    pub fn new(hold: &Hold) -> Self {
        let (width, height) = (hold.size.0 as f32, hold.size.1 as f32);
        let focal = width.max(height) * FOCAL_TO_LONG_EDGE;
        let (sin_r, cos_r) = hold.roll.sin_cos();
        let (sin_x, cos_x) = hold.tilt.0.sin_cos();
        let (sin_y, cos_y) = hold.tilt.1.sin_cos();
        // The tilts first, then the turn of the hand.
        let tilted = [
            [cos_y, 0.0, sin_y],
            [sin_x * sin_y, cos_x, -sin_x * cos_y],
            [-cos_x * sin_y, sin_x, cos_x * cos_y],
        ];
        let [first, second, third] = tilted;
        let blend = |a: f32, b: f32| -> [f32; 3] {
            let mut row = [0.0; 3];
            for ((out, x), y) in row.iter_mut().zip(first).zip(second) {
                *out = a * x + b * y;
            }
            row
        };
        let turn = [blend(cos_r, -sin_r), blend(sin_r, cos_r), third];
        let distance = focal / hold.scale;
        let place = [
            hold.offset.0 / focal * distance,
            hold.offset.1 / focal * distance,
            distance,
        ];
        let eye = back(&turn, place).map(|part| -part);
        Self {
            middle: (width / 2.0, height / 2.0),
            focal,
            half_diagonal: width.hypot(height) / 2.0,
            distortion: hold.distortion,
            curl: hold.curl,
            turn,
            place,
            eye,
        }
    }

    /// Direction in label coordinates of what falls on a place of the picture.
    fn direction(&self, (x, y): Spot) -> [f32; 3] {
        let (x, y) = (x - self.middle.0, y - self.middle.1);
        let far = (x * x + y * y) / (self.half_diagonal * self.half_diagonal);
        let stretch = (1.0 + self.distortion * far) / self.focal;
        back(&self.turn, [x * stretch, y * stretch, 1.0])
    }

    /// The place of the flat ground seen at a place of the picture.
    pub fn on_ground(&self, at: Spot) -> Spot {
        let [dx, dy, dz] = self.direction(at);
        let [ex, ey, ez] = self.eye;
        let reach = if dz > 1e-4 { -ez / dz } else { FAR };
        let bounded = |value: f32| value.clamp(-FAR, FAR);
        (bounded(ex + reach * dx), bounded(ey + reach * dy))
    }

    /// The place of the label, laid flat, seen at a place of the picture; `None` where a bent label turns away.
    pub fn on_label(&self, at: Spot) -> Option<Spot> {
        let Some(Curl { axis, radius }) = self.curl else {
            return Some(self.on_ground(at));
        };
        let [dx, dy, dz] = self.direction(at);
        let [ex, ey, ez] = self.eye;
        let (along, eye_along, straight, eye_straight) = match axis {
            Axis::Upright => (dx, ex, dy, ey),
            Axis::Level => (dy, ey, dx, ex),
        };
        // The ray against a circle about (0, radius).
        let deep = ez - radius;
        let squared = along * along + dz * dz;
        let half = along * eye_along + dz * deep;
        let rest = eye_along * eye_along + deep * deep - radius * radius;
        let root = half * half - squared * rest;
        if root <= 0.0 {
            return None;
        }
        let reach = (-half - root.sqrt()) / squared;
        let (across, depth) = (eye_along + reach * along, ez + reach * dz);
        let arc = radius * across.atan2(radius - depth);
        let rest = eye_straight + reach * straight;
        Some(match axis {
            Axis::Upright => (arc, rest),
            Axis::Level => (rest, arc),
        })
    }

    /// Where in the picture a place of the label lies.
    pub fn pixel(&self, (u, v): Spot) -> Spot {
        let bent = |arc: f32, radius: f32| {
            let angle = arc / radius;
            (radius * angle.sin(), radius * (1.0 - angle.cos()))
        };
        let (x, y, z) = match self.curl {
            None => (u, v, 0.0),
            Some(Curl { axis, radius }) => match axis {
                Axis::Upright => {
                    let (across, depth) = bent(u, radius);
                    (across, v, depth)
                }
                Axis::Level => {
                    let (across, depth) = bent(v, radius);
                    (u, across, depth)
                }
            },
        };
        let [px, py, pz] = {
            let mut seen = self.place;
            for (out, row) in seen.iter_mut().zip(&self.turn) {
                let [a, b, c] = *row;
                *out += a * x + b * y + c * z;
            }
            seen
        };
        let (x, y) = (px / pz * self.focal, py / pz * self.focal);
        // The lens is given from the picture to the scene; backwards a few rounds come near enough.
        let mut shrink = 1.0;
        for _ in 0..6 {
            let far = (x * x + y * y) * shrink * shrink / (self.half_diagonal * self.half_diagonal);
            shrink = 1.0 / (1.0 + self.distortion * far);
        }
        (self.middle.0 + x * shrink, self.middle.1 + y * shrink)
    }
}

/// A direction of the camera in label coordinates: the turn backwards.
fn back(turn: &[[f32; 3]; 3], [x, y, z]: [f32; 3]) -> [f32; 3] {
    let [first, second, third] = turn;
    let mut out = [0.0; 3];
    for (((out, a), b), c) in out.iter_mut().zip(first).zip(second).zip(third) {
        *out = a * x + b * y + c * z;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_of_a_bent_label_is_seen_where_it_is_said_to_lie() {
        for axis in [Axis::Upright, Axis::Level] {
            let radius = 150.0;
            let lens = Lens::new(&Hold {
                size: (1920, 1080),
                scale: 3.0,
                offset: (200.0, -90.0),
                roll: 0.7,
                tilt: (0.3, -0.4),
                distortion: -0.05,
                curl: Some(Curl { axis, radius }),
            });
            for place in [(-78.0, -15.0), (78.0, 15.0), (10.0, 0.0)] {
                let (u, v) = lens.on_label(lens.pixel(place)).unwrap();
                assert!(
                    (u - place.0).abs() < 0.05 && (v - place.1).abs() < 0.05,
                    "{place:?} is seen at {u} {v}"
                );
            }
        }
    }
}
