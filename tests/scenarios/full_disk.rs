//! A full disk, on the tablet and at the gateway: it is said, nothing is lost, it goes on.

use std::collections::BTreeSet;

use domain::{AuthorisationId, CardSerial, Delivery, Millis, OrderEvent, Purpose, Stamp};
use imaging::drawn::{self, Scene};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::small_disk::SmallDisk;
use metercrew_tests::{Office, Tablet};
use store::{CardRow, KeyFile, Store, StoreError, obtain_key};
use uuid::Uuid;
use work::Standing;

#[tokio::test(flavor = "multi_thread")]
async fn a_full_tablet_says_so_keeps_what_was_saved_and_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::of_mib(16) else {
        return;
    };
    let office = Office::open().await;
    office.dispatch(1, crew());
    let tablet = Tablet::on(disk.path(), 1);
    tablet.joins(&office, &office.url(), crew()).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.work(1, &BTreeSet::from(["new_meter"]));
    let id = order_id(1);
    let before = tablet.order(&id);

    disk.fill(8);
    let jpeg = drawn::scene(Scene::Panorama, 99).unwrap();
    let error = tablet
        .device()
        .prepare_photo(&jpeg, Purpose::Site, None)
        .unwrap_err();
    assert_eq!(error.code(), "disk_full");
    let mut refused = 0;
    for n in 0..200 {
        let text = format!("{n} {}", "x".repeat(1_900));
        let note = domain::Action::Note {
            step: "note".into(),
            text,
        };
        match tablet.device().act(&id, note) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.code(), "disk_full");
                refused += 1;
            }
        }
    }
    assert!(refused > 0, "the disk was not full");
    assert_eq!(tablet.order(&id).photos, before.photos);
    tablet.check();

    disk.clear();
    tablet.finish(1);
    tablet.sync().await;
    assert_eq!(office.order(&id), tablet.order(&id));
    assert_eq!(tablet.delivery(&id), Some(Delivery::InOffice));
    tablet.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_tablet_begins_no_card_and_ends_none_by_half() {
    let Some(disk) = SmallDisk::of_mib(16) else {
        return;
    };
    let office = Office::open().await;
    office.dispatch(1, crew());
    let mut tablet = Tablet::on(disk.path(), 1);
    tablet.joins(&office, &office.url(), crew()).await;
    tablet.sync().await;
    tablet.stop();
    let home = tablet.home.path();
    let key = obtain_key(home, &[&KeyFile::in_dir(home)], || [0; 32]).unwrap();
    let (store, _) = Store::open(home, &key.key, "stamp").unwrap();

    let order = order_id(1);
    let at = Stamp {
        wall_ms: Millis(1),
        boot_ms: 1,
        boot_id: Uuid::nil(),
        offset_ms: None,
        uncertainty_ms: None,
    };
    disk.fill(8);
    let mut refused = 0;
    for leave in 0..200 {
        for is_open in [true, false] {
            let row = CardRow {
                authorisation: AuthorisationId(Uuid::from_u128(leave)),
                order: order.clone(),
                step: "card".into(),
                cards: vec![CardSerial::from_bytes([1; 8])],
                text: "x".repeat(900),
                is_open,
            };
            let note = || OrderEvent::Noted {
                step: "note".into(),
                text: format!("{leave} {is_open}"),
            };
            let write = || store.act_card(&order, at, &row, |_, _| Ok(vec![note()]));
            let now = || {
                let row = store.card_under(row.authorisation).unwrap();
                (store.series().unwrap(), store.order(&order).unwrap(), row)
            };
            let before = now();
            let written: Result<_, StoreError> = write();
            if let Err(reason) = written {
                assert_eq!(reason.code(), "disk_full");
                assert_eq!(now(), before, "neither event nor row");
                refused += 1;
                disk.clear();
                write().unwrap();
                disk.fill(8);
            }
        }
        if refused == 6 {
            break;
        }
    }
    assert_eq!(refused, 6, "the disk was not full");
    disk.clear();
    assert_eq!(store.verify().unwrap().faults, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_gateway_says_so_and_everything_arrives_when_there_is_room() {
    let Some(disk) = SmallDisk::of_mib(24) else {
        return;
    };
    let office = Office::on(disk.path()).await;
    office.dispatch(1, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    let id = order_id(1);

    disk.fill(64);
    tablet.clock.pass(600_000);
    let round = tablet.round().await;
    assert_eq!(
        round.standing,
        Standing::Waiting {
            why: "disk_full".into()
        }
    );
    assert_ne!(tablet.delivery(&id), Some(Delivery::InOffice));

    disk.clear();
    tablet.sync().await;
    assert_eq!(tablet.delivery(&id), Some(Delivery::InOffice));
    assert_eq!(office.order(&id), tablet.order(&id));
    office.check();
}
