//! Small convolutional networks, run in plain Rust from the weight files in `weights/`.
//!
//! A file is a list of steps over numbered slots; slot 0 is the picture. All numbers are little-endian:
//!
//! | bytes | what |
//! | --- | --- |
//! | 8 | `MCNET`, 0, version 1, 0 |
//! | 2 | number of steps |
//! | a step: 1, 1, 1, 1 | kind, source slot, second source slot or 255, target slot |
//! | kind 1, convolution: 2, 2 | channels taken and given |
//! | 1, 1, 1, 1 | kernel's height and width, stride downwards and to the right |
//! | 1, 1, 1 | zeros added above and below, left and right; 1 if the result is cut below zero |
//! | the rest | weights `[given][taken][height][width]` as half floats, biases as floats |
//!
//! The second source of a convolution is added before the cut. Kind 2 has no more bytes: the source, every value doubled
//! both ways, plus the second source.

use std::sync::LazyLock;

/// Reads rows of signs: 32 x 192 to 48 steps of 15 classes.
pub(crate) static LINE: LazyLock<Result<Network, WeightsError>> =
    LazyLock::new(|| Network::parse(include_bytes!("../../weights/line.bin")));

/// Finds rows of signs: a picture in eighths to a mask and the offsets of four corners, at a quarter of its size.
pub(crate) static LOCATE: LazyLock<Result<Network, WeightsError>> =
    LazyLock::new(|| Network::parse(include_bytes!("../../weights/locate.bin")));

/// First twelve hexadecimal digits of the SHA-256 of either file, as `training/` wrote them down.
pub(crate) const WEIGHTS_HASH: &str = include_str!("../../weights/hash.txt").trim_ascii_end();

/// Why a weight file is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum WeightsError {
    #[error("the file does not start as a weight file does")]
    NotWeights,
    #[error("the weight file ends too early")]
    CutOff,
    #[error("step {step} of the weight file has a kind or shape that is not known")]
    Shape { step: usize },
}

/// Channels of one size, each row by row from the top.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Maps {
    pub channels: usize,
    pub height: usize,
    pub width: usize,
    pub values: Vec<f32>,
}

impl Maps {
    /// The values of one channel; empty when there is no such channel.
    pub fn channel(&self, index: usize) -> &[f32] {
        let size = self.height * self.width;
        self.values
            .get(index * size..(index + 1) * size)
            .unwrap_or(&[])
    }
}

/// A network ready to run.
#[derive(Debug)]
pub(crate) struct Network {
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    source: u8,
    second: Option<u8>,
    target: u8,
    work: Work,
}

#[derive(Debug)]
enum Work {
    Convolution(Convolution),
    UpAndAdd,
}

/// Output channels that are reckoned together, and output columns: eight sums of four fill the registers.
const ROWS: usize = 4;
const COLUMNS: usize = 8;

#[derive(Debug)]
struct Convolution {
    taken: usize,
    given: usize,
    kernel: (usize, usize),
    stride: (usize, usize),
    pad: (usize, usize),
    is_cut: bool,
    /// For every four output channels: their weights, place by place of the kernel.
    weights: Vec<[f32; ROWS]>,
    biases: Vec<[f32; ROWS]>,
}

/// A shape larger than this is a damaged file.
const MOST_CHANNELS: usize = 1024;
const MOST_KERNEL: usize = 15;

const ADDED_NONE: u8 = 255;

impl Network {
    /// Reads a weight file.
    ///
    /// **Errors**: [`WeightsError`]; never a panic, whatever the bytes.
    pub fn parse(bytes: &[u8]) -> Result<Self, WeightsError> {
        let mut bytes = bytes
            .strip_prefix(b"MCNET\x00\x01\x00")
            .ok_or(WeightsError::NotWeights)?;
        let number = u16::from_le_bytes(take(&mut bytes)?);
        let mut steps = Vec::new();
        for step in 0..usize::from(number) {
            let [kind, source, second, target] = take(&mut bytes)?;
            let work = match kind {
                1 => Work::Convolution(Convolution::parse(&mut bytes, step)?),
                2 => Work::UpAndAdd,
                _ => return Err(WeightsError::Shape { step }),
            };
            steps.push(Step {
                source,
                second: (second != ADDED_NONE).then_some(second),
                target,
                work,
            });
        }
        Ok(Self { steps })
    }

