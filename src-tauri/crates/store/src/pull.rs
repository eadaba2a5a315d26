//! News from the gateway: a page and its cursor in one transaction.

use std::collections::BTreeSet;

use domain::{AssetRule, Entry, EntryBody, OrderId, StockItem, Verdict};
use rusqlite::Connection;

use crate::stock::Outcome;
use crate::{Store, StoreError, enrolment, entry, event, event_past, picture, stock, sync_state};

/// One change, as the gateway tells it.
#[derive(Debug, Clone, PartialEq)]
pub enum Incoming {
    /// New lines of an order's log.
    Order {
        /// Which order.
        order: OrderId,
        /// The lines; one that is known by its change number is skipped.
        entries: Vec<Entry>,
    },
    /// Where assets are now.
    Stock {
        /// Which and where.
        items: Vec<StockItem>,
    },
    /// The rules for asset numbers, in place of those before.
    AssetRules {
        /// The preferred one first.
        rules: Vec<AssetRule>,
    },
}

/// What a screen should ask for again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changed {
    /// Orders, by number.
    pub orders: Vec<OrderId>,
    /// Whether the stock changed.
    pub cabinet: bool,
    /// Whether the rules for asset numbers changed.
    pub rules: bool,
}

impl Store {
    /// Takes a page of changes in and goes on from `cursor`: all of it, or nothing.
    ///
    /// A page may come twice, and pages may overlap. An own event that comes back stops being
    /// pending; a picture is always the replay of its log.
    ///
    /// Errors: [`StoreError::DiskFull`]; those of writing.
    pub fn apply_changes(&self, cursor: u64, changes: &[Incoming]) -> Result<Changed, StoreError> {
        self.write(|tx| {
            let mut orders = BTreeSet::new();
            let mut changed = Changed::default();
            for change in changes {
                match change {
                    Incoming::Order { order, entries } => {
                        for entry in entries {
                            changed.cabinet |= take(tx, order, entry)?;
                        }
                        orders.insert(order.clone());
                    }
                    Incoming::Stock { items } => {
                        for item in items {
                            stock::put(tx, item)?;
                        }
                        changed.cabinet = true;
                    }
                    Incoming::AssetRules { rules } => {
                        enrolment::put_rules(tx, rules)?;
                        changed.rules = true;
                    }
                }
            }
            for order in &orders {
                picture::refresh(tx, order)?;
            }
            sync_state::put_cursor(tx, cursor)?;
            changed.orders = orders.into_iter().collect();
            Ok(changed)
        })
    }
}

/// Adds one line to a log; `true` when it settled what an own event did to the stock.
fn take(conn: &Connection, order: &OrderId, line: &Entry) -> Result<bool, StoreError> {
    // A line without a number is no change: only a device's own log has such.
    let Some(change) = line.change else {
        return Ok(false);
    };
    entry::add(conn, order, change, &line.body)?;
    let EntryBody::Field {
        event_id, verdict, ..
    } = &line.body
    else {
        return Ok(false);
    };
    if enrolment::device(conn)? == Some(event_id.device) {
        let own = event::at(conn, event_id.seq)?;
        if own.is_some_and(|own| event::says(&own, &line.body)) {
            event::confirm(conn, event_id.seq, change)?;
            return stock::settle(conn, event_id.seq, outcome(verdict));
        }
    }
    for (id, past) in event_past::waiting(conn, event_id.device, event_id.seq)? {
        if event::says(&past, &line.body) {
            event_past::confirm(conn, id, change)?;
        }
    }
    Ok(false)
}

/// What a verdict means for the event's effects on the stock.
pub(crate) fn outcome(verdict: &Verdict) -> Outcome {
    match verdict {
        Verdict::Accepted => Outcome::Counts,
        Verdict::Late { .. } | Verdict::Refused { .. } => Outcome::Void,
    }
}
