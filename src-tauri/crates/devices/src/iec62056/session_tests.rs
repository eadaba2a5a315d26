//! Tests of a mode C session against a meter that follows the standard's rates and times.

use domain::{ItemAnswer, ItemRefusal, ItemValue};

use super::*;
use crate::iec62056::Value;

/// What a meter does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    /// Not a word.
    Silent,
    /// The probe gives back what is sent.
    Echoes,
    /// A bit of the first so many readouts is flipped.
    Damages(usize),
    /// A readout stops before its end.
    Stops,
    /// It introduces itself and says no more.
    Introduces,
    /// It answers what no meter answers.
    Babbles,
}

struct Meter {
    faults: Vec<Fault>,
    proposes: Rate,
    lines: Vec<(&'static str, &'static str)>,
    settings: LineSettings,
    /// When what was sent last has left, at the rate it was sent with.
    asked: Duration,
    said: usize,
}

/// What a session did, and when.
#[derive(Debug)]
enum Act {
    Applied(Duration, u32),
    Sent(Duration, Vec<u8>),
}

impl Meter {
    fn new(faults: &[Fault]) -> Self {
        Self {
            faults: faults.to_vec(),
            proposes: Rate::R9600,
            lines: vec![
                ("C.1.0", "00123456"),
                ("1-0:1.8.0*255", "000123.45*kWh"),
                ("1.8.1", "23456*Wh"),
                ("0.9.1", "08:30:00"),
                ("0.9.2", "26-11-21"),
            ],
            settings: LineSettings::INFRARED,
            asked: Duration::ZERO,
            said: 0,
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.faults.contains(&fault)
    }

    /// What comes back for bytes sent at `now`, and when.
    fn answers(&mut self, now: Duration, bytes: &[u8]) -> Vec<(Duration, Vec<u8>)> {
        self.asked = now + self.settings.wire_time(bytes.len());
        let echo = match self.has(Fault::Echoes) {
            true => vec![(self.asked, bytes.to_vec())],
            false => vec![],
        };
        if self.has(Fault::Silent) {
            return echo;
        }
        let answer = match find(bytes).map(|found| found.frame) {
            _ if self.has(Fault::Babbles) => Some(vec![0x55; 12]),
            Some(Frame::Request { .. }) if self.settings == LineSettings::IEC_START => {
                Some(encode(&Frame::Identification(Identification {
                    manufacturer: "XYZ".into(),
                    rate: self.proposes,
                    ident: "NEW".into(),
                })))
            }
            Some(Frame::Acknowledge { .. }) if !self.has(Fault::Introduces) => Some(self.block()),
            _ => None,
        };
        // the standard's earliest: 200 ms after the question's last bit
        let at = self.asked + Duration::from_millis(200);
        echo.into_iter()
            .chain(answer.map(|answer| (at, answer)))
            .collect()
    }

    fn block(&mut self) -> Vec<u8> {
        let entries = self.lines.iter().map(|(code, value)| {
            let (text, unit) = match value.split_once('*') {
                Some((text, unit)) => (text, Some(unit.to_owned())),
                None => (*value, None),
            };
            Entry {
                code: (*code).to_owned(),
                values: vec![Value {
                    text: text.to_owned(),
                    unit,
                }],
            }
        });
        let mut bytes = encode(&Frame::Block(entries.collect()));
        self.said += 1;
        for fault in &self.faults {
            match fault {
                Fault::Damages(readouts) if self.said <= *readouts => bytes[9] ^= 4,
                Fault::Stops => bytes.truncate(20),
                _ => {}
            }
        }
        bytes
    }
}

struct Run {
    acts: Vec<Act>,
    told: Vec<Progress>,
    outcome: Result<Readout, ReadError>,
    took: Duration,
}

fn run(plan: &Plan, meter: &mut Meter) -> Run {
    let mut session = Session::new(plan, Patience::METER);
    let (mut now, mut coming) = (Duration::ZERO, VecDeque::new());
    let (mut acts, mut told) = (vec![], vec![]);
    loop {
        match session.next(now) {
            Step::Apply(settings) => {
                meter.settings = settings;
                acts.push(Act::Applied(now, settings.baud));
            }
            Step::Send(bytes) => {
                coming = meter.answers(now, &bytes).into();
                acts.push(Act::Sent(now, bytes));
            }
            Step::Listen { until } => match coming.pop_front() {
                Some((at, bytes)) if at <= until => {
                    now = now.max(at);
                    let (first, last) = bytes.split_at(bytes.len() / 2);
                    session.heard(now, first);
                    session.heard(now, last);
                }
                later => {
                    coming.extend(later);
                    now = until;
                }
            },
            Step::Tell(progress) => told.push(progress),
            Step::Done(outcome) => {
                let took = now;
                return Run {
                    acts,
                    told,
                    outcome,
                    took,
                };
            }
        }
    }
}

fn plan() -> Plan {
    Plan {
        items: vec![
            MeterItem::ForwardTotal,
            MeterItem::ForwardT1,
            MeterItem::ReverseTotal,
            MeterItem::MoneyLeft,
            MeterItem::Clock,
        ],
        protocol: Some(MeterProtocol::Iec62056),
        ..Plan::standard()
    }
}

#[test]
fn a_meter_is_read_out_at_the_rate_it_proposes() {
    let mut meter = Meter::new(&[]);
    let run = run(&plan(), &mut meter);
    let readout = run.outcome.unwrap();
    assert_eq!(readout.comm_address.as_str(), "00123456");
    let answers: Vec<_> = readout
        .items
        .iter()
        .map(|read| match &read.answer {
            ItemAnswer::Read { value } => value.to_string(),
            other => format!("{other:?}"),
        })
        .collect();
    let refused = |why: ItemRefusal| format!("{:?}", ItemAnswer::Refused { why });
    assert_eq!(
        answers,
        [
            "123.45".to_owned(),
            "23.4560".to_owned(),
            refused(ItemRefusal::NoSuchItem),
            refused(ItemRefusal::NotInProtocol),
            "2026-11-21T08:30:00".to_owned(),
        ]
    );
    assert_eq!(meter.settings, LineSettings::IEC_START.at(9_600));
    assert!(matches!(
        &run.told[..],
        [
            Progress::Trying(MeterProtocol::Iec62056),
            Progress::Found { comm_address, .. },
            items @ ..
        ] if comm_address.as_str() == "00123456" && items.len() == 5
    ));
}

#[test]
fn the_pauses_are_those_of_the_standard_and_the_rate_changes_when_the_probe_is_empty() {
    let run = run(&plan(), &mut Meter::new(&[]));
    let [
        Act::Applied(_, 300),
        Act::Sent(asked, request),
        Act::Sent(acknowledged, acknowledgement),
        Act::Applied(changed, 9_600),
    ] = &run.acts[..]
    else {
        panic!("{:?}", run.acts);
    };
    assert_eq!(
        (&request[..], &acknowledgement[..]),
        (&b"/?!\r\n"[..], &b"\x06050\r\n"[..])
    );
    let ms = Duration::from_millis;
    // 5 bytes of 10 bits at 300 baud, and the meter's 200 ms
    let introduced = *asked + Duration::from_micros(166_666) + ms(200);
    let pause = *acknowledged - introduced;
    assert!(pause >= ms(200) && pause <= ms(1_500), "{pause:?}");
    // 6 bytes take 200 ms; the meter answers 200 ms later at the earliest
    let change = *changed - *acknowledged;
    assert!(change >= ms(250) && change < ms(400), "{change:?}");
    let readout = run.outcome.unwrap();
    assert_eq!(u128::from(readout.wire_ms), (run.took - *asked).as_millis());
}

#[test]
fn the_plan_caps_the_rate_and_addresses_the_meter() {
    let plan = Plan {
        comm_address: Some("000000123456".into()),
        baud: Some(2_400),
        ..plan()
    };
    let run = run(&plan, &mut Meter::new(&[]));
    let sent: Vec<_> = run
        .acts
        .iter()
        .filter_map(|act| match act {
            Act::Sent(_, bytes) => Some(bytes.as_slice()),
            Act::Applied(..) => None,
        })
        .collect();
    assert_eq!(sent, [&b"/?000000123456!\r\n"[..], b"\x06030\r\n"]);
    assert!(matches!(run.acts.last(), Some(Act::Applied(_, 2_400))));
    // leading zeros do not count
    assert_eq!(run.outcome.unwrap().comm_address.as_str(), "00123456");
    let mut slow = Meter::new(&[]);
    slow.proposes = Rate::R1200;
    assert!(self::run(&plan, &mut slow).outcome.is_ok());
    assert_eq!(slow.settings.baud, 1_200);
}

#[test]
fn another_meter_than_the_one_asked_for_is_not_read() {
    let plan = Plan {
        comm_address: Some("000000999999".into()),
        ..plan()
    };
    let outcome = run(&plan, &mut Meter::new(&[])).outcome;
    assert!(matches!(
        outcome,
        Err(ReadError::OtherMeter { asked, found })
            if asked.as_str() == "000000999999" && found.as_str() == "00123456"
    ));
    let mut nameless = Meter::new(&[]);
    nameless.lines.remove(0);
    assert!(run(&plan, &mut nameless).outcome.is_ok());
}

#[test]
fn a_meter_without_a_number_goes_by_what_it_introduced_itself_as() {
    let mut meter = Meter::new(&[]);
    meter.lines = vec![("C.1.0", "K17"), ("1.8.0", "1*kWh")];
    let readout = run(&plan(), &mut meter).outcome.unwrap();
    assert_eq!(readout.comm_address.as_str(), "XYZNEW");
    assert!(matches!(
        readout.value(MeterItem::ForwardTotal),
        Some(ItemValue::Quantity(_))
    ));
}

#[test]
fn an_echo_of_every_question_changes_nothing() {
    let mut meter = Meter::new(&[Fault::Echoes]);
    assert!(run(&plan(), &mut meter).outcome.is_ok());
}

#[test]
fn a_damaged_readout_is_asked_for_again_from_the_start_three_times_in_all() {
    let requests = |run: &Run| {
        let acts = run.acts.iter();
        acts.filter(|act| matches!(act, Act::Sent(_, bytes) if bytes[0] == b'/'))
            .count()
    };
    let twice = run(&plan(), &mut Meter::new(&[Fault::Damages(2)]));
    assert_eq!(requests(&twice), 3);
    assert!(twice.outcome.is_ok());
    for fault in [Fault::Damages(3), Fault::Stops] {
        let always = run(&plan(), &mut Meter::new(&[fault]));
        assert_eq!(requests(&always), 3);
        assert!(matches!(always.outcome, Err(ReadError::Noise)));
    }
}

#[test]
fn a_meter_that_does_not_answer_is_given_up_with_what_was_heard() {
    for (faults, expected) in [
        (&[Fault::Silent][..], "Silent"),
        (&[Fault::Silent, Fault::Echoes], "EchoOnly"),
        (&[Fault::Babbles], "Noise"),
        (&[Fault::Introduces], "Silent"),
        (&[Fault::Introduces, Fault::Echoes], "Silent"),
    ] {
        let run = run(&plan(), &mut Meter::new(faults));
        assert_eq!(format!("{:?}", run.outcome.unwrap_err()), expected);
        assert!(run.took < Duration::from_secs(20), "{:?}", run.took);
    }
}

#[test]
fn a_line_that_never_falls_silent_is_given_up() {
    let mut session = Session::new(&plan(), Patience::METER);
    let mut now = Duration::ZERO;
    for step in 0.. {
        assert!(step < 100_000, "it goes on without end");
        match session.next(now) {
            Step::Send(bytes) if bytes[0] == b'/' => session.heard(now, b"/XYZ5\r\n"),
            Step::Listen { .. } => {
                now += Duration::from_millis(10);
                session.heard(now, &[STX_FOR_NOISE; 64]);
            }
            Step::Done(outcome) => {
                assert!(matches!(outcome, Err(ReadError::Noise)));
                return;
            }
            Step::Apply(_) | Step::Send(_) | Step::Tell(_) => {}
        }
    }
}

const STX_FOR_NOISE: u8 = 0x02;