    /// What comes out of the last step; `None` when the picture does not fit the network.
    pub fn run(&self, picture: Maps) -> Option<Maps> {
        let mut slots: Vec<Option<Maps>> = vec![None; 256];
        *slots.first_mut()? = Some(picture);
        let mut last = 0;
        for step in &self.steps {
            let get = |slot: u8| slots.get(usize::from(slot)).and_then(Option::as_ref);
            let source = get(step.source)?;
            let second = match step.second {
                Some(slot) => Some(get(slot)?),
                None => None,
            };
            let result = match &step.work {
                Work::Convolution(convolution) => convolution.run(source, second)?,
                Work::UpAndAdd => up_and_add(source, second?)?,
            };
            last = usize::from(step.target);
            *slots.get_mut(last)? = Some(result);
        }
        slots.get_mut(last)?.take()
    }
}

/// The next bytes of a file.
fn take<const N: usize>(bytes: &mut &[u8]) -> Result<[u8; N], WeightsError> {
    let (taken, rest) = bytes.split_first_chunk().ok_or(WeightsError::CutOff)?;
    *bytes = rest;
    Ok(*taken)
}

impl Convolution {
    fn parse(bytes: &mut &[u8], step: usize) -> Result<Self, WeightsError> {
        let taken = usize::from(u16::from_le_bytes(take(bytes)?));
        let given = usize::from(u16::from_le_bytes(take(bytes)?));
        let kernel: [u8; 2] = take(bytes)?;
        let stride: [u8; 2] = take(bytes)?;
        let [pad_down, pad_right, is_cut] = take(bytes)?;
        let [high, wide] = kernel.map(usize::from);
        let has_shape = (1..=MOST_CHANNELS).contains(&taken)
            && (1..=MOST_CHANNELS).contains(&given)
            && (1..=MOST_KERNEL).contains(&high)
            && (1..=MOST_KERNEL).contains(&wide)
            && stride.iter().all(|stride| (1..=4).contains(stride))
            && usize::from(pad_down.max(pad_right)) <= MOST_KERNEL;
        if !has_shape {
            return Err(WeightsError::Shape { step });
        }
        let places = taken * high * wide;
        let (halves, rest) = bytes
            .split_at_checked(given * places * 2)
            .ok_or(WeightsError::CutOff)?;
        let (floats, rest) = rest
            .split_at_checked(given * 4)
            .ok_or(WeightsError::CutOff)?;
        *bytes = rest;
        let halves: Vec<f32> = halves
            .as_chunks::<2>()
            .0
            .iter()
            .map(|&pair| half(u16::from_le_bytes(pair)))
            .collect();
        let mut weights = Vec::with_capacity(given.div_ceil(ROWS) * places);
        for group in halves.chunks(ROWS * places) {
            weights.extend((0..places).map(|place| {
                let mut four = [0.0; ROWS];
                for (weight, row) in four.iter_mut().zip(group.chunks(places)) {
                    *weight = row.get(place).copied().unwrap_or(0.0);
                }
                four
            }));
        }
        let biases = floats
            .chunks(ROWS * 4)
            .map(|group| {
                let mut four = [0.0; ROWS];
                for (bias, &bytes) in four.iter_mut().zip(group.as_chunks::<4>().0) {
                    *bias = f32::from_le_bytes(bytes);
                }
                four
            })
            .collect();
        Ok(Self {
            taken,
            given,
            kernel: (high, wide),
            stride: (usize::from(stride[0]), usize::from(stride[1])),
            pad: (usize::from(pad_down), usize::from(pad_right)),
            is_cut: is_cut == 1,
            weights,
            biases,
        })
    }

    fn run(&self, source: &Maps, plus: Option<&Maps>) -> Option<Maps> {
        let (high, wide) = self.kernel;
        let height = (source.height + 2 * self.pad.0).checked_sub(high)? / self.stride.0 + 1;
        let width = (source.width + 2 * self.pad.1).checked_sub(wide)? / self.stride.1 + 1;
        let fits = source.channels == self.taken
            && plus.is_none_or(|plus| {
                (plus.channels, plus.height, plus.width) == (self.given, height, width)
            });
        if !fits {
            return None;
        }
        let places = self.taken * high * wide;
        let padded = Padded::new(source, self.pad, self.stride.1 * (COLUMNS + 1));
        let mut values = vec![0.0; self.given * height * width];
        let panels = width.div_ceil(COLUMNS);
        // What the kernel sees for eight columns of one line, place by place.
        let mut seen = vec![[0.0_f32; COLUMNS]; panels * places];
        for line in 0..height {
            for (panel, seen) in seen.chunks_exact_mut(places).enumerate() {
                self.gather(&padded, line, panel * COLUMNS * self.stride.1, seen);
            }
            let groups = self.weights.chunks_exact(places).zip(&self.biases);
            for (group, (weights, biases)) in groups.enumerate() {
                for (panel, seen) in seen.chunks_exact(places).enumerate() {
                    let sums = product(weights, seen, biases);
                    for (row, sums) in sums.iter().enumerate() {
                        let channel = group * ROWS + row;
                        if channel >= self.given {
                            break;
                        }
                        let start = (channel * height + line) * width;
                        let from = start + panel * COLUMNS;
                        let to = (from + COLUMNS).min(start + width);
                        if let Some(out) = values.get_mut(from..to) {
                            out.copy_from_slice(sums.get(..to - from)?);
                        }
                    }
                }
            }
        }
        if let Some(plus) = plus {
            for (value, plus) in values.iter_mut().zip(&plus.values) {
                *value += plus;
            }
        }
        if self.is_cut {
            for value in &mut values {
                *value = value.max(0.0);
            }
        }
        Some(Maps {
            channels: self.given,
            height,
            width,
            values,
        })
    }

