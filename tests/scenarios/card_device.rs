//! What befalls a card at a tablet with a real store and a real office: backups, full disks, bad
//! cards, old leave, orders that move on. The money gets to the customer once.

mod leave;
mod office_keys;
mod sample;
mod torn;
mod two_cards;
mod world;

use devices::sim::card::{At, BadCell, Fault, Tear, VirtualCard};
use domain::{CardImage, CardOutcome, NotWritten, Record};
use gateway::ledger::{Finding, LeaveState};
use metercrew_tests::district::order_id;
use metercrew_tests::prepaid::{Meter, TOTAL, blank, blank_image, old_image};
use metercrew_tests::small_disk::SmallDisk;
use metercrew_tests::{Office, Tablet};
use work::{CardEnd, CardStep, Chance, Clock, Device};
use world::{World, was_credited_once};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_program_on_the_folder_is_refused_and_the_first_goes_on_with_its_card() {
    let mut world = World::at_the_card(1).await;
    world.puts(old_image(1));
    world.slot.plan(At::Update(2), Fault::Tear(Tear::Before));
    assert_eq!(world.cannot_write(1).await, "write_in_doubt");
    let clock = Clock::set(world.tablet.clock.clone());
    let second = Device::open(world.tablet.home.path(), clock, Chance::seeded(9));
    assert_eq!(second.unwrap_err().code(), "in_use");
    assert!(world.slot.put_back());
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
}

