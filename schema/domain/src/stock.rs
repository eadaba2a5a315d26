//! Stock: where every meter and terminal is, from cabinet (表库) to wall and back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    AccountNo, AssetKind, AssetNo, BlobHash, CommAddress, CrewId, MeterModel, OrderId, Refusal,
    ScanSource, Sighting,
};

/// One asset and who has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StockItem {
    /// Its number.
    pub asset_no: AssetNo,
    /// What it is.
    pub kind: AssetKind,
    /// What a meter can do; absent for other kinds.
    pub model: Option<MeterModel>,
    /// Communication address, when the records have it.
    pub comm_address: Option<CommAddress>,
    /// Who has it.
    pub holder: Holder,
}

/// Who has an asset (资产状态).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "at", rename_all = "snake_case")]
pub enum Holder {
    /// In the cabinet, good (合格在库); on a crew's issue list or on nobody's.
    Cabinet {
        /// The crew it is set aside for (预配).
        issued_to: Option<CrewId>,
    },
    /// Picked up by a crew, not yet bound (领出待装).
    WithCrew {
        /// The crew.
        crew: CrewId,
    },
    /// Scanned for an order that is not completed yet.
    Bound {
        /// The crew.
        crew: CrewId,
        /// The order.
        order: OrderId,
    },
    /// On a wall and counting (运行).
    Installed {
        /// Whose.
        account_no: AccountNo,
    },
    /// Taken down, not yet handed in (拆回待退).
    Removed {
        /// The crew that has it.
        crew: CrewId,
        /// The order that took it down.
        order: OrderId,
    },
}

/// The assets a decision may look at; what is not in it is not known.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Stock(BTreeMap<AssetNo, StockItem>);

impl Stock {
    /// A view of these items.
    pub fn of(items: impl IntoIterator<Item = StockItem>) -> Self {
        Self(
            items
                .into_iter()
                .map(|item| (item.asset_no.clone(), item))
                .collect(),
        )
    }

    /// The item of that number.
    pub fn item(&self, asset_no: &AssetNo) -> Option<&StockItem> {
        self.0.get(asset_no)
    }

    /// Every item, by number.
    pub fn items(&self) -> impl Iterator<Item = &StockItem> {
        self.0.values()
    }

    /// Puts an item in, in place of what was known of it.
    pub fn put(&mut self, item: StockItem) {
        self.0.insert(item.asset_no.clone(), item);
    }

    /// Records that an asset changed hands; one that is not known is left unknown.
    pub fn apply(&mut self, change: &HolderChange) {
        if let Some(item) = self.0.get_mut(&change.asset_no) {
            item.holder = change.holder.clone();
        }
    }
}

/// An asset changed hands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HolderChange {
    /// Which.
    pub asset_no: AssetNo,
    /// Who has it now.
    pub holder: Holder,
}

/// What a crew did at the cabinet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "stock_event", rename_all = "snake_case")]
pub enum StockEvent {
    /// Took it out (领表).
    PickedUp {
        /// Which.
        asset_no: AssetNo,
        /// How its number was read.
        source: ScanSource,
        /// The picture it was read from.
        image: Option<BlobHash>,
        /// What a program saw on it, when a program read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        sighting: Option<Box<Sighting>>,
    },
    /// Put it back (退库), unused or taken down.
    ReturnedToStock {
        /// Which.
        asset_no: AssetNo,
        /// How its number was read.
        source: ScanSource,
        /// The picture it was read from.
        image: Option<BlobHash>,
        /// What a program saw on it, when a program read it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[ts(optional)]
        sighting: Option<Box<Sighting>>,
    },
}

impl StockEvent {
    /// The asset it is about.
    pub fn asset_no(&self) -> &AssetNo {
        match self {
            Self::PickedUp { asset_no, .. } | Self::ReturnedToStock { asset_no, .. } => asset_no,
        }
    }

    /// What a program saw, when a program read the number.
    pub fn sighting(&self) -> Option<&Sighting> {
        match self {
            Self::PickedUp { sighting, .. } | Self::ReturnedToStock { sighting, .. } => {
                sighting.as_deref()
            }
        }
    }

    /// The pictures it refers to.
    pub fn blobs(&self) -> Vec<BlobHash> {
        let image = match self {
            Self::PickedUp { image, .. } | Self::ReturnedToStock { image, .. } => *image,
        };
        let seen = self.sighting().into_iter().flat_map(Sighting::blobs);
        image.into_iter().chain(seen).collect()
    }
}

