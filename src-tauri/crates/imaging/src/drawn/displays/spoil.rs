//! What light, lens, sensor and file do to a picture of a display.

use crate::canvas::Spot;
use crate::decode::decode_grey;
use crate::drawn::displays::sheet::{Ink, Sheet};
use crate::drawn::random::Random;
use crate::encode::encode_jpeg;
use crate::error::ImagingError;
use crate::picture::{Layout, Picture, PictureGrey};

/// What is to be photographed: height of the signs in pixels, and how far their level is from the glass.
#[derive(Debug, Clone, Copy)]
pub(super) struct Subject {
    pub row_px: f32,
    pub contrast: f32,
}

/// Takes the picture. `grade` from 0 (studio) to 1 (night, rain, cracked glass).
pub(super) fn take(
    mut sheet: Sheet,
    grade: f32,
    subject: Subject,
    random: &mut Random,
) -> Result<PictureGrey, ImagingError> {
    let Subject { row_px, contrast } = subject;
    // Noise stronger than the signs leaves nothing to be read.
    let most_noise = contrast * 0.4;
    let may = |random: &mut Random, share: f32| random.between(0.0, 1.0) < share * grade;
    let span = sheet.width.max(sheet.height) as f32;
    if random.chance(60) {
        uneven(&mut sheet, grade, random);
    }
    if may(random, 0.3) {
        stains(&mut sheet, random);
    }
    if may(random, 0.45) {
        for _ in 0..random.below(4) + 1 {
            scratch(&mut sheet, row_px, random);
        }
    }
    if may(random, 0.6) {
        glare(&mut sheet, row_px, random);
    }
    if may(random, 0.08) {
        moire(&mut sheet, random);
    }
    if random.chance(8) {
        bloom(&mut sheet, row_px, random);
    }
    // A blur of a tenth of a digit is soft, of a fifth hard to read.
    let reach = row_px * (random.between(0.0, 0.055) + random.between(0.0, 0.075) * grade * grade);
    if random.chance(75) {
        blur(&mut sheet, reach.min(span * 0.02));
    }
    if may(random, 0.25) {
        let long = row_px * random.between(0.05, 0.3) * grade;
        shake(&mut sheet, long, random.between(0.0, std::f32::consts::PI));
    }
    if may(random, 0.5) {
        let noise = random.between(1.0, 4.0);
        grain(&mut sheet, noise.min(most_noise), random);
        blur(&mut sheet, 0.6);
    }
    if random.chance(30) {
        sharpen(
            &mut sheet,
            random.between(0.8, 2.2),
            random.between(0.3, 1.6),
        );
    }
    let gain = tone(&mut sheet, grade, random);
    if random.chance(75) {
        let noise = random.between(0.3, 3.0) + random.between(0.0, 9.0) * grade * grade;
        grain(&mut sheet, noise.min(most_noise * gain), random);
    }
    let bytes = sheet
        .levels
        .iter()
        .map(|level| level.clamp(0.0, 255.0).round() as u8)
        .collect();
    if random.chance(40) {
        return PictureGrey::new(sheet.width, sheet.height, bytes);
    }
    let picture = Picture::new(sheet.width as u32, sheet.height as u32, Layout::Grey, bytes)?;
    let least = 85.0 - 65.0 * grade;
    decode_grey(&encode_jpeg(&picture, random.between(least, 96.0) as u8)?)
}

/// Light that falls off across the picture, darker corners, a shadow's edge.
fn uneven(sheet: &mut Sheet, grade: f32, random: &mut Random) {
    let (width, height) = (sheet.width as f32, sheet.height as f32);
    let steep = 0.25 + 0.6 * grade;
    let (right, down) = (random.between(-steep, steep), random.between(-steep, steep));
    let corners = random.between(0.0, 0.4) * grade;
    let has_shadow = random.between(0.0, 1.0) < 0.3 * grade;
    let (sin, cos) = random.between(0.0, std::f32::consts::TAU).sin_cos();
    let (place, soft) = (random.between(-0.4, 0.4), random.between(3.0, 60.0));
    let depth = if has_shadow {
        random.between(0.15, 0.65)
    } else {
        0.0
    };
    for (line, row) in sheet
        .levels
        .chunks_exact_mut(sheet.width.max(1))
        .enumerate()
    {
        let y = line as f32 / height - 0.5;
        for (column, level) in row.iter_mut().enumerate() {
            let x = column as f32 / width - 0.5;
            let mut gain = 1.0 + right * x + down * y - corners * 2.0 * (x * x + y * y);
            gain *= 1.0 - depth * (((x * cos + y * sin) - place) * soft).clamp(0.0, 1.0);
            *level *= gain;
        }
    }
}

