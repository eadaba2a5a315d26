//! Our reader, as the tests use it, and its readouts in few words.

use devices::{Cancel, LineSettings, Plan, ReadError, begin, drive, open};
use domain::{CommAddress, ItemAnswer, MeterItem, MeterProtocol, Readout};

use crate::peer::ForeignMeter;

/// Reads these items of a meter; without a language it is found out, without an address as well.
pub fn read(
    meter: &ForeignMeter,
    protocol: Option<MeterProtocol>,
    comm_address: Option<&str>,
    items: &[MeterItem],
) -> Result<Readout, ReadError> {
    let plan = Plan {
        protocol,
        comm_address: comm_address.map(CommAddress::from),
        items: items.to_vec(),
        baud: None,
    };
    let mut port = open(&meter.port, LineSettings::INFRARED)?;
    drive(
        begin(&plan).as_mut(),
        port.as_mut(),
        &Cancel::default(),
        &mut |_| (),
    )
}

/// What came of each item: its value as a person reads it, or why there is none.
pub fn told(readout: &Readout) -> Vec<(MeterItem, String)> {
    let told = readout.items.iter().map(|read| {
        let answer = match &read.answer {
            ItemAnswer::Read { value } => value.to_string(),
            ItemAnswer::Refused { why } => format!("refused: {why:?}"),
            ItemAnswer::Silent => "silent".to_owned(),
        };
        (read.item, answer)
    });
    told.collect()
}
