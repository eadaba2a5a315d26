//! An order's proof: its log, the stretches of chains its events stand in, and their receipts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DeviceId, Entry, EntryBody, EventId, Hash, OrderId};
use wire::problem::Problem;
use wire::proof::{Link, PROOF_VERSION, Proof, SeriesProof};

use super::tables::Tables;
use super::{Ledger, NEWEST};
use crate::Error;

/// The events of one series that an order's log holds: from the first to the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub device: DeviceId,
    pub first: u64,
    pub last: u64,
}

fn field_events(log: &[Entry]) -> impl Iterator<Item = EventId> {
    log.iter().filter_map(|entry| match &entry.body {
        EntryBody::Field { event_id, .. } => Some(*event_id),
        EntryBody::Office { .. } => None,
    })
}

/// The stretches of series a log is made of, by series.
pub(super) fn spans(log: &[Entry]) -> Vec<Span> {
    let mut spans: BTreeMap<DeviceId, Span> = BTreeMap::new();
    for EventId { device, seq } in field_events(log) {
        let span = spans.entry(device).or_insert(Span {
            device,
            first: seq,
            last: seq,
        });
        span.first = span.first.min(seq);
        span.last = span.last.max(seq);
    }
    spans.into_values().collect()
}

impl dyn Ledger + '_ {
    /// Everything that proves an order, but for the bytes of its blobs.
    ///
    /// Errors: [`Problem::NotFound`]; [`Problem::EvidenceMissing`] while blobs are on their way.
    pub fn proof(&self, order: &OrderId) -> Result<Proof, Error> {
        self.reading(|tables| {
            let row = tables.order(order)?.ok_or(Problem::NotFound)?;
            let missing = tables.missing(order)?.len() as u64;
            if missing > 0 {
                return Err(Problem::EvidenceMissing { missing }.into());
            }
            let log = tables.log(order, 0, NEWEST)?;
            let own: BTreeSet<EventId> = field_events(&log).collect();
            let series = spans(&log)
                .into_iter()
                .map(|span| series(tables, span, &own))
                .collect::<Result<Vec<_>, _>>()?;
            Ok(Proof {
                version: PROOF_VERSION,
                order: order.clone(),
                log,
                series,
                manifest: row.order.manifest.into_iter().collect(),
            })
        })
    }
}

/// One series from the order's first event to the first signed head after its last.
fn series(tables: &dyn Tables, span: Span, own: &BTreeSet<EventId>) -> Result<SeriesProof, Error> {
    let device = tables.device(span.device)?.ok_or(Problem::UnknownDevice)?;
    let last = EventId {
        device: span.device,
        seq: span.last,
    };
    let signed = tables.next_head(last)?.and_then(|receipt| receipt.head);
    let (head_seq, head) = signed.ok_or(Problem::BadSignature)?;
    let first = EventId {
        device: span.device,
        seq: span.first,
    };
    let events = tables.events_from(first, head_seq + 1 - span.first)?;
    let link = |event: &super::HeldEvent| Link {
        seq: event.sealed.seq,
        body_hash: Hash::of(event.sealed.body.as_bytes()),
        body: own
            .contains(&EventId {
                device: event.device,
                seq: event.sealed.seq,
            })
            .then(|| event.sealed.body.clone()),
    };
    let receipts = tables.receipts_with_head_in(span.device, span.first, head_seq)?;
    let within = |through: u64| (span.first..=head_seq).contains(&through);
    Ok(SeriesProof {
        device: span.device,
        key: device.public_key,
        prev: events.first().map_or_else(
            || domain::chain_start(span.device),
            |event| event.sealed.prev,
        ),
        links: events.iter().map(link).collect(),
        head,
        receipts: receipts
            .into_iter()
            .filter(|receipt| within(receipt.through_seq))
            .map(|receipt| receipt.receipt)
            .collect(),
    })
}
