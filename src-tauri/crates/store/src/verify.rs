//! Whether the store says what its log says: the chain holds, every picture is its replay.

use domain::{chain_start, replay};
use rusqlite::Connection;

use crate::{Store, StoreError, enrolment, entry, event, picture, row, sync_state};

/// What was checked and what was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Events of the device's series.
    pub events: u64,
    /// Orders.
    pub orders: u64,
    /// What does not hold, by number of event or order; never content.
    pub faults: Vec<String>,
}

impl Store {
    /// Checks the whole store against its own log.
    ///
    /// Errors: those of reading.
    pub fn verify(&self) -> Result<Verified, StoreError> {
        self.read(|conn| {
            let mut verified = Verified::default();
            chain(conn, &mut verified)?;
            pictures(conn, &mut verified)?;
            Ok(verified)
        })
    }
}

fn chain(conn: &Connection, verified: &mut Verified) -> Result<(), StoreError> {
    let events = event::every(conn)?;
    verified.events = events.len() as u64;
    if events.is_empty() {
        return Ok(());
    }
    let device = enrolment::device(conn)?;
    let acked_seq = sync_state::acked(conn)?.map_or(0, |(seq, _)| seq);
    let mut behind = device.map(|device| (0, chain_start(device)));
    for event in events {
        let follows = |(seq, hash)| seq + 1 != event.seq || hash == event.prev;
        let is_next = behind.is_some_and(|(seq, _)| seq + 1 == event.seq);
        // Salvage may have lost what the gateway holds; what it does not hold has no gaps.
        if !is_next && event.seq > acked_seq + 1 || !behind.is_none_or(follows) {
            verified.faults.push(format!("event {}: chain", event.seq));
        }
        if let Err(fault) = event.open() {
            verified.faults.push(fault.to_string());
        }
        behind = Some((event.seq, event.hash));
    }
    Ok(())
}

fn pictures(conn: &Connection, verified: &mut Verified) -> Result<(), StoreError> {
    for order in entry::orders(conn)? {
        verified.orders += 1;
        let told = replay(&entry::log(conn, &order)?);
        let kept = picture::find(conn, &order)?.map(|found| found.order);
        if told != kept {
            verified.faults.push(format!("order {order}: picture"));
        }
        let line = row::of(conn, &order)?;
        let state = line.map(|line| line.state);
        if state.as_deref() != kept.as_ref().map(|order| order.state.name()) {
            verified.faults.push(format!("order {order}: list"));
        }
    }
    Ok(())
}
