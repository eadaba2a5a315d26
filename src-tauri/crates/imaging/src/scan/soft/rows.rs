//! The rows of a patch become one line of brightness: those that see the bars count, each at the place it sees them.
//!
//! Rows above and below the bars, rows with print, and rows that a reflection blinds for a part of their length tell
//! nothing and must not count; and bars that lean by a degree would run together in a plain mean.

use crate::picture::PictureGrey;

/// Pieces of a line that are weighed apart: a reflection rarely covers more than one or two of them.
const PIECES: usize = 10;

/// Greatest lean looked for, in columns between the middle row and the outermost, as a share of a module.
const MAX_LEAN: f32 = 2.5;

/// The line of brightness of a patch whose modules are about `module` columns long, without what changes slowly.
pub(super) fn line(patch: &PictureGrey, module: f32) -> Vec<f32> {
    let reach = (module * 8.0) as usize;
    let rows: Vec<Vec<f32>> = (0..patch.height())
        .map(|row| flattened(patch.row(row), reach))
        .collect();
    let upright = uprighted(&rows, module);
    weighed(&upright)
}

/// A row less the mean of what lies within `reach` of each column.
fn flattened(row: &[u8], reach: usize) -> Vec<f32> {
    let mut sums = Vec::with_capacity(row.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for &pixel in row {
        sum += f32::from(pixel);
        sums.push(sum);
    }
    let at = |index: usize| sums.get(index).copied().unwrap_or(sum);
    row.iter()
        .enumerate()
        .map(|(index, &pixel)| {
            let (from, to) = (
                index.saturating_sub(reach),
                (index + reach + 1).min(row.len()),
            );
            f32::from(pixel) - (at(to) - at(from)) / (to - from) as f32
        })
        .collect()
}

/// Rows moved so that leaning bars stand upright: by the lean that makes the steps of their mean largest, found for the
/// left and the right half by itself since tilted bars fan.
fn uprighted(rows: &[Vec<f32>], module: f32) -> Vec<Vec<f32>> {
    let width = rows.first().map_or(0, Vec::len);
    let most = (module * MAX_LEAN).round() as i32;
    let lean = |from: usize, to: usize| {
        let mut best = (f32::MIN, 0);
        for lean in -most..=most {
            let found = steepness(rows, from, to, lean);
            // Of leans that do equally well the smallest is the likeliest.
            let found = found * (1.0 - 0.02 * (lean as f32 / most as f32).abs());
            if found > best.0 {
                best = (found, lean);
            }
        }
        best.1 as f32
    };
    let (left, right) = (lean(0, width / 2), lean(width / 2, width));
    let high = rows.len().max(2) as f32;
    rows.iter()
        .enumerate()
        .map(|(index, row)| {
            let off = index as f32 / (high - 1.0) * 2.0 - 1.0;
            (0..width)
                .map(|column| {
                    let share = column as f32 / width as f32 * 2.0 - 0.5;
                    let lean = left + (right - left) * share;
                    let moved = (column as f32 + lean * off).round().max(0.0) as usize;
                    row.get(moved).or(row.last()).copied().unwrap_or(0.0)
                })
                .collect()
        })
        .collect()
}

fn steepness(rows: &[Vec<f32>], from: usize, to: usize, lean: i32) -> f32 {
    let mut sums = vec![0.0; to - from];
    let high = rows.len().max(2) as f32;
    for (index, row) in rows.iter().enumerate() {
        let off = index as f32 / (high - 1.0) * 2.0 - 1.0;
        let moved = (lean as f32 * off).round() as i32 + from as i32;
        let skip = moved.min(0).unsigned_abs() as usize;
        let row = row.get(moved.max(0) as usize..).unwrap_or(&[]);
        for (sum, value) in sums.iter_mut().skip(skip).zip(row) {
            *sum += value;
        }
    }
    let steps = sums.iter().zip(sums.iter().skip(2));
    steps
        .map(|(one, other)| (other - one) * (other - one))
        .sum()
}

/// The mean of the rows, each piece of a row weighed by how strongly and how cleanly it shows what all show.
fn weighed(rows: &[Vec<f32>]) -> Vec<f32> {
    let width = rows.first().map_or(0, Vec::len);
    let piece = width.div_ceil(PIECES).max(1);
    let mut line = mean(rows, width, |_, _| 1.0);
    for _ in 0..2 {
        let weights: Vec<Vec<f32>> = rows
            .iter()
            .map(|row| {
                row.chunks(piece)
                    .zip(line.chunks(piece))
                    .map(|(row, line)| weight(row, line))
                    .collect()
            })
            .collect();
        let at = |row: usize, column: usize| {
            // Between the middles of the pieces weights change evenly: a sudden change would look like an edge.
            let place = column as f32 / piece as f32 - 0.5;
            let index = place.max(0.0) as usize;
            let of = |index: usize| {
                let row = weights.get(row)?;
                row.get(index).or(row.last()).copied()
            };
            let (here, next) = (of(index).unwrap_or(0.0), of(index + 1).unwrap_or(0.0));
            here + (next - here) * (place - index as f32).clamp(0.0, 1.0)
        };
        line = mean(rows, width, at);
    }
    line
}

fn mean(rows: &[Vec<f32>], width: usize, weight: impl Fn(usize, usize) -> f32) -> Vec<f32> {
    let mut sums = vec![(0.0, 1e-6); width];
    for (index, row) in rows.iter().enumerate() {
        for (column, ((sum, all), value)) in sums.iter_mut().zip(row).enumerate() {
            let weight = weight(index, column);
            *sum += weight * value;
            *all += weight;
        }
    }
    sums.into_iter().map(|(sum, all)| sum / all).collect()
}

/// How much a piece of a row is worth: its strength over the square of its noise, as noisy measurements are averaged best.
fn weight(row: &[f32], line: &[f32]) -> f32 {
    let power: f32 = line.iter().map(|value| value * value).sum();
    let common: f32 = row.iter().zip(line).map(|(one, other)| one * other).sum();
    let strength = common / power.max(1e-3);
    let noise: f32 = row
        .iter()
        .zip(line)
        .map(|(value, shown)| (value - strength * shown).powi(2))
        .sum();
    (strength * power / noise.max(1e-3 * power).max(1e-3)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::sketch::{Sketch, label};

    const NUMBER: &str = "4130001000000000000012";

    /// How alike two lines are, 1 the same.
    fn alike(one: &[f32], other: &[f32]) -> f32 {
        let product = |one: &[f32], other: &[f32]| -> f32 {
            one.iter().zip(other).map(|(one, other)| one * other).sum()
        };
        product(one, other) / (product(one, one) * product(other, other)).sqrt()
    }

    fn clean() -> Vec<f32> {
        line(&Sketch::patch(label(NUMBER)).picture(), 5.0)
    }

    #[test]
    fn rows_that_a_reflection_or_print_blinds_do_not_count() {
        let shown = Sketch::patch(label(NUMBER)).picture();
        let other = Sketch::patch(label("9876543210987654321098")).picture();
        let spoiled = PictureGrey::from_places(shown.width(), shown.height(), |column, row| {
            // Other bars run through the lowest third, and a band of light slants through the rest.
            let seen = if row < 20 { &shown } else { &other };
            let is_dazzled = column.abs_diff(300 + row * 10) < 60;
            if is_dazzled {
                255
            } else {
                seen.row(row)[column]
            }
        });
        let found = alike(&line(&spoiled, 5.0), &clean());
        assert!(found > 0.9, "{found}");
    }

    #[test]
    fn leaning_bars_are_set_upright_before_rows_are_added() {
        let shown = Sketch::patch(label(NUMBER)).picture();
        let leaning = PictureGrey::from_places(shown.width(), shown.height(), |column, row| {
            let moved = column as f32 + (row as f32 - 15.5) / 15.5 * 9.0;
            shown.sample(moved, row as f32) as u8
        });
        let found = alike(&line(&leaning, 5.0), &clean());
        assert!(found > 0.93, "{found}");
    }

    #[test]
    fn light_that_changes_slowly_is_taken_away() {
        let shown = Sketch::patch(label(NUMBER)).picture();
        let width = shown.width() as f32;
        let sloping = PictureGrey::from_places(shown.width(), shown.height(), |column, row| {
            let light = 0.3 + 0.6 * column as f32 / width;
            (f32::from(shown.row(row)[column]) * light) as u8
        });
        let line = line(&sloping, 5.0);
        let sum: f32 = line.iter().sum();
        assert!((sum / width).abs() < 2.0, "{}", sum / width);
    }
}
