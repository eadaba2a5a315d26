//! A four-cornered part of a picture is laid flat.

use crate::crop::Quad;
use crate::picture::PictureGrey;

/// The inside of `corners` stretched to `width` x `height` pixels; the picture's edge goes on outside it.
///
/// The map is the projective one, so that a display seen askew comes out straight. Where the picture is finer than the
/// result it is halved first, so that nothing flickers.
pub(crate) fn flat(
    picture: &PictureGrey,
    corners: &Quad,
    width: usize,
    height: usize,
) -> Option<PictureGrey> {
    let map = Projection::onto(corners)?;
    let (across, down) = size(corners);
    let finer = (down / height.max(1) as f32).min(across / width.max(1) as f32);
    // Only the part around the corners is made smaller: a photograph has twelve million pixels, a row few of them.
    let (mut part, (left, top)) = surroundings(picture, corners)?;
    let mut shrunk = 1.0;
    while finer / shrunk > 2.0 {
        let Some(smaller) = part.halved() else {
            break;
        };
        part = smaller;
        shrunk *= 2.0;
    }
    // Between one and two pixels to one of the result, four looks a pixel are enough.
    let looks: &[(f32, f32)] = if finer / shrunk > 1.2 {
        &[(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)]
    } else {
        &[(0.5, 0.5)]
    };
    let share = 1.0 / looks.len() as f32;
    let mut bytes = Vec::with_capacity(width * height);
    for line in 0..height {
        for column in 0..width {
            let sum: f32 = looks
                .iter()
                .map(|&(right, below)| {
                    let (x, y) = map.place(
                        (column as f32 + right) / width as f32,
                        (line as f32 + below) / height as f32,
                    );
                    part.sample((x - left) / shrunk - 0.5, (y - top) / shrunk - 0.5)
                })
                .sum();
            bytes.push((sum * share + 0.5) as u8);
        }
    }
    PictureGrey::new(width, height, bytes).ok()
}

/// The upright part of a picture that holds the corners, and where its upper left corner is.
fn surroundings(picture: &PictureGrey, corners: &Quad) -> Option<(PictureGrey, (f32, f32))> {
    let span = |pick: fn(&(f32, f32)) -> f32, end: usize| {
        let low = corners.iter().map(pick).fold(f32::MAX, f32::min) - 2.0;
        let high = corners.iter().map(pick).fold(f32::MIN, f32::max) + 3.0;
        // One pixel of the picture is left even where the corners lie outside it.
        let from = (low.max(0.0) as usize).min(end - 1);
        (from, (high.max(0.0) as usize).clamp(from + 1, end))
    };
    let (left, right) = span(|corner| corner.0, picture.width());
    let (top, bottom) = span(|corner| corner.1, picture.height());
    let bytes = (top..bottom)
        .flat_map(|line| picture.row(line).get(left..right).unwrap_or(&[]))
        .copied()
        .collect();
    let part = PictureGrey::new(right - left, bottom - top, bytes).ok()?;
    Some((part, (left as f32, top as f32)))
}

/// The corners of a quad moved outwards along its own directions, by shares of its width and height.
pub(crate) fn grown(corners: &Quad, left: f32, right: f32, up: f32, down: f32) -> Quad {
    let [upper_left, upper_right, lower_right, lower_left] = *corners;
    let along = |from: (f32, f32), to: (f32, f32), share: f32| {
        (
            from.0 + (to.0 - from.0) * share,
            from.1 + (to.1 - from.1) * share,
        )
    };
    // First upwards and downwards, then to the sides. Straight lines stay straight, and nothing runs to infinity as
    // it would if the perspective were carried on.
    let tall = [
        along(upper_left, lower_left, -up),
        along(upper_right, lower_right, -up),
        along(upper_right, lower_right, 1.0 + down),
        along(upper_left, lower_left, 1.0 + down),
    ];
    let [upper_left, upper_right, lower_right, lower_left] = tall;
    [
        along(upper_left, upper_right, -left),
        along(upper_left, upper_right, 1.0 + right),
        along(lower_left, lower_right, 1.0 + right),
        along(lower_left, lower_right, -left),
    ]
}

/// Mean width and height of a quad.
pub(crate) fn size(corners: &Quad) -> (f32, f32) {
    let [upper_left, upper_right, lower_right, lower_left] = *corners;
    let long = |a: (f32, f32), b: (f32, f32)| (a.0 - b.0).hypot(a.1 - b.1);
    (
        (long(upper_left, upper_right) + long(lower_left, lower_right)) / 2.0,
        (long(upper_left, lower_left) + long(upper_right, lower_right)) / 2.0,
    )
}

/// The projective map from the unit square to four corners.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Projection([f32; 8]);

impl Projection {
    /// `None` when the corners do not span anything.
    ///
    /// **Source**: P. Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3.
    pub fn onto(corners: &Quad) -> Option<Self> {
        let [(x0, y0), (x1, y1), (x2, y2), (x3, y3)] = *corners;
        let (dx1, dy1) = (x1 - x2, y1 - y2);
        let (dx2, dy2) = (x3 - x2, y3 - y2);
        let (sum_x, sum_y) = (x0 - x1 + x2 - x3, y0 - y1 + y2 - y3);
        let spread = dx1 * dy2 - dx2 * dy1;
        if !spread.is_finite() || spread.abs() < 1e-3 {
            return None;
        }
        let g = (sum_x * dy2 - dx2 * sum_y) / spread;
        let h = (dx1 * sum_y - sum_x * dy1) / spread;
        Some(Self([
            x1 - x0 + g * x1,
            x3 - x0 + h * x3,
            x0,
            y1 - y0 + g * y1,
            y3 - y0 + h * y3,
            y0,
            g,
            h,
        ]))
    }

    /// Where a place of the unit square lies in the picture; places around the square are carried on.
    pub fn place(&self, u: f32, v: f32) -> (f32, f32) {
        let [a, b, c, d, e, f, g, h] = self.0;
        let depth = (g * u + h * v + 1.0).max(0.05);
        ((a * u + b * v + c) / depth, (d * u + e * v + f) / depth)
    }
}
