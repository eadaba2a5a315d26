//! A flat thing to be photographed, drawn in millimetres.

use crate::canvas::{Area, Canvas, Colour, Spot, mix};
use crate::drawn::code128::code128;
use crate::error::ImagingError;
use crate::font::Lettering;

pub(super) const BLACK: Colour = 0x0016_1718;
pub(super) const PAPER: Colour = 0x00F4_F3EE;

/// Modules left white on each side of a bar code.
///
/// **Source**: ISO/IEC 15417:2007, 4.4.2.
pub(super) const QUIET_MODULES: f32 = 10.0;

/// A canvas that shows the part of a plane around a spot.
pub(super) struct Plane {
    canvas: Canvas,
    px_per_mm: f32,
    left_mm: f32,
    top_mm: f32,
}

impl Plane {
    /// A plane of one colour that shows `shown` (in millimetres).
    pub fn new(shown: Area, px_per_mm: f32, colour: Colour) -> Self {
        let edge = |from: f32, to: f32| ((to - from) * px_per_mm).ceil().max(1.0) as usize;
        Self {
            canvas: Canvas::new(edge(shown.0, shown.2), edge(shown.1, shown.3), colour),
            px_per_mm,
            left_mm: shown.0,
            top_mm: shown.1,
        }
    }

    /// The same canvas, everything drawn from now on lying further right and down.
    pub fn moved(mut self, right: f32, down: f32) -> Self {
        self.left_mm -= right;
        self.top_mm -= down;
        self
    }

    pub fn canvas(&self) -> &Canvas {
        &self.canvas
    }

    pub fn into_canvas(self) -> Canvas {
        self.canvas
    }

    /// Where a place of the plane lies on the canvas.
    pub fn px(&self, (x, y): Spot) -> Spot {
        (
            (x - self.left_mm) * self.px_per_mm,
            (y - self.top_mm) * self.px_per_mm,
        )
    }

    pub fn px_per_mm(&self) -> f32 {
        self.px_per_mm
    }

    fn px_area(&self, area: Area) -> Area {
        let (left, top) = self.px((area.0, area.1));
        let (right, bottom) = self.px((area.2, area.3));
        Area(left, top, right, bottom)
    }

    pub fn rect(&mut self, area: Area, colour: Colour) {
        self.canvas.rect(self.px_area(area), colour, 256);
    }

    /// Like [`Plane::rect`], letting through what lies below; `opacity` up to 256.
    pub fn glaze(&mut self, area: Area, colour: Colour, opacity: u32) {
        self.canvas.rect(self.px_area(area), colour, opacity);
    }

    pub fn rounded(&mut self, area: Area, radius: f32, colour: Colour) {
        self.canvas
            .rounded(self.px_area(area), radius * self.px_per_mm, colour);
    }

    /// A raised or sunken box: light along one edge, shade along the other.
    pub fn bevel(&mut self, area: Area, radius: f32, colour: Colour, depth: f32) {
        let (light, shade) = (mix(colour, 0x00FF_FFFF, 120), mix(colour, 0, 90));
        let (upper, lower) = if depth > 0.0 {
            (light, shade)
        } else {
            (shade, light)
        };
        self.rounded(area, radius, lower);
        let shift = depth.abs();
        self.rounded(
            Area(area.0, area.1, area.2 - shift, area.3 - shift),
            radius,
            upper,
        );
        self.rounded(area.grown(-shift), (radius - shift).max(0.1), colour);
    }

    pub fn disc(&mut self, at: Spot, radius: f32, colour: Colour) {
        self.canvas
            .disc(self.px(at), radius * self.px_per_mm, colour);
    }

    pub fn path(&mut self, points: &[Spot], width: f32, colour: Colour) {
        let points: Vec<Spot> = points.iter().map(|&spot| self.px(spot)).collect();
        self.canvas.path(&points, width * self.px_per_mm, colour);
    }

    pub fn convex(&mut self, corners: &[Spot], colour: Colour) {
        let corners: Vec<Spot> = corners.iter().map(|&spot| self.px(spot)).collect();
        self.canvas.convex(&corners, colour);
    }

    pub fn gradient(&mut self, area: Area, upper: Colour, lower: Colour) {
        self.canvas.gradient(self.px_area(area), upper, lower);
    }

    /// A line of print, the upper left corner of its first capital at `at`.
    pub fn print(&mut self, at: Spot, cap_mm: f32, colour: Colour, text: &str) {
        let at = self.px(at);
        Lettering::new(cap_mm * self.px_per_mm, colour).draw(&mut self.canvas, at, text);
    }

    /// A line of print set so that its middle is at `at`.
    pub fn print_centred(&mut self, at: Spot, cap_mm: f32, colour: Colour, text: &str) {
        let width = Lettering::new(cap_mm, colour).width(text);
        self.print((at.0 - width / 2.0, at.1), cap_mm, colour, text);
    }

    /// Code 128 bars in `area`, edge to edge, without the quiet zone.
    pub fn bars(&mut self, area: Area, digits: &str) -> Result<(), ImagingError> {
        let widths = code128(digits)?;
        let modules: f32 = widths.iter().map(|&width| f32::from(width)).sum();
        let module = (area.2 - area.0) / modules;
        let mut left = area.0;
        for (index, &width) in widths.iter().enumerate() {
            let right = left + f32::from(width) * module;
            if index % 2 == 0 {
                self.rect(Area(left, area.1, right, area.3), BLACK);
            }
            left = right;
        }
        Ok(())
    }

    /// A QR code of `text` in a square from `at`, without the quiet zone.
    pub fn qr(&mut self, at: Spot, edge_mm: f32, text: &str) -> Result<(), ImagingError> {
        let code = qrcode::QrCode::new(text).map_err(ImagingError::not_written)?;
        let width = code.width().max(1);
        let module = edge_mm / width as f32;
        for (index, colour) in code.to_colors().into_iter().enumerate() {
            if colour == qrcode::Color::Dark {
                let left = at.0 + (index % width) as f32 * module;
                let top = at.1 + (index / width) as f32 * module;
                self.rect(Area(left, top, left + module, top + module), BLACK);
            }
        }
        Ok(())
    }
}
