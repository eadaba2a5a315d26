//! A work order (工单): its facts, its state, and the picture that its events add up to.
//!
//! The rule book is three pure functions: [`decide()`] turns what a crew wants into events,
//! [`admit()`] says whether an event may happen now, [`apply()`] changes the picture. The device
//! uses all three, the gateway the last two.

mod action;
mod admit;
mod anomaly;
mod apply;
mod card;
mod decide;
mod display;
mod event;
mod form;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use action::{Action, ActionKind, allowed};
pub use admit::{admit, admit_office};
pub use anomaly::{Anomaly, anomalies};
pub use apply::{apply, replay, stock_changes};
pub use card::{
    ReplacedCard, begin_card, card_outcome, card_remainders, end_card, in_doubt,
    installed_meter_no, preview_card, waits_with_its_begin,
};
pub use decide::{Ground, decide};
pub use display::display_ask;
pub use event::{Entry, EntryBody, LateDecision, OfficeEvent, OrderEvent, Verdict};
pub use form::{Form, FormField, FormLine, form};

use crate::{
    Account, Appointment, AssetNo, AttachedMeter, AuthorisationId, BlobHash, CardOutcome, CardPlan,
    CardSeen, CardTask, CrewId, Decimal, DisplaySighting, EventId, Finding, MeterModel, Millis,
    Need, OrderId, Photo, Procedure, Readout, ReasonCode, Register, RegisterReading, Requirement,
    ScanSource, SealMark, SealNo, Sighting, SignedAuthorisation, Step, StepId, StsToken,
};

/// What an order is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// A meter where none was (新装).
    Install,
    /// One meter for another (换表).
    Replace,
    /// A meter taken away (拆表).
    Remove,
    /// A collection terminal put up, meters hung under it (采集终端挂接).
    AttachTerminal,
    /// One terminal for another (采集终端更换).
    ReplaceTerminal,
    /// A terminal taken away (采集终端解除).
    DetachTerminal,
    /// A prepaid card opened, replaced or topped up, no meter touched (写卡: 补卡, 购电).
    Card,
}

impl OrderKind {
    /// Every kind.
    pub const ALL: [Self; 7] = [
        Self::Install,
        Self::Replace,
        Self::Remove,
        Self::AttachTerminal,
        Self::ReplaceTerminal,
        Self::DetachTerminal,
        Self::Card,
    ];

    /// Its name in files and messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Install => "install",
            Self::Replace => "replace",
            Self::Remove => "remove",
            Self::AttachTerminal => "attach_terminal",
            Self::ReplaceTerminal => "replace_terminal",
            Self::DetachTerminal => "detach_terminal",
            Self::Card => "card",
        }
    }
}

/// Why a meter is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ReplaceReason {
    /// It is faulty (故障).
    Fault,
    /// Its time is over (轮换).
    Rotation,
}

/// The meter that hangs there, as the records have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OldMeter {
    /// Its number.
    pub asset_no: AssetNo,
    /// What it is.
    pub model: MeterModel,
    /// The readings of the last bill, by register.
    pub last_billed: Vec<(Register, Decimal)>,
    /// The seals on record.
    pub seals: Vec<SealNo>,
}

/// An order as the marketing system dispatched it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Dispatch {
    /// Its number.
    pub id: OrderId,
    /// Rises with each change by the office, from 1.
    pub revision: u32,
    /// What it is for.
    pub kind: OrderKind,
    /// Why, for a replacement.
    pub reason: Option<ReplaceReason>,
    /// Whose and where.
    pub account: Account,
    /// The meter that hangs there.
    pub old_meter: Option<OldMeter>,
    /// What the new meter must be able to do.
    pub new_meter: Option<MeterModel>,
    /// The terminal that hangs there.
    pub old_terminal: Option<AssetNo>,
    /// The meters that belong under the terminal.
    pub terminal_meters: Vec<AssetNo>,
    /// What the office wants on the customer's prepaid card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub card: Option<CardTask>,
    /// The STS token to be handed to the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub token: Option<StsToken>,
    /// When the customer expects the crew.
    pub appointment: Option<Appointment>,
    /// Who is to do it.
    pub crew: CrewId,
    /// What it requires, frozen with the dispatch.
    pub procedure: Procedure,
    /// What the dispatcher wrote.
    pub remark: String,
}

