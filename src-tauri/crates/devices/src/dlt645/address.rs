//! The address of a meter as frames carry it.

use std::fmt;

/// Address of a meter (通信地址): twelve digits, two to a byte.
///
/// Shape: on the wire the low byte comes first; in text the high digits do, as on the name plate.
/// Source: DL/T 645-2007, clause 5.
///
/// ```
/// use metercrew_devices::dlt645::Address;
///
/// let address = Address::parse("112233445566").unwrap();
/// assert_eq!(address.on_wire(), [0x66, 0x55, 0x44, 0x33, 0x22, 0x11]);
/// assert!(Address::parse("AAAAAAAA5566").unwrap().matches(address));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 6]);

/// Stands for any two digits. It fills an address from its high end (缩位寻址).
const ANY_TWO: u8 = 0xAA;

impl Address {
    /// Any meter: the only one there is answers.
    pub const ANY: Self = Self([ANY_TWO; 6]);

    /// All meters; none answers.
    pub const BROADCAST: Self = Self([0x99; 6]);

    /// From its bytes on the wire, low byte first.
    pub const fn from_wire(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// Its bytes on the wire, low byte first.
    pub const fn on_wire(self) -> [u8; 6] {
        self.0
    }

    /// Reads its twelve digits as printed; `AA` stands for any two.
    ///
    /// Errors: `None` for fewer or more than twelve, and for other marks.
    pub fn parse(text: &str) -> Option<Self> {
        let marks: &[u8; 12] = text.as_bytes().try_into().ok()?;
        let (pairs, _) = marks.as_chunks::<2>();
        let mut address = [0; 6];
        for (byte, pair) in address.iter_mut().rev().zip(pairs) {
            *byte = match pair {
                b"AA" => ANY_TWO,
                [high, low] if high.is_ascii_digit() && low.is_ascii_digit() => {
                    (high - b'0') << 4 | (low - b'0')
                }
                _ => return None,
            };
        }
        Some(Self(address))
    }

    /// Whether it names one meter: all its digits are digits, and it is not the broadcast.
    pub fn is_of_one_meter(self) -> bool {
        let digits = |byte: &u8| byte >> 4 <= 9 && byte & 0x0F <= 9;
        self != Self::BROADCAST && self.0.iter().all(digits)
    }

    /// Whether a question to this address is for the meter of that address. A broadcast asks
    /// nobody for an answer, so it matches none.
    pub fn matches(self, meter: Self) -> bool {
        let named = self.0.iter().rev().skip_while(|byte| **byte == ANY_TWO);
        let named = named.count();
        self != Self::BROADCAST && self.0.iter().zip(&meter.0).take(named).all(|(a, b)| a == b)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .iter()
            .rev()
            .try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}
