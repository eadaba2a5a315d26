//! Looks that agree, doubt or contradict each other.

use super::*;

fn look(texts: &[(&str, f32)]) -> Vec<Belief> {
    let belief = |&(text, share): &(&str, f32)| Belief {
        text: text.to_owned(),
        share,
    };
    texts.iter().map(belief).collect()
}

fn texts(looks: &[Vec<Belief>]) -> Vec<String> {
    let merged = merged(looks, 0.9).map_or(vec![], |(_, candidates)| candidates);
    merged.into_iter().map(|candidate| candidate.text).collect()
}

fn score(share: f32, found: f32, signs: usize) -> f32 {
    calibrated(&Grounds {
        share,
        found,
        signs,
    })
}

#[test]
fn what_all_looks_hold_likely_comes_before_what_one_is_sure_of() {
    let looks = [
        look(&[("71234.5", 0.9), ("1234.5", 0.1)]),
        look(&[("1234.5", 0.7), ("7234.5", 0.2)]),
        look(&[("1234.5", 0.8)]),
    ];
    assert_eq!(texts(&looks), ["1234.5", "71234.5", "7234.5"]);
}

#[test]
fn a_display_has_one_point_at_most() {
    let one_of_them = look(&[("20.304.45", 0.6), ("20304.45", 0.2), ("2.0304.45", 0.1)]);
    assert_eq!(texts(&[one_of_them]), ["20304.45"]);
    assert_eq!(texts(&[look(&[("20.304.45", 0.9)])]), ["2030445"]);
    let without = look(&[("2030445", 0.5), ("20304.45", 0.4)]);
    assert_eq!(texts(&[without]), ["2030445"]);
}

#[test]
fn looks_that_put_the_point_elsewhere_say_the_same_digits() {
    let looks = [
        look(&[("001234.56", 0.5), ("00123456", 0.4)]),
        look(&[("8", 0.6), ("001234.56", 0.3)]),
    ];
    let (grounds, candidates) = merged(&looks, 0.9).unwrap();
    assert!((grounds.share - 0.6).abs() < 1e-6, "{grounds:?}");
    assert_eq!(grounds.signs, 8);
    assert_eq!(texts(&looks), ["001234.56", "8"]);
    assert!(candidates[0].score > candidates[1].score);
}

#[test]
fn the_best_ten_texts_are_told_by_falling_score_and_their_scores_are_shares_of_one() {
    let many: Vec<(String, f32)> = (0..30)
        .map(|count| (format!("{:04}", 1000 + count), 0.02 + 0.0005 * count as f32))
        .collect();
    let many: Vec<(&str, f32)> = many
        .iter()
        .map(|(text, share)| (text.as_str(), *share))
        .collect();
    let (_, candidates) = merged(&[look(&many)], 0.9).unwrap();
    assert_eq!(candidates.len(), 10);
    assert_eq!(candidates[0].text, "1029");
    assert!(candidates.is_sorted_by(|one, other| one.score >= other.score));
    assert!(
        candidates
            .iter()
            .map(|candidate| candidate.score)
            .sum::<f32>()
            <= 1.0
    );
}

#[test]
fn looks_that_see_no_sign_give_no_text() {
    assert_eq!(merged(&[look(&[("", 0.9)]), look(&[])], 0.9), None);
    assert_eq!(merged(&[], 0.9), None);
}

#[test]
fn a_look_that_sees_no_sign_speaks_against_the_others() {
    let sure = look(&[("1234", 1.0)]);
    let (alone, _) = merged(std::slice::from_ref(&sure), 0.9).unwrap();
    let (doubted, _) = merged(&[sure, look(&[("", 1.0)])], 0.9).unwrap();
    assert!(doubted.share < 0.6 * alone.share);
}

#[test]
fn two_looks_that_surely_say_the_same_are_enough() {
    let sure = look(&[("1234.5", 0.6), ("12345", 0.35)]);
    let unsure = look(&[("1234.5", 0.7)]);
    let other = look(&[("7234.5", 0.95)]);
    assert!(is_settled(&[sure.clone(), other.clone(), sure.clone()]));
    assert!(!is_settled(std::slice::from_ref(&sure)));
    assert!(!is_settled(&[sure.clone(), unsure]));
    assert!(!is_settled(&[sure, other]));
}

#[test]
fn a_text_counts_more_with_a_larger_share_a_surer_row_and_more_signs() {
    assert!(score(0.99, 0.9, 8) > score(0.7, 0.9, 8));
    assert!(score(0.9, 0.9, 8) > score(0.9, 0.5, 8));
    assert!(score(0.9, 0.9, 4) > score(0.9, 0.9, 2));
    assert!(score(1.0, 0.9, 8) > 0.9, "a sure text may confirm");
}
