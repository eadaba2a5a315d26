//! The day's orders, one order, and an act upon it.

use domain::{Action, AssetNo, Entry, Form, Ground, OrderId, Slot, StockItem, decide, form};
use store::{Held, Row, Totals};

use crate::{Changed, Device, WorkError};

/// Found orders that a list shows; more is a search to be narrowed.
const FOUND_MAX: usize = 200;

/// What the list of the day is drawn from.
#[derive(Debug, Clone)]
pub struct Day {
    /// Every order, or those that were asked for.
    pub rows: Vec<Row>,
    /// All orders, counted.
    pub totals: Totals,
}

/// An order with what a screen needs beside it.
#[derive(Debug, Clone)]
pub struct Opened {
    /// The order and its row.
    pub held: Held,
    /// The new meter that was scanned, as the custody list knows it.
    pub new_meter: Option<StockItem>,
}

impl Device {
    /// The orders of this device; `search` may be empty.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn day(&self, search: &str) -> Result<Day, WorkError> {
        let store = &self.inner.store;
        let rows = match search.trim() {
            "" => store.rows()?,
            text => store.search(text, FOUND_MAX)?,
        };
        Ok(Day {
            rows,
            totals: store.totals()?,
        })
    }

    /// Orders of which something waits for a link, the oldest first.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn outstanding(&self) -> Result<Day, WorkError> {
        let store = &self.inner.store;
        Ok(Day {
            rows: store.waiting_rows()?,
            totals: store.totals()?,
        })
    }

    /// One order.
    ///
    /// Errors: [`WorkError::Store`], of which `NotFound`.
    pub fn order(&self, id: &OrderId) -> Result<Opened, WorkError> {
        let store = &self.inner.store;
        let held = store
            .order(id)?
            .ok_or_else(|| store::StoreError::NotFound { order: id.clone() })?;
        let new_meter = match held.order.scanned(Slot::NewMeter) {
            Some(asset_no) => store.stock_item(asset_no)?,
            None => None,
        };
        Ok(Opened { held, new_meter })
    }

    /// Everything that ever happened to an order, as far as this device knows.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn log(&self, id: &OrderId) -> Result<Vec<Entry>, WorkError> {
        Ok(self.inner.store.log(id)?)
    }

    /// Does something to an order: decided, admitted, applied and on disk when it returns.
    ///
    /// Errors: [`WorkError::Refused`] with the reason, [`WorkError::Store`]; nothing changed then.
    pub fn act(&self, id: &OrderId, action: Action) -> Result<Opened, WorkError> {
        let at = self.stamp();
        let crew = self.enrolled()?.crew;
        let assets = named(&action);
        let acted = self.inner.store.act(id, at, &assets, |order, stock| {
            let ground = Ground {
                crew: &crew,
                stock,
                now: at.best(),
            };
            Ok::<_, WorkError>(decide(order, action, ground)?)
        })?;
        self.tell(Changed {
            orders: vec![id.clone()],
            cabinet: acted.cabinet,
        });
        self.inner.wake.notify_one();
        self.order(id)
    }

    /// What the customer is shown above the signature.
    ///
    /// Errors: as [`Device::order`].
    pub fn form(&self, id: &OrderId) -> Result<Form, WorkError> {
        Ok(form(&self.order(id)?.held.order))
    }
}

/// Assets an action names.
fn named(action: &Action) -> Vec<AssetNo> {
    match action {
        Action::Scan { asset_no, .. } => vec![asset_no.clone()],
        Action::Attach { meters, .. } => {
            meters.iter().map(|meter| meter.asset_no.clone()).collect()
        }
        Action::TakePhoto { .. }
        | Action::WithdrawPhoto { .. }
        | Action::Read { .. }
        | Action::Seal { .. }
        | Action::Note { .. }
        | Action::DeliverToken { .. }
        | Action::Sign { .. }
        | Action::Complete
        | Action::CouldNot { .. }
        | Action::Reopen => vec![],
    }
}
