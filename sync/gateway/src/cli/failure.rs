//! What went wrong, as an exit code, a code for programs, and what to do next.

use metercrew_gateway::central::{Fault, MappingError, NotTaken, WebhookError};
use metercrew_gateway::{Error, Retry};
use serde_json::{Value, json};
use wire::problem::Problem;

/// Refused, or not found.
const REFUSED: u8 = 1;

/// Bad usage or bad input.
const INPUT: u8 = 2;

/// The outside world failed.
const WORLD: u8 = 3;

/// Why a command did not do what was asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The exit code.
    pub exit: u8,
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
    /// What to do next.
    pub next: String,
}

impl Failure {
    /// Bad usage or bad input.
    pub fn input(code: &str, message: impl ToString, next: &str) -> Self {
        Self::of(INPUT, code, message, next)
    }

    /// Refused, or not found.
    pub fn refused(code: &str, message: impl ToString, next: &str) -> Self {
        Self::of(REFUSED, code, message, next)
    }

    /// The outside world failed.
    pub fn world(code: &str, message: impl ToString, next: &str) -> Self {
        Self::of(WORLD, code, message, next)
    }

    fn of(exit: u8, code: &str, message: impl ToString, next: &str) -> Self {
        Self {
            exit,
            code: code.to_owned(),
            message: message.to_string(),
            next: next.to_owned(),
        }
    }

    /// For programs.
    ///
    /// Shape: `{"error":"code","message":"…","next":"…"}`.
    pub fn json(&self) -> Value {
        json!({"error": self.code, "message": self.message, "next": self.next})
    }

    /// A file of the command's that failed.
    pub fn file(act: &str, path: &std::path::Path, error: &std::io::Error) -> Self {
        let message = format!("cannot {act} {}: {error}", path.display());
        match error.kind() {
            std::io::ErrorKind::NotFound => {
                Self::refused("no_such_file", message, "look at the file's name")
            }
            _ => Self::world(
                "file",
                message,
                "look at the folder's rights and the disk's room",
            ),
        }
    }

    /// The first of a file's faults, and how many there are.
    pub fn faults(file: &str, faults: &[Fault]) -> Self {
        let lines: Vec<String> = faults
            .iter()
            .map(Fault::notice)
            .map(|n| format!("line {}, {}: {}", n.line, n.field, n.message))
            .collect();
        let next = faults.first().map_or("", |fault| fault.flaw.next());
        let message = format!("{file} was not taken: {}", lines.join("; "));
        Self::input("file_rejected", message, next)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Refused(problem) = &error {
            return refused(problem);
        }
        let mut message = error.to_string();
        let mut cause = std::error::Error::source(&error);
        while let Some(deeper) = cause {
            message.push_str(&format!(": {deeper}"));
            cause = deeper.source();
        }
        let next = match (&error, error.retry()) {
            (Error::KeyMissing { .. }, _) => {
                "bring gateway.key back from the backup that the ledger came from"
            }
            (_, Retry::Never) => "keep the files as they are and look at the message",
            (_, Retry::Now) => "try again",
            (_, Retry::After(_)) => "look at the disk and the folder's rights, then try again",
        };
        Self::world("gateway", message, next)
    }
}

fn refused(problem: &Problem) -> Failure {
    let code = serde_json::to_value(problem).ok();
    let code = code
        .as_ref()
        .and_then(|value| value.get("code")?.as_str())
        .unwrap_or("refused");
    let next = match problem {
        Problem::NotFound => "look at the name or number",
        Problem::EvidenceMissing { .. } => "wait until the tablet has sent its photos",
        _ => "look at the message",
    };
    Failure::refused(code, problem, next)
}

impl From<MappingError> for Failure {
    fn from(error: MappingError) -> Self {
        match &error {
            MappingError::File { path, cause } => Self::file("read the mapping", path, cause),
            MappingError::Procedures { .. } | MappingError::Procedure(_) => Self::input(
                "procedures",
                &error,
                "correct the file; `metercrew-gateway procedures` prints what the built-in ones look like",
            ),
            MappingError::Line { .. } => Self::input(
                "mapping",
                &error,
                "correct that line; docs/connect.md and mapping/default.toml say what is known",
            ),
        }
    }
}

impl From<WebhookError> for Failure {
    fn from(error: WebhookError) -> Self {
        match &error {
            WebhookError::Url { .. } => {
                Self::input("webhook", &error, "give the whole address, https://…")
            }
            WebhookError::Client(cause) => Self::world(
                "webhook",
                format!("{error}: {cause}"),
                "look at the system's certificates",
            ),
        }
    }
}

impl Failure {
    /// What became of records that were not taken.
    pub fn not_taken(file: &str, why: NotTaken) -> Self {
        match why {
            NotTaken::Faults(faults) => Self::faults(file, &faults),
            NotTaken::Gateway(error) => error.into(),
        }
    }
}
