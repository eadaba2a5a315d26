#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on should stop"
    )
)]

mod args;
mod card;
mod day;
mod enrol;
mod error;
mod meter;
mod pictures;
mod print;
mod progress;
mod proof;
mod reading;
mod run;
mod scan;
mod sync;

pub use args::Day;
pub use day::{Figures, rehearse};
pub use error::{CliError, Exit};
pub use run::run;
