//! Pushing and pulling: idempotence, chains, receipts, pages.

use domain::{Fact, Hash, Holder, OrderEvent, ScanSource, StockEvent, Verdict, chain_start};
use wire::problem::Problem;
use wire::pull::{ChangeBody, More};

use super::field::{asset, crew, dispatch, meter, note, scan};
use super::rig::{Rig, bad};

async fn with_orders(orders: &[&str]) -> Rig {
    let rig = Rig::start().await;
    for id in orders {
        let order = dispatch(id, &crew(1));
        rig.gateway
            .ledger()
            .dispatch(order, rig.hand.now())
            .unwrap();
    }
    rig
}

fn is_true(rig: &Rig) {
    let replayed = rig.gateway.ledger().verify_replay().unwrap();
    assert_eq!(replayed.differing, vec![]);
}

#[tokio::test]
async fn the_same_push_gets_the_same_receipt_and_is_taken_once() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    let push = online.tablet.push_from(1, &[]);
    let first = online.signed(&push).await;
    rig.hand.advance(60_000);
    let again = online.signed(&push).await;
    assert_eq!(first, again);
    let receipt = first.open(&rig.gateway.public_key()).unwrap();
    assert_eq!(receipt.through_seq, 2);
    assert_eq!(receipt.chain_head, online.tablet.head());
    let log = rig.gateway.ledger().dossier(&"o-1".into()).unwrap().log;
    assert_eq!(log.len(), 3);
    is_true(&rig);
}

#[tokio::test]
async fn a_push_id_cannot_be_used_for_something_else() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    let push = online.tablet.push_from(1, &[]);
    online.signed(&push).await;
    let mut other = online.tablet.push_from(3, &[]);
    other.push = push.push;
    let problem = bad(online.post("/v1/push").json(&other)).await;
    assert!(matches!(problem, Problem::Malformed { .. }), "{problem:?}");
}

#[tokio::test]
async fn held_events_sent_again_under_a_new_push_keep_their_verdicts() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    online.tablet.record("o-1", OrderEvent::Completed);
    let first = online.push_from(1, &[]).await;
    online.pull().await;
    online.tablet.act("o-1", note("later"));
    let both = online.push_from(1, &[]).await;
    assert_eq!(both.judgements[..3], first.judgements[..]);
    assert_eq!(both.judgements[3].verdict, Verdict::Accepted);
    assert!(matches!(
        both.judgements[2].verdict,
        Verdict::Refused { .. }
    ));
    let log = rig.gateway.ledger().dossier(&"o-1".into()).unwrap().log;
    assert_eq!(log.len(), 5);
    is_true(&rig);
}

#[tokio::test]
async fn a_changed_byte_a_gap_and_a_foreign_signature_change_nothing() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    online.tablet.act("o-1", note("x"));
    let send = |push| online.post("/v1/push").json(&push);
    let tablet = online.tablet.clone();

    let mut altered = tablet.push_from(1, &[]);
    altered.events[1].body = altered.events[1]
        .body
        .replace("old_terminal", "old_terminaI");
    assert_eq!(bad(send(altered)).await, Problem::Altered { seq: 2 });

    let gap = tablet.push_from(2, &[]);
    assert_eq!(bad(send(gap)).await, Problem::WrongSequence { expected: 1 });

    let mut hole = tablet.push_from(1, &[]);
    hole.events.remove(1);
    let problem = bad(send(hole)).await;
    assert_eq!(problem, Problem::WrongSequence { expected: 2 });

    let mut unsigned = tablet.push_from(1, &[]);
    unsigned.head_signature = None;
    assert_eq!(bad(send(unsigned)).await, Problem::BadSignature);

    let mut foreign = tablet.clone();
    foreign.key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let forged = foreign.push_from(1, &[]);
    assert_eq!(bad(send(forged)).await, Problem::BadSignature);

    let ledger = rig.gateway.ledger();
    assert_eq!(ledger.dossier(&"o-1".into()).unwrap().log.len(), 1);
    let receipt = online.push(&tablet.push_from(1, &[])).await;
    assert_eq!(
        receipt.through_seq, 3,
        "the true bytes are taken after all that"
    );
}

#[tokio::test]
async fn an_empty_push_tells_how_far_the_series_is_held() {
    let rig = Rig::start().await;
    let mut online = rig.tablet(1, 1).await;
    let receipt = online.push_from(1, &[]).await;
    assert_eq!(receipt.through_seq, 0);
    assert_eq!(receipt.chain_head, chain_start(online.tablet.device));
}

#[tokio::test]
async fn a_bad_event_never_holds_up_the_ones_behind_it() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.record("nowhere", OrderEvent::Started);
    online.tablet.act("o-1", scan());
    // an event of a later version: held, refused, and the chain goes on
    let body = online.tablet.sealed[0]
        .body
        .replace("\"version\":1", "\"version\":9");
    let prev = online.tablet.head();
    online.tablet.sealed.push(domain::Sealed {
        seq: 4,
        prev,
        hash: domain::link(prev, Hash::of(body.as_bytes())),
        body,
    });
    online.tablet.act("o-1", note("after"));
    let receipt = online.push_from(1, &[]).await;
    let codes: Vec<_> = receipt
        .judgements
        .iter()
        .map(|judged| match &judged.verdict {
            Verdict::Accepted => "accepted",
            Verdict::Late { .. } => "late",
            Verdict::Refused { refusal } => refusal.code(),
        })
        .collect();
    let unknown = "unknown_order";
    assert_eq!(
        codes,
        [
            unknown,
            "accepted",
            "accepted",
            "unknown_version",
            "accepted"
        ]
    );
    let letters = rig.gateway.ledger().dead_letters(10).unwrap();
    let mut whys: Vec<_> = letters.iter().map(|letter| letter.why.as_str()).collect();
    whys.sort_unstable();
    assert_eq!(
        whys,
        ["unknown_order", "unknown_version"],
        "a person sees both"
    );
}

