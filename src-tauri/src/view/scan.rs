//! What was read off a picture or out of a text, as the screens are told.

use domain::AssetFault;
use work::{ReadAsset, Scanned};

use super::{AssetView, CodeView, Known, ScanView};

impl From<Scanned> for ScanView {
    fn from(scanned: Scanned) -> Self {
        let codes = scanned.codes.into_iter().map(|code| CodeView {
            needs_eyes: code.needs_eyes(),
            by: code.by,
            confidence: code.confidence,
            sighting: code.sighting,
            text: code.text,
            asset: code.asset.into(),
            corners: code.corners,
        });
        Self {
            image: scanned.image,
            codes: codes.collect(),
        }
    }
}

impl From<Result<ReadAsset, AssetFault>> for AssetView {
    fn from(read: Result<ReadAsset, AssetFault>) -> Self {
        match read {
            Err(fault) => Self::Invalid { fault },
            Ok(ReadAsset {
                asset_no,
                kind,
                known,
            }) => Self::Valid {
                asset_no,
                kind,
                known: match known {
                    work::Known::Yes => Known::Yes,
                    work::Known::No => Known::No,
                },
            },
        }
    }
}
