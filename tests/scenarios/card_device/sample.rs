//! The cards of the sample district's orders: each is taken by its meter once.

use devices::sim::card::{DirectCards, Slot, VirtualCard};
use domain::{CardAnswer, CardKind, Dispatch, Holder, MeterNo, StockItem};
use gateway::ledger::LeaveState;
use gateway::sample::{District, SEED};
use metercrew_tests::district::crew;
use metercrew_tests::prepaid::{Meter, leaves, scans_new_meter};
use metercrew_tests::{MORNING, Office, Tablet};
use work::{CardEnd, CardParts};

use super::world::sync;

/// A prepaid meter of the district that is in no house yet, in our crew's cabinet.
fn new_meter(district: &District) -> StockItem {
    let items = district.stock().into_iter();
    let mut fresh = items.filter(|item| {
        let is_prepaid = item.model.as_ref().is_some_and(|model| model.prepaid);
        is_prepaid && matches!(item.holder, Holder::Cabinet { .. })
    });
    StockItem {
        holder: Holder::Cabinet {
            issued_to: Some(crew()),
        },
        ..fresh.next().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_top_up_a_lost_cards_successor_and_a_new_account_are_each_taken_once() {
    let district = District::of(SEED, MORNING.0 / 86_400_000);
    let item = new_meter(&district);
    let new_no = MeterNo::parse(item.comm_address.as_ref().unwrap().as_str()).unwrap();
    // the fault replacement stands on what the old meter says: the other stories tell of it
    let is_told_elsewhere = |order: &Dispatch| {
        order.card.as_ref().unwrap().kind == CardKind::OpenAccount && order.old_meter.is_some()
    };
    let orders = district
        .orders()
        .iter()
        .filter(|order| order.card.is_some());
    let orders: Vec<Dispatch> = orders
        .filter(|order| !is_told_elsewhere(order))
        .map(|order| Dispatch {
            crew: crew(),
            ..order.clone()
        })
        .collect();
    let mut kinds: Vec<_> = orders
        .iter()
        .map(|o| o.card.as_ref().unwrap().kind)
        .collect();
    kinds.sort();
    assert_eq!(kinds, CardKind::ALL);

    let office = Office::open().await;
    let ledger = office.gateway().ledger();
    let now = office.hand.now();
    ledger.put_stock(std::slice::from_ref(&item)).unwrap();
    let blanks = district.cards().iter().filter(|card| card.order.is_none());
    let blanks: Vec<_> = blanks.map(|card| card.image.clone()).collect();
    let serials: Vec<_> = blanks.iter().map(|image| image.serial).collect();
    ledger.register_blanks(&crew(), &serials, now).unwrap();
    for order in &orders {
        ledger.dispatch(order.clone(), now).unwrap();
    }
    let tablet = Tablet::enrolled(&office, &office.url(), 1).await;
    sync(&tablet).await;
    tablet.pick_up();

    let mut blanks = blanks.into_iter();
    for order in &orders {
        let task = order.card.as_ref().unwrap();
        let own = district
            .cards()
            .iter()
            .find(|card| card.order.as_ref() == Some(&order.id));
        let image = own
            .map(|card| card.image.clone())
            .or_else(|| blanks.next())
            .unwrap();
        let slot = Slot::with(VirtualCard::new(image));
        let reader = DirectCards::new([slot.clone()]);
        tablet.device().use_card_parts(CardParts::simulated(reader));
        if task.meter.is_none() {
            let scan = scans_new_meter(item.asset_no.clone());
            tablet.act(&order.id, scan).unwrap();
        }
        let mut meter = match task.meter {
            Some(has) => Meter::of(task.customer_no, has),
            None => Meter::unopened(new_no),
        };
        let ended = tablet.device().write_card(&order.id, None, &mut |_| {});
        assert_eq!(ended.unwrap(), CardEnd::Done, "{:?}", task.kind);
        let amount = task.purchases[0].amount;
        let count = task.count;
        let mut tries = || meter.tries_in(&slot);
        assert_eq!(tries(), CardAnswer::Credited { amount, count });
        assert_eq!(tries(), CardAnswer::AlreadyDone, "{:?}", task.kind);
        assert_eq!(meter.credits, [amount]);
    }
    sync(&tablet).await;
    for order in &orders {
        let leaves = leaves(&office, &order.id);
        let states: Vec<_> = leaves.iter().map(|of| of.leave.state).collect();
        assert_eq!(states, [LeaveState::Written]);
        let amount = order.card.as_ref().unwrap().purchases[0].amount;
        assert_eq!(leaves[0].credit, Some(amount));
    }
    office.check();
    tablet.check();
}
