//! The made-up district is whole, the same from the same seed, and nothing in it is wrong by chance.

use std::collections::BTreeSet;

use domain::{
    AssetKind, AssetRule, CardAnswer, CardImage, CardKind, CardSeen, CreditSource, Decimal, Fen,
    Generation, Hash, Holder, Layout, MeterNo, OldCard, OrderKind, Remainder, StsClass, UserCard,
};

use super::*;
use crate::ledger::sqlite::SqliteLedger;

const DAY: i64 = 20_513;

fn mapping() -> Mapping {
    Mapping::built_in().unwrap()
}

fn hash(district: &District) -> Hash {
    let mut bytes = vec![];
    for (name, file) in district.inbox_files(&mapping()).unwrap() {
        bytes.extend(name.into_bytes());
        bytes.extend(file);
    }
    bytes.extend(district.about().to_string().into_bytes());
    bytes.extend(district.accounts_csv().unwrap());
    bytes.extend(pdf::sheet(&district.labels()));
    Hash::of(&bytes)
}

#[test]
fn the_same_seed_gives_the_same_district_and_another_gives_another() {
    let hash_of = |seed| hash(&District::of(seed, DAY));
    assert_eq!(hash_of(SEED), hash_of(SEED));
    assert_ne!(hash_of(SEED), hash_of(SEED + 1));
}

#[test]
fn the_district_is_as_large_as_promised() {
    let district = District::of(SEED, DAY);
    let counts = district.counts();
    assert!(counts.accounts >= 2_000, "{counts:?}");
    assert_eq!(counts.orders, 150);
    assert_eq!(counts.crews, 4);
    assert_eq!(district.operators().len(), 8);
    assert_eq!(district.supervisors().len(), 2);
    assert_eq!(district.traps().len(), 4);
    for kind in OrderKind::ALL {
        let of_kind = district.orders().iter().filter(|o| o.kind == kind);
        let least = if kind == OrderKind::Card { 3 } else { 8 };
        assert!(of_kind.count() >= least, "{kind:?}");
    }
    for crew in district.crews() {
        let of_crew = district.orders().iter().filter(|o| o.crew == crew.crew);
        let days: BTreeSet<i64> = of_crew
            .filter_map(|o| Some((o.appointment?.from.0 + 28_800_000).div_euclid(86_400_000)))
            .collect();
        assert_eq!(days, BTreeSet::from([DAY, DAY + 1, DAY + 2]));
    }
    let first = district
        .orders()
        .iter()
        .filter(|o| o.crew.as_str() == "crew-1");
    assert!(first.count() >= 40, "a tablet's whole day");
}

#[test]
fn every_number_passes_its_check_and_no_two_are_the_same() {
    let (district, rule) = (District::of(SEED, DAY), AssetRule::state_grid());
    let mut seen = BTreeSet::new();
    for item in district.stock() {
        assert_eq!(
            rule.parse(item.asset_no.as_str()),
            Ok(item.asset_no.clone())
        );
        assert_eq!(rule.kind(&item.asset_no), item.kind);
        assert!(item.asset_no.as_str().starts_with("99000"), "made up");
        let hint = item.asset_no.address_hint().map(str::to_owned);
        assert_eq!(item.comm_address.map(|a| a.to_string()), hint);
        assert!(seen.insert(item.asset_no));
    }
    let accounts = district.accounts();
    let numbers: BTreeSet<_> = accounts.iter().map(|a| &a.account_no).collect();
    assert_eq!(numbers.len(), accounts.len());
    for account in &accounts {
        assert!(account.phone.is_empty() || account.phone.starts_with("000"));
        assert!(account.address.starts_with("样例县"));
    }
}

#[test]
fn every_crew_finds_on_its_list_what_its_orders_need() {
    let district = District::of(SEED, DAY);
    for crew in district.crews() {
        let mine = |item: &&StockItem| {
            item.holder
                == Holder::Cabinet {
                    issued_to: Some(crew.crew.clone()),
                }
        };
        let stock = district.stock();
        let mut meters: Vec<_> = stock
            .iter()
            .filter(mine)
            .filter_map(|i| i.model.clone())
            .collect();
        let terminals = stock
            .iter()
            .filter(mine)
            .filter(|i| i.kind == AssetKind::Terminal);
        let orders = || district.orders().iter().filter(|o| o.crew == crew.crew);
        for wanted in orders().filter_map(|order| order.new_meter.as_ref()) {
            let at = meters.iter().position(|model| model.fits(wanted));
            meters.remove(at.unwrap_or_else(|| panic!("{} lacks {wanted:?}", crew.crew)));
        }
        assert!(meters.len() >= 10, "spares");
        let terminal_orders = orders().filter(|order| {
            matches!(
                order.kind,
                OrderKind::AttachTerminal | OrderKind::ReplaceTerminal
            )
        });
        assert!(terminals.count() > terminal_orders.count());
    }
}

