//! What is on a card, as values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CardClock, CardSerial, CustomerNo, Fen, MeterNo};

/// What a user card (用户卡) is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CardKind {
    /// The first card of a meter that is not opened (开户卡).
    OpenAccount,
    /// Brings money to an opened meter, only on the serial the meter knows (购电卡).
    Purchase,
    /// Takes the place of a lost card at an opened meter (补卡).
    Replacement,
}

impl CardKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::OpenAccount, Self::Purchase, Self::Replacement];

    /// Its byte on the card: 01, 02, 03.
    pub const fn code(self) -> u8 {
        match self {
            Self::OpenAccount => 1,
            Self::Purchase => 2,
            Self::Replacement => 3,
        }
    }

    /// The kind of that byte. 00, reconnect, is no kind that carries money.
    pub fn of_code(code: u64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|kind| u64::from(kind.code()) == code)
    }
}

/// The instructions and parameters of a user card (file 1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserFile {
    /// What the card is for.
    pub kind: CardKind,
    /// The one meter it is for.
    pub meter_no: MeterNo,
    /// Whose it is.
    pub customer_no: CustomerNo,
    /// What the meter shall take over: bit 7 parameters, 0 tariff, 1 backup tariff, 2 step, 3 backup
    /// step; FF nothing.
    pub update_flags: u8,
    /// When the tariffs change over.
    pub tariff_switch: CardClock,
    /// Alarm money 1 (报警金额1).
    pub alarm_1: Fen,
    /// Alarm money 2 (报警金额2).
    pub alarm_2: Fen,
    /// Ratio of the current transformers, 1–999999.
    pub current_ratio: u32,
    /// Ratio of the voltage transformers, 1–999999.
    pub voltage_ratio: u32,
}

/// The money a card brings (钱包, file 2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct Purse {
    /// How much; never negative on a card.
    pub money: Fen,
    /// Which purchase it is (购电次数). The meter credits only the one after its own count.
    pub count: u32,
}

/// What a meter last wrote onto a card (返写, file 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WriteBack {
    /// The meter that wrote.
    pub meter_no: MeterNo,
    /// Whose it was.
    pub customer_no: CustomerNo,
    /// Ratio of the current transformers.
    pub current_ratio: u32,
    /// Ratio of the voltage transformers.
    pub voltage_ratio: u32,
    /// Money left; it or the overdraft is zero.
    pub money: Fen,
    /// The meter's purchase count.
    pub count: u32,
    /// Money overdrawn.
    pub overdraft: Fen,
    /// How often cards were inserted that had no business there.
    pub illegal_inserts: u32,
    /// When, by the meter's clock.
    pub written_at: CardClock,
}

/// Whether a meter wrote onto the card since it was issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum WriteBackFile {
    /// Never inserted since the money was put on it.
    Empty,
    /// Inserted, and this is what the meter said.
    Written(WriteBack),
}

/// A user card, all of it that the domain looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct UserCard {
    /// Which piece of plastic.
    pub serial: CardSerial,
    /// File 1.
    pub user_file: UserFile,
    /// File 2.
    pub purse: Purse,
    /// File 5.
    pub write_back: WriteBackFile,
}

/// A card that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "card", rename_all = "snake_case")]
pub enum CardContent {
    /// A customer's card (命令码 01).
    User(UserCard),
    /// A preset card (参数预置卡, 命令码 06): sets the purse of a meter with factory keys.
    Preset {
        /// What the meter's own purse becomes.
        purse: Purse,
    },
}
