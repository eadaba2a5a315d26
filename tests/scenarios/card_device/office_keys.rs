//! A tablet without keys: the office's security module speaks for the card, over the link.

use std::sync::Arc;

use devices::sim::card::Tear;
use domain::CardFile;
use gateway::ledger::LeaveState;
use metercrew_tests::prepaid::{blank_image, old_image};
use metercrew_tests::{Link, Office, Tablet, Weather};
use work::{CardEnd, CardStep};

use super::world::World;

async fn world() -> (World, Arc<Link>) {
    let office = Office::with_test_keys().await;
    let link = Link::to(office.address()).await.unwrap();
    let url = link.url();
    let mut world = World::reached_at(2, office, Tablet::new(1), &url).await;
    world.before_the_cards(2);
    world.takes_keys_from_the_office();
    (world, Arc::new(link))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_offices_module_writes_a_card_and_says_nothing_more_when_it_is_done() {
    let (mut world, _link) = world().await;
    world.pulls_out(1, old_image(1), 2, Tear::AnswerLost).await;
    let backup = world.backup();
    let half_done = world.slot.image().unwrap();
    assert_eq!(half_done.file(CardFile::User).first(), Some(&0));
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.credits_once(1);
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Written]);
    let asks = world.leaves(1)[0].leave.asks;
    assert!(asks > 5, "{asks}");
    world.books_say(1);

    world.restores(&backup);
    world.slot.change(|card| card.set_image(half_done.clone()));
    assert_eq!(world.cannot_write(1).await, "security_refused");
    assert_eq!(world.slot.image().unwrap(), half_done);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_link_no_card_is_begun_and_no_leave_used_up() {
    let (mut world, link) = world().await;
    link.set(Weather::Down);
    world.puts(blank_image(1));
    assert_eq!(world.cannot_write(1).await, "security_cut_off");
    assert!(!world.is_open(1));
    assert_eq!(world.slot.image().unwrap(), blank_image(1));
    link.set(Weather::Clear);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.sync().await;
    assert_eq!(world.states(1), [LeaveState::Written]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_that_is_lost_in_a_write_leaves_it_in_doubt_until_it_is_back() {
    let (mut world, link) = world().await;
    for (n, cut_at) in [(1, CardStep::Authenticated), (2, CardStep::PurseWritten)] {
        world.puts(old_image(n));
        let cut = link.clone();
        let written = world.writes_telling(n, move |step| {
            if step == cut_at {
                cut.set(Weather::Down);
            }
        });
        assert_eq!(written.await.unwrap_err().code(), "security_cut_off");
        assert!(world.is_open(n));
        assert_eq!(world.cannot_write(n).await, "security_cut_off");
        link.set(Weather::Clear);
        assert_eq!(world.writes(n).await.unwrap(), CardEnd::Done);
        world.credits_once(n);
    }
    world.office_agrees(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_that_is_written_already_is_recorded_without_a_link() {
    let (mut world, link) = world().await;
    world.pulls_out(1, old_image(1), 4, Tear::AnswerLost).await;
    link.set(Weather::Down);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    assert!(!world.is_open(1));
}
