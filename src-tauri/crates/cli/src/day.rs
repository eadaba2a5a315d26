//! `metercrew day`: a crew's whole day through the same device as the app's.

mod allot;
mod count;
mod crew;
mod darkroom;
mod film;
mod lot;
mod plan;
mod reading;

use std::path::Path;

use domain::{Need, Order};
use tempfile::TempDir;
use work::{Device, Round, Row, Standing};

use crate::args::Day;
use crate::enrol::{check_gateway, open};
use crate::print::Form;
use crate::progress::Progress;
use crate::sync::{round, seconds};
use crate::{CliError, Exit};
pub use count::Figures;
use crew::Crew;
use darkroom::Darkroom;
use film::{Film, ShotNo, Subject};
use plan::{Ending, Plan, plan};

/// Rounds in a row that may end with something waiting before the day is given up.
///
/// A gateway that is started anew is back within seconds; one that is gone should be told of.
const PATIENCE: u32 = 5;

/// Rest between two rounds when something waits.
const REST: std::time::Duration = std::time::Duration::from_secs(2);

/// One order in so many ends undone, as crews report.
const COULD_NOT_ONE_IN: usize = 10;

/// Does the day and prints its figures.
pub(crate) async fn day(asked: &Day, form: Form, progress: &Progress) -> Result<Exit, CliError> {
    let (figures, end) = live(asked, progress).await?;
    form.result(&figures, &figures)?;
    end?;
    Ok(Exit::Done)
}

/// Does a crew's day without printing anything.
///
/// Errors: [`CliError`], of which [`CliError::SyncStopped`] when something still waits at its end.
pub async fn rehearse(asked: &Day) -> Result<Figures, CliError> {
    let (figures, end) = live(asked, &Progress::quiet()).await?;
    end.map(|()| figures)
}

/// The day, and whether everything went through at its end.
async fn live(
    asked: &Day,
    progress: &Progress,
) -> Result<(Figures, Result<(), CliError>), CliError> {
    let for_today = match &asked.store {
        Some(_) => None,
        None => Some(TempDir::with_prefix("metercrew-day-").map_err(CliError::Darkroom)?),
    };
    let folder = asked.store.as_deref();
    let folder = folder.or(for_today.as_ref().map(TempDir::path));
    let device = open(folder.unwrap_or(Path::new(".")))?;
    let began = device.stamp();
    belong(&device, asked).await?;

    let mut moved = vec![];
    let morning = whole_sync(&device, progress, &mut moved).await?;
    stopped(&morning.standing, &device)?;
    let orders = open_orders(&device, asked.orders)?;
    let Prepared {
        labels,
        plans,
        film,
    } = prepare(&device, &orders, asked.seed)?;
    let darkroom = Darkroom::open(film).map_err(CliError::Darkroom)?;
    let mut crew = Crew::new(device.clone(), darkroom, asked.seed);

    let all = labels.len();
    for (label, number) in labels.into_iter().zip(1..) {
        progress.say(&format!("picking up {number} of {all}"));
        crew = crew.pick_up(label).await?;
    }
    let all = plans.len();
    let mut worked = vec![];
    for (plan, number) in plans.into_iter().zip(1..) {
        progress.say(&format!("order {number} of {all}: {}", plan.order));
        worked.push(plan.order.clone());
        crew = crew.work(plan).await?;
    }
    progress.clear();

    let evening = whole_sync(&device, progress, &mut moved).await?;
    let second = round(&device, progress).await?;
    let figures = Figures {
        seconds: seconds(began, device.stamp()),
        second_sync_bytes_up: second.bytes_up,
        ..Figures::of(&device, &worked, &moved, crew.photos())?
    };
    Ok((figures, stopped(&evening.standing, &device)))
}

/// Enrols the device, or checks that it is the one that was asked for.
async fn belong(device: &Device, asked: &Day) -> Result<(), CliError> {
    let who = match (device.enrolment()?, &asked.code) {
        (Some(who), _) => who,
        (None, Some(code)) => {
            device
                .enrol(code, Some(&asked.gateway), "metercrew day")
                .await?
        }
        (None, None) => return Err(CliError::NoCode),
    };
    check_gateway(&who, &asked.gateway)?;
    match &asked.crew {
        Some(crew) if crew != who.crew.as_str() => Err(CliError::OtherCrew {
            belongs_to: who.crew.to_string(),
        }),
        Some(_) | None => Ok(()),
    }
}

