//! Table `blob`: which photos and signatures the device's events refer to, and which the gateway
//! holds.

use std::collections::BTreeSet;

use domain::{BlobHash, Fact, Hash, OrderEvent, OrderId};
use rusqlite::{Connection, params};
use sqlite::column;

use crate::{Store, StoreError, sql};

/// What is sent before what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Signatures and thumbnails: the office sees something of every order soon.
    Small,
    /// Full photos.
    Full,
}

/// A photo or signature the gateway does not hold yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitingBlob {
    /// Its name.
    pub hash: BlobHash,
    /// Its size. Unit: bytes, before encryption.
    pub size_bytes: u64,
    /// What it is sent before.
    pub lane: Lane,
}

impl Store {
    /// What waits to be sent: small ones first, then the oldest.
    ///
    /// Errors: those of reading.
    pub fn waiting_blobs(&self, limit: usize) -> Result<Vec<WaitingBlob>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.read(|conn| {
            sql::every(
                conn,
                "SELECT hash, size_bytes, min(lane) AS lane FROM blob WHERE held = 0
                 GROUP BY hash ORDER BY min(lane), min(id) LIMIT ?1",
                [limit],
                |row| {
                    Ok(WaitingBlob {
                        hash: Hash::from_bytes(column::bytes(row, "hash")?),
                        size_bytes: column::count(row, "size_bytes")?,
                        lane: match row.get("lane")? {
                            0_i64 => Lane::Small,
                            _ => Lane::Full,
                        },
                    })
                },
            )
        })
    }
}

/// The blobs of a fact, each with its lane.
pub(crate) fn of(fact: &Fact) -> Vec<(BlobHash, Lane)> {
    let lane = |hash: &BlobHash| match fact {
        Fact::Order {
            fact: OrderEvent::PhotoTaken { photo, .. },
            ..
        } if photo.thumbnail == *hash => Lane::Small,
        Fact::Order {
            fact: OrderEvent::Signed { .. },
            ..
        } => Lane::Small,
        Fact::Order { .. } | Fact::Stock { .. } => Lane::Full,
    };
    let blobs = fact.blobs();
    blobs.into_iter().map(|hash| (hash, lane(&hash))).collect()
}

/// An event refers to a blob.
pub(crate) fn refer(
    conn: &Connection,
    order: Option<&OrderId>,
    (hash, lane): (BlobHash, Lane),
    size_bytes: u64,
) -> Result<(), StoreError> {
    let lane = match lane {
        Lane::Small => 0,
        Lane::Full => 1,
    };
    sql::run(
        conn,
        "INSERT INTO blob (hash, order_id, size_bytes, lane, held) VALUES (?1, ?2, ?3, ?4, 0)
         ON CONFLICT (order_id, hash) DO NOTHING",
        params![
            hash.as_bytes(),
            order.map(OrderId::as_str),
            column::stored(size_bytes)?,
            lane
        ],
    )?;
    Ok(())
}

/// The gateway holds these; the orders that refer to those of which it is news.
pub(crate) fn hold(conn: &Connection, held: &[BlobHash]) -> Result<Vec<OrderId>, StoreError> {
    let held: BTreeSet<&BlobHash> = held.iter().collect();
    let waiting = sql::every(
        conn,
        "SELECT id, hash, order_id FROM blob WHERE held = 0 ORDER BY id",
        [],
        |row| {
            let hash = Hash::from_bytes(column::bytes(row, "hash")?);
            let order: Option<String> = row.get("order_id")?;
            Ok((row.get::<_, i64>("id")?, hash, order.map(OrderId::new)))
        },
    )?;
    let mut orders = BTreeSet::new();
    for (id, hash, order) in waiting {
        if held.contains(&hash) {
            sql::run(conn, "UPDATE blob SET held = 1 WHERE id = ?1", [id])?;
            orders.extend(order);
        }
    }
    Ok(orders.into_iter().collect())
}
