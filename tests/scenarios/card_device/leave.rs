//! Leave that is over, somebody else's, forged or too early; and an order that is not the crew's any
//! more while its card is in doubt.

use devices::sim::card::{DirectCards, Slot, Tear, VirtualCard};
use domain::{
    Attention, CardOutcome, Dispatch, Entry, EntryBody, OfficeEvent, SignedAuthorisation, Verdict,
};
use gateway::ledger::LeaveState;
use metercrew_tests::Tablet;
use metercrew_tests::district::{crew, order_id, other_crew};
use metercrew_tests::prepaid::{Meter, blank_image, fault, old_image};
use store::{Incoming, KeyFile, Store, obtain_key};
use work::{CardEnd, CardParts};

use super::world::{World, sync, was_credited_once};

const DAY_MS: u64 = 24 * 3_600_000;

/// A card of order `n` that was cut off after its first bytes.
async fn in_doubt(world: &mut World, n: u64) {
    world.pulls_out(n, old_image(n), 2, Tear::AnswerLost).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_that_is_over_begins_nothing_and_what_was_begun_under_it_is_finished() {
    let mut world = World::at_the_card(2).await;
    in_doubt(&mut world, 1).await;
    world.tablet.clock.pass(4 * DAY_MS);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.puts(old_image(2));
    assert_eq!(world.cannot_write(2).await, "expired");
    assert!(!world.is_open(2));
    assert_eq!(world.slot.image().unwrap(), old_image(2));

    world.office.hand.advance(4 * DAY_MS as i64);
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Written]);
    assert_eq!(
        world.states(2),
        [LeaveState::Superseded, LeaveState::Leased]
    );
    assert_eq!(world.writes(2).await.unwrap(), CardEnd::Done);
    world.office_agrees(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_that_begins_later_begins_nothing_yet() {
    let world = World::at_the_card(0).await;
    world.office.hand.advance(DAY_MS as i64);
    let now = world.office.hand.now();
    let ledger = world.office.gateway().ledger();
    let mut purchase = fault(1);
    let task = purchase.card.as_mut().unwrap();
    task.kind = domain::CardKind::Purchase;
    task.count = 18;
    ledger.dispatch(purchase, now).unwrap();
    world.sync().await;
    world.office.hand.advance(-(DAY_MS as i64));
    // it is started anew, and learns from the office that it is yesterday
    let mut world = world;
    world.stops();
    world.tablet.clock.restart();
    world.starts();
    world.sync().await;
    world.puts(old_image(1));
    assert_eq!(world.states(1), [LeaveState::Leased]);
    assert_eq!(world.cannot_write(1).await, "not_yet_valid");
    assert!(!world.is_open(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tablets_leave_begins_nothing() {
    let mut world = World::at_the_card(1).await;
    let other = Tablet::enrolled(&world.office, &world.office.url(), 50).await;
    let slot = Slot::with(VirtualCard::new(old_image(1)));
    let reader = DirectCards::new([slot.clone()]);
    other.device().use_card_parts(CardParts::simulated(reader));
    world.sync().await;
    sync(&other).await;
    let theirs = other.device().write_card(&order_id(1), None, &mut |_| {});
    assert_eq!(theirs.unwrap_err().code(), "not_theirs");
    assert_eq!(slot.updates(), 0);
    assert_eq!(world.states(1), [LeaveState::Leased]);
    world.puts(old_image(1));
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.sync().await;
    world.books_say(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn leave_whose_signature_is_not_the_offices_begins_nothing() {
    let mut world = World::at_the_card(1).await;
    let leave = world.leaves(1).remove(0).leave;
    let body = leave
        .signed
        .body
        .replace("\"carried_max\":\"200.00\"", "\"carried_max\":\"900.00\"");
    assert_ne!(body, leave.signed.body);
    let forged = SignedAuthorisation {
        body,
        ..leave.signed
    };
    world.stops();
    let home = world.tablet.home.path();
    let key = obtain_key(home, &[&KeyFile::in_dir(home)], || [0; 32]).unwrap();
    let (store, _) = Store::open(home, &key.key, "stamp").unwrap();
    let entries = vec![Entry {
        change: Some(1_000),
        body: EntryBody::Office {
            at: world.office.hand.now(),
            by: "somebody".into(),
            event: OfficeEvent::CardAuthorised {
                authorisation: forged,
            },
        },
    }];
    let order = order_id(1);
    let cursor = store.cursor().unwrap();
    let forgery = Incoming::Order { order, entries };
    store.apply_changes(cursor, &[forgery]).unwrap();
    drop(store);
    world.starts();
    world.puts(old_image(1));
    assert_eq!(world.cannot_write(1).await, "not_signed");
    assert_eq!(world.slot.updates(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_what_the_office_changed_a_tablet_has_new_leave_at_the_next_sync() {
    let mut world = World::at_the_card(1).await;
    world.sync().await;
    let mut changed = fault(1);
    changed.card.as_mut().unwrap().carried_max = domain::Fen::from(30_000);
    let now = world.office.hand.now();
    world
        .office
        .gateway()
        .ledger()
        .dispatch(changed, now)
        .unwrap();
    world.puts(old_image(1));
    world.sync().await;
    assert_eq!(
        world.states(1),
        [LeaveState::Superseded, LeaveState::Leased]
    );
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.office_agrees(1).await;
}

/// What the office does to an order while its card is in doubt.
#[derive(Debug, Clone, Copy)]
enum Moves {
    Recalls,
    GivesToOthers,
}

fn moves(world: &World, n: u64, how: Moves) {
    let now = world.office.hand.now();
    let ledger = world.office.gateway().ledger();
    match how {
        Moves::Recalls => {
            ledger.recall(&order_id(n), "paid elsewhere", now).unwrap();
        }
        Moves::GivesToOthers => {
            let crew = other_crew();
            let to_others = Dispatch { crew, ..fault(n) };
            assert_ne!(to_others.crew, crew_of(world, n));
            ledger.dispatch(to_others, now).unwrap();
        }
    }
}

fn crew_of(world: &World, n: u64) -> domain::CrewId {
    world.office.order(&order_id(n)).dispatch.crew
}

fn is_known_to_be_written(world: &World, n: u64) {
    let look = world.tablet.device().look_at_card(&order_id(n), None);
    let outcome = look.unwrap().outcome;
    assert!(
        matches!(outcome, Some(CardOutcome::Written { .. })),
        "{outcome:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_doubt_is_finished_and_known_wherever_the_order_has_got_to() {
    let cases = [
        (Moves::Recalls, true),
        (Moves::Recalls, false),
        (Moves::GivesToOthers, true),
        (Moves::GivesToOthers, false),
    ];
    let mut world = World::at_the_card(4).await;
    assert_eq!(crew_of(&world, 1), crew());
    for (n, (how, is_known)) in (1..).zip(cases) {
        let mut meter = Meter::fresh(n);
        in_doubt(&mut world, n).await;
        if is_known {
            world.sync().await;
            assert_eq!(world.states(n), [LeaveState::Burned]);
        }
        moves(&world, n, how);
        world.sync().await;
        assert!(world.is_open(n), "{how:?}");
        assert_eq!(world.writes(n).await.unwrap(), CardEnd::Done, "{how:?}");
        assert!(!world.is_open(n));
        is_known_to_be_written(&world, n);
        world.sync().await;
        is_known_to_be_written(&world, n);
        assert_eq!(world.states(n), [LeaveState::Written], "{how:?} {is_known}");
        let order = world.office.order(&order_id(n));
        let is_late = |late: &Attention| matches!(late.verdict, Verdict::Late { .. });
        assert!(order.attention.iter().all(is_late), "a person decides");
        for _ in 0..2 {
            world.meter_tries_all(&mut meter);
        }
        was_credited_once(&meter);
    }
    world.books_say(4);
    assert_eq!(world.findings(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_doubt_is_given_up_and_known_wherever_the_order_has_got_to() {
    let mut world = World::at_the_card(2).await;
    for (n, how) in [(1, Moves::Recalls), (2, Moves::GivesToOthers)] {
        world
            .pulls_out(n, blank_image(n), 2, Tear::AnswerLost)
            .await;
        moves(&world, n, how);
        world.sync().await;
        assert_eq!(world.gives_up(n).await.unwrap(), CardEnd::GivenUp);
        world.sync().await;
        assert_eq!(world.states(n), [LeaveState::NotWritten], "{how:?}");
    }
    world.books_say(0);
}
