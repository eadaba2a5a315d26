//! What a drawn display says.

use crate::drawn::random::Random;

/// Numbers of the error codes a meter shows.
///
/// **Source**: Q/GDW 354-2009, Q/GDW 1354-2013, as collected in the domain's table of codes.
fn err_number(random: &mut Random) -> usize {
    match random.below(39) {
        place @ 0..8 => place + 1,
        place @ 8..27 => place + 2,
        place @ 27..33 => place + 4,
        place => place + 18,
    }
}

/// What kind of text a row carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wording {
    /// A number, with or without a point.
    Number,
    /// `Err-` and two digits.
    Err,
    /// Dashes only: no value.
    Dashes,
}

/// A text a display may show, of the signs `0-9 . - E r`.
pub(super) fn wording(random: &mut Random) -> (Wording, String) {
    match random.below(100) {
        0..7 => (Wording::Err, format!("Err-{:02}", err_number(random))),
        7..9 => (Wording::Dashes, "-".repeat(random.below(6) + 3)),
        _ => (Wording::Number, number(random)),
    }
}

fn number(random: &mut Random) -> String {
    let (integer, decimals) = match random.below(100) {
        // An energy register.
        0..48 => (random.below(4) + 4, random.pick(&[0, 1, 1, 2, 2, 2, 3], 2)),
        // Litres, money, volts, amperes.
        48..80 => (random.below(4) + 1, random.pick(&[0, 1, 2, 2, 3], 2)),
        // All widths alike.
        _ => (random.below(9) + 1, random.pick(&[0, 0, 1, 2, 3, 4], 0)),
    };
    let integer = integer.min(9 - decimals.min(4)).max(1);
    let mut text = String::new();
    let zeros = if random.chance(35) {
        random.below(integer)
    } else {
        0
    };
    // Some displays show few different digits; runs of one digit are the hardest to count.
    let favoured = random.chance(15).then(|| random.below(10));
    let digit = |random: &mut Random| match favoured {
        Some(favoured) if random.chance(55) => favoured,
        _ => random.below(10),
    };
    for place in 0..integer + decimals {
        if place == integer {
            text.push('.');
        }
        let value = if place < zeros { 0 } else { digit(random) };
        text.push_str(&value.to_string());
    }
    if random.chance(4) {
        text.insert(0, '-');
    }
    text
}
