//! What the simulated meter answers in DL/T 698.45: its messages are put together byte by byte, not
//! by the reader's codec of messages, so that the two check each other. Only frames are shared.

use std::time::Duration;

use domain::MeterItem as I;

use super::heard::Heard;
use super::meter::{Access, Meter, Reply};
use crate::dlt698::{Address, AddressKind, Content, Frame, Place, Sender, cut, encode, find};

/// What it has heard and owes.
#[derive(Debug, Clone, Default)]
pub(super) struct Hearing {
    heard: Heard,
    /// The pieces of an answer that was too long for one frame.
    pieces: Vec<Frame>,
    /// The results of a list, as many as fit into a message at a time.
    blocks: Vec<Vec<u8>>,
}

const GAP: Duration = Duration::from_millis(500);
const LONGEST_QUESTION: usize = 2_048;

const ARRAY: u8 = 0x01;
const STRUCTURE: u8 = 0x02;
const BIT_STRING: u8 = 0x04;
const DOUBLE_LONG: u8 = 0x05;
const DOUBLE_LONG_UNSIGNED: u8 = 0x06;
const OCTET_STRING: u8 = 0x09;
const VISIBLE_STRING: u8 = 0x0A;
const LONG_UNSIGNED: u8 = 0x12;
const DATE_TIME_S: u8 = 0x1C;

const DENIED: u8 = 3;
const NOT_DEFINED: u8 = 4;
const NO_BLOCK: u8 = 9;
const NOT_AUTHORISED: u8 = 15;

pub(super) fn hear(meter: &mut Meter, now: Duration, bytes: &[u8]) -> Vec<Reply> {
    let heard = &mut meter.dlt698.heard;
    heard.take_in(now, bytes, GAP, LONGEST_QUESTION);
    let mut replies = vec![];
    while let Some(found) = find(&meter.dlt698.heard.bytes) {
        meter.dlt698.heard.bytes.drain(..found.end);
        replies.extend(answer(meter, now, &found.frame));
    }
    replies
}

fn answer(meter: &mut Meter, now: Duration, asked: &Frame) -> Option<Reply> {
    let own = Address::of_meter(&meter.comm_address)?;
    let for_one = match asked.server.kind() {
        AddressKind::Single | AddressKind::Wildcard => asked.server.means(&own),
        AddressKind::Group | AddressKind::Broadcast => false,
    };
    if asked.sender == Sender::Server || !for_one {
        return None;
    }
    let frame = match &asked.content {
        Content::Whole(message) => {
            let message = answer_to(meter, now, message)?;
            let from = Address::of_meter(meter.says_it_is())?;
            let whole = Frame::answer(from, asked.client, message);
            let hearing = &mut meter.dlt698;
            hearing.pieces = cut(&whole, meter.longest.unwrap_or(usize::MAX));
            hearing.pieces.first().cloned()
        }
        Content::Part(part) if part.place == Place::Confirmation => {
            let next = usize::from(part.number).saturating_add(1);
            meter.dlt698.pieces.get(next).cloned()
        }
        // a question that is longer than a frame nobody asks of us
        Content::Part(_) => None,
    };
    Some(meter.framed(&encode(&frame?)?))
}

/// The message that answers this one. None for what it does not understand.
fn answer_to(meter: &mut Meter, now: Duration, message: &[u8]) -> Option<Vec<u8>> {
    // no report and no time tag follow an answer
    const NOTHING_MORE: [u8; 2] = [0x00, 0x00];
    let mut said = match *message {
        [0x05, 0x01, piid, a, b, c, d, ..] => {
            let mut said = vec![0x85, 0x01, piid];
            said.extend(result(meter, now, [a, b, c, d]));
            said
        }
        [0x05, 0x02, piid, count, ref list @ ..] => {
            let (attributes, _) = list.as_chunks::<4>();
            let asked = attributes.iter().take(usize::from(count));
            let results: Vec<_> = asked.map(|oad| result(meter, now, *oad)).collect();
            if results.len() < usize::from(count) {
                return None;
            }
            list_answer(meter, piid, &results)
        }
        [0x05, 0x05, piid, high, low, ..] => {
            let came = u16::from_be_bytes([high, low]);
            block(meter, piid, usize::from(came).saturating_add(1))
        }
        // setting and acting: whatever would change a meter
        [service @ (0x06 | 0x07), 0x01, piid, a, b, c, d, ..] => {
            let mut said = vec![service | 0x80, 0x01, piid, a, b, c, d, DENIED];
            said.extend((service == 0x07).then_some(0x00));
            said
        }
        _ => return None,
    };
    said.extend(NOTHING_MORE);
    Some(said)
}