#[test]
fn last_billed_totals_are_the_sum_of_their_tariffs() {
    for order in District::of(SEED, DAY).orders() {
        let Some(old) = &order.old_meter else {
            continue;
        };
        let total = old
            .last_billed
            .iter()
            .find(|(r, _)| *r == domain::Register::ForwardTotal);
        let tariffs: Vec<_> = old
            .last_billed
            .iter()
            .filter(|(r, _)| r.is_tariff())
            .collect();
        assert!(
            old.last_billed
                .iter()
                .all(|(_, v)| old.model.digits.can_show(*v))
        );
        assert!(
            old.last_billed
                .iter()
                .all(|(r, _)| old.model.registers.contains(r))
        );
        if !tariffs.is_empty() {
            let sum: i64 = tariffs.iter().map(|(_, v)| v.ten_thousandths()).sum();
            assert_eq!(total.unwrap().1.ten_thousandths(), sum);
        }
    }
}

#[test]
fn no_meter_is_in_two_orders() {
    let district = District::of(SEED, DAY);
    let mut seen = BTreeSet::new();
    for order in district.orders() {
        let old = order.old_meter.iter().map(|old| old.asset_no.clone());
        let numbers = old
            .chain(order.old_terminal.clone())
            .chain(order.terminal_meters.clone());
        for number in numbers {
            assert!(seen.insert(number), "{}", order.id);
        }
        if order.kind == OrderKind::AttachTerminal {
            assert_eq!(order.terminal_meters.len(), 4);
        }
    }
}

#[test]
fn a_district_loads_once() {
    let ledger = SqliteLedger::in_memory().unwrap();
    let ledger: &dyn Ledger = &ledger;
    let district = District::of(SEED, DAY);
    let chance = crate::Chance::seeded(1);
    let taken = district
        .load(ledger, &mapping(), &chance, Millis(0))
        .unwrap();
    assert_eq!((taken.new_orders, taken.crews), (150, 4));
    assert_eq!(taken.stock, district.counts().assets);
    let again = district
        .load(ledger, &mapping(), &chance, Millis(1))
        .unwrap();
    assert_eq!(
        (again.new_orders, again.changed_orders, again.stock),
        (0, 0, 0)
    );
    assert!(ledger.supervisor(&"banzhang".into()).unwrap().is_some());
    let blanks = ledger.blanks(Some(&"crew-1".into())).unwrap();
    let serials: BTreeSet<_> = blanks.iter().map(|blank| blank.serial).collect();
    let cards = district.cards().iter().filter(|card| card.order.is_none());
    let expected: BTreeSet<_> = cards.map(|card| card.image.serial).collect();
    assert_eq!(serials, expected);
    assert!(blanks.iter().all(|blank| blank.registered_at == Millis(0)));
}

#[test]
fn a_folder_holds_what_the_marketing_system_would_send() {
    let folder = tempfile::tempdir().unwrap();
    let district = District::of(SEED, DAY);
    district.write(folder.path(), &mapping()).unwrap();
    for (name, bytes) in district.inbox_files(&mapping()).unwrap() {
        let written = std::fs::read(folder.path().join("inbox").join(&name)).unwrap();
        assert_eq!(written, bytes);
        assert!(central::rows_of_file(&name, &written, &mapping()).is_ok());
    }
    let labels = std::fs::read_dir(folder.path().join("labels")).unwrap();
    let drawn = district.labels().len() + district.labels_on_walls().len();
    assert_eq!(labels.count(), drawn, "one picture for each number");
    for told in district.about()["cards"].as_array().unwrap() {
        let card = std::fs::read(folder.path().join(told["file"].as_str().unwrap())).unwrap();
        let card: CardImage = serde_json::from_slice(&card).unwrap();
        assert_eq!(card.serial.to_string(), told["serial"].as_str().unwrap());
    }
}

fn yuan(text: &str) -> Fen {
    Fen::try_from(Decimal::parse(text).unwrap()).unwrap()
}

fn user_card(card: &SampleCard) -> Option<UserCard> {
    let layout = Layout::of(Generation::G2013).unwrap();
    layout.decode(&card.image).ok()
}

/// What lies before a crew that has the customer's card in one hand and a blank in the other; the
/// old meter says 87.65 over its port.
fn before_the_crew(district: &District, order: &Dispatch) -> CardSeen {
    let task = order.card.as_ref().unwrap();
    let mut cards = district.cards().iter();
    let own = cards.find(|card| card.order.as_ref() == Some(&order.id));
    let blank = district.cards().iter().find(|card| card.order.is_none());
    let is_own = task.kind == CardKind::Purchase;
    let card = if is_own { own } else { blank };
    let opens = task.kind == CardKind::OpenAccount;
    let remainder = Remainder {
        source: CreditSource::Readout,
        money: yuan("87.65"),
        overdraft: Fen::ZERO,
        count: Some(17),
    };
    CardSeen {
        serial: card.unwrap().image.serial,
        content: own.filter(|_| is_own).and_then(user_card),
        meter_no: match task.meter.filter(|_| !opens) {
            Some(meter) => meter.meter_no,
            None => MeterNo::parse("992600000001").unwrap(),
        },
        old_card: own
            .and_then(user_card)
            .map_or(OldCard::NotRead, OldCard::Read),
        remainders: task.meter.iter().map(|_| remainder).collect(),
    }
}

