//! A whole photograph with a display somewhere in it.

use crate::crop::Quad;
use crate::drawn::displays::glyphs::{self, Look, Place};
use crate::drawn::displays::panel::Panel;
use crate::drawn::displays::readings::Wording;
use crate::drawn::displays::sheet::{Ink, Sheet, View};
use crate::drawn::displays::{bounds, spoil};
use crate::drawn::random::Random;
use crate::error::ImagingError;
use crate::picture::PictureGrey;

/// A drawn photograph and the truth about it.
#[derive(Debug, Clone, PartialEq)]
pub struct DisplayScene {
    /// The photograph.
    pub picture: PictureGrey,
    /// Where the main row is; `None` when there is no display to be read.
    pub corners: Option<Quad>,
    /// Other rows of the same display, and how high their signs are as a share of the main row's.
    pub others: Vec<(Quad, f32)>,
    /// What the main row says, of `0-9 . - E r`.
    pub text: String,
    /// What kind of text that is.
    pub wording: Wording,
}

/// Limits of one level of difficulty.
struct Level {
    /// Least and largest share of the picture's width that the row takes.
    share: (f32, f32),
    roll: f32,
    tilt: f32,
    grade: (f32, f32),
}

fn level(difficulty: u8) -> Level {
    match difficulty {
        0 | 1 => Level {
            share: (0.5, 0.85),
            roll: 0.05,
            tilt: 0.12,
            grade: (0.0, 0.2),
        },
        2 => Level {
            share: (0.35, 0.9),
            roll: 0.12,
            tilt: 0.28,
            grade: (0.1, 0.5),
        },
        3 => Level {
            share: (0.25, 0.95),
            roll: 0.22,
            tilt: 0.42,
            grade: (0.3, 0.8),
        },
        _ => Level {
            share: (0.2, 0.98),
            roll: 0.4,
            tilt: 0.55,
            grade: (0.6, 1.0),
        },
    }
}

/// A photograph of a display, 800 pixels long, of one of the usual shapes.
///
/// **Units**: `difficulty` 1 (held straight, near, good light) to 4 (far, askew, dark, glare).
///
/// **Errors**: [`ImagingError::NotWritten`], which no drawing of this size meets.
pub fn display_scene(seed: u64, difficulty: u8) -> Result<DisplayScene, ImagingError> {
    let size = Random::new(seed, "display size").pick(
        &[(800, 600), (800, 600), (600, 800), (800, 450), (800, 300)],
        (800, 600),
    );
    display_scene_sized(seed, difficulty, size)
}

/// As [`display_scene`], of a given size.
///
/// **Units**: `size` is width and height in pixels, 32 to 4,000 each.
///
/// **Errors**: as [`display_scene`].
pub fn display_scene_sized(
    seed: u64,
    difficulty: u8,
    size: (usize, usize),
) -> Result<DisplayScene, ImagingError> {
    let mut random = Random::new(seed, "display scene");
    let random = &mut random;
    let level = level(difficulty);
    let (width, height) = (size.0.clamp(32, 4000), size.1.clamp(32, 4000));
    let (across, down) = (width as f32, height as f32);
    let grade = random.between(level.grade.0, level.grade.1);
    let is_empty = random.chance(7);
    let look = Look::new(random);
    let mut panel = Panel::new(look, random);
    let is_crop = across > down * 2.0;
    let share = if is_crop {
        random.between(0.55, 1.02)
    } else {
        random.between(level.share.0, level.share.1)
    };
    let row_px = (share * across / panel.row.width().max(1.2))
        .min(down * if is_crop { 0.95 } else { 0.45 })
        .min(across * 0.3);
    panel.reach = {
        let mut side = || random.between(0.1_f32.ln(), 14.0_f32.ln()).exp();
        [side(), side(), side(), side()]
    };
    let roll = if is_crop {
        level.roll * 0.4
    } else {
        level.roll
    };
    let mut view = View {
        centre: ((panel.row.left + panel.row.right) / 2.0, 0.5),
        at: (0.0, 0.0),
        scale: row_px,
        roll: random.between(-roll, roll),
        tilt: (
            random.between(-level.tilt, level.tilt),
            random.between(-level.tilt, level.tilt),
        ),
        focal_px: across.max(down) * random.between(0.9, 2.0),
    };
    // The row lies anywhere it is whole, at hard levels with an edge just cut.
    let (low, high) = bounds(&panel.row.corners().map(|corner| view.place(corner)));
    let room = -0.02 * across;
    let mut set = |low: f32, high: f32, end: f32| {
        let (from, to) = (room - low, end - room - high);
        let middle = (from + to) / 2.0;
        let off = random.between(-1.0, 1.0) * (to - from).max(0.0) / 2.0;
        middle + off * if difficulty < 3 { 0.7 } else { 1.0 }
    };
    view.at = (set(low.0, high.0, across), set(low.1, high.1, down));
    let mut sheet = Sheet::new(width, height, random.between(15.0, 235.0), view);
    clutter(&mut sheet, random);
    if is_empty {
        panel.blank();
    }
    panel.draw(&mut sheet);
    let seen = |corners: Quad| corners.map(|corner| view.place(corner));
    let others = panel.others.iter().map(|(row, at, size)| {
        let corners = row
            .corners()
            .map(|(x, y)| (at.0 + x * size, at.1 + y * size));
        (seen(corners), *size)
    });
    let others = if is_empty {
        Vec::new()
    } else {
        others.collect()
    };
    let subject = spoil::Subject {
        row_px,
        contrast: panel.contrast(),
    };
    Ok(DisplayScene {
        corners: (!is_empty).then(|| seen(panel.row.corners())),
        others,
        picture: spoil::take(sheet, grade, subject, random)?,
        text: if is_empty {
            String::new()
        } else {
            panel.row.text
        },
        wording: panel.row.wording,
    })
}

