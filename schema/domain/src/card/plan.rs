//! The card for a meter that takes a faulty one's place: what it carries, and whether it would work.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    Acceptance, CardAnswer, CardContent, CardKind, CardMeter, CardSerial, CreditPart,
    CreditPartKind, CreditSource, CustomerNo, Fen, MeterErr, MeterNo, Millis, OldCard, Opening,
    PaidPurchase, Purse, Remainder, UserCard, UserFile, WriteBackFile, accept,
};

/// What is known when a faulty prepaid meter was replaced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FaultReplacement {
    /// The card to be written.
    pub card_serial: CardSerial,
    /// The meter that was taken down.
    pub old_meter_no: MeterNo,
    /// The meter that hangs there now.
    pub new_meter: CardMeter,
    /// Parameters of the new card. Its kind is set here: only an open-account card opens a meter.
    pub parameters: UserFile,
    /// What was left in the old meter, by everybody who says something about it.
    pub remainders: Vec<Remainder>,
    /// The customer's old card.
    pub old_card: OldCard,
    /// Every purchase the office knows is paid and may not be in the old meter.
    pub purchases: Vec<PaidPurchase>,
}

/// A card to write, why it carries what it carries, and what the meter will say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CardPlan {
    /// The card.
    pub card: UserCard,
    /// The sum, line by line: old credit, purchases, debt.
    pub parts: Vec<CreditPart>,
    /// What the card carries.
    pub total: Fen,
    /// What the customer still owes: taken from the first purchase on the new meter, by the office.
    /// Zero unless the debt is more than all the rest; the card then opens the meter without money.
    pub debt_left: Fen,
    /// What the new meter will do with the card.
    pub predicted: Acceptance,
}

/// Why no card is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CardRefusal {
    /// The new meter belongs to somebody already.
    #[error("the new meter is opened already")]
    AlreadyOpened,
    /// The card is not planned for the meter that hangs there.
    #[error("the card is for meter {found}, not {expected}")]
    WrongNewMeter { expected: MeterNo, found: MeterNo },
    /// The old card is another customer's.
    #[error("the old card is customer {found}'s, not {expected}'s")]
    WrongCustomer {
        expected: CustomerNo,
        found: CustomerNo,
    },
    /// The old card, or what is written on it, is about another meter.
    #[error("the old card is for meter {found}, not {expected}")]
    WrongOldMeter { expected: MeterNo, found: MeterNo },
    /// Nobody says what was left.
    #[error("nobody says what was left in the old meter")]
    RemainderUnknown,
    /// A witness says less than nothing, or money left and overdrawn at once.
    #[error("{source_of:?} says money left and money overdrawn at once, or less than nothing")]
    RemainderImpossible { source_of: CreditSource },
    /// A purchase of less than nothing.
    #[error("purchase {count} is less than nothing")]
    PurchaseNegative { count: u32 },
    /// Whether a purchase is in the remainder cannot be told.
    #[error("whether purchase {count} is in the old meter is not known")]
    CountUnknown { count: u32 },
    /// Two say different amounts for one purchase.
    #[error("purchase {count} is {one} and {other}")]
    PurchaseDiffers { count: u32, one: Fen, other: Fen },
    /// A purchase between the meter's last and a later one is missing.
    #[error("purchase {missing} is not known, a later one is")]
    PurchaseMissing { missing: u32 },
    /// A purchase never written on a card is said to be in the meter.
    #[error("purchase {count} was never on a card, and the meter's count says it is in it")]
    CountContradicts { count: u32 },
    /// More money than can be counted.
    #[error("the sum is more money than can be counted")]
    TooMuch,
    /// The order asks for no card.
    #[error("the order asks for no card")]
    NoTask,
    /// A card for an opened meter, and no meter is named.
    #[error("the card is for an opened meter, and none is named")]
    NoMeter,
    /// The number of the meter that hangs there is not known.
    #[error("the number of the new meter is not known")]
    MeterNoUnknown,
    /// What is said to have been before the crew is not what the order holds.
    #[error("the plan stands on something the order does not hold")]
    GroundChanged,
    /// The gateway has given no leave, or other leave than this.
    #[error("there is no such authorisation")]
    NotAuthorised,
    /// The leave is used up: it is good for one card, once.
    #[error("the authorisation is used up")]
    AuthorisationUsed,
    /// The leave is another device's or person's.
    #[error("the authorisation is somebody else's")]
    NotTheirs,
    /// Nobody believes the signature.
    #[error("the authorisation is not the gateway's")]
    NotSigned,
    /// The leave begins later.
    #[error("the authorisation is not valid yet")]
    NotYetValid { from: Millis },
    /// The leave is over.
    #[error("the authorisation has expired")]
    Expired { at: Millis },
    /// A piece of plastic the leave does not name.
    #[error("card {serial} is neither the customer's nor registered for this crew")]
    CardNotAuthorised { serial: CardSerial },
    /// More would be carried over than the leave allows.
    #[error("{found} would be carried over, at most {most} may be")]
    CarriedTooMuch { most: Fen, found: Fen },
    /// Money on the card the meter has not read yet.
    #[error("purchase {count} on the card has not been read by the meter")]
    PurchaseUnread { count: u32 },
    /// A write is under way, and the card has not been read since.
    #[error("a card is in doubt")]
    InDoubt,
    /// Nothing was begun that could end.
    #[error("no card was begun")]
    NotBegun,
    /// The new meter would refuse the card.
    #[error("the meter would refuse the card: {err}")]
    MeterWouldRefuse { err: MeterErr },
    /// The new meter would take the card for an old one and credit nothing.
    #[error("the meter would not credit the card: its count is {meter_count} already")]
    MeterWouldNotCredit { meter_count: u32 },
}

