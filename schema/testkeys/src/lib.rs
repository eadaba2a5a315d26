#![doc = include_str!("../README.md")]
#![cfg(debug_assertions)]

use sm4::Sm4;
use sm4::cipher::{BlockEncrypt as _, KeyInit as _};

/// The root of all test keys: anybody may know it.
const ROOT: [u8; 16] = *b"not a secret key";

/// The answer to a card's challenge, under the key of that card.
pub fn authenticate(challenge: &[u8; 8], serial: &[u8; 8]) -> [u8; 8] {
    let mut block = [0; 16];
    for (to, from) in block.iter_mut().zip(challenge) {
        *to = *from;
    }
    first(encrypted(&key_of(serial), block))
}

/// The MAC of one command: CBC over header and data, begun with the challenge, padded with 80 00….
pub fn mac(challenge: &[u8; 8], header: &[u8; 5], data: &[u8], serial: &[u8; 8]) -> [u8; 4] {
    let key = key_of(serial);
    let mut block = [0; 16];
    for (to, from) in block.iter_mut().zip(challenge) {
        *to = *from;
    }
    let mut message: Vec<u8> = header.iter().chain(data).copied().collect();
    message.push(0x80);
    message.resize(message.len().next_multiple_of(16), 0);
    for chunk in message.chunks(16) {
        for (to, from) in block.iter_mut().zip(chunk) {
            *to ^= from;
        }
        block = encrypted(&key, block);
    }
    first(block)
}

/// The key of one card: the root, diversified by its serial.
fn key_of(serial: &[u8; 8]) -> [u8; 16] {
    let mut block = [0; 16];
    let diversified = serial
        .iter()
        .copied()
        .chain(serial.iter().map(|byte| !byte));
    for (to, from) in block.iter_mut().zip(diversified) {
        *to = from;
    }
    encrypted(&ROOT, block)
}

fn encrypted(key: &[u8; 16], block: [u8; 16]) -> [u8; 16] {
    let mut block = block.into();
    Sm4::new(key.into()).encrypt_block(&mut block);
    block.into()
}

fn first<const N: usize>(block: [u8; 16]) -> [u8; N] {
    let mut taken = [0; N];
    for (to, from) in taken.iter_mut().zip(block) {
        *to = from;
    }
    taken
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GB/T 32907-2016, annex A.1: what makes this SM4 and not something like it.
    #[test]
    fn the_cipher_is_sm4() {
        let key = 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210_u128.to_be_bytes();
        let cipher = 0x681e_df34_d206_965e_86b3_e94f_536e_4246_u128.to_be_bytes();
        assert_eq!(encrypted(&key, key), cipher);
    }

    #[test]
    fn every_card_has_a_key_and_every_challenge_an_answer_of_its_own() {
        let said = authenticate(&[1; 8], &[2; 8]);
        assert_ne!(said, authenticate(&[1; 8], &[3; 8]));
        assert_ne!(said, authenticate(&[2; 8], &[2; 8]));
    }

    #[test]
    fn a_mac_depends_on_every_byte_it_is_over() {
        let header = [0x04, 0xd6, 0x81, 0x00, 0x08];
        let said = mac(&[1; 8], &header, &[0, 0, 0, 1], &[2; 8]);
        for other in [
            mac(&[9; 8], &header, &[0, 0, 0, 1], &[2; 8]),
            mac(
                &[1; 8],
                &[0x04, 0xd6, 0x82, 0x00, 0x08],
                &[0, 0, 0, 1],
                &[2; 8],
            ),
            mac(&[1; 8], &header, &[0, 0, 1, 0], &[2; 8]),
            mac(&[1; 8], &header, &[0, 0, 0, 1, 0], &[2; 8]),
            mac(&[1; 8], &header, &[0, 0, 0, 1], &[3; 8]),
        ] {
            assert_ne!(said, other);
        }
    }
}
