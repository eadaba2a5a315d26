//! Frames in words, for whoever looks at a trace of the line.

use domain::MeterItem;

use super::apdu::{Dar, LinkKind, Message, More, Outcome, decode_message};
use super::data::{Oad, Value};
use super::frame::{Address, AddressKind, Content, Frame, Part, Place, Sender, find};
use super::items::{ADDRESS, CUSTOMER, OBJECTS, item_value, place, text};

/// What the first frame in these bytes means, in one line, and where it ends.
///
/// Customer numbers, and values of objects that we do not read, are never told.
///
/// Errors: `None` when there is no whole frame.
///
/// ```
/// use metercrew_devices::dlt698::explain;
/// let sent = [
///     0xFE, 0xFE, 0x68, 0x17, 0x00, 0x43, 0x05, 0x39, 0x12, 0x19, 0x08, 0x37, 0x00, 0x0B, 0x63,
///     0x10, 0x05, 0x01, 0x10, 0x00, 0x10, 0x02, 0x00, 0x00, 0x65, 0x5F, 0x16,
/// ];
/// let (line, end) = explain(&sent).unwrap();
/// assert_eq!(line, "GET 00100200 forward energies of 003708191239");
/// assert_eq!(end, 27);
/// ```
pub fn explain(bytes: &[u8]) -> Option<(String, usize)> {
    let found = find(bytes)?;
    let frame = &found.frame;
    let line = match &frame.content {
        Content::Part(part) => piece(part, frame),
        Content::Whole(message) => in_words(message, frame),
    };
    Some((line, found.end))
}

fn piece(part: &Part, frame: &Frame) -> String {
    let number = part.number;
    let which = match part.place {
        Place::First => "first piece",
        Place::Middle => "piece",
        Place::Last => "last piece",
        Place::Confirmation => return format!("piece {number} {} has come", whose(frame)),
    };
    let size = part.bytes.len();
    format!(
        "{which} {number} of a message {}, {size} bytes",
        whose(frame)
    )
}

fn in_words(message: &[u8], frame: &Frame) -> String {
    let whose = whose(frame);
    let message = match decode_message(message) {
        Ok(message) => message,
        Err(why) => return format!("message {whose} that is not understood: {why}"),
    };
    match message {
        Message::Get { oad, .. } => format!("GET {} {whose}", named(oad)),
        Message::GetList { oads, .. } => {
            let names: Vec<String> = oads.into_iter().map(named).collect();
            format!("GET {} {whose}", names.join(", "))
        }
        Message::GetNext { block, .. } => format!("GET what follows block {block} {whose}"),
        Message::Got { outcome, .. } => format!("answer {whose}: {}", told(&outcome)),
        Message::GotList { outcomes, .. } => format!("answer {whose}: {}", all_told(&outcomes)),
        Message::GotBlock {
            more,
            block,
            outcomes,
            ..
        } => {
            let which = match more {
                More::Follow => "block",
                More::Last => "last block",
            };
            match outcomes {
                Ok(outcomes) => format!("{which} {block} {whose}: {}", all_told(&outcomes)),
                Err(dar) => format!("{which} {block} {whose}: {}", refused(dar)),
            }
        }
        Message::NotUnderstood { kind, .. } => {
            format!("answer {whose}: the question was not understood ({kind})")
        }
        Message::Enveloped(inside) => match decode_message(&inside) {
            // an envelope holds a message, and no further envelope
            Ok(Message::Enveloped(_)) | Err(_) => format!("security envelope {whose}"),
            Ok(_) => format!("in a security envelope: {}", in_words(&inside, frame)),
        },
        Message::Encrypted => format!("answer {whose}, encrypted"),
        Message::EnvelopeRefused(dar) => format!("answer {whose}: {}", refused(dar)),
        Message::SecurityRequest => format!("question {whose} in a security envelope"),
        Message::Connect => format!("application connection {whose}"),
        Message::LinkRequest { kind, .. } => match kind {
            LinkKind::LogIn => format!("log-in {whose}"),
            LinkKind::Heartbeat => format!("heartbeat {whose}"),
            LinkKind::LogOut => format!("log-out {whose}"),
        },
        Message::LinkResponse { .. } => format!("log-in {whose} is granted"),
    }
}

/// Whose message it is, or whom it is for.
fn whose(frame: &Frame) -> String {
    let to = match frame.sender {
        Sender::Client => &frame.server,
        Sender::Server => return format!("of {}", digits(&frame.server)),
    };
    match to.kind() {
        AddressKind::Single => format!("of {}", digits(to)),
        AddressKind::Wildcard => "of any meter".to_owned(),
        AddressKind::Group => format!("of group {}", digits(to)),
        AddressKind::Broadcast => "of all meters".to_owned(),
    }
}

fn digits(address: &Address) -> String {
    address.comm_address().map_or_else(
        || {
            let bytes = address.low_first().iter().rev();
            bytes.map(|byte| format!("{byte:02X}")).collect()
        },
        |digits| digits.to_string(),
    )
}

fn object(oad: Oad) -> u16 {
    let [high, low, ..] = oad.0.to_be_bytes();
    u16::from_be_bytes([high, low])
}

