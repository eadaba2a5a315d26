//! What a meter does with a card: its checks in its order, and what it becomes.
//!
//! A model of local-prepaid meters, so that the app never writes a card its meter would refuse.
//! Money and identity only: tariffs and ratios a card may also bring are not modelled.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    CardClock, CardContent, CardImage, CardKind, CardSerial, CustomerNo, Damage, ErrCause, Fen,
    Layout, MeterErr, MeterNo, Purse, UserCard, WriteBack, WriteBackFile,
};

/// Whether the mains voltage allows card work, about 0.75–0.8 of the nominal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Supply {
    /// It does.
    Enough,
    /// It does not.
    TooLow,
}

/// Which keys a meter holds (密钥状态).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Keys {
    /// The factory's (公钥); only preset cards work.
    Public,
    /// The company's (私钥); only user cards work.
    Private,
}

/// Whether a meter belongs to a customer (开户).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Opening {
    /// To nobody: its customer number is all zeros.
    NotOpened,
    /// To this customer.
    Opened {
        /// Whose.
        customer_no: CustomerNo,
        /// The one card it takes purchases from.
        card_serial: CardSerial,
    },
}

/// A prepaid meter, as far as cards change it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardMeter {
    /// Its number.
    pub meter_no: MeterNo,
    /// Whose it is.
    pub opening: Opening,
    /// Which keys it holds.
    pub keys: Keys,
    /// Its purchase count, as its security chip has it.
    pub count: u32,
    /// Money left; it or the overdraft is zero.
    pub balance: Fen,
    /// Money overdrawn.
    pub overdraft: Fen,
    /// The most it may hold (囤积限额); absent when none is set.
    pub limit: Option<Fen>,
    /// Whether the mains allow card work.
    pub supply: Supply,
    /// Ratio of the current transformers.
    pub current_ratio: u32,
    /// Ratio of the voltage transformers.
    pub voltage_ratio: u32,
    /// How often cards were inserted that had no business there; carried, not counted here.
    pub illegal_inserts: u32,
    /// What its clock says, for the write-back.
    pub clock: CardClock,
}

impl CardMeter {
    /// The most any meter holds, 999999.99 yuan: the six digits before the point of its display.
    pub const MOST: Fen = match Fen::new(99_999_999) {
        Some(most) => most,
        None => Fen::ZERO,
    };

    /// A meter of that number that belongs to nobody yet, as it is hung: the company's keys in it,
    /// no purchase, no money, no limit, no transformers before it, and the mains on.
    pub fn unopened(meter_no: MeterNo) -> Self {
        Self {
            meter_no,
            opening: Opening::NotOpened,
            keys: Keys::Private,
            count: 0,
            balance: Fen::ZERO,
            overdraft: Fen::ZERO,
            limit: None,
            supply: Supply::Enough,
            current_ratio: 1,
            voltage_ratio: 1,
            illegal_inserts: 0,
            clock: CardClock::default(),
        }
    }

    fn customer_no(&self) -> CustomerNo {
        match self.opening {
            Opening::NotOpened => CustomerNo::default(),
            Opening::Opened { customer_no, .. } => customer_no,
        }
    }

    fn write_back(&self) -> WriteBack {
        WriteBack {
            meter_no: self.meter_no,
            customer_no: self.customer_no(),
            current_ratio: self.current_ratio,
            voltage_ratio: self.voltage_ratio,
            money: self.balance,
            count: self.count,
            overdraft: self.overdraft,
            illegal_inserts: self.illegal_inserts,
            written_at: self.clock,
        }
    }

    /// The meter with a purchase credited: what was overdrawn is paid first.
    ///
    /// The limit is held against balance and purchase as they are, before the overdraft is paid.
    fn credited(self, purse: Purse) -> Result<Self, ErrCause> {
        let most = self.limit.map_or(Self::MOST, |limit| limit.min(Self::MOST));
        let sum = self.balance.plus(purse.money).ok_or(ErrCause::OverLimit)?;
        if sum > most {
            return Err(ErrCause::OverLimit);
        }
        let net = sum.minus(self.overdraft).ok_or(ErrCause::OverLimit)?;
        Ok(Self {
            count: purse.count,
            balance: net.max(Fen::ZERO),
            overdraft: Fen::ZERO.minus(net).unwrap_or_default().max(Fen::ZERO),
            ..self
        })
    }
}

