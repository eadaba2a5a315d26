//! Things with many edges and no code: each fills a box of the plane, in millimetres.

use crate::canvas::{Area, Colour, Spot, mix};
use crate::drawn::plane::{BLACK, PAPER, Plane};
use crate::drawn::random::Random;
use crate::drawn::segments::{self, Glass};

/// Draws one kind of thing into a box.
pub(super) type Kind = fn(&mut Plane, Area, &mut Random);

/// All kinds.
pub(super) const KINDS: [Kind; 14] = [
    brick,
    louvres,
    fence,
    grille,
    print,
    display,
    cables,
    keys,
    ruler,
    books,
    ribbon,
    loose_bars,
    foreign_bars,
    dots,
];

const WHITE: Colour = 0x00FF_FFFF;

/// Two greys (or near-greys) some way apart, the darker first.
fn pair(random: &mut Random) -> (Colour, Colour) {
    let dark = random.between(10.0, 110.0) as u32;
    let light = (dark as f32 + random.between(25.0, 140.0)).min(250.0) as u32;
    (dark * 0x0001_0101, light * 0x0001_0101)
}

/// A wall or board, shaded, with a few marks.
pub(super) fn wall(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let ground = mix(dark, light, 160);
    plane.gradient(area, mix(ground, WHITE, 30), mix(ground, 0, 40));
    for _ in 0..random.below(30) {
        let at = (
            random.between(area.0, area.2),
            random.between(area.1, area.3),
        );
        let radius = random.between(0.3, 3.0);
        plane.disc(at, radius, mix(ground, 0, random.below(110) as u32));
    }
}

fn brick(plane: &mut Plane, area: Area, random: &mut Random) {
    let (joint, stone) = pair(random);
    let (long, high) = (random.between(10.0, 60.0), random.between(3.0, 18.0));
    let gap = high * random.between(0.06, 0.2);
    plane.rect(area, joint);
    let mut y = area.1;
    let mut is_odd = false;
    while y + high < area.3 {
        let mut x = area.0 + if is_odd { long / 2.0 } else { 0.0 };
        while x + long < area.2 {
            let colour = mix(stone, 0, random.below(60) as u32);
            plane.rect(Area(x, y, x + long - gap, y + high - gap), colour);
            x += long;
        }
        y += high;
        is_odd = !is_odd;
    }
}

fn louvres(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let pitch = random.between(0.6, 9.0);
    let open = pitch * random.between(0.2, 0.7);
    plane.rect(area, light);
    let mut y = area.1;
    while y + pitch < area.3 {
        plane.gradient(
            Area(area.0, y, area.2, y + pitch - open),
            light,
            mix(light, 0, 60),
        );
        plane.rect(Area(area.0, y + pitch - open, area.2, y + pitch), dark);
        y += pitch;
    }
}

/// Upright bars of one width or of many: the nearest thing to a bar code there is.
fn fence(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let (is_dark_ground, is_even) = (random.chance(50), random.chance(40));
    let (ground, slat) = if is_dark_ground {
        (dark, light)
    } else {
        (light, dark)
    };
    let unit = random.between(0.3, 5.0);
    plane.rect(area, ground);
    let mut x = area.0;
    while x < area.2 {
        let wide = if is_even {
            unit
        } else {
            unit * (1 + random.below(4)) as f32
        };
        let gap = if is_even {
            unit
        } else {
            unit * (1 + random.below(4)) as f32
        };
        plane.rect(Area(x, area.1, (x + wide).min(area.2), area.3), slat);
        x += wide + gap;
    }
    if random.chance(40) {
        let y = random.between(area.1, area.3);
        plane.rect(Area(area.0, y, area.2, y + unit * 2.0), slat);
    }
}

fn grille(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let (pitch, wire) = (random.between(0.8, 8.0), random.between(0.15, 0.5));
    plane.rect(area, dark);
    let mut x = area.0;
    while x < area.2 {
        plane.rect(Area(x, area.1, x + pitch * wire, area.3), light);
        x += pitch;
    }
    let mut y = area.1;
    while y < area.3 {
        plane.rect(Area(area.0, y, area.2, y + pitch * wire), light);
        y += pitch * random.pick(&[1.0, 1.0, 1.0, 2.0], 1.0);
    }
}

