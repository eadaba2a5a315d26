//! Prepaid cards over the real PC/SC stack: a faulty meter's money gets to the new one through a
//! card, once, wherever the program is killed.

mod program;
mod world;

use devices::sim::card::in_own_reader;
use domain::{CardAnswer, CardImage, Fen};
use gateway::ledger::LeaveState;
use metercrew_tests::district::order_id;
use metercrew_tests::prepaid::{Meter, TOTAL, leaves, reads_old_meter, whole};
use program::Program;
use world::{Cut, Reader, World};

#[test]
fn a_faulty_meters_87_65_and_50_00_just_bought_are_one_card_that_is_credited_once() {
    in_own_reader(
        "card_pcsc::a_faulty_meters_87_65_and_50_00_just_bought_are_one_card_that_is_credited_once",
        || {
            let mut world = World::of(1, &whole());
            let order = order_id(1);
            world.tablet.work(1, &["old_reading"].into());
            let step = world.tablet.order(&order).next_step().unwrap().clone();
            let photo = step.photos.purpose;
            world.tablet.photograph(&order, &step.id, photo);
            world.tablet.act(&order, reads_old_meter(1)).unwrap();
            world.tablet.work(1, &["card"].into());
            world.leaves_the_device();

            let mut reader = Reader::with_old_card(1);
            let before = reader.cards[0].image().unwrap();
            let dry = reader.serves(world.card("rewrite", 1, &["--dry-run"]), None);
            assert_eq!(dry.code, Some(0), "{dry:?}");
            assert_eq!(dry.results[0]["total"], "137.65");
            assert_eq!(reader.cards[0].image().unwrap(), before);

            let ended = reader.serves(world.card("rewrite", 1, &[]), None);
            assert_eq!(ended.code, Some(0), "{ended:?}");
            let said = ended.results.last().unwrap();
            assert_eq!(said["outcome"], "written");
            assert!(ended.came_to("verified") && ended.came_to("committed"));
            assert_eq!(said["kind"], "open_account");
            assert_eq!(said["money"], "137.65");
            let card = reader.cards[0].image().unwrap();

            let mut meter = Meter::fresh(1);
            let credited = CardAnswer::Credited {
                amount: TOTAL,
                count: 1,
            };
            assert_eq!(meter.tries_in(&reader.cards[0]), credited);
            assert_eq!(meter.tries_in(&reader.cards[0]), CardAnswer::AlreadyDone);
            assert_eq!(meter.balance(), TOTAL);

            let again = reader.serves(world.card("rewrite", 1, &[]), None);
            assert_eq!(again.code, Some(1), "{again:?}");
            let nothing = reader.serves(world.card("recover", 1, &[]), None);
            assert_eq!(nothing.code, Some(1), "{nothing:?}");
            assert_eq!(nothing.error().as_deref(), Some("no_open_card"));

            world.takes_the_device();
            world.tablet.finish(1);
            assert_eq!(world.tablet.order(&order).state.name(), "completed");
            world.office_agrees(&[card]);
            assert_eq!(world.office.order(&order), world.tablet.order(&order));
        },
    );
}

/// Every command that a write sends to the card, by its number: from the first after the look that
/// says what will be written to the last before the card is shown.
fn commands_of_a_write(world: &World, n: u64) -> (std::ops::Range<u64>, CardImage) {
    let mut reader = Reader::with_old_card(n);
    let counted = |reader: &mut Reader, program: Program| {
        let before = reader.cards[0].commands();
        let ended = reader.serves(program, None);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        reader.cards[0].commands() - before
    };
    let look = counted(&mut reader, world.card("rewrite", n, &["--dry-run"]));
    let all = counted(&mut reader, world.card("rewrite", n, &[]));
    let show = counted(&mut reader, Program::start(&["card", "show"]));
    let card = reader.cards[0].image().unwrap();
    reader.is_emptied();
    (look..all - show, card)
}

