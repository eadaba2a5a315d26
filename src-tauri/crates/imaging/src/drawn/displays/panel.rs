//! A display around its row: window, bezel, icons, units, legends, other rows. Lengths are heights of the row's signs.

use crate::canvas::Spot;
use crate::drawn::displays::glyphs::{self, Look, Place};
use crate::drawn::displays::readings::Wording;
use crate::drawn::displays::row::{Inks, Row};
use crate::drawn::displays::sheet::{Ink, Sheet};
use crate::drawn::random::Random;

const UNITS: [&str; 22] = [
    "kWh", "kWh", "KWH", "kwh", "kW", "kVAh", "kvarh", "V", "A", "Hz", "PF", "L", "LITRES", "Rs",
    "MD", "m", "W", "kVA", "Wh", "PRICE", "LTR", "IMP",
];

const MARKS: [&str; 26] = [
    "L1", "L2", "L3", "T1", "T2", "T3", "A", "B", "C", "R", "Y", "1.8.0", "2.8.0", "0.0.1", "Ua",
    "Ib", "COS", "+A", "-P", "01", "02", "M1", "TOU", "CUM", "3", "8",
];

const PRINT: [&str; 24] = [
    "SAMPLE",
    "kWh",
    "3200 imp/kWh",
    "1600 imp/kWh",
    "10-60A",
    "240V 50Hz",
    "CLASS 1.0",
    "AC STATIC WATTHOUR METER",
    "LITRES",
    "AMOUNT",
    "RATE/LTR",
    "No 0012345",
    "DDZY1",
    "220V 5(60)A",
    "2019",
    "TYPE E1",
    "CAL",
    "REV",
    "PULSE",
    "SINGLE PHASE",
    "IS 13779",
    "SALE",
    "UNIT PRICE",
    "TOTAL",
];

/// A display, and how its surroundings look.
#[derive(Debug, Clone)]
pub(super) struct Panel {
    pub row: Row,
    /// Other rows: what they say, where their upper left corner lies, how high they are.
    pub others: Vec<(Row, Spot, f32)>,
    inks: Inks,
    /// Level of the lit glass.
    pub glass: f32,
    pub bezel: f32,
    /// The glass, and how far the bezel reaches beyond it.
    pub window: (Spot, Spot),
    lip: f32,
    /// How far the bezel goes on to the left, upwards, to the right and downwards.
    pub reach: [f32; 4],
    is_blank: bool,
    fade: (f32, f32),
    seed: u64,
    crowd: usize,
}

impl Panel {
    pub fn new(look: Look, random: &mut Random) -> Self {
        let row = Row::new(look, random);
        Self::around(row, random)
    }

    pub fn around(row: Row, random: &mut Random) -> Self {
        let is_light_on_dark = random.chance(26);
        let contrast = match random.below(100) {
            0..25 => random.between(0.13, 0.3),
            25..60 => random.between(0.3, 0.6),
            _ => random.between(0.6, 0.97),
        };
        let light = random.between(70.0, 245.0);
        let dark = light * (1.0 - contrast);
        let (glass, on) = if is_light_on_dark {
            (dark, light)
        } else {
            (light, dark)
        };
        let ghost = match random.below(100) {
            0..50 => 0.0,
            50..85 => random.between(0.02, 0.12),
            _ => random.between(0.1, 0.3),
        };
        let on = Ink {
            level: on,
            cover: random.between(0.85, 1.0),
        };
        let shadow = (!is_light_on_dark && random.chance(30)).then(|| {
            let by = (random.between(-0.09, 0.09), random.between(-0.02, 0.1));
            (by, on.faded(random.between(0.08, 0.4)))
        });
        let wide = |random: &mut Random| random.between(0.06_f32.ln(), 2.2_f32.ln()).exp();
        let (left, top) = (row.reach_left() - wide(random), -wide(random).min(1.6));
        let (right, bottom) = (row.right + wide(random) * 1.2, 1.0 + wide(random).min(1.6));
        let mut panel = Self {
            inks: Inks {
                on,
                off: on.faded(ghost),
                shadow,
            },
            glass,
            bezel: if random.chance(50) {
                random.between(15.0, 90.0)
            } else {
                random.between(90.0, 235.0)
            },
            window: ((left, top), (right, bottom)),
            lip: random.between(0.0, 0.35),
            fade: if random.chance(25) {
                (random.between(0.6, 1.0), random.between(0.6, 1.0))
            } else {
                (1.0, 1.0)
            },
            others: Vec::new(),
            reach: [40.0; 4],
            is_blank: false,
            seed: random.next(),
            crowd: random.pick(&[0, 0, 1, 1, 2, 3], 1),
            row,
        };
        if random.chance(22) {
            panel.add_rows(random);
        }
        panel
    }

