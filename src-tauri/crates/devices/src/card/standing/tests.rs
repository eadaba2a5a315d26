//! Every standing, and what a meter did in between.

use domain::CardKind;

use super::*;
use crate::card::CardPhase;
use crate::card::made_up::{
    blank, card, layout, opening, purchase, serial, write, write_instead, written_back,
};

fn standing(write: &CardWrite, now: &CardImage) -> Standing {
    Standing::of(write, layout(), now)
}

fn changed(image: CardImage, change: impl FnOnce(&mut CardImage)) -> CardImage {
    let mut image = image;
    change(&mut image);
    image
}

fn empty(n: u8) -> CardImage {
    CardImage {
        user: vec![0xff; 45],
        purse: vec![0xff; 8],
        write_back: vec![0xff; 49],
        ..blank(n)
    }
}

#[test]
fn a_card_is_as_it_shall_be_whatever_a_meter_wrote_back() {
    let write = write(blank(1), opening(1));
    for now in [
        opening(1),
        written_back(&opening(1), 1),
        written_back(&opening(1), 0),
        changed(opening(1), |image| image.write_back[0] = 0x68),
    ] {
        assert_eq!(standing(&write, &now), Standing::After);
    }
}

#[test]
fn a_card_is_as_it_was_whatever_was_on_it() {
    for before in [
        blank(1),
        empty(1),
        purchase(1, 5),
        written_back(&purchase(1, 5), 5),
    ] {
        let write = write(before.clone(), opening(1));
        assert_eq!(standing(&write, &before), Standing::Before);
    }
}

#[test]
fn a_card_between_before_and_after_is_invalid() {
    let write = write(purchase(1, 5), opening(1));
    for now in [
        changed(purchase(1, 5), |image| image.user[0] = 0),
        changed(opening(1), |image| image.user[0] = 0),
        changed(opening(1), |image| {
            image.user[0] = 0;
            image.purse = purchase(1, 5).purse;
        }),
        // not from us, but no meter takes it either
        changed(opening(1), |image| image.user[43] ^= 1),
        changed(opening(1), |image| image.user[44] = 0),
    ] {
        assert_eq!(standing(&write, &now), Standing::Invalid);
    }
}

#[test]
fn a_good_card_with_something_else_on_it_is_foreign() {
    let write = write(purchase(1, 5), opening(1));
    let half = |image: &mut CardImage| image.purse = purchase(1, 5).purse;
    for now in [
        purchase(1, 6),
        card(1, CardKind::OpenAccount, 8, 1, 13_766),
        changed(opening(1), half),
        // what a meter was cut off in writing does not make it anybody's
        changed(purchase(1, 6), |image| image.write_back[0] = 0x68),
        // a preset card, and a card of another layout
        changed(opening(1), |image| image.user[1] = 6),
        changed(opening(1), |image| image.user[3] = 0x28),
        opening(2),
    ] {
        assert_eq!(standing(&write, &now), Standing::Foreign);
    }
}

#[test]
fn where_only_the_purse_changes_it_tells() {
    let top_up = write(written_back(&purchase(1, 5), 5), purchase(1, 6));
    for (now, is) in [
        (written_back(&purchase(1, 5), 5), Standing::Before),
        (purchase(1, 6), Standing::After),
        (purchase(1, 7), Standing::Foreign),
    ] {
        assert_eq!(standing(&top_up, &now), is);
    }
}

#[test]
fn where_only_the_write_back_changes_it_tells() {
    let torn = changed(purchase(1, 6), |image| image.write_back[0] = 0x68);
    let clearing = write(written_back(&purchase(1, 6), 5), purchase(1, 6));
    for (now, is) in [
        (written_back(&purchase(1, 6), 5), Standing::Before),
        (written_back(&purchase(1, 6), 4), Standing::Before),
        (purchase(1, 6), Standing::After),
        (written_back(&purchase(1, 6), 6), Standing::After),
        (torn, Standing::After),
    ] {
        assert_eq!(standing(&clearing, &now), is);
    }
}

