//! What holds for every picture: no display, no reading; a frame bounds what is read; nothing stops the reader.

use super::*;
use crate::decode::decode_grey;
use crate::drawn;

fn flat(width: usize, height: usize, level: u8) -> PictureGrey {
    PictureGrey::new(width, height, vec![level; width * height]).unwrap()
}

fn display(text: &str, seed: u64) -> PictureGrey {
    decode_grey(&drawn::display(text, seed).unwrap()).unwrap()
}

fn best(rows: &[DisplayRow]) -> Option<&Candidate> {
    rows.first()?.candidates.first()
}

#[test]
fn pictures_of_any_shape_and_frames_of_any_kind_are_looked_at_without_harm() {
    let (far, none) = (1e30, f32::NAN);
    let frames = [
        [(0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0)],
        [(-far, -far), (far, -far), (far, far), (-far, far)],
        [(none, none), (9.0, none), (none, 3.0), (1.0, 1.0)],
        [(9.0, 9.0), (1.0, 9.0), (1.0, 1.0), (9.0, 1.0)],
        [
            (900.0, 900.0),
            (990.0, 900.0),
            (990.0, 930.0),
            (900.0, 930.0),
        ],
    ];
    for (width, height) in [(1, 1), (1, 900), (2000, 1), (3, 7), (160, 40)] {
        let picture = flat(width, height, 90);
        assert_eq!(read_display(&picture, None), [], "{width} x {height}");
        for frame in frames {
            let _ = read_display(&picture, Some(frame));
        }
    }
}

#[test]
fn a_picture_without_a_display_gives_no_likely_text() {
    let mut pictures = vec![flat(400, 120, 0), flat(640, 480, 255)];
    for seed in 0..3 {
        let wiring = drawn::scene(drawn::Scene::Wiring, seed).unwrap();
        pictures.push(decode_grey(&wiring).unwrap());
    }
    for picture in pictures {
        let rows = read_display(&picture, None);
        assert!(rows.iter().all(|row| row.score() < TOLD), "{rows:?}");
    }
}

#[test]
fn a_drawn_display_is_read_and_texts_come_with_falling_scores() {
    let rows = read_display(&display("001234.56", 1), None);
    let read = best(&rows).unwrap();
    assert_eq!(read.text, "001234.56");
    assert!(read.score > 0.9, "{read:?}");
    let candidates = &rows[0].candidates;
    assert!(candidates.len() <= 10);
    assert!(candidates.is_sorted_by(|one, other| one.score >= other.score));
    let signs = |text: &str| text.chars().all(|sign| "0123456789.-Er".contains(sign));
    assert!(candidates.iter().all(|candidate| signs(&candidate.text)));
}

#[test]
fn corners_of_a_row_hold_it_and_its_cut_out_is_small() {
    let rows = read_display(&display("001234.56", 1), None);
    let [upper_left, upper_right, _, lower_left] = rows[0].corners;
    assert!(upper_left.0 < upper_right.0 && upper_left.1 < lower_left.1);
    assert!(rows[0].crop.width() <= 720 && rows[0].crop.width() > 2 * rows[0].crop.height());
}

#[test]
fn only_what_is_in_the_frame_is_read() {
    let picture = display("001234.56", 1);
    let rows = read_display(&picture, None);
    let [.., (_, bottom), _] = rows[0].corners;
    let (right, height) = (picture.width() as f32, picture.height() as f32);
    let below = [
        (0.0, bottom + 40.0),
        (right, bottom + 40.0),
        (right, height),
        (0.0, height),
    ];
    let framed = read_display(&picture, Some(below));
    assert!(framed.iter().all(|row| row.score() < TOLD), "{framed:?}");
    let around = flatten::grown(&rows[0].corners, 0.1, 0.1, 0.3, 0.3);
    let framed = read_display(&picture, Some(around));
    assert_eq!(best(&framed).unwrap().text, "001234.56");
}

#[test]
fn a_row_is_framed_in_an_aim_frame_and_where_it_fills_the_picture() {
    let picture = display("012345.67", 4);
    let found = read_display(&picture, None).remove(0);
    assert!(!found.is_framed);
    let is_framed =
        |rows: Vec<DisplayRow>| !rows.is_empty() && rows.iter().all(|row| row.is_framed);
    assert!(is_framed(read_display(&picture, Some(found.corners))));
    let cut_out = crate::crop(&picture, &found.corners, 0.15);
    assert!(is_framed(read_display(&cut_out, None)));
}

#[test]
fn a_frame_without_signs_in_a_row_like_shape_is_read_as_nothing() {
    let frame = [(10.0, 10.0), (300.0, 10.0), (300.0, 60.0), (10.0, 60.0)];
    assert_eq!(read_display(&flat(640, 480, 128), Some(frame)), []);
}

#[test]
fn the_same_picture_gives_the_same_rows() {
    let picture = display("098765.43", 2);
    assert_eq!(read_display(&picture, None), read_display(&picture, None));
}

#[test]
fn the_hash_is_that_of_the_weights_that_are_in_use() {
    let digits = |bytes: &[u8]| domain::BlobHash::of(bytes).to_string()[..12].to_owned();
    let line = digits(include_bytes!("../../weights/line.bin"));
    let locate = digits(include_bytes!("../../weights/locate.bin"));
    assert_eq!(weights_hash(), format!("{line}-{locate}"));
}
