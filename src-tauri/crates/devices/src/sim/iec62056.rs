//! What the simulated meter answers in IEC 62056-21 mode C, written from the standard's message
//! forms and not with the reader's codec, so that the two check each other.

use std::time::Duration;

use domain::{MeterItem as I, MeterProtocol};

use super::meter::{Meter, Reply};
use crate::LineSettings;

/// Where a session is.
#[derive(Debug, Clone, Default)]
pub(super) struct Hearing {
    bytes: Vec<u8>,
    newest: Duration,
    /// It said who it is, and waits to be told how to go on until then.
    offers_until: Option<Duration>,
    /// It sends its data block at this rate until then.
    sends: Option<(LineSettings, Duration)>,
}

/// What is not finished in this time is forgotten (IEC 62056-21, 6.3.14: 1500 ms).
const GAP: Duration = Duration::from_millis(1_500);
/// How long it waits to be told how to go on.
const OFFER: Duration = Duration::from_secs(5);
/// How long its line stays at the new rate after the last byte.
const REST: Duration = Duration::from_millis(100);
const LONGEST_QUESTION: usize = 64;

const STX: u8 = 0x02;
const ETX: u8 = 0x03;
const ACK: u8 = 0x06;

/// Rates by their mark, `0` and up.
const RATES: [u32; 7] = [300, 600, 1_200, 2_400, 4_800, 9_600, 19_200];

impl Hearing {
    /// How its data block is on the line, while it is.
    pub(super) fn sends_at(&self, now: Duration) -> Option<LineSettings> {
        let (settings, until) = self.sends?;
        (now < until).then_some(settings)
    }
}

pub(super) fn hear(meter: &mut Meter, now: Duration, bytes: &[u8]) -> Vec<Reply> {
    let hearing = &mut meter.iec62056;
    if now.saturating_sub(hearing.newest) > GAP {
        hearing.bytes.clear();
    }
    hearing.newest = now;
    let mut replies = vec![];
    for byte in bytes {
        let hearing = &mut meter.iec62056;
        let excess = hearing.bytes.len().saturating_sub(LONGEST_QUESTION);
        hearing.bytes.drain(..excess);
        hearing.bytes.push(*byte);
        if hearing.bytes.ends_with(b"\r\n") {
            let heard = std::mem::take(&mut hearing.bytes);
            replies.extend(answer(meter, now, &heard));
        }
    }
    replies
}

fn answer(meter: &mut Meter, now: Duration, heard: &[u8]) -> Option<Reply> {
    if let Some(start) = heard.windows(2).position(|marks| marks == b"/?") {
        let address = heard.get(start..)?.strip_prefix(b"/?")?;
        let address = std::str::from_utf8(address.strip_suffix(b"!\r\n")?).ok()?;
        return is_meant(meter, address).then(|| identification(meter, now));
    }
    let start = heard.iter().rposition(|byte| *byte == ACK)?;
    let [ACK, b'0', rate, mode, b'\r', b'\n'] = *heard.get(start..)? else {
        return None;
    };
    let offered = meter.iec62056.offers_until.take();
    if offered.is_none_or(|until| now > until) || rate > meter.iec_rate {
        return None;
    }
    let baud = RATES.get(usize::from(rate.checked_sub(b'0')?))?;
    let settings = LineSettings::IEC_START.at(*baud);
    let bytes = match mode {
        b'0' => data_block(meter, now),
        // programming mode: it says good-bye, for nobody may change it
        _ => with_check(b"\x01B0\x03"),
    };
    let whole = meter.iec_reaction + settings.wire_time(bytes.len());
    meter.iec62056.sends = Some((settings, now + whole + REST));
    Some(Reply {
        after: meter.iec_reaction,
        bytes,
        settings,
    })
}

/// Zeros in front do not count, and no address means whoever hears it.
fn is_meant(meter: &Meter, address: &str) -> bool {
    let bare = |address: &str| address.trim_start_matches('0').to_owned();
    address.is_empty() || bare(address) == bare(meter.comm_address.as_str())
}

fn identification(meter: &mut Meter, now: Duration) -> Reply {
    let bytes = [b"/MCW".as_slice(), &[meter.iec_rate], b"SIM-1\r\n"].concat();
    let settings = meter.reads(MeterProtocol::Iec62056);
    let sent = now + meter.reaction + settings.wire_time(bytes.len());
    meter.iec62056.offers_until = Some(sent + OFFER);
    meter.iec62056.sends = None;
    Reply {
        after: meter.reaction,
        bytes,
        settings,
    }
}

/// STX, a line for each value, `!`, ETX and the check.
fn data_block(meter: &Meter, now: Duration) -> Vec<u8> {
    let mut block = vec![STX];
    for line in lines(meter, now) {
        block.extend(line.as_bytes());
        block.extend(b"\r\n");
    }
    block.extend(b"!\r\n");
    block.push(ETX);
    with_check(&block)
}

/// The exclusive or of all after the first byte goes behind.
fn with_check(message: &[u8]) -> Vec<u8> {
    let check = message.iter().skip(1).fold(0, |check, byte| check ^ byte);
    [message, &[check]].concat()
}

