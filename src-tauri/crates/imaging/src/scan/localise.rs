//! Where bars are: neighbouring cells of a picture whose edges all point the same way.
//!
//! A structure tensor for each cell of 4 x 4 pixels, summed over its neighbourhood, tells which way the edges there point
//! and how much they agree. Noise points everywhere and lowers the agreement only; so what is asked for is little energy
//! but some agreement, over an area as a label covers it.

use crate::picture::PictureGrey;
use crate::scan::region::{Region, Spot};

/// Edge of a cell in pixels: small against the lowest label, so that its neighbourhood can be fitted to it.
const CELL: usize = 4;

/// Cells each way that are summed for one cell's neighbourhood of 20 x 20 pixels: some four bars at their smallest.
const REACH: usize = 2;

/// Least agreement of the edges around a cell, 0 none to 1 all. Noise alone gives 0.1, print 0.3 to 0.6, bars under
/// heavy noise 0.4.
const MIN_COHERENCE: f32 = 0.38;

/// Least directed energy for a pixel: a contrast of some ten grey levels.
const MIN_ENERGY: f32 = 30.0;

/// Cosine of twice the greatest angle between neighbours of one region, 10 degrees.
const MIN_ALIKE: f32 = 0.94;

/// Cosine of twice the greatest angle to a region's mean, 20 degrees: tilted bars fan over a whole label.
const MIN_ALIKE_ALL: f32 = 0.77;

/// Fewest cells of a piece: 20 x 12 pixels.
const MIN_CELLS: usize = 15;

/// Pieces of which bars cover less than this share, or that are less slim, may hold more than a label: they are opened.
const MIN_FILLED: f32 = 0.85;
const MIN_OWN_SLIMNESS: f32 = 2.5;

/// Least energy of a strong cell, as a share of what half of a piece's cells have.
const MIN_SHARE: f32 = 0.5;

/// Cells to either side that must be strong too: a single edge fills two.
const THIN: i32 = 3;

/// Pieces looked at for joining, the largest first.
const MOST_PIECES: usize = 60;

/// Least length over height of a piece: bars much higher than long are a fence, a grille or a bundle of cables, and
/// joined they would cover the picture.
const MIN_PIECE_SLIMNESS: f32 = 0.5;

/// Shortest half of a region in pixels: a label at one pixel a module has 78.
const MIN_HALF_LENGTH: f32 = 60.0;

/// Least length over height: a label is three to twelve times as long as high, and tilt takes from its length.
const MIN_SLIMNESS: f32 = 1.5;

/// Finds the regions of bars in no order.
pub(super) fn regions(picture: &PictureGrey) -> Vec<Region> {
    let mut regions = joined(Grid::of(picture).pieces());
    regions.retain(|region| {
        region.half_length() > MIN_HALF_LENGTH && region.slimness() > MIN_SLIMNESS
    });
    regions
}

#[derive(Debug, Clone, Copy, Default)]
struct Tensor {
    /// Energy of all edges.
    all: f32,
    /// Energy of the edges by twice their direction: what points both ways cancels.
    level: f32,
    slant: f32,
}

impl Tensor {
    fn directed(self) -> f32 {
        self.level.hypot(self.slant)
    }

    /// What this may be the bars of, if of any.
    fn bars(self, pixels: f32) -> Option<Bars> {
        let energy = self.directed();
        (energy > MIN_ENERGY * pixels && energy > MIN_COHERENCE * self.all).then(|| Bars {
            normal: (self.level / energy, self.slant / energy),
            energy,
        })
    }
}

/// What may be bars in a cell's neighbourhood.
#[derive(Debug, Clone, Copy)]
struct Bars {
    /// Doubled direction of the edges' normal.
    normal: (f32, f32),
    energy: f32,
}

struct Grid {
    columns: usize,
    bars: Vec<Option<Bars>>,
}

impl Grid {
    fn of(picture: &PictureGrey) -> Self {
        let (columns, rows) = (picture.width() / CELL, picture.height() / CELL);
        let mut tensors = vec![Tensor::default(); columns * rows];
        for (row, line) in tensors.chunks_exact_mut(columns.max(1)).enumerate() {
            add_lines(line, picture, row * CELL);
        }
        let summed = around(&tensors, columns);
        let pixels = (CELL * CELL * (2 * REACH + 1) * (2 * REACH + 1)) as f32;
        let bars = summed.iter().map(|tensor| tensor.bars(pixels));
        Self {
            columns,
            bars: bars.collect(),
        }
    }

