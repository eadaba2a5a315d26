//! Sessions against a meter made of answers: what it is asked, what it says, how it is told.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{ItemValue, MeterProtocol};

use super::super::frame_tests::hex;
use super::super::{
    Assembled, Assembly, Content, Dar, Frame, LinkKind, More, Purpose, Sender, Value, cut,
    decode_message, decode_value, encode, encode_message, find, status_value,
};
use super::*;

const METER: &str = "003708191239";
const OTHER: &str = "003708191240";

/// What a meter does with a question.
type Answers = Box<dyn FnMut(&Message) -> Vec<Frame>>;

/// What a session came to.
struct Seen {
    outcome: Result<Readout, ReadError>,
    told: Vec<Progress>,
    /// Every question, without its preamble.
    sent: Vec<Frame>,
    /// Both directions, preambles too.
    bytes: usize,
    lasted: Duration,
}

/// Drives a session at the speed of its line. A frame of the meter comes 100 ms after the question,
/// in pieces of 7 bytes, with the question's echo in front of it.
fn run(plan: &Plan, mut answers: Answers) -> Seen {
    let mut session = Session::new(plan, Patience::METER);
    let (mut now, mut bytes) = (Duration::ZERO, 0);
    let (mut told, mut sent, mut settings) = (vec![], vec![], LineSettings::INFRARED);
    let mut coming: Vec<(Duration, Vec<u8>)> = vec![];
    let mut last_piece_of_client = Assembly::default();
    for _ in 0..20_000 {
        match session.next(now) {
            Step::Apply(applied) => settings = applied,
            Step::Tell(progress) => told.push(progress),
            Step::Done(outcome) => {
                return Seen {
                    outcome,
                    told,
                    sent,
                    bytes,
                    lasted: now,
                };
            }
            Step::Send(question) => {
                assert_eq!(question[..4], [0xFE; 4]);
                now += settings.wire_time(question.len());
                bytes += question.len();
                coming = vec![(now, question.clone())];
                let frame = find(&question).expect("a question is a frame").frame;
                sent.push(frame.clone());
                let replies = match last_piece_of_client.take(&frame) {
                    Assembled::Whole(message) => answers(&decode_message(&message).unwrap()),
                    // the next piece, which the answers know
                    Assembled::Confirmed(number) => answers(&Message::GetNext {
                        piid: Piid::new(0),
                        block: 0x8000 | number,
                    }),
                    other => panic!("{other:?}"),
                };
                let mut at = now + Duration::from_millis(100);
                for reply in replies {
                    let reply = [&[0xFE; 4][..], &encode(&reply).unwrap()].concat();
                    bytes += reply.len();
                    for piece in reply.chunks(7) {
                        at += settings.wire_time(piece.len());
                        coming.push((at, piece.to_vec()));
                    }
                }
            }
            Step::Listen { until } => match coming.first() {
                Some((at, _)) if *at <= until => {
                    let (at, piece) = coming.remove(0);
                    now = now.max(at);
                    session.heard(now, &piece);
                }
                _ => now = now.max(until),
            },
        }
    }
    panic!("the session does not end");
}

fn address(digits: &str) -> Address {
    Address::of_meter(&digits.into()).unwrap()
}

fn says(meter: &str, message: &Message) -> Frame {
    Frame::answer(address(meter), 0, encode_message(message))
}

fn value(text: &str) -> Value {
    decode_value(&hex(text)).unwrap().0
}

/// What the meter has, by attribute or element.
fn register(oad: Oad) -> Result<Value, Dar> {
    let energies =
        "01 05 06 00 12 D6 87 06 00 00 00 64 06 00 00 00 C8 06 00 00 01 2C 06 00 12 D4 2F";
    Ok(match oad.0 {
        0x4001_0200 => value("09 06 00 37 08 19 12 39"),
        0x0010_0200 => value(energies),
        0x0010_0201 => value("06 00 12 D6 87"),
        0x0020_0201 => value("06 00 00 00 00"),
        0x202C_0201 => value("06 00 00 22 3D"),
        0x202D_0200 => value("06 00 00 00 00"),
        0x4000_0200 => value("1C 07 EA 0B 15 08 1E 00"),
        0x2014_0201 => status_value(0x8004),
        0x4103_0200 => return Err(Dar(15)),
        _ => return Err(Dar(6)),
    })
}

