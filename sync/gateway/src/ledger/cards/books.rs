//! What a device reports on a card, kept in the books: what was begun, how it ended, what it moved.
//!
//! Money facts count whatever the rule book makes of the event: a card that was written is written,
//! also when the order has moved on. A report may come twice, under another number after the tablet
//! came back from a backup, or its end before its begin: the books end the same. What does not fit
//! is an incident, and never holds up the events behind it.

use domain::{
    AuthorisationId, CardOutcome, CardPlan, CardRefusal, CardSeen, Event, Hash, Millis, NotWritten,
    OrderEvent, OrderId, Refusal, Verdict,
};

use super::credited::credit;
use super::judge::{self, Case};
use super::{Begun, CardLeave, Ended, Finding, Incident, IncidentNo, LeaveState, Soundness};
use crate::Error;
use crate::ledger::Device;
use crate::ledger::tables::Tables;

/// A report on a card, and who sent it.
#[derive(Clone, Copy)]
struct Report<'a> {
    device: &'a Device,
    event: &'a Event,
    order: &'a OrderId,
    fact: &'a OrderEvent,
    authorisation: AuthorisationId,
    verdict: &'a Verdict,
    now: Millis,
}

/// Keeps what an event says of a card; other events pass.
///
/// Errors: those of the ledger.
pub(in crate::ledger) fn keep(
    tables: &dyn Tables,
    device: &Device,
    event: &Event,
    (order, fact): (&OrderId, &OrderEvent),
    verdict: &Verdict,
    now: Millis,
) -> Result<(), Error> {
    let report = |authorisation| Report {
        device,
        event,
        order,
        fact,
        authorisation,
        verdict,
        now,
    };
    match fact {
        OrderEvent::CardBegun {
            authorisation,
            seen,
            plan,
            ..
        } => begun(tables, report(*authorisation), seen, plan),
        OrderEvent::CardEnded {
            authorisation,
            outcome,
            ..
        } => ended(tables, report(*authorisation), *outcome),
        _ => Ok(()),
    }
}

/// The leave a report is about, when the tablet it comes from has it; an incident otherwise.
fn theirs(tables: &dyn Tables, report: Report<'_>) -> Result<Option<CardLeave>, Error> {
    let Some(leave) = tables.leave(report.authorisation)? else {
        raise(tables, report, Finding::UnknownLeave)?;
        return Ok(None);
    };
    let leased_to = leave.device();
    if !is_same_tablet(tables, &leave, report.device)? {
        raise(tables, report, Finding::AnotherDevice { leased_to })?;
        return Ok(None);
    }
    Ok(Some(leave))
}

/// Whether a leave was given to the tablet that speaks: a tablet that came back from a backup has
/// another series, and still its key.
pub(super) fn is_same_tablet(
    tables: &dyn Tables,
    leave: &CardLeave,
    device: &Device,
) -> Result<bool, Error> {
    if leave.device() == device.device {
        return Ok(true);
    }
    let leased_to = tables.device(leave.device())?;
    Ok(leased_to.is_some_and(|leased_to| leased_to.public_key == device.public_key))
}

fn begun(
    tables: &dyn Tables,
    report: Report<'_>,
    seen: &CardSeen,
    plan: &CardPlan,
) -> Result<(), Error> {
    let Some(mut leave) = theirs(tables, report)? else {
        return Ok(());
    };
    if let Some(known) = &leave.begun {
        if known.seen == *seen && known.plan == *plan {
            return Ok(());
        }
        let (first, serial) = (known.seen.serial, seen.serial);
        return raise(tables, report, Finding::BegunTwice { first, serial });
    }
    let at = report.event.at.best();
    let case = Case {
        order: report.order,
        operator: &report.event.operator,
        at,
        seen,
        plan,
    };
    let mut findings = judge::findings(&leave, case);
    if let Verdict::Refused { refusal } = report.verdict
        && !is_settled_doubt(tables, &leave, refusal)?
    {
        let refusal = refusal.code().to_owned();
        findings.push(Finding::RuleBroken { refusal });
    }
    take_back(tables, &mut leave)?;
    if leave.state.is_replaced() {
        let state = leave.state;
        findings.push(Finding::LeaveReplaced { state });
    }
    findings.extend(use_up(tables, &leave, seen)?);
    let is_unsound = findings.iter().any(Finding::is_grave);
    for finding in findings {
        raise(tables, report, finding)?;
    }
    leave.begun = Some(Begun {
        event: report.event.id,
        at,
        seen: seen.clone(),
        plan: plan.clone(),
        soundness: match is_unsound {
            true => Soundness::Unsound,
            false => Soundness::Sound,
        },
    });
    if leave.state == LeaveState::Leased {
        leave.state = LeaveState::Burned;
    }
    settle(tables, report, &mut leave)?;
    tables.put_leave(&leave)
}

