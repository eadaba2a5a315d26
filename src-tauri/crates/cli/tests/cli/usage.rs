//! Help, bad arguments, folders that are no device, and gateways that are not there.

use std::net::TcpListener;

use tempfile::tempdir;

use super::metercrew;

const COMMANDS: [&[&str]; 11] = [
    &["scan"],
    &["reading"],
    &["enrol"],
    &["sync"],
    &["day"],
    &["meter"],
    &["meter", "read"],
    &["meter", "simulate"],
    &["meter", "broadcast-time"],
    &["proof"],
    &["proof", "verify"],
];

/// An address on which nobody listens: the port was free a moment ago.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[test]
fn every_command_tells_what_it_takes() {
    for command in COMMANDS {
        let said = metercrew(command.iter().chain(&["--help"]));
        assert_eq!(said.code, 0, "{command:?}");
        assert!(said.out.contains("Usage: metercrew"), "{command:?}");
        assert!(said.out.contains("--json"), "{command:?}");
    }
    assert!(metercrew(["--help"]).out.contains("Exit codes:"));
}

#[test]
fn bad_usage_ends_with_2_and_says_where_help_is() {
    let bad: [&[&str]; 8] = [
        &[],
        &["fly"],
        &["scan"],
        &["reading"],
        &["enrol", "--store", "x"],
        &["enrol", "--store", "x", "--code", "ABCD"],
        &["day", "--gateway", "http://x", "--orders", "many"],
        &["sync"],
    ];
    for args in bad {
        let said = metercrew(args);
        assert_eq!(said.code, 2, "{args:?}");
        assert!(said.out.is_empty(), "{args:?}");
        assert!(said.err.contains("help"), "{args:?}: {}", said.err);
    }
}

#[test]
fn bad_usage_is_an_object_for_programs() {
    let said = metercrew(["sync", "--json"]);
    assert_eq!(said.code, 2);
    let failure = said.object();
    assert_eq!(failure["error"], "usage");
    assert!(failure["message"].as_str().unwrap().contains("required"));
    assert_eq!(failure["next"], "see metercrew --help");
}

#[test]
fn a_folder_that_is_no_device_is_not_made_one_by_a_sync() {
    let home = tempdir().unwrap();
    let folder = home.path().join("tablet");
    let store = folder.to_str().unwrap();
    let said = metercrew(["sync", "--store", store, "--json"]);
    assert_eq!(
        (said.code, said.object()["error"].as_str()),
        (1, Some("not_enrolled"))
    );
    assert!(!folder.exists());
}

#[test]
fn a_gateway_that_is_not_there_ends_with_3_and_a_next_step() {
    let home = tempdir().unwrap();
    let store = home.path().to_str().unwrap();
    let gateway = nobody();
    let code = ["--gateway", &gateway, "--code", "ABCD-EFGH"];
    for args in [
        [&["enrol", "--store", store], code.as_slice()].concat(),
        [&["day"], code.as_slice()].concat(),
    ] {
        let said = metercrew(args.iter().chain(&["--json"]));
        assert_eq!(said.code, 3, "{args:?}: {}", said.out);
        let failure = said.object();
        assert_eq!(failure["error"], "no_link");
        assert!(failure["next"].as_str().unwrap().contains("try again"));
        let said = metercrew(&args);
        assert_eq!((said.code, said.out.as_str()), (3, ""));
        let line = said.err.strip_prefix("metercrew: ").unwrap();
        assert_eq!(line.lines().count(), 1, "{line}");
    }
}

#[test]
fn what_is_no_enrolment_code_is_bad_input() {
    let home = tempdir().unwrap();
    let store = home.path().to_str().unwrap();
    for link in [
        "",
        "<script>",
        "https://gateway.example/",
        "metercrew:enrol?code=A",
    ] {
        let said = metercrew(["enrol", "--store", store, "--link", link, "--json"]);
        assert_eq!(
            (said.code, said.object()["error"].as_str()),
            (2, Some("not_a_code"))
        );
    }
}

#[test]
fn a_day_without_a_code_needs_a_folder_that_is_enrolled() {
    let said = metercrew(["day", "--gateway", &nobody(), "--json"]);
    assert_eq!(
        (said.code, said.object()["error"].as_str()),
        (2, Some("no_code"))
    );
}
