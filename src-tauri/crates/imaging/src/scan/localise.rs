//! Where bars are: neighbouring blocks of pixels whose edges all point the same way.
//!
//! A structure tensor for each block of 8 x 8 pixels tells how strong its edges are, which way they point and how much they
//! agree; blocks that agree with their neighbours join to regions.

use std::f32::consts::PI;

use crate::picture::PictureGrey;

/// Edge of a block: two to five bars wide, so that one block holds edges of both signs.
const BLOCK: usize = 8;

/// Mean squared step below which a block holds no edges: contrast 20 across a bar, above a phone's noise at dusk.
const MIN_ENERGY: f32 = 180.0;

/// How much edges in a block and around it must agree, 0 none to 1 all. Noise alone gives 0.2, print 0.3 to 0.6.
const MIN_COHERENCE: f32 = 0.55;

/// Greatest angle between neighbours of one region: tilted bars fan by a few degrees over a whole label.
const MAX_TURN: f32 = 14.0 / 180.0 * PI;

/// Fewest blocks of a region: a label 150 pixels long and 20 high has some 40.
const MIN_BLOCKS: usize = 14;

/// A run of parallel bars.
#[derive(Debug, Clone)]
pub(super) struct Region {
    middle: (f32, f32),
    /// Direction across the bars, along which a scan line runs; not always at right angles to them.
    axis: f32,
    /// Angle of the bars' normal at the middle, and its change for each pixel along the axis.
    normal: f32,
    fan: f32,
    /// Half the length along the axis and half the height of the bars.
    half_length: f32,
    half_height: f32,
}

impl Region {
    pub fn middle(&self) -> (f32, f32) {
        self.middle
    }

    pub fn half_length(&self) -> f32 {
        self.half_length
    }

    pub fn half_height(&self) -> f32 {
        self.half_height
    }

    /// The pixel that lies `along` the axis and `up` the bar there.
    pub fn place(&self, along: f32, up: f32) -> (f32, f32) {
        let (axis_y, axis_x) = self.axis.sin_cos();
        let (normal_y, normal_x) = (self.normal + self.fan * along).sin_cos();
        (
            self.middle.0 + axis_x * along - normal_y * up,
            self.middle.1 + axis_y * along + normal_x * up,
        )
    }

    /// Long and full regions first.
    fn rank(&self) -> f32 {
        self.half_length * (self.half_length / self.half_height.max(4.0)).min(4.0)
    }
}

/// Finds the regions of bars, the likeliest label first.
pub(super) fn regions(picture: &PictureGrey) -> Vec<Region> {
    let grid = Grid::of(picture);
    let mut regions = grid.regions();
    regions.sort_by(|one, other| other.rank().total_cmp(&one.rank()));
    regions
}

#[derive(Debug, Clone, Copy, Default)]
struct Tensor {
    xx: f32,
    yy: f32,
    xy: f32,
}

impl Tensor {
    fn add(&mut self, other: Self) {
        self.xx += other.xx;
        self.yy += other.yy;
        self.xy += other.xy;
    }

    fn energy(self) -> f32 {
        self.xx + self.yy
    }

    fn coherence(self) -> f32 {
        (self.xx - self.yy).hypot(2.0 * self.xy) / self.energy().max(1e-3)
    }

    /// Direction of the edges' normal, -PI/2 to PI/2.
    fn normal(self) -> f32 {
        0.5 * (2.0 * self.xy).atan2(self.xx - self.yy)
    }
}

struct Grid {
    columns: usize,
    /// Angle of the normal of each block that may belong to bars.
    normals: Vec<Option<f32>>,
}

impl Grid {
    fn of(picture: &PictureGrey) -> Self {
        let (columns, rows) = (picture.width() / BLOCK, picture.height() / BLOCK);
        let mut tensors = vec![Tensor::default(); columns * rows];
        for (row, line) in tensors.chunks_exact_mut(columns.max(1)).enumerate() {
            for y in row * BLOCK..(row + 1) * BLOCK {
                add_line(line, picture, y);
            }
        }
        let pixels = (BLOCK * BLOCK) as f32;
        let at = |column: isize, row: isize| -> Tensor {
            let is_inside =
                (0..columns as isize).contains(&column) && (0..rows as isize).contains(&row);
            let index = is_inside.then(|| row as usize * columns + column as usize);
            index
                .and_then(|index| tensors.get(index))
                .copied()
                .unwrap_or_default()
        };
        let mut normals = Vec::with_capacity(columns * rows);
        for row in 0..rows as isize {
            for column in 0..columns as isize {
                let own = at(column, row);
                let mut around = Tensor::default();
                for (down, right) in
                    (-1..=1).flat_map(|down| (-1..=1).map(move |right| (down, right)))
                {
                    around.add(at(column + right, row + down));
                }
                let is_bars =
                    own.energy() > MIN_ENERGY * pixels && around.coherence() > MIN_COHERENCE;
                normals.push(is_bars.then(|| around.normal()));
            }
        }
        Self { columns, normals }
    }

    fn regions(mut self) -> Vec<Region> {
        let mut regions = Vec::new();
        for start in 0..self.normals.len() {
            let blocks = self.take_connected(start);
            if blocks.len() >= MIN_BLOCKS {
                regions.extend(fit(&blocks));
            }
        }
        regions
    }

