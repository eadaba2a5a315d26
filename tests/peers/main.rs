//! Third-party meters and readers: what we understand, they say, and the other way round.
//!
//! Each is a process of its own, over TCP or over two real ptys. Where one deviates from the
//! standard, the test's name says so, and we follow the standard.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a story that cannot go on should stop"
)]

mod cable;
mod dlt645_meter;
mod dlt698_meter;
mod our_meter;
mod peer;
mod readers;
mod reading;
