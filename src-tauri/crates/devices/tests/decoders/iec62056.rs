//! Everything that reads IEC 62056-21 from outside.

use metercrew_devices::iec62056::{encode, explain, find};

/// Reads the bytes as what a line carries, then as what a good block carries.
pub fn read(bytes: &[u8]) {
    let mut rest = bytes;
    while let Some(found) = find(rest) {
        assert!(found.start < found.end, "a frame has bytes");
        find(&encode(&found.frame));
        rest = rest.get(found.end..).unwrap_or_default();
    }
    explain(bytes);
    let mut block = [b"\x02", bytes, b"!\r\n\x03"].concat();
    let check = block.iter().skip(1).fold(0, |check, byte| check ^ byte);
    block.push(check);
    explain(&block);
    find(&block);
}
