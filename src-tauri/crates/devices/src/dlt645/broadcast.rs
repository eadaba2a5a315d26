//! Setting the clock of every meter that hears it: the one thing we change in a meter.

use domain::MeterClock;

use super::generation::function;
use super::{Address, Frame, PREAMBLE, bcd, encode};

/// The bytes that set the clock of every meter on the line (广播校时), preamble included. No meter
/// answers. Meters are said to take it once a day, and only when they are few minutes off: whether
/// it was taken, reading the clock again shows.
///
/// Shape: control code 08, address 999999999999, YYMMDDhhmmss with the seconds first.
///
/// Errors: `None` when the text is no clock.
///
/// ```
/// use domain::MeterClock;
/// use metercrew_devices::dlt645::broadcast_time;
///
/// let clock = MeterClock::new(2026, 11, 21, 8, 30, 5).unwrap();
/// assert_eq!(
///     broadcast_time(&clock).unwrap(),
///     [
///         0xFE, 0xFE, 0xFE, 0xFE, 0x68, 0x99, 0x99, 0x99, 0x99, 0x99, 0x99, 0x68, 0x08, 0x06,
///         0x38, 0x63, 0x3B, 0x54, 0x44, 0x59, 0x3B, 0x16
///     ]
/// );
/// ```
pub fn broadcast_time(clock: &MeterClock) -> Option<Vec<u8>> {
    let digits: String = clock.to_string().split(['-', 'T', ':']).collect();
    if digits.len() != 14 {
        return None;
    }
    let digits: u64 = digits.parse().ok()?;
    let frame = Frame {
        address: Address::BROADCAST,
        control: function::BROADCAST_TIME,
        // six bytes hold the two low digits of the year
        data: bcd::write(digits, 6),
    };
    Some([PREAMBLE.as_slice(), &encode(&frame)].concat())
}