fn list_answer(meter: &mut Meter, piid: u8, results: &[Vec<u8>]) -> Vec<u8> {
    let at_once = meter.results_at_once.unwrap_or(usize::MAX).max(1);
    if results.len() <= at_once {
        return [vec![0x85, 0x02, piid], counted(results)].concat();
    }
    meter.dlt698.blocks = results.chunks(at_once).map(counted).collect();
    block(meter, piid, 0)
}

fn counted(results: &[Vec<u8>]) -> Vec<u8> {
    let count = u8::try_from(results.len()).unwrap_or_default();
    [vec![count], results.concat()].concat()
}

/// A block of a list, numbered from 0.
fn block(meter: &Meter, piid: u8, number: usize) -> Vec<u8> {
    let blocks = &meter.dlt698.blocks;
    let last = u8::from(number.saturating_add(1) >= blocks.len());
    let [high, low] = u16::try_from(number).unwrap_or_default().to_be_bytes();
    let head = [0x85, 0x05, piid, last, high, low];
    match blocks.get(number) {
        Some(results) => [head.as_slice(), &[0x01], results].concat(),
        None => [head.as_slice(), &[0x00, NO_BLOCK]].concat(),
    }
}

/// The attribute asked for, then 01 and its value or 00 and why there is none.
fn result(meter: &Meter, now: Duration, oad: [u8; 4]) -> Vec<u8> {
    let refused = |why| [oad.as_slice(), &[0x00, why]].concat();
    if meter.access == Access::Gated && !passes_gate(oad) {
        return refused(NOT_AUTHORISED);
    }
    match value(meter, now, oad) {
        Some(value) => [oad.as_slice(), &[0x01], &value].concat(),
        None => refused(NOT_DEFINED),
    }
}

/// The counterparts of what the port of a meter of the 2013 generation gives.
fn passes_gate(oad: [u8; 4]) -> bool {
    matches!(
        oad,
        [0x00, 0x00..=0x2F, 0x02, _] | [0x20, 0x2C | 0x2D, 0x02, _] | [0x40, 0x00..=0x02, 0x02, _]
    )
}

/// The value of an attribute, with its type before it; of an array or structure the element that
/// the index names, all of it when that is 0.
fn value(
    meter: &Meter,
    now: Duration,
    [class_high, class_low, attribute, index]: [u8; 4],
) -> Option<Vec<u8>> {
    if attribute != 0x02 {
        return None;
    }
    let energy = |item| number(meter, item, 2, DOUBLE_LONG_UNSIGNED);
    let (kind, elements) = match u16::from_be_bytes([class_high, class_low]) {
        0x0000 => (ARRAY, vec![number(meter, I::CombinedTotal, 2, DOUBLE_LONG)]),
        0x0010 => {
            let all = [
                I::ForwardTotal,
                I::ForwardT1,
                I::ForwardT2,
                I::ForwardT3,
                I::ForwardT4,
            ];
            (
                ARRAY,
                all.into_iter()
                    .map(energy)
                    .take_while(Option::is_some)
                    .collect(),
            )
        }
        0x0020 => (ARRAY, vec![energy(I::ReverseTotal)]),
        0x2000 => (
            ARRAY,
            phases([I::VoltageA, I::VoltageB, I::VoltageC], |item| {
                number(meter, item, 1, LONG_UNSIGNED)
            }),
        ),
        0x2001 => (
            ARRAY,
            phases([I::CurrentA, I::CurrentB, I::CurrentC], |item| {
                number(meter, item, 3, DOUBLE_LONG)
            }),
        ),
        // tenths of a watt
        0x2004 => (ARRAY, vec![number(meter, I::PowerTotal, 4, DOUBLE_LONG)]),
        0x2014 => (
            ARRAY,
            STATUS.map(|item| meter.status(item).map(bits)).to_vec(),
        ),
        0x202C => {
            let count = number(meter, I::PurchaseCount, 0, DOUBLE_LONG_UNSIGNED);
            (STRUCTURE, vec![energy(I::MoneyLeft), count])
        }
        0x202D => return energy(I::Overdraft),
        0x4000 => return clock(meter, now),
        0x4001 => return octets(meter.comm_address.as_str()),
        0x4002 => return octets(meter.text(I::MeterNo)?),
        0x4103 => return visible(meter, I::AssetNo),
        0x410B => return visible(meter, I::Model),
        _ => return None,
    };
    let elements: Vec<Vec<u8>> = elements.into_iter().collect::<Option<_>>()?;
    match usize::from(index).checked_sub(1) {
        Some(at) => elements.get(at).cloned(),
        None => {
            let count = u8::try_from(elements.len())
                .ok()
                .filter(|count| *count > 0)?;
            Some([vec![kind, count], elements.concat()].concat())
        }
    }
}