fn words(random: &mut Random, length: usize) -> String {
    let letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 0123456789 abcdefghiklmnoprstuvwxyz-/.";
    (0..length)
        .map(|_| char::from(random.pick(letters, b' ')))
        .collect()
}

fn print(plane: &mut Plane, area: Area, random: &mut Random) {
    let (ink, paper) = if random.chance(70) {
        (BLACK, PAPER)
    } else {
        pair(random)
    };
    plane.rect(area, paper);
    let cap = random.between(0.8, 5.0);
    let mut y = area.1 + cap;
    while y + cap * 1.5 < area.3 {
        let room = ((area.2 - area.0) / cap / 0.95) as usize;
        let length = (room.saturating_sub(2) * (40 + random.below(60)) / 100).min(160);
        let text = words(random, length);
        plane.print((area.0 + cap, y), cap, ink, &text);
        y += cap * random.between(1.5, 2.0);
    }
}

fn display(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, 0x0040_4448);
    let high = ((area.3 - area.1) * 0.4).min((area.2 - area.0) / 7.0);
    let inner = area.grown(-high * 0.3);
    plane.gradient(inner, 0x00A9_B698, 0x00B9_C4A6);
    let glass = Glass {
        dark: 0x0020_281E,
        ghost: 0x00A2_AE92,
    };
    let value = format!("{:08.2}", random.between(0.0, 99_999.0));
    let mut y = inner.1 + high * 0.4;
    while y + high < inner.3 {
        segments::show(plane, (inner.2 - high * 0.3, y), high, &value, glass);
        y += high * 1.6;
    }
}

fn cables(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, 0x0030_3234);
    let width = random.between(1.0, 9.0);
    let bend = random.between(-40.0, 40.0);
    let mut x = area.0 - 40.0;
    while x < area.2 + 40.0 {
        let colour: Colour = random.pick(
            &[
                0x00B0_2A22,
                0x0022_44A0,
                0x00C8_A018,
                0x0022_8A3C,
                0x0020_2020,
                0x00D8_D8D0,
            ],
            0x0020_2020,
        );
        let lean = bend + random.between(-4.0, 4.0);
        let points: Vec<Spot> = (0..=10)
            .map(|step| {
                let share = step as f32 / 10.0;
                let sway = (share * 3.0).sin() * lean;
                (
                    (x + sway).clamp(area.0, area.2),
                    area.1 + (area.3 - area.1) * share,
                )
            })
            .collect();
        plane.path(&points, width, mix(colour, 0, 120));
        plane.path(&points, width * 0.7, colour);
        plane.path(&points, width * 0.15, mix(colour, WHITE, 100));
        x += width * random.between(0.9, 1.6);
    }
}

fn keys(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let is_dark = random.chance(50);
    let (ground, key) = if is_dark {
        (dark, light)
    } else {
        (light, dark)
    };
    let (pitch, round) = (random.between(3.0, 19.0), random.between(0.02, 0.2));
    plane.rect(area, ground);
    let ink = mix(ground, if is_dark { 0 } else { WHITE }, 140);
    let mut y = area.1;
    while y + pitch < area.3 {
        let mut x = area.0 + random.between(0.0, pitch * 0.5);
        while x + pitch < area.2 {
            let edge = Area(x, y, x + pitch * 0.86, y + pitch * 0.86);
            plane.rounded(edge, pitch * round, key);
            let letter = words(random, 1);
            plane.print(
                (x + pitch * 0.2, y + pitch * 0.2),
                pitch * 0.3,
                ink,
                &letter,
            );
            x += pitch;
        }
        y += pitch;
    }
}

/// Tick marks of three lengths.
fn ruler(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, random.pick(&[PAPER, 0x00D8_C060, 0x00B0_B4B8], PAPER));
    let pitch = random.between(0.5, 2.5);
    let high = area.3 - area.1;
    let mut x = area.0 + pitch;
    for tick in 0_usize.. {
        if x + pitch > area.2 {
            break;
        }
        let share = match tick % 10 {
            0 => 0.7,
            5 => 0.55,
            _ => 0.4,
        };
        plane.rect(
            Area(x, area.1, x + pitch * 0.3, area.1 + high * share),
            BLACK,
        );
        x += pitch;
    }
}

