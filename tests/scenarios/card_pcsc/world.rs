//! Fault replacements of prepaid meters up to their card, the cards, the reader and the meters.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use devices::card::{CardSource as _, PcscCards};
use devices::sim::card::{At, Fault, InVpcd, Slot, VirtualCard, VpcdReader, insert};
use domain::{
    Action, CardAnswer, CardClock, CardImage, CardKind, CardMeter, CardSerial, CardTask,
    CustomerNo, Decimal, Dispatch, Fen, Generation, Inserted, ItemAnswer, ItemReadout, ItemValue,
    Keys, Layout, MeterItem, MeterNo, MeterProtocol, Millis, Need, Opening, OrderId, OrderKind,
    PaidPurchase, PrepaidMeter, Procedure, Purse, ReadingSource, Readout, Register,
    RegisterReading, ScanSource, Slot as Place, StepId, StockItem, Supply, UserCard, UserFile,
    WriteBackFile, insert as put_into,
};
use gateway::ledger::{Incidents, LeaveOf, LeaveState};
use metercrew_tests::district::{self, crew, order_id};
use metercrew_tests::{Office, Tablet};
use tokio::runtime::Runtime;

use super::program::{Ended, Program};

/// Whatever a story waits for comes sooner.
const LONG_ENOUGH: Duration = Duration::from_secs(60);
const LOOKS_EVERY: Duration = Duration::from_millis(1);

pub const LEFT: Fen = fen(8_765);
pub const BOUGHT: Fen = fen(5_000);
pub const TOTAL: Fen = fen(13_765);

const fn fen(count: i64) -> Fen {
    match Fen::new(count) {
        Some(amount) => amount,
        None => Fen::ZERO,
    }
}

pub fn old_card(n: u64) -> CardSerial {
    CardSerial::parse(&format!("2013{n:012}")).unwrap()
}

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

