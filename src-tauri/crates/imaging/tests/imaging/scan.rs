//! Which codes are read, and that none is invented.

use metercrew_imaging::drawn::{self, Difficulty, FieldSize, Level, Scene, TUNE_SEEDS};
use metercrew_imaging::{
    Code, Effort, Layout, Picture, PictureGrey, ReadBy, ScanOptions, Symbology, decode,
    decode_grey, scan, scan_grey,
};
use proptest::prelude::*;
use rxing::common::HybridBinarizer;
use rxing::{BarcodeFormat, BinaryBitmap, DecodeHints, Luma8Source, MultiFormatReader, Reader};

use crate::made;

/// How many of `seeds` labels have their bars read; stops at a text that is not on the label.
fn read(difficulty: Difficulty, seeds: std::ops::Range<u64>) -> usize {
    seeds
        .filter(|&seed| {
            let asset_no = made::asset_no(seed);
            let photo = drawn::label(&asset_no, seed, difficulty).unwrap();
            let codes = scan_grey(&decode_grey(&photo).unwrap(), ScanOptions::photo());
            for code in &codes {
                assert_eq!(
                    code.text, asset_no,
                    "seed {seed}, {difficulty:?}: an invented text"
                );
            }
            codes
                .iter()
                .any(|code| code.symbology == Symbology::Code128)
        })
        .count()
}

#[test]
fn every_easy_label_is_read() {
    assert_eq!(read(Difficulty::Easy, 0..40), 40);
}

#[test]
fn nine_of_ten_field_labels_are_read_and_none_is_read_wrong() {
    let count = read(Difficulty::Field, 100..140);
    assert!(count >= 36, "{count} of 40");
}

#[test]
fn a_hard_label_is_read_or_not_but_never_wrong() {
    let count = read(Difficulty::Hard, 200..230);
    assert!(count >= 5, "{count} of 30");
}

#[test]
fn what_blur_hides_from_a_decoder_is_read_softly_and_says_so() {
    let (mut decoded, mut soft) = (0, 0);
    for seed in TUNE_SEEDS.take(14) {
        for level in [Level::One, Level::Four] {
            let asset_no = drawn::asset_no(seed);
            let size = FieldSize::Hd1080;
            let field = drawn::field_label(&asset_no, seed, level, size).unwrap();
            for code in scan_grey(&field.picture, ScanOptions::photo()) {
                let is_there = code.text == asset_no || field.others.contains(&code.text);
                assert!(
                    is_there,
                    "seed {seed}, {level:?}: {} is invented",
                    code.text
                );
                match code.read_by {
                    ReadBy::Decoder => {
                        assert_eq!(code.confidence, 1.0);
                        decoded += 1;
                    }
                    ReadBy::Soft => {
                        assert!((0.5..1.0).contains(&code.confidence), "{code:?}");
                        soft += 1;
                    }
                }
            }
        }
    }
    assert!(decoded >= 14 && soft >= 4, "{decoded} decoded, {soft} soft");
}

/// What a decoder reads of a whole picture by itself.
fn decoder_alone(picture: &PictureGrey) -> Option<String> {
    let (width, height) = (picture.width() as u32, picture.height() as u32);
    let source = Luma8Source::new(picture.bytes().to_vec(), width, height).unwrap();
    let hints = DecodeHints {
        PossibleFormats: Some([BarcodeFormat::QR_CODE].into()),
        TryHarder: Some(true),
        ..DecodeHints::default()
    };
    let mut bitmap = BinaryBitmap::new(HybridBinarizer::new(source));
    let read = MultiFormatReader::default().decode_with_hints(&mut bitmap, &hints);
    read.ok().map(|read| read.getText().to_owned())
}

#[test]
fn every_square_that_the_decoder_reads_alone_is_read() {
    let mut read = 0;
    for index in 0..12 {
        let seed = TUNE_SEEDS.start + index;
        for level in [Level::Two, Level::Three] {
            let asset_no = drawn::asset_no(seed);
            let size = FieldSize::of_index(index);
            let field = drawn::field_qr(&asset_no, seed, level, size).unwrap();
            let Some(text) = decoder_alone(&field.picture) else {
                continue;
            };
            let codes = scan_grey(&field.picture, ScanOptions::photo());
            let is_found = codes.iter().any(|code| code.text == text);
            assert!(is_found, "seed {seed}, {level:?}");
            read += 1;
        }
    }
    assert!(read >= 8, "{read} are no proof");
}

fn turned(picture: &Picture, quarters: usize) -> Picture {
    (0..quarters).fold(picture.clone(), |picture, _| {
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let bytes = (0..width)
            .flat_map(|y| (0..height).map(move |x| (x, y)))
            .flat_map(|(x, y)| {
                let at = ((height - 1 - x) * width + y) * 3;
                picture.bytes()[at..at + 3].to_vec()
            });
        let bytes = bytes.collect();
        Picture::new(height as u32, width as u32, Layout::Rgb, bytes).unwrap()
    })
}

