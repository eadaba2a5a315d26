//! What happens to a card in a real reader, and what of it comes up.

use metercrew_devices::card::{CardSource, LinkError, PcscCards};
use metercrew_devices::sim::card::{
    At, Fault, InVpcd, Slot, Tear, VirtualCard, VpcdReader, in_own_reader, insert,
};

use crate::made_up::{
    DONE, GET_CHALLENGE, NEW, OTHER, READ_PURSE, SELECT_DF01, SERIAL, connect, connect_in_vain,
    connect_until, image, open, write,
};

fn put_in(card: VirtualCard) -> (Slot, InVpcd) {
    let slot = Slot::with(card);
    let card = insert(&slot, VpcdReader::First).unwrap();
    (slot, card)
}

/// A card that is pulled while its purse is written, and what is in the purse then.
fn torn(tear: Tear, purse: [u8; 8]) {
    let (slot, _card) = put_in(VirtualCard::new(image(SERIAL)));
    let mut card = connect();
    open(&mut *card);
    slot.plan(At::Update(0), Fault::Tear(tear));
    let heard = write(&mut *card);
    match tear {
        Tear::Answered => assert_eq!(heard.unwrap(), DONE),
        Tear::Before | Tear::FirstHalf | Tear::SecondHalf | Tear::AnswerLost => {
            assert!(matches!(heard, Err(LinkError::OutcomeUnknown)), "{heard:?}");
        }
    }
    assert_eq!(slot.image().unwrap().purse, purse);
    for _ in 0..2 {
        let next = card.transmit(&GET_CHALLENGE);
        assert!(matches!(next, Err(LinkError::OutcomeUnknown)), "{next:?}");
    }
    let after = card.reset();
    assert!(matches!(after, Err(LinkError::NoCard)), "{after:?}");
    drop(card);
    let after = connect_in_vain();
    assert!(matches!(after, LinkError::NoCard), "{after:?}");
}

#[test]
fn pulled_before_it_stored_anything() {
    in_own_reader("pulled::pulled_before_it_stored_anything", || {
        torn(Tear::Before, [0, 0, 0x35, 0xc5, 0, 0, 0, 1]);
    });
}

#[test]
fn pulled_when_the_first_half_was_stored() {
    in_own_reader("pulled::pulled_when_the_first_half_was_stored", || {
        torn(Tear::FirstHalf, [1, 2, 3, 4, 0, 0, 0, 1]);
    });
}

#[test]
fn pulled_when_the_second_half_was_stored() {
    in_own_reader("pulled::pulled_when_the_second_half_was_stored", || {
        torn(Tear::SecondHalf, [0, 0, 0x35, 0xc5, 5, 6, 7, 8]);
    });
}

#[test]
fn pulled_before_it_answered() {
    in_own_reader("pulled::pulled_before_it_answered", || {
        torn(Tear::AnswerLost, NEW);
    });
}

#[test]
fn pulled_between_two_commands() {
    in_own_reader("pulled::pulled_between_two_commands", || {
        torn(Tear::Answered, NEW);
    });
}

#[test]
fn a_card_that_falls_silent_leaves_what_it_did_unknown() {
    in_own_reader(
        "pulled::a_card_that_falls_silent_leaves_what_it_did_unknown",
        || {
            let (slot, _card) = put_in(VirtualCard::new(image(SERIAL)));
            let mut card = connect();
            open(&mut *card);
            slot.plan(At::Update(0), Fault::Silence);
            let heard = write(&mut *card);
            assert!(matches!(heard, Err(LinkError::OutcomeUnknown)), "{heard:?}");
            assert_eq!(slot.image().unwrap().purse, NEW);
            let next = card.transmit(&GET_CHALLENGE);
            assert!(matches!(next, Err(LinkError::OutcomeUnknown)), "{next:?}");
        },
    );
}

#[test]
fn a_card_swapped_within_a_poll_is_told_by_its_serial_only() {
    in_own_reader(
        "pulled::a_card_swapped_within_a_poll_is_told_by_its_serial_only",
        || {
            let (slot, _card) = put_in(VirtualCard::new(image(SERIAL)));
            let mut card = connect();
            for other in [OTHER, SERIAL, OTHER] {
                open(&mut *card);
                let new = VirtualCard::new(image(other));
                slot.plan(At::Command(0), Fault::Swap(Box::new(new)));
                assert!(card.transmit(&READ_PURSE).is_ok());
                let next = card.transmit(&READ_PURSE);
                assert!(matches!(next, Err(LinkError::OutcomeUnknown)), "{next:?}");
                // the reader says nothing of it: the same handle goes on with another card
                if let Ok(ident) = card.reset() {
                    assert_eq!(ident.serial.as_bytes(), &other);
                    assert_eq!(card.ident(), &ident);
                    assert!(card.transmit(&SELECT_DF01).is_ok());
                    assert_eq!(write(&mut *card).unwrap(), [0x69, 0x82]);
                    return;
                }
                // unless just then it looked, which it does every 0.4 s
                drop(card);
                card = connect();
            }
            panic!("seen three times in three");
        },
    );
}

