//! Frames: those of the field come out and go back to the same bytes, and nothing else is one.

use domain::CommAddress;
use proptest::prelude::*;

use super::frame::*;
use super::split::*;

/// Bytes written as in a protocol paper.
pub(super) fn hex(text: &str) -> Vec<u8> {
    let byte = |pair: &str| u8::from_str_radix(pair, 16).unwrap();
    text.split_whitespace().map(byte).collect()
}

/// Frames found in public sources, and what they are: sender, address, length of the message.
pub(super) const FIELD: [(&str, Sender, AddressKind, &str, usize); 6] = [
    (
        "68 17 00 43 45 AA AA AA AA AA AA 00 5B 4F 05 01 01 40 01 02 00 00 C6 07 16",
        Sender::Client,
        AddressKind::Wildcard,
        "AAAAAAAAAAAA",
        8,
    ),
    (
        "68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 40 00 02 00 00 56 1F 16",
        Sender::Client,
        AddressKind::Single,
        "000000000000",
        8,
    ),
    (
        "68 21 00 C3 05 00 00 00 00 00 00 00 1D DB 85 01 00 40 00 02 00 01 1C 07 EA 0A 07 0E 10 1A \
         00 00 E4 C5 16",
        Sender::Server,
        AddressKind::Single,
        "000000000000",
        18,
    ),
    (
        "68 17 00 43 05 39 12 19 08 37 00 0B 63 10 05 01 10 00 10 02 00 00 65 5F 16",
        Sender::Client,
        AddressKind::Single,
        "003708191239",
        8,
    ),
    (
        "68 1C 00 43 05 39 12 19 08 37 00 0B 7A 52 05 02 05 02 00 10 02 00 00 20 02 00 00 8D 28 16",
        Sender::Client,
        AddressKind::Single,
        "003708191239",
        13,
    ),
    (
        "68 22 00 C3 05 06 06 02 00 01 00 00 CD 29 85 01 00 F1 00 02 00 01 09 07 4C 59 31 30 32 36 \
         36 00 00 CE 06 16",
        Sender::Server,
        AddressKind::Single,
        "000100020606",
        19,
    ),
];

#[test]
fn the_frames_of_the_field_come_out_and_go_back_to_the_same_bytes() {
    for (text, sender, kind, address, size) in FIELD {
        let bytes = hex(text);
        let found = find(&bytes).expect(text);
        assert_eq!((found.start, found.end), (0, bytes.len()));
        let frame = &found.frame;
        assert_eq!((frame.sender, frame.begun_by), (sender, Sender::Client));
        assert_eq!(
            (frame.purpose, frame.server.kind()),
            (Purpose::UserData, kind)
        );
        let digits: String = frame
            .server
            .low_first()
            .iter()
            .rev()
            .map(|b| format!("{b:02X}"))
            .collect();
        assert_eq!(digits, address);
        assert!(matches!(&frame.content, Content::Whole(message) if message.len() == size));
        assert_eq!(encode(frame).unwrap(), bytes);
    }
}

#[test]
fn a_frame_with_any_byte_changed_is_none() {
    for (text, ..) in FIELD {
        let bytes = hex(text);
        for at in 0..bytes.len() {
            for flip in [0x01, 0x80, 0xFF] {
                let mut broken = bytes.clone();
                broken[at] ^= flip;
                assert_eq!(find(&broken), None, "{text}: byte {at} ^ {flip:02X}");
            }
        }
    }
}

#[test]
fn a_cut_frame_hides_no_whole_one_after_it() {
    let whole = hex(FIELD[2].0);
    for cut in 0..whole.len() {
        let stream = [&whole[..cut], &[0xFE; 3], &whole[..]].concat();
        let found = find(&stream).unwrap();
        assert_eq!((found.start, found.end), (cut + 3, stream.len()));
    }
}

#[test]
fn a_length_beyond_what_came_or_in_kilobytes_is_no_frame_yet() {
    let bytes = hex(FIELD[0].0);
    assert_eq!(find(&bytes[..bytes.len() - 1]), None);
    // the same with its unit bit set and both check sums right
    let mut kilobytes = bytes[..bytes.len() - 11].to_vec();
    kilobytes[2] = 0x40;
    kilobytes.truncate(12);
    let sum = super::crc::check_sum(&kilobytes[1..]);
    kilobytes.extend(sum);
    kilobytes.extend([0x16; 64]);
    assert_eq!(find(&kilobytes), None);
}

#[test]
fn a_message_longer_than_a_length_can_say_is_not_encoded() {
    let frame = |size| Frame::question(Address::any_meter(), vec![0; size]);
    // 7 + 6 of the head, 2 of the frame check
    assert!(encode(&frame(0x3FFF - 15)).is_some());
    assert_eq!(encode(&frame(0x3FFF - 14)), None);
}

#[test]
fn a_scrambled_frame_is_read_whichever_way_its_check_was_made() {
    let plain = hex(FIELD[2].0);
    let expected = find(&plain).unwrap().frame;
    let mut head = plain[1..12].to_vec();
    head[2] |= 0x08;
    let sum = super::crc::check_sum(&head);
    head.extend(sum);
    let message = &plain[14..plain.len() - 3];
    let shifted = |bytes: &[u8]| {
        bytes
            .iter()
            .map(|b| b.wrapping_add(0x33))
            .collect::<Vec<_>>()
    };

    let checked_as_sent = [head.clone(), shifted(message)].concat();
    let sum = super::crc::check_sum(&checked_as_sent);
    let checked_as_sent = [&[0x68][..], &checked_as_sent, &sum, &[0x16]].concat();
    assert_eq!(find(&checked_as_sent).unwrap().frame, expected);

    let sum = super::crc::check_sum(&[&head[..], message].concat());
    let all = shifted(&[message, &sum].concat());
    let checked_before = [&[0x68][..], &head, &all, &[0x16]].concat();
    assert_eq!(find(&checked_before).unwrap().frame, expected);
}

