//! What every engine must do.

use domain::{DeviceId, EventId, Hash, Holder, Millis, Operator, OrderEvent, OrderId, Verdict};
use ed25519_dalek::SigningKey;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use uuid::Uuid;
use wire::problem::Problem;
use wire::pull::More;
use wire::push::{Push, SignedReceipt};
use wire::sign::PublicKey;

use super::cards::conformance as cards;
use super::{Crew, Decision, Dispatched, Ledger, Recalled, Session, Who};
use crate::Error;
use crate::tests::field::{NOW, Tablet, asset, crew, dispatch, meter, scan};

/// Makes an empty ledger.
pub(crate) type Fresh<'f> = &'f dyn Fn() -> Box<dyn Ledger>;

/// Runs the whole suite.
pub(crate) fn all(fresh: Fresh<'_>) {
    basics(fresh);
    requests_delivered_again_in_any_order_leave_the_same_ledger(fresh);
    cards::all(fresh);
}

/// Runs what takes few commits.
pub(crate) fn basics(fresh: Fresh<'_>) {
    work_that_fails_leaves_nothing(&*fresh());
    change_numbers_rise_and_are_never_given_twice(&*fresh());
    a_dispatch_said_again_changes_nothing(&*fresh());
    the_offices_word_on_an_asset_counts_once(&*fresh());
    events_are_held_as_they_were_sent(&*fresh());
    a_nonce_is_used_once_and_a_session_ends(&*fresh());
    a_feed_holds_what_concerns_its_crew(&*fresh());
    an_approval_puts_one_result_into_the_outbox(&*fresh());
    cards::basics(fresh);
}

pub(super) fn key() -> SigningKey {
    SigningKey::from_bytes(&[42; 32])
}

/// A ledger with crew `n` and an enrolled tablet of it.
pub(super) fn enrolled(ledger: &dyn Ledger, n: u8, seed: u8) -> Tablet {
    let mut tablet = Tablet::new(seed);
    let known = Crew {
        crew: crew(n),
        crew_name: format!("样例{n}班"),
    };
    ledger.put_crew(&known, &Operator::from("op")).unwrap();
    let code = Hash::of(&[seed]);
    ledger
        .put_code(code, &crew(n), None, Millis(NOW.0 + 1))
        .unwrap();
    let fresh = DeviceId(Uuid::from_u128(u128::from(seed)));
    let request = tablet.enrol_request("code");
    let (device, _) = ledger.enrol(&request, code, fresh, NOW).unwrap();
    assert_eq!(device.public_key, PublicKey::of(&tablet.key));
    tablet.device = device.device;
    tablet.crew = device.crew;
    pull(ledger, &mut tablet);
    tablet
}

pub(super) fn pull(ledger: &dyn Ledger, tablet: &mut Tablet) {
    loop {
        let page = ledger
            .changes(&tablet.crew, tablet.cursor, 500, NOW)
            .unwrap();
        tablet.learn(&page);
        if page.more == More::No {
            return;
        }
    }
}

fn work_that_fails_leaves_nothing(ledger: &dyn Ledger) {
    let tried: Result<(), Error> = ledger.writing(|tables| {
        tables.put_mark("a", "b")?;
        tables.next_change()?;
        Err(Problem::NotFound.into())
    });
    assert!(matches!(tried, Err(Error::Refused(Problem::NotFound))));
    assert_eq!(ledger.mark("a").unwrap(), None);
    assert_eq!(ledger.reading(|tables| tables.newest_change()).unwrap(), 0);
}

fn change_numbers_rise_and_are_never_given_twice(ledger: &dyn Ledger) {
    let next = || ledger.writing(|tables| tables.next_change()).unwrap();
    let given: Vec<u64> = (0..5).map(|_| next()).collect();
    assert!(given.is_sorted_by(|a, b| a < b), "{given:?}");
    assert_eq!(
        ledger.reading(|tables| tables.newest_change()).unwrap(),
        given[4]
    );
}

