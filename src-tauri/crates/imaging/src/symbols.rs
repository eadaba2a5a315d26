//! The signs of Code 128 as dark and light modules.

/// Widths of bar, gap, bar, gap, bar, gap for the values 0 to 105, a digit each.
///
/// **Source**: ISO/IEC 15417:2007, table 1.
#[rustfmt::skip]
pub(crate) const PATTERNS: [&str; 106] = [
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

/// The start sign that begins pairs of digits.
const START_C: usize = 105;

/// Widths of the stop sign, which has one bar more than the others.
///
/// **Source**: as [`PATTERNS`].
pub(crate) const STOP: &str = "2331112";

/// Modules of a sign, 1 dark and 0 light; `None` above 105.
pub(crate) fn modules(value: usize) -> Option<Vec<f32>> {
    PATTERNS.get(value).map(|widths| spread(widths))
}

pub(crate) fn start_c_modules() -> Vec<f32> {
    modules(START_C).unwrap_or_default()
}

pub(crate) fn stop_modules() -> Vec<f32> {
    spread(STOP)
}

fn spread(widths: &str) -> Vec<f32> {
    let mut modules = Vec::with_capacity(13);
    for (width, dark) in widths.bytes().zip([1.0, 0.0].into_iter().cycle()) {
        modules.extend(std::iter::repeat_n(dark, usize::from(width - b'0')));
    }
    modules
}
