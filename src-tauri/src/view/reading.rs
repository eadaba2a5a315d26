//! Reading a meter as its screens are told: the sheet of registers, the ports, how far it is.

use domain::{
    AssetNo, CommAddress, Decimal, ItemReadout, MeterProtocol, ReadingSource, Readout, Register,
    RegisterDigits,
};
use serde::Serialize;
use ts_rs::TS;
use work::{Plan, Progress};

/// The registers of a reading step.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReadingSheet {
    /// The meter, when it is known.
    pub asset_no: Option<AssetNo>,
    /// The address its asset number hints at; a hint to show, never a rule.
    pub address_hint: Option<String>,
    /// Digits of each register.
    pub digits: RegisterDigits,
    /// The registers.
    pub rows: Vec<ReadingRow>,
    /// What the meter itself said, when that is recorded.
    pub readout: Option<Readout>,
}

/// One register of the sheet.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ReadingRow {
    /// Which.
    pub register: Register,
    /// Its value at the last bill.
    pub last_billed: Option<Decimal>,
    /// Its value now, when recorded.
    pub value: Option<Decimal>,
    /// Where the recorded value comes from.
    pub source: Option<ReadingSource>,
}

/// Answer to `meter_ports`: where a probe may be.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MeterPorts {
    /// The ports there are now.
    pub ports: Vec<MeterPort>,
    /// The one used last, which may be gone, or a serial server's address.
    pub last: Option<String>,
}

/// A port a probe may be at.
#[derive(Debug, Clone, Serialize, TS)]
pub struct MeterPort {
    /// What `read_meter` is given: `/dev/ttyUSB0`, `tcp://10.0.0.7:4001`.
    pub name: String,
    /// What the thing at it calls itself.
    pub description: Option<String>,
}

/// Event `meter`: how far a reading is.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "meter", rename_all = "snake_case")]
pub enum MeterProgress {
    /// A language is tried.
    Trying {
        /// Which.
        protocol: MeterProtocol,
    },
    /// A meter answered.
    Found {
        /// In which language.
        protocol: MeterProtocol,
        /// Its address.
        comm_address: CommAddress,
    },
    /// One item is settled.
    Item {
        /// What came of it.
        readout: ItemReadout,
        /// How many items are settled now.
        done: u32,
        /// How many there are.
        of: u32,
    },
}

impl From<work::MeterPorts> for MeterPorts {
    fn from(found: work::MeterPorts) -> Self {
        let ports = found.ports.into_iter().map(|port| MeterPort {
            name: port.name,
            description: port.description,
        });
        Self {
            ports: ports.collect(),
            last: found.last,
        }
    }
}

impl MeterProgress {
    /// Counts the items of a plan as they are settled.
    pub(crate) fn counter(plan: &Plan) -> impl FnMut(Progress) -> Self + use<> {
        let of = u32::try_from(plan.items.len()).unwrap_or(u32::MAX);
        let mut done = 0u32;
        move |progress| match progress {
            Progress::Trying(protocol) => Self::Trying { protocol },
            Progress::Found {
                protocol,
                comm_address,
            } => Self::Found {
                protocol,
                comm_address,
            },
            Progress::Item(readout) => {
                done = done.saturating_add(1);
                Self::Item { readout, done, of }
            }
        }
    }
}
