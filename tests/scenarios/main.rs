//! The stories: one file each, one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on should stop"
)]

mod bad_input;
#[cfg(debug_assertions)]
mod card_device;
#[cfg(all(debug_assertions, target_os = "linux"))]
mod card_pcsc;
mod day;
mod eyes;
mod field_day;
mod full_disk;
mod late;
mod link;
mod mishap;
mod proof;
#[cfg(debug_assertions)]
mod sample_cards;
mod upgrade;
