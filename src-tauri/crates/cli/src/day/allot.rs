//! Which new meter or terminal goes to which order, and what has to be fetched for it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AssetKind, AssetNo, Holder, Need, Order, OrderId, Slot, StockItem};

/// Who gets what.
#[derive(Debug, Default)]
pub(super) struct Allotted {
    /// What has to be fetched, in the order it will be needed.
    pub to_fetch: Vec<AssetNo>,
    given: BTreeMap<OrderId, StockItem>,
    lacking: BTreeSet<OrderId>,
}

impl Allotted {
    /// The new asset of an order, if it needs one.
    pub fn of(&self, order: &OrderId) -> Option<&StockItem> {
        self.given.get(order)
    }

    /// Whether the order needs an asset and there is none that fits.
    pub fn is_lacking(&self, order: &OrderId) -> bool {
        self.lacking.contains(order)
    }
}

/// Gives each order the first fitting asset: one the crew has already, else one of its issue list.
pub(super) fn allot(orders: &[&Order], cabinet: Vec<StockItem>) -> Allotted {
    let mut free = cabinet;
    free.retain(|item| rank(&item.holder).is_some());
    free.sort_by_key(|item| rank(&item.holder));
    let mut allotted = Allotted::default();
    for order in orders {
        let Some(kind) = wanted(order) else { continue };
        let id = order.dispatch.id.clone();
        match free.iter().position(|item| fits(order, kind, item)) {
            Some(at) => {
                let item = free.remove(at);
                if matches!(item.holder, Holder::Cabinet { .. }) {
                    allotted.to_fetch.push(item.asset_no.clone());
                }
                allotted.given.insert(id, item);
            }
            None => {
                allotted.lacking.insert(id);
            }
        }
    }
    allotted
}

/// What is taken first; `None` for what cannot be taken.
fn rank(holder: &Holder) -> Option<u8> {
    match holder {
        Holder::WithCrew { .. } => Some(0),
        Holder::Cabinet { .. } => Some(1),
        Holder::Bound { .. } | Holder::Installed { .. } | Holder::Removed { .. } => None,
    }
}

/// The kind of new asset the order still needs.
fn wanted(order: &Order) -> Option<AssetKind> {
    let open = order.open_steps();
    let mut kinds = open.filter_map(|step| match step.need {
        Need::Scan {
            slot: Slot::NewMeter,
        } => Some(AssetKind::Meter),
        Need::Scan {
            slot: Slot::NewTerminal,
        } => Some(AssetKind::Terminal),
        Need::Scan {
            slot: Slot::OldMeter | Slot::OldTerminal,
        }
        | Need::Photos
        | Need::Reading { .. }
        | Need::Seals { .. }
        | Need::Attach
        | Need::Card
        | Need::Token
        | Need::Note
        | Need::Signature => None,
    });
    kinds.next()
}

fn fits(order: &Order, kind: AssetKind, item: &StockItem) -> bool {
    let dispatch = &order.dispatch;
    let is_old = dispatch.old_terminal.as_ref() == Some(&item.asset_no)
        || dispatch
            .old_meter
            .as_ref()
            .is_some_and(|old| old.asset_no == item.asset_no);
    let fits = match (&dispatch.new_meter, &item.model) {
        (Some(wanted), Some(model)) if kind == AssetKind::Meter => model.fits(wanted),
        _ => true,
    };
    item.kind == kind && fits && !is_old
}
