//! A customer's signature: strokes as they were drawn, and how they look.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::canvas::{Canvas, Spot};
use crate::encode::encode_png;
use crate::error::ImagingError;

/// Points of one signature at most: 64 KiB at the 12 bytes of a point, a minute of writing at 90 points a second.
pub const MAX_POINTS: usize = 64 * 1024 / 12;

/// Longest edge of a canvas to sign on, in its own units: twice the widest tablet.
pub const MAX_CANVAS: u32 = 4096;

/// Ink and paper.
const INK: u32 = 0x0010_2040;
const PAPER: u32 = 0x00FF_FFFF;

/// Thickness of the pen as a share of the canvas's shorter edge.
const PEN: f32 = 0.012;

/// Where the pen was, and when.
///
/// **Shape**: `[x, y, t_ms]`
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(from = "(f32, f32, f32)", into = "(f32, f32, u32)")]
pub struct StrokePoint {
    /// **Units**: canvas units from the left edge.
    pub x: f32,
    /// **Units**: canvas units from the upper edge.
    pub y: f32,
    /// **Units**: milliseconds since the first touch.
    pub t_ms: u32,
}

impl From<(f32, f32, f32)> for StrokePoint {
    /// A screen gives its times with fractions; whole milliseconds are kept.
    fn from((x, y, t_ms): (f32, f32, f32)) -> Self {
        Self {
            x,
            y,
            t_ms: t_ms as u32,
        }
    }
}

impl From<StrokePoint> for (f32, f32, u32) {
    fn from(point: StrokePoint) -> Self {
        (point.x, point.y, point.t_ms)
    }
}

/// From touching the glass to lifting the pen.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Stroke {
    /// In the order they were drawn.
    pub points: Vec<StrokePoint>,
}

/// A signature and the size of the canvas it was drawn on, so that it looks the same after the tablet was turned.
///
/// **Shape**: `{"width":800,"height":300,"strokes":[[[12.5,40,0]]]}`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// **Units**: canvas units, 1 to [`MAX_CANVAS`].
    pub width: u32,
    /// **Units**: canvas units, 1 to [`MAX_CANVAS`].
    pub height: u32,
    /// In the order they were drawn.
    pub strokes: Vec<Stroke>,
}

impl Signature {
    /// Checks that there is something to draw and not too much of it.
    ///
    /// **Errors**: [`ImagingError::SignatureCanvas`] for an impossible canvas or a coordinate that is no number,
    /// [`ImagingError::SignatureEmpty`] without a point, [`ImagingError::SignatureTooLarge`] above [`MAX_POINTS`].
    pub fn check(&self) -> Result<(), ImagingError> {
        let is_edge = |edge: u32| (1..=MAX_CANVAS).contains(&edge);
        let is_number = |point: &StrokePoint| point.x.is_finite() && point.y.is_finite();
        let points: usize = self.strokes.iter().map(|stroke| stroke.points.len()).sum();
        if points > MAX_POINTS {
            return Err(ImagingError::SignatureTooLarge {
                points,
                limit: MAX_POINTS,
            });
        }
        let is_drawable = is_edge(self.width) && is_edge(self.height);
        if !is_drawable
            || !self
                .strokes
                .iter()
                .flat_map(|stroke| &stroke.points)
                .all(is_number)
        {
            return Err(ImagingError::SignatureCanvas {
                width: self.width,
                height: self.height,
            });
        }
        if points == 0 {
            return Err(ImagingError::SignatureEmpty);
        }
        Ok(())
    }

    /// The signature as SVG text: the same strokes give the same text, so its hash can stand for it.
    ///
    /// **Errors**: as [`Signature::check`].
    pub fn svg(&self) -> Result<String, ImagingError> {
        self.check()?;
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {} {}\">\
             <g fill=\"none\" stroke=\"#{INK:06x}\" stroke-width=\"{:.1}\" stroke-linecap=\"round\" stroke-linejoin=\"round\">",
            self.width,
            self.height,
            self.pen()
        );
        for stroke in self.drawn_strokes() {
            let mut command = 'M';
            svg.push_str("<path d=\"");
            for (x, y) in stroke {
                // Writing to a String cannot fail.
                let _ = write!(svg, "{command}{x:.1} {y:.1}");
                command = 'L';
            }
            svg.push_str("\"/>");
        }
        svg.push_str("</g></svg>");
        Ok(svg)
    }

    /// The signature as a PNG, dark blue on white, one pixel a canvas unit.
    ///
    /// **Errors**: as [`Signature::check`], and [`ImagingError::NotWritten`].
    pub fn png(&self) -> Result<Vec<u8>, ImagingError> {
        self.check()?;
        let mut canvas = Canvas::new(self.width as usize, self.height as usize, PAPER);
        for stroke in self.drawn_strokes() {
            canvas.path(&stroke, self.pen(), INK);
        }
        encode_png(&canvas.into_picture()?)
    }

    fn pen(&self) -> f32 {
        (self.width.min(self.height) as f32 * PEN).clamp(1.5, 6.0)
    }

    /// Points inside the canvas; a tap is a line of no length, which the round pen shows as a dot.
    fn drawn_strokes(&self) -> impl Iterator<Item = Vec<Spot>> {
        let (right, bottom) = (self.width as f32, self.height as f32);
        self.strokes
            .iter()
            .filter(|stroke| !stroke.points.is_empty())
            .map(move |stroke| {
                let mut points: Vec<Spot> = stroke
                    .points
                    .iter()
                    .map(|point| (point.x.clamp(0.0, right), point.y.clamp(0.0, bottom)))
                    .collect();
                if let [only] = *points.as_slice() {
                    points.push(only);
                }
                points
            })
    }
}
