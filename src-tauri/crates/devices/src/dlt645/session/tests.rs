//! Sessions in a made-up time with meters that answer as the test says.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::dlt645::{PREAMBLE, encode, find};

const METER: &str = "112233445566";

/// What a meter answers to a question; nothing is silence.
type Answers<'a> = &'a mut dyn FnMut(&Frame) -> Vec<u8>;

/// What happened in a session.
struct Ran {
    outcome: Result<Readout, ReadError>,
    asked: Vec<Frame>,
    told: Vec<Progress>,
    applied: Vec<LineSettings>,
    /// Of both directions.
    bytes: usize,
    lasted: Duration,
}

impl Ran {
    fn answer(&self, item: MeterItem) -> &ItemAnswer {
        let items = &self.outcome.as_ref().unwrap().items;
        &items.iter().find(|read| read.item == item).unwrap().answer
    }

    fn value(&self, item: MeterItem) -> String {
        match self.answer(item) {
            ItemAnswer::Read { value } => value.to_string(),
            other => panic!("{item}: {other:?}"),
        }
    }

    fn why(&self, item: MeterItem) -> ItemRefusal {
        match self.answer(item) {
            ItemAnswer::Refused { why } => *why,
            other => panic!("{item}: {other:?}"),
        }
    }

    fn controls(&self) -> Vec<u8> {
        self.asked.iter().map(|frame| frame.control).collect()
    }
}

/// Runs a session; each answer begins 50 ms after its question and comes `piece` bytes at a time.
fn run_in_pieces(mut session: Session, piece: usize, meter: Answers<'_>) -> Ran {
    let line = LineSettings::INFRARED;
    let mut ran = Ran {
        outcome: Err(ReadError::Cancelled),
        asked: vec![],
        told: vec![],
        applied: vec![],
        bytes: 0,
        lasted: Duration::ZERO,
    };
    let mut now = Duration::ZERO;
    let mut coming: VecDeque<(Duration, Vec<u8>)> = VecDeque::new();
    for _ in 0..20_000 {
        match session.next(now) {
            Step::Apply(settings) => ran.applied.push(settings),
            Step::Tell(progress) => ran.told.push(progress),
            Step::Send(bytes) => {
                coming.clear();
                assert_eq!(bytes[..4], PREAMBLE);
                let question = find(&bytes).unwrap();
                assert_eq!((question.start, question.end), (4, bytes.len()));
                let answer = meter(&question.frame);
                ran.asked.push(question.frame);
                ran.bytes += bytes.len() + answer.len();
                let mut at = now + line.wire_time(bytes.len()) + Duration::from_millis(50);
                for part in answer.chunks(piece) {
                    at += line.wire_time(part.len());
                    coming.push_back((at, part.to_vec()));
                }
            }
            Step::Listen { until } => {
                assert!(until > now, "a wait that is over");
                match coming.front() {
                    Some((at, _)) if *at <= until => {
                        let (at, part) = coming.pop_front().unwrap();
                        now = now.max(at);
                        session.heard(now, &part);
                    }
                    _ => now = until,
                }
            }
            Step::Done(outcome) => {
                ran.outcome = outcome;
                ran.lasted = now;
                return ran;
            }
        }
    }
    panic!("the session does not end");
}

fn run(session: Session, meter: Answers<'_>) -> Ran {
    run_in_pieces(session, 7, meter)
}

fn session(generation: Generation, address: Option<&str>, items: &[MeterItem]) -> Session {
    let plan = Plan {
        protocol: None,
        comm_address: address.map(CommAddress::from),
        items: items.to_vec(),
        baud: None,
    };
    Session::new(&plan, generation, Patience::METER)
}

