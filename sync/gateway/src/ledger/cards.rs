//! The card ledger: leave given to write prepaid cards, what became of it, and the money that moved.
//!
//! Every leave is about one [`Claim`]: money that one customer has once. Leave for the same claim
//! is a chain; at most one of it is live, and one brings the [`Credit`]. What devices report is
//! kept whatever the rule book makes of the event, and what does not fit is an [`Incident`].

mod authorise;
mod balance;
mod blanks;
mod books;
mod claim;
#[cfg(test)]
pub(super) mod conformance;
mod credited;
mod finding;
mod judge;
mod lists;
#[cfg(test)]
mod month;
mod rows;
mod security;

pub use authorise::LeaveTerms;
pub use balance::{CardBalance, FenSum};
pub use claim::Claim;
pub use finding::Finding;
pub use lists::{IncidentOf, Incidents, LeaveOf};
pub use rows::{
    Begun, Blank, CardLeave, Credit, Ended, Incident, IncidentNo, LeaveState, Soundness, Word,
};

pub(super) use books::keep;
pub(super) use lists::{incidents_of, leaves_of};
