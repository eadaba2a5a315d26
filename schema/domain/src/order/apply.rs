//! What an entry of the log makes of an order: total, so that any log has a picture.

use super::card::{self, waits_with_its_begin};
use super::{
    Attention, Entry, EntryBody, LateDecision, OfficeEvent, Order, OrderEvent, OrderState, Outcome,
    Record, Verdict,
};
use crate::{CardOutcome, EventId, Holder, HolderChange, Millis, Slot, StepId};

/// The picture after one more entry.
///
/// A log begins with its dispatch; an entry before that finds no order and gives none.
pub fn apply(order: Option<Order>, entry: &Entry) -> Option<Order> {
    match (&entry.body, order) {
        (
            EntryBody::Office {
                event: OfficeEvent::Dispatched { dispatch },
                ..
            },
            None,
        ) => Some(Order::open(dispatch.as_ref().clone())),
        (_, None) => None,
        (EntryBody::Office { event, .. }, Some(order)) => Some(after_office(order, event)),
        (
            EntryBody::Field {
                event_id,
                at,
                verdict,
                event,
                ..
            },
            Some(order),
        ) => Some(after_field(order, *event_id, at.best(), verdict, event)),
    }
}

/// The picture a whole log adds up to; `None` for a log without a dispatch.
pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Option<Order> {
    entries.into_iter().fold(None, apply)
}

fn after_field(
    mut order: Order,
    event_id: EventId,
    at: Millis,
    verdict: &Verdict,
    event: &OrderEvent,
) -> Order {
    // Evidence counts towards the gate whatever became of the event that names it.
    order.manifest.extend(event.blobs());
    match verdict {
        Verdict::Accepted if !waits_with_its_begin(&order, event) => {
            step_forward(&mut order, event, at);
        }
        Verdict::Accepted | Verdict::Late { .. } | Verdict::Refused { .. } => {
            order.attention.push(Attention {
                event_id,
                verdict: verdict.clone(),
                event: event.clone(),
                at,
                decided: None,
            });
        }
    }
    order
}

/// The picture after an event that counts.
pub(super) fn step_forward(order: &mut Order, event: &OrderEvent, at: Millis) {
    if let Some(step) = event.step() {
        order.reopened.remove(step);
    }
    match event {
        OrderEvent::Started | OrderEvent::Reopened => order.state = OrderState::Started,
        OrderEvent::Scanned {
            step,
            asset_no,
            source,
            image,
            sighting,
            findings,
        } => {
            let record = Record::Scan {
                asset_no: asset_no.clone(),
                source: *source,
                image: *image,
                sighting: sighting.clone(),
                findings: findings.clone(),
            };
            order.work.insert(step.clone(), record);
        }
        OrderEvent::PhotoTaken { step, photo } => {
            order
                .photos
                .entry(step.clone())
                .or_default()
                .push(photo.clone());
        }
        OrderEvent::PhotoWithdrawn { step, photo } => {
            if let Some(photos) = order.photos.get_mut(step) {
                photos.retain(|taken| taken.hash != *photo);
            }
        }
        OrderEvent::ReadingTaken {
            step,
            values,
            readout,
            sightings,
            findings,
        } => {
            let record = Record::Reading {
                values: values.clone(),
                readout: readout.clone(),
                sightings: sightings.clone(),
                findings: findings.clone(),
            };
            order.work.insert(step.clone(), record);
        }
        OrderEvent::SealsRecorded {
            step,
            removed,
            added,
            findings,
        } => {
            let record = Record::Seals {
                removed: removed.clone(),
                added: added.clone(),
                findings: findings.clone(),
            };
            order.work.insert(step.clone(), record);
        }
        OrderEvent::MetersAttached { step, meters } => {
            order.work.insert(
                step.clone(),
                Record::Attach {
                    meters: meters.clone(),
                },
            );
        }
        OrderEvent::Noted { step, text } => {
            order
                .work
                .insert(step.clone(), Record::Note { text: text.clone() });
        }
        OrderEvent::CardBegun {
            step,
            authorisation,
            seen,
            plan,
        } => {
            let record = Record::Card {
                authorisation: *authorisation,
                seen: seen.clone(),
                plan: plan.clone(),
                outcome: CardOutcome::InDoubt,
            };
            card::replace(order, step);
            order.work.insert(step.clone(), record);
        }
        OrderEvent::CardEnded {
            authorisation,
            outcome,
            ..
        } => card::end(order, *authorisation, *outcome),
        OrderEvent::TokenDelivered { step, token } => {
            let record = Record::Token { token: *token };
            order.work.insert(step.clone(), record);
        }
        OrderEvent::Signed {
            step,
            strokes,
            form_hash,
            signer,
            ..
        } => {
            let record = Record::Signature {
                strokes: *strokes,
                form_hash: *form_hash,
                signer: signer.clone(),
            };
            order.work.insert(step.clone(), record);
        }
        OrderEvent::Completed => order.state = OrderState::Completed { at },
        OrderEvent::CouldNotDo { reason, remark } => {
            order.state = OrderState::CouldNotDo {
                reason: reason.clone(),
                remark: remark.clone(),
                at,
            };
        }
    }
}

