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

pub mod accept;
pub mod auth;
pub mod blobs;
mod bundle;
pub mod central;
pub mod clock;
pub mod config;
mod error;
mod gateway;
mod handlers;
pub mod hsm;
mod key;
pub mod ledger;
pub mod review;
mod router;
pub mod sample;
#[cfg(test)]
mod tests;
pub mod training;
mod uploads;

pub use clock::{Chance, Clock};
pub use config::Config;
pub use error::{Error, Retry};
pub use gateway::{Cards, Gateway, serve};
pub use router::routes;