fn outcome_of(oad: Oad) -> Outcome {
    Outcome {
        oad,
        value: register(oad),
    }
}

/// What a meter by the book says.
fn by_the_book(question: &Message) -> Vec<Message> {
    match question {
        Message::Get { piid, oad } => vec![Message::Got {
            piid: *piid,
            outcome: outcome_of(*oad),
        }],
        Message::GetList { piid, oads } => vec![Message::GotList {
            piid: *piid,
            outcomes: oads.iter().copied().map(outcome_of).collect(),
        }],
        other => panic!("{other:?}"),
    }
}

fn good_meter(question: &Message) -> Vec<Frame> {
    by_the_book(question)
        .iter()
        .map(|said| says(METER, said))
        .collect()
}

fn plan(items: &[MeterItem]) -> Plan {
    Plan {
        items: items.to_vec(),
        ..Plan::standard()
    }
}

fn answers_of(seen: &Seen) -> BTreeMap<MeterItem, ItemAnswer> {
    let readout = seen.outcome.as_ref().expect("a readout");
    let answers = readout
        .items
        .iter()
        .map(|read| (read.item, read.answer.clone()));
    answers.collect()
}

fn said(seen: &Seen, item: MeterItem) -> Option<String> {
    seen.outcome
        .as_ref()
        .unwrap()
        .value(item)
        .map(|value| value.to_string())
}

const REFUSED: fn(ItemRefusal) -> ItemAnswer = |why| ItemAnswer::Refused { why };

#[test]
fn the_standard_set_is_read_in_two_questions_and_three_and_a_half_seconds_of_line() {
    let seen = run(&Plan::standard(), Box::new(good_meter));
    for (item, expected) in [
        (MeterItem::ForwardTotal, "12345.67"),
        (MeterItem::ForwardT1, "1.00"),
        (MeterItem::ForwardT4, "12339.67"),
        (MeterItem::ReverseTotal, "0.00"),
        (MeterItem::MoneyLeft, "87.65"),
        (MeterItem::Overdraft, "0.00"),
        (MeterItem::Clock, "2026-11-21T08:30:00"),
        (MeterItem::Status1, "8004"),
    ] {
        assert_eq!(said(&seen, item).as_deref(), Some(expected), "{item}");
    }
    assert_eq!(seen.sent.len(), 2);
    // 11 bits a byte at 1200 a second
    let wire_ms = seen.bytes * 11 * 1_000 / 1_200;
    assert!(wire_ms <= 3_500, "{wire_ms} ms");
    let readout = seen.outcome.as_ref().unwrap();
    assert_eq!(readout.comm_address, CommAddress::new(METER));
    let order: Vec<MeterItem> = readout.items.iter().map(|read| read.item).collect();
    assert_eq!(order, MeterItem::STANDARD);
    // two turns of the meter's 100 ms, and the wait for a second meter
    let expected = wire_ms + 2 * 100 + 200;
    assert!(usize::try_from(readout.wire_ms).unwrap().abs_diff(expected) < 10);
    assert!(seen.lasted >= Duration::from_millis(u64::from(readout.wire_ms)));
}

#[test]
fn each_item_is_told_once_after_the_meter_was_found() {
    let seen = run(&Plan::standard(), Box::new(good_meter));
    assert_eq!(seen.told[0], Progress::Trying(MeterProtocol::Dlt698));
    assert!(matches!(
        &seen.told[1],
        Progress::Found { comm_address, .. } if comm_address.as_str() == METER
    ));
    let mut items: Vec<MeterItem> = seen.told[2..]
        .iter()
        .map(|told| match told {
            Progress::Item(read) => read.item,
            other => panic!("{other:?}"),
        })
        .collect();
    items.sort();
    assert_eq!(items, MeterItem::STANDARD);
}

