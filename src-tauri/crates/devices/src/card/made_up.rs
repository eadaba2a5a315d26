//! Made-up cards and writes for tests, and a reader to lay the cards in.

use std::time::Duration;

use domain::{
    CardClock, CardImage, CardKind, CardSerial, CustomerNo, Fen, Generation, Layout, MeterNo,
    Purse, UserCard, UserFile, WriteBack, WriteBackFile,
};

use super::{
    CardJob, CardPhase, CardProgress, CardSource as _, CardStep, CardTransport, CardWrite,
    MemoryJournal, OpenCard, SecurityModule, TestKeys, WriteError, begin_write, carry_on,
};
use crate::sim::card::{DirectCards, Slot, VirtualCard};

pub(super) fn layout() -> &'static Layout {
    Layout::of(Generation::G2013).unwrap()
}

pub(super) fn serial(n: u8) -> CardSerial {
    CardSerial::from_bytes([n; 8])
}

/// A card that was issued and never written.
pub(super) fn blank(n: u8) -> CardImage {
    CardImage {
        serial: serial(n),
        user: vec![0; 45],
        purse: vec![0; 8],
        write_back: vec![0; 49],
    }
}

/// For meter 8, which belongs to nobody yet: 137.65 yuan.
pub(super) fn opening(n: u8) -> CardImage {
    card(n, CardKind::OpenAccount, 8, 1, 13_765)
}

/// For meter 7: 50 yuan, of that count.
pub(super) fn purchase(n: u8, count: u32) -> CardImage {
    card(n, CardKind::Purchase, 7, count, 5_000)
}

pub(super) fn card(n: u8, kind: CardKind, meter: u64, count: u32, fen: u32) -> CardImage {
    let card = UserCard {
        serial: serial(n),
        user_file: UserFile {
            kind,
            meter_no: MeterNo::from_number(meter).unwrap(),
            customer_no: CustomerNo::from_number(1).unwrap(),
            update_flags: 0xff,
            tariff_switch: CardClock::default(),
            alarm_1: Fen::ZERO,
            alarm_2: Fen::ZERO,
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

/// The card after its meter wrote back that it has so many purchases.
pub(super) fn written_back(image: &CardImage, count: u32) -> CardImage {
    let card = layout().decode(image).unwrap();
    let written = UserCard {
        write_back: WriteBackFile::Written(WriteBack {
            meter_no: card.user_file.meter_no,
            customer_no: card.user_file.customer_no,
            current_ratio: 1,
            voltage_ratio: 1,
            money: Fen::from(8_765),
            count,
            overdraft: Fen::ZERO,
            illegal_inserts: 0,
            written_at: CardClock::default(),
        }),
        ..card
    };
    layout().encode(&written).unwrap()
}

pub(super) fn write(before: CardImage, after: CardImage) -> CardWrite {
    CardWrite {
        authorisation: serde_json::from_str("\"01940000-0000-7000-8000-000000000001\"").unwrap(),
        order: serde_json::from_str("\"made-up order\"").unwrap(),
        generation: Generation::G2013,
        void: None,
        write: CardJob { before, after },
        phase: CardPhase::Intent,
    }
}

/// Card 1 is written, after that old one was made void.
pub(super) fn write_instead(old: CardImage) -> CardWrite {
    CardWrite {
        void: Some(CardJob::voiding(old, layout())),
        ..write(blank(1), opening(1))
    }
}

/// The card in the slot, connected anew.
pub(super) fn connect(slot: &Slot) -> Box<dyn CardTransport> {
    let reader = DirectCards::new([slot.clone()]);
    reader.connect(None, Duration::ZERO).unwrap()
}

pub(super) fn open(slot: &Slot) -> OpenCard {
    OpenCard::open(connect(slot), layout()).unwrap()
}

/// A slot with a card in it, a journal, and what the crew has seen.
pub(super) struct Desk {
    pub(super) slot: Slot,
    pub(super) journal: MemoryJournal,
    pub(super) steps: Vec<CardStep>,
}

impl Desk {
    pub(super) fn with(image: &CardImage) -> Self {
        Self::holding(VirtualCard::new(image.clone()))
    }

    pub(super) fn holding(card: VirtualCard) -> Self {
        Self {
            slot: Slot::with(card),
            journal: MemoryJournal::new(),
            steps: Vec::new(),
        }
    }

    pub(super) fn begin(&mut self, write: &CardWrite) -> Result<(), WriteError> {
        let mut card = open(&self.slot);
        begin_write(&mut card, write, &mut self.journal, &mut |step| {
            self.steps.push(step);
        })
    }

    pub(super) fn carry_on(&mut self, write: &mut CardWrite) -> Result<CardProgress, WriteError> {
        self.carry_on_with(write, &mut TestKeys)
    }

    pub(super) fn carry_on_with(
        &mut self,
        write: &mut CardWrite,
        keys: &mut dyn SecurityModule,
    ) -> Result<CardProgress, WriteError> {
        let mut card = open(&self.slot);
        let journal = &mut self.journal;
        carry_on(&mut card, write, keys, journal, &mut |step| {
            self.steps.push(step);
        })
    }

    pub(super) fn image(&self) -> CardImage {
        self.slot.image().unwrap()
    }

    pub(super) fn phases(&self) -> Vec<CardPhase> {
        let records = self.journal.records().iter();
        records.map(|write| write.phase).collect()
    }
}
