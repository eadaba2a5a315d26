//! A day: dispatched, picked up, worked offline, synced, returned, corrected, approved.

use domain::{Delivery, Pin, Remark};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{Office, Tablet};

#[tokio::test(flavor = "multi_thread")]
async fn a_day_offline_arrives_whole_and_goes_there_and_back() {
    let mut office = Office::open().await;
    office.dispatch(2, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    office.stop().await;

    tablet.pick_up();
    tablet.finish(1);
    tablet.finish(2);
    assert_eq!(tablet.delivery(&order_id(1)), Some(Delivery::SavedHere));
    tablet.check();

    office.start().await;
    tablet.sync().await;
    let id = order_id(1);
    assert_eq!(tablet.delivery(&id), Some(Delivery::InOffice));
    assert_eq!(
        office.order(&id),
        tablet.order(&id),
        "one picture in both places"
    );
    let review = office.review(&id).await;
    assert_eq!(review["evidence"]["complete"], "complete");

    let remark = Remark {
        pin: Pin::Step {
            step: "seals".into(),
        },
        text: "封印看不清".into(),
    };
    let (status, _) = office.send_back(&id, std::slice::from_ref(&remark)).await;
    assert_eq!(status, 200);
    tablet.sync().await;
    assert_eq!(tablet.order(&id).remarks, [remark]);
    tablet.finish(1);
    tablet.sync().await;
    let (status, _) = office.approve(&id).await;
    assert_eq!(status, 200);
    tablet.sync().await;
    assert_eq!(tablet.order(&id).state.name(), "approved");
    assert_eq!(office.order(&id), tablet.order(&id));
    let second = tablet.sync().await;
    assert_eq!(
        (second.events_up, second.blobs_up),
        (0, 0),
        "a second sync moves nothing"
    );
    tablet.check();
    office.check();
}
