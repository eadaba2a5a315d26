//! What a session sends, what it makes of each status, and when it sends nothing more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use domain::LAYOUTS;

use super::*;
use crate::card::{CardIdent, SecurityError};

const OK: &[u8] = &[0x90, 0x00];
const CHALLENGE: &[u8] = &[1, 2, 3, 4, 5, 6, 7, 8, 0x90, 0x00];

/// A card that gives prepared answers; without any left it is cut off.
#[derive(Clone, Default)]
struct Script(Arc<Mutex<Prepared>>);

#[derive(Default)]
struct Prepared {
    answers: VecDeque<Vec<u8>>,
    sent: Vec<Vec<u8>>,
    resets: VecDeque<u8>,
}

struct Scripted(Script, CardIdent);

impl Script {
    /// An opened card that goes on with these answers.
    fn opened(answers: &[&[u8]]) -> (OpenCard, Self) {
        let script = Self::default();
        script.goes_on(&[OK, OK]);
        let card = script.open().unwrap();
        script.0.lock().unwrap().sent.clear();
        script.goes_on(answers);
        (card, script)
    }

    fn open(&self) -> Result<OpenCard, CardError> {
        let scripted = Scripted(self.clone(), ident(1));
        OpenCard::open(Box::new(scripted), &LAYOUTS[0])
    }

    fn goes_on(&self, answers: &[&[u8]]) {
        let owned = answers.iter().map(|answer| answer.to_vec());
        self.0.lock().unwrap().answers.extend(owned);
    }

    /// A reset finds the card of that serial, once.
    fn resets_to(&self, serial: u8) {
        self.0.lock().unwrap().resets.push_back(serial);
    }

    fn sent(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap().sent.clone()
    }
}

impl CardTransport for Scripted {
    fn ident(&self) -> &CardIdent {
        &self.1
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let mut prepared = self.0.0.lock().unwrap();
        prepared.sent.push(apdu.to_vec());
        prepared
            .answers
            .pop_front()
            .ok_or(LinkError::OutcomeUnknown)
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        let serial = self.0.0.lock().unwrap().resets.pop_front();
        serial.map(ident).ok_or(LinkError::NoCard)
    }
}

fn ident(serial: u8) -> CardIdent {
    CardIdent {
        atr: Vec::new(),
        serial: CardSerial::from_bytes([serial; 8]),
    }
}

/// Keys whose every answer is the same, or none.
struct Keys(Option<u8>);

impl SecurityModule for Keys {
    fn authenticate(&mut self, _: &Challenge, _: &CardSerial) -> Result<[u8; 8], SecurityError> {
        self.0.map(|byte| [byte; 8]).ok_or_else(absent)
    }

    fn mac(
        &mut self,
        _: &Challenge,
        _: &[u8; 5],
        _: &[u8],
        _: &CardSerial,
    ) -> Result<[u8; 4], SecurityError> {
        self.0.map(|byte| [byte; 4]).ok_or_else(absent)
    }
}

fn absent() -> SecurityError {
    SecurityError::Absent { why: String::new() }
}

#[test]
fn opening_selects_root_and_prepaid_folder_and_nothing_else() {
    let script = Script::default();
    script.goes_on(&[OK, &[0x6F, 0x00, 0x90, 0x00]]);
    assert_eq!(
        script.open().unwrap().serial(),
        CardSerial::from_bytes([1; 8])
    );
    assert_eq!(
        script.sent(),
        [
            [0x00, 0xA4, 0x00, 0x00, 0x02, 0x3F, 0x00],
            [0x00, 0xA4, 0x00, 0x00, 0x02, 0xDF, 0x01]
        ]
    );
}

#[test]
fn a_card_without_the_prepaid_folder_is_not_ours() {
    let script = Script::default();
    script.goes_on(&[OK, &[0x6A, 0x82]]);
    assert!(matches!(
        script.open(),
        Err(CardError::Link(LinkError::NotOurs))
    ));
}