    /// One or two rows above or below, as high or lower.
    fn add_rows(&mut self, random: &mut Random) {
        let ((left, top), (right, bottom)) = self.window;
        let (mut above, mut below) = (top, bottom);
        for _ in 0..random.below(2) + 1 {
            let size = if random.chance(35) {
                random.between(0.9, 1.0)
            } else {
                random.between(0.3, 0.7)
            };
            let other = Row::new(self.row.look.clone(), random);
            let gap = random.between(0.2, 0.6);
            let x = if random.chance(50) {
                self.row.right - other.right * size
            } else {
                random.between(left, self.row.left + 0.5)
            };
            let y = if random.chance(50) {
                above = above.min(-gap) - size;
                above
            } else {
                below = below.max(1.0 + gap) + size;
                below - size
            };
            self.others.push((other, (x, y), size));
        }
        self.window = (
            (left, above.min(top) - 0.15),
            (right, below.max(bottom) + 0.15),
        );
    }

    /// How far the signs' level is from the glass.
    pub fn contrast(&self) -> f32 {
        (self.inks.on.level - self.glass).abs() * self.inks.on.cover
    }

    /// Switches the display off.
    pub fn blank(&mut self) {
        self.is_blank = true;
    }

    /// Draws everything on a sheet that shows the case already.
    pub fn draw(&self, sheet: &mut Sheet) {
        let mut random = Random::new(self.seed, "panel");
        let random = &mut random;
        let (from, to) = self.window;
        let lip = self.lip;
        let plain = |level: f32| Ink { level, cover: 1.0 };
        let [left, up, right, down] = self.reach;
        sheet.rect(
            (from.0 - lip - left, from.1 - lip - up),
            (to.0 + lip + right, to.1 + lip + down),
            plain(self.bezel),
        );
        self.print_around(sheet, random);
        if random.chance(70) {
            // A frame around the glass, its upper edge in the shade.
            let frame = self.bezel * random.between(0.4, 1.25);
            sheet.rect(
                (from.0 - lip, from.1 - lip),
                (to.0 + lip, to.1 + lip),
                plain(frame),
            );
        }
        sheet.rect(from, to, plain(self.glass));
        if random.chance(35) {
            let shade = Ink {
                level: self.glass * 0.45,
                cover: random.between(0.2, 0.7),
            };
            let deep = random.between(0.05, 0.3);
            sheet.rect(from, (to.0, from.1 + deep), shade);
            if random.chance(50) {
                sheet.rect(from, (from.0 + deep, to.1), shade);
            }
        }
        if self.is_blank {
            return;
        }
        for (row, at, size) in &self.others {
            row.draw(sheet, *at, *size, &self.inks, |_| 1.0);
        }
        self.marks(sheet, random);
        let span = self.row.width().max(0.5);
        self.row.draw(sheet, (0.0, 0.0), 1.0, &self.inks, |x| {
            let share = (x / span).clamp(0.0, 1.0);
            self.fade.0 + (self.fade.1 - self.fade.0) * share
        });
    }

    /// Marks on the glass: left, right, above and below.
    fn marks(&self, sheet: &mut Sheet, random: &mut Random) {
        let ink = self.inks.on.faded(random.between(0.55, 1.0));
        let ((left, top), (right, bottom)) = self.window;
        let end = self.row.right.max(0.0);
        if random.chance(if self.row.wording == Wording::Number {
            62
        } else {
            15
        }) {
            let height = random.between(0.16, 0.65);
            let at = Place {
                left: end + random.between(0.04, 0.45),
                top: random.pick(&[0.0, 0.45, 1.0], 1.0) * (1.0 - height),
                height,
            };
            self.mark(sheet, random, at, &UNITS, ink);
            if random.chance(30) {
                let at = Place {
                    top: if at.top > 0.4 {
                        0.0
                    } else {
                        1.0 - height * 0.8
                    },
                    height: height * 0.8,
                    ..at
                };
                self.mark(sheet, random, at, &UNITS, ink);
            }
        }
        if random.chance(34) {
            let height = random.between(0.15, 0.55);
            let from = self.row.reach_left();
            for step in 0..random.below(2) + 1 {
                let at = Place {
                    left: from - random.between(0.25, 0.5) - height * random.between(0.9, 1.7),
                    top: if step == 0 {
                        random.between(0.0, 1.0 - height)
                    } else {
                        random.pick(&[-0.1, 1.0 - height], 0.0)
                    },
                    height,
                };
                self.mark(sheet, random, at, &MARKS, ink);
            }
        }
        for _ in 0..self.crowd {
            let height = random.between(0.12, 0.42);
            let is_above = random.chance(50);
            let room = if is_above { -top } else { bottom - 1.0 };
            if room < height + 0.1 {
                continue;
            }
            let at = Place {
                left: random.between(left.max(-3.0), right.min(end + 3.0)),
                top: if is_above {
                    -random.between(height + 0.08, room.min(height + 1.0))
                } else {
                    1.0 + random.between(0.08, (room - height).clamp(0.09, 1.0))
                },
                height,
            };
            if random.chance(50) {
                self.mark(sheet, random, at, &UNITS, ink);
            } else {
                self.mark(sheet, random, at, &MARKS, ink);
            }
        }
    }

