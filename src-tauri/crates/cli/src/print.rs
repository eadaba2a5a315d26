//! Results on standard output: one JSON object or one piece of text each.

use std::fmt::Display;
use std::io::{self, Write as _};

use serde::Serialize;

use crate::CliError;

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// One JSON object a line.
    Json,
    /// Lines for a person.
    Text,
}

impl Form {
    /// Prints one result.
    ///
    /// Errors: [`CliError::Output`].
    pub fn result(self, json: &impl Serialize, text: impl Display) -> Result<(), CliError> {
        let line = match self {
            Self::Json => serde_json::to_string(json).map_err(|e| CliError::Output(e.into()))?,
            Self::Text => text.to_string(),
        };
        writeln!(io::stdout().lock(), "{line}").map_err(CliError::Output)
    }

    /// Prints why not, and what to do next: as an object where results are, or on standard error.
    pub fn failure(self, error: &CliError) {
        let failure = error.failure();
        // Nobody is left to tell when this cannot be written either.
        let _ = match self {
            Self::Json => match serde_json::to_string(&failure) {
                Ok(line) => writeln!(io::stdout().lock(), "{line}"),
                Err(_) => Ok(()),
            },
            Self::Text => writeln!(
                io::stderr().lock(),
                "metercrew: {}; {}",
                failure.message,
                failure.next
            ),
        };
    }
}
