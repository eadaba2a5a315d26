//! Made-up prepaid customers: their cards, their meters, and orders that ask for a card.

use devices::sim::card::{Slot, VirtualCard};
use domain::{
    Action, AssetNo, CardAnswer, CardClock, CardImage, CardKind, CardMeter, CardSerial, CardTask,
    CustomerNo, Decimal, Dispatch, Fen, Generation, Inserted, ItemAnswer, ItemReadout, ItemValue,
    Layout, MeterItem, MeterNo, MeterProtocol, Need, Opening, OrderId, OrderKind, PaidPurchase,
    PrepaidMeter, Procedure, Purse, ReadingSource, Readout, Register, RegisterReading, ScanSource,
    Slot as Place, StockItem, UserCard, UserFile, WriteBackFile, insert,
};
use gateway::ledger::{LeaveOf, LeaveState};

use crate::Office;
use crate::district::{crew, issued, new_meter, replacement};

/// What is left in every old meter.
pub const LEFT: Fen = Fen::new(8_765).unwrap();
/// What was bought last; it is on the old card, and the old meter has not seen it.
pub const BOUGHT: Fen = Fen::new(5_000).unwrap();
/// Both.
pub const TOTAL: Fen = LEFT.plus(BOUGHT).unwrap();

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

/// What is where on these cards.
pub fn layout() -> &'static Layout {
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
            money: BOUGHT,
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
            amount: BOUGHT,
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

/// All that the replacement of a prepaid meter asks for.
pub fn whole() -> Procedure {
    Procedure::built_in_for(OrderKind::Replace).fitted(true, false)
}

/// Only the steps of it that a card rests on, and no photos.
pub fn short() -> Procedure {
    let mut procedure = whole();
    let rests_on = |need| {
        [
            Need::Card,
            Need::Reading {
                slot: Place::OldMeter,
            },
            Need::Scan {
                slot: Place::NewMeter,
            },
        ]
        .contains(&need)
    };
    procedure.steps.retain(|step| rests_on(step.need));
    for step in &mut procedure.steps {
        step.photos.min = 0;
    }
    procedure
}

/// The order to replace the prepaid meter of account `n`, by the short procedure.
pub fn fault(n: u64) -> Dispatch {
    fault_by(n, short())
}

fn fault_by(n: u64, procedure: Procedure) -> Dispatch {
    Dispatch {
        card: Some(task(n)),
        procedure,
        ..replacement(n, crew())
    }
}

/// The new meter of account `n`, in the cabinet, whose number is known.
fn issued_prepaid(n: u64) -> StockItem {
    StockItem {
        comm_address: Some(new_meter_no(n).to_string().as_str().into()),
        ..issued(n, crew())
    }
}

/// The office has the crew replace the prepaid meters of accounts `1..=orders`, by this procedure;
/// their new meters are in the cabinet, and the crew has as many blank cards.
pub fn dispatch_faults(office: &Office, orders: u64, procedure: &Procedure) {
    let (ledger, now) = (office.gateway().ledger(), office.hand.now());
    let items: Vec<_> = (1..=orders).map(issued_prepaid).collect();
    ledger.put_stock(&items).unwrap();
    let blanks: Vec<_> = (1..=orders).map(blank).collect();
    ledger.register_blanks(&crew(), &blanks, now).unwrap();
    for n in 1..=orders {
        let order = fault_by(n, procedure.clone());
        ledger.dispatch(order, now).unwrap();
    }
}

/// The leaves an office gave for an order, the oldest first.
pub fn leaves(office: &Office, order: &OrderId) -> Vec<LeaveOf> {
    let ledger = office.gateway().ledger();
    let mut leaves = ledger.card_leaves(&LeaveState::ALL, 500).unwrap();
    leaves.retain(|of| of.leave.leave.order == *order);
    leaves.reverse();
    leaves
}

/// What is done before the card: the old meter says what is left in it, and the new one is scanned.
pub fn before_the_card(n: u64) -> [Action; 2] {
    [reads_old_meter(n), scans_new_meter(new_meter(n))]
}

/// The old meter says what is left in it.
pub fn reads_old_meter(n: u64) -> Action {
    Action::Read {
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
    }
}

/// The new meter, whichever it is, is scanned.
pub fn scans_new_meter(asset_no: AssetNo) -> Action {
    Action::Scan {
        step: "new_meter".into(),
        asset_no,
        source: ScanSource::HardwareScanner,
        image: None,
        sighting: None,
        overrules: vec![],
    }
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
            read(MeterItem::MoneyLeft, quantity(LEFT.count())),
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
            meter: CardMeter::unopened(meter_no),
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

    /// Somebody puts the card of a reader into it, between two moments at the reader.
    pub fn tries_in(&mut self, slot: &Slot) -> CardAnswer {
        slot.change(|card| self.tries(card)).unwrap()
    }

    /// What is in it.
    pub fn balance(&self) -> Fen {
        self.meter.balance
    }
}