    /// Takes the blocks out of the grid that hang together with `start`.
    fn take_connected(&mut self, start: usize) -> Vec<Block> {
        let mut blocks = Vec::new();
        let mut open = Vec::new();
        let mut visit = |normals: &mut Vec<Option<f32>>,
                         index: usize,
                         near: Option<f32>|
         -> Option<(usize, f32)> {
            let slot = normals.get_mut(index)?;
            let normal = (*slot)?;
            if near.is_some_and(|near| turn(near, normal).abs() > MAX_TURN) {
                return None;
            }
            *slot = None;
            let middle = |cell: usize| cell as f32 * BLOCK as f32 + BLOCK as f32 / 2.0;
            blocks.push(Block {
                x: middle(index % self.columns.max(1)),
                y: middle(index / self.columns.max(1)),
                normal,
            });
            Some((index, normal))
        };
        open.extend(visit(&mut self.normals, start, None));
        while let Some((index, normal)) = open.pop() {
            let column = index % self.columns.max(1);
            let left = if column > 0 {
                index.checked_sub(1)
            } else {
                None
            };
            let right = (column + 1 < self.columns).then_some(index + 1);
            let up = index.checked_sub(self.columns);
            for next in [left, right, up, Some(index + self.columns)]
                .into_iter()
                .flatten()
            {
                open.extend(visit(&mut self.normals, next, Some(normal)));
            }
        }
        blocks
    }
}

/// Adds one line's steps to the tensors of the blocks it runs through.
fn add_line(line: &mut [Tensor], picture: &PictureGrey, y: usize) {
    let here = picture.row(y);
    let above = picture.row(y.saturating_sub(1));
    let below = if y + 1 < picture.height() {
        picture.row(y + 1)
    } else {
        here
    };
    for (index, tensor) in line.iter_mut().enumerate() {
        let start = index * BLOCK;
        // One pixel more on each side for the level step; at the picture's edge the outermost step is left out.
        let level = here
            .get(start.saturating_sub(1)..(start + BLOCK + 1).min(here.len()))
            .unwrap_or(&[]);
        let skip = usize::from(start > 0);
        let upper = above.get(start + 1 - skip..start + BLOCK).unwrap_or(&[]);
        let lower = below.get(start + 1 - skip..start + BLOCK).unwrap_or(&[]);
        let (mut xx, mut yy, mut xy) = (0_i32, 0_i32, 0_i32);
        for ((three, &up), &down) in level.windows(3).zip(upper).zip(lower) {
            if let &[left, _, right] = three {
                let step_x = i32::from(right) - i32::from(left);
                let step_y = i32::from(down) - i32::from(up);
                xx += step_x * step_x;
                yy += step_y * step_y;
                xy += step_x * step_y;
            }
        }
        tensor.add(Tensor {
            xx: xx as f32,
            yy: yy as f32,
            xy: xy as f32,
        });
    }
}

struct Block {
    x: f32,
    y: f32,
    normal: f32,
}

/// The difference of two directions without sense, -PI/2 to PI/2.
fn turn(from: f32, to: f32) -> f32 {
    let mut difference = to - from;
    while difference > PI / 2.0 {
        difference -= PI;
    }
    while difference < -PI / 2.0 {
        difference += PI;
    }
    difference
}

/// Lays a bent box over the blocks of a region by least squares.
fn fit(blocks: &[Block]) -> Option<Region> {
    let count = blocks.len() as f32;
    let mean = |value: &dyn Fn(&Block) -> f32| blocks.iter().map(value).sum::<f32>() / count;
    let middle = (mean(&|block| block.x), mean(&|block| block.y));
    let doubled = (
        mean(&|block| (2.0 * block.normal).cos()),
        mean(&|block| (2.0 * block.normal).sin()),
    );
    let normal = 0.5 * doubled.1.atan2(doubled.0);
    let (sin, cos) = normal.sin_cos();
    let along = |block: &Block| (block.x - middle.0) * cos + (block.y - middle.1) * sin;
    let across = |block: &Block| (block.y - middle.1) * cos - (block.x - middle.0) * sin;
    let spread = mean(&|block| along(block) * along(block)).max(1.0);
    // A tilted label leans: its long axis is not quite at right angles to its bars.
    let lean = mean(&|block| along(block) * across(block)) / spread;
    let fan = mean(&|block| along(block) * turn(normal, block.normal)) / spread;
    let height =
        mean(&|block| (across(block) - lean * along(block)).powi(2)).sqrt() * 3.0_f32.sqrt();
    let ends = blocks
        .iter()
        .map(along)
        .fold((f32::MAX, f32::MIN), |(low, high), at| {
            (low.min(at), high.max(at))
        });
    let half_length = (ends.1 - ends.0) / 2.0 + BLOCK as f32 / 2.0;
    let shift = (ends.0 + ends.1) / 2.0;
    let half_height = height.max(BLOCK as f32 / 2.0);
    // Bars higher than long are a fence, a grille or a stack of cables, and no scan line would gain by straightening.
    (half_length > half_height).then(|| Region {
        middle: (
            middle.0 + shift * (cos - lean * sin),
            middle.1 + shift * (sin + lean * cos),
        ),
        axis: normal + lean.atan(),
        normal: normal + fan * shift,
        fan,
        half_length: half_length * lean.hypot(1.0),
        half_height,
    })
}
