//! A single-phase meter before the camera: its label, its display.

use crate::canvas::Area;
use crate::drawn::camera::{Light, Shot};
use crate::drawn::code128::code128;
use crate::drawn::face::{Face, MODULE_MM, Shown};
use crate::drawn::plane::{BLACK, PAPER, Plane, QUIET_MODULES};
use crate::drawn::random::Random;
use crate::drawn::{PHOTO_HEIGHT_PX, PHOTO_WIDTH_PX};
use crate::error::ImagingError;
use crate::picture::Picture;

/// How hard a label is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Difficulty {
    /// Held straight and near in good light: 4.5 to 6 pixels a module.
    Easy,
    /// As crews photograph: turned up to 25 degrees, tilted, 3 to 4.5 pixels a module, soft, uneven light.
    Field,
    /// Turned any way up to 45 degrees, far, dark, shaken: 1.8 to 2.8 pixels a module.
    Hard,
}

/// A photograph of a meter's nameplate with its asset number as Code 128, at times as QR too, and in digits.
///
/// **Shape**: a JPEG of [`PHOTO_WIDTH_PX`] x [`PHOTO_HEIGHT_PX`].
///
/// **Errors**: [`ImagingError::NotDigitPairs`] unless `asset_no` are digits in pairs.
pub fn label(asset_no: &str, seed: u64, difficulty: Difficulty) -> Result<Vec<u8>, ImagingError> {
    code128(asset_no)?;
    let mut random = Random::new(seed, "label");
    let face = Face::new(&mut random);
    let shot = label_shot(&mut random, difficulty);
    let px_per_mm = shot.scale;
    let display = format!("{:08.2}", random.between(10.0, 9999.0));
    let (at_x, at_y) = face.bars_middle();
    let aim = (
        at_x + random.between(-90.0, 90.0) / px_per_mm,
        at_y + random.between(-70.0, 70.0) / px_per_mm,
    );
    let shown = Shown {
        asset_no,
        display: &display,
    };
    photograph(&face, shown, Shot { aim, ..shot }, &mut random)
}

/// A photograph of a meter whose display shows `value_text` (digits, `-`, `.`; `Err-04` as well).
///
/// **Shape**: a JPEG of [`PHOTO_WIDTH_PX`] x [`PHOTO_HEIGHT_PX`].
///
/// **Errors**: [`ImagingError::NotWritten`], which no drawing of this size meets.
pub fn display(value_text: &str, seed: u64) -> Result<Vec<u8>, ImagingError> {
    let mut random = Random::new(seed, "display");
    let face = Face::new(&mut random);
    let px_per_mm = random.between(9.0, 13.0);
    let (at_x, at_y) = face.lcd_middle();
    let shot = Shot {
        aim: (
            at_x + random.between(-6.0, 6.0),
            at_y + random.between(2.0, 14.0),
        ),
        scale: px_per_mm,
        roll: random.between(-0.07, 0.07),
        tilt: (random.between(-0.16, 0.16), random.between(-0.16, 0.16)),
        blur: random.below(3),
        noise: random.between(1.5, 4.5),
        light: daylight(&mut random, 1.0),
        jpeg_quality: 80,
    };
    let shown = Shown {
        asset_no: "",
        display: value_text,
    };
    photograph(&face, shown, shot, &mut random)
}

/// The label alone, flat, clean and large: for printed sheets and as the easiest thing to read.
///
/// **Errors**: [`ImagingError::NotDigitPairs`] unless `asset_no` are digits in pairs.
pub fn label_flat(asset_no: &str) -> Result<Picture, ImagingError> {
    let (width, height) = (82.0, 22.0);
    // A whole number of pixels a module, so that no bar has a grey edge.
    let px_per_mm = 4.0 / MODULE_MM;
    let mut plane = Plane::new(Area(0.0, 0.0, width, height), px_per_mm, PAPER);
    let left = QUIET_MODULES * MODULE_MM;
    let bars = Area(left, 3.0, left + 156.0 * MODULE_MM, 14.0);
    plane.bars(bars, asset_no)?;
    plane.print_centred(((bars.0 + bars.2) / 2.0, 16.0), 2.6, BLACK, asset_no);
    plane.qr((63.0, 3.0), 15.0, asset_no)?;
    plane.into_canvas().into_picture()
}

