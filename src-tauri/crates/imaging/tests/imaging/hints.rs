//! What the crew is told about a photo: each fault drawn on every kind of photograph, and good ones.

use metercrew_imaging::drawn::{self, Difficulty, Scene};
use metercrew_imaging::{
    Hint, Layout, Picture, PictureGrey, PurposeSpec, decode, encode_jpeg, evidence,
};

use crate::made;

/// Drawn photographs of each kind. Others were looked at while the bounds were set.
const SEEDS: [u64; 3] = [100, 101, 102];

/// A kind of photograph: what is on it, and what it must be like.
struct Kind {
    name: &'static str,
    spec: PurposeSpec,
    draw: fn(u64) -> Vec<u8>,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "label",
        spec: PurposeSpec::FINE,
        draw: |seed| drawn::label(&made::asset_no(seed), seed, Difficulty::Easy).unwrap(),
    },
    Kind {
        name: "display",
        spec: PurposeSpec::FINE,
        draw: |seed| drawn::display("012345.67", seed).unwrap(),
    },
    Kind {
        name: "seal",
        spec: PurposeSpec::FINE,
        draw: |seed| drawn::scene(Scene::Seal { number: "S12345" }, seed).unwrap(),
    },
    Kind {
        name: "wiring",
        spec: PurposeSpec::PLAIN,
        draw: |seed| drawn::scene(Scene::Wiring, seed).unwrap(),
    },
    Kind {
        name: "site",
        spec: PurposeSpec::SCENE,
        draw: |seed| drawn::scene(Scene::Panorama, seed).unwrap(),
    },
];

/// What `change` makes of photographs of every kind.
fn each(change: impl Fn(PictureGrey) -> Vec<u8>, mut judge: impl FnMut(&Kind, &[Hint], String)) {
    for kind in &KINDS {
        for seed in SEEDS {
            let drawn = decode(&(kind.draw)(seed)).unwrap().to_grey();
            let (width, height) = (drawn.width() as u32, drawn.height() as u32);
            let bytes = change(drawn);
            let changed = Picture::new(width, height, Layout::Grey, bytes).unwrap();
            let file = encode_jpeg(&changed, 92).unwrap();
            let quality = evidence(&file, kind.spec).unwrap().quality;
            let said = format!("{} {seed}: {quality:?}", kind.name);
            judge(kind, &quality.hints, said);
        }
    }
}

/// Each pixel anew, from its place (0 to 1 each way) and its brightness.
fn lit(picture: &PictureGrey, light: impl Fn(f32, f32, f32) -> f32) -> Vec<u8> {
    let (width, height) = (picture.width(), picture.height());
    let mut bytes = Vec::with_capacity(width * height);
    for y in 0..height {
        for (x, &byte) in picture.row(y).iter().enumerate() {
            let (right, down) = (x as f32 / width as f32, y as f32 / height as f32);
            let new = light(right, down, f32::from(byte));
            bytes.push(new.round().clamp(0.0, 255.0) as u8);
        }
    }
    bytes
}

/// A spot of light: 1 in its middle, a third at `radius`.
fn spot(x: f32, y: f32, (at_x, at_y): (f32, f32), radius: f32) -> f32 {
    let far = (x - at_x).hypot((y - at_y) * 0.75) / radius;
    (-far * far).exp()
}

/// The mean of `length` pixels, one `apart` behind the other in the bytes.
fn drawn_out(bytes: &[u8], length: usize, apart: usize) -> Vec<u8> {
    let last = bytes.len() - 1;
    let mut sum: usize = (0..length)
        .map(|step| usize::from(bytes[step * apart]))
        .sum();
    let mean = |from: usize| {
        let line = (0..length).map(|step| usize::from(bytes[(from + step * apart).min(last)]));
        (line.sum::<usize>() / length) as u8
    };
    if apart > 1 {
        return (0..bytes.len()).map(mean).collect();
    }
    (0..bytes.len())
        .map(|at| {
            let new = sum / length;
            sum += usize::from(bytes[(at + length).min(last)]);
            sum -= usize::from(bytes[at]);
            new as u8
        })
        .collect()
}

#[test]
fn a_good_photo_of_any_kind_gets_no_hint() {
    each(
        |drawn| drawn.bytes().to_vec(),
        |_, hints, said| assert_eq!(hints, [], "{said}"),
    );
}