fn lines(meter: &Meter, now: Duration) -> Vec<String> {
    let mut lines = vec![
        "F.F(00000000)".to_owned(),
        format!("0.0.0({})", meter.says_it_is()),
    ];
    let own_number = meter
        .text(I::MeterNo)
        .map(|number| format!("C.1.0({number})"));
    lines.extend(own_number);
    if let Some(t) = meter.clock.says(now) {
        lines.push(format!(
            "0.9.1({:02}{:02}{:02})",
            t.hour, t.minute, t.second
        ));
        lines.push(format!(
            "0.9.2({:02}{:02}{:02})",
            t.year % 100,
            t.month,
            t.day
        ));
    }
    for (code, item, whole, places, unit) in [
        ("1.8.0", I::ForwardTotal, 6, 2, "kWh"),
        ("1.8.1", I::ForwardT1, 6, 2, "kWh"),
        ("1.8.2", I::ForwardT2, 6, 2, "kWh"),
        ("1.8.3", I::ForwardT3, 6, 2, "kWh"),
        ("1.8.4", I::ForwardT4, 6, 2, "kWh"),
        ("2.8.0", I::ReverseTotal, 6, 2, "kWh"),
        ("32.7.0", I::VoltageA, 3, 1, "V"),
        ("52.7.0", I::VoltageB, 3, 1, "V"),
        ("72.7.0", I::VoltageC, 3, 1, "V"),
        ("31.7.0", I::CurrentA, 3, 3, "A"),
        ("51.7.0", I::CurrentB, 3, 3, "A"),
        ("71.7.0", I::CurrentC, 3, 3, "A"),
        ("16.7.0", I::PowerTotal, 2, 4, "kW"),
    ] {
        let amount = amount(meter, item, whole, places);
        lines.extend(amount.map(|amount| format!("{code}({amount}*{unit})")));
    }
    lines
}

/// So many digits before and behind the point, zeros in front.
fn amount(meter: &Meter, item: I, whole: usize, places: u32) -> Option<String> {
    if meter.blank.contains(&item) {
        return Some("-".repeat(whole));
    }
    let steps = meter.steps(item, places)?;
    let unit = 10_u64.pow(places);
    let sign = if steps < 0 { "-" } else { "" };
    let (before, behind) = (steps.unsigned_abs() / unit, steps.unsigned_abs() % unit);
    let places = usize::try_from(places).unwrap_or_default();
    Some(format!("{sign}{before:0whole$}.{behind:0places$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter() -> Meter {
        Meter::speaking(MeterProtocol::Iec62056)
    }

    #[test]
    fn it_says_who_it_is_changes_its_rate_and_sends_its_block_after_a_while() {
        let mut meter = meter();
        let now = Duration::ZERO;
        let hello = meter.hear(now, Some(LineSettings::IEC_START), b"/?!\r\n");
        assert_eq!(hello[0].bytes, b"/MCW5SIM-1\r\n");
        assert_eq!(hello[0].settings, LineSettings::IEC_START);
        assert_eq!(meter.settings(now), LineSettings::IEC_START);
        let now = Duration::from_secs(1);
        let block = meter.hear(now, Some(LineSettings::IEC_START), b"\x06050\r\n");
        assert_eq!(block[0].settings, LineSettings::IEC_START.at(9_600));
        assert_eq!(meter.settings(now).baud, 9_600);
        assert!(block[0].after >= Duration::from_millis(200));
        let bytes = &block[0].bytes;
        assert_eq!(bytes[0], STX);
        let check = bytes[1..].iter().fold(0, |check, byte| check ^ byte);
        assert_eq!(check, 0, "the check cancels what it checks");
        let text = std::str::from_utf8(&bytes[1..bytes.len() - 2]).unwrap();
        assert!(text.contains("\r\n1.8.0(012345.67*kWh)\r\n"), "{text}");
        assert!(text.contains("\r\n16.7.0(00.2712*kW)\r\n"), "{text}");
        assert!(text.ends_with("!\r\n"));
        assert_eq!(meter.settings(now + Duration::from_secs(60)).baud, 300);
    }

    #[test]
    fn only_the_one_meant_answers_and_only_at_the_rate_of_the_start() {
        let now = Duration::ZERO;
        for (settings, question, answers) in [
            (LineSettings::IEC_START, "/?!\r\n", 1),
            (LineSettings::IEC_START, "/?112233445566!\r\n", 1),
            (LineSettings::IEC_START, "/?112233445567!\r\n", 0),
            (LineSettings::IEC_START.at(9_600), "/?!\r\n", 0),
            (LineSettings::INFRARED, "/?!\r\n", 0),
        ] {
            let replies = meter().hear(now, Some(settings), question.as_bytes());
            assert_eq!(replies.len(), answers, "{settings:?} {question:?}");
        }
    }

    #[test]
    fn nothing_is_sent_without_an_offer_above_it_or_after_it() {
        let mut meter = meter();
        meter.iec_rate = b'3';
        let at = Duration::from_secs;
        assert!(meter.hear(at(0), None, b"\x06030\r\n").is_empty());
        assert_eq!(meter.hear(at(2), None, b"/?!\r\n").len(), 1);
        assert!(meter.hear(at(4), None, b"\x06050\r\n").is_empty());
        assert_eq!(meter.hear(at(6), None, b"/?!\r\n").len(), 1);
        assert!(meter.hear(at(60), None, b"\x06030\r\n").is_empty());
        assert_eq!(meter.hear(at(62), None, b"/?!\r\n").len(), 1);
        let refused = meter.hear(at(64), None, b"\x06031\r\n");
        assert_eq!(refused[0].bytes, b"\x01B0\x03q");
    }
}
