//! What came of a day, counted in the device's own books.

use std::fmt;

use domain::{Delivery, OrderId};
use serde::Serialize;
use work::{Device, Round};

use crate::CliError;

/// A day's figures.
#[derive(Debug, Clone, Serialize)]
pub struct Figures {
    /// Orders that were worked.
    pub orders: u64,
    /// Handed in as done.
    pub done: u64,
    /// Ended undone, with a reason.
    pub could_not: u64,
    /// Those of which a signed receipt names everything.
    pub in_office: u64,
    /// Those whose every photo and signature a receipt names.
    pub evidence_complete: u64,
    /// Events that the gateway refused or found late.
    pub refused: u64,
    /// Photographs that became evidence.
    pub photos: u64,
    /// Bytes of bodies to the gateway, before the second sync.
    pub bytes_up: u64,
    /// Bytes of bodies from it.
    pub bytes_down: u64,
    /// From the first to the last sync.
    pub seconds: f64,
    /// What a second sync, straight after, still had to send.
    pub second_sync_bytes_up: u64,
}

impl Figures {
    /// Counts the orders that were worked; the second sync is the caller's to add.
    pub(super) fn of(
        device: &Device,
        worked: &[OrderId],
        moved: &[Round],
        photos: u64,
    ) -> Result<Self, CliError> {
        let mut rows = device.day("")?.rows;
        rows.retain(|row| worked.contains(&row.id));
        let count = |holds: &dyn Fn(&work::Row) -> bool| {
            rows.iter().filter(|row| holds(row)).count() as u64
        };
        let sum = |part: fn(&Round) -> u64| moved.iter().map(part).sum();
        Ok(Self {
            orders: worked.len() as u64,
            done: count(&|row| row.state == "completed"),
            could_not: count(&|row| row.state == "could_not_do"),
            in_office: count(&|row| {
                matches!(
                    row.delivery(),
                    Some(Delivery::InOffice | Delivery::Accepted)
                )
            }),
            evidence_complete: count(&|row| row.progress.blobs_receipted >= row.progress.blobs),
            refused: sum(|round| round.events_refused),
            photos,
            bytes_up: sum(|round| round.bytes_up),
            bytes_down: sum(|round| round.bytes_down),
            seconds: 0.0,
            second_sync_bytes_up: 0,
        })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} orders: {} done, {} could not be done",
            self.orders, self.done, self.could_not
        )?;
        writeln!(
            f,
            "{} in the office, {} with all their evidence; {} events refused",
            self.in_office, self.evidence_complete, self.refused
        )?;
        writeln!(
            f,
            "{} photos; {} kB up, {} kB down; {:.1} s",
            self.photos,
            self.bytes_up / 1024,
            self.bytes_down / 1024,
            self.seconds
        )?;
        write!(f, "a second sync sent {} bytes", self.second_sync_bytes_up)
    }
}