/// Slow dark and light patches: dirt, condensation, a scratched cover.
fn stains(sheet: &mut Sheet, random: &mut Random) {
    let (columns, lines) = (random.below(10) + 4, random.below(6) + 3);
    let deep = random.between(0.05, 0.35);
    let knots: Vec<f32> = (0..columns * lines)
        .map(|_| random.between(-deep, deep))
        .collect();
    let knot = |column: usize, line: usize| {
        let place = line.min(lines - 1) * columns + column.min(columns - 1);
        knots.get(place).copied().unwrap_or(0.0)
    };
    let (width, height) = (sheet.width as f32, sheet.height as f32);
    for (line, row) in sheet
        .levels
        .chunks_exact_mut(sheet.width.max(1))
        .enumerate()
    {
        let v = line as f32 / height * (lines - 1) as f32;
        let (at_line, down) = (v as usize, v.fract());
        for (column, level) in row.iter_mut().enumerate() {
            let u = column as f32 / width * (columns - 1) as f32;
            let (at_column, right) = (u as usize, u.fract());
            let upper =
                knot(at_column, at_line) * (1.0 - right) + knot(at_column + 1, at_line) * right;
            let lower = knot(at_column, at_line + 1) * (1.0 - right)
                + knot(at_column + 1, at_line + 1) * right;
            *level *= 1.0 + upper * (1.0 - down) + lower * down;
        }
    }
}

fn anywhere(sheet: &Sheet, random: &mut Random) -> Spot {
    (
        random.between(0.0, sheet.width as f32),
        random.between(0.0, sheet.height as f32),
    )
}

/// A scratch, a crack's edge or a speck.
fn scratch(sheet: &mut Sheet, row_px: f32, random: &mut Random) {
    let ink = Ink {
        level: random.pick(&[0.0, 255.0, 255.0, 200.0], 255.0),
        cover: random.between(0.1, 0.6),
    };
    let (x, y) = anywhere(sheet, random);
    let (sin, cos) = random.between(0.0, std::f32::consts::TAU).sin_cos();
    let long = row_px * random.between(0.05, 4.0);
    let half = row_px * random.between(0.008, 0.04);
    let (dx, dy) = (cos * long / 2.0, sin * long / 2.0);
    let (nx, ny) = (-sin * half, cos * half);
    sheet.fill(
        &[
            (x - dx + nx, y - dy + ny),
            (x + dx + nx, y + dy + ny),
            (x + dx - nx, y + dy - ny),
            (x - dx - nx, y - dy - ny),
        ],
        ink,
    );
}

/// Reflections: lamps, bands of sky, a window with its bars.
fn glare(sheet: &mut Sheet, row_px: f32, random: &mut Random) {
    for _ in 0..random.below(2) + 1 {
        let (x, y) = anywhere(sheet, random);
        let strong = random.between(20.0, 150.0);
        let (sin, cos) = random.between(0.0, std::f32::consts::PI).sin_cos();
        let wide = row_px * random.between(0.15, 1.6);
        let kind = random.below(3);
        let long = if kind == 0 {
            wide * random.between(1.0, 2.5)
        } else {
            row_px * random.between(2.0, 9.0)
        };
        let edge = random.between(1.0, 9.0);
        for (line, row) in sheet
            .levels
            .chunks_exact_mut(sheet.width.max(1))
            .enumerate()
        {
            let down = line as f32 - y;
            for (column, level) in row.iter_mut().enumerate() {
                let right = column as f32 - x;
                let along = (right * cos + down * sin) / long;
                let across = (down * cos - right * sin) / wide;
                let share = match kind {
                    0 | 1 => (-(along * along + across * across)).exp(),
                    _ => {
                        let inside = (1.0 - along.abs()).min(1.0 - across.abs()) * edge;
                        inside.clamp(0.0, 1.0)
                    }
                };
                // A reflection veils: it adds light and takes no shade away.
                *level += strong * share;
            }
        }
    }
}

fn moire(sheet: &mut Sheet, random: &mut Random) {
    let (sin, cos) = random.between(0.0, std::f32::consts::TAU).sin_cos();
    let pace = std::f32::consts::TAU / random.between(2.2, 9.0);
    let deep = random.between(2.0, 14.0);
    for (line, row) in sheet
        .levels
        .chunks_exact_mut(sheet.width.max(1))
        .enumerate()
    {
        for (column, level) in row.iter_mut().enumerate() {
            *level += deep * ((column as f32 * cos + line as f32 * sin) * pace).sin();
        }
    }
}

/// Light that spills over its edges, as lit signs do in the dark.
fn bloom(sheet: &mut Sheet, row_px: f32, random: &mut Random) {
    let mut spilt = sheet.clone();
    blur(&mut spilt, row_px * random.between(0.08, 0.3));
    let share = random.between(0.2, 0.9);
    for (level, spilt) in sheet.levels.iter_mut().zip(&spilt.levels) {
        *level += share * spilt;
    }
}

