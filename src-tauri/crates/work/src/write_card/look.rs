//! What stands before the crew at the card step: the card, the plan, and why not.

use devices::card::{CardError, WriteError, identify};
use domain::{
    CardAuthorisation, CardImage, CardKind, CardOutcome, CardPlan, CardRefusal, CardSeen,
    CardSerial, CardTask, CreditSource, Ground, Layout, MeterNo, Millis, Need, OldCard, Order,
    OrderId, Record, Refusal, Remainder, StepId, Stock, UserCard, card_outcome, card_remainders,
    installed_meter_no, preview_card,
};

use super::{OpenWrite, ShownRemainder};
use crate::{Device, Opened, WorkError};

/// What stands before the crew at the card step.
#[derive(Debug, Clone)]
pub struct CardLook {
    /// Why no card could be read: the code of what is wrong with reader or card.
    pub trouble: Option<String>,
    /// The card in the reader.
    pub card: Option<CardHeld>,
    /// The other of two cards, read before and put aside.
    pub aside: Option<CardHeld>,
    /// The meter the card is for.
    pub meter_no: Option<MeterNo>,
    /// What was left in the old meter, by everybody who says so, the best first.
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
    pub keys: &'static str,
}

/// A card as it was read.
#[derive(Debug, Clone)]
pub struct CardHeld {
    /// Which piece of plastic.
    pub serial: CardSerial,
    /// What it is good for.
    pub condition: CardCondition,
    /// What is on it, when a meter would read it.
    pub content: Option<UserCard>,
}

/// What a card is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardCondition {
    /// A meter would read it.
    Valid,
    /// No meter would take it: blank, void, or cut off half-way.
    Invalid,
    /// Nobody has issued it: it has no files to write to.
    Unissued,
}

/// A write that was begun and has not ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CardOpen {
    /// The card that has to be in the reader next.
    pub wanted: CardSerial,
    /// Whether that is the old card, to be made void.
    pub voids_old: bool,
    /// Whether a supervisor took its leave back: another card may be written in its place.
    pub is_taken_back: bool,
}

/// All that a write needs to begin.
pub(super) struct Ready {
    pub(super) step: StepId,
    pub(super) leave: CardAuthorisation,
    pub(super) layout: &'static Layout,
    /// The card that will be written, as it was read.
    pub(super) target: CardImage,
    /// The old card that will be made void first, as it was read.
    pub(super) old: Option<CardImage>,
    pub(super) seen: CardSeen,
    pub(super) plan: CardPlan,
}

impl CardHeld {
    /// Errors: [`CardError::Damaged`], [`CardError::UnknownLayout`].
    pub(super) fn of(image: &CardImage) -> Result<(Self, &'static Layout), CardError> {
        let layout = identify(image)?;
        let (condition, content) = match layout.decode(image) {
            Ok(content) => (CardCondition::Valid, Some(content)),
            Err(_) if image.user.is_empty() => (CardCondition::Unissued, None),
            Err(_) => (CardCondition::Invalid, None),
        };
        let held = Self {
            serial: image.serial,
            condition,
            content,
        };
        Ok((held, layout))
    }
}

pub(super) fn look(
    device: &Device,
    id: &OrderId,
    shown: Option<ShownRemainder>,
) -> Result<CardLook, WorkError> {
    let opened = device.order(id)?;
    let order = &opened.held.order;
    let written = device.open_write(id)?;
    let open = written.as_ref().and_then(|OpenWrite { row, write }| {
        Some(CardOpen {
            wanted: write.wanted()?,
            voids_old: write.to_void().is_some(),
            is_taken_back: order.taken_back.contains(&row.authorisation),
        })
    });
    let mut look = CardLook {
        trouble: None,
        card: None,
        aside: device
            .card_aside(id)
            .and_then(|image| CardHeld::of(&image).ok())
            .map(|(held, _)| held),
        meter_no: installed_meter_no(order, &stock_of(&opened)),
        remainders: remainders(order, shown),
        expires_at: device.leave_of(order).ok().map(|leave| leave.expires_at),
        plan: None,
        refusal: None,
        open,
        outcome: newest_outcome(device, order)?,
        keys: device.card_parts().keys_name(),
    };
    let image = match device.open_card().and_then(|mut card| Ok(card.read()?)) {
        Ok(image) => image,
        Err(why) => {
            look.trouble = Some(why.code().to_owned());
            return Ok(look);
        }
    };
    let is_of = |open: &OpenWrite| open.row.cards.contains(&image.serial);
    if look.open.is_some_and(|open| open.is_taken_back) && !written.as_ref().is_some_and(is_of) {
        look.open = None;
    }
    match CardHeld::of(&image) {
        Ok((held, _)) => look.card = Some(held),
        Err(why) => {
            look.trouble = Some(why.code().to_owned());
            return Ok(look);
        }
    }
    if look.open.is_none() {
        match ready(device, id, &image, shown) {
            Ok(ready) => look.plan = Some(ready.plan),
            Err(WorkError::Refused(refusal)) => look.refusal = Some(*refusal),
            Err(WorkError::Card(trouble)) => look.trouble = Some(trouble.why.code().to_owned()),
            Err(error) => return Err(error),
        }
    }
    Ok(look)
}