#[test]
fn money_a_meter_may_have_taken_since_is_spent() {
    let carried_over = write(purchase(1, 6), opening(1));
    for (now, is) in [
        (purchase(1, 6), Standing::Before),
        (written_back(&purchase(1, 6), 6), Standing::Spent),
        (written_back(&purchase(1, 6), 7), Standing::Spent),
        // the meter wanted another count, and so has not taken it
        (written_back(&purchase(1, 6), 4), Standing::Before),
        // it was cut off in writing back
        (
            changed(purchase(1, 6), |image| image.write_back[0] = 0x68),
            Standing::Spent,
        ),
        (
            changed(purchase(1, 6), |image| image.write_back[48] = 0x16),
            Standing::Spent,
        ),
    ] {
        assert_eq!(standing(&carried_over, &now), is);
    }
}

#[test]
fn what_a_meter_had_before_the_intent_or_can_have_once_only_is_not_spent() {
    let no_money = card(1, CardKind::Purchase, 7, 6, 0);
    let same = card(1, CardKind::Replacement, 7, 6, 5_000);
    for (before, after) in [
        (written_back(&purchase(1, 6), 6), opening(1)),
        (no_money, opening(1)),
        (purchase(1, 6), same),
    ] {
        let now = written_back(&before, 7);
        assert_eq!(standing(&write(before, after), &now), Standing::Before);
    }
}

#[test]
fn the_same_count_for_another_meter_customer_or_sum_is_spent() {
    let customer = changed(card(1, CardKind::Replacement, 7, 6, 5_000), |image| {
        image.user[41] ^= 1;
        image.user[43] = image.user[43].wrapping_sub(1);
    });
    for after in [
        card(1, CardKind::Replacement, 8, 6, 5_000),
        card(1, CardKind::Replacement, 7, 6, 5_001),
        customer,
    ] {
        layout().decode(&after).unwrap();
        let now = written_back(&purchase(1, 6), 6);
        assert_eq!(
            standing(&write(purchase(1, 6), after), &now),
            Standing::Spent
        );
    }
}

#[test]
fn an_old_card_is_void_as_it_was_or_between() {
    let write = write_instead(purchase(2, 6));
    let invalid = changed(purchase(2, 6), |image| image.user[0] = 0);
    for (now, is) in [
        (purchase(2, 6), Standing::Before),
        (written_back(&purchase(2, 6), 6), Standing::Spent),
        (invalid.clone(), Standing::Invalid),
        (
            changed(invalid.clone(), |image| image.purse[2] = 0),
            Standing::Invalid,
        ),
        (
            changed(invalid.clone(), |image| image.purse[..4].fill(0)),
            Standing::After,
        ),
        // somebody else has begun to write it
        (
            changed(invalid, |image| image.user[30] ^= 1),
            Standing::Foreign,
        ),
        (purchase(2, 7), Standing::Foreign),
        (opening(1), Standing::Foreign),
    ] {
        assert_eq!(standing(&write, &now), is);
    }
}

#[test]
fn a_card_that_was_void_already_is_so() {
    let void = changed(written_back(&purchase(2, 5), 5), |image| {
        image.user[0] = 0;
        image.purse[..4].fill(0);
    });
    assert_eq!(
        standing(&write_instead(void.clone()), &void),
        Standing::After
    );
}

#[test]
fn once_the_old_card_is_void_the_new_one_counts_and_in_the_end_none() {
    let mut write = write_instead(purchase(2, 6));
    assert_eq!(write.wanted(), Some(serial(2)));
    write.phase = CardPhase::Voided;
    assert_eq!(write.wanted(), Some(serial(1)));
    assert_eq!(standing(&write, &blank(1)), Standing::Before);
    assert_eq!(standing(&write, &opening(1)), Standing::After);
    assert_eq!(standing(&write, &purchase(2, 6)), Standing::Foreign);
    for closed in [CardPhase::Committed, CardPhase::Abandoned] {
        write.phase = closed;
        assert_eq!(write.wanted(), None);
    }
}
