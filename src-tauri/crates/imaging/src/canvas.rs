//! A sheet to draw on: smooth-edged shapes in flat colours.

use crate::error::ImagingError;
use crate::picture::{Layout, Picture};

/// A colour as 0x00RRGGBB.
pub(crate) type Colour = u32;

/// A point on the canvas, in pixels from the upper left corner; pixel centres lie at halves.
pub(crate) type Spot = (f32, f32);

/// An opaque drawing, one 0x00RRGGBB word a pixel.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

/// An upright box: left, top, right, bottom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area(pub f32, pub f32, pub f32, pub f32);

impl Area {
    pub fn grown(self, by: f32) -> Self {
        Self(self.0 - by, self.1 - by, self.2 + by, self.3 + by)
    }

    pub fn moved(self, right: f32, down: f32) -> Self {
        Self(self.0 + right, self.1 + down, self.2 + right, self.3 + down)
    }
}

impl Canvas {
    pub fn new(width: usize, height: usize, colour: Colour) -> Self {
        Self {
            width,
            height,
            pixels: vec![colour; width * height],
        }
    }

    pub fn from_picture(picture: Picture) -> Self {
        let picture = picture.into_rgb();
        let pixels = picture.bytes().as_chunks::<3>().0.iter();
        Self {
            width: picture.width() as usize,
            height: picture.height() as usize,
            pixels: pixels
                .map(|&[red, green, blue]| u32::from_be_bytes([0, red, green, blue]))
                .collect(),
        }
    }

    pub fn into_picture(self) -> Result<Picture, ImagingError> {
        let mut bytes = Vec::with_capacity(self.pixels.len() * 3);
        for colour in &self.pixels {
            let [_, red, green, blue] = colour.to_be_bytes();
            bytes.extend_from_slice(&[red, green, blue]);
        }
        Picture::new(self.width as u32, self.height as u32, Layout::Rgb, bytes)
    }

    pub fn width(&self) -> usize {
        self.width
    }

    pub fn height(&self) -> usize {
        self.height
    }

    /// All pixels, rows from the top.
    pub fn pixels(&self) -> &[Colour] {
        &self.pixels
    }

    /// A pixel and the one to its right.
    pub fn pair(&self, x: usize, y: usize) -> (Colour, Colour) {
        let at = y * self.width + x;
        match self.pixels.get(at..at + 2) {
            Some(&[left, right]) => (left, right),
            _ => (0, 0),
        }
    }

    fn span(&mut self, y: usize, from: usize, to: usize) -> &mut [Colour] {
        let start = y * self.width;
        self.pixels
            .get_mut(start + from.min(self.width)..start + to.min(self.width))
            .unwrap_or(&mut [])
    }

    /// Paints where `distance` (in pixels, negative inside) says, with a soft edge of one pixel.
    pub fn paint(&mut self, bounds: Area, colour: Colour, distance: impl Fn(f32, f32) -> f32) {
        let bounds = bounds.grown(1.0);
        let (left, right) = (
            bounds.0.max(0.0) as usize,
            bounds.2.max(0.0).ceil() as usize,
        );
        let (top, bottom) = (
            bounds.1.max(0.0) as usize,
            bounds.3.max(0.0).ceil() as usize,
        );
        for y in top..bottom.min(self.height) {
            for (pixel, x) in self.span(y, left, right).iter_mut().zip(left..) {
                let cover = 0.5 - distance(x as f32 + 0.5, y as f32 + 0.5);
                if cover >= 1.0 {
                    *pixel = colour;
                } else if cover > 0.0 {
                    *pixel = mix(*pixel, colour, (cover * 256.0) as u32);
                }
            }
        }
    }

    /// A box with edges at fractions of a pixel; `opacity` of 256 covers what was there.
    pub fn rect(&mut self, area: Area, colour: Colour, opacity: u32) {
        let cover = |at: usize, from: f32, to: f32| {
            (to.min(at as f32 + 1.0) - from.max(at as f32)).clamp(0.0, 1.0)
        };
        let (left, right) = (area.0.max(0.0) as usize, area.2.max(0.0).ceil() as usize);
        let (top, bottom) = (area.1.max(0.0) as usize, area.3.max(0.0).ceil() as usize);
        for y in top..bottom.min(self.height) {
            let row = cover(y, area.1, area.3) * opacity as f32;
            if row >= 256.0 && right > left + 2 {
                self.span(y, left + 1, right - 1).fill(colour);
                for x in [left, right - 1] {
                    for pixel in self.span(y, x, x + 1) {
                        *pixel = mix(
                            *pixel,
                            colour,
                            (row * cover(x, area.0, area.2) + 0.5) as u32,
                        );
                    }
                }
                continue;
            }
            for (pixel, x) in self.span(y, left, right).iter_mut().zip(left..) {
                *pixel = mix(
                    *pixel,
                    colour,
                    (row * cover(x, area.0, area.2) + 0.5) as u32,
                );
            }
        }
    }

