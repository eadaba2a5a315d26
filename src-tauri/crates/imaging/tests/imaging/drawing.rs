//! What is drawn for tests and samples.

use std::time::Instant;

use metercrew_imaging::drawn::{self, Difficulty, Scene};
use metercrew_imaging::{ImagingError, ScanOptions, Symbology, decode, scan};
use proptest::prelude::*;

use crate::made;

#[test]
fn the_same_seed_gives_the_same_bytes_and_another_another_picture() {
    let draw = |seed| drawn::label(&made::asset_no(1), seed, Difficulty::Field).unwrap();
    assert_eq!(draw(5), draw(5));
    assert_ne!(draw(5), draw(6));
    let reading = |text, seed| drawn::display(text, seed).unwrap();
    assert_ne!(reading("000123.45", 1), reading("000123.46", 1));
    assert_ne!(reading("000123.45", 1), reading("000123.45", 2));
    let seal = |number| drawn::scene(Scene::Seal { number }, 1).unwrap();
    assert_ne!(seal("A1"), seal("A2"));
}

#[test]
fn every_photograph_has_the_promised_size() {
    let files = [
        drawn::label(&made::asset_no(1), 1, Difficulty::Hard).unwrap(),
        drawn::display("Err-04", 1).unwrap(),
        drawn::scene(Scene::Wiring, 1).unwrap(),
        drawn::scene(Scene::Panorama, 1).unwrap(),
        drawn::scene(Scene::Seal { number: "" }, 1).unwrap(),
    ];
    for file in files {
        let picture = decode(&file).unwrap();
        assert_eq!(
            (picture.width(), picture.height()),
            (drawn::PHOTO_WIDTH_PX, drawn::PHOTO_HEIGHT_PX)
        );
    }
}

#[test]
fn a_number_that_is_no_pairs_of_digits_is_not_drawn() {
    for text in ["", "123", "12a4", "１２", &"1".repeat(82)] {
        let refused = Err(ImagingError::NotDigitPairs {
            text: text.chars().take(80).collect(),
        });
        assert_eq!(drawn::code128(text), refused);
        assert_eq!(
            drawn::label_flat(text).map(|_| ()),
            refused.clone().map(|_: Vec<u8>| ())
        );
    }
    for text in ["", "12x4"] {
        assert!(drawn::label(text, 1, Difficulty::Easy).is_err());
    }
}

#[test]
fn a_sign_is_eleven_modules_and_the_stop_sign_thirteen() {
    let widths = drawn::code128("4130001000000000000012").unwrap();
    assert_eq!(widths.len(), 13 * 6 + 7);
    for sign in widths[..13 * 6].chunks(6) {
        assert_eq!(sign.iter().sum::<u8>(), 11);
        assert!(
            (sign[0] + sign[2] + sign[4]).is_multiple_of(2),
            "bars of a sign are even in sum: {sign:?}"
        );
    }
    assert_eq!(widths[13 * 6..].iter().sum::<u8>(), 13);
}

#[test]
fn drawing_a_day_s_pictures_is_quick() {
    let started = Instant::now();
    for seed in 0..10 {
        drawn::label(&made::asset_no(seed), seed, Difficulty::Field).unwrap();
    }
    // Some 60 ms each on one core; ten times that would make a day of forty orders a coffee break.
    assert!(
        started.elapsed().as_millis() < 6_000,
        "{:?} for ten",
        started.elapsed()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_digits_drawn_as_bars_are_read_back(digits in "[0-9]{22}") {
        let codes = scan(&drawn::label_flat(&digits).unwrap(), ScanOptions::photo());
        for symbology in [Symbology::Code128, Symbology::Qr] {
            let read = codes.iter().find(|code| code.symbology == symbology);
            prop_assert_eq!(read.map(|code| code.text.as_str()), Some(digits.as_str()));
        }
    }
}
