//! A simulated month: customers buy, meters fail, tablets are lost, cards stay in doubt, and the
//! ledger's own sums agree to the fen with what the customers had, paid and got.
//!
//! Beside the ledger runs a world that knows nothing of it: customers with their money, plastic
//! cards with what is on them, and meters that take them by the domain's model.

use std::collections::BTreeMap;

use domain::{
    Action, CardAuthorisation, CardContent, CardKind, CardMeter, CardOutcome, CardPlan, CardSeen,
    CardSerial, CardTask, CustomerNo, DeviceId, Dispatch, Fen, Holder, Millis, NotWritten, OldCard,
    Opening, OrderKind, PaidPurchase, PrepaidMeter, Procedure, ScanSource, UserCard, accept,
};

use super::conformance::{ask, credits, push_from};
use super::{Incidents, LeaveState};
use crate::Chance;
use crate::ledger::Ledger;
use crate::ledger::conformance::{enrolled, pull};
use crate::ledger::sqlite::SqliteLedger;
use crate::tests::field::{NOW, Tablet, asset, crew, meter};
use crate::tests::prepaid::{fen, meter_no, not_written, on_display, serial, top_up, written};

const DAYS: i64 = 30;
const DAY_MS: i64 = 24 * 3_600_000;
const CUSTOMERS: u64 = 100;
const JOBS_A_DAY: u64 = 12;

/// Numbers that follow from a seed.
struct Dice(Chance);

impl Dice {
    fn below(&self, limit: u64) -> u64 {
        u64::from_be_bytes(self.0.bytes().unwrap()) % limit
    }

    fn between(&self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.below(u64::try_from(to - from).unwrap())).unwrap()
    }
}

/// Somebody with a prepaid meter.
struct Customer {
    n: u64,
    meter: CardMeter,
    card: CardSerial,
    /// Paid, and neither in the meter nor on a card that it will take.
    paid: Vec<PaidPurchase>,
    /// Whether a card is on its way: nobody sells them another before.
    waits: bool,
}

/// What the world's own books say.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sums {
    remainders: i64,
    purchases: i64,
    debts: i64,
    credits: i64,
    outstanding: i64,
}

/// How a job goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Luck {
    Fine,
    DoubtAndRecovered,
    NotWrittenFirst,
    TabletLost,
    TabletLostAndFound,
    ForEverInDoubt,
    NobodyWent,
    Recalled,
}

struct Month {
    ledger: Box<dyn Ledger>,
    dice: Dice,
    now: Millis,
    tablets: Vec<Tablet>,
    seeds: u8,
    asks: u64,
    orders: u64,
    blanks: Vec<CardSerial>,
    new_meters: u64,
    customers: Vec<Customer>,
    /// Every card there is, and what is on it.
    plastic: BTreeMap<CardSerial, UserCard>,
    sums: Sums,
    /// What meters took.
    inserted: i64,
    /// How far each tablet has sent.
    sent: BTreeMap<DeviceId, u64>,
    /// Tablets that turned up again, and the first event each has not sent.
    lost_and_found: Vec<(Tablet, u64)>,
    how_often: BTreeMap<&'static str, u64>,
}

impl Month {
    fn new() -> Self {
        let ledger: Box<dyn Ledger> = Box::new(SqliteLedger::in_memory().unwrap());
        let customers = (1..=CUSTOMERS).map(|n| Customer {
            n,
            meter: CardMeter {
                opening: Opening::Opened {
                    customer_no: CustomerNo::from_number(n).unwrap(),
                    card_serial: serial(n),
                },
                count: 3,
                balance: fen(1_000),
                ..CardMeter::unopened(meter_no(n))
            },
            card: serial(n),
            paid: vec![],
            waits: false,
        });
        let customers = customers.collect();
        let mut month = Self {
            ledger,
            dice: Dice(Chance::seeded(4)),
            now: NOW,
            tablets: vec![],
            seeds: 0,
            asks: 0,
            orders: 0,
            blanks: vec![],
            new_meters: 1_000,
            customers,
            plastic: BTreeMap::new(),
            sums: Sums::default(),
            inserted: 0,
            sent: BTreeMap::new(),
            lost_and_found: vec![],
            how_often: BTreeMap::new(),
        };
        for _ in 0..3 {
            month.hand_out_tablet();
        }
        month
    }

    fn hand_out_tablet(&mut self) {
        self.seeds += 1;
        let mut tablet = enrolled(&*self.ledger, 1, self.seeds);
        tablet.now = self.now;
        self.tablets.push(tablet);
    }

