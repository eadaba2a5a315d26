//! A session in DL/T 698.45: the address, then all items in one question, or in one each where a
//! meter wants that. It reads, and nothing else.

mod asking;

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use domain::{
    CommAddress, ItemAnswer, ItemReadout, ItemRefusal, MeterItem, MeterProtocol, Readout,
};

use self::asking::{Asking, Came, Reply};
use super::apdu::{Message, Outcome, Piid};
use super::data::Oad;
use super::frame::{Address, AddressKind};
use super::items::{ADDRESS, Place, item_value, place, refusal, text};
use crate::alone::Alone;
use crate::answers::{OnLine, SILENT_IN_A_ROW, in_order};
use crate::exchange::{Patience, Turn};
use crate::{Conversation, LineSettings, Plan, Progress, ReadError, Step};

/// Attributes in one question. Answers to so many stay below 512 bytes, which a meter can send.
const LIST_LIMIT: usize = 12;

/// A session with one meter.
#[derive(Debug)]
pub(crate) struct Session {
    settings: LineSettings,
    patience: Patience,
    /// Whom the plan names.
    asked: Option<CommAddress>,
    items: Vec<MeterItem>,
    wants: Vec<Want>,
    /// Whom questions go to.
    to: Address,
    /// Who answers, by its own word.
    meter: Option<CommAddress>,
    /// Who answered although another meter was asked.
    stranger: Option<CommAddress>,
    /// What is handed out before anything else is done.
    steps: VecDeque<Step>,
    queue: VecDeque<Ask>,
    under_way: Option<(Ask, Asking)>,
    /// A meter answered a question for any meter; when nobody else does any more.
    alone: Option<Alone>,
    piid: Piid,
    settled: BTreeMap<MeterItem, ItemAnswer>,
    silent_in_a_row: u8,
    why_not: Option<ReadError>,
    on_line: OnLine,
}

/// An attribute, or one element of it, and the items in it.
#[derive(Debug)]
struct Want {
    oad: Oad,
    items: Vec<(MeterItem, Place)>,
}

/// What a question is for; numbers are those of wants.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Ask {
    /// Who is there.
    Whom,
    /// Several attributes.
    List(Vec<usize>),
    /// One.
    One(usize),
}

impl Session {
    /// A session that reads what the plan says. Nothing of it has happened yet.
    pub(crate) fn new(plan: &Plan, patience: Patience) -> Self {
        let settings = LineSettings::INFRARED;
        let settings = settings.at(plan.baud.unwrap_or(settings.baud));
        let mut items = vec![];
        for item in &plan.items {
            if !items.contains(item) {
                items.push(*item);
            }
        }
        let named = plan.comm_address.as_ref().and_then(Address::of_meter);
        Self {
            settings,
            patience,
            asked: plan.comm_address.clone(),
            wants: wants(&items),
            items,
            // what is no address is compared with the one a meter says it has
            to: named.unwrap_or_else(Address::any_meter),
            meter: None,
            stranger: None,
            steps: VecDeque::from([
                Step::Tell(Progress::Trying(MeterProtocol::Dlt698)),
                Step::Apply(settings),
            ]),
            queue: VecDeque::from([Ask::Whom]),
            under_way: None,
            alone: None,
            piid: Piid::new(1),
            settled: BTreeMap::new(),
            silent_in_a_row: 0,
            why_not: None,
            on_line: OnLine::default(),
        }
    }

    /// Does what can be done without waiting; a step where that is a step.
    fn go_on(&mut self, now: Duration) -> Option<Step> {
        let Some((ask, mut asking)) = self.under_way.take() else {
            return match self.queue.pop_front() {
                Some(ask) => {
                    self.ask(ask);
                    None
                }
                None => Some(Step::Done(self.outcome())),
            };
        };
        match asking.hear() {
            Some(Came::Stranger(stranger)) => {
                self.under_way = Some((ask, asking));
                self.stranger_came(&stranger)
            }
            Some(Came::Reply(from, reply)) => {
                self.piid = asking.piid().next();
                self.silent_in_a_row = 0;
                match ask {
                    Ask::Whom if self.meter.is_none() => {
                        self.meter_answered(&from, &reply, now);
                        if self.alone.is_some() {
                            // listened to on, for a second meter
                            self.under_way = Some((ask, asking));
                        }
                    }
                    Ask::Whom => self.under_way = Some((ask, asking)),
                    Ask::List(_) | Ask::One(_) => self.answered(&ask, reply),
                }
                None
            }
            None => {
                let step = match self.alone {
                    Some(alone) if now < alone.until() => Some(Step::Listen {
                        until: alone.until(),
                    }),
                    Some(_) => {
                        self.alone = None;
                        self.found();
                        return None;
                    }
                    None => return self.turn(ask, asking, now),
                };
                self.under_way = Some((ask, asking));
                step
            }
        }
    }

