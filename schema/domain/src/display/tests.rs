//! A slip is never confirmed, and nothing that cannot be is proposed.

use proptest::prelude::*;

use super::*;

const SIX_TWO: RegisterDigits = RegisterDigits {
    integer: 6,
    decimal: 2,
};

fn ask(known: Option<Decimal>) -> DisplayAsk {
    DisplayAsk {
        digits: SIX_TWO,
        previous: None,
        greatest_use: None,
        known,
    }
}

fn text(text: &str, score: u16) -> DisplayText {
    DisplayText {
        text: text.to_owned(),
        score,
    }
}

fn value(text: &str) -> Decimal {
    Decimal::parse(text).unwrap()
}

fn verdict(texts: &[DisplayText], known: &str) -> DisplayVerdict {
    judge(texts, &ask(Some(value(known))))
}

/// What a display of six and two digits shows, leading zeros too, without and with its point.
fn shown(hundredths: u32) -> [String; 2] {
    let digits = format!("{hundredths:08}");
    let (whole, places) = digits.split_at(6);
    [digits.clone(), format!("{whole}.{places}")]
}

/// Slips of a typing hand on a value of hundredths: a digit wrong, two swapped, one missing, one twice.
fn slips(hundredths: u32) -> Vec<Decimal> {
    let digits = hundredths.to_string().into_bytes();
    let mut typed: Vec<Vec<u8>> = vec![];
    for at in 0..digits.len() {
        for other in b'0'..=b'9' {
            let mut wrong = digits.clone();
            wrong[at] = other;
            typed.push(wrong);
        }
        let mut missing = digits.clone();
        missing.remove(at);
        typed.push(missing);
        let mut twice = digits.clone();
        twice.insert(at, digits[at]);
        typed.push(twice);
        if at > 0 {
            let mut swapped = digits.clone();
            swapped.swap(at - 1, at);
            typed.push(swapped);
        }
    }
    let number = |digits: Vec<u8>| String::from_utf8(digits).unwrap().parse().ok();
    let numbers = typed.into_iter().filter_map(number);
    let other = numbers.filter(|&number: &i64| number != i64::from(hundredths));
    other.map(Decimal::from_hundredths).collect()
}

#[test]
fn the_clearly_best_text_confirms_the_value_it_shows_digit_for_digit() {
    for shows in ["01234567", "012345.67"] {
        let texts = [text(shows, 970), text("012345.61", 20)];
        assert_eq!(verdict(&texts, "12345.67"), DisplayVerdict::Agrees);
        let other = DisplayVerdict::Differs {
            read: value("12345.67"),
        };
        assert_eq!(verdict(&texts, "12345.61"), other);
    }
}

#[test]
fn without_a_known_value_the_display_proposes() {
    let texts = [text("012345.67", 970)];
    let proposed = DisplayVerdict::Proposes {
        value: value("12345.67"),
    };
    assert_eq!(judge(&texts, &ask(None)), proposed);
}

#[test]
fn an_unsure_or_contested_best_text_confirms_nothing() {
    let unsure = [text("012345.67", SURE - 1)];
    assert_eq!(verdict(&unsure, "12345.67"), DisplayVerdict::Unsure);
    let contested = [text("012345.67", 950), text("012345.61", 951 - LEAD)];
    assert_eq!(verdict(&contested, "12345.67"), DisplayVerdict::Unsure);
    // The same digits without their point are no rival.
    let point = [text("012345.67", 950), text("01234567", 900)];
    assert_eq!(verdict(&point, "12345.67"), DisplayVerdict::Agrees);
}

#[test]
fn dashes_codes_and_noise_say_nothing() {
    for shows in [
        "--------",
        "------.--",
        "-",
        "Err-04",
        "",
        ".",
        "1.2.3",
        "-12345.67",
        "012345.6r",
        "67",
        "0012345.67",
    ] {
        let texts = [text(shows, 1000)];
        assert_eq!(
            verdict(&texts, "12345.67"),
            DisplayVerdict::Unsure,
            "{shows}"
        );
        assert_eq!(judge(&texts, &ask(None)), DisplayVerdict::Unsure, "{shows}");
    }
    assert_eq!(verdict(&[], "12345.67"), DisplayVerdict::Unsure);
}

#[test]
fn a_point_in_the_wrong_place_takes_the_best_texts_word_away() {
    let texts = [text("0123456.7", 1000)];
    assert_eq!(verdict(&texts, "12345.67"), DisplayVerdict::Unsure);
}