#[test]
fn a_file_is_what_its_table_says_and_no_more() {
    let purse: Vec<u8> = (1..=9).chain([0x90, 0x00]).collect();
    let (mut card, script) = Script::opened(&[&purse]);
    assert_eq!(
        card.read_file(CardFile::Purse).unwrap(),
        [1, 2, 3, 4, 5, 6, 7, 8]
    );
    assert_eq!(script.sent(), [[0x00, 0xB0, 0x82, 0x00, 0x08]]);
}

#[test]
fn a_file_that_ends_early_is_short_whether_the_card_says_so_or_not() {
    for status in [[0x90, 0x00], [0x62, 0x82]] {
        let (mut card, _) = Script::opened(&[&[&[7; 5][..], &status].concat()]);
        assert!(matches!(
            card.read_file(CardFile::Purse),
            Err(CardError::ShortFile {
                file: CardFile::Purse,
                expected: 8,
                found: 5,
            })
        ));
    }
}

#[test]
fn a_file_nobody_issued_is_empty_and_a_missing_one_is_an_error() {
    let (mut card, _) = Script::opened(&[&[0x6B, 0x00], &[0x6A, 0x82]]);
    assert!(card.read_file(CardFile::User).unwrap().is_empty());
    assert!(matches!(
        card.read_file(CardFile::User),
        Err(CardError::Unexpected {
            command: Command::Read(CardFile::User),
            status: 0x6A82,
        })
    ));
}

#[test]
fn a_card_is_asked_once_for_its_trust_and_never_again_after_a_no() {
    for (status, code) in [
        ([0x63, 0xC2], "card_refuses_keys"),
        ([0x63, 0xC0], "card_blocked"),
        ([0x69, 0x83], "card_blocked"),
        ([0x69, 0x85], "card_unexpected_status"),
        ([0x63, 0x00], "card_unexpected_status"),
    ] {
        let (mut card, script) = Script::opened(&[CHALLENGE, &status, CHALLENGE, OK]);
        for _ in 0..3 {
            let error = card.authenticate(&mut Keys(Some(9))).unwrap_err();
            assert_eq!(error.code(), code);
        }
        assert_eq!(script.sent().len(), 2, "{status:02X?}");
    }
}

#[test]
fn how_many_tries_are_left_is_told() {
    let (mut card, _) = Script::opened(&[CHALLENGE, &[0x63, 0xC1]]);
    let error = card.authenticate(&mut Keys(Some(9))).unwrap_err();
    assert!(matches!(
        error,
        CardError::AuthenticationRefused { tries_left: 1 }
    ));
}

#[test]
fn a_card_that_trusts_us_is_not_asked_again() {
    let (mut card, script) = Script::opened(&[CHALLENGE, OK]);
    card.authenticate(&mut Keys(Some(9))).unwrap();
    card.authenticate(&mut Keys(None)).unwrap();
    assert_eq!(
        script.sent()[1],
        [&[0, 0x82, 0, 2, 8][..], &[9; 8]].concat()
    );
    assert_eq!(script.sent().len(), 2);
}

#[test]
fn without_keys_no_try_is_spent_and_keys_that_come_later_may_be_used() {
    let (mut card, script) = Script::opened(&[CHALLENGE, CHALLENGE, OK]);
    let error = card.authenticate(&mut Keys(None)).unwrap_err();
    assert_eq!(error.code(), "security_absent");
    assert_eq!(script.sent().len(), 1);
    card.authenticate(&mut Keys(Some(9))).unwrap();
}

#[test]
fn an_update_is_one_challenge_and_one_command_that_ends_with_its_mac() {
    let (mut card, script) = Script::opened(&[CHALLENGE, OK]);
    card.update(CardFile::User, 1, &[0x68, 0x69], &mut Keys(Some(7)))
        .unwrap();
    assert_eq!(
        script.sent(),
        [
            vec![0x00, 0x84, 0x00, 0x00, 0x08],
            vec![0x04, 0xD6, 0x81, 0x01, 0x06, 0x68, 0x69, 7, 7, 7, 7]
        ]
    );
}

