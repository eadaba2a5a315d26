//! Seven-segment digits, as a liquid crystal shows them.

use crate::canvas::{Colour, Spot};
use crate::drawn::plane::Plane;

/// Which of the segments a to g (top, upper right, lower right, bottom, lower left, upper left, middle) are dark.
fn segments(sign: char) -> u8 {
    match sign {
        '0' => 0b011_1111,
        '1' => 0b000_0110,
        '2' => 0b101_1011,
        '3' => 0b100_1111,
        '4' => 0b110_0110,
        '5' => 0b110_1101,
        '6' => 0b111_1101,
        '7' => 0b000_0111,
        '8' => 0b111_1111,
        '9' => 0b110_1111,
        '-' => 0b100_0000,
        'E' => 0b111_1001,
        'r' => 0b101_0000,
        'o' => 0b101_1100,
        'L' => 0b011_1000,
        _ => 0,
    }
}

/// How a display looks.
#[derive(Debug, Clone, Copy)]
pub(super) struct Glass {
    pub dark: Colour,
    /// Segments that are off are never quite invisible.
    pub ghost: Colour,
}

/// Width of a digit and of its cell, as shares of the height.
const DIGIT: f32 = 0.52;
const CELL: f32 = 0.72;
const THICKNESS: f32 = 0.115;
const SLANT: f32 = 0.09;

/// Draws `text` (digits, `-`, `.`, `E`, `r`) with its right end at `right_top`; returns how wide it is.
pub(super) fn show(
    plane: &mut Plane,
    right_top: Spot,
    height: f32,
    text: &str,
    glass: Glass,
) -> f32 {
    let cells = text.chars().filter(|&sign| sign != '.').count();
    let width = cells as f32 * CELL * height;
    let mut left = right_top.0 - width;
    for sign in text.chars() {
        if sign == '.' {
            let foot = (
                left - (CELL - DIGIT) * height * 0.5,
                right_top.1 + height * (1.0 - THICKNESS / 2.0),
            );
            plane.disc(foot, height * THICKNESS * 0.62, glass.dark);
            continue;
        }
        digit(plane, (left, right_top.1), height, sign, glass);
        left += CELL * height;
    }
    width
}

fn digit(plane: &mut Plane, (left, top): Spot, height: f32, sign: char, glass: Glass) {
    let (width, half, thick) = (DIGIT * height, height / 2.0, THICKNESS * height);
    let gap = thick * 0.16;
    let lean = |(x, y): Spot| (left + x + (height - y) * SLANT, top + y);
    let flat = |y: f32| {
        let (from, to) = (gap, width - gap);
        let end = thick / 2.0;
        [
            (from, y),
            (from + end, y - end),
            (to - end, y - end),
            (to, y),
            (to - end, y + end),
            (from + end, y + end),
        ]
        .map(lean)
    };
    let tall = |x: f32, from: f32, to: f32| {
        let end = thick / 2.0;
        let (from, to) = (from + gap, to - gap);
        [
            (x, from),
            (x + end, from + end),
            (x + end, to - end),
            (x, to),
            (x - end, to - end),
            (x - end, from + end),
        ]
        .map(lean)
    };
    let edge = thick / 2.0;
    let shapes = [
        flat(edge),
        tall(width - edge, edge, half),
        tall(width - edge, half, height - edge),
        flat(height - edge),
        tall(edge, half, height - edge),
        tall(edge, edge, half),
        flat(half),
    ];
    for (index, shape) in shapes.iter().enumerate() {
        let colour = if segments(sign) >> index & 1 == 1 {
            glass.dark
        } else {
            glass.ghost
        };
        plane.convex(shape, colour);
    }
}
