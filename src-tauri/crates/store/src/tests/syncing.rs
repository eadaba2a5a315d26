//! Outbox, receipts, stock and new series.

use domain::{Fact, Hash, Holder, Judgement, OrderEvent, Refusal, Verdict, chain_start};

use super::made_up::*;
use super::rig::*;
use crate::{Incoming, Lane};

#[test]
fn the_outbox_begins_behind_the_last_receipt_and_keeps_to_its_limits() {
    let device = Device::with_orders(1);
    let store = &device.store;
    let events = (0..10).map(|n| note(&"x".repeat(n * 100))).collect();
    device.act(1, events).unwrap();
    let numbers = |limit, bytes| {
        let sealed = store.outbox(limit, bytes).unwrap();
        sealed.iter().map(|event| event.seq).collect::<Vec<_>>()
    };
    assert_eq!(numbers(3, usize::MAX), [1, 2, 3]);
    assert_eq!(numbers(9, 1), [1], "one goes, however large");
    store.record_receipt(&receipt(store, 8, vec![])).unwrap();
    assert_eq!(numbers(9, usize::MAX), [9, 10]);
    let series = store.series().unwrap();
    assert_eq!((series.acked_seq, series.last_seq), (8, 10));
    store.record_receipt(&receipt(store, 10, vec![])).unwrap();
    assert_eq!(numbers(9, usize::MAX), [0_u64; 0]);
}

#[test]
fn a_receipt_about_another_chain_is_not_believed() {
    let device = Device::with_orders(1);
    let store = &device.store;
    device.act(1, vec![OrderEvent::Started, note("a")]).unwrap();
    let good = receipt(store, 2, vec![]);
    let before = rows(store);
    let mut other_hash = good.clone();
    other_hash.chain_head = Hash::of(b"other");
    let mut beyond = good.clone();
    beyond.through_seq = 3;
    let mut other_device = good.clone();
    other_device.device = super::made_up::device(9);
    for word in [other_hash, beyond, other_device] {
        let refused = store.record_receipt(&word).unwrap_err();
        assert_eq!(refused.code(), "receipt_does_not_fit");
    }
    assert_eq!(rows(store), before);
    store.record_receipt(&good).unwrap();
    let older = receipt(store, 1, vec![]);
    store.record_receipt(&older).unwrap();
    assert_eq!(
        store.series().unwrap().acked_seq,
        2,
        "an older word takes nothing back"
    );
}

#[test]
fn small_blobs_go_first_then_the_oldest() {
    let device = Device::with_orders(2);
    let store = &device.store;
    let put = |text: &str| store.put_blob(text.as_bytes()).unwrap();
    let (a, a_small) = (put("photo a"), put("a"));
    let (b, b_small, strokes) = (put("photo b"), put("b"), put("strokes"));
    let signed = OrderEvent::Signed {
        step: "signature".into(),
        strokes,
        form: domain::Form { lines: vec![] },
        form_hash: Hash::of(b""),
        signer: "x".into(),
    };
    device.act(1, vec![photo_taken(a, a_small)]).unwrap();
    device
        .act(2, vec![photo_taken(b, b_small), signed])
        .unwrap();
    device.act(2, vec![photo_taken(a, a_small)]).unwrap();
    let waiting = store.waiting_blobs(9).unwrap();
    let hashes: Vec<_> = waiting.iter().map(|blob| blob.hash).collect();
    assert_eq!(hashes, [a_small, b_small, strokes, a, b], "each once");
    assert_eq!(
        (waiting[2].lane, waiting[3].lane),
        (Lane::Small, Lane::Full)
    );
    store
        .record_receipt(&receipt(store, 0, vec![a, a_small]))
        .unwrap();
    assert_eq!(store.waiting_blobs(9).unwrap().len(), 3);
    let progress = store.order(&order_id(2)).unwrap().unwrap().row.progress;
    assert_eq!((progress.blobs, progress.blobs_receipted), (5, 2));
}

#[test]
fn own_effects_on_the_stock_hold_until_the_gateway_has_judged() {
    let device = Device::with_orders(1);
    let store = &device.store;
    let base = || Incoming::Stock {
        items: vec![meter(5, with_crew()), meter(6, with_crew())],
    };
    store.apply_changes(2, &[base()]).unwrap();
    device.act(1, vec![scan_new(5)]).unwrap();
    let holder = |n| store.stock_item(&asset(n)).unwrap().unwrap().holder;
    let order = order_id(1);
    let bound = Holder::Bound {
        crew: crew(),
        order,
    };
    assert_eq!(holder(5), bound);
    store.apply_changes(3, &[base()]).unwrap();
    assert_eq!(holder(5), bound, "the gateway has not seen it yet");
    store.record_receipt(&receipt(store, 1, vec![])).unwrap();
    assert_eq!(holder(5), bound, "now it is the gateway's word");
    store.apply_changes(4, &[base()]).unwrap();
    assert_eq!(holder(5), with_crew(), "and its next word counts");

    device.act(1, vec![scan_new(6)]).unwrap();
    assert_ne!(holder(6), with_crew());
    let refused = Verdict::Refused {
        refusal: Refusal::TextMissing,
    };
    let mut word = receipt(store, 2, vec![]);
    word.judgements = vec![Judgement {
        seq: 2,
        verdict: refused,
    }];
    assert!(store.record_receipt(&word).unwrap().cabinet);
    assert_eq!(holder(6), with_crew(), "refused: it never happened");
    assert_eq!(store.stock().unwrap().len(), 2);
}

