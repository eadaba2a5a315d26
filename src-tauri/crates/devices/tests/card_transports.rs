//! One list of rules for every way to a card: in this process, and through the PC/SC stack of this
//! machine with a virtual reader in it.

#![cfg(all(debug_assertions, target_os = "linux"))]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::{Duration, Instant};

use domain::{CardFile, CardImage, CardSerial, LAYOUTS};
use metercrew_devices::card::{
    CardError, CardSource, CardTransport, Challenge, CommandMac, LinkError, ModuleSlot, OpenCard,
    PcscCards, PcscModule, Pin, Psam, ReaderName, SecurityError, SecurityModule, TestKeys,
};
use metercrew_devices::sim::card::{
    At, DirectCards, Fault, InVpcd, Slot, Tear, VirtualCard, VpcdReader, in_own_reader, insert,
};
use metercrew_devices::sim::psam::VirtualPsam;

/// Longer than a reader takes to see a card come or go.
const LONG: Duration = Duration::from_secs(10);

/// By which way.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Direct,
    Pcsc,
}

/// Two readers on a table, and what is put into them.
struct Table {
    way: Way,
    slots: [Slot; 2],
    inserted: Vec<InVpcd>,
    cards: Box<dyn CardSource>,
}

impl Table {
    /// With empty readers.
    fn empty(way: Way) -> Self {
        let slots = [Slot::empty(), Slot::empty()];
        let cards: Box<dyn CardSource> = match way {
            Way::Direct => Box::new(DirectCards::new(slots.clone())),
            Way::Pcsc => Box::new(PcscCards::default()),
        };
        Self {
            way,
            slots,
            inserted: Vec::new(),
            cards,
        }
    }

    /// With this card in the first reader.
    fn with(way: Way, card: VirtualCard) -> Self {
        let mut table = Self::empty(way);
        table.insert(0, card);
        table
    }

    fn insert(&mut self, reader: usize, card: VirtualCard) {
        self.slots[reader].insert(card);
        self.show(reader);
    }

    /// Has the reader see what is in its slot.
    fn show(&mut self, reader: usize) {
        if self.way == Way::Pcsc {
            let into = [VpcdReader::First, VpcdReader::Second][reader];
            self.inserted
                .push(insert(&self.slots[reader], into).unwrap());
        }
    }

    fn slot(&self) -> &Slot {
        &self.slots[0]
    }

    fn reader(&self, n: usize) -> ReaderName {
        self.cards.readers().unwrap()[n].clone()
    }

    fn connect(&self) -> Result<Box<dyn CardTransport>, LinkError> {
        self.cards.connect(None, LONG)
    }

    fn open(&self) -> OpenCard {
        OpenCard::open(self.connect().unwrap(), &LAYOUTS[0]).unwrap()
    }

    /// Empties the readers, and waits until they have seen it.
    fn take_out(&mut self) {
        for card in self.inserted.drain(..) {
            card.take_out().unwrap();
        }
    }

    /// Puts the card that was pulled back.
    fn put_back(&mut self) {
        self.take_out();
        assert!(self.slot().put_back());
        self.show(0);
    }
}

fn serial(n: u8) -> CardSerial {
    CardSerial::from_bytes([n; 8])
}

/// A card with a byte of its own in each file.
fn card(n: u8) -> VirtualCard {
    VirtualCard::new(image(n))
}

fn image(n: u8) -> CardImage {
    CardImage {
        serial: serial(n),
        user: vec![0x68; 45],
        purse: vec![n; 8],
        write_back: vec![0; 49],
    }
}

/// Keys that fit no card.
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

fn is_unknown<T>(result: &Result<T, CardError>) -> bool {
    matches!(result, Err(CardError::Link(LinkError::OutcomeUnknown)))
}

/// Declares each rule as a test of every way.
macro_rules! rules {
    ($($name:ident,)*) => {
        mod direct {
            $(#[test]
            fn $name() {
                super::$name(super::Way::Direct);
            })*
        }

        mod pcsc {
            $(#[test]
            fn $name() {
                let name = concat!("pcsc::", stringify!($name));
                super::in_own_reader(name, || super::$name(super::Way::Pcsc));
            })*
        }
    };
}

