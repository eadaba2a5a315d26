//! Writes of cards: an authorisation serves once, a card is in one write, nothing is kept by half.

use domain::{
    AuthorisationId, CardKind, CardSerial, CardTask, CustomerNo, Fen, OfficeEvent, OrderEvent,
};
use uuid::Uuid;

use super::made_up::*;
use super::rig::*;
use crate::{Acted, CardRow, Incoming, Store, StoreError};

/// The first write under the authorisation `leave`, of order `n`, with these cards.
pub fn begun(leave: u128, n: u64, cards: &[u8]) -> CardRow {
    let serial = |card: &u8| CardSerial::from_bytes([*card; 8]);
    CardRow {
        authorisation: AuthorisationId(Uuid::from_u128(leave)),
        order: order_id(n),
        step: "card".into(),
        cards: cards.iter().map(serial).collect(),
        text: "intent".into(),
        is_open: true,
    }
}

/// The same write, further on.
pub fn later(row: &CardRow, text: &str) -> CardRow {
    let text = text.into();
    CardRow {
        text,
        ..row.clone()
    }
}

/// The same write at its end.
pub fn ended(row: &CardRow) -> CardRow {
    CardRow {
        is_open: false,
        ..later(row, "committed")
    }
}

/// Records something on the row's order and keeps the row.
pub fn act_card(store: &Store, row: &CardRow) -> Result<Acted, StoreError> {
    store.act_card(&row.order, at(1_000), row, |_, _| {
        Ok::<_, StoreError>(vec![OrderEvent::Started, note(&row.text)])
    })
}

/// The authorisation that stands in the way.
fn in_the_way(refused: StoreError) -> Option<u128> {
    match refused {
        StoreError::CardOpen { authorisation } => Some(authorisation.0.as_u128()),
        _ => None,
    }
}

#[test]
fn a_write_and_its_event_are_there_together_and_the_newest_is_the_orders() {
    let device = Device::with_orders(2);
    let store = &device.store;
    let first = begun(1, 1, &[1]);
    let acted = act_card(store, &first).unwrap();
    assert_eq!(acted.events.len(), 2);
    assert_eq!(acted.order.unwrap().state.name(), "started");
    let second = begun(2, 2, &[2, 3]);
    act_card(store, &second).unwrap();
    assert_eq!(store.open_cards().unwrap(), [first.clone(), second.clone()]);
    let verified = later(&first, "verified");
    store.keep_card(&verified).unwrap();
    assert_eq!(store.open_cards().unwrap(), [verified.clone(), second]);
    act_card(store, &ended(&first)).unwrap();
    let third = begun(3, 1, &[1]);
    act_card(store, &third).unwrap();
    assert_eq!(store.card_of(&order_id(1)).unwrap(), Some(third));
    let of_first = store.card_under(first.authorisation).unwrap();
    assert_eq!(of_first, Some(ended(&first)));
    assert_eq!(store.card_of(&order_id(9)).unwrap(), None);
    assert_sound(store);
}

#[test]
fn an_authorisation_serves_one_write_and_never_another() {
    let device = Device::with_orders(2);
    let first = begun(1, 1, &[1]);
    act_card(&device.store, &first).unwrap();
    act_card(&device.store, &ended(&first)).unwrap();
    let before = rows(&device.store);
    let another = begun(1, 2, &[2]);
    for row in [&first, &ended(&first), &another] {
        assert_eq!(
            act_card(&device.store, row).unwrap_err().code(),
            "card_ended"
        );
        let kept = device.store.keep_card(row);
        assert_eq!(kept.unwrap_err().code(), "card_ended");
    }
    assert_eq!(rows(&device.store), before);
}

