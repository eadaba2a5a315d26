//! The card of an order: what may be begun, on what ground, and what may end.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::apply::step_forward;
use super::{Ground, Order, OrderEvent, OrderState, Record, admit};
use crate::{
    AuthorisationId, CardAuthorisation, CardKind, CardOutcome, CardPlan, CardRefusal, CardSeen,
    CreditSource, MeterNo, Need, Readout, Refusal, Remainder, Slot, StepId, Stock,
};

/// A card whose place another one of the same order took: its outcome is still money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReplacedCard {
    /// The step it was begun at.
    pub step: StepId,
    /// The leave that was used up for it.
    pub authorisation: AuthorisationId,
    /// What is known of it.
    pub outcome: CardOutcome,
}

/// The number, as meter and card hold it, of the meter the card is for.
///
/// Under an open-account card it is the meter this order hangs: as the custody list has its
/// communication address, or as the meter itself said it. Otherwise the one the office names.
pub fn installed_meter_no(order: &Order, stock: &Stock) -> Option<MeterNo> {
    let task = order.dispatch.card.as_ref()?;
    if task.kind != CardKind::OpenAccount {
        return task.meter.map(|meter| meter.meter_no);
    }
    let listed = order
        .scanned(Slot::NewMeter)
        .and_then(|asset_no| stock.item(asset_no))
        .and_then(|item| item.comm_address.as_ref());
    let said = || readout(order, Slot::NewMeter).map(|readout| &readout.comm_address);
    MeterNo::parse(listed.or_else(said)?.as_str())
}

/// What the old meter itself said was left in it, before it was taken down.
///
/// Errors: [`CardRefusal::RemainderImpossible`] when it is no whole number of fen.
pub fn card_remainders(order: &Order) -> Result<Vec<Remainder>, CardRefusal> {
    let said = readout(order, Slot::OldMeter).and_then(Remainder::of_readout);
    match said {
        None => Ok(vec![]),
        Some(Ok(remainder)) => Ok(vec![remainder]),
        Some(Err(_)) => Err(CardRefusal::RemainderImpossible {
            source_of: CreditSource::Readout,
        }),
    }
}

fn readout(order: &Order, slot: Slot) -> Option<&Readout> {
    order
        .dispatch
        .procedure
        .steps
        .iter()
        .filter(|step| step.need == Need::Reading { slot })
        .find_map(|step| match order.work.get(&step.id) {
            Some(Record::Reading { readout, .. }) => readout.as_ref(),
            Some(_) | None => None,
        })
}

/// The events that use up the leave to write a card; its journal is kept in the same act.
///
/// Errors: the [`Refusal`] that says why no card may be begun.
pub fn begin_card(
    order: &Order,
    step: &StepId,
    authorisation: AuthorisationId,
    seen: CardSeen,
    ground: Ground<'_>,
) -> Result<Vec<OrderEvent>, Refusal> {
    let mut events = vec![];
    let mut now = order.clone();
    if matches!(order.state, OrderState::Assigned | OrderState::Returned) {
        admit(&now, &OrderEvent::Started, ground)?;
        step_forward(&mut now, &OrderEvent::Started, ground.now);
        events.push(OrderEvent::Started);
    }
    let plan = preview_card(&now, authorisation, &seen, ground)?;
    let begun = OrderEvent::CardBegun {
        step: step.clone(),
        authorisation,
        seen: Box::new(seen),
        plan: Box::new(plan),
    };
    admit(&now, &begun, ground)?;
    events.push(begun);
    Ok(events)
}

/// The card that would be written, without writing it: what the crew is shown first.
///
/// Errors: the [`CardRefusal`] that says why none may be.
pub fn preview_card(
    order: &Order,
    authorisation: AuthorisationId,
    seen: &CardSeen,
    ground: Ground<'_>,
) -> Result<CardPlan, CardRefusal> {
    let task = order.dispatch.card.as_ref().ok_or(CardRefusal::NoTask)?;
    is_free(order, authorisation)?;
    // Leave for what the office wanted before it changed the order is leave for other money.
    let is_for_this = |leave: &CardAuthorisation| {
        leave.id == authorisation && leave.order == order.dispatch.id && leave.task == *task
    };
    let leave = order.authorisation.as_ref().and_then(|leave| leave.read());
    let leave = leave
        .filter(is_for_this)
        .ok_or(CardRefusal::NotAuthorised)?;
    let number = installed_meter_no(order, ground.stock).ok_or(CardRefusal::MeterNoUnknown)?;
    if number != seen.meter_no {
        return Err(CardRefusal::WrongNewMeter {
            expected: number,
            found: seen.meter_no,
        });
    }
    // What the meter is said to have said is what the reading step holds; a person may add only
    // what stood on the display.
    let mut said = seen
        .remainders
        .iter()
        .filter(|remainder| remainder.source != CreditSource::Photo);
    if !said.by_ref().eq(card_remainders(order)?.iter()) {
        return Err(CardRefusal::GroundChanged);
    }
    leave.plan(seen, ground.now)
}

/// The event that records what became of a card; its journal is kept in the same act.
///
/// Errors: the [`Refusal`] when nothing was begun, or it ended otherwise.
pub fn end_card(
    order: &Order,
    step: &StepId,
    authorisation: AuthorisationId,
    outcome: CardOutcome,
    ground: Ground<'_>,
) -> Result<Vec<OrderEvent>, Refusal> {
    let ended = OrderEvent::CardEnded {
        step: step.clone(),
        authorisation,
        outcome,
    };
    admit(order, &ended, ground)?;
    Ok(vec![ended])
}

