//! The codec against frames with known checksums, and against bytes of every kind.

use proptest::prelude::*;

use super::*;

/// Bytes written as hex digits and blanks.
pub(super) fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace()
        .map(|byte| u8::from_str_radix(byte, 16).unwrap())
        .collect()
}

/// A question or answer of the published examples, its meaning and whether it re-encodes.
fn sample(text: &str) -> Frame {
    let bytes = hex(text);
    let found = find(&bytes).unwrap();
    assert!(bytes[..found.start].iter().all(|byte| *byte == 0xFE));
    assert_eq!(found.end, bytes.len());
    assert_eq!(encode(&found.frame), bytes[found.start..]);
    found.frame
}

fn any_frame() -> impl Strategy<Value = Frame> {
    // marks of the frame itself are made frequent: 68, 16 and FE on the wire
    let byte = prop_oneof![
        Just(0x68u8.wrapping_sub(0x33)),
        Just(0x16u8.wrapping_sub(0x33)),
        Just(0xFEu8.wrapping_sub(0x33)),
        any::<u8>()
    ];
    (
        any::<[u8; 6]>(),
        any::<u8>(),
        proptest::collection::vec(byte, 0..=255),
    )
        .prop_map(|(address, control, data)| Frame {
            address: Address::from_wire(address),
            control,
            data,
        })
}

/// Noise that can begin no frame: no start mark in it.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>().prop_filter("start", |b| *b != 0x68), 0..40)
}

proptest! {
    #[test]
    fn a_frame_is_found_in_noise_once_its_last_byte_has_come(
        frame in any_frame(), before in noise(), after in noise(), preamble in 0usize..9,
    ) {
        let sent = encode(&frame);
        let heard = [before.clone(), vec![0xFE; preamble], sent.clone(), after].concat();
        let start = before.len() + preamble;
        let end = start + sent.len();
        prop_assert_eq!(find(&heard), Some(Found { frame, start, end }));
        for cut in [start, start + 1, start + 9, start + 10, end - 2, end - 1] {
            let early = find(&heard[..cut]);
            prop_assert_eq!(early, None, "found at {}", cut);
        }
    }

    #[test]
    fn whatever_is_found_has_both_starts_its_end_and_its_checksum(
        bytes in proptest::collection::vec(prop_oneof![Just(0x68u8), Just(0x16), Just(2), any::<u8>()], 0..600)
    ) {
        for found in frames(&bytes) {
            prop_assert_eq!(&encode(&found.frame), &bytes[found.start..found.end]);
        }
    }

    #[test]
    fn a_frame_with_one_byte_changed_is_another_frame_or_none(
        frame in any_frame(), at in any::<prop::sample::Index>(), change in 1u8..=255,
    ) {
        let mut bytes = encode(&frame);
        let at = at.index(bytes.len());
        bytes[at] = bytes[at].wrapping_add(change);
        prop_assert_ne!(find(&bytes).map(|found| found.frame), Some(frame));
    }
}

#[test]
fn start_marks_in_noise_do_not_hide_the_frame_behind_them() {
    let frame = hex("68 03 00 00 00 00 00 68 81 04 44 E9 33 34 EC 16");
    for noise in [
        "68",
        "68 68 68",
        "68 00 00 00 00 00 00 68",
        // a head that announces 255 bytes
        "68 00 00 00 00 00 00 68 91 FF",
        "68 68 68 68 68 68 68 68 68 68",
        // whole, but for its checksum
        "68 01 00 00 00 00 00 68 11 04 33 33 34 33 B4 16",
    ] {
        let heard = [hex(noise), frame.clone()].concat();
        let found = find(&heard).expect(noise);
        assert_eq!(found.start, heard.len() - frame.len(), "{noise}");
    }
}

#[test]
fn data_beyond_the_length_byte_is_left_out_of_a_frame() {
    let frame = Frame {
        address: Address::ANY,
        control: 0x91,
        data: vec![7; 300],
    };
    let found = find(&encode(&frame)).unwrap();
    assert_eq!(found.frame.data, vec![7; 255]);
}

#[test]
fn an_address_is_written_with_its_low_byte_first() {
    let frame = sample("FE FE FE FE 68 67 48 60 10 00 00 68 93 06 9A 7B 93 43 33 33 D9 16");
    assert_eq!(frame.address.to_string(), "000010604867");
    assert_eq!(Address::parse("000010604867"), Some(frame.address));
    assert_eq!(frame.data, frame.address.on_wire());
    for text in [
        "",
        "00001060486",
        "0000106048670",
        "00001060486x",
        "A00000000000",
    ] {
        assert_eq!(Address::parse(text), None, "{text}");
    }
}

#[test]
fn a_shortened_address_matches_by_its_low_digits() {
    let address = |text: &str| Address::parse(text).unwrap();
    let meter = address("112233445566");
    for (asked, expected) in [
        ("112233445566", true),
        ("AAAAAAAAAAAA", true),
        ("AAAAAAAAAA66", true),
        ("AA2233445566", true),
        ("AAAAAAAAAA67", false),
        ("112233445567", false),
        // not filled from the high end: no shortened address
        ("1122334455AA", false),
        ("999999999999", false),
    ] {
        assert_eq!(address(asked).matches(meter), expected, "{asked}");
        let whole = !asked.contains('A') && asked != "999999999999";
        assert_eq!(address(asked).is_of_one_meter(), whole, "{asked}");
    }
}
