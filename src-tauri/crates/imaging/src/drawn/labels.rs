//! Field labels as cameras see them, in four levels of hardship, with the truth beside: for training, tuning and testing
//! the scanner.
//!
//! A level fixes how many pixels a module has, how the label is turned, tilted and bent, how blurred, dark and noisy the
//! picture is, what reflections and wear there are ([`Level`]). Sizes and geometry are exact to a fraction of a pixel;
//! blur, light and noise are reckoned in linear light before the grey values and the JPEG.

mod clutter;
mod hardship;
mod lens;
mod light;
mod places;
mod sensor;
mod sheet;
mod sticker;

use std::f32::consts::TAU;
use std::ops::Range;

use self::hardship::Hardship;
use self::lens::{Hold, Lens};
use self::light::{Glare, Light};
use self::sensor::Sensor;
use self::sheet::Sheet;
use self::sticker::Sticker;
use crate::canvas::{Area, Spot};
use crate::drawn::plane::Plane;
use crate::drawn::random::Random;
use crate::error::ImagingError;
use crate::picture::PictureGrey;

/// Seeds for training anything that learns.
pub const TRAIN_SEEDS: Range<u64> = 0..1_000_000;

/// Seeds for setting thresholds and looking at what fails.
pub const TUNE_SEEDS: Range<u64> = 1_000_000..2_000_000;

/// Seeds for the figures that are reported; nothing is to be chosen by them.
pub const TEST_SEEDS: Range<u64> = 2_000_000..3_000_000;

/// How hard a label is to read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Held straight and near, in good light: 2.7 to 4 pixels a module, within 5 degrees of an axis.
    One,
    /// 2.1 to 3.2 pixels a module, within 16 degrees of an axis, tilted up to 18, soft.
    Two,
    /// 1.7 to 2.6 pixels a module, any angle, tilted up to 28 degrees, blur of 1 to 1.6 modules, at times bent.
    Three,
    /// 1.2 to 2.1 pixels a module, any angle, tilted up to 35 degrees, 50 to 250 photons, glare, dirt.
    Four,
}

impl Level {
    /// From the easiest to the hardest.
    pub const ALL: [Self; 4] = [Self::One, Self::Two, Self::Three, Self::Four];

    /// One to four.
    #[must_use]
    pub fn number(self) -> u8 {
        match self {
            Self::One => 1,
            Self::Two => 2,
            Self::Three => 3,
            Self::Four => 4,
        }
    }
}

/// How large a field picture is; three in ten are held upright, so width and height change places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldSize {
    /// A frame of a running camera: 1920 x 1080.
    Hd1080,
    /// A photograph: 4000 x 3000.
    Mp12,
}

impl FieldSize {
    /// The size that picture number `index` of a set has: six of ten are frames.
    #[must_use]
    pub fn of_index(index: u64) -> Self {
        if index % 5 < 3 {
            Self::Hd1080
        } else {
            Self::Mp12
        }
    }

    /// Long and short edge in pixels.
    fn edges(self) -> (usize, usize) {
        match self {
            Self::Hd1080 => (1920, 1080),
            Self::Mp12 => (4000, 3000),
        }
    }
}

/// A field picture and what is on it.
#[derive(Debug, Clone)]
pub struct FieldPicture {
    /// What the camera gave.
    pub picture: PictureGrey,
    /// Corners of bars or square, in pixels: upper left, upper right, lower right, lower left of the label held upright.
    pub corners: [(f32, f32); 4],
    /// What the label says.
    pub text: String,
    /// What other codes beside it say.
    pub others: Vec<String>,
    /// Direction in which the label is read: degrees clockwise from the picture's right, above -180 up to 180.
    pub angle: f32,
    /// Mean width of a module along the label's middle.
    pub module_px: f32,
    /// Blur in modules: twice the radius of the defocus and the way of the hand together.
    pub blur_modules: f32,
    /// Photons counted where white paper lies in full light.
    pub photons: f32,
    /// Reflections, some of them beside the code.
    pub glares: usize,
}

