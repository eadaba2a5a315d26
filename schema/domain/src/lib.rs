#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        reason = "a test that cannot go on should stop"
    )
)]

mod account;
mod asset;
mod card;
mod check;
mod delivery;
mod display;
mod err_code;
mod event;
mod evidence;
mod ids;
mod order;
mod procedure;
mod quantity;
mod readout;
mod receipt;
mod refusal;
mod sighting;
mod stock;
mod time;
mod token;

pub use account::{Account, Appointment, Place};
pub use asset::{AssetFault, AssetKind, AssetNo, AssetRule, CheckDigit, MeterModel, Wiring};
pub use card::{
    Acceptance, CardAnswer, CardAuthorisation, CardClock, CardContent, CardFile, CardImage,
    CardKind, CardMeter, CardOutcome, CardPlan, CardRefusal, CardSeen, CardSerial, CardTask,
    Coding, Confidence, CreditPart, CreditPartKind, CreditSource, CustomerNo, Damage, DoesNotFit,
    ErrCause, FaultReplacement, Fen, Field, FieldName, FileForm, Generation, Inserted, Keys,
    LAYOUTS, Layout, MeterErr, MeterNo, NotWritten, OldCard, Opening, PaidPurchase, PartOfAFen,
    PrepaidMeter, Purse, Remainder, SignedAuthorisation, Supply, UserCard, UserFile, WriteBack,
    WriteBackFile, accept, insert, plan_card,
};
pub use check::{Check, Finding, Overrule};
pub use delivery::{Delivery, Progress};
pub use display::{
    DisplayAsk, DisplayText, DisplayVerdict, ShownErr, ShownValue, as_shown, err_shown, judge,
    likeliest,
};
pub use err_code::{ERR_CODES, ErrCode, ErrGroup, Phrase};
pub use event::{ChainFault, EVENT_VERSION, Event, Fact, Sealed, chain_start, link};
pub use evidence::{
    Answered, AttachedMeter, Photo, Purpose, ReadingSource, RegisterReading, ScanSource, SealMark,
    Witness,
};
pub use ids::{
    AccountNo, AuthorisationId, BlobHash, CommAddress, CrewId, DeviceId, EventId, Hash, Operator,
    OrderId, ProcedureId, ReasonCode, SealNo, StepId, SupervisorId,
};
pub use order::{
    Action, ActionKind, Anomaly, Attention, Dispatch, Entry, EntryBody, Form, FormField, FormLine,
    Ground, LateDecision, OfficeEvent, OldMeter, Order, OrderEvent, OrderKind, OrderState, Outcome,
    Pin, Record, Remark, ReplaceReason, ReplacedCard, Verdict, admit, admit_office, allowed,
    anomalies, apply, begin_card, card_outcome, card_remainders, decide, display_ask, end_card,
    form, in_doubt, installed_meter_no, preview_card, replay, stock_changes, waits_with_its_begin,
};
pub use procedure::{
    CouldNotReason, Need, PhotoRule, Procedure, ProcedureFault, Requirement, Slot, Step, Words,
};
pub use quantity::{Decimal, NotADecimal, Register, RegisterDigits};
pub use readout::{
    ItemAnswer, ItemReadout, ItemRefusal, ItemValue, MeterClock, MeterItem, MeterProtocol, Readout,
};
pub use receipt::{Judgement, Receipt};
pub use refusal::Refusal;
pub use sighting::{DisplayShows, DisplaySighting, Proof, SeenBy, Sighting};
pub use stock::{Holder, HolderChange, Stock, StockEvent, StockItem, admit_stock};
pub use time::{Millis, Stamp};
pub use token::{NotAToken, StsClass, StsToken};
