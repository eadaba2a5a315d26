//! `metercrew meter simulate`: a meter of our own at the end of a line, until Ctrl-C.

use std::net::TcpListener;

use serde::Serialize;
use work::devices::sim::{Faults, Line, Meter, Pty, serve, serve_tcp};
use work::devices::{Cancel, LineSettings, PortError, PortName, open};
use work::{ReadError, WorkError};

use crate::args;
use crate::print::Form;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Listening<'a> {
    port: &'a str,
}

/// Is a meter. Says first, on a line of its own, which port a reader opens.
pub(crate) fn simulate(asked: &args::SimulateMeter, form: Form) -> Result<Exit, CliError> {
    let mut meter = Meter::speaking(asked.protocol);
    for setting in &asked.set {
        let (name, value) = setting.split_once('=').unwrap_or((setting, ""));
        meter.set(name, value).map_err(bad)?;
    }
    let faults: Faults = asked.faults.join(",").parse().map_err(bad)?;
    let mut line = Line::new(meter, faults, asked.seed);
    let says = |port: &str| form.result(&Listening { port }, format!("a meter answers at {port}"));
    let never = Cancel::default();
    let ended = if asked.port == "pty" {
        let mut pty = Pty::open().map_err(failed)?;
        says(pty.name())?;
        serve(&mut line, &mut pty, &never)
    } else {
        match super::port(&asked.port)? {
            PortName::Tcp { host, port } => {
                let bound = TcpListener::bind((host.as_str(), port));
                let listener = bound.map_err(PortError::Failed).map_err(failed)?;
                let taken = listener.local_addr().map_or(port, |at| at.port());
                says(&PortName::Tcp { host, port: taken }.to_string())?;
                serve_tcp(&line, &listener, &never)
            }
            name @ PortName::Serial(_) => {
                let mut port = open(&name, LineSettings::INFRARED).map_err(failed)?;
                says(&asked.port)?;
                serve(&mut line, port.as_mut(), &never)
            }
        }
    };
    match ended {
        // the reader's end was closed, or the fault `unplug` had its way
        Ok(()) | Err(PortError::Gone) => Ok(Exit::Done),
        Err(error) => Err(failed(error)),
    }
}

fn bad(why: impl std::fmt::Display) -> CliError {
    CliError::BadMeter {
        said: why.to_string(),
    }
}

fn failed(error: PortError) -> CliError {
    WorkError::Meter(ReadError::Port(error)).into()
}
