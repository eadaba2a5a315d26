//! A new series: what the gateway does not hold of the old one is sealed anew, behind a new start.

use std::collections::BTreeSet;

use domain::{DeviceId, Event, EventId, Fact, OrderId, Sealed, chain_start};
use rusqlite::Connection;

use crate::{Store, StoreError, enrolment, event, event_past, picture, stock, sync_state};

/// What a new series began with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehomed {
    /// Events sealed anew; they wait to be sent.
    pub events: u64,
}

impl Store {
    /// Goes on under a new series, after the old one forked.
    ///
    /// Events that no receipt covered and no pull gave back are sealed into the new series, with
    /// their own times; all others stay as they were sealed. So pull to the end before.
    ///
    /// Errors: [`StoreError::NotEnrolled`]; those of writing.
    pub fn rehome(&self, device: DeviceId) -> Result<Rehomed, StoreError> {
        self.write(|tx| {
            if enrolment::device(tx)?.ok_or(StoreError::NotEnrolled)? == device {
                return Ok(Rehomed { events: 0 });
            }
            enrolment::put_device(tx, device)?;
            let events = reseal(tx, device)?;
            Ok(Rehomed { events })
        })
    }
}

/// Begins `device`'s series with the events the gateway does not hold; how many.
pub(crate) fn reseal(conn: &Connection, device: DeviceId) -> Result<u64, StoreError> {
    let acked_seq = sync_state::acked(conn)?.map_or(0, |(seq, _)| seq);
    let start = chain_start(device);
    let (mut seq, mut prev) = (0, start);
    let mut renewed = vec![];
    for (old, is_back) in event::with_change(conn)? {
        if old.seq <= acked_seq || is_back {
            event_past::take(conn, old.seq, None)?;
            continue;
        }
        seq += 1;
        let (sealed, order) = renew(&old, EventId { device, seq }, prev)?;
        prev = sealed.hash;
        event_past::take(conn, old.seq, Some(seq))?;
        renewed.push((old.seq, sealed, order));
    }
    event::clear(conn, 0)?;
    sync_state::put_acked(conn, 0, start)?;
    put(conn, &renewed)?;
    Ok(seq)
}

/// The events from number `from` on are sealed anew behind `(last, hash)` of the same series:
/// what salvage found beyond a gap. Those it found are still theirs; how many.
pub(crate) fn close_gap(
    conn: &Connection,
    (last, hash): (u64, domain::Hash),
    beyond: &[Sealed],
) -> Result<u64, StoreError> {
    let (mut seq, mut prev) = (last, hash);
    let mut renewed = vec![];
    for old in beyond {
        seq += 1;
        let device = old.open()?.id.device;
        let (sealed, order) = renew(old, EventId { device, seq }, prev)?;
        prev = sealed.hash;
        event_past::take(conn, old.seq, Some(seq))?;
        renewed.push((old.seq, sealed, order));
    }
    event::clear(conn, last + 1)?;
    put(conn, &renewed)?;
    Ok(renewed.len() as u64)
}

fn renew(
    old: &Sealed,
    id: EventId,
    prev: domain::Hash,
) -> Result<(Sealed, Option<OrderId>), StoreError> {
    let event = Event { id, ..old.open()? };
    let order = match &event.fact {
        Fact::Order { order, .. } => Some(order.clone()),
        Fact::Stock { .. } => None,
    };
    Ok((Sealed::seal(prev, &event)?, order))
}

fn put(conn: &Connection, renewed: &[(u64, Sealed, Option<OrderId>)]) -> Result<(), StoreError> {
    let mut orders = BTreeSet::new();
    for (old_seq, sealed, order) in renewed {
        event::append(conn, sealed, order.as_ref())?;
        // A new number is never above the old one, and the old ones are taken in order.
        stock::renumber(conn, *old_seq, sealed.seq)?;
        orders.extend(order.clone());
    }
    for order in &orders {
        picture::refresh(conn, order)?;
    }
    Ok(())
}
