//! What a write does in which order, and what it says no to.

use std::sync::{Arc, Mutex};

use domain::{CardKind, Generation};

use super::*;
use crate::card::made_up::{
    Desk, blank, card, connect, layout, open, opening, purchase, serial, write, write_instead,
    written_back,
};
use crate::card::{CardError, CardIdent, CardTransport, LinkError, MemoryJournal, TestKeys};
use crate::sim::card::VirtualCard;

mod faults;

/// The write as a restarted app finds it.
fn reloaded(desk: &Desk) -> CardWrite {
    desk.journal.records().last().unwrap().clone()
}

/// Makes a write unsound.
type Spoil = dyn Fn(&mut CardWrite);

/// A desk on which the intent is kept, and the write.
fn begun(write: CardWrite) -> (Desk, CardWrite) {
    let first = write.to_void().unwrap_or(&write.write).before.clone();
    let mut desk = Desk::with(&first);
    desk.begin(&write).unwrap();
    (desk, write)
}

/// Passes everything on, and remembers what changes a card and what reads it.
struct Tapped {
    transport: Box<dyn CardTransport>,
    said: Arc<Mutex<Vec<String>>>,
}

impl CardTransport for Tapped {
    fn ident(&self) -> &CardIdent {
        self.transport.ident()
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let said = match apdu {
            [_, 0x82, ..] => Some("authenticate".to_owned()),
            [_, 0xb0, file, ..] => Some(format!("read {}", file & 0x1f)),
            [_, 0xd6, file, offset, length, data @ ..] => {
                let (file, length) = (file & 0x1f, length - 4);
                let first = data[0];
                Some(format!(
                    "write {file}, {length} bytes at {offset}: {first:02x}…"
                ))
            }
            _ => None,
        };
        self.said.lock().unwrap().extend(said);
        self.transport.transmit(apdu)
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        self.transport.reset()
    }
}

/// What is said to the card that is in the reader, from begin to end.
fn said(desk: &mut Desk, write: &mut CardWrite) -> Vec<String> {
    let said: Arc<Mutex<Vec<String>>> = Arc::default();
    let tapped = Tapped {
        transport: connect(&desk.slot),
        said: Arc::clone(&said),
    };
    let mut card = OpenCard::open(Box::new(tapped), layout()).unwrap();
    carry_on(
        &mut card,
        write,
        &mut TestKeys,
        &mut desk.journal,
        &mut |_| {},
    )
    .unwrap();
    let said = said.lock().unwrap();
    said.clone()
}

#[test]
fn a_card_is_invalid_from_the_first_byte_that_changes_to_the_last() {
    let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
    assert_eq!(
        said(&mut desk, &mut write),
        [
            "read 1",
            "read 2",
            "read 5", // what is on it
            "authenticate",
            "write 1, 1 bytes at 0: 00…",
            "read 1",
            "write 2, 8 bytes at 0: 00…",
            "read 2",
            "write 5, 49 bytes at 0: 00…",
            "write 1, 44 bytes at 1: 01…",
            "read 5",
            "read 1",
            "write 1, 1 bytes at 0: 68…",
            "read 1",
            "read 2",
            "read 5", // what is on it now
        ]
    );
    assert_eq!(desk.image(), opening(1));
    use CardPhase::{Committed, Intent, Verified};
    assert_eq!(desk.phases(), [Intent, Verified, Committed]);
}

#[test]
fn an_old_card_loses_its_validity_and_its_money_and_nothing_else() {
    let old = written_back(&purchase(2, 5), 5);
    let (mut desk, mut write) = begun(write_instead(old.clone()));
    assert_eq!(
        said(&mut desk, &mut write),
        [
            "read 1",
            "read 2",
            "read 5",
            "authenticate",
            "write 1, 1 bytes at 0: 00…",
            "read 1",
            "write 2, 8 bytes at 0: 00…",
            "read 2",
            "read 1",
            "read 2",
            "read 5",
        ]
    );
    let void = desk.image();
    assert_eq!((void.user[0], &void.user[1..]), (0, &old.user[1..]));
    assert_eq!(
        (&void.purse[..4], &void.purse[4..]),
        (&[0; 4][..], &old.purse[4..])
    );
    assert_eq!(void.write_back, old.write_back);
    assert_eq!(desk.phases(), [CardPhase::Intent, CardPhase::Voided]);
}

