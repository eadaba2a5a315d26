//! What must not get in: each is refused by a typed error, and nothing changed.

use domain::{AssetFault, Millis, Purpose};
use imaging::drawn::{self, Scene};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{MORNING, Office, Tablet};
use work::{Effort, Signature, Stroke, StrokePoint, WorkError};

/// Files and blobs under a tablet's folder: what a refused picture must not add to.
fn blobs(tablet: &Tablet) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).map(Iterator::flatten);
        entries.map_or(0, |entries| {
            entries
                .map(|entry| match entry.path() {
                    path if path.is_dir() => count(&path),
                    _ => 1,
                })
                .sum()
        })
    }
    count(&tablet.home.path().join("blobs"))
}

/// A PNG whose header announces 20 000 × 10 000 pixels and whose body is empty.
fn bomb() -> Vec<u8> {
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    png.extend(20_000u32.to_be_bytes());
    png.extend(10_000u32.to_be_bytes());
    png.extend([8, 2, 0, 0, 0]);
    png.extend([0xdb, 0x6a, 0x4f, 0x91]);
    png.extend(b"\0\0\0\0IEND\xae\x42\x60\x82");
    png
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_that_are_none_are_refused_and_nothing_is_kept() {
    let tablet = Tablet::new(1);
    let jpeg = drawn::scene(Scene::Panorama, 1).unwrap();
    let cut = jpeg[..jpeg.len() / 2].to_vec();
    for (bytes, expected) in [
        (b"not a picture, but a letter".to_vec(), "not_an_image"),
        (vec![], "not_an_image"),
        (bomb(), "picture_too_large"),
        (cut, "picture_truncated"),
    ] {
        let error = tablet
            .device()
            .prepare_photo(&bytes, Purpose::Site, None)
            .unwrap_err();
        assert_eq!(error.code(), expected);
        let scanned = tablet
            .device()
            .scan_image(&bytes, None, Effort::Photo, None);
        let error = scanned.unwrap_err();
        assert_eq!(error.code(), expected);
    }
    assert_eq!(blobs(&tablet), 0);
    tablet
        .device()
        .prepare_photo(&jpeg, Purpose::Site, None)
        .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_with_a_script_in_it_is_text_that_names_no_asset() {
    let tablet = Tablet::new(1);
    let script = "<script>alert('4130001000000000000013')</script>";
    let read = tablet.device().read_asset_no(script, None).unwrap();
    assert!(
        matches!(
            read,
            Err(AssetFault::Length { .. } | AssetFault::CheckDigit)
        ),
        "{read:?}"
    );
    let enrol = tablet
        .device()
        .enrol(script, None, "样例平板")
        .await
        .unwrap_err();
    assert!(matches!(enrol, WorkError::NotACode), "{enrol:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_of_a_megabyte_and_one_of_nothing_are_refused() {
    let tablet = Tablet::new(1);
    let point = |n: u32| StrokePoint {
        x: (n % 600) as f32,
        y: (n % 200) as f32,
        t_ms: n,
    };
    let strokes = |points: u32| Signature {
        width: 600,
        height: 200,
        strokes: vec![Stroke {
            points: (0..points).map(point).collect(),
        }],
    };
    let large = tablet.device().save_strokes(&strokes(80_000)).unwrap_err();
    assert_eq!(large.code(), "signature_too_large");
    let empty = tablet.device().save_strokes(&strokes(0)).unwrap_err();
    assert_eq!(empty.code(), "signature_empty");
    assert_eq!(blobs(&tablet), 0);
    tablet.device().save_strokes(&strokes(50)).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_expired_or_was_used_enrols_nobody() {
    let office = Office::open().await;
    let code = office.code(crew());
    office.hand.advance(2 * 3_600_000);
    let tablet = Tablet::new(1);
    let late = tablet
        .device()
        .enrol(&code, Some(&office.url()), "样例平板")
        .await
        .unwrap_err();
    assert_eq!(late.code(), "code_expired");
    let fresh = office.code(crew());
    tablet
        .device()
        .enrol(&fresh, Some(&office.url()), "样例平板")
        .await
        .unwrap();
    let second = Tablet::new(2);
    let used = second
        .device()
        .enrol(&fresh, Some(&office.url()), "样例平板")
        .await
        .unwrap_err();
    assert_eq!(used.code(), "code_unknown");
    assert!(second.device().enrolment().unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_act_on_an_order_that_is_not_here_is_refused() {
    let office = Office::open().await;
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.clock.set_wall(Millis(MORNING.0 + 1));
    let error = tablet
        .device()
        .act(&order_id(7), domain::Action::Complete)
        .unwrap_err();
    assert_eq!(error.code(), "not_found");
}