#[test]
fn a_card_taken_out_while_nothing_is_asked_of_it_is_gone() {
    in_own_reader(
        "pulled::a_card_taken_out_while_nothing_is_asked_of_it_is_gone",
        || {
            let (_slot, card_in) = put_in(VirtualCard::new(image(SERIAL)));
            let mut card = connect();
            card_in.take_out().unwrap();
            let next = card.transmit(&SELECT_DF01);
            assert!(matches!(next, Err(LinkError::OutcomeUnknown)), "{next:?}");
            assert!(matches!(card.reset(), Err(LinkError::NoCard)));
        },
    );
}

#[test]
fn a_card_put_in_again_is_as_it_was_when_it_was_pulled() {
    in_own_reader(
        "pulled::a_card_put_in_again_is_as_it_was_when_it_was_pulled",
        || {
            let (slot, pulled) = put_in(VirtualCard::new(image(SERIAL)));
            let mut card = connect();
            open(&mut *card);
            slot.plan(At::Update(0), Fault::Tear(Tear::FirstHalf));
            assert!(write(&mut *card).is_err());
            drop(card);
            pulled.take_out().unwrap();
            assert!(slot.put_back());
            let _again = insert(&slot, VpcdReader::First).unwrap();
            let mut card = connect();
            card.transmit(&SELECT_DF01).unwrap();
            let half = [1, 2, 3, 4, 0, 0, 0, 1, 0x90, 0x00];
            assert_eq!(card.transmit(&READ_PURSE).unwrap(), half);
        },
    );
}

#[test]
fn readers_without_a_card_are_there_and_empty() {
    in_own_reader("pulled::readers_without_a_card_are_there_and_empty", || {
        assert_eq!(PcscCards::default().readers().unwrap().len(), 2);
        assert!(matches!(connect_in_vain(), LinkError::NoCard));
    });
}

#[test]
fn a_card_with_another_kind_of_answer_to_reset_is_not_ours() {
    in_own_reader(
        "pulled::a_card_with_another_kind_of_answer_to_reset_is_not_ours",
        || {
            let strange = vec![0x3b, 0x02, 0x14, 0x50];
            let (_slot, _card) = put_in(VirtualCard::new(image(SERIAL)).with_atr(strange));
            connect_until(|instead| matches!(instead, LinkError::NotOurs));
        },
    );
}

#[test]
fn nobody_else_gets_the_card_while_we_have_it() {
    in_own_reader("pulled::nobody_else_gets_the_card_while_we_have_it", || {
        let (_slot, _card) = put_in(VirtualCard::new(image(SERIAL)));
        let card = connect();
        assert!(matches!(connect_in_vain(), LinkError::Busy));
        drop(card);
        connect();
    });
}

#[test]
fn rights_are_gone_when_the_card_is_given_up() {
    in_own_reader("pulled::rights_are_gone_when_the_card_is_given_up", || {
        let (_slot, _card) = put_in(VirtualCard::new(image(SERIAL)));
        let mut card = connect();
        open(&mut *card);
        drop(card);
        let mut card = connect();
        assert_eq!(card.transmit(&READ_PURSE).unwrap(), [0x6a, 0x82]);
        card.transmit(&SELECT_DF01).unwrap();
        assert_eq!(write(&mut *card).unwrap(), [0x69, 0x82]);
    });
}

#[test]
fn what_t0_leaves_to_the_sender_is_done_below_the_transport() {
    in_own_reader(
        "pulled::what_t0_leaves_to_the_sender_is_done_below_the_transport",
        || {
            let (slot, _card) = put_in(VirtualCard::new(image(SERIAL)).with_t0());
            let mut card = connect();
            let template = [0x6f, 0x04, 0x84, 0x02, 0xdf, 0x01, 0x90, 0x00];
            assert_eq!(card.transmit(&SELECT_DF01).unwrap(), template);
            let purse = card.transmit(&[0x00, 0xb0, 0x82, 0x00, 0x00]).unwrap();
            assert_eq!(purse, [0, 0, 0x35, 0xc5, 0, 0, 0, 1, 0x90, 0x00]);
            open(&mut *card);
            assert_eq!(write(&mut *card).unwrap(), DONE);
            assert_eq!(slot.image().unwrap().purse, NEW);
        },
    );
}
