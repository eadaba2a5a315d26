//! `metercrew meter`: our reader against our meter, each a program of its own, on a real pty and by TCP.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use super::metercrew;

/// A meter that is ended when the test is.
struct Meter {
    program: Child,
    port: String,
}

impl Meter {
    fn at(port: &str, more: &[&str]) -> Self {
        let mut program = Command::new(env!("CARGO_BIN_EXE_metercrew"))
            .args(["meter", "simulate", "--json", "--port", port])
            .args(more)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let said = program.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).unwrap();
        let port = said["port"].as_str().unwrap().to_owned();
        Self { program, port }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.program.kill().unwrap();
        self.program.wait().unwrap();
    }
}

fn value(read: &Value, id: &str) -> String {
    let items = read["items"].as_array().unwrap();
    let item = items.iter().find(|item| item["id"] == id).unwrap();
    match item["status"].as_str().unwrap() {
        "read" => item["value"].as_str().unwrap().to_owned(),
        "refused" => format!("refused {}", item["why"].as_str().unwrap()),
        other => other.to_owned(),
    }
}

#[test]
fn a_meter_of_each_language_is_read_over_a_pty() {
    for (protocol, overdraft) in [
        ("dlt645", "0.00"),
        ("dlt645-1997", "refused not_in_protocol"),
        ("dlt698", "0.00"),
        ("iec62056-21", "refused not_in_protocol"),
    ] {
        let set = ["--protocol", protocol, "--set", "forward_total=6916.25"];
        let meter = Meter::at("pty", &set);
        let said = metercrew([
            "meter",
            "read",
            "--json",
            "--protocol",
            protocol,
            "--port",
            &meter.port,
        ]);
        assert_eq!(said.code, 0, "{protocol}: {}", said.err);
        let read = said.object();
        assert_eq!(read["protocol"], protocol);
        assert_eq!(value(&read, "forward_total"), "6916.25", "{protocol}");
        assert_eq!(value(&read, "overdraft"), overdraft, "{protocol}");
        assert_eq!(read["items"][0]["unit"], "kWh");
        assert!(read["wire_ms"].as_u64().unwrap() > 0);
    }
}

#[test]
fn an_unknown_meter_behind_a_serial_server_is_read_and_a_person_gets_a_table() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = format!("tcp://{}", free.local_addr().unwrap());
    drop(free);
    let meter = Meter::at(
        &port,
        &["--protocol", "dlt698", "--set", "address=000000000042"],
    );
    let said = metercrew([
        "meter",
        "read",
        "--port",
        &meter.port,
        "--item",
        "forward_total",
    ]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(
        said.out.starts_with("dlt698 meter 000000000042"),
        "{}",
        said.out
    );
    assert!(said.out.contains("forward_total"), "{}", said.out);
    assert!(said.out.contains("12345.67 kWh"), "{}", said.out);
    assert_eq!(said.out.lines().count(), 2, "only what was asked for");
}

#[test]
fn what_the_meter_refuses_is_told_and_when_it_refuses_all_the_exit_is_1() {
    let meter = Meter::at("pty", &["--set", "access=gated"]);
    let read = |items: &[&str]| {
        let common = [
            "meter",
            "read",
            "--json",
            "--protocol",
            "dlt645",
            "--port",
            &meter.port,
        ];
        metercrew(common.iter().chain(items))
    };
    let some = read(&["--item", "forward_total", "--item", "asset_no"]);
    assert_eq!(some.code, 0, "{}", some.err);
    assert_eq!(value(&some.object(), "asset_no"), "refused not_authorised");
    assert_eq!(value(&some.object(), "forward_total"), "12345.67");
    assert_eq!(read(&["--item", "asset_no"]).code, 1);
}

#[test]
fn a_trace_shows_each_frame_with_its_meaning() {
    let meter = Meter::at(
        "pty",
        &[
            "--set",
            "address=000000000001",
            "--set",
            "forward_total=202106.26",
        ],
    );
    let one = ["--protocol", "dlt645", "--item", "forward_total", "--trace"];
    let said = metercrew(["meter", "read", "--port", &meter.port].iter().chain(&one));
    assert_eq!(said.code, 0, "{}", said.err);
    // frames 1 and 7 of the public ones, and what they mean
    for part in [
        "FE FE FE FE 68 AA AA AA AA AA AA 68 13 00 DF 16",
        "68 01 00 00 00 00 00 68 91 08 33 33 34 33 59 39 54 53 70 16",
        "forward_total",
        "202106.26 kWh",
    ] {
        assert!(said.err.contains(part), "{part} in {}", said.err);
    }
}

#[test]
fn each_way_a_line_fails_has_its_code_exit_and_next_step() {
    let silent = Meter::at("pty", &["--fault", "silent"]);
    let loose = Meter::at("pty", &["--fault", "unplug=9"]);
    let wanted = ["--protocol", "dlt645", "--address", "112233445566"];
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = format!("tcp://{}", free.local_addr().unwrap());
    drop(free);
    for (port, error, exit) in [
        (silent.port.as_str(), "meter_silent", 3),
        (loose.port.as_str(), "port_gone", 3),
        (nobody.as_str(), "port_not_found", 3),
        ("/dev/no-such-line", "port_not_found", 3),
        ("udp://here:1", "port_bad_name", 2),
    ] {
        let common = ["meter", "read", "--json", "--port", port];
        let said = metercrew(common.iter().chain(&wanted));
        let failure = said.object();
        assert_eq!(failure["error"], error, "{port}");
        assert_eq!(said.code, exit, "{port}");
        assert!(!failure["next"].as_str().unwrap().is_empty(), "{port}");
    }
}

#[test]
fn a_simulated_meter_has_only_what_it_can_have() {
    for (wrong, why) in [
        (["--set", "forward_total=many"], "many"),
        (["--set", "colour=red"], "colour"),
        (["--fault", "gremlins"], "gremlins"),
    ] {
        let common = ["meter", "simulate", "--json", "--port", "pty"];
        let said = metercrew(common.iter().chain(&wrong));
        assert_eq!(said.code, 2, "{wrong:?}");
        let failure = said.object();
        assert_eq!(failure["error"], "bad_meter", "{wrong:?}");
        assert!(
            failure["message"].as_str().unwrap().contains(why),
            "{wrong:?}"
        );
    }
}

#[test]
fn the_time_is_sent_to_every_meter_and_a_meter_takes_it() {
    let meter = Meter::at("pty", &["--set", "clock=2020-01-01T00:00:00!"]);
    let tell = || {
        let sent = metercrew(["meter", "broadcast-time", "--json", "--port", &meter.port]);
        assert_eq!(sent.code, 0, "{}", sent.err);
        sent.object()["clock"].as_str().unwrap().to_owned()
    };
    let before = tell();
    let one = ["--protocol", "dlt645", "--item", "clock"];
    let said = metercrew(
        ["meter", "read", "--json", "--port", &meter.port]
            .iter()
            .chain(&one),
    );
    let read = value(&said.object(), "clock");
    let after = tell();
    assert!(before <= read && read <= after, "{before} {read} {after}");
}
