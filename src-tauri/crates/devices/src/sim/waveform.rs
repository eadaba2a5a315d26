//! What a receiver makes of bytes when its line settings are not the sender's.

use crate::{DataBits, LineSettings, Parity};

/// The bytes a receiver at `to` hears when a sender at `from` sends these, one directly after the
/// other: the levels of the line, looked at where the receiver believes the middle of each bit.
/// A byte whose stop bit is missing or whose check bit is wrong is dropped, as a driver does.
pub(super) fn heard_as(bytes: &[u8], from: LineSettings, to: LineSettings) -> Vec<u8> {
    if from == to {
        return bytes.to_vec();
    }
    let levels: Vec<bool> = bytes.iter().flat_map(|byte| bits(*byte, from)).collect();
    let receiver = Receiver {
        levels: &levels,
        sent: bit_time(from),
        read: bit_time(to),
    };
    receiver.bytes(to)
}

/// Unit: nanoseconds.
fn bit_time(settings: LineSettings) -> u64 {
    1_000_000_000 / u64::from(settings.baud.max(1))
}

fn width(settings: LineSettings) -> u32 {
    match settings.data_bits {
        DataBits::Seven => 7,
        DataBits::Eight => 8,
    }
}

/// Levels of one byte: start low, data from the lowest bit, check, stop high.
fn bits(byte: u8, settings: LineSettings) -> Vec<bool> {
    let data: Vec<bool> = (0..width(settings))
        .map(|bit| byte >> bit & 1 == 1)
        .collect();
    let odd = data.iter().filter(|bit| **bit).count() % 2 == 1;
    let check = match settings.parity {
        Parity::None => None,
        Parity::Even => Some(odd),
    };
    let mut all = vec![false];
    all.extend(data);
    all.extend(check);
    all.push(true);
    all
}

struct Receiver<'a> {
    levels: &'a [bool],
    /// How long a level lasts. Unit: nanoseconds.
    sent: u64,
    /// How long the receiver believes it lasts.
    read: u64,
}

impl Receiver<'_> {
    /// The level then; a line at rest is high.
    fn at(&self, time: u64) -> bool {
        let bit = usize::try_from(time / self.sent.max(1)).unwrap_or(usize::MAX);
        self.levels.get(bit).copied().unwrap_or(true)
    }

    fn bytes(&self, to: LineSettings) -> Vec<u8> {
        let mut heard = vec![];
        // where the line goes down from high: a byte may start there
        let mut free_from = 0;
        let mut before = true;
        for (bit, level) in (0_u64..).zip(self.levels) {
            let start = bit.saturating_mul(self.sent);
            let falls = before && !level;
            before = *level;
            if falls && start >= free_from {
                heard.extend(self.byte(start, to));
                let half = self.read / 2;
                let whole = u64::from(to.bits_per_byte()).saturating_mul(self.read);
                free_from = start.saturating_add(whole).saturating_sub(half);
            }
        }
        heard
    }

    /// The byte that starts then; none when its stop or check bit is wrong.
    fn byte(&self, start: u64, to: LineSettings) -> Option<u8> {
        let middle = |bit: u32| {
            let halves = u64::from(bit).saturating_mul(2).saturating_add(1);
            self.at(start.saturating_add(halves.saturating_mul(self.read) / 2))
        };
        let data = width(to);
        let byte = (0..data).fold(0_u8, |byte, bit| {
            byte | u8::from(middle(bit.saturating_add(1))) << bit
        });
        let check = match to.parity {
            Parity::None => true,
            Parity::Even => middle(data.saturating_add(1)) == (byte.count_ones() % 2 == 1),
        };
        let stop = middle(to.bits_per_byte().saturating_sub(1));
        (check && stop && !middle(0)).then_some(byte)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASK: &[u8] = b"/?!\r\n";

    #[test]
    fn the_same_settings_carry_every_byte() {
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(
            heard_as(&all, LineSettings::INFRARED, LineSettings::INFRARED),
            all
        );
        // the long way round: as many bits a second, told in other words
        let receiver = Receiver {
            levels: &all
                .iter()
                .flat_map(|b| bits(*b, LineSettings::INFRARED))
                .collect::<Vec<_>>(),
            sent: 1_000,
            read: 1_000,
        };
        assert_eq!(receiver.bytes(LineSettings::INFRARED), all);
    }

    #[test]
    fn seven_bits_with_check_read_as_eight_without_carry_the_check_in_the_top_bit() {
        let eight = LineSettings {
            data_bits: DataBits::Eight,
            parity: Parity::None,
            ..LineSettings::IEC_START
        };
        let expected: Vec<u8> = ASK
            .iter()
            .map(|b| b | u8::from(b.count_ones() % 2 == 1) << 7)
            .collect();
        assert_eq!(heard_as(ASK, LineSettings::IEC_START, eight), expected);
    }

    #[test]
    fn another_rate_carries_something_else() {
        let bytes = [0x68, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0xAA, 0x68, 0x13, 0x00];
        for rate in [300, 600, 2400, 4800, 9600] {
            let heard = heard_as(
                &bytes,
                LineSettings::INFRARED,
                LineSettings::INFRARED.at(rate),
            );
            assert!(
                !heard.windows(4).any(|w| bytes.windows(4).any(|b| b == w)),
                "{rate}: {heard:02X?}"
            );
        }
    }
}
