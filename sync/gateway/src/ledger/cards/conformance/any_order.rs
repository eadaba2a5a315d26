//! Two tablets of one crew, one of them under two series, tell whatever they like of two customers'
//! cards, truly, falsely, twice and late: there is never a second credit.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AuthorisationId, CardAuthorisation, CardOutcome, CardSeen, Fen, NotWritten, OrderEvent, OrderId,
};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use uuid::Uuid;
use wire::push::Push;

use super::{ask, credits, findings, id, leaves, push_from, restored};
use crate::Error;
use crate::ledger::Ledger;
use crate::ledger::cards::Credit;
use crate::ledger::conformance::{Fresh, enrolled, key};
use crate::tests::field::{NOW, Tablet, crew};
use crate::tests::prepaid::{
    account, begun, bought, ended, fen, meter_no, not_written, on_display, replace, seen, serial,
    top_up, written,
};

/// What somebody does.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A tablet asks for leave for an order.
    Ask { who: usize, order: usize },
    /// The device it was leased to begins, as the leave allows it, and writes.
    Write { leave: Index, how: Begin },
    /// Somebody says a card was begun.
    Begin { who: Who, leave: Index, how: Begin },
    /// Somebody says how it ended.
    End { who: Who, leave: Index, how: End },
    /// A supervisor takes leave back.
    Reissue { leave: Index },
    /// A push comes again.
    Again { push: Index },
}

/// Who tells of a leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The device it was leased to.
    Its,
    /// The same tablet under another series, when it has one.
    Restored,
    /// Another tablet.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// As the leave allows it.
    Honest,
    /// On a blank, or for another new meter: allowed too where the order replaces a meter.
    Otherwise,
    /// On a card nobody registered.
    AnotherCard,
    /// With more money.
    More,
    /// Under leave nobody gave.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Written,
    WrittenOtherwise,
    InDoubt,
    NotWritten,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = prop_oneof![5 => Just(Who::Its), 2 => Just(Who::Restored), 1 => Just(Who::Other)];
    let leave = any::<Index>;
    let begin = prop_oneof![
        6 => Just(Begin::Honest),
        2 => Just(Begin::Otherwise),
        1 => Just(Begin::AnotherCard),
        1 => Just(Begin::More),
        1 => Just(Begin::Unknown),
    ];
    let allowed = prop_oneof![Just(Begin::Honest), Just(Begin::Otherwise)];
    let end = prop_oneof![
        5 => Just(End::Written),
        1 => Just(End::WrittenOtherwise),
        2 => Just(End::InDoubt),
        2 => Just(End::NotWritten),
    ];
    let act = prop_oneof![
        5 => (0..2_usize, 0..ORDERS.len()).prop_map(|(who, order)| Act::Ask { who, order }),
        5 => (leave(), allowed).prop_map(|(leave, how)| Act::Write { leave, how }),
        4 => (who.clone(), leave(), begin).prop_map(|(who, leave, how)| {
            Act::Begin { who, leave, how }
        }),
        5 => (who, leave(), end).prop_map(|(who, leave, how)| Act::End { who, leave, how }),
        3 => leave().prop_map(|leave| Act::Reissue { leave }),
        2 => leave().prop_map(|push| Act::Again { push }),
    ];
    prop::collection::vec(act, 4..28)
}

/// The first two are about the same money, and so are the last two.
const ORDERS: [&str; 4] = ["o-0", "o-1", "o-2", "o-3"];

/// A gateway's ledger, two tablets, and the first one come back from a backup.
struct World {
    ledger: Box<dyn Ledger>,
    series: [Tablet; 3],
    given: Vec<CardAuthorisation>,
    pushes: Vec<Push>,
}

impl World {
    fn new(ledger: Box<dyn Ledger>) -> Self {
        for (at, id) in ORDERS.into_iter().enumerate() {
            let order = match at {
                0 | 1 => top_up(id, &crew(1), 1, 5, 5_000),
                _ => replace(id, &crew(1), 2, vec![bought(5, 700)]),
            };
            ledger.dispatch(order, NOW).unwrap();
        }
        let first = enrolled(&*ledger, 1, 1);
        let second = enrolled(&*ledger, 1, 2);
        let third = restored(&*ledger, &first, 100);
        let blanks = [serial(100), serial(101)];
        ledger.register_blanks(&crew(1), &blanks, NOW).unwrap();
        Self {
            ledger,
            series: [first, second, third],
            given: vec![],
            pushes: vec![],
        }
    }