#[test]
fn a_meter_that_refuses_a_list_is_asked_one_by_one() {
    let meter = |question: &Message| match question {
        Message::GetList { piid, .. } => vec![says(
            METER,
            &Message::NotUnderstood {
                piid: *piid,
                kind: 2,
            },
        )],
        other => good_meter(other),
    };
    let seen = run(&Plan::standard(), Box::new(meter));
    assert_eq!(said(&seen, MeterItem::MoneyLeft).as_deref(), Some("87.65"));
    assert_eq!(said(&seen, MeterItem::Status1).as_deref(), Some("8004"));
    // the address, the list, and six attributes
    assert_eq!(seen.sent.len(), 8);
}

#[test]
fn a_meter_silent_about_lists_is_asked_one_by_one() {
    let meter = |question: &Message| match question {
        Message::GetList { .. } => vec![],
        other => good_meter(other),
    };
    let seen = run(&Plan::standard(), Box::new(meter));
    assert_eq!(
        said(&seen, MeterItem::Clock).as_deref(),
        Some("2026-11-21T08:30:00")
    );
}

#[test]
fn an_attribute_left_out_of_a_list_is_asked_again_alone() {
    let meter = |question: &Message| match question {
        Message::GetList { piid, oads } => vec![says(
            METER,
            &Message::GotList {
                piid: *piid,
                outcomes: oads.iter().skip(1).copied().map(outcome_of).collect(),
            },
        )],
        other => good_meter(other),
    };
    let seen = run(&Plan::standard(), Box::new(meter));
    assert_eq!(said(&seen, MeterItem::ForwardT1).as_deref(), Some("1.00"));
    assert_eq!(seen.sent.len(), 3);
}

#[test]
fn refusals_are_told_as_what_can_be_done_about_them() {
    let items = [
        MeterItem::AssetNo,
        MeterItem::VoltageA,
        MeterItem::Model,
        MeterItem::Clock,
    ];
    let seen = run(&plan(&items), Box::new(good_meter));
    let answers = answers_of(&seen);
    assert_eq!(
        answers[&MeterItem::AssetNo],
        REFUSED(ItemRefusal::NotAuthorised)
    );
    assert_eq!(
        answers[&MeterItem::VoltageA],
        REFUSED(ItemRefusal::NoSuchItem)
    );
    assert_eq!(
        answers[&MeterItem::Model],
        REFUSED(ItemRefusal::NotInProtocol)
    );
    assert!(matches!(
        answers[&MeterItem::Clock],
        ItemAnswer::Read { .. }
    ));
}

#[test]
fn a_plain_envelope_is_opened_and_an_encrypted_one_is_not_authorised() {
    let items = [MeterItem::Clock, MeterItem::ForwardTotal];
    let plain = |question: &Message| {
        let open = |said: &Message| says(METER, &Message::Enveloped(encode_message(said)));
        by_the_book(question).iter().map(open).collect()
    };
    let seen = run(&plan(&items), Box::new(plain));
    assert_eq!(
        said(&seen, MeterItem::ForwardTotal).as_deref(),
        Some("12345.67")
    );

    let secret = |question: &Message| match question {
        Message::Get { oad, .. } if *oad == ADDRESS => good_meter(question),
        Message::Get {
            oad: Oad(0x4000_0200),
            ..
        } => {
            vec![says(METER, &Message::EnvelopeRefused(Dar(20)))]
        }
        _ => vec![says(METER, &Message::Encrypted)],
    };
    let answers = answers_of(&run(&plan(&items), Box::new(secret)));
    for item in items {
        assert_eq!(answers[&item], REFUSED(ItemRefusal::NotAuthorised));
    }
}

