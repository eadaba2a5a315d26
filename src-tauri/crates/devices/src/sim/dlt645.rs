//! What the simulated meter answers in DL/T 645, written from the standard's tables and not from
//! the reader's: the two check each other.

use std::time::Duration;

use domain::{MeterItem as I, MeterProtocol};

use super::clock::{Clock, LocalTime};
use super::heard::Heard;
use super::meter::{Access, Meter, Reply, Strange};
use crate::dlt645::{Address, Frame, encode, frames};

/// What it has heard and owes.
#[derive(Debug, Clone, Default)]
pub(super) struct Hearing {
    heard: Heard,
    /// An answer that was too long for one frame: what was asked, and its pieces.
    split: Option<(Vec<u8>, Vec<Vec<u8>>)>,
    /// Which piece comes next in the 1997 generation, whose questions do not say.
    next_piece: usize,
}

/// Bytes of a question follow each other within this time (DL/T 645-2007, 5.2: 500 ms).
const GAP: Duration = Duration::from_millis(500);
/// No question is longer.
const LONGEST_QUESTION: usize = 300;

const OTHER: u8 = 0x01;
const NO_SUCH_ITEM: u8 = 0x02;
const NOT_AUTHORISED: u8 = 0x04;

/// How one generation numbers what can be asked.
struct Generation {
    is: MeterProtocol,
    read: u8,
    follow: u8,
    identifier: usize,
}

const OF_2007: Generation = Generation {
    is: MeterProtocol::Dlt645,
    read: 0x11,
    follow: 0x12,
    identifier: 4,
};
const OF_1997: Generation = Generation {
    is: MeterProtocol::Dlt645Of1997,
    read: 0x01,
    follow: 0x02,
    identifier: 2,
};
const SECURITY: u8 = 0x03;
const BROADCAST_TIME: u8 = 0x08;
const READ_ADDRESS: u8 = 0x13;

pub(super) fn hear(meter: &mut Meter, now: Duration, bytes: &[u8]) -> Vec<Reply> {
    let heard = &mut meter.dlt645.heard;
    heard.take_in(now, bytes, GAP, LONGEST_QUESTION);
    let found: Vec<_> = frames(&heard.bytes).collect();
    let Some(end) = found.last().map(|found| found.end) else {
        return vec![];
    };
    heard.bytes.drain(..end);
    let answers = found
        .iter()
        .filter_map(|found| answer(meter, now, &found.frame));
    answers.collect()
}

fn answer(meter: &mut Meter, now: Duration, asked: &Frame) -> Option<Reply> {
    let own = Address::parse(meter.comm_address.as_str())?;
    if asked.is_reply() {
        return None;
    }
    if asked.control == BROADCAST_TIME {
        if asked.address == Address::BROADCAST || asked.address.matches(own) {
            set_clock(meter, now, &asked.data);
        }
        return None;
    }
    if !asked.address.matches(own) {
        return None;
    }
    let speaks = |generation: &Generation| meter.protocols.contains(&generation.is);
    let of_2007 = speaks(&OF_2007);
    let generation = [OF_2007, OF_1997].into_iter().find(|generation| {
        speaks(generation) && [generation.read, generation.follow].contains(&asked.control)
    });
    let outcome = match (asked.control, generation) {
        (READ_ADDRESS, _) if of_2007 => Ok((0x80, own.on_wire().to_vec())),
        (control, Some(generation)) if control == generation.read => {
            read(meter, now, &generation, &asked.data)
        }
        (_, Some(generation)) => follow(meter, &generation, &asked.data),
        // both generations know these, and no port lets a stranger do them
        (0x03..=0x04 | 0x0A | 0x0C | 0x0F..=0x10 | 0x14..=0x1D, None) if of_2007 => {
            Err(NOT_AUTHORISED)
        }
        (_, None) => match meter.strange {
            Strange::Ignored => return None,
            Strange::Refused => Err(OTHER),
        },
    };
    let (control, data) = match outcome {
        Ok((flags, data)) => (asked.control | flags, data),
        // security has an error word of two bytes: who asks has proved nothing
        Err(_) if asked.control == SECURITY => (asked.control | 0xC0, vec![0x08, 0x00]),
        Err(why) => (asked.control | 0xC0, vec![why]),
    };
    let address = Address::parse(meter.says_it_is().as_str())?;
    let frame = Frame {
        address,
        control,
        data,
    };
    Some(meter.framed(&encode(&frame)))
}

