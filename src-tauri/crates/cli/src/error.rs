//! Why a command was not done, which exit code says so, and what to do next.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;

use domain::{CardKind, CardSerial};
use serde::Serialize;
use work::devices::card::CardError;
use work::proof::ProofFault;
use work::{
    ClientError, ImagingError, KEY_STORE, PortError, ReadError, StoreError, WorkError, WriteError,
};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Refused, or not found.
    Refused,
    /// Bad usage or bad input.
    BadInput,
    /// Link, device or disk failed.
    WorldFailed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Refused => 1,
            Exit::BadInput => 2,
            Exit::WorldFailed => 3,
        })
    }
}

/// Why a command was not done.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The arguments are not ones the program takes.
    #[error("{said}")]
    Usage {
        /// The first line of what the parser said.
        said: String,
    },
    /// A file or folder that was named cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A folder without a picture in it.
    #[error("no JPEG or PNG file in {}", path.display())]
    NoPictures {
        /// Which.
        path: PathBuf,
    },
    /// A file is no picture that can be used.
    #[error("{source}")]
    Picture {
        /// Which.
        path: PathBuf,
        /// Why.
        source: ImagingError,
    },
    /// A bundle proves nothing.
    #[error("{source}")]
    Proof {
        /// Which.
        path: PathBuf,
        /// Why.
        source: ProofFault,
    },
    /// A bundle is whole, and signed by another gateway than the one named.
    #[error("the bundle is signed by another gateway")]
    OtherSigner {
        /// Which.
        path: PathBuf,
    },
    /// The key is no Ed25519 public key.
    #[error("the gateway's key is not 32 bytes as base64")]
    BadKey,
    /// A setting or fault of a simulated meter that it does not have.
    #[error("{said}")]
    BadMeter {
        /// Which, and why not.
        said: String,
    },
    /// A virtual card or meter that cannot be.
    #[error("{said}")]
    BadCard {
        /// Why not.
        said: String,
    },
    /// Reader and keys are not as the environment says.
    #[error("{said}")]
    CardParts {
        /// Why not.
        said: String,
    },
    /// Reader or card are not ready.
    #[error("the card cannot be read ({code})")]
    CardTrouble {
        /// What is wrong with them.
        code: String,
    },
    /// Nobody put the card in in time; what was begun stays open.
    #[error("card {wanted} was not put in")]
    CardNotPutIn {
        /// Which.
        wanted: CardSerial,
    },
    /// The order asks for another kind of card.
    #[error("the order asks for another kind of card: {kind:?}")]
    OtherCardKind {
        /// Which.
        kind: CardKind,
    },
    /// No write is open.
    #[error("no write of a card is open")]
    NoOpenCard,
    /// The device did not do it.
    #[error("{}", told(.0))]
    Device(#[from] WorkError),
    /// The folder is no enrolled device, and no code was given.
    #[error("the folder is not enrolled, and no code was given")]
    NoCode,
    /// The device belongs to another gateway than the one named.
    #[error("the device belongs to {belongs_to}")]
    OtherGateway {
        /// Whose it is.
        belongs_to: String,
    },
    /// The device belongs to another crew than the one named.
    #[error("the device belongs to crew {belongs_to}")]
    OtherCrew {
        /// Whose it is.
        belongs_to: String,
    },
    /// Sync ended with something still waiting.
    #[error("sync stopped ({why}) while {waiting} orders wait")]
    SyncStopped {
        /// The code of what stands in the way.
        why: String,
        /// Orders of which something has not left the device.
        waiting: u64,
    },
    /// A folder for the day's photographs cannot be made or used.
    #[error("cannot keep photographs in the temporary folder: {0}")]
    Darkroom(#[source] io::Error),
    /// The crew could not read a number it has to have.
    #[error("no asset number is read from {text:?}")]
    NotRead {
        /// What the label says.
        text: String,
    },
    /// The results cannot be written to standard output.
    #[error("cannot write the results: {0}")]
    Output(#[source] io::Error),
    /// The runtime cannot start.
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    /// A person ended it.
    #[error("stopped before it was done")]
    Interrupted,
}

/// A failure as programs get it.
///
/// Shape: `{"error":"changed","message":"changed at byte 7","next":"…","file":"o-1.proof","byte":7}`;
/// `file` and `byte` only where they apply.
#[derive(Debug, Serialize)]
pub(crate) struct Failure {
    pub error: String,
    pub message: String,
    pub next: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub byte: Option<u64>,
}

impl CliError {
    /// The exit code.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Usage { .. }
            | Self::Unreadable { .. }
            | Self::NoPictures { .. }
            | Self::Picture { .. }
            | Self::BadKey
            | Self::BadMeter { .. }
            | Self::BadCard { .. }
            | Self::CardParts { .. }
            | Self::NoCode => Exit::BadInput,
            Self::Proof { source, .. } => match source {
                ProofFault::NotWhole { .. } | ProofFault::UnknownVersion(_) => Exit::BadInput,
                ProofFault::Changed { .. } | ProofFault::DoesNotHold { .. } => Exit::Refused,
            },
            Self::OtherSigner { .. } | Self::OtherGateway { .. } | Self::OtherCrew { .. } => {
                Exit::Refused
            }
            Self::Device(error) => exit_of(error),
            Self::SyncStopped { why, .. } => match why.as_str() {
                "unknown_device" | "not_this_crew" | "not_allowed" => Exit::Refused,
                _ => Exit::WorldFailed,
            },
            Self::NotRead { .. } | Self::OtherCardKind { .. } | Self::NoOpenCard => Exit::Refused,
            Self::CardTrouble { .. } | Self::CardNotPutIn { .. } => Exit::WorldFailed,
            Self::Darkroom(_) | Self::Output(_) | Self::Runtime(_) | Self::Interrupted => {
                Exit::WorldFailed
            }
        }
    }

    /// Its code for programs.
    pub(crate) fn code(&self) -> String {
        match self {
            Self::Usage { .. } => "usage".into(),
            Self::Unreadable { .. } => "file_unreadable".into(),
            Self::NoPictures { .. } => "no_pictures".into(),
            Self::Picture { source, .. } => source.code().into(),
            Self::Proof { source, .. } => match source {
                ProofFault::NotWhole { .. } => "not_a_bundle".into(),
                ProofFault::Changed { .. } => "changed".into(),
                ProofFault::UnknownVersion(_) => "unknown_version".into(),
                ProofFault::DoesNotHold { .. } => "does_not_hold".into(),
            },
            Self::OtherSigner { .. } => "other_signer".into(),
            Self::BadMeter { .. } => "bad_meter".into(),
            Self::BadKey => "bad_key".into(),
            Self::BadCard { .. } => "bad_card".into(),
            Self::CardParts { .. } => "bad_card_parts".into(),
            Self::CardTrouble { code } => code.clone(),
            Self::CardNotPutIn { .. } => "card_missing".into(),
            Self::OtherCardKind { .. } => "other_card_kind".into(),
            Self::NoOpenCard => "no_open_card".into(),
            Self::Device(error) => error.code(),
            Self::NoCode => "no_code".into(),
            Self::OtherGateway { .. } => "other_gateway".into(),
            Self::OtherCrew { .. } => "other_crew".into(),
            Self::SyncStopped { why, .. } => why.clone(),
            Self::Darkroom(_) => "temporary_folder".into(),
            Self::NotRead { .. } => "not_read".into(),
            Self::Output(_) => "output".into(),
            Self::Runtime(_) => "runtime".into(),
            Self::Interrupted => "interrupted".into(),
        }
    }

    /// The failure with what to do next.
    pub(crate) fn failure(&self) -> Failure {
        let code = self.code();
        let (file, byte) = match self {
            Self::Picture { path, .. } | Self::OtherSigner { path } => (Some(path), None),
            Self::Proof { path, source } => match source {
                ProofFault::Changed { span } => (Some(path), Some(span.from)),
                ProofFault::NotWhole { .. }
                | ProofFault::UnknownVersion(_)
                | ProofFault::DoesNotHold { .. } => (Some(path), None),
            },
            _ => (None, None),
        };
        let next = match self {
            // The key is safe where it is, and cannot be put anywhere by hand.
            Self::Device(WorkError::Store(StoreError::KeyMissing { place, .. }))
                if *place == KEY_STORE =>
            {
                "unlock the desktop's key store, as signing in does, and run it in that session; nothing is lost"
            }
            _ => next(&code),
        };
        Failure {
            next,
            error: code,
            message: self.to_string(),
            file: file.map(|path| path.display().to_string()),
            byte,
        }
    }
}

