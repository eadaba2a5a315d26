//! Asset numbers out of pictures and out of typed text.

use domain::{
    AssetFault, AssetKind, AssetNo, AssetRule, BlobHash, OrderId, Proof, Purpose, SeenBy, Sighting,
};
use imaging::{
    Code, Effort, PictureGrey, ReadBy, ScanOptions, crop, decode, evidence_of, scan_grey,
};

use crate::photo::spec;
use crate::sighting::{Kept, Seen, permille};
use crate::{Device, WorkError};

/// How much of its surroundings a label's cut-out keeps, as a share of its edges: its quiet zone.
const CROP_MARGIN: f32 = 0.06;

/// Bars are at least so high for their length; a lower outline is only the line they were read along.
const LEAST_HEIGHT: f32 = 0.15;

/// What is on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Scanned {
    /// The picture, kept as evidence; absent when there is no asset number on it.
    pub image: Option<BlobHash>,
    /// The codes on it, asset numbers first.
    pub codes: Vec<ScannedCode>,
}

/// A code on a picture.
#[derive(Debug, Clone, PartialEq)]
pub struct ScannedCode {
    /// Its text, which may be anything.
    pub text: String,
    /// The asset number in it.
    pub asset: Result<ReadAsset, AssetFault>,
    /// Corners in pixels of the picture: upper left of the text, then clockwise.
    pub corners: [(f32, f32); 4],
    /// Which of our readers read it.
    pub by: SeenBy,
    /// How sure it was, in thousandths.
    pub confidence: u16,
    /// What goes with the act that takes the number; absent where there is no asset number in it.
    pub sighting: Option<Sighting>,
}

impl ScannedCode {
    /// Whether the crew has to compare the number with the label before it may be taken
    /// ([`Proof::Crew`]): the soft reader read it, and nothing else stands behind it yet.
    pub fn needs_eyes(&self) -> bool {
        self.sighting.as_ref().is_some_and(|seen| !seen.is_proved())
    }
}

/// An asset number that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadAsset {
    /// The number.
    pub asset_no: AssetNo,
    /// Its kind, as the number tells.
    pub kind: AssetKind,
    /// Whether anything here knows it.
    pub known: Known,
}

/// Whether the custody list or the order names an asset.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// It does.
    Yes,
    /// Nothing does: a typed number has to be typed twice.
    No,
}

impl Device {
    /// Reads the codes of a picture; one with an asset number on it is kept as evidence.
    ///
    /// A camera's frame is glanced at first. One with a number on it is then looked at in full: a second label beside
    /// the first must not be overlooked. `aim` is where the crew aims, in pixels of the picture.
    ///
    /// Errors: [`WorkError::Picture`], [`WorkError::Store`].
    pub fn scan_image(
        &self,
        bytes: &[u8],
        order: Option<&OrderId>,
        effort: Effort,
        aim: Option<(f32, f32)>,
    ) -> Result<Scanned, WorkError> {
        let rules = self.inner.store.asset_rules()?;
        let colours = decode(bytes)?;
        let picture = colours.to_grey();
        let wanted = |text: &str| read(&rules, text).is_ok();
        let look = |effort| {
            let options = ScanOptions::new(effort, &wanted);
            scan_grey(&picture, ScanOptions { aim, ..options })
        };
        let mut codes = look(effort);
        if effort == Effort::Frame && codes.iter().any(|code| wanted(&code.text)) {
            codes = look(Effort::Photo);
        }
        let codes = codes
            .into_iter()
            .map(|code| {
                let corners = whole(code.corners);
                let asset = self.known(&rules, &code.text, order)?;
                Ok((asset, Code { corners, ..code }))
            })
            .collect::<Result<Vec<_>, WorkError>>()?;
        // A camera is asked three times a second: pictures without a number are not kept.
        let kept = match codes.iter().any(|(asset, _)| asset.is_ok()) {
            true => {
                let made = evidence_of(colours, spec(Purpose::Nameplate))?;
                Some(self.keep(&made, picture.width())?)
            }
            false => None,
        };
        let frame = BlobHash::of(bytes);
        let codes = codes
            .into_iter()
            .map(|(asset, code)| {
                let sighting = match (&kept, &asset) {
                    (Some(kept), Ok(asset)) => {
                        let proof = self.proof(&code, asset, order, frame);
                        let seen = self.label(&picture, &code, kept)?;
                        Some(Sighting { proof, ..seen })
                    }
                    _ => None,
                };
                Ok(ScannedCode {
                    asset,
                    by: seen_by(code.read_by),
                    confidence: permille(code.confidence),
                    corners: code.corners,
                    text: code.text,
                    sighting,
                })
            })
            .collect::<Result<Vec<_>, WorkError>>()?;
        let image = kept.map(|kept| kept.image);
        Ok(Scanned { image, codes })
    }

    fn label(
        &self,
        picture: &PictureGrey,
        code: &Code,
        kept: &Kept,
    ) -> Result<Sighting, WorkError> {
        let piece = crop(picture, &code.corners, CROP_MARGIN);
        let seen = Seen {
            text: &code.text,
            confidence: code.confidence,
            by: seen_by(code.read_by),
            corners: code.corners,
            piece: &piece,
        };
        self.sighting(kept, &seen)
    }

