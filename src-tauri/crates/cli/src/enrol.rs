//! `metercrew enrol`: a folder becomes a crew's device.

use std::path::Path;

use serde::Serialize;
use work::{Chance, Clock, Device, EnrolledAs};

use crate::args;
use crate::print::Form;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Enrolled {
    device: String,
    crew: String,
    crew_name: String,
    operator: String,
    gateway: String,
}

/// Enrols the folder.
pub(crate) async fn enrol(asked: &args::Enrol, form: Form) -> Result<Exit, CliError> {
    let device = open(&asked.store)?;
    let link = asked.link.as_deref().or(asked.code.as_deref());
    let who = device
        .enrol(
            link.unwrap_or_default(),
            asked.gateway.as_deref(),
            &asked.name,
        )
        .await?;
    let enrolled = Enrolled {
        device: who.device.to_string(),
        crew: who.crew.to_string(),
        crew_name: who.crew_name,
        operator: who.operator,
        gateway: who.gateway,
    };
    let text = format!(
        "{} is a device of {} ({}) at {}",
        asked.store.display(),
        enrolled.crew_name,
        enrolled.crew,
        enrolled.gateway
    );
    form.result(&enrolled, text)?;
    Ok(Exit::Done)
}

/// Opens the device of a folder with the system's clock and chance.
pub(crate) fn open(folder: &Path) -> Result<Device, CliError> {
    let chance = Chance::system();
    let process = chance.id()?;
    Ok(Device::open(folder, Clock::system(process), chance)?)
}

/// Refuses a device of another gateway than the one named.
pub(crate) fn check_gateway(who: &EnrolledAs, named: &str) -> Result<(), CliError> {
    let bare = |address: &str| address.trim().trim_end_matches('/').to_owned();
    if bare(&who.gateway) == bare(named) {
        return Ok(());
    }
    Err(CliError::OtherGateway {
        belongs_to: who.gateway.clone(),
    })
}
