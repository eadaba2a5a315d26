//! What the new card carries, from whom, and when none is written.

use proptest::prelude::*;

use super::*;
use crate::card::made_up::{meter_no, serial, unopened, yuan};
use crate::{
    CardClock, Decimal, ErrCause, ItemAnswer, ItemReadout, ItemValue, Keys, MeterItem,
    MeterProtocol, Readout, WriteBack,
};

fn user_file(kind: CardKind, meter: u64) -> UserFile {
    UserFile {
        kind,
        meter_no: meter_no(meter),
        customer_no: CustomerNo::from_number(1).unwrap(),
        update_flags: 0xff,
        tariff_switch: CardClock::default(),
        alarm_1: Fen::ZERO,
        alarm_2: Fen::ZERO,
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn left(source: CreditSource, money: &str, count: Option<u32>) -> Remainder {
    Remainder {
        source,
        money: yuan(money),
        overdraft: Fen::ZERO,
        count,
    }
}

fn owed(overdraft: &str) -> Remainder {
    Remainder {
        overdraft: yuan(overdraft),
        ..left(CreditSource::Readout, "0", Some(3))
    }
}

fn bought(count: u32, amount: &str, written_on: Option<u8>) -> PaidPurchase {
    PaidPurchase {
        count,
        amount: yuan(amount),
        written_on: written_on.map(serial),
    }
}

/// Card 1 of the old meter 7, with that purchase in its purse, and the count the meter wrote back.
fn old_card(count: u32, money: &str, written: Option<(u32, &str)>) -> OldCard {
    let user_file = user_file(CardKind::Purchase, 7);
    OldCard::Read(UserCard {
        serial: serial(1),
        user_file,
        purse: Purse {
            money: yuan(money),
            count,
        },
        write_back: written.map_or(WriteBackFile::Empty, |(count, money)| {
            WriteBackFile::Written(WriteBack {
                meter_no: user_file.meter_no,
                customer_no: user_file.customer_no,
                current_ratio: 1,
                voltage_ratio: 1,
                money: yuan(money),
                count,
                overdraft: Fen::ZERO,
                illegal_inserts: 0,
                written_at: CardClock::default(),
            })
        }),
    })
}

fn replacement(
    remainders: &[Remainder],
    old_card: OldCard,
    purchases: &[PaidPurchase],
) -> FaultReplacement {
    FaultReplacement {
        card_serial: serial(9),
        old_meter_no: meter_no(7),
        new_meter: unopened(8),
        parameters: user_file(CardKind::Purchase, 8),
        remainders: remainders.to_vec(),
        old_card,
        purchases: purchases.to_vec(),
    }
}

fn total(
    remainders: &[Remainder],
    old_card: OldCard,
    purchases: &[PaidPurchase],
) -> Result<Fen, CardRefusal> {
    plan_card(&replacement(remainders, old_card, purchases)).map(|plan| plan.total)
}

#[test]
fn a_fault_replacement_with_87_65_left_and_50_bought_is_one_card_of_137_65_credited_once() {
    let read = |item, amount: &str| ItemReadout {
        item,
        answer: ItemAnswer::Read {
            value: ItemValue::Quantity(Decimal::parse(amount).unwrap()),
        },
    };
    let readout = Readout {
        protocol: MeterProtocol::Dlt645,
        comm_address: "000000000007".into(),
        items: vec![
            read(MeterItem::MoneyLeft, "87.65"),
            read(MeterItem::Overdraft, "0"),
        ],
        wire_ms: 1,
    };
    let remainder = Remainder::of_readout(&readout).unwrap().unwrap();
    let plan = plan_card(&replacement(
        &[remainder],
        old_card(3, "100", Some((3, "120"))),
        &[bought(4, "50.00", None)],
    ))
    .unwrap();

    assert_eq!(plan.card.user_file.kind, CardKind::OpenAccount);
    assert_eq!(plan.card.user_file.meter_no, meter_no(8));
    assert_eq!(plan.card.write_back, WriteBackFile::Empty);
    assert_eq!(
        plan.card.purse,
        Purse {
            money: yuan("137.65"),
            count: 1
        }
    );
    let lines: Vec<_> = plan
        .parts
        .iter()
        .map(|part| (part.kind, part.amount.to_string(), part.source))
        .collect();
    assert_eq!(
        lines,
        [
            (
                CreditPartKind::OldCredit,
                "87.65".into(),
                CreditSource::Readout
            ),
            (
                CreditPartKind::Bought { count: 4 },
                "50.00".into(),
                CreditSource::Office
            ),
        ]
    );

    let first = accept(&unopened(8), &CardContent::User(plan.card));
    assert_eq!((first.credited(), first), (yuan("137.65"), plan.predicted));
    assert_eq!(first.meter.balance, yuan("137.65"));
    let again = accept(&first.meter, &CardContent::User(plan.card));
    assert_eq!(again.credited(), Fen::ZERO);
}

#[test]
fn the_best_witness_counts() {
    let all = [
        left(CreditSource::Office, "4", Some(3)),
        left(CreditSource::Photo, "3", Some(3)),
        left(CreditSource::Readout, "1", Some(3)),
    ];
    let card = || old_card(3, "100", Some((3, "2")));
    assert_eq!(total(&all, card(), &[]), Ok(yuan("1")));
    assert_eq!(total(&all[..2], card(), &[]), Ok(yuan("2")));
    assert_eq!(total(&all[..2], OldCard::NotRead, &[]), Ok(yuan("3")));
    assert_eq!(total(&all[..1], OldCard::NotRead, &[]), Ok(yuan("4")));
    let nobody = total(&[], OldCard::NotRead, &[bought(1, "5", None)]);
    assert_eq!(nobody, Err(CardRefusal::RemainderUnknown));
}

#[test]
fn a_purchase_on_the_old_card_is_carried_only_when_the_meter_has_not_taken_it() {
    for (meter_count, carried) in [(3, "110"), (4, "10"), (5, "10")] {
        let read = [left(CreditSource::Readout, "10", Some(meter_count))];
        let office = [bought(4, "100", Some(1))];
        let card = || old_card(4, "100", None);
        for (card, office) in [
            (card(), &[][..]),
            (OldCard::NotRead, &office[..]),
            (card(), &office[..]),
        ] {
            assert_eq!(total(&read, card, office), Ok(yuan(carried)));
        }
    }
}

#[test]
fn a_purchase_nobody_can_place_stops_the_card() {
    let read = [left(CreditSource::Readout, "10", None)];
    let unknown = Err(CardRefusal::CountUnknown { count: 4 });
    assert_eq!(total(&read, old_card(4, "100", None), &[]), unknown);
    // The write-back of one card says nothing about a purchase on another.
    let elsewhere = [bought(4, "100", Some(2))];
    let written = old_card(3, "50", Some((3, "60")));
    assert_eq!(total(&read, written, &elsewhere), unknown);
    // The photo of the display does. The office's last collection may be older than the purchase.
    for (source, sum) in [
        (CreditSource::Photo, Ok(yuan("10"))),
        (
            CreditSource::Office,
            Err(CardRefusal::CountUnknown { count: 4 }),
        ),
    ] {
        let counted = [read[0], left(source, "11", Some(4))];
        assert_eq!(total(&counted, OldCard::NotRead, &elsewhere), sum);
    }
}

#[test]
fn accounts_that_do_not_agree_stop_the_card() {
    let read = [left(CreditSource::Readout, "10", Some(3))];
    let cases = [
        (
            old_card(4, "100", None),
            bought(4, "99", Some(1)),
            CardRefusal::PurchaseDiffers {
                count: 4,
                one: yuan("99"),
                other: yuan("100"),
            },
        ),
        (
            OldCard::NotRead,
            bought(5, "50", None),
            CardRefusal::PurchaseMissing { missing: 4 },
        ),
        (
            OldCard::NotRead,
            bought(3, "50", None),
            CardRefusal::CountContradicts { count: 3 },
        ),
        (
            OldCard::NotRead,
            bought(4, "-1", None),
            CardRefusal::PurchaseNegative { count: 4 },
        ),
    ];
    for (card, purchase, refusal) in cases {
        assert_eq!(total(&read, card, &[purchase]), Err(refusal));
    }
    let both = Remainder {
        money: yuan("1"),
        ..owed("1")
    };
    let source_of = CreditSource::Readout;
    assert_eq!(
        total(&[both], OldCard::NotRead, &[]),
        Err(CardRefusal::RemainderImpossible { source_of })
    );
}

#[test]
fn a_debt_is_taken_off_and_what_is_left_of_it_stays_with_the_office() {
    let plan = |overdraft, amount| {
        let bought = [bought(4, amount, None)];
        plan_card(&replacement(&[owed(overdraft)], OldCard::NotRead, &bought)).unwrap()
    };
    let covered = plan("12.30", "50");
    assert_eq!(
        (covered.total, covered.debt_left),
        (yuan("37.70"), Fen::ZERO)
    );
    assert_eq!(
        covered.parts.last().map(|p| p.kind),
        Some(CreditPartKind::Debt)
    );

    let left = plan("60", "50");
    assert_eq!((left.total, left.debt_left), (Fen::ZERO, yuan("10")));
    assert_eq!(left.card.purse.count, 0);
    assert!(matches!(
        left.predicted.meter.opening,
        Opening::Opened { .. }
    ));
}

#[test]
fn a_card_the_meter_would_refuse_is_not_planned() {
    let planned = |change: &dyn Fn(&mut CardMeter), money| {
        let read = [left(CreditSource::Readout, money, Some(3))];
        let mut case = replacement(&read, OldCard::NotRead, &[]);
        change(&mut case.new_meter);
        plan_card(&case).map(|plan| plan.total)
    };
    let refuses = |cause: ErrCause| Err(CardRefusal::MeterWouldRefuse { err: cause.into() });
    assert_eq!(planned(&|_| {}, "999999.99"), Ok(yuan("999999.99")));
    assert_eq!(planned(&|_| {}, "1000000"), refuses(ErrCause::OverLimit));
    let limit = |meter: &mut CardMeter| meter.limit = Some(yuan("200"));
    assert_eq!(planned(&limit, "200.01"), refuses(ErrCause::OverLimit));
    let factory = |meter: &mut CardMeter| meter.keys = Keys::Public;
    assert_eq!(planned(&factory, "1"), refuses(ErrCause::KeyState));
    let counted = |meter: &mut CardMeter| meter.count = 1;
    let not_credited = Err(CardRefusal::MeterWouldNotCredit { meter_count: 1 });
    assert_eq!(planned(&counted, "1"), not_credited);
    let opened = |meter: &mut CardMeter| {
        meter.opening = Opening::Opened {
            customer_no: CustomerNo::from_number(1).unwrap(),
            card_serial: serial(9),
        }
    };
    assert_eq!(planned(&opened, "1"), Err(CardRefusal::AlreadyOpened));
    let other = |meter: &mut CardMeter| meter.meter_no = meter_no(5);
    let (expected, found) = (meter_no(5), meter_no(8));
    let wrong = Err(CardRefusal::WrongNewMeter { expected, found });
    assert_eq!(planned(&other, "1"), wrong);
}

#[test]
fn an_old_card_of_another_customer_or_meter_is_not_used() {
    let read = [left(CreditSource::Readout, "10", Some(3))];
    let mut case = replacement(&read, old_card(3, "1", Some((3, "1"))), &[]);
    case.old_meter_no = meter_no(6);
    let (expected, found) = (meter_no(6), meter_no(7));
    let wrong = CardRefusal::WrongOldMeter { expected, found };
    assert_eq!(plan_card(&case), Err(wrong));
    case.parameters.customer_no = CustomerNo::from_number(2).unwrap();
    let refusal = plan_card(&case).unwrap_err();
    assert!(matches!(refusal, CardRefusal::WrongCustomer { .. }));
}

#[test]
fn a_plan_crosses_the_bridge_with_its_lines_in_yuan() {
    let plan = plan_card(&replacement(
        &[left(CreditSource::Readout, "87.65", Some(3))],
        OldCard::NotRead,
        &[bought(4, "50", None)],
    ))
    .unwrap();
    assert_eq!(
        serde_json::to_string(&plan.parts[1]).unwrap(),
        r#"{"part":"bought","count":4,"amount":"50.00","source":"office"}"#
    );
    let json = serde_json::to_string(&plan).unwrap();
    assert_eq!(serde_json::from_str::<CardPlan>(&json).unwrap(), plan);
}

proptest! {
    /// Purchases 1..=paid are made; the meter took the first `taken`; the last one may be on the old
    /// card; whatever the office repeats, every purchase is worth its money exactly once.
    #[test]
    fn every_purchase_is_carried_exactly_once(
        amounts in prop::collection::vec(1u32..100_000, 1..6),
        taken in 0usize..6,
        on_card in any::<bool>(),
        office_from in 0usize..6,
        consumed in 0u32..100_000,
    ) {
        let taken = taken.min(amounts.len());
        let in_meter: u32 = amounts[..taken].iter().sum();
        let net = i64::from(in_meter) - i64::from(consumed);
        let readout = Remainder {
            source: CreditSource::Readout,
            money: Fen::new(net.max(0)).unwrap(),
            overdraft: Fen::new((-net).max(0)).unwrap(),
            count: Some(taken as u32),
        };
        let last = amounts.len() as u32;
        let card = if on_card {
            let amount = Fen::from(*amounts.last().unwrap());
            old_card(last, &amount.to_string(), None)
        } else {
            OldCard::NotRead
        };
        // The office lists at least all that is not in the meter.
        let purchases: Vec<_> = amounts
            .iter()
            .enumerate()
            .skip(office_from.min(taken))
            .map(|(n, amount)| PaidPurchase {
                count: n as u32 + 1,
                amount: (*amount).into(),
                written_on: Some(serial(1)),
            })
            .collect();
        let plan = plan_card(&replacement(&[readout], card, &purchases)).unwrap();
        let paid: u32 = amounts.iter().sum();
        let due = i64::from(paid) - i64::from(consumed);
        prop_assert_eq!(plan.total.count() - plan.debt_left.count(), due);
        prop_assert_eq!(plan.predicted.credited(), plan.total);
    }
}
