//! An office, a crew's tablet with the leave to write the cards of its orders, a reader, and what
//! the crew has at hand.

use std::fs;
use std::path::Path;

use devices::sim::card::{At, DirectCards, Fault, Slot, Tear, VirtualCard};
use domain::{CardImage, CardSerial};
use gateway::ledger::{Finding, Incidents, LeaveOf, LeaveState};
use metercrew_tests::district::{crew, order_id};
use metercrew_tests::prepaid::{Meter, TOTAL, before_the_card, dispatch_faults, leaves, short};
use metercrew_tests::{Office, Tablet};
use tempfile::TempDir;
use work::{CardEnd, CardParts, CardStep, Standing, WorkError};

pub struct World {
    pub office: Office,
    pub tablet: Tablet,
    /// The reader's.
    pub slot: Slot,
    /// Cards that are not in the reader.
    pub beside: Vec<VirtualCard>,
    parts: CardParts,
}

impl World {
    /// Faulty meters `1..=orders`, done as far as the card; the reader is empty, and the crew has
    /// as many blanks.
    pub async fn at_the_card(orders: u64) -> Self {
        Self::with(orders, Office::open().await, Tablet::new(1)).await
    }

    /// The same with this office and this tablet.
    pub async fn with(orders: u64, office: Office, tablet: Tablet) -> Self {
        let url = office.url();
        let world = Self::reached_at(orders, office, tablet, &url).await;
        world.before_the_cards(orders);
        world
    }

    /// Faulty meters `1..=orders`, which the tablet knows; the office is where this address leads.
    pub async fn reached_at(orders: u64, office: Office, tablet: Tablet, address: &str) -> Self {
        dispatch_faults(&office, orders, &short());
        tablet.joins(&office, address, crew()).await;
        let slot = Slot::empty();
        let parts = CardParts::simulated(DirectCards::new([slot.clone()]));
        let world = Self {
            office,
            tablet,
            slot,
            beside: vec![],
            parts,
        };
        world.tablet.device().use_card_parts(world.parts.clone());
        world.sync().await;
        world
    }

    /// Does orders `1..=orders` as far as their card.
    pub fn before_the_cards(&self, orders: u64) {
        self.tablet.pick_up();
        for n in 1..=orders {
            for action in before_the_card(n) {
                self.tablet.act(&order_id(n), action).unwrap();
            }
        }
    }

    /// Takes the keys from the office, over the link.
    pub fn takes_keys_from_the_office(&mut self) {
        let reader = DirectCards::new([self.slot.clone()]);
        self.parts = CardParts::simulated_with_office_keys(reader);
        self.tablet.device().use_card_parts(self.parts.clone());
    }

    /// Rounds of sync until nothing waits and nothing comes.
    pub async fn sync(&self) {
        sync(&self.tablet).await;
    }

    /// Ends the program, however it ends.
    pub fn stops(&mut self) {
        self.tablet.stop();
    }

    /// Starts it.
    pub fn starts(&mut self) {
        self.tablet.start();
        self.tablet.device().use_card_parts(self.parts.clone());
    }

    /// What the folder holds now; the program is started anew.
    pub fn backup(&mut self) -> TempDir {
        self.stops();
        let backup = tempfile::tempdir().unwrap();
        copy(self.tablet.home.path(), backup.path());
        self.starts();
        backup
    }

    /// The folder as it was then.
    pub fn restores(&mut self, backup: &TempDir) {
        self.stops();
        fs::remove_dir_all(self.tablet.home.path()).unwrap();
        copy(backup.path(), self.tablet.home.path());
        self.starts();
    }

    /// Lays cards on the table.
    pub fn has(&mut self, images: impl IntoIterator<Item = CardImage>) {
        self.beside.extend(images.into_iter().map(VirtualCard::new));
    }

    /// Puts a card into the reader, in place of the one that is there.
    pub fn puts_in(&mut self, serial: CardSerial) {
        self.beside.extend(self.slot.remove());
        let is_it = |card: &VirtualCard| card.image().serial == serial;
        let at = self.beside.iter().position(is_it).unwrap();
        self.slot.insert(self.beside.remove(at));
    }

    /// Puts this card into the reader.
    pub fn puts(&mut self, image: CardImage) {
        let serial = image.serial;
        self.has([image]);
        self.puts_in(serial);
    }

    /// Writes the card of order `n`, told how far it is.
    pub async fn writes_telling(
        &self,
        n: u64,
        mut on: impl FnMut(CardStep) + Send + 'static,
    ) -> Result<CardEnd, WorkError> {
        let write = move |device: &work::Device| device.write_card(&order_id(n), None, &mut on);
        self.tablet.device().beside(write).await
    }

    /// Writes the card of order `n`.
    pub async fn writes(&self, n: u64) -> Result<CardEnd, WorkError> {
        self.writes_telling(n, |_| {}).await
    }

