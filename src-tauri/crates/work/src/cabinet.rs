//! Meters out of the cabinet (领表) and back into it (退库).

use domain::{
    AssetNo, BlobHash, CrewId, Holder, ScanSource, Sighting, StockEvent, StockItem, admit_stock,
};
use serde::{Deserialize, Serialize};

use crate::{Changed, Device, WorkError};

/// Out of the cabinet or back into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 领表
    PickUp,
    /// 退库
    Return,
}

impl Device {
    /// Assets set aside for this crew or with it, by number.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn cabinet(&self) -> Result<Vec<StockItem>, WorkError> {
        let crew = self.enrolled()?.crew;
        let mut items = self.inner.store.stock()?;
        items.retain(|item| concerns(&item.holder, &crew));
        items.sort_by(|a, b| a.asset_no.cmp(&b.asset_no));
        Ok(items)
    }

    /// Records that an asset was taken out or put back.
    ///
    /// Errors: [`WorkError::Refused`] with the reason, [`WorkError::Store`]; nothing changed then.
    pub fn cabinet_scan(
        &self,
        direction: Direction,
        asset_no: &AssetNo,
        source: ScanSource,
        image: Option<BlobHash>,
        sighting: Option<Sighting>,
    ) -> Result<Vec<StockItem>, WorkError> {
        let crew = self.enrolled()?.crew;
        let asset = asset_no.clone();
        let sighting = sighting.map(Box::new);
        let event = match direction {
            Direction::PickUp => StockEvent::PickedUp {
                asset_no: asset,
                source,
                image,
                sighting,
            },
            Direction::Return => StockEvent::ReturnedToStock {
                asset_no: asset,
                source,
                image,
                sighting,
            },
        };
        let store = &self.inner.store;
        store.act_stock(asset_no, self.stamp(), |stock| {
            let change = admit_stock(stock, &crew, &event)?;
            Ok::<_, WorkError>((event, change))
        })?;
        self.tell(Changed {
            orders: vec![],
            cabinet: true,
        });
        self.inner.wake.notify_one();
        self.cabinet()
    }
}

fn concerns(holder: &Holder, ours: &CrewId) -> bool {
    match holder {
        Holder::Cabinet { issued_to } => issued_to.as_ref() == Some(ours),
        Holder::WithCrew { crew } | Holder::Bound { crew, .. } | Holder::Removed { crew, .. } => {
            crew == ours
        }
        Holder::Installed { .. } => false,
    }
}
