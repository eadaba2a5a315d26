//! The sample district's prepaid cards are cards our virtual reader finds and reads.

use std::time::Duration;

use devices::card::{CardSource, OpenCard};
use devices::sim::card::DirectCards;
use domain::{Generation, Layout};
use gateway::sample::{District, SEED};
use metercrew_tests::MORNING;
use tempfile::tempdir;

#[test]
fn every_card_of_the_district_lies_as_a_file_that_the_virtual_reader_takes() {
    let home = tempdir().unwrap();
    let district = District::of(SEED, MORNING.0 / 86_400_000);
    let layout = Layout::of(Generation::G2013).unwrap();
    assert!(!district.cards().is_empty());
    for card in district.cards() {
        let file = home.path().join(card.file_name());
        std::fs::write(&file, card.text().unwrap()).unwrap();
        let reader = DirectCards::at(file);
        let connected = reader.connect(None, Duration::ZERO).unwrap();
        let mut open = OpenCard::open(connected, layout).unwrap();
        assert_eq!(open.serial(), card.image.serial);
        assert_eq!(open.read().unwrap(), card.image, "{}", card.what);
    }
}
