//! Whether an event may happen to an order as it stands: the same answer on device and gateway.

use super::{Ground, OfficeEvent, Order, OrderEvent, OrderState, card, form};
use crate::check::{self, KnownMeter};
use crate::{AssetNo, AttachedMeter, EventId, Need, Refusal, Slot, Step, StepId, Stock};

/// The longest remark or name a person may type. Unit: characters; longer is a paste gone wrong.
const TEXT_LIMIT: usize = 2_000;

/// Highest measuring point number of a terminal (Q/GDW 376.1: 2040).
const MEASURING_POINT_LIMIT: u16 = 2040;

/// Says whether `event` may happen now.
///
/// Errors: the [`Refusal`] that says why not.
pub fn admit(order: &Order, event: &OrderEvent, ground: Ground<'_>) -> Result<(), Refusal> {
    // What became of money is a fact, whosever the order is meanwhile; only what was begun can end.
    let is_of_money = matches!(event, OrderEvent::CardEnded { .. });
    if !is_of_money && &order.dispatch.crew != ground.crew {
        return Err(Refusal::NotThisCrew {
            crew: order.dispatch.crew.clone(),
        });
    }
    admit_state(order, event)?;
    match event {
        OrderEvent::Started | OrderEvent::Reopened => Ok(()),
        OrderEvent::Scanned {
            step,
            asset_no,
            sighting,
            findings,
            ..
        } => {
            if sighting.as_ref().is_some_and(|seen| !seen.is_proved()) {
                return Err(Refusal::ReadUnproved {
                    asset_no: asset_no.clone(),
                });
            }
            let Need::Scan { slot } = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            let found = check::scan(&order.dispatch, slot, asset_no, ground.crew, ground.stock)?;
            check::settled(found, findings)
        }
        OrderEvent::PhotoTaken { step, photo } => {
            let taken = order.photos.get(&step_of(order, step)?.id);
            let twice = taken.is_some_and(|photos| photos.iter().any(|p| p.hash == photo.hash));
            if twice {
                Err(Refusal::PhotoTwice { photo: photo.hash })
            } else {
                Ok(())
            }
        }
        OrderEvent::PhotoWithdrawn { step, photo } => {
            let taken = order.photos.get(&step_of(order, step)?.id);
            match taken.is_some_and(|photos| photos.iter().any(|p| p.hash == *photo)) {
                true => Ok(()),
                false => Err(Refusal::UnknownPhoto { photo: *photo }),
            }
        }
        OrderEvent::ReadingTaken {
            step,
            values,
            readout,
            findings,
            ..
        } => {
            let rule = step_of(order, step)?;
            let Need::Reading { slot } = rule.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            photos_first(order, rule)?;
            let meter = meter_at(order, slot, ground.stock);
            check::settled(check::reading(meter, values, readout.as_ref())?, findings)
        }
        OrderEvent::SealsRecorded {
            step,
            removed,
            added,
            findings,
        } => {
            let Need::Seals { add_min } = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            check::settled(
                check::seals(&order.dispatch, add_min, removed, added)?,
                findings,
            )
        }
        OrderEvent::MetersAttached { step, meters } => {
            let Need::Attach = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            admit_meters(&order.dispatch.terminal_meters, meters)
        }
        OrderEvent::Noted { step, text } => {
            let Need::Note = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            worded(text)
        }
        OrderEvent::CardBegun {
            step,
            authorisation,
            seen,
            plan,
        } => {
            let Need::Card = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            card::admit_begun(order, *authorisation, seen, plan, ground)
        }
        OrderEvent::CardEnded {
            authorisation,
            outcome,
            ..
        } => card::admit_ended(order, *authorisation, *outcome),
        OrderEvent::TokenDelivered { step, token } => {
            let Need::Token = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            match order.dispatch.token == Some(*token) {
                true => Ok(()),
                false => Err(Refusal::WrongToken),
            }
        }
        OrderEvent::Signed {
            step,
            form: shown,
            form_hash,
            signer,
            ..
        } => {
            let Need::Signature = step_of(order, step)?.need else {
                return Err(Refusal::WrongStep { step: step.clone() });
            };
            let before: Vec<StepId> = order
                .open_steps()
                .filter(|open| open.need != Need::Signature)
                .map(|open| open.id.clone())
                .collect();
            if !before.is_empty() {
                return Err(Refusal::StepsMissing { steps: before });
            }
            if shown != &form(order) || shown.hash() != *form_hash {
                return Err(Refusal::FormChanged);
            }
            worded(signer)
        }
        OrderEvent::Completed => {
            let missing: Vec<StepId> = order.open_steps().map(|step| step.id.clone()).collect();
            if missing.is_empty() {
                Ok(())
            } else {
                Err(Refusal::StepsMissing { steps: missing })
            }
        }
        OrderEvent::CouldNotDo { reason, remark } => {
            let known = order
                .dispatch
                .procedure
                .could_not
                .iter()
                .any(|r| &r.code == reason);
            if !known {
                return Err(Refusal::UnknownReason {
                    reason: reason.clone(),
                });
            }
            worded(remark)
        }
    }
}

