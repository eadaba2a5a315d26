//! What lists, search and the counts of the day say.

use domain::{Delivery, Dispatch, OfficeEvent, OrderEvent, Pin, Remark};

use super::made_up::*;
use super::rig::*;
use crate::{Incoming, Row, Store};

fn ids(rows: &[Row]) -> Vec<&str> {
    rows.iter().map(|row| row.id.as_str()).collect()
}

fn search(store: &Store, text: &str) -> Vec<String> {
    let found = store.search(text, 50).unwrap();
    let mut ids: Vec<String> = found.iter().map(|row| row.id.to_string()).collect();
    ids.sort();
    ids
}

fn returned(change: u64, text: &str) -> Incoming {
    let remarks = vec![Remark {
        pin: Pin::Order,
        text: text.into(),
    }];
    Incoming::Order {
        order: order_id(2),
        entries: vec![office(change, OfficeEvent::Returned { remarks })],
    }
}

#[test]
fn a_line_says_what_the_picture_says() {
    let device = Device::with_orders(2);
    device
        .act(1, vec![OrderEvent::Started, scan_new(5)])
        .unwrap();
    let row = device.store.order(&order_id(1)).unwrap().unwrap().row;
    let order = dispatch(1);
    assert_eq!((row.kind, row.reason), (order.kind, order.reason));
    assert_eq!(row.customer, order.account.customer);
    assert_eq!((row.state.as_str(), row.steps_done), ("started", 1));
    assert!(row.steps > 5 && row.remark.is_none());
    device
        .store
        .apply_changes(9, &[returned(9, "seal is missing")])
        .unwrap();
    let row = device.store.order(&order_id(2)).unwrap().unwrap().row;
    assert_eq!(row.remark.as_deref(), Some("seal is missing"));
}

#[test]
fn orders_come_by_appointment_and_those_without_one_last() {
    let device = Device::with_orders(6);
    let rows = device.store.rows().unwrap();
    let wanted = [3, 6, 1, 2, 4, 5].map(order_id);
    assert_eq!(ids(&rows), wanted.each_ref().map(|id| id.as_str()));
    assert!(rows[0].appointment.is_some() && rows[2].appointment.is_none());
}

#[test]
fn any_part_of_a_number_a_name_or_an_address_finds_the_order() {
    let device = Device::with_orders(40);
    let order = dispatch(17);
    let old_meter = order.old_meter.clone().unwrap().asset_no.to_string();
    let account_no = order.account.account_no.to_string();
    let name: String = order.account.customer.chars().take(2).collect();
    let words = [
        account_no.clone(),
        account_no[3..8].to_owned(),
        old_meter.clone(),
        old_meter[12..].to_owned(),
        order.account.customer.clone(),
        order.account.address.clone(),
        format!("{name} {}", &account_no[5..]),
        order.id.to_string().to_lowercase(),
    ];
    for word in words {
        let found = search(&device.store, &word);
        assert!(found.contains(&order.id.to_string()), "{word}: {found:?}");
        assert!(found.len() < 10, "{word} finds {} orders", found.len());
    }
    assert_eq!(
        search(&device.store, "no such customer"),
        Vec::<String>::new()
    );
    assert_eq!(
        search(&device.store, "").len(),
        40,
        "nothing asked finds all"
    );
    assert_eq!(
        search(&device.store, "\" OR \"*"),
        Vec::<String>::new(),
        "no query language"
    );
    assert_eq!(
        device.store.search("4", 5).unwrap().len(),
        5,
        "no more than asked for"
    );
}

#[test]
fn search_finds_exactly_what_contains_the_words() {
    let device = Device::with_orders(60);
    for word in [
        "王", "小", "庄", "3", "12", "001", "0001", "李家", "组3号", "41 王", "00000000",
    ] {
        let mut wanted: Vec<String> = (1..=60)
            .filter(|n| {
                let order: Dispatch = dispatch(*n);
                let old = order.old_meter.clone().unwrap().asset_no.to_string();
                let account = &order.account;
                let parts = [
                    order.id.to_string(),
                    account.account_no.to_string(),
                    account.customer.clone(),
                    account.address.clone(),
                    old,
                ];
                word.split(' ')
                    .all(|word| parts.iter().any(|part| part.contains(word)))
            })
            .map(|n| order_id(n).to_string())
            .collect();
        wanted.sort();
        let mut found: Vec<String> = device
            .store
            .search(word, 1_000)
            .unwrap()
            .iter()
            .map(|row| row.id.to_string())
            .collect();
        found.sort();
        assert_eq!(found, wanted, "{word}");
    }
}

#[test]
fn a_scanned_meter_and_a_changed_customer_are_found_at_once() {
    let device = Device::with_orders(3);
    let new = asset(77_123_456).to_string();
    assert_eq!(search(&device.store, &new[8..]), Vec::<String>::new());
    device
        .act(2, vec![OrderEvent::Started, scan_new(77_123_456)])
        .unwrap();
    assert_eq!(search(&device.store, &new[8..]), [order_id(2).to_string()]);
    let mut changed = dispatch(3);
    changed.account.customer = "欧阳娜".into();
    let entry = office(
        9,
        OfficeEvent::Changed {
            dispatch: Box::new(changed),
        },
    );
    let order = order_id(3);
    let page = [Incoming::Order {
        order,
        entries: vec![entry],
    }];
    device.store.apply_changes(9, &page).unwrap();
    assert_eq!(search(&device.store, "欧阳"), [order_id(3).to_string()]);
    assert_eq!(
        search(&device.store, &dispatch(3).account.address),
        [order_id(3).to_string()]
    );
}

#[test]
fn the_words_of_delivery_are_counted_and_each_needs_its_receipt() {
    let device = Device::with_orders(4);
    let store = &device.store;
    let photo = store.put_blob(b"photo").unwrap();
    let word = |n| store.order(&order_id(n)).unwrap().unwrap().row.delivery();
    assert_eq!(word(1), None, "nothing was done here");
    device.act(1, vec![OrderEvent::Started]).unwrap();
    device
        .act(2, vec![OrderEvent::Started, photo_taken(photo, photo)])
        .unwrap();
    device.act(3, vec![OrderEvent::Started]).unwrap();
    assert_eq!(word(2), Some(Delivery::SavedHere));
    let totals = store.totals().unwrap();
    assert_eq!((totals.orders, totals.saved_here), (4, 3));
    assert_eq!(
        (
            totals.unsent.events,
            totals.unsent.blobs,
            totals.unsent.bytes
        ),
        (4, 1, 5)
    );
    store.record_receipt(&receipt(store, 3, vec![])).unwrap();
    assert_eq!(word(1), Some(Delivery::InOffice));
    assert_eq!(word(2), Some(Delivery::OnItsWay), "its photo is not there");
    assert_eq!(word(3), Some(Delivery::SavedHere));
    assert_eq!(store.waiting_rows().unwrap().len(), 2);
    store
        .record_receipt(&receipt(store, 4, vec![photo]))
        .unwrap();
    assert_eq!(word(2), Some(Delivery::InOffice));
    let accepted = office(9, OfficeEvent::AcceptedByMarketing);
    let order = order_id(2);
    let page = [Incoming::Order {
        order,
        entries: vec![accepted],
    }];
    store.apply_changes(9, &page).unwrap();
    assert_eq!(word(2), Some(Delivery::Accepted));
    let totals = store.totals().unwrap();
    assert_eq!(
        (totals.in_office, totals.accepted, totals.saved_here),
        (2, 1, 0)
    );
    assert_eq!(totals.unsent, crate::Unsent::default());
    assert!(store.waiting_rows().unwrap().is_empty());
}