#[test]
fn a_wildcard_means_the_meters_whose_digits_it_gives() {
    let meter = Address::of_meter(&"003708191239".into()).unwrap();
    assert_eq!(meter.comm_address(), Some(CommAddress::new("003708191239")));
    let wild = |low_first: &[u8]| Address::new(AddressKind::Wildcard, 0, low_first).unwrap();
    assert!(Address::any_meter().means(&meter));
    assert!(wild(&[0xAA]).means(&meter));
    assert!(wild(&[0x39, 0x12, 0xAA, 0xAA, 0xAA, 0xAA]).means(&meter));
    assert!(!wild(&[0x38, 0x12, 0xAA, 0xAA, 0xAA, 0xAA]).means(&meter));
    assert!(
        !Address::of_meter(&"003708191230".into())
            .unwrap()
            .means(&meter)
    );
    assert_eq!(Address::of_meter(&"12A4".into()), None);
    assert_eq!(Address::any_meter().comm_address(), None);
}

#[test]
fn a_piece_out_of_order_breaks_the_message_and_a_doubled_one_counts_once() {
    let answer = Frame::answer(Address::any_meter(), 0, (0..=99).collect());
    let pieces = cut(&answer, 10);
    assert_eq!(pieces.len(), 10);
    let mut assembly = Assembly::default();
    assert!(matches!(assembly.take(&pieces[0]), Assembled::Confirm(_)));
    let Assembled::Confirm(confirmation) = assembly.take(&pieces[1]) else {
        panic!("the second piece follows the first");
    };
    assert_eq!(confirmation.sender, Sender::Client);
    assert!(matches!(
        &confirmation.content,
        Content::Part(Part { place: Place::Confirmation, number: 1, bytes }) if bytes.is_empty()
    ));
    assert!(matches!(assembly.take(&pieces[1]), Assembled::Confirm(_)));
    for piece in &pieces[2..9] {
        assert!(matches!(assembly.take(piece), Assembled::Confirm(_)));
    }
    assert_eq!(
        assembly.take(&pieces[9]),
        Assembled::Whole((0..=99).collect())
    );

    assert!(matches!(assembly.take(&pieces[0]), Assembled::Confirm(_)));
    assert_eq!(assembly.take(&pieces[2]), Assembled::Broken);
    assert_eq!(assembly.take(&pieces[1]), Assembled::Broken);
}

#[test]
fn a_message_without_end_takes_no_memory_without_end() {
    let answer = Frame::answer(Address::any_meter(), 0, vec![7; TOTAL_LIMIT + 1]);
    let mut assembly = Assembly::default();
    let outcomes: Vec<_> = cut(&answer, 1_000)
        .iter()
        .map(|piece| assembly.take(piece))
        .collect();
    assert_eq!(outcomes.last(), Some(&Assembled::Broken));
}

fn frames() -> impl Strategy<Value = Frame> {
    let address = (
        prop::sample::select(vec![
            AddressKind::Single,
            AddressKind::Wildcard,
            AddressKind::Group,
            AddressKind::Broadcast,
        ]),
        0..4_u8,
        prop::collection::vec(any::<u8>(), 1..=16),
    )
        .prop_map(|(kind, logical, bytes)| Address::new(kind, logical, &bytes).unwrap());
    let sender = || prop::sample::select(vec![Sender::Client, Sender::Server]);
    let place = prop::sample::select(vec![
        Place::First,
        Place::Last,
        Place::Confirmation,
        Place::Middle,
    ]);
    let bytes = || prop::collection::vec(any::<u8>(), 0..80);
    let content = prop_oneof![
        bytes().prop_map(Content::Whole),
        (place, 0..4096_u16, bytes()).prop_map(|(place, number, bytes)| Content::Part(Part {
            place,
            number,
            bytes
        })),
    ];
    let purpose = prop::sample::select(vec![Purpose::Link, Purpose::UserData]);
    (sender(), sender(), purpose, address, any::<u8>(), content).prop_map(
        |(sender, begun_by, purpose, server, client, content)| Frame {
            sender,
            begun_by,
            purpose,
            server,
            client,
            content,
        },
    )
}

proptest! {
    #[test]
    fn a_frame_is_found_in_garbage(
        frame in frames(),
        before in prop::collection::vec(prop::sample::select(vec![0xFE_u8, 0x68, 0x16, 0x00, 0x43]), 0..40),
        after in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let bytes = encode(&frame).unwrap();
        let stream = [&before[..], &bytes, &after].concat();
        let found = find(&stream).unwrap();
        prop_assert_eq!((found.start, found.end), (before.len(), before.len() + bytes.len()));
        prop_assert_eq!(found.frame, frame);
        // in pieces: nothing before the last byte has come
        prop_assert_eq!(find(&stream[..before.len() + bytes.len() - 1]), None);
    }

    #[test]
    fn pieces_make_the_message_again(message in prop::collection::vec(any::<u8>(), 0..300), piece in 1..50_usize) {
        let frame = Frame::answer(Address::any_meter(), 0, message.clone());
        let mut assembly = Assembly::default();
        let last = cut(&frame, piece).iter().map(|piece| assembly.take(piece)).last();
        prop_assert_eq!(last, Some(Assembled::Whole(message)));
    }

    #[test]
    fn any_bytes_are_searched_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Some(found) = find(&bytes) {
            prop_assert!(found.end <= bytes.len());
        }
    }
}
