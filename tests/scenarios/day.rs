//! A crew's whole day in the sample district, without a screen, from photographs.

use cli::{Day, Exit, rehearse};
use domain::{OrderId, OrderKind, OrderState, Record};
use gateway::Chance;
use gateway::central::Mapping;
use gateway::sample::{District, SEED};
use metercrew_tests::{MORNING, Office};
use tempfile::tempdir;
use work::{Clock, Device};

const MS_A_DAY: i64 = 86_400_000;

async fn sample_office() -> (Office, District) {
    let office = Office::open().await;
    let district = District::of(SEED, MORNING.0 / MS_A_DAY);
    let mapping = Mapping::built_in().unwrap();
    let ledger = office.gateway().ledger();
    district
        .load(
            ledger.as_ref(),
            &mapping,
            &Chance::seeded(2),
            office.hand.now(),
        )
        .unwrap();
    (office, district)
}

fn a_day(office: &Office, store: &std::path::Path, code: Option<String>) -> Day {
    Day {
        gateway: office.url(),
        code,
        crew: Some("crew-1".into()),
        store: Some(store.to_owned()),
        orders: 40,
        seed: 1,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_orders_of_all_kinds_are_in_the_office_by_evening_with_all_their_evidence() {
    let (office, district) = sample_office().await;
    let home = tempdir().unwrap();
    let code = office.code("crew-1".into());

    let figures = rehearse(&a_day(&office, home.path(), Some(code)))
        .await
        .unwrap();

    assert_eq!(figures.orders, 40, "{figures:?}");
    assert_eq!(figures.done + figures.could_not, 40, "{figures:?}");
    assert!((1..=8).contains(&figures.could_not), "{figures:?}");
    assert_eq!(figures.in_office, 40, "{figures:?}");
    assert_eq!(figures.evidence_complete, 40, "{figures:?}");
    assert_eq!(figures.refused, 0, "{figures:?}");
    assert!(figures.photos >= 100, "{figures:?}");
    assert_eq!(
        figures.second_sync_bytes_up, 0,
        "a second sync moves nothing"
    );

    office.check();
    let chance = work::Chance::seeded(3);
    let clock = Clock::system(chance.id().unwrap());
    let device = Device::open(home.path(), clock, chance).unwrap();
    let ours = |id: &&OrderId| device.order(id).is_ok();
    let ids = district.orders().iter().map(|order| &order.id);
    let mut compared = 0;
    for id in ids.filter(ours) {
        let held = device.order(id).unwrap().held.order;
        assert_eq!(office.order(id), held, "one picture in both places");
        compared += 1;
    }
    assert!(compared >= 40, "{compared}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_goes_on_where_the_last_one_ended_and_a_crews_code_is_no_other_crews() {
    let (office, _) = sample_office().await;
    let home = tempdir().unwrap();
    let code = office.code("crew-1".into());
    let morning = Day {
        orders: 2,
        ..a_day(&office, home.path(), Some(code))
    };
    assert_eq!(rehearse(&morning).await.unwrap().in_office, 2);

    let afternoon = Day {
        orders: 1,
        ..a_day(&office, home.path(), None)
    };
    let figures = rehearse(&afternoon).await.unwrap();
    assert_eq!((figures.orders, figures.in_office), (1, 1), "{figures:?}");

    let elsewhere = tempdir().unwrap();
    let foreign = a_day(
        &office,
        elsewhere.path(),
        Some(office.code("crew-2".into())),
    );
    let refused = rehearse(&foreign).await.unwrap_err();
    assert_eq!(refused.exit(), Exit::Refused, "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_made_up_crew_hands_a_token_over_and_gives_up_a_card_it_has_no_reader_for() {
    let office = Office::open().await;
    let district = District::of(SEED, MORNING.0 / MS_A_DAY);
    let orders = district.orders().iter();
    let orders: Vec<_> = orders
        .filter(|order| order.kind == OrderKind::Card)
        .collect();
    for order in &orders {
        let ledger = office.gateway().ledger();
        ledger
            .dispatch((*order).clone(), office.hand.now())
            .unwrap();
    }
    let home = tempdir().unwrap();
    let code = office.code("crew-1".into());
    let figures = rehearse(&a_day(&office, home.path(), Some(code)))
        .await
        .unwrap();
    assert_eq!((figures.done, figures.could_not), (1, 2), "{figures:?}");
    assert_eq!(figures.in_office, 3, "{figures:?}");
    for order in orders {
        let held = office.order(&order.id);
        match order.token {
            Some(token) => {
                let delivered = Record::Token { token };
                assert!(held.work.values().any(|record| *record == delivered));
            }
            None => {
                let why = "no_material".into();
                let given_up = matches!(
                    held.state,
                    OrderState::CouldNotDo { reason, .. } if reason == why
                );
                assert!(given_up, "{}", order.id);
            }
        }
    }
    office.check();
}
