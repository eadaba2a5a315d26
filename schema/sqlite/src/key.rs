//! The key of an encrypted file.

use std::fmt;

use zeroize::{Zeroize, Zeroizing};

/// A raw 256-bit key: used as it is, without the 256,000 rounds a passphrase would need.
/// It is wiped from memory when dropped and never printed.
#[derive(Clone)]
pub struct Key([u8; 32]);

impl Key {
    /// Takes 32 bytes that came from the operating system's random source.
    pub fn new(bytes: [u8; 32]) -> Self {
        Key(bytes)
    }

    /// The statement that hands the key to SQLCipher.
    /// **Source**: SQLCipher API, "PRAGMA key", example 3 (raw key data).
    pub(crate) fn statement(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(88));
        text.push_str("PRAGMA key = \"x'");
        for byte in self.0 {
            for half in [byte >> 4, byte & 15] {
                text.push(char::from_digit(u32::from(half), 16).unwrap_or('0'));
            }
        }
        text.push_str("'\"");
        text
    }
}

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_never_printed() {
        assert_eq!(format!("{:?}", Key::new([0xab; 32])), "Key(…)");
    }

    #[test]
    fn the_key_is_handed_over_as_64_hex_digits() {
        let mut bytes = [0; 32];
        bytes[0] = 0x01;
        bytes[31] = 0xfe;
        assert_eq!(
            *Key::new(bytes).statement(),
            format!("PRAGMA key = \"x'01{}fe'\"", "00".repeat(30))
        );
    }
}