/// The flags of the reply's control code, and its data.
type Outcome = Result<(u8, Vec<u8>), u8>;

fn read(meter: &mut Meter, now: Duration, generation: &Generation, data: &[u8]) -> Outcome {
    let identifier = data.get(..generation.identifier).ok_or(NO_SUCH_ITEM)?;
    let value = match *identifier {
        [a, b, c, d] => {
            let asked = u32::from_le_bytes([a, b, c, d]);
            if meter.access == Access::Gated && !passes_gate(asked) {
                return Err(NOT_AUTHORISED);
            }
            value_2007(meter, now, asked)
        }
        [a, b] => value_1997(meter, now, u16::from_le_bytes([a, b])),
        _ => None,
    };
    let value = value.ok_or(NO_SUCH_ITEM)?;
    let longest = meter.longest.unwrap_or(usize::MAX).max(1);
    let mut pieces: Vec<Vec<u8>> = value.chunks(longest).map(<[u8]>::to_vec).collect();
    let first = pieces.first().cloned().unwrap_or_default();
    let flags = if pieces.len() > 1 { 0xA0 } else { 0x80 };
    pieces.drain(..1.min(pieces.len()));
    let hearing = &mut meter.dlt645;
    hearing.split = Some((identifier.to_vec(), pieces));
    hearing.next_piece = 0;
    Ok((flags, [identifier, &first].concat()))
}

/// What is left of the answer before. The 2007 generation counts the pieces from 1, in question and
/// answer.
fn follow(meter: &mut Meter, generation: &Generation, data: &[u8]) -> Outcome {
    let (identifier, count) = data
        .split_at_checked(generation.identifier)
        .ok_or(NO_SUCH_ITEM)?;
    let hearing = &mut meter.dlt645;
    let (_, pieces) = hearing
        .split
        .as_ref()
        .filter(|(asked, _)| asked == identifier)
        .ok_or(NO_SUCH_ITEM)?;
    let at = match (generation.is, count) {
        (MeterProtocol::Dlt645, [count]) => usize::from(*count).checked_sub(1).ok_or(OTHER)?,
        _ => hearing.next_piece,
    };
    hearing.next_piece = at.saturating_add(1);
    let piece = pieces.get(at).ok_or(NO_SUCH_ITEM)?;
    let flags = if at.saturating_add(1) < pieces.len() {
        0xA0
    } else {
        0x80
    };
    Ok((flags, [identifier, piece, count].concat()))
}

/// What the infrared port of the 2013 generation gives to anyone (comment of two meter programs).
fn passes_gate(asked: u32) -> bool {
    matches!(
        asked.to_be_bytes(),
        [0x00, 0x90, 0x01 | 0x02, 0x00 | 0x01]
            | [0x00, 0x00..=0x0A, _, 0x00]
            | [0x04, 0x00, 0x01 | 0x04, 0x01 | 0x02]
    )
}

