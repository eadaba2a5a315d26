//! The real PC/SC stack with our virtual card in it: foreign programs read the card as it is, and
//! whatever happens to it comes up as what the transport promises.
//!
//! Every test has a daemon of its own and puts a card in once: a second one that comes before the
//! reader was seen empty may never be noticed (pcsc-lite 1.9.9 with vpcd 3.3).
#![cfg(all(debug_assertions, target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

#[path = "card_stack/foreign.rs"]
mod foreign;
#[path = "card_stack/made_up.rs"]
mod made_up;
#[path = "card_stack/pulled.rs"]
mod pulled;
#[path = "card_stack/reader.rs"]
mod reader;
