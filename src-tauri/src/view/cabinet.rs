//! The cabinet's list as its screen is told.

use domain::{Holder, StockItem};
use work::Direction as WorkDirection;

use super::{CabinetItem, CabinetPlace, CabinetView, Direction};

impl CabinetView {
    /// What is set aside for the crew or with it, and the tally.
    pub(crate) fn of(items: Vec<StockItem>) -> Self {
        let items: Vec<_> = items
            .into_iter()
            .filter_map(|item| {
                let place = place(&item.holder)?;
                let StockItem {
                    asset_no,
                    kind,
                    model,
                    ..
                } = item;
                Some(CabinetItem {
                    asset_no,
                    kind,
                    model,
                    place,
                })
            })
            .collect();
        let count = |place| items.iter().filter(|item| item.place == place).count() as u32;
        Self {
            to_pick_up: count(CabinetPlace::Issued),
            in_hand: count(CabinetPlace::InHand),
            to_return: count(CabinetPlace::Removed),
            items,
        }
    }
}

/// Where an asset of this crew is; one on a wall is on no list.
fn place(holder: &Holder) -> Option<CabinetPlace> {
    match holder {
        Holder::Cabinet { .. } => Some(CabinetPlace::Issued),
        Holder::WithCrew { .. } => Some(CabinetPlace::InHand),
        Holder::Bound { .. } => Some(CabinetPlace::Bound),
        Holder::Removed { .. } => Some(CabinetPlace::Removed),
        Holder::Installed { .. } => None,
    }
}

impl From<Direction> for WorkDirection {
    fn from(direction: Direction) -> Self {
        match direction {
            Direction::PickUp => Self::PickUp,
            Direction::Return => Self::Return,
        }
    }
}
