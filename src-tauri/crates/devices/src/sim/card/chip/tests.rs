//! What the card does with commands, byte by byte.

use super::*;

const SERIAL: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];
const SELECT_DF01: [u8; 7] = [0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x01];
const GET_CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];
const DONE: [u8; 2] = [0x90, 0x00];

fn issued() -> VirtualCard {
    let mut card = VirtualCard::new(CardImage {
        serial: CardSerial::from_bytes(SERIAL),
        user: (0..45).collect(),
        purse: vec![0xaa; 8],
        write_back: Vec::new(),
    });
    card.power_up();
    assert_eq!(card.apdu(&SELECT_DF01), DONE);
    card
}

fn challenge(card: &mut VirtualCard) -> [u8; 8] {
    let answer = card.apdu(&GET_CHALLENGE);
    *answer.strip_suffix(&DONE).unwrap().as_array().unwrap()
}

fn authenticate(card: &mut VirtualCard) {
    let said = testkeys::authenticate(&challenge(card), &SERIAL);
    assert_eq!(card.apdu(&external(&said)), DONE);
}

fn external(said: &[u8; 8]) -> Vec<u8> {
    [&[0x00, 0x82, 0x00, 0x02, 0x08], said.as_slice()].concat()
}

/// The command that writes these bytes, with its code over this challenge.
fn update(challenge: &[u8; 8], sfi: u8, offset: u8, data: &[u8]) -> Vec<u8> {
    let len = u8::try_from(data.len()).unwrap() + 4;
    let header = [0x04, 0xd6, 0x80 | sfi, offset, len];
    let mac = testkeys::mac(challenge, &header, data, &SERIAL);
    [&header, data, &mac].concat()
}

fn read(card: &mut VirtualCard, sfi: u8, offset: u8, len: u8) -> Vec<u8> {
    card.apdu(&[0x00, 0xb0, 0x80 | sfi, offset, len])
}

#[test]
fn the_answer_to_reset_ends_with_the_serial() {
    let atr = issued().power_up();
    assert_eq!(atr[..4], [0x3b, 0x6c, 0x00, 0x02]);
    assert!(atr.ends_with(&SERIAL));
    assert_eq!(atr.len(), 2 + 2 + 12);
}

#[test]
fn files_stand_in_df01_and_nowhere_else() {
    let mut card = issued();
    card.power_up();
    assert_eq!(read(&mut card, 1, 0, 1), [0x6a, 0x82]);
    assert_eq!(
        card.apdu(&[0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x02]),
        [0x6a, 0x82]
    );
    assert_eq!(card.apdu(&SELECT_DF01), DONE);
    assert_eq!(read(&mut card, 1, 7, 3), [7, 8, 9, 0x90, 0x00]);
    assert_eq!(read(&mut card, 3, 0, 1), [0, 0x90, 0x00]);
    assert_eq!(read(&mut card, 4, 0, 1), [0, 0x90, 0x00]);
    assert_eq!(read(&mut card, 6, 0, 1), [0x6a, 0x82]);
}

#[test]
fn a_read_beyond_the_end_is_told_the_right_length_or_that_there_is_nothing() {
    let mut card = issued();
    assert_eq!(read(&mut card, 2, 6, 3), [0x6c, 2]);
    assert_eq!(read(&mut card, 2, 0, 0).len(), 8 + 2);
    assert_eq!(read(&mut card, 2, 8, 1), [0x6b, 0x00]);
}

#[test]
fn file_1_of_a_card_nobody_issued_is_outside_until_something_is_stored_in_it() {
    let mut card = VirtualCard::blank(CardSerial::from_bytes(SERIAL));
    card.power_up();
    card.apdu(&SELECT_DF01);
    assert_eq!(read(&mut card, 1, 0, 45), [0x6b, 0x00]);
    authenticate(&mut card);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 1, 1, &[7])), DONE);
    assert_eq!(read(&mut card, 1, 0, 3), [0, 7, 0, 0x90, 0x00]);
    assert_eq!(card.image().user.len(), 45);
}

#[test]
fn nothing_is_written_without_authentication() {
    let mut card = issued();
    let before = card.image().clone();
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1])), [0x69, 0x82]);
    assert_eq!(*card.image(), before);
}

#[test]
fn authentication_ends_with_the_power_and_with_another_selection() {
    let mut card = issued();
    authenticate(&mut card);
    card.apdu(&SELECT_DF01);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1])), [0x69, 0x82]);
    authenticate(&mut card);
    card.power_up();
    card.apdu(&SELECT_DF01);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1])), [0x69, 0x82]);
}

#[test]
fn a_write_needs_the_code_over_its_own_bytes_and_the_challenge_just_drawn() {
    let mut card = issued();
    authenticate(&mut card);
    let before = card.image().clone();

    let mut wrong = update(&challenge(&mut card), 2, 0, &[1, 2]);
    wrong[5] ^= 1;
    assert_eq!(card.apdu(&wrong), [0x69, 0x88]);

    let drawn = challenge(&mut card);
    read(&mut card, 2, 0, 1);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1, 2])), [0x69, 0x85]);
    assert_eq!(*card.image(), before);

    let drawn = challenge(&mut card);
    let right = update(&drawn, 2, 0, &[1, 2]);
    assert_eq!(card.apdu(&right), DONE);
    assert_eq!(card.image().purse[..3], [1, 2, 0xaa]);
    assert_eq!(card.apdu(&right), [0x69, 0x85], "a code is good once");
    let stale = challenge(&mut card);
    assert_ne!(stale, drawn);
    assert_eq!(card.apdu(&right), [0x69, 0x88]);
}

