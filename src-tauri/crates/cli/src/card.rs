//! `metercrew card`: shows a prepaid card, writes one under an order's leave, goes on after a cut.

mod simulated;
mod told;

use std::thread;
use std::time::Duration;

use domain::{CardKind, CardSerial, Fen, OrderId};
use serde::Serialize;
use work::{
    CardEnd, CardHeld, CardLook, CardParts, CardTrouble, Device, ShownRemainder, WorkError,
};

use crate::enrol::open;
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit, args};

#[cfg(debug_assertions)]
pub(crate) use simulated::{make, try_card};
use told::{Printed, Shown, step_words};

/// How often a reader is looked into while a card is waited for.
const LOOKS_EVERY: Duration = Duration::from_millis(200);

fn parts() -> Result<CardParts, CliError> {
    CardParts::from_environment().map_err(|error| CliError::CardParts {
        said: error.to_string(),
    })
}

/// Shows what is on the card in the reader.
pub(crate) fn show(form: Form) -> Result<Exit, CliError> {
    let held = work::read_card(&parts()?)?;
    form.result(&Printed::read(&held), Shown(&held))?;
    Ok(Exit::Done)
}

/// Writes the card of an order.
pub(crate) async fn write(
    asked: args::WriteCard,
    only: Option<CardKind>,
    form: Form,
    progress: &Progress,
) -> Result<Exit, CliError> {
    let device = with_cards(&asked.store)?;
    let progress = progress.clone();
    beside(move || Writing::new(&device, &asked, progress)?.write(only, asked.dry_run, form)).await
}

/// Goes on with a write that was cut off.
pub(crate) async fn recover(
    asked: args::RecoverCard,
    form: Form,
    progress: &Progress,
) -> Result<Exit, CliError> {
    let device = with_cards(&asked.store)?;
    let progress = progress.clone();
    beside(move || {
        let mut orders = device.open_cards()?;
        if let Some(asked) = &asked.order {
            // what is not open would be begun, and nobody has seen what it will be
            orders.retain(|order| order.as_str() == asked);
        }
        if orders.is_empty() {
            return Err(CliError::NoOpenCard);
        }
        for order in orders {
            let writing = Writing {
                device: &device,
                order,
                shown: None,
                wait: Duration::from_secs(asked.wait),
                progress: progress.clone(),
            };
            writing.to_its_end()?;
            writing.report(form)?;
        }
        Ok(Exit::Done)
    })
    .await
}

/// Gives a write up, on the proof of the card in the reader.
pub(crate) async fn give_up(asked: args::GiveUpCard, form: Form) -> Result<Exit, CliError> {
    let device = with_cards(&asked.store)?;
    beside(move || {
        let order = OrderId::new(asked.order);
        device.give_up_card(&order)?;
        let outcome = Ended {
            order: order.as_str(),
            outcome: "not_written",
        };
        form.result(
            &outcome,
            "given up: nothing is on the card, and the office will hear of it",
        )?;
        Ok(Exit::Done)
    })
    .await
}

#[derive(Serialize)]
struct Ended<'a> {
    order: &'a str,
    outcome: &'static str,
}

fn with_cards(store: &std::path::Path) -> Result<Device, CliError> {
    if !store.is_dir() {
        return Err(WorkError::Store(work::StoreError::NotEnrolled).into());
    }
    let device = open(store)?;
    device.use_card_parts(parts()?);
    Ok(device)
}

/// Card work blocks: beside the runtime's own threads.
async fn beside(
    work: impl FnOnce() -> Result<Exit, CliError> + Send + 'static,
) -> Result<Exit, CliError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or(Err(WorkError::Closing.into()))
}

/// One order's card, and how long a person has to put one in.
struct Writing<'a> {
    device: &'a Device,
    order: OrderId,
    shown: Option<ShownRemainder>,
    wait: Duration,
    progress: Progress,
}

impl<'a> Writing<'a> {
    fn new(
        device: &'a Device,
        asked: &args::WriteCard,
        progress: Progress,
    ) -> Result<Self, CliError> {
        let shown = asked.left.map(|money| ShownRemainder {
            money,
            overdraft: asked.overdraft.unwrap_or_default(),
            count: asked.count,
        });
        let writing = Self {
            device,
            order: OrderId::new(asked.order.clone()),
            shown,
            wait: Duration::from_secs(asked.wait),
            progress,
        };
        if asked.two_cards {
            writing.read_both()?;
        }
        Ok(writing)
    }

