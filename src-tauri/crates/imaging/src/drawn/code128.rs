//! Code 128: pairs of digits (set C), capitals (set A) and any print (set B) as bars.

use crate::error::ImagingError;

/// Widths of bar, gap, bar, gap, bar, gap for the values 0 to 105.
///
/// **Source**: ISO/IEC 15417:2007, table 1.
#[rustfmt::skip]
const PATTERNS: [&str; 106] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212", "221213",
    "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221", "223211", "221132",
    "221231", "213212", "223112", "312131", "311222", "321122", "321221", "312212", "322112", "322211",
    "212123", "212321", "232121", "111323", "131123", "131321", "112313", "132113", "132311", "211313",
    "231113", "231311", "112133", "112331", "132131", "113123", "113321", "133121", "313121", "211331",
    "231131", "213113", "213311", "213131", "311123", "311321", "331121", "312113", "312311", "332111",
    "314111", "221411", "431111", "111224", "111422", "121124", "121421", "141122", "141221", "112214",
    "112412", "122114", "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111",
    "111242", "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311", "113141",
    "114131", "311141", "411131", "211412", "211214", "211232",
];
const START_A: usize = 103;
const START_B: usize = 104;
const START_C: usize = 105;
const STOP: &str = "2331112";

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