/// A made-up asset number for a seed: 22 digits with a right check digit.
#[must_use]
pub fn asset_no(seed: u64) -> String {
    let mut random = Random::new(seed, "asset number");
    let unit = random.pick(&["41300", "33300", "11000", "44100"], "41300");
    let serial = random.next() % 100_000_000_000_000;
    let body = format!("{unit}01{serial:014}");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| u32::from(digit - b'0') * if place % 2 == 0 { 3 } else { 1 })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A label with bars in the field.
///
/// **Errors**: [`ImagingError::NotDigitPairs`] unless `asset_no` are digits in pairs.
pub fn field_label(
    asset_no: &str,
    seed: u64,
    level: Level,
    size: FieldSize,
) -> Result<FieldPicture, ImagingError> {
    let mut random = Random::new(seed, &format!("field label {}", level.number()));
    let hardship = Hardship::of_bars(level, size, &mut random);
    let fine = (2.0 * hardship.module_px).max(4.0);
    let sticker = sticker::with_bars(asset_no, &hardship.print, fine, &mut random)?;
    photograph(asset_no, sticker, &hardship, &mut random)
}

/// A QR code in the field. Its modules are larger than a bar code's of the same level, 4 to 6 pixels down to 1.5 to 3.
///
/// **Errors**: [`ImagingError::NotWritten`] when `text` is too long for a QR code.
pub fn field_qr(
    text: &str,
    seed: u64,
    level: Level,
    size: FieldSize,
) -> Result<FieldPicture, ImagingError> {
    let mut random = Random::new(seed, &format!("field qr {}", level.number()));
    let hardship = Hardship::of_square(level, size, &mut random);
    let fine = (2.0 * hardship.module_px).max(4.0);
    let sticker = sticker::with_qr(text, &hardship.print, fine, &mut random)?;
    photograph(text, sticker, &hardship, &mut random)
}

/// A picture of the field without any Code 128 or QR code: brick, louvres, fences, print, displays, cables, keys, rulers,
/// bars of other kinds, meters without a label.
///
/// **Errors**: as [`crate::encode_jpeg`], which no picture of these sizes meets.
pub fn field_empty(seed: u64, size: FieldSize) -> Result<PictureGrey, ImagingError> {
    let mut random = Random::new(seed, "field empty");
    let level = random.pick(&Level::ALL, Level::Two);
    let hardship = Hardship::of_bars(level, size, &mut random);
    let lens = hold(&hardship, (78.0, 15.0), &mut random);
    let ground = Ground::new(&lens, &hardship, Content::NoCode, &mut random)?;
    let light = light(&lens, &hardship, (78.0, 15.0), &mut random);
    let exposed = expose(&lens, &ground, None, &light);
    sensor::develop(exposed, hardship.size, &sensor_of(&hardship), &mut random)
}

fn photograph(
    text: &str,
    sticker: Sticker,
    hardship: &Hardship,
    random: &mut Random,
) -> Result<FieldPicture, ImagingError> {
    let lens = hold(hardship, sticker.half, random);
    let ground = Ground::new(&lens, hardship, Content::Label, random)?;
    let light = light(&lens, hardship, sticker.half, random);
    let exposed = expose(&lens, &ground, Some(&sticker.sheet), &light);
    let picture = sensor::develop(exposed, hardship.size, &sensor_of(hardship), random)?;
    let (half_x, half_y) = sticker.half;
    let corners = [
        (-half_x, -half_y),
        (half_x, -half_y),
        (half_x, half_y),
        (-half_x, half_y),
    ]
    .map(|corner| lens.pixel(corner));
    let (left, right) = (lens.pixel((-half_x, 0.0)), lens.pixel((half_x, 0.0)));
    Ok(FieldPicture {
        picture,
        corners,
        text: text.to_owned(),
        others: sticker.others,
        angle: (right.1 - left.1).atan2(right.0 - left.0).to_degrees(),
        module_px: (right.0 - left.0).hypot(right.1 - left.1) / (2.0 * half_x),
        blur_modules: 2.0 * hardship.defocus + hardship.motion.0,
        photons: hardship.photons,
        glares: hardship.glares,
    })
}

