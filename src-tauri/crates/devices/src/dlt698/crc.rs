//! The check sum of head and frame: CRC-16/X.25.

/// The check sum of some bytes, as a frame carries it: low byte first.
///
/// Source: DL/T 698.45, head and frame check, by reference to RFC 1662's FCS-16 (x¹⁶+x¹²+x⁵+1,
/// reflected, begun with ones and inverted).
pub(super) fn check_sum(bytes: &[u8]) -> [u8; 2] {
    let sum = bytes.iter().fold(0xFFFF_u16, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| match sum & 1 {
            0 => sum >> 1,
            _ => (sum >> 1) ^ 0x8408,
        })
    });
    (!sum).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_of_the_catalogue_of_crcs_comes_out() {
        assert_eq!(check_sum(b"123456789"), 0x906E_u16.to_le_bytes());
    }
}