fn after_office(mut order: Order, event: &OfficeEvent) -> Order {
    match event {
        // A second dispatch of a known order says what the first said, or is a change.
        OfficeEvent::Dispatched { dispatch } | OfficeEvent::Changed { dispatch } => {
            order.dispatch = dispatch.as_ref().clone();
            if let OrderState::Recalled { .. } = order.state {
                order.state = OrderState::Assigned;
            }
        }
        OfficeEvent::Recalled { reason } => {
            order.state = OrderState::Recalled {
                reason: reason.clone(),
            };
        }
        OfficeEvent::CardAuthorised { authorisation } => {
            order.authorisation = Some(authorisation.clone());
        }
        OfficeEvent::CardLeaveTakenBack { authorisation, .. } => {
            order.taken_back.insert(*authorisation);
        }
        OfficeEvent::Returned { remarks } => {
            order.state = OrderState::Returned;
            order.reopened = remarks
                .iter()
                .filter_map(|remark| remark.pin.step())
                .filter(|step| is_redoable(&order, step))
                .cloned()
                .collect();
            order.remarks = remarks.clone();
        }
        OfficeEvent::Approved => {
            order.state = OrderState::Approved {
                outcome: outcome(&order.state),
            }
        }
        OfficeEvent::LateDecided { events, decision } => decide_late(&mut order, events, *decision),
        OfficeEvent::AcceptedByMarketing => order.accepted_by_marketing = true,
    }
    order
}

/// What an approval approves; only what was handed in is ever approved.
fn outcome(handed_in: &OrderState) -> Outcome {
    match handed_in {
        OrderState::CouldNotDo { reason, remark, .. } => Outcome::CouldNot {
            reason: reason.clone(),
            remark: remark.clone(),
        },
        OrderState::Approved { outcome } => outcome.clone(),
        OrderState::Assigned
        | OrderState::Started
        | OrderState::Completed { .. }
        | OrderState::Returned
        | OrderState::Recalled { .. } => Outcome::Done,
    }
}

/// A remark on a step the procedure does not have cannot hold the order open for ever.
fn is_redoable(order: &Order, step: &StepId) -> bool {
    order.step(step).is_some()
}

fn decide_late(order: &mut Order, events: &[EventId], decision: LateDecision) {
    let mut counted = vec![];
    for attention in &mut order.attention {
        if attention.decided.is_none() && events.contains(&attention.event_id) {
            attention.decided = Some(decision);
            if decision == LateDecision::Accept {
                counted.push((attention.event.clone(), attention.at));
            }
        }
    }
    for (event, at) in counted {
        step_forward(order, &event, at);
    }
}

/// Which assets change hands when an order goes from one picture to the next.
///
/// A scanned new asset is bound, a replaced scan gives the earlier one back to the crew;
/// completion installs the new and takes the old into the crew's hands; an order that ends
/// undone gives its new asset back.
pub fn stock_changes(before: Option<&Order>, after: &Order) -> Vec<HolderChange> {
    let crew = || after.dispatch.crew.clone();
    let order = || after.dispatch.id.clone();
    let mut changes = vec![];
    let is_done = |order: &Order| match &order.state {
        OrderState::Completed { .. } => true,
        OrderState::Approved { outcome } => *outcome == Outcome::Done,
        OrderState::Assigned
        | OrderState::Started
        | OrderState::CouldNotDo { .. }
        | OrderState::Returned
        | OrderState::Recalled { .. } => false,
    };
    let ended_undone = |order: &Order| match &order.state {
        OrderState::CouldNotDo { .. } | OrderState::Recalled { .. } => true,
        OrderState::Approved { outcome } => *outcome != Outcome::Done,
        OrderState::Assigned
        | OrderState::Started
        | OrderState::Completed { .. }
        | OrderState::Returned => false,
    };
    let holder_of_new = |picture: &Order| {
        if ended_undone(picture) {
            Holder::WithCrew { crew: crew() }
        } else if is_done(picture) {
            Holder::Installed {
                account_no: picture.dispatch.account.account_no.clone(),
            }
        } else {
            Holder::Bound {
                crew: crew(),
                order: order(),
            }
        }
    };
    for slot in [Slot::NewMeter, Slot::NewTerminal] {
        let was = before.and_then(|order| Some((order.scanned(slot)?, holder_of_new(order))));
        let is = after
            .scanned(slot)
            .map(|asset_no| (asset_no, holder_of_new(after)));
        if was == is {
            continue;
        }
        if let Some((asset_no, _)) = was
            && is.as_ref().map(|(new, _)| *new) != Some(asset_no)
        {
            let holder = Holder::WithCrew { crew: crew() };
            changes.push(HolderChange {
                asset_no: asset_no.clone(),
                holder,
            });
        }
        if let Some((asset_no, holder)) = is {
            changes.push(HolderChange {
                asset_no: asset_no.clone(),
                holder,
            });
        }
    }
    for slot in [Slot::OldMeter, Slot::OldTerminal] {
        let was_down = before.is_some_and(is_done);
        let Some(asset_no) = after.scanned(slot) else {
            continue;
        };
        let asset_no = asset_no.clone();
        let account_no = after.dispatch.account.account_no.clone();
        match (was_down, is_done(after)) {
            (false, true) => changes.push(HolderChange {
                asset_no,
                holder: Holder::Removed {
                    crew: crew(),
                    order: order(),
                },
            }),
            (true, false) => {
                changes.push(HolderChange {
                    asset_no,
                    holder: Holder::Installed { account_no },
                });
            }
            (true, true) | (false, false) => {}
        }
    }
    changes
}
