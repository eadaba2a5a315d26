//! A device's folder for a test, and a look at every row of it.

use domain::{Entry, EntryBody, EventId, Hash, OrderEvent, OrderId, Receipt, Verdict};
use rusqlite::types::Value;
use tempfile::TempDir;
use uuid::Uuid;

use super::made_up::{at, dispatched, enrolment, order_id};
use crate::{Acted, Key, Notice, Store, StoreError};

pub struct Device {
    pub home: TempDir,
    pub store: Store,
}

pub fn key() -> Key {
    Key::new([7; 32])
}

pub fn reopen(home: &TempDir) -> Result<(Store, Option<Notice>), StoreError> {
    Store::open(home.path(), &key(), "2026-11-21T083000Z")
}

impl Device {
    /// Enrolled, with the orders 1 to `orders` under the changes 1 to `orders`.
    pub fn with_orders(orders: u64) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (store, notice) = reopen(&home).unwrap();
        assert_eq!(notice, None);
        store.save_enrolment(&enrolment(), &[]).unwrap();
        let page: Vec<_> = (1..=orders).map(|n| dispatched(n, n)).collect();
        store.apply_changes(orders, &page).unwrap();
        Self { home, store }
    }

    pub fn act(&self, n: u64, events: Vec<OrderEvent>) -> Result<Acted, StoreError> {
        act(&self.store, n, events)
    }

    /// Closes the store and gives the folder back.
    pub fn close(self) -> TempDir {
        self.home
    }
}

pub fn act(store: &Store, n: u64, events: Vec<OrderEvent>) -> Result<Acted, StoreError> {
    store.act(&order_id(n), at(1_000), &[], |_, _| {
        Ok::<_, StoreError>(events)
    })
}

pub fn assert_sound(store: &Store) {
    let verified = store.verify().unwrap();
    assert_eq!(verified.faults, Vec::<String>::new());
}

/// Every row of every table, the search's own tables included.
pub fn rows(store: &Store) -> Vec<String> {
    store.with_writer(|conn| {
        let mut tables = conn
            .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            .unwrap();
        let tables: Vec<String> = tables
            .query_map([], |row| row.get(0))
            .unwrap()
            .collect::<Result<_, _>>()
            .unwrap();
        let mut all = vec![];
        for table in tables.iter().filter(|table| *table != "search") {
            let mut query = conn.prepare(&format!("SELECT * FROM {table}")).unwrap();
            let width = query.column_count();
            let mut rows = query.query([]).unwrap();
            while let Some(row) = rows.next().unwrap() {
                let values: Vec<Value> = (0..width).map(|n| row.get(n).unwrap()).collect();
                all.push(format!("{table} {values:?}"));
            }
        }
        all
    })
}

/// A receipt for everything up to `through`, all of it accepted.
pub fn receipt(store: &Store, through: u64, blobs: Vec<Hash>) -> Receipt {
    let series = store.series().unwrap();
    let head = store.events_from(through, 1, 1).unwrap();
    Receipt {
        device: series.device,
        push: Uuid::from_u128(u128::from(through)),
        through_seq: through,
        chain_head: head.first().map_or(series.acked_hash, |event| event.hash),
        judgements: vec![],
        blobs_held: blobs,
    }
}

/// An own event as the gateway gives it back.
pub fn given_back(store: &Store, id: EventId, change: u64, verdict: Verdict) -> (OrderId, Entry) {
    let sealed = store.events_from(id.seq, 1, 1).unwrap().remove(0);
    let event = sealed.open().unwrap();
    let domain::Fact::Order { order, fact } = event.fact else {
        panic!("a stock event is in no log");
    };
    let body = EntryBody::Field {
        event_id: id,
        operator: event.operator,
        crew: event.crew,
        at: event.at,
        verdict,
        event: Box::new(fact),
    };
    let change = Some(change);
    (order, Entry { change, body })
}
