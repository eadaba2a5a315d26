//! Everything that reads DL/T 645 from outside.

use metercrew_devices::dlt645::{Address, Frame, SecurityError, bcd, encode, explain, frames};

/// Reads the bytes as what a line carries, then as what a good frame carries.
pub fn read(bytes: &[u8]) {
    let mut rest = bytes;
    while let Some((_, end)) = explain(rest) {
        assert!(end > 0, "a frame has bytes");
        rest = rest.get(end..).unwrap_or_default();
    }
    for found in frames(bytes) {
        let written = encode(&found.frame);
        assert_eq!(bytes.get(found.start..found.end), Some(written.as_slice()));
        SecurityError::of(&found.frame);
    }
    let _ = (bcd::number(bytes), bcd::digits(bytes));
    if let Some((control, data)) = bytes.split_first() {
        let frame = Frame {
            address: Address::ANY,
            control: *control,
            data: data.iter().take(255).copied().collect(),
        };
        SecurityError::of(&frame);
        let written = encode(&frame);
        let end = explain(&written).map(|(_, end)| end);
        assert_eq!(end, Some(written.len()), "what we write is a frame");
    }
}
