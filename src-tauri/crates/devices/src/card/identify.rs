//! By which of our tables a card is laid out.

use domain::{CardFile, CardImage, Damage, LAYOUTS, Layout};

use super::CardError;

/// What file 1 of a valid card starts with.
const START: u8 = 0x68;

/// By which table a card is laid out.
///
/// A card nobody has issued, and one made invalid (its file 1 does not start with 68), say nothing
/// of their layout; they get the first table.
///
/// Errors: [`CardError::Damaged`] when the head of file 1 is as a table says and something else is
/// not; [`CardError::UnknownLayout`] when no table has such a head.
pub fn identify(image: &CardImage) -> Result<&'static Layout, CardError> {
    if image.user.first() != Some(&START) {
        return LAYOUTS.first().ok_or(CardError::UnknownLayout);
    }
    let mut why = CardError::UnknownLayout;
    for layout in LAYOUTS {
        match layout.decode(image) {
            Ok(_) => return Ok(layout),
            Err(
                Damage::Command {
                    file: CardFile::User,
                    ..
                }
                | Damage::FrameLength {
                    file: CardFile::User,
                    ..
                },
            ) => {}
            Err(damage) => why = damage.into(),
        }
    }
    Err(why)
}

#[cfg(test)]
mod tests {
    use domain::{
        CardClock, CardKind, CardSerial, CustomerNo, Fen, MeterNo, Purse, UserCard, UserFile,
        WriteBackFile,
    };

    use super::*;

    fn image() -> CardImage {
        let card = UserCard {
            serial: CardSerial::from_bytes([7; 8]),
            user_file: UserFile {
                kind: CardKind::OpenAccount,
                meter_no: MeterNo::from_number(3).unwrap(),
                customer_no: CustomerNo::from_number(4).unwrap(),
                update_flags: 0xff,
                tariff_switch: CardClock::default(),
                alarm_1: Fen::from(1000),
                alarm_2: Fen::from(500),
                current_ratio: 1,
                voltage_ratio: 1,
            },
            purse: Purse {
                money: Fen::from(13_765),
                count: 1,
            },
            write_back: WriteBackFile::Empty,
        };
        LAYOUTS[0].encode(&card).unwrap()
    }

    #[test]
    fn a_card_is_known_by_the_table_that_reads_it() {
        assert_eq!(identify(&image()).unwrap(), &LAYOUTS[0]);
    }

    #[test]
    fn a_card_that_nobody_issued_or_that_was_made_invalid_is_no_strange_card() {
        let mut unissued = image();
        unissued.user.clear();
        assert!(identify(&unissued).is_ok());
        let mut void = image();
        void.user[0] = 0;
        void.user[43] ^= 1;
        assert!(identify(&void).is_ok());
    }

    #[test]
    fn another_command_or_length_in_the_head_is_an_unknown_layout() {
        for at in [1, 2, 3] {
            let mut other = image();
            other.user[at] ^= 0x40;
            assert!(matches!(identify(&other), Err(CardError::UnknownLayout)));
        }
    }

    #[test]
    fn a_wrong_checksum_under_a_known_head_is_a_damaged_file() {
        let mut damaged = image();
        damaged.user[43] ^= 1;
        assert!(matches!(
            identify(&damaged),
            Err(CardError::Damaged(Damage::Checksum {
                file: CardFile::User,
                ..
            }))
        ));
    }
}
