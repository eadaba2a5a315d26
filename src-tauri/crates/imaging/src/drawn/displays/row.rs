//! One row of signs: what it says, where each sign stands. Lengths are shares of the height of the large signs.

use crate::canvas::Spot;
use crate::drawn::displays::glyphs::{self, Form, Look, Place};
use crate::drawn::displays::readings::{self, Wording};
use crate::drawn::displays::sheet::{Ink, Sheet};
use crate::drawn::random::Random;

/// A row with its upper left corner at (0, 0) and a height of 1.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub text: String,
    pub wording: Wording,
    pub look: Look,
    signs: Vec<(char, Place)>,
    points: Vec<(f32, Place)>,
    ghost_points: Vec<(f32, Place)>,
    blanks: Vec<Place>,
    /// From the first sign to the last.
    pub left: f32,
    pub right: f32,
    decimals_box: Option<(Spot, Spot)>,
}

/// What a row is drawn with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inks {
    pub on: Ink,
    pub off: Ink,
    /// A shadow the crystal throws on the mirror behind it: how far, and how dark.
    pub shadow: Option<(Spot, Ink)>,
}

impl Row {
    pub fn new(look: Look, random: &mut Random) -> Self {
        let (wording, text) = readings::wording(random);
        Self::saying(text, wording, look, random)
    }

    pub fn saying(text: String, wording: Wording, look: Look, random: &mut Random) -> Self {
        let small_height = if random.chance(22) {
            random.between(0.45, 0.88)
        } else {
            1.0
        };
        // Smaller decimals stand on the line as a rule, at times they hang from the top.
        let hangs = random.chance(25);
        let has_own_cell = random.chance(18) || (look.form == Form::Print && random.chance(50));
        let shows_points = random.chance(12);
        let apart = if random.chance(10) {
            random.between(0.05, 0.4)
        } else {
            0.0
        };
        let mut row = Self {
            wording,
            signs: Vec::new(),
            points: Vec::new(),
            ghost_points: Vec::new(),
            blanks: Vec::new(),
            left: 0.0,
            right: 0.0,
            decimals_box: None,
            look,
            text: String::new(),
        };
        let look = &row.look;
        let mut left = 0.0;
        let mut height = 1.0;
        let mut end = 0.0_f32;
        let first_place = Place {
            left: 0.0,
            top: 0.0,
            height: 1.0,
        };
        let mut last = first_place;
        let mut decimals_from = None;
        for sign in text.chars() {
            if sign == '.' {
                let space = (look.pitch - look.width) * last.height;
                let width = look.point_edge * 1.6;
                let added = if has_own_cell {
                    width.max(space * 0.5)
                } else {
                    (width - space).max(0.0)
                };
                let middle = left - space / 2.0 + added / 2.0;
                row.points.push((middle, first_place));
                left += added + apart;
                height = small_height;
                decimals_from = Some(left);
                continue;
            }
            let place = Place {
                left,
                top: if hangs { 0.0 } else { 1.0 - height },
                height,
            };
            // A printed or dotted figure one is narrow, a minus may be short.
            row.signs.push((sign, place));
            end = left + look.width * height;
            left += look.pitch * height;
            last = place;
            if shows_points {
                let space = (look.pitch - look.width) * height;
                row.ghost_points.push((left - space / 2.0, first_place));
            }
        }
        row.left = if text.starts_with('1') && look.form != Form::Print {
            // What is seen of a one begins at its right segments; a frame may be as near.
            (look.width - look.thick.0 * 1.5) * random.between(0.0, 0.8)
        } else {
            0.0
        };
        row.right = end + look.slant.max(0.0);
        if text.contains('.') && random.chance(8) {
            decimals_from = decimals_from.map(|from| from - 0.02);
            row.decimals_box = decimals_from.map(|from| {
                let out = random.between(0.05, 0.12);
                ((from - out, -out), (row.right + out, 1.0 + out))
            });
        }
        if random.chance(35) {
            for cell in 1..random.below(4) + 1 {
                row.blanks.push(Place {
                    left: -(cell as f32) * row.look.pitch,
                    ..first_place
                });
            }
        }
        row.text = text;
        row
    }

    pub fn width(&self) -> f32 {
        self.right - self.left
    }

    /// Left end of what may be seen, cells that are blank included.
    pub fn reach_left(&self) -> f32 {
        self.blanks
            .iter()
            .map(|place| place.left)
            .fold(self.left, f32::min)
    }

    /// Corners from the upper left one clockwise.
    pub fn corners(&self) -> [Spot; 4] {
        [
            (self.left, 0.0),
            (self.right, 0.0),
            (self.right, 1.0),
            (self.left, 1.0),
        ]
    }

    /// Draws the row `inks` deep; `fade` gives how much of the ink a place keeps, for light that comes askew.
    pub fn draw(
        &self,
        sheet: &mut Sheet,
        at: Spot,
        size: f32,
        inks: &Inks,
        fade: impl Fn(f32) -> f32,
    ) {
        let moved = |place: Place, by: Spot| Place {
            left: at.0 + place.left * size + by.0 * size,
            top: at.1 + place.top * size + by.1 * size,
            height: place.height * size,
        };
        let none = Ink {
            cover: 0.0,
            ..inks.off
        };
        if let Some((by, ink)) = inks.shadow {
            for &(sign, place) in &self.signs {
                glyphs::draw(sheet, &self.look, sign, moved(place, by), ink, none);
            }
        }
        for &place in &self.blanks {
            glyphs::draw(
                sheet,
                &self.look,
                ' ',
                moved(place, (0.0, 0.0)),
                none,
                inks.off,
            );
        }
        for &(middle, place) in &self.ghost_points {
            let middle = at.0 + middle * size;
            glyphs::point(
                sheet,
                &self.look,
                middle,
                moved(place, (0.0, 0.0)),
                inks.off,
            );
        }
        for &(sign, place) in &self.signs {
            let on = inks.on.faded(fade(place.left));
            glyphs::draw(
                sheet,
                &self.look,
                sign,
                moved(place, (0.0, 0.0)),
                on,
                inks.off,
            );
        }
        for &(middle, place) in &self.points {
            let on = inks.on.faded(fade(middle));
            let middle = at.0 + middle * size;
            glyphs::point(sheet, &self.look, middle, moved(place, (0.0, 0.0)), on);
        }
        if let Some((from, to)) = self.decimals_box {
            let spot = |(x, y): Spot| (at.0 + x * size, at.1 + y * size);
            sheet.outline(spot(from), spot(to), 0.03 * size, inks.on);
        }
    }
}