fn a_dispatch_said_again_changes_nothing(ledger: &dyn Ledger) {
    let id = OrderId::from("o-1");
    let mut order = dispatch("o-1", &crew(1));
    assert_eq!(
        ledger.dispatch(order.clone(), NOW).unwrap(),
        Dispatched::New
    );
    order.revision = 9;
    assert_eq!(
        ledger.dispatch(order.clone(), NOW).unwrap(),
        Dispatched::Same
    );
    order.remark = "other".into();
    assert_eq!(
        ledger.dispatch(order.clone(), NOW).unwrap(),
        Dispatched::Changed
    );
    assert_eq!(ledger.dispatch(order, NOW).unwrap(), Dispatched::Same);
    assert_eq!(ledger.recall(&id, "x", NOW).unwrap(), Recalled::Taken);
    assert_eq!(ledger.recall(&id, "x", NOW).unwrap(), Recalled::Same);
    let dossier = ledger.dossier(&id).unwrap();
    assert_eq!(
        (dossier.log.len(), dossier.row.order.dispatch.revision),
        (3, 2)
    );
    let unknown = ledger.recall(&"o-2".into(), "x", NOW);
    assert!(matches!(unknown, Err(Error::Refused(Problem::NotFound))));
}

fn the_offices_word_on_an_asset_counts_once(ledger: &dyn Ledger) {
    let issued = Holder::Cabinet {
        issued_to: Some(crew(1)),
    };
    let with_crew = Holder::WithCrew { crew: crew(1) };
    let item = meter(1, issued);
    assert_eq!(ledger.put_stock(std::slice::from_ref(&item)).unwrap(), 1);
    ledger
        .writing(|tables| super::log::hand_over(tables, &meter(1, with_crew.clone()), None))
        .unwrap();
    assert_eq!(ledger.put_stock(&[item]).unwrap(), 0);
    let now = ledger.stock_item(&asset(1)).unwrap().unwrap();
    assert_eq!(now.holder, with_crew);
    let other = meter(1, Holder::Cabinet { issued_to: None });
    assert_eq!(ledger.put_stock(&[other]).unwrap(), 1, "a new word counts");
}

fn events_are_held_as_they_were_sent(ledger: &dyn Ledger) {
    ledger.dispatch(dispatch("o-1", &crew(1)), NOW).unwrap();
    let mut tablet = enrolled(ledger, 1, 1);
    tablet.act("o-1", scan());
    let push = tablet.push_from(1, &[]);
    let receipt = ledger.push(&push, &key(), NOW).unwrap();
    assert_eq!(
        ledger.push(&push, &key(), Millis(NOW.0 + 5)).unwrap(),
        receipt
    );
    for sealed in &tablet.sealed {
        let id = EventId {
            device: tablet.device,
            seq: sealed.seq,
        };
        let held = ledger.reading(|tables| tables.event(id)).unwrap().unwrap();
        assert_eq!(&held.sealed, sealed);
        assert_eq!(held.verdict, Verdict::Accepted);
    }
}

fn a_nonce_is_used_once_and_a_session_ends(ledger: &dyn Ledger) {
    let later = |ms| Millis(NOW.0 + ms);
    ledger.put_nonce(Hash::of(b"n"), later(10), NOW).unwrap();
    ledger.put_nonce(Hash::of(b"m"), later(10), NOW).unwrap();
    assert!(ledger.take_nonce(Hash::of(b"n"), NOW).unwrap());
    assert!(!ledger.take_nonce(Hash::of(b"n"), NOW).unwrap());
    assert!(
        !ledger.take_nonce(Hash::of(b"m"), later(10)).unwrap(),
        "too late"
    );
    let tablet = enrolled(ledger, 1, 1);
    let session = Session {
        token_hash: Hash::of(b"t"),
        who: Who::Device(tablet.device),
        expires_at: later(10),
    };
    ledger.put_session(&session, NOW).unwrap();
    assert!(ledger.asker(Hash::of(b"t"), NOW).is_ok());
    for (token, at) in [(b"t", later(10)), (b"u", NOW)] {
        let ended = ledger.asker(Hash::of(token), at);
        assert!(matches!(ended, Err(Error::Refused(Problem::NoSession))));
    }
}

fn a_feed_holds_what_concerns_its_crew(ledger: &dyn Ledger) {
    ledger.dispatch(dispatch("o-1", &crew(1)), NOW).unwrap();
    ledger.dispatch(dispatch("o-2", &crew(2)), NOW).unwrap();
    let with = |n| Holder::WithCrew { crew: crew(n) };
    ledger
        .put_stock(&[meter(1, with(1)), meter(2, with(2))])
        .unwrap();
    let first = enrolled(ledger, 1, 1);
    assert!(first.knows("o-1") && !first.knows("o-2"));
    assert!(first.stock.item(&asset(1)).is_some() && first.stock.item(&asset(2)).is_none());
    // what leaves a crew is told to it once more
    ledger.put_stock(&[meter(1, with(2))]).unwrap();
    let mut first = first;
    pull(ledger, &mut first);
    assert_eq!(first.stock.item(&asset(1)).unwrap().holder, with(2));
}

