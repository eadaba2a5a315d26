//! What else a crew photographs: a seal, the wiring, the whole place.

use crate::canvas::{Area, Colour, Spot, mix};
use crate::drawn::camera::Shot;
use crate::drawn::meter::{daylight, plane_for};
use crate::drawn::plane::{BLACK, Plane};
use crate::drawn::random::Random;
use crate::drawn::segments::{self, Glass};
use crate::error::ImagingError;

/// A scene to photograph.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scene<'a> {
    /// A lead seal on a terminal cover's screw, with its number in print.
    Seal {
        /// Number on the seal's tag.
        number: &'a str,
    },
    /// An open terminal block with its leads.
    Wiring,
    /// The meter box from two steps back.
    Panorama,
}

/// A photograph of a scene.
///
/// **Shape**: a JPEG of 1600 x 1200.
///
/// **Errors**: [`ImagingError::NotWritten`], which no drawing of this size meets.
pub fn scene(scene: Scene<'_>, seed: u64) -> Result<Vec<u8>, ImagingError> {
    let mut random = Random::new(seed, "scene");
    let (aim, scale) = match scene {
        Scene::Seal { .. } => ((50.0, 42.0), random.between(14.0, 18.0)),
        Scene::Wiring => ((60.0, 45.0), random.between(11.0, 13.5)),
        Scene::Panorama => ((350.0, 280.0), random.between(1.7, 2.1)),
    };
    let shot = Shot {
        aim,
        scale,
        roll: random.between(-0.12, 0.12),
        tilt: (random.between(-0.2, 0.2), random.between(-0.2, 0.2)),
        blur: 1 + random.below(2),
        noise: random.between(2.0, 5.0),
        light: daylight(&mut random, 0.98),
        jpeg_quality: 78,
    };
    let mut plane = plane_for(&shot);
    match scene {
        Scene::Seal { number } => seal(&mut plane, number, &mut random),
        Scene::Wiring => wiring(&mut plane, &mut random),
        Scene::Panorama => panorama(&mut plane, &mut random),
    }
    let aim = plane.px(shot.aim);
    let scale = shot.scale / plane.px_per_mm();
    Shot { aim, scale, ..shot }.take(plane.canvas(), &mut random)
}

fn seal(plane: &mut Plane, number: &str, random: &mut Random) {
    let case: Colour = random.pick(&[0x00D4_D4CC, 0x00C4_C8CA, 0x00DC_D8CE], 0x00D4_D4CC);
    plane.gradient(
        Area(-80.0, -80.0, 180.0, 22.0),
        mix(case, 0x00FF_FFFF, 60),
        case,
    );
    plane.gradient(
        Area(-80.0, 22.0, 180.0, 180.0),
        mix(case, 0, 24),
        mix(case, 0, 70),
    );
    plane.glaze(Area(-80.0, 21.0, 180.0, 23.2), 0, 120);
    let screw = (
        34.0 + random.between(-5.0, 5.0),
        34.0 + random.between(-2.0, 4.0),
    );
    plane.disc(screw, 9.5, mix(case, 0, 90));
    plane.disc(screw, 8.0, mix(case, 0, 140));
    plane.disc((screw.0 - 0.3, screw.1 - 0.4), 6.2, 0x00B8_B6AE);
    plane.path(
        &[
            (screw.0 - 4.2, screw.1 - 1.6),
            (screw.0 + 4.2, screw.1 + 1.6),
        ],
        1.3,
        0x0050_4E48,
    );
    let body: Colour = random.pick(
        &[0x00D8_B020, 0x0028_60B0, 0x0030_9048, 0x00C0_3A30],
        0x00D8_B020,
    );
    let tag = Area(48.0, 44.0, 48.0 + 38.0, 44.0 + 17.0)
        .moved(random.between(-6.0, 2.0), random.between(-4.0, 6.0));
    let knot = (tag.0 + 3.4, (tag.1 + tag.3) / 2.0);
    // Two turns of twisted wire from the screw to the tag.
    for bend in [-7.0, 5.0 + random.between(0.0, 4.0)] {
        let wire: Vec<Spot> = (0..=24)
            .map(|step| {
                let share = step as f32 / 24.0;
                let bow = (share * std::f32::consts::PI).sin() * bend;
                (
                    screw.0 + (knot.0 - screw.0) * share + bow * 0.4,
                    screw.1 + (knot.1 - screw.1) * share + bow,
                )
            })
            .collect();
        plane.path(&wire, 1.3, 0x0060_5C54);
        plane.path(&wire, 0.7, 0x00B8_B2A4);
    }
    plane.glaze(tag.moved(1.0, 1.4), 0, 90);
    plane.bevel(tag, 2.4, body, 0.7);
    plane.disc(knot, 1.9, mix(body, 0, 130));
    let ink = if body == 0x00D8_B020 {
        BLACK
    } else {
        0x00F2_F2EC
    };
    let middle = (tag.0 + tag.2) / 2.0 + 2.0;
    plane.print_centred((middle, tag.1 + 3.0), 2.4, ink, "SAMPLE SEAL");
    let cap = 4.4_f32.min(29.0 / (number.chars().count().max(1) as f32 * 0.86));
    plane.print_centred((middle, tag.1 + 8.4), cap, ink, number);
}