#[test]
fn the_crew_sees_every_step_of_one_card() {
    let (mut desk, mut write) = begun(write(blank(1), opening(1)));
    let done = desk.carry_on(&mut write).unwrap();
    assert_eq!(done, CardProgress::Done { image: opening(1) });
    use CardStep::*;
    assert_eq!(
        desk.steps,
        [
            Intent,
            CardRead,
            Authenticated,
            MadeInvalid,
            PurseWritten,
            PurseReadBack,
            BodyWritten,
            BodyReadBack,
            MadeValid,
            ReadBack,
            Verified,
            Committed,
        ]
    );
    assert_eq!(
        serde_json::to_string(&PurseReadBack).unwrap(),
        "\"purse_read_back\""
    );
}

#[test]
fn the_crew_sees_every_step_of_two_cards_and_when_to_change_them() {
    let (mut desk, mut write) = begun(write_instead(purchase(2, 5)));
    let next = desk.carry_on(&mut write).unwrap();
    assert_eq!(next, CardProgress::NextCard { serial: serial(1) });
    use CardStep::*;
    assert_eq!(
        desk.steps,
        [
            Intent,
            CardRead,
            VoidingOld,
            Authenticated,
            MadeInvalid,
            PurseWritten,
            PurseReadBack,
            ReadBack,
            OldVoided,
            InsertNew,
        ]
    );

    // the old one is still in
    let error = desk.carry_on(&mut write).unwrap_err();
    assert_eq!(error.code(), "card_wrong");
    desk.slot.insert(VirtualCard::new(blank(1)));
    let done = desk.carry_on(&mut write).unwrap();
    assert_eq!(done, CardProgress::Done { image: opening(1) });
    assert_eq!(write.phase, CardPhase::Committed);
}

#[test]
fn a_card_that_is_written_already_is_committed_without_writing() {
    for now in [opening(1), written_back(&opening(1), 1)] {
        let (mut desk, mut write) = begun(write(blank(1), opening(1)));
        desk.slot.insert(VirtualCard::new(now.clone()));
        let done = desk.carry_on(&mut write).unwrap();
        assert_eq!(done, CardProgress::Done { image: now });
        assert_eq!(desk.slot.updates(), 0);
        assert_eq!(write.phase, CardPhase::Committed);
    }
}

#[test]
fn a_journal_from_a_backup_commits_the_written_card_and_takes_no_other() {
    let (mut desk, mut intent) = begun(write(blank(1), opening(1)));
    let backup = desk.journal.clone();
    desk.carry_on(&mut intent).unwrap();

    desk.journal = backup;
    let (mut from_backup, writes) = (reloaded(&desk), desk.slot.updates());
    let written = desk.slot.remove().unwrap();
    desk.slot.insert(VirtualCard::new(blank(3)));
    let error = desk.carry_on(&mut from_backup).unwrap_err();
    let WriteError::Card(CardError::WrongCard { wanted, found }) = error else {
        panic!("{error}");
    };
    assert_eq!((wanted, found), (serial(1), serial(3)));
    assert_eq!(desk.image(), blank(3));

    desk.slot.insert(written);
    desk.carry_on(&mut from_backup).unwrap();
    assert_eq!(from_backup.phase, CardPhase::Committed);
    assert_eq!(desk.slot.updates(), writes, "nothing was written");
}