#[test]
fn a_row_with_blanked_zeros_confirms_only_when_its_length_is_certain() {
    let texts = [text("345.67", 1000)];
    let mut ask = ask(Some(value("345.67")));
    assert_eq!(judge(&texts, &ask), DisplayVerdict::Unsure);
    ask.previous = Some(value("300.00"));
    assert_eq!(judge(&texts, &ask), DisplayVerdict::Unsure);
    ask.greatest_use = Some(value("500.00"));
    assert_eq!(judge(&texts, &ask), DisplayVerdict::Agrees);
    // 1,345.67 with its first digit lost would look the same.
    ask.greatest_use = Some(value("2000.00"));
    assert_eq!(judge(&texts, &ask), DisplayVerdict::Unsure);
}

#[test]
fn a_leading_zero_on_too_short_a_row_is_a_digit_lost() {
    let texts = [text("02345.67", 1000)];
    assert_eq!(judge(&texts, &ask(None)), DisplayVerdict::Unsure);
    let small = [text("0.67", 1000)];
    let proposed = DisplayVerdict::Proposes {
        value: value("0.67"),
    };
    assert_eq!(judge(&small, &ask(None)), proposed);
}

#[test]
fn what_was_read_before_chooses_among_texts_to_propose() {
    let texts = [text("072345.67", 480), text("012345.67", 410)];
    let mut ask = ask(None);
    ask.previous = Some(value("12000.00"));
    ask.greatest_use = Some(value("1000.00"));
    let proposed = DisplayVerdict::Proposes {
        value: value("12345.67"),
    };
    assert_eq!(judge(&texts, &ask), proposed);
    let shown = likeliest(&texts, &ask).unwrap();
    assert_eq!((shown.text.as_str(), shown.score), ("012345.67", 410));
}

#[test]
fn the_register_places_the_point_of_what_is_shown() {
    for read in ["01234567", "012345.67", "0123456.7"] {
        let shown = likeliest(&[text(read, 800)], &ask(None)).unwrap();
        assert_eq!(shown.text, "012345.67");
    }
}

#[test]
fn a_register_without_places_is_judged_the_same_way() {
    let digits = RegisterDigits {
        integer: 5,
        decimal: 0,
    };
    let known = ask(Some(value("1234")));
    let ask = DisplayAsk { digits, ..known };
    assert_eq!(judge(&[text("01234", 950)], &ask), DisplayVerdict::Agrees);
    assert_eq!(judge(&[text("0123.4", 950)], &ask), DisplayVerdict::Unsure);
}

#[test]
fn without_a_register_the_best_text_stands_as_it_is_if_it_is_a_number() {
    let shown = |texts: &[DisplayText]| as_shown(texts, false).map(|text| text.text.clone());
    let number = [text("0123.4", 600), text("01234", 500)];
    assert_eq!(shown(&number), Some("0123.4".to_owned()));
    for other in ["----", "Err-04", "1.2.3", ".", "", "12-4"] {
        assert_eq!(
            shown(&[text(other, 600), text("01234", 500)]),
            None,
            "{other}"
        );
    }
    assert_eq!(shown(&[text("01234", LIKELY - 1)]), None);
    assert!(as_shown(&[text("01234", LEGIBLE)], true).is_some());
    assert_eq!(as_shown(&[text("01234", LEGIBLE - 1)], true), None);
}

#[test]
fn an_err_code_is_shown_only_when_the_table_has_it_and_the_best_text_is_like_one() {
    let number = |texts: &[DisplayText]| err_shown(texts).map(|shown| shown.code.number);
    assert_eq!(number(&[text("Err-04", 900)]), Some(4));
    assert_eq!(number(&[text("Err-64", 450), text("Err-04", 400)]), Some(4));
    assert_eq!(number(&[text("Err-64", 900), text("Err-04", 20)]), None);
    assert_eq!(number(&[text("012345.67", 500), text("Err-04", 400)]), None);
    assert_eq!(number(&[]), None);
    let unlikely = [text("Err-5", LIKELY - 101), text("Err-52", 100)];
    assert_eq!(number(&unlikely), None, "a code is not even likely");
}

#[test]
fn readings_of_the_same_code_count_together() {
    let shown = |texts: &[DisplayText]| err_shown(texts).map(|err| (err.code.number, err.score));
    let lost_and_doubled = [
        text("Err-31", 200),
        text("Er-01", 150),
        text("Errr-01", 140),
    ];
    assert_eq!(shown(&lost_and_doubled), Some((1, 290)));
    assert_eq!(
        shown(&[text("---32", 840), text("-r-32", 60)]),
        Some((32, 900))
    );
    assert_eq!(
        shown(&[text("Err-5", 350), text("Err-52", 110)]),
        Some((52, 110))
    );
}

