//! What stands in the tables of the card ledger, as types.

use std::fmt;

use domain::{
    AccountNo, AuthorisationId, CardAuthorisation, CardOutcome, CardPlan, CardSeen, CardSerial,
    CreditPart, CreditPartKind, CrewId, DeviceId, EventId, Fen, Hash, MeterNo, Millis, OrderId,
    SignedAuthorisation,
};
use serde::{Deserialize, Serialize};

use super::{Claim, Finding};

/// Where a leave stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeaveState {
    /// A device has it and nothing was heard of it.
    Leased,
    /// It is used up: a card was begun, and how it ended is not known.
    Burned,
    /// The crew itself says that it does not know what is on the card (存疑).
    InDoubt,
    /// The card was read back (已写).
    Written,
    /// The card was read, and carries nothing of it (未写).
    NotWritten,
    /// It was not used, and another took its place.
    Superseded,
    /// A supervisor took it back, so that another may be given under the same count.
    Reissued,
}

impl LeaveState {
    /// Every state.
    pub const ALL: [Self; 7] = [
        Self::Leased,
        Self::Burned,
        Self::InDoubt,
        Self::Written,
        Self::NotWritten,
        Self::Superseded,
        Self::Reissued,
    ];

    /// Its name in tables and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Leased => "leased",
            Self::Burned => "burned",
            Self::InDoubt => "in_doubt",
            Self::Written => "written",
            Self::NotWritten => "not_written",
            Self::Superseded => "superseded",
            Self::Reissued => "reissued",
        }
    }

    /// The state of that name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// Whether a card may still come of it that nobody else may write.
    pub fn is_live(self) -> bool {
        match self {
            Self::Leased | Self::Burned | Self::InDoubt => true,
            Self::Written | Self::NotWritten | Self::Superseded | Self::Reissued => false,
        }
    }

    /// Whether another leave has, or may get, its place.
    pub fn is_replaced(self) -> bool {
        match self {
            Self::Superseded | Self::Reissued => true,
            Self::Leased | Self::Burned | Self::InDoubt | Self::Written | Self::NotWritten => false,
        }
    }
}

/// Whether what was begun is what the leave allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Soundness {
    /// It is.
    Sound,
    /// It is not: it brings no credit, and stays in doubt until a person has looked.
    Unsound,
}

/// What was begun under a leave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Begun {
    /// The event that says so.
    pub event: EventId,
    /// When, by the device's best guess.
    pub at: Millis,
    /// What lay before the crew.
    pub seen: CardSeen,
    /// What was to be on the card, and why.
    pub plan: CardPlan,
    /// Whether the leave allows it.
    pub soundness: Soundness,
}

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// The event that says so.
    pub event: EventId,
    /// When, by the device's best guess.
    pub at: Millis,
    /// What.
    pub outcome: CardOutcome,
}

/// What a supervisor did and said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Word {
    /// Who.
    pub by: String,
    /// Why, or what they found.
    pub why: String,
    /// When.
    pub at: Millis,
}

/// A leave as it was given, and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardLeave {
    /// What it says.
    pub leave: CardAuthorisation,
    /// As it was given, to the byte.
    pub signed: SignedAuthorisation,
    /// The money it is about.
    pub claim: Claim,
    /// The leave of the same chain whose place it took.
    pub after: Option<AuthorisationId>,
    /// Where it stands.
    pub state: LeaveState,
    /// When it was given.
    pub issued_at: Millis,
    /// What was begun; `None` while nobody says so.
    pub begun: Option<Begun>,
    /// What became of it; `None` while nobody says so.
    pub ended: Option<Ended>,
    /// Who took it back.
    pub reissued: Option<Word>,
    /// How often the office's security module was asked under it.
    pub asks: u64,
    /// When that was last.
    pub asked_at: Option<Millis>,
}

/// Money that went onto a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credit {
    /// Whose.
    pub account_no: AccountNo,
    /// The meter the card is for.
    pub meter_no: MeterNo,
    /// The purchase count on the card.
    pub count: u32,
    /// The money it was.
    pub claim: Claim,
    /// The leave it was written under.
    pub authorisation: AuthorisationId,
    /// The meter that was taken down and whose money it carries on.
    pub old_meter_no: Option<MeterNo>,
    /// The card.
    pub serial: CardSerial,
    /// The hash of what was read back.
    pub image: Hash,
    /// The sum, line by line.
    pub parts: Vec<CreditPart>,
    /// What the card carries.
    pub total: Fen,
    /// What the customer still owes.
    pub debt_left: Fen,
    /// The event that reported the read-back, or what it was made of when that came later.
    pub event: EventId,
    /// When the ledger took it.
    pub at: Millis,
}

/// Whether some purchase is among a sum's lines.
pub(super) fn has_purchase(parts: &[CreditPart], count: u32) -> bool {
    let bought = CreditPartKind::Bought { count };
    parts.iter().any(|part| part.kind == bought)
}

/// A blank card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Blank {
    /// The card.
    pub serial: CardSerial,
    /// Who has it.
    pub crew: CrewId,
    /// Since when.
    pub registered_at: Millis,
    /// The leave it was used for; `None` while it is blank.
    pub used_by: Option<AuthorisationId>,
}

/// An incident's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct IncidentNo(pub u64);

impl fmt::Display for IncidentNo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A report that was not taken as it was said: a person must look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incident {
    /// Its number, given by the table.
    pub no: IncidentNo,
    /// Hash of tablet, report and finding.
    pub about: Hash,
    /// What was found.
    pub what: Finding,
    /// The order the report names.
    pub order: OrderId,
    /// The leave the report names; there may be none of that id.
    pub authorisation: AuthorisationId,
    /// The report.
    pub event: EventId,
    /// When it came.
    pub at: Millis,
    /// Who looked, and what they found.
    pub settled: Option<Word>,
}

impl CardLeave {
    /// Its id.
    pub fn id(&self) -> AuthorisationId {
        self.leave.id
    }

    /// The device it is leased to.
    pub fn device(&self) -> DeviceId {
        self.leave.device
    }

    /// The customer's own card, as the office knows it.
    pub fn known_card(&self) -> Option<CardSerial> {
        self.leave.task.meter.and_then(|meter| meter.card_serial)
    }
}