#[test]
fn an_answer_in_blocks_is_put_together() {
    let meter = |question: &Message| match question {
        Message::GetList { piid, .. } => {
            let first = value("01 02 06 00 12 D6 87 06 00 00 00 64");
            vec![says(
                METER,
                &Message::GotBlock {
                    piid: *piid,
                    more: More::Follow,
                    block: 1,
                    outcomes: Ok(vec![
                        outcome_of(Oad(0x4000_0200)),
                        Outcome {
                            oad: Oad(0x0010_0200),
                            value: Ok(first),
                        },
                    ]),
                },
            )]
        }
        Message::GetNext { piid, block: 1 } => vec![says(
            METER,
            &Message::GotBlock {
                piid: *piid,
                more: More::Last,
                block: 2,
                outcomes: Ok(vec![Outcome {
                    oad: Oad(0x0010_0200),
                    value: Ok(value("01 01 06 00 00 00 C8")),
                }]),
            },
        )],
        other => good_meter(other),
    };
    let items = [
        MeterItem::Clock,
        MeterItem::ForwardTotal,
        MeterItem::ForwardT2,
    ];
    let seen = run(&plan(&items), Box::new(meter));
    assert_eq!(
        said(&seen, MeterItem::ForwardTotal).as_deref(),
        Some("12345.67")
    );
    assert_eq!(said(&seen, MeterItem::ForwardT2).as_deref(), Some("2.00"));
    assert_eq!(
        said(&seen, MeterItem::Clock).as_deref(),
        Some("2026-11-21T08:30:00")
    );
}

#[test]
fn blocks_without_end_are_given_up() {
    let meter = |question: &Message| {
        let block_after = |piid: &Piid, block: u16| {
            vec![says(
                METER,
                &Message::GotBlock {
                    piid: *piid,
                    more: More::Follow,
                    block: block + 1,
                    outcomes: Ok(vec![]),
                },
            )]
        };
        match question {
            Message::Get { oad, .. } if *oad == ADDRESS => good_meter(question),
            Message::Get { piid, .. } | Message::GetList { piid, .. } => block_after(piid, 0),
            Message::GetNext { piid, block } => block_after(piid, *block),
            other => panic!("{other:?}"),
        }
    };
    let seen = run(&plan(&[MeterItem::Clock]), Box::new(meter));
    assert_eq!(
        answers_of(&seen)[&MeterItem::Clock],
        REFUSED(ItemRefusal::Malformed)
    );
    assert!(seen.sent.len() < 50);
}

#[test]
fn pieces_of_the_link_layer_are_confirmed_and_put_together() {
    let mut pieces: Vec<Frame> = vec![];
    let meter = move |question: &Message| match question {
        Message::GetList { .. } => {
            pieces = cut(&good_meter(question)[0], 20);
            vec![pieces[0].clone()]
        }
        Message::GetNext { block, .. } if block & 0x8000 != 0 => {
            vec![pieces[usize::from(block & 0x0FFF) + 1].clone()]
        }
        other => good_meter(other),
    };
    let seen = run(&Plan::standard(), Box::new(meter));
    assert_eq!(said(&seen, MeterItem::Status1).as_deref(), Some("8004"));
    let confirmations = seen
        .sent
        .iter()
        .filter(|frame| matches!(frame.content, Content::Part(_)));
    assert!(confirmations.count() > 3);
}

#[test]
fn a_meter_that_logs_in_first_is_let_and_then_read() {
    let mut logged_in = false;
    let meter = move |question: &Message| match question {
        Message::LinkResponse { piid, result, .. } => {
            assert_eq!((*piid, *result), (Piid::new(9), 0));
            logged_in = true;
            vec![]
        }
        Message::Get { .. } if !logged_in => {
            let log_in = Message::LinkRequest {
                piid: Piid::new(9),
                kind: LinkKind::LogIn,
                every_s: 180,
                at: [7; 10],
            };
            vec![Frame {
                begun_by: Sender::Server,
                purpose: Purpose::Link,
                ..says(METER, &log_in)
            }]
        }
        other => good_meter(other),
    };
    let seen = run(&plan(&[MeterItem::Clock]), Box::new(meter));
    assert_eq!(
        said(&seen, MeterItem::Clock).as_deref(),
        Some("2026-11-21T08:30:00")
    );
    let granted = &seen.sent[1];
    assert_eq!(
        (granted.purpose, granted.begun_by),
        (Purpose::Link, Sender::Server)
    );
}