proptest! {
    #[test]
    fn a_slip_never_agrees_whatever_the_runners_up_say(
        hundredths in 0u32..100_000_000,
        pick in any::<prop::sample::Index>(),
        with_point in 0usize..2,
        score in 0u16..=1000,
        slips_score in 0u16..=1000,
    ) {
        let slips = slips(hundredths);
        let slip = slips[pick.index(slips.len())];
        let texts = [
            text(&shown(hundredths)[with_point], score),
            text(&slip.to_string(), slips_score.min(score)),
            text(&format!("{:0>9}", slip.to_string()), slips_score.min(score)),
        ];
        prop_assert_ne!(judge(&texts, &ask(Some(slip))), DisplayVerdict::Agrees);
    }

    #[test]
    fn a_lost_digit_never_agrees_with_the_same_slip(
        hundredths in 100u32..100_000_000,
        used in 0u32..50_000,
        spare in 0u32..50_000,
        at in any::<prop::sample::Index>(),
        blanked in any::<bool>(),
    ) {
        let full = match blanked {
            true => hundredths.to_string(),
            false => format!("{hundredths:08}"),
        };
        let at = at.index(full.len());
        // A zero in front is no digit of the value.
        prop_assume!(full[..=at].bytes().any(|byte| byte != b'0'));
        let mut lost = full.clone();
        lost.remove(at);
        let known = Decimal::from_hundredths(lost.parse().unwrap());
        prop_assume!(known != Decimal::from_hundredths(i64::from(hundredths)));
        let previous = hundredths.saturating_sub(used);
        let ask = DisplayAsk {
            previous: Some(Decimal::from_hundredths(i64::from(previous))),
            greatest_use: Some(Decimal::from_hundredths(i64::from(used + spare))),
            ..ask(Some(known))
        };
        prop_assert_ne!(judge(&[text(&lost, 1000)], &ask), DisplayVerdict::Agrees);
    }

    #[test]
    fn agreement_is_with_the_clearly_best_text_and_no_other(
        texts in prop::collection::vec(("[0-9.Er-]{0,9}|[0-9]{6}\\.?[0-9]{2}", 0u16..=1000), 0..5),
        pick in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!texts.is_empty());
        let texts: Vec<_> = texts.iter().map(|(t, score)| text(t, *score)).collect();
        // Whatever fits at all may be the known value: here, one of the texts read as hundredths.
        let digits: String = texts[pick.index(texts.len())].text.replace(['.', '-', 'E', 'r'], "");
        let known = Decimal::from_hundredths(digits.parse().unwrap_or(0));
        if judge(&texts, &ask(Some(known))) == DisplayVerdict::Agrees {
            let best = texts.iter().max_by_key(|text| text.score).unwrap();
            let hundredths: i64 = best.text.replace('.', "").parse().unwrap();
            prop_assert_eq!(Decimal::from_hundredths(hundredths), known);
            prop_assert_eq!(best.text.replace('.', "").len(), 8);
            prop_assert!(best.score >= SURE);
        }
    }

    #[test]
    fn the_order_of_the_texts_changes_nothing(
        texts in prop::collection::vec("[0-9]{6}\\.?[0-9]{2}", 1..5),
        known in 0i64..100_000_000,
    ) {
        let mut texts: Vec<_> = (500u16..).step_by(100).zip(&texts).map(|(score, t)| text(t, score)).collect();
        let ask = ask(Some(Decimal::from_hundredths(known)));
        let there = judge(&texts, &ask);
        texts.reverse();
        prop_assert_eq!(judge(&texts, &ask), there);
    }

    #[test]
    fn nothing_below_the_previous_reading_or_above_the_greatest_use_is_said(
        hundredths in 0i64..100_000_000,
        previous in 0i64..100_000_000,
        most in 0i64..1_000_000,
        known in prop::option::of(0i64..100_000_000),
    ) {
        prop_assume!(hundredths < previous || hundredths > previous + most);
        let texts = [text(&format!("{hundredths:08}"), 1000)];
        let ask = DisplayAsk {
            previous: Some(Decimal::from_hundredths(previous)),
            greatest_use: Some(Decimal::from_hundredths(most)),
            ..ask(known.map(Decimal::from_hundredths))
        };
        prop_assert_eq!(judge(&texts, &ask), DisplayVerdict::Unsure);
    }

    #[test]
    fn any_texts_and_any_register_are_judged(
        texts in prop::collection::vec((".{0,6}|[0-9.Er-]{0,12}", any::<u16>()), 0..4),
        integer in any::<u8>(),
        decimal in any::<u8>(),
        known in prop::option::of(any::<i64>()),
        previous in prop::option::of(any::<i64>()),
    ) {
        let texts: Vec<_> = texts.iter().map(|(t, score)| text(t, *score)).collect();
        let ask = DisplayAsk {
            digits: RegisterDigits { integer, decimal },
            previous: previous.map(Decimal::from_ten_thousandths),
            greatest_use: previous.map(Decimal::from_ten_thousandths),
            known: known.map(Decimal::from_ten_thousandths),
        };
        let _ = judge(&texts, &ask);
        let _ = err_shown(&texts);
    }
}
