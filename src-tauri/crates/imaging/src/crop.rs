//! A flat cut-out of a picture: what was read, laid straight, for the record.

use crate::picture::PictureGrey;

/// Corners of something flat: upper left, upper right, lower right, lower left as it is read.
///
/// **Units**: pixels of the picture; they may lie outside it.
pub type Quad = [(f32, f32); 4];

/// Longest edge of a cut-out: a meter's label at four pixels a module.
const LONGEST_PX: f32 = 720.0;

/// Most places looked at each way for one pixel of a cut-out that is made smaller.
const MAX_LOOKS: usize = 4;

/// Lays the inside of `corners` straight, with `margin` (a share of each edge's length) around it.
///
/// **Shape**: as large as the corners span, at least one pixel and at most 720 each way.
#[must_use]
pub fn crop(picture: &PictureGrey, corners: &Quad, margin: f32) -> PictureGrey {
    let [upper_left, upper_right, lower_right, lower_left] = *corners;
    let widest = far(upper_left, upper_right).max(far(lower_left, lower_right));
    let highest = far(upper_left, lower_left).max(far(upper_right, lower_right));
    let grown = 1.0 + 2.0 * margin;
    let shrink = (LONGEST_PX / (widest.max(highest) * grown)).min(1.0);
    // Corners that are no numbers give one pixel: `as` makes 0 of them.
    let edge = |length: f32| (length * grown * shrink).round().clamp(1.0, LONGEST_PX) as usize;
    let (width, height) = (edge(widest).max(1), edge(highest).max(1));
    let looks = ((1.0 / shrink).ceil() as usize).clamp(1, MAX_LOOKS);
    let flat = Flat::of(corners);
    let share = |at: usize, of: usize| (at as f32 + 0.5) / of as f32 * grown - margin;
    PictureGrey::from_places(width, height, |column, row| {
        let mut sum = 0.0;
        for (right, down) in (0..looks).flat_map(|down| (0..looks).map(move |right| (right, down)))
        {
            let (x, y) = flat.place(
                share(column * looks + right, width * looks),
                share(row * looks + down, height * looks),
            );
            sum += picture.sample(x - 0.5, y - 0.5);
        }
        (sum / (looks * looks) as f32 + 0.5) as u8
    })
}

fn far(one: (f32, f32), other: (f32, f32)) -> f32 {
    (one.0 - other.0).hypot(one.1 - other.1)
}

/// The map from the unit square to four corners, seen in perspective.
///
/// **Source**: P. Heckbert, Fundamentals of Texture Mapping and Image Warping, 1989, section 2.2.3.
pub(crate) struct Flat {
    origin: (f32, f32),
    right: (f32, f32),
    down: (f32, f32),
    nearing: (f32, f32),
}

impl Flat {
    pub fn of(&[first, second, third, fourth]: &Quad) -> Self {
        let minus = |one: (f32, f32), other: (f32, f32)| (one.0 - other.0, one.1 - other.1);
        let cross = |one: (f32, f32), other: (f32, f32)| one.0 * other.1 - one.1 * other.0;
        let (upright, level) = (minus(second, third), minus(fourth, third));
        let skew = minus(minus(first, second), minus(fourth, third));
        let area = cross(upright, level);
        // Corners on one line have no perspective.
        let nearing = if area.abs() > 1e-3 {
            (cross(skew, level) / area, cross(upright, skew) / area)
        } else {
            (0.0, 0.0)
        };
        let edge = |to: (f32, f32), near: f32| {
            let step = minus(to, first);
            (step.0 + near * to.0, step.1 + near * to.1)
        };
        Self {
            origin: first,
            right: edge(second, nearing.0),
            down: edge(fourth, nearing.1),
            nearing,
        }
    }

    pub fn place(&self, right: f32, down: f32) -> (f32, f32) {
        let depth = 1.0 + self.nearing.0 * right + self.nearing.1 * down;
        (
            (self.origin.0 + self.right.0 * right + self.down.0 * down) / depth,
            (self.origin.1 + self.right.1 * right + self.down.1 * down) / depth,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Brightness tells the place: 3 for each column, 5 for each row.
    fn slope() -> PictureGrey {
        PictureGrey::from_places(40, 20, |column, row| (column * 3 + row * 5) as u8)
    }

    #[test]
    fn an_upright_cut_out_holds_the_pixels_themselves() {
        let corners = [(10.0, 4.0), (30.0, 4.0), (30.0, 14.0), (10.0, 14.0)];
        let cut = crop(&slope(), &corners, 0.0);
        assert_eq!((cut.width(), cut.height()), (20, 10));
        assert_eq!(cut.bytes().first(), Some(&(10 * 3 + 4 * 5)));
        assert_eq!(cut.bytes().last(), Some(&(29 * 3 + 13 * 5)));
    }

    #[test]
    fn a_turned_cut_out_begins_at_its_own_upper_left() {
        let corners = [(30.0, 14.0), (10.0, 14.0), (10.0, 4.0), (30.0, 4.0)];
        let cut = crop(&slope(), &corners, 0.0);
        assert_eq!(cut.bytes().first(), Some(&(29 * 3 + 13 * 5)));
        assert_eq!(cut.bytes().last(), Some(&(10 * 3 + 4 * 5)));
    }

    #[test]
    fn a_margin_shows_what_lies_around() {
        let corners = [(10.0, 4.0), (30.0, 4.0), (30.0, 14.0), (10.0, 14.0)];
        let cut = crop(&slope(), &corners, 0.2);
        assert_eq!((cut.width(), cut.height()), (28, 14));
        assert_eq!(cut.bytes().first(), Some(&(6 * 3 + 2 * 5)));
    }

    #[test]
    fn corners_in_perspective_are_met_at_all_four_ends() {
        let corners = [(2.0, 3.0), (31.0, 1.0), (38.0, 18.0), (5.0, 15.0)];
        let flat = Flat::of(&corners);
        for (share, (x, y)) in [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)]
            .into_iter()
            .zip(corners)
        {
            let place = flat.place(share.0, share.1);
            assert!(
                far(place, (x, y)) < 1e-3,
                "{share:?} lies at {place:?}, not at {x} {y}"
            );
        }
    }

    #[test]
    fn a_large_label_is_made_smaller_and_nonsense_is_one_pixel() {
        let wide = [(0.0, 0.0), (4000.0, 0.0), (4000.0, 400.0), (0.0, 400.0)];
        let cut = crop(&slope(), &wide, 0.0);
        assert_eq!((cut.width(), cut.height()), (720, 72));
        let cut = crop(&slope(), &[(f32::NAN, 0.0); 4], 0.0);
        assert_eq!((cut.width(), cut.height()), (1, 1));
    }
}