/// What went wrong with its causes, the nearest first; that it went wrong in the device's own
/// books, pictures or link is what the causes say themselves.
fn told(error: &WorkError) -> String {
    let nearest: &dyn std::error::Error = match error {
        WorkError::Store(error) => error,
        WorkError::Picture(error) => error,
        WorkError::Gateway(error) => error,
        WorkError::Meter(error) => error,
        WorkError::Card(trouble) => &trouble.why,
        WorkError::Refused(_)
        | WorkError::NotACode
        | WorkError::InUse
        | WorkError::Folder(_)
        | WorkError::NoChance
        | WorkError::Closing => error,
    };
    let mut text = nearest.to_string();
    let mut cause = nearest.source();
    while let Some(next) = cause {
        let more = next.to_string();
        // Some errors tell their cause themselves.
        if !text.ends_with(&more) {
            text = format!("{text}: {more}");
        }
        cause = next.source();
    }
    text
}

fn exit_of(error: &WorkError) -> Exit {
    match error {
        WorkError::Refused(_) => Exit::Refused,
        WorkError::NotACode | WorkError::Picture(_) => Exit::BadInput,
        WorkError::Meter(error) => match error {
            ReadError::Port(PortError::BadName { .. } | PortError::Settings { .. }) => {
                Exit::BadInput
            }
            ReadError::OtherMeter { .. } | ReadError::SeveralMeters => Exit::Refused,
            ReadError::Silent
            | ReadError::EchoOnly
            | ReadError::Noise
            | ReadError::Cancelled
            | ReadError::Port(_) => Exit::WorldFailed,
        },
        WorkError::Card(trouble) => match trouble.why {
            WriteError::Card(CardError::Link(_) | CardError::Security(_))
            | WriteError::InDoubt(_)
            | WriteError::Journal(_) => Exit::WorldFailed,
            _ => Exit::Refused,
        },
        WorkError::Store(StoreError::NotEnrolled | StoreError::NotFound { .. }) => Exit::Refused,
        WorkError::Store(_) => Exit::WorldFailed,
        WorkError::Gateway(ClientError::BadAddress { .. }) => Exit::BadInput,
        WorkError::Gateway(ClientError::Refused { .. }) => match error.code().as_str() {
            "disk_full" | "unavailable" => Exit::WorldFailed,
            _ => Exit::Refused,
        },
        WorkError::Gateway(_)
        | WorkError::InUse
        | WorkError::Folder(_)
        | WorkError::NoChance
        | WorkError::Closing => Exit::WorldFailed,
    }
}

