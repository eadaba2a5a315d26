//! Made-up cards and meters for tests.

use crate::{
    CardClock, CardMeter, CardSerial, CustomerNo, Decimal, Fen, Keys, MeterNo, Opening, Supply,
};

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
    CardMeter {
        meter_no: meter_no(n),
        opening: Opening::NotOpened,
        keys: Keys::Private,
        count: 0,
        balance: Fen::ZERO,
        overdraft: Fen::ZERO,
        limit: None,
        supply: Supply::Enough,
        current_ratio: 1,
        voltage_ratio: 1,
        illegal_inserts: 0,
        clock: CardClock::default(),
    }
}