#[test]
fn to_another_card_nothing_is_said_but_which_folder_is_meant() {
    let (mut desk, mut write) = begun(write(blank(1), opening(1)));
    desk.slot.insert(VirtualCard::new(purchase(3, 5)));
    let before = desk.slot.commands();
    assert_eq!(desk.carry_on(&mut write).unwrap_err().code(), "card_wrong");
    let error = give_up(&mut desk, &mut write).unwrap_err();
    assert_eq!(error.code(), "card_wrong");
    assert_eq!(desk.begin(&write).unwrap_err().code(), "card_wrong");
    // two SELECTs each time it was opened
    assert_eq!(desk.slot.commands() - before, 6);
    assert_eq!(desk.slot.look(VirtualCard::tries), Some(3));
    assert_eq!(write.phase, CardPhase::Intent);
}

#[test]
fn a_card_that_somebody_wrote_since_is_not_written_nor_given_up() {
    let (mut desk, mut write) = begun(write(purchase(1, 5), opening(1)));
    desk.slot.insert(VirtualCard::new(purchase(1, 7)));
    let error = desk.carry_on(&mut write).unwrap_err();
    assert!(matches!(&error, WriteError::Foreign { now } if **now == purchase(1, 7)));
    assert_eq!(desk.slot.updates(), 0);
    assert_eq!(desk.slot.look(VirtualCard::tries), Some(3));
    let standing = Standing::Foreign;
    let error = give_up(&mut desk, &mut write).unwrap_err();
    assert!(matches!(error, WriteError::NotAbandonable { standing: s } if s == standing));
    assert_eq!(desk.phases(), [CardPhase::Intent]);
}

#[test]
fn money_that_a_meter_took_since_is_not_written_again_and_can_be_given_up() {
    let (mut desk, mut write) = begun(write(purchase(1, 6), opening(1)));
    let used = written_back(&purchase(1, 6), 6);
    desk.slot.insert(VirtualCard::new(used.clone()));
    let error = desk.carry_on(&mut write).unwrap_err();
    assert!(matches!(&error, WriteError::Spent { now } if **now == used));
    assert_eq!(desk.slot.updates(), 0);
    assert_eq!(give_up(&mut desk, &mut write).unwrap(), used);
    assert_eq!(desk.phases(), [CardPhase::Intent, CardPhase::Abandoned]);
}

fn give_up(desk: &mut Desk, write: &mut CardWrite) -> Result<CardImage, WriteError> {
    abandon(&mut open(&desk.slot), write, &mut desk.journal)
}

#[test]
fn a_write_is_given_up_only_on_the_proof_of_its_card() {
    let mut invalid = opening(1);
    invalid.user[0] = 0;
    let mut void = purchase(2, 5);
    void.user[0] = 0;
    void.purse[..4].fill(0);
    let one = || write(purchase(1, 5), opening(1));
    let at = |phase, write| CardWrite { phase, ..write };
    let two = || write_instead(purchase(2, 5));
    for (mut write, now, given_up) in [
        (one(), purchase(1, 5), true),
        (one(), invalid.clone(), true),
        (one(), opening(1), false),
        (one(), written_back(&opening(1), 1), false),
        // it was valid once, and the customer may have used it
        (at(CardPhase::Verified, one()), invalid.clone(), false),
        (at(CardPhase::Verified, one()), purchase(1, 5), false),
        (two(), purchase(2, 5), true),
        (two(), void, true),
        (at(CardPhase::Voided, two()), blank(1), true),
        (at(CardPhase::Voided, two()), invalid, true),
        (at(CardPhase::Voided, two()), opening(1), false),
    ] {
        let was = write.phase;
        let mut desk = Desk::with(&now);
        desk.journal = MemoryJournal::restored(vec![write.clone()]);
        let proof = give_up(&mut desk, &mut write);
        assert_eq!(proof.is_ok(), given_up, "{was:?} {now:?}");
        let phase = if given_up { CardPhase::Abandoned } else { was };
        assert_eq!((write.phase, reloaded(&desk).phase), (phase, phase));
        assert_eq!(desk.image(), now, "nothing is written");
    }
}