const STATUS: [I; 7] = [
    I::Status1,
    I::Status2,
    I::Status3,
    I::Status4,
    I::Status5,
    I::Status6,
    I::Status7,
];

/// One phase or three.
fn phases(items: [I; 3], value: impl Fn(I) -> Option<Vec<u8>>) -> Vec<Option<Vec<u8>>> {
    items
        .into_iter()
        .map(value)
        .take_while(Option::is_some)
        .collect()
}

/// An amount in steps of `10^-places`, the high byte first. A blank one is the null of no value.
fn number(meter: &Meter, item: I, places: u32, tag: u8) -> Option<Vec<u8>> {
    if meter.blank.contains(&item) {
        return Some(vec![0x00]);
    }
    let amount = meter.steps(item, places)?;
    let bytes = match tag {
        LONG_UNSIGNED => u16::try_from(amount).ok()?.to_be_bytes().to_vec(),
        DOUBLE_LONG => i32::try_from(amount).ok()?.to_be_bytes().to_vec(),
        _ => u32::try_from(amount).ok()?.to_be_bytes().to_vec(),
    };
    Some([vec![tag], bytes].concat())
}

/// 16 bits, the first of them bit 0 of the word.
fn bits(word: u16) -> Vec<u8> {
    let [first, second] = word.reverse_bits().to_be_bytes();
    vec![BIT_STRING, 16, first, second]
}

/// Digits, two to a byte, the high ones first.
fn octets(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let size = u8::try_from(pairs.len()).ok().filter(|_| rest.is_empty())?;
    let byte = |[high, low]: &[u8; 2]| ((high & 0x0F) << 4) | (low & 0x0F);
    let mut bytes = vec![OCTET_STRING, size];
    bytes.extend(pairs.iter().map(byte));
    Some(bytes)
}

fn visible(meter: &Meter, item: I) -> Option<Vec<u8>> {
    if meter.blank.contains(&item) {
        return Some(vec![0x00]);
    }
    let text = meter.text(item)?;
    let mut bytes = vec![VISIBLE_STRING, u8::try_from(text.len()).ok()?];
    bytes.extend(text.as_bytes());
    Some(bytes)
}

