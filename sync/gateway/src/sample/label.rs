//! One label: Code 128 and QR of an asset number, the digits in clear, and that it is made up.

use image::{GrayImage, Luma};
use qrcode::{Color, EcLevel, QrCode};

use super::code128::code128;

/// White around a bar code, at least. Unit: modules. Source: ISO/IEC 15417.
const QUIET: u32 = 10;

/// What stands on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The asset number.
    pub number: String,
    /// What it is: `1-phase prepaid`.
    pub what: String,
    /// Whose issue list it is on.
    pub whose: String,
}

/// A black rectangle. Unit: modules of the bar code, from the top left of the label.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Black {
    /// From the left.
    pub x: f32,
    /// From the top.
    pub y: f32,
    /// Width.
    pub w: f32,
    /// Height.
    pub h: f32,
}

/// A line of text. Unit: modules of the bar code.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Left end.
    pub x: f32,
    /// Base line, from the top.
    pub y: f32,
    /// Height of a capital.
    pub size: f32,
    /// What it says, in letters every printer has.
    pub text: String,
}

/// A label laid out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// Width. Unit: modules.
    pub width: f32,
    /// Height. Unit: modules.
    pub height: f32,
    /// Black rectangles.
    pub blacks: Vec<Black>,
    /// Texts.
    pub texts: Vec<Text>,
}

/// Lays a label out: 176 × 96 modules; at a third of a millimetre each, 58 × 32 mm.
///
/// `None` for a number that Code 128 set C cannot carry.
pub fn lay_out(label: &Label) -> Option<Drawing> {
    let (bars, modules) = code128(&label.number)?;
    let mut drawing = Drawing {
        width: (modules + 2 * QUIET) as f32,
        height: 96.0,
        ..Drawing::default()
    };
    drawing.text(10.0, 8.0, 5.0, "MADE-UP SAMPLE - NOT A REAL ASSET");
    for bar in bars {
        drawing.blacks.push(Black {
            x: (QUIET + bar.at) as f32,
            y: 12.0,
            w: bar.width as f32,
            h: 30.0,
        });
    }
    drawing.text(10.0, 52.0, 7.0, &label.number);
    let qr = QrCode::with_error_correction_level(&label.number, EcLevel::Q).ok()?;
    let side = qr.width();
    let dot = 34.0 / side as f32;
    for (row, line) in qr.to_colors().chunks(side).enumerate() {
        let mut x = 0;
        // neighbours are one rectangle: hair lines between dots would spoil the print
        for run in line.chunk_by(|a, b| a == b) {
            if run.first() == Some(&Color::Dark) {
                drawing.blacks.push(Black {
                    x: 132.0 + x as f32 * dot,
                    y: 57.0 + row as f32 * dot,
                    w: run.len() as f32 * dot,
                    h: dot,
                });
            }
            x += run.len();
        }
    }
    drawing.text(10.0, 68.0, 6.0, &label.what);
    drawing.text(10.0, 80.0, 6.0, &label.whose);
    Some(drawing)
}

impl Drawing {
    fn text(&mut self, x: f32, y: f32, size: f32, text: &str) {
        let text = text.to_owned();
        self.texts.push(Text { x, y, size, text });
    }

    /// The label as a picture, `scale` pixels a module.
    pub fn picture(&self, scale: u32) -> GrayImage {
        let pixels = |modules: f32| (modules * scale as f32).round() as u32;
        let mut picture =
            GrayImage::from_pixel(pixels(self.width), pixels(self.height), Luma([255]));
        let mut fill = |x: u32, y: u32, to_x: u32, to_y: u32| {
            for y in y..to_y.min(pixels(self.height)) {
                for x in x..to_x.min(pixels(self.width)) {
                    picture.put_pixel(x, y, Luma([0]));
                }
            }
        };
        for black in &self.blacks {
            let (x, y) = (black.x, black.y);
            fill(
                pixels(x),
                pixels(y),
                pixels(x + black.w),
                pixels(y + black.h),
            );
        }
        for text in &self.texts {
            let dot = text.size / 7.0;
            for (n, letter) in text.text.chars().enumerate() {
                for (row, line) in glyph(letter).iter().enumerate() {
                    for column in (0..5u8).filter(|c| line >> (4 - c) & 1 == 1) {
                        let x = text.x + (n as f32 * 6.0 + f32::from(column)) * dot;
                        let y = text.y - text.size + row as f32 * dot;
                        fill(pixels(x), pixels(y), pixels(x + dot), pixels(y + dot));
                    }
                }
            }
        }
        picture
    }
}

/// Letters of five by seven dots, drawn here; what is not drawn is a gap.
fn glyph(letter: char) -> [u8; 7] {
    match letter.to_ascii_uppercase() {
        '0' => [14, 17, 19, 21, 25, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 6, 8, 16, 31],
        '3' => [31, 2, 4, 2, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        'A' => [14, 17, 17, 31, 17, 17, 17],
        'B' => [30, 17, 17, 30, 17, 17, 30],
        'C' => [14, 17, 16, 16, 16, 17, 14],
        'D' => [28, 18, 17, 17, 17, 18, 28],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'F' => [31, 16, 16, 30, 16, 16, 16],
        'G' => [14, 17, 16, 23, 17, 17, 15],
        'H' => [17, 17, 17, 31, 17, 17, 17],
        'I' => [14, 4, 4, 4, 4, 4, 14],
        'J' => [7, 2, 2, 2, 2, 18, 12],
        'K' => [17, 18, 20, 24, 20, 18, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        'M' => [17, 27, 21, 21, 17, 17, 17],
        'N' => [17, 17, 25, 21, 19, 17, 17],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        'P' => [30, 17, 17, 30, 16, 16, 16],
        'Q' => [14, 17, 17, 17, 21, 18, 13],
        'R' => [30, 17, 17, 30, 20, 18, 17],
        'S' => [15, 16, 16, 14, 1, 1, 30],
        'T' => [31, 4, 4, 4, 4, 4, 4],
        'U' => [17, 17, 17, 17, 17, 17, 14],
        'V' => [17, 17, 17, 17, 17, 10, 4],
        'W' => [17, 17, 17, 21, 21, 21, 10],
        'X' => [17, 17, 10, 4, 10, 17, 17],
        'Y' => [17, 17, 17, 10, 4, 4, 4],
        'Z' => [31, 1, 2, 4, 8, 16, 31],
        '-' => [0, 0, 0, 31, 0, 0, 0],
        '/' => [1, 1, 2, 4, 8, 16, 16],
        _ => [0; 7],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_has_its_quiet_zones() {
        let label = Label {
            number: "9900001009926000000015".into(),
            what: "1-phase".into(),
            whose: "crew-1".into(),
        };
        let picture = lay_out(&label).unwrap().picture(3);
        assert_eq!(picture.dimensions(), (528, 288));
        for y in 12 * 3..42 * 3 {
            let dark = |x: &u32| picture.get_pixel(*x, y).0[0] == 0;
            assert_eq!((0..528).find(dark), Some(30), "row {y}");
            assert_eq!((0..528).rev().find(dark), Some(528 - 31), "row {y}");
        }
    }
}
