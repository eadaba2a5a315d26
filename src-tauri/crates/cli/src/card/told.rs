//! A card and a plan in words and as JSON.

use std::fmt::{self, Write as _};

use domain::{CardAnswer, CardKind, CreditPartKind, CreditSource, WriteBackFile};
use serde::Serialize;
use work::{CardCondition, CardHeld, CardLook, CardStep};

/// A card as programs get it.
#[derive(Serialize)]
pub(super) struct Printed {
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<String>,
    serial: String,
    condition: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<CardKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    meter_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    customer_no: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    money: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    write_back: Option<WriteBackFile>,
    outcome: &'static str,
}

impl Printed {
    pub(super) fn read(held: &CardHeld) -> Self {
        let content = held.content.as_ref();
        Self {
            order: None,
            serial: held.serial.to_string(),
            condition: condition(held.condition),
            kind: content.map(|card| card.user_file.kind),
            meter_no: content.map(|card| card.user_file.meter_no.to_string()),
            customer_no: content.map(|card| card.user_file.customer_no.to_string()),
            money: content.map(|card| card.purse.money.to_string()),
            count: content.map(|card| card.purse.count),
            write_back: content.map(|card| card.write_back),
            outcome: "read",
        }
    }

    pub(super) fn written(held: &CardHeld, order: &str) -> Self {
        Self {
            order: Some(order.to_owned()),
            outcome: "written",
            ..Self::read(held)
        }
    }
}

const fn condition(condition: CardCondition) -> &'static str {
    match condition {
        CardCondition::Valid => "valid",
        CardCondition::Invalid => "invalid",
        CardCondition::Unissued => "unissued",
    }
}

const fn kind(kind: CardKind) -> &'static str {
    match kind {
        CardKind::OpenAccount => "open-account card",
        CardKind::Purchase => "purchase card",
        CardKind::Replacement => "replacement card",
    }
}

/// A card for a person.
pub(super) struct Shown<'a>(pub(super) &'a CardHeld);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(card) = &self.0.content else {
            let why = match self.0.condition {
                CardCondition::Unissued => "nobody has issued it",
                CardCondition::Valid | CardCondition::Invalid => "no meter would take it",
            };
            return write!(f, "card {}: {why}", self.0.serial);
        };
        write!(
            f,
            "card {}: {}\n  meter        {}\n  customer     {}\n  money        {:>12} yuan\n  purchase no. {:>12}",
            self.0.serial,
            kind(card.user_file.kind),
            card.user_file.meter_no,
            card.user_file.customer_no,
            card.purse.money.to_string(),
            card.purse.count,
        )?;
        match &card.write_back {
            WriteBackFile::Empty => write!(f, "\n  no meter has read it since it was written"),
            WriteBackFile::Written(back) => write!(
                f,
                "\n  meter {} wrote back: {} yuan left, {} overdrawn, purchase no. {}",
                back.meter_no, back.money, back.overdraft, back.count
            ),
        }
    }
}

/// What will be on the card, and why.
pub(super) fn plan(look: &CardLook) -> String {
    let Some(plan) = &look.plan else {
        return "a write is open: it goes on as it was begun".to_owned();
    };
    let mut text = format!(
        "{} for meter {}",
        kind(plan.card.user_file.kind),
        plan.card.user_file.meter_no
    );
    // writing into a string does not fail
    for part in &plan.parts {
        let (sign, what) = match part.kind {
            CreditPartKind::OldCredit => ('+', "left in the old meter".to_owned()),
            CreditPartKind::Bought { count } => ('+', format!("purchase no. {count}")),
            CreditPartKind::Debt => ('-', "overdrawn on the old meter".to_owned()),
        };
        let amount = part.amount.to_string();
        let _ = write!(
            text,
            "\n  {sign} {amount:>12}  {what} ({})",
            source(part.source)
        );
    }
    let _ = write!(text, "\n  = {:>12}  on the card", plan.total.to_string());
    if plan.debt_left != domain::Fen::ZERO {
        let _ = write!(text, "\n    {:>12}  still owed", plan.debt_left.to_string());
    }
    let says = match &plan.predicted.answer {
        CardAnswer::Credited { amount, count } => {
            format!("it will credit {amount} yuan as purchase no. {count}")
        }
        CardAnswer::AlreadyDone => "it will take the card over; no money".to_owned(),
        CardAnswer::Preset | CardAnswer::Outdated => "it will credit nothing".to_owned(),
        CardAnswer::Refused { err } => format!("it will refuse: {err}"),
    };
    let _ = write!(text, "\n  the meter: {says}");
    text
}

const fn source(source: CreditSource) -> &'static str {
    match source {
        CreditSource::Readout => "infrared",
        CreditSource::WriteBack => "old card's write-back",
        CreditSource::Photo => "the meter's display",
        CreditSource::Office => "office",
        CreditSource::OldPurse => "old card",
    }
}

/// How far a write is.
pub(super) const fn step_words(step: CardStep) -> &'static str {
    match step {
        CardStep::Intent => "intent: written down, the leave is used up",
        CardStep::CardRead => "card_read: it is the right card",
        CardStep::VoidingOld => "voiding_old: the old card is made void",
        CardStep::Authenticated => "authenticated: leave the card in",
        CardStep::MadeInvalid => "made_invalid: no meter takes it now",
        CardStep::PurseWritten => "purse_written: the money is on it",
        CardStep::PurseReadBack => "purse_read_back: and was read back",
        CardStep::BodyWritten => "body_written: the rest is on it",
        CardStep::BodyReadBack => "body_read_back: and was read back",
        CardStep::MadeValid => "made_valid: it is valid",
        CardStep::ReadBack => "read_back: all of it was read back",
        CardStep::Verified => "verified: that is written down",
        CardStep::Committed => "committed: recorded as done",
        CardStep::OldVoided => "old_voided: the old card is void",
        CardStep::InsertNew => "insert_new: the new card comes next",
        CardStep::WritingAgain => "writing_again: it did not hold; once more",
    }
}
