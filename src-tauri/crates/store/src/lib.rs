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

// The made-up orders of the tests are the bench's too, which sees this crate from outside.
#[cfg(test)]
extern crate self as metercrew_store;

mod act;
mod blob;
mod blobs;
mod card_write;
mod draft;
mod enrolment;
mod entry;
mod error;
mod event;
mod event_past;
mod key;
mod key_store;
mod mark;
mod open;
mod picture;
mod pull;
mod receipt;
mod receive;
mod rehome;
mod row;
mod salvage;
mod schema;
mod search;
#[cfg(target_os = "linux")]
mod secret_service;
mod setting;
mod sql;
mod stock;
mod store;
mod sync_state;
#[cfg(test)]
mod tests;
mod verify;

pub use act::Acted;
pub use blob::{Lane, WaitingBlob};
pub use card_write::CardRow;
pub use enrolment::Enrolment;
pub use error::{Retry, StoreError};
pub use key::{FoundKey, Key, KeyFile, KeySource, MemoryKey, obtain_key};
pub use key_store::{KEY_STORE, key_store};
pub use open::Notice;
pub use picture::Held;
pub use pull::{Changed, Incoming};
pub use rehome::Rehomed;
pub use row::{Row, Totals, Unsent};
pub use salvage::{Found, Salvage};
pub use store::Store;
pub use sync_state::Series;
pub use verify::Verified;
