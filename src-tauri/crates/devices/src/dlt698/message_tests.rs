//! Messages and values: what the field's frames say, and what is no message.

use proptest::prelude::*;

use super::apdu::*;
use super::data::*;
use super::explain::explain;
use super::frame::{Address, Content, Frame, encode, find};
use super::frame_tests::{FIELD, hex};
use super::reader::Malformed;

fn message_of(frame: &str) -> Vec<u8> {
    match find(&hex(frame)).unwrap().frame.content {
        Content::Whole(message) => message,
        Content::Part(part) => panic!("{part:?}"),
    }
}

#[test]
fn the_frames_of_the_field_mean_what_their_sources_say() {
    let get = |piid, oad| Message::Get {
        piid: Piid::new(piid),
        oad: Oad(oad),
    };
    let got = |oad, value| Message::Got {
        piid: Piid::new(0),
        outcome: Outcome {
            oad: Oad(oad),
            value: Ok(value),
        },
    };
    let clock = Value::DateTimeS([0x07, 0xEA, 10, 7, 14, 16, 26]);
    let serial = Value::OctetString(b"LY10266".to_vec());
    let meanings = [
        get(1, 0x4001_0200),
        get(0, 0x4000_0200),
        got(0x4000_0200, clock),
        get(0x10, 0x0010_0200),
        Message::GetList {
            piid: Piid::new(5),
            oads: vec![Oad(0x0010_0200), Oad(0x0020_0200)],
        },
        got(0xF100_0200, serial),
    ];
    for ((frame, ..), meaning) in FIELD.iter().zip(meanings) {
        let message = message_of(frame);
        assert_eq!(decode_message(&message).as_ref(), Ok(&meaning));
        assert_eq!(encode_message(&meaning), message, "{frame}");
    }
}

#[test]
fn a_list_answered_by_another_implementation_is_read_and_written_alike() {
    let frame = "68 4C 00 C3 05 67 48 60 10 00 00 00 FA 61 85 02 04 03 00 10 02 01 01 06 00 12 D6 87 \
                 20 14 02 00 01 01 07 04 10 20 01 04 10 00 00 04 10 00 00 04 10 00 00 04 10 00 00 04 \
                 10 00 00 04 10 00 00 00 20 02 02 01 06 00 00 00 00 00 00 9F 1F 16";
    let word = |word| Value::BitString(Bits::new(16, word).unwrap());
    let mut words = vec![word(&[0x20, 0x01])];
    words.resize(7, word(&[0, 0]));
    let values = [
        (0x0010_0201, Value::DoubleLongUnsigned(1_234_567)),
        (0x2014_0200, Value::Array(words)),
        (0x0020_0202, Value::DoubleLongUnsigned(0)),
    ];
    let outcomes = values.map(|(oad, value)| Outcome {
        oad: Oad(oad),
        value: Ok(value),
    });
    let expected = Message::GotList {
        piid: Piid::new(4),
        outcomes: outcomes.to_vec(),
    };
    let message = message_of(frame);
    assert_eq!(decode_message(&message).as_ref(), Ok(&expected));
    assert_eq!(encode_message(&expected), message);
}

#[test]
fn flags_above_the_number_of_an_answer_are_not_its_number() {
    let with_flags = hex("85 01 85 40 00 02 00 00 04 00 00");
    assert!(matches!(
        decode_message(&with_flags),
        Ok(Message::Got { piid, .. }) if piid == Piid::new(5)
    ));
    assert_eq!(Piid::new(0x3F).next(), Piid::new(0));
}

#[test]
fn messages_that_were_cut_are_errors_that_say_where() {
    for (frame, ..) in FIELD {
        let message = message_of(frame);
        // reports and time tag at the end are not read
        let read = message.len() - 2;
        for size in 0..read - 1 {
            let outcome = decode_message(&message[..size]);
            assert_eq!(outcome, Err(Malformed::Cut { at: size }), "{frame}");
        }
    }
}

