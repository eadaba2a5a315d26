//! The rig of the stories: named crews, a real gateway on a free port, real stores, a link that cuts.
//!
//! Everything here is test code: what cannot go on stops with a panic that says why.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a story that cannot go on should stop"
)]

pub mod district;
pub mod link;
pub mod office;
#[cfg(debug_assertions)]
pub mod prepaid;
pub mod small_disk;
pub mod tablet;

pub use link::{Link, Weather};
pub use office::Office;
pub use tablet::Tablet;

/// When every story begins: a working day, nine in the morning in China.
pub const MORNING: domain::Millis = domain::Millis(1_790_038_800_000);