    fn pieces(mut self) -> Vec<Vec<Spot>> {
        let mut pieces = Vec::new();
        for start in 0..self.bars.len() {
            let spots = self.take_connected(start);
            if spots.len() >= MIN_CELLS {
                pieces.push(spots);
            }
        }
        pieces
    }

    /// Takes the cells out of the grid that hang together with `start`.
    fn take_connected(&mut self, start: usize) -> Vec<Spot> {
        let mut spots = Vec::new();
        let mut open = Vec::new();
        let mut sum = (0.0, 0.0);
        let columns = self.columns.max(1);
        let alike = |one: (f32, f32), other: (f32, f32)| one.0 * other.0 + one.1 * other.1;
        let mut visit = |cells: &mut Vec<Option<Bars>>,
                         index: usize,
                         near: Option<(f32, f32)>|
         -> Option<(usize, (f32, f32))> {
            let slot = cells.get_mut(index)?;
            let Bars { normal, energy } = (*slot)?;
            if near.is_some_and(|near| alike(near, normal) < MIN_ALIKE)
                || alike(sum, normal) < MIN_ALIKE_ALL * sum.0.hypot(sum.1)
            {
                return None;
            }
            *slot = None;
            sum = (sum.0 + normal.0, sum.1 + normal.1);
            let middle = |cell: usize| (cell * CELL) as f32 + CELL as f32 / 2.0;
            spots.push(Spot {
                x: middle(index % columns),
                y: middle(index / columns),
                normal,
                energy,
            });
            Some((index, normal))
        };
        open.extend(visit(&mut self.bars, start, None));
        while let Some((index, normal)) = open.pop() {
            let column = index % columns;
            let left = index.checked_sub(1).filter(|_| column > 0);
            let right = Some(index + 1).filter(|_| column + 1 < columns);
            let up = index.checked_sub(columns);
            for next in [left, right, up, Some(index + columns)]
                .into_iter()
                .flatten()
            {
                open.extend(visit(&mut self.bars, next, Some(normal)));
            }
        }
        spots
    }
}

/// Adds the steps of four lines to the tensors of the cells they run through.
fn add_lines(line: &mut [Tensor], picture: &PictureGrey, top: usize) {
    let width = picture.width();
    let mut sums = vec![[0_i32; 3]; width];
    for y in top..top + CELL {
        let here = picture.row(y);
        let above = picture.row(y.saturating_sub(1));
        let below = picture.row((y + 1).min(picture.height() - 1));
        let (Some(sums), Some(above), Some(below)) =
            (sums.get_mut(1..), above.get(1..), below.get(1..))
        else {
            continue;
        };
        let steps = here
            .iter()
            .zip(here.iter().skip(2))
            .zip(above.iter().zip(below));
        for (sum, ((&left, &right), (&up, &down))) in sums.iter_mut().zip(steps) {
            let step_x = i32::from(right) - i32::from(left);
            let step_y = i32::from(down) - i32::from(up);
            let (xx, yy) = (step_x * step_x, step_y * step_y);
            let [all, level, slant] = sum;
            *all += xx + yy;
            *level += xx - yy;
            *slant += 2 * step_x * step_y;
        }
    }
    for (tensor, cell) in line.iter_mut().zip(sums.chunks(CELL)) {
        for &[all, level, slant] in cell {
            tensor.all += all as f32;
            tensor.level += level as f32;
            tensor.slant += slant as f32;
        }
    }
}

/// The sum over each cell's neighbourhood, which ends at the picture's edge.
fn around(tensors: &[Tensor], columns: usize) -> Vec<Tensor> {
    let columns = columns.max(1);
    let mut rows: Vec<Tensor> = Vec::with_capacity(tensors.len());
    for row in tensors.chunks_exact(columns) {
        rows.extend((0..columns).map(|column| {
            let near = row.get(column.saturating_sub(REACH)..(column + REACH + 1).min(columns));
            near.unwrap_or(&[]).iter().fold(Tensor::default(), plus)
        }));
    }
    let count = tensors.len() / columns;
    let mut summed = vec![Tensor::default(); rows.len()];
    for (index, out) in summed.chunks_exact_mut(columns).enumerate() {
        for near in index.saturating_sub(REACH)..(index + REACH + 1).min(count) {
            let row = rows.get(near * columns..(near + 1) * columns);
            for (sum, tensor) in out.iter_mut().zip(row.unwrap_or(&[])) {
                *sum = plus(*sum, tensor);
            }
        }
    }
    summed
}