rules! {
    a_card_is_read_as_it_is,
    a_card_that_talks_as_t0_does_is_read_as_it_is,
    an_update_changes_its_bytes_and_no_others,
    wherever_an_update_is_torn_its_outcome_is_unknown_and_the_card_is_read_again,
    a_card_pulled_after_its_answer_is_missed_at_the_next_command,
    a_card_that_falls_silent_leaves_the_outcome_unknown,
    a_card_that_does_not_answer_to_reset_is_mute,
    a_swapped_card_is_found_out_and_gets_no_command,
    a_wrong_mac_changes_nothing,
    without_authentication_nothing_is_changed,
    after_three_wrong_answers_the_card_is_blocked_and_can_still_be_read,
    an_unissued_card_has_no_user_file,
    an_empty_reader_is_empty_when_the_wait_is_over,
    a_reader_that_is_not_there_is_missing,
    a_card_that_comes_while_one_waits_is_taken,
    a_card_somebody_has_is_busy_until_it_is_given_up,
    a_card_without_a_serial_is_not_ours,
    the_reader_that_is_named_is_the_one_looked_into,
    a_reset_ends_authentication,
    authentication_does_not_outlive_the_connection,
}

fn a_card_is_read_as_it_is(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    assert_eq!(open.serial(), serial(1));
    assert_eq!(open.read().unwrap(), image(1));
}

fn a_card_that_talks_as_t0_does_is_read_as_it_is(way: Way) {
    let mut short = image(1);
    short.purse = vec![9; 8];
    let table = Table::with(way, VirtualCard::new(short.clone()).with_t0());
    let mut open = table.open();
    assert_eq!(open.read().unwrap(), short);
    open.authenticate(&mut TestKeys).unwrap();
    open.update(CardFile::Purse, 4, &[1, 2], &mut TestKeys)
        .unwrap();
    assert_eq!(
        open.read_file(CardFile::Purse).unwrap(),
        [9, 9, 9, 9, 1, 2, 9, 9]
    );
}

fn an_update_changes_its_bytes_and_no_others(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    let body: Vec<u8> = (1..=44).collect();
    open.update(CardFile::User, 1, &body, &mut TestKeys)
        .unwrap();
    open.update(CardFile::User, 0, &[0], &mut TestKeys).unwrap();
    let mut expected = image(1);
    expected.user = (0..=44).collect();
    assert_eq!(open.read().unwrap(), expected);
    assert_eq!(table.slot().image(), Some(expected));
}

fn wherever_an_update_is_torn_its_outcome_is_unknown_and_the_card_is_read_again(way: Way) {
    let (old, new) = ([1; 8], [7; 8]);
    for (tear, holds) in [
        (Tear::Before, old),
        (Tear::FirstHalf, [7, 7, 7, 7, 1, 1, 1, 1]),
        (Tear::SecondHalf, [1, 1, 1, 1, 7, 7, 7, 7]),
        (Tear::AnswerLost, new),
    ] {
        let mut table = Table::with(way, card(1));
        let mut open = table.open();
        open.authenticate(&mut TestKeys).unwrap();
        table.slot().plan(At::Update(0), Fault::Tear(tear));
        let torn = open.update(CardFile::Purse, 0, &new, &mut TestKeys);
        assert!(is_unknown(&torn), "{tear:?}: {torn:?}");
        assert!(is_unknown(&open.read()), "{tear:?}");
        drop(open);
        table.put_back();
        let mut open = table.open();
        open.must_be(serial(1)).unwrap();
        assert_eq!(open.read_file(CardFile::Purse).unwrap(), holds, "{tear:?}");
        // whoever comes next finds empty readers
        drop(open);
        table.take_out();
    }
}

fn a_card_pulled_after_its_answer_is_missed_at_the_next_command(way: Way) {
    let mut table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    table
        .slot()
        .plan(At::Update(0), Fault::Tear(Tear::Answered));
    open.update(CardFile::Purse, 0, &[7; 8], &mut TestKeys)
        .unwrap();
    assert!(is_unknown(&open.read()));
    drop(open);
    table.put_back();
    assert_eq!(table.open().read_file(CardFile::Purse).unwrap(), [7; 8]);
}

