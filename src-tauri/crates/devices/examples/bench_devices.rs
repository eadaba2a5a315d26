//! Figures of the link to a meter, one JSON line each: how fast frames are found and read, and how
//! much longer a session takes than its bytes are on the line.
//!
//! `cargo run -p metercrew-devices --example bench_devices`

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    reason = "a bench that cannot go on should stop"
)]

use std::time::{Duration, Instant};

use domain::MeterProtocol;
use metercrew_devices::sim::{Faults, Line, Meter, SimPort, rehearse};
use metercrew_devices::{
    Cancel, Event, LineSettings, Plan, begin, dlt645, dlt698, drive, iec62056,
};

/// Each figure is of at least so long.
const MEASURED: Duration = Duration::from_millis(500);

fn main() {
    codecs();
    rehearsals();
    sessions();
}

/// How many frames there are in some bytes.
type Count = fn(&[u8]) -> usize;

fn codecs() {
    let count_645: Count = |bytes| dlt645::frames(bytes).count();
    let count_698: Count = |mut bytes| {
        let mut count = 0;
        while let Some(found) = dlt698::find(bytes) {
            count += 1;
            bytes = &bytes[found.end..];
        }
        count
    };
    let count_iec: Count = |mut bytes| {
        let mut count = 0;
        while let Some(found) = iec62056::find(bytes) {
            count += 1;
            bytes = &bytes[found.end..];
        }
        count
    };
    let read_block_645 = dlt645::encode(&dlt645::Frame {
        address: dlt645::Address::ANY,
        control: 0x11,
        data: vec![0x00, 0xFF, 0x01, 0x00],
    });
    let message = vec![0x05, 0x01, 0x00, 0x00, 0x10, 0x02, 0x00, 0x00];
    let question = dlt698::Frame::question(dlt698::Address::any_meter(), message);
    for (protocol, questions, count) in [
        (MeterProtocol::Dlt645, vec![read_block_645], count_645),
        (
            MeterProtocol::Dlt698,
            vec![dlt698::encode(&question).unwrap()],
            count_698,
        ),
        (
            MeterProtocol::Iec62056,
            vec![b"/?!\r\n".to_vec(), b"\x06050\r\n".to_vec()],
            count_iec,
        ),
    ] {
        let mut meter = Meter::speaking(protocol);
        let mut answers = vec![];
        for question in questions {
            answers = meter.hear(Duration::ZERO, None, &question);
        }
        // what a session holds at the most when it looks for a frame
        let answer = &answers[0].bytes;
        let heard = answer.repeat((4_096 / answer.len()).max(1));
        let (mut frames, mut bytes, begun) = (0, 0, Instant::now());
        while begun.elapsed() < MEASURED {
            frames += count(std::hint::black_box(&heard));
            bytes += heard.len();
        }
        let seconds = begun.elapsed().as_secs_f64();
        println!(
            r#"{{"bench":"decode","protocol":"{protocol}","frame_bytes":{},"mb_per_s":{:.1},"frames_per_s":{:.0}}}"#,
            answer.len(),
            bytes as f64 / seconds / 1e6,
            frames as f64 / seconds,
        );
    }
}

/// The standard set in the line's own time: what a session itself costs.
fn rehearsals() {
    for protocol in MeterProtocol::ALL {
        let plan = plan(protocol);
        let (mut runs, begun) = (0, Instant::now());
        while begun.elapsed() < MEASURED {
            rehearse(&mut *begin(&plan), &mut line(protocol)).0.unwrap();
            runs += 1;
        }
        let each = begun.elapsed().as_secs_f64() / f64::from(runs);
        println!(
            r#"{{"bench":"session_cpu","protocol":"{protocol}","us":{:.0}}}"#,
            each * 1e6
        );
    }
}

/// The standard set in real time at 1200 baud, against the time its bytes are on the line.
fn sessions() {
    let settings = LineSettings::INFRARED;
    for protocol in [
        MeterProtocol::Dlt645,
        MeterProtocol::Dlt645Of1997,
        MeterProtocol::Dlt698,
    ] {
        let mut port = SimPort::new(line(protocol));
        let mut bytes = 0;
        let begun = Instant::now();
        let outcome = drive(
            &mut *begin(&plan(protocol)),
            &mut port,
            &Cancel::default(),
            &mut |event| match event {
                Event::Sent { bytes: sent, .. } => bytes += sent.len(),
                Event::Heard { bytes: heard, .. } => bytes += heard.len(),
                Event::Progress(_) => {}
            },
        );
        outcome.unwrap();
        let took = begun.elapsed();
        let wire = settings.wire_time(bytes);
        println!(
            r#"{{"bench":"standard_set_1200","protocol":"{protocol}","ms":{},"wire_ms":{},"ratio":{:.3}}}"#,
            took.as_millis(),
            wire.as_millis(),
            took.as_secs_f64() / wire.as_secs_f64(),
        );
    }
}

fn line(protocol: MeterProtocol) -> Line {
    Line::new(Meter::speaking(protocol), Faults::default(), 0)
}

fn plan(protocol: MeterProtocol) -> Plan {
    Plan {
        protocol: Some(protocol),
        ..Plan::standard()
    }
}
