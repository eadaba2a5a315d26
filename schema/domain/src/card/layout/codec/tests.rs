//! The tables hold together; cards come back from their bytes; damage is named.

use proptest::prelude::*;

use super::*;
use crate::{CardSerial, Generation, LAYOUTS};

fn layout() -> &'static Layout {
    Layout::of(Generation::G2013).unwrap()
}

fn fen(range: std::ops::RangeInclusive<i64>) -> impl Strategy<Value = Fen> {
    range.prop_map(|n| Fen::new(n).unwrap())
}

prop_compose! {
    fn any_user_file()(
        kind in prop::sample::select(CardKind::ALL.to_vec()),
        meter_no in 0..1_000_000_000_000u64,
        customer_no in 0..1_000_000_000_000u64,
        update_flags: u8,
        switch in 0..10_000_000_000u64,
        alarm_1 in fen(0..=99_999_999),
        alarm_2 in fen(0..=99_999_999),
        current_ratio in 0..1_000_000u32,
        voltage_ratio in 0..1_000_000u32,
    ) -> UserFile {
        UserFile {
            kind,
            meter_no: MeterNo::from_number(meter_no).unwrap(),
            customer_no: CustomerNo::from_number(customer_no).unwrap(),
            update_flags,
            tariff_switch: CardClock::from_number(switch).unwrap(),
            alarm_1,
            alarm_2,
            current_ratio,
            voltage_ratio,
        }
    }
}

prop_compose! {
    fn any_write_back()(
        meter_no in 0..1_000_000_000_000u64,
        customer_no in 0..1_000_000_000_000u64,
        current_ratio in 0..1_000_000u32,
        voltage_ratio in 0..1_000_000u32,
        net in fen(-99_999_999..=4_294_967_295),
        count: u32,
        illegal_inserts in 0..1_000_000u32,
        at in 0..10_000_000_000u64,
    ) -> WriteBack {
        WriteBack {
            meter_no: MeterNo::from_number(meter_no).unwrap(),
            customer_no: CustomerNo::from_number(customer_no).unwrap(),
            current_ratio,
            voltage_ratio,
            money: net.max(Fen::ZERO),
            count,
            overdraft: Fen::ZERO.minus(net).unwrap().max(Fen::ZERO),
            illegal_inserts,
            written_at: CardClock::from_number(at).unwrap(),
        }
    }
}

prop_compose! {
    fn any_card()(
        serial: [u8; 8],
        user_file in any_user_file(),
        money: u32,
        count: u32,
        back in prop::option::of(any_write_back()),
    ) -> UserCard {
        UserCard {
            serial: CardSerial::from_bytes(serial),
            user_file,
            purse: Purse { money: money.into(), count },
            write_back: back.map_or(WriteBackFile::Empty, WriteBackFile::Written),
        }
    }
}

prop_compose! {
    fn any_image()(
        user in prop::collection::vec(any::<u8>(), 0..60),
        purse in prop::collection::vec(any::<u8>(), 0..12),
        write_back in prop::collection::vec(any::<u8>(), 0..60),
    ) -> CardImage {
        CardImage { serial: CardSerial::from_bytes([0; 8]), user, purse, write_back }
    }
}

proptest! {
    #[test]
    fn a_card_comes_back_from_its_bytes(card in any_card()) {
        let image = layout().encode(&card).unwrap();
        prop_assert_eq!(layout().decode(&image), Ok(card));
    }

    #[test]
    fn any_bytes_are_read_or_refused_without_a_panic(image in any_image()) {
        let _ = layout().decode(&image);
    }

    #[test]
    fn one_wrong_byte_in_a_frame_is_never_read_past(
        card in any_card(),
        at in 0usize..45,
        bit in 0u8..8,
    ) {
        let mut image = layout().encode(&card).unwrap();
        image.user[at] ^= 1 << bit;
        prop_assert!(layout().decode(&image).is_err());
    }
}

fn card() -> UserCard {
    UserCard {
        serial: CardSerial::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]),
        user_file: UserFile {
            kind: CardKind::OpenAccount,
            meter_no: MeterNo::parse("000012345678").unwrap(),
            customer_no: CustomerNo::parse("004100002244").unwrap(),
            update_flags: 0xff,
            tariff_switch: CardClock::parse("2701010000").unwrap(),
            alarm_1: Fen::from(2000),
            alarm_2: Fen::from(500),
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: Fen::from(13_765),
            count: 1,
        },
        write_back: WriteBackFile::Empty,
    }
}

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|pair| u8::from_str_radix(pair, 16).unwrap())
        .collect()
}

/// Written by hand from the field list.
#[test]
fn a_card_of_2013_has_every_field_where_the_list_says() {
    let image = layout().encode(&card()).unwrap();
    let user = hex(
        "68 01 00 27 00 FF 00 00 00 00 27 01 01 00 00 00 00 00 20 00 00 00 05 00 \
         00 00 01 00 00 01 00 00 12 34 56 78 00 41 00 00 22 44 01 33 16",
    );
    assert_eq!(image.user, user);
    assert_eq!(image.purse, hex("00 00 35 C5 00 00 00 01"));
    assert_eq!(image.write_back, [0; 49]);
}

