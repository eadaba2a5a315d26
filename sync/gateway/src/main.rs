//! `metercrew-gateway`: the gateway as a program.
//!
//! Exit: 0 done · 1 refused or not found · 2 bad usage or bad input · 3 the outside world failed.

mod cli;

use std::process::ExitCode;

use clap::Parser;

use cli::{Cli, Say};

fn main() -> ExitCode {
    let cli = Cli::parse();
    let say = Say::new(cli.json);
    cli::log();
    match cli.run(say) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say.failure(&failure);
            ExitCode::from(failure.exit)
        }
    }
}
