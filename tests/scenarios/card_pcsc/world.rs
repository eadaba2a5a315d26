//! Fault replacements of prepaid meters up to their card, and the cards in their reader.

use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use devices::card::{CardSource as _, PcscCards};
use devices::sim::card::{At, Fault, InVpcd, Slot, VirtualCard, VpcdReader, insert};
use domain::{CardImage, Millis, Procedure, WriteBackFile};
use gateway::ledger::{Incidents, LeaveState};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::prepaid::{
    BOUGHT, LEFT, Meter, TOTAL, before_the_card, blank_image, dispatch_faults, layout, leaves,
    old_image, short,
};
use metercrew_tests::{Office, Tablet};
use tokio::runtime::Runtime;

use super::program::{Ended, Program};

/// Whatever a story waits for comes sooner.
const LONG_ENOUGH: Duration = Duration::from_secs(60);
const LOOKS_EVERY: Duration = Duration::from_millis(1);

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
            dispatch_faults(&office, orders, procedure);
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
            for action in before_the_card(n) {
                world.tablet.act(&order_id(n), action).unwrap();
            }
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

    /// The office agrees: one leave for each order, used up for the card that holds this; one
    /// credit; nothing strange; and the money adds up.
    pub fn office_agrees(&mut self, cards: &[CardImage]) {
        self.takes_the_device();
        self.sync();
        for n in 1..=self.orders {
            let leaves = leaves(&self.office, &order_id(n));
            assert_eq!(leaves.len(), 1, "order {n}");
        }
        self.office_has(cards);
    }

    /// The newest leave of each order is used up for the card that holds this; one credit; nothing
    /// strange; and the money adds up.
    pub fn office_has(&self, cards: &[CardImage]) {
        for (n, card) in (1..).zip(cards) {
            let leaves = leaves(&self.office, &order_id(n));
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

    /// Somebody puts every card there is into the meter.
    pub fn meter_tries_all(&self, meter: &mut Meter) {
        for card in &self.cards {
            meter.tries_in(card);
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
