//! All that can happen in a stage, in how many ways, and where it leads.

use std::collections::{BTreeMap, HashMap};

use metercrew_devices::card::{CardError, JournalFault, WriteError};

use crate::scenario::{Scenario, WrittenBack};
use crate::stage::{Asked, Between, Death, End, Events, Mishap, State};
use crate::wrong;

/// The states of one scenario that were met, by number.
pub struct Ways<'s> {
    scenario: &'s Scenario,
    between: Between,
    states: Vec<State>,
    numbers: HashMap<State, usize>,
    /// Everything that may happen in a stage: every mishap at every command, or none, with every
    /// death, or none. Enough of both for the longest stage, which is the undisturbed first.
    mishaps: Vec<Option<(Mishap, u32)>>,
    deaths: Vec<Option<Death>>,
    longest: Asked,
    /// How many stages were really run.
    pub runs: u64,
}

/// Where a stage led, and how far it went.
type Stage = (usize, Asked);

/// In how many ways each state is come to.
pub type Counts = BTreeMap<usize, u64>;

impl<'s> Ways<'s> {
    pub fn new(scenario: &'s Scenario, between: Between) -> Self {
        let first = State::first(scenario);
        let (_, _, longest) = first.stage(scenario, Events::default(), between);
        let commands = 0..longest.commands;
        let keeps = 0..usize::try_from(longest.keeps).unwrap();
        let mishap = |n| Mishap::ALL.map(|mishap| Some((mishap, n)));
        let at_command = |n| [Death::BeforeCommand(n), Death::AfterCommand(n)].map(Some);
        let at_keep = |n| {
            [JournalFault::BeforeStored(n), JournalFault::AfterStored(n)]
                .map(|fault| Some(Death::InJournal(fault)))
        };
        Self {
            scenario,
            between,
            states: vec![first.clone()],
            numbers: HashMap::from([(first, 0)]),
            mishaps: [None]
                .into_iter()
                .chain(commands.clone().flat_map(mishap))
                .collect(),
            deaths: [None]
                .into_iter()
                .chain(commands.flat_map(at_command))
                .chain(keeps.flat_map(at_keep))
                .collect(),
            longest,
            runs: 0,
        }
    }

    /// In how many ways one stage can go, and meters try the cards afterwards or not.
    pub fn of_one_stage(&self) -> u64 {
        let tries = 1 + WrittenBack::ALL.len();
        u64::try_from(self.mishaps.len() * self.deaths.len() * tries).unwrap()
    }

    pub fn state(&self, number: usize) -> &State {
        &self.states[number]
    }

    /// Where the ways lead after one more stage.
    pub fn after_a_stage(&mut self, from: &Counts) -> Counts {
        let mut to = Counts::new();
        for (state, ways) in from {
            for (next, more) in self.from(*state) {
                *to.entry(next).or_default() += ways * more;
            }
        }
        to
    }

    /// Where one stage from that state leads, in how many ways.
    fn from(&mut self, state: usize) -> Counts {
        let undisturbed = self.run(state, Events::default());
        let by_death = self.by_death(state, undisturbed);
        let mut counts = Counts::new();
        for (mishap, by_mishap) in self.by_mishap(state, undisturbed) {
            let only_mishap = Events::from(mishap);
            for (death, by_death) in &by_death {
                let only_death = Events::from(*death);
                // A stage that ends before the time of one of them goes as it does without it.
                let (next, _) = if !is_reached(only_death, by_mishap.1) {
                    by_mishap
                } else if !is_reached(only_mishap, by_death.1) {
                    *by_death
                } else {
                    let both = Events {
                        mishap,
                        death: *death,
                    };
                    self.run(state, both)
                };
                *counts.entry(next).or_default() += 1;
            }
        }
        let mut then = counts.clone();
        for (next, ways) in counts {
            for tried in self.tried(next) {
                *then.entry(tried).or_default() += ways;
            }
        }
        then
    }

    /// How many states there are after any number of stages, in each of which one thing may happen,
    /// and after each of which the meters may try the cards.
    pub fn reachable(&mut self) -> usize {
        let mut from = 0;
        while from < self.states.len() {
            let undisturbed = self.run(from, Events::default());
            self.by_death(from, undisturbed);
            self.by_mishap(from, undisturbed);
            self.tried(from);
            from += 1;
        }
        self.states.len()
    }

    fn by_mishap(
        &mut self,
        state: usize,
        undisturbed: Stage,
    ) -> Vec<(Option<(Mishap, u32)>, Stage)> {
        let mishaps = self.mishaps.clone().into_iter();
        let alone =
            |mishap: Option<_>| (mishap, self.alone(state, Events::from(mishap), undisturbed));
        mishaps.map(alone).collect()
    }

    fn by_death(&mut self, state: usize, undisturbed: Stage) -> Vec<(Option<Death>, Stage)> {
        let deaths = self.deaths.clone().into_iter();
        let alone = |death: Option<_>| (death, self.alone(state, Events::from(death), undisturbed));
        deaths.map(alone).collect()
    }

    /// One thing happens, unless the stage ends before its time.
    fn alone(&mut self, state: usize, event: Events, undisturbed: Stage) -> Stage {
        if is_reached(event, undisturbed.1) {
            self.run(state, event)
        } else {
            undisturbed
        }
    }

    fn tried(&mut self, state: usize) -> [usize; WrittenBack::ALL.len()] {
        WrittenBack::ALL.map(|written| {
            let tried = self.states[state].clone().tried(self.scenario, written);
            self.number(tried)
        })
    }

    /// What is wrong in the end, after that state was recovered undisturbed and the cards were
    /// tried twice.
    pub fn wrong_in_the_end(&mut self, state: usize) -> Option<String> {
        self.runs += 1;
        let scenario = self.scenario;
        let state = &self.states[state];
        let (after, end, _) = state.stage(scenario, Events::default(), self.between);
        let after = match end {
            End::Error(WriteError::Spent { .. } | WriteError::Card(CardError::Blocked)) => {
                after.abandoned(scenario)
            }
            _ => after,
        };
        let tried = after
            .tried(scenario, WrittenBack::Whole)
            .tried(scenario, WrittenBack::Whole);
        wrong(scenario, &tried, &end)
    }

    fn run(&mut self, state: usize, events: Events) -> Stage {
        let (next, _, asked) = self.states[state].stage(self.scenario, events, self.between);
        self.runs += 1;
        let most = self.longest;
        assert!(
            asked.commands <= most.commands && asked.keeps <= most.keeps,
            "{asked:?}"
        );
        (self.number(next), asked)
    }

    fn number(&mut self, state: State) -> usize {
        let next = self.states.len();
        let number = *self.numbers.entry(state.clone()).or_insert(next);
        if number == next {
            self.states.push(state);
        }
        number
    }
}

/// Whether a stage that went so far came to the time of an event.
fn is_reached(event: Events, reach: Asked) -> bool {
    let mishap = event.mishap.is_some_and(|(_, n)| n < reach.commands);
    mishap
        || match event.death {
            Some(Death::BeforeCommand(n) | Death::AfterCommand(n)) => n < reach.commands,
            Some(Death::InJournal(
                JournalFault::BeforeStored(n) | JournalFault::AfterStored(n),
            )) => u32::try_from(n).unwrap() < reach.keeps,
            None => false,
        }
}