/// Where the work stands; how far news of it has got is another type ([`crate::Delivery`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum OrderState {
    /// Dispatched; nobody has begun (待办).
    Assigned,
    /// Under way (进行中).
    Started,
    /// The crew is done; the supervisor has not looked yet (待审).
    Completed {
        /// When, by the device's best guess.
        at: Millis,
    },
    /// The crew could not do it and says why; the supervisor has not looked yet (无法完成).
    CouldNotDo {
        /// The reason's code.
        reason: ReasonCode,
        /// In the crew's words.
        remark: String,
        /// When, by the device's best guess.
        at: Millis,
    },
    /// Sent back by the supervisor with remarks (退回).
    Returned,
    /// Approved by the supervisor (通过).
    Approved {
        /// How the crew had ended it.
        outcome: Outcome,
    },
    /// Taken back by the marketing system (撤销).
    Recalled {
        /// What it said.
        reason: String,
    },
}

/// How a crew ended an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// Done as ordered.
    Done,
    /// Could not be done.
    CouldNot {
        /// The reason's code.
        reason: ReasonCode,
        /// In the crew's words.
        remark: String,
    },
}

impl OrderState {
    /// Its name in files and messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Assigned => "assigned",
            Self::Started => "started",
            Self::Completed { .. } => "completed",
            Self::CouldNotDo { .. } => "could_not_do",
            Self::Returned => "returned",
            Self::Approved { .. } => "approved",
            Self::Recalled { .. } => "recalled",
        }
    }

    /// Whether the crew may still record work.
    pub fn is_open(&self) -> bool {
        match self {
            Self::Assigned | Self::Started | Self::Returned => true,
            Self::Completed { .. }
            | Self::CouldNotDo { .. }
            | Self::Approved { .. }
            | Self::Recalled { .. } => false,
        }
    }
}

/// What a step holds, besides its photos.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Record {
    /// An asset was scanned.
    Scan {
        /// Its number.
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
    /// A meter was read.
    Reading {
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
    Seals {
        /// Taken off.
        removed: Vec<SealMark>,
        /// Put on.
        added: Vec<SealMark>,
        /// Checks that were overruled.
        findings: Vec<Finding>,
    },
    /// Meters were hung under a terminal, or taken from it.
    Attach {
        /// Which.
        meters: Vec<AttachedMeter>,
    },
    /// A remark was written.
    Note {
        /// Its text.
        text: String,
    },
    /// A prepaid card was written, or begun.
    Card {
        /// The authorisation that was used up.
        authorisation: AuthorisationId,
        /// What lay before the crew.
        seen: Box<CardSeen>,
        /// What was to be on the card, and why.
        plan: Box<CardPlan>,
        /// What became of it.
        outcome: CardOutcome,
    },
    /// An STS token was handed over.
    Token {
        /// Which.
        token: StsToken,
    },
    /// The customer signed.
    Signature {
        /// The strokes as drawn, a blob.
        strokes: BlobHash,
        /// The hash of exactly what was shown.
        form_hash: BlobHash,
        /// Who signed, in their words: the customer, a relative.
        signer: String,
    },
}

/// Where a supervisor's remark points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "pin", rename_all = "snake_case")]
pub enum Pin {
    /// At the order as a whole.
    Order,
    /// At a step.
    Step {
        /// Which.
        step: StepId,
    },
    /// At a spot on a photo.
    Photo {
        /// The step the photo belongs to.
        step: StepId,
        /// Which photo.
        photo: BlobHash,
        /// From the left, in thousandths of the width.
        x_permille: u16,
        /// From the top, in thousandths of the height.
        y_permille: u16,
    },
}

impl Pin {
    /// The step that has to be done again, if the remark names one.
    pub fn step(&self) -> Option<&StepId> {
        match self {
            Self::Order => None,
            Self::Step { step } | Self::Photo { step, .. } => Some(step),
        }
    }
}

/// A supervisor's remark (批注).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Remark {
    /// Where it points.
    #[serde(flatten)]
    pub pin: Pin,
    /// What it says.
    pub text: String,
}

