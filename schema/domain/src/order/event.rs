//! What happens to an order: facts from the field and from the office, and the log they stand in.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Dispatch, Form, Remark};
use crate::{
    AssetNo, AttachedMeter, AuthorisationId, BlobHash, CardOutcome, CardPlan, CardSeen, CrewId,
    DisplaySighting, EventId, Finding, Millis, Operator, Photo, Readout, ReasonCode, Refusal,
    RegisterReading, ScanSource, SealMark, Sighting, SignedAuthorisation, Stamp, StepId, StsToken,
};

/// A fact from the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum OrderEvent {
    /// The crew began, or began again after the order came back.
    Started,
    /// The crew took up again what it had handed in, before a supervisor looked.
    Reopened,
    /// An asset number was read.
    Scanned {
        /// At which step.
        step: StepId,
        /// The number.
        asset_no: AssetNo,
        /// How it was read.
        source: ScanSource,
        /// The picture it was read from.
        image: Option<BlobHash>,
        /// What a program saw on it, when a program read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        sighting: Option<Box<Sighting>>,
        /// Checks that were overruled.
        findings: Vec<Finding>,
    },
    /// A photo was kept.
    PhotoTaken {
        /// At which step.
        step: StepId,
        /// The photo.
        photo: Photo,
    },
    /// A photo was taken out of the step; its bytes stay evidence.
    PhotoWithdrawn {
        /// At which step.
        step: StepId,
        /// Which photo.
        photo: BlobHash,
    },
    /// A meter was read.
    ReadingTaken {
        /// At which step.
        step: StepId,
        /// The values.
        values: Vec<RegisterReading>,
        /// What the meter itself said, when it was asked.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        readout: Option<Readout>,
        /// What a program saw on its display.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<DisplaySighting>>")]
        sightings: Vec<DisplaySighting>,
        /// Checks that were overruled.
        findings: Vec<Finding>,
    },
    /// Seals were taken off and put on.
    SealsRecorded {
        /// At which step.
        step: StepId,
        /// Taken off.
        removed: Vec<SealMark>,
        /// Put on.
        added: Vec<SealMark>,
        /// Checks that were overruled.
        findings: Vec<Finding>,
    },
    /// Meters were hung under a terminal, or taken from it.
    MetersAttached {
        /// At which step.
        step: StepId,
        /// Which.
        meters: Vec<AttachedMeter>,
    },
    /// A remark was written.
    Noted {
        /// At which step.
        step: StepId,
        /// Its text.
        text: String,
    },
    /// Leave was used up to write a card; what is on it is in doubt until it ends.
    CardBegun {
        /// At which step.
        step: StepId,
        /// The leave.
        authorisation: AuthorisationId,
        /// What lay before the crew.
        seen: Box<CardSeen>,
        /// What is to be on the card, and why.
        plan: Box<CardPlan>,
    },
    /// The card was read again; or the crew had to leave without it.
    CardEnded {
        /// At which step.
        step: StepId,
        /// The leave.
        authorisation: AuthorisationId,
        /// What became of it.
        outcome: CardOutcome,
    },
    /// An STS token was handed to the customer.
    TokenDelivered {
        /// At which step.
        step: StepId,
        /// Which.
        token: StsToken,
    },
    /// The customer signed what was shown.
    Signed {
        /// At which step.
        step: StepId,
        /// The strokes as drawn.
        strokes: BlobHash,
        /// Exactly what was shown.
        form: Form,
        /// Its hash.
        form_hash: BlobHash,
        /// Who signed.
        signer: String,
    },
    /// The crew is done.
    Completed,
    /// The crew could not do it.
    CouldNotDo {
        /// The reason's code.
        reason: ReasonCode,
        /// In the crew's words.
        remark: String,
    },
}