#[test]
fn a_short_challenge_is_filled_with_00_for_the_code() {
    let mut card = issued();
    authenticate(&mut card);
    let answer = card.apdu(&[0x00, 0x84, 0x00, 0x00, 0x04]);
    assert_eq!(answer.len(), 4 + 2);
    let mut drawn = [0; 8];
    drawn[..4].copy_from_slice(&answer[..4]);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1])), DONE);
}

#[test]
fn a_write_stays_within_its_file() {
    let mut card = issued();
    authenticate(&mut card);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 7, &[1, 2])), [0x6b, 0x00]);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 7, &[1])), DONE);
}

#[test]
fn wrong_answers_cost_tries_until_the_card_is_blocked_and_a_right_one_gives_them_back() {
    let mut card = issued();
    challenge(&mut card);
    assert_eq!(card.apdu(&external(&[0; 8])), [0x63, 0xc2]);
    authenticate(&mut card);
    assert_eq!(card.tries(), 3);
    for left in [0xc2, 0xc1, 0xc0] {
        challenge(&mut card);
        assert_eq!(card.apdu(&external(&[0; 8])), [0x63, left]);
    }
    card.power_up();
    card.apdu(&SELECT_DF01);
    let drawn = challenge(&mut card);
    let right = testkeys::authenticate(&drawn, &SERIAL);
    assert_eq!(card.apdu(&external(&right)), [0x69, 0x83]);
}

#[test]
fn an_answer_without_a_challenge_costs_no_try() {
    let mut card = issued();
    assert_eq!(card.apdu(&external(&[0; 8])), [0x69, 0x85]);
    assert_eq!(card.tries(), 3);
}

#[test]
fn the_card_proves_itself_with_its_own_key() {
    let mut card = issued();
    let asked = [9; 8];
    let command = [&[0x00, 0x88, 0x00, 0x01, 0x08], asked.as_slice()].concat();
    let proof = testkeys::authenticate(&asked, &SERIAL);
    assert_eq!(card.apdu(&command), [&proof[..], &DONE].concat());
}

#[test]
fn with_t0_answers_are_fetched_and_lengths_are_exact() {
    let mut card = issued().with_t0();
    let command = [0x00, 0x88, 0x00, 0x01, 0x08, 9, 9, 9, 9, 9, 9, 9, 9];
    assert_eq!(card.apdu(&command), [0x61, 8]);
    assert_eq!(card.apdu(&[0x00, 0xc0, 0x00, 0x00, 0x00]), [0x6c, 8]);
    let proof = testkeys::authenticate(&[9; 8], &SERIAL);
    assert_eq!(
        card.apdu(&[0x00, 0xc0, 0x00, 0x00, 0x08]),
        [&proof[..], &DONE].concat()
    );
    assert_eq!(card.apdu(&[0x00, 0xc0, 0x00, 0x00, 0x08]), [0x69, 0x85]);
    assert_eq!(read(&mut card, 2, 0, 0), [0x6c, 8]);
    assert_eq!(card.apdu(&SELECT_DF01), [0x61, 6]);
}

#[test]
fn what_is_no_command_of_the_card_is_said_to_be_none() {
    let mut card = issued();
    assert_eq!(card.apdu(&[0x00, 0xca, 0x00, 0x00, 0x00]), [0x6d, 0x00]);
    assert_eq!(card.apdu(&[0x80, 0xca, 0x00, 0x00, 0x00]), [0x6e, 0x00]);
    assert_eq!(card.apdu(&[0x04, 0xb0, 0x81, 0x00, 0x01]), [0x6e, 0x00]);
    let plain = [0x00, 0xd6, 0x81, 0x00, 0x01, 0x00];
    assert_eq!(card.apdu(&plain), [0x6e, 0x00]);
    for short in [&[][..], &[0x00, 0xa4, 0x00], &[0x00, 0xa4, 0, 0, 2, 0xdf]] {
        assert_eq!(card.apdu(short), [0x67, 0x00]);
    }
}

#[test]
fn a_bad_cell_holds_what_it_holds_and_a_worn_out_card_says_so() {
    let mut card = issued().with_bad_cell(BadCell {
        sfi: 2,
        offset: 1,
        holds: 0x55,
    });
    authenticate(&mut card);
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[1, 2, 3])), DONE);
    assert_eq!(card.image().purse[..4], [1, 0x55, 3, 0xaa]);

    let mut card = card.read_only();
    let drawn = challenge(&mut card);
    assert_eq!(card.apdu(&update(&drawn, 2, 0, &[9])), [0x65, 0x81]);
    assert_eq!(card.image().purse[0], 1);
}