/// Its data on the wire, low byte first.
fn value_2007(meter: &Meter, now: Duration, asked: u32) -> Option<Vec<u8>> {
    let energy = |item| signed(meter, item, 2, 4);
    let voltage = |item| signed(meter, item, 1, 2);
    let current = |item| signed(meter, item, 3, 3);
    let status = |item| match meter.blank.contains(&item) {
        true => Some(vec![0xFF; 2]),
        false => meter.status(item).map(|word| word.to_le_bytes().to_vec()),
    };
    match asked {
        0x0000_0000 => energy(I::CombinedTotal),
        0x0001_0000 => energy(I::ForwardTotal),
        0x0001_0100 => energy(I::ForwardT1),
        0x0001_0200 => energy(I::ForwardT2),
        0x0001_0300 => energy(I::ForwardT3),
        0x0001_0400 => energy(I::ForwardT4),
        0x0001_FF00 => forward_block(meter),
        0x0002_0000 => energy(I::ReverseTotal),
        0x0090_0100 => energy(I::EnergyLeft),
        0x0090_0101 => energy(I::EnergyOverdrawn),
        0x0090_0200 => energy(I::MoneyLeft),
        0x0090_0201 => energy(I::Overdraft),
        0x0201_0100 => voltage(I::VoltageA),
        0x0201_0200 => voltage(I::VoltageB),
        0x0201_0300 => voltage(I::VoltageC),
        0x0201_FF00 => together([I::VoltageA, I::VoltageB, I::VoltageC].map(voltage)),
        0x0202_0100 => current(I::CurrentA),
        0x0202_0200 => current(I::CurrentB),
        0x0202_0300 => current(I::CurrentC),
        0x0202_FF00 => together([I::CurrentA, I::CurrentB, I::CurrentC].map(current)),
        0x0203_0000 => signed(meter, I::PowerTotal, 4, 3),
        0x0400_0101 => date(meter, now),
        0x0400_0102 => time(meter, now),
        0x0400_010C => together([time(meter, now), date(meter, now)]),
        0x0400_0401 => {
            Address::parse(meter.comm_address.as_str()).map(|own| own.on_wire().to_vec())
        }
        0x0400_0402 => meter_number(meter),
        0x0400_0403 => ascii(meter, I::AssetNo, 32),
        0x0400_040B => ascii(meter, I::Model, 10),
        0x0400_0501 => status(I::Status1),
        0x0400_0502 => status(I::Status2),
        0x0400_0503 => status(I::Status3),
        0x0400_0504 => status(I::Status4),
        0x0400_0505 => status(I::Status5),
        0x0400_0506 => status(I::Status6),
        0x0400_0507 => status(I::Status7),
        0x0333_0201 => signed(meter, I::PurchaseCount, 0, 2),
        0x0333_0301 => signed(meter, I::LastPurchase, 2, 4),
        _ => None,
    }
}

/// The 1997 generation: whole volts, hundredths of amperes; no status words of two bytes.
fn value_1997(meter: &Meter, now: Duration, asked: u16) -> Option<Vec<u8>> {
    let energy = |item| signed(meter, item, 2, 4);
    match asked {
        0x9010 => energy(I::ForwardTotal),
        0x9011 => energy(I::ForwardT1),
        0x9012 => energy(I::ForwardT2),
        0x9013 => energy(I::ForwardT3),
        0x9014 => energy(I::ForwardT4),
        0x901F => forward_block(meter),
        0x9020 => energy(I::ReverseTotal),
        0xB611 => signed(meter, I::VoltageA, 0, 2),
        0xB612 => signed(meter, I::VoltageB, 0, 2),
        0xB613 => signed(meter, I::VoltageC, 0, 2),
        0xB621 => signed(meter, I::CurrentA, 2, 2),
        0xB622 => signed(meter, I::CurrentB, 2, 2),
        0xB623 => signed(meter, I::CurrentC, 2, 2),
        0xB630 => signed(meter, I::PowerTotal, 4, 3),
        0xC010 => date(meter, now),
        0xC011 => time(meter, now),
        0xC032 => meter_number(meter),
        0xD140 => signed(meter, I::PurchaseCount, 0, 2),
        0xD141 => energy(I::MoneyLeft),
        _ => None,
    }
}

/// The total and as many tariffs as there are.
fn forward_block(meter: &Meter) -> Option<Vec<u8>> {
    let energy = |item| signed(meter, item, 2, 4);
    let tariffs = [I::ForwardT1, I::ForwardT2, I::ForwardT3, I::ForwardT4];
    let mut block = energy(I::ForwardTotal)?;
    block.extend(tariffs.into_iter().map_while(energy).flatten());
    Some(block)
}

fn together<const N: usize>(parts: [Option<Vec<u8>>; N]) -> Option<Vec<u8>> {
    let parts: Option<Vec<_>> = parts.into_iter().collect();
    parts.map(|parts| parts.concat())
}