/// Says whether a write may begin.
///
/// Errors: [`Refusal::Card`].
pub(super) fn admit_begun(
    order: &Order,
    authorisation: AuthorisationId,
    seen: &CardSeen,
    plan: &CardPlan,
    ground: Ground<'_>,
) -> Result<(), Refusal> {
    match preview_card(order, authorisation, seen, ground)? == *plan {
        true => Ok(()),
        false => Err(CardRefusal::GroundChanged.into()),
    }
}

/// Whether no card of the order stands in the way of another: none under this leave, none in doubt
/// whose leave no supervisor took back, and none written that a supervisor does not want again.
fn is_free(order: &Order, authorisation: AuthorisationId) -> Result<(), CardRefusal> {
    if in_doubt(order).is_some() {
        return Err(CardRefusal::InDoubt);
    }
    for (step, begun, outcome) in cards(order) {
        let is_written = matches!(outcome, CardOutcome::Written { .. });
        if begun == authorisation || is_written && !order.reopened.contains(step) {
            return Err(CardRefusal::AuthorisationUsed);
        }
    }
    Ok(())
}

/// The leave of the card in doubt that stands in the way of any other: nobody took it back.
pub fn in_doubt(order: &Order) -> Option<AuthorisationId> {
    let mut doubted = cards(order).filter(|(_, _, outcome)| *outcome == CardOutcome::InDoubt);
    let stands = doubted.find(|(_, begun, _)| !order.taken_back.contains(begun));
    stands.map(|(_, begun, _)| begun)
}

/// Every card that was begun and counts, those that others took the place of first.
fn cards(order: &Order) -> impl Iterator<Item = (&StepId, AuthorisationId, CardOutcome)> {
    let replaced = order.replaced_cards.iter();
    let replaced = replaced.map(|card| (&card.step, card.authorisation, card.outcome));
    let newest = order.work.iter().filter_map(|(step, record)| match record {
        Record::Card {
            authorisation,
            outcome,
            ..
        } => Some((step, *authorisation, *outcome)),
        _ => None,
    });
    replaced.chain(newest)
}

/// Lays a card aside whose step now holds another.
pub(super) fn replace(order: &mut Order, step: &StepId) {
    if let Some(Record::Card {
        authorisation,
        outcome,
        ..
    }) = order.work.get(step)
    {
        order.replaced_cards.push(ReplacedCard {
            step: step.clone(),
            authorisation: *authorisation,
            outcome: *outcome,
        });
    }
}

/// Records how a card ended, whether it is the newest or another took its place.
pub(super) fn end(order: &mut Order, leave: AuthorisationId, ended: CardOutcome) {
    let replaced = order.replaced_cards.iter_mut();
    let replaced = replaced.map(|card| (card.authorisation, &mut card.outcome));
    let newest = order.work.values_mut().filter_map(|record| match record {
        Record::Card {
            authorisation,
            outcome,
            ..
        } => Some((*authorisation, outcome)),
        _ => None,
    });
    for (begun, outcome) in replaced.chain(newest) {
        if begun == leave {
            *outcome = ended;
        }
    }
}

/// Says whether a write may end like this. The same end twice is one: a recovery may not know
/// that it was recorded.
///
/// Errors: [`Refusal::Card`].
pub(super) fn admit_ended(
    order: &Order,
    authorisation: AuthorisationId,
    outcome: CardOutcome,
) -> Result<(), Refusal> {
    let is_same = match (card_outcome(order, authorisation), outcome) {
        (None, _) => return Err(CardRefusal::NotBegun.into()),
        (Some(CardOutcome::InDoubt), _) => true,
        // nothing is on the card, whoever found out how
        (Some(CardOutcome::NotWritten { .. }), CardOutcome::NotWritten { .. }) => true,
        (Some(before), after) => before == after,
    };
    match is_same {
        true => Ok(()),
        false => Err(CardRefusal::AuthorisationUsed.into()),
    }
}

/// What is known of the write under a leave, by what counts or else by what waits for a person: a
/// card that was begun is begun, also when the office had changed the order before it heard. `None`
/// when nothing was begun.
pub fn card_outcome(order: &Order, authorisation: AuthorisationId) -> Option<CardOutcome> {
    let counted = cards(order).find(|(_, begun, _)| *begun == authorisation);
    let counted = counted.map(|(_, _, outcome)| outcome);
    if !matches!(counted, Some(CardOutcome::InDoubt) | None) {
        return counted;
    }
    let mut known = counted;
    for attention in &order.attention {
        match &attention.event {
            OrderEvent::CardBegun {
                authorisation: begun,
                ..
            } if *begun == authorisation => known = known.or(Some(CardOutcome::InDoubt)),
            OrderEvent::CardEnded {
                authorisation: ended,
                outcome,
                ..
            } if *ended == authorisation => known = Some(*outcome),
            _ => {}
        }
    }
    known
}

/// Whether an event is the end of a card whose begin did not count as it came: a person decides on
/// both.
pub fn waits_with_its_begin(order: &Order, event: &OrderEvent) -> bool {
    let OrderEvent::CardEnded {
        authorisation: ended,
        ..
    } = event
    else {
        return false;
    };
    !cards(order).any(|(_, begun, _)| begun == *ended)
}

#[cfg(test)]
mod tests;
