//! An upgrade never leaves a file between two versions.

use std::fs;
use std::path::Path;

use tempfile::tempdir;

use super::{Migrated, Step, migrate, schema_version};
use crate::{Error, Key, Protection, open, open_in_memory, schema_dump};

const STEPS: &[Step] = &[
    Step {
        name: "orders",
        sql: "CREATE TABLE one (id INTEGER PRIMARY KEY) STRICT;
              INSERT INTO one (id) VALUES (1);",
    },
    Step {
        name: "photos",
        sql: "CREATE TABLE two (one INTEGER NOT NULL REFERENCES one(id)) STRICT;
              INSERT INTO two (one) VALUES (1);",
    },
    Step {
        name: "rebuilt orders",
        sql: "CREATE TABLE one_new (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;
              INSERT INTO one_new (id, word) SELECT id, 'old' FROM one;
              DROP TABLE one;
              ALTER TABLE one_new RENAME TO one;",
    },
];

fn copy_as_if_the_power_went(from: &Path, to: &Path) {
    for tail in ["", "-wal"] {
        let name = |p: &Path| format!("{}{tail}", p.display());
        fs::copy(name(from), name(to)).unwrap();
    }
}

#[test]
fn a_new_file_takes_every_step_and_a_second_time_does_nothing() {
    let mut conn = open_in_memory().unwrap();
    assert_eq!(
        migrate(&mut conn, STEPS).unwrap(),
        Migrated { from: 0, to: 3 }
    );
    assert_eq!(
        migrate(&mut conn, STEPS).unwrap(),
        Migrated { from: 3, to: 3 }
    );
    let enforced: bool = conn
        .pragma_query_value(None, "foreign_keys", |row| row.get(0))
        .unwrap();
    assert!(enforced);
}

#[test]
fn power_lost_between_any_two_steps_ends_in_the_same_schema() {
    let key = Key::new([3; 32]);
    let mut whole = open_in_memory().unwrap();
    migrate(&mut whole, STEPS).unwrap();
    for reached in 0..STEPS.len() {
        let dir = tempdir().unwrap();
        let (path, copy) = (dir.path().join("it.db"), dir.path().join("copy.db"));
        let mut conn = open(&path, Protection::Encrypted(&key)).unwrap();
        migrate(&mut conn, &STEPS[..reached]).unwrap();
        // the next step has run but is not committed when the power goes
        conn.pragma_update(None, "foreign_keys", false).unwrap();
        let tx = conn.transaction().unwrap();
        tx.execute_batch(STEPS[reached].sql).unwrap();
        tx.pragma_update(None, "user_version", u32::try_from(reached).unwrap() + 1)
            .unwrap();
        copy_as_if_the_power_went(&path, &copy);
        let mut after = open(&copy, Protection::Encrypted(&key)).unwrap();
        assert_eq!(schema_version(&after).unwrap() as usize, reached);
        migrate(&mut after, STEPS).unwrap();
        assert_eq!(schema_dump(&after).unwrap(), schema_dump(&whole).unwrap());
    }
}

#[test]
fn a_step_that_fails_half_way_changes_nothing_and_is_named() {
    let broken = [
        STEPS[0],
        Step {
            name: "broken",
            sql: "CREATE TABLE made (id INTEGER PRIMARY KEY) STRICT; INSERT INTO nowhere VALUES (1);",
        },
    ];
    let mut conn = open_in_memory().unwrap();
    let failed = migrate(&mut conn, &broken).unwrap_err();
    assert!(
        matches!(
            failed,
            Error::Upgrade {
                to: 2,
                name: "broken",
                ..
            }
        ),
        "{failed:?}"
    );
    assert_eq!(schema_version(&conn).unwrap(), 1);
    assert!(!schema_dump(&conn).unwrap().contains("made"));
}

#[test]
fn a_step_that_leaves_rows_without_their_owner_is_undone() {
    let careless = [
        STEPS[0],
        STEPS[1],
        Step {
            name: "careless",
            sql: "DELETE FROM one",
        },
    ];
    let mut conn = open_in_memory().unwrap();
    let failed = migrate(&mut conn, &careless).unwrap_err();
    assert!(
        matches!(failed, Error::Dangling { to: 3, rows: 1, .. }),
        "{failed:?}"
    );
    assert_eq!(schema_version(&conn).unwrap(), 2);
}

#[test]
fn a_newer_file_is_refused_untouched() {
    let mut conn = open_in_memory().unwrap();
    migrate(&mut conn, STEPS).unwrap();
    let before = schema_dump(&conn).unwrap();
    let failed = migrate(&mut conn, &STEPS[..2]).unwrap_err();
    assert!(
        matches!(failed, Error::Newer { found: 3, known: 2 }),
        "{failed:?}"
    );
    assert!(failed.wants_aside());
    assert_eq!(schema_dump(&conn).unwrap(), before);
}

#[test]
fn a_full_disk_during_a_step_is_told_as_such() {
    let mut conn = open_in_memory().unwrap();
    migrate(&mut conn, &STEPS[..1]).unwrap();
    conn.pragma_update_and_check(None, "max_page_count", 2, |_| Ok(()))
        .unwrap();
    let failed = migrate(&mut conn, STEPS).unwrap_err();
    assert!(matches!(failed, Error::DiskFull { .. }), "{failed:?}");
    assert_eq!(schema_version(&conn).unwrap(), 1);
}
