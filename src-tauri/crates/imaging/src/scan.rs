//! Codes in a picture: Code 128 turned any way, and QR.
//!
//! A label turned more than some eleven degrees cannot be crossed by a level scan line, so bars are looked for first
//! (`localise`), straightened (`rectify`) and only then read (`engine`). The whole frame is read as well, for QR and
//! for what was not found.

mod engine;
mod localise;
mod rectify;

use serde::{Deserialize, Serialize};

use crate::picture::{Picture, PictureGrey};

/// What kind of code was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Symbology {
    /// Bars, as on every meter.
    Code128,
    /// The square one.
    Qr,
    /// Bars of wide and narrow elements, without a checksum; see [`Formats::Goods`].
    Code39,
    /// Interleaved 2 of 5, on cartons; see [`Formats::Goods`].
    Itf,
    /// EAN-13, EAN-8, UPC-A or UPC-E, on retail goods; see [`Formats::Goods`].
    Ean,
}

/// Which kinds of code are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formats {
    /// Code 128 and QR: what meters, terminals and seals carry. With more kinds decoders invent codes in textures:
    /// none in 53 pictures without a code with these two, five with all.
    #[default]
    Meters,
    /// Those of packaging as well: Code 39, ITF and EAN/UPC.
    Goods,
}

/// Who read a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadBy {
    /// A decoder saw every bar.
    Decoder,
    /// Our own reader weighed what blur left of the bars. Such a read needs a second proof before it is stored: two frames
    /// that agree, a list that names the number, or the crew's eyes.
    Soft,
}

/// A code that was read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Code {
    /// What it says, unjudged: it may be anything, a script too.
    pub text: String,
    /// Bars or square.
    pub symbology: Symbology,
    /// **Units**: pixels of the picture. In the code's own order: upper left, upper right, lower right, lower left.
    pub corners: [(f32, f32); 4],
    /// Who read it.
    pub read_by: ReadBy,
    /// **Units**: 0 to 1. A decoder's read is 1: it has no doubts to tell.
    pub confidence: f32,
}

/// How long to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effort {
    /// One frame of many from a running camera: stops at the first wanted code, leaves out the slow passes.
    Frame,
    /// The only picture there is: every code, every pass.
    Photo,
}

/// What to look for.
#[derive(Clone, Copy)]
pub struct ScanOptions<'a> {
    /// How long to look.
    pub effort: Effort,
    /// Which texts are worth having, say valid asset numbers. They come first; once one was read the slowest pass is spared.
    pub wanted: &'a dyn Fn(&str) -> bool,
    /// Where the crew aims: among codes equally wanted the nearest comes first. **Units**: pixels of the picture.
    pub aim: Option<(f32, f32)>,
    /// Which kinds of code.
    pub formats: Formats,
}

impl<'a> ScanOptions<'a> {
    /// Meters' codes, no aim.
    #[must_use]
    pub fn new(effort: Effort, wanted: &'a dyn Fn(&str) -> bool) -> Self {
        Self {
            effort,
            wanted,
            aim: None,
            formats: Formats::default(),
        }
    }
}

impl ScanOptions<'static> {
    /// Every code of a photo, none preferred.
    #[must_use]
    pub fn photo() -> Self {
        Self::new(Effort::Photo, &|_| true)
    }
}

/// Shortest edge in which a code of ten modules at two pixels each fits; smaller pictures hold none.
const MIN_EDGE_PX: usize = 40;

/// Pictures are halved for further passes while their long edge is above this: a gap four modules wide must not fill a block.
const SMALLEST_LEVEL_PX: usize = 700;

/// Longest edge the whole frame is searched at: twice the pixels take twice the time and read nothing more.
const WHOLE_FRAME_PX: usize = 2200;

/// Bar-like regions tried at each size, best first. Print, grilles and displays rank behind a label.
const REGIONS_TRIED: usize = 8;

/// Reads the codes of a picture, wanted ones first, each text once.
#[must_use]
pub fn scan(picture: &Picture, options: ScanOptions<'_>) -> Vec<Code> {
    scan_grey(&picture.to_grey(), options)
}

