//! From what the crew wants to what happened.

use super::{Action, Order, OrderEvent, OrderState, admit, apply::step_forward, form};
use crate::{CrewId, Millis, Need, Refusal, Stock, check};

/// What a decision stands on besides the order itself.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// The crew at work.
    pub crew: &'a CrewId,
    /// The assets this action may name.
    pub stock: &'a Stock,
    /// The moment, by the device's best guess.
    pub now: Millis,
}

/// Turns an action into the events that record it; each of them is admitted in turn.
///
/// The first act on an order that nobody has begun, or that came back, begins it.
///
/// Errors: the [`Refusal`] that says why not; nothing has happened then.
pub fn decide(
    order: &Order,
    action: Action,
    ground: Ground<'_>,
) -> Result<Vec<OrderEvent>, Refusal> {
    let mut events = vec![];
    match (&action, &order.state) {
        (Action::Reopen, OrderState::Completed { .. } | OrderState::CouldNotDo { .. }) => {
            events.push(OrderEvent::Reopened);
        }
        (Action::Reopen, _) => return Err(Refusal::wrong_state(order)),
        (_, OrderState::Assigned | OrderState::Returned) => events.push(OrderEvent::Started),
        (_, _) => {}
    }
    let mut now = order.clone();
    for event in &events {
        admit(&now, event, ground)?;
        step_forward(&mut now, event, ground.now);
    }
    if let Some(event) = recorded(&now, action, ground)? {
        admit(&now, &event, ground)?;
        events.push(event);
    }
    Ok(events)
}

fn recorded(
    order: &Order,
    action: Action,
    ground: Ground<'_>,
) -> Result<Option<OrderEvent>, Refusal> {
    Ok(Some(match action {
        Action::Scan {
            step,
            asset_no,
            source,
            image,
            sighting,
            overrules,
        } => {
            let found = match order.step(&step).map(|step| step.need) {
                Some(Need::Scan { slot }) => {
                    check::scan(&order.dispatch, slot, &asset_no, ground.crew, ground.stock)?
                }
                _ => vec![],
            };
            let findings = check::settle(found, &overrules)?;
            OrderEvent::Scanned {
                step,
                asset_no,
                source,
                image,
                sighting,
                findings,
            }
        }
        Action::TakePhoto { step, photo } => OrderEvent::PhotoTaken { step, photo },
        Action::WithdrawPhoto { step, photo } => OrderEvent::PhotoWithdrawn { step, photo },
        Action::Read {
            step,
            values,
            readout,
            sightings,
            overrules,
        } => {
            let found = match order.step(&step).map(|step| step.need) {
                Some(Need::Reading { slot }) => {
                    let meter = super::admit::meter_at(order, slot, ground.stock);
                    check::reading(meter, &values, readout.as_ref())?
                }
                _ => vec![],
            };
            let findings = check::settle(found, &overrules)?;
            OrderEvent::ReadingTaken {
                step,
                values,
                readout,
                sightings,
                findings,
            }
        }
        Action::Seal {
            step,
            removed,
            added,
            overrules,
        } => {
            let found = match order.step(&step).map(|step| step.need) {
                Some(Need::Seals { add_min }) => {
                    check::seals(&order.dispatch, add_min, &removed, &added)?
                }
                _ => vec![],
            };
            let findings = check::settle(found, &overrules)?;
            OrderEvent::SealsRecorded {
                step,
                removed,
                added,
                findings,
            }
        }
        Action::Attach { step, meters } => OrderEvent::MetersAttached { step, meters },
        Action::Note { step, text } => OrderEvent::Noted { step, text },
        Action::DeliverToken { step, token } => OrderEvent::TokenDelivered { step, token },
        Action::Sign {
            step,
            strokes,
            form_hash,
            signer,
        } => OrderEvent::Signed {
            step,
            strokes,
            form: form(order),
            form_hash,
            signer,
        },
        Action::Complete => OrderEvent::Completed,
        Action::CouldNot { reason, remark } => OrderEvent::CouldNotDo { reason, remark },
        Action::Reopen => return Ok(None),
    }))
}
