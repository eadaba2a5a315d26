//! Cards, keys and journals that fail, one at a time.

use std::cell::Cell;
use std::rc::Rc;

use domain::CardSerial;

use super::*;
use crate::card::made_up::{connect, open};
use crate::card::{
    Challenge, CommandMac, JournalError, JournalFault, SecurityError, SecurityModule,
};
use crate::sim::card::{At, BadCell, Fault, Slot};

#[test]
fn a_card_that_does_not_hold_what_is_written_is_left_invalid_and_carries_no_wrong_money() {
    let before = purchase(1, 5);
    let after = opening(1);
    let cells = [
        (CardFile::User, after.user.len()),
        (CardFile::Purse, after.purse.len()),
        (CardFile::WriteBack, after.write_back.len()),
    ];
    let mut tried = 0;
    for (file, offset) in cells
        .into_iter()
        .flat_map(|(f, len)| (0..len).map(move |n| (f, n)))
    {
        for holds in [0x00, 0x5a, 0x68, 0xff] {
            let sfi = file.sfi();
            let cell = BadCell { sfi, offset, holds };
            let mut write = write(before.clone(), after.clone());
            let card = VirtualCard::new(before.clone()).with_bad_cell(cell);
            let mut desk = Desk::holding(card);
            desk.begin(&write).unwrap();
            tried += 1;
            let wanted = after.file(file)[offset];
            let harmless = wanted == holds && (file, offset) != (CardFile::User, 0);
            match desk.carry_on(&mut write) {
                Ok(_) => assert!(harmless && desk.image() == after, "{cell:?}"),
                Err(WriteError::Faulty { file: found }) => {
                    assert!(!harmless && found == file, "{cell:?}");
                    assert_eq!(desk.phases(), [CardPhase::Intent]);
                    let was_valid = desk.steps.contains(&CardStep::MadeValid);
                    let only_then = (file, offset, holds) == (CardFile::User, 0, 0x00);
                    assert_eq!(was_valid, only_then, "it is not valid for a moment");
                    let stuck = (file, offset, holds) == (CardFile::User, 0, 0x68);
                    let now = desk.image();
                    assert_eq!(now == before, stuck, "no money came near a valid card");
                    assert_eq!(layout().decode(&now).is_ok(), stuck);
                    give_up(&mut desk, &mut write).unwrap();
                }
                Err(error) => panic!("{cell:?}: {error}"),
            }
        }
    }
    assert_eq!(tried, (45 + 8 + 49) * 4);
}

#[test]
fn a_read_back_that_differs_is_written_once_more_and_no_oftener() {
    let mut write = write(blank(1), opening(1));
    let cell = BadCell {
        sfi: CardFile::Purse.sfi(),
        offset: 3,
        holds: 0,
    };
    let mut desk = Desk::holding(VirtualCard::new(blank(1)).with_bad_cell(cell));
    desk.begin(&write).unwrap();
    let error = desk.carry_on(&mut write).unwrap_err();
    assert_eq!(error.code(), "card_faulty");
    let again = desk
        .steps
        .iter()
        .filter(|step| **step == CardStep::WritingAgain);
    assert_eq!(again.count(), 1);
    // twice invalid and purse, then invalid
    assert_eq!(desk.slot.updates(), 5);
}

#[test]
fn an_old_card_that_does_not_become_void_is_faulty() {
    let mut write = write_instead(purchase(2, 5));
    let cell = BadCell {
        sfi: CardFile::Purse.sfi(),
        offset: 2,
        holds: 0x13,
    };
    let mut desk = Desk::holding(VirtualCard::new(purchase(2, 5)).with_bad_cell(cell));
    desk.begin(&write).unwrap();
    assert_eq!(desk.carry_on(&mut write).unwrap_err().code(), "card_faulty");
    assert_eq!(
        desk.phases(),
        [CardPhase::Intent],
        "the new card is not begun"
    );
}

/// Remembers how many commands were sent when the journal failed.
struct Failing {
    journal: MemoryJournal,
    slot: Slot,
    commands: Rc<Cell<Option<u64>>>,
}

