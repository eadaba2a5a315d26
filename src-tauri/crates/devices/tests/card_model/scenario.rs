//! Made-up cards and meters, and what may come of writing the ones for the others.

use domain::{
    CardClock, CardImage, CardKind, CardMeter, CardSerial, CustomerNo, Fen, Generation, Inserted,
    Layout, MeterNo, Opening, Purse, UserCard, UserFile, WriteBackFile, insert,
};
use metercrew_devices::card::{CardJob, CardPhase, CardWrite};

/// The meter that was taken down, or the one a card tops up.
pub const OLD: u64 = 7;
/// The meter that hangs there now.
pub const NEW: u64 = 8;
/// What the write shall bring: 137.65 yuan.
pub const AMOUNT: u32 = 13_765;
/// What is in the purse before: 50.00 yuan.
pub const BEFORE: u32 = 5_000;

/// In fen, at the old meter and at the new one.
pub type Paid = [u32; 2];

/// A write, the meters around it, and what may come of it in the end.
pub struct Scenario {
    pub name: &'static str,
    pub write: CardWrite,
    /// The cards: the one that is written, and the one that is voided first.
    pub cards: Vec<CardImage>,
    /// The old one and the new one.
    pub meters: [CardMeter; 2],
    /// Which card is tried at which meter, in this order.
    pub tried: &'static [(usize, usize)],
    /// What each meter has been paid in the end, when the write is committed.
    pub paid: Paid,
    /// The same when a meter had the card first and the write was stopped; `None` where that must
    /// not happen.
    pub stopped: Option<Paid>,
}

pub fn layout() -> &'static Layout {
    Layout::of(Generation::G2013).unwrap()
}

pub fn all() -> Vec<Scenario> {
    let written = |image, meter: CardMeter| inserted(image, meter, WrittenBack::Whole).0;
    let new_blank = |byte: u8| CardImage {
        serial: serial(1),
        user: vec![byte; 45],
        purse: vec![byte; 8],
        write_back: vec![byte; 49],
    };
    let used = written(purchase(1, OLD, 5), opened(5, serial(1)));
    let unused = purchase(1, OLD, 6);
    let opening = open_account(1);
    let mut left_over = opening.clone();
    left_over.user[0] = 0;
    left_over.purse[..4].fill(0);
    let one = |name, before: &CardImage, after: &CardImage| Scenario {
        name,
        cards: vec![before.clone()],
        write: write(None, before, after),
        meters: [opened(5, serial(1)), unopened()],
        tried: &[(0, 0), (0, 1)],
        paid: [0, AMOUNT],
        stopped: None,
    };
    let top_up = |name, before: &CardImage| Scenario {
        paid: [AMOUNT, 0],
        ..one(name, before, &purchase_of(1, OLD, 6, AMOUNT))
    };
    let two = |name, old: &CardImage, after: &CardImage| Scenario {
        cards: vec![new_blank(0), old.clone()],
        write: write(Some(old), &new_blank(0), after),
        meters: [opened(5, serial(2)), unopened()],
        tried: &[(1, 0), (0, 1)],
        ..one(name, old, after)
    };
    let old = |image: &CardImage| CardImage {
        serial: serial(2),
        ..image.clone()
    };
    vec![
        one("a card of zeros", &new_blank(0x00), &opening),
        one("an empty card", &new_blank(0xff), &opening),
        one("what another write has left", &left_over, &opening),
        one("the old meter's card, used", &used, &opening),
        Scenario {
            stopped: Some([BEFORE, 0]),
            ..one("the old meter's card, unused", &unused, &opening)
        },
        top_up("a purchase on a used card", &used),
        Scenario {
            // the meter has that purchase, which the card does not show
            stopped: Some([0, 0]),
            ..top_up(
                "a purchase on a card that looks unused",
                &purchase(1, OLD, 5),
            )
        },
        Scenario {
            // the office merged two purchases under the count of the first
            stopped: Some([BEFORE, 0]),
            ..top_up("a purchase on an unused card", &unused)
        },
        Scenario {
            // as long as nothing is begun for it, the customer may use it
            stopped: Some([0, AMOUNT]),
            ..one("a card that is so already", &opening, &opening)
        },
        two("two cards, the old one used", &old(&used), &opening),
        Scenario {
            stopped: Some([BEFORE, 0]),
            ..two("two cards, the old one unused", &old(&unused), &opening)
        },
        Scenario {
            paid: [BEFORE, 0],
            stopped: Some([BEFORE, 0]),
            tried: &[(1, 0), (0, 0)],
            ..two(
                "a replacement with the same purchase",
                &old(&unused),
                &card(1, CardKind::Replacement, OLD, 6, BEFORE),
            )
        },
    ]
}