/// Draws the face around what the camera aims at (in millimetres) and takes the photograph.
fn photograph(
    face: &Face,
    shown: Shown<'_>,
    shot: Shot,
    random: &mut Random,
) -> Result<Vec<u8>, ImagingError> {
    let mut plane = plane_for(&shot);
    face.draw(&mut plane, shown, random)?;
    let aim = plane.px(shot.aim);
    let scale = shot.scale / plane.px_per_mm();
    Shot { aim, scale, ..shot }.take(plane.canvas(), random)
}

/// A plane that shows all a camera sees which aims at a place in millimetres.
pub(super) fn plane_for(shot: &Shot) -> Plane {
    // Half of the diagonal, and some more for the far side of a tilted plane.
    let tilt = shot.tilt.0.abs() + shot.tilt.1.abs();
    let (width, height) = (PHOTO_WIDTH_PX as f32, PHOTO_HEIGHT_PX as f32);
    let turn = shot.roll.sin().abs();
    let spread = (1.0 + tilt) / shot.scale / 2.0;
    let half_x = (width * shot.roll.cos().abs() + height * turn) * spread;
    let half_y = (height * shot.roll.cos().abs() + width * turn) * spread;
    let (x, y) = shot.aim;
    Plane::new(
        Area(x - half_x, y - half_y, x + half_x, y + half_y),
        shot.scale,
        0x0080_8080,
    )
}

fn label_shot(random: &mut Random, difficulty: Difficulty) -> Shot {
    let turn = |random: &mut Random, degrees: f32| random.between(-degrees, degrees).to_radians();
    let (module_px, roll, tilt, blur, noise, jpeg_quality) = match difficulty {
        Difficulty::Easy => (
            random.between(4.5, 6.0),
            turn(random, 4.0),
            6.0,
            1,
            random.between(1.0, 2.5),
            88,
        ),
        Difficulty::Field => {
            let blur = 1 + random.below(3);
            (
                random.between(3.0, 4.5),
                turn(random, 25.0),
                17.0,
                blur,
                random.between(2.0, 6.0),
                76,
            )
        }
        Difficulty::Hard => {
            let blur = 2 + random.below(3);
            (
                random.between(1.8, 2.8),
                turn(random, 45.0),
                30.0,
                blur,
                random.between(6.0, 14.0),
                55,
            )
        }
    };
    let mut light = daylight(random, 1.0);
    if difficulty == Difficulty::Easy {
        light.shadow = None;
        light.glare = None;
    }
    if difficulty == Difficulty::Hard {
        light.level *= random.between(0.35, 0.9);
    }
    Shot {
        aim: (0.0, 0.0),
        scale: module_px / MODULE_MM,
        roll,
        tilt: (turn(random, tilt), turn(random, tilt)),
        blur,
        noise,
        light,
        jpeg_quality,
    }
}

/// Uneven light as it falls into a meter box; `level` is that of a well exposed picture.
pub(super) fn daylight(random: &mut Random, level: f32) -> Light {
    let warm = random.between(0.93, 1.06);
    Light {
        level: level * random.between(0.78, 1.02),
        slope: (random.between(-0.45, 0.45), random.between(-0.35, 0.35)),
        vignette: random.between(0.15, 0.4),
        shadow: random.chance(35).then(|| {
            (
                random.between(0.0, std::f32::consts::TAU),
                random.between(0.05, 0.4),
                random.between(0.2, 0.45),
            )
        }),
        glare: random.chance(30).then(|| {
            let at = (random.between(0.05, 0.95), random.between(0.05, 0.3));
            (at, random.between(0.05, 0.12), random.between(80.0, 220.0))
        }),
        tint: (warm, 2.0 - warm),
    }
}
