//! We read a DL/T 645-2007 meter that the package dlt645 plays.

use devices::ReadError;
use domain::{MeterItem, MeterProtocol};
use serde_json::{Value, json};

use crate::peer::{ForeignMeter, Over, Program};
use crate::reading::{read, told};

const OF_2007: Option<MeterProtocol> = Some(MeterProtocol::Dlt645);

/// The meter's address, and how the package has to be told it: as it travels, low byte first.
const ADDRESS: &str = "567890123456";
const ADDRESS_TOLD: &str = "563412907856";

const ASSET_NO: &str = "0100000000000000000017";

fn meter() -> Value {
    // the package is told letters by their numbers
    let asset_no: String = ASSET_NO
        .bytes()
        .map(|letter| format!("{letter:02X}"))
        .collect();
    json!({
        "address": ADDRESS_TOLD,
        "items": {
            "00000000": 50.5,
            "00010000": 12345.67,
            "00010100": 1000.01,
            "00010200": 5000.02,
            "00010300": 4345.63,
            "00010400": 2000.01,
            "00020000": 8.76,
            "02010100": 220.1,
            "02020100": 1.234,
            "02030000": 0.2712,
            "04000101": "26112106",
            "04000102": "083000",
            "04000402": "000012345678",
            "04000403": format!("{asset_no:0<64}"),
            "04000501": "0004",
        },
    })
}

/// Everything of [`meter`], and some things that the package does not know.
const ITEMS: [(MeterItem, &str); 17] = [
    (MeterItem::CombinedTotal, "50.50"),
    (MeterItem::ForwardTotal, "12345.67"),
    (MeterItem::ForwardT1, "1000.01"),
    (MeterItem::ForwardT2, "5000.02"),
    (MeterItem::ForwardT3, "4345.63"),
    (MeterItem::ForwardT4, "2000.01"),
    (MeterItem::ReverseTotal, "8.76"),
    (MeterItem::VoltageA, "220.10"),
    (MeterItem::CurrentA, "1.2340"),
    (MeterItem::PowerTotal, "0.2712"),
    (MeterItem::Clock, "2026-11-21T08:30:00"),
    (MeterItem::Status1, "0004"),
    (MeterItem::MeterNo, "000012345678"),
    (MeterItem::AssetNo, ASSET_NO),
    (MeterItem::MoneyLeft, "refused: NoSuchItem"),
    (MeterItem::EnergyLeft, "refused: NoSuchItem"),
    (MeterItem::PurchaseCount, "refused: NoSuchItem"),
];

fn reads_everything(over: Over, protocol: Option<MeterProtocol>) {
    let meter = ForeignMeter::start(Program::Dlt645Meter, over, &meter());
    let readout = read(&meter, protocol, None, &ITEMS.map(|(item, _)| item)).unwrap();
    assert_eq!(readout.protocol, MeterProtocol::Dlt645);
    assert_eq!(
        told(&readout),
        ITEMS.map(|(item, value)| (item, value.to_owned()))
    );
}

#[test]
fn the_package_dlt645_is_read_over_tcp() {
    reads_everything(Over::Tcp, OF_2007);
}

#[test]
fn the_package_dlt645_is_read_over_a_serial_line() {
    reads_everything(Over::Serial, OF_2007);
}

#[test]
fn the_package_dlt645_is_found_without_saying_its_language() {
    reads_everything(Over::Serial, None);
}

#[test]
fn the_package_dlt645_puts_its_address_unreversed_and_we_read_the_low_byte_first() {
    let meter = ForeignMeter::start(Program::Dlt645Meter, Over::Tcp, &meter());
    let readout = read(&meter, OF_2007, None, &[MeterItem::ForwardTotal]).unwrap();
    assert_eq!(readout.comm_address.as_str(), ADDRESS);
    let readout = read(&meter, OF_2007, Some(ADDRESS), &[MeterItem::ForwardTotal]).unwrap();
    assert_eq!(
        told(&readout),
        [(MeterItem::ForwardTotal, "12345.67".into())]
    );
}

#[test]
fn the_package_dlt645_refuses_for_other_meters_and_none_of_its_values_is_taken_for_theirs() {
    // the standard has it keep silent
    let meter = ForeignMeter::start(Program::Dlt645Meter, Over::Tcp, &meter());
    let items = [MeterItem::ForwardTotal, MeterItem::VoltageA];
    let readout = read(&meter, OF_2007, Some("111111111111"), &items).unwrap();
    assert_eq!(
        told(&readout),
        items.map(|item| (item, "refused: Other".to_owned()))
    );
}

#[test]
fn the_package_dlt645_knows_no_shortened_address_and_is_asked_by_its_own() {
    let meter = ForeignMeter::start(Program::Dlt645Meter, Over::Tcp, &meter());
    let items = [MeterItem::ForwardTotal];
    let readout = read(&meter, OF_2007, Some("AAAAAAAA3456"), &items).unwrap();
    assert_eq!(readout.comm_address.as_str(), ADDRESS);
    assert_eq!(told(&readout), [(items[0], "12345.67".into())]);
    let other = read(&meter, OF_2007, Some("AAAAAAAA3457"), &items);
    assert!(
        matches!(&other, Err(ReadError::OtherMeter { found, .. }) if found.as_str() == ADDRESS),
        "{other:?}"
    );
}

#[test]
fn the_package_dlt645_refuses_what_is_asked_in_the_words_of_1997() {
    let meter = ForeignMeter::start(Program::Dlt645Meter, Over::Tcp, &meter());
    let (of_1997, items) = (Some(MeterProtocol::Dlt645Of1997), [MeterItem::VoltageA]);
    let readout = read(&meter, of_1997, Some(ADDRESS), &items).unwrap();
    assert_eq!(told(&readout), [(items[0], "refused: Other".into())]);
}

#[test]
fn the_package_dlt645_answers_for_any_meter_and_is_no_meter_by_that() {
    // the standard has it answer with its own address; here it refuses in the name of all
    let meter = ForeignMeter::start(Program::Dlt645Meter, Over::Tcp, &meter());
    let of_1997 = Some(MeterProtocol::Dlt645Of1997);
    let readout = read(&meter, of_1997, None, &[MeterItem::ForwardTotal]);
    assert!(matches!(readout, Err(ReadError::Noise)), "{readout:?}");
}