/// Kills the write of order `n`, every second time its recovery as well, then goes on until it is
/// done; the meter tries every card at every stage. Gives whether it was killed, and the card.
fn killed_and_recovered(
    world: &World,
    n: u64,
    reader: &mut Reader,
    more: &[&str],
    cut: Cut,
) -> (bool, CardImage) {
    let mut meter = Meter::fresh(n);
    reader.meter_tries_all(&mut meter);
    let was_cut = reader.serves(world.card("rewrite", n, more), Some(cut));
    reader.meter_tries_all(&mut meter);
    if let Cut::Command(card, at) = cut
        && n.is_multiple_of(2)
    {
        // at another point each time, and where it is past that it ends by itself
        let again = Cut::Command(card, at % 23);
        reader.serves(world.card("recover", n, &[]), Some(again));
        reader.meter_tries_all(&mut meter);
    }
    let recovered = reader.serves(world.card("recover", n, &[]), None);
    if recovered.code != Some(0) {
        let error = recovered.error();
        assert_eq!(
            error.as_deref(),
            Some("no_open_card"),
            "{cut:?}: {recovered:?}"
        );
        reader.meter_tries_all(&mut meter);
        // it was not begun, or was ended already
        let anew = reader.serves(world.card("rewrite", n, more), None);
        let done = anew.code == Some(0) || anew.error().as_deref() == Some("authorisation_used");
        assert!(done, "{cut:?}: {was_cut:?} {anew:?}");
    }
    for _ in 0..2 {
        reader.meter_tries_all(&mut meter);
    }
    let credits: &[Fen] = &meter.credits;
    assert_eq!(credits, [TOTAL], "{cut:?}");
    assert_eq!(meter.balance(), TOTAL, "{cut:?}");
    let card = reader.cards[0].image().unwrap();
    reader.is_emptied();
    (was_cut.killed, card)
}

/// Orders of one story; the rounds are fewer.
const ORDERS: u64 = 13;

/// A third of the commands: three such stories run side by side.
fn killed_at_every_third_command(from: u64) {
    let mut world = World::at_the_card(ORDERS);
    let (commands, card) = commands_of_a_write(&world, 1);
    let mut cards = vec![card];
    let mut kills = 0;
    let rounds = commands.filter(|command| command % 3 == from);
    for (n, command) in (2..).zip(rounds) {
        let mut reader = Reader::with_old_card(n);
        let cut = Cut::Command(0, command);
        let (killed, card) = killed_and_recovered(&world, n, &mut reader, &[], cut);
        kills += usize::from(killed);
        cards.push(card);
    }
    assert_killed(kills, cards.len() - 1);
    for n in cards.len() as u64 + 1..=ORDERS {
        let mut reader = Reader::with_old_card(n);
        let ended = reader.serves(world.card("rewrite", n, &[]), None);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        cards.push(reader.cards[0].image().unwrap());
        reader.is_emptied();
    }
    world.office_agrees(&cards);
}

/// On a machine that has no time for us, a program ends by itself before it is killed.
fn assert_killed(kills: usize, rounds: usize) {
    println!("{kills} kills in {rounds} rounds");
    assert!(kills + 2 >= rounds && rounds >= 4, "{kills} in {rounds}");
}

#[test]
fn killed_at_the_1st_4th_and_so_on_command_the_money_is_credited_once() {
    in_own_reader(
        "card_pcsc::killed_at_the_1st_4th_and_so_on_command_the_money_is_credited_once",
        || killed_at_every_third_command(0),
    );
}

#[test]
fn killed_at_the_2nd_5th_and_so_on_command_the_money_is_credited_once() {
    in_own_reader(
        "card_pcsc::killed_at_the_2nd_5th_and_so_on_command_the_money_is_credited_once",
        || killed_at_every_third_command(1),
    );
}

#[test]
fn killed_at_the_3rd_6th_and_so_on_command_the_money_is_credited_once() {
    in_own_reader(
        "card_pcsc::killed_at_the_3rd_6th_and_so_on_command_the_money_is_credited_once",
        || killed_at_every_third_command(2),
    );
}

#[test]
fn killed_as_it_writes_its_journal_the_money_is_credited_once() {
    in_own_reader(
        "card_pcsc::killed_as_it_writes_its_journal_the_money_is_credited_once",
        || {
            let steps = ["intent", "card_read", "read_back", "verified", "committed"];
            let mut world = World::at_the_card(steps.len() as u64);
            let rounds = (1..).zip(steps).map(|(n, step)| {
                let mut reader = Reader::with_old_card(n);
                killed_and_recovered(&world, n, &mut reader, &[], Cut::Step(step))
            });
            let (killed, cards): (Vec<_>, Vec<_>) = rounds.unzip();
            // after the last step it may end by itself first
            assert_killed(killed.iter().filter(|killed| **killed).count(), steps.len());
            world.office_agrees(&cards);
        },
    );
}

