//! `metercrew meter`: reads a meter over its port, or is one.

use std::fmt::Write as _;
use std::time::Duration;

use domain::{ItemAnswer, ItemReadout, ItemRefusal, ItemValue, MeterItem, Readout};
use serde::Serialize;
use work::devices::{Cancel, Event, PortName, explain};
use work::{Plan, ReadError, WorkError};

use crate::args;
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

mod simulate;
mod time;

pub(crate) use simulate::simulate;
pub(crate) use time::broadcast_time;

#[derive(Serialize)]
struct Printed<'a> {
    protocol: &'static str,
    address: &'a str,
    items: Vec<Item<'a>>,
    wire_ms: u32,
}

#[derive(Serialize)]
struct Item<'a> {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit: Option<&'static str>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<ItemRefusal>,
    #[serde(skip_serializing_if = "Option::is_none")]
    set: Option<&'a [String]>,
}

/// Reads a meter. Exit 1 when it answered and gave nothing of what was asked.
pub(crate) fn read(
    asked: &args::ReadMeter,
    form: Form,
    progress: &Progress,
) -> Result<Exit, CliError> {
    let port = port(&asked.port)?;
    let items = match asked.items.as_slice() {
        [] => MeterItem::STANDARD.to_vec(),
        items => items.to_vec(),
    };
    let plan = Plan {
        protocol: asked.protocol,
        comm_address: asked.address.clone(),
        items,
        baud: asked.baud,
    };
    let mut trace = Trace::new(asked.trace);
    let readout = work::read(&port, &plan, &Cancel::default(), &mut |event| {
        trace.event(&event);
        if let Event::Progress(step) = event {
            progress.say(&told(&step));
        }
    });
    trace.flush();
    progress.clear();
    let readout = readout.map_err(WorkError::Meter)?;
    form.result(&printed(&readout), table(&readout))?;
    let any = readout
        .items
        .iter()
        .any(|item| matches!(item.answer, ItemAnswer::Read { .. }));
    Ok(if any { Exit::Done } else { Exit::Refused })
}

/// The port of that name.
///
/// Errors: [`CliError::Device`] with a port that cannot be.
fn port(name: &str) -> Result<PortName, CliError> {
    let parsed = name.parse::<PortName>();
    parsed.map_err(|error| WorkError::Meter(ReadError::Port(error)).into())
}

fn told(progress: &work::Progress) -> String {
    match progress {
        work::Progress::Trying(protocol) => format!("asking in {protocol}"),
        work::Progress::Found {
            protocol,
            comm_address,
        } => format!("{protocol} meter {comm_address}"),
        work::Progress::Item(item) => format!("{}: {}", item.item, answer(item)),
    }
}

fn printed(readout: &Readout) -> Printed<'_> {
    let item = |read: &ItemReadout| Item {
        id: read.item.name(),
        value: None,
        unit: None,
        status: "silent",
        why: None,
        set: None,
    };
    let items = readout.items.iter().map(|read| match &read.answer {
        ItemAnswer::Read { value } => Item {
            value: Some(value.to_string()),
            unit: read.item.unit(),
            status: "read",
            set: match value {
                ItemValue::Status { set, .. } => Some(set),
                _ => None,
            },
            ..item(read)
        },
        ItemAnswer::Refused { why } => Item {
            status: "refused",
            why: Some(*why),
            ..item(read)
        },
        ItemAnswer::Silent => item(read),
    });
    Printed {
        protocol: readout.protocol.name(),
        address: readout.comm_address.as_str(),
        items: items.collect(),
        wire_ms: readout.wire_ms,
    }
}

fn table(readout: &Readout) -> String {
    let mut text = format!(
        "{} meter {}, {}.{:03} s",
        readout.protocol,
        readout.comm_address,
        readout.wire_ms / 1_000,
        readout.wire_ms % 1_000
    );
    for read in &readout.items {
        // writing into a string does not fail
        let _ = write!(text, "\n  {:<16} {}", read.item.name(), answer(read));
    }
    text
}

fn answer(read: &ItemReadout) -> String {
    match &read.answer {
        ItemAnswer::Read { value } => {
            let value_text = match value {
                ItemValue::Status { set, .. } if set.is_empty() => format!("{value}  no fault"),
                ItemValue::Status { set, .. } => format!("{value}  {}", set.join(", ")),
                // a meter may say anything: what would move the terminal's cursor is shown, not sent
                ItemValue::Text(text) => text.escape_debug().to_string(),
                _ => format!("{:>12}", value.to_string()),
            };
            match read.item.unit() {
                Some(unit) => format!("{value_text} {unit}"),
                None => value_text,
            }
        }
        ItemAnswer::Refused { why } => format!("refused: {}", refusal(*why)),
        ItemAnswer::Silent => "no answer".into(),
    }
}

fn refusal(why: ItemRefusal) -> &'static str {
    match why {
        ItemRefusal::NoSuchItem => "the meter does not have it",
        ItemRefusal::NotAuthorised => "only after authentication",
        ItemRefusal::NoValue => "it has no value",
        ItemRefusal::Malformed => "its value has another form",
        ItemRefusal::NotInProtocol => "the protocol has no name for it that we know",
        ItemRefusal::Other => "the meter gives no reason we know",
    }
}

/// Frames with their meaning, for the engineer on site.
struct Trace {
    on: bool,
    heard: Vec<u8>,
    since: Duration,
}

impl Trace {
    fn new(on: bool) -> Self {
        Self {
            on,
            heard: vec![],
            since: Duration::ZERO,
        }
    }

    fn event(&mut self, event: &Event<'_>) {
        match event {
            Event::Heard { at, bytes } => {
                if self.heard.is_empty() {
                    self.since = *at;
                }
                self.heard.extend_from_slice(bytes);
            }
            Event::Sent { at, bytes } => {
                self.flush();
                self.line(*at, "sent ", bytes);
            }
            Event::Progress(_) => {}
        }
    }

    /// Says what was heard since a question was sent; answers come in pieces.
    fn flush(&mut self) {
        let heard = std::mem::take(&mut self.heard);
        if !heard.is_empty() {
            self.line(self.since, "heard", &heard);
        }
    }

    fn line(&self, at: Duration, what: &str, bytes: &[u8]) {
        if !self.on {
            return;
        }
        let hex: Vec<_> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
        eprintln!("{:8.3} s {what} {}", at.as_secs_f64(), hex.join(" "));
        for meaning in explain(None, bytes) {
            eprintln!("                 {meaning}");
        }
    }
}
