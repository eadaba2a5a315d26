//! Where labels hang and what looks like one: meters, brick, louvres, fences, print, keys, displays, ruled lines.

use crate::canvas::{Area, Colour, Spot, mix};
use crate::drawn::face::{Face, Shown};
use crate::drawn::labels::clutter;
use crate::drawn::plane::Plane;
use crate::drawn::random::Random;
use crate::error::ImagingError;

/// Draws what lies around a label whose middle is the plane's origin, in millimetres.
pub(super) fn around_label(
    plane: Plane,
    view: Area,
    random: &mut Random,
) -> Result<Plane, ImagingError> {
    let mut plane = plane;
    clutter::wall(&mut plane, view, random);
    if random.chance(35) {
        scatter(&mut plane, view, random);
        // The thing the label is stuck to.
        let case: Colour = random.pick(&CASES, 0x00D0_D0C8);
        let board = Area(
            random.between(-70.0, -42.0),
            random.between(-40.0, -16.0),
            random.between(42.0, 70.0),
            random.between(16.0, 60.0),
        );
        plane.glaze(board.moved(1.5, 2.0), 0, 90);
        plane.bevel(board, 2.0, case, random.between(-0.8, 0.8));
        return Ok(plane);
    }
    if random.chance(40) {
        scatter(&mut plane, view, random);
    }
    meters(plane, (0.0, 0.0), random)
}

/// Draws a scene without any code.
pub(super) fn without_code(
    plane: Plane,
    view: Area,
    random: &mut Random,
) -> Result<Plane, ImagingError> {
    let mut plane = plane;
    clutter::wall(&mut plane, view, random);
    match random.below(10) {
        // One thing fills the picture.
        0..4 => {
            let turn = random.below(clutter::KINDS.len());
            if let Some(draw) = clutter::KINDS.get(turn) {
                draw(&mut plane, view, random);
            }
        }
        4..8 => {
            for _ in 0..3 {
                scatter(&mut plane, view, random);
            }
        }
        _ => {
            scatter(&mut plane, view, random);
            let at = (
                random.between(view.0, view.2) / 3.0,
                random.between(view.1, view.3) / 3.0,
            );
            return meters(plane, at, random);
        }
    }
    Ok(plane)
}

const CASES: [Colour; 6] = [
    0x00E6_E4DC,
    0x00D8_D6CC,
    0x00A0_A4A2,
    0x0050_5458,
    0x0028_2A2C,
    0x00B8_9058,
];

/// Some boxes full of different things.
fn scatter(plane: &mut Plane, view: Area, random: &mut Random) {
    let (width, height) = (view.2 - view.0, view.3 - view.1);
    for _ in 0..2 + random.below(4) {
        let left = random.between(view.0 - 0.1 * width, view.2 - 0.1 * width);
        let top = random.between(view.1 - 0.1 * height, view.3 - 0.1 * height);
        let area = Area(
            left,
            top,
            left + width * random.between(0.1, 0.5),
            top + height * random.between(0.1, 0.5),
        );
        let kind = random.below(clutter::KINDS.len());
        if let Some(draw) = clutter::KINDS.get(kind) {
            draw(plane, area, random);
        }
    }
}

/// A meter with its label's place at a spot, at times with neighbours; none shows a number.
fn meters(plane: Plane, at: Spot, random: &mut Random) -> Result<Plane, ImagingError> {
    let face = Face::new(random);
    let (label_x, label_y) = face.bars_middle();
    let (right, down) = (at.0 - label_x, at.1 - label_y);
    let neighbours: &[f32] = random.pick(&[&[][..], &[132.0], &[-132.0, 132.0]], &[]);
    let mut plane = plane.moved(right, down);
    for (index, &shift) in neighbours.iter().chain(&[0.0]).enumerate() {
        let display = format!("{:08.2}", random.between(10.0, 9999.0));
        let shown = Shown {
            asset_no: "",
            display: &display,
        };
        plane = plane.moved(shift, 0.0);
        let body = Area(0.0, 0.0, 112.0, 160.0);
        plane.glaze(body.moved(4.0, 5.0), 0, 96);
        let other = Face::new(random);
        let drawn = if index < neighbours.len() {
            &other
        } else {
            &face
        };
        drawn.meter(&mut plane, shown, random)?;
        // Leads come up to the terminals from below.
        for lead in 0..4 {
            let x = 30.0 + lead as f32 * 17.0;
            let colour: Colour = if lead % 2 == 0 {
                0x0098_3028
            } else {
                0x0026_3A78
            };
            let sway = random.between(-9.0, 9.0);
            let points = [(x, 150.0), (x, 176.0), (x + sway, 200.0), (x + sway, 330.0)];
            plane.path(&points, 7.0, mix(colour, 0, 110));
            plane.path(&points, 5.2, colour);
        }
        plane = plane.moved(-shift, 0.0);
    }
    Ok(plane.moved(-right, -down))
}