#[test]
fn killed_while_one_card_takes_anothers_place_the_money_is_credited_once() {
    in_own_reader(
        "card_pcsc::killed_while_one_card_takes_anothers_place_the_money_is_credited_once",
        || {
            let cuts = [
                Cut::Update(1, 0),
                Cut::Update(1, 1),
                Cut::Step("old_voided"),
                Cut::Update(0, 0),
                Cut::Update(0, 1),
                Cut::Update(0, 3),
                Cut::Update(0, 4),
                Cut::Step("verified"),
            ];
            let mut world = World::at_the_card(cuts.len() as u64);
            let rounds = (1..).zip(cuts).map(|(n, cut)| {
                let mut reader = Reader::with_two_cards(n);
                let done = killed_and_recovered(&world, n, &mut reader, &["--two-cards"], cut);
                let old = reader.cards[1].image().unwrap();
                assert_eq!(
                    (old.user[0], &old.purse[..4]),
                    (0, &[0; 4][..]),
                    "void: {cut:?}"
                );
                done
            });
            let (killed, cards): (Vec<_>, Vec<_>) = rounds.unzip();
            assert_killed(killed.iter().filter(|killed| **killed).count(), cuts.len());
            world.office_agrees(&cards);
        },
    );
}

#[test]
fn whichever_of_two_cards_is_put_in_first_the_old_one_is_void_and_the_new_one_written() {
    in_own_reader(
        "card_pcsc::whichever_of_two_cards_is_put_in_first_the_old_one_is_void_and_the_new_one_written",
        || {
            let mut world = World::at_the_card(2);
            let mut cards = vec![];
            for (n, first) in [(1, 0), (2, 1)] {
                let mut reader = Reader::with_two_cards(n);
                reader.takes(first);
                let ended = reader.serves(world.card("rewrite", n, &["--two-cards"]), None);
                assert_eq!(ended.code, Some(0), "{ended:?}");
                assert_eq!(reader.cards[1].image().unwrap().user[0], 0);
                let mut meter = Meter::fresh(n);
                for card in reader.cards.iter().rev() {
                    meter.tries_in(card);
                }
                assert_eq!(meter.credits, [TOTAL]);
                cards.push(reader.cards[0].image().unwrap());
                reader.is_emptied();
            }
            world.office_agrees(&cards);
        },
    );
}

#[test]
fn a_write_that_was_killed_and_given_up_leaves_the_money_to_the_next_leave() {
    in_own_reader(
        "card_pcsc::a_write_that_was_killed_and_given_up_leaves_the_money_to_the_next_leave",
        || {
            let mut world = World::at_the_card(1);
            let mut reader = Reader::with_old_card(1);
            let mut meter = Meter::fresh(1);
            let cut = Some(Cut::Update(0, 1));
            reader.serves(world.card("rewrite", 1, &[]), cut);
            meter.tries_in(&reader.cards[0]);
            let given_up = reader.serves(world.card("give-up", 1, &[]), None);
            assert_eq!(given_up.code, Some(0), "{given_up:?}");
            assert_eq!(given_up.results[0]["outcome"], "not_written");
            let no_leave = reader.serves(world.card("rewrite", 1, &[]), None);
            assert_eq!(no_leave.error().as_deref(), Some("authorisation_used"));
            meter.tries_in(&reader.cards[0]);
            assert_eq!(meter.credits, []);

            world.takes_the_device();
            world.sync();
            let states = |world: &World| {
                let leaves = leaves(&world.office, &order_id(1)).into_iter();
                let mut states: Vec<_> = leaves.map(|leave| leave.leave.state).collect();
                states.sort();
                states
            };
            let (leased, not_written) = (LeaveState::Leased, LeaveState::NotWritten);
            assert_eq!(states(&world), [leased, not_written]);
            world.leaves_the_device();
            let ended = reader.serves(world.card("open", 1, &[]), None);
            assert_eq!(ended.code, Some(0), "{ended:?}");
            for _ in 0..2 {
                meter.tries_in(&reader.cards[0]);
            }
            assert_eq!(meter.credits, [TOTAL]);
            world.takes_the_device();
            world.sync();
            assert_eq!(states(&world), [LeaveState::Written, not_written]);
            world.office_has(&[reader.cards[0].image().unwrap()]);
        },
    );
}
