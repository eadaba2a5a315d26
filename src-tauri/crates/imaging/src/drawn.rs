//! Made-up photographs of meters, for tests, the sample district and the crew's day without a screen.
//!
//! Everything here follows from its arguments: same text, same seed, same bytes. Nothing shows a real device; the maker's
//! name on every drawn meter is SAMPLE.

mod camera;
mod code128;
pub mod displays;
mod face;
mod labels;
mod meter;
mod plane;
mod random;
mod scenes;
mod segments;

pub use code128::code128;
pub use labels::{
    FieldPicture, FieldSize, Level, TEST_SEEDS, TRAIN_SEEDS, TUNE_SEEDS, asset_no, field_empty,
    field_label, field_qr,
};
pub use meter::{Difficulty, display, label, label_flat};
pub use scenes::{Scene, scene};

/// Size of every drawn photograph.
pub const PHOTO_WIDTH_PX: u32 = 1600;

/// Size of every drawn photograph.
pub const PHOTO_HEIGHT_PX: u32 = 1200;
