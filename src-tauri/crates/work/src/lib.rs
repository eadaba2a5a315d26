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

mod cabinet;
mod card_leave;
mod card_parts;
mod chance;
mod clock;
mod device;
mod diagnostics;
mod display;
mod enrol;
mod error;
mod orders;
mod photo;
mod read_meter;
#[cfg(test)]
mod rig;
mod scan;
mod settings;
mod sighting;
mod sign;
mod sync;
#[cfg(test)]
mod tests;
mod write_card;

pub use cabinet::Direction;
pub use card_parts::{CardParts, CardPartsError};
pub use chance::Chance;
pub use client::{Bytes, ClientError, Standing};
pub use clock::{Clock, SetClock};
pub use device::{Changed, Device, NewKey};
pub use devices;
pub use devices::card::{CardStep, WriteError};
pub use devices::{Event as MeterEvent, Plan, PortError, Progress, ReadError};
pub use display::{DisplayLook, DisplayPicture, DisplayRead, ReadRow};
pub use error::WorkError;
pub use imaging::{
    Code, DisplayRow, Effort, ImagingError, PictureGrey, Quad, ReadBy, ScanOptions, Signature,
    Stroke, StrokePoint, Symbology, decode_grey, drawn, read_display, scan_grey,
};
pub use orders::{Day, Opened};
pub use photo::Rendering;
pub use read_meter::{MeterPorts, broadcast_time, read};
pub use scan::{Known, ReadAsset, Scanned, ScannedCode};
pub use settings::{EnrolledAs, Language, Settings, Theme};
pub use store::{Held, KEY_STORE, Notice, Row, StoreError, Totals, Unsent};
pub use sync::{Round, SyncNow, SyncState};
pub use wire::{problem::Problem, proof, sign::PublicKey};
pub use write_card::{
    CardCondition, CardEnd, CardHeld, CardLook, CardOpen, CardTrouble, ShownRemainder, read_card,
};