/// An amount in steps of `10^-places`, two digits to a byte, the lowest first; the top bit says
/// that it is negative.
fn signed(meter: &Meter, item: I, places: u32, size: usize) -> Option<Vec<u8>> {
    if meter.blank.contains(&item) {
        return Some(vec![0xFF; size]);
    }
    let amount = meter.steps(item, places)?;
    let mut bytes = digits(amount.unsigned_abs(), size);
    if let (true, Some(top)) = (amount < 0, bytes.last_mut()) {
        *top |= 0x80;
    }
    Some(bytes)
}

fn digits(mut number: u64, size: usize) -> Vec<u8> {
    let byte = |_| {
        let pair = u8::try_from(number % 100).unwrap_or_default();
        number /= 100;
        ((pair / 10) << 4) | (pair % 10)
    };
    (0..size).map(byte).collect()
}

/// Weekday, day, month, year; a dead clock says zeros.
fn date(meter: &Meter, now: Duration) -> Option<Vec<u8>> {
    let of = |t: LocalTime| {
        let year = u64::from(t.year % 100);
        let parts = [t.weekday(), t.day, t.month].map(|n| digits(u64::from(n), 1));
        [parts.concat(), digits(year, 1)].concat()
    };
    Some(match meter.blank.contains(&I::Clock) {
        true => vec![0xFF; 4],
        false => meter.clock.says(now).map_or(vec![0; 4], of),
    })
}

/// Second, minute, hour.
fn time(meter: &Meter, now: Duration) -> Option<Vec<u8>> {
    let of = |t: LocalTime| {
        let parts = [t.second, t.minute, t.hour].map(|n| digits(u64::from(n), 1));
        parts.concat()
    };
    Some(match meter.blank.contains(&I::Clock) {
        true => vec![0xFF; 3],
        false => meter.clock.says(now).map_or(vec![0; 3], of),
    })
}

fn meter_number(meter: &Meter) -> Option<Vec<u8>> {
    if meter.blank.contains(&I::MeterNo) {
        return Some(vec![0xFF; 6]);
    }
    let number: u64 = meter.text(I::MeterNo)?.parse().ok()?;
    Some(digits(number, 6))
}

/// The text's last mark first, filled up with zero bytes behind the text.
fn ascii(meter: &Meter, item: I, size: usize) -> Option<Vec<u8>> {
    if meter.blank.contains(&item) {
        return Some(vec![0xFF; size]);
    }
    let mut bytes = meter.text(item)?.as_bytes().to_vec();
    bytes.resize(size, 0);
    bytes.reverse();
    Some(bytes)
}

