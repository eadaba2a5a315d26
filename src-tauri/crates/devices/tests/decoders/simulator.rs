//! Our simulated meter, asked anything.

use std::time::Duration;

use domain::MeterProtocol;
use metercrew_devices::sim::Meter;

/// The first byte is the language, the rest comes in pieces whose length each first byte tells.
pub fn hear(bytes: &[u8]) {
    let Some((choice, mut rest)) = bytes.split_first() else {
        return;
    };
    let mut meter = Meter::sample();
    meter.protocols = match MeterProtocol::ALL.get(usize::from(choice & 7)) {
        Some(protocol) => [*protocol].into(),
        None => MeterProtocol::ALL.into(),
    };
    meter.longest = (choice & 8 != 0).then_some(12);
    let mut now = Duration::ZERO;
    while let Some((length, bytes)) = rest.split_first() {
        let (piece, left) = bytes.split_at(usize::from(*length).min(bytes.len()));
        let replies = meter.hear(now, None, piece);
        assert!(replies.len() <= bytes.len(), "no answer without a question");
        now += Duration::from_millis(u64::from(*length));
        rest = left;
    }
}