/// The customer's card: what was bought last is on it, and the old meter has not seen it.
fn old_image(n: u64) -> CardImage {
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

fn blank_image(n: u64) -> CardImage {
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
        carried_max: fen(20_000),
        limit: None,
        alarm_1: fen(1_000),
        alarm_2: fen(500),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn dispatch(n: u64, procedure: Procedure) -> Dispatch {
    Dispatch {
        card: Some(task(n)),
        procedure,
        ..district::replacement(n, crew())
    }
}

fn issued(n: u64) -> StockItem {
    StockItem {
        comm_address: Some(new_meter_no(n).to_string().as_str().into()),
        ..district::issued(n, crew())
    }
}

/// All that a replacement asks for.
pub fn whole() -> Procedure {
    Procedure::built_in_for(OrderKind::Replace).fitted(true, false)
}

/// Only what a card rests on, and no photos.
pub fn short() -> Procedure {
    let mut procedure = whole();
    procedure.steps.retain(|step| {
        matches!(
            step.need,
            Need::Card
                | Need::Reading {
                    slot: Place::OldMeter
                }
                | Need::Scan {
                    slot: Place::NewMeter
                }
        )
    });
    for step in &mut procedure.steps {
        step.photos.min = 0;
    }
    procedure
}

/// What the old meter says over its port.
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

/// An office, and a crew's tablet with the leave to write the cards of its orders.
pub struct World {
    pub office: Office,
    pub tablet: Tablet,
    orders: u64,
    runtime: Runtime,
}

impl World {
    /// Orders `1..=n` by this procedure, dispatched and on the tablet, and the new meters taken
    /// along.
    pub fn of(orders: u64, procedure: &Procedure) -> Self {
        let runtime = Runtime::new().unwrap();
        let (office, tablet) = runtime.block_on(async {
            let office = Office::open().await;
            let ledger = office.gateway().ledger();
            let now = office.hand.now();
            let items: Vec<_> = (1..=orders).map(issued).collect();
            ledger.put_stock(&items).unwrap();
            let blanks: Vec<_> = (1..=orders).map(blank).collect();
            ledger.register_blanks(&crew(), &blanks, now).unwrap();
            for n in 1..=orders {
                ledger
                    .dispatch(dispatch(n, procedure.clone()), now)
                    .unwrap();
            }
            let tablet = Tablet::new(1);
            // the tablet learns the office's time by the machine's clock: the program has that one
            tablet.clock.set_wall(machine_time());
            tablet.joins(&office, &office.url(), crew()).await;
            (office, tablet)
        });
        let world = Self {
            office,
            tablet,
            orders,
            runtime,
        };
        world.sync();
        world.tablet.pick_up();
        world
    }

    /// The same, done as far as the card.
    pub fn at_the_card(orders: u64) -> Self {
        let mut world = Self::of(orders, &short());
        for n in 1..=orders {
            world.reads_old_meter(n, &step_of(Place::OldMeter, true));
            let scan = Action::Scan {
                step: step_of(Place::NewMeter, false),
                asset_no: district::new_meter(n),
                source: ScanSource::HardwareScanner,
                image: None,
                sighting: None,
                overrules: vec![],
            };
            world.tablet.act(&order_id(n), scan).unwrap();
        }
        world.leaves_the_device();
        world
    }

    /// Rounds of sync until nothing waits.
    pub fn sync(&self) {
        self.runtime.block_on(async {
            for _ in 0..20 {
                let round = self.tablet.round().await;
                if round.standing == work::Standing::Idle && round.orders_down == 0 {
                    return;
                }
            }
            panic!("sync does not come to rest");
        });
    }

    /// Records what the old meter itself says.
    pub fn reads_old_meter(&self, n: u64, step: &StepId) {
        let action = Action::Read {
            step: step.clone(),
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
        self.tablet.act(&order_id(n), action).unwrap();
    }

    /// Gives the folder to the program.
    pub fn leaves_the_device(&mut self) {
        let _in_runtime = self.runtime.enter();
        self.tablet.stop();
    }

    /// Takes the folder back.
    pub fn takes_the_device(&mut self) {
        let _in_runtime = self.runtime.enter();
        self.tablet.start();
    }

    /// A command about the card of an order.
    pub fn card(&self, verb: &str, n: u64, more: &[&str]) -> Program {
        let (store, order) = (self.tablet.home.path(), order_id(n));
        let store = store.to_str().unwrap();
        let args = ["card", verb, "--store", store, "--order", order.as_str()];
        Program::start(&[&args[..], more].concat())
    }

    /// The leave the office gave for an order.
    pub fn leaves(&self, order: &OrderId) -> Vec<LeaveOf> {
        let ledger = self.office.gateway().ledger();
        let mut leaves = ledger.card_leaves(&LeaveState::ALL, 500).unwrap();
        leaves.retain(|leave| leave.leave.leave.order == *order);
        leaves
    }

    /// The office agrees: one leave for each order, used up for the card that holds this; one
    /// credit; nothing strange; and the money adds up.
    pub fn office_agrees(&mut self, cards: &[CardImage]) {
        self.takes_the_device();
        self.sync();
        for n in 1..=self.orders {
            let leaves = self.leaves(&order_id(n));
            assert_eq!(leaves.len(), 1, "order {n}");
        }
        self.office_has(cards);
    }

    /// The newest leave of each order is used up for the card that holds this; one credit; nothing
    /// strange; and the money adds up.
    pub fn office_has(&self, cards: &[CardImage]) {
        for (n, card) in (1..).zip(cards) {
            let leaves = self.leaves(&order_id(n));
            let leave = leaves
                .iter()
                .max_by_key(|leave| leave.leave.after.is_some());
            let leave = leave.unwrap();
            assert_eq!(leave.leave.state, LeaveState::Written, "order {n}");
            assert_eq!(leave.credit, Some(TOTAL), "order {n}");
            let outcome = leave.leave.ended.as_ref().unwrap().outcome;
            let image = fresh(card).hash();
            assert_eq!(outcome, domain::CardOutcome::Written { image }, "order {n}");
        }
        let ledger = self.office.gateway().ledger();
        let incidents = ledger.card_incidents(Incidents::All, 500).unwrap();
        assert_eq!(incidents, []);
        let sums = ledger.card_balance().unwrap();
        let times = i64::try_from(self.orders).unwrap();
        assert!(sums.is_even());
        assert_eq!(sums.remainders.count(), LEFT.count() * times);
        assert_eq!(sums.purchases.count(), BOUGHT.count() * times);
        assert_eq!(sums.credits.count(), TOTAL.count() * times);
        assert_eq!((sums.debts.count(), sums.outstanding.count()), (0, 0));
        assert_eq!((sums.credited, sums.open), (self.orders, 0));
        self.office.check();
        self.tablet.check();
    }
}

fn machine_time() -> Millis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Millis(i64::try_from(since.as_millis()).unwrap())
}

fn step_of(slot: Place, is_reading: bool) -> StepId {
    let need = match is_reading {
        true => Need::Reading { slot },
        false => Need::Scan { slot },
    };
    let steps = whole().steps.into_iter();
    steps
        .filter(|step| step.need == need)
        .map(|s| s.id)
        .next()
        .unwrap()
}

/// The card as it was before a meter wrote back to it.
fn fresh(image: &CardImage) -> CardImage {
    let mut card = layout().decode(image).unwrap();
    card.write_back = WriteBackFile::Empty;
    layout().encode(&card).unwrap()
}

/// When the program is killed.
#[derive(Debug, Clone, Copy)]
pub enum Cut {
    /// While the n-th command a card hears from now on is done, and its answer held.
    Command(usize, u64),
    /// While the n-th write is.
    Update(usize, u64),
    /// When it says that it has come to this step.
    Step(&'static str),
}

/// A reader, and the cards that a crew has at hand for an order.
pub struct Reader {
    pub cards: Vec<Slot>,
    held: Option<(usize, InVpcd)>,
}

impl Reader {
    /// With the customer's old card in it.
    pub fn with_old_card(n: u64) -> Self {
        Self::with(vec![Slot::with(VirtualCard::new(old_image(n)))])
    }

    /// With the new card in it, and the old one beside.
    pub fn with_two_cards(n: u64) -> Self {
        let cards = [blank_image(n), old_image(n)];
        Self::with(
            cards
                .map(|image| Slot::with(VirtualCard::new(image)))
                .into(),
        )
    }

    fn with(cards: Vec<Slot>) -> Self {
        let mut reader = Self { cards, held: None };
        reader.takes(0);
        reader
    }

    /// Takes what is in it out, and puts that card in; the daemon has seen it then.
    pub fn takes(&mut self, card: usize) {
        self.changes_to(card);
        PcscCards::default().connect(None, LONG_ENOUGH).unwrap();
    }

    /// The same while a program looks for the card, and would be in the way of our look.
    fn changes_to(&mut self, card: usize) {
        self.is_emptied();
        let held = insert(&self.cards[card], VpcdReader::First).unwrap();
        self.held = Some((card, held));
    }

    /// Empties it.
    pub fn is_emptied(&mut self) {
        if let Some((_, held)) = self.held.take() {
            held.take_out().unwrap();
        }
    }

    /// Takes the card out and puts it in again.
    fn takes_again(&mut self) {
        let card = self.held.as_ref().map_or(0, |(card, _)| *card);
        self.takes(card);
    }

    fn swap(&mut self) {
        let card = self.held.as_ref().map_or(0, |(card, _)| *card);
        self.changes_to(1 - card);
    }

    fn puts_in(&mut self, serial: &str) {
        let is_it = |slot: &Slot| slot.image().is_some_and(|i| i.serial.to_string() == serial);
        let card = self.cards.iter().position(is_it).unwrap();
        if self.held.as_ref().is_none_or(|(held, _)| *held != card) {
            self.changes_to(card);
        }
    }

    /// Does what the program asks for until it ends, or is killed.
    pub fn serves(&mut self, mut program: Program, cut: Option<Cut>) -> Ended {
        let heard = |reader: &Self| match cut {
            Some(Cut::Command(card, _)) => reader.cards[card].commands(),
            Some(Cut::Update(card, _)) => reader.cards[card].updates(),
            Some(Cut::Step(_)) | None => 0,
        };
        let before = heard(self);
        let at = match cut {
            Some(Cut::Command(card, n)) => Some((card, n, At::Command(n.try_into().unwrap()))),
            Some(Cut::Update(card, n)) => Some((card, n, At::Update(n.try_into().unwrap()))),
            Some(Cut::Step(_)) | None => None,
        };
        if let Some((card, _, at)) = at {
            self.cards[card].plan(at, Fault::Silence);
        }
        let deadline = Instant::now() + LONG_ENOUGH;
        let ended = loop {
            if Instant::now() > deadline {
                panic!("{cut:?}: the program hangs: {:?}", program.kill());
            }
            if at.is_some_and(|(_, n, _)| heard(self) > before + n) {
                break program.kill();
            }
            let Some(line) = program.line() else {
                break program.ended();
            };
            let Some(line) = line else {
                thread::sleep(LOOKS_EVERY);
                continue;
            };
            if let Some(Cut::Step(step)) = cut
                && line.split(':').next() == Some(step)
            {
                break program.kill();
            }
            if line == "now the other card" {
                self.swap();
            } else if let Some(serial) = line.strip_prefix("put card ") {
                let serial = serial.strip_suffix(" in").unwrap();
                self.puts_in(serial);
            }
        };
        self.cards.iter().for_each(Slot::plan_nothing);
        if at.is_some() {
            // a card that is silent stays so until it was out
            self.takes_again();
        }
        ended
    }
}

/// The new meter, and what it took from cards.
pub struct Meter {
    meter: CardMeter,
    pub credits: Vec<Fen>,
}

impl Meter {
    /// The new meter of order `n`, which belongs to nobody yet.
    pub fn new(n: u64) -> Self {
        let meter = CardMeter {
            meter_no: new_meter_no(n),
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
        };
        Self {
            meter,
            credits: vec![],
        }
    }

    /// Somebody puts the card into it, between two moments at the reader.
    pub fn tries(&mut self, slot: &Slot) -> CardAnswer {
        let accepted = slot.change(|card| {
            let accepted = put_into(&self.meter, layout(), Inserted::Card(card.image()));
            if let Some(back) = accepted.write_back {
                let mut written = layout().decode(card.image()).unwrap();
                written.write_back = WriteBackFile::Written(back);
                card.set_image(layout().encode(&written).unwrap());
            }
            accepted
        });
        let accepted = accepted.unwrap();
        self.meter = accepted.meter;
        if let CardAnswer::Credited { amount, .. } = accepted.answer {
            self.credits.push(amount);
        }
        accepted.answer
    }

    /// What is in it.
    pub fn balance(&self) -> Fen {
        self.meter.balance
    }
}