#[test]
fn each_kind_of_card_and_a_token_await_the_first_crew_on_its_first_morning() {
    for seed in [SEED, SEED + 1, SEED + 2] {
        let district = District::of(seed, DAY);
        let orders = district.orders().iter();
        let orders: Vec<_> = orders
            .filter(|order| order.card.is_some() || order.token.is_some())
            .collect();
        let asked: Vec<_> = orders
            .iter()
            .map(|order| (order.kind, order.card.as_ref().map(|card| card.kind)))
            .collect();
        let expected = [
            (OrderKind::Replace, Some(CardKind::OpenAccount)),
            (OrderKind::Install, Some(CardKind::OpenAccount)),
            (OrderKind::Card, Some(CardKind::Replacement)),
            (OrderKind::Card, Some(CardKind::Purchase)),
            (OrderKind::Card, None),
        ];
        assert_eq!(asked, expected);
        for order in &orders {
            assert_eq!(order.crew.as_str(), "crew-1");
            let from = order.appointment.unwrap().from.0 + 28_800_000;
            assert_eq!(from.div_euclid(86_400_000), DAY);
            let prepaid = order.old_meter.iter().map(|old| &old.model);
            let mut models = prepaid.chain(&order.new_meter);
            assert!(models.all(|model| model.prepaid), "{}", order.id);
        }
        let token = orders[4].token.unwrap();
        assert_eq!(token.class(), StsClass::Credit);
    }
}

#[test]
fn every_card_that_is_asked_for_would_be_taken_by_its_meter() {
    let district = District::of(SEED, DAY);
    let orders = district.orders().iter();
    let orders: Vec<_> = orders.filter(|order| order.card.is_some()).collect();
    for (order, total) in orders.into_iter().zip(["137.65", "100", "30", "200"]) {
        let seen = before_the_crew(&district, order);
        let plan = order.card.as_ref().unwrap().plan(&seen).unwrap();
        assert_eq!(plan.total, yuan(total), "{}", order.id);
        let credited = CardAnswer::Credited {
            amount: plan.total,
            count: order.card.as_ref().unwrap().count,
        };
        assert_eq!(plan.predicted.answer, credited);
    }
}

#[test]
fn an_old_prepaid_meters_number_is_what_it_answers_to() {
    let district = District::of(SEED, DAY);
    let is_replaced = |order: &&Dispatch| order.old_meter.is_some() && order.card.is_some();
    let order = district.orders().iter().find(is_replaced).unwrap();
    let meter = order.card.as_ref().unwrap().meter.unwrap();
    let stock = district.stock();
    let old = &order.old_meter.as_ref().unwrap().asset_no;
    let item = stock.iter().find(|item| item.asset_no == *old).unwrap();
    let address = item.comm_address.as_ref().unwrap();
    assert_eq!(meter.meter_no.to_string(), address.as_str());
    assert_eq!(meter.remainder.unwrap().money, yuan("91.20"));
}

#[test]
fn a_blank_is_a_card_no_meter_takes_and_a_customers_card_is_its_meters() {
    let district = District::of(SEED, DAY);
    let (blanks, own): (Vec<_>, Vec<_>) = district
        .cards()
        .iter()
        .partition(|card| card.order.is_none());
    assert!(blanks.len() >= 4, "a few to spare");
    for blank in blanks {
        assert_eq!(blank.crew.as_str(), "crew-1");
        let files = [
            &blank.image.user,
            &blank.image.purse,
            &blank.image.write_back,
        ];
        assert!(files.iter().all(|file| !file.is_empty()));
        assert!(files.iter().all(|file| file.iter().all(|byte| *byte == 0)));
        assert_eq!(user_card(blank), None);
    }
    assert_eq!(own.len(), 2, "one to be replaced, one to be topped up");
    for card in own {
        let order = card.order.as_ref().unwrap();
        let mut orders = district.orders().iter();
        let task = orders.find(|o| o.id == *order).unwrap().card.as_ref();
        let meter = task.unwrap().meter.unwrap();
        let user_card = user_card(card).unwrap();
        assert_eq!(Some(user_card.serial), meter.card_serial);
        assert_eq!(user_card.user_file.meter_no, meter.meter_no);
        assert_eq!(user_card.user_file.customer_no, task.unwrap().customer_no);
    }
    let serials: BTreeSet<_> = district.cards().iter().map(|c| c.image.serial).collect();
    assert_eq!(serials.len(), district.cards().len());
}
