//! A session in DL/T 645: the address, then item after item. It reads, and nothing else.

mod ask;
mod asking;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::Duration;

use domain::{CommAddress, ItemAnswer, ItemReadout, ItemRefusal, ItemValue, MeterItem, Readout};

use self::ask::{Ask, questions};
use self::asking::{Asking, Heard, Settled};
use super::clock::ClockParts;
use super::form::{self, FORWARD};
use super::generation::function;
use super::{Address, Frame, Generation, items_1997, refusal};
use crate::alone::Alone;
use crate::answers::{OnLine, SILENT_IN_A_ROW, in_order};
use crate::exchange::{Patience, Turn};
use crate::{Conversation, LineSettings, Plan, Progress, ReadError, Step};

/// A session with one meter.
#[derive(Debug)]
pub(crate) struct Session {
    generation: Generation,
    settings: LineSettings,
    patience: Patience,
    /// Whom the plan names.
    asked: Option<CommAddress>,
    items: Vec<MeterItem>,
    /// Whom questions go to.
    to: Address,
    /// Who answered, once somebody did.
    meter: Option<Address>,
    /// Who answered although another meter was asked.
    stranger: Option<Address>,
    /// What is handed out before anything else is done.
    steps: VecDeque<Step>,
    queue: VecDeque<Ask>,
    asking: Option<Asking>,
    /// The meter answered a question for any meter; when nobody else does any more.
    alone: Option<Alone>,
    clock: ClockParts,
    settled: BTreeMap<MeterItem, ItemAnswer>,
    silent_in_a_row: u8,
    /// Why questions had no answer: of several reasons the one that tells most.
    why_not: Option<ReadError>,
    on_line: OnLine,
}

impl Session {
    /// A session that reads what the plan says. Nothing of it has happened yet.
    pub(crate) fn new(plan: &Plan, generation: Generation, patience: Patience) -> Self {
        let settings = LineSettings::INFRARED;
        let settings = settings.at(plan.baud.unwrap_or(settings.baud));
        let mut items = vec![];
        for item in &plan.items {
            if !items.contains(item) {
                items.push(*item);
            }
        }
        let named = plan.comm_address.as_ref();
        let one = named
            .and_then(|name| Address::parse(name.as_str()))
            .filter(|address| address.is_of_one_meter());
        // a shortened address, and what is none at all, is compared with the meter's own
        let unknown = one.is_none() || !items.iter().any(|item| generation.knows(*item));
        let whom = unknown.then_some(Ask::Whom).into_iter();
        Self {
            generation,
            settings,
            patience,
            asked: plan.comm_address.clone(),
            to: one.filter(|_| !unknown).unwrap_or(Address::ANY),
            meter: None,
            stranger: None,
            steps: VecDeque::from([
                Step::Tell(Progress::Trying(generation.protocol())),
                Step::Apply(settings),
            ]),
            queue: whom.chain(questions(&items)).collect(),
            items,
            asking: None,
            alone: None,
            clock: ClockParts::default(),
            settled: BTreeMap::new(),
            silent_in_a_row: 0,
            why_not: None,
            on_line: OnLine::default(),
        }
    }

    /// Does what can be done without waiting; a step where that is a step.
    fn go_on(&mut self, now: Duration) -> Option<Step> {
        let Some(asking) = &mut self.asking else {
            let Some(ask) = self.queue.pop_front() else {
                return Some(Step::Done(self.outcome()));
            };
            self.ask(ask);
            return None;
        };
        let (ask, heard) = (asking.ask, asking.hear());
        if self.hear_addresses(ask, &heard) == Company::Several {
            self.asking = None;
            self.queue.clear();
            return Some(Step::Done(Err(ReadError::SeveralMeters)));
        }
        if ask == Ask::Whom {
            return match self.meter {
                Some(meter) => self.wait_alone(meter, now),
                None => self.turn(ask, now),
            };
        }
        let Some(settled) = heard.settled else {
            return self.turn(ask, now);
        };
        self.asking = None;
        self.silent_in_a_row = 0;
        self.answered(ask, settled);
        None
    }

