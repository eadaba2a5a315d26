//! A bundle that holds, one that was changed, one that claims too much, and files that are none.

use std::fs;
use std::path::PathBuf;

use domain::Hash;
use tempfile::{TempDir, tempdir};

use super::bundle::{bundle, gateway_key, other_key};
use super::{Said, metercrew};

struct Kept {
    file: PathBuf,
    _home: TempDir,
}

fn kept(bytes: &[u8]) -> Kept {
    let home = tempdir().unwrap();
    let file = home.path().join("o-1.proof");
    fs::write(&file, bytes).unwrap();
    Kept { file, _home: home }
}

fn verify(bytes: &[u8], more: &[&str]) -> Said {
    let kept = kept(bytes);
    let file = kept.file.to_str().unwrap();
    metercrew([&["proof", "verify", file, "--json"], more].concat())
}

#[test]
fn a_true_bundle_holds_and_says_what_it_proves() {
    let said = verify(&bundle(&[]), &["--gateway-key", &gateway_key()]);
    assert_eq!(said.code, 0, "{}", said.out);
    let report = said.object();
    assert_eq!(report["order"], "o-1");
    assert_eq!(report["state"], "started");
    let counts = [&report["events"], &report["blobs"], &report["receipts"]];
    assert_eq!(counts, [2, 2, 1]);
    assert_eq!(report["gateway_key"], gateway_key());
    assert_eq!(report["signer"], "known");
}

#[test]
fn without_a_key_it_says_that_the_signer_was_not_compared() {
    let said = verify(&bundle(&[]), &[]);
    assert_eq!(
        (said.code, said.object()["signer"].as_str()),
        (0, Some("not_compared"))
    );
}

#[test]
fn the_first_changed_byte_is_named() {
    let mut changed = bundle(&[]);
    changed[777] ^= 1;
    let said = verify(&changed, &[]);
    assert_eq!(said.code, 1);
    let failure = said.object();
    assert_eq!(
        (failure["error"].as_str(), &failure["byte"]),
        (Some("changed"), &777.into())
    );
    assert!(failure["message"].as_str().unwrap().contains("777"));
}

#[test]
fn a_whole_bundle_that_claims_more_than_it_holds_is_refused_with_what() {
    let promised = Hash::of(b"a photo nobody took");
    let said = verify(&bundle(&[promised]), &[]);
    assert_eq!(said.code, 1);
    let failure = said.object();
    assert_eq!(failure["error"], "does_not_hold");
    assert!(
        failure["message"]
            .as_str()
            .unwrap()
            .contains(&promised.to_string())
    );
}

#[test]
fn another_gateways_bundle_is_refused_and_a_key_that_is_none_is_bad_input() {
    let said = verify(&bundle(&[]), &["--gateway-key", &other_key()]);
    assert_eq!(
        (said.code, said.object()["error"].as_str()),
        (1, Some("other_signer"))
    );
    let said = verify(&bundle(&[]), &["--gateway-key", "AAAA"]);
    assert_eq!(
        (said.code, said.object()["error"].as_str()),
        (2, Some("bad_key"))
    );
}

#[test]
fn what_is_no_whole_bundle_or_no_file_is_bad_input() {
    let whole = bundle(&[]);
    for bytes in [&b""[..], b"a text", &whole[..whole.len() - 1]] {
        let said = verify(bytes, &[]);
        assert_eq!(
            (said.code, said.object()["error"].as_str()),
            (2, Some("not_a_bundle"))
        );
    }
    let said = metercrew(["proof", "verify", "no-such-file", "--json"]);
    assert_eq!(
        (said.code, said.object()["error"].as_str()),
        (2, Some("file_unreadable"))
    );
}

#[test]
fn a_person_reads_what_holds_and_what_does_not() {
    let bundle = bundle(&[]);
    let true_one = kept(&bundle);
    let said = metercrew(["proof", "verify", true_one.file.to_str().unwrap()]);
    assert!(
        said.out.contains("holds") && said.out.contains("order o-1 is started"),
        "{}",
        said.out
    );
    let mut changed = bundle;
    changed[5_000] ^= 7;
    let said = metercrew(["proof", "verify", kept(&changed).file.to_str().unwrap()]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("changed at byte 5000"), "{}", said.err);
}