#[test]
fn while_a_write_is_open_its_order_and_each_of_its_cards_are_taken() {
    let device = Device::with_orders(3);
    let first = begun(1, 1, &[1, 2]);
    act_card(&device.store, &first).unwrap();
    let before = rows(&device.store);
    let same_order = begun(2, 1, &[9]);
    let same_card = begun(3, 2, &[1]);
    let card_that_is_voided = begun(4, 2, &[9, 2]);
    for row in [&same_order, &same_card, &card_that_is_voided] {
        let refused = act_card(&device.store, row).unwrap_err();
        assert_eq!(in_the_way(refused), Some(1), "{row:?}");
    }
    assert_eq!(rows(&device.store), before);
    act_card(&device.store, &begun(5, 3, &[9])).unwrap();
    act_card(&device.store, &ended(&first)).unwrap();
    act_card(&device.store, &same_card).unwrap();
}

#[test]
fn a_write_whose_leave_was_taken_back_ends_with_the_one_that_takes_its_place() {
    let device = Device::with_orders(2);
    let (first, other) = (begun(1, 1, &[1]), begun(2, 2, &[2]));
    act_card(&device.store, &first).unwrap();
    act_card(&device.store, &other).unwrap();
    let second = begun(3, 1, &[3]);
    let refused = act_card(&device.store, &second).unwrap_err();
    assert_eq!(in_the_way(refused), Some(1), "nobody took it back");
    let back = OfficeEvent::CardLeaveTakenBack {
        authorisation: first.authorisation,
        reason: "lost".into(),
    };
    let change = Incoming::Order {
        order: order_id(1),
        entries: vec![office(9, back)],
    };
    device.store.apply_changes(9, &[change]).unwrap();
    let others_card = act_card(&device.store, &begun(4, 1, &[2])).unwrap_err();
    assert_eq!(in_the_way(others_card), Some(2), "another order's");
    let both = [first.clone(), other.clone()];
    assert_eq!(device.store.open_cards().unwrap(), both);
    act_card(&device.store, &second).unwrap();
    assert_eq!(device.store.open_cards().unwrap(), [other, second]);
    let left = CardRow {
        is_open: false,
        ..first.clone()
    };
    let of_first = device.store.card_under(first.authorisation).unwrap();
    assert_eq!(of_first, Some(left), "as far as it had got");
    assert_sound(&device.store);
}

#[test]
fn a_write_under_way_stays_what_it_was_about() {
    let device = Device::with_orders(2);
    let first = begun(1, 1, &[1]);
    let never = device.store.keep_card(&first).unwrap_err();
    assert_eq!(never.code(), "card_not_begun");
    act_card(&device.store, &first).unwrap();
    let other_step = CardRow {
        step: "other".into(),
        ..first.clone()
    };
    for row in [begun(1, 2, &[1]), begun(1, 1, &[2]), other_step] {
        let refused = device.store.keep_card(&row).unwrap_err();
        assert_eq!(in_the_way(refused), Some(1), "{row:?}");
    }
    assert_eq!(device.store.open_cards().unwrap(), [first]);
}

#[test]
fn the_tables_themselves_refuse_a_second_use_of_leave_order_or_card() {
    let device = Device::with_orders(2);
    act_card(&device.store, &begun(1, 1, &[1])).unwrap();
    let add = |leave: u128, n: u64, is_open: bool| {
        format!(
            "INSERT INTO card_write (authorisation, order_id, step, cards, body, is_open)
             VALUES ('{}', '{}', 'card', '[]', '', {is_open})",
            Uuid::from_u128(leave),
            order_id(n)
        )
    };
    let take =
        |card: &str| format!("INSERT INTO card_taken (serial, card_write) VALUES ('{card}', 1)");
    let is_taken = |text: &str| {
        device
            .store
            .with_writer(|conn| conn.execute_batch(text).is_ok())
    };
    assert!(!is_taken(&add(1, 2, false)), "an authorisation");
    assert!(!is_taken(&add(2, 1, true)), "an order with an open write");
    assert!(!is_taken(&take("0101010101010101")), "a card in a write");
    assert!(is_taken(&add(2, 1, false)) && is_taken(&add(3, 2, true)));
    assert!(is_taken(&take("0202020202020202")));
}

