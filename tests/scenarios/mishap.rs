//! What befalls tablets: wrong clocks, old backups, damaged files.

use std::fs;

use domain::{Delivery, Millis};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{MORNING, Office, Tablet};
use work::Notice;

const DAY_MS: i64 = 24 * 3_600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_wrong_by_a_day_blocks_nothing_and_reorders_nothing() {
    let office = Office::open().await;
    office.dispatch(2, crew());
    let tablet = Tablet::new(1);
    tablet.clock.set_wall(Millis(MORNING.0 + DAY_MS));
    tablet.joins(&office, &office.url(), crew()).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    tablet.clock.set_wall(Millis(MORNING.0 - DAY_MS));
    tablet.finish(2);
    tablet.sync().await;
    for n in 1..=2 {
        assert_eq!(office.order(&order_id(n)), tablet.order(&order_id(n)));
        assert_eq!(office.order(&order_id(n)).state.name(), "completed");
    }
    let at = tablet
        .device()
        .log(&order_id(1))
        .unwrap()
        .into_iter()
        .find_map(|entry| match entry.body {
            domain::EntryBody::Field { at, .. } => Some(at),
            domain::EntryBody::Office { .. } => None,
        });
    let off = at.unwrap().best().0 - office.hand.now().0;
    assert!(
        off.abs() < DAY_MS / 2,
        "the stamp is corrected by what the gateway's clock said: {off}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_restored_from_an_old_backup_goes_on_and_doubles_nothing() {
    let office = Office::open().await;
    office.dispatch(3, crew());
    let mut tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    tablet.sync().await;
    tablet.stop();
    let backup = tempfile::tempdir().unwrap();
    copy(tablet.home.path(), backup.path());
    tablet.start();
    tablet.finish(2);
    tablet.sync().await;
    let before = office.order(&order_id(2));

    tablet.stop();
    fs::remove_dir_all(tablet.home.path()).unwrap();
    copy(backup.path(), tablet.home.path());
    tablet.start();
    tablet.finish(3);
    tablet.sync().await;
    assert_eq!(
        office.order(&order_id(2)),
        before,
        "what was there is untouched"
    );
    assert_eq!(
        tablet.order(&order_id(2)),
        before,
        "and the tablet has it back"
    );
    assert_eq!(office.order(&order_id(3)), tablet.order(&order_id(3)));
    assert_eq!(tablet.delivery(&order_id(3)), Some(Delivery::InOffice));
    office.check();
    tablet.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_moved_aside_and_its_unsent_work_arrives() {
    let office = Office::open().await;
    office.dispatch(2, crew());
    let mut tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    tablet.sync().await;
    tablet.finish(2);
    tablet.stop();
    let file = tablet.home.path().join("store.db");
    let mut bytes = fs::read(&file).unwrap();
    // A page in the middle is lost, as on a card that was pulled; the last pages are whole.
    let middle = bytes.len() / 2 / 4096 * 4096;
    bytes[middle..middle + 4096].fill(0x5a);
    fs::write(&file, bytes).unwrap();
    // Nobody closed the store before that: the mark of one that is open is still there, so that all
    // of it is checked.
    fs::write(tablet.home.path().join("store.open"), "").unwrap();

    tablet.start();
    let Some(Notice::Salvaged { moved_to, .. }) = tablet.device().notice().cloned() else {
        panic!("the crew is told");
    };
    assert!(moved_to.exists(), "the damaged file is kept");
    if tablet.device().enrolment().unwrap().is_none() {
        // The lost page held who the tablet is: a new code, and the work that was saved goes on.
        tablet.joins(&office, &office.url(), crew()).await;
    }
    tablet.sync().await;
    let id = order_id(2);
    tablet.finish_if_open(2);
    tablet.sync().await;
    assert_eq!(office.order(&id).state.name(), "completed");
    assert_eq!(office.order(&order_id(1)).state.name(), "completed");
    office.check();
    tablet.check();
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