#[test]
fn a_write_that_is_over_does_nothing_more() {
    for phase in [CardPhase::Committed, CardPhase::Abandoned] {
        let mut over = CardWrite {
            phase,
            ..write(blank(1), opening(1))
        };
        let mut desk = Desk::with(&blank(1));
        for error in [
            desk.begin(&over).unwrap_err(),
            desk.carry_on(&mut over).unwrap_err(),
            give_up(&mut desk, &mut over).unwrap_err(),
        ] {
            assert!(matches!(error, WriteError::Closed { phase: p } if p == phase));
        }
        assert_eq!(desk.image(), blank(1));
    }
}

#[test]
fn an_authorisation_is_burned_once() {
    let (mut desk, write) = begun(write(blank(1), opening(1)));
    assert_eq!(desk.begin(&write).unwrap_err().code(), "journal_failed");
    assert_eq!(desk.phases(), [CardPhase::Intent]);
}

#[test]
fn a_write_whose_card_is_not_as_planned_is_not_begun() {
    let planned = write(purchase(1, 5), opening(1));
    for now in [purchase(1, 6), written_back(&purchase(1, 5), 5)] {
        let mut desk = Desk::with(&now);
        let error = desk.begin(&planned).unwrap_err();
        assert!(matches!(&error, WriteError::Changed { now: found } if **found == now));
        assert_eq!(desk.phases(), []);
    }
}

#[test]
fn a_card_that_nobody_issued_or_that_is_for_something_else_is_not_begun() {
    let unissued = CardImage {
        user: Vec::new(),
        ..blank(1)
    };
    let mut preset = purchase(1, 5);
    preset.user[1] = 6;
    for (before, code) in [(unissued, "card_not_issued"), (preset, "card_other_kind")] {
        let mut desk = Desk::with(&before);
        let new = write(before.clone(), opening(1));
        assert_eq!(desk.begin(&new).unwrap_err().code(), code);
        let old = CardImage {
            serial: serial(2),
            ..before
        };
        assert_eq!(desk.begin(&write_instead(old)).unwrap_err().code(), code);
        assert_eq!(desk.phases(), []);
    }
}

#[test]
fn images_that_do_not_fit_together_are_not_begun_nor_gone_on_with() {
    let sound = || write(blank(1), opening(1));
    let other_card = |write: &mut CardWrite| write.write.after.serial = serial(9);
    let half_void = |write: &mut CardWrite| {
        let mut void = CardJob::voiding(purchase(2, 5), layout());
        void.after.purse[3] = 1;
        write.void = Some(void);
    };
    let itself = |write: &mut CardWrite| {
        write.void = Some(CardJob::voiding(purchase(1, 5), layout()));
    };
    let cases: [(&Spoil, &str); 7] = [
        (&|write| write.generation = Generation::G2009, "NoTable"),
        (&other_card, "TwoSerials"),
        (&half_void, "NotVoid"),
        (&itself, "SameCard"),
        (&|write| write.write.after.user[30] ^= 1, "NoCard"),
        (
            &|write| write.write.after.purse.push(0),
            "Size { file: Purse }",
        ),
        (
            &|write| write.write.after.write_back.push(0),
            "Size { file: WriteBack }",
        ),
    ];
    for (spoil, expected) in cases {
        let mut spoiled = sound();
        spoil(&mut spoiled);
        let mut desk = Desk::with(&blank(1));
        for error in [
            desk.begin(&spoiled).unwrap_err(),
            desk.carry_on(&mut spoiled).unwrap_err(),
        ] {
            let WriteError::Unsound(unsound) = error else {
                panic!("{error}");
            };
            let unsound = format!("{unsound:?}");
            assert!(unsound.starts_with(expected), "{unsound}");
        }
        assert_eq!(desk.image(), blank(1));
    }
}

#[test]
fn a_top_up_of_the_same_card_changes_what_the_office_said_and_no_more() {
    let after = card(1, CardKind::Purchase, 7, 6, 9_900);
    let (mut desk, mut write) = begun(write(written_back(&purchase(1, 5), 5), after.clone()));
    desk.carry_on(&mut write).unwrap();
    assert_eq!(desk.image(), after);
}
