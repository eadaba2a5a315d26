//! Made-up orders with a prepaid card, and what a tablet records when it writes one.

use domain::{
    AccountNo, AuthorisationId, CardAuthorisation, CardImage, CardKind, CardOutcome, CardPlan,
    CardSeen, CardSerial, CardTask, CreditSource, CrewId, CustomerNo, Dispatch, Fen, Generation,
    Ground, Hash, Layout, MeterNo, NotWritten, OldCard, OrderEvent, OrderKind, PaidPurchase,
    PrepaidMeter, Procedure, Remainder, SignedAuthorisation, begin_card, end_card,
};

use super::field::{Tablet, dispatch};

pub(crate) fn fen(count: i64) -> Fen {
    Fen::new(count).unwrap()
}

pub(crate) fn serial(n: u64) -> CardSerial {
    CardSerial::from_bytes(n.to_be_bytes())
}

pub(crate) fn meter_no(n: u64) -> MeterNo {
    MeterNo::from_number(n).unwrap()
}

pub(crate) fn bought(count: u32, amount: i64) -> PaidPurchase {
    PaidPurchase {
        count,
        amount: fen(amount),
        written_on: None,
    }
}

/// A task about meter `meter` and its card of the same number, at count `count` − 1.
pub(crate) fn task(kind: CardKind, meter: u64, purchases: Vec<PaidPurchase>) -> CardTask {
    let count = purchases.first().map_or(1, |paid| paid.count);
    CardTask {
        kind,
        customer_no: CustomerNo::from_number(meter).unwrap(),
        meter: Some(PrepaidMeter {
            meter_no: meter_no(meter),
            card_serial: Some(serial(meter)),
            count: count.saturating_sub(1),
            remainder: None,
        }),
        purchases,
        count: match kind {
            CardKind::OpenAccount => 1,
            CardKind::Purchase | CardKind::Replacement => count,
        },
        carried_max: fen(50_000),
        limit: None,
        alarm_1: fen(2_000),
        alarm_2: fen(500),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

/// A purchase to be written on the card of account and meter `n` (购电).
pub(crate) fn top_up(id: &str, crew: &CrewId, n: u64, count: u32, amount: i64) -> Dispatch {
    let mut order = dispatch(id, crew);
    order.kind = OrderKind::Card;
    order.old_terminal = None;
    order.account.account_no = account(n);
    order.procedure = Procedure::built_in_for(OrderKind::Card).fitted(true, false);
    order.card = Some(task(CardKind::Purchase, n, vec![bought(count, amount)]));
    order
}

/// The card for a meter that takes the faulty one's place, meter `n` of account `n` (清零补写).
pub(crate) fn replace(id: &str, crew: &CrewId, n: u64, purchases: Vec<PaidPurchase>) -> Dispatch {
    let mut order = top_up(id, crew, n, 1, 1);
    order.card = Some(task(CardKind::OpenAccount, n, purchases));
    order
}

pub(crate) fn account(n: u64) -> AccountNo {
    AccountNo::new(format!("4101{n:06}"))
}

/// What a leave says.
pub(crate) fn read(signed: &SignedAuthorisation) -> CardAuthorisation {
    signed.read().unwrap()
}

/// The card in the reader and the meter on the wall.
pub(crate) fn seen(card: u64, meter: u64) -> CardSeen {
    CardSeen {
        serial: serial(card),
        content: None,
        meter_no: meter_no(meter),
        old_card: OldCard::NotRead,
        remainders: vec![],
    }
}

/// What the display of the old meter said, before it was taken down.
pub(crate) fn on_display(money: i64, overdraft: i64, count: u32) -> Remainder {
    Remainder {
        source: CreditSource::Photo,
        money: fen(money),
        overdraft: fen(overdraft),
        count: Some(count),
    }
}

/// What was read back of a planned card.
pub(crate) fn image(plan: &CardPlan) -> CardImage {
    let layout = Layout::of(Generation::G2013).unwrap();
    layout.encode(&plan.card).unwrap()
}

pub(crate) fn written(plan: &CardPlan) -> CardOutcome {
    CardOutcome::written(&image(plan))
}

pub(crate) fn not_written(why: NotWritten) -> CardOutcome {
    let image = Hash::of(b"as it was");
    CardOutcome::NotWritten { why, image }
}

/// The event that says a card was begun, as the leave allows it.
pub(crate) fn begun(leave: &CardAuthorisation, seen: &CardSeen) -> OrderEvent {
    OrderEvent::CardBegun {
        step: "card".into(),
        authorisation: leave.id,
        seen: Box::new(seen.clone()),
        plan: Box::new(leave.task.plan(seen).unwrap()),
    }
}

pub(crate) fn ended(authorisation: AuthorisationId, outcome: CardOutcome) -> OrderEvent {
    OrderEvent::CardEnded {
        step: "card".into(),
        authorisation,
        outcome,
    }
}

impl Tablet {
    /// Begins a card by the rule book.
    pub(crate) fn begin(&mut self, leave: &CardAuthorisation, seen: &CardSeen) -> CardPlan {
        let order = leave.order.as_str();
        let ground = Ground {
            crew: &self.crew,
            stock: &self.stock,
            now: self.now,
        };
        let picture = self.picture(order);
        let events = begin_card(&picture, &"card".into(), leave.id, seen.clone(), ground).unwrap();
        for event in events {
            self.record(order, event);
        }
        leave.task.plan(seen).unwrap()
    }

    /// Ends it by the rule book.
    pub(crate) fn end(&mut self, leave: &CardAuthorisation, outcome: CardOutcome) {
        let order = leave.order.as_str();
        let ground = Ground {
            crew: &self.crew,
            stock: &self.stock,
            now: self.now,
        };
        let picture = self.picture(order);
        let events = end_card(&picture, &"card".into(), leave.id, outcome, ground).unwrap();
        for event in events {
            self.record(order, event);
        }
    }
}
