//! The label itself, drawn in modules from the middle of its bars: bars, digits, maker's print, a second code, wear.

use crate::canvas::{Area, Colour, Spot};
use crate::drawn::code128::{Letters, code128, code128_text};
use crate::drawn::labels::sheet::Sheet;
use crate::drawn::plane::Plane;
use crate::drawn::random::Random;
use crate::error::ImagingError;
use crate::font::Lettering;

/// How a label was printed and what became of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Print {
    /// **Units**: modules.
    pub bar_height: f32,
    /// White left of the first and right of the last bar, in modules.
    pub quiet: f32,
    pub ink: Colour,
    pub paper: Colour,
    /// How much wider than right every bar came out, in modules; below 0 narrower.
    pub growth: f32,
    /// Rows the print head left white.
    pub voids: usize,
    pub scratches: usize,
    pub smudges: usize,
    /// Chance in a hundred of a second code beside.
    pub second: usize,
}

/// A drawn label.
pub(super) struct Sticker {
    pub sheet: Sheet,
    /// Half of width and height of the code, in modules.
    pub half: Spot,
    /// Texts of the other codes on it.
    pub others: Vec<String>,
}

/// A label with bars.
pub(super) fn with_bars(
    asset_no: &str,
    print: &Print,
    px_per_module: f32,
    random: &mut Random,
) -> Result<Sticker, ImagingError> {
    let widths = code128(asset_no)?;
    let half_width = modules(&widths) / 2.0;
    let half_height = print.bar_height / 2.0;
    let second = random.chance(print.second).then(|| random.below(4));
    let has_qr = second == Some(0);
    let digits = random.between(5.5, 8.5);
    let has_maker = random.chance(60);
    let below = half_height + digits * 1.7;
    let mut shown = Area(
        -half_width - print.quiet,
        -half_height - random.between(3.0, 9.0),
        half_width + print.quiet,
        below + random.between(1.0, 5.0),
    );
    let maker_at = shown.1 - 4.0;
    if has_maker {
        shown.1 -= 12.0;
    }
    let square = (2.0 * half_height + digits).clamp(40.0, 64.0);
    if has_qr {
        shown.2 += square + 14.0;
        shown.3 = shown.3.max(-half_height + square + 6.0);
    }
    let row = random.between(14.0, 26.0);
    let row_top = shown.3 + random.between(2.0, 6.0);
    if second.is_some() && !has_qr {
        shown.3 = row_top + row + 11.0;
    }
    let mut plane = Plane::new(shown, px_per_module, print.paper);
    let bars = Area(-half_width, -half_height, half_width, half_height);
    draw_bars(&mut plane, bars, &widths, print);
    spaced(&mut plane, bars, digits, print.ink, asset_no, random);
    if has_maker {
        let words = random.pick(&MAKERS, "SAMPLE");
        plane.print((-half_width, maker_at - 4.5), 5.0, print.ink, words);
    }
    let mut others = Vec::new();
    match second {
        Some(0) => {
            let text = if random.chance(50) {
                asset_no.to_owned()
            } else {
                format!("SAMPLE-{:06}", random.below(1_000_000))
            };
            let at = (half_width + print.quiet + 6.0, -half_height);
            draw_qr(&mut plane, at, square, &text, print.ink)?;
            others.push(text);
        }
        Some(kind) => {
            let text = match kind {
                1 => super::asset_no(random.next()),
                2 => format!("SN:A{:09}-Z", random.below(1_000_000_000)),
                _ => format!("{:012}", random.next() % 1_000_000_000_000),
            };
            let widths = match kind {
                1 | 3 => code128(&text)?,
                _ if random.chance(50) => code128_text(&text, Letters::Capitals),
                _ => code128_text(&text, Letters::Any),
            };
            let width = modules(&widths) * random.between(0.75, 1.0);
            let left = -half_width + random.between(0.0, (2.0 * half_width - width).max(1.0));
            let bars = Area(left, row_top, left + width, row_top + row);
            draw_bars(&mut plane, bars, &widths, print);
            spaced(&mut plane, bars, 5.5, print.ink, &text, random);
            others.push(text);
        }
        None => {}
    }
    wear(&mut plane, shown, print, random);
    let mut sheet = Sheet::new(&plane, shown);
    dirt(&mut sheet, shown, print, random);
    Ok(Sticker {
        sheet,
        half: (half_width, half_height),
        others,
    })
}

