//! A store written by an earlier program, with unsent work inside, opens today and sends it.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use domain::{Action, Delivery, Purpose};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{Office, Tablet};

/// Stores as released programs left them; `SOURCE.md` beside them says how each was made.
fn released() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/stores")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_released_store_opens_and_its_unsent_work_arrives() {
    let mut tried = 0;
    for entry in fs::read_dir(released()).unwrap().flatten() {
        if !entry.file_type().unwrap().is_dir() {
            continue;
        }
        tried += 1;
        let office = Office::open().await;
        office.dispatch(1, crew());
        let mut tablet = Tablet::new(1);
        tablet.stop();
        fs::remove_dir_all(tablet.home.path()).unwrap();
        copy(&entry.path(), tablet.home.path());
        tablet.start();
        assert!(
            tablet.device().notice().is_none(),
            "nothing was moved aside"
        );
        let id = order_id(1);
        let kept = tablet.order(&id);
        assert_eq!(kept.state.name(), "started");
        assert_eq!(tablet.delivery(&id), Some(Delivery::SavedHere));
        tablet.check();

        // The gateway of that time is gone: a new code takes the unsent work along.
        tablet.joins(&office, &office.url(), crew()).await;
        tablet.sync().await;
        let arrived = office.order(&id);
        assert_eq!(arrived.work, kept.work);
        assert_eq!(arrived.photos, kept.photos);
        assert_eq!(office.review(&id).await["evidence"]["complete"], "complete");
        tablet.check();
    }
    assert!(tried > 0, "no released store is kept");
}

/// Writes today's store as a fixture when there is none of its name:
/// `METERCREW_WRITE_FIXTURES=NAME cargo test -p metercrew-tests --test scenarios upgrade`.
#[tokio::test(flavor = "multi_thread")]
async fn todays_store_can_be_kept_for_later_programs() {
    let office = Office::open().await;
    office.dispatch(1, crew());
    let mut tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.sync().await;
    let id = order_id(1);
    tablet.work(1, &BTreeSet::from(["site"]));
    let small = imaging::decode(&imaging::drawn::display("1234.56", 7).unwrap()).unwrap();
    let jpeg = imaging::encode_jpeg(&small.shrunk_to(480).unwrap(), 60).unwrap();
    for step in ["site", "old_reading"] {
        let photo = tablet
            .device()
            .prepare_photo(&jpeg, Purpose::Reading, None)
            .unwrap();
        tablet
            .act(
                &id,
                Action::TakePhoto {
                    step: step.into(),
                    photo,
                },
            )
            .unwrap();
    }
    assert_eq!(tablet.order(&id).state.name(), "started");
    tablet.stop();
    if let Some(name) = std::env::var_os("METERCREW_WRITE_FIXTURES") {
        let target = released().join(name);
        assert!(!target.exists(), "a released store is never written again");
        copy(tablet.home.path(), &target);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
            // A checkout opens every file to all; a key that others may read is refused.
            fs::set_permissions(target, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}