/// How a meter comes to write back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenBack {
    Whole,
    /// The customer pulls the card: only that half is written.
    FirstHalf,
    SecondHalf,
}

impl WrittenBack {
    pub const ALL: [Self; 3] = [Self::Whole, Self::FirstHalf, Self::SecondHalf];
}

/// Puts a card into a meter. Gives the card afterwards, the meter, and what was paid.
pub fn inserted(
    mut image: CardImage,
    meter: CardMeter,
    written: WrittenBack,
) -> (CardImage, CardMeter, Fen) {
    let layout = layout();
    let taken = insert(&meter, layout, Inserted::Card(&image));
    if let Some(back) = taken.write_back {
        let card = UserCard {
            write_back: WriteBackFile::Written(back),
            ..decoded(&image)
        };
        let back = layout.encode(&card).unwrap().write_back;
        let half = back.len() / 2;
        let range = match written {
            WrittenBack::Whole => 0..back.len(),
            WrittenBack::FirstHalf => 0..half,
            WrittenBack::SecondHalf => half..back.len(),
        };
        image.write_back[range.clone()].copy_from_slice(&back[range]);
    }
    (image, taken.meter, taken.credited())
}

fn decoded(image: &CardImage) -> UserCard {
    layout().decode(image).unwrap()
}

/// The write of one card, with another to void first where there is one.
pub fn write(void: Option<&CardImage>, before: &CardImage, after: &CardImage) -> CardWrite {
    CardWrite {
        authorisation: serde_json::from_str("\"01940000-0000-7000-8000-000000000001\"").unwrap(),
        order: serde_json::from_str("\"made-up order\"").unwrap(),
        generation: Generation::G2013,
        void: void.map(|old| CardJob::voiding(old.clone(), layout())),
        write: CardJob {
            before: before.clone(),
            after: after.clone(),
        },
        phase: CardPhase::Intent,
    }
}

/// An open-account card for the new meter.
pub fn open_account(n: u8) -> CardImage {
    card(n, CardKind::OpenAccount, NEW, 1, AMOUNT)
}

fn purchase(n: u8, meter: u64, count: u32) -> CardImage {
    purchase_of(n, meter, count, BEFORE)
}

fn purchase_of(n: u8, meter: u64, count: u32, fen: u32) -> CardImage {
    card(n, CardKind::Purchase, meter, count, fen)
}

fn card(n: u8, kind: CardKind, meter: u64, count: u32, fen: u32) -> CardImage {
    let card = UserCard {
        serial: serial(n),
        user_file: UserFile {
            kind,
            meter_no: MeterNo::from_number(meter).unwrap(),
            customer_no: customer(),
            update_flags: 0xff,
            tariff_switch: CardClock::default(),
            alarm_1: Fen::from(2_000),
            alarm_2: Fen::from(500),
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: Fen::from(fen),
            count,
        },
        write_back: WriteBackFile::Empty,
    };
    layout().encode(&card).unwrap()
}

fn serial(n: u8) -> CardSerial {
    CardSerial::from_bytes([0x20, 0x26, 0, 0, 0, 0, 0, n])
}

fn customer() -> CustomerNo {
    CustomerNo::from_number(1_000_000_001).unwrap()
}

/// The customer's old meter after so many purchases; it takes them from that card.
fn opened(count: u32, card_serial: CardSerial) -> CardMeter {
    CardMeter {
        meter_no: MeterNo::from_number(OLD).unwrap(),
        opening: Opening::Opened {
            customer_no: customer(),
            card_serial,
        },
        count,
        balance: Fen::from(8_765),
        ..unopened()
    }
}

fn unopened() -> CardMeter {
    CardMeter::unopened(MeterNo::from_number(NEW).unwrap())
}
