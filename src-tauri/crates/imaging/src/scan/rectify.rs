//! A region of bars is laid straight and read line by line.

use crate::picture::PictureGrey;
use crate::scan::engine::{self, LineRead};
use crate::scan::localise::Region;
use crate::scan::{Code, Formats, ReadBy};

/// Lines of a patch: enough that some miss a scratch or a reflection.
const LINES: usize = 32;

/// Widths of a patch: four to six pixels a module for 176 of them, whatever the photo had.
const MIN_WIDTH: f32 = 700.0;
const MAX_WIDTH: f32 = 2400.0;

/// What is added at each end, as a share of half the length: the quiet zone, and the blocks a soft end lost.
const MARGIN: f32 = 0.16;

/// Share of the bars' height that is used: the outermost lines catch print and the label's edge.
const HEIGHT_USED: f32 = 0.82;

/// Least share of a patch that a believed code fills: a region is the whole code, so a short one inside it is a ghost.
const MIN_FILLED: f32 = 0.45;

/// Reads the code of a region, if it is one.
pub(super) fn read(picture: &PictureGrey, region: &Region, formats: Formats) -> Option<Code> {
    let patch = straighten(picture, region)?;
    let read = engine::bars_in_patch(&patch, formats)
        .or_else(|| engine::bars_in_patch(&sharpened(&patch)?, formats))?;
    let width = patch.width() as f32;
    ((read.to - read.from).abs() >= MIN_FILLED * width).then(|| code(read, region, width))
}

fn half_width(region: &Region) -> f32 {
    region.half_length() * (1.0 + MARGIN)
}

fn straighten(picture: &PictureGrey, region: &Region) -> Option<PictureGrey> {
    let half = half_width(region);
    let width = (half * 3.0).clamp(MIN_WIDTH, MAX_WIDTH) as usize;
    let mut bytes = Vec::with_capacity(width * LINES);
    for line in 0..LINES {
        let share = (line as f32 + 0.5) / LINES as f32 * 2.0 - 1.0;
        let up = share * region.half_height() * HEIGHT_USED;
        for column in 0..width {
            let along = ((column as f32 + 0.5) / width as f32 * 2.0 - 1.0) * half;
            let (x, y) = region.place(along, up);
            bytes.push(picture.sample(x - 0.5, y - 0.5) as u8);
        }
    }
    PictureGrey::new(width, LINES, bytes).ok()
}

/// Means of eight neighbouring lines, stretched to full contrast between the local dark and light and sharpened.
fn sharpened(patch: &PictureGrey) -> Option<PictureGrey> {
    let width = patch.width();
    let mut bytes = Vec::with_capacity(width * LINES);
    for first in (0..LINES - 7).step_by(3) {
        let mut mean = vec![0_f32; width];
        for line in first..first + 8 {
            for (sum, &pixel) in mean.iter_mut().zip(patch.row(line)) {
                *sum += f32::from(pixel) / 8.0;
            }
        }
        bytes.extend(stretched(&unsharp(&mean)));
    }
    let lines = bytes.len() / width.max(1);
    PictureGrey::new(width, lines, bytes).ok()
}

/// Takes away half of what a wider view would see: gives narrow bars back what blur took.
fn unsharp(line: &[f32]) -> Vec<f32> {
    let reach = (line.len() / 350).max(1);
    let at = |index: usize| line.get(index).copied();
    (0..line.len())
        .map(|index| {
            let here = at(index).unwrap_or(0.0);
            let before = index.checked_sub(reach).and_then(at).unwrap_or(here);
            let after = at(index + reach).unwrap_or(here);
            here * 2.2 - (before + after) * 0.6
        })
        .collect()
}

/// Full contrast between the darkest and lightest within some twelve modules either way.
fn stretched(line: &[f32]) -> impl Iterator<Item = u8> + '_ {
    let reach = line.len() / 14;
    let ends: Vec<(f32, f32)> = line
        .chunks(16)
        .map(|chunk| {
            chunk
                .iter()
                .fold((f32::MAX, f32::MIN), |(low, high), &value| {
                    (low.min(value), high.max(value))
                })
        })
        .collect();
    line.iter().enumerate().map(move |(index, &value)| {
        let (from, to) = (index.saturating_sub(reach) / 16, (index + reach) / 16);
        let near = ends.get(from..(to + 1).min(ends.len())).unwrap_or(&[]);
        let (low, high) = near.iter().fold((f32::MAX, f32::MIN), |(low, high), end| {
            (low.min(end.0), high.max(end.1))
        });
        // Plain paper must stay plain: less than 24 grey levels are not stretched.
        ((value - low) / (high - low).max(24.0) * 255.0).clamp(0.0, 255.0) as u8
    })
}

fn code(read: LineRead, region: &Region, width: f32) -> Code {
    // The reader gives the middles of the first and the last sign, which are 145 of 156 modules apart on a meter's label.
    let half_sign = (read.to - read.from) * 0.038;
    let along = |column: f32| (column / width * 2.0 - 1.0) * half_width(region);
    let (from, to) = (along(read.from - half_sign), along(read.to + half_sign));
    let half = if from <= to {
        region.half_height()
    } else {
        -region.half_height()
    };
    Code {
        text: read.text,
        symbology: read.symbology,
        corners: [
            region.place(from, -half),
            region.place(to, -half),
            region.place(to, half),
            region.place(from, half),
        ],
        read_by: ReadBy::Decoder,
        confidence: 1.0,
    }
}