    /// Asks on, or waits on, or gives the question up.
    fn turn(&mut self, ask: Ask, mut asking: Asking, now: Duration) -> Option<Step> {
        match asking.turn(now) {
            Turn::Do(step) => {
                if matches!(step, Step::Send(_)) {
                    self.on_line.sent(now);
                }
                self.under_way = Some((ask, asking));
                Some(step)
            }
            Turn::GaveUp(why) => {
                self.piid = asking.piid().next();
                self.gave_up(ask, why);
                None
            }
        }
    }

    fn ask(&mut self, ask: Ask) {
        let piid = self.piid;
        let oad = |want: &usize| self.wants.get(*want).map(|want| want.oad);
        let question = match &ask {
            Ask::Whom => Message::Get { piid, oad: ADDRESS },
            Ask::List(wants) => Message::GetList {
                piid,
                oads: wants.iter().filter_map(oad).collect(),
            },
            Ask::One(want) => match oad(want) {
                Some(oad) => Message::Get { piid, oad },
                None => return,
            },
        };
        let to = self.to.clone();
        let asking = Asking::new(to, piid, &question, self.settings, self.patience);
        self.under_way = Some((ask, asking));
    }

    /// Learns who is there, and waits whether it is alone when any meter was asked.
    fn meter_answered(&mut self, from: &Address, reply: &Reply, now: Duration) {
        let said = match reply {
            Reply::Outcomes(outcomes) => outcomes.iter().find_map(own_address),
            Reply::Refused(_) => None,
        };
        let on_frame = from.comm_address();
        let wildcard = self.to.kind() != AddressKind::Single;
        if from.kind() == AddressKind::Single {
            self.to = from.clone();
        } else if let Some(address) = said.as_ref().and_then(Address::of_meter) {
            self.to = address;
        }
        self.meter = said.or(on_frame);
        match wildcard {
            true => self.alone = Some(Alone::since(now)),
            false => self.found(),
        }
    }

    /// The meter is alone: tells its address and queues what is wanted of it.
    fn found(&mut self) {
        let Some(meter) = &self.meter else {
            // it neither says its address nor has one on its frames
            self.why_not = Some(ReadError::Noise);
            return;
        };
        if self
            .asked
            .as_ref()
            .is_some_and(|asked| !same_digits(asked, meter))
        {
            self.stranger = self.meter.take();
            return;
        }
        self.steps.push_back(Step::Tell(Progress::Found {
            protocol: MeterProtocol::Dlt698,
            comm_address: meter.clone(),
        }));
        for item in self.items.clone() {
            if place(item).is_none() {
                let why = ItemRefusal::NotInProtocol;
                self.settle(item, ItemAnswer::Refused { why });
            }
        }
        let all: Vec<usize> = (0..self.wants.len()).collect();
        self.queue = all.chunks(LIST_LIMIT).map(together).collect();
    }

    /// Another meter talks: not the one asked, or a second one where any was asked.
    fn stranger_came(&mut self, stranger: &Address) -> Option<Step> {
        if self.asked.is_some() {
            self.stranger = self.stranger.take().or_else(|| stranger.comm_address());
            return None;
        }
        self.under_way = None;
        self.queue.clear();
        Some(Step::Done(Err(ReadError::SeveralMeters)))
    }

    fn answered(&mut self, ask: &Ask, reply: Reply) {
        match (ask, reply) {
            (Ask::Whom, _) => {}
            (Ask::List(wants), Reply::Outcomes(outcomes)) => {
                let missing = |want: &&usize| !self.is_answered(**want, &outcomes);
                let missing: Vec<usize> = wants.iter().filter(missing).copied().collect();
                for want in wants {
                    self.want_answered(*want, &outcomes);
                }
                self.ask_singly(&missing);
            }
            (Ask::List(wants), Reply::Refused(_)) => self.ask_singly(wants),
            (Ask::One(want), Reply::Outcomes(outcomes)) => {
                match self.is_answered(*want, &outcomes) {
                    true => self.want_answered(*want, &outcomes),
                    false => self.settle_want(*want, |_, _| ItemAnswer::Refused {
                        why: ItemRefusal::Malformed,
                    }),
                }
            }
            (Ask::One(want), Reply::Refused(why)) => {
                self.settle_want(*want, |_, _| ItemAnswer::Refused { why });
            }
        }
    }

    fn is_answered(&self, want: usize, outcomes: &[Outcome]) -> bool {
        let oad = self.wants.get(want).map(|want| want.oad);
        outcomes.iter().any(|outcome| Some(outcome.oad) == oad)
    }

