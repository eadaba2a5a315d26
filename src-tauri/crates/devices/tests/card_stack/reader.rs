//! `scripts/with-reader` and `in_own_reader` themselves.

use std::fs;
use std::io::{BufRead, BufReader};
use std::panic::catch_unwind;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use metercrew_devices::sim::card::in_own_reader;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../scripts/with-reader");

#[test]
fn a_commands_exit_code_comes_through() {
    let ran = Command::new(SCRIPT).args(["sh", "-c", "exit 7"]).status();
    assert_eq!(ran.unwrap().code(), Some(7));
}

#[test]
fn a_killed_command_takes_its_daemon_with_it() {
    let mut command = Command::new(SCRIPT)
        .args(["sh", "-c", "cat /run/pcscd/pcscd.pid; echo; read on"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = BufReader::new(command.stdout.take().unwrap()).lines();
    let daemon: u32 = said.next().unwrap().unwrap().trim().parse().unwrap();
    assert!(is_alive(daemon));
    command.kill().unwrap();
    command.wait().unwrap();
    for _ in 0..1000 {
        if !is_alive(daemon) {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    panic!("the daemon {daemon} lives on");
}

/// Whether that process is a daemon still: neither gone nor waiting to be buried.
fn is_alive(process: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status.contains("Name:\tpcscd") && !status.contains("State:\tZ")
}

#[test]
fn a_test_that_is_not_there_does_not_pass() {
    assert!(catch_unwind(|| in_own_reader("reader::not_there", || {})).is_err());
}