impl CardRefusal {
    /// Its code, as in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            Self::AlreadyOpened => "already_opened",
            Self::WrongNewMeter { .. } => "wrong_new_meter",
            Self::WrongCustomer { .. } => "wrong_customer",
            Self::WrongOldMeter { .. } => "wrong_old_meter",
            Self::RemainderUnknown => "remainder_unknown",
            Self::RemainderImpossible { .. } => "remainder_impossible",
            Self::PurchaseNegative { .. } => "purchase_negative",
            Self::CountUnknown { .. } => "count_unknown",
            Self::PurchaseDiffers { .. } => "purchase_differs",
            Self::PurchaseMissing { .. } => "purchase_missing",
            Self::CountContradicts { .. } => "count_contradicts",
            Self::TooMuch => "too_much",
            Self::NoTask => "no_task",
            Self::NoMeter => "no_meter",
            Self::MeterNoUnknown => "meter_no_unknown",
            Self::GroundChanged => "ground_changed",
            Self::NotAuthorised => "not_authorised",
            Self::AuthorisationUsed => "authorisation_used",
            Self::NotTheirs => "not_theirs",
            Self::NotSigned => "not_signed",
            Self::NotYetValid { .. } => "not_yet_valid",
            Self::Expired { .. } => "expired",
            Self::CardNotAuthorised { .. } => "card_not_authorised",
            Self::CarriedTooMuch { .. } => "carried_too_much",
            Self::PurchaseUnread { .. } => "purchase_unread",
            Self::InDoubt => "in_doubt",
            Self::NotBegun => "not_begun",
            Self::MeterWouldRefuse { .. } => "meter_would_refuse",
            Self::MeterWouldNotCredit { .. } => "meter_would_not_credit",
        }
    }
}