#[test]
fn a_refused_decision_keeps_no_row_and_a_refused_row_asks_for_no_decision() {
    let device = Device::with_orders(2);
    let before = rows(&device.store);
    let first = begun(1, 1, &[1]);
    let refused = device.store.act_card(&first.order, at(1), &first, |_, _| {
        Err::<Vec<OrderEvent>, _>(StoreError::WrongKey)
    });
    assert_eq!(refused.unwrap_err().code(), "wrong_key");
    assert_eq!(rows(&device.store), before);
    act_card(&device.store, &first).unwrap();
    let second = begun(2, 2, &[1]);
    let refused = device
        .store
        .act_card(&second.order, at(1), &second, |_, _| {
            Err::<Vec<OrderEvent>, _>(StoreError::WrongKey)
        });
    assert_eq!(in_the_way(refused.unwrap_err()), Some(1), "by the row");
}

#[test]
fn a_write_outlives_a_start_a_new_series_and_another_code() {
    let device = Device::with_orders(2);
    let first = begun(1, 1, &[1]);
    let second = begun(2, 2, &[2]);
    act_card(&device.store, &first).unwrap();
    act_card(&device.store, &second).unwrap();
    act_card(&device.store, &ended(&first)).unwrap();
    let home = device.close();
    let (store, _) = reopen(&home).unwrap();
    store.rehome(super::made_up::device(2)).unwrap();
    let mut anew = enrolment();
    anew.device = super::made_up::device(3);
    store.save_enrolment(&anew, &[]).unwrap();
    assert_eq!(store.open_cards().unwrap(), [second]);
    assert_eq!(store.card_of(&order_id(1)).unwrap(), Some(ended(&first)));
    assert_eq!(act_card(&store, &first).unwrap_err().code(), "card_ended");
    let taken = act_card(&store, &begun(3, 1, &[2])).unwrap_err();
    assert_eq!(in_the_way(taken), Some(2));
    assert_sound(&store);
}

#[test]
fn the_orders_that_ask_for_a_card_are_found_without_reading_the_others() {
    let device = Device::with_orders(3);
    assert_eq!(device.store.orders_with_card().unwrap(), []);
    let mut with_card = dispatch(2);
    with_card.card = Some(card_task());
    with_card.revision = 2;
    let dispatch = Box::new(with_card);
    let entries = vec![office(9, domain::OfficeEvent::Changed { dispatch })];
    let order = order_id(2);
    let change = Incoming::Order { order, entries };
    device.store.apply_changes(9, &[change]).unwrap();
    let found = device.store.orders_with_card().unwrap();
    let held = device.store.order(&order_id(2)).unwrap().unwrap();
    assert_eq!(found, [held.order]);
    let plan = device.store.with_writer(|conn| {
        let text = "EXPLAIN QUERY PLAN SELECT order_row.order_id
             FROM order_row JOIN dispatch USING (id)
             WHERE json_type(dispatch.body, '$.card') = 'object'";
        let mut query = conn.prepare(text).unwrap();
        let lines = query.query_map([], |row| row.get::<_, String>("detail"));
        lines.unwrap().map(Result::unwrap).collect::<Vec<_>>()
    });
    assert!(plan[0].contains("dispatch_with_card"), "{plan:?}");
}

fn card_task() -> CardTask {
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: CustomerNo::default(),
        meter: None,
        purchases: vec![],
        count: 1,
        carried_max: Fen::ZERO,
        limit: None,
        alarm_1: Fen::ZERO,
        alarm_2: Fen::ZERO,
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

#[test]
fn a_commit_is_on_the_disk_when_it_returns() {
    let device = Device::with_orders(1);
    let (mode, synchronous) = device.store.with_writer(|conn| {
        let mode = conn.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
        let level = conn.pragma_query_value(None, "synchronous", |row| row.get::<_, i64>(0));
        (mode.unwrap(), level.unwrap())
    });
    // 2 is FULL: the log is flushed at each commit, and not only when it is folded in.
    assert_eq!((mode.as_str(), synchronous), ("wal", 2));
}