fn named(oad: Oad) -> String {
    let object = object(oad);
    match OBJECTS.iter().find(|(known, _)| *known == object) {
        Some((_, name)) => format!("{oad} {name}"),
        None => oad.to_string(),
    }
}

fn all_told(outcomes: &[Outcome]) -> String {
    let told: Vec<String> = outcomes.iter().map(told).collect();
    told.join("; ")
}

fn told(outcome: &Outcome) -> String {
    let name = named(outcome.oad);
    match &outcome.value {
        Err(dar) => format!("{name} {}", refused(*dar)),
        Ok(_) if object(outcome.oad) == CUSTOMER => format!("{name}, not shown"),
        Ok(value) if outcome.oad == ADDRESS => match text(value) {
            Ok(address) => format!("{name} {address}"),
            Err(_) => format!("{name}, not readable"),
        },
        Ok(value) => format!("{name}{}", items_told(outcome.oad, value)),
    }
}

/// The items in a value, with a blank in front of each.
fn items_told(oad: Oad, value: &Value) -> String {
    let said = |item: &MeterItem| {
        let place = place(*item).filter(|place| place.attribute == oad.whole())?;
        let asked = oad == oad.whole() || oad == oad.element(place.element);
        let said = item_value(place, oad, value).ok().filter(|_| asked)?;
        let unit = item.unit().map(|unit| format!(" {unit}"));
        Some(format!(" {item} {said}{}", unit.unwrap_or_default()))
    };
    MeterItem::ALL.iter().filter_map(said).collect()
}

fn refused(dar: Dar) -> String {
    format!("refused: {} (DAR {})", dar.words(), dar.0)
}

#[cfg(test)]
mod tests {
    use super::super::frame_tests::{FIELD, hex};
    use super::super::{encode, encode_message, encode_value};
    use super::*;
    use crate::dlt698::Piid;

    fn line(frame: &Frame) -> String {
        explain(&encode(frame).unwrap()).unwrap().0
    }

    fn answer(oad: u32, value: Result<Value, Dar>) -> Frame {
        let outcome = Outcome {
            oad: Oad(oad),
            value,
        };
        let message = Message::Got {
            piid: Piid::new(1),
            outcome,
        };
        let meter = Address::of_meter(&"112233445566".into()).unwrap();
        Frame::answer(meter, 0, encode_message(&message))
    }

    #[test]
    fn the_frames_of_the_field_are_told_in_words() {
        let lines: Vec<String> = FIELD
            .iter()
            .map(|(frame, ..)| explain(&hex(frame)).unwrap().0)
            .collect();
        assert_eq!(
            lines,
            [
                "GET 40010200 address of any meter",
                "GET 40000200 clock of 000000000000",
                "answer of 000000000000: 40000200 clock clock 2026-10-07T14:16:26",
                "GET 00100200 forward energies of 003708191239",
                "GET 00100200 forward energies, 00200200 reverse energies of 003708191239",
                "answer of 000100020606: F1000200",
            ]
        );
    }

    #[test]
    fn a_refusal_is_told_with_its_number() {
        assert_eq!(
            line(&answer(0x4103_0200, Err(Dar(15)))),
            "answer of 112233445566: 41030200 asset number refused: not authorised (DAR 15)"
        );
    }

    #[test]
    fn an_element_asked_alone_is_told_as_one_item() {
        assert_eq!(
            line(&answer(0x0010_0202, Ok(Value::DoubleLongUnsigned(4321)))),
            "answer of 112233445566: 00100202 forward energies forward_t1 43.21 kWh"
        );
    }

    #[test]
    fn the_customer_number_is_never_told_in_whatever_form_it_comes() {
        let secret = [0x98, 0x76, 0x54, 0x32, 0x10, 0x98];
        for value in [
            Value::OctetString(secret.to_vec()),
            Value::VisibleString(b"987654321098".to_vec()),
            Value::Long64Unsigned(987_654_321_098),
        ] {
            let frame = answer(0x4003_0200, Ok(value.clone()));
            let plain = line(&frame);
            assert!(
                plain.ends_with("40030200 customer number, not shown"),
                "{plain}"
            );
            let Content::Whole(inside) = frame.content.clone() else {
                panic!("the answer is whole");
            };
            let envelope = encode_message(&Message::Enveloped(inside));
            let enveloped = line(&Frame::answer(frame.server, 0, envelope));
            assert!(
                enveloped.ends_with("customer number, not shown"),
                "{enveloped}"
            );
            assert!(!encode_value(&value).is_empty() && !plain.contains("9876"));
        }
    }

    #[test]
    fn pieces_envelopes_and_log_ins_are_told() {
        let whole = answer(0x4000_0200, Ok(Value::Null));
        let pieces: Vec<String> = super::super::cut(&whole, 5).iter().map(line).collect();
        assert_eq!(
            pieces,
            [
                "first piece 0 of a message of 112233445566, 5 bytes",
                "piece 1 of a message of 112233445566, 5 bytes",
                "last piece 2 of a message of 112233445566, 1 bytes",
            ]
        );
        let log_in = Message::LinkRequest {
            piid: Piid::new(0),
            kind: LinkKind::LogIn,
            every_s: 60,
            at: [0; 10],
        };
        let frame = Frame::answer(whole.server, 0, encode_message(&log_in));
        assert_eq!(line(&frame), "log-in of 112233445566");
    }
}
