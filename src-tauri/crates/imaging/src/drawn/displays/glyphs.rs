//! The signs of a display: seven segments in their many cuts, dots, and print.

use crate::canvas::Spot;
use crate::drawn::displays::sheet::{Ink, Sheet};
use crate::drawn::random::Random;
use crate::font;

/// How a sign is put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// Seven segments whose ends are cut at 45 degrees along the outline: most liquid crystals.
    Mitred,
    /// Seven segments pointed at both ends: most light-emitting diodes.
    Pointed,
    /// Seven plain bars.
    Bars,
    /// Seven bars with round ends; never trained on.
    Round,
    /// A five by seven grid of dots.
    Dots,
    /// Printed figures.
    Print,
}

/// What all signs of one row share. Lengths are shares of the sign's height.
#[derive(Debug, Clone)]
pub(super) struct Look {
    pub form: Form,
    pub width: f32,
    pub pitch: f32,
    /// Thickness of upright and of level segments.
    pub thick: (f32, f32),
    pub gap: f32,
    pub slant: f32,
    pub has_six_top: bool,
    pub has_nine_foot: bool,
    pub has_seven_hook: bool,
    pub point_edge: f32,
    pub has_round_point: bool,
    pub corners_cut: usize,
    /// How much of the ink each segment gets: cheap drivers do not drive all alike.
    pub driven: [f32; 7],
}

impl Look {
    pub fn new(random: &mut Random) -> Self {
        let form = match random.below(100) {
            0..52 => Form::Mitred,
            52..72 => Form::Pointed,
            72..82 => Form::Bars,
            82..91 => Form::Dots,
            _ => Form::Print,
        };
        Self::of(form, random)
    }

    pub fn of(form: Form, random: &mut Random) -> Self {
        let thick = match form {
            Form::Print => random.between(0.07, 0.2),
            _ if random.chance(60) => random.between(0.09, 0.15),
            _ => random.between(0.055, 0.21),
        };
        let width = match form {
            Form::Dots => random.between(0.5, 0.75),
            _ if random.chance(70) => random.between(0.46, 0.6),
            _ => random.between(0.36, 0.74),
        };
        let space = if random.chance(75) {
            random.between(0.09, 0.26)
        } else {
            random.between(0.05, 0.45)
        };
        let is_upright = random.chance(40) || matches!(form, Form::Dots);
        Self {
            form,
            width,
            pitch: width + space + thick * 0.3,
            thick: (
                thick * random.between(0.85, 1.15),
                thick * random.between(0.85, 1.15),
            ),
            gap: if random.chance(60) {
                random.between(0.004, 0.022)
            } else {
                random.between(0.0, 0.05)
            },
            slant: if is_upright {
                random.between(-0.01, 0.02)
            } else {
                random.between(0.03, 0.25)
            },
            has_six_top: random.chance(88),
            has_nine_foot: random.chance(88),
            has_seven_hook: random.chance(22),
            point_edge: random.between(0.07, 0.2).max(thick * 0.7),
            has_round_point: random.chance(45),
            corners_cut: random.below(3),
            driven: if random.chance(20) {
                [(); 7].map(|()| random.between(0.55, 1.0))
            } else {
                [1.0; 7]
            },
        }
    }

    /// Segments a to g of a sign, a in the lowest bit.
    fn segments(&self, sign: char) -> u8 {
        match sign {
            '6' if !self.has_six_top => 0b111_1100,
            '9' if !self.has_nine_foot => 0b110_0111,
            '7' if self.has_seven_hook => 0b010_0111,
            '0' | 'O' => 0b011_1111,
            '1' => 0b000_0110,
            '2' => 0b101_1011,
            '3' => 0b100_1111,
            '4' => 0b110_0110,
            '5' | 'S' => 0b110_1101,
            '6' => 0b111_1101,
            '7' => 0b000_0111,
            '8' => 0b111_1111,
            '9' => 0b110_1111,
            '-' => 0b100_0000,
            'E' => 0b111_1001,
            'r' => 0b101_0000,
            'o' => 0b101_1100,
            'L' => 0b011_1000,
            'P' => 0b111_0011,
            'H' => 0b111_0110,
            'n' => 0b101_0100,
            'A' => 0b111_0111,
            'C' => 0b011_1001,
            'F' => 0b111_0001,
            't' => 0b111_1000,
            'U' => 0b011_1110,
            _ => 0,
        }
    }
}

/// Where a sign stands: its upper left corner before slanting, and its height.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub left: f32,
    pub top: f32,
    pub height: f32,
}

/// Draws one sign; `off` is what segments that are not driven still show.
pub(super) fn draw(sheet: &mut Sheet, look: &Look, sign: char, at: Place, on: Ink, off: Ink) {
    match look.form {
        Form::Dots => dots(sheet, look, sign, at, on, off),
        Form::Print => print(sheet, look, sign, at, on),
        Form::Mitred | Form::Pointed | Form::Bars | Form::Round => {
            let driven = look.segments(sign);
            for (index, share) in look.driven.into_iter().enumerate() {
                let ink = if driven >> index & 1 == 1 {
                    on.faded(share)
                } else {
                    off
                };
                if ink.cover > 0.005 {
                    segment(sheet, look, index, at, ink);
                }
            }
        }
    }
}