    /// Asks on, or waits on, or gives the question up.
    fn turn(&mut self, ask: Ask, now: Duration) -> Option<Step> {
        match self.asking.as_mut()?.turn(now) {
            Turn::Do(step) => {
                if matches!(step, Step::Send(_)) {
                    self.on_line.sent(now);
                }
                Some(step)
            }
            Turn::GaveUp(why) => {
                self.asking = None;
                self.gave_up(ask, why);
                None
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        let generation = self.generation;
        let read = |identifier| (generation.read(), generation.on_wire(identifier));
        let (control, data) = match ask {
            Ask::Whom => match generation {
                Generation::Of2007 => (function::READ_ADDRESS, vec![]),
                // 1997 has no such question; whoever answers this one has an address
                Generation::Of1997 => read(items_1997::FORWARD_TOTAL),
            },
            Ask::Energies => read(generation.forward_block()),
            Ask::One(MeterItem::Clock) => read(self.clock.identifier(generation)),
            Ask::One(item) => match generation.place(item) {
                Some((identifier, _)) => read(identifier),
                None => {
                    let why = ItemRefusal::NotInProtocol;
                    return self.settle(item, ItemAnswer::Refused { why });
                }
            },
        };
        let address = match ask {
            Ask::Whom => Address::ANY,
            Ask::Energies | Ask::One(_) => self.to,
        };
        let question = Frame {
            address,
            control,
            data,
        };
        let (settings, patience) = (self.settings, self.patience);
        self.asking = Some(Asking::new(ask, question, settings, patience));
    }

    /// Learns who answers, and whether it is one meter.
    fn hear_addresses(&mut self, ask: Ask, heard: &Heard) -> Company {
        self.stranger = self.stranger.or(heard.strangers.first().copied());
        // where one meter is asked by name, others that answer too are only not listened to
        let who = match (ask, &self.asked) {
            (Ask::Whom, _) => heard.meters.as_slice(),
            (_, None) => heard.strangers.as_slice(),
            (_, Some(_)) => &[],
        };
        let who: BTreeSet<Address> = who.iter().chain(&self.meter).copied().collect();
        if who.len() > 1 {
            return Company::Several;
        }
        if self.meter.is_none() {
            self.meter = heard.meters.first().copied();
            if ask != Ask::Whom {
                self.tell_found();
            }
        }
        Company::One
    }

    /// Waits until no second meter answers the question for any meter; then goes on with the one.
    fn wait_alone(&mut self, meter: Address, now: Duration) -> Option<Step> {
        let until = self.alone.get_or_insert(Alone::since(now)).until();
        if now < until {
            return Some(Step::Listen { until });
        }
        self.alone = None;
        self.asking = None;
        match &self.asked {
            Some(asked) if !answers_to(asked, meter) => {
                self.queue.clear();
                self.stranger = Some(meter);
                self.meter = None;
            }
            Some(_) | None => {
                self.to = meter;
                self.tell_found();
            }
        }
        None
    }

    /// Tells who answers, and what was settled before.
    fn tell_found(&mut self) {
        let Some(meter) = self.meter else {
            return;
        };
        self.steps.push_back(Step::Tell(Progress::Found {
            protocol: self.generation.protocol(),
            comm_address: named(meter),
        }));
        for item in self.items.clone() {
            if let Some(answer) = self.settled.remove(&item) {
                self.settle(item, answer);
            }
        }
    }

    fn answered(&mut self, ask: Ask, settled: Settled) {
        match (ask, settled) {
            (Ask::Whom, _) => {}
            (Ask::Energies, Settled::Said(field)) => {
                for (item, value) in form::energies(&field).unwrap_or_default() {
                    if self.items.contains(&item) {
                        self.settle(item, said(value));
                    }
                }
                self.ask_energies_singly();
            }
            (Ask::Energies, Settled::Refused(_) | Settled::Malformed) => {
                self.ask_energies_singly();
            }
            (Ask::One(MeterItem::Clock), Settled::Said(field)) => match self.clock.said(&field) {
                Some(clock) => self.settle(MeterItem::Clock, said(clock)),
                None => self.queue.push_front(ask),
            },
            (Ask::One(item), Settled::Said(field)) => {
                let place = self.generation.place(item);
                let value = place.map(|(_, form)| form.value(&field));
                self.settle(item, said(value.unwrap_or(Err(ItemRefusal::NotInProtocol))));
            }
            (Ask::One(item), Settled::Refused(error)) => {
                let why = refusal::of_item(error);
                self.settle(item, ItemAnswer::Refused { why });
            }
            (Ask::One(item), Settled::Malformed) => {
                self.settle(item, said(Err(ItemRefusal::Malformed)));
            }
        }
    }

    /// Puts the energies that the block did not tell before everything else.
    fn ask_energies_singly(&mut self) {
        for item in FORWARD.into_iter().rev() {
            if self.items.contains(&item) && !self.settled.contains_key(&item) {
                self.queue.push_front(Ask::One(item));
            }
        }
    }

    fn gave_up(&mut self, ask: Ask, why: ReadError) {
        self.silent_in_a_row = self.silent_in_a_row.saturating_add(1);
        self.why_not = Some(match (self.why_not.take(), why) {
            (None | Some(ReadError::Silent), why) | (Some(_), why @ ReadError::Noise) => why,
            (Some(before), _) => before,
        });
        match ask {
            Ask::Whom => self.queue.clear(),
            Ask::Energies => self.ask_energies_singly(),
            Ask::One(item) => self.settle(item, ItemAnswer::Silent),
        }
        if self.silent_in_a_row >= SILENT_IN_A_ROW {
            self.queue.clear();
            for item in self.items.clone() {
                if !self.settled.contains_key(&item) {
                    self.settle(item, ItemAnswer::Silent);
                }
            }
        }
    }

    fn settle(&mut self, item: MeterItem, answer: ItemAnswer) {
        // as long as nobody answered, there is no meter whose items these are
        if self.meter.is_some() {
            let item = ItemReadout {
                item,
                answer: answer.clone(),
            };
            self.steps.push_back(Step::Tell(Progress::Item(item)));
        }
        self.settled.insert(item, answer);
    }

    fn outcome(&mut self) -> Result<Readout, ReadError> {
        let Some(meter) = self.meter else {
            return Err(match (&self.asked, self.stranger) {
                (Some(asked), Some(stranger)) => ReadError::OtherMeter {
                    asked: asked.clone(),
                    found: named(stranger),
                },
                (_, _) => self.why_not.take().unwrap_or(ReadError::Silent),
            });
        };
        Ok(Readout {
            protocol: self.generation.protocol(),
            comm_address: named(meter),
            items: in_order(&self.items, &self.settled),
            wire_ms: self.on_line.lasted_ms(),
        })
    }
}

/// Whether one meter answers, as far as one hears.
#[derive(Debug, PartialEq, Eq)]
enum Company {
    One,
    Several,
}

impl Conversation for Session {
    fn next(&mut self, now: Duration) -> Step {
        loop {
            if let Some(step) = self.steps.pop_front() {
                return step;
            }
            if let Some(step) = self.go_on(now) {
                return step;
            }
        }
    }

    fn heard(&mut self, now: Duration, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.on_line.heard(now);
        if let Some(asking) = &mut self.asking {
            asking.heard(now, bytes);
        }
        if let Some(alone) = &mut self.alone {
            alone.heard(now);
        }
    }
}

/// Whether the plan's address is that of the meter.
fn answers_to(asked: &CommAddress, meter: Address) -> bool {
    Address::parse(asked.as_str()).is_some_and(|asked| asked.matches(meter))
}

fn named(meter: Address) -> CommAddress {
    CommAddress::new(meter.to_string())
}

fn said(value: Result<ItemValue, ItemRefusal>) -> ItemAnswer {
    match value {
        Ok(value) => ItemAnswer::Read { value },
        Err(why) => ItemAnswer::Refused { why },
    }
}

#[cfg(test)]
mod tests;
