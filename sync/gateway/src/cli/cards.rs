//! `cards`: blank cards of crews, what does not fit, and the money of all cards.

use clap::Subcommand;
use domain::{CardSerial, CrewId};
use metercrew_gateway::Clock;
use metercrew_gateway::central::format_time;
use metercrew_gateway::config::CHINA_MINUTES;
use metercrew_gateway::ledger::{Blank, CardBalance, IncidentOf, Incidents, Ledger};
use metercrew_gateway::review::IncidentView;
use serde_json::json;
use wire::problem::Problem;

use super::place::Place;
use super::{Failure, Say};

/// The most incidents one command shows.
const INCIDENTS_MAX: u64 = 10_000;

/// Prepaid cards.
#[derive(Debug, Subcommand)]
pub enum CardsCommand {
    /// Register blank cards that a crew carries
    Register {
        #[command(flatten)]
        place: Place,
        /// The crew that carries them
        #[arg(long)]
        crew: String,
        /// Card serials, 16 hexadecimal digits each
        #[arg(required = true, value_name = "SERIAL")]
        serials: Vec<String>,
    },
    /// List blank cards, and what they were used for
    List {
        #[command(flatten)]
        place: Place,
        /// Only this crew's
        #[arg(long)]
        crew: Option<String>,
    },
    /// List what was reported on cards and does not fit
    Incidents {
        #[command(flatten)]
        place: Place,
        /// Also those a supervisor has settled
        #[arg(long)]
        all: bool,
    },
    /// Say how the money of all cards adds up
    Balance {
        #[command(flatten)]
        place: Place,
    },
}

impl CardsCommand {
    /// Does it.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        match self {
            Self::Register {
                place,
                crew,
                serials,
            } => register(say, &place, &CrewId::new(crew), &serials),
            Self::List { place, crew } => list(say, &place, crew.map(CrewId::new)),
            Self::Incidents { place, all } => {
                let which = if all { Incidents::All } else { Incidents::Open };
                incidents(say, &place, which)
            }
            Self::Balance { place } => balance(say, &place),
        }
    }
}

fn register(say: Say, place: &Place, crew: &CrewId, serials: &[String]) -> Result<(), Failure> {
    let cards = serials.iter().map(|text| {
        CardSerial::parse(&text.to_ascii_lowercase()).ok_or_else(|| {
            Failure::input(
                "card_serial",
                format!("{text} is no card's serial"),
                "give the 16 hexadecimal digits that `metercrew card show` prints",
            )
        })
    });
    let cards = cards.collect::<Result<Vec<_>, _>>()?;
    let ledger = place.open_ledger()?;
    let ledger: &dyn Ledger = &ledger;
    let registered = ledger.register_blanks(crew, &cards, Clock::system().now());
    let fresh = registered.map_err(|error| match &error {
        metercrew_gateway::Error::Refused(Problem::NotFound) => Failure::refused(
            "no_such_crew",
            format!("there is no crew {crew}"),
            "add it with `metercrew-gateway crew add`, or send a crew record",
        ),
        metercrew_gateway::Error::Refused(Problem::Malformed { place }) => Failure::refused(
            "card_used",
            place,
            "leave that card out; `metercrew-gateway cards list` says what it was used for",
        ),
        _ => error.into(),
    })?;
    let text = format!("{fresh} blank cards are new to crew {crew}");
    say.done(&text, &json!({"crew": crew, "new": fresh}));
    Ok(())
}

fn list(say: Say, place: &Place, crew: Option<CrewId>) -> Result<(), Failure> {
    let ledger = place.open_ledger()?;
    let ledger: &dyn Ledger = &ledger;
    let blanks = ledger.blanks(crew.as_ref())?;
    let mut lines: Vec<String> = blanks.iter().map(line_of_blank).collect();
    if lines.is_empty() {
        lines.push("no blank cards are registered".to_owned());
    }
    say.done(&lines.join("\n"), &json!({ "blanks": blanks }));
    Ok(())
}

fn line_of_blank(blank: &Blank) -> String {
    let used = match blank.used_by {
        Some(id) => format!("used for {id}"),
        None => "blank".to_owned(),
    };
    format!("{}  {}  {used}", blank.serial, blank.crew)
}

fn incidents(say: Say, place: &Place, which: Incidents) -> Result<(), Failure> {
    let ledger = place.open_ledger()?;
    let ledger: &dyn Ledger = &ledger;
    let found = ledger.card_incidents(which, INCIDENTS_MAX)?;
    let mut lines: Vec<String> = found.iter().map(line_of_incident).collect();
    if lines.is_empty() {
        lines.push("nothing was reported on cards that does not fit".to_owned());
    }
    let views: Vec<IncidentView> = found.into_iter().map(IncidentView::from).collect();
    say.done(&lines.join("\n"), &json!({ "incidents": views }));
    Ok(())
}

fn line_of_incident(of: &IncidentOf) -> String {
    let incident = &of.incident;
    let settled = match &incident.settled {
        Some(word) => format!("settled by {}: {}", word.by, word.why),
        None => "open".to_owned(),
    };
    format!(
        "{}  {}  {}  order {}  leave {}  by {}  {settled}",
        incident.no,
        format_time(incident.at, CHINA_MINUTES),
        incident.what.name(),
        incident.order,
        incident.authorisation,
        of.device_name,
    )
}

fn balance(say: Say, place: &Place) -> Result<(), Failure> {
    let ledger = place.open_ledger()?;
    let ledger: &dyn Ledger = &ledger;
    let sums = ledger.card_balance()?;
    let CardBalance {
        remainders,
        purchases,
        debts,
        credits,
        outstanding,
        credited,
        open,
    } = sums;
    let even = match sums.is_even() {
        true => "it adds up",
        false => "IT DOES NOT ADD UP",
    };
    let text = format!(
        "left in old meters   {remainders:>14}\n\
         bought             + {purchases:>14}\n\
         overdrawn          - {debts:>14}\n\
         on cards           - {credits:>14}   {credited} cards\n\
         still to go        = {outstanding:>14}   {open} not written\n\
         {even}"
    );
    say.done(&text, &json!({ "balance": sums, "even": sums.is_even() }));
    Ok(())
}
