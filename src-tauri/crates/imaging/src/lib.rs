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

mod canvas;
mod crop;
mod encode;
mod error;
mod font;
mod guard;
mod jpeg_marks;
mod png_chunks;
mod symbols;

pub mod decode;
pub mod drawn;
pub mod exif;
pub mod limits;
pub mod photo;
pub mod picture;
pub mod quality;
pub mod reading;
pub mod scan;
pub mod signature;
pub mod watermark;

pub use crop::{Quad, crop};
pub use decode::{decode, decode_grey};
pub use encode::{encode_jpeg, encode_png};
pub use error::ImagingError;
pub use photo::{Evidence, PurposeSpec, evidence, evidence_of};
pub use picture::{Layout, Picture, PictureGrey};
pub use quality::{Hint, Quality, perceptual_hash};
pub use reading::{Candidate, DisplayRow, read_display, weights_hash};
pub use scan::{Code, Effort, Formats, ReadBy, ScanOptions, Symbology, scan, scan_grey};
pub use signature::{Signature, Stroke, StrokePoint};
pub use watermark::watermark;