    /// What stands behind a soft reading already; a decoder's needs nothing.
    fn proof(
        &self,
        code: &Code,
        asset: &ReadAsset,
        order: Option<&OrderId>,
        frame: BlobHash,
    ) -> Option<Proof> {
        if code.read_by == ReadBy::Decoder {
            return None;
        }
        let (looks, text) = (&self.inner.soft_looks, asset.asset_no.as_str());
        let is_second = looks.is_second(order, text, frame, self.stamp());
        match asset.known {
            Known::Yes => Some(Proof::Named),
            Known::No if is_second => Some(Proof::TwoFrames),
            Known::No => None,
        }
    }

    /// What a typed or hardware-scanned text says as an asset number.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn read_asset_no(
        &self,
        text: &str,
        order: Option<&OrderId>,
    ) -> Result<Result<ReadAsset, AssetFault>, WorkError> {
        self.known(&self.inner.store.asset_rules()?, text, order)
    }

    fn known(
        &self,
        rules: &[AssetRule],
        text: &str,
        order: Option<&OrderId>,
    ) -> Result<Result<ReadAsset, AssetFault>, WorkError> {
        let (asset_no, kind) = match read(rules, text) {
            Ok(found) => found,
            Err(fault) => return Ok(Err(fault)),
        };
        let store = &self.inner.store;
        let named = match order {
            Some(order) => store.order(order)?.is_some_and(|held| {
                let dispatch = &held.order.dispatch;
                let old_meter = dispatch.old_meter.iter().map(|old| &old.asset_no);
                old_meter
                    .chain(&dispatch.old_terminal)
                    .chain(&dispatch.terminal_meters)
                    .any(|named| named == &asset_no)
            }),
            None => false,
        };
        let known = if named || store.stock_item(&asset_no)?.is_some() {
            Known::Yes
        } else {
            Known::No
        };
        Ok(Ok(ReadAsset {
            asset_no,
            kind,
            known,
        }))
    }
}

/// An outline that a person can see the bars in, where only a line through them is known.
fn whole(corners: [(f32, f32); 4]) -> [(f32, f32); 4] {
    let [upper_left, upper_right, lower_right, lower_left] = corners;
    let middle = |(x, y): (f32, f32), (u, v): (f32, f32)| ((x + u) / 2.0, (y + v) / 2.0);
    let far = |(x, y): (f32, f32), (u, v): (f32, f32)| (x - u).hypot(y - v);
    let (left, right) = (
        middle(upper_left, lower_left),
        middle(upper_right, lower_right),
    );
    let length = far(left, right);
    let height = far(upper_left, lower_left).max(far(upper_right, lower_right));
    if height >= length * LEAST_HEIGHT {
        return corners;
    }
    // Across the line, as far as half of the least height.
    let half = LEAST_HEIGHT / 2.0;
    let (x, y) = ((left.1 - right.1) * half, (right.0 - left.0) * half);
    [
        (left.0 - x, left.1 - y),
        (right.0 - x, right.1 - y),
        (right.0 + x, right.1 + y),
        (left.0 + x, left.1 + y),
    ]
}

fn seen_by(read_by: ReadBy) -> SeenBy {
    match read_by {
        ReadBy::Decoder => SeenBy::Decoder,
        ReadBy::Soft => SeenBy::Soft,
    }
}

/// By the first rule that takes it; the preferred rule's fault when none does.
fn read(rules: &[AssetRule], text: &str) -> Result<(AssetNo, AssetKind), AssetFault> {
    let mut fault = None;
    for rule in rules {
        match rule.parse(text) {
            Ok(asset_no) => {
                let kind = rule.kind(&asset_no);
                return Ok((asset_no, kind));
            }
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    Err(fault.unwrap_or(AssetFault::Length { digits: 0 }))
}

#[cfg(test)]
mod tests {
    use domain::CheckDigit;

    use super::*;

    #[test]
    fn of_a_line_through_bars_the_bars_are_shown_and_an_outline_of_them_stays() {
        let line = [
            (100.0, 196.0),
            (300.0, 196.0),
            (300.0, 204.0),
            (100.0, 204.0),
        ];
        let bars = [
            (100.0, 185.0),
            (300.0, 185.0),
            (300.0, 215.0),
            (100.0, 215.0),
        ];
        assert_eq!(whole(line), bars);
        assert_eq!(whole(bars), bars);
        // Upside down, the upper left of the text lies at the lower right.
        let turned = |corners: [(f32, f32); 4]| corners.map(|(x, y)| (400.0 - x, 400.0 - y));
        assert_eq!(whole(turned(line)), turned(bars));
        let point = [(7.0, 7.0); 4];
        assert_eq!(whole(point), point);
    }

    #[test]
    fn the_first_rule_that_takes_a_number_says_its_kind_and_none_gives_the_first_fault() {
        let own = AssetRule {
            name: "own-8".into(),
            digits: 8,
            check: CheckDigit::None,
            kind_at: 1,
            kinds: vec![("77".into(), AssetKind::Terminal)],
            source: "made up".into(),
        };
        let rules = [AssetRule::state_grid(), own];
        let (_, kind) = read(&rules, "77000001").unwrap();
        assert_eq!(kind, AssetKind::Terminal);
        let (_, kind) = read(&rules, "4130001000000000000012").unwrap();
        assert_eq!(kind, AssetKind::Meter);
        assert_eq!(
            read(&rules, "4130001000000000000013"),
            Err(AssetFault::CheckDigit)
        );
    }
}
