//! A flat drawing as light: how much of what falls on it each place sends back.

use crate::canvas::{Area, Spot};
use crate::drawn::plane::Plane;
use crate::picture::luma;

/// Light sent back, 0 to 1, in linear measure, on a grid.
pub(super) struct Sheet {
    light: Vec<f32>,
    width: usize,
    height: usize,
    left: f32,
    top: f32,
    px_per_unit: f32,
}

impl Sheet {
    /// Takes what a plane of `shown` (in its own units) holds.
    pub fn new(plane: &Plane, shown: Area) -> Self {
        let table: Vec<f32> = (0..=255).map(|grey| linear(grey as f32 / 255.0)).collect();
        let canvas = plane.canvas();
        let light = canvas.pixels().iter().map(|colour| {
            let [_, red, green, blue] = colour.to_be_bytes();
            let grey = usize::from(luma(red, green, blue));
            table.get(grey).copied().unwrap_or(0.0)
        });
        Self {
            light: light.collect(),
            width: canvas.width(),
            height: canvas.height(),
            left: shown.0,
            top: shown.1,
            px_per_unit: plane.px_per_mm(),
        }
    }

    /// What it shows, in its own units.
    pub fn area(&self) -> Area {
        let unit = self.px_per_unit;
        Area(
            self.left,
            self.top,
            self.left + self.width as f32 / unit,
            self.top + self.height as f32 / unit,
        )
    }

    /// Light of a place, between the grid's points; `None` outside.
    pub fn inside(&self, at: Spot) -> Option<f32> {
        let (x, y) = self.px(at);
        let holds = x >= 0.0 && y >= 0.0 && x < self.width as f32 && y < self.height as f32;
        holds.then(|| self.sample(x - 0.5, y - 0.5))
    }

    /// Light of a place; outside the edge goes on.
    pub fn anywhere(&self, at: Spot) -> f32 {
        let (x, y) = self.px(at);
        self.sample(x - 0.5, y - 0.5)
    }

    fn px(&self, (x, y): Spot) -> Spot {
        (
            (x - self.left) * self.px_per_unit,
            (y - self.top) * self.px_per_unit,
        )
    }

    fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width.max(2) - 2) as f32 + 0.999);
        let y = y.clamp(0.0, (self.height.max(2) - 2) as f32 + 0.999);
        let (column, line) = (x as usize, y as usize);
        let (right, down) = (x - column as f32, y - line as f32);
        let pair = |line: usize| {
            let at = line * self.width + column;
            match self.light.get(at..at + 2) {
                Some(&[left, next]) => left + (next - left) * right,
                _ => 0.0,
            }
        };
        let (upper, lower) = (pair(line), pair(line + 1));
        upper + (lower - upper) * down
    }

    /// Dirt with soft edges: takes away up to `depth` of the light around a place, or adds it when negative.
    pub fn smudge(&mut self, at: Spot, radius: f32, depth: f32) {
        let (x, y) = self.px(at);
        let reach = radius * self.px_per_unit;
        let first = (y - 2.0 * reach).max(0.0) as usize;
        let last = ((y + 2.0 * reach).max(0.0) as usize).min(self.height);
        let from = ((x - 2.0 * reach).max(0.0) as usize).min(self.width);
        let to = ((x + 2.0 * reach).max(0.0) as usize).clamp(from, self.width);
        for line in first..last {
            let start = line * self.width;
            let row = self.light.get_mut(start + from..start + to);
            for (pixel, column) in row.unwrap_or(&mut []).iter_mut().zip(from..) {
                let (dx, dy) = (column as f32 - x, line as f32 - y);
                let near = (-(dx * dx + dy * dy) / (reach * reach)).exp();
                let taken = (1.0 - depth * near).clamp(0.0, 1.0);
                *pixel = if depth < 0.0 {
                    *pixel + (0.8 - *pixel) * -depth * near
                } else {
                    *pixel * taken
                };
            }
        }
    }
}

/// Light of a grey value from 0 to 1.
///
/// **Source**: IEC 61966-2-1 (sRGB).
pub(super) fn linear(grey: f32) -> f32 {
    if grey <= 0.040_45 {
        grey / 12.92
    } else {
        ((grey + 0.055) / 1.055).powf(2.4)
    }
}

/// Grey value of a light from 0 to 1: [`linear`] backwards.
pub(super) fn grey(light: f32) -> f32 {
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}
