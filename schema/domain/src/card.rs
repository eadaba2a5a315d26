//! The prepaid card (购电卡): what is on it, what its meter makes of it, what a new one must carry.
//!
//! Values and rules only: keys, MACs and the reader are not seen here. Local-prepaid meters with
//! CPU cards, money counted in fen.

mod accept;
mod authorisation;
mod content;
mod credit;
mod err;
mod fen;
mod layout;
#[cfg(test)]
pub(crate) mod made_up;
mod number;
mod plan;
mod task;

pub use accept::{
    Acceptance, CardAnswer, CardMeter, Inserted, Keys, Opening, Supply, accept, insert,
};
pub use authorisation::{CardAuthorisation, CardOutcome, NotWritten, SignedAuthorisation};
pub use content::{CardContent, CardKind, Purse, UserCard, UserFile, WriteBack, WriteBackFile};
pub use credit::{CreditPart, CreditPartKind, CreditSource, OldCard, PaidPurchase, Remainder};
pub use err::{ErrCause, Generation, MeterErr};
pub use fen::{Fen, PartOfAFen};
pub use layout::{
    CardFile, CardImage, Coding, Confidence, Damage, DoesNotFit, Field, FieldName, FileForm,
    LAYOUTS, Layout,
};
pub use number::{CardClock, CardSerial, CustomerNo, MeterNo};
pub use plan::{CardPlan, CardRefusal, FaultReplacement, plan_card};
pub use task::{CardSeen, CardTask, PrepaidMeter};