/// What the meter says to a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "answer", rename_all = "snake_case")]
pub enum CardAnswer {
    /// The purchase is in the meter.
    Credited {
        /// How much.
        amount: Fen,
        /// Which purchase.
        count: u32,
    },
    /// Its purse is set, as in the factory; nobody's purchase.
    Preset,
    /// The card's purchase is in the meter already; parameters and a new serial are taken over.
    AlreadyDone,
    /// The card's purchase is older than the meter's last; only the write-back is made.
    Outdated,
    /// No.
    Refused {
        /// What it shows.
        err: MeterErr,
    },
}

/// What comes of inserting a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Acceptance {
    /// What the meter says.
    pub answer: CardAnswer,
    /// What the meter is now.
    pub meter: CardMeter,
    /// What it wrote onto the card, if it did.
    pub write_back: Option<WriteBack>,
}

impl Acceptance {
    /// How much money went into the meter.
    pub fn credited(&self) -> Fen {
        match self.answer {
            CardAnswer::Credited { amount, .. } => amount,
            CardAnswer::Preset
            | CardAnswer::AlreadyDone
            | CardAnswer::Outdated
            | CardAnswer::Refused { .. } => Fen::ZERO,
        }
    }

    fn refused(meter: &CardMeter, cause: ErrCause) -> Self {
        Self {
            answer: CardAnswer::Refused { err: cause.into() },
            meter: *meter,
            write_back: None,
        }
    }

    /// An answer after which the meter writes its state onto the card.
    fn written_back(meter: CardMeter, answer: CardAnswer) -> Self {
        Self {
            answer,
            meter,
            write_back: Some(meter.write_back()),
        }
    }
}

/// What is pushed into a meter's slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Inserted<'a> {
    /// Something that does not answer to reset: reversed, metal, dead.
    Mute,
    /// A card with these bytes on it.
    Card(&'a CardImage),
}

/// What the meter does with whatever is inserted, half-written cards included.
pub fn insert(meter: &CardMeter, layout: &Layout, inserted: Inserted<'_>) -> Acceptance {
    match read(meter, layout, inserted) {
        Ok(card) => accept(meter, &card),
        Err(cause) => Acceptance::refused(meter, cause),
    }
}

/// What the meter does with a card it can read.
///
/// Checks, in order: supply; key state; meter number; kind; customer, and serial of a purchase card;
/// opened at all; open-account count of 0 or 1; purchase count against the meter's own; limits.
pub fn accept(meter: &CardMeter, card: &CardContent) -> Acceptance {
    let accepted = admitted(meter, card).and_then(|()| match card {
        CardContent::User(card) => by_count(meter, card),
        CardContent::Preset { purse } => preset(meter, *purse),
    });
    accepted.unwrap_or_else(|cause| Acceptance::refused(meter, cause))
}

/// Reads the card as the meter does.
fn read(
    meter: &CardMeter,
    layout: &Layout,
    inserted: Inserted<'_>,
) -> Result<CardContent, ErrCause> {
    if meter.supply == Supply::TooLow {
        return Err(ErrCause::SupplyLow);
    }
    let Inserted::Card(image) = inserted else {
        return Err(ErrCause::CardReset);
    };
    // The command code is looked at before the frame around it is checked.
    match image.user.get(1) {
        None => return Err(ErrCause::Unissued),
        Some(1) if meter.keys == Keys::Public => return Err(ErrCause::KeyState),
        Some(1) => {}
        Some(6) if meter.keys == Keys::Private => return Err(ErrCause::KeyState),
        // No table says how a preset card's first file is laid out; its purse is like any other.
        Some(6) => {
            let preset = |purse| CardContent::Preset { purse };
            return layout
                .purse(image)
                .map(preset)
                .map_err(|_| ErrCause::FileFormat);
        }
        Some(_) => return Err(ErrCause::WrongType),
    }
    match layout.decode(image) {
        Ok(card) => Ok(CardContent::User(card)),
        Err(Damage::UnknownKind { .. }) => match layout.meter_no(image) {
            Ok(meter_no) if meter_no == meter.meter_no => Err(ErrCause::WrongType),
            Ok(_) => Err(ErrCause::MeterNumber),
            Err(_) => Err(ErrCause::FileFormat),
        },
        Err(_) => Err(ErrCause::FileFormat),
    }
}