/// Whether the rule book stumbles over a doubt that a supervisor has settled by giving the money
/// free again.
fn is_settled_doubt(
    tables: &dyn Tables,
    leave: &CardLeave,
    refusal: &Refusal,
) -> Result<bool, Error> {
    let doubt = Refusal::from(CardRefusal::InDoubt);
    let mut before = leave.after.filter(|_| *refusal == doubt);
    while let Some(id) = before {
        let Some(earlier) = tables.leave(id)? else {
            break;
        };
        if earlier.state == LeaveState::Reissued {
            return Ok(true);
        }
        before = earlier.after;
    }
    Ok(false)
}

/// A tablet may begin a card in the moment in which it asks for newer leave. The one it used takes
/// its place back while the newer one is its own and unused.
fn take_back(tables: &dyn Tables, leave: &mut CardLeave) -> Result<(), Error> {
    if leave.state != LeaveState::Superseded {
        return Ok(());
    }
    let mut live = tables.live_leaves(&leave.leave.account_no)?;
    if let [newer] = live.as_mut_slice()
        && newer.state == LeaveState::Leased
        && (&newer.claim, newer.device()) == (&leave.claim, leave.device())
    {
        newer.state = LeaveState::Superseded;
        tables.put_leave(newer)?;
        leave.state = LeaveState::Leased;
    }
    Ok(())
}

/// Writes down what a blank card is used for; a finding when it was used for other money.
fn use_up(
    tables: &dyn Tables,
    leave: &CardLeave,
    seen: &CardSeen,
) -> Result<Option<Finding>, Error> {
    let serial = seen.serial;
    // the customer's own card was a blank once
    if leave.known_card() == Some(serial) {
        return Ok(None);
    }
    let Some(mut blank) = tables.blank(serial)? else {
        return Ok(None);
    };
    if let Some(first) = blank.used_by
        && tables.leave(first)?.map(|leave| leave.claim).as_ref() != Some(&leave.claim)
    {
        return Ok(Some(Finding::CardUsedTwice { serial, first }));
    }
    blank.used_by = Some(leave.id());
    tables.put_blank(&blank)?;
    Ok(None)
}

fn ended(tables: &dyn Tables, report: Report<'_>, outcome: CardOutcome) -> Result<(), Error> {
    let Some(mut leave) = theirs(tables, report)? else {
        return Ok(());
    };
    if leave.leave.order != *report.order {
        let leave_for = leave.leave.order;
        return raise(tables, report, Finding::AnotherOrder { leave_for });
    }
    let before = leave.ended.as_ref().map(|ended| ended.outcome);
    match (before, outcome) {
        (None, _) => {}
        (Some(before), after) if before == after => return Ok(()),
        (Some(CardOutcome::InDoubt), _) => {}
        // news from before what is known
        (Some(_), CardOutcome::InDoubt) => return Ok(()),
        // nothing is on the card, whoever found out how
        (Some(CardOutcome::NotWritten { .. }), CardOutcome::NotWritten { .. }) => return Ok(()),
        (Some(before), after) => {
            raise(tables, report, Finding::EndContradicts { before, after })?;
            return doubt(tables, leave, after);
        }
    }
    leave.ended = Some(Ended {
        event: report.event.id,
        at: report.event.at.best(),
        outcome,
    });
    if leave.state.is_replaced() && matches!(outcome, CardOutcome::Written { .. }) {
        let state = leave.state;
        raise(tables, report, Finding::LeaveReplaced { state })?;
    }
    settle(tables, report, &mut leave)?;
    tables.put_leave(&leave)
}

