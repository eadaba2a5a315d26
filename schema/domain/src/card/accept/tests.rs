//! Every row of the meter's checks, and no sequence of cards credits a purchase twice.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::card::made_up::{customer, meter_no, serial, unopened, yuan};
use crate::{Generation, UserFile};

/// Customer 1's, card 1, after five purchases, 10 yuan left.
fn opened() -> CardMeter {
    CardMeter {
        opening: Opening::Opened {
            customer_no: customer(1),
            card_serial: serial(1),
        },
        count: 5,
        balance: yuan("10"),
        ..unopened(7)
    }
}

/// Customer 1's card 1, for meter 7, 50 yuan.
fn card(kind: CardKind, count: u32) -> UserCard {
    UserCard {
        serial: serial(1),
        user_file: UserFile {
            kind,
            meter_no: meter_no(7),
            customer_no: customer(1),
            update_flags: 0xff,
            tariff_switch: CardClock::default(),
            alarm_1: Fen::ZERO,
            alarm_2: Fen::ZERO,
            current_ratio: 1,
            voltage_ratio: 1,
        },
        purse: Purse {
            money: yuan("50"),
            count,
        },
        write_back: WriteBackFile::Empty,
    }
}

fn used(card: UserCard) -> UserCard {
    UserCard {
        write_back: WriteBackFile::Written(opened().write_back()),
        ..card
    }
}

fn put(meter: CardMeter, card: UserCard) -> Acceptance {
    accept(&meter, &CardContent::User(card))
}

fn refusal(answer: &Acceptance) -> Option<ErrCause> {
    match answer.answer {
        CardAnswer::Refused { err } => Some(err.cause),
        _ => None,
    }
}

fn put_image(meter: CardMeter, change: impl Fn(&mut CardImage)) -> Acceptance {
    let layout = Layout::of(Generation::G2013).unwrap();
    let mut image = layout.encode(&card(CardKind::Purchase, 6)).unwrap();
    change(&mut image);
    insert(&meter, layout, Inserted::Card(&image))
}

/// Puts the checksum of file 1 right again after a byte of it was changed.
fn patch(image: &mut CardImage, at: usize, byte: u8) {
    image.user[43] = image.user[43]
        .wrapping_add(byte)
        .wrapping_sub(image.user[at]);
    image.user[at] = byte;
}

#[test]
fn a_low_supply_comes_before_everything() {
    let low = CardMeter {
        supply: Supply::TooLow,
        ..opened()
    };
    let layout = Layout::of(Generation::G2013).unwrap();
    let mute = insert(&low, layout, Inserted::Mute);
    assert_eq!(refusal(&mute), Some(ErrCause::SupplyLow));
    let good = put(low, card(CardKind::Purchase, 6));
    assert_eq!(refusal(&good), Some(ErrCause::SupplyLow));
}

#[test]
fn a_card_that_is_mute_unissued_unknown_or_of_other_keys_is_invalid() {
    let layout = Layout::of(Generation::G2013).unwrap();
    let public = CardMeter {
        keys: Keys::Public,
        ..unopened(7)
    };
    let broken = |image: &mut CardImage| image.user[0] = 0;
    for (answer, cause) in [
        (
            insert(&opened(), layout, Inserted::Mute),
            ErrCause::CardReset,
        ),
        (
            put_image(opened(), |image| image.user.clear()),
            ErrCause::Unissued,
        ),
        (
            put_image(opened(), |image| image.user[1] = 9),
            ErrCause::WrongType,
        ),
        (
            put_image(opened(), |image| image.user[1] = 6),
            ErrCause::KeyState,
        ),
        (put_image(public, broken), ErrCause::KeyState),
    ] {
        assert_eq!(refusal(&answer), Some(cause));
        assert_eq!(cause.number(Generation::G2013), Some(32));
    }
}

#[test]
fn a_bad_file_comes_before_the_meter_number_and_that_before_the_card_type() {
    let other = CardMeter {
        meter_no: meter_no(8),
        ..opened()
    };
    let format = put_image(other, |image| image.user[0] = 0);
    assert_eq!(refusal(&format), Some(ErrCause::FileFormat));
    let number = put_image(other, |image| patch(image, 42, 0));
    assert_eq!(refusal(&number), Some(ErrCause::MeterNumber));
    let kind = put_image(opened(), |image| patch(image, 42, 0));
    assert_eq!(refusal(&kind), Some(ErrCause::WrongType));
}

#[test]
fn an_opened_meter_takes_its_customers_cards_and_purchases_from_its_own_card_only() {
    for kind in CardKind::ALL {
        let mut foreign = card(kind, 6);
        foreign.user_file.customer_no = customer(2);
        let answer = put(opened(), foreign);
        assert_eq!(refusal(&answer), Some(ErrCause::CustomerNumber));
        foreign.user_file.meter_no = meter_no(8);
        let answer = put(opened(), foreign);
        assert_eq!(refusal(&answer), Some(ErrCause::MeterNumber));
    }
    let mut lost = card(CardKind::Purchase, 6);
    lost.serial = serial(2);
    assert_eq!(refusal(&put(opened(), lost)), Some(ErrCause::CardSerial));
}

