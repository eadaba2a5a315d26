//! Pulled out at every write, in every way: written again, and credited once.

use devices::sim::card::{At, Fault, Tear};
use metercrew_tests::prepaid::{Meter, blank, blank_image, old_card, old_image};
use work::CardEnd;

use super::world::{World, was_credited_once};

/// Writes to one card from the first to the last.
const UPDATES: u32 = 5;
/// Writes that make an old card void.
const VOIDING: u32 = 2;

#[tokio::test(flavor = "multi_thread")]
async fn a_card_torn_at_any_write_is_written_again_and_credited_once() {
    let tears = u64::from(UPDATES) * Tear::ALL.len() as u64;
    let mut world = World::at_the_card(tears).await;
    let mut n = 0;
    for update in 0..UPDATES {
        for tear in Tear::ALL {
            n += 1;
            let mut meter = Meter::fresh(n);
            world.puts(old_image(n));
            world.slot.plan(At::Update(update), Fault::Tear(tear));
            let code = world.cannot_write(n).await;
            assert_eq!(code, "write_in_doubt", "{update} {tear:?}");
            assert!(world.is_open(n));
            world.meter_tries_all(&mut meter);
            assert_eq!(world.cannot_write(n).await, "card_missing");
            assert!(world.slot.put_back());
            assert_eq!(world.writes(n).await.unwrap(), CardEnd::Done);
            for _ in 0..2 {
                world.meter_tries_all(&mut meter);
            }
            was_credited_once(&meter);
            world.slot.remove();
        }
    }
    world.office_agrees_on_all(tears).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_cards_torn_at_any_write_the_old_is_void_and_the_new_credited_once() {
    let all = VOIDING + UPDATES;
    let tears = u64::from(all) * Tear::ALL.len() as u64;
    let mut world = World::at_the_card(tears).await;
    let mut n = 0;
    for update in 0..all {
        for tear in Tear::ALL {
            n += 1;
            let order = metercrew_tests::district::order_id(n);
            let mut meter = Meter::fresh(n);
            world.has([old_image(n), blank_image(n)]);
            world.puts_in(blank(n));
            world.tablet.device().set_card_aside(&order, true).unwrap();
            world.puts_in(old_card(n));
            let mut at = At::Update(update);
            if update >= VOIDING {
                let next = world.writes(n).await.unwrap();
                let serial = blank(n);
                assert_eq!(next, CardEnd::NextCard { serial });
                world.puts_in(serial);
                at = At::Update(update - VOIDING);
            }
            world.slot.plan(at, Fault::Tear(tear));
            let code = world.cannot_write(n).await;
            assert_eq!(code, "write_in_doubt", "{update} {tear:?}");
            world.meter_tries_all(&mut meter);
            world.stops();
            world.starts();
            assert!(world.slot.put_back());
            world.writes_to_the_end(n).await;
            for _ in 0..2 {
                world.meter_tries_all(&mut meter);
            }
            was_credited_once(&meter);
            world.slot.remove();
            world.beside.clear();
        }
    }
    world.office_agrees_on_all(tears).await;
}
