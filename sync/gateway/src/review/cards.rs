//! Cards as a supervisor sees them: leave, what became of it, what does not fit.

use domain::{
    AccountNo, AuthorisationId, CardKind, CardOutcome, CardSerial, CreditPart, DeviceId, EventId,
    Fen, MeterNo, Millis, Operator, OrderId,
};
use serde::Serialize;

use crate::ledger::{
    Begun, Ended, Finding, IncidentNo, IncidentOf, LeaveOf, LeaveState, Soundness, Word,
};

/// Leave to write a card, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LeaveView {
    /// Its id.
    pub authorisation: AuthorisationId,
    /// The leave whose place it took, under the same count.
    pub after: Option<AuthorisationId>,
    /// For which order.
    pub order: OrderId,
    /// Whose card.
    pub account_no: AccountNo,
    /// What kind of card.
    pub kind: CardKind,
    /// The purchase count it may bear.
    pub count: u32,
    /// The device it is leased to.
    pub device: DeviceId,
    /// What the crew calls that.
    pub device_name: String,
    /// The person it was given to.
    pub operator: Operator,
    /// Where it stands.
    pub state: LeaveState,
    /// When it was given.
    pub issued_at: Millis,
    /// Until when a card may be begun under it.
    pub expires_at: Millis,
    /// What was begun; absent while nobody says so.
    pub begun: Option<BegunView>,
    /// What became of it; absent while nobody says so.
    pub ended: Option<EndedView>,
    /// Who took it back, when and why.
    pub reissued: Option<Word>,
    /// What it brought onto the card; absent while the books have no credit of it.
    pub credit: Option<Fen>,
    /// How often the office's security module was asked under it.
    pub asks: u64,
    /// When that was last.
    pub asked_at: Option<Millis>,
}

/// What was begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BegunView {
    /// The event that says so.
    pub event_id: EventId,
    /// When, by the device's best guess.
    pub at: Millis,
    /// The card.
    pub serial: CardSerial,
    /// The meter it is for.
    pub meter_no: MeterNo,
    /// The sum, line by line.
    pub parts: Vec<CreditPart>,
    /// What the card was to carry.
    pub total: Fen,
    /// What the customer still owes.
    pub debt_left: Fen,
    /// Whether the leave allows it.
    pub soundness: Soundness,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EndedView {
    /// The event that says so.
    pub event_id: EventId,
    /// When, by the device's best guess.
    pub at: Millis,
    /// What.
    #[serde(flatten)]
    pub outcome: CardOutcome,
}

impl From<Begun> for BegunView {
    fn from(begun: Begun) -> Self {
        Self {
            event_id: begun.event,
            at: begun.at,
            serial: begun.seen.serial,
            meter_no: begun.plan.card.user_file.meter_no,
            parts: begun.plan.parts,
            total: begun.plan.total,
            debt_left: begun.plan.debt_left,
            soundness: begun.soundness,
        }
    }
}

impl From<Ended> for EndedView {
    fn from(ended: Ended) -> Self {
        Self {
            event_id: ended.event,
            at: ended.at,
            outcome: ended.outcome,
        }
    }
}

impl From<LeaveOf> for LeaveView {
    fn from(of: LeaveOf) -> Self {
        let row = of.leave;
        let says = row.leave;
        Self {
            authorisation: says.id,
            after: row.after,
            order: says.order,
            account_no: says.account_no,
            kind: says.task.kind,
            count: says.task.count,
            device: says.device,
            device_name: of.device_name,
            operator: says.operator,
            state: row.state,
            issued_at: row.issued_at,
            expires_at: says.expires_at,
            begun: row.begun.map(BegunView::from),
            ended: row.ended.map(EndedView::from),
            reissued: row.reissued,
            credit: of.credit,
            asks: row.asks,
            asked_at: row.asked_at,
        }
    }
}

/// A report that does not fit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct IncidentView {
    /// Its number.
    pub no: IncidentNo,
    /// When the report came.
    pub at: Millis,
    /// The order it names.
    pub order: OrderId,
    /// The leave it names; there may be none of that id.
    pub authorisation: AuthorisationId,
    /// The report.
    pub event_id: EventId,
    /// What the crew calls the device that sent it.
    pub device_name: String,
    /// What does not fit.
    #[serde(flatten)]
    pub finding: Finding,
    /// Which supervisor looked, when and what they found.
    pub settled: Option<Word>,
}

impl From<IncidentOf> for IncidentView {
    fn from(of: IncidentOf) -> Self {
        let incident = of.incident;
        Self {
            no: incident.no,
            at: incident.at,
            order: incident.order,
            authorisation: incident.authorisation,
            event_id: incident.event,
            device_name: of.device_name,
            finding: incident.what,
            settled: incident.settled,
        }
    }
}