/// Backs of books: stripes of any width with print along them.
fn books(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, 0x0028_2420);
    let mut x = area.0;
    while x < area.2 {
        let wide = random.between(1.5, 14.0);
        let tone = random.between(20.0, 230.0) as u32 * 0x0001_0101;
        let top = area.1 + random.between(0.0, 0.2) * (area.3 - area.1);
        plane.rect(Area(x, top, (x + wide).min(area.2), area.3), tone);
        if wide > 5.0 {
            let ink = mix(tone, if tone & 0xFF > 120 { 0 } else { WHITE }, 180);
            for line in 0..6 {
                let text = words(random, 2);
                plane.print((x + 1.0, top + 6.0 + 6.0 * line as f32), 2.6, ink, &text);
            }
        }
        x += wide + random.between(0.0, 0.6);
    }
}

/// A flat cable or a cooler's fins: fine lines of slightly different tone.
fn ribbon(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let pitch = random.between(0.5, 2.5);
    plane.rect(area, dark);
    let mut x = area.0;
    while x + pitch < area.2 {
        let tone = mix(light, dark, random.below(120) as u32);
        plane.rect(Area(x, area.1, x + pitch * 0.7, area.3), tone);
        x += pitch;
    }
}

/// Bars of one to four units in no order: what a decoder sees in half a code.
fn loose_bars(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, PAPER);
    let unit = random.between(0.2, 0.9);
    let edge = unit * 10.0;
    for row in 0..3 {
        let top = area.1 + (area.3 - area.1) * row as f32 / 3.0;
        let bottom = top + (area.3 - area.1) / 3.0 * random.between(0.3, 0.8);
        let mut x = area.0 + edge;
        for _ in 0..34 + random.below(30) {
            let wide = unit * (1 + random.below(4)) as f32;
            if x + wide > area.2 - edge {
                break;
            }
            plane.rect(Area(x, top, x + wide, bottom), BLACK);
            x += wide + unit * (1 + random.below(4)) as f32;
        }
    }
}

/// Interleaved 2 of 5 and the like: narrow and wide bars, of no use to us and easily misread.
fn foreign_bars(plane: &mut Plane, area: Area, random: &mut Random) {
    plane.rect(area, PAPER);
    let unit = random.between(0.2, 0.9);
    let wide = random.between(2.0, 3.0);
    let height = (unit * random.between(15.0, 45.0)).min((area.3 - area.1) * 0.6);
    let top = area.1 + (area.3 - area.1) * 0.1;
    let mut x = area.0 + unit * 10.0;
    let signs = 8 + random.below(24);
    // Start, pairs of five bars and five gaps of which two are wide, stop.
    let mut is_bar = true;
    for element in 0..4 + signs * 5 {
        let is_wide = element >= 4 && random.chance(40);
        let step = if is_wide { unit * wide } else { unit };
        if x + step > area.2 {
            break;
        }
        if is_bar {
            plane.rect(Area(x, top, x + step, top + height), BLACK);
        }
        is_bar = !is_bar;
        x += step;
    }
    let text = words(random, signs);
    plane.print(
        (area.0 + unit * 10.0, top + height + unit * 3.0),
        unit * 6.0,
        BLACK,
        &text,
    );
}

/// A perforated sheet, or the loudspeaker of an intercom.
fn dots(plane: &mut Plane, area: Area, random: &mut Random) {
    let (dark, light) = pair(random);
    let pitch = random.between(1.2, 6.0);
    plane.rect(area, light);
    let mut y = area.1 + pitch / 2.0;
    let mut is_odd = false;
    while y + pitch < area.3 {
        let mut x = area.0 + if is_odd { pitch } else { pitch / 2.0 };
        while x + pitch < area.2 {
            plane.disc((x, y), pitch * 0.33, dark);
            x += pitch;
        }
        y += pitch * 0.87;
        is_odd = !is_odd;
    }
}
