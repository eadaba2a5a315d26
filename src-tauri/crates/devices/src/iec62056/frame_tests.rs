//! Tests of the frames of IEC 62056-21.

use proptest::prelude::*;

use super::*;

fn value() -> impl Strategy<Value = Value> {
    ("[0-9.:-]{0,12}", proptest::option::of("[A-Za-z]{0,5}"))
        .prop_map(|(text, unit)| Value { text, unit })
}

fn entry() -> impl Strategy<Value = Entry> {
    let code = "([01]-[0-9]:)?[0-9CF]\\.[0-9]{1,2}\\.[0-9](\\*[0-9]{2,3})?";
    (code, proptest::collection::vec(value(), 1..4))
        .prop_map(|(code, values)| Entry { code, values })
}

fn block() -> impl Strategy<Value = Frame> {
    proptest::collection::vec(entry(), 0..12).prop_map(Frame::Block)
}

/// Noise that does not look like the beginning of a block.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let byte = any::<u8>().prop_filter("no STX", |byte| byte & 0x7F != STX);
    proptest::collection::vec(byte, 0..40)
}

fn around(before: &[u8], bytes: &[u8], after: &[u8]) -> Vec<u8> {
    [before, bytes, after].concat()
}

/// As a line of 8 bits without parity shows what was sent with 7 bits and even parity.
fn with_check_bits(bytes: &[u8]) -> Vec<u8> {
    let even = |byte: &u8| match byte.count_ones().is_multiple_of(2) {
        true => *byte,
        false => byte | 0x80,
    };
    bytes.iter().map(even).collect()
}

/// The frame that the bytes begin with, and its length.
fn whole(bytes: &[u8]) -> Option<(Frame, usize)> {
    let found = find(bytes)?;
    (found.start == 0).then_some((found.frame, found.end))
}

fn blocks_in(bytes: &[u8]) -> Vec<Frame> {
    let (mut blocks, mut rest) = (vec![], bytes);
    while let Some(found) = find(rest) {
        rest = &rest[found.end..];
        if matches!(found.frame, Frame::Block(_)) {
            blocks.push(found.frame);
        }
    }
    blocks
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = find(&bytes);
    }

    #[test]
    fn no_bytes_of_its_own_alphabet_make_it_panic(
        bytes in "[\\x02\\x03\\x06\\x82\r\n!/?()*0-6A-C.]{0,120}"
    ) {
        if let Some(found) = find(bytes.as_bytes()) {
            prop_assert!(found.start < found.end && found.end <= bytes.len());
            let _ = found.frame.to_string();
        }
    }

    #[test]
    fn a_block_is_found_whole_with_garbage_around(
        block in block(), before in garbage(), after in garbage()
    ) {
        let bytes = encode(&block);
        prop_assert_eq!(
            blocks_in(&around(&before, &bytes, &after)),
            vec![block.clone()]
        );
        let eight_bits = with_check_bits(&bytes);
        prop_assert_eq!(blocks_in(&around(&before, &eight_bits, &after)), vec![block]);
    }

    #[test]
    fn a_block_with_any_one_bit_flipped_is_refused(
        block in block(), before in garbage(), after in garbage(), eight_bits: bool
    ) {
        let mut bytes = encode(&block);
        if eight_bits {
            bytes = with_check_bits(&bytes);
        }
        // where all bytes happen to be even, the eighth bit of one makes it odd
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[at] ^= 1 << bit;
                let found = blocks_in(&around(&before, &damaged, &after));
                prop_assert!(found.is_empty(), "byte {} bit {}: {:?}", at, bit, found);
            }
        }
    }

    #[test]
    fn a_text_that_cannot_be_sent_leaves_a_block_whole(text in "\\PC{0,12}") {
        let value = Value { text: text.clone(), unit: Some(text.clone()) };
        let bytes = encode(&Frame::Block(vec![Entry { code: text, values: vec![value] }]));
        let (frame, length) = whole(&bytes).unwrap();
        prop_assert_eq!(length, bytes.len());
        prop_assert!(matches!(frame, Frame::Block(entries) if entries.len() == 1));
    }
}