/// What to do next, by code; wording belongs to whoever shows it, and here that is us.
fn next(code: &str) -> &'static str {
    match code {
        "usage" => "see metercrew --help",
        "file_unreadable" => "check the path and that it may be read",
        "no_pictures" => "name a JPEG or PNG file, or a folder that holds some",
        "not_an_image" | "picture_format_unsupported" => "give a JPEG or PNG photograph",
        "picture_truncated" | "picture_broken" => "copy the file again, or take the photo again",
        "picture_too_large" | "picture_file_too_large" => "give a smaller photograph",
        "not_a_bundle" => "export the order again and copy the whole file",
        "changed" | "does_not_hold" => "do not rely on this file; export the order again",
        "unknown_version" => "use a newer metercrew",
        "other_signer" => "ask the gateway's operator which key is theirs",
        "bad_key" => "give the key as the gateway prints it",
        "no_code" => "give --code, or --store with an enrolled folder",
        "other_gateway" => "name that gateway, or use another folder",
        "other_crew" => "use a code of the crew you mean",
        "not_a_code" => "give the text of the office's QR code, or --gateway and --code",
        "code_unknown" | "code_expired" => "ask the office for a new code",
        "unknown_device" => "enrol the folder again with a new code",
        "not_enrolled" => "enrol the folder first: metercrew enrol --store DIR --link TEXT",
        "bad_address" => "give an address that begins with http:// or https://",
        "no_link" | "gateway_unavailable" | "unavailable" => {
            "check the network and that the gateway runs, then try again; nothing is lost"
        }
        "not_a_gateway" => "check the address, and whether the network asks for a sign-in",
        "in_use" => "end the other program, or name another folder",
        "folder" | "file" | "temporary_folder" => "check that the folder may be written",
        "disk_full" => "free some space, then try again; nothing is lost",
        "key_missing" | "wrong_key" => "put the device's key back where it was",
        "unsent" | "damaged" | "sqlite" | "blob_missing" | "blob_damaged" => {
            "export the diagnostics in the app and call for support"
        }
        "bad_meter" => "see metercrew meter simulate --help",
        "meter_silent" => {
            "aim the probe at the meter's infrared window from less than 15 degrees off, nearer; check that meter and probe have power"
        }
        "meter_echo_only" => {
            "the probe works and the meter does not answer: aim nearer, and check that the meter has power"
        }
        "meter_noise" => {
            "hold the probe still, shade the meter from the sun, and check --baud and --protocol"
        }
        "several_meters" => "cover the other meters or go nearer, or name one by --address",
        "other_meter" => "check the address, or leave --address away to read the meter there is",
        "port_bad_name" => "name a serial device, or tcp://HOST:PORT",
        "port_not_found" => "plug the probe in, or check the name of the port",
        "port_busy" => "end the other program that uses the port",
        "port_denied" => "add this user to the group that may use serial ports (dialout)",
        "port_gone" => "plug the probe in again, then read again; nothing was recorded",
        "port_settings" => "choose another rate",
        "port_failed" => "pull the probe, plug it in again, then read again",
        "reader_no_service" => "install and start the smart-card service (pcscd), then try again",
        "reader_missing" => "plug the card reader in",
        "reader_failed" => "pull the reader, plug it in again, then try again",
        "card_missing" => {
            "put the card in, then try again: metercrew card recover goes on with what was begun"
        }
        "card_mute" => "turn the card round, wipe its contacts, put it in again; else it is dead",
        "card_not_ours" => "this is no prepaid meter's card: take the customer's",
        "card_busy" => "end the other program that uses the card",
        "card_wrong" => "put the other card in",
        "card_swapped" => "put the first card back in; nothing was written onto this one",
        "card_unknown_layout" => "no table fits this card: do not write it, show it to the office",
        "card_damaged" | "card_short_file" => "the card is damaged: take a registered blank one",
        "card_blocked" | "card_refuses_keys" | "card_refuses_mac" => {
            "do not try again: give the write up and take another card; ask the office about the keys"
        }
        "write_in_doubt" | "card_outcome_unknown" => {
            "the money is safe: put the same card in and run metercrew card recover"
        }
        "card_foreign" => "somebody wrote this card since: leave it, and call the office",
        "card_spent" => {
            "a meter took the card's money meanwhile: give the write up, then plan anew"
        }
        "card_faulty" => "run metercrew card give-up, then take another card",
        "card_changed" => "the card has changed: run it again to plan anew",
        "card_not_issued" => "take an initialised blank card",
        "journal_failed" => "free some space or look at the disk; the card was not touched since",
        "security_absent" | "security_cut_off" => {
            "check the PSAM, or the link to the office, then run metercrew card recover"
        }
        "no_open_card" => "nothing has to be done",
        "bad_card" => "see metercrew card make --help",
        "bad_card_parts" => "see METERCREW_PSAM in the README",
        "expired" | "not_authorised" | "not_theirs" => "sync, so that the office can give leave",
        "cancelled" => "read again when you are ready",
        "output" => "check where the output goes",
        "interrupted" => "run it again; what was recorded is kept",
        _ => "look at the order in the app",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_can_reach_is_the_worlds_fault_and_a_used_code_is_not() {
        let expired = WorkError::Gateway(ClientError::Refused {
            problem: work::Problem::CodeExpired,
            after_ms: None,
        });
        assert_eq!(CliError::from(expired).exit(), Exit::Refused);
        let still = WorkError::Gateway(ClientError::Stalled { seconds: 30 });
        let failure = CliError::from(still);
        assert_eq!(failure.exit(), Exit::WorldFailed);
        assert_eq!(failure.failure().error, "no_link");
    }

    #[test]
    fn a_failure_tells_each_cause_once() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let told = told(&WorkError::Folder(full));
        assert_eq!(told, "the device's folder cannot be used: no storage space");
        let still = WorkError::Gateway(ClientError::Stalled { seconds: 30 });
        assert_eq!(super::told(&still), "nothing moved for 30 seconds");
    }
}