/// Everything a write would begin with, with this card in the reader.
///
/// Errors: [`WorkError::Refused`] with why none may; [`WorkError::Card`] when the card is of no
/// use.
pub(super) fn ready(
    device: &Device,
    id: &OrderId,
    now: &CardImage,
    shown: Option<ShownRemainder>,
) -> Result<Ready, WorkError> {
    let opened = device.order(id)?;
    let order = &opened.held.order;
    let task = order.dispatch.card.as_ref().ok_or(CardRefusal::NoTask)?;
    let mut steps = order.dispatch.procedure.steps.iter();
    let step = steps.find(|step| step.need == Need::Card);
    let step = step.ok_or(CardRefusal::NoTask)?.id.clone();
    let leave = device.leave_of(order)?;
    let stock = stock_of(&opened);
    let meter_no = installed_meter_no(order, &stock).ok_or(CardRefusal::MeterNoUnknown)?;

    let other = device
        .card_aside(id)
        .filter(|aside| aside.serial != now.serial);
    let is_old = |card: &UserCard| is_old(card, task, meter_no);
    let known = task.meter.and_then(|meter| meter.card_serial);
    let (target, old) = roles(now.clone(), other, known, is_old)?;
    is_free(device, [Some(&target), old.as_ref()])?;
    let (held, layout) = CardHeld::of(&target).map_err(WriteError::from)?;
    if held.condition == CardCondition::Unissued {
        return Err(WriteError::NotIssued.into());
    }
    let content = held.content;
    let old_content = old.as_ref().and_then(|image| layout.decode(image).ok());
    let own = content.filter(is_old);
    let old_card = match old_content.or(own) {
        Some(card) => OldCard::Read(card),
        None => OldCard::NotRead,
    };
    let mut said = card_remainders(order)?;
    said.extend(shown.map(photo));
    let seen = CardSeen {
        serial: target.serial,
        content,
        meter_no,
        old_card,
        remainders: if task.kind == CardKind::OpenAccount {
            said
        } else {
            card_remainders(order)?
        },
    };
    let enrolled = device.enrolled()?;
    let ground = Ground {
        crew: &enrolled.crew,
        stock: &stock,
        now: device.stamp().best(),
    };
    let plan = preview_card(order, leave.id, &seen, ground)?;
    Ok(Ready {
        step,
        leave,
        layout,
        target,
        old,
        seen,
        plan,
    })
}

/// Which of two cards is written, and which is the old one to be made void.
///
/// The customer's card is the old one, whichever of the two is in the reader; when both are the
/// customer's, the one its meter knows.
///
/// Errors: [`CardRefusal::CardNotAuthorised`] when the old one cannot be told from the other.
fn roles(
    now: CardImage,
    other: Option<CardImage>,
    known: Option<CardSerial>,
    is_old: impl Fn(&UserCard) -> bool,
) -> Result<(CardImage, Option<CardImage>), WorkError> {
    let Some(other) = other else {
        return Ok((now, None));
    };
    let is_customers = |image: &CardImage| -> Result<bool, WriteError> {
        let (held, _) = CardHeld::of(image)?;
        Ok(held.content.is_some_and(|card| is_old(&card)))
    };
    match (is_customers(&now)?, is_customers(&other)?) {
        (false, false) => Ok((now, None)),
        (true, false) => Ok((other, Some(now))),
        (false, true) => Ok((now, Some(other))),
        (true, true) if known == Some(now.serial) => Ok((other, Some(now))),
        (true, true) if known == Some(other.serial) => Ok((now, Some(other))),
        (true, true) => Err(CardRefusal::CardNotAuthorised { serial: now.serial }.into()),
    }
}

/// What became of the newest write, also when its end came too late for the order to count it.
fn newest_outcome(device: &Device, order: &Order) -> Result<Option<CardOutcome>, WorkError> {
    let recorded = order.work.values().find_map(|record| match record {
        Record::Card { authorisation, .. } => Some(*authorisation),
        _ => None,
    });
    let newest = match recorded {
        Some(authorisation) => Some(authorisation),
        None => {
            let row = device.inner.store.card_of(&order.dispatch.id)?;
            row.map(|row| row.authorisation)
        }
    };
    Ok(newest.and_then(|authorisation| card_outcome(order, authorisation)))
}

/// Whether none of these cards is in doubt in another order.
fn is_free(device: &Device, cards: [Option<&CardImage>; 2]) -> Result<(), WorkError> {
    let open = device.inner.store.open_cards()?;
    let mut cards = cards.into_iter().flatten();
    match cards.any(|card| open.iter().any(|row| row.cards.contains(&card.serial))) {
        true => Err(CardRefusal::InDoubt.into()),
        false => Ok(()),
    }
}

/// Whether a card is one the customer has had. One that opens the meter this order hangs is the new
/// one, written before by a device whose journal is lost.
fn is_old(card: &UserCard, task: &CardTask, meter_no: MeterNo) -> bool {
    let opens = task.kind == CardKind::OpenAccount && card.user_file.meter_no == meter_no;
    card.user_file.customer_no == task.customer_no && !opens
}

fn stock_of(opened: &Opened) -> Stock {
    Stock::of(opened.new_meter.clone())
}

fn photo(shown: ShownRemainder) -> Remainder {
    Remainder {
        source: CreditSource::Photo,
        money: shown.money,
        overdraft: shown.overdraft,
        count: shown.count,
    }
}

/// Everybody who says what was left, the best first; what cannot be counted in fen says nothing
/// here, and why in the refusal.
fn remainders(order: &Order, shown: Option<ShownRemainder>) -> Vec<Remainder> {
    let office = order.dispatch.card.as_ref();
    let office = office.and_then(|task| task.meter?.remainder);
    let mut said = card_remainders(order).unwrap_or_default();
    said.extend(shown.map(photo));
    said.extend(office);
    said.sort_by_key(|remainder| remainder.source);
    said
}
