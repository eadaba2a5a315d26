//! A link that is cut: after every class of byte, up and down, and in the middle of a photo.

use domain::Delivery;
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::{Link, Office, Tablet, Weather};

#[tokio::test(flavor = "multi_thread")]
async fn a_push_cut_off_after_any_byte_ends_in_the_same_ledger() {
    let office = Office::open().await;
    office.dispatch(1, crew());
    let link = Link::to(office.address()).await.unwrap();
    let tablet = Tablet::enrolled(&office, &link.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    let id = order_id(1);

    // Header, body, last byte of a push; the receipt; announcement, middle and end of photos.
    for bytes in [
        1, 40, 200, 700, 2_000, 5_000, 9_000, 20_000, 60_000, 150_000,
    ] {
        link.cut_after_up(bytes);
        tablet.clock.pass(600_000);
        tablet.round().await;
    }
    for bytes in [1, 90, 300, 1_500, 4_000] {
        link.cut_after_down(bytes);
        tablet.clock.pass(600_000);
        tablet.round().await;
    }
    assert!(link.cuts() >= 8, "the link was cut {} times", link.cuts());
    tablet.sync().await;

    assert_eq!(tablet.delivery(&id), Some(Delivery::InOffice));
    assert_eq!(office.order(&id), tablet.order(&id));
    assert_eq!(office.review(&id).await["evidence"]["complete"], "complete");
    let before = link.bytes_up();
    let second = tablet.sync().await;
    assert_eq!(
        (second.events_up, second.blobs_up, second.bytes_up),
        (0, 0, 0)
    );
    assert!(
        link.bytes_up() - before < 4_000,
        "a round with nothing to say is short"
    );
    office.check();
    tablet.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_photo_cut_off_goes_on_where_it_was() {
    let office = Office::open().await;
    office.dispatch(1, crew());
    let link = Link::to(office.address()).await.unwrap();
    let tablet = Tablet::enrolled(&office, &link.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    tablet.finish(1);
    let payload: u64 = office_bytes_of(&tablet);
    let start = link.bytes_up();
    let mut rounds = 0;
    while tablet.delivery(&order_id(1)) != Some(Delivery::InOffice) {
        link.cut_after_up(payload / 6);
        tablet.clock.pass(600_000);
        tablet.round().await;
        rounds += 1;
        assert!(rounds < 40, "it does not get through");
    }
    let sent = link.bytes_up() - start;
    assert!(rounds >= 4, "the link was cut in every round");
    // What is on its way when the line is cut is lost with it, more of it on a busy machine; beginning again would
    // take many times the payload.
    assert!(
        sent < 2 * payload,
        "{sent} bytes for {payload}: photos began again instead of going on"
    );
}

/// Bytes of every photo and signature of order 1.
fn office_bytes_of(tablet: &Tablet) -> u64 {
    tablet
        .device()
        .order(&order_id(1))
        .unwrap()
        .held
        .row
        .unsent
        .bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_gateway_down_all_day_work_goes_on_and_arrives_by_itself() {
    let office = Office::open().await;
    office.dispatch(3, crew());
    let link = Link::to(office.address()).await.unwrap();
    let tablet = Tablet::enrolled(&office, &link.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    link.set(Weather::Down);
    for n in 1..=3 {
        tablet.finish(n);
        tablet.clock.pass(3_600_000);
        tablet.round().await;
        assert_eq!(tablet.delivery(&order_id(n)), Some(Delivery::SavedHere));
    }
    link.set(Weather::Clear);
    tablet.sync().await;
    for n in 1..=3 {
        assert_eq!(tablet.delivery(&order_id(n)), Some(Delivery::InOffice));
        assert_eq!(office.order(&order_id(n)), tablet.order(&order_id(n)));
    }
}
