//! Made-up prepaid customers: their cards, their meters, and orders that ask for a card.

use devices::sim::card::VirtualCard;
use domain::{
    Action, CardAnswer, CardClock, CardImage, CardKind, CardMeter, CardSerial, CardTask,
    CustomerNo, Decimal, Dispatch, Fen, Generation, Inserted, ItemAnswer, ItemReadout, ItemValue,
    Keys, Layout, MeterItem, MeterNo, MeterProtocol, Need, Opening, OrderKind, PaidPurchase,
    PrepaidMeter, Procedure, Purse, ReadingSource, Readout, Register, RegisterReading, ScanSource,
    Slot, StockItem, Supply, UserCard, UserFile, WriteBackFile, insert,
};

use crate::district::{crew, issued, new_meter, replacement};

/// What is left in every old meter.
pub const LEFT: u32 = 8_765;
/// What was bought last; it is on the old card, and the old meter has not seen it.
pub const BOUGHT: u32 = 5_000;
/// Both.
pub const TOTAL: u32 = LEFT + BOUGHT;

/// The card of customer `n`.
pub fn old_card(n: u64) -> CardSerial {
    CardSerial::parse(&format!("2013{n:012}")).unwrap()
}

/// The `n`-th blank card.
pub fn blank(n: u64) -> CardSerial {
    CardSerial::parse(&format!("2020{n:012}")).unwrap()
}

fn old_meter_no(n: u64) -> MeterNo {
    MeterNo::from_number(1_000 + n).unwrap()
}

fn new_meter_no(n: u64) -> MeterNo {
    MeterNo::from_number(2_000 + n).unwrap()
}

fn customer_no(n: u64) -> CustomerNo {
    CustomerNo::from_number(n).unwrap()
}

fn layout() -> &'static Layout {
    Layout::of(Generation::G2013).unwrap()
}

/// The customer's card.
pub fn old_image(n: u64) -> CardImage {
    let card = UserCard {
        serial: old_card(n),
        user_file: UserFile {
            kind: CardKind::Purchase,
            meter_no: old_meter_no(n),
            customer_no: customer_no(n),
            update_flags: 0,
            tariff_switch: CardClock::default(),
            alarm_1: Fen::ZERO,
            alarm_2: Fen::ZERO,
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: Fen::from(BOUGHT),
            count: 18,
        },
        write_back: WriteBackFile::Empty,
    };
    layout().encode(&card).unwrap()
}

/// A card that was issued and never written.
pub fn blank_image(n: u64) -> CardImage {
    CardImage {
        serial: blank(n),
        user: vec![0; 45],
        purse: vec![0; 8],
        write_back: vec![0; 49],
    }
}

fn task(n: u64) -> CardTask {
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: customer_no(n),
        meter: Some(PrepaidMeter {
            meter_no: old_meter_no(n),
            card_serial: Some(old_card(n)),
            count: 17,
            remainder: None,
        }),
        purchases: vec![PaidPurchase {
            count: 18,
            amount: Fen::from(BOUGHT),
            written_on: Some(old_card(n)),
        }],
        count: 1,
        carried_max: Fen::from(20_000),
        limit: None,
        alarm_1: Fen::from(1_000),
        alarm_2: Fen::from(500),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

/// The order to replace the prepaid meter of account `n`, with only the steps that a card rests
/// on, and no photos.
pub fn fault(n: u64) -> Dispatch {
    let mut procedure = Procedure::built_in_for(OrderKind::Replace).fitted(true, false);
    let rests_on = |need| {
        [
            Need::Card,
            Need::Reading {
                slot: Slot::OldMeter,
            },
            Need::Scan {
                slot: Slot::NewMeter,
            },
        ]
        .contains(&need)
    };
    procedure.steps.retain(|step| rests_on(step.need));
    for step in &mut procedure.steps {
        step.photos.min = 0;
    }
    Dispatch {
        card: Some(task(n)),
        procedure,
        ..replacement(n, crew())
    }
}

/// The new meter of account `n`, in the cabinet, whose number is known.
pub fn issued_prepaid(n: u64) -> StockItem {
    StockItem {
        comm_address: Some(new_meter_no(n).to_string().as_str().into()),
        ..issued(n, crew())
    }
}

/// What is done before the card: the old meter says what is left in it, and the new one is scanned.
pub fn before_the_card(n: u64) -> [Action; 2] {
    let read = Action::Read {
        step: "old_reading".into(),
        values: vec![RegisterReading {
            register: Register::ForwardTotal,
            value: Decimal::from_hundredths(123_456),
            source: ReadingSource::Infrared,
            also: vec![],
        }],
        readout: Some(readout(n)),
        sightings: vec![],
        overrules: vec![],
    };
    let scan = Action::Scan {
        step: "new_meter".into(),
        asset_no: new_meter(n),
        source: ScanSource::HardwareScanner,
        image: None,
        sighting: None,
        overrules: vec![],
    };
    [read, scan]
}

fn readout(n: u64) -> Readout {
    let read = |item, value| ItemReadout {
        item,
        answer: ItemAnswer::Read { value },
    };
    let quantity = |hundredths| ItemValue::Quantity(Decimal::from_hundredths(hundredths));
    Readout {
        protocol: MeterProtocol::Dlt645,
        comm_address: old_meter_no(n).to_string().as_str().into(),
        items: vec![
            read(MeterItem::ForwardTotal, quantity(123_456)),
            read(MeterItem::MoneyLeft, quantity(LEFT.into())),
            read(MeterItem::Overdraft, quantity(0)),
            read(MeterItem::PurchaseCount, ItemValue::Count(17)),
        ],
        wire_ms: 1_200,
    }
}

/// A prepaid meter, and what it took from cards.
#[derive(Debug)]
pub struct Meter {
    meter: CardMeter,
    /// What it was given, in turn.
    pub credits: Vec<Fen>,
}

impl Meter {
    /// The new meter of account `n`, which belongs to nobody yet.
    pub fn fresh(n: u64) -> Self {
        Self::unopened(new_meter_no(n))
    }

    /// A meter of that number which belongs to nobody yet.
    pub fn unopened(meter_no: MeterNo) -> Self {
        Self {
            meter: CardMeter {
                meter_no,
                opening: Opening::NotOpened,
                keys: Keys::Private,
                count: 0,
                balance: Fen::ZERO,
                overdraft: Fen::ZERO,
                limit: None,
                supply: Supply::Enough,
                current_ratio: 1,
                voltage_ratio: 1,
                illegal_inserts: 0,
                clock: CardClock::default(),
            },
            credits: vec![],
        }
    }

    /// The meter a customer has, as the office last heard of it.
    pub fn of(customer_no: CustomerNo, has: PrepaidMeter) -> Self {
        let mut opened = Self::unopened(has.meter_no);
        opened.meter.opening = Opening::Opened {
            customer_no,
            card_serial: has.card_serial.unwrap(),
        };
        opened.meter.count = has.count;
        opened.meter.balance = has.remainder.map_or(Fen::ZERO, |left| left.money);
        opened
    }

    /// Somebody puts a card into it.
    pub fn tries(&mut self, card: &mut VirtualCard) -> CardAnswer {
        let accepted = insert(&self.meter, layout(), Inserted::Card(card.image()));
        if let Some(back) = accepted.write_back {
            let mut written = layout().decode(card.image()).unwrap();
            written.write_back = WriteBackFile::Written(back);
            card.set_image(layout().encode(&written).unwrap());
        }
        self.meter = accepted.meter;
        if let CardAnswer::Credited { amount, .. } = accepted.answer {
            self.credits.push(amount);
        }
        accepted.answer
    }
}
