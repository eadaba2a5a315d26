//! What is to be read from a meter, and how one finds out which language it speaks.

use domain::{CommAddress, MeterItem, MeterProtocol};

/// What is to be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// In which language; none asks in each until the meter answers.
    pub protocol: Option<MeterProtocol>,
    /// Of which meter, 12 digits; none reads the only one there is, whichever it is.
    pub comm_address: Option<CommAddress>,
    /// What; each item is answered once, in this order.
    pub items: Vec<MeterItem>,
    /// At another rate than the language's own. Unit: bits a second.
    pub baud: Option<u32>,
}

impl Plan {
    /// What is read before a meter is taken down and after one is powered on.
    pub fn standard() -> Self {
        Self {
            protocol: None,
            comm_address: None,
            items: MeterItem::STANDARD.to_vec(),
            baud: None,
        }
    }
}
