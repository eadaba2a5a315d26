//! From light to a grey file: defocus, a moving hand, photon noise, sharpening, JPEG.

use crate::decode::decode_grey;
use crate::drawn::labels::sheet::grey;
use crate::drawn::random::Random;
use crate::encode::encode_jpeg;
use crate::error::ImagingError;
use crate::picture::{Layout, Picture, PictureGrey};

/// What camera and hand do to the picture.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sensor {
    /// Radius of the disc a point becomes, in pixels.
    pub defocus_px: f32,
    /// Way of the picture while the shutter was open: length in pixels and direction in radians.
    pub motion: (f32, f32),
    /// Photons counted where paper lies in full light.
    pub photons: f32,
    /// Light of that paper, so that a dark picture may still be a good one.
    pub white: f32,
    /// Strength of the edges the camera's software adds.
    pub sharpening: f32,
    pub jpeg_quality: u8,
}

/// Electrons a pixel is wrong by in the dark.
const READ_NOISE: f32 = 3.0;

/// Makes the picture of what light came in, row by row.
///
/// **Errors**: as [`encode_jpeg`] and [`decode_grey`], which no picture of these sizes meets.
pub(super) fn develop(
    light: Vec<f32>,
    (width, height): (usize, usize),
    sensor: &Sensor,
    random: &mut Random,
) -> Result<PictureGrey, ImagingError> {
    let mut light = blurred(light, width, height, &kernel(sensor));
    grain(&mut light, sensor, random);
    let table: Vec<u8> = (0..=TONES)
        .map(|tone| (grey(tone as f32 / TONES as f32) * 255.0 + 0.5) as u8)
        .collect();
    let toned = light.iter().map(|light| {
        let tone = (light.clamp(0.0, 1.0) * TONES as f32) as usize;
        table.get(tone).copied().unwrap_or(255)
    });
    let bytes = sharpened(toned.collect(), width, sensor.sharpening);
    let picture = Picture::new(width as u32, height as u32, Layout::Grey, bytes)?;
    decode_grey(&encode_jpeg(&picture, sensor.jpeg_quality)?)
}

/// Steps of the table from light to grey; enough for the darkest grey values to stay apart.
const TONES: usize = 8191;

/// One tap of a blur: pixels to the right, pixels down, share.
type Tap = (i32, i32, f32);

/// A disc drawn along a straight way.
fn kernel(sensor: &Sensor) -> Vec<Tap> {
    const POINTS: i32 = 12;
    let (radius, (length, turn)) = (sensor.defocus_px, sensor.motion);
    let reach = (radius + length / 2.0).ceil() as i32 + 1;
    let edge = (2 * reach + 1) as usize;
    let mut sums = vec![0.0_f32; edge * edge];
    let mut splat = |x: f32, y: f32| {
        let (left, top) = (x.floor(), y.floor());
        let (right, down) = (x - left, y - top);
        for (dx, dy, share) in [
            (0, 0, (1.0 - right) * (1.0 - down)),
            (1, 0, right * (1.0 - down)),
            (0, 1, (1.0 - right) * down),
            (1, 1, right * down),
        ] {
            let column = left as i32 + dx + reach;
            let line = top as i32 + dy + reach;
            let at = line.max(0) as usize * edge + column.max(0) as usize;
            if let Some(sum) = sums.get_mut(at) {
                *sum += share;
            }
        }
    };
    for (row, column, step) in (-POINTS..=POINTS).flat_map(|row| {
        (-POINTS..=POINTS).flat_map(move |column| (-4..=4).map(move |step| (row, column, step)))
    }) {
        if row * row + column * column <= POINTS * POINTS {
            let along = length * step as f32 / 8.0;
            let scale = radius / POINTS as f32;
            splat(
                column as f32 * scale + along * turn.cos(),
                row as f32 * scale + along * turn.sin(),
            );
        }
    }
    let total: f32 = sums.iter().sum();
    let taps = sums.iter().enumerate().map(|(at, sum)| {
        let (line, column) = ((at / edge) as i32, (at % edge) as i32);
        (column - reach, line - reach, sum / total)
    });
    // What is left out here darkens the picture by less than a grey step.
    taps.filter(|tap| tap.2 > 0.0008).collect()
}

fn blurred(light: Vec<f32>, width: usize, height: usize, taps: &[Tap]) -> Vec<f32> {
    let mut out = vec![0.0; light.len()];
    for (line, out) in out.chunks_exact_mut(width).enumerate() {
        for &(right, down, share) in taps {
            let source = (line as i32 + down).clamp(0, height as i32 - 1) as usize;
            let row = light
                .get(source * width..(source + 1) * width)
                .unwrap_or(&[]);
            // The edge pixel goes on outwards.
            let skip = right.unsigned_abs() as usize;
            let (first, last) = (
                row.first().copied().unwrap_or(0.0),
                row.last().copied().unwrap_or(0.0),
            );
            let rest = width.saturating_sub(skip);
            let (from, out, edge, beyond) = if right >= 0 {
                let (inner, outer) = out.split_at_mut(rest);
                (row.get(skip..), inner, outer, last)
            } else {
                let (outer, inner) = out.split_at_mut(skip.min(width));
                (row.get(..rest), inner, outer, first)
            };
            for (out, value) in out.iter_mut().zip(from.unwrap_or(&[])) {
                *out += share * value;
            }
            for out in edge {
                *out += share * beyond;
            }
        }
    }
    out
}

/// Photon noise: a bell is near enough to the true law from some ten photons on.
fn grain(light: &mut [f32], sensor: &Sensor, random: &mut Random) {
    const BELL: usize = 1 << 14;
    let bell: Vec<f32> = (0..BELL)
        .map(|_| {
            let sum: u32 = random
                .next()
                .to_le_bytes()
                .iter()
                .map(|&byte| u32::from(byte))
                .sum();
            // Eight even bytes: mean 1020, standard deviation 209.
            (sum as f32 - 1020.0) / 209.0
        })
        .collect();
    let unit = sensor.photons / sensor.white;
    for pixels in light.chunks_mut(4) {
        let mut bits = random.next();
        for pixel in pixels {
            let counted = (*pixel * unit).max(0.0);
            let step = bell.get(bits as usize % BELL).copied().unwrap_or(0.0);
            *pixel += step * (counted + READ_NOISE * READ_NOISE).sqrt() / unit;
            bits >>= 16;
        }
    }
}

/// Each pixel moved away from the mean of its four neighbours.
fn sharpened(bytes: Vec<u8>, width: usize, strength: f32) -> Vec<u8> {
    let gain = (strength * 64.0) as i32;
    if gain == 0 {
        return bytes;
    }
    let mut out = bytes.clone();
    let rows = bytes.windows(2 * width + 1).zip(out.iter_mut().skip(width));
    for (around, out) in rows {
        let (Some(&up), Some(&[left, here, right]), Some(&down)) = (
            around.first(),
            around.get(width - 1..width + 2),
            around.last(),
        ) else {
            continue;
        };
        let mean = i32::from(up) + i32::from(left) + i32::from(right) + i32::from(down);
        let edge = 4 * i32::from(here) - mean;
        *out = (i32::from(here) + edge * gain / 256).clamp(0, 255) as u8;
    }
    out
}
