//! `training`: pictures that crews agreed to train the readers with.

use std::path::{Path, PathBuf};

use clap::Args;
use metercrew_gateway::training::Wanted;
use metercrew_gateway::{Chance, Clock, Gateway};
use serde_json::json;

use super::moving::config;
use super::place::Place;
use super::{Failure, Say};

/// Write what crews agreed to train the readers of displays and labels with, naming nobody.
#[derive(Debug, Args)]
pub struct Training {
    #[command(flatten)]
    place: Place,
    /// The folder of photos, when it is not DIR/blobs
    #[arg(long, value_name = "DIR")]
    blobs: Option<PathBuf>,
    /// A new or empty folder for samples.jsonl and the pictures
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// Labels too: their pictures show the meters' asset numbers
    #[arg(long)]
    labels: bool,
}

impl Training {
    /// Writes the folder.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        fresh(&self.to)?;
        let config = config(&self.place, self.blobs.as_deref())?;
        let chance = Chance::system();
        let gateway = Gateway::open(config, Clock::system(), chance.clone())?;
        let wanted = match self.labels {
            true => Wanted::DisplaysAndLabels,
            false => Wanted::Displays,
        };
        let training = gateway.training(wanted, &chance)?;
        let mut lines = String::new();
        for sample in &training.samples {
            lines.push_str(&serde_json::to_string(sample).unwrap_or_default());
            lines.push('\n');
        }
        for (name, bytes) in &training.pictures {
            write(&self.to.join(name), bytes)?;
        }
        write(&self.to.join("samples.jsonl"), lines.as_bytes())?;
        let pictures = training.pictures.len();
        let shown = match self.labels {
            true => "\nThe labels show asset numbers: keep the folder as you keep the stock list.",
            false => "",
        };
        let text = format!(
            "{pictures} pictures in {}; {} without consent left where they are, {} not here yet{shown}",
            self.to.display(),
            training.without_consent,
            training.left_out,
        );
        let value = json!({
            "to": self.to,
            "pictures": pictures,
            "samples": training.samples.len(),
            "without_consent": training.without_consent,
            "left_out": training.left_out,
            "labels": self.labels,
        });
        say.done(&text, &value);
        Ok(())
    }
}

/// Nothing of an earlier export may stay: a picture in it may have been taken back.
fn fresh(folder: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(folder).map_err(|e| Failure::file("make", folder, &e))?;
    let mut within = std::fs::read_dir(folder).map_err(|e| Failure::file("read", folder, &e))?;
    match within.next() {
        None => Ok(()),
        Some(_) => Err(Failure::input(
            "folder_not_empty",
            format!("{} is not empty", folder.display()),
            "give a new folder",
        )),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|e| Failure::file("write", path, &e))
}
