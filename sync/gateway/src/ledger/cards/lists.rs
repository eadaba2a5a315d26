//! What a supervisor sees of cards, and what they do about them.

use domain::{AuthorisationId, Fen, Millis, OfficeEvent, OrderId, SupervisorId};
use wire::problem::Problem;

use super::{CardLeave, Incident, IncidentNo, LeaveState, Word};
use crate::Error;
use crate::ledger::Ledger;
use crate::ledger::log::append;
use crate::ledger::office::office;
use crate::ledger::tables::Tables;

/// Which incidents are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Incidents {
    /// All.
    All,
    /// Those nobody has settled.
    Open,
}

/// A leave, and what a list shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaveOf {
    /// The leave.
    pub leave: CardLeave,
    /// What the crew calls the device.
    pub device_name: String,
    /// What it brought onto the card; `None` while there is no credit of it.
    pub credit: Option<Fen>,
}

/// An incident, and what a list shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncidentOf {
    /// The incident.
    pub incident: Incident,
    /// What the crew calls the device that reported.
    pub device_name: String,
}

impl dyn Ledger + '_ {
    /// The newest leaves in one of some states.
    ///
    /// Errors: those of the ledger.
    pub fn card_leaves(&self, states: &[LeaveState], limit: u64) -> Result<Vec<LeaveOf>, Error> {
        self.reading(|tables| shown(tables, tables.leaves_in(states, limit)?))
    }

    /// The newest incidents.
    ///
    /// Errors: those of the ledger.
    pub fn card_incidents(&self, which: Incidents, limit: u64) -> Result<Vec<IncidentOf>, Error> {
        self.reading(|tables| named(tables, tables.incidents(which, limit)?))
    }

    /// Takes a live leave back, so that another may be given under the same count: a tablet is
    /// lost, or nobody will ever know what is on the card.
    ///
    /// What its device still reports is kept. The meter takes one card of a count only; should both
    /// be written, the second is no credit and an incident.
    ///
    /// Errors: [`Problem::NotFound`]; [`Problem::Malformed`] without a reason;
    /// [`Problem::CardLeaveOut`] for a leave that is not live.
    pub fn reissue_card(
        &self,
        id: AuthorisationId,
        why: &str,
        by: &SupervisorId,
        now: Millis,
    ) -> Result<LeaveOf, Error> {
        let word = word(why, by, now)?;
        self.writing(|tables| {
            let mut leave = tables.leave(id)?.ok_or(Problem::NotFound)?;
            if !leave.state.is_live() {
                let (state, device) = (leave.state.name().to_owned(), leave.device());
                return Err(Problem::CardLeaveOut { state, device }.into());
            }
            leave.state = LeaveState::Reissued;
            leave.reissued = Some(word);
            tables.put_leave(&leave)?;
            // The order's own log says it too: a card in doubt stands in nobody's way then.
            let event = OfficeEvent::CardLeaveTakenBack {
                authorisation: id,
                reason: why.trim().to_owned(),
            };
            append(tables, &leave.leave.order, office(now, by.as_str(), event))?;
            one(tables, leave)
        })
    }

    /// Writes down what a supervisor found about an incident; the first word stays.
    ///
    /// Errors: [`Problem::NotFound`]; [`Problem::Malformed`] without words.
    pub fn settle_incident(
        &self,
        no: IncidentNo,
        why: &str,
        by: &SupervisorId,
        now: Millis,
    ) -> Result<(), Error> {
        let word = word(why, by, now)?;
        self.writing(|tables| {
            let incident = tables.incident(no)?.ok_or(Problem::NotFound)?;
            match incident.settled {
                Some(_) => Ok(()),
                None => tables.settle_incident(no, &word),
            }
        })
    }
}

/// What a supervisor said; it must say something.
fn word(why: &str, by: &SupervisorId, now: Millis) -> Result<Word, Error> {
    let why = why.trim();
    if why.is_empty() {
        let place = "why: a supervisor's word on money needs a reason".to_owned();
        return Err(Problem::Malformed { place }.into());
    }
    Ok(Word {
        by: by.as_str().to_owned(),
        why: why.to_owned(),
        at: now,
    })
}

/// An order's leaves, the oldest first.
pub(in crate::ledger) fn leaves_of(
    tables: &dyn Tables,
    order: &OrderId,
) -> Result<Vec<LeaveOf>, Error> {
    shown(tables, tables.leaves_of(order)?)
}

/// An order's incidents, the oldest first.
pub(in crate::ledger) fn incidents_of(
    tables: &dyn Tables,
    order: &OrderId,
) -> Result<Vec<IncidentOf>, Error> {
    named(tables, tables.incidents_of(order)?)
}

fn shown(tables: &dyn Tables, leaves: Vec<CardLeave>) -> Result<Vec<LeaveOf>, Error> {
    let shown = leaves.into_iter().map(|leave| one(tables, leave));
    shown.collect()
}

fn one(tables: &dyn Tables, leave: CardLeave) -> Result<LeaveOf, Error> {
    let credit = tables.credit_of(&leave.claim)?;
    let credit = credit.filter(|credit| credit.authorisation == leave.id());
    Ok(LeaveOf {
        device_name: device_name(tables, leave.device())?,
        credit: credit.map(|credit| credit.total),
        leave,
    })
}

fn named(tables: &dyn Tables, incidents: Vec<Incident>) -> Result<Vec<IncidentOf>, Error> {
    let named = incidents.into_iter().map(|incident| {
        Ok(IncidentOf {
            device_name: device_name(tables, incident.event.device)?,
            incident,
        })
    });
    named.collect()
}

fn device_name(tables: &dyn Tables, device: domain::DeviceId) -> Result<String, Error> {
    let device = tables.device(device)?;
    Ok(device.map(|device| device.device_name).unwrap_or_default())
}
