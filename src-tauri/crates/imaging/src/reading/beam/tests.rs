//! Paths of steps become texts.

use super::*;

/// An answer in which each step is surely one class; `_` is the gap.
fn said(steps: &str) -> Maps {
    let classes: Vec<usize> = steps
        .bytes()
        .map(|step| {
            SIGNS
                .iter()
                .position(|&sign| sign == step)
                .map_or(0, |place| place + 1)
        })
        .collect();
    let width = classes.len();
    let mut values = vec![0.0; 15 * width];
    for (step, class) in classes.into_iter().enumerate() {
        values[class * width + step] = 12.0;
    }
    Maps {
        channels: 15,
        height: 1,
        width,
        values,
    }
}

#[test]
fn a_sign_seen_twice_in_a_row_is_one_sign() {
    assert_eq!(search(&said("_11_2222_.3"))[0].text, "12.3");
}

#[test]
fn a_gap_parts_equal_signs() {
    assert_eq!(search(&said("0_0_00_Er_r-04"))[0].text, "000Err-04");
}

#[test]
fn a_doubtful_sign_gives_both_texts_the_likelier_first() {
    let mut answer = said("1_3_5");
    // The third step may be an 8 as well, a little less likely.
    answer.values[9 * 5 + 2] = 11.5;
    let texts: Vec<String> = search(&answer)
        .into_iter()
        .map(|belief| belief.text)
        .collect();
    assert_eq!(texts[..2], ["135", "185"]);
}

#[test]
fn shares_of_all_texts_are_at_most_one() {
    let answer = Maps {
        channels: 15,
        height: 1,
        width: 12,
        values: (0..180)
            .map(|place| (place * 29 % 17) as f32 / 4.0)
            .collect(),
    };
    let beliefs = search(&answer);
    let sum: f32 = beliefs.iter().map(|belief| belief.share).sum();
    assert!(sum <= 1.0001 && beliefs[0].share >= beliefs[1].share);
}