fn of_2007(address: Option<&str>, items: &[MeterItem]) -> Session {
    session(Generation::Of2007, address, items)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn reply(from: &str, control: u8, data: &[u8]) -> Vec<u8> {
    let frame = Frame {
        address: address(from),
        control,
        data: data.to_vec(),
    };
    [PREAMBLE.as_slice(), &encode(&frame)].concat()
}

/// What a meter keeps under an identifier: a field, or its error byte.
#[derive(Clone)]
enum Kept {
    Field(Vec<u8>),
    Error(u8),
    Silent,
}

/// A meter that keeps these and has nothing else.
fn meter_with(kept: &[(u32, Kept)]) -> impl FnMut(&Frame) -> Vec<u8> + use<> {
    let kept: BTreeMap<u32, Kept> = kept.iter().cloned().collect();
    move |question| {
        if question.control == 0x13 {
            return reply(METER, 0x93, &address(METER).on_wire());
        }
        if !question.address.matches(address(METER)) {
            return vec![];
        }
        let bytes = question.data.iter().rev();
        let identifier = bytes.fold(0, |above, byte| above << 8 | u32::from(*byte));
        match kept.get(&identifier) {
            Some(Kept::Field(field)) => {
                let data = [question.data.as_slice(), field].concat();
                reply(METER, question.control | 0x80, &data)
            }
            Some(Kept::Error(error)) => reply(METER, question.control | 0xC0, &[*error]),
            Some(Kept::Silent) => vec![],
            None => reply(METER, question.control | 0xC0, &[2]),
        }
    }
}

fn field(bytes: &[u8]) -> Kept {
    Kept::Field(bytes.to_vec())
}

fn block() -> Kept {
    field(&[
        0x67, 0x45, 0x23, 0x01, 0, 0, 0, 0, 0, 0, 5, 0, 0x56, 0x34, 0x12, 0, 0, 0x20, 0, 0,
    ])
}

fn standard() -> Vec<(u32, Kept)> {
    vec![
        (0x0001_FF00, block()),
        (0x0002_0000, field(&[0x11, 0, 0, 0])),
        (0x0090_0200, field(&[0x65, 0x87, 0, 0])),
        (0x0090_0201, field(&[0, 0, 0, 0])),
        (0x0400_0101, field(&[6, 0x21, 0x11, 0x26])),
        (0x0400_0102, field(&[0x05, 0x30, 0x08])),
        (0x0400_0501, field(&[0x04, 0x80])),
    ]
}

#[test]
fn the_standard_set_is_read_with_one_question_for_all_forward_energies() {
    let ran = run(
        of_2007(None, MeterItem::STANDARD),
        &mut meter_with(&standard()),
    );
    let readout = ran.outcome.as_ref().unwrap();
    assert_eq!(readout.comm_address.as_str(), METER);
    let order: Vec<MeterItem> = readout.items.iter().map(|read| read.item).collect();
    assert_eq!(order, MeterItem::STANDARD);
    for (item, value) in [
        (MeterItem::ForwardTotal, "12345.67"),
        (MeterItem::ForwardT2, "500.00"),
        (MeterItem::ForwardT3, "1234.56"),
        (MeterItem::ReverseTotal, "0.11"),
        (MeterItem::MoneyLeft, "87.65"),
        (MeterItem::Clock, "2026-11-21T08:30:05"),
        (MeterItem::Status1, "8004"),
    ] {
        assert_eq!(ran.value(item), value, "{item}");
    }
    let set = match ran.answer(MeterItem::Status1) {
        ItemAnswer::Read {
            value: ItemValue::Status { set, .. },
        } => set.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(set, ["clock_fault", "clock_battery_low"]);
    assert_eq!(
        ran.controls(),
        [0x13, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11]
    );
}

#[test]
fn the_standard_set_of_an_unknown_meter_is_on_the_line_for_three_and_a_half_seconds_at_most() {
    let ran = run(
        of_2007(None, MeterItem::STANDARD),
        &mut meter_with(&standard()),
    );
    let readout = ran.outcome.unwrap();
    assert!(
        readout
            .items
            .iter()
            .all(|read| matches!(read.answer, ItemAnswer::Read { .. }))
    );
    let on_line_ms = ran.bytes * 11 * 1_000 / 1_200;
    assert!(on_line_ms <= 3_500, "{on_line_ms} ms");
    // each of the 8 answers begins 50 ms after its question, and one silence was waited for
    let computed = on_line_ms + 8 * 50 + 200;
    let told = usize::try_from(readout.wire_ms).unwrap();
    assert!(
        told.abs_diff(computed) <= 10,
        "{told} ms, not {computed} ms"
    );
}

#[test]
fn a_session_says_what_it_tries_sets_the_line_and_tells_each_item_once_it_is_settled() {
    let items = [MeterItem::MoneyLeft, MeterItem::EnergyLeft];
    let ran = run(
        of_2007(Some(METER), &items),
        &mut meter_with(&[(0x0090_0200, field(&[1, 0, 0, 0]))]),
    );
    assert_eq!(ran.applied, [LineSettings::INFRARED]);
    let read = |item: MeterItem| {
        let item = ItemReadout {
            item,
            answer: ran.answer(item).clone(),
        };
        Progress::Item(item)
    };
    assert_eq!(
        ran.told,
        [
            Progress::Trying(domain::MeterProtocol::Dlt645),
            Progress::Found {
                protocol: domain::MeterProtocol::Dlt645,
                comm_address: METER.into()
            },
            read(MeterItem::MoneyLeft),
            read(MeterItem::EnergyLeft),
        ]
    );
    assert_eq!(
        ran.controls(),
        [0x11, 0x11],
        "a known address is not asked for"
    );
}

#[test]
fn another_rate_is_the_plans() {
    let mut plan = Plan::standard();
    plan.baud = Some(9_600);
    let session = Session::new(&plan, Generation::Of2007, Patience::METER);
    let ran = run(session, &mut |_| vec![]);
    assert_eq!(ran.applied, [LineSettings::INFRARED.at(9_600)]);
}

#[test]
fn energies_are_asked_singly_when_the_block_is_refused_unanswered_or_no_block() {
    let items = [MeterItem::ForwardTotal, MeterItem::ForwardT4];
    for kept in [
        Kept::Error(2),
        Kept::Silent,
        field(&[1, 2, 3]),
        field(&[0, 1, 2, 3, 4, 5]),
    ] {
        let ran = run(
            of_2007(Some(METER), &items),
            &mut meter_with(&[
                (0x0001_FF00, kept),
                (0x0001_0000, field(&[1, 0, 0, 0])),
                (0x0001_0400, field(&[4, 0, 0, 0])),
            ]),
        );
        assert_eq!(ran.value(MeterItem::ForwardTotal), "0.01");
        assert_eq!(ran.value(MeterItem::ForwardT4), "0.04");
    }
}

#[test]
fn a_tariff_that_the_block_leaves_out_is_asked_for_by_itself() {
    let items = [
        MeterItem::ForwardTotal,
        MeterItem::ForwardT1,
        MeterItem::ForwardT2,
    ];
    let ran = run(
        of_2007(Some(METER), &items),
        &mut meter_with(&[
            // as some makers end it
            (0x0001_FF00, field(&[1, 0, 0, 0, 2, 0, 0, 0, 0xAA])),
            (0x0001_0200, field(&[3, 0, 0, 0])),
        ]),
    );
    assert_eq!(ran.asked.len(), 2);
    let read = items.map(|item| ran.value(item));
    assert_eq!(read, ["0.01", "0.02", "0.03"]);
}

#[test]
fn one_forward_energy_alone_is_no_block() {
    let ran = run(
        of_2007(Some(METER), &[MeterItem::ForwardT1]),
        &mut meter_with(&[(0x0001_0100, field(&[1, 0, 0, 0]))]),
    );
    assert_eq!(ran.value(MeterItem::ForwardT1), "0.01");
}

#[test]
fn an_item_that_is_not_given_says_why() {
    let kept = [
        (
            MeterItem::MoneyLeft,
            0x0090_0200,
            Kept::Error(0x02),
            ItemRefusal::NoSuchItem,
        ),
        (
            MeterItem::AssetNo,
            0x0400_0403,
            Kept::Error(0x04),
            ItemRefusal::NotAuthorised,
        ),
        (
            MeterItem::Overdraft,
            0x0090_0201,
            Kept::Error(0x01),
            ItemRefusal::Other,
        ),
        (
            MeterItem::EnergyLeft,
            0x0090_0100,
            field(&[0xFF; 4]),
            ItemRefusal::NoValue,
        ),
        (
            MeterItem::ReverseTotal,
            0x0002_0000,
            field(&[0x0A, 0, 0, 0]),
            ItemRefusal::Malformed,
        ),
        (
            MeterItem::VoltageA,
            0x0201_0100,
            field(&[0, 0, 0, 0]),
            ItemRefusal::Malformed,
        ),
        (
            MeterItem::VoltageB,
            0x0201_0200,
            field(&[0xFF, 0x01]),
            ItemRefusal::Malformed,
        ),
        (
            MeterItem::Clock,
            0x0400_0101,
            field(&[0, 0, 0x13, 0x26]),
            ItemRefusal::Malformed,
        ),
        (
            MeterItem::Model,
            0x0400_040B,
            field(&[0, 0x20, 0xFF]),
            ItemRefusal::NoValue,
        ),
        (
            MeterItem::Status3,
            0x0400_0503,
            field(&[]),
            ItemRefusal::Malformed,
        ),
    ];
    let items: Vec<MeterItem> = kept.iter().map(|(item, ..)| *item).collect();
    let mut keeps: Vec<(u32, Kept)> = kept.iter().map(|(_, at, k, _)| (*at, k.clone())).collect();
    keeps.push((0x0400_0102, field(&[0, 0, 0x12])));
    let ran = run(of_2007(None, &items), &mut meter_with(&keeps));
    for (item, _, _, why) in kept {
        assert_eq!(ran.why(item), why, "{item}");
    }
}

#[test]
fn an_item_that_stays_silent_is_asked_three_times_and_the_next_one_is_read() {
    let items = [MeterItem::AssetNo, MeterItem::MoneyLeft];
    let ran = run(
        of_2007(Some(METER), &items),
        &mut meter_with(&[
            (0x0400_0403, Kept::Silent),
            (0x0090_0200, field(&[1, 0, 0, 0])),
        ]),
    );
    assert_eq!(ran.asked.len(), 4);
    assert_eq!(*ran.answer(MeterItem::AssetNo), ItemAnswer::Silent);
    assert_eq!(ran.value(MeterItem::MoneyLeft), "0.01");
    let told = ran
        .told
        .iter()
        .filter(|told| matches!(told, Progress::Item(_)));
    assert_eq!(
        told.count(),
        2,
        "what was settled before the meter was found is told too"
    );
}

#[test]
fn silent_items_with_an_answer_between_them_end_nothing() {
    let items = [
        MeterItem::AssetNo,
        MeterItem::MoneyLeft,
        MeterItem::Model,
        MeterItem::Overdraft,
        MeterItem::MeterNo,
        MeterItem::EnergyLeft,
    ];
    let ran = run(
        of_2007(None, &items),
        &mut meter_with(&[
            (0x0400_0403, Kept::Silent),
            (0x0400_040B, Kept::Silent),
            (0x0400_0402, Kept::Silent),
            (0x0090_0100, field(&[1, 0, 0, 0])),
        ]),
    );
    assert_eq!(ran.value(MeterItem::EnergyLeft), "0.01");
}

#[test]
fn after_two_silent_items_in_a_row_nothing_is_asked_any_more() {
    let mut answered = 0;
    let mut meter = meter_with(&standard());
    let ran = run(of_2007(None, MeterItem::STANDARD), &mut |question| {
        answered += 1;
        match answered {
            1..=3 => meter(question),
            _ => vec![],
        }
    });
    assert_eq!(ran.asked.len(), 3 + 3 + 3);
    assert_eq!(ran.value(MeterItem::ReverseTotal), "0.11");
    for item in [MeterItem::MoneyLeft, MeterItem::Clock, MeterItem::Status1] {
        assert_eq!(*ran.answer(item), ItemAnswer::Silent);
    }
    let told = ran
        .told
        .iter()
        .filter(|told| matches!(told, Progress::Item(_)));
    assert_eq!(told.count(), MeterItem::STANDARD.len());
}

#[test]
fn a_meter_that_never_answers_is_silent_an_echo_or_noise() {
    for address in [None, Some(METER)] {
        let ends = |meter: Answers<'_>| {
            let ran = run(of_2007(address, MeterItem::STANDARD), meter);
            assert_eq!(
                ran.told.len(),
                1,
                "there is no meter whose items could be told"
            );
            ran.outcome.unwrap_err().code()
        };
        assert_eq!(ends(&mut |_| vec![]), "meter_silent");
        let echo = |frame: &Frame| [PREAMBLE.as_slice(), &encode(frame)].concat();
        assert_eq!(ends(&mut |question| echo(question)), "meter_echo_only");
        assert_eq!(ends(&mut |_| vec![0x55; 9]), "meter_noise");
        let mut bad_sum = meter_with(&standard());
        let bad_sum = &mut |question: &Frame| {
            let mut answer = bad_sum(question);
            let sum = answer.len() - 2;
            answer[sum] ^= 1;
            answer
        };
        assert_eq!(ends(bad_sum), "meter_noise");
    }
}

#[test]
fn an_echo_and_noise_around_an_answer_do_no_harm_in_pieces_of_any_size() {
    for piece in [1, 2, 3, 100] {
        let mut meter = meter_with(&standard());
        let ran = run_in_pieces(of_2007(None, MeterItem::STANDARD), piece, &mut |question| {
            let echo = [PREAMBLE.as_slice(), &encode(question)].concat();
            let noise = [0x00, 0x68, 0xFF];
            // some probes echo late, so that the echo is no longer the first that comes
            [&noise[..], &echo, &noise, &meter(question), &[0x16, 0x00]].concat()
        });
        assert_eq!(ran.value(MeterItem::ForwardTotal), "12345.67");
        assert_eq!(ran.value(MeterItem::Status1), "8004");
        assert_eq!(ran.asked.len(), 8, "no question was asked twice");
    }
}

#[test]
fn an_answer_that_is_damaged_once_is_asked_for_again() {
    let mut count = 0;
    let mut meter = meter_with(&standard());
    let ran = run(of_2007(None, &[MeterItem::MoneyLeft]), &mut |question| {
        count += 1;
        let mut answer = meter(question);
        if count % 2 == 1 {
            answer[9] ^= 0x10;
        }
        answer
    });
    assert_eq!(ran.value(MeterItem::MoneyLeft), "87.65");
    assert_eq!(ran.asked.len(), 4);
}

#[test]
fn an_answer_about_something_else_is_no_answer() {
    let ran = run(of_2007(Some(METER), &[MeterItem::MoneyLeft]), &mut |_| {
        let of_overdraft = reply(METER, 0x91, &[1, 2, 0x90, 0, 9, 0, 0, 0]);
        let of_money = reply(METER, 0x91, &[0, 2, 0x90, 0, 1, 0, 0, 0]);
        [of_overdraft, of_money].concat()
    });
    assert_eq!(ran.value(MeterItem::MoneyLeft), "0.01");
}

#[test]
fn two_meters_that_answer_one_question_are_several() {
    let other = || reply("000000000001", 0x93, &[1, 0, 0, 0, 0, 0]);
    let mut meter = meter_with(&standard());
    let ran = run(of_2007(None, MeterItem::STANDARD), &mut |question| {
        [meter(question), other()].concat()
    });
    assert!(matches!(ran.outcome, Err(ReadError::SeveralMeters)));
    assert_eq!(ran.asked.len(), 1);

    let ran = run(
        of_2007(None, MeterItem::STANDARD),
        &mut |question| match question.control {
            0x13 => meter(question),
            _ => [other(), meter(question)].concat(),
        },
    );
    assert!(
        matches!(ran.outcome, Err(ReadError::SeveralMeters)),
        "the second was late"
    );
}

#[test]
fn a_meter_asked_by_name_is_read_among_others() {
    let mut meter = meter_with(&standard());
    let ran = run(of_2007(Some(METER), MeterItem::STANDARD), &mut |question| {
        [reply("000000000001", 0xD1, &[2]), meter(question)].concat()
    });
    assert_eq!(ran.outcome.unwrap().comm_address.as_str(), METER);
}

#[test]
fn when_another_meter_answers_than_the_one_asked_it_is_named() {
    let ran = run(of_2007(Some(METER), MeterItem::STANDARD), &mut |_| {
        reply("000000000001", 0xD1, &[2])
    });
    match ran.outcome {
        Err(ReadError::OtherMeter { asked, found }) => {
            assert_eq!((asked.as_str(), found.as_str()), (METER, "000000000001"));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_shortened_address_finds_the_meter_and_what_is_no_address_finds_none() {
    let read = |address| {
        let items = [MeterItem::MoneyLeft];
        run(of_2007(Some(address), &items), &mut meter_with(&standard())).outcome
    };
    assert_eq!(read("AAAAAAAA5566").unwrap().comm_address.as_str(), METER);
    for address in ["AAAAAAAA5567", "5566", "", "999999999999"] {
        let outcome = read(address);
        assert!(
            matches!(outcome, Err(ReadError::OtherMeter { .. })),
            "{address}"
        );
    }
}

#[test]
fn with_nothing_to_read_a_meter_is_still_asked_who_it_is() {
    let ran = run(of_2007(Some(METER), &[]), &mut meter_with(&[]));
    assert_eq!(ran.outcome.as_ref().unwrap().items, []);
    assert_eq!(ran.controls(), [0x13]);
}

#[test]
fn what_does_not_fit_into_one_frame_is_asked_for_with_its_number() {
    let asset_no: Vec<u8> = (b'A'..=b'Z').collect();
    let mut on_wire = asset_no.clone();
    on_wire.reverse();
    let (first, second, third) = (&on_wire[..10], &on_wire[10..20], &on_wire[20..]);
    let id = [0x03, 0x04, 0x00, 0x04];
    let ran = run(
        of_2007(Some(METER), &[MeterItem::AssetNo]),
        &mut |question| match (question.control, question.data.get(4)) {
            (0x11, None) => reply(METER, 0xB1, &[&id, first].concat()),
            (0x12, Some(1)) => reply(METER, 0xB2, &[&id, second, &[1]].concat()),
            (0x12, Some(2)) => reply(METER, 0x92, &[&id, third, &[2]].concat()),
            other => panic!("{other:?}"),
        },
    );
    assert_eq!(ran.value(MeterItem::AssetNo).as_bytes(), asset_no);
}

#[test]
fn an_answer_without_end_is_malformed() {
    let ran = run(
        of_2007(Some(METER), &[MeterItem::AssetNo]),
        &mut |question| reply(METER, 0xA0 | question.control, &question.data),
    );
    assert_eq!(ran.why(MeterItem::AssetNo), ItemRefusal::Malformed);
    assert!(ran.asked.len() <= 8);
}

#[test]
fn a_date_read_before_midnight_is_read_again_after_it() {
    let mut dates = 0;
    let ran = run(of_2007(Some(METER), &[MeterItem::Clock]), &mut |question| {
        let mut data = question.data.clone();
        if data == [0x01, 0x01, 0x00, 0x04] {
            dates += 1;
            data.extend([0, 0x20 + dates, 0x11, 0x26]);
        } else {
            data.extend([0x03, 0x00, 0x00]);
        }
        reply(METER, 0x91, &data)
    });
    assert_eq!(ran.value(MeterItem::Clock), "2026-11-22T00:00:03");
    assert_eq!(ran.asked.len(), 3);
}

#[test]
fn a_sign_in_the_top_bit_is_read_and_a_register_without_one_is_not_negative() {
    let items = [
        MeterItem::CombinedTotal,
        MeterItem::CurrentA,
        MeterItem::PowerTotal,
        MeterItem::ForwardTotal,
    ];
    let ran = run(
        of_2007(None, &items),
        &mut meter_with(&[
            (0x0000_0000, field(&[0x34, 0x12, 0x00, 0x80])),
            (0x0202_0100, field(&[0x34, 0x12, 0x80])),
            (0x0203_0000, field(&[0x12, 0x27, 0x00])),
            (0x0001_0000, field(&[0x34, 0x12, 0x00, 0x80])),
        ]),
    );
    let read = items.map(|item| ran.value(item));
    assert_eq!(read, ["-12.34", "-1.2340", "0.2712", "800012.34"]);
}

#[test]
fn a_1997_meter_tells_its_address_by_answering_and_refuses_with_c1() {
    let items = [
        MeterItem::ForwardTotal,
        MeterItem::ForwardT1,
        MeterItem::VoltageA,
        MeterItem::Clock,
        MeterItem::MoneyLeft,
        MeterItem::AssetNo,
    ];
    let ran = run(
        session(Generation::Of1997, None, &items),
        &mut meter_with(&[
            (0x9010, field(&[0x67, 0x45, 0x23, 0x01])),
            (0x901F, field(&[0x67, 0x45, 0x23, 0x01, 1, 0, 0, 0, 0xAA])),
            (0xB611, field(&[0x20, 0x02])),
            (0xC010, field(&[6, 0x21, 0x11, 0x26])),
            (0xC011, field(&[0, 0x30, 0x08])),
            (0xD141, Kept::Error(2)),
        ]),
    );
    assert_eq!(ran.outcome.as_ref().unwrap().comm_address.as_str(), METER);
    assert_eq!(ran.value(MeterItem::ForwardTotal), "12345.67");
    assert_eq!(ran.value(MeterItem::ForwardT1), "0.01");
    assert_eq!(ran.value(MeterItem::VoltageA), "220.00");
    assert_eq!(ran.value(MeterItem::Clock), "2026-11-21T08:30:00");
    assert_eq!(ran.why(MeterItem::MoneyLeft), ItemRefusal::NoSuchItem);
    assert_eq!(ran.why(MeterItem::AssetNo), ItemRefusal::NotInProtocol);
    assert!(ran.controls().iter().all(|control| *control == 0x01));
}

#[test]
fn a_meter_that_refuses_every_item_is_found_all_the_same() {
    let items = MeterItem::STANDARD;
    let old = run(session(Generation::Of1997, None, items), &mut |question| {
        reply(METER, question.control | 0xC0, &[2])
    });
    let readout = old.outcome.unwrap();
    assert!(
        readout
            .items
            .iter()
            .all(|read| matches!(read.answer, ItemAnswer::Refused { .. }))
    );
}

#[test]
fn every_item_of_a_2007_meter_has_a_question() {
    for item in MeterItem::ALL {
        assert!(Generation::Of2007.knows(*item), "{item}");
    }
}

#[test]
fn no_identifier_and_no_item_is_twice_in_a_table_and_quantities_have_a_unit() {
    for generation in [Generation::Of2007, Generation::Of1997] {
        for (identifier, item, form) in generation.table() {
            let rows = generation.table().iter();
            let same = rows.filter(|row| row.0 == *identifier || row.1 == *item);
            assert_eq!(same.count(), 1, "{item}");
            let is_amount = matches!(form, form::Form::Amount { .. });
            assert_eq!(is_amount, item.unit().is_some(), "{item}");
        }
    }
}

/// Answers of every kind: right ones, damaged ones, those of others, noise.
fn any_answers() -> impl Strategy<Value = Vec<(u8, Vec<u8>)>> {
    proptest::collection::vec(
        (0u8..6, proptest::collection::vec(any::<u8>(), 0..40)),
        1..60,
    )
}

proptest! {
    #[test]
    fn whatever_is_answered_a_session_ends_and_only_reads(answers in any_answers(), old in any::<bool>()) {
        let generation = if old { Generation::Of1997 } else { Generation::Of2007 };
        let mut answers = answers.into_iter().cycle();
        let ran = run(session(generation, None, MeterItem::ALL), &mut |question| {
            let (kind, data) = answers.next().unwrap();
            match kind {
                0 => vec![],
                1 => data,
                2 => reply(METER, question.control | 0xC0, &data),
                3 => reply(METER, question.control | 0xA0, &[question.data.clone(), data].concat()),
                _ if question.control == 0x13 => reply(METER, 0x93, &address(METER).on_wire()),
                _ => reply(METER, question.control | 0x80, &[question.data.clone(), data].concat()),
            }
        });
        let allowed: &[u8] = if old { &[0x01] } else { &[0x11, 0x12, 0x13] };
        for control in ran.controls() {
            prop_assert!(allowed.contains(&control), "sent {control:02X}");
        }
        if let Ok(readout) = ran.outcome {
            prop_assert_eq!(readout.items.len(), MeterItem::ALL.len());
        }
        prop_assert!(ran.lasted < Duration::from_secs(600));
    }
}