#[test]
fn a_photo_in_bad_light_that_still_shows_everything_gets_no_hint() {
    let dusk = |drawn: PictureGrey| lit(&drawn, |_, _, grey| grey * 0.42);
    each(dusk, |_, hints, said| assert_eq!(hints, [], "dusk: {said}"));
    // A flash lights what it is held at and leaves the rest black.
    let flash = |drawn: PictureGrey| {
        lit(&drawn, |x, y, grey| {
            grey * (0.05 + 0.9 * spot(x, y, (0.5, 0.5), 0.3))
        })
    };
    each(flash, |_, hints, said| {
        assert_eq!(hints, [], "flash: {said}")
    });
}

#[test]
fn a_photo_in_the_dark_is_too_dark_and_nothing_is_said_of_its_focus() {
    let dark = |drawn: PictureGrey| lit(&drawn, |_, _, grey| grey * 0.15);
    each(dark, |_, hints, said| {
        assert_eq!(hints, [Hint::TooDark], "{said}")
    });
}

#[test]
fn a_photo_out_of_focus_is_blurred() {
    let defocused = |drawn: PictureGrey| {
        let width = drawn.width();
        let across = drawn_out(&drawn_out(drawn.bytes(), 5, 1), 5, 1);
        drawn_out(&drawn_out(&across, 5, width), 5, width)
    };
    each(defocused, |_, hints, said| {
        assert_eq!(hints, [Hint::Blurred], "{said}")
    });
}

#[test]
fn a_photo_shaken_in_one_direction_is_blurred_though_it_is_sharp_in_the_other() {
    let across = |drawn: PictureGrey| drawn_out(drawn.bytes(), 14, 1);
    each(across, |_, hints, said| {
        assert_eq!(hints, [Hint::Blurred], "across: {said}")
    });
    let down = |drawn: PictureGrey| drawn_out(drawn.bytes(), 14, drawn.width());
    each(down, |_, hints, said| {
        assert_eq!(hints, [Hint::Blurred], "down: {said}")
    });
}

#[test]
fn a_reflection_where_the_crew_aims_is_glare_but_not_on_a_photo_of_the_place() {
    let lamp = |drawn: PictureGrey| {
        lit(&drawn, |x, y, grey| {
            grey + 400.0 * spot(x, y, (0.55, 0.4), 0.12)
        })
    };
    each(lamp, |kind, hints, said| {
        let expected: &[Hint] = match kind.name {
            "site" => &[],
            _ => &[Hint::Glare],
        };
        assert_eq!(hints, expected, "{said}");
    });
}

#[test]
fn a_burnt_out_sky_over_the_place_is_no_glare() {
    let sky = |drawn: PictureGrey| lit(&drawn, |_, y, grey| if y < 0.35 { 255.0 } else { grey });
    each(sky, |kind, hints, said| {
        assert_eq!(hints.contains(&Hint::Glare), kind.name != "site", "{said}");
    });
}

#[test]
fn a_photo_is_too_small_for_digits_before_it_is_too_small_for_a_place() {
    let file = made::jpeg(1100, 800);
    let is_too_small = |spec| {
        let quality = evidence(&file, spec).unwrap().quality;
        quality.hints.contains(&Hint::TooSmall)
    };
    assert!(is_too_small(PurposeSpec::FINE));
    assert!(!is_too_small(PurposeSpec::PLAIN));
    assert!(!is_too_small(PurposeSpec::SCENE));
}

#[test]
fn the_same_photo_is_as_sharp_whatever_size_it_is_kept_at() {
    let drawn = decode(&(KINDS[0].draw)(3)).unwrap();
    let large = drawn.resized(4000, 3000).unwrap();
    let file = encode_jpeg(&large, 92).unwrap();
    let sharpness = |long_edge_px| {
        let spec = PurposeSpec {
            long_edge_px,
            ..PurposeSpec::FINE
        };
        evidence(&file, spec).unwrap().quality.sharpness_percent
    };
    let (kept_large, kept_small) = (sharpness(2048), sharpness(1600));
    assert!(
        kept_large.abs_diff(kept_small) <= 3,
        "{kept_large} {kept_small}"
    );
}
