//! Code 128 in set C: two digits a symbol, as the labels of meters have it.

/// Bars and gaps of each symbol, in modules, bar first.
///
/// Source: ISO/IEC 15417, table of symbol characters; checked by decoding a printed sheet.
const SYMBOLS: [&str; 107] = [
    "212222", "222122", "222221", "121223", "121322", "131222", "122213", "122312", "132212",
    "221213", "221312", "231212", "112232", "122132", "122231", "113222", "123122", "123221",
    "223211", "221132", "221231", "213212", "223112", "312131", "311222", "321122", "321221",
    "312212", "322112", "322211", "212123", "212321", "232121", "111323", "131123", "131321",
    "112313", "132113", "132311", "211313", "231113", "231311", "112133", "112331", "132131",
    "113123", "113321", "133121", "313121", "211331", "231131", "213113", "213311", "213131",
    "311123", "311321", "331121", "312113", "312311", "332111", "314111", "221411", "431111",
    "111224", "111422", "121124", "121421", "141122", "141221", "112214", "112412", "122114",
    "122411", "142112", "142211", "241211", "221114", "413111", "241112", "134111", "111242",
    "121142", "121241", "114212", "124112", "124211", "411212", "421112", "421211", "212141",
    "214121", "412121", "111143", "111341", "131141", "114113", "114311", "411113", "411311",
    "113141", "114131", "311141", "411131", "211412", "211214", "211232", "2331112",
];

const START_C: usize = 105;
const STOP: usize = 106;

/// A bar: where it begins and how wide it is, in modules from the first bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// Modules before it.
    pub at: u32,
    /// Modules it is wide.
    pub width: u32,
}

/// The bars of an even number of digits, and how many modules they take; the quiet zones of ten
/// modules on both sides are the caller's.
///
/// `None` for anything else than an even number of digits.
///
/// ```
/// let (bars, modules) = metercrew_gateway::sample::code128("9900001").map_or((0, 0), |c| (c.0.len(), c.1));
/// assert_eq!((bars, modules), (0, 0));
/// let (bars, modules) = metercrew_gateway::sample::code128("990000").unwrap_or_default();
/// assert_eq!((bars.len(), modules), (3 * 5 + 4, 11 * 5 + 13));
/// ```
pub fn code128(digits: &str) -> Option<(Vec<Bar>, u32)> {
    let plain = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
    if !plain || !digits.len().is_multiple_of(2) {
        return None;
    }
    let values: Option<Vec<usize>> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| std::str::from_utf8(pair).ok()?.parse().ok())
        .collect();
    let values = values?;
    let weighted: usize = values.iter().zip(1..).map(|(value, at)| value * at).sum();
    let check = (START_C + weighted) % 103;
    let symbols = [START_C].into_iter().chain(values).chain([check, STOP]);
    let (mut bars, mut at) = (vec![], 0);
    for symbol in symbols {
        for (n, width) in SYMBOLS.get(symbol)?.bytes().enumerate() {
            let width = u32::from(width - b'0');
            if n % 2 == 0 {
                bars.push(Bar { at, width });
            }
            at += width;
        }
    }
    Some((bars, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twenty_two_digits_take_156_modules() {
        let (bars, modules) = code128("9900001009926000000015").unwrap();
        assert_eq!(modules, 13 * 11 + 13);
        assert_eq!(bars[0], Bar { at: 0, width: 2 });
        assert_eq!(
            bars.last().unwrap().at + bars.last().unwrap().width,
            modules
        );
    }

    #[test]
    fn every_symbol_is_eleven_modules_wide_and_its_bars_are_even() {
        for symbol in &SYMBOLS[..STOP] {
            let widths: Vec<u32> = symbol.bytes().map(|b| u32::from(b - b'0')).collect();
            assert_eq!(widths.iter().sum::<u32>(), 11, "{symbol}");
            let bars: u32 = widths.iter().step_by(2).sum();
            assert!(bars.is_multiple_of(2), "{symbol}");
        }
        let mut distinct = SYMBOLS.to_vec();
        distinct.sort_unstable();
        distinct.dedup();
        assert_eq!(distinct.len(), SYMBOLS.len());
    }

    #[test]
    fn only_even_numbers_of_digits_are_drawn() {
        assert_eq!(code128(""), None);
        assert_eq!(code128("123"), None);
        assert_eq!(code128("12a4"), None);
    }
}