    fn want_answered(&mut self, want: usize, outcomes: &[Outcome]) {
        let oad = self.wants.get(want).map(|want| want.oad);
        let Some(outcome) = outcomes.iter().find(|outcome| Some(outcome.oad) == oad) else {
            return;
        };
        self.settle_want(want, |place, oad| {
            let value = match &outcome.value {
                Ok(value) => item_value(place, oad, value),
                Err(dar) => Err(refusal(*dar)),
            };
            match value {
                Ok(value) => ItemAnswer::Read { value },
                Err(why) => ItemAnswer::Refused { why },
            }
        });
    }

    /// Puts these wants before everything else, one by one.
    fn ask_singly(&mut self, wants: &[usize]) {
        for want in wants.iter().rev() {
            self.queue.push_front(Ask::One(*want));
        }
    }

    fn gave_up(&mut self, ask: Ask, why: ReadError) {
        self.silent_in_a_row = self.silent_in_a_row.saturating_add(1);
        match ask {
            Ask::Whom => self.why_not = Some(why),
            // it may not know questions for several attributes
            Ask::List(wants) => self.ask_singly(&wants),
            Ask::One(want) => self.settle_want(want, |_, _| ItemAnswer::Silent),
        }
        if self.silent_in_a_row >= SILENT_IN_A_ROW {
            self.queue.clear();
            for want in 0..self.wants.len() {
                self.settle_want(want, |_, _| ItemAnswer::Silent);
            }
        }
    }

    /// Settles those items of a want that are not settled yet.
    fn settle_want(&mut self, want: usize, answer: impl Fn(Place, Oad) -> ItemAnswer) {
        let Some(Want { oad, items }) = self.wants.get(want) else {
            return;
        };
        let open = items
            .iter()
            .filter(|(item, _)| !self.settled.contains_key(item));
        let answers: Vec<_> = open
            .map(|(item, place)| (*item, answer(*place, *oad)))
            .collect();
        for (item, answer) in answers {
            self.settle(item, answer);
        }
    }

    fn settle(&mut self, item: MeterItem, answer: ItemAnswer) {
        self.settled.insert(item, answer.clone());
        let item = ItemReadout { item, answer };
        self.steps.push_back(Step::Tell(Progress::Item(item)));
    }

    fn outcome(&mut self) -> Result<Readout, ReadError> {
        let Some(meter) = self.meter.clone() else {
            return Err(match (self.asked.take(), self.stranger.take()) {
                (Some(asked), Some(found)) => ReadError::OtherMeter { asked, found },
                (_, _) => self.why_not.take().unwrap_or(ReadError::Silent),
            });
        };
        Ok(Readout {
            protocol: MeterProtocol::Dlt698,
            comm_address: meter,
            items: in_order(&self.items, &self.settled),
            wire_ms: self.on_line.lasted_ms(),
        })
    }
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
        if let Some((_, asking)) = &mut self.under_way {
            asking.heard(now, bytes);
        }
        if let Some(alone) = &mut self.alone {
            alone.heard(now);
        }
    }
}

/// The attributes in which the items are, in the items' order. Of one that only one item is in,
/// that element alone is asked for: a status word instead of seven.
fn wants(items: &[MeterItem]) -> Vec<Want> {
    let mut wants: Vec<Want> = vec![];
    for (item, place) in items.iter().filter_map(|item| Some((*item, place(*item)?))) {
        match wants
            .iter_mut()
            .find(|want| want.oad.whole() == place.attribute)
        {
            Some(want) => {
                want.oad = place.attribute;
                want.items.push((item, place));
            }
            None => wants.push(Want {
                oad: place.attribute.element(place.element),
                items: vec![(item, place)],
            }),
        }
    }
    wants
}

fn together(wants: &[usize]) -> Ask {
    match wants {
        [one] => Ask::One(*one),
        several => Ask::List(several.to_vec()),
    }
}

/// The address a meter says it has.
fn own_address(outcome: &Outcome) -> Option<CommAddress> {
    let value = outcome
        .value
        .as_ref()
        .ok()
        .filter(|_| outcome.oad == ADDRESS)?;
    let digits = text(value).ok()?;
    let all = digits.bytes().all(|digit| digit.is_ascii_digit());
    all.then(|| CommAddress::new(format!("{digits:0>12}")))
}

/// Whether both are the same number, whatever zeros are in front.
fn same_digits(one: &CommAddress, other: &CommAddress) -> bool {
    one.as_str().trim_start_matches('0') == other.as_str().trim_start_matches('0')
}

#[cfg(test)]
mod tests;
