//! The app: commands, view types and notifications around `work`. No rules, no SQL.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test that cannot go on should stop"
    )
)]

pub mod view;

/// Runs the app.
pub fn run() {}