#[test]
fn an_unopened_meter_takes_only_a_fresh_open_account_card_of_count_0_or_1() {
    for (card, cause) in [
        (card(CardKind::Purchase, 1), ErrCause::PurchaseInUnopened),
        (
            card(CardKind::Replacement, 1),
            ErrCause::ReplacementInUnopened,
        ),
        (card(CardKind::OpenAccount, 2), ErrCause::PurchaseCount),
        (
            used(card(CardKind::OpenAccount, 1)),
            ErrCause::OpenAccountUsed,
        ),
        (
            used(card(CardKind::OpenAccount, 0)),
            ErrCause::OpenAccountUsed,
        ),
    ] {
        let answer = put(unopened(7), card);
        assert_eq!((refusal(&answer), answer.meter), (Some(cause), unopened(7)));
    }
    for (count, balance) in [(0, "0"), (1, "50")] {
        let answer = put(unopened(7), card(CardKind::OpenAccount, count));
        assert_eq!((refusal(&answer), answer.meter.count), (None, count));
        assert_eq!(answer.meter.balance, yuan(balance));
        assert_eq!(answer.meter.customer_no(), customer(1));
    }
}

#[test]
fn an_open_account_card_of_count_2_is_refused_by_an_opened_meter_too() {
    let once = CardMeter {
        count: 1,
        ..opened()
    };
    let answer = put(once, card(CardKind::OpenAccount, 2));
    assert_eq!(refusal(&answer), Some(ErrCause::PurchaseCount));
    assert_eq!(answer.write_back, None);
}

/// Each cell of the count rule: count on the card, write-back empty or not.
#[test]
fn the_purchase_count_decides() {
    let refused = |cause: ErrCause| CardAnswer::Refused { err: cause.into() };
    let credited = CardAnswer::Credited {
        amount: yuan("50"),
        count: 6,
    };
    for (count, fresh, old) in [
        (4, CardAnswer::Outdated, CardAnswer::Outdated),
        (5, CardAnswer::AlreadyDone, CardAnswer::AlreadyDone),
        (6, credited, refused(ErrCause::WriteBackNotEmpty)),
        (
            7,
            refused(ErrCause::PurchaseCount),
            refused(ErrCause::PurchaseCount),
        ),
        (
            u32::MAX,
            refused(ErrCause::PurchaseCount),
            refused(ErrCause::PurchaseCount),
        ),
    ] {
        for kind in [CardKind::Purchase, CardKind::Replacement] {
            for (card, expected) in [(card(kind, count), fresh), (used(card(kind, count)), old)] {
                let answer = put(opened(), card);
                assert_eq!(answer.answer, expected);
                let sum = yuan("10").plus(answer.credited()).unwrap();
                assert_eq!(answer.meter.balance, sum);
                assert_eq!(answer.write_back, Some(answer.meter.write_back()));
            }
        }
    }
}

#[test]
fn the_overdraft_is_paid_first_and_what_is_not_covered_stays_owed() {
    let owing = |overdraft| CardMeter {
        balance: Fen::ZERO,
        overdraft: yuan(overdraft),
        ..opened()
    };
    for (overdraft, balance, left) in [("20", "30", "0"), ("60", "0", "10")] {
        let answer = put(owing(overdraft), card(CardKind::Purchase, 6));
        assert_eq!(answer.meter.balance, yuan(balance));
        assert_eq!(answer.meter.overdraft, yuan(left));
    }
}

#[test]
fn a_meter_holds_up_to_its_limit_and_not_a_fen_more() {
    let limited = |limit| CardMeter { limit, ..opened() };
    let full = CardMeter {
        balance: yuan("999949.99"),
        ..opened()
    };
    let over = CardMeter {
        balance: yuan("999950"),
        ..opened()
    };
    for (meter, cause) in [
        (limited(Some(yuan("60"))), None),
        (limited(Some(yuan("59.99"))), Some(ErrCause::OverLimit)),
        (full, None),
        (over, Some(ErrCause::OverLimit)),
    ] {
        let answer = put(meter, card(CardKind::Purchase, 6));
        assert_eq!(refusal(&answer), cause);
        assert_eq!(answer.meter == meter, cause.is_some());
    }
}

#[test]
fn a_replacement_card_takes_over_and_the_card_before_it_is_refused() {
    let replacement = |n| UserCard {
        serial: serial(n),
        ..card(CardKind::Replacement, 5)
    };
    let first = put(opened(), replacement(2));
    let second = put(first.meter, replacement(3));
    assert_eq!(
        (first.credited(), second.credited()),
        (Fen::ZERO, Fen::ZERO)
    );
    for n in [1, 2] {
        let bought = UserCard {
            serial: serial(n),
            ..card(CardKind::Purchase, 6)
        };
        let answer = put(second.meter, bought);
        assert_eq!(refusal(&answer), Some(ErrCause::CardSerial));
    }
    // The superseded replacement card, as the meter left it, does not come back either.
    let superseded = put(second.meter, used(replacement(2)));
    assert_eq!(superseded.meter, second.meter);
    let topping_up = UserCard {
        serial: serial(4),
        ..card(CardKind::Replacement, 6)
    };
    assert_eq!(put(second.meter, topping_up).credited(), yuan("50"));
}

