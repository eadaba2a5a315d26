#![doc = include_str!("../README.md")]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "a test that cannot go on should stop"
    )
)]

mod error;
mod gateway;
mod http;
mod plan;
mod retry;

pub use error::{ClientError, Retry};
pub use gateway::Gateway;
pub use http::Traffic;
pub use plan::{
    Answer, Ask, Bytes, Fault, Input, Output, Plan, PushDraft, Rest, Standing, Upload, Waiting,
    Wakes,
};
pub use retry::{Backoff, LONGEST_MS, SHORTEST_MS};
