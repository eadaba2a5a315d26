//! The program `metercrew`.

use std::process::ExitCode;

fn main() -> ExitCode {
    metercrew_cli::run(std::env::args_os())
}
