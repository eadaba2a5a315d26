//! Refusals: the rule says no. A value, not a failure of the world.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AccountNo, AssetKind, AssetNo, BlobHash, CardRefusal, CrewId, Finding, Holder, Order,
    ReasonCode, Register, RegisterDigits, SealNo, StepId,
};

/// Why the rule book says no.
///
/// Shape: `{"code":"wrong_asset","expected":"…","found":"…"}`; the wording is the screen's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    /// The order's state does not take this.
    #[error("the order is {state}")]
    WrongState { state: String },
    /// Another crew's order.
    #[error("the order belongs to crew {crew}")]
    NotThisCrew { crew: CrewId },
    /// An order the gateway has never dispatched.
    #[error("no such order")]
    UnknownOrder,
    /// An event of a version this side does not know.
    #[error("event version {version} is not known here")]
    UnknownVersion { version: u16 },
    /// A step the procedure does not have.
    #[error("the procedure has no step {step}")]
    UnknownStep { step: StepId },
    /// The step records something else.
    #[error("step {step} records something else")]
    WrongStep { step: StepId },
    /// Required steps are open.
    #[error("steps are missing")]
    StepsMissing { steps: Vec<StepId> },
    /// The photo comes before the value.
    #[error("step {step} needs {min} photos first")]
    PhotosFirst { step: StepId, min: u8 },
    /// The same photo twice at one step.
    #[error("this photo is there already")]
    PhotoTwice { photo: BlobHash },
    /// No such photo at the step.
    #[error("no such photo at this step")]
    UnknownPhoto { photo: BlobHash },
    /// The asset is not the one on the order.
    #[error("asset {found} is not {expected}")]
    WrongAsset { expected: AssetNo, found: AssetNo },
    /// The old asset was scanned where the new one belongs.
    #[error("asset {asset_no} is the old one")]
    OldAndNewSwapped { asset_no: AssetNo },
    /// The asset is another kind of thing.
    #[error("asset {asset_no} is of another kind")]
    WrongKind { asset_no: AssetNo, found: AssetKind },
    /// The meter is of a model that does not fit the order.
    #[error("meter {asset_no} does not fit the order")]
    WrongModel { asset_no: AssetNo },
    /// The asset is not in this crew's hands.
    #[error("asset {asset_no} is not in this crew's custody")]
    NotInCustody {
        asset_no: AssetNo,
        holder: Box<Holder>,
    },
    /// The asset is bound to another order or hangs elsewhere.
    #[error("asset {asset_no} is bound elsewhere")]
    BoundElsewhere {
        asset_no: AssetNo,
        account_no: Option<AccountNo>,
    },
    /// The soft reader saw it, and nothing else stands behind it.
    #[error("asset {asset_no} was read without a second proof")]
    ReadUnproved { asset_no: AssetNo },
    /// The stock list does not know it.
    #[error("asset {asset_no} is not known")]
    UnknownAsset { asset_no: AssetNo },
    /// It is in the cabinet, for somebody else or nobody.
    #[error("asset {asset_no} is not on this crew's issue list")]
    NotOnIssueList { asset_no: AssetNo },
    /// It was picked up before.
    #[error("asset {asset_no} was picked up already")]
    AlreadyPickedUp { asset_no: AssetNo },
    /// A register has no value.
    #[error("register {register:?} has no value")]
    RegisterMissing { register: Register },
    /// A register has two values.
    #[error("register {register:?} has two values")]
    RegisterTwice { register: Register },
    /// A value the register cannot show.
    #[error("register {register:?} cannot show this value")]
    BeyondDigits {
        register: Register,
        digits: RegisterDigits,
    },
    /// A value is said to come from the meter itself, and does not.
    #[error("register {register:?} is not what the meter said")]
    NotInReadout { register: Register },
    /// A readout longer than any meter's.
    #[error("a readout has more than {limit} items")]
    ReadoutTooLong { limit: u32 },
    /// Checks ask for a reason.
    #[error("a reason is needed to go on")]
    NeedsReason { questions: Vec<Finding> },
    /// A seal without a number.
    #[error("a seal has no number")]
    SealWithoutNumber,
    /// One seal recorded twice.
    #[error("seal {seal_no} is recorded twice")]
    SealTwice { seal_no: SealNo },
    /// Too few new seals.
    #[error("at least {min} new seals are needed")]
    SealsMissing { min: u8 },
    /// No meter was named.
    #[error("no meter was named")]
    MetersMissing,
    /// A meter that does not belong under this terminal.
    #[error("meter {asset_no} does not belong under this terminal")]
    MeterNotOnTerminal { asset_no: AssetNo },
    /// A meter or measuring point twice.
    #[error("meter {asset_no} or its measuring point is there twice")]
    MeterTwice { asset_no: AssetNo },
    /// A measuring point number no terminal has.
    #[error("measuring points are numbered 1 to {limit}")]
    BadMeasuringPoint { limit: u16 },
    /// No card may be written, or not like this.
    #[error("{refusal}")]
    Card { refusal: CardRefusal },
    /// Another token than the order's, or none is asked for.
    #[error("this is not the order's token")]
    WrongToken,
    /// What was signed is not what the order says.
    #[error("the form changed while it was being signed")]
    FormChanged,
    /// A reason code the procedure does not have.
    #[error("no such reason")]
    UnknownReason { reason: ReasonCode },
    /// Words are needed.
    #[error("a text is missing")]
    TextMissing,
    /// Too many words.
    #[error("a text is longer than {limit} characters")]
    TextTooLong { limit: u32 },
}