#[test]
fn own_events_come_back_in_place_of_the_pending_ones() {
    let device = Device::with_orders(1);
    let store = &device.store;
    let acted = device.act(1, vec![OrderEvent::Started, note("a")]).unwrap();
    let (order, entry) = given_back(store, acted.events[0], 7, Verdict::Accepted);
    let entries = vec![entry];
    let page = [Incoming::Order { order, entries }];
    for _ in 0..2 {
        let changed = store.apply_changes(7, &page).unwrap();
        assert_eq!(changed.orders, [order_id(1)]);
        let log = store.log(&order_id(1)).unwrap();
        let changes: Vec<_> = log.iter().map(|entry| entry.change).collect();
        assert_eq!(changes, [Some(1), Some(7), None]);
    }
    assert_eq!(store.order(&order_id(1)).unwrap().unwrap().seen, 7);
    assert_sound(store);
}

#[test]
fn a_late_event_of_ours_waits_for_a_person_and_is_not_dropped() {
    let device = Device::with_orders(1);
    let store = &device.store;
    let acted = device.act(1, vec![OrderEvent::Started]).unwrap();
    let late = Verdict::Late { refusal: None };
    let (order, entry) = given_back(store, acted.events[0], 7, late);
    let entries = vec![entry];
    store
        .apply_changes(7, &[Incoming::Order { order, entries }])
        .unwrap();
    let held = store.order(&order_id(1)).unwrap().unwrap();
    assert_eq!(
        (held.row.state.as_str(), held.row.attention),
        ("assigned", 1)
    );
}

#[test]
fn a_fork_goes_on_in_a_new_series_with_what_the_gateway_does_not_hold() {
    let device = Device::with_orders(2);
    let store = &device.store;
    store
        .apply_changes(
            2,
            &[Incoming::Stock {
                items: vec![meter(5, with_crew())],
            }],
        )
        .unwrap();
    device
        .act(1, vec![OrderEvent::Started, note("acked")])
        .unwrap();
    store.record_receipt(&receipt(store, 2, vec![])).unwrap();
    let acted = device
        .act(1, vec![note("held"), note("not held"), scan_new(5)])
        .unwrap();
    // The gateway holds number 3 although its receipt was lost with the old tablet …
    let (order, entry) = given_back(store, acted.events[0], 7, Verdict::Accepted);
    // … and another event under number 4, written before the backup was put back.
    let (_, mut fork) = given_back(store, acted.events[1], 8, Verdict::Accepted);
    if let domain::EntryBody::Field { event, .. } = &mut fork.body {
        **event = note("of the life before");
    }
    let entries = vec![entry, fork];
    store
        .apply_changes(8, &[Incoming::Order { order, entries }])
        .unwrap();
    assert_sound(store);

    let fresh = super::made_up::device(2);
    assert_eq!(store.rehome(fresh).unwrap().events, 2);
    assert_eq!(
        store.rehome(fresh).unwrap().events,
        0,
        "asked twice, done once"
    );
    assert_sound(store);
    let sealed = store.outbox(9, usize::MAX).unwrap();
    let said: Vec<_> = sealed
        .iter()
        .map(|event| match event.open().unwrap().fact {
            Fact::Order { fact, .. } => fact,
            Fact::Stock { .. } => panic!("none was recorded"),
        })
        .collect();
    assert_eq!(said, [note("not held"), scan_new(5)]);
    assert_eq!((sealed[0].seq, sealed[0].prev), (1, chain_start(fresh)));
    assert_eq!(sealed[0].open().unwrap().id.device, fresh);
    let log = store.log(&order_id(1)).unwrap();
    assert_eq!(
        log.len(),
        1 + 2 + 2 + 2,
        "dispatch, held, given back, sealed anew"
    );
    let row = store.order(&order_id(1)).unwrap().unwrap().row;
    assert_eq!((row.progress.events, row.progress.events_receipted), (5, 3));
    let mut word = receipt(store, 2, vec![]);
    word.judgements = vec![Judgement {
        seq: 2,
        verdict: Verdict::Accepted,
    }];
    store.record_receipt(&word).unwrap();
    store.with_writer(|conn| {
        let effects = "SELECT count(*) FROM stock_effect";
        let left: i64 = conn.query_row(effects, [], |row| row.get(0)).unwrap();
        assert_eq!(left, 0, "an effect follows its event into the new series");
    });
}

#[test]
fn enrolling_again_takes_unsent_work_along() {
    let device = Device::with_orders(1);
    let store = &device.store;
    device.act(1, vec![OrderEvent::Started, note("a")]).unwrap();
    let mut anew = enrolment();
    anew.device = super::made_up::device(2);
    store.save_enrolment(&anew, &[]).unwrap();
    let sealed = store.outbox(9, usize::MAX).unwrap();
    assert_eq!(sealed.len(), 2);
    assert_eq!(sealed[0].open().unwrap().id.device, anew.device);
    assert_eq!(store.cursor().unwrap(), 0);
    assert_sound(store);
}

#[test]
fn the_companys_rules_replace_those_before() {
    let device = Device::with_orders(0);
    let names = || {
        let rules = device.store.asset_rules().unwrap();
        rules.into_iter().map(|rule| rule.name).collect::<Vec<_>>()
    };
    assert_eq!(names(), ["sgcc-22"], "State Grid's before any came");
    let rule = |name: &str| domain::AssetRule {
        name: name.into(),
        ..domain::AssetRule::state_grid()
    };
    let rules = vec![rule("second"), rule("first")];
    let changed = device
        .store
        .apply_changes(1, &[Incoming::AssetRules { rules }])
        .unwrap();
    assert!(changed.rules);
    assert_eq!(names(), ["second", "first"]);
}
