//! Who answered to reset.

use domain::CardSerial;

use super::{CardIdent, LinkError};

/// The card that gave this answer to reset: its serial is the last 8 historical bytes.
///
/// Source: ISO/IEC 7816-3, 8.2: TS, T0 (how many historical bytes; which interface bytes follow),
/// interface bytes, of which TD says whether more follow, historical bytes, check byte.
///
/// Errors: [`LinkError::Mute`] for no answer; [`LinkError::NotOurs`] for one without a serial.
pub(crate) fn ident(atr: Vec<u8>) -> Result<CardIdent, LinkError> {
    if atr.is_empty() {
        return Err(LinkError::Mute);
    }
    let historical = historical(&atr).ok_or(LinkError::NotOurs)?;
    let serial = historical.last_chunk().ok_or(LinkError::NotOurs)?;
    let serial = CardSerial::from_bytes(*serial);
    Ok(CardIdent { atr, serial })
}

fn historical(atr: &[u8]) -> Option<&[u8]> {
    let [_, format, rest @ ..] = atr else {
        return None;
    };
    let (mut follows, mut rest) = (format >> 4, rest);
    while follows != 0 {
        let (interface, after) = rest.split_at_checked(follows.count_ones().try_into().ok()?)?;
        // TD is the last of its group, where there is one
        follows = match interface.last() {
            Some(td) if follows & 0b1000 != 0 => td >> 4,
            _ => 0,
        };
        rest = after;
    }
    rest.get(..usize::from(format & 0x0F))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SERIAL: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

    fn with_serial(head: &[u8], tail: &[u8]) -> Vec<u8> {
        [head, &SERIAL, tail].concat()
    }

    #[test]
    fn the_serial_is_the_last_eight_historical_bytes_whatever_interface_bytes_there_are() {
        for atr in [
            with_serial(&[0x3B, 0x08], &[]),
            with_serial(&[0x3B, 0x6C, 0x00, 0x02, 9, 9, 9, 9], &[]),
            // TA1 TB1 TC1 TD1, TD1 says TA2 and T=1, so a check byte ends it
            with_serial(&[0x3B, 0xF9, 0x11, 0, 0, 0x11, 0x80, 9], &[0x55]),
            // TD1, TD2, nothing more
            with_serial(&[0x3F, 0x88, 0x80, 0x01], &[0x55]),
        ] {
            let ident = ident(atr.clone()).unwrap();
            assert_eq!(ident.serial.as_bytes(), &SERIAL, "{atr:02X?}");
            assert_eq!(ident.atr, atr);
        }
    }

    #[test]
    fn an_answer_without_eight_historical_bytes_is_not_of_a_card_of_ours() {
        for atr in [
            &[0x3B][..],
            &[0x3B, 0x00],
            &[0x3B, 0x07, 1, 2, 3, 4, 5, 6, 7],
            &[0x3B, 0x08, 1, 2, 3, 4, 5, 6, 7],
            &[0x3B, 0xF8, 1, 2],
        ] {
            assert!(matches!(ident(atr.to_vec()), Err(LinkError::NotOurs)));
        }
        assert!(matches!(ident(Vec::new()), Err(LinkError::Mute)));
    }

    proptest! {
        #[test]
        fn no_answer_to_reset_stops_us(atr in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(ident) = ident(atr.clone()) {
                prop_assert!(atr.windows(8).any(|part| part == ident.serial.as_bytes()));
            }
        }
    }
}