    /// A card nobody has written on.
    fn blank(&mut self) -> CardSerial {
        if self.blanks.is_empty() {
            let from = 100_000 + self.orders * 100;
            self.blanks = (from..from + 10).map(serial).collect();
            let fresh = self
                .ledger
                .register_blanks(&crew(1), &self.blanks, self.now);
            assert_eq!(fresh.unwrap(), 10);
        }
        self.blanks.pop().unwrap()
    }

    fn run(&mut self) {
        for _ in 0..DAYS {
            for _ in 0..JOBS_A_DAY {
                self.job();
            }
            self.now = Millis(self.now.0 + DAY_MS);
            for tablet in &mut self.tablets {
                tablet.now = self.now;
            }
        }
    }

    fn job(&mut self) {
        let who = usize::try_from(self.dice.below(CUSTOMERS)).unwrap();
        if self.customers[who].waits {
            return;
        }
        let luck = match self.dice.below(100) {
            0..55 => Luck::Fine,
            55..65 => Luck::DoubtAndRecovered,
            65..75 => Luck::NotWrittenFirst,
            75..81 => Luck::TabletLost,
            81..87 => Luck::TabletLostAndFound,
            87..91 => Luck::ForEverInDoubt,
            91..96 => Luck::NobodyWent,
            _ => Luck::Recalled,
        };
        let is_fault = self.dice.below(100) < 40;
        self.pay(who, is_fault);
        let job = match is_fault {
            true => self.fault(who),
            false => self.purchase(who),
        };
        *self
            .how_often
            .entry(if is_fault { "faults" } else { "purchases" })
            .or_default() += 1;
        self.go(who, &job, luck);
    }

    /// The customer buys; before a replacement some have not.
    fn pay(&mut self, who: usize, is_fault: bool) {
        let used = self.dice.between(0, 1_500);
        let customer = &mut self.customers[who];
        // the meter has run on
        let left = customer.meter.balance.count() - customer.meter.overdraft.count() - used;
        customer.meter.balance = fen(left.max(0));
        customer.meter.overdraft = fen((-left).max(0));
        if !is_fault || self.dice.below(2) == 0 {
            let amount = fen(self.dice.between(1, 20_000));
            let count = customer.meter.count + 1;
            customer.paid = vec![PaidPurchase {
                count,
                amount,
                written_on: None,
            }];
        }
    }

    fn task(&self, who: usize, kind: CardKind) -> CardTask {
        let customer = &self.customers[who];
        CardTask {
            kind,
            customer_no: CustomerNo::from_number(customer.n).unwrap(),
            meter: Some(PrepaidMeter {
                meter_no: customer.meter.meter_no,
                card_serial: Some(customer.card),
                count: customer.meter.count,
                remainder: None,
            }),
            purchases: customer.paid.clone(),
            count: match kind {
                CardKind::OpenAccount => 1,
                CardKind::Purchase | CardKind::Replacement => customer.meter.count + 1,
            },
            carried_max: fen(100_000),
            limit: None,
            alarm_1: fen(0),
            alarm_2: fen(0),
            current_ratio: 1,
            voltage_ratio: 1,
        }
    }

    fn order(&mut self, who: usize, kind: CardKind) -> Dispatch {
        self.orders += 1;
        let id = format!("o-{}", self.orders);
        let mut order = top_up(&id, &crew(1), self.customers[who].n, 1, 1);
        order.card = Some(self.task(who, kind));
        order
    }

    fn purchase(&mut self, who: usize) -> Job {
        let order = self.order(who, CardKind::Purchase);
        let customer = &self.customers[who];
        let seen = CardSeen {
            serial: customer.card,
            content: self.plastic.get(&customer.card).copied(),
            meter_no: customer.meter.meter_no,
            old_card: OldCard::NotRead,
            remainders: vec![],
        };
        let new_meter = customer.meter;
        self.ledger.dispatch(order.clone(), self.now).unwrap();
        Job {
            order,
            seen,
            new_meter,
        }
    }

