//! What opening a file promises, and what it says about a file that it cannot open.

use std::fs;

use rusqlite::Connection;
use tempfile::{TempDir, tempdir};

use super::{Protection, open, open_reader};
use crate::{Error, Key, quick_check, write};

fn key(of: u8) -> Key {
    Key::new([of; 32])
}

fn filled(dir: &TempDir, protection: Protection<'_>) -> std::path::PathBuf {
    let path = dir.path().join("it.db");
    let conn = open(&path, protection).unwrap();
    conn.execute_batch("CREATE TABLE t (word TEXT NOT NULL) STRICT")
        .unwrap();
    for _ in 0..200 {
        conn.execute(
            "INSERT INTO t (word) VALUES (?1)",
            ["a word that can be found on disk, ".repeat(8)],
        )
        .unwrap();
    }
    path
}

fn pragma(conn: &Connection, name: &str) -> String {
    conn.pragma_query_value(None, name, |row| {
        row.get::<_, rusqlite::types::Value>(0).map(|v| match v {
            rusqlite::types::Value::Integer(n) => n.to_string(),
            rusqlite::types::Value::Text(t) => t,
            other => format!("{other:?}"),
        })
    })
    .unwrap()
}

#[test]
fn a_commit_is_on_disk_and_rows_refer_to_something() {
    let dir = tempdir().unwrap();
    let conn = open(&dir.path().join("it.db"), Protection::Encrypted(&key(1))).unwrap();
    assert_eq!(pragma(&conn, "journal_mode"), "wal");
    assert_eq!(pragma(&conn, "synchronous"), "2", "FULL");
    assert_eq!(pragma(&conn, "foreign_keys"), "1");
    assert_eq!(pragma(&conn, "temp_store"), "2", "memory");
    assert_eq!(pragma(&conn, "busy_timeout"), "5000");
}

#[test]
fn an_encrypted_file_opens_again_with_its_key_and_shows_nothing_on_disk() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let conn = open(&path, Protection::Encrypted(&key(1))).unwrap();
    let rows: i64 = conn
        .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 200);
    for file in fs::read_dir(dir.path()).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|w| w == b"a word"));
    }
}

#[test]
fn another_key_is_told_from_a_file_that_is_no_database() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let wrong = key(2);
    let tried = open(&path, Protection::Encrypted(&wrong));
    assert!(matches!(tried, Err(Error::WrongKey { .. })), "{tried:?}");
    let tried = open_reader(&path, Protection::Encrypted(&wrong));
    assert!(matches!(tried, Err(Error::WrongKey { .. })), "{tried:?}");
    let tried = open(&path, Protection::Plain);
    assert!(
        matches!(tried, Err(Error::NotADatabase { .. })),
        "{tried:?}"
    );

    let plain = tempdir().unwrap();
    let path = filled(&plain, Protection::Plain);
    let tried = open(&path, Protection::Encrypted(&key(1)));
    assert!(
        matches!(tried, Err(Error::NotADatabase { .. })),
        "{tried:?}"
    );

    let page = dir.path().join("page.html");
    fs::write(&page, "<p>not found</p>").unwrap();
    for protection in [Protection::Plain, Protection::Encrypted(&key(1))] {
        let tried = open(&page, protection);
        assert!(matches!(&tried, Err(e) if e.wants_aside()), "{tried:?}");
    }
}

#[test]
fn a_wrong_key_leaves_the_file_as_it_is() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let before = fs::read(&path).unwrap();
    open(&path, Protection::Encrypted(&key(2))).unwrap_err();
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_cut_off_encrypted_file_is_damaged() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let bytes = fs::read(&path).unwrap();
    fs::write(&path, &bytes[..1000]).unwrap();
    let tried = open(&path, Protection::Encrypted(&key(1)));
    assert!(matches!(tried, Err(Error::Damaged { .. })), "{tried:?}");
}

#[test]
fn one_changed_byte_in_a_later_page_is_found_by_the_quick_check() {
    for protection in [Protection::Encrypted(&key(1)), Protection::Plain] {
        let dir = tempdir().unwrap();
        let path = filled(&dir, protection);
        quick_check(&open(&path, protection).unwrap()).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        // the header of the b-tree in page 2: an encrypted page fails by any of its bytes
        bytes[4096] ^= 0xff;
        fs::write(&path, bytes).unwrap();
        let found = open(&path, protection).and_then(|conn| quick_check(&conn));
        assert!(matches!(found, Err(Error::Damaged { .. })), "{found:?}");
    }
}

#[test]
fn a_missing_file_or_folder_is_the_operating_systems_error() {
    let dir = tempdir().unwrap();
    let tried = open(&dir.path().join("no/where.db"), Protection::Plain);
    assert!(matches!(tried, Err(Error::File { .. })), "{tried:?}");
    let tried = open_reader(&dir.path().join("nothing.db"), Protection::Plain);
    assert!(matches!(tried, Err(Error::File { .. })), "{tried:?}");
}

#[test]
fn a_reader_cannot_write() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let reader = open_reader(&path, Protection::Encrypted(&key(1))).unwrap();
    assert!(
        reader
            .execute("INSERT INTO t (word) VALUES ('x')", [])
            .is_err()
    );
}

#[test]
fn a_full_disk_is_its_own_error_and_keeps_nothing_of_the_transaction() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Encrypted(&key(1)));
    let mut conn = open(&path, Protection::Encrypted(&key(1))).unwrap();
    let pages: i64 = conn
        .pragma_query_value(None, "page_count", |row| row.get(0))
        .unwrap();
    conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
        .unwrap();
    let tried: Result<(), Error> = write(&mut conn, |tx| {
        for _ in 0..50 {
            tx.execute("INSERT INTO t (word) VALUES (?1)", ["x".repeat(2000)])?;
        }
        Ok(())
    });
    assert!(matches!(tried, Err(Error::DiskFull { .. })), "{tried:?}");
    let rows: i64 = conn
        .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
        .unwrap();
    assert_eq!(rows, 200);
}

#[test]
fn a_lock_held_by_another_is_busy() {
    let dir = tempdir().unwrap();
    let path = filled(&dir, Protection::Plain);
    let mut one = open(&path, Protection::Plain).unwrap();
    let mut two = open(&path, Protection::Plain).unwrap();
    two.busy_timeout(std::time::Duration::from_millis(1))
        .unwrap();
    let tried: Result<Result<(), Error>, Error> =
        write(&mut one, |_| Ok(write(&mut two, |_| Ok(()))));
    assert!(matches!(tried, Ok(Err(Error::Busy { .. }))), "{tried:?}");
}
