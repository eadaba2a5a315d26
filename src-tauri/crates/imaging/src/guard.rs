//! The fence around decoders that others wrote.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a third party's decoder and turns a panic inside it into `None`.
///
/// A photo comes from anywhere, and a decoder that indexes past a table on a hostile file must not take the app and the
/// crew's open order with it. Sizes are checked before (see [`crate::limits`]); this is the last line. It needs
/// `panic = "unwind"`, which is Cargo's default and must stay so in every profile. Nothing outlives the closure but its
/// result, hence `AssertUnwindSafe`.
pub(crate) fn fenced<T>(decode: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(decode)).ok()
}