/// A soft lens; `reach` is the standard deviation in pixels.
pub(super) fn blur(sheet: &mut Sheet, reach: f32) {
    if reach < 0.25 {
        return;
    }
    // Three boxes are near enough to a bell; their fractional width makes small blurs differ.
    let radius = ((4.0 * reach * reach + 1.0).sqrt() - 1.0) / 2.0;
    for _ in 0..3 {
        let width = sheet.width;
        for row in sheet.levels.chunks_exact_mut(width.max(1)) {
            let source = row.to_vec();
            boxed(&source, row.iter_mut(), radius);
        }
        for column in 0..width {
            let source: Vec<f32> = sheet
                .levels
                .iter()
                .skip(column)
                .step_by(width.max(1))
                .copied()
                .collect();
            boxed(
                &source,
                sheet.levels.iter_mut().skip(column).step_by(width.max(1)),
                radius,
            );
        }
    }
}

/// Means over `radius` either way, the ends reaching outwards.
fn boxed<'a>(source: &[f32], out: impl Iterator<Item = &'a mut f32>, radius: f32) {
    let whole = radius as usize;
    let part = radius - whole as f32;
    let last = source.len().saturating_sub(1);
    let at = |place: isize| {
        let place = place.clamp(0, last as isize) as usize;
        source.get(place).copied().unwrap_or(0.0)
    };
    let reach = whole as isize;
    let mut sum: f32 = (-reach..=reach).map(at).sum();
    let weight = 1.0 / (2.0 * radius + 1.0);
    for (place, out) in out.enumerate() {
        let place = place as isize;
        let ends = at(place - reach - 1) + at(place + reach + 1);
        *out = (sum + part * ends) * weight;
        sum += at(place + reach + 1) - at(place - reach);
    }
}

/// A hand that moves while the shutter is open.
fn shake(sheet: &mut Sheet, long: f32, way: f32) {
    let steps = long.ceil() as usize;
    if steps < 2 {
        return;
    }
    let (sin, cos) = way.sin_cos();
    let source = sheet.levels.clone();
    let (width, height) = (sheet.width as isize, sheet.height as isize);
    let shifts: Vec<(isize, isize)> = (0..steps)
        .map(|step| {
            let along = (step as f32 / (steps - 1) as f32 - 0.5) * long;
            (
                (along * cos).round() as isize,
                (along * sin).round() as isize,
            )
        })
        .collect();
    for (line, row) in sheet
        .levels
        .chunks_exact_mut(sheet.width.max(1))
        .enumerate()
    {
        for (column, level) in row.iter_mut().enumerate() {
            let sum: f32 = shifts
                .iter()
                .map(|&(right, down)| {
                    let x = (column as isize + right).clamp(0, width - 1);
                    let y = (line as isize + down).clamp(0, height - 1);
                    source.get((y * width + x) as usize).copied().unwrap_or(0.0)
                })
                .sum();
            *level = sum / steps as f32;
        }
    }
}

/// What a camera does to look sharp: edges gain, and get a halo.
fn sharpen(sheet: &mut Sheet, reach: f32, gain: f32) {
    let mut soft = sheet.clone();
    blur(&mut soft, reach);
    for (level, soft) in sheet.levels.iter_mut().zip(&soft.levels) {
        *level += (*level - soft) * gain;
    }
}

/// Exposure as a camera chooses it, and its curve; returns how much stronger differences became.
fn tone(sheet: &mut Sheet, grade: f32, random: &mut Random) -> f32 {
    let mean = sheet.levels.iter().sum::<f32>() / sheet.levels.len().max(1) as f32;
    let wanted = 125.0 + random.between(-85.0, 60.0) * grade;
    let exposure = (wanted / mean.max(4.0)).clamp(0.35, 2.5);
    let gamma = random.between(-0.5, 0.5).exp();
    let lift = random.between(0.0, 30.0) * grade;
    for level in &mut sheet.levels {
        let share = (*level * exposure / 255.0).clamp(0.0, 1.0);
        *level = lift + share.powf(gamma) * (255.0 - lift);
    }
    exposure
}

fn grain(sheet: &mut Sheet, deviation: f32, random: &mut Random) {
    for levels in sheet.levels.chunks_mut(4) {
        // Four sums of two 8-bit numbers from one draw: a triangle, near enough to a bell. Its deviation is 104.5.
        let bytes = random.next().to_le_bytes();
        for (level, pair) in levels.iter_mut().zip(bytes.as_chunks::<2>().0) {
            let sum = f32::from(pair[0]) + f32::from(pair[1]) - 255.0;
            *level += sum * (deviation / 104.5);
        }
    }
}
