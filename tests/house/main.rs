//! The house: which crate may lean on which, and what may stand where in the sources.
//! These are the rules that hold the layout together and that no compiler checks.
#![expect(
    clippy::panic,
    reason = "a rule that is broken ends its test with a message that says where"
)]

mod arrows;
mod places;
mod rust;
mod schema;
mod size;
mod tree;

/// Ends the test with one line for each breach.
fn none(rule: &str, breaches: Vec<String>) {
    if !breaches.is_empty() {
        panic!("{rule}\n  {}\n", breaches.join("\n  "));
    }
}
