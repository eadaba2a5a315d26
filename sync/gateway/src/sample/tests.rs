//! The made-up district is whole, the same from the same seed, and nothing in it is wrong by chance.

use std::collections::BTreeSet;

use domain::{AssetKind, AssetRule, Hash, Holder, OrderKind};

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
        assert!(of_kind.count() >= 8, "{kind:?}");
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
}
