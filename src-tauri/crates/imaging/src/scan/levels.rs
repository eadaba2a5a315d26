//! A picture and its halves: bars are looked for at several sizes.

use crate::picture::PictureGrey;

/// Shortest edge in which a code of ten modules at two pixels each fits; smaller pictures hold none.
const MIN_EDGE_PX: usize = 40;

/// Pictures are halved for further passes while their long edge is above this: a gap four modules wide must not fill a
/// cell's neighbourhood.
const SMALLEST_LEVEL_PX: usize = 700;

/// A picture with its halves, the largest first.
pub(super) struct Levels<'a> {
    full: &'a PictureGrey,
    halves: Vec<PictureGrey>,
}

/// One of them, and how many of the full picture's pixels one of its pixels spans.
pub(super) type Level<'a> = (&'a PictureGrey, f32);

impl<'a> Levels<'a> {
    /// `None` of a picture that is too small to hold a code.
    pub fn of(full: &'a PictureGrey) -> Option<Self> {
        let holds_codes =
            |picture: &PictureGrey| picture.width().min(picture.height()) >= MIN_EDGE_PX;
        let halves = std::iter::successors(halved(full), halved).take_while(holds_codes);
        holds_codes(full).then(|| Self {
            full,
            halves: halves.collect(),
        })
    }

    pub fn full(&self) -> Level<'_> {
        (self.full, 1.0)
    }

    /// Those smaller than the picture itself, the largest first.
    pub fn halves(&self) -> impl DoubleEndedIterator<Item = Level<'_>> {
        let scale = |index: usize| (2_u32 << index.min(30)) as f32;
        let halves = self.halves.iter().enumerate();
        halves.map(move |(index, picture)| (picture, scale(index)))
    }

    /// The smallest whose pixels span no more than `most` of the full picture's.
    pub fn fitting(&self, most: f32) -> Level<'_> {
        let mut fitting = self.halves().rev().filter(|(_, scale)| *scale <= most);
        fitting.next().unwrap_or(self.full())
    }
}

fn halved(picture: &PictureGrey) -> Option<PictureGrey> {
    let is_large = picture.width().max(picture.height()) >= SMALLEST_LEVEL_PX;
    is_large.then(|| picture.halved())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(width: usize, height: usize) -> PictureGrey {
        PictureGrey::from_places(width, height, |_, _| 0)
    }

    #[test]
    fn a_picture_too_small_for_a_code_has_no_levels() {
        assert!(Levels::of(&plain(900, 39)).is_none());
        assert!(Levels::of(&plain(900, 40)).is_some());
    }

    #[test]
    fn large_pictures_are_halved_until_they_are_small() {
        let picture = plain(4000, 3000);
        let levels = Levels::of(&picture).unwrap();
        let sizes: Vec<(usize, f32)> = levels
            .halves()
            .map(|(picture, scale)| (picture.width(), scale))
            .collect();
        assert_eq!(sizes, [(2000, 2.0), (1000, 4.0), (500, 8.0)]);
    }

    #[test]
    fn the_smallest_level_that_is_fine_enough_fits() {
        let picture = plain(4000, 3000);
        let levels = Levels::of(&picture).unwrap();
        let scale = |most| levels.fitting(most).1;
        assert_eq!(
            [scale(0.4), scale(1.9), scale(2.0), scale(50.0)],
            [1.0, 1.0, 2.0, 8.0]
        );
    }
}