#[test]
fn a_late_answer_with_another_number_is_not_taken() {
    let meter = |question: &Message| {
        let mut replies = good_meter(question);
        if let Message::Get {
            oad: oad @ Oad(0x0010_0201),
            ..
        } = question
        {
            let late = Message::Got {
                piid: Piid::new(0x3E),
                outcome: Outcome {
                    oad: *oad,
                    value: Ok(Value::DoubleLongUnsigned(1)),
                },
            };
            replies.insert(0, says(METER, &late));
        }
        replies
    };
    let seen = run(&plan(&[MeterItem::ForwardTotal]), Box::new(meter));
    assert_eq!(
        said(&seen, MeterItem::ForwardTotal).as_deref(),
        Some("12345.67")
    );
}

#[test]
fn the_number_of_a_question_counts_up() {
    let numbers = std::rc::Rc::new(std::cell::RefCell::new(vec![]));
    let kept = numbers.clone();
    let meter = move |question: &Message| {
        match question {
            Message::Get { piid, .. } | Message::GetList { piid, .. } => {
                kept.borrow_mut().push(*piid);
            }
            other => panic!("{other:?}"),
        }
        good_meter(question)
    };
    run(
        &plan(&[MeterItem::Clock, MeterItem::Overdraft]),
        Box::new(meter),
    )
    .outcome
    .unwrap();
    assert_eq!(*numbers.borrow(), [Piid::new(1), Piid::new(2)]);
}

#[test]
fn nobody_and_only_the_echo_are_different_ends() {
    // the line of these tests echoes
    let seen = run(&Plan::standard(), Box::new(|_| vec![]));
    assert!(matches!(seen.outcome, Err(ReadError::EchoOnly)));
    assert_eq!(seen.sent.len(), usize::from(Patience::METER.tries));

    let mut session = Session::new(&Plan::standard(), Patience::METER);
    let mut now = Duration::ZERO;
    let outcome = loop {
        match session.next(now) {
            Step::Listen { until } => now = until,
            Step::Done(outcome) => break outcome,
            Step::Send(_) | Step::Apply(_) | Step::Tell(_) => {}
        }
    };
    assert!(matches!(outcome, Err(ReadError::Silent)));
}

#[test]
fn an_item_about_which_a_meter_is_silent_does_not_end_the_session() {
    let meter = |question: &Message| match question {
        Message::Get {
            oad: Oad(0x4000_0200),
            ..
        } => vec![],
        Message::GetList { piid, .. } => vec![says(
            METER,
            &Message::NotUnderstood {
                piid: *piid,
                kind: 2,
            },
        )],
        other => good_meter(other),
    };
    let items = [MeterItem::Clock, MeterItem::ForwardTotal];
    let answers = answers_of(&run(&plan(&items), Box::new(meter)));
    assert_eq!(answers[&MeterItem::Clock], ItemAnswer::Silent);
    assert!(matches!(
        answers[&MeterItem::ForwardTotal],
        ItemAnswer::Read { .. }
    ));
}

#[test]
fn after_two_silent_questions_the_rest_is_not_asked() {
    let meter = |question: &Message| match question {
        Message::Get { oad, .. } if *oad == ADDRESS => good_meter(question),
        _ => vec![],
    };
    let seen = run(&Plan::standard(), Box::new(meter));
    assert!(
        answers_of(&seen)
            .values()
            .all(|answer| *answer == ItemAnswer::Silent)
    );
    // the address once, the list and one attribute as often as patience has it
    assert_eq!(seen.sent.len(), 1 + 2 * usize::from(Patience::METER.tries));
}

