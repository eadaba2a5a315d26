//! Asset numbers out of pictures and out of typed text.

use domain::{AssetFault, AssetKind, AssetNo, AssetRule, BlobHash, OrderId};
use imaging::{Effort, PurposeSpec, ScanOptions, decode, evidence, scan_grey};

use crate::{Device, WorkError};

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
    /// the first must not be overlooked.
    ///
    /// Errors: [`WorkError::Picture`], [`WorkError::Store`].
    pub fn scan_image(
        &self,
        bytes: &[u8],
        order: Option<&OrderId>,
        effort: Effort,
    ) -> Result<Scanned, WorkError> {
        let rules = self.inner.store.asset_rules()?;
        let picture = decode(bytes)?.to_grey();
        let wanted = |text: &str| read(&rules, text).is_ok();
        let look = |effort| scan_grey(&picture, ScanOptions::new(effort, &wanted));
        let mut codes = look(effort);
        if effort == Effort::Frame && codes.iter().any(|code| wanted(&code.text)) {
            codes = look(Effort::Photo);
        }
        let codes = codes
            .into_iter()
            .map(|code| {
                Ok(ScannedCode {
                    asset: self.known(&rules, &code.text, order)?,
                    text: code.text,
                    corners: code.corners,
                })
            })
            .collect::<Result<Vec<_>, WorkError>>()?;
        // A camera is asked three times a second: pictures without a number are not kept.
        let image = if codes.iter().any(|code| code.asset.is_ok()) {
            let kept = evidence(bytes, PurposeSpec::default())?;
            Some(self.inner.store.put_blob(&kept.original_jpeg)?)
        } else {
            None
        };
        Ok(Scanned { image, codes })
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