fn plus(one: Tensor, other: &Tensor) -> Tensor {
    Tensor {
        all: one.all + other.all,
        level: one.level + other.level,
        slant: one.slant + other.slant,
    }
}

/// Regions of the pieces alone, and of those that lie in one line, as a reflection leaves them of a label.
fn joined(pieces: Vec<Vec<Spot>>) -> Vec<Region> {
    let mut found: Vec<(Region, Vec<Spot>)> = Vec::new();
    for spots in pieces {
        let Some(region) = region(&spots) else {
            continue;
        };
        if region.filled() < MIN_FILLED || region.slimness() < MIN_OWN_SLIMNESS {
            let parts = opened(&spots).into_iter();
            found.extend(parts.filter_map(|part| Some((self::region(&part)?, part))));
        }
        found.push((region, spots));
    }
    found.retain(|(region, _)| region.slimness() > MIN_PIECE_SLIMNESS);
    found.sort_by_key(|(_, spots)| std::cmp::Reverse(spots.len()));
    found.truncate(MOST_PIECES);
    let mut regions: Vec<Region> = found.iter().map(|(region, _)| region.clone()).collect();
    for (index, (first, spots)) in found.iter().enumerate() {
        let mut spots = spots.clone();
        let mut whole = first.clone();
        let mut rest: Vec<&(Region, Vec<Spot>)> = found.iter().skip(index + 1).collect();
        let mut is_longer = false;
        // Each piece that is added may bring the next one near.
        while let Some(at) = rest.iter().position(|(next, _)| whole.continues(next)) {
            let (_, more) = rest.swap_remove(at);
            spots.extend(more);
            let Some(longer) = region(&spots) else {
                break;
            };
            whole = longer;
            is_longer = true;
        }
        if is_longer {
            regions.push(whole);
        }
    }
    regions
}

fn region(spots: &[Spot]) -> Option<Region> {
    Region::of(spots, CELL as f32 / 2.0)
}

/// What is left of a piece without its thin and its faint parts: the edge of the sticker, a reflection, the print between
/// two labels hang together with the bars they touch.
fn opened(spots: &[Spot]) -> Vec<Vec<Spot>> {
    let mut energies: Vec<f32> = spots.iter().map(|spot| spot.energy).collect();
    energies.sort_by(f32::total_cmp);
    let least = MIN_SHARE * energies.get(energies.len() / 2).copied().unwrap_or(0.0);
    let strong: Vec<Spot> = spots
        .iter()
        .filter(|spot| spot.energy >= least)
        .copied()
        .collect();
    let map = Map::of(&strong);
    // A cell stays that lies on a stretch across the bars which is strong all along.
    let mut kept: Vec<Option<&Spot>> = vec![None; map.cells.len()];
    for spot in &strong {
        let (sin, cos) = spot.angle().sin_cos();
        let stretch = (-THIN..=THIN).map(|step| {
            let away = (step * CELL as i32) as f32;
            let index = map.index(spot.x + away * cos, spot.y + away * sin)?;
            Some((index, (*map.cells.get(index)?)?))
        });
        if stretch.clone().all(|cell| cell.is_some()) {
            for (index, spot) in stretch.flatten() {
                if let Some(slot) = kept.get_mut(index) {
                    *slot = Some(spot);
                }
            }
        }
    }
    let mut parts = Vec::new();
    for start in 0..kept.len() {
        let mut part = Vec::new();
        let mut open = vec![start];
        while let Some(index) = open.pop() {
            if let Some(spot) = kept.get_mut(index).and_then(Option::take) {
                part.push(*spot);
                let beside = [index - 1, index + 1, index - map.columns];
                open.extend(beside.into_iter().chain([index + map.columns]));
            }
        }
        if part.len() >= MIN_CELLS {
            parts.push(part);
        }
    }
    parts
}

/// Spots by their cell, in a box with a cell of nothing all around them.
struct Map<'a> {
    left: f32,
    top: f32,
    columns: usize,
    cells: Vec<Option<&'a Spot>>,
}

impl<'a> Map<'a> {
    fn of(spots: &'a [Spot]) -> Self {
        let least = |value: fn(&Spot) -> f32| spots.iter().map(value).fold(f32::MAX, f32::min);
        let most = |value: fn(&Spot) -> f32| spots.iter().map(value).fold(f32::MIN, f32::max);
        let cells = |low: f32, high: f32| ((high - low) / CELL as f32) as usize + 3;
        let (left, top) = (least(|spot| spot.x), least(|spot| spot.y));
        let columns = cells(left, most(|spot| spot.x));
        let rows = cells(top, most(|spot| spot.y));
        let edge = 1.5 * CELL as f32;
        let mut map = Self {
            left: left - edge,
            top: top - edge,
            columns,
            cells: vec![None; columns * rows],
        };
        for spot in spots {
            let index = map.index(spot.x, spot.y);
            if let Some(slot) = index.and_then(|index| map.cells.get_mut(index)) {
                *slot = Some(spot);
            }
        }
        map
    }