#[test]
fn an_unknown_tag_is_an_error_that_says_where() {
    let unknown = |at, tag| Err(Malformed::UnknownTag { at, tag });
    assert_eq!(decode_value(&hex("02 02 00 7F")), unknown(3, 0x7F));
    assert_eq!(
        decode_message(&hex("77 01")).map(|_| ()),
        Err(Malformed::UnknownTag { at: 0, tag: 0x77 })
    );
    assert_eq!(
        decode_message(&hex("05 09")).map(|_| ()),
        Err(Malformed::UnknownTag { at: 1, tag: 9 })
    );
}

#[test]
fn arrays_in_arrays_end_before_the_stack_does() {
    let deep = [0x01, 0x01].repeat(8_000);
    assert_eq!(decode_value(&deep), Err(Malformed::TooDeep { at: 18 }));
    let allowed = [&[0x01, 0x01].repeat(8)[..], &[0x00]].concat();
    assert!(decode_value(&allowed).is_ok());
}

#[test]
fn a_length_beyond_the_message_is_an_error() {
    for text in [
        "01 82 FF FF 00",
        "09 82 FF FF 01 02",
        "04 82 FF FF 00",
        "0A 05 41",
        "52 00 10 02 00 7F",
    ] {
        let bytes = hex(text);
        assert_eq!(
            decode_value(&bytes),
            Err(Malformed::Cut { at: bytes.len() }),
            "{text}"
        );
    }
    assert_eq!(
        decode_value(&hex("09 84 FF FF FF FF")),
        Err(Malformed::Length { at: 1 })
    );
    assert_eq!(
        decode_value(&hex("09 80")),
        Err(Malformed::Length { at: 1 })
    );
}

#[test]
fn an_answer_in_an_envelope_comes_out_plain_encrypted_or_refused() {
    assert_eq!(
        decode_message(&hex("90 00 03 85 01 07 01 00 04 11 22 33 44")),
        Ok(Message::Enveloped(vec![0x85, 0x01, 0x07]))
    );
    assert_eq!(
        decode_message(&hex("90 01 10 AA BB")),
        Ok(Message::Encrypted)
    );
    assert_eq!(
        decode_message(&hex("90 02 14")),
        Ok(Message::EnvelopeRefused(Dar(20)))
    );
}

fn values() -> impl Strategy<Value = Value> {
    let oad = || any::<u32>().prop_map(Oad);
    let oads = || prop::collection::vec(any::<u32>().prop_map(Oad), 0..4);
    let bytes = || prop::collection::vec(any::<u8>(), 0..300);
    let bits = prop::collection::vec(any::<u8>(), 0..40).prop_flat_map(|bytes| {
        let most = bytes.len() * 8;
        (most.saturating_sub(7)..=most)
            .prop_map(move |count| Value::BitString(Bits::new(count, &bytes).unwrap()))
    });
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        bits,
        any::<i32>().prop_map(Value::DoubleLong),
        any::<u32>().prop_map(Value::DoubleLongUnsigned),
        bytes().prop_map(Value::OctetString),
        bytes().prop_map(Value::VisibleString),
        bytes().prop_map(Value::Utf8String),
        prop_oneof![
            any::<i8>().prop_map(Value::Integer),
            any::<i16>().prop_map(Value::Long),
            any::<u8>().prop_map(Value::Unsigned),
            any::<u16>().prop_map(Value::LongUnsigned),
            any::<i64>().prop_map(Value::Long64),
            any::<u64>().prop_map(Value::Long64Unsigned),
            any::<u8>().prop_map(Value::Enum),
            any::<u32>().prop_map(Value::Float32),
            any::<u64>().prop_map(Value::Float64),
        ],
        prop_oneof![
            any::<[u8; 10]>().prop_map(Value::DateTime),
            any::<[u8; 5]>().prop_map(Value::Date),
            any::<[u8; 3]>().prop_map(Value::Time),
            any::<[u8; 7]>().prop_map(Value::DateTimeS),
            any::<u16>().prop_map(Value::Oi),
            oad().prop_map(Value::Oad),
            (oad(), oads()).prop_map(|(oad, columns)| Value::Road(oad, columns)),
            any::<u32>().prop_map(Value::Omd),
            any::<(u8, u16)>().prop_map(|(unit, count)| Value::Ti(unit, count)),
        ],
        bytes().prop_map(Value::Tsa),
        bytes().prop_map(Value::Mac),
        bytes().prop_map(Value::Rn),
        any::<(i8, u8)>().prop_map(|(power, unit)| Value::ScalerUnit(power, unit)),
        oad().prop_map(Value::CsdOad),
        (oad(), oads()).prop_map(|(oad, columns)| Value::CsdRoad(oad, columns)),
        any::<[u8; 5]>().prop_map(Value::Comdcb),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::Array),
            prop::collection::vec(inner, 0..6).prop_map(Value::Structure),
        ]
    })
}

