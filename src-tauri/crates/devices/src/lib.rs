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

mod alone;
mod answers;
pub mod card;
mod conversation;
pub mod dlt645;
pub mod dlt698;
mod drive;
mod exchange;
pub mod iec62056;
mod port;
mod read;
pub mod sim;

pub use conversation::{Conversation, Progress, ReadError, Step};
pub use drive::{Cancel, Event, drive};
pub use port::{
    AvailablePort, DataBits, LineSettings, Parity, Port, PortError, PortName, available_ports, open,
};
pub use read::{Plan, begin, explain};
