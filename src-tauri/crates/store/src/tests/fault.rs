//! A failure at any statement leaves everything as it was.

use domain::{Holder, Judgement, OfficeEvent, OrderEvent, ScanSource, StockEvent, Verdict};
use domain::{HolderChange, admit_stock};

use super::cards::{act_card, begun, ended, later};
use super::made_up::*;
use super::rig::*;
use crate::sql::fault;
use crate::{Incoming, Store, StoreError};

/// Lets `work` fail at each point in turn, then succeed; how many points there were.
fn at_each_point(device: &Device, work: impl Fn(&Store) -> Result<(), StoreError>) -> u32 {
    let before = rows(&device.store);
    for point in 0.. {
        fault::arm(Some(point));
        let done = work(&device.store);
        let was_reached = !fault::is_armed();
        fault::arm(None);
        if !was_reached {
            done.unwrap();
            assert_ne!(
                rows(&device.store),
                before,
                "it changes something when it works"
            );
            assert_sound(&device.store);
            return point;
        }
        done.unwrap_err();
        assert_eq!(rows(&device.store), before, "point {point}");
    }
    0
}

#[test]
fn picture_events_outbox_stock_lists_and_search_change_together_or_not_at_all() {
    let device = Device::with_orders(2);
    let items = vec![meter(5, with_crew())];
    device
        .store
        .apply_changes(2, &[Incoming::Stock { items }])
        .unwrap();
    let photo = device.store.put_blob(b"photo").unwrap();
    let small = device.store.put_blob(b"small").unwrap();
    let points = at_each_point(&device, |store| {
        let events = vec![
            OrderEvent::Started,
            photo_taken(photo, small),
            scan_new(5),
            note("x"),
        ];
        act(store, 1, events).map(|_| ())
    });
    assert!(
        points > 20,
        "two points for each of its statements: {points}"
    );
}

#[test]
fn a_card_is_begun_kept_and_ended_with_its_event_or_not_at_all() {
    let device = Device::with_orders(1);
    let first = begun(1, 1, &[1, 2]);
    let points = at_each_point(&device, |store| act_card(store, &first).map(|_| ()));
    assert!(
        points > 10,
        "two points for each of its statements: {points}"
    );
    at_each_point(&device, |store| store.keep_card(&later(&first, "voided")));
    at_each_point(&device, |store| act_card(store, &ended(&first)).map(|_| ()));
}

#[test]
fn a_full_disk_begins_no_card_and_ends_none_by_half() {
    let device = Device::with_orders(1);
    let long = "x".repeat(900);
    let mut failures = 0;
    for leave in 1..40 {
        let row = later(&begun(leave, 1, &[1]), &long);
        let limit = |pages: i64| {
            device.store.with_writer(|conn| {
                conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                    .unwrap();
            });
        };
        for row in [&row, &ended(&row)] {
            let before = rows(&device.store);
            // Not a page more than there are.
            limit(1);
            if let Err(reason) = act_card(&device.store, row) {
                assert_eq!(reason.code(), "disk_full");
                assert_eq!(rows(&device.store), before);
                failures += 1;
                limit(1_000_000);
                act_card(&device.store, row).unwrap();
            }
            limit(1_000_000);
        }
    }
    assert!(failures > 10, "{failures}");
    assert_sound(&device.store);
}

#[test]
fn an_act_at_the_cabinet_changes_all_or_nothing() {
    let device = Device::with_orders(0);
    let issued_to = Some(crew());
    let items = vec![meter(5, Holder::Cabinet { issued_to })];
    device
        .store
        .apply_changes(1, &[Incoming::Stock { items }])
        .unwrap();
    at_each_point(&device, |store| {
        let event = StockEvent::PickedUp {
            asset_no: asset(5),
            source: ScanSource::Camera,
            image: None,
            sighting: None,
        };
        let picked = store.act_stock(&asset(5), at(1), |stock| {
            let change: HolderChange = admit_stock(stock, &crew(), &event).unwrap();
            Ok::<_, StoreError>((event.clone(), change))
        });
        picked.map(|_| ())
    });
}

#[test]
fn a_page_and_its_cursor_are_taken_together_or_not_at_all() {
    let device = Device::with_orders(2);
    let acted = device
        .act(1, vec![OrderEvent::Started, scan_new(5)])
        .unwrap();
    let (order, entry) = given_back(&device.store, acted.events[0], 10, Verdict::Accepted);
    let page = [
        Incoming::Order {
            order,
            entries: vec![entry, office(11, OfficeEvent::Approved)],
        },
        dispatched(3, 12),
        Incoming::Stock {
            items: vec![meter(5, with_crew())],
        },
        Incoming::AssetRules {
            rules: vec![domain::AssetRule::state_grid()],
        },
    ];
    at_each_point(&device, |store| store.apply_changes(12, &page).map(|_| ()));
    assert_eq!(device.store.cursor().unwrap(), 12);
}

#[test]
fn a_receipt_counts_whole_or_not_at_all() {
    let device = Device::with_orders(1);
    let photo = device.store.put_blob(b"photo").unwrap();
    let events = vec![OrderEvent::Started, scan_new(5), photo_taken(photo, photo)];
    device.act(1, events).unwrap();
    let mut word = receipt(&device.store, 3, vec![photo]);
    word.judgements = (1..=3)
        .map(|seq| Judgement {
            seq,
            verdict: Verdict::Accepted,
        })
        .collect();
    at_each_point(&device, |store| store.record_receipt(&word).map(|_| ()));
}

#[test]
fn a_new_series_begins_whole_or_not_at_all() {
    let device = Device::with_orders(1);
    device
        .act(1, vec![OrderEvent::Started, scan_new(5)])
        .unwrap();
    device
        .store
        .record_receipt(&receipt(&device.store, 1, vec![]))
        .unwrap();
    at_each_point(&device, |store| {
        store.rehome(super::made_up::device(2)).map(|_| ())
    });
}

#[test]
fn a_full_disk_is_said_and_changes_nothing() {
    let device = Device::with_orders(3);
    let fill = |n: u64| device.act(n % 3 + 1, vec![OrderEvent::Started, note(&"x".repeat(900))]);
    for n in 0..20 {
        fill(n).unwrap();
    }
    let pages: i64 = device.store.with_writer(|conn| {
        conn.pragma_query_value(None, "page_count", |row| row.get(0))
            .unwrap()
    });
    let mut failures = 0;
    for room in 0..6 {
        let limit = pages + room;
        device.store.with_writer(|conn| {
            conn.pragma_update_and_check(None, "max_page_count", limit, |_| Ok(()))
                .unwrap();
        });
        let mut n = 0;
        loop {
            let before = rows(&device.store);
            match fill(n) {
                Ok(_) => n += 1,
                Err(reason) => {
                    assert_eq!(reason.code(), "disk_full");
                    assert_eq!(rows(&device.store), before);
                    failures += 1;
                    break;
                }
            }
        }
    }
    assert_eq!(failures, 6);
    device.store.with_writer(|conn| {
        conn.pragma_update_and_check(None, "max_page_count", 1_000_000, |_| Ok(()))
            .unwrap();
    });
    fill(1).unwrap();
    assert_sound(&device.store);
}
