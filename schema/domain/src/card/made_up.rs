//! Made-up cards and meters for tests.

use crate::{CardMeter, CardSerial, CustomerNo, Decimal, Fen, MeterNo};

pub(crate) fn meter_no(n: u64) -> MeterNo {
    MeterNo::from_number(n).unwrap()
}

pub(crate) fn customer(n: u64) -> CustomerNo {
    CustomerNo::from_number(n).unwrap()
}

pub(crate) fn serial(n: u8) -> CardSerial {
    CardSerial::from_bytes([n; 8])
}

pub(crate) fn yuan(text: &str) -> Fen {
    Fen::try_from(Decimal::parse(text).unwrap()).unwrap()
}

/// A meter of that number that belongs to nobody yet.
pub(crate) fn unopened(n: u64) -> CardMeter {
    CardMeter::unopened(meter_no(n))
}
