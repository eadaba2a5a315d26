//! `import`, `export`, `sample`: files in and out.

use std::path::{Path, PathBuf};

use clap::Args;
use domain::{Millis, OrderId};
use metercrew_gateway::central::{self, Taken, parse_day};
use metercrew_gateway::config::{CHINA_MINUTES, Config};
use metercrew_gateway::ledger::Ledger;
use metercrew_gateway::ledger::sqlite::SqliteLedger;
use metercrew_gateway::sample::{District, SEED};
use metercrew_gateway::{Chance, Clock, Error, Gateway};
use serde_json::json;
use wire::problem::Problem;

use super::place::{Company, Place};
use super::{Failure, Say};

/// Take files of the marketing system's: all of a file or nothing.
#[derive(Debug, Args)]
pub struct Import {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    company: Company,
    /// JSON Lines (*.jsonl) or CSV (*.csv)
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

impl Import {
    /// Takes the files in the order they are named; the first bad one ends it.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let mapping = self.company.mapping()?;
        let ledger = self.place.open_ledger()?;
        let now = Clock::system().now();
        for path in &self.files {
            let file = path.file_name().unwrap_or_default().to_string_lossy();
            let bytes = std::fs::read(path).map_err(|e| Failure::file("read", path, &e))?;
            let taken = central::rows_of_file(&file, &bytes, &mapping)
                .map_err(central::NotTaken::Faults)
                .and_then(|rows| central::take(&ledger, rows, &mapping, now))
                .map_err(|why| Failure::not_taken(&file, why))?;
            let value = json!({"file": path, "taken": taken});
            say.done(&format!("{}: {}", path.display(), in_words(&taken)), &value);
        }
        Ok(())
    }
}

fn in_words(taken: &Taken) -> String {
    format!(
        "{} new orders, {} changed, {} recalled, {} assets, {} crews, {} known already, {} set aside",
        taken.new_orders,
        taken.changed_orders,
        taken.recalled_orders,
        taken.stock,
        taken.crews,
        taken.same,
        taken.set_aside
    )
}

/// Write an order's proof bundle.
#[derive(Debug, Args)]
pub struct Export {
    #[command(flatten)]
    place: Place,
    /// The folder of photos, when it is not DIR/blobs
    #[arg(long, value_name = "DIR")]
    blobs: Option<PathBuf>,
    /// The order's number
    #[arg(long, value_name = "ID")]
    order: String,
    /// Where the bundle goes (.tar)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

impl Export {
    /// Writes the bundle.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let config = config(&self.place, self.blobs.as_deref())?;
        let gateway = Gateway::open(config, Clock::system(), Chance::system())?;
        let bundle = gateway.bundle(&OrderId::new(&self.order)).map_err(|e| {
            let next = "look at the order's number";
            match e {
                Error::Refused(Problem::NotFound) => Failure::refused(
                    "no_such_order",
                    format!("there is no order {}", self.order),
                    next,
                ),
                other => other.into(),
            }
        })?;
        central::write_file(&self.out, &bundle)?;
        let size_bytes = bundle.len();
        let text = format!(
            "{} ({size_bytes} bytes); check it with: metercrew proof verify {0}",
            self.out.display()
        );
        let value = json!({"order": self.order, "out": self.out, "size_bytes": size_bytes});
        say.done(&text, &value);
        Ok(())
    }
}

/// What a gateway that only works on its files is told.
pub(super) fn config(place: &Place, blobs: Option<&Path>) -> Result<Config, Failure> {
    Ok(Config {
        ledger: place.ledger_path()?,
        blobs: blobs.map_or_else(|| place.data.join("blobs"), Path::to_owned),
        board: None,
        listen: ([127, 0, 0, 1], 0).into(),
        public_url: String::new(),
        utc_offset_minutes: CHINA_MINUTES,
    })
}

/// Write a made-up district to try things with.
#[derive(Debug, Args)]
pub struct Sample {
    /// Where the marketing system's files, the labels and a description go
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Also load it into the ledger of this gateway: crews, supervisors, orders, stock
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Another district
    #[arg(long, default_value_t = SEED, value_name = "N")]
    seed: u64,
    /// The first of its three days, YYYY-MM-DD; today when it is not said
    #[arg(long, value_name = "DATE")]
    day: Option<String>,
    #[command(flatten)]
    company: Company,
}

impl Sample {
    /// Writes the district.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        let mapping = self.company.mapping()?;
        let now = Clock::system().now();
        let day = match &self.day {
            Some(text) => parse_day(text).ok_or_else(|| {
                Failure::input("day", format!("{text} is no day"), "give it as 2026-03-01")
            })?,
            None => today(now),
        };
        let district = District::of(self.seed, day);
        district.write(&self.out, &mapping)?;
        if let Some(data) = &self.data {
            std::fs::create_dir_all(data).map_err(|e| Failure::file("make", data, &e))?;
            let ledger = SqliteLedger::open(&data.join("ledger.db"))?;
            let ledger: &dyn Ledger = &ledger;
            district.load(ledger, &mapping, &Chance::system(), now)?;
        }
        let counts = district.counts();
        let mut text = format!(
            "A made-up district is in {}: {} accounts, {} orders, {} new meters and terminals.\n\
             labels to print   {} and labels-on-walls.pdf\n\
             what it is        {}",
            self.out.display(),
            counts.accounts,
            counts.orders,
            counts.new_assets,
            self.out.join("labels.pdf").display(),
            self.out.join("district.json").display(),
        );
        for who in district.supervisors() {
            let role = if self.data.is_some() {
                "may sign in"
            } else {
                "for `supervisor add`"
            };
            text.push_str(&format!(
                "\n{}  name {}, password {} ({role})",
                who.display_name, who.name, who.password
            ));
        }
        let mut value = district.about();
        if let Some(object) = value.as_object_mut() {
            object.insert("out".into(), json!(self.out));
            object.insert("data".into(), json!(self.data));
        }
        say.done(&text, &value);
        Ok(())
    }
}

/// Days since 1970-01-01, by China's clock.
fn today(now: Millis) -> i64 {
    (now.0 + i64::from(CHINA_MINUTES) * 60_000).div_euclid(86_400_000)
}
