//! What somebody else did meanwhile: late events wait for a person, nothing is dropped.

use domain::{OrderState, Verdict};
use serde_json::{Value, json};
use wire::problem::Problem;

use super::field::{attach, crew, dispatch, note, photo, scan, take};
use super::rig::{Rig, bad, good};

async fn with_order() -> Rig {
    let rig = Rig::start().await;
    let order = dispatch("o-1", &crew(1));
    rig.gateway
        .ledger()
        .dispatch(order, rig.hand.now())
        .unwrap();
    rig
}

#[tokio::test]
async fn events_behind_a_recall_are_late_and_a_person_decides_on_them() {
    let rig = with_order().await;
    let mut online = rig.tablet(1, 1).await;
    let ledger = rig.gateway.ledger();
    ledger
        .recall(&"o-1".into(), "客户取消", rig.hand.now())
        .unwrap();
    // the crew works on, offline
    online.tablet.act("o-1", scan());
    let receipt = online.push_from(1, &[]).await;
    assert_eq!(receipt.through_seq, 2, "nothing is dropped");
    for judged in &receipt.judgements {
        assert!(matches!(judged.verdict, Verdict::Late { .. }), "{judged:?}");
    }
    let desk = rig.supervisor().await;
    let queue: Value = good(desk.get("/queue?state=all&anomaly=waiting")).await;
    assert_eq!(queue["rows"][0]["waiting"], 2);
    let review = desk.review("o-1").await;
    let events: Vec<Value> = review["order"]["attention"]
        .as_array()
        .unwrap()
        .iter()
        .map(|attention| attention["event_id"].clone())
        .collect();
    let decision = json!({ "events": events, "decision": "accept" });
    let review: Value = good(desk.decide("o-1", "late", &decision)).await;
    assert_eq!(review["order"]["state"]["state"], "started");
    assert!(review["order"]["work"]["old_terminal"].is_object());
    let twice = bad(desk.decide("o-1", "late", &decision)).await;
    assert!(matches!(twice, Problem::OrderMoved { .. }), "{twice:?}");
    online.pull().await;
    assert_eq!(online.tablet.picture("o-1").state, OrderState::Started);
    assert_eq!(ledger.verify_replay().unwrap().differing, vec![]);
}

#[tokio::test]
async fn what_the_device_had_seen_is_not_late() {
    let rig = with_order().await;
    let mut online = rig.tablet(1, 1).await;
    let mut changed = dispatch("o-1", &crew(1));
    changed.remark = "先打电话".into();
    rig.gateway
        .ledger()
        .dispatch(changed, rig.hand.now())
        .unwrap();
    online.pull().await;
    online.tablet.act("o-1", scan());
    let receipt = online.push_from(1, &[]).await;
    assert!(
        receipt
            .judgements
            .iter()
            .all(|judged| judged.verdict == Verdict::Accepted)
    );
}

#[tokio::test]
async fn two_tablets_of_a_crew_agree_where_they_can_and_ask_where_they_cannot() {
    let rig = with_order().await;
    let mut first = rig.tablet(1, 1).await;
    let mut second = rig.tablet(1, 2).await;
    first.tablet.act("o-1", scan());
    first.push_from(1, &[]).await;
    // the second has not seen any of it; a start of its own contradicts, a photo does not
    second.tablet.act("o-1", take(photo(b"p", b"t")));
    let receipt = second.push_from(1, &[]).await;
    assert!(matches!(
        receipt.judgements[0].verdict,
        Verdict::Late { .. }
    ));
    assert_eq!(receipt.judgements[1].verdict, Verdict::Accepted);
    first.pull().await;
    second.pull().await;
    assert_eq!(first.tablet.picture("o-1"), second.tablet.picture("o-1"));
}

#[tokio::test]
async fn an_order_given_to_another_crew_is_late_for_the_first_and_refused_for_a_third() {
    let rig = with_order().await;
    let mut first = rig.tablet(1, 1).await;
    let moved = dispatch("o-1", &crew(2));
    rig.gateway
        .ledger()
        .dispatch(moved, rig.hand.now())
        .unwrap();
    first.tablet.act("o-1", scan());
    let receipt = first.push_from(1, &[]).await;
    assert!(matches!(
        receipt.judgements[1].verdict,
        Verdict::Late { refusal: Some(_) }
    ));

    let other = dispatch("o-2", &crew(2));
    rig.gateway
        .ledger()
        .dispatch(other, rig.hand.now())
        .unwrap();
    first.tablet.record("o-2", domain::OrderEvent::Started);
    let receipt = first.push_from(3, &[]).await;
    let Verdict::Refused { refusal } = &receipt.judgements[0].verdict else {
        panic!("{receipt:?}");
    };
    assert_eq!(refusal.code(), "not_this_crew");
    let ledger = rig.gateway.ledger();
    let log = ledger.dossier(&"o-2".into()).unwrap().log;
    assert_eq!(log.len(), 1, "another crew's order is not touched");
    let letters = ledger.dead_letters(5).unwrap();
    assert_eq!(letters[0].why, "not_this_crew", "and a person sees it");
}

#[tokio::test]
async fn an_order_may_come_back_after_it_was_finished_somewhere_in_between() {
    let rig = with_order().await;
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", scan());
    online.tablet.act("o-1", take(photo(b"p", b"t")));
    online.push_from(1, &[]).await;
    let ledger = rig.gateway.ledger();
    ledger.recall(&"o-1".into(), "x", rig.hand.now()).unwrap();
    let mut again = dispatch("o-1", &crew(1));
    again.remark = "重新派单".into();
    ledger.dispatch(again, rig.hand.now()).unwrap();
    online.pull().await;
    let picture = online.tablet.picture("o-1");
    assert_eq!(picture.state, OrderState::Assigned);
    assert_eq!(picture.dispatch.revision, 2);
    assert!(
        picture.work.contains_key(&"old_terminal".into()),
        "work stays on record"
    );
    online.tablet.act("o-1", attach());
    online.tablet.act("o-1", note("接着干"));
    let receipt = online.push_from(4, &[]).await;
    assert!(
        receipt
            .judgements
            .iter()
            .all(|judged| judged.verdict == Verdict::Accepted)
    );
}