    /// One mark: letters, small segments, a pictograph, a boxed letter or something Chinese.
    fn mark(
        &self,
        sheet: &mut Sheet,
        random: &mut Random,
        at: Place,
        words: &[&'static str],
        ink: Ink,
    ) {
        let Place { left, top, height } = at;
        match random.below(100) {
            0..50 => {
                glyphs::legend(
                    sheet,
                    random.pick(words, "kWh"),
                    at,
                    random.between(0.09, 0.17),
                    ink,
                );
            }
            50..64 => {
                for step in 0..random.below(4) + 1 {
                    let at = Place {
                        left: left + step as f32 * height,
                        ..at
                    };
                    glyphs::ideograph(sheet, at, ink, random);
                }
            }
            64..76 => {
                let none = ink.faded(0.0);
                for step in 0..random.below(3) + 1 {
                    let at = Place {
                        left: left + step as f32 * height * self.row.look.pitch,
                        ..at
                    };
                    let sign = random.pick(
                        &[
                            '0', '1', '2', '3', '4', '8', 'L', 'P', 'H', 'n', 'A', 'C', 'F', 't',
                            'U',
                        ],
                        '1',
                    );
                    glyphs::draw(sheet, &self.row.look, sign, at, ink, none);
                }
            }
            76..86 => {
                let (width, middle) = (height * random.between(0.8, 2.0), top + height / 2.0);
                let pen = height * 0.12;
                sheet.outline((left, top), (left + width, top + height), pen, ink);
                if random.chance(50) {
                    let share = random.between(0.2, 0.9);
                    sheet.rect((left, top), (left + width * share, top + height), ink);
                } else {
                    let inner = Place {
                        left: left + width * 0.3,
                        top: middle - height * 0.3,
                        height: height * 0.6,
                    };
                    glyphs::legend(
                        sheet,
                        random.pick(&["1", "2", "T", "P", "E"], "1"),
                        inner,
                        0.15,
                        ink,
                    );
                }
            }
            86..94 => {
                let way = if random.chance(50) { 1.0 } else { -1.0 };
                let (x, y) = (left + height / 2.0, top + height / 2.0);
                let half = height / 2.0;
                sheet.convex(
                    &[
                        (x - half * way, y - half),
                        (x + half * way, y),
                        (x - half * way, y + half),
                    ],
                    ink,
                );
            }
            _ => sheet.disc(
                (left + height / 2.0, top + height / 2.0),
                height * 0.45,
                ink,
            ),
        }
    }

    /// Print on the bezel, near the glass.
    fn print_around(&self, sheet: &mut Sheet, random: &mut Random) {
        let ((left, top), (right, bottom)) = self.window;
        let level = if self.bezel > 110.0 {
            random.between(10.0, 70.0)
        } else {
            random.between(150.0, 240.0)
        };
        let ink = Ink {
            level,
            cover: random.between(0.5, 1.0),
        };
        for _ in 0..random.below(6) {
            let height = random.between(0.12, 0.65);
            let out = random.between(0.1, 1.6) + self.lip;
            let text = random.pick(&PRINT, "kWh");
            let long = text.chars().count() as f32 * height * 0.85;
            let (x, y) = match random.below(4) {
                0 | 1 => (random.between(left - 1.0, right), bottom + out),
                2 => (random.between(left - 1.0, right), top - out - height),
                _ => (right + out, random.between(top, bottom)),
            };
            let x = if random.chance(20) {
                left - out - long
            } else {
                x
            };
            let at = Place {
                left: x,
                top: y,
                height,
            };
            if random.chance(25) {
                for step in 0..random.below(5) + 2 {
                    let at = Place {
                        left: x + step as f32 * height * 1.1,
                        ..at
                    };
                    glyphs::ideograph(sheet, at, ink, random);
                }
            } else {
                glyphs::legend(sheet, text, at, random.between(0.08, 0.2), ink);
            }
        }
        if random.chance(25) {
            let radius = random.between(0.15, 0.5);
            let x = random.pick(&[left - 1.2, right + 1.2, right + 2.0], 0.0);
            let lamp = Ink {
                level: random.between(10.0, 255.0),
                cover: 1.0,
            };
            sheet.disc((x, random.between(top, bottom)), radius, lamp);
        }
    }
}
