//! Which of our crates may depend on which, and who owns which library.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;
use std::sync::OnceLock;

use serde_json::Value;

use crate::{none, tree};

/// Our crates and what of ours each may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("wire", &["domain"]),
    ("sqlite", &[]),
    ("store", &["domain", "sqlite"]),
    ("imaging", &["domain"]),
    ("testkeys", &[]),
    ("devices", &["domain", "testkeys"]),
    ("client", &["domain", "wire"]),
    (
        "work",
        &["domain", "wire", "store", "devices", "imaging", "client"],
    ),
    ("app", &["domain", "work"]),
    ("cli", &["domain", "work"]),
    ("gateway", &["domain", "testkeys", "wire", "sqlite"]),
    (
        "tests",
        &[
            "domain", "wire", "sqlite", "store", "devices", "imaging", "client", "work", "app",
            "cli", "gateway",
        ],
    ),
];

/// Libraries that drag much behind them, and which of our crates may depend on them.
const OWNERS: &[(&str, &[&str])] = &[
    ("axum", &["gateway"]),
    // the gateway draws labels for its sample and enrolment codes
    ("image", &["imaging", "gateway"]),
    // the gateway calls the marketing system's webhook
    ("reqwest", &["client", "gateway", "tests"]),
    ("rusqlite", &["sqlite", "store", "gateway", "tests"]),
    ("rxing", &["imaging"]),
    ("pcsc", &["devices"]),
    ("serialport", &["devices", "tests"]),
    ("sm4", &["testkeys"]),
    ("tauri", &["app"]),
];

/// What would let the rule book wait, store, send, draw or run a window.
/// (`getrandom` is not listed: the workspace's one feature set gives it to `uuid` for others.)
const NOT_IN_DOMAIN: &[&str] = &["axum", "image", "reqwest", "rusqlite", "tauri", "tokio"];

struct Workspace {
    /// One of ours → names of everything it depends on directly, dev-dependencies apart.
    direct: BTreeMap<String, BTreeSet<String>>,
    /// Any package → names of what it depends on.
    all: BTreeMap<String, BTreeSet<String>>,
}

/// Our crates go by short names here, without the prefix.
fn short(name: &str) -> &str {
    name.strip_prefix("metercrew-").unwrap_or(name)
}

fn workspace() -> &'static Workspace {
    static READ: OnceLock<Workspace> = OnceLock::new();
    READ.get_or_init(|| {
        let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
        let run = Command::new(&cargo)
            .args(["metadata", "--format-version", "1", "--offline", "--locked"])
            .current_dir(tree::root())
            .output()
            .unwrap_or_else(|e| panic!("{cargo} metadata does not start: {e}"));
        let said = String::from_utf8_lossy(&run.stderr);
        let metadata: Value = serde_json::from_slice(&run.stdout)
            .unwrap_or_else(|_| panic!("cargo metadata does not answer; it said: {said}"));
        read(&metadata)
    })
}

fn read(metadata: &Value) -> Workspace {
    let text = |value: &Value, field: &str| -> String {
        let found = value.get(field).and_then(Value::as_str);
        found.unwrap_or_default().to_owned()
    };
    let list = |value: Option<&Value>| value.and_then(Value::as_array).cloned().unwrap_or_default();
    let mut direct = BTreeMap::new();
    let mut names = BTreeMap::new();
    for package in list(metadata.get("packages")) {
        let name = text(&package, "name");
        names.insert(text(&package, "id"), name.clone());
        if package.get("source").is_some_and(Value::is_null) {
            let needs = list(package.get("dependencies"))
                .iter()
                .filter(|need| need.get("kind").and_then(Value::as_str) != Some("dev"))
                .map(|need| short(&text(need, "name")).to_owned())
                .collect();
            direct.insert(short(&name).to_owned(), needs);
        }
    }
    let mut all: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for node in list(metadata.get("resolve").and_then(|r| r.get("nodes"))) {
        let of = |id: &str| {
            names
                .get(id)
                .map(|n| short(n).to_owned())
                .unwrap_or_default()
        };
        let needs = list(node.get("deps"));
        let needs = needs.iter().filter(|need| {
            let kinds = list(need.get("dep_kinds"));
            kinds
                .iter()
                .any(|k| k.get("kind").is_some_and(Value::is_null))
        });
        all.entry(of(&text(&node, "id")))
            .or_default()
            .extend(needs.map(|need| of(&text(need, "pkg"))));
    }
    Workspace { direct, all }
}

#[test]
fn every_crate_has_its_place_in_the_table_of_arrows() {
    let known: BTreeSet<&str> = ARROWS.iter().map(|(name, _)| *name).collect();
    let found: BTreeSet<&str> = workspace().direct.keys().map(String::as_str).collect();
    assert_eq!(
        known, found,
        "left: the table in tests/house/arrows.rs; right: the workspace's members"
    );
}

#[test]
fn no_arrow_between_our_crates_turns() {
    let mut breaches = Vec::new();
    for (name, may) in ARROWS {
        let needs = workspace().direct.get(*name).cloned().unwrap_or_default();
        for need in needs {
            let ours = ARROWS.iter().any(|(known, _)| *known == need);
            if ours && !may.contains(&need.as_str()) {
                breaches.push(format!("{name} → {need}; {name} may use only {may:?}"));
            }
        }
    }
    none("a crate depends on one that it must not know", breaches);
}

#[test]
fn heavy_libraries_have_their_owners() {
    let mut breaches = Vec::new();
    for (library, owners) in OWNERS {
        for (name, needs) in &workspace().direct {
            if needs.contains(*library) && !owners.contains(&name.as_str()) {
                breaches.push(format!("{name} → {library}; it belongs to {owners:?}"));
            }
        }
    }
    none("a library is used outside the crates that own it", breaches);
}

#[test]
fn the_rule_book_can_neither_wait_nor_read_nor_send() {
    let mut seen = BTreeSet::new();
    let mut next = vec!["domain".to_owned()];
    while let Some(name) = next.pop() {
        if seen.insert(name.clone()) {
            next.extend(workspace().all.get(&name).into_iter().flatten().cloned());
        }
    }
    let breaches = NOT_IN_DOMAIN.iter().filter(|name| seen.contains(**name));
    none(
        "metercrew-domain pulls in what only its users may have",
        breaches.map(|name| (*name).to_owned()).collect(),
    );
}

#[test]
fn every_crate_obeys_the_workspaces_lints() {
    let manifests = tree::sources()
        .iter()
        .filter(|s| s.path.ends_with("/Cargo.toml"));
    let breaches = manifests
        .filter(|s| !s.text.contains("[lints]\nworkspace = true"))
        .map(|s| s.path.clone());
    none(
        "these manifests lack `[lints] workspace = true`",
        breaches.collect(),
    );
}
