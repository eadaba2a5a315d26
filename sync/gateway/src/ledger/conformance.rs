//! What every engine must do.

use super::Ledger;

/// Makes an empty ledger.
pub(crate) type Fresh<'f> = &'f dyn Fn() -> Box<dyn Ledger>;

/// Runs the whole suite.
pub(crate) fn all(_fresh: Fresh<'_>) {}