/// Broadcast time: second, minute, hour, day, month, year. What is no time changes nothing.
fn set_clock(meter: &mut Meter, now: Duration, data: &[u8]) {
    let two = |byte: u8| match (byte >> 4, byte & 0x0F) {
        (high @ 0..=9, low @ 0..=9) => Some(high * 10 + low),
        _ => None,
    };
    let Ok::<[u8; 6], _>(parts) = data.try_into() else {
        return;
    };
    if let [Some(s), Some(min), Some(h), Some(d), Some(m), Some(y)] = parts.map(two)
        && let Some(says) = LocalTime::new(2000 + u16::from(y), m, d, h, min, s)
    {
        meter.clock = Clock::Runs { says, since: now };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect()
    }

    /// What it answers, without the FE before.
    fn said(meter: &mut Meter, question: &[u8]) -> Option<Vec<u8>> {
        let replies = meter.hear(Duration::ZERO, None, question);
        assert!(replies.len() <= 1);
        let reply = replies.into_iter().next()?;
        assert_eq!(reply.bytes[..4], [0xFE; 4]);
        Some(reply.bytes[4..].to_vec())
    }

    fn ask(address: &str, control: u8, data: &[u8]) -> Vec<u8> {
        encode(&Frame {
            address: Address::parse(address).unwrap(),
            control,
            data: data.to_vec(),
        })
    }

    const OWN: &str = "112233445566";

    #[test]
    fn it_answers_as_the_published_frames_do() {
        for (settings, question, answer) in [
            (
                [("forward_total", "12345.67")].as_slice(),
                "FE FE FE FE 68 66 55 44 33 22 11 68 11 04 33 33 34 33 17 16",
                "68 66 55 44 33 22 11 68 91 08 33 33 34 33 9A 78 56 34 37 16",
            ),
            (
                &[
                    ("forward_total", "1234.56"),
                    ("forward_t1", "100"),
                    ("forward_t2", "500"),
                    ("forward_t3", "434.56"),
                    ("forward_t4", "200"),
                ],
                "68 66 55 44 33 22 11 68 11 04 33 32 34 33 16 16",
                "68 66 55 44 33 22 11 68 91 18 33 32 34 33 89 67 45 33 33 33 34 33 33 33 38 33 \
                 89 67 37 33 33 33 35 33 D8 16",
            ),
            (
                &[("money_left", "87.65")],
                "68 66 55 44 33 22 11 68 11 04 33 35 C3 33 A8 16",
                "68 66 55 44 33 22 11 68 91 08 33 35 C3 33 98 BA 33 33 E4 16",
            ),
            (
                &[("status_1", "8004")],
                "68 66 55 44 33 22 11 68 11 04 34 38 33 37 20 16",
                "68 66 55 44 33 22 11 68 91 06 34 38 33 37 37 B3 8C 16",
            ),
            (
                &[("voltage_a", "220.1")],
                "68 66 55 44 33 22 11 68 11 04 33 34 34 35 1A 16",
                "68 66 55 44 33 22 11 68 91 06 33 34 34 35 34 55 25 16",
            ),
            (
                &[("address", "000010604867")],
                "FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16",
                "68 67 48 60 10 00 00 68 93 06 9A 7B 93 43 33 33 D9 16",
            ),
            (
                &[
                    ("address", "000000000003"),
                    ("protocol", "dlt645-1997"),
                    ("voltage_a", "100"),
                ],
                "68 03 00 00 00 00 00 68 01 02 44 E9 03 16",
                "68 03 00 00 00 00 00 68 81 04 44 E9 33 34 EC 16",
            ),
        ] {
            let mut meter = Meter::sample();
            for (name, value) in settings {
                meter.set(name, value).unwrap();
            }
            assert_eq!(said(&mut meter, &hex(question)), Some(hex(answer)));
        }
    }

    #[test]
    fn it_keeps_silent_for_others_and_hears_shortened_addresses() {
        let forward_total = [0, 0, 1, 0];
        for (address, answers) in [
            (OWN, true),
            ("AAAAAAAAAAAA", true),
            ("AAAAAAAA5566", true),
            ("112233445567", false),
            ("AAAAAAAA5567", false),
            ("999999999999", false),
        ] {
            let mut meter = Meter::sample();
            let question = ask(address, 0x11, &forward_total);
            assert_eq!(said(&mut meter, &question).is_some(), answers, "{address}");
        }
    }

    #[test]
    fn a_question_in_pieces_is_answered_once_and_a_torn_one_never() {
        let question = ask(OWN, 0x11, &[0, 0, 1, 0]);
        let mut meter = Meter::sample();
        let mut replies = 0;
        for byte in &question {
            replies += meter.hear(Duration::ZERO, None, &[*byte]).len();
        }
        assert_eq!(replies, 1);
        let (head, tail) = question.split_at(9);
        assert!(meter.hear(Duration::ZERO, None, head).is_empty());
        let late = Duration::from_millis(501);
        assert!(meter.hear(late, None, tail).is_empty());
    }

    #[test]
    fn the_gate_of_2013_gives_what_is_needed_to_change_a_meter_and_nothing_else() {
        let mut meter = Meter::sample();
        meter.access = Access::Gated;
        for (asked, answer) in [
            (0x0001_FF00_u32, 0x91),
            (0x0090_0200, 0x91),
            (0x0400_0101, 0x91),
            (0x0400_0402, 0x91),
            (0x0400_010C, 0xD1),
            (0x0400_0403, 0xD1),
            (0x0400_0501, 0xD1),
            (0x0201_0100, 0xD1),
        ] {
            let reply = said(&mut meter, &ask(OWN, 0x11, &asked.to_le_bytes())).unwrap();
            assert_eq!(reply[8], answer, "{asked:08X}");
            if answer == 0xD1 {
                assert_eq!(reply[10], NOT_AUTHORISED + 0x33);
            }
        }
    }

    #[test]
    fn an_item_it_does_not_have_is_refused_and_a_change_is_not_authorised() {
        let mut meter = Meter::sample();
        let reply = said(&mut meter, &ask(OWN, 0x11, &[0x00, 0x02, 0x91, 0x00])).unwrap();
        assert_eq!(reply[8..11], [0xD1, 1, NO_SUCH_ITEM + 0x33]);
        for change in [0x14, 0x15, 0x17, 0x19, 0x1A, 0x1B, 0x1C] {
            let reply = said(&mut meter, &ask(OWN, change, &[0; 12])).unwrap();
            assert_eq!(reply[8..11], [change | 0xC0, 1, NOT_AUTHORISED + 0x33]);
        }
    }

    #[test]
    fn a_broadcast_sets_the_clock_without_a_reply() {
        let mut meter = Meter::sample();
        let time = [0x10, 0x30, 0x08, 0x22, 0x11, 0x26];
        let now = Duration::from_secs(5);
        let question = ask("999999999999", 0x08, &time);
        assert!(meter.hear(now, None, &question).is_empty());
        let said = meter.value(I::Clock, now + Duration::from_secs(2)).unwrap();
        assert_eq!(said.to_string(), "2026-11-22T08:30:12");
    }

    #[test]
    fn a_long_answer_comes_in_pieces_that_are_asked_for_by_number() {
        let mut meter = Meter::sample();
        meter.longest = Some(8);
        let block = [0x00, 0xFF, 0x01, 0x00];
        let find = |bytes: &[u8]| crate::dlt645::find(bytes).unwrap().frame;
        let first = find(&said(&mut meter, &ask(OWN, 0x11, &block)).unwrap());
        assert_eq!((first.control, first.data.len()), (0xB1, 4 + 8));
        let piece = |n| ask(OWN, 0x12, &[block.as_slice(), &[n]].concat());
        let second = find(&said(&mut meter, &piece(1)).unwrap());
        assert_eq!((second.control, second.data.len()), (0xB2, 4 + 8 + 1));
        assert_eq!(second.data.last(), Some(&1));
        let again = find(&said(&mut meter, &piece(1)).unwrap());
        assert_eq!(again, second, "a piece asked for again is the same");
        let third = find(&said(&mut meter, &piece(2)).unwrap());
        assert_eq!((third.control, third.data.len()), (0x92, 4 + 4 + 1));
        let none = find(&said(&mut meter, &piece(3)).unwrap());
        assert_eq!(none.control, 0xD2);
    }

    #[test]
    fn a_meter_of_1997_does_not_know_the_questions_of_2007() {
        let mut meter = Meter::speaking(MeterProtocol::Dlt645Of1997);
        let reply = said(&mut meter, &ask(OWN, 0x11, &[0, 0, 1, 0])).unwrap();
        assert_eq!(reply[8], 0xD1);
        meter.strange = Strange::Ignored;
        for question in [
            ask(OWN, 0x11, &[0, 0, 1, 0]),
            ask("AAAAAAAAAAAA", 0x13, &[]),
        ] {
            assert_eq!(said(&mut meter, &question), None);
        }
        assert!(said(&mut meter, &ask(OWN, 0x01, &[0x10, 0x90])).is_some());
    }

    #[test]
    fn a_negative_amount_has_its_top_bit_set_and_a_blank_one_all() {
        let mut meter = Meter::sample();
        meter.set("combined_total", "-12.34").unwrap();
        let value = |meter: &Meter, asked| value_2007(meter, Duration::ZERO, asked).unwrap();
        assert_eq!(value(&meter, 0), [0x34, 0x12, 0x00, 0x80]);
        meter.set("combined_total", "blank").unwrap();
        assert_eq!(value(&meter, 0), [0xFF; 4]);
    }
}
