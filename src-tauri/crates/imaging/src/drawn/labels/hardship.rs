//! What makes a field label hard, in numbers for each level.

use crate::canvas::Spot;
use crate::drawn::labels::lens::{Axis, Curl};
use crate::drawn::labels::sticker::Print;
use crate::drawn::labels::{FieldSize, Level};
use crate::drawn::random::Random;

/// Everything that is chosen for one picture before it is drawn.
#[derive(Debug, Clone)]
pub(super) struct Hardship {
    pub size: (usize, usize),
    /// Pixels to a module of the finished picture.
    pub module_px: f32,
    pub roll: f32,
    pub tilt: (f32, f32),
    pub curl: Option<Curl>,
    pub distortion: f32,
    /// Radius of the blur's disc, in modules.
    pub defocus: f32,
    /// Way of a shaken hand in modules, and its direction.
    pub motion: (f32, f32),
    pub photons: f32,
    /// Light of white paper: 1 would be white, a quarter is a dark picture.
    pub exposure: f32,
    pub slope: Spot,
    pub vignette: f32,
    pub shadow: bool,
    pub glares: usize,
    /// Largest strength of a glare.
    pub dazzle: f32,
    pub sharpening: f32,
    pub jpeg_quality: u8,
    pub print: Print,
}

/// The limits of one level: what is drawn evenly between two numbers, and chances in a hundred.
struct Limits {
    module_px: (f32, f32),
    square_px: (f32, f32),
    bar_height: (f32, f32),
    quiet: (f32, f32),
    /// Degrees off the nearest axis.
    turn: f32,
    /// Chance of an angle anywhere in the full circle.
    any_turn: usize,
    tilt: f32,
    /// Radius of curl in modules; smaller is rounder.
    curl: (f32, f32),
    curled: usize,
    distortion: f32,
    /// Blur in modules: twice the disc's radius and the way together.
    blur: (f32, f32),
    photons: (f32, f32),
    exposure: (f32, f32),
    glare: usize,
    dazzle: f32,
    jpeg: (f32, f32),
    /// Most scratches, smudges and white rows.
    wear: (usize, usize, usize),
    second: usize,
    /// Lightest ink and darkest paper, as grey values.
    contrast: (f32, f32),
}

/// **Source**: ranges of the trials this generator was measured against (angle, size, blur, photons and bar height by
/// level); quiet zones and wear are assumptions, no real label could be measured.
const ONE: Limits = Limits {
    module_px: (2.7, 4.0),
    square_px: (4.0, 6.0),
    bar_height: (30.0, 45.0),
    quiet: (10.0, 14.0),
    turn: 5.0,
    any_turn: 0,
    tilt: 8.0,
    curl: (600.0, 1500.0),
    curled: 10,
    distortion: 0.02,
    blur: (0.3, 0.8),
    photons: (1000.0, 4000.0),
    exposure: (0.45, 0.9),
    glare: 10,
    dazzle: 0.4,
    jpeg: (85.0, 95.0),
    wear: (2, 1, 0),
    second: 20,
    contrast: (40.0, 215.0),
};

const TWO: Limits = Limits {
    module_px: (2.1, 3.2),
    square_px: (3.0, 4.5),
    bar_height: (24.0, 40.0),
    quiet: (9.0, 13.0),
    turn: 16.0,
    any_turn: 0,
    tilt: 18.0,
    curl: (350.0, 1000.0),
    curled: 20,
    distortion: 0.04,
    blur: (0.6, 1.2),
    photons: (400.0, 2000.0),
    exposure: (0.3, 0.9),
    glare: 25,
    dazzle: 0.8,
    jpeg: (75.0, 92.0),
    wear: (4, 2, 1),
    second: 30,
    contrast: (55.0, 200.0),
};

const THREE: Limits = Limits {
    module_px: (1.7, 2.6),
    square_px: (2.2, 3.5),
    bar_height: (18.0, 34.0),
    quiet: (7.0, 12.0),
    turn: 45.0,
    any_turn: 25,
    tilt: 28.0,
    curl: (220.0, 800.0),
    curled: 30,
    distortion: 0.06,
    blur: (1.0, 1.6),
    photons: (120.0, 700.0),
    exposure: (0.15, 0.8),
    glare: 40,
    dazzle: 1.2,
    jpeg: (60.0, 88.0),
    wear: (7, 3, 2),
    second: 35,
    contrast: (65.0, 185.0),
};