#[test]
fn each_refusal_of_an_update_has_its_own_name() {
    for (status, code) in [
        ([0x69, 0x82], "card_not_authenticated"),
        ([0x69, 0x83], "card_blocked"),
        ([0x69, 0x88], "card_refuses_mac"),
        ([0x69, 0x89], "card_refuses_mac"),
        ([0x65, 0x81], "card_unexpected_status"),
        ([0x6B, 0x00], "card_unexpected_status"),
    ] {
        let (mut card, _) = Script::opened(&[CHALLENGE, &status]);
        let error = card
            .update(CardFile::Purse, 0, &[1; 8], &mut Keys(Some(7)))
            .unwrap_err();
        assert_eq!(error.code(), code, "{status:02X?}");
    }
}

#[test]
fn an_update_that_is_not_one_command_is_not_begun() {
    let (mut card, script) = Script::opened(&[]);
    for (offset, len) in [(0, 0), (0, 252), (256, 1)] {
        let error = card
            .update(CardFile::User, offset, &vec![0; len], &mut Keys(Some(7)))
            .unwrap_err();
        assert_eq!(error.code(), "card_out_of_reach");
    }
    assert_eq!(script.sent().len(), 0);
}

#[test]
fn a_challenge_of_another_length_is_not_answered() {
    let (mut card, script) = Script::opened(&[&[1, 2, 3, 4, 0x90, 0x00]]);
    let error = card.authenticate(&mut Keys(Some(9))).unwrap_err();
    assert!(matches!(
        error,
        CardError::BadAnswer {
            command: Command::GetChallenge,
            expected: 8,
            found: 4
        }
    ));
    assert_eq!(script.sent().len(), 1);
}

#[test]
fn after_a_cut_nothing_is_sent_until_the_same_card_answered_to_reset() {
    let cuts: [&[&[u8]]; 2] = [&[], &[&[0x90]]];
    for torn in cuts {
        let (mut card, script) = Script::opened(torn);
        for _ in 0..3 {
            let error = card.read_file(CardFile::User).unwrap_err();
            assert_eq!(error.code(), "card_outcome_unknown");
            let error = card.authenticate(&mut Keys(Some(9))).unwrap_err();
            assert_eq!(error.code(), "card_outcome_unknown");
        }
        assert_eq!(script.sent().len(), 1);

        assert_eq!(card.reset().unwrap_err().code(), "card_missing");
        assert_eq!(script.sent().len(), 1, "nothing is sent to an empty reader");

        script.resets_to(1);
        script.goes_on(&[OK, OK, &[0x6B, 0x00]]);
        card.reset().unwrap();
        assert!(card.read_file(CardFile::User).unwrap().is_empty());
    }
}

#[test]
fn a_reset_takes_the_trust_away() {
    let (mut card, script) = Script::opened(&[CHALLENGE, OK]);
    card.authenticate(&mut Keys(Some(9))).unwrap();
    script.resets_to(1);
    script.goes_on(&[OK, OK, CHALLENGE, OK]);
    card.reset().unwrap();
    card.authenticate(&mut Keys(Some(9))).unwrap();
    assert_eq!(script.sent().len(), 6);
}

#[test]
fn nothing_is_ever_sent_to_a_card_that_came_instead() {
    let (mut card, script) = Script::opened(&[]);
    script.resets_to(2);
    assert!(matches!(
        card.reset(),
        Err(CardError::Swapped { was, now })
            if was == CardSerial::from_bytes([1; 8]) && now == CardSerial::from_bytes([2; 8])
    ));
    script.goes_on(&[OK, OK, OK]);
    assert_eq!(card.read().unwrap_err().code(), "card_outcome_unknown");
    assert_eq!(script.sent().len(), 0);

    script.resets_to(1);
    card.reset().unwrap();
}

#[test]
fn only_the_card_that_is_wanted_will_do() {
    let (card, _) = Script::opened(&[]);
    card.must_be(CardSerial::from_bytes([1; 8])).unwrap();
    assert!(matches!(
        card.must_be(CardSerial::from_bytes([2; 8])),
        Err(CardError::WrongCard { wanted, found })
            if wanted == CardSerial::from_bytes([2; 8]) && found == card.serial()
    ));
}
