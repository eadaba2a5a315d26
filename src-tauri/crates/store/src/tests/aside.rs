//! Files that cannot be used: moved aside, saved from, never deleted.

use std::fs;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use domain::OrderEvent;
use rusqlite::Connection;
use sqlite::Protection;
use tempfile::TempDir;

use super::cards::{act_card, begun, ended};
use super::made_up::*;
use super::rig::*;
use crate::{Found, Key, Notice, Salvage, Store};

/// A device with unsent work, photos and a draft, closed.
fn worked() -> TempDir {
    let device = Device::with_orders(60);
    let store = &device.store;
    for n in 1..=60 {
        let photo = store.put_blob(format!("photo {n}").as_bytes()).unwrap();
        let events = vec![
            OrderEvent::Started,
            photo_taken(photo, photo),
            note(&"y".repeat(700)),
        ];
        device.act(n, events).unwrap();
    }
    store.record_receipt(&receipt(store, 90, vec![])).unwrap();
    store.save_route("/here").unwrap();
    store
        .save_draft(&order_id(1), &"note".into(), Some("half"))
        .unwrap();
    device.close()
}

fn raw(home: &TempDir) -> Connection {
    let path = home.path().join("store.db");
    sqlite::open(&path, Protection::Encrypted(&key().database())).unwrap()
}

/// Overwrites the middle of pages, from 1.
fn spoil(path: &Path, pages: impl IntoIterator<Item = u64>) {
    let mut file = fs::OpenOptions::new().write(true).open(path).unwrap();
    for page in pages {
        file.seek(SeekFrom::Start((page - 1) * 4096 + 1000))
            .unwrap();
        file.write_all(&[0xaa; 64]).unwrap();
    }
}

fn pages_of(home: &TempDir, table: &str, kind: &str) -> Vec<u64> {
    let conn = raw(home);
    let text = format!(
        "SELECT pageno FROM dbstat WHERE name = '{table}' AND pagetype = '{kind}' ORDER BY pageno"
    );
    let mut query = conn.prepare(&text).unwrap();
    let pages = query.query_map([], |row| row.get::<_, i64>(0)).unwrap();
    pages.map(|page| page.unwrap() as u64).collect()
}

fn salvage(notice: Option<Notice>) -> Salvage {
    match notice {
        Some(Notice::Salvaged { salvage, moved_to }) => {
            assert!(moved_to.exists(), "nothing is deleted");
            salvage
        }
        other => panic!("not salvaged: {other:?}"),
    }
}

/// Opens as after a cut: a file that was closed well is not checked at every start.
fn reopen_after_a_cut(home: &TempDir) -> (Store, Option<Notice>) {
    fs::write(home.path().join("store.open"), []).unwrap();
    reopen(home).unwrap()
}

#[test]
fn a_store_that_was_left_counts_as_closed_until_it_is_written_to() {
    let device = Device::with_orders(1);
    let is_marked = || device.home.path().join("store.open").exists();
    assert!(is_marked());
    device.store.leave();
    assert!(!is_marked());
    device.act(1, vec![OrderEvent::Started]).unwrap();
    assert!(is_marked());
}

#[test]
fn a_newer_file_is_moved_aside_whole() {
    let home = worked();
    raw(&home).pragma_update(None, "user_version", 99).unwrap();
    let before = fs::read(home.path().join("store.db")).unwrap();
    let (store, notice) = reopen(&home).unwrap();
    let Some(Notice::Newer {
        moved_to,
        found,
        known,
    }) = notice
    else {
        panic!("{notice:?}");
    };
    assert_eq!((found, known), (99, crate::schema::STEPS.len() as u32));
    assert_eq!(fs::read(moved_to).unwrap(), before);
    assert_eq!(store.enrolment().unwrap(), None);
    drop(store);
    assert_eq!(reopen(&home).unwrap().1, None, "said once");
}

