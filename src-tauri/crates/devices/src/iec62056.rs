//! IEC 62056-21 mode C, the language of export meters: frames, what is in them, and a session.
//!
//! Of the standard only what a readout needs: no programming mode, no passwords, nothing written.

mod frame;
mod item;
mod session;

pub use frame::{Entry, Found, Frame, Identification, Mode, Rate, Value, encode, find};
pub(crate) use session::Session;

/// What the first frame in these bytes means, in one line, and where it ends.
///
/// Errors: `None` when there is no whole frame.
///
/// ```
/// use metercrew_devices::iec62056::explain;
///
/// let (line, end) = explain(b"\xFF\x06050\r\n").unwrap();
/// assert_eq!((line.as_str(), end), ("acknowledge: readout at 9600 baud", 7));
/// ```
pub fn explain(bytes: &[u8]) -> Option<(String, usize)> {
    find(bytes).map(|found| (found.frame.to_string(), found.end))
}
