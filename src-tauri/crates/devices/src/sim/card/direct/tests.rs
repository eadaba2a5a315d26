//! A card in its slot: who has it, and what happens to it there.

use domain::{CardImage, CardSerial};

use super::*;
use crate::sim::card::{At, Fault, Memory, Tear, VirtualCard};

const SERIAL: CardSerial = CardSerial::from_bytes([1, 2, 3, 4, 5, 6, 7, 8]);
const OTHER: CardSerial = CardSerial::from_bytes([8; 8]);
const SELECT_DF01: [u8; 7] = [0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x01];
const GET_CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];
const DONE: [u8; 2] = [0x90, 0x00];
const NEW: [u8; 4] = [1, 2, 3, 4];

fn card(serial: CardSerial) -> VirtualCard {
    VirtualCard::new(CardImage {
        serial,
        user: vec![0x68; 45],
        purse: Vec::new(),
        write_back: Vec::new(),
    })
}

fn reader() -> (DirectCards, Slot) {
    let slot = Slot::with(card(SERIAL));
    (DirectCards::new([slot.clone()]), slot)
}

fn connect(cards: &DirectCards) -> Result<Box<dyn CardTransport>, LinkError> {
    cards.connect(None, Duration::ZERO)
}

/// Selects and authenticates.
fn open(link: &mut dyn CardTransport) -> Result<(), LinkError> {
    link.transmit(&SELECT_DF01)?;
    let drawn = draw(link)?;
    let said = testkeys::authenticate(&drawn, link.ident().serial.as_bytes());
    let command = [&[0x00, 0x82, 0x00, 0x02, 0x08], said.as_slice()].concat();
    assert_eq!(link.transmit(&command)?, DONE);
    Ok(())
}

fn draw(link: &mut dyn CardTransport) -> Result<[u8; 8], LinkError> {
    let answer = link.transmit(&GET_CHALLENGE)?;
    Ok(*answer.strip_suffix(&DONE).unwrap().as_array().unwrap())
}

/// Writes NEW to the front of the purse.
fn write(link: &mut dyn CardTransport) -> Result<Vec<u8>, LinkError> {
    let drawn = draw(link)?;
    let header = [0x04, 0xd6, 0x82, 0x00, 0x08];
    let mac = testkeys::mac(&drawn, &header, &NEW, link.ident().serial.as_bytes());
    link.transmit(&[&header, &NEW[..], &mac].concat())
}

#[test]
fn a_card_is_one_connections_alone_until_that_is_dropped() {
    let (cards, _) = reader();
    let first = connect(&cards).unwrap();
    assert_eq!(first.ident().serial, SERIAL);
    assert!(matches!(connect(&cards), Err(LinkError::Busy)));
    drop(first);
    assert!(connect(&cards).is_ok());
}

#[test]
fn no_reader_no_card_no_answer_and_no_card_of_ours_are_told_apart() {
    let none = DirectCards::new([]);
    assert!(matches!(connect(&none), Err(LinkError::NoReader)));
    let (cards, slot) = reader();
    let strange = ReaderName("another".to_owned());
    let found = cards.connect(Some(&strange), Duration::ZERO);
    assert!(matches!(found, Err(LinkError::NoReader)));
    slot.remove();
    assert!(matches!(connect(&cards), Err(LinkError::NoCard)));
    slot.insert(card(SERIAL).with_atr(Vec::new()));
    assert!(matches!(connect(&cards), Err(LinkError::Mute)));
    slot.insert(card(SERIAL).with_atr(vec![0x3b, 0x02, 0x14, 0x50]));
    assert!(matches!(connect(&cards), Err(LinkError::NotOurs)));
    assert!(matches!(connect(&cards), Err(LinkError::NotOurs)));
}

#[test]
fn the_reader_asked_for_is_the_one_that_is_looked_into() {
    let cards = DirectCards::new([Slot::with(card(SERIAL)), Slot::with(card(OTHER))]);
    let readers = cards.readers().unwrap();
    let second = cards.connect(readers.get(1), Duration::ZERO).unwrap();
    assert_eq!(second.ident().serial, OTHER);
}

#[test]
fn a_card_put_in_while_somebody_waits_is_found() {
    let (cards, slot) = reader();
    let taken = slot.remove().unwrap();
    let putting = thread::spawn(move || slot.insert(taken));
    let found = cards.connect(None, Duration::from_secs(10));
    putting.join().unwrap();
    assert!(found.is_ok());
}