impl CardJournal for Failing {
    fn keep(&mut self, write: &CardWrite) -> Result<(), JournalError> {
        let kept = self.journal.keep(write);
        if kept.is_err() {
            assert_eq!(self.commands.get(), None, "it is not asked again");
            self.commands.set(Some(self.slot.commands()));
        }
        kept
    }
}

#[test]
fn after_the_journal_failed_nothing_more_is_sent_to_a_card() {
    let cards = || [purchase(2, 5), blank(1)];
    let faults = (0..4).flat_map(|n| [JournalFault::BeforeStored(n), JournalFault::AfterStored(n)]);
    for fault in faults {
        let slot = Slot::empty();
        let commands = Rc::new(Cell::new(None));
        let mut failing = Failing {
            journal: MemoryJournal::new().failing(fault),
            slot: slot.clone(),
            commands: Rc::clone(&commands),
        };
        let mut write = write_instead(purchase(2, 5));
        let mut was = write.phase;
        let mut run = || -> Result<(), WriteError> {
            for (n, image) in cards().into_iter().enumerate() {
                slot.insert(VirtualCard::new(image));
                let mut card = open(&slot);
                if n == 0 {
                    begin_write(&mut card, &write, &mut failing, &mut |_| {})?;
                }
                was = write.phase;
                carry_on(
                    &mut card,
                    &mut write,
                    &mut TestKeys,
                    &mut failing,
                    &mut |_| {},
                )?;
            }
            Ok(())
        };
        let error = run().unwrap_err();
        assert_eq!(error.code(), "journal_failed", "{fault:?}");
        assert_eq!(commands.get(), Some(slot.commands()), "{fault:?}");
        assert!(
            write.phase < CardPhase::Committed && write.phase >= was,
            "{fault:?}"
        );
    }
}

#[test]
fn where_the_intent_is_not_kept_the_card_is_as_it_was() {
    for fault in [JournalFault::BeforeStored(0), JournalFault::AfterStored(0)] {
        let mut desk = Desk::with(&purchase(1, 5));
        desk.journal = MemoryJournal::new().failing(fault);
        let error = desk.begin(&write(purchase(1, 5), opening(1))).unwrap_err();
        assert_eq!(error.code(), "journal_failed");
        assert_eq!(desk.slot.updates(), 0);
        assert_eq!(desk.image(), purchase(1, 5));
        assert_eq!(desk.steps, []);
    }
}

#[test]
fn a_card_that_is_silent_leaves_the_write_in_doubt_until_it_is_read() {
    let (mut desk, mut intent) = begun(write(blank(1), opening(1)));
    desk.slot.plan(At::Update(1), Fault::Silence);
    let error = desk.carry_on(&mut intent).unwrap_err();
    assert_eq!(error.code(), "write_in_doubt");
    assert_eq!(intent.phase, CardPhase::Intent);
    desk.carry_on(&mut intent).unwrap();
    assert_eq!(desk.image(), opening(1));
}

#[test]
fn a_card_swapped_in_between_two_commands_is_not_touched() {
    let commands = {
        let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
        desk.carry_on(&mut write).unwrap();
        // of its two SELECTs the second session needs none here
        u32::try_from(desk.slot.commands()).unwrap() - 2
    };
    for n in 0..commands {
        let mut intent = write(purchase(1, 5), opening(1));
        let mut desk = Desk::with(&purchase(1, 5));
        let other = Box::new(VirtualCard::new(purchase(3, 5)));
        desk.slot.plan(At::Command(n), Fault::Swap(other));
        let ended = (|| -> Result<(), WriteError> {
            let mut card = OpenCard::open(connect(&desk.slot), layout())?;
            begin_write(&mut card, &intent, &mut desk.journal, &mut |_| {})?;
            let journal = &mut desk.journal;
            carry_on(&mut card, &mut intent, &mut TestKeys, journal, &mut |_| {})?;
            Ok(())
        })();
        assert_eq!(desk.image(), purchase(3, 5));
        assert_eq!(desk.slot.look(VirtualCard::tries), Some(3));
        assert!(desk.slot.put_back());
        let was_last = n + 1 == commands;
        assert_eq!(ended.is_ok(), was_last, "{n}: {ended:?}");
        if was_last {
            continue;
        }
        if desk.phases().is_empty() {
            desk.begin(&intent).unwrap();
        }
        desk.carry_on(&mut intent).unwrap();
        assert_eq!(desk.image(), opening(1));
    }
}

