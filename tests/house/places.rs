//! What may stand only in certain places of the sources.

use crate::none;
use crate::rust::parts_without_tests;
use crate::tree::{Source, sources};

/// Where SQL is spoken.
const SQL: &[&str] = &[
    "schema/sql/",
    "schema/sqlite/",
    "src-tauri/crates/store/",
    "sync/gateway/src/ledger",
];

/// Where time is read, and chance and new ids are made; everyone else is handed them.
const CLOCKS: &[&str] = &[
    "src-tauri/crates/work/src/",
    // sessions are handed the time; who carries them out on a line waits by the clock
    "src-tauri/crates/devices/src/drive.rs",
    "src-tauri/crates/devices/src/port/",
    // waits for a card to be put in
    "src-tauri/crates/devices/src/card/pcsc.rs",
    "src-tauri/crates/devices/src/sim/real_time.rs",
    "sync/gateway/src/main.rs",
    "sync/gateway/src/clock.rs",
];

const CLOCK_WORDS: &[&str] = &[
    "Instant::now",
    "Local::now",
    "OsRng",
    "SystemTime",
    "Utc::now",
    "getrandom",
    "new_v4",
    "new_v7",
    "thread_rng",
];

fn our_rust() -> impl Iterator<Item = &'static Source> {
    let all = sources().iter();
    all.filter(|s| s.has_ending(&["rs"]) && !s.is_test() && !s.path.ends_with("build.rs"))
}

fn is_sql(text: &str) -> bool {
    let words = [
        "SELECT ",
        "INSERT INTO ",
        "INSERT OR ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "CREATE INDEX ",
        "PRAGMA ",
    ];
    words.iter().any(|word| text.contains(word))
        || text
            .split_once("UPDATE ")
            .is_some_and(|(_, rest)| rest.contains(" SET ") || rest.contains("\nSET "))
}

#[test]
fn sql_stands_only_where_sql_is_spoken() {
    let mut breaches = Vec::new();
    for source in our_rust().filter(|s| !s.is_within(SQL)) {
        for (line, text) in parts_without_tests(&source.text).literals {
            if is_sql(&text) {
                breaches.push(format!("{}:{line}: {text:.60}", source.path));
            }
        }
    }
    none(&format!("SQL outside {SQL:?}"), breaches);
}

#[test]
fn time_chance_and_new_ids_come_in_as_arguments() {
    let mut breaches = Vec::new();
    for source in our_rust().filter(|s| !s.is_within(CLOCKS)) {
        for (n, line) in (1..).zip(parts_without_tests(&source.text).code.lines()) {
            for word in CLOCK_WORDS.iter().filter(|word| line.contains(**word)) {
                breaches.push(format!("{}:{n}: {word}", source.path));
            }
        }
    }
    none(&format!("read outside {CLOCKS:?}"), breaches);
}

#[test]
fn only_one_file_knows_the_window_it_runs_in() {
    let ui = sources().iter().filter(|s| {
        s.path.starts_with("ui/src/") && s.path != "ui/src/host/tauri.ts" && !s.is_test()
    });
    let mut breaches = Vec::new();
    for source in ui {
        for (n, line) in (1..).zip(source.text.lines()) {
            let names = line.contains("@tauri-apps") || line.contains("__TAURI");
            let imports = ["import", "from", "window"]
                .iter()
                .any(|w| line.contains(w));
            if names && imports {
                breaches.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
    }
    none("only ui/src/host/tauri.ts may use @tauri-apps", breaches);
}

#[test]
fn a_lint_is_silenced_with_a_reason() {
    let mut breaches = Vec::new();
    for source in our_rust() {
        let code = parts_without_tests(&source.text).code;
        for (n, line) in (1..).zip(code.lines()) {
            if line.contains("#[allow(") || line.contains("#![allow(") {
                breaches.push(format!("{}:{n}: {}", source.path, line.trim()));
            }
        }
        for (at, _) in code.match_indices("[expect(") {
            let rest = code.get(at..).unwrap_or_default();
            let until = rest.find(")]").unwrap_or(rest.len());
            if !rest.get(..until).is_some_and(|e| e.contains("reason")) {
                let n = 1 + code.get(..at).map_or(0, |c| c.matches('\n').count());
                breaches.push(format!("{}:{n}: expect without a reason", source.path));
            }
        }
    }
    none("use #[expect(…, reason = \"…\")]", breaches);
}

#[test]
fn no_file_names_a_place_on_one_machine() {
    // spelled in two halves, so that this file passes itself
    let places = [
        ["/ro", "ot/"],
        ["/ho", "me/"],
        ["/work", "/main"],
        ["/work", "/shared"],
    ];
    let mut breaches = Vec::new();
    for source in sources() {
        for (n, line) in (1..).zip(source.text.lines()) {
            if places.iter().any(|halves| line.contains(&halves.concat())) {
                breaches.push(format!("{}:{n}: {:.80}", source.path, line.trim()));
            }
        }
    }
    none("a path of one machine", breaches);
}

#[test]
fn names_say_what_a_thing_is() {
    const EMPTY: [&str; 6] = ["Manager", "Service", "Helper", "Helpers", "Util", "Utils"];
    let mut breaches = Vec::new();
    for source in our_rust() {
        for (n, line) in (1..).zip(parts_without_tests(&source.text).code.lines()) {
            for kind in ["struct ", "enum ", "trait ", "type "] {
                let name = line.split_once(kind).map_or("", |(_, rest)| {
                    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
                    rest.get(..end.unwrap_or(rest.len())).unwrap_or_default()
                });
                if EMPTY.iter().any(|word| name.ends_with(word)) {
                    breaches.push(format!("{}:{n}: {name}", source.path));
                }
            }
        }
    }
    for source in sources() {
        let file = source.path.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        if ["util", "utils", "helper", "helpers", "common", "misc"].contains(&stem) {
            breaches.push(source.path.clone());
        }
    }
    none("names that say nothing", breaches);
}