impl Refusal {
    pub(crate) fn wrong_state(order: &Order) -> Self {
        Self::WrongState {
            state: order.state.name().to_owned(),
        }
    }

    /// Its code, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongState { .. } => "wrong_state",
            Self::NotThisCrew { .. } => "not_this_crew",
            Self::UnknownOrder => "unknown_order",
            Self::UnknownVersion { .. } => "unknown_version",
            Self::UnknownStep { .. } => "unknown_step",
            Self::WrongStep { .. } => "wrong_step",
            Self::StepsMissing { .. } => "steps_missing",
            Self::PhotosFirst { .. } => "photos_first",
            Self::PhotoTwice { .. } => "photo_twice",
            Self::UnknownPhoto { .. } => "unknown_photo",
            Self::WrongAsset { .. } => "wrong_asset",
            Self::OldAndNewSwapped { .. } => "old_and_new_swapped",
            Self::WrongKind { .. } => "wrong_kind",
            Self::WrongModel { .. } => "wrong_model",
            Self::NotInCustody { .. } => "not_in_custody",
            Self::BoundElsewhere { .. } => "bound_elsewhere",
            Self::ReadUnproved { .. } => "read_unproved",
            Self::UnknownAsset { .. } => "unknown_asset",
            Self::NotOnIssueList { .. } => "not_on_issue_list",
            Self::AlreadyPickedUp { .. } => "already_picked_up",
            Self::RegisterMissing { .. } => "register_missing",
            Self::RegisterTwice { .. } => "register_twice",
            Self::BeyondDigits { .. } => "beyond_digits",
            Self::NotInReadout { .. } => "not_in_readout",
            Self::ReadoutTooLong { .. } => "readout_too_long",
            Self::NeedsReason { .. } => "needs_reason",
            Self::SealWithoutNumber => "seal_without_number",
            Self::SealTwice { .. } => "seal_twice",
            Self::SealsMissing { .. } => "seals_missing",
            Self::MetersMissing => "meters_missing",
            Self::MeterNotOnTerminal { .. } => "meter_not_on_terminal",
            Self::MeterTwice { .. } => "meter_twice",
            Self::BadMeasuringPoint { .. } => "bad_measuring_point",
            Self::Card { refusal } => refusal.code(),
            Self::WrongToken => "wrong_token",
            Self::FormChanged => "form_changed",
            Self::UnknownReason { .. } => "unknown_reason",
            Self::TextMissing => "text_missing",
            Self::TextTooLong { .. } => "text_too_long",
        }
    }
}

impl From<CardRefusal> for Refusal {
    fn from(refusal: CardRefusal) -> Self {
        Self::Card { refusal }
    }
}
