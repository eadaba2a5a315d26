//! Acts: what is acknowledged, what is refused, what stands on the disk.

use std::fs;
use std::path::Path;

use domain::{
    BlobHash, Fact, Holder, OrderEvent, ScanSource, StockEvent, admit_stock, chain_start,
};

use super::made_up::*;
use super::rig::*;
use crate::{Incoming, StoreError};

#[test]
fn an_act_extends_the_chain_and_the_picture_follows() {
    let device = Device::with_orders(2);
    let first = device.act(1, vec![OrderEvent::Started, note("a")]).unwrap();
    let second = device.act(2, vec![OrderEvent::Started]).unwrap();
    let numbers: Vec<u64> = first
        .events
        .iter()
        .chain(&second.events)
        .map(|id| id.seq)
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
    let sealed = device.store.outbox(10, usize::MAX).unwrap();
    assert_eq!(sealed[0].prev, chain_start(enrolment().device));
    assert_eq!(sealed[1].prev, sealed[0].hash);
    let held = device.store.order(&order_id(1)).unwrap().unwrap();
    assert_eq!(Some(held.order), first.order);
    assert_eq!(device.store.log(&order_id(1)).unwrap().len(), 3);
    assert_sound(&device.store);
}

#[test]
fn an_event_says_which_change_its_decision_stood_on() {
    let device = Device::with_orders(3);
    device.act(2, vec![OrderEvent::Started]).unwrap();
    let event = device.store.outbox(1, 1).unwrap()[0].open().unwrap();
    assert_eq!(event.seen, 2);
    assert_eq!((event.operator, event.crew), ("op-1".into(), crew()));
    assert_eq!(event.at, at(1_000));
}

#[test]
fn a_refused_decision_leaves_no_trace() {
    let device = Device::with_orders(1);
    let before = rows(&device.store);
    let refused = device
        .store
        .act(&order_id(1), at(1), &[], |order, _| {
            assert_eq!(order.dispatch.id, order_id(1));
            Err::<Vec<OrderEvent>, _>(StoreError::WrongKey)
        })
        .unwrap_err();
    assert_eq!(refused.code(), "wrong_key", "the decision's own reason");
    assert_eq!(rows(&device.store), before);
}

#[test]
fn a_blob_is_on_disk_before_the_event_that_names_it() {
    let device = Device::with_orders(1);
    let before = rows(&device.store);
    let (photo, small) = (BlobHash::of(b"photo"), BlobHash::of(b"small"));
    let events = || vec![OrderEvent::Started, photo_taken(photo, small)];
    let refused = device.act(1, events()).unwrap_err();
    assert!(matches!(refused, StoreError::BlobMissing { hash } if hash == photo));
    assert_eq!(rows(&device.store), before);
    device.store.put_blob(b"photo").unwrap();
    device.store.put_blob(b"small").unwrap();
    device.act(1, events()).unwrap();
    let lanes: Vec<_> = device.store.waiting_blobs(9).unwrap();
    assert_eq!(lanes.len(), 2);
    assert_eq!(
        (lanes[0].hash, lanes[0].size_bytes),
        (small, 5),
        "small first"
    );
}

#[test]
fn an_unknown_order_and_a_device_of_nobody_are_told_apart() {
    let device = Device::with_orders(0);
    assert_eq!(device.act(1, vec![]).unwrap_err().code(), "not_found");
    let home = tempfile::tempdir().unwrap();
    let (store, _) = reopen(&home).unwrap();
    store.apply_changes(1, &[dispatched(1, 1)]).unwrap();
    let refused = act(&store, 1, vec![OrderEvent::Started]).unwrap_err();
    assert_eq!(refused.code(), "not_enrolled");
}

#[test]
fn a_pick_up_and_a_scan_change_hands_at_once() {
    let device = Device::with_orders(1);
    let issued = Holder::Cabinet {
        issued_to: Some(crew()),
    };
    let items = vec![meter(5, issued)];
    device
        .store
        .apply_changes(1, &[Incoming::Stock { items }])
        .unwrap();
    let pick_up = StockEvent::PickedUp {
        asset_no: asset(5),
        source: ScanSource::Camera,
        image: None,
        sighting: None,
    };
    let picked = device.store.act_stock(&asset(5), at(1), |stock| {
        let change = admit_stock(stock, &crew(), &pick_up).unwrap();
        Ok::<_, StoreError>((pick_up.clone(), change))
    });
    assert_eq!(picked.unwrap().events.len(), 1);
    let holder = || device.store.stock_item(&asset(5)).unwrap().unwrap().holder;
    assert_eq!(holder(), with_crew());
    let events = vec![OrderEvent::Started, scan_new(5)];
    let seen = device
        .store
        .act(&order_id(1), at(2), &[asset(5)], |_, stock| {
            assert!(
                stock.item(&asset(5)).is_some(),
                "an asset asked for is there"
            );
            Ok::<_, StoreError>(events)
        });
    seen.unwrap();
    let order = order_id(1);
    assert_eq!(
        holder(),
        Holder::Bound {
            crew: crew(),
            order
        }
    );
    let event = device.store.outbox(1, 1).unwrap()[0].open().unwrap();
    assert!(matches!(event.fact, Fact::Stock { .. }));
}

#[test]
fn a_draft_a_route_and_a_setting_outlive_the_app() {
    let device = Device::with_orders(1);
    let step = "old_reading".into();
    device
        .store
        .save_draft(&order_id(1), &step, Some("{\"a\":1}"))
        .unwrap();
    device.store.save_route("/orders/1/sign").unwrap();
    device.store.save_setting("language", &"en").unwrap();
    let home = device.close();
    let (store, _) = reopen(&home).unwrap();
    let draft = || store.draft(&order_id(1), &step).unwrap();
    assert_eq!(draft().as_deref(), Some("{\"a\":1}"));
    assert_eq!(store.route().unwrap().as_deref(), Some("/orders/1/sign"));
    assert_eq!(
        store.setting::<String>("language").unwrap().as_deref(),
        Some("en")
    );
    assert_eq!(
        store.setting::<u32>("language").unwrap(),
        None,
        "another form is none"
    );
    store.save_draft(&order_id(1), &step, None).unwrap();
    assert_eq!(draft(), None);
    assert_eq!(store.enrolment().unwrap(), Some(enrolment()));
}

#[test]
fn nothing_that_was_recorded_stands_in_the_clear() {
    let device = Device::with_orders(3);
    let photo = device.store.put_blob(b"a kitchen in the village").unwrap();
    let text = "a dog bites here";
    let events = vec![OrderEvent::Started, note(text), photo_taken(photo, photo)];
    device.act(1, events).unwrap();
    let customer = dispatch(1).account.customer;
    let secrets = [
        text.as_bytes(),
        customer.as_bytes(),
        b"kitchen",
        &enrolment().signing_seed.clone(),
        &[7; 32],
    ];
    fn look(dir: &Path, secrets: &[&[u8]], files: &mut u32) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                look(&path, secrets, files);
                continue;
            }
            *files += 1;
            let bytes = fs::read(&path).unwrap();
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|part| part == *secret);
                assert!(!found, "{}", path.display());
            }
        }
    }
    let mut files = 0;
    look(device.home.path(), &secrets, &mut files);
    assert!(files >= 4, "database, log, photo, marks");
}