#[test]
fn a_damaged_page_of_lists_costs_nothing() {
    let home = worked();
    let pages = pages_of(&home, "order_row", "leaf");
    spoil(&home.path().join("store.db"), pages);
    let (store, notice) = reopen_after_a_cut(&home);
    let saved = salvage(notice);
    let wanted = Salvage {
        identity: Found::Yes,
        events: 180,
        unsent: 90,
        resealed: 0,
        events_lost: 0,
        entries: 60,
        drafts: 1,
        rows_lost: 0,
    };
    assert_eq!(saved, wanted);
    assert_eq!(store.rows().unwrap().len(), 60);
    assert_eq!(store.outbox(500, usize::MAX).unwrap().len(), 90);
    assert_eq!(store.cursor().unwrap(), 60);
    assert_eq!(store.series().unwrap().acked_seq, 90);
    assert_eq!(store.waiting_blobs(99).unwrap().len(), 60);
    assert_eq!(
        store
            .draft(&order_id(1), &"note".into())
            .unwrap()
            .as_deref(),
        Some("half")
    );
    assert_sound(&store);
    act(&store, 1, vec![note("and on")]).unwrap();
    drop(store);
    assert_eq!(reopen(&home).unwrap().1, None);
}

#[test]
fn a_card_in_a_write_and_an_authorisation_used_up_outlive_damage() {
    let home = worked();
    let (store, _) = reopen(&home).unwrap();
    let (done, open) = (begun(1, 1, &[1]), begun(2, 2, &[2, 3]));
    act_card(&store, &done).unwrap();
    act_card(&store, &ended(&done)).unwrap();
    act_card(&store, &open).unwrap();
    drop(store);
    let mut pages = pages_of(&home, "order_row", "leaf");
    pages.extend(pages_of(&home, "card_taken", "leaf"));
    spoil(&home.path().join("store.db"), pages);
    let (store, notice) = reopen_after_a_cut(&home);
    assert_eq!(salvage(notice).rows_lost, 0);
    assert_eq!(store.open_cards().unwrap(), [open]);
    assert_eq!(store.card_of(&order_id(1)).unwrap(), Some(ended(&done)));
    assert_eq!(act_card(&store, &done).unwrap_err().code(), "card_ended");
    let taken = act_card(&store, &begun(3, 3, &[3])).unwrap_err();
    assert_eq!(taken.code(), "card_open", "which cards are taken is known");
    let is_refused_by_the_table = store.with_writer(|conn| {
        conn.execute_batch(
            "INSERT INTO card_taken (serial, card_write) VALUES ('0303030303030303', 2)",
        )
        .is_err()
    });
    assert!(is_refused_by_the_table);
    assert_sound(&store);
}

/// Makes a closed store what the first released program left.
fn as_the_first_release_had_it(home: &TempDir) {
    raw(home)
        .execute_batch(
            "DROP INDEX dispatch_with_card;
             DROP TABLE card_taken;
             DROP TABLE card_write;
             PRAGMA user_version = 1",
        )
        .unwrap();
}

#[test]
fn a_store_from_before_cards_is_upgraded_and_takes_one() {
    let home = worked();
    as_the_first_release_had_it(&home);
    let (store, notice) = reopen(&home).unwrap();
    assert_eq!(notice, None);
    assert_eq!(store.outbox(500, usize::MAX).unwrap().len(), 90);
    assert_eq!(store.open_cards().unwrap(), []);
    act_card(&store, &begun(1, 1, &[1])).unwrap();
    assert_sound(&store);
}

#[test]
fn a_damaged_store_from_before_cards_has_lost_none() {
    let home = worked();
    as_the_first_release_had_it(&home);
    let pages = pages_of(&home, "order_row", "leaf");
    spoil(&home.path().join("store.db"), pages);
    let (store, notice) = reopen_after_a_cut(&home);
    assert_eq!(
        salvage(notice).rows_lost,
        0,
        "a table never made is no loss"
    );
    assert_eq!(store.cursor().unwrap(), 60);
    act_card(&store, &begun(1, 1, &[1])).unwrap();
}

#[test]
fn events_behind_a_gap_are_sealed_anew_and_those_before_it_stay() {
    let home = worked();
    let pages = pages_of(&home, "event", "leaf");
    let hit = pages[pages.len() * 3 / 4];
    spoil(&home.path().join("store.db"), [hit]);
    let (store, notice) = reopen_after_a_cut(&home);
    let saved = salvage(notice);
    assert!(saved.events_lost > 0 && saved.resealed > 0, "{saved:?}");
    assert_eq!(saved.events + saved.events_lost, 180, "{saved:?}");
    assert_eq!(saved.identity, Found::Yes);
    assert_sound(&store);
    let sealed = store.outbox(500, usize::MAX).unwrap();
    assert_eq!(sealed.len() as u64, saved.unsent);
    assert_eq!(sealed.first().unwrap().seq, 91);
    assert!(sealed.windows(2).all(|two| two[1].prev == two[0].hash));
    assert_eq!(
        store.cursor().unwrap(),
        0,
        "what was lost is asked for again"
    );
}

