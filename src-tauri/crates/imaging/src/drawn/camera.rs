//! A hand-held camera: where it stands, what light there is, what its lens and sensor add.

use crate::canvas::{Canvas, Colour, Spot, mix};
use crate::drawn::random::Random;
use crate::drawn::{PHOTO_HEIGHT_PX, PHOTO_WIDTH_PX};
use crate::encode::encode_jpeg;
use crate::error::ImagingError;
use crate::picture::{Layout, Picture};

const WIDTH: usize = PHOTO_WIDTH_PX as usize;
const HEIGHT: usize = PHOTO_HEIGHT_PX as usize;

/// Pixels to a radian: the view of a phone's main camera.
const FOCAL_PX: f32 = 1500.0;

/// How a photograph is taken.
#[derive(Debug, Clone)]
pub(super) struct Shot {
    /// Where on the canvas the camera points.
    pub aim: Spot,
    /// Photograph's pixels to one of the canvas, at the aim.
    pub scale: f32,
    /// **Units**: radians, clockwise.
    pub roll: f32,
    /// **Units**: radians about the level and the upright axis.
    pub tilt: (f32, f32),
    /// Soft passes of the lens: each adds half a square pixel of variance.
    pub blur: usize,
    /// **Units**: standard deviation in grey levels.
    pub noise: f32,
    pub light: Light,
    pub jpeg_quality: u8,
}

/// What light falls on the scene.
#[derive(Debug, Clone)]
pub(super) struct Light {
    /// Brightness of the middle, 1.0 = as drawn.
    pub level: f32,
    /// Change of brightness across the picture, to the right and downwards.
    pub slope: (f32, f32),
    /// How much darker the corners are.
    pub vignette: f32,
    /// A shadow's edge: direction, place and how dark it is.
    pub shadow: Option<(f32, f32, f32)>,
    /// A reflection: middle and radius as shares of the width, strength in grey levels.
    pub glare: Option<(Spot, f32, f32)>,
    /// Gain of red and blue.
    pub tint: (f32, f32),
}

impl Light {
    /// Brightness at a place of the picture (0..1 each way) and what a reflection adds.
    fn at(&self, x: f32, y: f32) -> (f32, f32) {
        let (right, down) = (x - 0.5, (y - 0.5) * 0.75);
        let mut level = self.level * (1.0 + self.slope.0 * right + self.slope.1 * down);
        level *= 1.0 - self.vignette * (right * right + down * down) * 2.0;
        if let Some((direction, place, depth)) = self.shadow {
            let across = right * direction.cos() + down * direction.sin() - place;
            level *= 1.0 - depth * (across * 14.0).clamp(0.0, 1.0);
        }
        let added = self.glare.map_or(0.0, |((at_x, at_y), radius, strength)| {
            let far = (x - at_x).hypot((y - at_y) * 0.75) / radius;
            strength * (-far * far).exp()
        });
        (level.max(0.02), added)
    }
}

impl Shot {
    /// Takes the photograph.
    pub fn take(&self, scene: &Canvas, random: &mut Random) -> Result<Vec<u8>, ImagingError> {
        let mut pixels = self.expose(scene);
        for pass in 0..self.blur {
            // Later passes reach further, so that a few are enough for a strong blur.
            soften(&mut pixels, 1 + pass / 2);
        }
        grain(&mut pixels, self.noise, random);
        let picture = Picture::new(PHOTO_WIDTH_PX, PHOTO_HEIGHT_PX, Layout::Rgb, pixels)?;
        encode_jpeg(&picture, self.jpeg_quality)
    }

    /// The map from the photograph to the canvas: the inverse of turning, tilting and projecting.
    fn view(&self) -> [f32; 9] {
        let (sin_r, cos_r) = self.roll.sin_cos();
        let (sin_x, cos_x) = self.tilt.0.sin_cos();
        let (sin_y, cos_y) = self.tilt.1.sin_cos();
        let size = self.scale;
        // Columns: where the canvas's right and down directions point in the camera's space.
        let right = (
            cos_r * cos_y,
            sin_r * cos_x + cos_r * sin_y * sin_x,
            sin_r * sin_x - cos_r * sin_y * cos_x,
        );
        let down = (
            -sin_r * cos_y,
            cos_r * cos_x - sin_r * sin_y * sin_x,
            cos_r * sin_x + sin_r * sin_y * cos_x,
        );
        let (a, b, c) = (right.0 * size, down.0 * size, 0.0);
        let (d, e, f) = (right.1 * size, down.1 * size, 0.0);
        let (g, h, i) = (right.2 * size / FOCAL_PX, down.2 * size / FOCAL_PX, 1.0_f32);
        // Adjugate: a homography is known up to a factor, so the determinant may be left out.
        [
            e * i - f * h,
            c * h - b * i,
            b * f - c * e,
            f * g - d * i,
            a * i - c * g,
            c * d - a * f,
            d * h - e * g,
            b * g - a * h,
            a * e - b * d,
        ]
    }