#[test]
fn two_meters_that_answer_any_meter_are_several() {
    let both = |question: &Message| {
        let of = |meter| {
            by_the_book(question)
                .iter()
                .map(|said| says(meter, said))
                .collect()
        };
        let all: [Vec<Frame>; 2] = [of(METER), of(OTHER)];
        all.concat()
    };
    let seen = run(&Plan::standard(), Box::new(both));
    assert!(matches!(seen.outcome, Err(ReadError::SeveralMeters)));
    assert!(
        !seen
            .told
            .iter()
            .any(|told| matches!(told, Progress::Found { .. }))
    );
}

#[test]
fn another_meter_than_the_named_one_is_told() {
    let named = Plan {
        comm_address: Some(OTHER.into()),
        ..Plan::standard()
    };
    let seen = run(&named, Box::new(good_meter));
    assert!(matches!(
        seen.outcome,
        Err(ReadError::OtherMeter { asked, found })
            if asked.as_str() == OTHER && found.as_str() == METER
    ));
}

#[test]
fn the_named_meter_is_read_though_another_talks_in_between() {
    let named = Plan {
        comm_address: Some("3708191239".into()),
        ..Plan::standard()
    };
    let meter = |question: &Message| {
        let stranger = by_the_book(question)
            .iter()
            .map(|said| says(OTHER, said))
            .collect();
        let both: [Vec<Frame>; 2] = [stranger, good_meter(question)];
        both.concat()
    };
    let seen = run(&named, Box::new(meter));
    assert_eq!(said(&seen, MeterItem::MoneyLeft).as_deref(), Some("87.65"));
    assert!(seen.sent.iter().all(|frame| frame.server == address(METER)));
    assert_eq!(seen.outcome.unwrap().comm_address, CommAddress::new(METER));
}

#[test]
fn the_rate_of_the_plan_is_applied() {
    let fast = Plan {
        baud: Some(2400),
        ..Plan::standard()
    };
    let mut session = Session::new(&fast, Patience::METER);
    assert!(matches!(session.next(Duration::ZERO), Step::Tell(_)));
    let applied = LineSettings::INFRARED.at(2400);
    assert!(matches!(session.next(Duration::ZERO), Step::Apply(settings) if settings == applied));
}

#[test]
fn several_items_of_one_attribute_are_one_question_and_one_item_is_its_element() {
    let oads = |items: &[MeterItem]| {
        wants(items)
            .iter()
            .map(|want| want.oad.0)
            .collect::<Vec<_>>()
    };
    assert_eq!(oads(&[MeterItem::Status3]), [0x2014_0203]);
    assert_eq!(
        oads(&[MeterItem::Status3, MeterItem::Clock, MeterItem::Status1]),
        [0x2014_0200, 0x4000_0200]
    );
    assert_eq!(
        oads(&[MeterItem::MoneyLeft, MeterItem::PurchaseCount]),
        [0x202C_0200]
    );
}

#[test]
fn whatever_bytes_come_a_session_ends() {
    let mut state = 1_u32;
    let mut random = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    for _ in 0..50 {
        let mut session = Session::new(&Plan::standard(), Patience::METER);
        let mut now = Duration::ZERO;
        let ended = (0..10_000).any(|_| match session.next(now) {
            Step::Listen { until } => {
                let noise: Vec<u8> = (0..random() % 60).map(|_| random()).collect();
                now = match noise.is_empty() {
                    true => until,
                    false => until.min(now + Duration::from_millis(300)),
                };
                session.heard(now, &noise);
                false
            }
            Step::Done(outcome) => {
                assert!(outcome.is_err());
                true
            }
            Step::Send(_) | Step::Apply(_) | Step::Tell(_) => false,
        });
        assert!(ended);
    }
}

#[test]
fn a_status_word_comes_with_the_names_of_its_bits() {
    let seen = run(&Plan::standard(), Box::new(good_meter));
    let expected = ItemValue::Status {
        word: 0x8004,
        set: vec!["clock_fault".into(), "clock_battery_low".into()],
    };
    assert_eq!(
        seen.outcome.unwrap().value(MeterItem::Status1),
        Some(&expected)
    );
}