/// The open-account card that brings everything the customer has to the new meter, exactly once.
///
/// The best witness of the remainder counts, and only purchases after the meter's count are added;
/// one that both office and old card know is one purchase.
///
/// Errors: [`CardRefusal`]; no card may be written then.
pub fn plan_card(replacement: &FaultReplacement) -> Result<CardPlan, CardRefusal> {
    let meter = &replacement.new_meter;
    if meter.opening != Opening::NotOpened {
        return Err(CardRefusal::AlreadyOpened);
    }
    if replacement.parameters.meter_no != meter.meter_no {
        return Err(CardRefusal::WrongNewMeter {
            expected: meter.meter_no,
            found: replacement.parameters.meter_no,
        });
    }
    check_old_card(
        replacement.parameters.customer_no,
        replacement.old_meter_no,
        &replacement.old_card,
    )?;

    let parts = parts(replacement)?;
    let sum = parts.iter().try_fold(Fen::ZERO, |sum, part| {
        match part.kind {
            CreditPartKind::OldCredit | CreditPartKind::Bought { .. } => sum.plus(part.amount),
            CreditPartKind::Debt => sum.minus(part.amount),
        }
        .ok_or(CardRefusal::TooMuch)
    })?;
    let total = sum.max(Fen::ZERO);
    let debt_left = total.minus(sum).ok_or(CardRefusal::TooMuch)?;

    let card = UserCard {
        serial: replacement.card_serial,
        user_file: UserFile {
            kind: CardKind::OpenAccount,
            ..replacement.parameters
        },
        purse: Purse {
            money: total,
            count: u32::from(total > Fen::ZERO),
        },
        write_back: WriteBackFile::Empty,
    };
    let predicted = accept(meter, &CardContent::User(card));
    match predicted.answer {
        CardAnswer::Refused { err } => return Err(CardRefusal::MeterWouldRefuse { err }),
        // An outdated card does not even open the meter.
        CardAnswer::Credited { .. } => {}
        CardAnswer::AlreadyDone if total == Fen::ZERO => {}
        CardAnswer::AlreadyDone | CardAnswer::Outdated | CardAnswer::Preset => {
            return Err(CardRefusal::MeterWouldNotCredit {
                meter_count: meter.count,
            });
        }
    }
    Ok(CardPlan {
        card,
        parts,
        total,
        debt_left,
        predicted,
    })
}

/// Whether the old card is the customer's, and about the meter it should be about.
pub(super) fn check_old_card(
    customer: CustomerNo,
    meter: MeterNo,
    old_card: &OldCard,
) -> Result<(), CardRefusal> {
    let OldCard::Read(card) = old_card else {
        return Ok(());
    };
    let written = match &card.write_back {
        WriteBackFile::Empty => None,
        WriteBackFile::Written(back) => Some((back.meter_no, back.customer_no)),
    };
    let said = (card.user_file.meter_no, card.user_file.customer_no);
    for (meter_no, customer_no) in [said].into_iter().chain(written) {
        if customer_no != customer {
            return Err(CardRefusal::WrongCustomer {
                expected: customer,
                found: customer_no,
            });
        }
        if meter_no != meter {
            return Err(CardRefusal::WrongOldMeter {
                expected: meter,
                found: meter_no,
            });
        }
    }
    Ok(())
}

/// The lines of the sum; zero lines are left out, but for the old credit.
fn parts(replacement: &FaultReplacement) -> Result<Vec<CreditPart>, CardRefusal> {
    let witnesses = witnesses(replacement)?;
    let best = witnesses.first().ok_or(CardRefusal::RemainderUnknown)?;
    let line = |kind, amount, source| CreditPart {
        kind,
        amount,
        source,
    };
    let mut parts = vec![line(CreditPartKind::OldCredit, best.money, best.source)];
    parts.extend(
        unread(replacement, best, &witnesses)?
            .into_iter()
            .filter(|(_, bought)| bought.amount != Fen::ZERO)
            .map(|(count, bought)| {
                let kind = CreditPartKind::Bought { count };
                line(kind, bought.amount, bought.source)
            }),
    );
    if best.overdraft != Fen::ZERO {
        parts.push(line(CreditPartKind::Debt, best.overdraft, best.source));
    }
    Ok(parts)
}

/// Everybody who says what was left, the best first; the old card's write-back is one of them, and
/// comes before a write-back somebody only tells of.
fn witnesses(replacement: &FaultReplacement) -> Result<Vec<Remainder>, CardRefusal> {
    let on_card = match &replacement.old_card {
        OldCard::Read(UserCard {
            write_back: WriteBackFile::Written(back),
            ..
        }) => Some(Remainder::of_write_back(back)),
        OldCard::Read(_) | OldCard::NotRead => None,
    };
    let told = replacement.remainders.iter().copied();
    let mut witnesses: Vec<_> = on_card.into_iter().chain(told).collect();
    witnesses.sort_by_key(|witness| witness.source);
    for witness in &witnesses {
        let both = witness.money != Fen::ZERO && witness.overdraft != Fen::ZERO;
        if both || witness.money.is_negative() || witness.overdraft.is_negative() {
            return Err(CardRefusal::RemainderImpossible {
                source_of: witness.source,
            });
        }
    }
    Ok(witnesses)
}