    /// The meter fails; another hangs in its place before the card is written.
    fn fault(&mut self, who: usize) -> Job {
        let mut order = self.order(who, CardKind::OpenAccount);
        order.kind = OrderKind::Replace;
        let mut procedure = Procedure::built_in_for(OrderKind::Replace).fitted(true, false);
        let wanted = ["new_meter", "card"];
        procedure
            .steps
            .retain(|step| wanted.contains(&step.id.as_str()));
        order.procedure = procedure;
        self.new_meters += 1;
        let new_meter = CardMeter::unopened(meter_no(self.new_meters));
        let holder = Holder::WithCrew { crew: crew(1) };
        let mut item = meter(self.new_meters, holder);
        item.comm_address = Some(new_meter.meter_no.to_string().as_str().into());
        self.ledger.put_stock(&[item]).unwrap();
        self.ledger.dispatch(order.clone(), self.now).unwrap();
        let card = self.blank();
        let old = self.customers[who].meter;
        let left = on_display(old.balance.count(), old.overdraft.count(), old.count);
        let seen = CardSeen {
            serial: card,
            content: None,
            meter_no: new_meter.meter_no,
            old_card: OldCard::NotRead,
            remainders: vec![left],
        };
        Job {
            order,
            seen,
            new_meter,
        }
    }

    fn go(&mut self, who: usize, job: &Job, luck: Luck) {
        let at = usize::try_from(self.dice.below(self.tablets.len() as u64)).unwrap();
        match luck {
            Luck::NobodyWent => {
                // the office does not know what is left in the meter
                let worth = paid(&self.customers[who].paid);
                self.sums.purchases += worth;
                self.sums.outstanding += worth;
                self.customers[who].waits = true;
            }
            Luck::Recalled => {
                let id = &job.order.id;
                self.ledger.recall(id, "客户取消", self.now).unwrap();
                self.customers[who].paid.clear();
            }
            Luck::Fine => {
                let (leave, plan) = self.begin(at, job);
                self.write(who, at, job, (&leave, &plan));
            }
            Luck::DoubtAndRecovered => {
                let (leave, plan) = self.begin(at, job);
                self.tablets[at].end(&leave, CardOutcome::InDoubt);
                self.send(at);
                self.write(who, at, job, (&leave, &plan));
            }
            Luck::NotWrittenFirst => {
                let (leave, _) = self.begin(at, job);
                let outcome = not_written(NotWritten::Untouched);
                self.tablets[at].end(&leave, outcome);
                self.send(at);
                let (leave, plan) = self.begin(at, job);
                self.write(who, at, job, (&leave, &plan));
            }
            Luck::ForEverInDoubt => {
                let (_, plan) = self.begin(at, job);
                self.add_in(&plan);
                self.sums.outstanding += plan.total.count() - plan.debt_left.count();
                self.customers[who].waits = true;
            }
            Luck::TabletLost | Luck::TabletLostAndFound => self.lose(who, at, job, luck),
        }
    }

    /// A tablet is lost after it began, perhaps after it wrote; a supervisor takes its leave back and
    /// another tablet writes the same card. Some are found.
    fn lose(&mut self, who: usize, at: usize, job: &Job, luck: Luck) {
        let (leave, plan) = self.begin(at, job);
        let mut lost = self.tablets.remove(at);
        self.hand_out_tablet();
        let why = "平板丢失";
        let by = "wang".into();
        let taken = self.ledger.reissue_card(leave.id, why, &by, self.now);
        assert_eq!(taken.unwrap().leave.state, LeaveState::Reissued);
        self.write_anew(who, job);
        if luck == Luck::TabletLostAndFound {
            let from = lost.sealed.len() as u64 + 1;
            lost.end(&leave, written(&plan));
            self.lost_and_found.push((lost, from));
        }
    }

    /// Another tablet writes the card whose leave the supervisor took back.
    fn write_anew(&mut self, who: usize, job: &Job) {
        let (leave, plan) = self.begin(0, job);
        self.tablets[0].end(&leave, written(&plan));
        self.send(0);
        self.take(who, job, &plan);
    }

    /// Asks for leave, and hangs the new meter.
    fn lease(&mut self, at: usize, job: &Job) -> CardAuthorisation {
        let id = job.order.id.as_str();
        self.asks += 1;
        let leave = ask(&*self.ledger, &self.tablets[at], id, self.asks).unwrap();
        let tablet = &mut self.tablets[at];
        pull(&*self.ledger, tablet);
        let is_hung = tablet.picture(id).scanned(domain::Slot::NewMeter).is_some();
        if job.order.kind == OrderKind::Replace && !is_hung {
            let scan = Action::Scan {
                step: "new_meter".into(),
                asset_no: asset(job.new_meter.meter_no.number()),
                source: ScanSource::Camera,
                image: None,
                sighting: None,
                overrules: vec![],
            };
            tablet.act(id, scan);
        }
        leave
    }

    /// Asks for leave and begins.
    fn begin(&mut self, at: usize, job: &Job) -> (CardAuthorisation, CardPlan) {
        let leave = self.lease(at, job);
        let plan = self.tablets[at].begin(&leave, &job.seen);
        self.send(at);
        (leave, plan)
    }

