//! What the signs of Code 128 look like once a lens has blurred them.

use std::sync::OnceLock;

use crate::scan::soft::search::VALUES;
use crate::symbols;

/// Samples to a module: bars blurred by a quarter module or more hold nothing finer.
pub(super) const PER_MODULE: usize = 4;

/// Modules of a sign; the stop sign has two more.
pub(super) const SIGN_MODULES: usize = 11;

/// Samples of a sign.
pub(super) const SIGN: usize = SIGN_MODULES * PER_MODULE;

/// Modules looked at to find an end: a sign and what is left white beside it.
pub(super) const END_MODULES: usize = 15;

/// White modules of them before the start sign; the rest of a quiet zone may hold an edge or print.
pub(super) const QUIET_BEFORE: usize = END_MODULES - SIGN_MODULES;

/// Samples of an end.
pub(super) const END: usize = END_MODULES * PER_MODULE;

/// Samples of an end when it is looked for: two a module find it, all of them fit it.
pub(super) const ROUGH_END: usize = END / 2;

/// Modules of a whole label: start, eleven pairs, check, stop.
pub(in crate::scan) const LABEL_MODULES: usize = 13 * SIGN_MODULES + 13;

/// Standard deviations of the blurs tried, in modules: from a sharp print to two modules run together.
pub(super) const BLURS: [f32; 5] = [0.22, 0.38, 0.52, 0.66, 0.82];

/// The signs as one blur shows them, ready to be compared.
pub(super) struct Shapes {
    /// Sample by sample all data signs: brightness after mean and slope were taken away, of unit length.
    pub signs: Vec<[f32; VALUES]>,
    /// The start sign with the end of the quiet zone before it.
    pub start: EndShape,
    /// The stop sign with the begin of the quiet zone behind it.
    pub stop: EndShape,
}

/// An end of a label.
pub(super) struct EndShape {
    pub rough: [f32; ROUGH_END],
    pub fine: [f32; END],
}

/// The shapes of every blur, narrowest first; made once.
pub(super) fn shapes() -> &'static [Shapes] {
    static SHAPES: OnceLock<Vec<Shapes>> = OnceLock::new();
    SHAPES.get_or_init(|| BLURS.iter().map(|&blur| Shapes::of(blur)).collect())
}

impl Shapes {
    fn of(blur: f32) -> Self {
        // What stands beside a sign is not known yet: the mean of all signs stands for it.
        let every = || (0..VALUES).filter_map(symbols::modules);
        let mean_of = |module: usize| {
            let dark = every().filter_map(|modules| modules.get(module).copied());
            dark.sum::<f32>() / VALUES as f32
        };
        let typical: Vec<f32> = (0..SIGN_MODULES).map(mean_of).collect();
        let mut signs = vec![[0.0; VALUES]; SIGN];
        for value in 0..VALUES {
            let modules = symbols::modules(value).unwrap_or_default();
            let dark = [typical.as_slice(), &modules, &typical].concat();
            let shape: [f32; SIGN] = shape(&dark, SIGN_MODULES, SIGN_MODULES, blur);
            for (row, sample) in signs.iter_mut().zip(shape) {
                if let Some(slot) = row.get_mut(value) {
                    *slot = sample;
                }
            }
        }
        let quiet = [0.0; END_MODULES];
        let start = [quiet.to_vec(), symbols::start_c_modules(), typical.clone()].concat();
        let stop = [typical, symbols::stop_modules(), quiet.to_vec()].concat();
        Self {
            signs,
            start: EndShape::of(&start, END_MODULES - QUIET_BEFORE, blur),
            stop: EndShape::of(&stop, SIGN_MODULES, blur),
        }
    }
}

impl EndShape {
    fn of(dark: &[f32], from: usize, blur: f32) -> Self {
        Self {
            rough: shape(dark, from, END_MODULES, blur),
            fine: shape(dark, from, END_MODULES, blur),
        }
    }
}

/// Brightness of `modules` from module `from` on, without mean and slope and of unit length.
fn shape<const N: usize>(dark: &[f32], from: usize, modules: usize, blur: f32) -> [f32; N] {
    let mut samples = [0.0; N];
    for (index, sample) in samples.iter_mut().enumerate() {
        let at = from as f32 + (index as f32 + 0.5) * modules as f32 / N as f32;
        *sample = -blurred(dark, at, blur);
    }
    levelled(&mut samples);
    samples
}

/// Darkness at a place (in modules), as a bell of the given width sees it.
pub(in crate::scan) fn blurred(dark: &[f32], at: f32, blur: f32) -> f32 {
    let share = |edge: f32| 0.5 * (1.0 + erf((edge - at) / (blur * std::f32::consts::SQRT_2)));
    dark.iter()
        .enumerate()
        .map(|(module, dark)| dark * (share(module as f32 + 1.0) - share(module as f32)))
        .sum()
}

/// Takes mean and slope away and makes the rest one long; returns its length before.
pub(super) fn levelled<const N: usize>(samples: &mut [f32; N]) -> f32 {
    let count = N as f32;
    let offset = |index: usize| index as f32 - (count - 1.0) / 2.0;
    let mean = samples.iter().sum::<f32>() / count;
    let leaning: f32 = samples
        .iter()
        .enumerate()
        .map(|(index, sample)| offset(index) * sample)
        .sum();
    // Sum of the squared offsets of `count` evenly spaced samples.
    let slope = leaning / (count * (count * count - 1.0) / 12.0);
    for (index, sample) in samples.iter_mut().enumerate() {
        *sample -= mean + slope * offset(index);
    }
    let length = samples
        .iter()
        .map(|sample| sample * sample)
        .sum::<f32>()
        .sqrt();
    // Plain paper has no shape: what is left of it are rounding errors.
    let scale = if length > 1e-3 { 1.0 / length } else { 0.0 };
    for sample in samples.iter_mut() {
        *sample *= scale;
    }
    length
}

/// The error function to five digits.
///
/// **Source**: Abramowitz and Stegun, 7.1.26.
fn erf(x: f32) -> f32 {
    let t = 1.0 / (1.0 + 0.327_591_1 * x.abs());
    let series = ((((1.061_405_4 * t - 1.453_152) * t + 1.421_413_7) * t - 0.284_496_74) * t
        + 0.254_829_6)
        * t;
    (1.0 - series * (-x * x).exp()).copysign(x)
}
