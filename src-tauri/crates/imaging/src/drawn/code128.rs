//! Code 128: pairs of digits (set C), capitals (set A) and any print (set B) as bars.

use crate::error::ImagingError;
use crate::symbols::{PATTERNS, STOP};

const START_A: usize = 103;
const START_B: usize = 104;
const START_C: usize = 105;

/// Longest text drawn: four times an asset number.
const MAX_DIGITS: usize = 80;

/// Widths in modules of bars and gaps in turn, from the first bar of the start sign to the last bar of the stop sign.
///
/// Leave ten modules white on either side. 22 digits give 156 modules.
///
/// **Errors**: [`ImagingError::NotDigitPairs`] unless `digits` are 2 to 80 decimal digits, even in number.
///
/// ```
/// let widths = metercrew_imaging::drawn::code128("4130001000000000000012")?;
/// assert_eq!(widths.iter().map(|&width| u32::from(width)).sum::<u32>(), 156);
/// # Ok::<(), metercrew_imaging::ImagingError>(())
/// ```
pub fn code128(digits: &str) -> Result<Vec<u8>, ImagingError> {
    let refused = || ImagingError::NotDigitPairs {
        text: digits.chars().take(MAX_DIGITS).collect(),
    };
    let is_taken = (2..=MAX_DIGITS).contains(&digits.len()) && digits.len().is_multiple_of(2);
    if !is_taken || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return Err(refused());
    }
    let (pairs, _) = digits.as_bytes().as_chunks::<2>();
    let values = pairs
        .iter()
        .map(|&[tens, ones]| usize::from(tens - b'0') * 10 + usize::from(ones - b'0'));
    Ok(widths(START_C, values))
}

/// Which signs a text is coded with: what a maker prints beside the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Set A: capitals, digits and marks.
    Capitals,
    /// Set B: small letters as well.
    Any,
}

/// Widths as [`code128`] gives them, of a text; signs that the set lacks become spaces.
pub(super) fn code128_text(text: &str, letters: Letters) -> Vec<u8> {
    let (start, end) = match letters {
        Letters::Capitals => (START_A, 64),
        Letters::Any => (START_B, 95),
    };
    let values = text
        .bytes()
        .map(|sign| usize::from(sign.saturating_sub(b' ')))
        .map(|value| if value < end { value } else { 0 });
    widths(start, values)
}

/// Start sign, values, check sign and stop sign as widths.
fn widths(start: usize, values: impl Iterator<Item = usize>) -> Vec<u8> {
    let mut all = vec![start];
    all.extend(values);
    let check: usize = all
        .iter()
        .enumerate()
        .map(|(place, value)| value * place.max(1))
        .sum();
    all.push(check % 103);
    let patterns = all.iter().filter_map(|&value| PATTERNS.get(value));
    patterns
        .chain([&STOP])
        .flat_map(|pattern| pattern.bytes().map(|width| width - b'0'))
        .collect()
}