/// The point between two signs; `right` is the left edge of the sign that follows.
pub(super) fn point(sheet: &mut Sheet, look: &Look, middle: f32, at: Place, ink: Ink) {
    let edge = look.point_edge * at.height;
    let foot = at.top + at.height;
    let lean = |x: f32, y: f32| (x + (foot - y) * look.slant, y);
    if look.has_round_point {
        sheet.disc(lean(middle, foot - edge / 2.0), edge * 0.55, ink);
    } else {
        let (left, right) = (middle - edge / 2.0, middle + edge / 2.0);
        let corners = [
            lean(left, foot - edge),
            lean(right, foot - edge),
            lean(right, foot),
            lean(left, foot),
        ];
        sheet.convex(&corners, ink);
    }
}

fn segment(sheet: &mut Sheet, look: &Look, index: usize, at: Place, ink: Ink) {
    let (width, height) = (look.width * at.height, at.height);
    let (upright, level) = (look.thick.0 * height, look.thick.1 * height);
    let gap = look.gap * height;
    let middle = height / 2.0;
    let lean = |(x, y): Spot| (at.left + x + (height - y) * look.slant, at.top + y);
    let is_level = matches!(index, 0 | 3 | 6);
    let is_left = matches!(index, 4 | 5);
    let is_lower = matches!(index, 2..=4);
    if look.form == Form::Mitred && index != 6 {
        // Drawn for the top and the upper right; the others are their mirror images.
        let shape = if is_level {
            [
                (gap, 0.0),
                (width - gap, 0.0),
                (width - upright - gap, level),
                (upright + gap, level),
            ]
        } else {
            [
                (width, gap),
                (width, middle - gap),
                (width - upright, middle - level / 2.0 - gap),
                (width - upright, level + gap),
            ]
        };
        let mirrored = shape.map(|(x, y)| {
            (
                if is_left { width - x } else { x },
                if is_lower { height - y } else { y },
            )
        });
        sheet.convex(&mirrored.map(lean), ink);
        return;
    }
    let across = if is_left {
        upright / 2.0
    } else {
        width - upright / 2.0
    };
    let (from, to, thick) = match index {
        0 => (
            (upright / 2.0, level / 2.0),
            (width - upright / 2.0, level / 2.0),
            level,
        ),
        3 => (
            (upright / 2.0, height - level / 2.0),
            (width - upright / 2.0, height - level / 2.0),
            level,
        ),
        6 => (
            (upright / 2.0, middle),
            (width - upright / 2.0, middle),
            level,
        ),
        _ if is_lower => ((across, middle), (across, height - level / 2.0), upright),
        _ => ((across, level / 2.0), (across, middle), upright),
    };
    let (long, half) = ((to.0 - from.0) + (to.1 - from.1), thick / 2.0);
    // Points along and across the segment, turned into its direction.
    let turn = |along: f32, off: f32| {
        if is_level {
            lean((from.0 + along, from.1 + off))
        } else {
            lean((from.0 + off, from.1 + along))
        }
    };
    let shape: Vec<Spot> = match look.form {
        Form::Bars => {
            // Upright bars stop short of the level ones.
            let cut = if is_level { -half + gap } else { half + gap };
            vec![
                turn(cut, -half),
                turn(long - cut, -half),
                turn(long - cut, half),
                turn(cut, half),
            ]
        }
        Form::Round => (0..16)
            .map(|step| {
                let (sin, cos) = (step as f32 * std::f32::consts::TAU / 16.0).sin_cos();
                let end = if cos > 0.0 {
                    long - gap - half * 0.6
                } else {
                    gap + half * 0.6
                };
                turn(end + cos * half, sin * half)
            })
            .collect(),
        Form::Mitred | Form::Pointed | Form::Dots | Form::Print => vec![
            turn(gap, 0.0),
            turn(gap + half, -half),
            turn(long - gap - half, -half),
            turn(long - gap, 0.0),
            turn(long - gap - half, half),
            turn(gap + half, half),
        ],
    };
    sheet.convex(&shape, ink);
}

/// Rows of five dots from the top, the left dot in the highest of five bits.
fn pattern(sign: char) -> [u8; 7] {
    match sign {
        '0' => [14, 17, 19, 21, 25, 17, 14],
        'O' => [14, 17, 17, 17, 17, 17, 14],
        '1' => [4, 12, 4, 4, 4, 4, 14],
        '2' => [14, 17, 1, 2, 4, 8, 31],
        '3' => [31, 2, 4, 2, 1, 17, 14],
        '4' => [2, 6, 10, 18, 31, 2, 2],
        '5' => [31, 16, 30, 1, 1, 17, 14],
        '6' => [6, 8, 16, 30, 17, 17, 14],
        '7' => [31, 1, 2, 4, 8, 8, 8],
        '8' => [14, 17, 17, 14, 17, 17, 14],
        '9' => [14, 17, 17, 15, 1, 2, 12],
        '-' => [0, 0, 0, 31, 0, 0, 0],
        'E' => [31, 16, 16, 30, 16, 16, 31],
        'r' => [0, 0, 22, 25, 16, 16, 16],
        'k' => [16, 16, 18, 20, 24, 20, 18],
        'W' => [17, 17, 17, 21, 21, 21, 10],
        'h' => [16, 16, 22, 25, 17, 17, 17],
        'L' => [16, 16, 16, 16, 16, 16, 31],
        _ => [0; 7],
    }
}

