//! What light falls on a scene, and what a shiny cover throws back.

use crate::canvas::Spot;

/// Brightness and reflections, in places of the picture.
pub(super) struct Light {
    /// **Units**: pixels of the picture.
    pub size: (usize, usize),
    /// Brightness where `middle` is, 1 = paper comes out white.
    pub level: f32,
    pub middle: Spot,
    /// Change of brightness over the picture's width, to the right and downwards.
    pub slope: Spot,
    /// How much darker the corners are.
    pub vignette: f32,
    /// A shadow's edge: direction, distance from the middle in pixels, width of the edge in pixels, how dark.
    pub shadow: Option<(f32, f32, f32, f32)>,
    pub glares: Vec<Glare>,
}

/// A reflection with a flat middle: a lamp, a tube, a window, the sky.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glare {
    /// **Units**: pixels of the picture.
    pub at: Spot,
    /// Direction of the long side, in radians.
    pub turn: f32,
    /// Half of length and width, in pixels.
    pub reach: Spot,
    /// Light added in the middle; 1 = white by itself.
    pub strength: f32,
}

impl Glare {
    fn at(&self, (x, y): Spot) -> f32 {
        let (sin, cos) = self.turn.sin_cos();
        let (x, y) = (x - self.at.0, y - self.at.1);
        let along = (x * cos + y * sin) / self.reach.0;
        let across = (y * cos - x * sin) / self.reach.1;
        let far = along * along + across * across;
        if far > 3.0 {
            return 0.0;
        }
        self.strength * (-far * far).exp()
    }

    /// Whether it may reach a piece of a row.
    fn touches(&self, (x, y): Spot, length: f32) -> bool {
        let reach = self.reach.0.max(self.reach.1) * 1.75;
        let beside = (self.at.0 - x).clamp(0.0, length);
        (self.at.0 - x - beside).hypot(self.at.1 - y) <= reach
    }
}

impl Light {
    /// Multiplies what a piece of a row, from a place to the right, sends back with the light that falls on it, and adds
    /// the reflections.
    pub fn fall_on(&self, from: Spot, pixels: &mut [f32]) {
        let length = pixels.len() as f32;
        // Brightness changes slowly and evenly, reflections do not.
        let (start, end) = (
            self.level_at(from),
            self.level_at((from.0 + length, from.1)),
        );
        let step = (end - start) / length;
        for (index, pixel) in pixels.iter_mut().enumerate() {
            *pixel *= start + step * index as f32;
        }
        for glare in self
            .glares
            .iter()
            .filter(|glare| glare.touches(from, length))
        {
            for (index, pixel) in pixels.iter_mut().enumerate() {
                *pixel += glare.at((from.0 + index as f32, from.1));
            }
        }
    }

    /// What a place's own light is multiplied with.
    fn level_at(&self, (x, y): Spot) -> f32 {
        let width = self.size.0 as f32;
        let (right, down) = ((x - self.middle.0) / width, (y - self.middle.1) / width);
        let mut level = self.level * (1.0 + self.slope.0 * right + self.slope.1 * down).max(0.1);
        let far_x = x / width - 0.5;
        let far_y = (y - self.size.1 as f32 / 2.0) / width;
        level *= (1.0 - self.vignette * (far_x * far_x + far_y * far_y) * 2.0).max(0.1);
        if let Some((turn, place, edge, depth)) = self.shadow {
            let (sin, cos) = turn.sin_cos();
            let across = (x - self.middle.0) * cos + (y - self.middle.1) * sin - place;
            level *= 1.0 - depth * (across / edge + 0.5).clamp(0.0, 1.0);
        }
        level
    }
}