/// Whether the stock allows the event, and what it changes; the one rule for device and gateway.
///
/// Errors: the [`Refusal`] that says why not; nothing changes then.
pub fn admit_stock(
    stock: &Stock,
    crew: &CrewId,
    event: &StockEvent,
) -> Result<HolderChange, Refusal> {
    let asset_no = event.asset_no();
    if event.sighting().is_some_and(|seen| !seen.is_proved()) {
        return Err(Refusal::ReadUnproved {
            asset_no: asset_no.clone(),
        });
    }
    let item = stock.item(asset_no).ok_or_else(|| Refusal::UnknownAsset {
        asset_no: asset_no.clone(),
    })?;
    let not_yours = || Refusal::NotInCustody {
        asset_no: asset_no.clone(),
        holder: Box::new(item.holder.clone()),
    };
    let holder = match (event, &item.holder) {
        (
            StockEvent::PickedUp { .. },
            Holder::Cabinet {
                issued_to: Some(to),
            },
        ) if to == crew => Holder::WithCrew { crew: crew.clone() },
        (StockEvent::PickedUp { .. }, Holder::Cabinet { .. }) => {
            return Err(Refusal::NotOnIssueList {
                asset_no: asset_no.clone(),
            });
        }
        (StockEvent::PickedUp { .. }, Holder::WithCrew { crew: with }) if with == crew => {
            return Err(Refusal::AlreadyPickedUp {
                asset_no: asset_no.clone(),
            });
        }
        (
            StockEvent::ReturnedToStock { .. },
            Holder::WithCrew { crew: with } | Holder::Removed { crew: with, .. },
        ) if with == crew => Holder::Cabinet { issued_to: None },
        (
            StockEvent::PickedUp { .. } | StockEvent::ReturnedToStock { .. },
            Holder::Cabinet { .. }
            | Holder::WithCrew { .. }
            | Holder::Bound { .. }
            | Holder::Installed { .. }
            | Holder::Removed { .. },
        ) => return Err(not_yours()),
    };
    Ok(HolderChange {
        asset_no: asset_no.clone(),
        holder,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::AssetRule;

    fn asset_no() -> AssetNo {
        AssetRule::state_grid()
            .parse("4130001000000000000012")
            .unwrap()
    }

    fn stock(holder: Holder) -> Stock {
        Stock::of([StockItem {
            asset_no: asset_no(),
            kind: AssetKind::Meter,
            model: None,
            comm_address: None,
            holder,
        }])
    }

    /// Every (event × holder) cell: `Ok` names the new holder, `Err` the refusal's code.
    #[test]
    fn every_cell_of_stock_is_as_the_table_says() {
        let (mine, theirs): (CrewId, CrewId) = ("crew-1".into(), "crew-2".into());
        let order = OrderId::from("o-1");
        let holders = [
            Holder::Cabinet { issued_to: None },
            Holder::Cabinet {
                issued_to: Some(mine.clone()),
            },
            Holder::Cabinet {
                issued_to: Some(theirs.clone()),
            },
            Holder::WithCrew { crew: mine.clone() },
            Holder::WithCrew {
                crew: theirs.clone(),
            },
            Holder::Bound {
                crew: mine.clone(),
                order: order.clone(),
            },
            Holder::Installed {
                account_no: "a".into(),
            },
            Holder::Removed {
                crew: mine.clone(),
                order: order.clone(),
            },
            Holder::Removed {
                crew: theirs,
                order,
            },
        ];
        let pick_up = StockEvent::PickedUp {
            asset_no: asset_no(),
            source: ScanSource::Camera,
            image: None,
            sighting: None,
        };
        let put_back = StockEvent::ReturnedToStock {
            asset_no: asset_no(),
            source: ScanSource::Camera,
            image: None,
            sighting: None,
        };
        let cell = |event: &StockEvent, holder: &Holder| match admit_stock(
            &stock(holder.clone()),
            &mine,
            event,
        ) {
            Ok(change) => match change.holder {
                Holder::WithCrew { .. } => "with_crew",
                Holder::Cabinet { .. } => "cabinet",
                _ => "?",
            },
            Err(refusal) => refusal.code(),
        };
        let picked: Vec<_> = holders
            .iter()
            .map(|holder| cell(&pick_up, holder))
            .collect();
        let returned: Vec<_> = holders
            .iter()
            .map(|holder| cell(&put_back, holder))
            .collect();
        let no = "not_in_custody";
        let list = "not_on_issue_list";
        assert_eq!(
            picked,
            [
                list,
                "with_crew",
                list,
                "already_picked_up",
                no,
                no,
                no,
                no,
                no
            ]
        );
        assert_eq!(returned, [no, no, no, "cabinet", no, no, no, "cabinet", no]);
    }

    #[test]
    fn a_number_only_the_soft_reader_saw_leaves_the_cabinet_with_a_second_proof_alone() {
        let mine: CrewId = "crew-1".into();
        let cabinet = Holder::Cabinet {
            issued_to: Some(mine.clone()),
        };
        let picked_up = |proof| {
            let sighting = Sighting {
                image: BlobHash::of(b"image"),
                crop: BlobHash::of(b"crop"),
                text: asset_no().to_string(),
                confidence: 930,
                by: crate::SeenBy::Soft,
                program: "0".into(),
                corners: [(0, 0); 4],
                may_train: false,
                proof,
            };
            let event = StockEvent::PickedUp {
                asset_no: asset_no(),
                source: ScanSource::Camera,
                image: None,
                sighting: Some(Box::new(sighting)),
            };
            assert_eq!(event.blobs().len(), 2);
            admit_stock(&stock(cabinet.clone()), &mine, &event).map(|_| ())
        };
        let refused = Refusal::ReadUnproved {
            asset_no: asset_no(),
        };
        assert_eq!(picked_up(None), Err(refused));
        assert_eq!(picked_up(Some(crate::Proof::Named)), Ok(()));
    }

    #[test]
    fn an_asset_nobody_knows_is_refused() {
        let event = StockEvent::PickedUp {
            asset_no: asset_no(),
            source: ScanSource::Camera,
            image: None,
            sighting: None,
        };
        let refusal = admit_stock(&Stock::default(), &"crew-1".into(), &event).unwrap_err();
        assert_eq!(refusal.code(), "unknown_asset");
    }
}
