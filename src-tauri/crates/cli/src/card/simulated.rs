//! Cards and meters of made-up values, to try all of it without hardware. Only where there are debug
//! assertions: a release has no virtual card.
#![cfg(debug_assertions)]

use std::fs;
use std::path::Path;

use domain::{
    CardAnswer, CardClock, CardImage, CardMeter, CardSerial, Fen, Inserted, LAYOUTS, Layout, Purse,
    UserCard, UserFile, WriteBackFile, insert,
};
use serde::Serialize;
use work::devices::sim::card::{Memory, VirtualCard};

use crate::print::Form;
use crate::{CliError, Exit, args};

fn bad(said: impl std::fmt::Display) -> CliError {
    CliError::BadCard {
        said: said.to_string(),
    }
}

fn layout() -> Result<&'static Layout, CliError> {
    LAYOUTS.first().ok_or_else(|| bad("there is no layout"))
}

#[derive(Serialize)]
struct Made<'a> {
    card: &'a Path,
    serial: String,
}

/// Makes the file of a virtual card.
pub(crate) fn make(asked: &args::MakeCard, form: Form) -> Result<Exit, CliError> {
    let serial = CardSerial::parse(&asked.serial)
        .ok_or_else(|| bad("a serial is 16 hexadecimal digits, lower case"))?;
    let blank = CardImage {
        serial,
        user: vec![0; 45],
        purse: vec![0; 8],
        write_back: vec![0; 49],
    };
    let image = match (&asked.kind, &asked.meter_no, &asked.customer_no) {
        (Some(kind), Some(meter_no), Some(customer_no)) => {
            let card = UserCard {
                serial,
                user_file: UserFile {
                    kind: *kind,
                    meter_no: *meter_no,
                    customer_no: *customer_no,
                    update_flags: 0,
                    tariff_switch: CardClock::default(),
                    alarm_1: Fen::ZERO,
                    alarm_2: Fen::ZERO,
                    current_ratio: 1,
                    voltage_ratio: 1,
                },
                purse: Purse {
                    money: asked.money.unwrap_or_default(),
                    count: asked.count.unwrap_or_default(),
                },
                write_back: WriteBackFile::Empty,
            };
            layout()?.encode(&card).map_err(bad)?
        }
        _ => blank,
    };
    let card = VirtualCard::new(image);
    card.memory().save(&asked.card).map_err(bad)?;
    let made = Made {
        card: &asked.card,
        serial: serial.to_string(),
    };
    form.result(
        &made,
        format!("card {serial} is in {}", asked.card.display()),
    )?;
    Ok(Exit::Done)
}

#[derive(Serialize)]
struct Tried<'a> {
    #[serde(flatten)]
    answer: &'a CardAnswer,
    credited: Fen,
    balance: Fen,
    count: u32,
}

/// Puts a card's file into a meter's file, as a customer puts a card into a meter.
pub(crate) fn try_card(asked: &args::TryCard, form: Form) -> Result<Exit, CliError> {
    let meter = meter(asked)?;
    let memory = Memory::load(&asked.card).map_err(bad)?;
    let mut card = VirtualCard::of(memory.ok_or_else(|| bad("there is no such card"))?);
    let layout = layout()?;
    let accepted = insert(&meter, layout, Inserted::Card(card.image()));
    if let Some(back) = accepted.write_back {
        let image = card.image().clone();
        let mut written = layout.decode(&image).map_err(bad)?;
        written.write_back = WriteBackFile::Written(back);
        card.set_image(layout.encode(&written).map_err(bad)?);
        card.memory().save(&asked.card).map_err(bad)?;
    }
    let text = serde_json::to_string_pretty(&accepted.meter).map_err(bad)?;
    fs::write(&asked.meter, text).map_err(|source| CliError::Unreadable {
        path: asked.meter.clone(),
        source,
    })?;
    let tried = Tried {
        answer: &accepted.answer,
        credited: accepted.credited(),
        balance: accepted.meter.balance,
        count: accepted.meter.count,
    };
    let says = match &accepted.answer {
        CardAnswer::Credited { amount, count } => {
            format!("credited {amount} yuan, purchase no. {count}")
        }
        CardAnswer::AlreadyDone => "nothing credited: this purchase is in it already".to_owned(),
        CardAnswer::Outdated => "nothing credited: an older purchase".to_owned(),
        CardAnswer::Preset => "preset".to_owned(),
        CardAnswer::Refused { err } => format!("refused: {err}"),
    };
    form.result(
        &tried,
        format!("{says}; the meter holds {} yuan", accepted.meter.balance),
    )?;
    Ok(match accepted.answer {
        CardAnswer::Refused { .. } => Exit::Refused,
        _ => Exit::Done,
    })
}

/// The meter in its file; a new one of the number that was given where there is none.
fn meter(asked: &args::TryCard) -> Result<CardMeter, CliError> {
    match (fs::read_to_string(&asked.meter), asked.new) {
        (Ok(text), _) => serde_json::from_str(&text).map_err(bad),
        (Err(_), Some(meter_no)) => Ok(CardMeter::unopened(meter_no)),
        (Err(source), None) => Err(CliError::Unreadable {
            path: asked.meter.clone(),
            source,
        }),
    }
}