/// Keys that are not this card's.
struct WrongKeys;

impl SecurityModule for WrongKeys {
    fn authenticate(&mut self, _: &Challenge, _: &CardSerial) -> Result<[u8; 8], SecurityError> {
        Ok([0; 8])
    }

    fn mac(
        &mut self,
        _: &Challenge,
        _: &[u8; 5],
        _: &[u8],
        _: &CardSerial,
    ) -> Result<CommandMac, SecurityError> {
        Ok([0; 4])
    }
}

#[test]
fn keys_that_the_card_refuses_are_tried_once_and_a_blocked_card_can_be_given_up() {
    let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
    for left in [2, 1] {
        let error = desk.carry_on_with(&mut write, &mut WrongKeys).unwrap_err();
        let WriteError::Card(CardError::AuthenticationRefused { tries_left }) = error else {
            panic!("{error}");
        };
        assert_eq!(tries_left, left);
        assert_eq!(desk.slot.look(VirtualCard::tries), Some(left));
    }
    for _ in 0..2 {
        let error = desk.carry_on_with(&mut write, &mut WrongKeys).unwrap_err();
        assert_eq!(error.code(), "card_blocked");
    }
    assert_eq!(desk.slot.updates(), 0);
    assert_eq!(give_up(&mut desk, &mut write).unwrap(), purchase(1, 5));
}

/// Right keys, cut off after so many answers.
struct CutOff(u32);

impl CutOff {
    fn answers(&mut self) -> Result<(), SecurityError> {
        let left = self.0.checked_sub(1).ok_or(SecurityError::CutOff {
            why: "no network".to_owned(),
        })?;
        self.0 = left;
        Ok(())
    }
}

impl SecurityModule for CutOff {
    fn authenticate(
        &mut self,
        challenge: &Challenge,
        serial: &CardSerial,
    ) -> Result<[u8; 8], SecurityError> {
        self.answers()?;
        TestKeys.authenticate(challenge, serial)
    }

    fn mac(
        &mut self,
        challenge: &Challenge,
        header: &[u8; 5],
        data: &[u8],
        serial: &CardSerial,
    ) -> Result<CommandMac, SecurityError> {
        self.answers()?;
        TestKeys.mac(challenge, header, data, serial)
    }
}

#[test]
fn keys_that_are_cut_off_leave_a_card_that_is_as_it_was_or_invalid_or_done() {
    for answers in 0..6 {
        let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
        let error = desk
            .carry_on_with(&mut write, &mut CutOff(answers))
            .unwrap_err();
        assert_eq!(error.code(), "security_cut_off");
        let standing = Standing::of(&write, layout(), &desk.image());
        let expected = if answers < 2 {
            Standing::Before
        } else {
            Standing::Invalid
        };
        assert_eq!(standing, expected, "{answers}");
        desk.carry_on(&mut write).unwrap();
        assert_eq!(desk.image(), opening(1));
    }
    let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
    desk.carry_on_with(&mut write, &mut CutOff(6)).unwrap();
}

#[test]
fn a_card_that_stores_nothing_more_stays_as_it_was() {
    let mut intent = write(purchase(1, 5), opening(1));
    let mut desk = Desk::holding(VirtualCard::new(purchase(1, 5)).read_only());
    desk.begin(&intent).unwrap();
    let error = desk.carry_on(&mut intent).unwrap_err();
    assert_eq!(error.code(), "card_unexpected_status");
    assert_eq!(desk.image(), purchase(1, 5));
    give_up(&mut desk, &mut intent).unwrap();
}