fn dots(sheet: &mut Sheet, look: &Look, sign: char, at: Place, on: Ink, off: Ink) {
    let mut rows = pattern(sign);
    if sign == '0' && look.has_round_point {
        rows = pattern('O');
    }
    let (across, down) = (look.width * at.height / 5.0, at.height / 7.0);
    // The gap of a dot is a larger share than that of a segment.
    let inset = (look.gap * 4.0).min(0.16);
    for (line, row) in rows.into_iter().enumerate() {
        for column in 0..5_usize {
            let ink = if row >> (4 - column) & 1 == 1 {
                on
            } else {
                off
            };
            if ink.cover <= 0.005 {
                continue;
            }
            let (x, y) = (
                at.left + column as f32 * across,
                at.top + line as f32 * down,
            );
            if look.has_round_point && look.corners_cut == 0 {
                let radius = across.min(down) * (0.58 - inset);
                sheet.disc((x + across / 2.0, y + down / 2.0), radius, ink);
            } else {
                let from = (x + across * inset, y + down * inset);
                let to = (x + across * (1.0 - inset), y + down * (1.0 - inset));
                sheet.rect(from, to, ink);
            }
        }
    }
}

fn print(sheet: &mut Sheet, look: &Look, sign: char, at: Place, ink: Ink) {
    let unit = (look.width * at.height / 6.0, at.height / 9.0);
    let pen = look.thick.0 * at.height;
    for path in font::paths(sign) {
        let mut points: Vec<Spot> = path
            .iter()
            .map(|&(x, y)| {
                let down = y * unit.1 * (1.0 - look.thick.0) + pen / 2.0;
                (
                    at.left + x * unit.0 + (at.height - down) * look.slant,
                    at.top + down,
                )
            })
            .collect();
        for _ in 0..look.corners_cut {
            points = rounder(&points);
        }
        sheet.path(&points, pen, ink);
    }
}

/// Cuts every inner corner of a path (Chaikin's scheme), which makes it rounder.
fn rounder(points: &[Spot]) -> Vec<Spot> {
    let (Some(&first), Some(&last)) = (points.first(), points.last()) else {
        return Vec::new();
    };
    let is_closed = first == last && points.len() > 2;
    let mut cut = Vec::with_capacity(points.len() * 2);
    if !is_closed {
        cut.push(first);
    }
    for (&(x0, y0), &(x1, y1)) in points.iter().zip(points.iter().skip(1)) {
        cut.push((x0 * 0.75 + x1 * 0.25, y0 * 0.75 + y1 * 0.25));
        cut.push((x0 * 0.25 + x1 * 0.75, y0 * 0.25 + y1 * 0.75));
    }
    if is_closed {
        cut.extend(cut.first().copied());
    } else {
        cut.push(last);
    }
    cut
}

/// A line of small print; returns its width.
pub(super) fn legend(sheet: &mut Sheet, text: &str, at: Place, pen: f32, ink: Ink) -> f32 {
    let unit = at.height / 9.0;
    for (index, letter) in text.chars().enumerate() {
        let left = at.left + index as f32 * 7.6 * unit;
        for path in font::paths(letter) {
            let points: Vec<Spot> = path
                .iter()
                .map(|&(x, y)| (left + x * unit, at.top + y * unit))
                .collect();
            sheet.path(&points, pen * at.height, ink);
        }
    }
    text.chars().count() as f32 * 7.6 * unit
}

/// Something that looks like a Chinese character from afar: a box of strokes that means nothing.
pub(super) fn ideograph(sheet: &mut Sheet, at: Place, ink: Ink, random: &mut Random) {
    let pen = at.height * random.between(0.06, 0.11);
    let spot = |x: f32, y: f32| (at.left + x * at.height * 0.92, at.top + y * at.height);
    for _ in 0..random.below(3) + 2 {
        let y = random.below(6) as f32 / 5.0;
        let from = random.between(0.0, 0.35);
        sheet.path(
            &[spot(from, y), spot(random.between(0.6, 1.0), y)],
            pen,
            ink,
        );
    }
    for _ in 0..random.below(3) + 1 {
        let x = random.below(5) as f32 / 4.0;
        let from = random.between(0.0, 0.4);
        sheet.path(
            &[spot(x, from), spot(x, random.between(0.6, 1.0))],
            pen,
            ink,
        );
    }
    if random.chance(60) {
        let x = random.between(0.3, 0.7);
        sheet.path(&[spot(x, 0.4), spot(x - 0.35, 1.0)], pen, ink);
        sheet.path(&[spot(x, 0.4), spot(x + 0.35, 1.0)], pen, ink);
    }
}