/// A leave that was said to have left nothing on the card, and now is said to have been written,
/// makes no room for another before a person has looked; unless another has its place already.
fn doubt(tables: &dyn Tables, mut leave: CardLeave, after: CardOutcome) -> Result<(), Error> {
    let is_newest = tables
        .newest_leave_of(&leave.claim)?
        .is_some_and(|newest| newest.id() == leave.id());
    let was_freed = leave.state == LeaveState::NotWritten;
    let live = tables.live_leaves(&leave.leave.account_no)?;
    if was_freed && is_newest && live.is_empty() && matches!(after, CardOutcome::Written { .. }) {
        leave.state = LeaveState::InDoubt;
        return tables.put_leave(&leave);
    }
    Ok(())
}

/// Brings a leave's state, its card and its money in step with all that is known of it.
fn settle(tables: &dyn Tables, report: Report<'_>, leave: &mut CardLeave) -> Result<(), Error> {
    let (begun, outcome) = match (&leave.begun, &leave.ended) {
        // What has ended was begun: nobody else may write, and what it is about is still to come.
        (None, Some(_)) => {
            stand(leave, LeaveState::InDoubt);
            return Ok(());
        }
        (None | Some(_), None) => return Ok(()),
        (Some(begun), Some(ended)) => (begun.clone(), ended.outcome),
    };
    match (outcome, begun.soundness) {
        (CardOutcome::InDoubt, _)
        | (CardOutcome::Written { .. } | CardOutcome::NotWritten { .. }, Soundness::Unsound) => {
            stand(leave, LeaveState::InDoubt);
        }
        (CardOutcome::NotWritten { why, .. }, Soundness::Sound) => match why {
            NotWritten::Untouched | NotWritten::GivenUp => {
                stand(leave, LeaveState::NotWritten);
                free(tables, leave, &begun)?;
            }
            NotWritten::CardFaulty => stand(leave, LeaveState::NotWritten),
            // A meter may have part of the money: giving it free again would pay it twice.
            NotWritten::Spent => stand(leave, LeaveState::InDoubt),
        },
        (CardOutcome::Written { image }, Soundness::Sound) => {
            stand(leave, LeaveState::Written);
            if leave.claim.is_money() {
                let read_back = (image, report.event.id);
                let first = credit(tables, leave, &begun, read_back, report.now)?;
                if let Some(first) = first {
                    raise(tables, report, Finding::SecondCredit { first })?;
                }
            }
        }
    }
    Ok(())
}

/// A leave that lost its place does not get it back.
fn stand(leave: &mut CardLeave, state: LeaveState) {
    if leave.state.is_live() {
        leave.state = state;
    }
}

/// A card that carries nothing is blank again.
fn free(tables: &dyn Tables, leave: &CardLeave, begun: &Begun) -> Result<(), Error> {
    match tables.blank(begun.seen.serial)? {
        Some(mut blank) if blank.used_by == Some(leave.id()) => {
            blank.used_by = None;
            tables.put_blank(&blank)
        }
        Some(_) | None => Ok(()),
    }
}

/// Keeps what is wrong with a report, once.
fn raise(tables: &dyn Tables, report: Report<'_>, what: Finding) -> Result<(), Error> {
    let stored = |source| Error::Stored {
        what: "incident",
        source,
    };
    // the same report under another number, from the same tablet, is the same incident
    let about = Hash::of_parts(&[
        b"metercrew/card-incident/1",
        &serde_json::to_vec(&report.device.public_key).map_err(stored)?,
        report.order.as_str().as_bytes(),
        &serde_json::to_vec(report.fact).map_err(stored)?,
        &serde_json::to_vec(&what).map_err(stored)?,
    ]);
    tables.add_incident(&Incident {
        no: IncidentNo(0),
        about,
        what,
        order: report.order.clone(),
        authorisation: report.authorisation,
        event: report.event.id,
        at: report.now,
        settled: None,
    })
}