    fn run(&mut self, act: Act) {
        match act {
            Act::Ask { who, order } => {
                let fresh = self.given.len() as u64 + 1;
                let asked = ask(&*self.ledger, &self.series[who], ORDERS[order], fresh);
                match asked {
                    Ok(leave) if leave.id == id(fresh) => self.given.push(leave),
                    Ok(_) | Err(Error::Refused(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            Act::Write { leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let plan = leave.task.plan(&at_hand(&leave, how)).unwrap();
                    self.tell(Who::Its, &leave, begin(&leave, how));
                    self.tell(Who::Its, &leave, ended(leave.id, written(&plan)));
                }
            }
            Act::Begin { who, leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    self.tell(who, &leave, begin(&leave, how));
                }
            }
            Act::End { who, leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let plan = leave.task.plan(&at_hand(&leave, Begin::Honest)).unwrap();
                    let outcome = match how {
                        End::Written => written(&plan),
                        End::WrittenOtherwise => CardOutcome::Written {
                            image: domain::Hash::of(b"other"),
                        },
                        End::InDoubt => CardOutcome::InDoubt,
                        End::NotWritten => not_written(NotWritten::Untouched),
                    };
                    self.tell(who, &leave, ended(leave.id, outcome));
                }
            }
            Act::Reissue { leave } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let by = "wang".into();
                    let done = self.ledger.reissue_card(leave.id, "丢失", &by, NOW);
                    assert!(matches!(done, Ok(_) | Err(Error::Refused(_))), "{done:?}");
                }
            }
            Act::Again { push } => {
                if let Some(push) = one_of(push, &self.pushes) {
                    self.ledger.push(&push, &key(), NOW).unwrap();
                }
            }
        }
    }

    fn tell(&mut self, who: Who, leave: &CardAuthorisation, event: OrderEvent) {
        let its = usize::from(leave.device == self.series[1].device);
        let tablet = match who {
            Who::Its => &mut self.series[its],
            Who::Restored => &mut self.series[if its == 0 { 2 } else { its }],
            Who::Other => &mut self.series[1 - its],
        };
        tablet.record(leave.order.as_str(), event);
        let seq = tablet.sealed.len() as u64;
        let mut push = tablet.push_from(seq, &[]);
        push.push = Uuid::from_u128(1_000 + self.pushes.len() as u128);
        let receipt = self.ledger.push(&push, &key(), NOW).unwrap();
        let receipt = receipt.open(&wire::sign::PublicKey::of(&key())).unwrap();
        assert_eq!(receipt.through_seq, seq, "no report holds a series up");
        self.pushes.push(push);
    }
}

fn one_of<T: Clone>(which: Index, of: &[T]) -> Option<T> {
    (!of.is_empty()).then(|| which.get(of).clone())
}

fn at_hand(leave: &CardAuthorisation, how: Begin) -> CardSeen {
    let is_top_up = leave.task.kind == domain::CardKind::Purchase;
    let mut at_hand = match (is_top_up, how) {
        (_, Begin::AnotherCard) => seen(999, 20),
        (true, _) => seen(1, 1),
        (false, Begin::Otherwise) => seen(100, 21),
        (false, _) => seen(2, 20),
    };
    if is_top_up {
        at_hand.meter_no = meter_no(1);
    } else {
        at_hand.remainders = vec![on_display(8_765, 0, 4)];
    }
    at_hand
}

fn begin(leave: &CardAuthorisation, how: Begin) -> OrderEvent {
    let at_hand = at_hand(leave, how);
    let mut leave = leave.clone();
    match how {
        Begin::Honest | Begin::Otherwise => {}
        Begin::AnotherCard => {
            // its own plan would be refused for the serial too: what counts is that it is told
            let known = leave.task.meter.as_mut();
            if let Some(meter) = known {
                meter.card_serial = Some(at_hand.serial);
            }
        }
        Begin::More => leave.task.purchases[0].amount = fen(90_000),
        Begin::Unknown => leave.id = id(7_777),
    }
    begun(&leave, &at_hand)
}