fn a_card_that_falls_silent_leaves_the_outcome_unknown(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    table.slot().plan(At::Update(0), Fault::Silence);
    let silent = open.update(CardFile::Purse, 0, &[7; 8], &mut TestKeys);
    assert!(is_unknown(&silent), "{silent:?}");
    assert!(is_unknown(&open.authenticate(&mut TestKeys)));
    assert_eq!(table.slot().image().unwrap().purse, [7; 8]);
}

fn a_card_that_does_not_answer_to_reset_is_mute(way: Way) {
    let table = match way {
        Way::Direct => Table::with(way, card(1).with_atr(Vec::new())),
        Way::Pcsc => Table::empty(way),
    };
    if way == Way::Pcsc {
        // as often as it takes until we have looked in time
        std::thread::spawn(|| {
            loop {
                fails_at_power_up();
            }
        });
    }
    let reader = table.reader(0);
    let mute = table.cards.connect(Some(&reader), LONG);
    assert!(matches!(mute.err(), Some(LinkError::Mute)));
}

/// A card that is seen in the first virtual reader, and is gone when it is powered: the driver
/// tells the service nothing else of a card that does not answer.
fn fails_at_power_up() {
    let mut powered = false;
    serve(0, |frame| match frame {
        POWER_ON => {
            powered = true;
            Said::Nothing
        }
        GIVE_ATR if powered => Said::Gone,
        GIVE_ATR => Said::Answer(vec![0x3B, 0x00]),
        _ => Said::Nothing,
    });
}

const POWER_OFF: &[u8] = &[0];
const POWER_ON: &[u8] = &[1];
const RESET: &[u8] = &[2];
const GIVE_ATR: &[u8] = &[4];

/// What a chip of the test's own makes of a frame.
enum Said {
    Nothing,
    Answer(Vec<u8>),
    Gone,
}