#[test]
fn every_message_reads_back_from_its_bytes() {
    let meter = Identification {
        manufacturer: "LGZ".into(),
        rate: Rate::R9600,
        ident: r"\2ZMD120".into(),
    };
    let acknowledge = |rate, mode| Frame::Acknowledge { rate, mode };
    for (frame, bytes) in [
        (Frame::Request { address: None }, &b"/?!\r\n"[..]),
        (
            Frame::Request {
                address: Some("00123456".into()),
            },
            b"/?00123456!\r\n",
        ),
        (Frame::Identification(meter), b"/LGZ5\\2ZMD120\r\n"),
        (acknowledge(Rate::R300, Mode::Readout), b"\x06000\r\n"),
        (acknowledge(Rate::R9600, Mode::Readout), b"\x06050\r\n"),
        (acknowledge(Rate::R19200, Mode::Programming), b"\x06061\r\n"),
    ] {
        assert_eq!(encode(&frame), bytes);
        assert_eq!(whole(bytes), Some((frame.clone(), bytes.len())));
        let eight_bits = with_check_bits(bytes);
        assert_eq!(whole(&eight_bits), Some((frame, bytes.len())));
    }
}

#[test]
fn a_rate_is_its_letter_and_the_fastest_that_is_allowed() {
    for (letter, baud) in [
        (b'0', 300),
        (b'1', 600),
        (b'2', 1_200),
        (b'3', 2_400),
        (b'4', 4_800),
        (b'5', 9_600),
        (b'6', 19_200),
    ] {
        assert_eq!(Rate::of(letter).map(Rate::baud), Some(baud));
        assert_eq!(Rate::at_most(baud).letter(), letter);
        assert_eq!(Rate::at_most(baud + 1).letter(), letter);
    }
    assert_eq!(Rate::of(b'7'), None);
    assert_eq!(Rate::at_most(1), Rate::R300);
}

#[test]
fn an_echo_of_the_request_is_a_request_and_no_identification() {
    let heard = b"/?!\r\n/ABB4\r\n";
    let echo = find(heard).unwrap();
    assert_eq!(echo.frame, Frame::Request { address: None });
    let answer = find(&heard[echo.end..]).unwrap();
    assert!(matches!(
        answer.frame,
        Frame::Identification(Identification { manufacturer, rate: Rate::R4800, ident })
            if manufacturer == "ABB" && ident.is_empty()
    ));
}

#[test]
fn a_message_that_has_not_come_to_its_end_is_not_found_yet() {
    for message in [
        &b"/LGZ5ZMD\r\n"[..],
        b"\x06050\r\n",
        b"\x021.8.0(1*kWh)\r\n!\r\n\x03\x55",
    ] {
        for length in 0..message.len() {
            assert_eq!(find(&message[..length]), None, "{length} of {message:?}");
        }
    }
}

#[test]
fn a_meter_of_another_mode_is_not_identified() {
    for bytes in [
        &b"/ABCAident\r\n"[..],
        b"/ABC9ident\r\n",
        b"/A1C5ident\r\n",
        b"/ABC5id\x00ent\r\n",
    ] {
        assert_eq!(find(bytes), None);
    }
}

#[test]
fn a_block_with_a_line_that_no_meter_sends_is_damaged_though_its_check_character_fits() {
    for line in [
        &b"1.8.0(1\r\n"[..],
        b"1.8.0(1(2)\r\n",
        b"1.8.0(1)x\r\n",
        b"1.8 0(1)\r\n",
        b"1.8.0(\x01)\r\n",
        b"1.8.0(\xC3\x28)\r\n",
    ] {
        let content = [b"1.8.1(5*kWh)\r\n", line].concat();
        assert_eq!(entries(&content), None, "{}", line.escape_ascii());
        let checked = [content.as_slice(), b"!\r\n\x03"].concat();
        let block = [&[STX], checked.as_slice(), &[check_character(&checked)]].concat();
        assert_eq!(find(&block), None, "{}", line.escape_ascii());
    }
}

#[test]
fn several_brackets_are_several_values_of_one_code_and_a_line_may_hold_several_codes() {
    let bytes = b"1.6.0(00.312*kW)(2611210830)\r\n0.9.1(083000)0.9.2(261121)\r\n(5)\r\nno set\r\n";
    let shown: Vec<_> = entries(bytes)
        .unwrap()
        .iter()
        .map(|entry| Frame::Block(vec![entry.clone()]).to_string())
        .collect();
    assert_eq!(
        shown,
        [
            "readout: 1.6.0(00.312 kW)(2611210830)",
            "readout: 0.9.1(083000)",
            "readout: 0.9.2(261121)",
            "readout: (5)",
        ]
    );
}

#[test]
fn a_line_full_of_beginnings_is_looked_through_in_one_pass() {
    // squares of this would take minutes
    let mut bytes = vec![STX; 1 << 18];
    assert_eq!(find(&bytes), None);
    bytes.extend(BLOCK_END);
    assert_eq!(find(&bytes), None);
}