fn messages() -> impl Strategy<Value = Message> {
    let piid = || (0..64_u8).prop_map(Piid::new);
    let oad = || any::<u32>().prop_map(Oad);
    let value = || {
        prop_oneof![
            values().prop_map(Ok),
            any::<u8>().prop_map(|dar| Err(Dar(dar)))
        ]
    };
    let outcome = move || (oad(), value()).prop_map(|(oad, value)| Outcome { oad, value });
    let outcomes = move || prop::collection::vec(outcome(), 0..5);
    prop_oneof![
        (piid(), oad()).prop_map(|(piid, oad)| Message::Get { piid, oad }),
        (piid(), prop::collection::vec(oad(), 0..200))
            .prop_map(|(piid, oads)| Message::GetList { piid, oads }),
        (piid(), any::<u16>()).prop_map(|(piid, block)| Message::GetNext { piid, block }),
        (piid(), outcome()).prop_map(|(piid, outcome)| Message::Got { piid, outcome }),
        (piid(), outcomes()).prop_map(|(piid, outcomes)| Message::GotList { piid, outcomes }),
        (piid(), any::<u16>(), outcomes()).prop_map(|(piid, block, outcomes)| Message::GotBlock {
            piid,
            more: More::Follow,
            block,
            outcomes: Ok(outcomes),
        }),
        (piid(), any::<u8>()).prop_map(|(piid, dar)| Message::GotBlock {
            piid,
            more: More::Last,
            block: 1,
            outcomes: Err(Dar(dar)),
        }),
        (piid(), any::<[u8; 10]>()).prop_map(|(piid, at)| Message::LinkRequest {
            piid,
            kind: LinkKind::Heartbeat,
            every_s: 180,
            at,
        }),
        (piid(), any::<[u8; 10]>()).prop_map(|(piid, at)| Message::LinkResponse {
            piid,
            result: 0,
            times: [at; 3],
        }),
        (piid(), any::<u8>()).prop_map(|(piid, kind)| Message::NotUnderstood { piid, kind }),
        prop::collection::vec(any::<u8>(), 0..300).prop_map(Message::Enveloped),
        any::<u8>().prop_map(|dar| Message::EnvelopeRefused(Dar(dar))),
    ]
}

proptest! {
    #[test]
    fn a_message_comes_back_as_it_was(message in messages()) {
        prop_assert_eq!(decode_message(&encode_message(&message)), Ok(message));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), tag in any::<u8>()) {
        let _ = decode_value(&bytes);
        let _ = decode_message(&bytes);
        let answer = [&[0x85, tag % 6], &bytes[..]].concat();
        let _ = decode_message(&answer);
        for message in [bytes, answer] {
            let frame = Frame::answer(Address::any_meter(), 0, message);
            prop_assert!(explain(&encode(&frame).unwrap()).is_some());
        }
    }
}
