//! Codes on drawn labels, and files that are no photographs.

use std::fs;

use tempfile::{TempDir, tempdir};
use work::drawn::{self, Difficulty};

use super::metercrew;

const ASSET_NO: &str = "4130001000000000000012";

fn with(files: &[(&str, &[u8])]) -> TempDir {
    let home = tempdir().unwrap();
    for (name, bytes) in files {
        fs::write(home.path().join(name), bytes).unwrap();
    }
    home
}

fn label(seed: u64) -> Vec<u8> {
    drawn::label(ASSET_NO, seed, Difficulty::Easy).unwrap()
}

#[test]
fn a_labels_number_is_read_with_its_kind_place_and_time() {
    let home = with(&[("label.jpg", &label(1))]);
    let file = home.path().join("label.jpg");
    let said = metercrew(["scan", file.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let scanned = said.object();
    assert_eq!(scanned["file"], file.to_str().unwrap());
    let code = &scanned["codes"][0];
    assert_eq!(code["text"], ASSET_NO);
    assert_eq!(code["symbology"], "code128");
    assert_eq!(code["valid"], true);
    let corners = code["corners"].as_array().unwrap();
    assert_eq!(corners.len(), 4);
    for corner in corners {
        let (x, y) = (corner[0].as_f64().unwrap(), corner[1].as_f64().unwrap());
        assert!(
            (0.0..1600.0).contains(&x) && (0.0..1200.0).contains(&y),
            "{corner}"
        );
    }
    assert!(scanned["cpu_ms"].is_u64());
}

#[test]
fn a_folders_pictures_are_read_by_name_and_what_is_none_is_left_alone() {
    let home = with(&[
        ("b.jpg", &label(2)),
        ("a.JPEG", &label(3)),
        ("notes.txt", b"not for us"),
    ]);
    let said = metercrew(["scan", home.path().to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
    let files: Vec<String> = said
        .objects()
        .iter()
        .map(|scanned| scanned["file"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(files.len(), 2);
    assert!(
        files[0].ends_with("a.JPEG") && files[1].ends_with("b.jpg"),
        "{files:?}"
    );
}

#[test]
fn a_bad_picture_is_told_and_the_others_are_read_all_the_same() {
    let whole = label(4);
    let cut = &whole[..whole.len() / 2];
    let home = with(&[
        ("1-text.jpg", b"<html>sign in</html>"),
        ("2-cut.jpg", cut),
        ("3-empty.png", b""),
        ("4-good.jpg", &whole),
    ]);
    let said = metercrew(["scan", home.path().to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 2);
    let objects = said.objects();
    let errors: Vec<&str> = objects.iter().filter_map(|o| o["error"].as_str()).collect();
    assert_eq!(
        errors,
        ["not_an_image", "picture_truncated", "not_an_image"]
    );
    for failure in &objects[..3] {
        assert!(
            failure["file"].is_string() && failure["next"].is_string(),
            "{failure}"
        );
    }
    assert_eq!(objects[3]["codes"][0]["text"], ASSET_NO);
}

#[test]
fn a_picture_without_a_code_is_an_answer_and_no_failure() {
    let wiring = drawn::scene(drawn::Scene::Wiring, 1).unwrap();
    let home = with(&[("wiring.jpg", &wiring)]);
    let file = home.path().join("wiring.jpg");
    let said = metercrew(["scan", file.to_str().unwrap(), "--json"]);
    assert_eq!(said.code, 0);
    assert_eq!(said.object()["codes"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_path_that_is_not_there_and_a_folder_without_pictures_are_bad_input() {
    let home = with(&[("notes.txt", b"")]);
    let folder = home.path().to_str().unwrap().to_owned();
    for (path, error) in [
        (format!("{folder}/none.jpg"), "file_unreadable"),
        (folder, "no_pictures"),
    ] {
        let said = metercrew(["scan", &path, "--json"]);
        assert_eq!(
            (said.code, said.object()["error"].as_str()),
            (2, Some(error))
        );
    }
}

#[test]
fn a_person_reads_lines() {
    let home = with(&[("label.jpg", &label(5)), ("text.jpg", b"text")]);
    let said = metercrew(["scan", home.path().to_str().unwrap()]);
    assert_eq!(said.code, 2);
    assert!(
        said.out
            .contains(&format!("{ASSET_NO}  Code 128, asset number")),
        "{}",
        said.out
    );
    assert!(
        said.err.contains("not a picture") && said.err.contains("give a JPEG"),
        "{}",
        said.err
    );
}