    /// Why it cannot be written.
    pub async fn cannot_write(&self, n: u64) -> String {
        self.writes(n).await.unwrap_err().code()
    }

    /// Pulls this card out at the write of that number, counted from 0, to the card of order `n`:
    /// it is in doubt then, and in the reader again.
    pub async fn pulls_out(&mut self, n: u64, image: CardImage, update: u32, how: Tear) {
        self.puts(image);
        self.slot.plan(At::Update(update), Fault::Tear(how));
        assert_eq!(self.cannot_write(n).await, "write_in_doubt");
        assert!(self.slot.put_back());
    }

    /// Writes it to its end, whichever card that takes.
    pub async fn writes_to_the_end(&mut self, n: u64) {
        for _ in 0..4 {
            let wanted = match self.writes(n).await {
                Ok(CardEnd::Done) => return,
                Ok(CardEnd::NextCard { serial }) => serial,
                Ok(CardEnd::GivenUp) => panic!("it was given up"),
                Err(WorkError::Card(trouble)) => trouble.wanted.unwrap(),
                Err(error) => panic!("{error:?}"),
            };
            self.puts_in(wanted);
        }
        panic!("it comes to no end");
    }

    /// Gives the card of order `n` up.
    pub async fn gives_up(&self, n: u64) -> Result<CardEnd, WorkError> {
        let device = self.tablet.device();
        device.beside(move |d| d.give_up_card(&order_id(n))).await
    }

    /// Whether a card of order `n` is in doubt on the tablet.
    pub fn is_open(&self, n: u64) -> bool {
        let open = self.tablet.device().open_cards().unwrap();
        open.contains(&order_id(n))
    }

    /// Somebody puts every card there is into the meter.
    pub fn meter_tries_all(&mut self, meter: &mut Meter) {
        self.slot.change(|card| meter.tries(card));
        for card in &mut self.beside {
            meter.tries(card);
        }
    }

    /// The new meter of order `n`, into which somebody puts every card there is, twice, is given the
    /// whole sum once.
    pub fn credits_once(&mut self, n: u64) {
        let mut meter = Meter::fresh(n);
        for _ in 0..2 {
            self.meter_tries_all(&mut meter);
        }
        was_credited_once(&meter);
    }

    /// The leaves the office gave for order `n`, the oldest first.
    pub fn leaves(&self, n: u64) -> Vec<LeaveOf> {
        leaves(&self.office, &order_id(n))
    }

    /// Every state they are in.
    pub fn states(&self, n: u64) -> Vec<LeaveState> {
        let leaves = self.leaves(n);
        leaves.iter().map(|of| of.leave.state).collect()
    }

    /// A supervisor takes the newest leave of order `n` back.
    pub fn reissues(&self, n: u64) {
        let (ledger, now) = (self.office.gateway().ledger(), self.office.hand.now());
        let newest = self.leaves(n).pop().unwrap().leave.id();
        let taken = ledger.reissue_card(newest, "the tablet was restored", &"banzhang".into(), now);
        taken.unwrap();
    }

    /// All that the office found strange.
    pub fn findings(&self) -> Vec<Finding> {
        let ledger = self.office.gateway().ledger();
        let incidents = ledger.card_incidents(Incidents::All, 500).unwrap();
        incidents.into_iter().map(|of| of.incident.what).collect()
    }

    /// The office's books: so many whole sums are on cards, and what came in went out or is still
    /// to go.
    pub fn books_say(&self, cards: u64) {
        let sums = self.office.gateway().ledger().card_balance().unwrap();
        assert!(sums.is_even());
        assert_eq!(sums.credited, cards);
        let times = i64::try_from(cards).unwrap();
        assert_eq!(sums.credits.count(), TOTAL.count() * times);
        self.office.check();
        self.tablet.check();
    }

    /// The office, told of everything, has so many whole sums on cards and finds nothing strange.
    pub async fn office_agrees(&self, cards: u64) {
        self.sync().await;
        self.books_say(cards);
        assert_eq!(self.findings(), []);
    }

    /// The same, with one leave for each of orders `1..=orders`, used up for a card.
    pub async fn office_agrees_on_all(&self, orders: u64) {
        self.office_agrees(orders).await;
        for n in 1..=orders {
            assert_eq!(self.states(n), [LeaveState::Written], "order {n}");
        }
    }
}

/// Rounds of sync until nothing waits and nothing comes.
pub async fn sync(tablet: &Tablet) {
    for _ in 0..20 {
        tablet.clock.pass(1_000);
        let round = tablet.round().await;
        if round.standing == Standing::Idle && round.orders_down == 0 {
            return;
        }
    }
    panic!("sync does not come to rest: {:?}", tablet.round().await);
}

/// A new meter that was given the whole sum once, and nothing else.
pub fn was_credited_once(meter: &Meter) {
    assert_eq!(meter.credits, [TOTAL]);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
