//! When a card may be begun, and that what was begun may always end.

use super::*;
use crate::card::made_up::{customer, meter_no, serial, yuan};
use crate::order::{admit_office, apply};
use crate::{
    Account, Attention, CardTask, DeviceId, Dispatch, Entry, EntryBody, EventId, Hash,
    LateDecision, Millis, OfficeEvent, OldCard, OrderKind, PaidPurchase, PrepaidMeter, Procedure,
    SignedAuthorisation, Verdict,
};

const NOW: Millis = Millis(1_000);

fn leave_id(n: u128) -> AuthorisationId {
    AuthorisationId(uuid::Uuid::from_u128(n))
}

/// A top-up of 50 yuan.
fn task() -> CardTask {
    CardTask {
        kind: CardKind::Purchase,
        customer_no: customer(1),
        meter: Some(PrepaidMeter {
            meter_no: meter_no(7),
            card_serial: Some(serial(1)),
            count: 8,
            remainder: None,
        }),
        purchases: vec![PaidPurchase {
            count: 9,
            amount: yuan("50"),
            written_on: None,
        }],
        count: 9,
        carried_max: yuan("0"),
        limit: None,
        alarm_1: yuan("0"),
        alarm_2: yuan("0"),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn leave(n: u128) -> SignedAuthorisation {
    let leave = CardAuthorisation {
        id: leave_id(n),
        order: "o-1".into(),
        account_no: "4101234567".into(),
        task: task(),
        cards: vec![serial(1)],
        device: DeviceId(uuid::Uuid::from_u128(7)),
        operator: "op".into(),
        not_before: Millis(0),
        expires_at: Millis(2_000),
        key_version: 1,
    };
    SignedAuthorisation {
        body: serde_json::to_string(&leave).unwrap(),
        signature: String::new(),
    }
}

/// A started order with the leave `n`.
fn order(n: u128) -> Order {
    let dispatch = Dispatch {
        id: "o-1".into(),
        revision: 1,
        kind: OrderKind::Card,
        reason: None,
        account: Account {
            account_no: "4101234567".into(),
            customer: "made up".into(),
            address: "made up".into(),
            phone: String::new(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: None,
        new_meter: None,
        old_terminal: None,
        terminal_meters: vec![],
        card: Some(task()),
        token: None,
        appointment: None,
        crew: "crew-1".into(),
        procedure: Procedure::built_in_for(OrderKind::Card).fitted(true, false),
        remark: String::new(),
    };
    Order {
        state: OrderState::Started,
        authorisation: Some(leave(n)),
        ..Order::open(dispatch)
    }
}

fn seen() -> CardSeen {
    CardSeen {
        serial: serial(1),
        content: None,
        meter_no: meter_no(7),
        old_card: OldCard::NotRead,
        remainders: vec![],
    }
}

fn written() -> CardOutcome {
    let image = Hash::of(b"card");
    CardOutcome::Written { image }
}

fn not_written() -> CardOutcome {
    CardOutcome::NotWritten {
        why: crate::NotWritten::Untouched,
        image: Hash::of(b"card"),
    }
}

fn begun(n: u128) -> OrderEvent {
    OrderEvent::CardBegun {
        step: "card".into(),
        authorisation: leave_id(n),
        seen: Box::new(seen()),
        plan: Box::new(task().plan(&seen()).unwrap()),
    }
}

fn ended(n: u128, outcome: CardOutcome) -> OrderEvent {
    OrderEvent::CardEnded {
        step: "card".into(),
        authorisation: leave_id(n),
        outcome,
    }
}

/// The order after a card was begun under leave `n` and came out like this.
fn after(mut order: Order, n: u128, outcome: CardOutcome) -> Order {
    step_forward(&mut order, &begun(n), NOW);
    step_forward(&mut order, &ended(n, outcome), NOW);
    order
}

/// The order with an event that the office had overtaken.
fn late(mut order: Order, event: OrderEvent) -> Order {
    order.attention.push(Attention {
        event_id: EventId {
            device: DeviceId(uuid::Uuid::from_u128(7)),
            seq: 1,
        },
        verdict: Verdict::Late { refusal: None },
        event,
        at: NOW,
        decided: None,
    });
    order
}

fn admitted(order: &Order, event: &OrderEvent, crew: &str) -> Result<(), Refusal> {
    let (crew, stock) = (crew.into(), Stock::default());
    let ground = Ground {
        crew: &crew,
        stock: &stock,
        now: NOW,
    };
    admit(order, event, ground)
}

fn begins(order: &Order, n: u128) -> Result<(), Refusal> {
    admitted(order, &begun(n), "crew-1")
}

fn ends(order: &Order, n: u128, outcome: CardOutcome) -> Result<(), Refusal> {
    admitted(order, &ended(n, outcome), "crew-1")
}

fn refused(why: CardRefusal) -> Result<(), Refusal> {
    Err(why.into())
}

#[test]
fn other_leave_begins_another_card_only_when_none_is_written_and_none_in_doubt() {
    assert_eq!(begins(&order(1), 1), Ok(()));
    let in_doubt = after(order(2), 1, CardOutcome::InDoubt);
    assert_eq!(begins(&in_doubt, 2), refused(CardRefusal::InDoubt));
    let in_vain = after(order(2), 1, not_written());
    assert_eq!(begins(&in_vain, 2), Ok(()));
    let same_leave = after(order(1), 1, not_written());
    let used = refused(CardRefusal::AuthorisationUsed);
    assert_eq!(begins(&same_leave, 1), used);
    let is_written = after(order(2), 1, written());
    assert_eq!(begins(&is_written, 2), used);
}

/// The order after a supervisor took leave `n` back, and the office gave the next.
fn taken_back(order: Order, n: u128) -> Order {
    let reason = "lost".to_owned();
    let events = [
        OfficeEvent::CardLeaveTakenBack {
            authorisation: leave_id(n),
            reason,
        },
        OfficeEvent::CardAuthorised {
            authorisation: leave(n + 1),
        },
    ];
    events.into_iter().fold(order, |order, event| {
        admit_office(&order, &event).unwrap();
        let body = EntryBody::Office {
            at: NOW,
            by: "wang".into(),
            event,
        };
        let change = Some(9);
        apply(Some(order), &Entry { change, body }).unwrap()
    })
}

#[test]
fn a_card_in_doubt_gives_way_to_another_only_when_a_supervisor_took_its_leave_back() {
    let doubted = after(order(1), 1, CardOutcome::InDoubt);
    let newer = Order {
        authorisation: Some(leave(2)),
        ..doubted.clone()
    };
    assert_eq!(begins(&newer, 2), refused(CardRefusal::InDoubt));
    assert_eq!(begins(&taken_back(doubted, 1), 2), Ok(()));
}

#[test]
fn of_a_card_that_gave_way_the_end_still_counts_and_no_third_is_written_when_it_was() {
    let second = taken_back(after(order(1), 1, CardOutcome::InDoubt), 1);
    let second = after(second, 2, CardOutcome::InDoubt);
    assert_eq!(
        card_outcome(&second, leave_id(1)),
        Some(CardOutcome::InDoubt)
    );
    assert_eq!(ends(&second, 1, written()), Ok(()));
    let mut found = second.clone();
    step_forward(&mut found, &ended(1, written()), NOW);
    assert_eq!(card_outcome(&found, leave_id(1)), Some(written()));
    let doubt = Some(CardOutcome::InDoubt);
    assert_eq!(card_outcome(&found, leave_id(2)), doubt, "its own");
    let used = refused(CardRefusal::AuthorisationUsed);
    assert_eq!(begins(&taken_back(found, 2), 3), used);
    assert_eq!(begins(&taken_back(second, 2), 3), Ok(()));
}

#[test]
fn a_written_card_is_written_again_when_a_supervisor_wants_the_step_again() {
    let mut again = after(order(2), 1, written());
    again.reopened.insert("card".into());
    assert_eq!(begins(&again, 2), Ok(()));
    let same_leave = after(order(1), 1, written());
    let again = Order {
        reopened: again.reopened,
        ..same_leave
    };
    let used = refused(CardRefusal::AuthorisationUsed);
    assert_eq!(begins(&again, 1), used);
}

#[test]
fn leave_for_what_the_office_does_not_want_any_more_begins_nothing() {
    let mut changed = order(1);
    let task = changed.dispatch.card.as_mut().unwrap();
    task.purchases[0].amount = yuan("60");
    assert_eq!(begins(&changed, 1), refused(CardRefusal::NotAuthorised));
}

#[test]
fn a_card_that_was_begun_ends_once_whosever_the_order_is_and_wherever_it_has_got() {
    let in_doubt = after(order(1), 1, CardOutcome::InDoubt);
    for outcome in [CardOutcome::InDoubt, written(), not_written()] {
        assert_eq!(ends(&in_doubt, 1, outcome), Ok(()));
    }
    let done = after(order(1), 1, written());
    assert_eq!(ends(&done, 1, written()), Ok(()), "the same end twice");
    let used = refused(CardRefusal::AuthorisationUsed);
    assert_eq!(ends(&done, 1, not_written()), used);
    let in_vain = after(order(1), 1, not_written());
    let otherwise = CardOutcome::NotWritten {
        why: crate::NotWritten::GivenUp,
        image: Hash::of(b"read later"),
    };
    assert_eq!(ends(&in_vain, 1, otherwise), Ok(()), "nothing, again");
    assert_eq!(ends(&in_vain, 1, written()), used);
    let mut moved = in_doubt.clone();
    moved.dispatch.crew = "crew-2".into();
    moved.state = OrderState::Recalled { reason: "x".into() };
    assert_eq!(ends(&moved, 1, written()), Ok(()));
    assert_ne!(begins(&moved, 1), Ok(()));
    assert_eq!(ends(&moved, 2, written()), refused(CardRefusal::NotBegun));
}

#[test]
fn a_card_that_was_begun_too_late_to_count_ends_like_any_other() {
    let none = refused(CardRefusal::NotBegun);
    assert_eq!(ends(&order(1), 1, written()), none);
    let overtaken = late(order(1), begun(1));
    assert_eq!(ends(&overtaken, 1, written()), Ok(()));
    assert_eq!(ends(&overtaken, 2, written()), none);
    let known = late(overtaken, ended(1, written()));
    assert_eq!(ends(&known, 1, written()), Ok(()));
    let used = refused(CardRefusal::AuthorisationUsed);
    assert_eq!(ends(&known, 1, not_written()), used);
    let known = late(
        after(order(1), 1, CardOutcome::InDoubt),
        ended(1, written()),
    );
    assert_eq!(ends(&known, 1, not_written()), used);
}

#[test]
fn the_end_of_a_card_that_was_begun_too_late_to_count_waits_with_it_and_counts_with_it() {
    let at = crate::Stamp {
        wall_ms: NOW,
        boot_ms: 5,
        boot_id: uuid::Uuid::nil(),
        offset_ms: None,
        uncertainty_ms: None,
    };
    let entry = |seq, verdict, event| Entry {
        change: None,
        body: EntryBody::Field {
            event_id: EventId {
                device: DeviceId(uuid::Uuid::from_u128(7)),
                seq,
            },
            operator: "op".into(),
            crew: "crew-1".into(),
            at,
            verdict,
            event: Box::new(event),
        },
    };
    let begun = entry(1, Verdict::Late { refusal: None }, begun(1));
    let ended = entry(2, Verdict::Accepted, ended(1, written()));
    let later = [&begun, &ended].into_iter();
    let order = later.fold(Some(order(1)), apply).unwrap();
    assert_eq!(order.work.len(), 0);
    assert_eq!(card_outcome(&order, leave_id(1)), Some(written()));
    let events = order.attention.iter().map(|a| a.event_id).collect();
    let decided = OfficeEvent::LateDecided {
        events,
        decision: LateDecision::Accept,
    };
    assert_eq!(admit_office(&order, &decided), Ok(()));
    let entry = Entry {
        change: Some(9),
        body: EntryBody::Office {
            at: NOW,
            by: "office".into(),
            event: decided,
        },
    };
    let order = apply(Some(order), &entry).unwrap();
    let Some(Record::Card { outcome, .. }) = order.work.get(&"card".into()) else {
        panic!("{:?}", order.work);
    };
    assert_eq!(*outcome, written());
}