/// Puts a chip of the test's own into a virtual reader, until it is gone or the reader is.
fn serve(reader: u16, mut chip: impl FnMut(&[u8]) -> Said) {
    let start = Instant::now();
    let mut line = loop {
        match TcpStream::connect((Ipv4Addr::LOCALHOST, 0x8C7B + reader)) {
            Ok(line) => break line,
            Err(error) => assert!(start.elapsed() < LONG, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    // a reader asks at every poll; one that does not any more has overlooked the chip
    line.set_read_timeout(Some(Duration::from_secs(2))).unwrap();
    let mut len = [0; 2];
    while line.read_exact(&mut len).is_ok() {
        let mut frame = vec![0; usize::from(u16::from_be_bytes(len))];
        line.read_exact(&mut frame).unwrap();
        match chip(&frame) {
            Said::Nothing => {}
            Said::Answer(answer) => {
                let len = u16::try_from(answer.len()).unwrap().to_be_bytes();
                line.write_all(&[&len[..], &answer].concat()).unwrap();
            }
            Said::Gone => return,
        }
    }
}

fn a_swapped_card_is_found_out_and_gets_no_command(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    let other = Box::new(card(2));
    table.slot().plan(At::Update(0), Fault::Swap(other));
    open.update(CardFile::Purse, 0, &[7; 8], &mut TestKeys)
        .unwrap();
    let lost = open.update(CardFile::Purse, 0, &[8; 8], &mut TestKeys);
    assert!(is_unknown(&lost), "{lost:?}");
    let start = Instant::now();
    let found = loop {
        match open.reset() {
            Err(CardError::Link(_)) if start.elapsed() < LONG => {
                std::thread::sleep(Duration::from_millis(20));
            }
            other => break other,
        }
    };
    assert!(
        matches!(found, Err(CardError::Swapped { was, now }) if was == serial(1) && now == serial(2)),
        "{found:?}"
    );
    assert!(is_unknown(&open.update(
        CardFile::Purse,
        0,
        &[9; 8],
        &mut TestKeys
    )));
    assert_eq!(table.slot().image(), Some(image(2)));
}

fn a_wrong_mac_changes_nothing(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    let refused = open.update(CardFile::Purse, 0, &[7; 8], &mut WrongKeys);
    assert!(matches!(refused, Err(CardError::MacRefused)));
    assert_eq!(open.read().unwrap(), image(1));
}

fn without_authentication_nothing_is_changed(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    let refused = open.update(CardFile::Purse, 0, &[7; 8], &mut TestKeys);
    assert!(matches!(refused, Err(CardError::NotAuthenticated)));
    assert_eq!(open.read().unwrap(), image(1));
}

fn after_three_wrong_answers_the_card_is_blocked_and_can_still_be_read(way: Way) {
    let table = Table::with(way, card(1));
    for tries in [2, 1] {
        let mut open = table.open();
        for _ in 0..2 {
            let refused = open.authenticate(&mut WrongKeys);
            assert!(
                matches!(refused, Err(CardError::AuthenticationRefused { tries_left }) if tries_left == tries)
            );
        }
    }
    for mut keys in [
        Box::new(WrongKeys) as Box<dyn SecurityModule>,
        Box::new(TestKeys),
    ] {
        let mut open = table.open();
        let blocked = open.authenticate(&mut *keys);
        assert!(matches!(blocked, Err(CardError::Blocked)), "{blocked:?}");
        assert_eq!(open.read().unwrap(), image(1));
    }
}

fn an_unissued_card_has_no_user_file(way: Way) {
    let table = Table::with(way, VirtualCard::blank(serial(3)));
    let mut open = table.open();
    let read = open.read().unwrap();
    assert!(read.user.is_empty());
    assert_eq!((read.purse.len(), read.write_back.len()), (8, 49));
    open.authenticate(&mut TestKeys).unwrap();
    open.update(CardFile::User, 0, &[0x68; 45], &mut TestKeys)
        .unwrap();
    assert_eq!(open.read_file(CardFile::User).unwrap(), [0x68; 45]);
}

fn an_empty_reader_is_empty_when_the_wait_is_over(way: Way) {
    let table = Table::empty(way);
    for wait in [Duration::ZERO, Duration::from_millis(30)] {
        let nothing = table.cards.connect(None, wait);
        assert!(matches!(nothing.err(), Some(LinkError::NoCard)));
    }
    assert_eq!(table.cards.readers().unwrap().len(), 2);
}

fn a_reader_that_is_not_there_is_missing(way: Way) {
    let table = Table::with(way, card(1));
    let unplugged = ReaderName("Unplugged 00 00".to_owned());
    let missing = table.cards.connect(Some(&unplugged), LONG);
    assert!(matches!(missing.err(), Some(LinkError::NoReader)));
}

fn a_card_that_comes_while_one_waits_is_taken(way: Way) {
    let mut table = Table::empty(way);
    std::thread::scope(|scope| {
        let cards = &*table.cards;
        let waiting = scope.spawn(|| cards.connect(None, LONG).map(|card| card.ident().serial));
        table.slots[0].insert(card(1));
        if way == Way::Pcsc {
            table
                .inserted
                .push(insert(&table.slots[0], VpcdReader::First).unwrap());
        }
        assert_eq!(waiting.join().unwrap().unwrap(), serial(1));
    });
}

fn a_card_somebody_has_is_busy_until_it_is_given_up(way: Way) {
    let table = Table::with(way, card(1));
    let somebody = table.connect().unwrap();
    let busy = table.cards.connect(None, Duration::ZERO);
    assert!(matches!(busy.err(), Some(LinkError::Busy)));
    drop(somebody);
    table.open();
}

fn a_card_without_a_serial_is_not_ours(way: Way) {
    let table = Table::with(way, card(1).with_atr(vec![0x3B, 0x02, 0x14, 0x50]));
    let reader = table.reader(0);
    let foreign = table.cards.connect(Some(&reader), LONG);
    assert!(matches!(foreign.err(), Some(LinkError::NotOurs)));
}

fn the_reader_that_is_named_is_the_one_looked_into(way: Way) {
    let mut table = Table::with(way, card(1));
    table.insert(1, card(2));
    for (n, expected) in [(1, serial(2)), (0, serial(1))] {
        let reader = table.reader(n);
        let card = table.cards.connect(Some(&reader), LONG).unwrap();
        assert_eq!(card.ident().serial, expected);
    }
}

fn a_reset_ends_authentication(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    open.reset().unwrap();
    let refused = open.update(CardFile::Purse, 0, &[7; 8], &mut TestKeys);
    assert!(matches!(refused, Err(CardError::NotAuthenticated)));
}

fn authentication_does_not_outlive_the_connection(way: Way) {
    let table = Table::with(way, card(1));
    let mut open = table.open();
    open.authenticate(&mut TestKeys).unwrap();
    drop(open);
    let refused = table
        .open()
        .update(CardFile::Purse, 0, &[7; 8], &mut TestKeys);
    assert!(matches!(refused, Err(CardError::NotAuthenticated)));
}

#[test]
fn a_reader_that_is_not_for_cards_is_looked_into_by_its_name_only() {
    let name = "a_reader_that_is_not_for_cards_is_looked_into_by_its_name_only";
    in_own_reader(name, || {
        let mut table = Table::with(Way::Pcsc, card(1));
        table.insert(1, card(2));
        let not_for_cards = table.reader(0);
        let cards = PcscCards::except(vec![not_for_cards.clone()]);
        let taken = cards.connect(None, LONG).unwrap();
        assert_eq!(taken.ident().serial, serial(2));
        let named = cards.connect(Some(&not_for_cards), LONG).unwrap();
        assert_eq!(named.ident().serial, serial(1));
    });
}

#[test]
fn a_wrong_card_in_one_reader_does_not_keep_a_right_one_from_another() {
    let name = "a_wrong_card_in_one_reader_does_not_keep_a_right_one_from_another";
    in_own_reader(name, || {
        let mut table = Table::with(Way::Pcsc, card(1).with_atr(vec![0x3B, 0x02, 0x14, 0x50]));
        let reader = table.reader(0);
        let foreign = table.cards.connect(Some(&reader), LONG);
        assert!(matches!(foreign.err(), Some(LinkError::NotOurs)));
        let nothing = table.cards.connect(None, Duration::from_millis(30));
        assert!(matches!(nothing.err(), Some(LinkError::NotOurs)));
        table.insert(1, card(2));
        assert_eq!(table.connect().unwrap().ident().serial, serial(2));
    });
}

#[test]
fn a_security_module_in_the_second_reader_lets_us_write_the_card_in_the_first() {
    let name = "a_security_module_in_the_second_reader_lets_us_write_the_card_in_the_first";
    in_own_reader(name, || {
        let table = Table::with(Way::Pcsc, card(1));
        std::thread::spawn(|| module_in_second_reader(b"1234"));
        let slot = module(&table.reader(1));
        let commands = VirtualPsam::commands().unwrap();
        let mut psam = Psam::new(slot, commands, Some(Pin::new(b"1234".to_vec()))).unwrap();
        let mut open = table.open();
        open.authenticate(&mut psam).unwrap();
        open.update(CardFile::Purse, 0, &[7; 8], &mut psam).unwrap();
        assert_eq!(open.read_file(CardFile::Purse).unwrap(), [7; 8]);
    });
}

/// The module in that reader, as soon as the reader has seen it.
fn module(reader: &ReaderName) -> PcscModule {
    let start = Instant::now();
    loop {
        match PcscModule::connect(reader) {
            Ok(module) => return module,
            Err(error) => assert!(start.elapsed() < LONG, "{error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A module whose answer to reset ends with no serial, and whose answers wait until they are
/// fetched, as T=0 has it.
fn module_in_second_reader(pin: &[u8]) {
    let mut psam = VirtualPsam::new(pin);
    let mut waiting = Vec::new();
    serve(1, |frame| match frame {
        POWER_OFF => Said::Nothing,
        POWER_ON | RESET => {
            psam.reset().unwrap();
            Said::Nothing
        }
        GIVE_ATR => Said::Answer(vec![0x3B, 0x02, 0x14, 0x50]),
        [0x00, 0xC0, ..] => Said::Answer(std::mem::take(&mut waiting)),
        command => {
            let answer = psam.transmit(command).unwrap();
            match answer.len() {
                2 => Said::Answer(answer),
                len => {
                    waiting = answer;
                    Said::Answer(vec![0x61, u8::try_from(len - 2).unwrap()])
                }
            }
        }
    });
}
