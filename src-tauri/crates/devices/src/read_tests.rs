//! Tests of finding out which language a meter speaks, and of telling what bytes mean.

use domain::ItemValue;

use super::*;
use crate::LineSettings;
use crate::iec62056::{Entry, Frame, Identification, Rate, Value};

/// A session that meets somebody or not, and ends.
struct Ends {
    meets: bool,
    outcome: Option<Result<Readout, ReadError>>,
}

impl Conversation for Ends {
    fn next(&mut self, _: Duration) -> Step {
        if std::mem::take(&mut self.meets) {
            return Step::Tell(Progress::Found {
                protocol: MeterProtocol::Dlt645,
                comm_address: "000000000001".into(),
            });
        }
        let over = || Err(ReadError::Cancelled);
        Step::Done(self.outcome.take().unwrap_or_else(over))
    }

    fn heard(&mut self, _: Duration, _: &[u8]) {}
}

fn ends(meets: bool, outcome: Result<Readout, ReadError>) -> Box<dyn Conversation> {
    Box::new(Ends {
        meets,
        outcome: Some(outcome),
    })
}

/// What sessions that end so end with, and how many of them were left over.
fn finding(sessions: Vec<Box<dyn Conversation>>) -> (Result<Readout, ReadError>, usize) {
    let mut finding = Finding::new(sessions);
    loop {
        if let Step::Done(outcome) = finding.next(Duration::ZERO) {
            return (outcome, finding.sessions.len());
        }
    }
}

fn readout() -> Readout {
    Readout {
        protocol: MeterProtocol::Dlt698,
        comm_address: "000000000001".into(),
        items: vec![],
        wire_ms: 1,
    }
}

#[test]
fn of_what_was_heard_the_most_telling_is_told() {
    use ReadError::{EchoOnly, Noise, Silent};
    for (errors, told) in [
        (vec![Silent, Silent], "Silent"),
        (vec![Silent, EchoOnly, Silent], "EchoOnly"),
        (vec![EchoOnly, Noise, EchoOnly, Silent], "Noise"),
    ] {
        let sessions = errors.into_iter().map(|error| ends(false, Err(error)));
        let (outcome, left) = finding(sessions.collect());
        assert_eq!(format!("{:?}", outcome.unwrap_err()), told);
        assert_eq!(left, 0);
    }
}

#[test]
fn once_a_meter_is_met_or_told_apart_no_other_language_is_tried() {
    let other = ReadError::OtherMeter {
        asked: "000000000001".into(),
        found: "000000000002".into(),
    };
    for (last, told) in [
        (ends(false, Err(ReadError::SeveralMeters)), "SeveralMeters"),
        (ends(false, Err(other)), "OtherMeter"),
        (ends(true, Err(ReadError::Silent)), "Silent"),
    ] {
        let after = ends(false, Ok(readout()));
        let (outcome, left) = finding(vec![ends(false, Err(ReadError::Noise)), last, after]);
        assert!(format!("{:?}", outcome.unwrap_err()).starts_with(told));
        assert_eq!(left, 2, "{told}");
    }
    let (outcome, _) = finding(vec![
        ends(false, Err(ReadError::Noise)),
        ends(true, Ok(readout())),
    ]);
    assert_eq!(outcome.unwrap(), readout());
}

/// A meter that hears questions at some line settings and answers at once.
type Meter<'a> = &'a mut dyn FnMut(LineSettings, &[u8]) -> Vec<u8>;

/// A whole session on a line: what was tried and what came of it, and how long it took.
fn run(
    plan: &Plan,
    meter: Meter<'_>,
) -> (Vec<MeterProtocol>, Result<Readout, ReadError>, Duration) {
    let mut session = begin(plan);
    let (mut now, mut settings) = (Duration::ZERO, LineSettings::INFRARED);
    let (mut tried, mut coming) = (vec![], vec![]);
    loop {
        match session.next(now) {
            Step::Apply(applied) => settings = applied,
            Step::Send(bytes) => coming = meter(settings, &bytes),
            Step::Listen { until } if coming.is_empty() => now = until,
            Step::Listen { .. } => {
                now += settings.wire_time(coming.len());
                session.heard(now, &std::mem::take(&mut coming));
            }
            Step::Tell(Progress::Trying(protocol)) => tried.push(protocol),
            Step::Tell(_) => {}
            Step::Done(outcome) => return (tried, outcome, now),
        }
    }
}

