//! A made-up card, how it is worked on, and how long a reader may take to see it.

use std::thread;
use std::time::Duration;

use domain::{
    CardClock, CardImage, CardKind, CardSerial, CustomerNo, Fen, Generation, Layout, MeterNo,
    Purse, UserCard, UserFile, WriteBackFile,
};
use metercrew_devices::card::{CardSource, CardTransport, LinkError, PcscCards};

pub const SERIAL: [u8; 8] = [0x20, 0x13, 0, 0, 0, 0, 0x47, 0x11];
pub const OTHER: [u8; 8] = [0x20, 0x13, 0, 0, 0, 0, 0x47, 0x12];

pub const SELECT_DF01: [u8; 7] = [0x00, 0xa4, 0x00, 0x00, 0x02, 0xdf, 0x01];
pub const GET_CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];
pub const READ_PURSE: [u8; 5] = [0x00, 0xb0, 0x82, 0x00, 0x08];
pub const DONE: [u8; 2] = [0x90, 0x00];
/// What `write` writes.
pub const NEW: [u8; 8] = [1, 2, 3, 4, 5, 6, 7, 8];

/// A reader is asked about every 0.4 s; what takes longer than this never comes.
const LONG_ENOUGH: Duration = Duration::from_secs(10);
const LOOKS_EVERY: Duration = Duration::from_millis(10);

/// An open-account card of 137.65 yuan.
pub fn image(serial: [u8; 8]) -> CardImage {
    let card = UserCard {
        serial: CardSerial::from_bytes(serial),
        user_file: UserFile {
            kind: CardKind::OpenAccount,
            meter_no: MeterNo::parse("000012345678").unwrap(),
            customer_no: CustomerNo::parse("000000654321").unwrap(),
            update_flags: 0x81,
            tariff_switch: CardClock::parse("2607010000").unwrap(),
            alarm_1: Fen::from(2000),
            alarm_2: Fen::from(1000),
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: Fen::from(13_765),
            count: 1,
        },
        write_back: WriteBackFile::Empty,
    };
    Layout::of(Generation::G2013)
        .unwrap()
        .encode(&card)
        .unwrap()
}

/// Connects to the card that was just put in.
pub fn connect() -> Box<dyn CardTransport> {
    PcscCards::default().connect(None, LONG_ENOUGH).unwrap()
}

/// What there is instead of a card, once the reader has been looked into.
pub fn connect_in_vain() -> LinkError {
    match PcscCards::default().connect(None, Duration::ZERO) {
        Ok(card) => panic!("there is a card: {:?}", card.ident()),
        Err(error) => error,
    }
}

/// Looks for a card until there is this instead of one.
pub fn connect_until(is_there: impl Fn(&LinkError) -> bool) {
    let looks = LONG_ENOUGH.as_millis() / LOOKS_EVERY.as_millis();
    for _ in 0..looks {
        if is_there(&connect_in_vain()) {
            return;
        }
        thread::sleep(LOOKS_EVERY);
    }
    panic!("never: {:?}", connect_in_vain());
}

/// Selects the folder and authenticates.
pub fn open(card: &mut dyn CardTransport) {
    assert!(card.transmit(&SELECT_DF01).unwrap().ends_with(&DONE));
    let drawn = draw(card).unwrap();
    let said = testkeys::authenticate(&drawn, card.ident().serial.as_bytes());
    let command = [&[0x00, 0x82, 0x00, 0x02, 0x08], said.as_slice()].concat();
    assert_eq!(card.transmit(&command).unwrap(), DONE);
}

/// Writes other bytes to the whole purse.
pub fn write(card: &mut dyn CardTransport) -> Result<Vec<u8>, LinkError> {
    let drawn = draw(card)?;
    card.transmit(&update(&drawn, card.ident().serial.as_bytes()))
}

/// The command that writes NEW to the purse.
pub fn update(drawn: &[u8; 8], serial: &[u8; 8]) -> Vec<u8> {
    let header = [0x04, 0xd6, 0x82, 0x00, 0x0c];
    let mac = testkeys::mac(drawn, &header, &NEW, serial);
    [&header, &NEW[..], &mac].concat()
}

fn draw(card: &mut dyn CardTransport) -> Result<[u8; 8], LinkError> {
    let answer = card.transmit(&GET_CHALLENGE)?;
    Ok(answer.strip_suffix(&DONE).unwrap().try_into().unwrap())
}
