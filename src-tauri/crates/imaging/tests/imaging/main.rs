//! What the pictures' crate promises to those who call it, on files made on the spot.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that meets the unexpected must stop"
)]

mod bad_files;
mod broken;
mod displays;
mod drawing;
mod good_files;
mod hints;
mod made;
mod mutants;
mod photo;
mod scan;
mod signature;
