#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::string_slice,
        clippy::panic,
        reason = "a test that cannot go on should stop"
    )
)]

pub mod central;
pub mod clock;
pub mod config;
mod error;
pub mod ledger;
pub mod sample;

pub use clock::{Chance, Clock};
pub use config::Config;
pub use error::Error;
