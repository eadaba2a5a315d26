//! Drawn displays on seeds that nothing was tuned on: most are read, and no slip of the hand is ever confirmed.

use domain::{Decimal, DisplayAsk, DisplayText, DisplayVerdict, RegisterDigits, err_shown, judge};
use metercrew_imaging::drawn::displays::{self, TEST_SEEDS, Wording};
use metercrew_imaging::{Quad, read_display};

/// Whole photographs held straight, and framed rows of every hardship.
const EACH: usize = 40;

struct Shown {
    text: String,
    wording: Wording,
    read: Vec<DisplayText>,
}

fn texts(picture: &metercrew_imaging::PictureGrey, frame: Option<Quad>) -> Vec<DisplayText> {
    let rows = read_display(picture, frame);
    let candidates = rows.into_iter().take(1).flat_map(|row| row.candidates);
    let texts = candidates.map(|candidate| DisplayText {
        text: candidate.text,
        score: (candidate.score * 1000.0) as u16,
    });
    texts.collect()
}

fn framed_rows() -> Vec<Shown> {
    let rows = TEST_SEEDS.take(EACH).map(|seed| {
        let line = displays::display_line(seed).unwrap();
        Shown {
            read: texts(&line.photo, Some(line.frame)),
            text: line.text,
            wording: line.wording,
        }
    });
    rows.collect()
}

fn straight_photographs() -> Vec<Shown> {
    let scenes = TEST_SEEDS.skip(1000).take(EACH).filter_map(|seed| {
        let scene = displays::display_scene(seed, 1).unwrap();
        scene.corners?;
        Some(Shown {
            read: texts(&scene.picture, None),
            text: scene.text,
            wording: scene.wording,
        })
    });
    scenes.collect()
}

/// A value in the digits it is written with.
fn ask(text: &str) -> Option<DisplayAsk> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    Some(DisplayAsk {
        digits: RegisterDigits {
            integer: u8::try_from(whole.len()).ok()?,
            decimal: u8::try_from(places.len()).ok()?,
        },
        previous: None,
        greatest_use: None,
        known: Some(Decimal::parse(text).ok()?),
    })
}

/// The value with one digit wrong at every place, with neighbours swapped, and with the point moved.
fn slips(text: &str) -> Vec<String> {
    let signs: Vec<char> = text.chars().collect();
    let mut slips = vec![];
    for at in 0..signs.len() {
        let Some(digit) = signs[at].to_digit(10) else {
            continue;
        };
        let mut wrong = signs.clone();
        wrong[at] = char::from_digit((digit + 1 + at as u32 % 9) % 10, 10).unwrap();
        slips.push(String::from_iter(wrong));
        if at + 1 < signs.len() {
            let mut swapped = signs.clone();
            swapped.swap(at, at + 1);
            slips.push(String::from_iter(swapped));
        }
    }
    slips
}

#[test]
fn no_slip_is_confirmed_by_a_photo_and_the_right_value_often_is() {
    let shown: Vec<Shown> = framed_rows()
        .into_iter()
        .chain(straight_photographs())
        .collect();
    let (mut right, mut agreed, mut typed) = (0, 0, 0);
    for display in shown
        .iter()
        .filter(|display| display.wording == Wording::Number)
    {
        let Some(known) = ask(&display.text) else {
            continue;
        };
        right += 1;
        agreed += usize::from(judge(&display.read, &known) == DisplayVerdict::Agrees);
        for slip in slips(&display.text) {
            let Some(slipped) = ask(&slip).filter(|slipped| slipped.known != known.known) else {
                continue;
            };
            typed += 1;
            let ask = DisplayAsk {
                digits: known.digits,
                ..slipped
            };
            let verdict = judge(&display.read, &ask);
            assert_ne!(
                verdict,
                DisplayVerdict::Agrees,
                "{slip} for {}",
                display.text
            );
        }
    }
    assert!(typed >= 500, "{typed} slips");
    assert!(
        2 * agreed >= right,
        "{agreed} of {right} right values agree"
    );
}

#[test]
fn most_rows_and_straight_photographs_are_read_whole() {
    for (shown, least) in [(framed_rows(), 65), (straight_photographs(), 85)] {
        let bare = |text: &str| text.replace('.', "");
        let numbers = shown
            .iter()
            .filter(|display| display.wording == Wording::Number);
        let (mut all, mut whole) = (0, 0);
        for display in numbers {
            let best = display.read.first().map_or("", |text| &text.text);
            all += 1;
            whole += usize::from(bare(best) == bare(&display.text));
        }
        assert!(
            100 * whole >= least * all,
            "{whole} of {all}, {least} % wanted"
        );
    }
}

#[test]
fn a_code_is_never_read_as_another_code() {
    let lines = TEST_SEEDS
        .skip(2000)
        .map(|seed| displays::display_line(seed).unwrap());
    let codes = lines.filter(|line| line.wording == Wording::Err).take(12);
    let mut right = 0;
    for line in codes {
        if let Some(shown) = err_shown(&texts(&line.photo, Some(line.frame))) {
            let read = shown.code.text().replace('-', "");
            assert_eq!(read, line.text.replace('-', ""));
            right += 1;
        }
    }
    assert!(right >= 9, "{right} of 12");
}