fn an_approval_puts_one_result_into_the_outbox(ledger: &dyn Ledger) {
    ledger.dispatch(dispatch("o-1", &crew(1)), NOW).unwrap();
    let mut tablet = enrolled(ledger, 1, 1);
    let blobs = tablet.complete("o-1");
    ledger.push(&tablet.push_from(1, &[]), &key(), NOW).unwrap();
    let approve = || ledger.decide(&"o-1".into(), None, Decision::Approve, &"wang".into(), NOW);
    let missing = 2;
    assert!(matches!(
        approve(),
        Err(Error::Refused(Problem::EvidenceMissing { missing: found })) if found == missing
    ));
    for blob in &blobs {
        ledger
            .put_blob(Hash::of(blob), blob.len() as u64, NOW)
            .unwrap();
    }
    approve().unwrap();
    assert!(matches!(
        approve(),
        Err(Error::Refused(Problem::OrderMoved { .. }))
    ));
    let due = ledger.outgoing_due(NOW, 10).unwrap();
    assert_eq!(due.len(), 1);
    ledger.delivered(due[0].no, NOW).unwrap();
    assert_eq!(ledger.outgoing_due(NOW, 10).unwrap(), vec![]);
}

/// Two tablets of one crew work on two orders without hearing of each other. Every push is sent
/// once in some order, and then any of them again, any number of times.
fn requests_delivered_again_in_any_order_leave_the_same_ledger(fresh: Fresh<'_>) {
    let acts = prop::collection::vec((0..2_usize, 0..2_usize, 0..4_u8), 1..12);
    let again = prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 0..20);
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 12,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let result = runner.run(&(acts, again), |(acts, again)| {
        let (plain, repeated) = (fresh(), fresh());
        let pushes = worked(&*plain, &acts);
        let twin = worked(&*repeated, &acts);
        prop_assert_eq!(pushes.len(), twin.len());
        let mut receipts: Vec<Option<SignedReceipt>> = vec![None; pushes.len()];
        let mut done = 0;
        let mut again = again.into_iter();
        while done < pushes.len() {
            plain.push(&pushes[done], &key(), NOW).unwrap();
            let first = repeated.push(&pushes[done], &key(), NOW).unwrap();
            receipts[done] = Some(first);
            done += 1;
            for (which, stop) in again.by_ref() {
                let which = which.index(done);
                let receipt = repeated
                    .push(&pushes[which], &key(), Millis(NOW.0 + 7))
                    .unwrap();
                prop_assert_eq!(Some(receipt), receipts[which].clone());
                if stop {
                    break;
                }
            }
        }
        for id in ["o-0", "o-1"] {
            let (one, other) = (plain.dossier(&id.into()), repeated.dossier(&id.into()));
            let (one, other) = (one.unwrap(), other.unwrap());
            prop_assert_eq!(one.log, other.log);
            prop_assert_eq!(one.row, other.row);
        }
        prop_assert_eq!(
            repeated.verify_replay().unwrap().differing,
            Vec::<OrderId>::new()
        );
        Ok(())
    });
    result.unwrap();
}

/// Sets a ledger up and gives the pushes the tablets will make, one for each act.
fn worked(ledger: &dyn Ledger, acts: &[(usize, usize, u8)]) -> Vec<Push> {
    for id in ["o-0", "o-1"] {
        ledger.dispatch(dispatch(id, &crew(1)), NOW).unwrap();
    }
    let mut tablets = [enrolled(ledger, 1, 1), enrolled(ledger, 1, 2)];
    let mut pushes = vec![];
    for (who, which, what) in acts {
        let tablet = &mut tablets[*who];
        let id = format!("o-{which}");
        let from = tablet.sealed.len() as u64 + 1;
        match what {
            0 => tablet.record(&id, noted()),
            1 | 2 => tablet.record(&id, OrderEvent::Started),
            _ => tablet.record(&id, OrderEvent::Completed),
        }
        let mut push = tablet.push_from(from, &[]);
        push.push = Uuid::from_u128(1000 + pushes.len() as u128);
        pushes.push(push);
    }
    pushes
}

fn noted() -> OrderEvent {
    let (step, text) = ("note".into(), "x".to_owned());
    OrderEvent::Noted { step, text }
}
