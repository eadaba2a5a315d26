//! A grey sheet in a camera's view: shapes given on the flat panel land where the lens sees them.

use crate::canvas::Spot;

/// Where the camera sees a place of the panel.
#[derive(Debug, Clone, Copy)]
pub(super) struct View {
    /// Place on the panel that lies at `at`.
    pub centre: Spot,
    /// **Units**: pixels of the picture.
    pub at: Spot,
    /// Pixels to one unit of the panel at the centre.
    pub scale: f32,
    /// **Units**: radians, clockwise.
    pub roll: f32,
    /// **Units**: radians about the level and the upright axis.
    pub tilt: (f32, f32),
    /// Distance of the lens, in pixels: small means strong perspective.
    pub focal_px: f32,
}

impl View {
    pub fn place(&self, (x, y): Spot) -> Spot {
        let (x, y) = (x - self.centre.0, y - self.centre.1);
        let (sin_r, cos_r) = self.roll.sin_cos();
        let (sin_x, cos_x) = self.tilt.0.sin_cos();
        let (sin_y, cos_y) = self.tilt.1.sin_cos();
        let (right, down) = (x * cos_y, y * cos_x);
        let away = x * sin_y + y * sin_x;
        let shrink = self.scale / (1.0 + away * self.scale / self.focal_px).max(0.2);
        (
            self.at.0 + (right * cos_r - down * sin_r) * shrink,
            self.at.1 + (right * sin_r + down * cos_r) * shrink,
        )
    }
}

/// What a shape is filled with: a grey level and how much of it covers what lies below.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ink {
    pub level: f32,
    pub cover: f32,
}

impl Ink {
    pub fn faded(self, by: f32) -> Self {
        Self {
            cover: self.cover * by,
            ..self
        }
    }
}

/// Grey levels 0 to 255 as they fall on the sensor, rows from the top.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    pub width: usize,
    pub height: usize,
    pub levels: Vec<f32>,
    pub view: View,
}

/// Corners a filled shape may have.
const MAX_CORNERS: usize = 24;

impl Sheet {
    pub fn new(width: usize, height: usize, level: f32, view: View) -> Self {
        Self {
            width,
            height,
            levels: vec![level; width * height],
            view,
        }
    }

    /// Fills a convex shape of the panel; its edges are as soft as a pixel, and one thinner than a pixel is paler.
    pub fn convex(&mut self, corners: &[Spot], ink: Ink) {
        let seen: Vec<Spot> = corners
            .iter()
            .take(MAX_CORNERS)
            .map(|&corner| self.view.place(corner))
            .collect();
        self.fill(&seen, ink);
    }

    /// As [`Sheet::convex`], with corners in pixels of the picture.
    pub fn fill(&mut self, seen: &[Spot], ink: Ink) {
        let turned = area(seen).signum();
        if turned == 0.0 || ink.cover <= 0.0 {
            return;
        }
        let edges: Vec<(f32, f32, f32)> = seen
            .iter()
            .zip(seen.iter().cycle().skip(1))
            .filter_map(|(&(x0, y0), &(x1, y1))| {
                let (dx, dy) = (x1 - x0, y1 - y0);
                let long = dx.hypot(dy);
                (long > 1e-4).then(|| {
                    let (across, down) = (-dy / long * turned, dx / long * turned);
                    (across, down, 0.5 - across * x0 - down * y0)
                })
            })
            .collect();
        let span = |pick: fn(&Spot) -> f32, end: usize| {
            let low = seen.iter().map(pick).fold(f32::MAX, f32::min) - 1.0;
            let high = seen.iter().map(pick).fold(f32::MIN, f32::max) + 1.0;
            (
                low.clamp(0.0, end as f32) as usize,
                high.ceil().clamp(0.0, end as f32) as usize,
            )
        };
        let (left, right) = span(|spot| spot.0, self.width);
        let (top, bottom) = span(|spot| spot.1, self.height);
        if left >= right || top >= bottom {
            return;
        }
        let rows = self.levels.chunks_exact_mut(self.width);
        for (line, row) in rows.enumerate().take(bottom).skip(top) {
            let y = line as f32 + 0.5;
            let cells = row.get_mut(left..right).unwrap_or(&mut []);
            for (column, level) in cells.iter_mut().enumerate() {
                let x = (left + column) as f32 + 0.5;
                let lost: f32 = edges
                    .iter()
                    .map(|&(across, down, from)| {
                        1.0 - (across * x + down * y + from).clamp(0.0, 1.0)
                    })
                    .sum();
                let cover = (1.0 - lost).max(0.0) * ink.cover;
                *level += (ink.level - *level) * cover;
            }
        }
    }

    pub fn rect(&mut self, (left, top): Spot, (right, bottom): Spot, ink: Ink) {
        self.convex(
            &[(left, top), (right, top), (right, bottom), (left, bottom)],
            ink,
        );
    }

    /// The outline of a box.
    pub fn outline(&mut self, (left, top): Spot, (right, bottom): Spot, pen: f32, ink: Ink) {
        self.path(
            &[
                (left, top),
                (right, top),
                (right, bottom),
                (left, bottom),
                (left, top),
            ],
            pen,
            ink,
        );
    }

    pub fn disc(&mut self, (x, y): Spot, radius: f32, ink: Ink) {
        let corners: Vec<Spot> = (0..10)
            .map(|step| {
                let (sin, cos) = (step as f32 * std::f32::consts::TAU / 10.0).sin_cos();
                (x + cos * radius, y + sin * radius)
            })
            .collect();
        self.convex(&corners, ink);
    }

    /// A pen's path: straight pieces with square ends that reach half a pen further.
    pub fn path(&mut self, points: &[Spot], pen: f32, ink: Ink) {
        let half = pen / 2.0;
        if let [point] = *points {
            self.disc(point, half * 1.2, ink);
        }
        for (&(x0, y0), &(x1, y1)) in points.iter().zip(points.iter().skip(1)) {
            let (dx, dy) = (x1 - x0, y1 - y0);
            let long = dx.hypot(dy);
            if long < 1e-4 {
                self.disc((x0, y0), half * 1.2, ink);
                continue;
            }
            let (ax, ay) = (dx / long * half, dy / long * half);
            self.convex(
                &[
                    (x0 - ax - ay, y0 - ay + ax),
                    (x1 + ax - ay, y1 + ay + ax),
                    (x1 + ax + ay, y1 + ay - ax),
                    (x0 - ax + ay, y0 - ay - ax),
                ],
                ink,
            );
        }
    }
}

fn area(corners: &[Spot]) -> f32 {
    corners
        .iter()
        .zip(corners.iter().cycle().skip(1))
        .map(|(a, b)| a.0 * b.1 - b.0 * a.1)
        .sum()
}
