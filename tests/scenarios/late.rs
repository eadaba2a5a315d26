//! Orders that change hands or minds while a crew works on them without a signal.

use std::collections::BTreeSet;

use domain::{EventId, LateDecision, Verdict};
use metercrew_tests::district::{crew, new_meter, order_id, other_crew, replacement};
use metercrew_tests::{Office, Tablet};

/// A tablet that has done order 1 but for its signature, without having synced it.
async fn half_done(office: &Office) -> Tablet {
    office.dispatch(1, crew());
    let tablet = Tablet::enrolled(office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.sync().await;
    tablet.work(1, &BTreeSet::from(["signature"]));
    tablet
}

fn late_events(office: &Office) -> Vec<EventId> {
    let attention = office.order(&order_id(1)).attention;
    assert!(
        attention
            .iter()
            .all(|a| matches!(a.verdict, Verdict::Late { .. })),
        "{attention:?}"
    );
    attention.into_iter().map(|a| a.event_id).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_recalled_meanwhile_keeps_the_work_until_a_person_decides() {
    let office = Office::open().await;
    let tablet = half_done(&office).await;
    let id = order_id(1);
    let done_here = tablet.order(&id);
    office
        .gateway()
        .ledger()
        .recall(&id, "客户已销户", office.hand.now())
        .unwrap();

    tablet.sync().await;
    let there = office.order(&id);
    assert_eq!(there.state.name(), "recalled");
    assert!(there.work.is_empty(), "late work does not count by itself");
    assert_eq!(
        there.manifest, done_here.manifest,
        "its photos are evidence all the same"
    );
    assert_eq!(tablet.order(&id), there, "the crew sees the same");

    let events = late_events(&office);
    assert!(events.len() > 8);
    let (status, _) = office.late(&id, &events, LateDecision::Accept).await;
    assert_eq!(status, 200);
    tablet.sync().await;
    assert_eq!(
        tablet.order(&id).work,
        done_here.work,
        "nothing of it was lost"
    );
    tablet.finish(1);
    tablet.sync().await;
    assert_eq!(office.order(&id).state.name(), "completed");
    office.check();
    tablet.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_changed_meanwhile_shows_the_new_facts_and_keeps_the_work_as_late() {
    let office = Office::open().await;
    let tablet = half_done(&office).await;
    let id = order_id(1);
    let mut changed = replacement(1, crew());
    changed.account.address = "样例镇新村 9 号".into();
    office
        .gateway()
        .ledger()
        .dispatch(changed, office.hand.now())
        .unwrap();

    tablet.sync().await;
    assert_eq!(
        tablet.order(&id).dispatch.account.address,
        "样例镇新村 9 号"
    );
    let events = late_events(&office);
    let (status, _) = office.late(&id, &events, LateDecision::Dismiss).await;
    assert_eq!(status, 200);
    tablet.sync().await;
    assert!(
        tablet
            .order(&id)
            .attention
            .iter()
            .all(|a| a.decided.is_some())
    );
    tablet.finish(1);
    tablet.sync().await;
    assert_eq!(office.order(&id).state.name(), "completed");
    assert_eq!(office.order(&id), tablet.order(&id));
    office.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_crews_on_one_order_the_second_is_late_and_nothing_is_dropped() {
    let office = Office::open().await;
    let first = half_done(&office).await;
    let id = order_id(1);
    let second = Tablet::of_crew(&office, &office.url(), other_crew(), 2).await;
    second.sync().await;
    assert!(
        second.device().day("").unwrap().rows.is_empty(),
        "another crew's orders stay unseen"
    );

    office
        .gateway()
        .ledger()
        .dispatch(replacement(1, other_crew()), office.hand.now())
        .unwrap();
    second.sync().await;
    assert_eq!(second.order(&id).dispatch.crew, other_crew());
    first.sync().await;
    assert!(!late_events(&office).is_empty());
    second.sync().await;
    assert_eq!(
        second.order(&id),
        office.order(&id),
        "the second crew sees what the first did"
    );
    let refused = first.act(&id, domain::Action::Complete).unwrap_err();
    assert_eq!(refused.code(), "not_this_crew");
    office.check();
    second.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn two_tablets_of_one_crew_agree_and_the_overtaken_one_is_late() {
    let office = Office::open().await;
    office.dispatch(1, crew());
    let id = order_id(1);
    let one = Tablet::enrolled(&office, &office.url(), 1).await;
    let two = Tablet::enrolled(&office, &office.url(), 2).await;
    one.sync().await;
    one.pick_up();
    one.sync().await;
    two.sync().await;
    one.finish(1);
    two.work(1, &BTreeSet::from(["new_meter"]));
    one.sync().await;
    two.sync().await;
    one.sync().await;
    assert_eq!(office.order(&id).state.name(), "completed");
    assert_eq!(two.order(&id), office.order(&id));
    assert_eq!(one.order(&id), office.order(&id));
    assert!(
        !late_events(&office).is_empty(),
        "what the second did is on record"
    );
    office.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_meter_that_hangs_elsewhere_is_refused_by_the_office_and_holds_nothing_up() {
    let office = Office::open().await;
    office.dispatch(2, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.sync().await;
    // Meanwhile the records learn that the meter for order 1 hangs on another wall.
    let mut item = domain::StockItem {
        holder: domain::Holder::Installed {
            account_no: "990099".into(),
        },
        ..metercrew_tests::district::issued(1, crew())
    };
    item.asset_no = new_meter(1);
    office.gateway().ledger().put_stock(&[item]).unwrap();
    tablet.finish(1);
    tablet.finish(2);
    tablet.sync().await;

    let there = office.order(&order_id(1));
    let codes: Vec<_> = there
        .attention
        .iter()
        .filter_map(|a| match &a.verdict {
            Verdict::Refused { refusal }
            | Verdict::Late {
                refusal: Some(refusal),
            } => Some(refusal.code()),
            Verdict::Accepted | Verdict::Late { refusal: None } => None,
        })
        .collect();
    assert_eq!(codes.first(), Some(&"bound_elsewhere"), "{codes:?}");
    assert_ne!(there.state.name(), "completed");
    assert_eq!(
        office.order(&order_id(2)).state.name(),
        "completed",
        "the next order is through"
    );
    assert_eq!(tablet.order(&order_id(1)), there);
    office.check();
    tablet.check();
}