#[test]
fn an_unknown_meter_is_asked_in_every_language_and_silence_costs_20_seconds_at_the_most() {
    let (tried, outcome, took) = run(&Plan::standard(), &mut |_, _| vec![]);
    assert_eq!(tried, MeterProtocol::ALL);
    assert!(matches!(outcome, Err(ReadError::Silent)), "{outcome:?}");
    assert!(took < Duration::from_secs(20), "{took:?}");
    let (_, outcome, _) = run(&Plan::standard(), &mut |_, asked| asked.to_vec());
    assert!(matches!(outcome, Err(ReadError::EchoOnly)), "{outcome:?}");
}

#[test]
fn a_meter_whose_language_is_known_is_asked_in_no_other() {
    for protocol in MeterProtocol::ALL {
        let plan = Plan {
            protocol: Some(protocol),
            ..Plan::standard()
        };
        let (tried, outcome, _) = run(&plan, &mut |_, _| vec![]);
        assert_eq!(tried, [protocol]);
        assert!(matches!(outcome, Err(ReadError::Silent)), "{outcome:?}");
    }
}

fn export_meter(settings: LineSettings, asked: &[u8]) -> Vec<u8> {
    let asked = iec62056::find(asked).map(|found| found.frame);
    match asked {
        Some(Frame::Request { .. }) if settings == LineSettings::IEC_START => {
            iec62056::encode(&Frame::Identification(Identification {
                manufacturer: "XYZ".into(),
                rate: Rate::R4800,
                ident: "1".into(),
            }))
        }
        Some(Frame::Acknowledge { .. }) => iec62056::encode(&Frame::Block(vec![Entry {
            code: "1.8.0".into(),
            values: vec![Value {
                text: "7.5".into(),
                unit: Some("kWh".into()),
            }],
        }])),
        _ => vec![],
    }
}

#[test]
fn a_meter_that_speaks_the_last_language_is_read() {
    let (tried, outcome, _) = run(&Plan::standard(), &mut export_meter);
    assert_eq!(tried, MeterProtocol::ALL);
    let readout = outcome.unwrap();
    assert_eq!(readout.protocol, MeterProtocol::Iec62056);
    assert_eq!(
        readout
            .value(MeterItem::ForwardTotal)
            .map(ItemValue::to_string),
        Some("7.50".to_owned())
    );
    assert_eq!(readout.items.len(), Plan::standard().items.len());
}

/// A question of each language, with something between.
fn trace() -> Vec<u8> {
    let read_forward_total = [
        0xFE, 0xFE, 0xFE, 0xFE, 0x68, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x68, 0x11, 0x04, 0x33,
        0x33, 0x34, 0x33, 0x17, 0x16,
    ];
    let read_clock = [
        0x68, 0x17, 0x00, 0x43, 0x05, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x72, 0x79, 0x05,
        0x01, 0x00, 0x40, 0x00, 0x02, 0x00, 0x00, 0x56, 0x1F, 0x16,
    ];
    [
        &[0x68, 0x00, 0x55][..],
        &read_forward_total,
        &read_clock,
        b"/?!\r\n",
        &[0x16],
    ]
    .concat()
}

#[test]
fn every_frame_of_a_trace_is_told_and_what_is_none_is_counted() {
    let lines = explain(None, &trace());
    assert_eq!(lines.len(), 5, "{lines:?}");
    assert_eq!(lines[0], "3 bytes that are no frame");
    assert!(lines[1].contains("forward_total"), "{lines:?}");
    assert!(lines[2].contains("40000200"), "{lines:?}");
    assert_eq!(lines[3], "request to any meter");
    assert_eq!(lines[4], "1 byte that is no frame");
}

#[test]
fn a_trace_of_one_language_has_no_frames_of_another() {
    let lines = explain(Some(MeterProtocol::Iec62056), &trace());
    assert_eq!(
        lines,
        [
            "48 bytes that are no frame",
            "request to any meter",
            "1 byte that is no frame"
        ]
    );
    assert_eq!(explain(None, &[]), Vec::<String>::new());
}
