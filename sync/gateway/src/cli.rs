//! The program's commands: what they take, and how they speak.

mod cards;
mod failure;
mod moving;
mod people;
mod place;
mod serve;
mod training;

use std::io::Write;

use clap::{Parser, Subcommand};
use serde_json::Value;

pub use failure::Failure;

/// What crews' tablets sync with, where supervisors look, what the marketing system talks to.
#[derive(Debug, Parser)]
#[command(name = "metercrew-gateway", arg_required_else_help = true)]
pub struct Cli {
    /// Say everything as JSON, one object a line
    #[arg(long, global = true)]
    pub json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve tablets, the supervisor's desk and the marketing system until told to end
    Serve(serve::Serve),
    /// Make a single-use code with which a tablet joins a crew
    Enrol(people::Enrol),
    /// Crews
    #[command(subcommand)]
    Crew(people::CrewCommand),
    /// Supervisors
    #[command(subcommand)]
    Supervisor(people::SupervisorCommand),
    /// Prepaid cards: blanks of crews, incidents, how the money adds up
    #[command(subcommand)]
    Cards(cards::CardsCommand),
    /// Take files of the marketing system's: all of a file or nothing
    Import(moving::Import),
    /// Write an order's proof bundle, to be checked anywhere with `metercrew proof verify`
    Export(moving::Export),
    /// Write what crews agreed to train the readers with: pictures and confirmed values, naming nobody
    Training(training::Training),
    /// Write a made-up district to try things with
    Sample(moving::Sample),
    /// Print the built-in procedures as JSON, to be changed and given to `serve --procedures`
    Procedures,
}

impl Cli {
    /// Does what was asked.
    ///
    /// Errors: [`Failure`], with the exit code and what to do next.
    pub fn run(self, say: Say) -> Result<(), Failure> {
        match self.command {
            Command::Serve(serve) => serve.run(say),
            Command::Enrol(enrol) => enrol.run(say),
            Command::Crew(command) => command.run(say),
            Command::Supervisor(command) => command.run(say),
            Command::Cards(command) => command.run(say),
            Command::Import(import) => import.run(say),
            Command::Export(export) => export.run(say),
            Command::Training(training) => training.run(say),
            Command::Sample(sample) => sample.run(say),
            Command::Procedures => procedures(),
        }
    }
}

/// How the program speaks: to people, or to programs.
#[derive(Debug, Clone, Copy)]
pub enum Say {
    /// To people.
    Text,
    /// To programs.
    Json,
}

impl Say {
    /// By the `--json` switch.
    pub fn new(json: bool) -> Self {
        if json { Self::Json } else { Self::Text }
    }

    /// Says a result: the text, or the value.
    pub fn done(self, text: &str, value: &Value) {
        match self {
            Self::Text => print(text),
            Self::Json => print(&value.to_string()),
        }
    }

    /// Says what went wrong and what to do next.
    pub fn failure(self, failure: &Failure) {
        match self {
            Self::Text => {
                eprintln!("metercrew-gateway: {}", failure.message);
                eprintln!("next: {}", failure.next);
            }
            Self::Json => print(&failure.json().to_string()),
        }
    }
}

/// Prints a line; a reader that has gone away is no reason to fail.
/// Prints the built-in procedures in the form `--procedures` reads.
fn procedures() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&domain::Procedure::built_in()).unwrap_or_default();
    print(&text);
    Ok(())
}

fn print(line: &str) {
    let _ = writeln!(std::io::stdout().lock(), "{line}");
}

/// Logs go to standard error; `METERCREW_LOG=debug` says more.
pub fn log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("METERCREW_LOG");
    let filter = filter.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}