#[tokio::test]
async fn a_meter_goes_from_the_cabinet_to_the_crew_and_no_other_crew_gets_it() {
    let rig = Rig::start().await;
    let issued = |n| Holder::Cabinet {
        issued_to: Some(crew(n)),
    };
    let items = [meter(1, issued(1)), meter(2, issued(2))];
    assert_eq!(rig.gateway.ledger().put_stock(&items).unwrap(), 2);
    let mut online = rig.tablet(1, 1).await;
    assert!(online.tablet.stock.item(&asset(1)).is_some());
    assert!(
        online.tablet.stock.item(&asset(2)).is_none(),
        "another crew's"
    );
    for serial in [1, 2] {
        let fact = StockEvent::PickedUp {
            asset_no: asset(serial),
            source: ScanSource::Camera,
            image: None,
            sighting: None,
        };
        online.tablet.seal(Fact::Stock { fact }, 0);
    }
    let receipt = online.push_from(1, &[]).await;
    assert_eq!(receipt.judgements[0].verdict, Verdict::Accepted);
    assert!(matches!(
        receipt.judgements[1].verdict,
        Verdict::Refused { .. }
    ));
    online.pull().await;
    let held = online.tablet.stock.item(&asset(1)).unwrap();
    assert_eq!(held.holder, Holder::WithCrew { crew: crew(1) });
    let again = rig.gateway.ledger().put_stock(&items).unwrap();
    assert_eq!(
        again, 0,
        "a file read twice brings nothing back into the cabinet"
    );
}

#[tokio::test]
async fn pages_add_up_to_the_whole_whatever_their_size() {
    let rig = with_orders(&["o-1", "o-2", "o-3"]).await;
    let mut online = rig.tablet(1, 1).await;
    for id in ["o-1", "o-2", "o-1", "o-3"] {
        online.tablet.act(id, note(id));
    }
    online.push_from(1, &[]).await;
    let mut whole = online.tablet.clone();
    whole.cursor = 0;
    for limit in [1, 2, 3, 500] {
        let (mut after, mut lines) = (0, vec![]);
        loop {
            let page = online.page(after, limit).await;
            assert!(page.next > after || page.changes.is_empty());
            for change in page.changes {
                if let ChangeBody::Order { entries, .. } = change.body {
                    lines.extend(entries.iter().filter_map(|entry| entry.change));
                }
            }
            after = page.next;
            if page.more == More::No {
                break;
            }
        }
        let mut once = lines.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(lines, once, "each line once, in order, at limit {limit}");
        assert_eq!(lines.len(), 10, "3 dispatches, 3 starts, 4 notes");
    }
}

#[tokio::test]
async fn an_order_that_comes_into_a_crews_hands_brings_its_whole_log() {
    let rig = with_orders(&["o-1"]).await;
    let mut first = rig.tablet(1, 1).await;
    let mut second = rig.tablet(2, 2).await;
    assert!(!second.tablet.knows("o-1"));
    first.tablet.act("o-1", scan());
    first.push_from(1, &[]).await;
    let moved = dispatch("o-1", &crew(2));
    rig.gateway
        .ledger()
        .dispatch(moved, rig.hand.now())
        .unwrap();
    second.pull().await;
    first.pull().await;
    let ledger = rig.gateway.ledger();
    let picture = ledger.dossier(&"o-1".into()).unwrap().row.order;
    assert_eq!(second.tablet.picture("o-1"), picture);
    assert_eq!(
        first.tablet.picture("o-1"),
        picture,
        "the first crew learns of it"
    );
    // what the new crew does reaches the old one too
    second.tablet.act("o-1", note("ours now"));
    second.push_from(1, &[]).await;
    first.pull().await;
    assert!(
        first
            .tablet
            .picture("o-1")
            .work
            .contains_key(&"note".into())
    );
    is_true(&rig);
}

#[tokio::test]
async fn the_ledger_is_the_same_after_a_restart() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    let push = online.tablet.push_from(1, &[]);
    let first = online.signed(&push).await;
    let (mut tablet, token) = (online.tablet, online.token);
    let key = rig.gateway.public_key();
    let rig = rig.restart().await;
    assert_eq!(rig.gateway.public_key(), key);
    let online = super::rig::Online {
        rig: &rig,
        tablet: tablet.clone(),
        token,
    };
    assert_eq!(online.signed(&push).await, first);
    tablet.act("o-1", note("after the restart"));
    let receipt = online.push(&tablet.push_from(3, &[])).await;
    assert_eq!(receipt.through_seq, 3);
    is_true(&rig);
}
