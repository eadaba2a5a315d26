//! Fills a folder with an enrolled tablet's store of many orders, for measuring: `fill_store DIR N`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a measurement that cannot be set up should stop"
)]

use std::path::PathBuf;

use domain::{DeviceId, Entry, EntryBody, OfficeEvent};
use metercrew_tests::{MORNING, district};
use store::{Enrolment, Incoming, KeyFile, Store, obtain_key};

fn main() {
    let mut args = std::env::args().skip(1);
    let dir = PathBuf::from(args.next().expect("a folder"));
    let count: u64 = args.next().expect("how many orders").parse().unwrap();
    std::fs::create_dir_all(&dir).unwrap();
    let found = obtain_key(&dir, &[&KeyFile::in_dir(&dir)], || [7; 32]).unwrap();
    let (store, _) = Store::open(&dir, &found.key, "now").unwrap();
    let enrolment = Enrolment {
        device: DeviceId(uuid::Uuid::from_u128(1)),
        signing_seed: [1; 32],
        // Nobody listens there: what is measured is the tablet alone.
        gateway: "http://127.0.0.1:9".into(),
        gateway_key: [1; 32],
        crew: district::crew(),
        crew_name: "样例班".into(),
        operator: "样例作业员".into(),
        device_name: "样例平板".into(),
    };
    store.save_enrolment(&enrolment, &[]).unwrap();
    let changes: Vec<_> = (1..=count).map(|n| (n, dispatched(n))).collect();
    for page in changes.chunks(500) {
        let cursor = page.last().map_or(0, |(n, _)| *n);
        let incoming: Vec<_> = page.iter().map(|(_, change)| change.clone()).collect();
        store.apply_changes(cursor, &incoming).unwrap();
    }
}

fn dispatched(n: u64) -> Incoming {
    let dispatch = Box::new(district::replacement(n, district::crew()));
    let event = OfficeEvent::Dispatched { dispatch };
    let body = EntryBody::Office {
        at: MORNING,
        by: "marketing".into(),
        event,
    };
    Incoming::Order {
        order: district::order_id(n),
        entries: vec![Entry {
            change: Some(n),
            body,
        }],
    }
}
