//! What the machine saw, from the tablet to the office, and from there to those who train it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Action, BlobHash, Decimal, DisplayShows, DisplaySighting, Order, OrderId, Purpose,
    ReadingSource, Record, Register, RegisterReading, SeenBy, Sighting, StepId, Witness,
};
use gateway::Chance;
use gateway::training::{Shows, Wanted};
use metercrew_tests::district::{crew, old_meter, order_id};
use metercrew_tests::{Office, Tablet};
use work::Settings;

const VALUE: i64 = 123_456;

/// Reads the old meter's display as the crew typed it, with what a program is said to have seen.
fn read(tablet: &Tablet, id: &OrderId, seen: Option<i64>) -> DisplaySighting {
    let step = StepId::from("old_reading");
    let photo = tablet.photograph(id, &step, Purpose::Reading);
    let register = Register::ForwardTotal;
    let may_train = tablet.device().settings().unwrap().may_train;
    let sighting = DisplaySighting {
        shows: DisplayShows::Register {
            register,
            read: seen.map(Decimal::from_hundredths),
        },
        sighting: Sighting {
            image: photo.hash,
            crop: photo.thumbnail,
            text: "1234.56".into(),
            confidence: 970,
            by: SeenBy::DisplayNet,
            program: "0.1.0+test".into(),
            corners: [(10, 10), (300, 10), (300, 60), (10, 60)],
            may_train,
            proof: None,
        },
    };
    let value = RegisterReading {
        register,
        value: Decimal::from_hundredths(VALUE),
        source: ReadingSource::Typed,
        also: seen
            .map(|seen| Witness {
                source: ReadingSource::Photo,
                value: Decimal::from_hundredths(seen),
            })
            .into_iter()
            .collect(),
    };
    let action = Action::Read {
        step,
        values: vec![value],
        readout: None,
        sightings: vec![sighting.clone()],
        overrules: vec![],
    };
    tablet.act(id, action).unwrap();
    sighting
}

fn scanned(order: &Order) -> Sighting {
    match &order.work[&StepId::from("old_meter")] {
        Record::Scan {
            sighting: Some(seen),
            ..
        } => seen.as_ref().clone(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_program_saw_of_label_and_display_is_in_the_office_with_its_cut_outs() {
    let office = Office::open().await;
    office.dispatch(1, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    tablet.sync().await;
    tablet.pick_up();
    let id = order_id(1);
    tablet.work(1, &BTreeSet::from(["old_reading"]));
    let display = read(&tablet, &id, Some(VALUE));
    tablet.finish(1);
    tablet.sync().await;

    let order = office.order(&id);
    let label = scanned(&order);
    assert_eq!(label.text, old_meter(1).as_str());
    assert_eq!(label.by, SeenBy::Decoder);
    assert!(!label.may_train, "nobody was asked");
    let kept = &order.work[&StepId::from("old_reading")];
    assert!(matches!(kept, Record::Reading { sightings, .. } if *sightings == [display.clone()]));
    let review = office.review(&id).await;
    assert_eq!(review["evidence"]["complete"], "complete");
    let records = &review["order"]["work"];
    assert_eq!(records["old_meter"]["sighting"]["by"], "decoder");
    assert_eq!(records["old_reading"]["sightings"][0]["shows"], "register");
    for blob in label.blobs().into_iter().chain(display.sighting.blobs()) {
        assert!(office.gateway().blobs().size(blob).unwrap().is_some());
    }
    office.check();
    tablet.check();
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_a_crew_agreed_to_is_given_out_to_train_with_and_it_names_nobody() {
    let office = Office::open().await;
    office.dispatch(3, crew());
    let tablet = Tablet::enrolled(&office, &office.url(), 2).await;
    tablet.sync().await;
    tablet.pick_up();
    let mut agreed = BTreeMap::new();
    for (n, may_train) in [(1, false), (2, true), (3, true)] {
        let settings = tablet.device().settings().unwrap();
        let settings = Settings {
            may_train,
            ..settings
        };
        tablet.device().save_settings(settings).unwrap();
        let id = order_id(n);
        tablet.work(n, &BTreeSet::from(["old_reading"]));
        let seen = read(&tablet, &id, (n == 2).then_some(VALUE));
        tablet.finish(n);
        if may_train {
            agreed.insert(n, seen.sighting.crop);
        }
    }
    tablet.sync().await;
    office.approve(&order_id(2)).await;

    let given = |wanted| {
        office
            .gateway()
            .training(wanted, &Chance::seeded(9))
            .unwrap()
    };
    let displays = given(Wanted::Displays);
    assert_eq!((displays.samples.len(), displays.pictures.len()), (2, 2));
    assert_eq!((displays.without_consent, displays.left_out), (1, 0));
    for sample in &displays.samples {
        assert_eq!(sample.confirmed.as_deref(), Some("1234.56"));
        let Shows::Register { read, .. } = &sample.shows else {
            panic!("{sample:?}")
        };
        assert_eq!(read.is_some(), sample.approved, "order 2 alone is both");
    }
    let lines = serde_json::to_string(&displays.samples).unwrap();
    for n in 1..=3 {
        let account = office.order(&order_id(n)).dispatch.account;
        let (order, meter) = (order_id(n), old_meter(n));
        let crops = agreed.values().map(BlobHash::to_string);
        let private = [
            account.account_no.as_str(),
            &account.customer,
            &account.address,
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([order.to_string(), meter.as_str().to_owned()])
        .chain(crops);
        for word in private {
            assert!(!lines.contains(&word), "{word} in {lines}");
        }
    }
    for (name, png) in &displays.pictures {
        assert!(
            name.ends_with(".png") && png.starts_with(b"\x89PNG"),
            "{name}"
        );
    }

    let all = given(Wanted::DisplaysAndLabels);
    let labels = all
        .samples
        .iter()
        .filter(|s| matches!(s.shows, Shows::Label { .. }));
    assert_eq!(labels.count(), 4, "old and new meter of orders 2 and 3");
    let of_meter = |name: &str| all.samples.iter().filter(|s| s.meter == name).count();
    let meters: BTreeSet<_> = all.samples.iter().map(|s| s.meter.as_str()).collect();
    assert_eq!(meters.len(), 4);
    for sample in &displays.samples {
        assert_eq!(
            of_meter(&sample.meter),
            2,
            "a meter's label and display go together"
        );
    }
    let again = office
        .gateway()
        .training(Wanted::Displays, &Chance::seeded(77));
    assert_eq!(again.unwrap(), displays, "a meter keeps its name");
}
