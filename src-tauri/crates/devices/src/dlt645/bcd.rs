//! Numbers as meters write them: two decimal digits to a byte, the low byte first.

/// The number these bytes say.
///
/// Errors: `None` where a half byte is no digit, and beyond 18 digits, which no item has.
///
/// ```
/// use metercrew_devices::dlt645::bcd;
///
/// assert_eq!(bcd::number(&[0x67, 0x45, 0x23, 0x01]), Some(1_234_567));
/// assert_eq!(bcd::number(&[0xFF, 0xFF]), None);
/// ```
pub fn number(bytes: &[u8]) -> Option<u64> {
    if bytes.len() > 9 {
        return None;
    }
    bytes.iter().rev().try_fold(0_u64, |above, byte| {
        let (high, low) = two_digits(*byte)?;
        let two = u64::from(high) * 10 + u64::from(low);
        above.checked_mul(100)?.checked_add(two)
    })
}

/// The same digits as text, all of them, the high ones first.
///
/// Errors: `None` where a half byte is no digit.
///
/// ```
/// use metercrew_devices::dlt645::bcd;
///
/// let meter_no = [0x67, 0x48, 0x60, 0x10, 0x00, 0x00];
/// assert_eq!(bcd::digits(&meter_no).as_deref(), Some("000010604867"));
/// ```
pub fn digits(bytes: &[u8]) -> Option<String> {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes.iter().rev() {
        let (high, low) = two_digits(*byte)?;
        text.push(char::from(b'0' + high));
        text.push(char::from(b'0' + low));
    }
    Some(text)
}

/// So many bytes that say a number; digits beyond them are left out, as a register does that
/// runs over.
///
/// ```
/// use metercrew_devices::dlt645::bcd;
///
/// assert_eq!(bcd::write(1_234_567, 4), [0x67, 0x45, 0x23, 0x01]);
/// ```
pub fn write(number: u64, bytes: usize) -> Vec<u8> {
    let mut left = number;
    std::iter::repeat_with(|| {
        let [two, ..] = (left % 100).to_le_bytes();
        left /= 100;
        (two / 10) << 4 | (two % 10)
    })
    .take(bytes)
    .collect()
}

fn two_digits(byte: u8) -> Option<(u8, u8)> {
    let (high, low) = (byte >> 4, byte & 0x0F);
    (high <= 9 && low <= 9).then_some((high, low))
}
