#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic
    )
)]

mod aside;
mod check;
pub mod column;
mod dump;
mod error;
mod key;
mod migrate;
mod open;
mod write;

pub use aside::{Aside, finish_move_aside, move_aside};
pub use check::quick_check;
pub use dump::{schema_dump, schema_dump_of, uncommented_columns};
pub use error::{Error, Retry};
pub use key::Key;
pub use migrate::{Migrated, Step, migrate, schema_version};
pub use open::{Protection, open, open_in_memory, open_reader};
pub use write::write;
