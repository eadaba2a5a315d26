//! A module spoken to with configured commands gives what its keys give, and is never pestered.

use super::*;
use crate::card::TestKeys;
use crate::sim::psam::VirtualPsam;

const PIN: &[u8] = &[0x12, 0x34, 0x56];
const CHALLENGE: Challenge = [8, 7, 6, 5, 4, 3, 2, 1];
const HEADER: [u8; 5] = [0x04, 0xD6, 0x81, 0x00, 0x08];

fn serial() -> CardSerial {
    CardSerial::from_bytes([0xA5; 8])
}

fn psam(module: &VirtualPsam, pin: &[u8]) -> Psam<VirtualPsam> {
    let commands = VirtualPsam::commands().unwrap();
    Psam::new(module.clone(), commands, Some(Pin::new(pin.to_vec()))).unwrap()
}

#[test]
fn a_module_gives_the_answers_and_macs_of_its_keys() {
    let mut psam = psam(&VirtualPsam::new(PIN), PIN);
    assert_eq!(
        psam.authenticate(&CHALLENGE, &serial()).unwrap(),
        TestKeys.authenticate(&CHALLENGE, &serial()).unwrap()
    );
    // through lengths that leave one byte of a block, none, and a block more
    for len in 1..=60 {
        let data = vec![0x68; len];
        assert_eq!(
            psam.mac(&CHALLENGE, &HEADER, &data, &serial()).unwrap(),
            TestKeys.mac(&CHALLENGE, &HEADER, &data, &serial()).unwrap(),
            "{len} bytes"
        );
    }
}

#[test]
fn a_module_is_opened_once() {
    let module = VirtualPsam::new(PIN);
    let mut psam = psam(&module, PIN);
    assert_eq!(module.heard(), 0);
    for _ in 0..3 {
        psam.authenticate(&CHALLENGE, &serial()).unwrap();
    }
    assert_eq!(module.heard(), 2 + 3 * 2);
}

#[test]
fn a_wrong_pin_is_sent_once_and_never_again() {
    let module = VirtualPsam::new(PIN);
    let mut psam = psam(&module, &[0x99]);
    for _ in 0..5 {
        let said = psam.authenticate(&CHALLENGE, &serial()).unwrap_err();
        assert!(matches!(&said, SecurityError::Refused { why } if why.contains("63C2")));
    }
    assert_eq!(module.tries(), 2);
}

#[test]
fn a_module_that_was_pulled_is_cut_off_then_absent_then_opened_anew() {
    let module = VirtualPsam::new(PIN);
    let mut psam = psam(&module, PIN);
    psam.authenticate(&CHALLENGE, &serial()).unwrap();
    module.pull();
    let mut mac = || psam.mac(&CHALLENGE, &HEADER, &[1], &serial());
    assert!(matches!(mac(), Err(SecurityError::CutOff { .. })));
    assert!(matches!(mac(), Err(SecurityError::Absent { .. })));
    module.put_back();
    assert!(mac().is_ok());
}

#[test]
fn a_module_that_wants_a_pin_is_absent_without_one() {
    let commands = VirtualPsam::commands().unwrap();
    let without = Psam::new(VirtualPsam::new(PIN), commands, None);
    assert!(matches!(without, Err(SecurityError::Absent { .. })));
}

#[test]
fn an_answer_too_short_for_its_result_is_refused_not_filled_up() {
    let mut commands = VirtualPsam::commands().unwrap();
    commands.authenticate.answer_at = 1;
    commands.mac.answer_at = usize::MAX;
    let pin = Some(Pin::new(PIN.to_vec()));
    let mut psam = Psam::new(VirtualPsam::new(PIN), commands, pin).unwrap();
    for said in [
        psam.authenticate(&CHALLENGE, &serial()).map(drop),
        psam.mac(&CHALLENGE, &HEADER, &[1], &serial()).map(drop),
    ] {
        assert!(matches!(said, Err(SecurityError::Refused { .. })));
    }
}

#[test]
fn a_pin_is_never_shown() {
    assert_eq!(format!("{:?}", Pin::new(PIN.to_vec())), "Pin(…)");
}