/// A purchase, and how it may have reached the old meter.
#[derive(Clone, Copy)]
struct Bought {
    amount: Fen,
    source: CreditSource,
    written_on: Option<CardSerial>,
}

/// The purchases that are not in the remainder, by their count, each once.
fn unread(
    replacement: &FaultReplacement,
    best: &Remainder,
    witnesses: &[Remainder],
) -> Result<BTreeMap<u32, Bought>, CardRefusal> {
    let meter_count = MeterCount::of(best, witnesses);
    let mut unread = BTreeMap::new();
    for (count, bought) in purchases(replacement)? {
        let last = meter_count
            .for_purchase(bought.written_on, &replacement.old_card)
            .ok_or(CardRefusal::CountUnknown { count })?;
        if count > last {
            unread.insert(count, bought);
        } else if bought.written_on.is_none() {
            return Err(CardRefusal::CountContradicts { count });
        }
    }
    if let Some(mut last) = meter_count.any() {
        for count in unread.keys() {
            let missing = last.saturating_add(1);
            if missing != *count {
                return Err(CardRefusal::PurchaseMissing { missing });
            }
            last = *count;
        }
    }
    Ok(unread)
}

/// All purchases anybody knows of: the office's, and the one in the purse of the old card.
fn purchases(replacement: &FaultReplacement) -> Result<BTreeMap<u32, Bought>, CardRefusal> {
    let mut purchases: BTreeMap<u32, Bought> = BTreeMap::new();
    let office = replacement.purchases.iter().map(|paid| {
        let bought = Bought {
            amount: paid.amount,
            source: CreditSource::Office,
            written_on: paid.written_on,
        };
        (paid.count, bought)
    });
    let on_card = match &replacement.old_card {
        OldCard::Read(card) if card.purse.count > 0 => Some((
            card.purse.count,
            Bought {
                amount: card.purse.money,
                source: CreditSource::OldPurse,
                written_on: Some(card.serial),
            },
        )),
        OldCard::Read(_) | OldCard::NotRead => None,
    };
    for (count, bought) in office.chain(on_card) {
        if bought.amount.is_negative() {
            return Err(CardRefusal::PurchaseNegative { count });
        }
        let known = purchases.entry(count).or_insert(bought);
        if known.amount != bought.amount {
            return Err(CardRefusal::PurchaseDiffers {
                count,
                one: known.amount,
                other: bought.amount,
            });
        }
        known.written_on = known.written_on.or(bought.written_on);
    }
    Ok(purchases)
}

/// The old meter's purchase count, and how far the word of it reaches.
enum MeterCount {
    /// It is as new as the remainder.
    Certain(u32),
    /// From a write-back older than the remainder: another card may have been inserted since.
    OfOldCard(u32),
    Unknown,
}

impl MeterCount {
    /// The count that belongs to the chosen remainder: its own, or one that cannot be older.
    fn of(best: &Remainder, witnesses: &[Remainder]) -> Self {
        let said = |source| {
            witnesses
                .iter()
                .find(|witness| witness.source == source)
                .and_then(|witness| witness.count)
        };
        // The office's count may be as old as the last collection: it fits the office's own
        // remainder, and no fresher one. A photo is taken on the spot.
        let certain = best.count.or_else(|| said(CreditSource::Photo));
        match (certain, said(CreditSource::WriteBack)) {
            (Some(count), _) => Self::Certain(count),
            (None, Some(count)) => Self::OfOldCard(count),
            (None, None) => Self::Unknown,
        }
    }

    /// The count to hold a purchase against. A write-back speaks for its own card only, and a
    /// purchase that was on no card cannot be in the meter.
    fn for_purchase(&self, written_on: Option<CardSerial>, old_card: &OldCard) -> Option<u32> {
        match (self, written_on, old_card) {
            (Self::Certain(count), _, _) | (Self::OfOldCard(count), None, _) => Some(*count),
            (Self::OfOldCard(count), Some(on), OldCard::Read(card)) if card.serial == on => {
                Some(*count)
            }
            (Self::Unknown, None, _) => Some(0),
            (Self::OfOldCard(_) | Self::Unknown, Some(_), _) => None,
        }
    }

    fn any(&self) -> Option<u32> {
        match self {
            Self::Certain(count) | Self::OfOldCard(count) => Some(*count),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests;
