//! We read a DL/T 698.45 meter that the package dlt698 plays.

use devices::ReadError;
use domain::{MeterItem, MeterProtocol};
use serde_json::{Value, json};

use crate::peer::{ForeignMeter, Over, Program};
use crate::reading::{read, told};

const LANGUAGE: Option<MeterProtocol> = Some(MeterProtocol::Dlt698);
const ADDRESS: &str = "000010604867";

fn meter() -> Value {
    let numbers = |kind: &str, numbers: &[i32]| {
        let numbers: Vec<Value> = numbers.iter().map(|n| json!([kind, n])).collect();
        json!(["array", numbers])
    };
    // the first bit of a word is its bit 0
    let mut words = vec![json!(["bit_string", "2001"])];
    words.resize(7, json!(["bit_string", "0000"]));
    json!({
        "address": ADDRESS,
        "items": {
            "00000200": numbers("int32", &[-1234, 0, 0, 0, 0]),
            "00100200": numbers("uint32", &[1_234_567, 100_001, 500_002, 434_563, 200_001]),
            "00200200": numbers("uint32", &[876, 0, 0, 0, 0]),
            "20000200": numbers("uint16", &[2201, 2212, 2193]),
            "20010200": numbers("int32", &[1234, 2345, 3456]),
            "20040200": numbers("int32", &[2712, 904, 904, 904]),
            "20140200": ["array", words],
            "40000200": ["date_time_s", [0x07, 0xEA, 11, 21, 8, 30, 0]],
            "40010200": ["octet_string", ADDRESS],
            "40020200": ["octet_string", "000012345678"],
            "41030200": ["visible_string", format!("{:<32}", "0100000000000000000017")],
        },
    })
}

/// Everything of [`meter`], and some things that the package does not know.
const ITEMS: [(MeterItem, &str); 21] = [
    (MeterItem::ForwardTotal, "12345.67"),
    (MeterItem::ForwardT1, "1000.01"),
    (MeterItem::ForwardT2, "5000.02"),
    (MeterItem::ForwardT3, "4345.63"),
    (MeterItem::ForwardT4, "2000.01"),
    (MeterItem::ReverseTotal, "8.76"),
    (MeterItem::CombinedTotal, "-12.34"),
    (MeterItem::VoltageA, "220.10"),
    (MeterItem::VoltageB, "221.20"),
    (MeterItem::VoltageC, "219.30"),
    (MeterItem::CurrentA, "1.2340"),
    (MeterItem::CurrentC, "3.4560"),
    (MeterItem::PowerTotal, "0.2712"),
    (MeterItem::Clock, "2026-11-21T08:30:00"),
    (MeterItem::Status1, "8004"),
    (MeterItem::Status2, "0000"),
    (MeterItem::MeterNo, "000012345678"),
    (MeterItem::AssetNo, "0100000000000000000017"),
    (MeterItem::MoneyLeft, "refused: NoSuchItem"),
    (MeterItem::PurchaseCount, "refused: NoSuchItem"),
    (MeterItem::Overdraft, "refused: NoSuchItem"),
];

fn reads_everything(over: Over) {
    let meter = ForeignMeter::start(Program::Dlt698Meter, over, &meter());
    let readout = read(
        &meter,
        LANGUAGE,
        Some(ADDRESS),
        &ITEMS.map(|(item, _)| item),
    )
    .unwrap();
    assert_eq!(readout.protocol, MeterProtocol::Dlt698);
    assert_eq!(readout.comm_address.as_str(), ADDRESS);
    assert_eq!(
        told(&readout),
        ITEMS.map(|(item, value)| (item, value.to_owned()))
    );
}

#[test]
fn the_package_dlt698_is_read_over_tcp() {
    reads_everything(Over::Tcp);
}

#[test]
fn the_package_dlt698_is_read_over_a_serial_line() {
    reads_everything(Over::Serial);
}

#[test]
fn the_package_dlt698_knows_no_wildcard_and_is_silent_until_it_is_asked_by_its_address() {
    // the standard has it answer
    let meter = ForeignMeter::start(Program::Dlt698Meter, Over::Tcp, &meter());
    let items = [MeterItem::ForwardTotal];
    let unasked = read(&meter, LANGUAGE, None, &items);
    assert!(matches!(unasked, Err(ReadError::Silent)), "{unasked:?}");
    let asked = read(&meter, LANGUAGE, Some(ADDRESS), &items).unwrap();
    assert_eq!(told(&asked), [(items[0], "12345.67".into())]);
}
