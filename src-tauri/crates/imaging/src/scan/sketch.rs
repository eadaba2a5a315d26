//! Bars drawn for tests: turned, blurred, dimmed and covered as asked.

use crate::drawn;
use crate::picture::PictureGrey;
use crate::scan::soft::blurred;

/// One row of bars on plain paper, the paper as large as the picture.
#[derive(Debug, Clone)]
pub(super) struct Sketch {
    /// Modules from the first to the last bar, 1 dark and 0 light.
    pub modules: Vec<f32>,
    /// **Units**: pixels.
    pub size: (usize, usize),
    pub middle: (f32, f32),
    /// **Units**: radians, clockwise.
    pub turn: f32,
    /// Pixels to a module.
    pub module: f32,
    /// Height of the bars in modules.
    pub height: f32,
    /// Standard deviation in modules.
    pub blur: f32,
    /// Brightness of bars and of paper.
    pub ink: f32,
    pub paper: f32,
    /// Greatest error of a pixel, in grey levels.
    pub noise: f32,
    /// Modules from and to which a reflection hides.
    pub hidden: Vec<(f32, f32)>,
}

/// Modules of a label, as a printer prints it.
pub(super) fn label(digits: &str) -> Vec<f32> {
    spread(&drawn::code128(digits).unwrap())
}

/// Modules of bars and gaps in turn.
pub(super) fn spread(widths: &[u8]) -> Vec<f32> {
    let dark = [1.0, 0.0].into_iter().cycle();
    let modules = widths.iter().zip(dark);
    modules
        .flat_map(|(&width, dark)| std::iter::repeat_n(dark, usize::from(width)))
        .collect()
}

impl Sketch {
    /// A patch as the front end cuts it out: five pixels a module, sharp and black on white.
    pub fn patch(modules: Vec<f32>) -> Self {
        let width = modules.len() as f32 * 5.0 * 1.16;
        Self {
            size: (width as usize, 32),
            middle: (width / 2.0, 16.0),
            turn: 0.0,
            module: 5.0,
            height: 20.0,
            blur: 0.2,
            ink: 30.0,
            paper: 220.0,
            noise: 2.0,
            hidden: Vec::new(),
            modules,
        }
    }

    pub fn picture(&self) -> PictureGrey {
        let (sin, cos) = self.turn.sin_cos();
        let half = self.modules.len() as f32 / 2.0;
        let mut random = 1_u64;
        PictureGrey::from_places(self.size.0, self.size.1, |column, row| {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let error = ((random >> 40) as f32 / (1 << 23) as f32 - 1.0) * self.noise;
            let x = (column as f32 + 0.5 - self.middle.0) / self.module;
            let y = (row as f32 + 0.5 - self.middle.1) / self.module;
            let (along, up) = (x * cos + y * sin + half, y * cos - x * sin);
            let is_hidden = self
                .hidden
                .iter()
                .any(|&(from, to)| (from..to).contains(&along));
            let dark = if up.abs() * 2.0 > self.height || is_hidden {
                0.0
            } else {
                // A bell reaches no further than three of its widths.
                let first = (along - 4.0 * self.blur - 2.0).max(0.0) as usize;
                let near = self.modules.iter().skip(first);
                let near: Vec<f32> = near.take((8.0 * self.blur) as usize + 4).copied().collect();
                blurred(&near, along - first as f32, self.blur)
            };
            (self.paper + (self.ink - self.paper) * dark + error + 0.5) as u8
        })
    }
}
