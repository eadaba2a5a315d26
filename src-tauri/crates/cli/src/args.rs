//! What may be asked of the program.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// The crew's device without a screen.
#[derive(Debug, Parser)]
#[command(
    name = "metercrew",
    version,
    after_help = "Exit codes: 0 done, 1 refused or not found, 2 bad usage or bad input, 3 link, device or disk failed."
)]
pub(crate) struct Asked {
    #[command(subcommand)]
    pub command: Command,
    /// Print one JSON object a line.
    #[arg(long, global = true)]
    pub json: bool,
    /// Say on standard error how far it is, even when that is no terminal.
    #[arg(long, global = true)]
    pub progress: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Read the codes on photographs and say which are asset numbers.
    Scan(Scan),
    /// Make a folder the device of the crew a code was made for.
    Enrol(Enrol),
    /// Sync once: everything up, everything down.
    Sync(Sync),
    /// Do a crew's whole day, from drawn photographs to the office.
    Day(Day),
    /// Look at proof bundles.
    Proof(Proof),
}

#[derive(Debug, Args)]
pub(crate) struct Scan {
    /// JPEG or PNG files, or folders of them.
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Enrol {
    /// The device's folder; made when there is none.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// The text of the office's QR code.
    #[arg(long, value_name = "TEXT", required_unless_present = "code", conflicts_with_all = ["code", "gateway"])]
    pub link: Option<String>,
    /// Where the gateway listens.
    #[arg(long, value_name = "URL", requires = "code")]
    pub gateway: Option<String>,
    /// The enrolment code.
    #[arg(long, value_name = "CODE", requires = "gateway")]
    pub code: Option<String>,
    /// What the crew calls the device.
    #[arg(long, value_name = "NAME", default_value = "metercrew")]
    pub name: String,
}

#[derive(Debug, Args)]
pub(crate) struct Sync {
    /// The device's folder.
    #[arg(long, value_name = "DIR")]
    pub store: PathBuf,
    /// Refuse unless the device belongs to this gateway.
    #[arg(long, value_name = "URL")]
    pub gateway: Option<String>,
}

/// What a day is to be: `metercrew day`.
#[derive(Debug, Clone, Args)]
pub struct Day {
    /// Where the gateway listens.
    #[arg(long, value_name = "URL")]
    pub gateway: String,
    /// The enrolment code; needed unless the store is enrolled already.
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// Refuse unless the code is this crew's.
    #[arg(long, value_name = "CREW")]
    pub crew: Option<String>,
    /// The device's folder, kept afterwards; without it the device lives for this day only.
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// At most so many orders, by appointment.
    #[arg(long, value_name = "N", default_value_t = 40)]
    pub orders: usize,
    /// The same seed does the same day; times and ids apart.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct Proof {
    #[command(subcommand)]
    pub command: ProofCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum ProofCommand {
    /// Check hashes, chain, signatures and receipts of an exported order; needs no server.
    Verify(Verify),
}

#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The bundle.
    #[arg(value_name = "BUNDLE")]
    pub bundle: PathBuf,
    /// Refuse unless this gateway signed it.
    #[arg(long, value_name = "BASE64")]
    pub gateway_key: Option<String>,
}
