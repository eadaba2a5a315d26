//! What becomes of a camera's file.

use metercrew_imaging::drawn::{self, Difficulty, Scene};
use metercrew_imaging::photo::THUMBNAIL_EDGE_PX;
use metercrew_imaging::{
    Evidence, Hint, Layout, Picture, PurposeSpec, decode, encode_jpeg, evidence, perceptual_hash,
    watermark,
};

use crate::made;

const SPEC: PurposeSpec = PurposeSpec {
    long_edge_px: 1000,
    jpeg_quality: 80,
    min_long_edge_px: 800,
    burnt_out_per_mille: 60,
};

fn label(seed: u64) -> Picture {
    decode(&drawn::label(&made::asset_no(seed), seed, Difficulty::Easy).unwrap()).unwrap()
}

fn changed(picture: &Picture, change: impl Fn(usize, u8) -> u8) -> Picture {
    let bytes = picture
        .bytes()
        .iter()
        .enumerate()
        .map(|(at, &byte)| change(at, byte));
    Picture::new(
        picture.width(),
        picture.height(),
        picture.layout(),
        bytes.collect(),
    )
    .unwrap()
}

fn judged(picture: &Picture) -> Evidence {
    evidence(&encode_jpeg(picture, 92).unwrap(), SPEC).unwrap()
}

#[test]
fn evidence_has_the_purpose_s_long_edge_and_a_thumbnail() {
    let evidence = judged(&label(1));
    assert_eq!((evidence.width, evidence.height), (1000, 750));
    let original = decode(&evidence.original_jpeg).unwrap();
    assert_eq!((original.width(), original.height()), (1000, 750));
    let thumbnail = decode(&evidence.thumbnail_jpeg).unwrap();
    assert_eq!(
        (thumbnail.width(), thumbnail.height()),
        (THUMBNAIL_EDGE_PX, 240)
    );
    assert!(
        evidence.thumbnail_jpeg.len() < 24_000,
        "a thumbnail is small on the air"
    );
}

#[test]
fn evidence_is_upright_and_carries_nothing_private() {
    let held_upright = made::with_exif(&made::jpeg(640, 480), 6, "owner and place");
    let evidence = evidence(&held_upright, SPEC).unwrap();
    assert_eq!((evidence.width, evidence.height), (480, 640));
    for file in [&evidence.original_jpeg, &evidence.thumbnail_jpeg] {
        let holds = |text: &[u8]| file.windows(text.len()).any(|part| part == text);
        assert!(!holds(b"Exif") && !holds(b"owner"));
    }
}

#[test]
fn evidence_of_the_same_bytes_is_the_same() {
    let file = drawn::scene(Scene::Wiring, 3).unwrap();
    assert_eq!(evidence(&file, SPEC), evidence(&file, SPEC));
}

#[test]
fn a_good_photo_gets_no_hint() {
    for seed in 0..6 {
        let quality = judged(&label(seed)).quality;
        assert_eq!(quality.hints, [], "seed {seed}: {quality:?}");
    }
}

#[test]
fn a_photo_taken_in_the_dark_is_too_dark() {
    let dark = changed(&label(2), |_, byte| byte / 8);
    assert!(judged(&dark).quality.hints.contains(&Hint::TooDark));
}

#[test]
fn a_photo_with_a_burnt_out_patch_has_glare() {
    let picture = label(2);
    let row = picture.width() as usize * 3;
    let lamp = changed(&picture, |at, byte| {
        if at / row < 300 && at % row < row / 2 {
            255
        } else {
            byte
        }
    });
    let hints = judged(&lamp).quality.hints;
    assert!(hints.contains(&Hint::Glare) && !hints.contains(&Hint::TooDark));
}