/// Which events each state takes: the (state × event) table.
fn admit_state(order: &Order, event: &OrderEvent) -> Result<(), Refusal> {
    let takes = match (&order.state, event) {
        // what became of money is a fact, wherever the order has got to meanwhile
        (_, OrderEvent::CardEnded { .. }) => true,
        (OrderState::Assigned | OrderState::Returned, event) => *event == OrderEvent::Started,
        (OrderState::Started, event) => {
            !matches!(event, OrderEvent::Started | OrderEvent::Reopened)
        }
        (OrderState::Completed { .. } | OrderState::CouldNotDo { .. }, event) => {
            *event == OrderEvent::Reopened
        }
        (OrderState::Approved { .. } | OrderState::Recalled { .. }, _) => false,
    };
    if takes {
        Ok(())
    } else {
        Err(Refusal::wrong_state(order))
    }
}

/// Says whether the office may do this to the order now.
///
/// An order that was handed in is decided on before it is changed; what was approved stays so.
///
/// Errors: the [`Refusal`] that says why not.
pub fn admit_office(order: &Order, event: &OfficeEvent) -> Result<(), Refusal> {
    let open = order.state.is_open();
    let recalled = matches!(order.state, OrderState::Recalled { .. });
    let handed_in = matches!(
        order.state,
        OrderState::Completed { .. } | OrderState::CouldNotDo { .. }
    );
    let takes = match event {
        OfficeEvent::Dispatched { .. } => false,
        OfficeEvent::Changed { .. } => open || recalled,
        OfficeEvent::Recalled { .. } => open || handed_in,
        OfficeEvent::Returned { remarks } => {
            if remarks.is_empty() || remarks.iter().any(|remark| remark.text.trim().is_empty()) {
                return Err(Refusal::TextMissing);
            }
            handed_in
        }
        OfficeEvent::Approved => handed_in,
        OfficeEvent::LateDecided { events, .. } => {
            let waits = |id: &EventId| {
                order
                    .attention
                    .iter()
                    .any(|a| a.event_id == *id && a.decided.is_none())
            };
            !events.is_empty() && events.iter().all(waits)
        }
        OfficeEvent::CardAuthorised { .. } => open && order.dispatch.card.is_some(),
        // leave is taken back wherever the order has got to: money may be on a card
        OfficeEvent::CardLeaveTakenBack { .. } => order.authorisation.is_some(),
        OfficeEvent::AcceptedByMarketing => matches!(order.state, OrderState::Approved { .. }),
    };
    if takes {
        Ok(())
    } else {
        Err(Refusal::wrong_state(order))
    }
}

fn step_of<'a>(order: &'a Order, id: &StepId) -> Result<&'a Step, Refusal> {
    order
        .step(id)
        .ok_or_else(|| Refusal::UnknownStep { step: id.clone() })
}

fn photos_first(order: &Order, step: &Step) -> Result<(), Refusal> {
    let taken = order.photos.get(&step.id).map_or(0, Vec::len);
    if taken < usize::from(step.photos.min) {
        return Err(Refusal::PhotosFirst {
            step: step.id.clone(),
            min: step.photos.min,
        });
    }
    Ok(())
}

fn worded(text: &str) -> Result<(), Refusal> {
    match text.trim().chars().count() {
        0 => Err(Refusal::TextMissing),
        n if n > TEXT_LIMIT => Err(Refusal::TextTooLong {
            limit: TEXT_LIMIT as u32,
        }),
        _ => Ok(()),
    }
}

/// What is known of the meter a reading step is about.
pub(super) fn meter_at<'a>(order: &'a Order, slot: Slot, stock: &'a Stock) -> KnownMeter<'a> {
    match (slot, &order.dispatch.old_meter) {
        (Slot::OldMeter, Some(old)) => KnownMeter {
            model: Some(&old.model),
            last_billed: &old.last_billed,
            // a crew's list does not hold the meter it takes down: only the office could ask
            comm_address: None,
        },
        (Slot::NewMeter, _) => {
            let scanned = order.scanned(Slot::NewMeter);
            let scanned = scanned.and_then(|asset_no| stock.item(asset_no));
            let model = scanned.and_then(|item| item.model.as_ref());
            KnownMeter {
                model: model.or(order.dispatch.new_meter.as_ref()),
                last_billed: &[],
                comm_address: scanned.and_then(|item| item.comm_address.as_ref()),
            }
        }
        (Slot::OldMeter, None) | (Slot::OldTerminal | Slot::NewTerminal, _) => {
            KnownMeter::default()
        }
    }
}

fn admit_meters(expected: &[AssetNo], meters: &[AttachedMeter]) -> Result<(), Refusal> {
    if meters.is_empty() {
        return Err(Refusal::MetersMissing);
    }
    for (at, meter) in meters.iter().enumerate() {
        if !expected.is_empty() && !expected.contains(&meter.asset_no) {
            return Err(Refusal::MeterNotOnTerminal {
                asset_no: meter.asset_no.clone(),
            });
        }
        if meter.measuring_point == 0 || meter.measuring_point > MEASURING_POINT_LIMIT {
            return Err(Refusal::BadMeasuringPoint {
                limit: MEASURING_POINT_LIMIT,
            });
        }
        let twice = meters.iter().skip(at + 1).any(|other| {
            other.asset_no == meter.asset_no || other.measuring_point == meter.measuring_point
        });
        if twice {
            return Err(Refusal::MeterTwice {
                asset_no: meter.asset_no.clone(),
            });
        }
    }
    Ok(())
}
