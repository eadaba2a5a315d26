//! Frames in words, for whoever looks at a trace of the line.

use domain::{ItemRefusal, ItemValue, MeterItem};

use super::generation::function;
use super::{Address, Frame, Generation, SecurityError, bcd, find, form, refusal};

/// What the first frame in these bytes means, in one line, and where it ends.
///
/// Customer numbers, and whatever goes under a key, are never told.
///
/// Errors: `None` when there is no whole frame.
///
/// ```
/// use metercrew_devices::dlt645::explain;
///
/// let sent = [
///     0xFE, 0xFE, 0xFE, 0xFE, 0x68, 0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0x68, 0x11, 0x04, 0x33,
///     0x33, 0x34, 0x33, 0x17, 0x16,
/// ];
/// let (line, end) = explain(&sent).unwrap();
/// assert_eq!(line, "read 00010000 forward_total of 112233445566");
/// assert_eq!(end, 20);
/// ```
pub fn explain(bytes: &[u8]) -> Option<(String, usize)> {
    let found = find(bytes)?;
    let line = match found.frame.is_reply() {
        true => reply(&found.frame),
        false => question(&found.frame),
    };
    Some((line, found.end))
}

fn question(frame: &Frame) -> String {
    let meter = whom(frame.address);
    match frame.function() {
        function::READ_ADDRESS => format!("read the address of {meter}"),
        function::BROADCAST_TIME => {
            let at = bcd::digits(&frame.data).unwrap_or_else(|| "no time".to_owned());
            format!("set the clock of {meter} to {at}")
        }
        function::READ_MORE => match named(Generation::Of2007, &frame.data) {
            Some((_, name, _)) => format!("read more of {name} of {meter}"),
            None => format!("read more of {meter}"),
        },
        read => match generation(read).and_then(|g| named(g, &frame.data)) {
            Some((_, name, _)) => format!("read {name} of {meter}"),
            None => format!("function {read:02X} for {meter}"),
        },
    }
}

fn reply(frame: &Frame) -> String {
    let meter = whom(frame.address);
    let asked = frame.function();
    if asked == function::SECURITY {
        return match SecurityError::of(frame) {
            Some(why) => format!("answer of {meter}, under a key: refused: {why:?}"),
            None => format!("answer of {meter}, under a key"),
        };
    }
    if frame.is_error() {
        let why = refusal::in_words(frame.data.first().copied().unwrap_or(0));
        return format!("answer of {meter}: refused: {why}");
    }
    if asked == function::READ_ADDRESS {
        let address = bcd::digits(&frame.data).unwrap_or_else(|| "no address".to_owned());
        return format!("answer of {meter}: its address is {address}");
    }
    let more = match (frame.has_more(), asked) {
        (true, _) => ", and there is more",
        (false, function::READ_MORE) => ", the last part",
        (false, _) => "",
    };
    let part = !more.is_empty();
    match generation(asked).and_then(|g| Some((g, named(g, &frame.data)?))) {
        Some((generation, (identifier, name, field))) => {
            let value = match part {
                true => format!("{} bytes", field.len()),
                false => value(generation, identifier, field),
            };
            format!("answer of {meter}: {name} {value}{more}")
        }
        None => format!("answer of {meter} to function {asked:02X}{more}"),
    }
}

/// Which generation reads with a function.
fn generation(code: u8) -> Option<Generation> {
    match code {
        function::READ | function::READ_MORE => Some(Generation::Of2007),
        function::READ_1997 => Some(Generation::Of1997),
        _ => None,
    }
}

/// The identifier that data begins with, its number with its name where it has one, and the data
/// behind it.
fn named(generation: Generation, data: &[u8]) -> Option<(u32, String, &[u8])> {
    let (identifier, field) = data.split_at_checked(generation.identifier_bytes())?;
    let above = |above: u32, byte: &u8| above << 8 | u32::from(*byte);
    let identifier = identifier.iter().rev().fold(0, above);
    let digits = generation.identifier_bytes().saturating_mul(2);
    let number = format!("{identifier:0digits$X}");
    let name = match name(generation, identifier) {
        Some(name) => format!("{number} {name}"),
        None => number,
    };
    Some((identifier, name, field))
}

fn name(generation: Generation, identifier: u32) -> Option<&'static str> {
    let others = [
        (generation.forward_block(), "forward energies"),
        (generation.date(), "clock date"),
        (generation.time(), "clock time"),
        (generation.customer_no(), "customer number"),
    ];
    let other = others.into_iter().find(|(at, _)| *at == identifier);
    other
        .map(|(_, name)| name)
        .or(row(generation, identifier).map(|(item, _)| item.name()))
}

fn row(generation: Generation, identifier: u32) -> Option<(MeterItem, form::Form)> {
    let mut rows = generation.table().iter();
    rows.find_map(|(at, item, form)| (*at == identifier).then_some((*item, *form)))
}

fn value(generation: Generation, identifier: u32, field: &[u8]) -> String {
    if identifier == generation.customer_no() {
        return "(not shown)".to_owned();
    }
    if identifier == generation.forward_block()
        && let Some(energies) = form::energies(field)
    {
        let told = energies.into_iter().map(|(item, value)| said(item, value));
        return told.collect::<Vec<String>>().join(", ");
    }
    if identifier == generation.date() || identifier == generation.time() {
        return bcd::digits(field).unwrap_or_else(|| "no digits".to_owned());
    }
    match row(generation, identifier) {
        Some((item, form)) => said(item, form.value(field)),
        // what it is, is not known: it may be a customer's number
        None => format!("{} bytes", field.len()),
    }
}

fn said(item: MeterItem, value: Result<ItemValue, ItemRefusal>) -> String {
    match (value, item.unit()) {
        (Ok(value), Some(unit)) => format!("{value} {unit}"),
        (Ok(ItemValue::Status { word, set }), None) => {
            let set: Vec<String> = set.into_iter().map(|bit| format!(" {bit}")).collect();
            format!("{word:04X}{}", set.concat())
        }
        (Ok(value), None) => value.to_string(),
        (Err(ItemRefusal::NoValue), _) => "no value".to_owned(),
        (Err(_), _) => "malformed".to_owned(),
    }
}

fn whom(address: Address) -> String {
    match address {
        Address::ANY => "any meter".to_owned(),
        Address::BROADCAST => "every meter".to_owned(),
        one => one.to_string(),
    }
}