#[test]
fn a_write_back_of_2013_has_every_field_where_the_list_says() {
    let bytes = hex(
        "68 11 00 2B 00 00 00 01 00 00 02 00 00 12 34 56 78 00 41 00 00 22 44 \
         00 00 22 3D 00 00 00 05 00 00 00 00 00 00 00 00 00 00 07 26 11 21 08 30 F5 16",
    );
    let image = CardImage {
        write_back: bytes,
        ..layout().encode(&card()).unwrap()
    };
    let back = WriteBack {
        meter_no: MeterNo::parse("000012345678").unwrap(),
        customer_no: CustomerNo::parse("004100002244").unwrap(),
        current_ratio: 1,
        voltage_ratio: 2,
        money: Fen::from(8765),
        count: 5,
        overdraft: Fen::ZERO,
        illegal_inserts: 7,
        written_at: CardClock::parse("2611210830").unwrap(),
    };
    let read = layout().decode(&image).unwrap();
    assert_eq!(read.write_back, WriteBackFile::Written(back));
}

#[test]
fn every_damage_is_named_with_its_place() {
    use CardFile::{Purse, User, WriteBack};
    let good = layout().encode(&card()).unwrap();
    let damaged = |change: &dyn Fn(&mut CardImage)| {
        let mut image = good.clone();
        change(&mut image);
        layout().decode(&image).unwrap_err()
    };
    // A changed byte with the checksum put right again, so that what it means is looked at.
    let patched = |at: usize, byte: u8| {
        damaged(&|image| {
            image.user[43] = image.user[43]
                .wrapping_add(byte)
                .wrapping_sub(image.user[at]);
            image.user[at] = byte;
        })
    };
    let (expected, found) = (good.user[43], good.user[43].wrapping_add(1));
    let rows = [
        (
            damaged(&|image| image.user.truncate(44)),
            Damage::Short {
                file: User,
                expected: 45,
                found: 44,
            },
        ),
        (
            damaged(&|image| image.purse.truncate(7)),
            Damage::Short {
                file: Purse,
                expected: 8,
                found: 7,
            },
        ),
        (
            damaged(&|image| image.user[0] = 0),
            Damage::Start {
                file: User,
                found: 0,
            },
        ),
        (
            patched(1, 0x11),
            Damage::Command {
                file: User,
                expected: 1,
                found: 0x11,
            },
        ),
        (
            patched(3, 0x28),
            Damage::FrameLength {
                file: User,
                expected: 39,
                found: 40,
            },
        ),
        (
            damaged(&|image| image.user[43] = found),
            Damage::Checksum {
                file: User,
                expected,
                found,
            },
        ),
        (
            damaged(&|image| image.user[44] = 0x17),
            Damage::End {
                file: User,
                found: 0x17,
            },
        ),
        (
            patched(32, 0x1a),
            Damage::NotDigits {
                file: User,
                field: FieldName::MeterNo,
                offset: 32,
            },
        ),
        (patched(42, 0), Damage::UnknownKind { found: 0 }),
        (
            damaged(&|image| image.write_back[7] = 1),
            Damage::Start {
                file: WriteBack,
                found: 0,
            },
        ),
    ];
    for (said, expected) in rows {
        assert_eq!(said, expected);
    }
}

#[test]
fn a_value_that_does_not_fit_is_refused_by_name() {
    let too_dear = UserCard {
        purse: Purse {
            money: Fen::new(4_294_967_296).unwrap(),
            count: 1,
        },
        ..card()
    };
    let negative = UserCard {
        purse: Purse {
            money: Fen::new(-1).unwrap(),
            count: 1,
        },
        ..card()
    };
    for card in [too_dear, negative] {
        let field = FieldName::PurseMoney;
        assert_eq!(layout().encode(&card), Err(DoesNotFit::Value { field }));
    }
    let mut ratio = card();
    ratio.user_file.current_ratio = 1_000_000;
    let field = FieldName::CurrentRatio;
    assert_eq!(layout().encode(&ratio), Err(DoesNotFit::Value { field }));
}

#[test]
fn no_two_fields_of_a_table_share_a_byte_and_all_lie_inside_the_frame() {
    for layout in LAYOUTS {
        for form in layout.files {
            let frame = form.command.map_or(0, |_| 1);
            let mut taken = vec![false; form.len];
            for field in layout.fields.iter().filter(|field| field.file == form.file) {
                assert!(
                    field.offset >= 4 * frame && field.offset + field.len <= form.len - 2 * frame
                );
                for byte in &mut taken[field.offset..field.offset + field.len] {
                    assert!(!*byte, "{:?} overlaps", field.name);
                    *byte = true;
                }
            }
        }
    }
}

#[test]
fn there_is_no_table_for_cards_of_2009() {
    assert_eq!(Layout::of(Generation::G2009), None);
}