#[test]
fn a_label_is_read_whichever_side_is_up() {
    let asset_no = made::asset_no(7);
    let picture = decode(&drawn::label(&asset_no, 7, Difficulty::Easy).unwrap()).unwrap();
    for quarters in 0..4 {
        let codes = scan(&turned(&picture, quarters), ScanOptions::photo());
        assert!(
            codes.iter().any(|code| code.text == asset_no),
            "{quarters} quarter turns"
        );
    }
}

#[test]
fn the_corners_lie_around_the_bars() {
    let asset_no = made::asset_no(1);
    let flat = drawn::label_flat(&asset_no).unwrap();
    let codes = scan(&flat, ScanOptions::photo());
    let bars: &Code = codes
        .iter()
        .find(|code| code.symbology == Symbology::Code128)
        .unwrap();
    // The drawn bars: from 40 to 664 pixels across, 36 to 170 down.
    for ((x, y), (across, down)) in
        bars.corners
            .iter()
            .zip([(40.0, 36.0), (664.0, 36.0), (664.0, 170.0), (40.0, 170.0)])
    {
        let (dx, dy): (f32, f32) = (x - across, y - down);
        assert!(
            dx.abs() < 24.0 && dy.abs() < 40.0,
            "corner {x} {y}, bars {across} {down}"
        );
    }
    let square = codes
        .iter()
        .find(|code| code.symbology == Symbology::Qr)
        .unwrap();
    assert_eq!(square.text, asset_no);
    assert!(
        square
            .corners
            .iter()
            .all(|&(x, y)| (740.0..970.0).contains(&x) && (20.0..240.0).contains(&y))
    );
}

/// One flat label above another.
fn stacked(upper: &str, lower: &str) -> Picture {
    let [upper, lower] = [upper, lower].map(|asset_no| drawn::label_flat(asset_no).unwrap());
    let (width, height) = (upper.width(), upper.height() + lower.height());
    let both = [upper.bytes(), lower.bytes()].concat();
    Picture::new(width, height, Layout::Rgb, both).unwrap()
}

#[test]
fn of_codes_equally_wanted_the_one_nearest_to_the_aim_comes_first() {
    let (upper, lower) = (made::asset_no(1), made::asset_no(2));
    let both = stacked(&upper, &lower);
    let height = both.height() as f32;
    for (y, nearest) in [(height * 0.25, &upper), (height * 0.75, &lower)] {
        let aim = Some((300.0, y));
        let codes = scan(
            &both,
            ScanOptions {
                aim,
                ..ScanOptions::photo()
            },
        );
        let texts: Vec<&str> = codes.iter().map(|code| code.text.as_str()).collect();
        assert_eq!(texts.len(), 4);
        assert_eq!(texts[0], nearest, "aimed at {y}");
    }
}

#[test]
fn a_code_is_reported_once_and_wanted_ones_come_first() {
    let (mine, other) = (made::asset_no(1), made::asset_no(2));
    let both = stacked(&other, &mine);
    let wanted = |text: &str| text == mine;
    let codes = scan(&both, ScanOptions::new(Effort::Photo, &wanted));
    let texts: Vec<(&str, Symbology)> = codes
        .iter()
        .map(|code| (code.text.as_str(), code.symbology))
        .collect();
    let (bars, square) = (Symbology::Code128, Symbology::Qr);
    assert_eq!(
        texts,
        [
            (mine.as_str(), bars),
            (&mine, square),
            (&other, bars),
            (&other, square)
        ]
    );
}

#[test]
fn a_frame_stops_at_the_first_wanted_code() {
    let asset_no = made::asset_no(3);
    let wanted = |text: &str| text == asset_no;
    let flat = drawn::label_flat(&asset_no).unwrap();
    let codes = scan(&flat, ScanOptions::new(Effort::Frame, &wanted));
    assert_eq!(codes.len(), 1);
}

#[test]
fn scenes_without_a_code_hold_none() {
    for seed in 0..8 {
        for kind in [
            Scene::Seal { number: "S123456" },
            Scene::Wiring,
            Scene::Panorama,
        ] {
            let photo = decode_grey(&drawn::scene(kind, seed).unwrap()).unwrap();
            assert_eq!(
                scan_grey(&photo, ScanOptions::photo()),
                [],
                "{kind:?} {seed}"
            );
        }
        let photo = decode_grey(&drawn::display("001234.56", seed).unwrap()).unwrap();
        assert_eq!(
            scan_grey(&photo, ScanOptions::photo()),
            [],
            "display {seed}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn noise_and_stripes_of_any_size_hold_no_code(
        width in 1_usize..260,
        height in 1_usize..260,
        seed in any::<u64>(),
        stripe in 1_usize..9,
        deep in 0_u8..=255,
    ) {
        let mut state = seed | 1;
        let bytes = (0..width * height).map(|at| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let bar = if (at % width / stripe).is_multiple_of(2) { 0 } else { deep };
            bar.wrapping_add((state >> 58) as u8)
        });
        let picture = PictureGrey::new(width, height, bytes.collect()).unwrap();
        prop_assert_eq!(scan_grey(&picture, ScanOptions::photo()), []);
    }
}