#[test]
fn a_preset_card_sets_the_purse_of_a_meter_with_factory_keys_only() {
    let preset = CardContent::Preset {
        purse: Purse {
            money: yuan("30"),
            count: 0,
        },
    };
    let factory = CardMeter {
        keys: Keys::Public,
        balance: yuan("5"),
        ..unopened(7)
    };
    let set = accept(&factory, &preset);
    assert_eq!(
        (set.answer, set.meter.balance),
        (CardAnswer::Preset, yuan("30"))
    );
    assert_eq!(
        refusal(&accept(&opened(), &preset)),
        Some(ErrCause::KeyState)
    );
    let by_bytes = put_image(factory, |image| image.user[1] = 6);
    assert_eq!(by_bytes.answer, CardAnswer::Preset);
}

#[test]
fn a_refusal_says_the_numbers_of_both_generations() {
    for (cause, of_2013, of_2009) in [
        (ErrCause::SupplyLow, 31, Some(24)),
        (ErrCause::CardReset, 32, Some(23)),
        (ErrCause::WrongType, 32, Some(26)),
        (ErrCause::FileFormat, 34, Some(25)),
        (ErrCause::MeterNumber, 33, None),
        (ErrCause::CustomerNumber, 33, Some(12)),
        (ErrCause::ReplacementInUnopened, 34, Some(22)),
        (ErrCause::PurchaseCount, 34, Some(13)),
        (ErrCause::OpenAccountUsed, 34, Some(27)),
        (ErrCause::OverLimit, 36, Some(14)),
    ] {
        let err = MeterErr::from(cause);
        assert_eq!((err.err_2013, err.err_2009), (Some(of_2013), of_2009));
    }
    let said = MeterErr::from(ErrCause::PurchaseCount).to_string();
    assert_eq!(said, "PurchaseCount, Err-34 in 2013, Err-13 in 2009");
}

prop_compose! {
    fn any_card()(
        kind in prop::sample::select(CardKind::ALL.to_vec()),
        plastic in 1u8..4,
        meter in 7u64..9,
        customer_no in 1u64..3,
        count in 0u32..8,
        cents in 0u32..20_000,
        fresh in any::<bool>(),
    ) -> UserCard {
        let mut any = card(kind, count);
        any.serial = serial(plastic);
        any.user_file.meter_no = meter_no(meter);
        any.user_file.customer_no = customer(customer_no);
        any.purse.money = cents.into();
        if fresh { any } else { used(any) }
    }
}

proptest! {
    /// Cards are inserted in any order and again and again, each as the last insertion left it, and
    /// rewritten in between with its write-back cleared.
    #[test]
    fn no_sequence_of_insertions_credits_a_purchase_or_a_card_twice(
        mut cards in prop::collection::vec(any_card(), 1..8),
        inserts in prop::collection::vec((any::<prop::sample::Index>(), any::<bool>()), 1..60),
        start in prop::sample::select(vec![unopened(7), opened()]),
    ) {
        let mut meter = start;
        let mut credits: BTreeMap<(CustomerNo, u32), u32> = BTreeMap::new();
        let mut money = start.balance;
        for (which, cleared) in inserts {
            let card = which.get(&cards);
            let at = cards.iter().position(|other| std::ptr::eq(other, card)).unwrap();
            let before = cards[at];
            let answer = accept(&meter, &CardContent::User(before));
            if let CardAnswer::Credited { amount, count } = answer.answer {
                *credits.entry((before.user_file.customer_no, count)).or_default() += 1;
                money = money.plus(amount).unwrap();
                prop_assert!(count == meter.count + 1);
                for write_back in [WriteBackFile::Empty, used(before).write_back] {
                    let again = accept(&answer.meter, &CardContent::User(UserCard { write_back, ..before }));
                    prop_assert_eq!(again.credited(), Fen::ZERO);
                }
            }
            if let Some(back) = answer.write_back {
                cards[at].write_back = WriteBackFile::Written(back);
            }
            if cleared {
                cards[at].write_back = WriteBackFile::Empty;
            }
            meter = answer.meter;
        }
        prop_assert!(credits.values().all(|times| *times == 1));
        prop_assert_eq!(meter.balance, money);
    }

    #[test]
    fn any_bytes_in_the_slot_are_answered_and_credit_nothing_unless_they_are_a_card(
        user in prop::collection::vec(any::<u8>(), 0..60),
        purse in prop::collection::vec(any::<u8>(), 0..12),
        write_back in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        let layout = Layout::of(Generation::G2013).unwrap();
        let image = CardImage { serial: serial(1), user, purse, write_back };
        let answer = insert(&opened(), layout, Inserted::Card(&image));
        if layout.decode(&image).is_err() {
            prop_assert_eq!(answer.meter, opened());
        }
    }
}
