//! A session with a meter as a pure machine: it is asked what to do and told what came; whoever
//! drives it does the waiting, the bytes and the clock.

use std::time::Duration;

use domain::{CommAddress, ItemReadout, MeterProtocol, Readout};

use crate::{LineSettings, PortError};

/// What a session wants done next. Times are since the session began.
#[derive(Debug)]
pub enum Step {
    /// Set the line.
    Apply(LineSettings),
    /// Forget what came, then send these bytes.
    Send(Vec<u8>),
    /// Wait for bytes, until then at the longest; ask again when some came or the time is over.
    Listen {
        /// When to ask again although nothing came.
        until: Duration,
    },
    /// Say how far it is, then ask again.
    Tell(Progress),
    /// It is over.
    Done(Result<Readout, ReadError>),
}

/// How far a session is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// A language is tried.
    Trying(MeterProtocol),
    /// A meter answered.
    Found {
        /// In which language.
        protocol: MeterProtocol,
        /// Its address.
        comm_address: CommAddress,
    },
    /// One item is settled: read, refused or silent.
    Item(ItemReadout),
}

/// A session with a meter. Retries and deadlines are inside; it ends by itself.
pub trait Conversation: Send {
    /// What to do next. After [`Step::Done`] it is not asked again.
    fn next(&mut self, now: Duration) -> Step;

    /// Bytes that came, in any pieces; with or without the echo of what was sent.
    fn heard(&mut self, now: Duration, bytes: &[u8]);
}

/// Why nothing was read. What was read before it stays untold: no half readout is evidence.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// Not a byte came.
    #[error("no meter answers")]
    Silent,
    /// Only our own bytes came back.
    #[error("only the echo of the question came back")]
    EchoOnly,
    /// Bytes came, and none of them were an answer: noise, aim, or other line settings.
    #[error("what came is no answer of a meter")]
    Noise,
    /// More than one meter answers.
    #[error("more than one meter answers")]
    SeveralMeters,
    /// Another meter than the one asked for answers.
    #[error("another meter answers: {found}")]
    OtherMeter {
        /// Who was asked.
        asked: CommAddress,
        /// Who answered.
        found: CommAddress,
    },
    /// A person stopped it.
    #[error("stopped")]
    Cancelled,
    /// The line failed.
    #[error(transparent)]
    Port(#[from] PortError),
}

impl ReadError {
    /// Its code for screens and programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Silent => "meter_silent",
            Self::EchoOnly => "meter_echo_only",
            Self::Noise => "meter_noise",
            Self::SeveralMeters => "several_meters",
            Self::OtherMeter { .. } => "other_meter",
            Self::Cancelled => "cancelled",
            Self::Port(error) => error.code(),
        }
    }
}