/// Writes this card for order 1, and tells the office; then the folder is as it was before.
async fn written_and_restored(world: &mut World, image: CardImage) {
    let backup = world.backup();
    world.puts(image);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.sync().await;
    world.restores(&backup);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_old_backup_the_same_card_is_found_written_and_is_not_written_again() {
    for image in [old_image(1), blank_image(1)] {
        let mut world = World::at_the_card(1).await;
        let serial = image.serial;
        written_and_restored(&mut world, image).await;
        let updates = world.slot.updates();
        assert!(!world.is_open(1));
        // nobody has told it anything yet
        assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
        assert_eq!(world.slot.updates(), updates, "nothing is written");
        world.credits_once(1);
        world.sync().await;
        assert_eq!(world.cannot_write(1).await, "authorisation_used");
        assert_eq!(world.states(1), [LeaveState::Written]);
        world.books_say(1);
        let first = serial;
        let twice = Finding::BegunTwice { first, serial };
        assert!(world.findings().contains(&twice), "{:?}", world.findings());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_old_backup_another_card_brings_no_second_credit_and_the_office_is_told() {
    let mut world = World::at_the_card(2).await;
    written_and_restored(&mut world, blank_image(1)).await;
    world.puts(blank_image(2));
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.credits_once(1);
    world.sync().await;
    let twice = Finding::BegunTwice {
        first: blank(1),
        serial: blank(2),
    };
    assert!(world.findings().contains(&twice), "{:?}", world.findings());
    assert_eq!(world.states(1), [LeaveState::Written]);
    world.books_say(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tablet_that_knows_from_the_office_that_the_card_is_written_begins_no_other() {
    let mut world = World::at_the_card(2).await;
    written_and_restored(&mut world, blank_image(1)).await;
    world.sync().await;
    world.puts(blank_image(2));
    assert_eq!(world.cannot_write(1).await, "authorisation_used");
    assert_eq!(world.slot.updates(), 5, "those of the first card");
    assert_eq!(world.findings(), []);
    world.books_say(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_from_before_the_card_was_given_up_writes_it_no_more() {
    let mut world = World::at_the_card(2).await;
    world.pulls_out(1, blank_image(1), 3, Tear::Before).await;
    let backup = world.backup();
    assert_eq!(world.gives_up(1).await.unwrap(), CardEnd::GivenUp);
    world.sync().await;
    assert_eq!(
        world.states(1),
        [LeaveState::NotWritten, LeaveState::Leased]
    );
    world.restores(&backup);
    world.sync().await;
    let updates = world.slot.updates();
    assert_eq!(world.cannot_write(1).await, "authorisation_used");
    assert_eq!(world.slot.updates(), updates);
    assert_eq!(world.gives_up(1).await.unwrap(), CardEnd::GivenUp);
    // what a tablet has forgotten, the office cannot know: a supervisor gives the money free
    world.puts(blank_image(2));
    assert_eq!(world.cannot_write(1).await, "not_theirs");
    world.reissues(1);
    world.sync().await;
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.credits_once(1);
    world.sync().await;
    world.books_say(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_doubt_at_one_order_is_not_begun_at_another() {
    let mut world = World::at_the_card(2).await;
    world.pulls_out(1, blank_image(1), 3, Tear::FirstHalf).await;
    let in_doubt = world.slot.image();
    assert_eq!(world.cannot_write(2).await, "in_doubt");
    assert_eq!(world.slot.image(), in_doubt);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.sync().await;
    world.books_say(1);
}

async fn on_a_small_disk(disk: &SmallDisk, orders: u64) -> World {
    World::with(orders, Office::open().await, Tablet::on(disk.path(), 1)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_full_disk_no_card_is_begun_and_no_leave_used_up() {
    let Some(disk) = SmallDisk::of_mib(16) else {
        return;
    };
    let mut world = on_a_small_disk(&disk, 1).await;
    world.puts(old_image(1));
    disk.fill(0);
    assert_eq!(world.cannot_write(1).await, "journal_failed");
    assert!(!world.is_open(1));
    assert_eq!(world.slot.updates(), 0);
    assert_eq!(world.slot.image().unwrap(), old_image(1));
    disk.clear();
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Leased]);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.credits_once(1);
    world.office_agrees(1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_is_full_when_the_card_is_done_leaves_it_in_doubt_until_there_is_room() {
    let Some(disk) = SmallDisk::of_mib(24) else {
        return;
    };
    let disk = std::sync::Arc::new(disk);
    let mut world = on_a_small_disk(&disk, 2).await;
    for (n, full_at) in [(1, CardStep::ReadBack), (2, CardStep::Verified)] {
        world.puts(old_image(n));
        let filling = disk.clone();
        let written = world.writes_telling(n, move |step| {
            if step == full_at {
                filling.fill(0);
            }
        });
        assert_eq!(written.await.unwrap_err().code(), "journal_failed");
        assert!(world.is_open(n));
        let updates = world.slot.updates();
        assert_eq!(world.cannot_write(n).await, "journal_failed");
        disk.clear();
        assert_eq!(world.writes(n).await.unwrap(), CardEnd::Done);
        assert_eq!(world.slot.updates(), updates, "nothing is written again");
        world.credits_once(n);
    }
    world.office_agrees(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_holds_wrong_bytes_is_given_up_and_another_is_written_under_the_same_count() {
    let mut world = World::at_the_card(2).await;
    let bad = BadCell {
        sfi: 2,
        offset: 2,
        holds: 0x5a,
    };
    world
        .slot
        .insert(VirtualCard::new(blank_image(1)).with_bad_cell(bad));
    assert_eq!(world.cannot_write(1).await, "card_faulty");
    let mut meter = Meter::fresh(1);
    world.meter_tries_all(&mut meter);
    assert_eq!(meter.credits, [], "no meter takes it");
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Burned]);
    assert_eq!(world.gives_up(1).await.unwrap(), CardEnd::GivenUp);
    let order = world.tablet.order(&order_id(1));
    let Some(Record::Card { outcome, .. }) = order.work.get(&"card".into()) else {
        panic!("the order holds the card");
    };
    let CardOutcome::NotWritten { why, .. } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(*why, NotWritten::CardFaulty);
    world.sync().await;
    assert_eq!(
        world.states(1),
        [LeaveState::NotWritten, LeaveState::Leased]
    );
    let leaves = world.leaves(1);
    assert_eq!(leaves[1].leave.after, Some(leaves[0].leave.id()));
    let count = |n: usize| leaves[n].leave.leave.task.count;
    assert_eq!(count(0), count(1));
    assert_eq!(world.cannot_write(1).await, "card_not_authorised", "again");
    world.puts(blank_image(2));
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    for _ in 0..2 {
        world.meter_tries_all(&mut meter);
    }
    was_credited_once(&meter);
    world.sync().await;
    assert_eq!(world.leaves(1)[1].credit, Some(TOTAL));
    world.books_say(1);
    assert_eq!(world.findings(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn for_a_card_that_is_lost_in_doubt_a_supervisor_has_another_written_on_the_same_order() {
    let mut world = World::at_the_card(2).await;
    world.puts(blank_image(1));
    // cut off after the last byte: the lost card may be good
    world
        .slot
        .plan(At::Update(4), Fault::Tear(Tear::AnswerLost));
    assert_eq!(world.cannot_write(1).await, "write_in_doubt");
    world.slot.put_back();
    let lost = world.slot.remove().unwrap();
    world.sync().await;
    world.puts(blank_image(2));
    assert_eq!(
        world.cannot_write(1).await,
        "card_wrong",
        "nobody took it back"
    );
    assert_eq!(world.states(1), [LeaveState::Burned]);
    world.reissues(1);
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Reissued, LeaveState::Leased]);
    assert!(world.is_open(1), "until another is begun");
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    assert!(!world.is_open(1));
    world.sync().await;
    // the first turns up, and somebody tries both
    world.beside.push(lost);
    let mut meter = Meter::fresh(1);
    for _ in 0..2 {
        world.meter_tries_all(&mut meter);
    }
    was_credited_once(&meter);
    world.books_say(1);
    assert_eq!(world.findings(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_in_doubt_that_turns_up_is_gone_on_with_though_its_leave_was_taken_back() {
    let mut world = World::at_the_card(2).await;
    world.puts(blank_image(1));
    world.slot.plan(At::Update(3), Fault::Tear(Tear::FirstHalf));
    assert_eq!(world.cannot_write(1).await, "write_in_doubt");
    world.sync().await;
    world.reissues(1);
    world.sync().await;
    assert!(world.slot.put_back());
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.sync().await;
    let card = world.slot.remove().unwrap();
    world.beside.push(card);
    world.puts(blank_image(2));
    assert_eq!(
        world.cannot_write(1).await,
        "authorisation_used",
        "a second"
    );
    let mut meter = Meter::fresh(1);
    world.meter_tries_all(&mut meter);
    was_credited_once(&meter);
    world.books_say(1);
}
