//! A signature as it was drawn.

use metercrew_imaging::signature::{MAX_CANVAS, MAX_POINTS};
use metercrew_imaging::{ImagingError, Signature, Stroke, StrokePoint, decode};

fn signature(strokes: &[&[(f32, f32)]]) -> Signature {
    let stroke = |points: &&[(f32, f32)]| Stroke {
        points: points
            .iter()
            .zip(0..)
            .map(|(&(x, y), at)| StrokePoint {
                x,
                y,
                t_ms: at * 11,
            })
            .collect(),
    };
    Signature {
        width: 400,
        height: 150,
        strokes: strokes.iter().map(stroke).collect(),
    }
}

#[test]
fn strokes_become_paths_in_the_order_they_were_drawn() {
    let svg = signature(&[&[(10.0, 20.0), (30.25, 40.0)], &[(200.0, 75.0)]])
        .svg()
        .unwrap();
    assert_eq!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 400 150\">\
         <g fill=\"none\" stroke=\"#102040\" stroke-width=\"1.8\" stroke-linecap=\"round\" stroke-linejoin=\"round\">\
         <path d=\"M10.0 20.0L30.2 40.0\"/><path d=\"M200.0 75.0L200.0 75.0\"/></g></svg>"
    );
}

#[test]
fn the_picture_is_dark_where_the_pen_was_and_white_elsewhere() {
    let png = signature(&[&[(20.0, 20.0), (380.0, 130.0)], &[(300.0, 30.0)]])
        .png()
        .unwrap();
    let picture = decode(&png).unwrap();
    assert_eq!((picture.width(), picture.height()), (400, 150));
    let grey = picture.to_grey();
    for (x, y) in [(200, 75), (110, 47), (290, 102), (300, 30)] {
        assert!(grey.row(y)[x] < 120, "pen at {x} {y}: {}", grey.row(y)[x]);
    }
    assert_eq!(grey.row(140)[20], 255);
    let ink = grey.bytes().iter().filter(|&&pixel| pixel < 200).count();
    assert!((300..2500).contains(&ink), "a thin line, not a box: {ink}");
}

#[test]
fn points_off_the_canvas_are_drawn_at_its_edge() {
    let svg = signature(&[&[(-50.0, 900.0), (10.0, 10.0)]]).svg().unwrap();
    assert!(svg.contains("M0.0 150.0L10.0 10.0"));
}

#[test]
fn a_signature_without_a_point_is_empty() {
    assert_eq!(signature(&[]).svg(), Err(ImagingError::SignatureEmpty));
    assert_eq!(
        signature(&[&[], &[]]).png(),
        Err(ImagingError::SignatureEmpty)
    );
}

#[test]
fn a_megabyte_of_points_is_too_large() {
    let many = vec![(1.0, 1.0); MAX_POINTS + 1];
    let expected = Err(ImagingError::SignatureTooLarge {
        points: MAX_POINTS + 1,
        limit: MAX_POINTS,
    });
    assert_eq!(signature(&[&many]).svg().map(|_| ()), expected);
    assert!(signature(&[&many[..MAX_POINTS]]).svg().is_ok());
}

#[test]
fn an_impossible_canvas_or_coordinate_is_refused() {
    let good = signature(&[&[(1.0, 1.0)]]);
    for (width, height) in [(0, 100), (100, 0), (MAX_CANVAS + 1, 100), (100, u32::MAX)] {
        let bad = Signature {
            width,
            height,
            ..good.clone()
        };
        assert_eq!(
            bad.png(),
            Err(ImagingError::SignatureCanvas { width, height })
        );
    }
    for coordinate in [f32::NAN, f32::INFINITY] {
        assert!(matches!(
            signature(&[&[(coordinate, 1.0)]]).svg(),
            Err(ImagingError::SignatureCanvas { .. })
        ));
    }
}

#[test]
fn scribbling_all_over_the_largest_canvas_takes_no_coffee_break() {
    let corner_to_corner = (0..MAX_POINTS).map(|at| {
        if at % 2 == 0 {
            (0.0, 0.0)
        } else {
            (4096.0, 4096.0)
        }
    });
    let mut scribble = signature(&[&corner_to_corner.collect::<Vec<_>>()]);
    (scribble.width, scribble.height) = (MAX_CANVAS, MAX_CANVAS);
    let started = std::time::Instant::now();
    scribble.png().unwrap();
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