    fn send(&mut self, at: usize) {
        let tablet = &mut self.tablets[at];
        let sent = self.sent.entry(tablet.device).or_default();
        push_from(&*self.ledger, tablet, *sent + 1);
        *sent = tablet.sealed.len() as u64;
        pull(&*self.ledger, tablet);
    }

    /// The card is written and read back.
    fn write(
        &mut self,
        who: usize,
        at: usize,
        job: &Job,
        (leave, plan): (&CardAuthorisation, &CardPlan),
    ) {
        self.tablets[at].end(leave, written(plan));
        self.send(at);
        self.take(who, job, plan);
    }

    /// The card carries its money, and the customer inserts it.
    fn take(&mut self, who: usize, job: &Job, plan: &CardPlan) {
        self.plastic.insert(plan.card.serial, plan.card);
        self.add_in(plan);
        self.sums.credits += plan.total.count();
        self.sums.outstanding -= plan.debt_left.count();
        let customer = &mut self.customers[who];
        let card = CardContent::User(plan.card);
        let taken = accept(&job.new_meter_now(customer), &card);
        self.inserted += taken.credited().count();
        let again = accept(&taken.meter, &card);
        assert_eq!(again.credited(), Fen::ZERO, "a meter takes a card once");
        customer.meter = taken.meter;
        customer.card = plan.card.serial;
        customer.paid.clear();
        if let Some(back) = taken.write_back {
            let on_card = self.plastic.get_mut(&plan.card.serial).unwrap();
            on_card.write_back = domain::WriteBackFile::Written(back);
        }
        // what is owed is taken from the first purchase, by the office
        if plan.debt_left > Fen::ZERO {
            *self.how_often.entry("debts left").or_default() += 1;
        }
    }

    fn add_in(&mut self, plan: &CardPlan) {
        for part in &plan.parts {
            let sum = match part.kind {
                domain::CreditPartKind::OldCredit => &mut self.sums.remainders,
                domain::CreditPartKind::Bought { .. } => &mut self.sums.purchases,
                domain::CreditPartKind::Debt => &mut self.sums.debts,
            };
            *sum += part.amount.count();
        }
    }
}

/// An order, and what the crew finds there.
struct Job {
    order: Dispatch,
    seen: CardSeen,
    new_meter: CardMeter,
}

impl Job {
    /// The meter the card goes into.
    fn new_meter_now(&self, customer: &Customer) -> CardMeter {
        match self.order.kind {
            OrderKind::Replace => self.new_meter,
            _ => customer.meter,
        }
    }
}

fn paid(purchases: &[PaidPurchase]) -> i64 {
    purchases.iter().map(|paid| paid.amount.count()).sum()
}

#[test]
fn at_the_end_of_a_month_the_money_that_came_in_is_on_cards_or_still_to_go() {
    let mut month = Month::new();
    month.run();
    let balance = month.ledger.card_balance().unwrap();
    let ledger = Sums {
        remainders: balance.remainders.count(),
        purchases: balance.purchases.count(),
        debts: balance.debts.count(),
        credits: balance.credits.count(),
        outstanding: balance.outstanding.count(),
    };
    assert_eq!(ledger, month.sums);
    assert!(balance.is_even());
    let came_in = month.sums.remainders + month.sums.purchases - month.sums.debts;
    assert_eq!(came_in, month.sums.credits + month.sums.outstanding);
    assert_eq!(
        month.inserted, month.sums.credits,
        "every card was taken by its meter, once"
    );
    let incidents = month.ledger.card_incidents(Incidents::All, 1_000).unwrap();
    assert_eq!(incidents, vec![], "an honest month has none");
    for (what, least) in [("purchases", 100), ("faults", 50), ("debts left", 3)] {
        let seen = month.how_often.get(what).copied().unwrap_or_default();
        assert!(seen >= least, "{what}: {seen}");
    }

    // the lost tablets that were found tell what they did
    let before = credits(&*month.ledger);
    let found = std::mem::take(&mut month.lost_and_found);
    assert!(found.len() > 3, "{}", found.len());
    for (tablet, from) in &found {
        push_from(&*month.ledger, tablet, *from);
    }
    assert_eq!(credits(&*month.ledger), before, "no second credit");
    assert_eq!(month.ledger.card_balance().unwrap(), balance);
    let incidents = month.ledger.card_incidents(Incidents::All, 1_000).unwrap();
    let second = |of: &&super::IncidentOf| of.incident.what.name() == "second_credit";
    assert_eq!(incidents.iter().filter(second).count(), found.len());
}
