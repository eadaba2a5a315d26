//! Codes in a picture: Code 128 turned any way, and QR.
//!
//! A label turned more than some eleven degrees cannot be crossed by a level scan line, so bars are looked for first
//! (`localise`), straightened (`rectify`) and only then read: by a decoder (`engine`), and where blur ran the bars
//! together by our own reader (`soft`). The whole frame is read as well, for QR and for what was not found.

mod engine;
mod levels;
mod localise;
mod rectify;
mod region;
#[cfg(test)]
mod sketch;
mod soft;

use serde::{Deserialize, Serialize};

use crate::picture::{Picture, PictureGrey};
use levels::{Level, Levels};
use rectify::Patch;
use region::Region;

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

/// Most pixels searched for bars at their full size: 16 MP take some 50 MB beside the picture.
const MOST_SEARCHED: usize = 16_000_000;

/// Longest edge the whole frame is searched at; halves of a photo are searched after it.
const WHOLE_FRAME_PX: usize = 2200;

/// Longest edge at which a photo is searched for QR codes of which its halves show nothing: 12 MP, in some 100 ms.
const WHOLE_PHOTO_PX: usize = 4200;

/// Bar-like regions tried of a frame's halves, and again of the frame itself; print, grilles and displays rank behind.
const REGIONS_OF_FRAME: usize = 3;

/// The same for a photo, which is worth more time.
const REGIONS_OF_PHOTO: usize = 8;

/// Reads the codes of a picture, wanted ones first, each text once.
#[must_use]
pub fn scan(picture: &Picture, options: ScanOptions<'_>) -> Vec<Code> {
    scan_grey(&picture.to_grey(), options)
}

/// Reads the codes of a grey picture; see [`scan`].
#[must_use]
pub fn scan_grey(picture: &PictureGrey, options: ScanOptions<'_>) -> Vec<Code> {
    let Some(levels) = Levels::of(picture) else {
        return Vec::new();
    };
    let mut found = Found {
        codes: Vec::new(),
        tried: Vec::new(),
        options,
    };
    // Halves first: they take less time and have less noise, and labels held near are read there.
    found.search(&levels, levels.halves().collect());
    if !found.is_enough() && picture.width() * picture.height() <= MOST_SEARCHED {
        found.search(&levels, vec![levels.full()]);
    }
    if found.is_enough() {
        return found.sorted();
    }
    let whole: Vec<Level<'_>> = [levels.full()]
        .into_iter()
        .chain(levels.halves())
        .filter(|(level, _)| long_edge(level) <= WHOLE_FRAME_PX)
        .take(match options.effort {
            Effort::Frame => 1,
            Effort::Photo => usize::MAX,
        })
        .collect();
    for &(level, scale) in &whole {
        for code in engine::qr(level, scale == 1.0 && !found.has_wanted()) {
            found.add(code.scaled(scale));
        }
        if found.is_enough() {
            return found.sorted();
        }
    }
    if options.effort == Effort::Photo && !found.has_wanted() {
        let (full, _) = levels.full();
        if (WHOLE_FRAME_PX + 1..=WHOLE_PHOTO_PX).contains(&long_edge(full)) {
            for code in engine::qr(full, true) {
                found.add(code);
            }
        }
        for &(level, scale) in &whole {
            let code = engine::bars_anywhere(level, options.formats);
            found.extend(code.map(|code| code.scaled(scale)));
        }
    }
    found.sorted()
}

impl Code {
    /// The same code in a picture `scale` times as large.
    fn scaled(self, scale: f32) -> Self {
        Self {
            corners: self.corners.map(|(x, y)| (x * scale, y * scale)),
            ..self
        }
    }
}

struct Found<'a> {
    codes: Vec<Code>,
    /// Regions that were looked at.
    tried: Vec<Region>,
    options: ScanOptions<'a>,
}

impl Found<'_> {
    /// Reads the likeliest regions of some levels: all of them by the decoder, then what is left by our own reader.
    fn search(&mut self, levels: &Levels<'_>, places: Vec<Level<'_>>) {
        let most = match self.options.effort {
            Effort::Frame => REGIONS_OF_FRAME,
            Effort::Photo => REGIONS_OF_PHOTO,
        };
        let regions = self.ranked(places, most);
        let mut patches = Vec::with_capacity(regions.len());
        for region in &regions {
            let patch = Patch::of(levels, region);
            match patch.decoded(self.options.formats) {
                Some(code) => self.add(code),
                None => patches.push(patch),
            }
            if self.is_enough() {
                return;
            }
        }
        for patch in patches {
            if !self.covers(patch.middle()) {
                self.extend(patch.guessed());
            }
            if self.is_enough() {
                return;
            }
        }
        self.tried.extend(regions);
    }

    /// The likeliest regions, each once, none that was tried or read before.
    fn ranked(&self, places: Vec<Level<'_>>, most: usize) -> Vec<Region> {
        let mut regions: Vec<(f32, Region)> = Vec::new();
        for (picture, scale) in places {
            let found = localise::regions(picture);
            // Ranked as seen at its own size: in a small copy only what is large can be seen at all.
            regions.extend(
                found
                    .iter()
                    .map(|region| (region.rank(), region.scaled(scale))),
            );
        }
        regions.sort_by(|one, other| other.0.total_cmp(&one.0));
        let mut kept: Vec<Region> = Vec::new();
        for (_, region) in regions {
            let is_known = self
                .tried
                .iter()
                .chain(&kept)
                .any(|known| known.is_like(&region));
            if kept.len() < most && !is_known && !self.covers(region.middle()) {
                kept.push(region);
            }
        }
        kept
    }

    /// Takes a code unless its text is known.
    fn add(&mut self, code: Code) {
        let is_known = |known: &Code| known.symbology == code.symbology && known.text == code.text;
        if !self.codes.iter().any(is_known) {
            self.codes.push(code);
        }
    }

    fn extend(&mut self, code: Option<Code>) {
        if let Some(code) = code {
            self.add(code);
        }
    }

    fn has_wanted(&self) -> bool {
        self.codes
            .iter()
            .any(|code| (self.options.wanted)(&code.text))
    }

    /// Whether a frame has given what it was looked at for: a wanted code, and where the crew aims if that is known.
    /// The label beside it must not be taken for it.
    fn is_enough(&self) -> bool {
        let ScanOptions { wanted, aim, .. } = self.options;
        let is_meant = |code: &Code| aim.is_none_or(|aim| holds(&code.corners, aim));
        self.options.effort == Effort::Frame
            && self
                .codes
                .iter()
                .any(|code| wanted(&code.text) && is_meant(code))
    }

    /// Whether a place lies inside a code that was read already.
    fn covers(&self, place: (f32, f32)) -> bool {
        self.codes.iter().any(|code| holds(&code.corners, place))
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

fn long_edge(picture: &PictureGrey) -> usize {
    picture.width().max(picture.height())
}

/// Whether a place lies between four corners, whichever way they turn.
fn holds(corners: &[(f32, f32); 4], (x, y): (f32, f32)) -> bool {
    let next = corners.iter().cycle().skip(1);
    let mut turns = corners.iter().zip(next);
    let side = |from: &(f32, f32), to: &(f32, f32)| {
        (to.0 - from.0) * (y - from.1) - (to.1 - from.1) * (x - from.0)
    };
    turns.clone().all(|(from, to)| side(from, to) >= 0.0)
        || turns.all(|(from, to)| side(from, to) <= 0.0)
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