    fn write(&self, only: Option<CardKind>, dry_run: bool, form: Form) -> Result<Exit, CliError> {
        let look = self.looked()?;
        self.refuse_without_plan(&look)?;
        let kind = look.plan.as_ref().map(|plan| plan.card.user_file.kind);
        if let (Some(only), Some(kind)) = (only, kind)
            && only != kind
        {
            return Err(CliError::OtherCardKind { kind });
        }
        if dry_run {
            form.result(&look.plan, told::plan(&look))?;
            return Ok(Exit::Done);
        }
        if form == Form::Text {
            eprintln!("{}", told::plan(&look));
        }
        self.to_its_end()?;
        self.report(form)?;
        Ok(Exit::Done)
    }

    fn looked(&self) -> Result<CardLook, CliError> {
        Ok(self.device.look_at_card(&self.order, self.shown)?)
    }

    /// A write that is open needs no plan: it has one.
    fn refuse_without_plan(&self, look: &CardLook) -> Result<(), CliError> {
        if let Some(refusal) = &look.refusal {
            return Err(WorkError::from(refusal.clone()).into());
        }
        if let Some(code) = &look.trouble {
            return Err(CliError::CardTrouble { code: code.clone() });
        }
        Ok(())
    }

    /// Reads the old card and the one that takes its place, whichever comes first.
    fn read_both(&self) -> Result<(), CliError> {
        let first = self.device.set_card_aside(&self.order, true)?;
        let first = first.aside.map(|card| card.serial);
        self.progress.say("now the other card");
        self.until(|card| Some(card.serial) != first)
    }

    /// Writes, and waits for each card that is wanted.
    fn to_its_end(&self) -> Result<(), CliError> {
        loop {
            let progress = self.progress.clone();
            let ended = self
                .device
                .write_card(&self.order, self.shown, &mut |step| {
                    progress.say(step_words(step));
                });
            match ended {
                Ok(CardEnd::Done | CardEnd::GivenUp) => return Ok(()),
                Ok(CardEnd::NextCard { serial }) => self.wait_for(serial)?,
                Err(WorkError::Card(trouble)) if is_other_card(&trouble) => match trouble.wanted {
                    Some(wanted) => {
                        if !trouble.is_open && trouble.why.code() == "card_wrong" {
                            // Of two cards the old one comes first: the other is kept in mind, or
                            // the old one alone would be written.
                            self.device.set_card_aside(&self.order, true)?;
                        }
                        self.wait_for(wanted)?;
                    }
                    None => return Err(WorkError::Card(trouble).into()),
                },
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn wait_for(&self, wanted: CardSerial) -> Result<(), CliError> {
        self.progress.say(&format!("put card {wanted} in"));
        self.until(|card| card.serial == wanted)
            .map_err(|_| CliError::CardNotPutIn { wanted })
    }

    /// Looks until such a card is in the reader.
    fn until(&self, is_it: impl Fn(&CardHeld) -> bool) -> Result<(), CliError> {
        let mut left = self.wait;
        loop {
            let look = self.looked()?;
            if look.card.as_ref().is_some_and(&is_it) {
                return Ok(());
            }
            if left.is_zero() {
                return Err(CliError::CardTrouble {
                    code: "card_missing".to_owned(),
                });
            }
            thread::sleep(LOOKS_EVERY);
            left = left.saturating_sub(LOOKS_EVERY);
        }
    }

    fn report(&self, form: Form) -> Result<(), CliError> {
        let held = work::read_card(&self.device.card_parts())?;
        let printed = Printed::written(&held, self.order.as_str());
        form.result(&printed, format!("written and read back\n{}", Shown(&held)))
    }
}

fn is_other_card(trouble: &CardTrouble) -> bool {
    matches!(trouble.why.code(), "card_wrong" | "card_missing")
}

/// Yuan with at most two places.
pub(crate) fn yuan(text: &str) -> Result<Fen, String> {
    let amount = domain::Decimal::parse(text).map_err(|error| error.to_string())?;
    Fen::try_from(amount).map_err(|error| error.to_string())
}
