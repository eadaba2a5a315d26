//! An act becomes durable: events, picture, stock, lists and search in one transaction.

use domain::{
    AssetNo, EVENT_VERSION, Event, EventId, Fact, HolderChange, Need, Order, OrderEvent, OrderId,
    Sealed, Stamp, Stock, StockEvent, apply, stock_changes,
};
use rusqlite::Connection;

use crate::{Store, StoreError, blob, enrolment, event, picture, stock, sync_state};

/// What an act became.
#[derive(Debug, Clone, PartialEq)]
pub struct Acted {
    /// The events that record it, in order.
    pub events: Vec<EventId>,
    /// The order's picture after it; `None` for an act at the cabinet.
    pub order: Option<Order>,
    /// Whether an asset changed hands by it.
    pub cabinet: bool,
}

impl Store {
    /// Decides on an order as it stands and records what was decided; on the disk when it returns.
    ///
    /// `decide` is handed the order and what is known of `assets` and of the assets the order
    /// names; nobody changes either before its events are kept. A blob that an event names must
    /// have been put before.
    ///
    /// Errors: those of `decide`; [`StoreError::NotFound`], [`StoreError::NotEnrolled`],
    /// [`StoreError::BlobMissing`], [`StoreError::DiskFull`]: nothing has happened then.
    pub fn act<E: From<StoreError>>(
        &self,
        order: &OrderId,
        at: Stamp,
        assets: &[AssetNo],
        decide: impl FnOnce(&Order, &Stock) -> Result<Vec<OrderEvent>, E>,
    ) -> Result<Acted, E> {
        self.write(|tx| self.decided(tx, order, at, assets, decide))?
    }

    /// Decides on an asset at the cabinet and records what was decided; on the disk when it
    /// returns. `decide` gives the event and what it changes, as `admit_stock` says.
    ///
    /// Errors: as [`Store::act`].
    pub fn act_stock<E: From<StoreError>>(
        &self,
        asset_no: &AssetNo,
        at: Stamp,
        decide: impl FnOnce(&Stock) -> Result<(StockEvent, HolderChange), E>,
    ) -> Result<Acted, E> {
        self.write(|tx| {
            let stock = stock::view(tx, [asset_no])?;
            let (fact, change) = match decide(&stock) {
                Ok(decided) => decided,
                Err(refused) => return Ok(Err(refused)),
            };
            let mut pen = Pen::new(tx, at)?;
            let event = self.record(tx, &mut pen, Fact::Stock { fact }, 0)?;
            stock::add_effect(tx, event.id.seq, &change)?;
            Ok(Ok(Acted {
                events: pen.written,
                order: None,
                cabinet: true,
            }))
        })?
    }

    /// Decides on an order within a transaction; the outer error undoes it, the inner one is
    /// `decide`'s, before anything was written.
    pub(crate) fn decided<E>(
        &self,
        tx: &Connection,
        order: &OrderId,
        at: Stamp,
        assets: &[AssetNo],
        decide: impl FnOnce(&Order, &Stock) -> Result<Vec<OrderEvent>, E>,
    ) -> Result<Result<Acted, E>, StoreError> {
        let found = picture::find(tx, order)?.ok_or_else(|| StoreError::NotFound {
            order: order.clone(),
        })?;
        let named = named(&found.order);
        let stock = stock::view(tx, assets.iter().chain(named.iter().copied()))?;
        let events = match decide(&found.order, &stock) {
            Ok(events) => events,
            Err(refused) => return Ok(Err(refused)),
        };
        let mut pen = Pen::new(tx, at)?;
        let mut now = found.order.clone();
        let mut cabinet = false;
        for fact in events {
            let fact = Fact::Order {
                order: order.clone(),
                fact,
            };
            let event = self.record(tx, &mut pen, fact, found.seen)?;
            let (before, seq) = (now.clone(), event.id.seq);
            let after = event::entry(event).and_then(|entry| apply(Some(now), &entry));
            now = after.unwrap_or_else(|| before.clone());
            for change in stock_changes(Some(&before), &now) {
                stock::add_effect(tx, seq, &change)?;
                cabinet = true;
            }
        }
        if !pen.written.is_empty() {
            picture::put(tx, Some(&found.order), &now, found.seen)?;
        }
        Ok(Ok(Acted {
            events: pen.written,
            order: Some(now),
            cabinet,
        }))
    }

    /// Seals one fact behind the last event and keeps it with the blobs it refers to.
    fn record(
        &self,
        tx: &Connection,
        pen: &mut Pen,
        fact: Fact,
        seen: u64,
    ) -> Result<Event, StoreError> {
        let order = match &fact {
            Fact::Order { order, .. } => Some(order.clone()),
            Fact::Stock { .. } => None,
        };
        let blobs = blob::of(&fact);
        let (event, sealed) = pen.seal(fact, seen)?;
        event::append(tx, &sealed, order.as_ref())?;
        for named in blobs {
            let size = self.blobs.size(&named.0)?;
            let size = size.ok_or(StoreError::BlobMissing { hash: named.0 })?;
            blob::refer(tx, order.as_ref(), named, size)?;
        }
        Ok(event)
    }
}

/// The assets an order names: those an action on it may have to be compared with.
fn named(order: &Order) -> Vec<&AssetNo> {
    let dispatch = &order.dispatch;
    let mut named: Vec<&AssetNo> = vec![];
    named.extend(dispatch.old_meter.as_ref().map(|old| &old.asset_no));
    named.extend(&dispatch.old_terminal);
    named.extend(&dispatch.terminal_meters);
    for step in &dispatch.procedure.steps {
        if let Need::Scan { slot } = step.need {
            named.extend(order.scanned(slot));
        }
    }
    named
}

/// Writes the next events of the series.
struct Pen {
    series: sync_state::Series,
    operator: domain::Operator,
    crew: domain::CrewId,
    at: Stamp,
    written: Vec<EventId>,
}

impl Pen {
    fn new(conn: &Connection, at: Stamp) -> Result<Self, StoreError> {
        let (operator, crew) = enrolment::actor(conn)?;
        Ok(Self {
            series: sync_state::series(conn)?,
            operator,
            crew,
            at,
            written: vec![],
        })
    }

    fn seal(&mut self, fact: Fact, seen: u64) -> Result<(Event, Sealed), StoreError> {
        let id = EventId {
            device: self.series.device,
            seq: self.series.last_seq + 1,
        };
        let event = Event {
            version: EVENT_VERSION,
            id,
            operator: self.operator.clone(),
            crew: self.crew.clone(),
            at: self.at,
            seen,
            fact,
        };
        let sealed = Sealed::seal(self.series.last_hash, &event)?;
        (self.series.last_seq, self.series.last_hash) = (sealed.seq, sealed.hash);
        self.written.push(id);
        Ok((event, sealed))
    }
}
