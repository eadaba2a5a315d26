//! Every way a request can fail, typed: what is wrong, and whether trying again helps.

use domain::{CrewId, DeviceId, Hash};
use serde::{Deserialize, Serialize};

/// Why the gateway did not do what was asked; nothing changed.
///
/// Shape: `application/problem+json` (RFC 9457) `{"code":"wrong_sequence","expected":8}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Problem {
    /// The body is not what the path takes.
    #[error("the request cannot be read: {place}")]
    Malformed {
        /// Where reading failed, without content.
        place: String,
    },
    /// The body is too large.
    #[error("the request is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// A list in the body is too long.
    #[error("more than {limit} in one request")]
    TooMany {
        /// The limit.
        limit: u64,
    },
    /// A protocol version this gateway does not know.
    #[error("protocol version {version} is not known here")]
    UnknownVersion {
        /// The version asked for.
        version: u16,
        /// The newest version known.
        known: u16,
    },
    /// The enrolment code was never made, or was used.
    #[error("no such enrolment code")]
    CodeUnknown,
    /// The enrolment code is too old.
    #[error("the enrolment code has expired")]
    CodeExpired,
    /// The device is not enrolled, or was locked out.
    #[error("the device is not enrolled here")]
    UnknownDevice,
    /// There is no session, or it has ended: open a new one and go on.
    #[error("no session")]
    NoSession,
    /// Name or password is wrong.
    #[error("name or password is wrong")]
    BadSignIn,
    /// The role does not allow it.
    #[error("not allowed")]
    NotAllowed,
    /// A signature does not fit.
    #[error("a signature does not fit")]
    BadSignature,
    /// An event's bytes do not have the hash they claim.
    #[error("event {seq} was changed")]
    Altered {
        /// Which.
        seq: u64,
    },
    /// Events are missing before the first one sent.
    #[error("event {expected} is the next one")]
    WrongSequence {
        /// The number the gateway waits for.
        expected: u64,
    },
    /// The gateway holds other events under these numbers: the device came back from a backup.
    #[error("the series has forked at event {held_seq}")]
    Forked {
        /// The last event the gateway holds.
        held_seq: u64,
        /// Its hash.
        held_hash: Hash,
    },
    /// Another crew's.
    #[error("that belongs to another crew than {crew}")]
    NotThisCrew {
        /// The asker's crew.
        crew: CrewId,
    },
    /// There is no such thing.
    #[error("no such thing")]
    NotFound,
    /// An upload goes on at another offset.
    #[error("the upload goes on at {expected}")]
    OffsetMismatch {
        /// Where it goes on.
        expected: u64,
    },
    /// An upload's bytes are not those of its name; they are thrown away.
    #[error("the bytes do not have the hash they were announced with")]
    HashMismatch,
    /// An upload was announced without length or digest, or with ones that cannot be.
    #[error("an upload needs a length and a digest")]
    UploadUnnamed,
    /// The order does not stand where the request thinks; look again.
    #[error("the order is {state} now")]
    OrderMoved {
        /// Its state.
        state: String,
    },
    /// The order's evidence is not all there.
    #[error("{missing} pieces of evidence are still missing")]
    EvidenceMissing {
        /// How many.
        missing: u64,
    },
    /// The order asks for no card, or its work may not go on now.
    #[error("no card is to be written for this order now")]
    NoCardWanted,
    /// Leave for this card is out: with another device, in doubt, or used up.
    #[error("leave for this card is out: {state}")]
    CardLeaveOut {
        /// Its state in the gateway's ledger.
        state: String,
        /// The device that has it.
        device: DeviceId,
    },
    /// The office's security module does not serve this request.
    #[error("the security module refuses: {why}")]
    SecurityRefused {
        /// Why.
        why: String,
    },
    /// The gateway's disk is full.
    #[error("the gateway's disk is full")]
    DiskFull,
    /// The gateway is not able to now.
    #[error("the gateway cannot answer now")]
    Unavailable,
}

/// Whether sending the same again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// Never as it is.
    Never,
    /// After a while, by itself.
    Later,
    /// At once, after doing what the problem says: a new session, another offset.
    Mended,
}

impl Problem {
    /// The HTTP status that goes with it.
    pub fn status(&self) -> u16 {
        match self {
            Self::Malformed { .. } | Self::UnknownVersion { .. } | Self::UploadUnnamed => 400,
            Self::NoSession | Self::BadSignIn | Self::UnknownDevice => 401,
            Self::CodeUnknown
            | Self::NotAllowed
            | Self::NotThisCrew { .. }
            | Self::SecurityRefused { .. } => 403,
            Self::BadSignature | Self::Altered { .. } | Self::HashMismatch => 422,
            Self::NotFound => 404,
            Self::WrongSequence { .. }
            | Self::Forked { .. }
            | Self::OffsetMismatch { .. }
            | Self::OrderMoved { .. }
            | Self::NoCardWanted
            | Self::CardLeaveOut { .. }
            | Self::EvidenceMissing { .. } => 409,
            Self::CodeExpired => 410,
            Self::TooLarge { .. } | Self::TooMany { .. } => 413,
            Self::DiskFull => 507,
            Self::Unavailable => 503,
        }
    }

    /// Whether sending the same again can help.
    pub fn again(&self) -> Again {
        match self {
            Self::NoSession
            | Self::WrongSequence { .. }
            | Self::Forked { .. }
            | Self::OffsetMismatch { .. }
            | Self::HashMismatch => Again::Mended,
            Self::DiskFull | Self::Unavailable => Again::Later,
            Self::Malformed { .. }
            | Self::TooLarge { .. }
            | Self::TooMany { .. }
            | Self::UnknownVersion { .. }
            | Self::CodeUnknown
            | Self::CodeExpired
            | Self::UnknownDevice
            | Self::BadSignIn
            | Self::NotAllowed
            | Self::BadSignature
            | Self::Altered { .. }
            | Self::NotThisCrew { .. }
            | Self::NotFound
            | Self::UploadUnnamed
            | Self::OrderMoved { .. }
            | Self::NoCardWanted
            | Self::CardLeaveOut { .. }
            | Self::SecurityRefused { .. }
            | Self::EvidenceMissing { .. } => Again::Never,
        }
    }
}
