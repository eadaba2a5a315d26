//! How a register, its values and a frame are written on the command line.

use domain::{Decimal, RegisterDigits};
use work::Quad;

/// A known value, and how many digits it was written with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KnownValue {
    pub value: Decimal,
    pub digits: RegisterDigits,
}

/// `6.2`, or `5` for a register without places.
pub(super) fn digits(text: &str) -> Result<RegisterDigits, String> {
    let (integer, decimal) = text.split_once('.').unwrap_or((text, "0"));
    match (integer.parse(), decimal.parse()) {
        (Ok(integer @ 1..=8), Ok(decimal @ 0..=4)) => Ok(RegisterDigits { integer, decimal }),
        (_, _) => Err("a register has 1 to 8 digits before its point and 0 to 4 after it".into()),
    }
}

pub(super) fn value(text: &str) -> Result<Decimal, String> {
    Decimal::parse(text).map_err(|fault| fault.to_string())
}

pub(super) fn known(text: &str) -> Result<KnownValue, String> {
    let (whole, places) = text.split_once('.').unwrap_or((text, ""));
    let known = KnownValue {
        value: value(text)?,
        digits: digits(&format!("{}.{}", whole.len(), places.len()))?,
    };
    match text.starts_with('-') {
        true => Err("a display shows no negative values".into()),
        false => Ok(known),
    }
}

/// Four corners, eight numbers.
pub(super) fn frame(text: &str) -> Result<Quad, String> {
    let numbers: Result<Vec<f32>, _> = text
        .split(',')
        .map(|number| number.trim().parse())
        .collect();
    match numbers.as_deref() {
        Ok(&[a, b, c, d, e, f, g, h])
            if [a, b, c, d, e, f, g, h].iter().all(|n: &f32| n.is_finite()) =>
        {
            Ok([(a, b), (c, d), (e, f), (g, h)])
        }
        Ok(_) | Err(_) => Err("a frame is eight numbers: four corners, x and y each".into()),
    }
}