const FOUR: Limits = Limits {
    module_px: (1.2, 2.1),
    square_px: (1.5, 3.0),
    bar_height: (14.0, 28.0),
    quiet: (6.0, 11.0),
    turn: 45.0,
    any_turn: 35,
    tilt: 35.0,
    curl: (160.0, 600.0),
    curled: 35,
    distortion: 0.08,
    blur: (1.2, 2.2),
    photons: (50.0, 250.0),
    exposure: (0.08, 0.7),
    glare: 50,
    dazzle: 1.6,
    jpeg: (45.0, 80.0),
    wear: (10, 4, 2),
    second: 35,
    contrast: (75.0, 175.0),
};

/// Width of a bar code's module to that of a QR code's of the same level.
const SQUARE_BLUR: f32 = 0.55;

impl Hardship {
    /// Draws one label's lot.
    pub fn of_bars(level: Level, size: FieldSize, random: &mut Random) -> Self {
        let limits = limits(level);
        Self::new(limits, limits.module_px, size, random)
    }

    /// Draws one QR label's lot; its modules are larger.
    pub fn of_square(level: Level, size: FieldSize, random: &mut Random) -> Self {
        let limits = limits(level);
        let mut lot = Self::new(limits, limits.square_px, size, random);
        // The same lens and hand as before a bar code blur a larger module less.
        lot.defocus *= SQUARE_BLUR;
        lot.motion.0 *= SQUARE_BLUR;
        lot
    }

    fn new(limits: &Limits, module_px: (f32, f32), size: FieldSize, random: &mut Random) -> Self {
        let between = |random: &mut Random, (low, high): (f32, f32)| random.between(low, high);
        let (long, short) = size.edges();
        let either = |random: &mut Random, limit: f32| random.between(-limit, limit);
        let roll = if random.chance(limits.any_turn) {
            random.between(0.0, 360.0)
        } else {
            let quarter = random.pick(&[0, 0, 0, 0, 0, 0, 0, 90, 180, 270], 0);
            quarter as f32 + either(random, limits.turn)
        };
        let blur = between(random, limits.blur);
        let shaken = random.between(0.0, 0.6);
        let (most_scratches, most_smudges, most_voids) = limits.wear;
        let ink = random.between(12.0, limits.contrast.0);
        let paper = random.between(limits.contrast.1, 246.0);
        let grey = |value: f32| value as u32 * 0x0001_0101;
        Self {
            size: if random.chance(30) {
                (short, long)
            } else {
                (long, short)
            },
            module_px: between(random, module_px),
            roll: roll.to_radians(),
            tilt: (
                either(random, limits.tilt).to_radians(),
                either(random, limits.tilt).to_radians(),
            ),
            curl: random.chance(limits.curled).then(|| Curl {
                axis: if random.chance(70) {
                    Axis::Upright
                } else {
                    Axis::Level
                },
                radius: random.between(limits.curl.0, limits.curl.1),
            }),
            distortion: either(random, limits.distortion),
            defocus: blur * (1.0 - shaken) / 2.0,
            motion: (blur * shaken, random.between(0.0, std::f32::consts::PI)),
            // Dim light is more frequent than full sun: evenly spread by its logarithm.
            photons: random
                .between(limits.photons.0.ln(), limits.photons.1.ln())
                .exp(),
            exposure: between(random, limits.exposure),
            slope: (either(random, 0.9), either(random, 0.9)),
            vignette: random.between(0.1, 0.6),
            shadow: random.chance(limits.glare),
            glares: if random.chance(limits.glare) {
                1 + random.below(2)
            } else {
                0
            },
            dazzle: limits.dazzle,
            sharpening: random.pick(&[0.0, 0.0, 0.4, 0.8], 0.0),
            jpeg_quality: between(random, limits.jpeg) as u8,
            print: Print {
                bar_height: between(random, limits.bar_height),
                quiet: between(random, limits.quiet),
                ink: grey(ink),
                paper: grey(paper),
                growth: random.between(-0.12, 0.2),
                voids: random.below(most_voids + 1),
                scratches: random.below(most_scratches + 1),
                smudges: random.below(most_smudges + 1),
                second: limits.second,
            },
        }
    }
}

fn limits(level: Level) -> &'static Limits {
    match level {
        Level::One => &ONE,
        Level::Two => &TWO,
        Level::Three => &THREE,
        Level::Four => &FOUR,
    }
}