#[test]
fn lost_rows_of_photos_are_known_from_the_events() {
    let home = worked();
    let mut pages = pages_of(&home, "blob", "leaf");
    pages.extend(pages_of(&home, "enrolment", "leaf"));
    spoil(&home.path().join("store.db"), pages);
    let (store, notice) = reopen_after_a_cut(&home);
    assert_eq!(salvage(notice).identity, Found::No);
    assert_eq!(store.waiting_blobs(99).unwrap().len(), 60);
    assert_eq!(store.route().unwrap().as_deref(), Some("/here"));
    store.save_enrolment(&enrolment(), &[]).unwrap();
    assert_sound(&store);
    assert_eq!(
        store.outbox(500, usize::MAX).unwrap().len(),
        90,
        "unsent work goes on"
    );
}

#[test]
fn any_page_may_be_damaged_and_the_store_opens() {
    let home = worked();
    let bytes = fs::read(home.path().join("store.db")).unwrap();
    let pages = bytes.len() as u64 / 4096;
    for page in (1..=pages).step_by((pages as usize / 12).max(1)) {
        let copy = tempfile::tempdir().unwrap();
        for name in ["store.db", "store.mark"] {
            fs::copy(home.path().join(name), copy.path().join(name)).unwrap();
        }
        spoil(&copy.path().join("store.db"), [page]);
        let (store, notice) = reopen_after_a_cut(&copy);
        let saved = salvage(notice);
        assert_sound(&store);
        if page > 1 {
            assert!(saved.events > 100, "page {page}: {saved:?}");
        }
        let asides = fs::read_dir(copy.path()).unwrap().flatten();
        let kept = asides.filter(|e| e.file_name().to_string_lossy().contains("damaged"));
        assert!(kept.count() >= 1);
    }
}

#[test]
fn a_salvage_cut_off_is_taken_up_again() {
    let home = worked();
    let pages = pages_of(&home, "order_row", "leaf");
    let path = home.path().join("store.db");
    spoil(&path, pages);
    // Cut off right after the move: no file, no name in the marker.
    crate::salvage::begin(home.path()).unwrap();
    sqlite::move_aside(&path, "2026-11-21T083000Z-damaged").unwrap();
    let (store, notice) = reopen(&home).unwrap();
    assert_eq!(salvage(notice).events, 180);
    act(&store, 1, vec![note("after")]).unwrap();
    drop(store);
    // Cut off after all was copied and before the marker was taken away: nothing is done twice.
    let aside = home.path().join("store.db.2026-11-21T083000Z-damaged");
    crate::salvage::name_source(home.path(), &aside).unwrap();
    let (store, notice) = reopen(&home).unwrap();
    assert_eq!(notice, None);
    assert_eq!(store.series().unwrap().last_seq, 181);
    assert_sound(&store);
}

#[test]
fn another_key_is_refused_before_anything_is_touched() {
    let home = worked();
    let before = fs::read(home.path().join("store.db")).unwrap();
    let wrong = Key::new([8; 32]);
    for has_mark in [true, false] {
        if !has_mark {
            fs::remove_file(home.path().join("store.mark")).unwrap();
        }
        let refused = Store::open(home.path(), &wrong, "stamp").unwrap_err();
        assert_eq!(refused.code(), "wrong_key");
        assert_eq!(fs::read(home.path().join("store.db")).unwrap(), before);
    }
    assert_eq!(reopen(&home).unwrap().1, None);
}

#[test]
fn an_empty_file_becomes_todays_store() {
    let home = tempfile::tempdir().unwrap();
    let (store, _) = reopen(&home).unwrap();
    store.save_enrolment(&enrolment(), &[]).unwrap();
    drop(store);
    let version = sqlite::schema_version(&raw(&home)).unwrap();
    assert_eq!(version, crate::schema::STEPS.len() as u32);
}

#[test]
fn another_version_works_every_picture_out_anew() {
    let home = worked();
    let conn = raw(&home);
    conn.execute_batch(
        "UPDATE picture SET body = '{\"shape\": \"of another version\"}';
         UPDATE setting SET value = '0.0.1' WHERE name = 'pictures_by'",
    )
    .unwrap();
    drop(conn);
    let (store, notice) = reopen(&home).unwrap();
    assert_eq!(notice, None);
    assert_sound(&store);
    let unsent = store.outbox(500, usize::MAX).unwrap();
    assert_eq!(unsent.len(), 90, "unsent work is as it was");
}
