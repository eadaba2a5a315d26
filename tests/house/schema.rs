//! The commented pictures of both databases are true.

use crate::none;
use crate::tree::{Source, sources};

const FOLDERS: [&str; 2] = ["schema/sql/device/", "schema/sql/gateway/"];

fn steps(folder: &str) -> Vec<&'static Source> {
    let within = sources().iter().filter(|s| s.path.starts_with(folder));
    within
        .filter(|s| !s.path.ends_with("/schema.sql"))
        .collect()
}

fn page(folder: &str) -> &'static str {
    let path = format!("{folder}schema.sql");
    sources()
        .iter()
        .find(|s| s.path == path)
        .map_or("", |s| s.text.as_str())
}

#[test]
fn the_picture_of_a_schema_is_what_its_steps_make() {
    for folder in FOLDERS {
        let text: Vec<&str> = steps(folder).iter().map(|s| s.text.as_str()).collect();
        let made = sqlite::schema_dump_of(&text.join("\n;\n"));
        let drawn = sqlite::schema_dump_of(page(folder));
        match (made, drawn) {
            (Ok(made), Ok(drawn)) => assert_eq!(
                made.lines().collect::<Vec<_>>(),
                drawn.lines().collect::<Vec<_>>(),
                "left: the steps in {folder}; right: its schema.sql"
            ),
            (made, drawn) => panic!("{folder}: steps {made:?}, schema.sql {drawn:?}"),
        }
    }
}

#[test]
fn every_column_says_what_it_holds() {
    let bare = FOLDERS.into_iter().flat_map(|folder| {
        let columns = sqlite::uncommented_columns(page(folder));
        columns.into_iter().map(move |c| format!("{folder}: {c}"))
    });
    none("columns without a comment in schema.sql", bare.collect());
}

#[test]
fn steps_are_numbered_without_a_gap_and_every_one_is_taken() {
    let mut breaches = Vec::new();
    for folder in FOLDERS {
        for (n, step) in (1..).zip(steps(folder)) {
            if !step.path.starts_with(&format!("{folder}{n:04}-")) {
                breaches.push(format!("{}: expected {n:04}-….sql", step.path));
            }
            let taken = sources()
                .iter()
                .any(|s| s.path.ends_with(".rs") && s.text.contains(&step.path));
            if !taken {
                breaches.push(format!("{}: no source includes it", step.path));
            }
        }
    }
    none("a step that is out of its place", breaches);
}
