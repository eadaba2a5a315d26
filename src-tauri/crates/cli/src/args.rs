//! What may be asked of the program.

mod card;
mod reading;

use std::path::PathBuf;

pub(crate) use card::*;
use clap::{Args, Parser, Subcommand};
use domain::{CommAddress, Decimal, MeterItem, MeterProtocol, RegisterDigits};
pub(crate) use reading::KnownValue;
use work::Quad;

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
    /// Read the displays on photographs: a reading or an Err code.
    Reading(Reading),
    /// Make a folder the device of the crew a code was made for.
    Enrol(Enrol),
    /// Sync once: everything up, everything down.
    Sync(Sync),
    /// Do a crew's whole day, from drawn photographs to the office.
    Day(Day),
    /// Read a meter over its infrared or serial port, or be one.
    Meter(Meter),
    /// Show a prepaid card, write one, go on after a cut.
    Card(Card),
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
pub(crate) struct Reading {
    /// JPEG or PNG files, or folders of them.
    #[arg(required = true, value_name = "IMAGE")]
    pub images: Vec<PathBuf>,
    /// Digits of the register before and after its point: 6.2. It places the point then.
    #[arg(long, value_name = "DIGITS", value_parser = reading::digits)]
    pub format: Option<RegisterDigits>,
    /// The reading before; less is not believed.
    #[arg(long, value_name = "N", requires = "format", value_parser = reading::value)]
    pub previous: Option<Decimal>,
    /// The most that can have been used since; more is not believed.
    #[arg(long, value_name = "N", requires = "previous", value_parser = reading::value)]
    pub greatest_use: Option<Decimal>,
    /// A known value: says whether the display agrees, differs or leaves it unsure. Without --format
    /// it is taken to be written with all digits the display shows.
    #[arg(long, value_name = "N", value_parser = reading::known)]
    pub known: Option<KnownValue>,
    /// Where the row is, in pixels: its upper left, upper right, lower right and lower left.
    #[arg(long, value_name = "X,Y,X,Y,X,Y,X,Y", value_parser = reading::frame)]
    pub frame: Option<Quad>,
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

#[derive(Debug, Args)]
pub(crate) struct Meter {
    #[command(subcommand)]
    pub command: MeterCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum MeterCommand {
    /// Read a meter.
    Read(ReadMeter),
    /// Be a meter of made-up values, until Ctrl-C.
    Simulate(SimulateMeter),
    /// Set the clocks of all DL/T 645-2007 meters on the line to this machine's time; no meter answers.
    BroadcastTime(BroadcastTime),
}

#[derive(Debug, Args)]
pub(crate) struct ReadMeter {
    /// A serial device, or tcp://HOST:PORT.
    #[arg(long, value_name = "PORT")]
    pub port: String,
    /// dlt645, dlt645-1997, dlt698 or iec62056-21; else each is tried.
    #[arg(long, value_name = "NAME", value_parser = protocol)]
    pub protocol: Option<MeterProtocol>,
    /// The meter's address, 12 digits; else the only meter there is.
    #[arg(long, value_name = "DIGITS", value_parser = address)]
    pub address: Option<CommAddress>,
    /// What to read; may be given again. Else energies, money, clock and status.
    #[arg(long = "item", value_name = "ITEM", value_parser = item)]
    pub items: Vec<MeterItem>,
    /// Another rate than the protocol's own.
    #[arg(long, value_name = "BAUD", value_parser = clap::value_parser!(u32).range(300..=115_200))]
    pub baud: Option<u32>,
    /// Print every frame and its meaning on standard error.
    #[arg(long)]
    pub trace: bool,
}

#[derive(Debug, Args)]
pub(crate) struct SimulateMeter {
    /// A serial device, tcp://HOST:PORT to listen on, or `pty` for a new line of its own.
    #[arg(long, value_name = "PORT")]
    pub port: String,
    /// dlt645, dlt645-1997, dlt698 or iec62056-21.
    #[arg(long, value_name = "NAME", value_parser = protocol, default_value = "dlt645")]
    pub protocol: MeterProtocol,
    /// What the meter holds: `forward_total=12345.67`, `address=000000000001`; may be given again.
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub set: Vec<String>,
    /// What goes wrong: `echo`, `noise`, `silent`, `slow=300`, `unplug=17`; may be given again.
    #[arg(long = "fault", value_name = "FAULT")]
    pub faults: Vec<String>,
    /// The same seed does the same faults.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub seed: u64,
}

#[derive(Debug, Args)]
pub(crate) struct BroadcastTime {
    /// A serial device, or tcp://HOST:PORT.
    #[arg(long, value_name = "PORT")]
    pub port: String,
    /// Another rate than 1200.
    #[arg(long, value_name = "BAUD", value_parser = clap::value_parser!(u32).range(300..=115_200))]
    pub baud: Option<u32>,
}

fn protocol(name: &str) -> Result<MeterProtocol, String> {
    let known = MeterProtocol::ALL.into_iter().find(|p| p.name() == name);
    known.ok_or_else(|| {
        format!(
            "the protocols are {}",
            MeterProtocol::ALL.map(MeterProtocol::name).join(", ")
        )
    })
}

fn item(name: &str) -> Result<MeterItem, String> {
    MeterItem::named(name).ok_or_else(|| {
        let names: Vec<_> = MeterItem::ALL.iter().map(|item| item.name()).collect();
        format!("the items are {}", names.join(", "))
    })
}

fn address(text: &str) -> Result<CommAddress, String> {
    match text.len() <= 12 && !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        true => Ok(CommAddress::new(format!("{text:0>12}"))),
        false => Err("an address has at most 12 digits".into()),
    }
}