    /// A box with round corners.
    pub fn rounded(&mut self, area: Area, radius: f32, colour: Colour) {
        let (middle_x, middle_y) = ((area.0 + area.2) / 2.0, (area.1 + area.3) / 2.0);
        let half_x = (area.2 - area.0) / 2.0 - radius;
        let half_y = (area.3 - area.1) / 2.0 - radius;
        let distance = |x: f32, y: f32| {
            let (out_x, out_y) = ((x - middle_x).abs() - half_x, (y - middle_y).abs() - half_y);
            out_x.max(out_y).min(0.0) + far(out_x.max(0.0), out_y.max(0.0)) - radius
        };
        // Only the rows with corners need the distance; between them it is a plain box.
        let (upper, lower) = (
            (area.1 + radius).ceil() + 2.0,
            (area.3 - radius).floor() - 2.0,
        );
        if lower <= upper {
            return self.paint(area, colour, distance);
        }
        self.paint(Area(area.0, area.1, area.2, upper - 1.0), colour, distance);
        self.rect(Area(area.0, upper, area.2, lower), colour, 256);
        self.paint(Area(area.0, lower + 1.0, area.2, area.3), colour, distance);
    }

    /// A filled circle.
    pub fn disc(&mut self, (x, y): Spot, radius: f32, colour: Colour) {
        let bounds = Area(x, y, x, y).grown(radius);
        self.paint(bounds, colour, |px, py| far(px - x, py - y) - radius);
    }

    /// A straight line with round ends.
    pub fn line(&mut self, from: Spot, to: Spot, width: f32, colour: Colour) {
        let bounds = Area(
            from.0.min(to.0),
            from.1.min(to.1),
            from.0.max(to.0),
            from.1.max(to.1),
        )
        .grown(width / 2.0);
        let (along_x, along_y) = (to.0 - from.0, to.1 - from.1);
        let squared = (along_x * along_x + along_y * along_y).max(1e-6);
        let distance = |x: f32, y: f32| {
            let (dx, dy) = (x - from.0, y - from.1);
            let at = ((dx * along_x + dy * along_y) / squared).clamp(0.0, 1.0);
            far(dx - at * along_x, dy - at * along_y) - width / 2.0
        };
        if along_y.abs() < width {
            return self.paint(bounds, colour, distance);
        }
        // A long slanted line would fill a large box with nothing: go band by band along it instead.
        let half = (width / 2.0 + 1.0) * squared.sqrt() / along_y.abs();
        let mut top = (bounds.1 - 1.0).floor().max(-1.0);
        while top < bounds.3 + 1.0 && top < self.height as f32 {
            let bottom = top + 8.0;
            let at = |y: f32| from.0 + (y - from.1) * along_x / along_y;
            let (upper, lower) = (at(top), at(bottom));
            let left = (upper.min(lower) - half).max(bounds.0);
            let right = (upper.max(lower) + half).min(bounds.2);
            // `paint` adds a pixel on each side; bands must not touch a pixel twice.
            let band = Area(left, top + 1.0, right, bottom - 1.0);
            self.paint(band, colour, distance);
            top = bottom;
        }
    }

    /// Lines from point to point.
    pub fn path(&mut self, points: &[Spot], width: f32, colour: Colour) {
        for pair in points.windows(2) {
            if let &[from, to] = pair {
                self.line(from, to, width, colour);
            }
        }
    }

    /// A filled convex shape; corners in clockwise order as seen on the canvas.
    pub fn convex(&mut self, corners: &[Spot], colour: Colour) {
        let mut bounds = Area(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
        for &(x, y) in corners {
            bounds = Area(
                bounds.0.min(x),
                bounds.1.min(y),
                bounds.2.max(x),
                bounds.3.max(y),
            );
        }
        let next = corners.iter().cycle().skip(1);
        let edges: Vec<(f32, f32, f32)> = corners
            .iter()
            .zip(next)
            .map(|(from, to)| {
                let (dx, dy) = (to.0 - from.0, to.1 - from.1);
                let length = dx.hypot(dy).max(1e-6);
                let (out_x, out_y) = (dy / length, -dx / length);
                (out_x, out_y, -(out_x * from.0 + out_y * from.1))
            })
            .collect();
        self.paint(bounds, colour, |x, y| {
            edges.iter().fold(f32::MIN, |far, edge| {
                far.max(edge.0 * x + edge.1 * y + edge.2)
            })
        });
    }

    /// A box shaded from one colour at its top to another at its bottom.
    pub fn gradient(&mut self, area: Area, upper: Colour, lower: Colour) {
        let (left, right) = (area.0.max(0.0) as usize, area.2.max(0.0) as usize);
        let (top, bottom) = (area.1.max(0.0) as usize, area.3.max(0.0) as usize);
        for y in top..bottom.min(self.height) {
            let share = (y as f32 - area.1) / (area.3 - area.1).max(1.0);
            let colour = mix(upper, lower, (share.clamp(0.0, 1.0) * 256.0) as u32);
            self.span(y, left, right).fill(colour);
        }
    }
}

/// Distance from the origin; `hypot` guards against overflow, which no canvas is large enough for, at five times the cost.
fn far(x: f32, y: f32) -> f32 {
    (x * x + y * y).sqrt()
}

/// `share` of 0 gives the first colour, of 256 the second.
pub(crate) fn mix(first: Colour, second: Colour, share: u32) -> Colour {
    let rest = 256 - share.min(256);
    let share = 256 - rest;
    let outer = ((first & 0x00FF_00FF) * rest + (second & 0x00FF_00FF) * share) >> 8;
    let inner = ((first & 0x0000_FF00) * rest + (second & 0x0000_FF00) * share) >> 8;
    (outer & 0x00FF_00FF) | (inner & 0x0000_FF00)
}