    /// Copies what the kernel sees from column `left` of the padded source on.
    fn gather(&self, padded: &Padded, line: usize, left: usize, seen: &mut [[f32; COLUMNS]]) {
        let (high, wide) = self.kernel;
        let step = self.stride.1;
        let mut seen = seen.iter_mut();
        for channel in 0..self.taken {
            for down in 0..high {
                let row = padded.row(channel, line * self.stride.0 + down);
                for (right, seen) in (0..wide).zip(&mut seen) {
                    let from = row.get(left + right..).unwrap_or(&[]);
                    if step == 1 {
                        if let Some(eight) = from.first_chunk() {
                            *seen = *eight;
                        }
                    } else {
                        for (value, &source) in seen.iter_mut().zip(from.iter().step_by(step)) {
                            *value = source;
                        }
                    }
                }
            }
        }
    }
}

/// Four sums over all places for eight columns each.
#[inline]
fn product(
    weights: &[[f32; ROWS]],
    seen: &[[f32; COLUMNS]],
    biases: &[f32; ROWS],
) -> [[f32; COLUMNS]; ROWS] {
    let mut sums = biases.map(|bias| [bias; COLUMNS]);
    for (four, eight) in weights.iter().zip(seen) {
        for (sums, &weight) in sums.iter_mut().zip(four) {
            for (sum, &value) in sums.iter_mut().zip(eight) {
                *sum += weight * value;
            }
        }
    }
    sums
}

/// Channels with zeros around them, and more to the right, so that no look falls outside.
struct Padded {
    width: usize,
    height: usize,
    values: Vec<f32>,
}

impl Padded {
    fn new(source: &Maps, pad: (usize, usize), spare: usize) -> Self {
        let width = source.width + 2 * pad.1 + spare;
        let height = source.height + 2 * pad.0;
        let mut values = vec![0.0; source.channels * height * width];
        let rows = source.values.chunks_exact(source.width.max(1));
        for (index, row) in rows.enumerate() {
            let (channel, line) = (index / source.height, index % source.height);
            let start = (channel * height + line + pad.0) * width + pad.1;
            if let Some(out) = values.get_mut(start..start + source.width) {
                out.copy_from_slice(row);
            }
        }
        Self {
            width,
            height,
            values,
        }
    }

    fn row(&self, channel: usize, line: usize) -> &[f32] {
        let start = (channel * self.height + line) * self.width;
        self.values.get(start..start + self.width).unwrap_or(&[])
    }
}

fn up_and_add(small: &Maps, large: &Maps) -> Option<Maps> {
    let covers = 2 * small.height >= large.height && 2 * small.width >= large.width;
    if small.channels != large.channels || !covers {
        return None;
    }
    let mut sum = large.clone();
    for (index, row) in sum.values.chunks_exact_mut(large.width.max(1)).enumerate() {
        let (channel, line) = (index / large.height, index % large.height);
        let start = (channel * small.height + line / 2) * small.width;
        let source = small.values.get(start..start + small.width)?;
        let doubled = source.iter().flat_map(|&value| [value; 2]);
        for (value, plus) in row.iter_mut().zip(doubled) {
            *value += plus;
        }
    }
    Some(sum)
}

/// A half float's value.
///
/// **Source**: IEEE 754-2008, binary16.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let fraction = f32::from(bits & 0x3FF) / 1024.0;
    let power = i32::from(bits >> 10 & 0x1F);
    match power {
        0 => sign * fraction * 2.0_f32.powi(-14),
        31 if fraction == 0.0 => sign * f32::INFINITY,
        31 => f32::NAN,
        _ => sign * (1.0 + fraction) * 2.0_f32.powi(power - 15),
    }
}

#[cfg(test)]
mod tests;