    /// Which cell holds a place, if it lies in the box.
    fn index(&self, x: f32, y: f32) -> Option<usize> {
        let (column, row) = ((x - self.left) / CELL as f32, (y - self.top) / CELL as f32);
        let is_inside = column >= 0.0 && row >= 0.0 && (column as usize) < self.columns;
        is_inside.then(|| row as usize * self.columns + column as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::sketch::{Sketch, label, spread};

    /// A label in the middle of a small frame, a little over one pixel a module.
    fn small() -> Sketch {
        Sketch {
            size: (480, 360),
            middle: (240.0, 180.0),
            turn: 0.35,
            module: 1.4,
            height: 24.0,
            blur: 0.5,
            ..Sketch::patch(label("4130001000000000000012"))
        }
    }

    /// Regions that lie along the whole label.
    fn whole(sketch: &Sketch) -> usize {
        let regions = regions(&sketch.picture());
        let half = sketch.modules.len() as f32 / 2.0 * sketch.module;
        let is_whole = |region: &&Region| {
            let (x, y) = region.middle();
            let off = (x - sketch.middle.0).hypot(y - sketch.middle.1);
            off < 0.08 * half && (0.9..1.18).contains(&(region.half_length() / half))
        };
        regions.iter().filter(is_whole).count()
    }

    #[test]
    fn a_label_is_found_at_any_angle() {
        for step in 0..12 {
            let sketch = Sketch {
                turn: step as f32 * 0.27,
                ..small()
            };
            assert!(whole(&sketch) > 0, "turned by {}", sketch.turn);
        }
    }

    #[test]
    fn a_small_dim_label_is_found_under_noise() {
        let dim = Sketch {
            ink: 14.0,
            paper: 44.0,
            noise: 10.0,
            ..small()
        };
        assert!(whole(&dim) > 0);
        let faint = Sketch {
            ink: 30.0,
            paper: 45.0,
            noise: 3.0,
            ..small()
        };
        assert!(whole(&faint) > 0, "fifteen grey levels");
    }

    #[test]
    fn pieces_that_a_reflection_parts_are_joined() {
        let parted = Sketch {
            hidden: vec![(40.0, 62.0), (104.0, 122.0)],
            ..small()
        };
        assert!(whole(&parted) > 0);
    }

    #[test]
    fn an_edge_that_touches_the_bars_is_no_part_of_them() {
        let sketch = small();
        let shown = sketch.picture();
        // The edge of something dark, a few degrees off the bars' direction, runs through the first bars.
        let (sin, cos) = (sketch.turn + 0.1).sin_cos();
        let touched = PictureGrey::from_places(480, 360, |column, row| {
            let (x, y) = (column as f32 - 240.0, row as f32 - 180.0);
            let is_beyond = x * cos + y * sin < -100.0;
            let seen = shown.row(row)[column];
            if is_beyond { seen / 3 } else { seen }
        });
        let is_whole = |region: &Region| {
            let (x, y) = region.middle();
            (x - 240.0).hypot(y - 180.0) < 12.0 && region.half_height() < 24.0
        };
        assert!(regions(&touched).iter().any(is_whole));
    }

    #[test]
    fn noise_and_plain_paper_hold_no_bars() {
        for noise in [0.0, 20.0, 60.0] {
            let empty = Sketch {
                modules: Vec::new(),
                paper: 120.0,
                noise,
                ..small()
            };
            assert!(regions(&empty.picture()).is_empty(), "noise {noise}");
        }
    }

    #[test]
    fn bars_higher_than_long_are_a_fence() {
        let fence = Sketch {
            modules: spread(&[2; 40]),
            turn: 0.0,
            module: 2.0,
            height: 150.0,
            ..small()
        };
        assert!(regions(&fence.picture()).is_empty());
    }

    #[test]
    fn a_picture_smaller_than_a_cell_is_looked_at_too() {
        for (width, height) in [(1, 1), (3, 90), (90, 3), (5, 5)] {
            let tiny = PictureGrey::from_places(width, height, |_, _| 9);
            assert!(regions(&tiny).is_empty());
        }
    }
}