#[test]
fn a_photo_out_of_focus_is_blurred() {
    let sharp = label(2);
    let soft = sharp
        .resized(160, 120)
        .unwrap()
        .resized(1600, 1200)
        .unwrap();
    let (sharp, soft) = (judged(&sharp).quality, judged(&soft).quality);
    assert!(soft.hints.contains(&Hint::Blurred), "{soft:?}");
    assert!(
        sharp.sharpness_percent > soft.sharpness_percent + 15,
        "{sharp:?} {soft:?}"
    );
}

#[test]
fn a_photo_below_the_purpose_s_pixels_is_too_small_and_not_blown_up() {
    let evidence = evidence(&made::jpeg(799, 300), SPEC).unwrap();
    assert!(evidence.quality.hints.contains(&Hint::TooSmall));
    assert_eq!(evidence.width, 799);
}

#[test]
fn a_plain_wall_and_a_single_pixel_are_judged_too() {
    let wall = Picture::new(64, 64, Layout::Grey, vec![128; 64 * 64]).unwrap();
    assert_eq!(judged(&wall).quality.sharpness_percent, 0);
    assert!(evidence(&made::png(1, 1), SPEC).is_ok());
}

#[test]
fn the_perceptual_hash_knows_a_photo_again_and_tells_others_apart() {
    let picture = label(4);
    let again =
        decode(&encode_jpeg(&picture.clone().shrunk_to(700).unwrap(), 50).unwrap()).unwrap();
    let brighter = changed(&picture, |_, byte| byte.saturating_add(18));
    let other = decode(&drawn::scene(Scene::Panorama, 4).unwrap()).unwrap();
    let far = |one: &Picture, two: &Picture| {
        (perceptual_hash(one).unwrap() ^ perceptual_hash(two).unwrap()).count_ones()
    };
    assert!(
        far(&picture, &again) <= 6,
        "shrunk and compressed: {}",
        far(&picture, &again)
    );
    assert!(
        far(&picture, &brighter) <= 6,
        "brighter: {}",
        far(&picture, &brighter)
    );
    assert!(
        far(&picture, &other) > 12,
        "another scene: {}",
        far(&picture, &other)
    );
}

#[test]
fn a_watermark_is_legible_in_a_band_of_a_copy_and_leaves_the_rest() {
    let file = drawn::scene(Scene::Seal { number: "S12" }, 1).unwrap();
    let before = file.clone();
    let lines = [
        "2026-11-21 09:41:07 +0800",
        "34.7466 N 113.6254 E",
        "order 4100-000123",
    ];
    let marked = watermark(&file, &lines).unwrap();
    assert_eq!(file, before, "the evidence stays as it was");
    let (plain, copy) = (decode(&file).unwrap(), decode(&marked).unwrap());
    assert_eq!(
        (copy.width(), copy.height()),
        (plain.width(), plain.height())
    );
    let moved = made::mean(&plain, 0, 0, 1600, 900) - made::mean(&copy, 0, 0, 1600, 900);
    assert!(moved.abs() < 1.0, "above the band nothing changes: {moved}");
    let grey = copy.to_grey();
    let band: Vec<u8> = (1040..1200).flat_map(|y| grey.row(y)).copied().collect();
    let white = band.iter().filter(|&&pixel| pixel > 215).count();
    let dark = band.iter().filter(|&&pixel| pixel < 110).count();
    assert!(
        dark > band.len() / 2,
        "a band to stand out from: {dark} of {}",
        band.len()
    );
    assert!(
        (band.len() / 100..band.len() / 4).contains(&white),
        "white strokes: {white} of {}",
        band.len()
    );
}

#[test]
fn a_watermark_takes_any_text() {
    let file = made::jpeg(120, 90);
    let long = "x".repeat(500);
    let lines = [
        "电表",
        "",
        long.as_str(),
        "<script>",
        "5",
        "6",
        "seven is left out",
    ];
    let marked = watermark(&file, &lines).unwrap();
    assert_eq!(decode(&marked).unwrap().width(), 120);
    assert!(watermark(&file, &[]).is_ok());
    assert!(watermark(b"no picture", &lines).is_err());
}