/// Two tablets of one crew, one of them under two series, tell whatever they like of two customers'
/// cards, truly, falsely, twice and late.
pub(super) fn no_order_of_reports_brings_a_second_credit(fresh: Fresh<'_>) {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let credited = std::cell::Cell::new(0);
    let result = runner.run(&acts(), |acts| {
        let mut world = World::new(fresh());
        for act in &acts {
            world.run(*act);
        }
        holds(&world)?;
        credited.set(credited.get() + credits(&*world.ledger).len());
        let replayed = world.ledger.verify_replay().unwrap();
        prop_assert_eq!(replayed.differing, Vec::<OrderId>::new());
        let before = books(&world);
        for push in &world.pushes {
            world.ledger.push(push, &key(), NOW).unwrap();
        }
        // and all of it once more, by the tablet under yet another series
        let mut renewed = restored(&*world.ledger, &world.series[0], 200);
        let told = world.series[0].sealed.clone();
        for sealed in told {
            let domain::Fact::Order { order, fact } = sealed.open().unwrap().fact else {
                continue;
            };
            renewed.record(order.as_str(), fact);
        }
        push_from(&*world.ledger, &renewed, 1);
        holds(&world)?;
        prop_assert_eq!(before, books(&world), "what is told again changes nothing");
        Ok(())
    });
    result.unwrap();
    assert!(credited.get() > 20, "the test sees credits: {credited:?}");
}

/// Credits, and how many incidents of each kind.
type Books = (Vec<Credit>, BTreeMap<&'static str, usize>);

fn books(world: &World) -> Books {
    let mut found = BTreeMap::new();
    for name in findings(&*world.ledger) {
        *found.entry(name).or_default() += 1;
    }
    (credits(&*world.ledger), found)
}

fn holds(world: &World) -> Result<(), TestCaseError> {
    let ledger = &*world.ledger;
    let credits = credits(ledger);
    let cards: BTreeSet<_> = credits
        .iter()
        .map(|credit| (&credit.account_no, credit.meter_no, credit.count))
        .collect();
    prop_assert_eq!(cards.len(), credits.len(), "one for each card's count");
    let claims: BTreeSet<_> = credits.iter().map(|credit| &credit.claim).collect();
    prop_assert_eq!(claims.len(), credits.len(), "one for each claim");
    for (n, most) in [(1, 5_000), (2, 8_765 + 700)] {
        let of_account = credits.iter().filter(|c| c.account_no == account(n));
        let amounts: Vec<Fen> = of_account.map(|credit| credit.total).collect();
        prop_assert!(
            amounts.is_empty() || amounts == [fen(most)],
            "account {} was given {:?}",
            n,
            amounts
        );
    }
    for credit in &credits {
        prop_assert!(is_backed(world, credit.authorisation), "{:?}", credit);
    }
    for order in ["o-0", "o-2"] {
        let twin = if order == "o-0" { "o-1" } else { "o-3" };
        let mut of_account = leaves(ledger, order);
        of_account.extend(leaves(ledger, twin));
        let live = of_account.iter().filter(|of| of.leave.state.is_live());
        prop_assert!(live.count() <= 1);
        let told: Vec<_> = of_account
            .iter()
            .filter(|of| is_backed(world, of.leave.id()))
            .map(|of| (of.leave.id(), of.credit.is_some()))
            .collect();
        if told.len() > 1 {
            let found = findings(ledger);
            let is_seen = [
                "second_credit",
                "leave_replaced",
                "end_contradicts",
                "begun_twice",
            ];
            prop_assert!(
                is_seen.iter().any(|name| found.contains(name)),
                "{:?}",
                told
            );
        }
    }
    let balance = ledger.card_balance().unwrap();
    prop_assert!(balance.is_even(), "{:?}", balance);
    prop_assert_eq!(balance.credited as usize, credits.len());
    Ok(())
}

/// Whether the tablet a leave was leased to itself has told, truly, that it began and wrote its card.
fn is_backed(world: &World, id: AuthorisationId) -> bool {
    let Some(leave) = world.given.iter().find(|leave| leave.id == id) else {
        return false;
    };
    let leased_to = |tablet: &&Tablet| tablet.device == leave.device;
    let key = world
        .series
        .iter()
        .find(leased_to)
        .map(|tablet| &tablet.key);
    let series = world.series.iter();
    let mine = series.filter(|tablet| Some(&tablet.key) == key);
    let (mut was_begun, mut was_written) = (false, false);
    for sealed in mine.flat_map(|tablet| &tablet.sealed) {
        let domain::Fact::Order { order, fact } = sealed.open().unwrap().fact else {
            continue;
        };
        if order != leave.order {
            continue;
        }
        match fact {
            OrderEvent::CardBegun {
                authorisation,
                seen,
                plan,
                ..
            } if authorisation == id => {
                was_begun |= leave.cards.contains(&seen.serial)
                    && leave.task.plan(&seen).ok().as_ref() == Some(&*plan);
            }
            OrderEvent::CardEnded {
                authorisation,
                outcome: CardOutcome::Written { .. },
                ..
            } if authorisation == id => was_written = true,
            _ => {}
        }
    }
    was_begun && was_written
}