/// A label with a QR code in its middle and print around it.
pub(super) fn with_qr(
    text: &str,
    print: &Print,
    px_per_module: f32,
    random: &mut Random,
) -> Result<Sticker, ImagingError> {
    let code = qrcode::QrCode::new(text).map_err(ImagingError::not_written)?;
    let half = code.width() as f32 / 2.0;
    let quiet = (print.quiet * 0.4).max(2.5);
    let mut shown = Area(-half, -half, half, half).grown(quiet);
    let is_wide = random.chance(60);
    if is_wide {
        shown.2 += random.between(20.0, 60.0);
    } else {
        shown.3 += 9.0;
    }
    let mut plane = Plane::new(shown, px_per_module, print.paper);
    draw_qr(&mut plane, (-half, -half), 2.0 * half, text, print.ink)?;
    if is_wide {
        for line in 0..5 {
            let words = random.pick(&MAKERS, "SAMPLE");
            let at = (half + quiet, -half + 6.0 * line as f32);
            plane.print(at, random.between(2.0, 3.5), print.ink, words);
        }
    } else {
        plane.print((-half, half + quiet), 3.0, print.ink, "SAMPLE 0123");
    }
    wear(&mut plane, shown, print, random);
    let mut sheet = Sheet::new(&plane, shown);
    dirt(&mut sheet, shown, print, random);
    Ok(Sticker {
        sheet,
        half: (half, half),
        others: Vec::new(),
    })
}

const MAKERS: [&str; 5] = [
    "SAMPLE METERING CO.",
    "ASSET LABEL  SAMPLE",
    "PROPERTY OF SAMPLE GRID",
    "DDZY1234-Z 220V 5(60)A",
    "NO. 20211204  CLASS A",
];

/// Width of a code in modules.
pub(super) fn modules(widths: &[u8]) -> f32 {
    widths.iter().map(|&width| f32::from(width)).sum()
}

/// Bars edge to edge in an area.
pub(super) fn draw_bars(plane: &mut Plane, area: Area, widths: &[u8], print: &Print) {
    let module = (area.2 - area.0) / modules(widths);
    let grown = print.growth * module / 2.0;
    let mut left = area.0;
    for (index, &width) in widths.iter().enumerate() {
        let right = left + f32::from(width) * module;
        if index % 2 == 0 {
            plane.rect(Area(left - grown, area.1, right + grown, area.3), print.ink);
        }
        left = right;
    }
}

fn draw_qr(
    plane: &mut Plane,
    at: Spot,
    edge: f32,
    text: &str,
    ink: Colour,
) -> Result<(), ImagingError> {
    // Neighbours overlap a little, or fine white lines would part them.
    const OVERLAP: f32 = 0.03;
    let code = qrcode::QrCode::new(text).map_err(ImagingError::not_written)?;
    let width = code.width().max(1);
    let module = edge / width as f32;
    for (index, colour) in code.to_colors().into_iter().enumerate() {
        if colour == qrcode::Color::Dark {
            let left = at.0 + (index % width) as f32 * module;
            let top = at.1 + (index / width) as f32 * module;
            let square = Area(left, top, left + module, top + module);
            plane.rect(square.grown(OVERLAP * module), ink);
        }
    }
    Ok(())
}

/// The text in print under its bars, at times drawn out to their width.
fn spaced(plane: &mut Plane, bars: Area, cap: f32, ink: Colour, text: &str, random: &mut Random) {
    let top = bars.3 + cap * 0.35;
    let count = text.chars().count().max(2) as f32;
    let plain = Lettering::new(cap, ink).width(text);
    let width = bars.2 - bars.0;
    if plain > width || random.chance(50) {
        let cap = cap.min(cap * width / plain);
        return plane.print_centred(((bars.0 + bars.2) / 2.0, top), cap, ink, text);
    }
    let step = (width - cap * 0.7) / (count - 1.0);
    for (index, letter) in text.chars().enumerate() {
        let at = (bars.0 + step * index as f32, top);
        plane.print(at, cap, ink, letter.encode_utf8(&mut [0; 4]));
    }
}

/// White rows of a worn print head and scratches, some of them deep ones.
fn wear(plane: &mut Plane, shown: Area, print: &Print, random: &mut Random) {
    for _ in 0..print.voids {
        let y = random.between(shown.1, shown.3);
        let width = random.between(0.15, 0.6);
        plane.path(&[(shown.0, y), (shown.2, y)], width, print.paper);
    }
    for index in 0..print.scratches {
        let mut at = (
            random.between(shown.0, shown.2),
            random.between(shown.1, shown.3),
        );
        let turn = random.between(0.0, std::f32::consts::TAU);
        let bend = random.between(-0.12, 0.12);
        let step = random.between(2.0, 9.0);
        let points: Vec<Spot> = (0..8)
            .map(|point| {
                let (sin, cos) = (turn + bend * point as f32).sin_cos();
                at = (at.0 + cos * step, at.1 + sin * step);
                at
            })
            .collect();
        let width = random.between(0.15, 0.7);
        let colour = if index % 3 == 0 {
            0x0050_5050
        } else {
            print.paper
        };
        plane.path(&points, width, colour);
    }
}

/// Soft stains that take light away, and a few rubbed places that add some.
fn dirt(sheet: &mut Sheet, shown: Area, print: &Print, random: &mut Random) {
    for _ in 0..print.smudges {
        let at = (
            random.between(shown.0, shown.2),
            random.between(shown.1, shown.3),
        );
        let radius = random.between(2.0, 14.0);
        let depth = if random.chance(30) {
            -random.between(0.1, 0.5)
        } else {
            random.between(0.1, 0.6)
        };
        sheet.smudge(at, radius, depth);
    }
}