impl OrderEvent {
    /// The step it is about, if it is about one.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Scanned { step, .. }
            | Self::PhotoTaken { step, .. }
            | Self::PhotoWithdrawn { step, .. }
            | Self::ReadingTaken { step, .. }
            | Self::SealsRecorded { step, .. }
            | Self::MetersAttached { step, .. }
            | Self::Noted { step, .. }
            | Self::CardBegun { step, .. }
            | Self::CardEnded { step, .. }
            | Self::TokenDelivered { step, .. }
            | Self::Signed { step, .. } => Some(step),
            Self::Started | Self::Reopened | Self::Completed | Self::CouldNotDo { .. } => None,
        }
    }

    /// The blobs it refers to.
    pub fn blobs(&self) -> Vec<BlobHash> {
        match self {
            Self::Scanned {
                image, sighting, ..
            } => {
                let seen = sighting.iter().flat_map(|sighting| sighting.blobs());
                image.iter().copied().chain(seen).collect()
            }
            Self::ReadingTaken { sightings, .. } => {
                let seen = sightings.iter().map(|seen| seen.sighting.blobs());
                seen.flatten().collect()
            }
            Self::PhotoTaken { photo, .. } => vec![photo.hash, photo.thumbnail],
            Self::Signed { strokes, .. } => vec![*strokes],
            Self::Started
            | Self::Reopened
            | Self::PhotoWithdrawn { .. }
            | Self::SealsRecorded { .. }
            | Self::MetersAttached { .. }
            | Self::Noted { .. }
            | Self::CardBegun { .. }
            | Self::CardEnded { .. }
            | Self::TokenDelivered { .. }
            | Self::Completed
            | Self::CouldNotDo { .. } => vec![],
        }
    }

    /// Its name in messages and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started => "started",
            Self::Reopened => "reopened",
            Self::Scanned { .. } => "scanned",
            Self::PhotoTaken { .. } => "photo_taken",
            Self::PhotoWithdrawn { .. } => "photo_withdrawn",
            Self::ReadingTaken { .. } => "reading_taken",
            Self::SealsRecorded { .. } => "seals_recorded",
            Self::MetersAttached { .. } => "meters_attached",
            Self::Noted { .. } => "noted",
            Self::CardBegun { .. } => "card_begun",
            Self::CardEnded { .. } => "card_ended",
            Self::TokenDelivered { .. } => "token_delivered",
            Self::Signed { .. } => "signed",
            Self::Completed => "completed",
            Self::CouldNotDo { .. } => "could_not_do",
        }
    }
}

/// What a supervisor makes of late events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum LateDecision {
    /// They count after all.
    Accept,
    /// They stay on record and do not count.
    Dismiss,
}

/// A fact from the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "office", rename_all = "snake_case")]
pub enum OfficeEvent {
    /// The marketing system ordered it. The first entry of every log.
    Dispatched {
        /// What.
        dispatch: Box<Dispatch>,
    },
    /// The marketing system changed it, or gave it to another crew.
    Changed {
        /// The new revision.
        dispatch: Box<Dispatch>,
    },
    /// The marketing system took it back.
    Recalled {
        /// What it said.
        reason: String,
    },
    /// Leave to write the customer's card was given to one device.
    CardAuthorised {
        /// What, as signed.
        authorisation: SignedAuthorisation,
    },
    /// A supervisor took leave to write a card back: its card is lost, or nobody will know what is
    /// on it. Other leave may follow.
    CardLeaveTakenBack {
        /// Which.
        authorisation: AuthorisationId,
        /// Why.
        reason: String,
    },
    /// A supervisor sent it back to the crew.
    Returned {
        /// What is to be done again.
        remarks: Vec<Remark>,
    },
    /// A supervisor approved it.
    Approved,
    /// A supervisor decided on late events.
    LateDecided {
        /// Which.
        events: Vec<EventId>,
        /// What.
        decision: LateDecision,
    },
    /// The marketing system has taken the result.
    AcceptedByMarketing,
}

impl OfficeEvent {
    /// Its name in messages and tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Dispatched { .. } => "dispatched",
            Self::Changed { .. } => "changed",
            Self::Recalled { .. } => "recalled",
            Self::CardAuthorised { .. } => "card_authorised",
            Self::CardLeaveTakenBack { .. } => "card_leave_taken_back",
            Self::Returned { .. } => "returned",
            Self::Approved => "approved",
            Self::LateDecided { .. } => "late_decided",
            Self::AcceptedByMarketing => "accepted_by_marketing",
        }
    }
}

/// What the gateway made of a field event; it is stored in every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub enum Verdict {
    /// It counts. Events the gateway has not seen yet count on their own device.
    Accepted,
    /// Somebody else had changed the order before it arrived: a person decides.
    Late {
        /// What stands against it, or that it merely came after the change.
        refusal: Option<Refusal>,
    },
    /// The rule book forbids it: kept on record, does not count.
    Refused {
        /// Why.
        refusal: Refusal,
    },
}

/// One line of an order's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Entry {
    /// The gateway's change number; `None` while the gateway has not seen it.
    pub change: Option<u64>,
    /// What happened.
    #[serde(flatten)]
    pub body: EntryBody,
}

/// What happened, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "from", rename_all = "snake_case")]
pub enum EntryBody {
    /// In the field.
    Field {
        /// Which event of which device.
        event_id: EventId,
        /// By whom.
        operator: Operator,
        /// Of which crew.
        crew: CrewId,
        /// When.
        at: Stamp,
        /// What the gateway made of it.
        verdict: Verdict,
        /// What.
        event: Box<OrderEvent>,
    },
    /// In the office.
    Office {
        /// When, by the gateway's clock.
        at: Millis,
        /// By whom: a supervisor's name, or `marketing`.
        by: String,
        /// What.
        event: OfficeEvent,
    },
}