/// Every check before the purchase count is looked at.
fn admitted(meter: &CardMeter, card: &CardContent) -> Result<(), ErrCause> {
    if meter.supply == Supply::TooLow {
        return Err(ErrCause::SupplyLow);
    }
    let card = match (card, meter.keys) {
        (CardContent::User(card), Keys::Private) => card,
        (CardContent::Preset { .. }, Keys::Public) => return Ok(()),
        (CardContent::User(_), Keys::Public) | (CardContent::Preset { .. }, Keys::Private) => {
            return Err(ErrCause::KeyState);
        }
    };
    if card.user_file.meter_no != meter.meter_no {
        return Err(ErrCause::MeterNumber);
    }
    let kind = card.user_file.kind;
    match (meter.opening, kind) {
        (Opening::Opened { customer_no, .. }, _) if customer_no != card.user_file.customer_no => {
            return Err(ErrCause::CustomerNumber);
        }
        (Opening::Opened { card_serial, .. }, CardKind::Purchase) if card_serial != card.serial => {
            return Err(ErrCause::CardSerial);
        }
        (Opening::NotOpened, CardKind::Purchase) => return Err(ErrCause::PurchaseInUnopened),
        (Opening::NotOpened, CardKind::Replacement) => {
            return Err(ErrCause::ReplacementInUnopened);
        }
        (Opening::Opened { .. }, _) | (Opening::NotOpened, CardKind::OpenAccount) => {}
    }
    if kind == CardKind::OpenAccount && card.purse.count > 1 {
        return Err(ErrCause::PurchaseCount);
    }
    Ok(())
}

/// The purchase count rule: one more than the meter's is new, the same is done, all else is wrong.
fn by_count(meter: &CardMeter, card: &UserCard) -> Result<Acceptance, ErrCause> {
    let fresh = card.write_back == WriteBackFile::Empty;
    let refused = |cause: ErrCause| {
        let answer = CardAnswer::Refused { err: cause.into() };
        Ok(Acceptance::written_back(*meter, answer))
    };
    if meter.opening == Opening::NotOpened && !fresh {
        return refused(ErrCause::OpenAccountUsed);
    }
    match card.purse.count.checked_sub(meter.count) {
        None => Ok(Acceptance::written_back(*meter, CardAnswer::Outdated)),
        Some(0) if fresh => Ok(Acceptance::written_back(
            taken_over(*meter, card),
            CardAnswer::AlreadyDone,
        )),
        Some(0) => Ok(Acceptance::written_back(*meter, CardAnswer::AlreadyDone)),
        Some(1) if fresh => {
            let credited = taken_over(*meter, card).credited(card.purse)?;
            let answer = CardAnswer::Credited {
                amount: card.purse.money,
                count: card.purse.count,
            };
            Ok(Acceptance::written_back(credited, answer))
        }
        Some(1) => refused(ErrCause::WriteBackNotEmpty),
        Some(_) => refused(ErrCause::PurchaseCount),
    }
}

/// The meter after an open-account card made it somebody's, or a replacement card took over.
fn taken_over(meter: CardMeter, card: &UserCard) -> CardMeter {
    let opening = match (meter.opening, card.user_file.kind) {
        (Opening::NotOpened, _) | (Opening::Opened { .. }, CardKind::Replacement) => {
            Opening::Opened {
                customer_no: card.user_file.customer_no,
                card_serial: card.serial,
            }
        }
        (opened @ Opening::Opened { .. }, CardKind::OpenAccount | CardKind::Purchase) => opened,
    };
    CardMeter { opening, ..meter }
}

/// A preset card clears the money and sets the purse.
fn preset(meter: &CardMeter, purse: Purse) -> Result<Acceptance, ErrCause> {
    let cleared = CardMeter {
        balance: Fen::ZERO,
        overdraft: Fen::ZERO,
        ..*meter
    };
    Ok(Acceptance {
        answer: CardAnswer::Preset,
        meter: cleared.credited(purse)?,
        write_back: None,
    })
}

#[cfg(test)]
mod tests;