/// Orders still to be done, by appointment; those begun earlier first, those with a card to write
/// last: a made-up crew has no card reader.
fn open_orders(device: &Device, limit: usize) -> Result<Vec<Order>, CliError> {
    let mut rows: Vec<Row> = device.day("")?.rows;
    let is_open = |row: &Row| ["assigned", "started", "returned"].contains(&row.state.as_str());
    rows.retain(is_open);
    rows.sort_by_key(|row| row.state == "assigned");
    let orders = rows.iter();
    let orders = orders.map(|row| Ok(device.order(&row.id)?.held.order));
    let mut orders: Vec<Order> = orders.collect::<Result<_, CliError>>()?;
    orders.sort_by_key(needs_card);
    orders.truncate(limit);
    Ok(orders)
}

/// Whether a card is still to be written.
fn needs_card(order: &Order) -> bool {
    order.open_steps().any(|step| step.need == Need::Card)
}

/// The day, thought through.
struct Prepared {
    /// Labels of the assets to be taken out of the cabinet.
    labels: Vec<ShotNo>,
    plans: Vec<Plan>,
    film: Film,
}

/// What is to be fetched from the cabinet, and what will happen at each order.
fn prepare(device: &Device, orders: &[Order], seed: u64) -> Result<Prepared, CliError> {
    let count = (orders.len() + COULD_NOT_ONE_IN / 2) / COULD_NOT_ONE_IN;
    let undone = lot::some_of(seed, orders, count);
    let to_finish: Vec<&Order> = orders
        .iter()
        .filter(|order| !undone.contains(&order.dispatch.id) && !needs_card(order))
        .collect();
    let allotted = allot::allot(&to_finish, device.cabinet()?);
    let mut film = Film::new(seed);
    let labels = allotted.to_fetch.iter();
    let labels = labels.map(|asset_no| film.add(Subject::Label(asset_no.clone())));
    let labels = labels.collect();
    let plans = orders.iter().map(|order| {
        let id = &order.dispatch.id;
        let is_lacking = allotted.is_lacking(id) || needs_card(order);
        let ending = match (undone.contains(id), is_lacking) {
            (true, _) => Ending::CouldNot,
            (false, true) => Ending::NoMaterial,
            (false, false) => Ending::Done,
        };
        plan(order, allotted.of(id), ending, &mut film)
    });
    let plans = plans.collect();
    Ok(Prepared {
        labels,
        plans,
        film,
    })
}

/// Rounds until nothing waits, or until it is clear that nothing goes through.
async fn whole_sync(
    device: &Device,
    progress: &Progress,
    moved: &mut Vec<Round>,
) -> Result<Round, CliError> {
    let mut tries = 0;
    loop {
        let round = round(device, progress).await?;
        moved.push(round.clone());
        let unsent = device.day("")?.totals.unsent;
        let is_through = round.standing == Standing::Idle && unsent.events + unsent.blobs == 0;
        let has_moved = round.events_up + round.blobs_up > 0;
        tries = if has_moved { 0 } else { tries + 1 };
        if is_through || tries >= PATIENCE || matches!(round.standing, Standing::Blocked { .. }) {
            return Ok(round);
        }
        if matches!(round.standing, Standing::Waiting { .. }) {
            tokio::time::sleep(REST).await;
        }
    }
}

/// Whether everything has gone through.
fn stopped(standing: &Standing, device: &Device) -> Result<(), CliError> {
    let totals = device.day("")?.totals;
    let why = match standing {
        Standing::Idle if totals.unsent.events + totals.unsent.blobs == 0 => return Ok(()),
        Standing::Idle => "unsent",
        Standing::Waiting { why } | Standing::Blocked { why } => why,
    };
    Err(CliError::SyncStopped {
        why: why.to_owned(),
        waiting: totals.saved_here + totals.on_its_way,
    })
}