fn wiring(plane: &mut Plane, random: &mut Random) {
    let case: Colour = random.pick(&[0x00D0_D0C8, 0x00DA_D8D0], 0x00D0_D0C8);
    plane.gradient(
        Area(-90.0, -90.0, 210.0, 230.0),
        mix(case, 0x00FF_FFFF, 40),
        mix(case, 0, 80),
    );
    plane.bevel(Area(2.0, 10.0, 118.0, 58.0), 3.0, 0x0034_3638, -1.2);
    let leads: &[Colour] = if random.chance(50) {
        &[0x00B0_2A22, 0x0022_44A0, 0x00B0_2A22, 0x0022_44A0]
    } else {
        &[
            0x00C8_A018,
            0x0022_8A3C,
            0x00B0_2A22,
            0x0022_44A0,
            0x00C8_A018,
            0x0022_8A3C,
        ]
    };
    let pitch = 104.0 / leads.len() as f32;
    for (index, &colour) in leads.iter().enumerate() {
        let x = 8.0 + pitch * (index as f32 + 0.5);
        let half = pitch * 0.36;
        plane.bevel(Area(x - half, 14.0, x + half, 54.0), 1.2, 0x0048_4A4C, -0.6);
        plane.bevel(
            Area(x - half * 0.72, 17.0, x + half * 0.72, 50.0),
            1.0,
            0x00C2_A860,
            0.6,
        );
        for y in [24.0, 39.0] {
            plane.disc((x, y), half * 0.55, 0x0070_6A58);
            plane.disc((x - 0.2, y - 0.2), half * 0.46, 0x00D0_CCBE);
            let turn = random.between(0.0, 3.1);
            let (dx, dy) = (turn.cos() * half * 0.34, turn.sin() * half * 0.34);
            plane.path(&[(x - dx, y - dy), (x + dx, y + dy)], 0.8, 0x0040_3E38);
        }
        // Bare copper, then the insulated lead running off below.
        plane.path(&[(x, 50.0), (x, 60.0)], half * 0.8, 0x00C8_7A48);
        let sway = random.between(-10.0, 10.0);
        let lead: Vec<Spot> = (0..=16)
            .map(|step| {
                let share = step as f32 / 16.0;
                (x + sway * share * share, 59.0 + share * 110.0)
            })
            .collect();
        plane.path(&lead, half * 1.25, mix(colour, 0, 110));
        plane.path(&lead, half * 0.9, colour);
        let shine: Vec<Spot> = lead.iter().map(|&(px, py)| (px - half * 0.2, py)).collect();
        plane.path(&shine, half * 0.16, mix(colour, 0x00FF_FFFF, 90));
        plane.print_centred((x, 4.0), 3.2, 0x0040_4040, &format!("{}", index + 1));
    }
}

