//! The prepaid card as its screen shows it.

use domain::{CardOutcome, CardPlan, CardSerial, MeterNo, Millis, Refusal, Remainder, UserCard};
use serde::{Deserialize, Serialize};
use ts_rs::TS;
use work::{CardHeld, CardLook};

/// What stands before the crew at the card step.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CardView {
    /// Why no card could be read: a code such as `reader_missing`, `card_missing`, `card_mute`,
    /// `card_damaged`. Absent when one was.
    pub trouble: Option<String>,
    /// The card in the reader.
    pub card: Option<CardInReader>,
    /// The other of two cards, read before and put aside: of the customer's old card and the one
    /// that takes its place, whichever came first.
    pub aside: Option<CardInReader>,
    /// The meter the card is for.
    pub meter_no: Option<MeterNo>,
    /// What was left in the old meter, by everybody in the field and the office who says so, the
    /// best first.
    pub remainders: Vec<Remainder>,
    /// Until when the leave to write may be used.
    pub expires_at: Option<Millis>,
    /// What will be on the card, and why.
    pub plan: Option<CardPlan>,
    /// Why nothing may be written.
    pub refusal: Option<Refusal>,
    /// A write that was begun and has not ended.
    pub open: Option<CardOpen>,
    /// What became of the newest write, as the order has it.
    pub outcome: Option<CardOutcome>,
    /// Who holds the keys: `psam`, `office`, `test`.
    pub keys: String,
}

/// A card in the reader.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CardInReader {
    /// Which piece of plastic.
    pub serial: CardSerial,
    /// What it is good for.
    pub condition: CardCondition,
    /// What is on it, when a meter would read it.
    pub content: Option<UserCard>,
}

/// What a card is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardCondition {
    /// A meter would read it.
    Valid,
    /// No meter would take it: blank, void, or cut off half-way.
    Invalid,
    /// Nobody has issued it: it has no files to write to.
    Unissued,
}

/// A write that was begun and has not ended.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CardOpen {
    /// The card that has to be in the reader next.
    pub wanted: CardSerial,
    /// Whether that is the old card, to be made void.
    pub voids_old: bool,
    /// Whether a supervisor took its leave back: another card may be written in its place.
    pub is_taken_back: bool,
}

/// What the display of the old meter showed, as the crew typed it.
#[derive(Debug, Clone, Copy, Deserialize, TS)]
pub struct ShownRemainder {
    /// Money left, in yuan.
    pub money: domain::Fen,
    /// Money overdrawn, in yuan.
    pub overdraft: domain::Fen,
    /// The purchase count, where the display gives it.
    pub count: Option<u32>,
}

/// How far a write is, told while it runs (event `card`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardStep {
    /// It is written down what shall happen; the leave is used up.
    Intent,
    /// The card in the reader is the right one, and was read.
    CardRead,
    /// It is the old card, and it is being made void.
    VoidingOld,
    /// The card lets us write.
    Authenticated,
    /// No meter takes it now.
    MadeInvalid,
    /// The money is on it.
    PurseWritten,
    /// And was read back.
    PurseReadBack,
    /// All the rest is on it.
    BodyWritten,
    /// It is valid.
    MadeValid,
    /// All of it was read back.
    ReadBack,
    /// It is recorded as done.
    Committed,
    /// The old card is void.
    OldVoided,
    /// What was read back was not what was written; it is written once more.
    WritingAgain,
}

/// How a write came out, when nothing went wrong.
#[derive(Debug, Clone, Copy, Serialize, TS)]
#[serde(tag = "end", rename_all = "snake_case")]
pub enum CardEnd {
    /// The card is written, read back and recorded.
    Done,
    /// The old card is void; now this one has to be put in.
    NextCard {
        /// Which.
        serial: CardSerial,
    },
    /// Given up; nothing is on the card.
    GivenUp,
}

impl From<CardLook> for CardView {
    fn from(look: CardLook) -> Self {
        Self {
            trouble: look.trouble,
            card: look.card.map(CardInReader::from),
            aside: look.aside.map(CardInReader::from),
            meter_no: look.meter_no,
            remainders: look.remainders,
            expires_at: look.expires_at,
            plan: look.plan,
            refusal: look.refusal,
            open: look.open.map(|open| CardOpen {
                wanted: open.wanted,
                voids_old: open.voids_old,
                is_taken_back: open.is_taken_back,
            }),
            outcome: look.outcome,
            keys: look.keys.to_owned(),
        }
    }
}

impl From<CardHeld> for CardInReader {
    fn from(held: CardHeld) -> Self {
        Self {
            serial: held.serial,
            condition: match held.condition {
                work::CardCondition::Valid => CardCondition::Valid,
                work::CardCondition::Invalid => CardCondition::Invalid,
                work::CardCondition::Unissued => CardCondition::Unissued,
            },
            content: held.content,
        }
    }
}

impl From<ShownRemainder> for work::ShownRemainder {
    fn from(shown: ShownRemainder) -> Self {
        Self {
            money: shown.money,
            overdraft: shown.overdraft,
            count: shown.count,
        }
    }
}

impl From<work::CardEnd> for CardEnd {
    fn from(end: work::CardEnd) -> Self {
        match end {
            work::CardEnd::Done => Self::Done,
            work::CardEnd::NextCard { serial } => Self::NextCard { serial },
            work::CardEnd::GivenUp => Self::GivenUp,
        }
    }
}

impl CardStep {
    /// The step as the crew is told it; absent for those that say nothing to it.
    pub fn of(step: work::CardStep) -> Option<Self> {
        use work::CardStep as Told;
        Some(match step {
            Told::Intent => Self::Intent,
            Told::CardRead => Self::CardRead,
            Told::VoidingOld => Self::VoidingOld,
            Told::Authenticated => Self::Authenticated,
            Told::MadeInvalid => Self::MadeInvalid,
            Told::PurseWritten => Self::PurseWritten,
            Told::PurseReadBack => Self::PurseReadBack,
            Told::BodyWritten => Self::BodyWritten,
            Told::MadeValid => Self::MadeValid,
            Told::ReadBack => Self::ReadBack,
            Told::Committed => Self::Committed,
            Told::OldVoided => Self::OldVoided,
            Told::WritingAgain => Self::WritingAgain,
            Told::BodyReadBack | Told::Verified | Told::InsertNew => return None,
        })
    }
}