    fn expose(&self, scene: &Canvas) -> Vec<u8> {
        let view = self.view();
        let tint = [self.light.tint.0, 1.0, self.light.tint.1];
        let mut pixels = vec![0; WIDTH * HEIGHT * 3];
        let strips = pixels.chunks_exact_mut(STRIP * 3).enumerate();
        for (index, strip) in strips {
            let (line, column) = (index / STRIPS, index % STRIPS * STRIP);
            // Place, light and reflection at both ends of the strip; between them everything is taken as straight.
            let [from, to] = [column, column + STRIP].map(|column| {
                let (u, v) = project(&view, self.aim, column, line);
                let (gain, added) = self
                    .light
                    .at(column as f32 / WIDTH as f32, line as f32 / HEIGHT as f32);
                [u, v, gain, added].map(fixed)
            });
            let mut step = to;
            for (end, start) in step.iter_mut().zip(from) {
                *end = (*end - start) / STRIP as i32;
            }
            let tint = tint.map(|tint| fixed(tint) >> 6);
            let mut at = from;
            for pixel in strip.as_chunks_mut::<3>().0 {
                let [u, v, gain, added] = at;
                let [_, red, green, blue] = look(scene, u, v).to_be_bytes();
                for ((out, value), tint) in pixel.iter_mut().zip([red, green, blue]).zip(tint) {
                    let lit = ((i32::from(value) * (gain >> 6)) >> 10) * tint;
                    *out = ((lit >> 10) + (added >> 16)).clamp(0, 255) as u8;
                }
                for (value, step) in at.iter_mut().zip(step) {
                    *value += step;
                }
            }
        }
        pixels
    }
}

/// Length of the pieces of a line over which place and light change evenly: perspective bends a line by less than a
/// twentieth of a pixel over so few. Divides the width.
const STRIP: usize = 32;
const STRIPS: usize = WIDTH / STRIP;

/// Sixteen bits before and after the point.
fn fixed(value: f32) -> i32 {
    (value * 65_536.0) as i32
}

/// Where on the canvas a pixel of the photograph looks.
fn project(view: &[f32; 9], aim: Spot, column: usize, line: usize) -> Spot {
    let [a, b, c, d, e, f, g, h, i] = *view;
    let x = column as f32 - WIDTH as f32 / 2.0;
    let y = line as f32 - HEIGHT as f32 / 2.0;
    let depth = 1.0 / (g * x + h * y + i);
    // Far off the canvas there is nothing to see, and the numbers must stay below 32,768.
    let bounded = |value: f32| value.clamp(-4000.0, 12_000.0);
    (
        bounded((a * x + b * y + c) * depth + aim.0 - 0.5),
        bounded((d * x + e * y + f) * depth + aim.1 - 0.5),
    )
}

/// The canvas between its pixels; outside it the edge goes on.
fn look(scene: &Canvas, u: i32, v: i32) -> Colour {
    let edge = |size: usize| ((size as i32 - 1) << 16) - 1;
    let (u, v) = (
        u.clamp(0, edge(scene.width())),
        v.clamp(0, edge(scene.height())),
    );
    let (column, line) = ((u >> 16) as usize, (v >> 16) as usize);
    let (right, down) = ((u >> 8 & 255) as u32, (v >> 8 & 255) as u32);
    let (upper, lower) = (scene.pair(column, line), scene.pair(column, line + 1));
    mix(
        mix(upper.0, upper.1, right),
        mix(lower.0, lower.1, right),
        down,
    )
}

/// One soft pass in both directions: a quarter, a half, a quarter, `reach` pixels apart.
fn soften(pixels: &mut [u8], reach: usize) {
    let weigh = |(((out, &before), &here), &after): (((&mut u8, &u8), &u8), &u8)| {
        *out = ((u16::from(before) + 2 * u16::from(here) + u16::from(after) + 2) >> 2) as u8;
    };
    let mut blend = |step: usize, row_bytes: usize| {
        let source = pixels.to_vec();
        let rows = source
            .chunks_exact(row_bytes)
            .zip(pixels.chunks_exact_mut(row_bytes));
        for (row, out) in rows {
            let (here, after) = (
                row.get(step..).unwrap_or(&[]),
                row.get(2 * step..).unwrap_or(&[]),
            );
            let out = out.get_mut(step..).unwrap_or(&mut []);
            out.iter_mut().zip(row).zip(here).zip(after).for_each(weigh);
        }
    };
    blend(3 * reach, WIDTH * 3);
    // Downwards the whole picture is one row: a step of one line reaches the pixel below.
    blend(WIDTH * 3 * reach, WIDTH * 3 * HEIGHT);
}

fn grain(pixels: &mut [u8], deviation: f32, random: &mut Random) {
    const TILE: usize = 1 << 14;
    // The sum of eight bytes is near enough to a bell: mean 1020, standard deviation 209.
    let tile: Vec<i8> = (0..TILE + WIDTH * 3)
        .map(|_| {
            let sum: u32 = random
                .next()
                .to_le_bytes()
                .iter()
                .map(|&byte| u32::from(byte))
                .sum();
            ((sum as f32 - 1020.0) / 209.0 * deviation)
                .round()
                .clamp(-127.0, 127.0) as i8
        })
        .collect();
    for row in pixels.chunks_exact_mut(WIDTH * 3) {
        let offset = random.below(TILE);
        for (pixel, &step) in row.iter_mut().zip(tile.get(offset..).unwrap_or(&[])) {
            *pixel = pixel.saturating_add_signed(step);
        }
    }
}
