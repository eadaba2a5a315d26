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

pub mod blob;
pub mod card;
pub mod enrol;
pub mod problem;
pub mod proof;
pub mod pull;
pub mod push;
pub mod sign;

/// The protocol's version, sent with every push and enrolment.
///
/// 1: the first.
pub const PROTOCOL_VERSION: u16 = 1;