fn panorama(plane: &mut Plane, random: &mut Random) {
    let wall: Colour = random.pick(&[0x00C8_BFAE, 0x00B8_B6B0, 0x00C9_A98C], 0x00C8_BFAE);
    let ground = Area(-400.0, -400.0, 1100.0, 1000.0);
    plane.gradient(ground, mix(wall, 0x00FF_FFFF, 40), mix(wall, 0, 60));
    for row in 0..38 {
        let y = -300.0 + row as f32 * 32.0;
        plane.glaze(Area(ground.0, y, ground.2, y + 2.4), 0x0060_5A50, 60);
        for column in 0..12 {
            let x = -320.0 + column as f32 * 120.0 + if row % 2 == 0 { 0.0 } else { 60.0 };
            plane.glaze(Area(x, y, x + 2.4, y + 32.0), 0x0060_5A50, 50);
        }
    }
    let columns = 2 + random.below(3);
    let rows = 1 + random.below(2);
    let width = columns as f32 * 140.0 + 40.0;
    let height = rows as f32 * 200.0 + 60.0;
    let cabinet = Area(
        350.0 - width / 2.0,
        280.0 - height / 2.0,
        350.0 + width / 2.0,
        280.0 + height / 2.0,
    );
    let steel: Colour = random.pick(&[0x008C_9694, 0x00A6_AAA6, 0x0070_7C84], 0x008C_9694);
    plane.glaze(cabinet.moved(10.0, 14.0), 0, 110);
    plane.bevel(cabinet, 6.0, steel, 3.0);
    plane.bevel(cabinet.grown(-12.0), 4.0, mix(steel, 0, 110), -3.0);
    // Conduit up and down the wall.
    for x in [cabinet.0 + 50.0, cabinet.2 - 60.0] {
        plane.rect(Area(x, cabinet.3, x + 26.0, ground.3), 0x00D2_D2CC);
        plane.glaze(Area(x + 18.0, cabinet.3, x + 26.0, ground.3), 0, 60);
        plane.rect(Area(x + 4.0, ground.1, x + 22.0, cabinet.1), 0x00C4_C6C2);
    }
    for row in 0..rows {
        for column in 0..columns {
            let left = cabinet.0 + 34.0 + column as f32 * 140.0;
            let top = cabinet.1 + 40.0 + row as f32 * 200.0;
            small_meter(plane, (left, top), random);
        }
    }
    plane.rect(
        Area(
            cabinet.0 + 20.0,
            cabinet.1 - 22.0,
            cabinet.0 + 150.0,
            cabinet.1 - 4.0,
        ),
        0x00F0_C818,
    );
    plane.print(
        (cabinet.0 + 26.0, cabinet.1 - 18.0),
        9.0,
        BLACK,
        &format!("BOX {:04}", random.below(10_000)),
    );
}

fn small_meter(plane: &mut Plane, (left, top): Spot, random: &mut Random) {
    let case = random.pick(&[0x00E6_E4DC, 0x00DF_E1DF, 0x00D8_D6CC], 0x00E6_E4DC);
    let body = Area(left, top, left + 112.0, top + 160.0);
    plane.glaze(body.moved(5.0, 6.0), 0, 110);
    plane.bevel(body, 7.0, case, 1.8);
    plane.rounded(
        Area(left + 10.0, top + 14.0, left + 102.0, top + 56.0),
        3.0,
        0x003C_4246,
    );
    plane.rect(
        Area(left + 24.0, top + 20.0, left + 88.0, top + 42.0),
        0x00B0_BC9E,
    );
    let glass = Glass {
        dark: 0x0024_2C22,
        ghost: 0x00AC_B89A,
    };
    let value = format!("{:.2}", random.between(5.0, 9999.0));
    segments::show(plane, (left + 84.0, top + 25.0), 12.0, &value, glass);
    plane.rect(
        Area(left + 14.0, top + 86.0, left + 82.0, top + 104.0),
        0x00F2_F1EC,
    );
    let mut x = left + 18.0;
    while x < left + 76.0 {
        let width = random.between(0.4, 1.4);
        plane.rect(Area(x, top + 89.0, x + width, top + 99.0), 0x0030_3030);
        x += width + random.between(0.4, 1.3);
    }
    for line in 0..3 {
        let y = top + 62.0 + line as f32 * 7.0;
        plane.glaze(
            Area(left + 14.0, y, left + random.between(60.0, 100.0), y + 2.6),
            0x0030_3030,
            150,
        );
    }
    plane.bevel(
        Area(left + 3.0, top + 116.0, left + 109.0, top + 157.0),
        4.0,
        mix(case, 0x0060_666A, 90),
        1.0,
    );
    for (index, colour) in [0x0098_3028, 0x0026_3A78, 0x0098_3028, 0x0026_3A78]
        .into_iter()
        .enumerate()
    {
        let x = left + 30.0 + index as f32 * 17.0;
        plane.path(
            &[
                (x, top + 158.0),
                (x + random.between(-4.0, 4.0), top + 185.0),
            ],
            6.0,
            colour,
        );
    }
}
