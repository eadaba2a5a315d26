//! Third-party readers read our simulated meter.

use devices::sim::Meter;
use domain::MeterProtocol;
use serde_json::{Value, json};

use crate::our_meter::OurMeter;
use crate::peer::{Over, Program, read_with};

/// The simulated meter with some values set.
fn meter(protocol: MeterProtocol, values: &[(&str, &str)]) -> Meter {
    let mut meter = Meter::speaking(protocol);
    for (name, value) in values {
        meter.set(name, value).unwrap();
    }
    meter
}

fn is_read_by_dlt645(over: Over) {
    let values = [
        ("address", "567890123456"),
        ("combined_total", "50.5"),
        ("forward_total", "12345.67"),
        ("forward_t4", "2000.01"),
        ("voltage_a", "220.1"),
        ("current_a", "1.234"),
        ("power_total", "0.2712"),
        ("meter_no", "000012345678"),
        ("status_1", "1234"),
        ("model", "none"),
    ];
    let ours = OurMeter::start(over, meter(MeterProtocol::Dlt645, &values));
    let items = [
        "00000000", "00010000", "00010400", "02010100", "02020100", "02030000", "04000402",
        "04000501", "0400040B",
    ];
    // the package says addresses as they travel, low byte first
    let arguments = [&["563412907856"], items.as_slice()].concat();
    let said = read_with(Program::Dlt645Reader, &ours.place, &arguments);
    let expected = json!({
        "address": "563412907856",
        "items": {
            "00000000": 50.5,
            "00010000": 12345.67,
            "00010400": 2000.01,
            "02010100": 220.1,
            "02020100": 1.234,
            "02030000": 0.2712,
            "04000402": "000012345678",
            "04000501": "1234",
            "0400040B": null,
        },
    });
    assert_eq!(said, expected);
}

#[test]
fn the_package_dlt645_reads_our_meter_over_tcp() {
    is_read_by_dlt645(Over::Tcp);
}

#[test]
fn the_package_dlt645_reads_our_meter_over_a_serial_line() {
    is_read_by_dlt645(Over::Serial);
}

#[test]
fn our_meter_keeps_silent_when_the_package_dlt645_asks_another_one() {
    let values = [("address", "567890123456")];
    let ours = OurMeter::start(Over::Tcp, meter(MeterProtocol::Dlt645, &values));
    let asked = ["111111111111", "00010000"];
    let said = read_with(Program::Dlt645Reader, &ours.place, &asked);
    assert_eq!(said["items"], json!({ "00010000": null }));
}

fn said_by_python_dlt645(over: Over, address: &str) -> Value {
    let values = [("address", address), ("combined_total", "50.5")];
    let ours = OurMeter::start(over, meter(MeterProtocol::Dlt645, &values));
    read_with(Program::PythonDlt645Reader, &ours.place, &[])
}

#[test]
fn the_package_python_dlt645_reads_our_meter_over_tcp_and_reverses_the_address_as_we_do() {
    assert_eq!(
        said_by_python_dlt645(Over::Tcp, "567890123456"),
        json!({ "address": "567890123456", "combined_total": 50.5, "error": null })
    );
}

#[test]
fn the_package_python_dlt645_reads_our_meter_over_a_serial_line() {
    assert_eq!(
        said_by_python_dlt645(Over::Serial, "567890123456"),
        json!({ "address": "567890123456", "combined_total": 50.5, "error": null })
    );
}

#[test]
fn the_package_python_dlt645_ends_a_frame_at_any_16h_and_we_answer_by_the_standard_all_the_same() {
    let said = said_by_python_dlt645(Over::Tcp, "000000000016");
    assert_eq!(
        said,
        json!({ "address": null, "combined_total": null, "error": "IndexError" })
    );
}

fn is_read_by_iec62056_21(over: Over) {
    let values = [
        ("address", "000012345678"),
        ("forward_total", "12345.67"),
        ("forward_t1", "1000.01"),
        ("reverse_total", "8.76"),
        ("voltage_a", "220.1"),
    ];
    let ours = OurMeter::start(over, meter(MeterProtocol::Iec62056, &values));
    let said = read_with(Program::Iec62056Reader, &ours.place, &[]);
    for (code, value, unit) in [
        ("1.8.0", "012345.67", "kWh"),
        ("1.8.1", "001000.01", "kWh"),
        ("2.8.0", "000008.76", "kWh"),
        ("32.7.0", "220.1", "V"),
    ] {
        assert_eq!(
            said["items"][code],
            json!([value, unit]),
            "{code} in {said}"
        );
    }
}

#[test]
fn the_package_iec62056_21_reads_our_meter_over_tcp() {
    is_read_by_iec62056_21(Over::Tcp);
}

#[test]
fn the_package_iec62056_21_opens_the_device_anew_in_the_middle_and_reads_our_meter_all_the_same() {
    is_read_by_iec62056_21(Over::Serial);
}
