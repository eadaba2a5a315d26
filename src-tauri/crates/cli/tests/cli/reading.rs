//! Displays on drawn photographs, and what is asked about them.

use std::fs;

use tempfile::{TempDir, tempdir};
use work::drawn;

use super::metercrew;

fn with(files: &[(&str, &[u8])]) -> TempDir {
    let home = tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(home.path().join(name), bytes).unwrap();
    }
    home
}

#[test]
fn a_picture_without_a_display_has_no_reading_and_is_no_failure() {
    let wiring = drawn::scene(drawn::Scene::Wiring, 1).unwrap();
    let home = with(&[("wiring.jpg", &wiring)]);
    let file = home.path().join("wiring.jpg");
    let file = file.to_str().unwrap();
    let said = metercrew(["reading", file, "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let read = said.object();
    assert_eq!(read["file"], file);
    for absent in ["reading", "err", "corners"] {
        assert!(read[absent].is_null(), "{absent}: {read}");
    }
    assert_eq!(read["confidence"], 0.0);
    assert!(read["cpu_ms"].is_u64());
    assert!(read.get("verdict").is_none());
    let said = metercrew(["reading", file, "--known", "12345.67", "--json"]);
    assert_eq!(said.object()["verdict"], "unsure");
    assert!(metercrew(["reading", file]).out.contains("no reading"));
}

#[test]
fn a_folder_is_read_by_name_and_a_bad_picture_is_told() {
    let wiring = drawn::scene(drawn::Scene::Wiring, 1).unwrap();
    let home = with(&[
        ("b.png", b"<html>"),
        ("a.jpg", &wiring),
        ("notes.txt", b"not for us"),
    ]);
    let said = metercrew(["reading", home.path().to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 2);
    let objects = said.objects();
    assert_eq!(objects.len(), 2);
    assert!(objects[0]["file"].as_str().unwrap().ends_with("a.jpg"));
    assert_eq!(objects[1]["error"], "not_an_image");
}

#[test]
fn what_cannot_be_a_register_a_value_or_a_frame_is_bad_usage() {
    for asked in [
        ["--format", "9.2"],
        ["--format", "6.5"],
        ["--format", "six"],
        ["--format", "0.2"],
        ["--known", "12,5"],
        ["--known", ""],
        ["--known", "-12.5"],
        ["--previous", "100"],
        ["--greatest-use", "100"],
        ["--frame", "1,2,3,4"],
        ["--frame", "1,2,3,4,5,6,7,nan"],
        ["--frame", "1,2,3,4,5,6,7,8,9"],
    ] {
        let said = metercrew(["reading", "display.jpg", "--json"].iter().chain(&asked));
        assert_eq!(said.code, 2, "{asked:?}");
        assert_eq!(said.object()["error"], "usage", "{asked:?}");
    }
}