/// Year in two bytes, month, day, hour, minute, second; a dead clock says zeros.
fn clock(meter: &Meter, now: Duration) -> Option<Vec<u8>> {
    if meter.blank.contains(&I::Clock) {
        return Some(vec![0x00]);
    }
    let mut bytes = vec![DATE_TIME_S];
    match meter.clock.says(now) {
        Some(t) => {
            bytes.extend(t.year.to_be_bytes());
            bytes.extend([t.month, t.day, t.hour, t.minute, t.second]);
        }
        None => bytes.extend([0; 7]),
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use domain::MeterProtocol;

    use super::*;

    fn hex(text: &str) -> Vec<u8> {
        text.split_whitespace()
            .map(|byte| u8::from_str_radix(byte, 16).unwrap())
            .collect()
    }

    fn meter() -> Meter {
        Meter::speaking(MeterProtocol::Dlt698)
    }

    fn said(meter: &mut Meter, message: &[u8]) -> Option<Vec<u8>> {
        answer_to(meter, Duration::ZERO, message)
    }

    #[test]
    fn it_answers_as_the_published_frames_do() {
        let mut meter = meter();
        meter.set("address", "000000000000").unwrap();
        meter.set("clock", "2026-10-07T14:16:26").unwrap();
        let question =
            hex("68 17 00 43 05 00 00 00 00 00 00 00 72 79 05 01 00 40 00 02 00 00 56 1F 16");
        let answer = hex(
            "68 21 00 C3 05 00 00 00 00 00 00 00 1D DB 85 01 00 40 00 02 00 01 1C 07 EA 0A 07 0E \
             10 1A 00 00 E4 C5 16",
        );
        let replies = meter.hear(Duration::ZERO, None, &question);
        assert_eq!(replies.len(), 1);
        assert_eq!(replies[0].bytes[4..], answer);
    }

    #[test]
    fn a_list_is_answered_in_its_order_with_a_reason_for_what_is_missing() {
        let mut meter = meter();
        let list = [
            0x05, 0x02, 0x05, 0x02, 0x00, 0x20, 0x02, 0x01, 0x60, 0x00, 0x02, 0x00, 0x00,
        ];
        let expected = hex("85 02 05 02 00 20 02 01 01 06 00 00 03 6C 60 00 02 00 00 04 00 00");
        assert_eq!(said(&mut meter, &list), Some(expected));
    }

    #[test]
    fn values_have_the_types_and_places_of_their_objects() {
        let mut meter = meter();
        for (name, value) in [("combined_total", "-12.34"), ("status_1", "8004")] {
            meter.set(name, value).unwrap();
        }
        for (oad, expected) in [
            ("00 00 02 01", "05 FF FF FB 2E"),
            ("20 00 02 01", "12 08 99"),
            ("20 01 02 01", "05 00 00 04 D2"),
            ("20 04 02 01", "05 00 00 0A 98"),
            // bit 2 and bit 15, counted from the first bit sent
            ("20 14 02 01", "04 10 20 01"),
            ("20 2C 02 00", "02 02 06 00 00 22 3D 06 00 00 00 11"),
            ("40 01 02 00", "09 06 11 22 33 44 55 66"),
        ] {
            let asked: [u8; 4] = hex(oad).try_into().unwrap();
            let found = value(&meter, Duration::ZERO, asked);
            assert_eq!(found, Some(hex(expected)), "{oad}");
        }
    }

    #[test]
    fn a_long_answer_comes_in_frames_that_have_to_be_confirmed() {
        let mut meter = meter();
        meter.longest = Some(16);
        let own = Address::of_meter(&meter.comm_address).unwrap();
        let question = vec![0x05, 0x01, 0x01, 0x00, 0x10, 0x02, 0x00, 0x00];
        let mut next = Some(Frame::question(own, question));
        let (mut assembly, mut frames) = (crate::dlt698::Assembly::default(), 0);
        let whole = loop {
            let replies = meter.hear(
                Duration::ZERO,
                None,
                &encode(&next.take().unwrap()).unwrap(),
            );
            frames += 1;
            match assembly.take(&find(&replies[0].bytes).unwrap().frame) {
                crate::dlt698::Assembled::Whole(message) => break message,
                crate::dlt698::Assembled::Confirm(frame) => next = Some(frame),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(frames, 3);
        assert_eq!(whole.len(), 3 + 4 + 1 + 2 + 5 * 5 + 2);
    }

    #[test]
    fn a_list_of_more_results_than_fit_comes_in_blocks() {
        let mut meter = meter();
        meter.results_at_once = Some(1);
        let list = [
            0x05, 0x02, 0x05, 0x02, 0x00, 0x20, 0x02, 0x01, 0x20, 0x2D, 0x02, 0x00, 0x00,
        ];
        let first = said(&mut meter, &list).unwrap();
        assert_eq!(first[..8], [0x85, 0x05, 0x05, 0x00, 0x00, 0x00, 0x01, 0x01]);
        let second = said(&mut meter, &[0x05, 0x05, 0x06, 0x00, 0x00, 0x00]).unwrap();
        assert_eq!(
            second[..8],
            [0x85, 0x05, 0x06, 0x01, 0x00, 0x01, 0x01, 0x01]
        );
        let beyond = said(&mut meter, &[0x05, 0x05, 0x07, 0x00, 0x01, 0x00]).unwrap();
        assert_eq!(beyond[6..8], [0x00, NO_BLOCK]);
    }

    #[test]
    fn what_would_change_it_is_denied_and_the_gate_refuses_the_rest() {
        let mut meter = meter();
        let trip = [0x07, 0x01, 0x02, 0x80, 0x00, 0x81, 0x00, 0x00, 0x00];
        let denied = hex("87 01 02 80 00 81 00 03 00 00 00");
        assert_eq!(said(&mut meter, &trip), Some(denied));
        meter.access = Access::Gated;
        let get = |oad: &str| [hex("05 01 00"), hex(oad), hex("00")].concat();
        let asset_number = said(&mut meter, &get("41 03 02 00")).unwrap();
        assert_eq!(asset_number[7..9], [0x00, NOT_AUTHORISED]);
        let money = said(&mut meter, &get("20 2C 02 00")).unwrap();
        assert_eq!(money[7], 0x01);
    }
}
