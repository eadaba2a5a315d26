//! What leave is good for, and for which orders it is asked.

use domain::{
    Attention, AuthorisationId, CardKind, CardOutcome, CardPlan, CardSeen, CardSerial, CardTask,
    CustomerNo, DeviceId, Dispatch, Entry, EntryBody, EventId, Fen, Hash, LateDecision, MeterNo,
    Millis, NotWritten, OfficeEvent, OldCard, OrderState, Procedure, Stamp, Verdict,
};
use ed25519_dalek::SigningKey;
use store::{CardRow, Incoming};
use uuid::Uuid;
use wire::card::sign_authorisation;

use super::*;
use crate::rig::{NOON, Rig, order};

const NOBODY: &str = "http://127.0.0.1:1";
const HOUR: i64 = 3_600_000;

fn serial() -> CardSerial {
    CardSerial::from_bytes([1; 8])
}

fn task() -> CardTask {
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: CustomerNo::default(),
        meter: None,
        purchases: vec![],
        count: 1,
        carried_max: Fen::ZERO,
        limit: None,
        alarm_1: Fen::ZERO,
        alarm_2: Fen::ZERO,
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn leave(id: u128) -> CardAuthorisation {
    CardAuthorisation {
        id: AuthorisationId(Uuid::from_u128(id)),
        order: order(),
        account_no: "0001234567".into(),
        task: task(),
        cards: vec![serial()],
        device: DeviceId(Uuid::from_u128(1)),
        operator: "op-1".into(),
        not_before: NOON,
        expires_at: Millis(NOON.0 + 72 * HOUR),
        key_version: 1,
    }
}

fn signed_by(key: u8, leave: &CardAuthorisation) -> SignedAuthorisation {
    sign_authorisation(leave, &SigningKey::from_bytes(&[key; 32])).unwrap()
}

/// As the rig's gateway signs.
fn signed(leave: &CardAuthorisation) -> SignedAuthorisation {
    signed_by(4, leave)
}

fn seen() -> CardSeen {
    CardSeen {
        serial: serial(),
        content: None,
        meter_no: MeterNo::from_number(7).unwrap(),
        old_card: OldCard::NotRead,
        remainders: vec![],
    }
}

fn begun(id: u128) -> OrderEvent {
    let plan: CardPlan = task().plan(&seen()).unwrap();
    OrderEvent::CardBegun {
        step: "card".into(),
        authorisation: leave(id).id,
        seen: Box::new(seen()),
        plan: Box::new(plan),
    }
}

fn ended(id: u128, outcome: CardOutcome) -> OrderEvent {
    OrderEvent::CardEnded {
        step: "card".into(),
        authorisation: leave(id).id,
        outcome,
    }
}

fn not_written() -> CardOutcome {
    CardOutcome::NotWritten {
        why: NotWritten::Untouched,
        image: Hash::of(b"card"),
    }
}

/// A device whose order asks for a card.
struct Card {
    rig: Rig,
    changes: u64,
}

impl Card {
    fn asked() -> Self {
        let mut card = Self {
            rig: Rig::enrolled(NOBODY),
            changes: 2,
        };
        card.office(OfficeEvent::Changed {
            dispatch: Box::new(card.dispatch()),
        });
        card
    }

    fn dispatch(&self) -> Dispatch {
        let before = self.order().dispatch;
        Dispatch {
            revision: 2,
            card: Some(task()),
            procedure: Procedure::built_in_for(before.kind).fitted(true, false),
            ..before
        }
    }

    fn order(&self) -> Order {
        self.rig.device().order(&order()).unwrap().held.order
    }

    fn pull(&mut self, body: EntryBody) {
        self.changes += 1;
        let change = Some(self.changes);
        let entries = vec![Entry { change, body }];
        let incoming = Incoming::Order {
            order: order(),
            entries,
        };
        let store = &self.rig.device().inner.store;
        store.apply_changes(self.changes, &[incoming]).unwrap();
    }

    fn office(&mut self, event: OfficeEvent) {
        self.pull(EntryBody::Office {
            at: NOON,
            by: "office".into(),
            event,
        });
    }

    /// What the crew's other tablet did.
    fn elsewhere(&mut self, event: OrderEvent) {
        let event_id = EventId {
            device: DeviceId(Uuid::from_u128(2)),
            seq: self.changes,
        };
        self.pull(EntryBody::Field {
            event_id,
            operator: "op-2".into(),
            crew: "crew-1".into(),
            at: self.rig.device().stamp(),
            verdict: Verdict::Accepted,
            event: Box::new(event),
        });
    }

    fn give(&mut self, signed: SignedAuthorisation) {
        self.office(OfficeEvent::CardAuthorised {
            authorisation: signed,
        });
    }

    /// Writes the journal as a write under leave `id` does, with what it records.
    fn journal(&self, id: u128, is_open: bool, event: OrderEvent) {
        let row = CardRow {
            authorisation: leave(id).id,
            order: order(),
            step: "card".into(),
            cards: vec![serial()],
            text: "{}".into(),
            is_open,
        };
        let at: Stamp = self.rig.device().stamp();
        let store = &self.rig.device().inner.store;
        let acted = store.act_card(&order(), at, &row, |_, _| Ok::<_, WorkError>(vec![event]));
        acted.unwrap();
    }

    fn is_asked_for(&self) -> bool {
        match self.rig.device().without_leave().unwrap().as_slice() {
            [] => false,
            [asked] => *asked == order(),
            more => panic!("{more:?}"),
        }
    }

    fn refusal(&self, order: &Order) -> Option<String> {
        let judged = self.rig.device().leave_of(order);
        judged.err().map(|refused| refused.code())
    }
}

#[test]
fn leave_serves_whom_it_was_given_to_for_its_own_order_and_as_it_was_signed() {
    let card = Card::asked();
    let judged = |signed: Option<SignedAuthorisation>| {
        let mut order = card.order();
        order.authorisation = signed;
        card.refusal(&order)
    };
    let code = |refusal: CardRefusal| Some(WorkError::from(refusal).code());
    assert_eq!(judged(Some(signed(&leave(1)))), None);
    assert_eq!(judged(None), code(CardRefusal::NotAuthorised));
    let other_order = CardAuthorisation {
        order: "o-2".into(),
        ..leave(1)
    };
    let not_authorised = code(CardRefusal::NotAuthorised);
    assert_eq!(judged(Some(signed(&other_order))), not_authorised);
    let other_device = CardAuthorisation {
        device: DeviceId(Uuid::from_u128(2)),
        ..leave(1)
    };
    let other_person = CardAuthorisation {
        operator: "op-2".into(),
        ..leave(1)
    };
    for theirs in [other_device, other_person] {
        let not_theirs = code(CardRefusal::NotTheirs);
        assert_eq!(judged(Some(signed(&theirs))), not_theirs);
    }
    let mut altered = signed(&leave(1));
    altered.body = altered.body.replace("\"count\":1", "\"count\":2");
    for forged in [signed_by(5, &leave(1)), altered] {
        assert_eq!(judged(Some(forged)), code(CardRefusal::NotSigned));
    }
    let over = CardAuthorisation {
        expires_at: Millis(NOON.0 - 1),
        ..leave(1)
    };
    assert_eq!(
        judged(Some(signed(&over))),
        None,
        "the rule book looks at time"
    );
}

#[test]
fn leave_that_was_used_is_used_up_whoever_remembers_it() {
    let used = Some(WorkError::from(CardRefusal::AuthorisationUsed).code());
    let mut card = Card::asked();
    card.give(signed(&leave(1)));
    let fresh = card.order();
    assert_eq!(card.refusal(&fresh), None);

    let mut recorded = fresh.clone();
    let event = begun(1);
    if let OrderEvent::CardBegun { seen, plan, .. } = event.clone() {
        let record = Record::Card {
            authorisation: leave(1).id,
            seen,
            plan,
            outcome: not_written(),
        };
        recorded.work.insert("card".into(), record);
    }
    assert_eq!(card.refusal(&recorded), used, "the order's record");

    let mut judged_late = fresh.clone();
    judged_late.attention.push(Attention {
        event_id: EventId {
            device: leave(1).device,
            seq: 1,
        },
        verdict: Verdict::Late { refusal: None },
        event,
        at: NOON,
        decided: Some(LateDecision::Dismiss),
    });
    assert_eq!(
        card.refusal(&judged_late),
        used,
        "an event that did not count"
    );

    let note = OrderEvent::Noted {
        step: "note".into(),
        text: "x".into(),
    };
    card.journal(1, false, note);
    assert_eq!(card.refusal(&fresh), used, "the journal");
}

#[test]
fn leave_is_asked_for_while_a_card_waits_and_none_lasts_a_day() {
    let mut card = Card::asked();
    assert!(card.is_asked_for(), "there is none");
    card.give(signed(&leave(1)));
    assert!(!card.is_asked_for(), "it lasts");
    card.rig.clock.pass((48 * HOUR) as u64);
    assert!(card.is_asked_for(), "it ends within the day");
    let expires_at = Millis(NOON.0 + 96 * HOUR);
    let longer = CardAuthorisation {
        expires_at,
        ..leave(2)
    };
    card.give(signed_by(5, &longer));
    assert!(card.is_asked_for(), "nobody believes it");
    let theirs = CardAuthorisation {
        device: DeviceId(Uuid::from_u128(2)),
        ..longer.clone()
    };
    card.give(signed(&theirs));
    assert!(card.is_asked_for(), "it is another device's");
    card.give(signed(&longer));
    assert!(!card.is_asked_for());
    let mut dispatch = Box::new(card.dispatch());
    dispatch.card = Some(CardTask { count: 2, ..task() });
    card.office(OfficeEvent::Changed { dispatch });
    assert!(card.is_asked_for(), "the office wants something else now");
}

#[test]
fn leave_is_asked_for_again_when_it_was_used_in_vain_and_not_while_a_card_is_open() {
    let mut card = Card::asked();
    card.give(signed(&leave(1)));
    card.journal(1, true, begun(1));
    assert!(!card.is_asked_for(), "the write is open");
    card.journal(1, false, ended(1, not_written()));
    assert!(
        card.is_asked_for(),
        "it was used up, and nothing is written"
    );
    card.give(signed(&leave(2)));
    assert!(!card.is_asked_for());
    let image = Hash::of(b"card");
    card.journal(2, true, begun(2));
    card.journal(2, false, ended(2, CardOutcome::Written { image }));
    assert!(!card.is_asked_for(), "the card is written");
}

#[test]
fn no_leave_is_asked_for_while_another_tablets_card_is_in_doubt() {
    let mut card = Card::asked();
    card.elsewhere(begun(1));
    assert!(!card.is_asked_for());
    card.elsewhere(ended(1, not_written()));
    assert!(card.is_asked_for());
}

#[test]
fn no_leave_is_asked_for_when_no_card_is_wanted_or_the_work_is_over() {
    let plain = Rig::enrolled(NOBODY);
    assert_eq!(plain.device().without_leave().unwrap(), []);
    let mut card = Card::asked();
    card.office(OfficeEvent::Recalled {
        reason: "paid elsewhere".into(),
    });
    assert!(!card.is_asked_for());
    let dispatch = Box::new(card.dispatch());
    card.office(OfficeEvent::Changed { dispatch });
    assert_eq!(card.order().state, OrderState::Assigned);
    assert!(card.is_asked_for(), "it is wanted again");
    let dispatch = Box::new(Dispatch {
        card: None,
        ..card.dispatch()
    });
    card.office(OfficeEvent::Changed { dispatch });
    assert!(!card.is_asked_for());
}

#[test]
fn leave_nobody_believes_is_told_to_an_engineer_without_what_it_says() {
    let card = Card::asked();
    let device = card.rig.device();
    let who = device.signing_as().unwrap();
    device.heed_leave(&signed(&leave(1)), &who);
    let told = |device: &Device| {
        let path = device.export_diagnostics().unwrap();
        std::fs::read_to_string(path).unwrap()
    };
    assert!(!told(device).contains("card_leave_not_signed"));
    device.heed_leave(&signed_by(5, &leave(1)), &who);
    let text = told(device);
    assert!(text.contains("card_leave_not_signed"), "{text}");
    assert!(!text.contains(&serial().to_string()), "{text}");
}
