//! Every crash of a card's write, every tear, every crash of the recovery and every tear of that,
//! with meters trying the card in between: the money is paid once.
//!
//! Between two stages there is nothing but the [`State`]: so equal states need to be gone on from
//! once, and all combinations can be counted though few stages are run.
#![cfg(debug_assertions)]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop"
)]

#[path = "card_model/scenario.rs"]
mod scenario;
#[path = "card_model/stage.rs"]
mod stage;
#[path = "card_model/teeth.rs"]
mod teeth;
#[path = "card_model/ways.rs"]
mod ways;

use domain::Fen;
use metercrew_devices::card::{CardError, CardPhase, CardTransport, WriteError};

use scenario::{Paid, Scenario};
use stage::{End, State};
use teeth::WithoutMakingInvalid;
use ways::Ways;

/// What is wrong when all was done that can be done, if anything is.
fn wrong(scenario: &Scenario, state: &State, end: &End) -> Option<String> {
    let paid = |wanted: Option<Paid>| wanted.map(|fen| fen.map(Fen::from)) == Some(state.paid);
    let ended_well = match (state.phase(), end) {
        (Some(CardPhase::Committed), End::Done) => paid(Some(scenario.paid)),
        // a meter had the card first, and the app saw it
        (Some(CardPhase::Abandoned), End::Error(WriteError::Spent { .. }))
        | (None, End::Error(WriteError::Changed { .. })) => paid(scenario.stopped),
        // as all pulls were in the moment in which a card counts its tries
        (Some(CardPhase::Abandoned), End::Error(WriteError::Card(CardError::Blocked))) => {
            is_blocked(state) && (paid(Some([0, 0])) || paid(scenario.stopped))
        }
        _ => false,
    };
    let intents = state
        .records
        .iter()
        .filter(|phase| **phase == CardPhase::Intent);
    let well = ended_well && intents.count() <= 1;
    (!well).then(|| told(scenario, state, Some(end)))
}

fn is_blocked(state: &State) -> bool {
    state.cards.iter().any(|card| card.tries == 0)
}

/// Whether nobody was paid yet, or all is as it may be in the end.
fn is_right_money(scenario: &Scenario, state: &State) -> bool {
    let allowed = [Some([0, 0]), Some(scenario.paid), scenario.stopped];
    let mut allowed = allowed.into_iter().flatten();
    allowed.any(|fen| fen.map(Fen::from) == state.paid)
}

fn told(scenario: &Scenario, state: &State, end: Option<&End>) -> String {
    let State { paid, records, .. } = state;
    format!(
        "{}: paid {paid:?}, journal {records:?}, {end:?}",
        scenario.name
    )
}

fn as_it_is(transport: Box<dyn CardTransport>) -> Box<dyn CardTransport> {
    transport
}

#[test]
fn the_money_is_paid_once_whatever_happens_to_the_write_and_to_its_recovery() {
    let mut all = 0;
    for scenario in scenario::all() {
        let mut ways = Ways::new(&scenario, as_it_is);
        let once = ways.after_a_stage(&[(0, 1)].into());
        let twice = ways.after_a_stage(&once);
        let count: u64 = twice.values().sum();
        assert_eq!(
            count,
            ways.of_one_stage().pow(2),
            "{}: none is left out",
            scenario.name
        );
        let blocked = twice.keys().filter(|state| is_blocked(ways.state(**state)));
        assert_eq!(blocked.count(), 0, "two crashes block no card");
        let wrong = twice
            .keys()
            .filter_map(|state| ways.wrong_in_the_end(*state));
        assert_eq!(wrong.collect::<Vec<_>>(), Vec::<String>::new());
        println!("{}: {count} ways, {} stages run", scenario.name, ways.runs);
        all += count;
    }
    println!("in all: {all} ways");
}

#[test]
fn no_number_of_crashes_loses_money_or_doubles_it() {
    for scenario in scenario::all() {
        let mut ways = Ways::new(&scenario, as_it_is);
        let count = ways.reachable();
        for state in 0..count {
            let at = ways.state(state);
            assert!(
                is_right_money(&scenario, at),
                "{}",
                told(&scenario, at, None)
            );
            assert_eq!(ways.wrong_in_the_end(state), None);
        }
        println!(
            "{}: {count} states, {} stages run",
            scenario.name, ways.runs
        );
    }
}

#[test]
fn without_the_step_that_makes_the_card_invalid_meters_pay_wrong_money() {
    for name in [
        "the old meter's card, unused",
        "a purchase on a card that looks unused",
    ] {
        let all = scenario::all();
        let scenario = all.iter().find(|scenario| scenario.name == name).unwrap();
        let mut ways = Ways::new(scenario, WithoutMakingInvalid::between);
        let count = ways.reachable();
        let wrong = (0..count).filter(|state| !is_right_money(scenario, ways.state(*state)));
        assert_ne!(
            wrong.count(),
            0,
            "{name}: a torn purse is taken by no meter"
        );
    }
}