/// An event that did not count as it came: late or refused, and what a person made of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Attention {
    /// Which event.
    pub event_id: EventId,
    /// What the gateway found.
    pub verdict: Verdict,
    /// What it says.
    pub event: OrderEvent,
    /// When it happened in the field.
    pub at: Millis,
    /// What the supervisor decided; `None` while it waits for a person.
    pub decided: Option<LateDecision>,
}

/// The picture of an order: what its entries add up to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Order {
    /// What was dispatched, in its newest revision.
    pub dispatch: Dispatch,
    /// Where the work stands.
    pub state: OrderState,
    /// What each step holds.
    pub work: BTreeMap<StepId, Record>,
    /// The photos of each step, in the order they were taken.
    pub photos: BTreeMap<StepId, Vec<Photo>>,
    /// Steps a supervisor wants done again.
    pub reopened: BTreeSet<StepId>,
    /// The supervisor's newest remarks.
    pub remarks: Vec<Remark>,
    /// The newest leave to write the customer's card, used up or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub authorisation: Option<SignedAuthorisation>,
    /// Leave to write a card that a supervisor took back.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    #[ts(optional, as = "Option<BTreeSet<AuthorisationId>>")]
    pub taken_back: BTreeSet<AuthorisationId>,
    /// Cards that others of this order took the place of; the oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[ts(optional, as = "Option<Vec<ReplacedCard>>")]
    pub replaced_cards: Vec<ReplacedCard>,
    /// Late and refused events.
    pub attention: Vec<Attention>,
    /// Every blob any event of this order refers to: the manifest of the evidence gate.
    pub manifest: BTreeSet<BlobHash>,
    /// Whether the marketing system has taken the result.
    pub accepted_by_marketing: bool,
}

impl Order {
    /// The picture of a fresh dispatch.
    pub fn open(dispatch: Dispatch) -> Self {
        Self {
            dispatch,
            state: OrderState::Assigned,
            work: BTreeMap::new(),
            photos: BTreeMap::new(),
            reopened: BTreeSet::new(),
            remarks: vec![],
            authorisation: None,
            taken_back: BTreeSet::new(),
            replaced_cards: vec![],
            attention: vec![],
            manifest: BTreeSet::new(),
            accepted_by_marketing: false,
        }
    }

    /// The step of that id.
    pub fn step(&self, id: &StepId) -> Option<&Step> {
        self.dispatch.procedure.step(id)
    }

    /// Whether a step holds all it asks for.
    pub fn is_done(&self, step: &Step) -> bool {
        let photos = self.photos.get(&step.id).map_or(0, Vec::len);
        if photos < usize::from(step.photos.min) || self.reopened.contains(&step.id) {
            return false;
        }
        match (step.need, self.work.get(&step.id)) {
            (Need::Photos, _) => true,
            (Need::Signature, Some(Record::Signature { form_hash, .. })) => {
                form(self).hash() == *form_hash
            }
            (Need::Card, Some(Record::Card { outcome, .. })) => {
                matches!(outcome, CardOutcome::Written { .. })
            }
            (_, record) => record.is_some(),
        }
    }

    /// Required steps that are still open, in the procedure's order.
    pub fn open_steps(&self) -> impl Iterator<Item = &Step> {
        let required = |step: &&Step| step.requirement == Requirement::Required;
        self.dispatch
            .procedure
            .steps
            .iter()
            .filter(required)
            .filter(|step| !self.is_done(step))
    }

    /// The one step to do now; `None` when all that is required is there or nothing may be done.
    pub fn next_step(&self) -> Option<&Step> {
        if self.state.is_open() {
            self.open_steps().next()
        } else {
            None
        }
    }

    /// The asset scanned at a step that asks for this slot.
    pub fn scanned(&self, slot: crate::Slot) -> Option<&AssetNo> {
        self.dispatch.procedure.steps.iter().find_map(|step| {
            let Need::Scan { slot: at } = step.need else {
                return None;
            };
            match self.work.get(&step.id) {
                Some(Record::Scan { asset_no, .. }) if at == slot => Some(asset_no),
                Some(_) | None => None,
            }
        })
    }
}