/// Walls, cases, cables, plates and print: what a camera sees besides a display. In pixels of the picture.
fn clutter(sheet: &mut Sheet, random: &mut Random) {
    let (across, down) = (sheet.width as f32, sheet.height as f32);
    let span = across.max(down);
    let seen = sheet.view;
    sheet.view = View {
        centre: (0.0, 0.0),
        at: (0.0, 0.0),
        scale: 1.0,
        roll: random.between(-0.3, 0.3),
        tilt: (0.0, 0.0),
        focal_px: 1e6,
    };
    for _ in 0..random.below(12) {
        let ink = Ink {
            level: random.between(5.0, 250.0),
            cover: random.between(0.4, 1.0),
        };
        let (x, y) = (
            random.between(-0.2, 1.1) * across,
            random.between(-0.3, 1.2) * down,
        );
        match random.below(8) {
            0..3 => {
                let to = (
                    x + span * random.between(0.05, 0.8),
                    y + span * random.between(0.05, 0.6),
                );
                sheet.rect((x, y), to, ink);
            }
            3 => sheet.disc((x, y), span * random.between(0.01, 0.12), ink),
            4 => {
                let to = (
                    x + span * random.between(-0.7, 0.7),
                    y + span * random.between(-0.7, 0.7),
                );
                sheet.path(&[(x, y), to], span * random.between(0.003, 0.04), ink);
            }
            5 => bars(sheet, (x, y), span * random.between(0.1, 0.4), ink, random),
            _ => {
                let digits: String = (0..random.below(14) + 3)
                    .map(|_| char::from(b'0' + random.below(10) as u8))
                    .collect();
                let text = random.pick(
                    &[
                        "LITRES",
                        "SAMPLE METER",
                        "kWh",
                        "PUMP 2",
                        "DANGER 415V",
                        "STATIC",
                    ],
                    "kWh",
                );
                let place = Place {
                    left: x,
                    top: y,
                    height: span * random.between(0.012, 0.07),
                };
                let text = if random.chance(50) {
                    digits.as_str()
                } else {
                    text
                };
                glyphs::legend(sheet, text, place, random.between(0.08, 0.2), ink);
            }
        }
    }
    sheet.view = seen;
}

/// A bar code without meaning.
fn bars(sheet: &mut Sheet, (left, top): (f32, f32), long: f32, ink: Ink, random: &mut Random) {
    let (high, mut x) = (long * random.between(0.15, 0.4), left);
    let white = Ink {
        level: 235.0,
        cover: 1.0,
    };
    let black = Ink { level: 25.0, ..ink };
    sheet.rect(
        (left - long * 0.05, top - 2.0),
        (left + long * 1.05, top + high + 2.0),
        white,
    );
    while x < left + long {
        let thick = long / 160.0 * (random.below(4) + 1) as f32;
        sheet.rect((x, top), (x + thick, top + high), black);
        x += thick + long / 160.0 * (random.below(4) + 1) as f32;
    }
}
