//! The customer's old card and the one that takes its place: whichever is read first, the old one
//! is made void before the new one is written.

use devices::sim::card::VirtualCard;
use domain::CardSerial;
use metercrew_tests::district::order_id;
use metercrew_tests::prepaid::{blank, blank_image, old_card, old_image};
use work::{CardEnd, WorkError};

use super::world::World;

async fn with_two_cards() -> World {
    let mut world = World::at_the_card(1).await;
    world.has([old_image(1), blank_image(1)]);
    world
}

/// Reads one card, then the other.
fn reads(world: &mut World, first: CardSerial, second: CardSerial) {
    let device = world.tablet.device().clone();
    world.puts_in(first);
    device.set_card_aside(&order_id(1), true).unwrap();
    world.puts_in(second);
    let plan = device.look_at_card(&order_id(1), None).unwrap().plan;
    assert_eq!(plan.unwrap().card.serial, blank(1));
}

fn is_void(card: &VirtualCard) -> bool {
    let image = card.image();
    image.user.first() == Some(&0) && image.purse.starts_with(&[0; 4])
}

async fn ends_well(mut world: World) {
    let serial = blank(1);
    let next = world.writes(1).await.unwrap();
    assert_eq!(next, CardEnd::NextCard { serial });
    assert_eq!(world.slot.look(is_void), Some(true));
    assert_eq!(world.cannot_write(1).await, "card_wrong");
    world.puts_in(serial);
    assert_eq!(world.writes(1).await.unwrap(), CardEnd::Done);
    world.credits_once(1);
    world.office_agrees(1).await;
    let outcome = world.tablet.device().look_at_card(&order_id(1), None);
    assert_eq!(outcome.unwrap().aside.map(|card| card.serial), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_old_card_in_the_reader_it_is_made_void_at_once() {
    let mut world = with_two_cards().await;
    reads(&mut world, blank(1), old_card(1));
    ends_well(world).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_new_card_in_the_reader_the_old_one_is_asked_for_and_not_written_alone() {
    let mut world = with_two_cards().await;
    reads(&mut world, old_card(1), blank(1));
    let Err(WorkError::Card(trouble)) = world.writes(1).await else {
        panic!("the old one comes first");
    };
    assert_eq!(trouble.why.code(), "card_wrong");
    assert_eq!(trouble.wanted, Some(old_card(1)));
    assert!(!trouble.is_open);
    assert_eq!(world.slot.updates(), 0);
    world.puts_in(old_card(1));
    ends_well(world).await;
}