/// Holds the camera so that the whole code is in the picture and its modules come out as large as they should.
fn hold(hardship: &Hardship, half: Spot, random: &mut Random) -> Lens {
    const EDGE_PX: f32 = 12.0;
    let (width, height) = (hardship.size.0 as f32, hardship.size.1 as f32);
    let mut held = Hold {
        size: hardship.size,
        scale: hardship.module_px,
        offset: (0.0, 0.0),
        roll: hardship.roll,
        tilt: hardship.tilt,
        distortion: hardship.distortion,
        curl: hardship.curl,
    };
    for attempt in 0..12 {
        // The crew aims at the label: later attempts bring it nearer to the middle.
        let spread = 0.42 * (1.0 - attempt as f32 / 11.0);
        held.offset = (
            width * random.between(-spread, spread),
            height * random.between(-spread, spread),
        );
        for _ in 0..3 {
            let lens = Lens::new(&held);
            let (left, right) = (lens.pixel((-half.0, 0.0)), lens.pixel((half.0, 0.0)));
            let module_px = (right.0 - left.0).hypot(right.1 - left.1) / (2.0 * half.0);
            held.scale *= hardship.module_px / module_px;
        }
        let lens = Lens::new(&held);
        let is_seen = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
            .iter()
            .map(|(x, y)| lens.pixel((x * (half.0 + 6.0), y * half.1)))
            .all(|(x, y)| {
                (EDGE_PX..width - EDGE_PX).contains(&x) && (EDGE_PX..height - EDGE_PX).contains(&y)
            });
        if is_seen {
            return lens;
        }
    }
    Lens::new(&held)
}

fn sensor_of(hardship: &Hardship) -> Sensor {
    Sensor {
        defocus_px: hardship.defocus * hardship.module_px,
        motion: (hardship.motion.0 * hardship.module_px, hardship.motion.1),
        photons: hardship.photons,
        white: hardship.exposure,
        sharpening: hardship.sharpening,
        jpeg_quality: hardship.jpeg_quality,
    }
}

/// Light as it falls: half of the glares on the code itself, where they hurt.
fn light(lens: &Lens, hardship: &Hardship, half: Spot, random: &mut Random) -> Light {
    let middle = lens.pixel((0.0, 0.0));
    let (width, height) = (hardship.size.0 as f32, hardship.size.1 as f32);
    let module = hardship.module_px;
    let glares = (0..hardship.glares).map(|_| {
        let at = if random.chance(60) {
            lens.pixel((
                half.0 * random.between(-1.0, 1.0),
                half.1 * random.between(-1.6, 1.6),
            ))
        } else {
            (random.between(0.0, width), random.between(0.0, height))
        };
        let (reach, strength) = match random.below(3) {
            // A lamp, a tube or slit, the sky.
            0 => {
                let radius = random.between(3.0, 14.0);
                ((radius, radius), random.between(0.2, 1.0))
            }
            1 => (
                (random.between(40.0, 300.0), random.between(1.0, 6.0)),
                random.between(0.2, 1.0),
            ),
            _ => (
                (random.between(60.0, 200.0), random.between(40.0, 120.0)),
                random.between(0.1, 0.35),
            ),
        };
        Glare {
            at,
            turn: random.between(0.0, TAU),
            reach: (reach.0 * module, reach.1 * module),
            // The brighter the place, the brighter its lamps; in the dark it is the crew's own torch.
            strength: strength * hardship.dazzle * hardship.exposure.max(0.35),
        }
    });
    let glares = glares.collect();
    Light {
        size: hardship.size,
        level: hardship.exposure,
        middle,
        slope: hardship.slope,
        vignette: hardship.vignette,
        shadow: hardship.shadow.then(|| {
            (
                random.between(0.0, TAU),
                random.between(-80.0, 80.0) * module,
                random.between(2.0, 30.0) * module,
                random.between(0.2, 0.6),
            )
        }),
        glares,
    }
}

/// What the ground is covered with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Content {
    Label,
    NoCode,
}

/// What lies around the label, in millimetres from its middle.
struct Ground {
    sheet: Sheet,
    mm_per_module: f32,
}

/// Most points of the ground's drawing; larger pictures get a somewhat softer ground.
const GROUND_POINTS: f32 = 9.0e6;