#[test]
fn whatever_tears_a_write_leaves_old_half_or_new_bytes_and_nobody_knows_which() {
    let stored = |tear| match tear {
        Tear::Before => [0, 0, 0, 0],
        Tear::FirstHalf => [1, 2, 0, 0],
        Tear::SecondHalf => [0, 0, 3, 4],
        Tear::AnswerLost | Tear::Answered => NEW,
    };
    for tear in Tear::ALL {
        let (cards, slot) = reader();
        let mut link = connect(&cards).unwrap();
        open(&mut *link).unwrap();
        slot.plan(At::Update(0), Fault::Tear(tear));
        let heard = write(&mut *link);
        if tear == Tear::Answered {
            assert_eq!(heard.unwrap(), DONE);
        } else {
            assert!(matches!(heard, Err(LinkError::OutcomeUnknown)), "{tear:?}");
        }
        assert_eq!(slot.image().unwrap().purse[..4], stored(tear), "{tear:?}");
        let next = link.transmit(&GET_CHALLENGE);
        assert!(matches!(next, Err(LinkError::OutcomeUnknown)), "{tear:?}");
        assert!(matches!(link.reset(), Err(LinkError::NoCard)), "{tear:?}");
        assert!(matches!(connect(&cards), Err(LinkError::NoCard)));
        assert!(slot.put_back());
        assert_eq!(link.reset().unwrap().serial, SERIAL);
        let next = write(&mut *link);
        assert_eq!(next.unwrap(), [0x6a, 0x82], "all rights are gone");
    }
}

#[test]
fn a_fault_happens_at_the_command_it_was_planned_for() {
    let (cards, slot) = reader();
    let mut link = connect(&cards).unwrap();
    slot.plan(At::Command(2), Fault::Tear(Tear::Before));
    assert!(link.transmit(&SELECT_DF01).is_ok());
    assert!(link.transmit(&GET_CHALLENGE).is_ok());
    assert!(link.transmit(&GET_CHALLENGE).is_err());
    assert_eq!((slot.commands(), slot.updates()), (3, 0));
}

#[test]
fn a_silent_card_speaks_again_after_a_reset() {
    let (cards, slot) = reader();
    let mut link = connect(&cards).unwrap();
    open(&mut *link).unwrap();
    slot.plan(At::Update(0), Fault::Silence);
    assert!(matches!(write(&mut *link), Err(LinkError::OutcomeUnknown)));
    let next = link.transmit(&GET_CHALLENGE);
    assert!(matches!(next, Err(LinkError::OutcomeUnknown)));
    assert_eq!(slot.image().unwrap().purse[..4], NEW);
    assert_eq!(link.reset().unwrap().serial, SERIAL);
    assert!(link.transmit(&GET_CHALLENGE).is_ok());
}

#[test]
fn a_card_swapped_within_a_poll_is_another_card_after_the_reset() {
    let (cards, slot) = reader();
    let mut link = connect(&cards).unwrap();
    slot.plan(At::Command(0), Fault::Swap(Box::new(card(OTHER))));
    assert!(link.transmit(&SELECT_DF01).is_ok());
    let next = link.transmit(&GET_CHALLENGE);
    assert!(matches!(next, Err(LinkError::OutcomeUnknown)));
    assert_eq!(link.reset().unwrap().serial, OTHER);
    assert_eq!(link.ident().serial, OTHER);
}

#[test]
fn what_t0_leaves_to_the_sender_is_done_below_the_transport() {
    let slot = Slot::with(card(SERIAL).with_t0());
    let mut link = connect(&DirectCards::new([slot])).unwrap();
    let template = [0x6f, 0x04, 0x84, 0x02, 0xdf, 0x01, 0x90, 0x00];
    assert_eq!(link.transmit(&SELECT_DF01).unwrap(), template);
    let whole = link.transmit(&[0x00, 0xb0, 0x82, 0x00, 0x00]).unwrap();
    assert_eq!(whole, [0, 0, 0, 0, 0, 0, 0, 0, 0x90, 0x00]);
}

#[test]
fn a_card_in_a_file_keeps_what_was_written_when_the_program_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    let cards = DirectCards::at(path.clone());
    assert!(matches!(connect(&cards), Err(LinkError::NoCard)));
    card(SERIAL).memory().save(&path).unwrap();
    let mut link = connect(&cards).unwrap();
    open(&mut *link).unwrap();
    assert_eq!(write(&mut *link).unwrap(), DONE);
    // as after a crash: nothing is given up, nothing is flushed
    std::mem::forget(link);
    let found = Memory::load(&path).unwrap().unwrap();
    assert_eq!(found.image().purse[..4], NEW);
}

#[test]
fn a_card_in_a_file_is_one_programs_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    card(SERIAL).memory().save(&path).unwrap();
    let (here, there) = (DirectCards::at(path.clone()), DirectCards::at(path));
    let link = connect(&here).unwrap();
    assert!(matches!(connect(&there), Err(LinkError::Busy)));
    drop(link);
    assert!(connect(&there).is_ok());
}

#[test]
fn taking_the_file_away_pulls_the_card_and_another_file_is_another_card() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.json");
    card(SERIAL).memory().save(&path).unwrap();
    let cards = DirectCards::at(path.clone());
    let mut link = connect(&cards).unwrap();
    std::fs::remove_file(&path).unwrap();
    let heard = link.transmit(&SELECT_DF01);
    assert!(matches!(heard, Err(LinkError::OutcomeUnknown)));
    assert!(matches!(link.reset(), Err(LinkError::NoCard)));
    card(OTHER).memory().save(&path).unwrap();
    assert_eq!(link.reset().unwrap().serial, OTHER);
    std::fs::write(&path, "{}").unwrap();
    assert!(matches!(link.reset(), Err(LinkError::Failed(_))));
}
