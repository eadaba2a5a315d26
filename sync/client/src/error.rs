//! Why a request was not answered, and whether trying again helps.

use wire::problem::{Again, Problem};

/// Why the gateway's answer is not there.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address is none: only `http` and `https` are spoken.
    #[error("the gateway's address cannot be used: {address}")]
    BadAddress {
        /// What was given.
        address: String,
    },
    /// This device cannot set up encrypted connections.
    #[error("encrypted connections cannot be set up")]
    Setup(#[source] reqwest::Error),
    /// No connection could be built up, or it broke before the answer was there.
    #[error("the gateway cannot be reached")]
    Unreachable(#[source] reqwest::Error),
    /// The link stands, but nothing moved.
    #[error("nothing moved for {seconds} seconds")]
    Stalled {
        /// For how long.
        seconds: u64,
    },
    /// The gateway said no, and why.
    #[error("the gateway refused: {problem}")]
    Refused {
        /// What it said.
        problem: Problem,
        /// When to ask again, by `Retry-After`. Unit: milliseconds.
        after_ms: Option<u64>,
    },
    /// Something between here and the gateway is overloaded or under repair.
    #[error("the gateway is busy (status {status})")]
    Busy {
        /// The HTTP status.
        status: u16,
        /// When to ask again, by `Retry-After`. Unit: milliseconds.
        after_ms: Option<u64>,
    },
    /// Whoever answered does not speak our protocol: a sign-in page of some network, mostly.
    #[error("who answered is no gateway (status {status})")]
    NotAGateway {
        /// The HTTP status.
        status: u16,
    },
    /// The receipt is not signed by the gateway this device belongs to.
    #[error("the receipt is not the gateway's")]
    ReceiptForged(#[source] wire::sign::SignatureFault),
    /// The receipt is the gateway's, but of another push.
    #[error("the receipt is of another push")]
    ReceiptElsewhere,
}

/// Whether trying again helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// Never as it is.
    Never,
    /// At once, after doing what the refusal says.
    Now,
    /// By itself, later; not before so many milliseconds when the gateway named a time.
    Later(Option<u64>),
}

impl ClientError {
    /// Whether trying again helps.
    pub fn retry(&self) -> Retry {
        match self {
            Self::BadAddress { .. } | Self::Setup(_) => Retry::Never,
            Self::Unreachable(_)
            | Self::Stalled { .. }
            | Self::NotAGateway { .. }
            | Self::ReceiptForged(_)
            | Self::ReceiptElsewhere => Retry::Later(None),
            Self::Busy { after_ms, .. } => Retry::Later(*after_ms),
            Self::Refused { problem, after_ms } => match problem.again() {
                Again::Never => Retry::Never,
                Again::Mended => Retry::Now,
                Again::Later => Retry::Later(*after_ms),
            },
        }
    }

    /// Its code for the screen: `no_link`, `gateway_unavailable`, or the problem's own.
    pub fn code(&self) -> String {
        match self {
            Self::BadAddress { .. } => "bad_address".into(),
            Self::Setup(_) => "no_encryption".into(),
            Self::Unreachable(_) | Self::Stalled { .. } => "no_link".into(),
            Self::Refused { problem, .. } => problem_code(problem),
            Self::Busy { .. } => "gateway_unavailable".into(),
            Self::NotAGateway { .. } => "not_a_gateway".into(),
            Self::ReceiptForged(_) | Self::ReceiptElsewhere => "receipt_forged".into(),
        }
    }
}

/// A problem's code, as it stands in its JSON.
pub(crate) fn problem_code(problem: &Problem) -> String {
    let json = serde_json::to_value(problem).unwrap_or_default();
    let code = json.get("code").and_then(serde_json::Value::as_str);
    code.unwrap_or("refused").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_goes_by_its_code_on_the_wire() {
        assert_eq!(problem_code(&Problem::DiskFull), "disk_full");
        assert_eq!(
            problem_code(&Problem::WrongSequence { expected: 3 }),
            "wrong_sequence"
        );
    }

    #[test]
    fn what_passes_by_itself_is_tried_again_and_what_does_not_is_not() {
        let refused = |problem| ClientError::Refused {
            problem,
            after_ms: Some(7),
        };
        assert_eq!(refused(Problem::CodeExpired).retry(), Retry::Never);
        assert_eq!(refused(Problem::NoSession).retry(), Retry::Now);
        assert_eq!(refused(Problem::Unavailable).retry(), Retry::Later(Some(7)));
    }
}