/// Reads the codes of a grey picture; see [`scan`].
#[must_use]
pub fn scan_grey(picture: &PictureGrey, options: ScanOptions<'_>) -> Vec<Code> {
    let levels = levels(picture);
    let mut found = Found {
        codes: Vec::new(),
        options,
    };
    // Half size first: the noise is halved too, and labels held near are read there.
    for level in levels.iter().skip(1).chain(levels.first()) {
        for region in localise::regions(&level.picture)
            .into_iter()
            .take(REGIONS_TRIED)
        {
            if found.covers(region.middle(), level.scale) {
                continue;
            }
            found.add(
                rectify::read(&level.picture, &region, options.formats),
                level.scale,
            );
            if found.is_enough() {
                return found.sorted();
            }
        }
    }
    let whole = levels
        .iter()
        .filter(|level| level.long_edge() <= WHOLE_FRAME_PX);
    for level in whole.clone() {
        for code in engine::qr(&level.picture) {
            found.add(Some(code), level.scale);
        }
        if found.is_enough() {
            return found.sorted();
        }
    }
    if options.effort == Effort::Photo && !found.has_wanted(Symbology::Code128) {
        for level in whole {
            found.add(
                engine::bars_anywhere(&level.picture, options.formats),
                level.scale,
            );
        }
    }
    found.sorted()
}

/// The picture, or a smaller copy, and how many of the original's pixels one of its pixels spans.
struct Level {
    picture: PictureGrey,
    scale: f32,
}

impl Level {
    fn long_edge(&self) -> usize {
        self.picture.width().max(self.picture.height())
    }
}

fn levels(picture: &PictureGrey) -> Vec<Level> {
    let mut levels = vec![Level {
        picture: picture.clone(),
        scale: 1.0,
    }];
    while let Some(last) = levels.last() {
        if last.long_edge() < SMALLEST_LEVEL_PX {
            break;
        }
        let Some(picture) = last.picture.halved() else {
            break;
        };
        let scale = last.scale * 2.0;
        levels.push(Level { picture, scale });
    }
    levels.retain(|level| level.picture.width().min(level.picture.height()) >= MIN_EDGE_PX);
    levels
}

struct Found<'a> {
    codes: Vec<Code>,
    options: ScanOptions<'a>,
}

impl Found<'_> {
    /// Takes a code with corners in a level's pixels, unless its text is known.
    fn add(&mut self, code: Option<Code>, scale: f32) {
        let Some(code) = code else {
            return;
        };
        let is_known = |known: &Code| known.symbology == code.symbology && known.text == code.text;
        if !self.codes.iter().any(is_known) {
            self.codes.push(Code {
                corners: code.corners.map(|(x, y)| (x * scale, y * scale)),
                ..code
            });
        }
    }

    fn has_wanted(&self, symbology: Symbology) -> bool {
        let is_wanted =
            |code: &Code| code.symbology == symbology && (self.options.wanted)(&code.text);
        self.codes.iter().any(is_wanted)
    }

    fn is_enough(&self) -> bool {
        let has_any = self.has_wanted(Symbology::Code128) || self.has_wanted(Symbology::Qr);
        self.options.effort == Effort::Frame && has_any
    }

    /// Whether a place lies inside a code that was read already.
    fn covers(&self, (x, y): (f32, f32), scale: f32) -> bool {
        let (x, y) = (x * scale, y * scale);
        self.codes.iter().any(|code| {
            let next = code.corners.iter().cycle().skip(1);
            let mut turns = code.corners.iter().zip(next);
            let side = |from: &(f32, f32), to: &(f32, f32)| {
                (to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0)
            };
            turns.clone().all(|(from, to)| side(from, to) >= 0.0)
                || turns.all(|(from, to)| side(from, to) <= 0.0)
        })
    }

    fn sorted(mut self) -> Vec<Code> {
        let ScanOptions { wanted, aim, .. } = self.options;
        let far = |code: &Code| aim.map_or(0.0, |aim| distance(middle(&code.corners), aim));
        self.codes.sort_by(|one, other| {
            let is_unwanted = |code: &Code| !wanted(&code.text);
            is_unwanted(one)
                .cmp(&is_unwanted(other))
                .then(far(one).total_cmp(&far(other)))
                .then(one.symbology.cmp(&other.symbology))
        });
        self.codes
    }
}

fn middle(corners: &[(f32, f32); 4]) -> (f32, f32) {
    let sum = corners.iter().fold((0.0, 0.0), |sum, corner| {
        (sum.0 + corner.0, sum.1 + corner.1)
    });
    (sum.0 / 4.0, sum.1 / 4.0)
}

fn distance(one: (f32, f32), other: (f32, f32)) -> f32 {
    (one.0 - other.0).hypot(one.1 - other.1)
}
