//! The card an office's task becomes.

use crate::card::made_up::{customer, meter_no, serial, unopened, yuan};
use crate::{
    CardAnswer, CardContent, CardKind, CardRefusal, CardSeen, CardTask, CreditSource, Fen, OldCard,
    PaidPurchase, PrepaidMeter, Remainder, UserCard, WriteBack, WriteBackFile, accept,
};

const OLD: u64 = 1;
const NEW: u64 = 2;

fn bought(count: u32, amount: &str) -> PaidPurchase {
    PaidPurchase {
        count,
        amount: yuan(amount),
        written_on: None,
    }
}

fn task(kind: CardKind) -> CardTask {
    CardTask {
        kind,
        customer_no: customer(7),
        meter: Some(PrepaidMeter {
            meter_no: meter_no(OLD),
            card_serial: Some(serial(1)),
            count: 4,
            remainder: None,
        }),
        purchases: vec![bought(5, "50.00")],
        count: 5,
        carried_max: yuan("500.00"),
        limit: None,
        alarm_1: yuan("20.00"),
        alarm_2: yuan("5.00"),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn seen(meter: u64, card: u8) -> CardSeen {
    CardSeen {
        serial: serial(card),
        content: None,
        meter_no: meter_no(meter),
        old_card: OldCard::NotRead,
        remainders: vec![],
    }
}

fn left(money: &str) -> Remainder {
    Remainder {
        source: CreditSource::Readout,
        money: yuan(money),
        overdraft: Fen::ZERO,
        count: Some(4),
    }
}

#[test]
fn a_fault_replacement_carries_what_was_left_and_what_was_bought_once() {
    let seen = CardSeen {
        remainders: vec![left("87.65")],
        ..seen(NEW, 9)
    };
    let plan = task(CardKind::OpenAccount).plan(&seen).unwrap();
    assert_eq!(plan.total, yuan("137.65"));
    let card = CardContent::User(plan.card);
    let first = accept(&unopened(NEW), &card);
    assert_eq!(first.credited(), yuan("137.65"));
    assert_eq!(accept(&first.meter, &card).credited(), Fen::ZERO);
}

#[test]
fn more_than_the_leave_allows_is_not_carried_over() {
    let seen = CardSeen {
        remainders: vec![left("500.01")],
        ..seen(NEW, 9)
    };
    let refused = task(CardKind::OpenAccount).plan(&seen);
    let (most, found) = (yuan("500.00"), yuan("500.01"));
    assert_eq!(refused, Err(CardRefusal::CarriedTooMuch { most, found }));
}

#[test]
fn a_new_accounts_card_opens_its_meter_with_or_without_money() {
    for (purchases, total) in [(vec![bought(1, "100.00")], "100.00"), (vec![], "0.00")] {
        let task = CardTask {
            meter: None,
            purchases,
            count: 1,
            ..task(CardKind::OpenAccount)
        };
        let plan = task.plan(&seen(NEW, 9)).unwrap();
        let inserted = accept(&unopened(NEW), &CardContent::User(plan.card));
        assert_eq!(inserted.credited(), yuan(total));
        assert_eq!(inserted.meter.balance, yuan(total));
        assert_ne!(inserted.meter.opening, crate::Opening::NotOpened);
    }
}

#[test]
fn a_purchase_is_written_on_the_card_the_meter_knows_and_no_other() {
    let task = task(CardKind::Purchase);
    let plan = task.plan(&seen(OLD, 1)).unwrap();
    assert_eq!(
        plan.predicted.answer,
        CardAnswer::Credited {
            amount: yuan("50.00"),
            count: 5
        }
    );
    let other = task.plan(&seen(OLD, 2)).unwrap_err();
    assert_eq!(other.code(), "meter_would_refuse");
    let elsewhere = task.plan(&seen(NEW, 1)).unwrap_err();
    assert_eq!(elsewhere.code(), "wrong_new_meter");
}

#[test]
fn a_purchase_the_meter_has_not_read_is_not_written_over() {
    let task = task(CardKind::Purchase);
    let on_card = UserCard {
        purse: crate::Purse {
            money: yuan("30.00"),
            count: 4,
        },
        ..task.plan(&seen(OLD, 1)).unwrap().card
    };
    let with = |card: UserCard| CardSeen {
        content: Some(card),
        ..seen(OLD, 1)
    };
    assert_eq!(
        task.plan(&with(on_card)),
        Err(CardRefusal::PurchaseUnread { count: 4 })
    );
    let read = UserCard {
        write_back: WriteBackFile::Written(WriteBack {
            meter_no: meter_no(OLD),
            customer_no: customer(7),
            current_ratio: 1,
            voltage_ratio: 1,
            money: yuan("30.00"),
            count: 4,
            overdraft: Fen::ZERO,
            illegal_inserts: 0,
            written_at: crate::CardClock::default(),
        }),
        ..on_card
    };
    assert!(task.plan(&with(read)).is_ok());
}

#[test]
fn a_replacement_takes_over_from_a_lost_card_with_what_was_bought() {
    let task = task(CardKind::Replacement);
    let plan = task.plan(&seen(OLD, 9)).unwrap();
    assert_eq!(plan.total, yuan("50.00"));
    let serial_only = CardTask {
        purchases: vec![],
        count: 4,
        ..task.clone()
    };
    let plan = serial_only.plan(&seen(OLD, 9)).unwrap();
    assert_eq!(plan.predicted.answer, CardAnswer::AlreadyDone);
    let crate::Opening::Opened { card_serial, .. } = plan.predicted.meter.opening else {
        panic!("the meter is opened");
    };
    assert_eq!(card_serial, serial(9));
}

#[test]
fn a_count_the_meter_would_not_take_is_refused_in_its_own_terms() {
    let late = CardTask {
        purchases: vec![bought(6, "50.00")],
        count: 6,
        ..task(CardKind::Purchase)
    };
    let refused = late.plan(&seen(OLD, 1)).unwrap_err();
    let CardRefusal::MeterWouldRefuse { err } = refused else {
        panic!("{refused}");
    };
    assert_eq!(err.err_2013, Some(34));
    let missing = CardTask {
        count: 6,
        ..task(CardKind::Purchase)
    };
    assert_eq!(
        missing.plan(&seen(OLD, 1)),
        Err(CardRefusal::PurchaseMissing { missing: 6 })
    );
}
