//! From arguments to an exit code.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;
use domain::CardKind;
use tokio::runtime::Runtime;

use crate::args::{Asked, CardCommand, Command, MeterCommand, ProofCommand};
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit, card, day, enrol, meter, proof, reading, scan, sync};

/// Does what the arguments ask and says how it ended.
pub fn run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let asked = match Asked::try_parse_from(&args) {
        Ok(asked) => asked,
        Err(said) => return unparsed(&args, &said),
    };
    let form = if asked.json { Form::Json } else { Form::Text };
    let progress = Progress::new(asked.progress);
    let done = obey(asked.command, form, &progress);
    progress.clear();
    match done {
        Ok(exit) => exit.into(),
        Err(error) => {
            form.failure(&error);
            error.exit().into()
        }
    }
}

fn obey(command: Command, form: Form, progress: &Progress) -> Result<Exit, CliError> {
    match command {
        Command::Scan(asked) => scan::scan(&asked, form, progress),
        Command::Reading(asked) => reading::reading(&asked, form, progress),
        Command::Proof(asked) => match asked.command {
            ProofCommand::Verify(asked) => proof::verify(&asked, form),
        },
        Command::Meter(asked) => match asked.command {
            MeterCommand::Read(asked) => meter::read(&asked, form, progress),
            MeterCommand::Simulate(asked) => meter::simulate(&asked, form),
            MeterCommand::BroadcastTime(asked) => meter::broadcast_time(&asked, form),
        },
        Command::Card(asked) => match asked.command {
            CardCommand::Show => card::show(form),
            CardCommand::Open(asked) => {
                let only = Some(CardKind::OpenAccount);
                wait(card::write(asked, only, form, progress))
            }
            CardCommand::Rewrite(asked) => wait(card::write(asked, None, form, progress)),
            CardCommand::Recover(asked) => wait(card::recover(asked, form, progress)),
            CardCommand::GiveUp(asked) => wait(card::give_up(asked, form)),
            #[cfg(debug_assertions)]
            CardCommand::Make(asked) => card::make(&asked, form),
            #[cfg(debug_assertions)]
            CardCommand::Try(asked) => card::try_card(&asked, form),
        },
        Command::Enrol(asked) => wait(enrol::enrol(&asked, form)),
        Command::Sync(asked) => wait(sync::sync(&asked, form, progress)),
        Command::Day(asked) => wait(day::day(&asked, form, progress)),
    }
}

/// Runs to the end, or until a person presses Ctrl-C: an act that is under way is finished then,
/// and temporary folders are cleared away.
fn wait(work: impl Future<Output = Result<Exit, CliError>>) -> Result<Exit, CliError> {
    let runtime = Runtime::new().map_err(CliError::Runtime)?;
    runtime.block_on(async {
        tokio::select! {
            done = work => done,
            Ok(()) = tokio::signal::ctrl_c() => Err(CliError::Interrupted),
        }
    })
}

/// The parser's own words for a person, an object for a program; help is no failure.
fn unparsed(args: &[OsString], said: &clap::Error) -> ExitCode {
    let wants_json = args.iter().any(|arg| arg == "--json");
    if said.use_stderr() && wants_json {
        let text = said.to_string();
        let first = text.lines().next().unwrap_or_default();
        let said = first.trim_start_matches("error: ").to_owned();
        Form::Json.failure(&CliError::Usage { said });
        return Exit::BadInput.into();
    }
    let exit = match said.use_stderr() {
        true => Exit::BadInput,
        false => Exit::Done,
    };
    // Nobody is left to tell when this cannot be written.
    let _ = said.print();
    exit.into()
}
