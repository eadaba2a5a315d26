//! `metercrew meter broadcast-time`: this machine's time for every meter on the line.

use serde::Serialize;
use work::{Chance, Clock, WorkError, broadcast_time as broadcast};

use crate::args;
use crate::print::Form;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Sent {
    clock: String,
}

/// Sends it once. No meter answers; whether one took it, reading its clock shows.
pub(crate) fn broadcast_time(asked: &args::BroadcastTime, form: Form) -> Result<Exit, CliError> {
    let port = super::port(&asked.port)?;
    let now = Clock::system(Chance::system().id()?).stamp();
    let clock = broadcast(&port, asked.baud, now).map_err(WorkError::Meter)?;
    let clock = clock.to_string();
    let text = format!("sent {clock}; no meter answers this, read its clock to see");
    form.result(&Sent { clock }, text)?;
    Ok(Exit::Done)
}