impl Ground {
    fn new(
        lens: &Lens,
        hardship: &Hardship,
        content: Content,
        random: &mut Random,
    ) -> Result<Self, ImagingError> {
        let mm_per_module = match content {
            Content::Label => random.between(0.27, 0.38),
            // Without a label anything from a near meter to a house front may be in view.
            Content::NoCode => random.between(0.08, 0.6),
        };
        let (width, height) = (hardship.size.0 as f32, hardship.size.1 as f32);
        // A tilted plane reaches far; what lies beyond is the edge going on.
        let limit = width.max(height) / hardship.module_px * 1.1;
        let mut view = Area(0.0, 0.0, 0.0, 0.0);
        for corner in [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)] {
            let (x, y) = lens.on_ground(corner);
            let (x, y) = (x.clamp(-limit, limit), y.clamp(-limit, limit));
            view = Area(view.0.min(x), view.1.min(y), view.2.max(x), view.3.max(y));
        }
        let view = Area(
            view.0 * mm_per_module,
            view.1 * mm_per_module,
            view.2 * mm_per_module,
            view.3 * mm_per_module,
        );
        let room = (view.2 - view.0) * (view.3 - view.1);
        let scale = (hardship.module_px / mm_per_module).min((GROUND_POINTS / room).sqrt());
        let plane = Plane::new(view, scale, 0x0080_8080);
        let plane = match content {
            Content::Label => places::around_label(plane, view, random)?,
            Content::NoCode => places::without_code(plane, view, random)?,
        };
        Ok(Self {
            sheet: Sheet::new(&plane, view),
            mm_per_module,
        })
    }

    fn at(&self, (x, y): Spot) -> f32 {
        let mm = self.mm_per_module;
        self.sheet.anywhere((x * mm, y * mm))
    }
}

/// Places of a pixel that are looked at where the fine label may be.
const FINE: [Spot; 4] = [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)];

/// Length of the pieces of a row over which light changes evenly.
const STRIP: usize = 20;

/// The light that reaches each pixel.
fn expose(lens: &Lens, ground: &Ground, label: Option<&Sheet>, light: &Light) -> Vec<f32> {
    let (width, height) = light.size;
    let seen = label.map(|sheet| bounds(lens, sheet));
    let mut out = vec![0.0; width * height];
    for (line, row) in out.chunks_exact_mut(width).enumerate() {
        let y = line as f32 + 0.5;
        for (strip, pixels) in row.chunks_mut(STRIP).enumerate() {
            let x = (strip * STRIP) as f32 + 0.5;
            for (index, pixel) in pixels.iter_mut().enumerate() {
                let at = (x + index as f32, y);
                *pixel = match (label, seen) {
                    (Some(sheet), Some(seen)) if holds(seen, at) => {
                        let looks = FINE.iter().map(|(right, down)| {
                            let at = (at.0 + right, at.1 + down);
                            let spot = lens.on_label(at);
                            spot.and_then(|spot| sheet.inside(spot))
                                .unwrap_or_else(|| ground.at(lens.on_ground(at)))
                        });
                        looks.sum::<f32>() / FINE.len() as f32
                    }
                    _ => ground.at(lens.on_ground(at)),
                };
            }
            light.fall_on((x, y), pixels);
        }
    }
    out
}

fn holds(area: Area, (x, y): Spot) -> bool {
    x >= area.0 && x <= area.2 && y >= area.1 && y <= area.3
}

/// Where in the picture a label lies, generously.
fn bounds(lens: &Lens, sheet: &Sheet) -> Area {
    const POINTS: i32 = 8;
    let area = sheet.area();
    let mut seen = Area(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    for (row, column) in (0..=POINTS).flat_map(|row| (0..=POINTS).map(move |column| (row, column)))
    {
        let share =
            |step: i32, from: f32, to: f32| from + (to - from) * step as f32 / POINTS as f32;
        let (x, y) = lens.pixel((share(column, area.0, area.2), share(row, area.1, area.3)));
        seen = Area(seen.0.min(x), seen.1.min(y), seen.2.max(x), seen.3.max(y));
    }
    seen.grown(8.0)
}
