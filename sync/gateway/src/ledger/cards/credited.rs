//! The money of a card that was read back: taken once, whoever tells of it again.

use domain::{AuthorisationId, EventId, Hash, Millis};

use super::rows::has_purchase;
use super::{Begun, CardLeave, Claim, Credit, LeaveState};
use crate::Error;
use crate::ledger::tables::Tables;

/// Takes the money of a card that was read back to be on it; the leave under which it is on a card
/// already, when it is.
///
/// Errors: those of the ledger.
pub(super) fn credit(
    tables: &dyn Tables,
    leave: &CardLeave,
    begun: &Begun,
    (image, event): (Hash, EventId),
    now: Millis,
) -> Result<Option<AuthorisationId>, Error> {
    let plan = &begun.plan;
    let credit = Credit {
        account_no: leave.leave.account_no.clone(),
        meter_no: plan.card.user_file.meter_no,
        count: plan.card.purse.count,
        claim: leave.claim.clone(),
        authorisation: leave.id(),
        old_meter_no: match &leave.claim {
            Claim::Replaced { meter_no, .. } => Some(*meter_no),
            Claim::Bought { .. } | Claim::Opened { .. } | Claim::Nothing { .. } => None,
        },
        serial: begun.seen.serial,
        image,
        parts: plan.parts.clone(),
        total: plan.total,
        debt_left: plan.debt_left,
        event,
        at: now,
    };
    if let Some(first) = carried_on(tables, &leave.claim)? {
        return Ok(Some(first));
    }
    if tables.add_credit(&credit)? {
        overtake(tables, leave)?;
        return Ok(None);
    }
    let of_claim = tables.credit_of(&credit.claim)?;
    let first = match of_claim {
        Some(first) => Some(first),
        None => tables.credit_on(&credit.account_no, credit.meter_no, credit.count)?,
    };
    // one of the table's keys was there, so a row is
    Ok(Some(first.ok_or(Error::CutOff)?.authorisation))
}

/// The leave under which a purchase went onto the card of the meter that took its meter's place.
pub(super) fn carried_on(
    tables: &dyn Tables,
    claim: &Claim,
) -> Result<Option<AuthorisationId>, Error> {
    let Claim::Bought {
        account_no,
        meter_no,
        count,
    } = claim
    else {
        return Ok(None);
    };
    let later = tables.credits_from(account_no, *meter_no)?;
    let carries = |credit: &&Credit| has_purchase(&credit.parts, *count);
    Ok(later
        .iter()
        .find(carries)
        .map(|credit| credit.authorisation))
}

/// Another leave for money that is on a card now, and not used as far as anybody knows, has no
/// place any more.
fn overtake(tables: &dyn Tables, written: &CardLeave) -> Result<(), Error> {
    for mut other in tables.live_leaves(&written.leave.account_no)? {
        let is_of_chain = other.claim == written.claim && other.id() != written.id();
        if is_of_chain && other.state == LeaveState::Leased {
            other.state = LeaveState::Superseded;
            tables.put_leave(&other)?;
        }
    }
    Ok(())
}
