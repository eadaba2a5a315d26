//! What a crew may want to do with an order.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Order, OrderState};
use crate::{
    AssetNo, AttachedMeter, BlobHash, DisplaySighting, Need, Overrule, Photo, Readout, ReasonCode,
    RegisterReading, ScanSource, SealMark, Sighting, StepId, StsToken,
};

/// What the crew wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Record an asset number.
    Scan {
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
        /// Reasons to go on although a check asks.
        overrules: Vec<Overrule>,
    },
    /// Keep a photo.
    TakePhoto {
        /// At which step.
        step: StepId,
        /// The photo.
        photo: Photo,
    },
    /// Take a photo out of the step.
    WithdrawPhoto {
        /// At which step.
        step: StepId,
        /// Which.
        photo: BlobHash,
    },
    /// Record a meter's registers.
    Read {
        /// At which step.
        step: StepId,
        /// The values.
        values: Vec<RegisterReading>,
        /// What the meter itself said, when it was asked.
        readout: Option<Readout>,
        /// What a program saw on its display.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        #[ts(optional, as = "Option<Vec<DisplaySighting>>")]
        sightings: Vec<DisplaySighting>,
        /// Reasons to go on although a check asks.
        overrules: Vec<Overrule>,
    },
    /// Record seals.
    Seal {
        /// At which step.
        step: StepId,
        /// Taken off.
        removed: Vec<SealMark>,
        /// Put on.
        added: Vec<SealMark>,
        /// Reasons to go on although a check asks.
        overrules: Vec<Overrule>,
    },
    /// Record the meters under a terminal.
    Attach {
        /// At which step.
        step: StepId,
        /// Which.
        meters: Vec<AttachedMeter>,
    },
    /// Write a remark.
    Note {
        /// At which step.
        step: StepId,
        /// Its text.
        text: String,
    },
    /// Hand an STS token over.
    DeliverToken {
        /// At which step.
        step: StepId,
        /// Which.
        token: StsToken,
    },
    /// Take the customer's signature.
    Sign {
        /// At which step.
        step: StepId,
        /// The strokes as drawn.
        strokes: BlobHash,
        /// The hash of what was shown.
        form_hash: BlobHash,
        /// Who signs.
        signer: String,
    },
    /// Hand the order in.
    Complete,
    /// End the order undone.
    CouldNot {
        /// The reason's code.
        reason: ReasonCode,
        /// In the crew's words.
        remark: String,
    },
    /// Take the order up again before a supervisor has looked.
    Reopen,
}

/// The kinds of [`Action`], for asking what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// [`Action::Scan`]
    Scan,
    /// [`Action::TakePhoto`]
    TakePhoto,
    /// [`Action::WithdrawPhoto`]
    WithdrawPhoto,
    /// [`Action::Read`]
    Read,
    /// [`Action::Seal`]
    Seal,
    /// [`Action::Attach`]
    Attach,
    /// [`Action::Note`]
    Note,
    /// A card: no [`Action`], for it happens only together with its journal
    /// ([`begin_card`](super::begin_card), [`end_card`](super::end_card)).
    Card,
    /// [`Action::DeliverToken`]
    DeliverToken,
    /// [`Action::Sign`]
    Sign,
    /// [`Action::Complete`]
    Complete,
    /// [`Action::CouldNot`]
    CouldNot,
    /// [`Action::Reopen`]
    Reopen,
}

/// What the crew may do with the order as it stands; everything else would be refused.
pub fn allowed(order: &Order) -> Vec<ActionKind> {
    let reopen = match order.state {
        OrderState::Completed { .. } | OrderState::CouldNotDo { .. } => vec![ActionKind::Reopen],
        OrderState::Assigned
        | OrderState::Started
        | OrderState::Returned
        | OrderState::Approved { .. }
        | OrderState::Recalled { .. } => vec![],
    };
    if !order.state.is_open() {
        return reopen;
    }
    let mut kinds = vec![ActionKind::TakePhoto, ActionKind::CouldNot];
    if order.photos.values().any(|photos| !photos.is_empty()) {
        kinds.push(ActionKind::WithdrawPhoto);
    }
    let signature_waits = order.open_steps().any(|step| step.need != Need::Signature);
    for step in &order.dispatch.procedure.steps {
        match step.need {
            Need::Photos => {}
            Need::Scan { .. } => kinds.push(ActionKind::Scan),
            Need::Reading { .. } => kinds.push(ActionKind::Read),
            Need::Seals { .. } => kinds.push(ActionKind::Seal),
            Need::Attach => kinds.push(ActionKind::Attach),
            Need::Note => kinds.push(ActionKind::Note),
            Need::Card => kinds.push(ActionKind::Card),
            Need::Token => kinds.push(ActionKind::DeliverToken),
            Need::Signature if signature_waits => {}
            Need::Signature => kinds.push(ActionKind::Sign),
        }
    }
    if order.open_steps().next().is_none() {
        kinds.push(ActionKind::Complete);
    }
    kinds.sort();
    kinds.dedup();
    kinds
}
