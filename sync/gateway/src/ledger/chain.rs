//! Whether pushed events go on where the held series ends.

use domain::{EventId, Hash, Sealed, chain_start};
use wire::problem::Problem;
use wire::push::Push;
use wire::sign::chain_head_bytes;

use super::rows::Device;
use super::tables::Tables;
use crate::Error;

/// How far a series is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    /// The last event's number; 0 before the first.
    pub seq: u64,
    /// Its hash; the chain's start before the first.
    pub hash: Hash,
}

/// How far a device's series is held.
pub(super) fn held(tables: &dyn Tables, device: &Device) -> Result<Held, Error> {
    let head = tables.head(device.device)?;
    let (seq, hash) = head.unwrap_or_else(|| (0, chain_start(device.device)));
    Ok(Held { seq, hash })
}

/// Splits a push's events into those held already and those that come next, after checking
/// bytes, numbers, links and the device's signature.
///
/// Errors: [`Problem::Altered`], [`Problem::WrongSequence`], [`Problem::Forked`],
/// [`Problem::BadSignature`].
pub(super) fn split<'p>(
    tables: &dyn Tables,
    device: &Device,
    held: Held,
    push: &'p Push,
) -> Result<(&'p [Sealed], &'p [Sealed]), Error> {
    let (Some(first), Some(last)) = (push.events.first(), push.events.last()) else {
        return Ok((&[], &[]));
    };
    for event in &push.events {
        if !event.is_intact() {
            return Err(Problem::Altered { seq: event.seq }.into());
        }
    }
    let mut expected = first.seq;
    let mut prev = first.prev;
    for event in &push.events {
        if event.seq != expected {
            return Err(Problem::WrongSequence { expected }.into());
        }
        if event.prev != prev {
            return Err(Problem::Altered { seq: event.seq }.into());
        }
        (expected, prev) = (expected.saturating_add(1), event.hash);
    }
    let signed = chain_head_bytes(device.device, last.seq, last.hash);
    let signature = push.head_signature.as_ref().ok_or(Problem::BadSignature)?;
    device
        .public_key
        .verify(&signed, signature)
        .map_err(|_| Problem::BadSignature)?;
    if first.seq == 0 || first.seq > held.seq.saturating_add(1) {
        let expected = held.seq.saturating_add(1);
        return Err(Problem::WrongSequence { expected }.into());
    }
    let known = usize::try_from(held.seq + 1 - first.seq).unwrap_or(usize::MAX);
    let (again, next) = push
        .events
        .split_at_checked(known)
        .unwrap_or((&push.events, &[]));
    let forked = || Problem::Forked {
        held_seq: held.seq,
        held_hash: held.hash,
    };
    let joint = hash_at(tables, device, first.seq - 1)?;
    if joint != Some(first.prev) {
        let fault = match held.seq {
            0 => Problem::Altered { seq: first.seq },
            _ => forked(),
        };
        return Err(fault.into());
    }
    for event in again {
        if hash_at(tables, device, event.seq)? != Some(event.hash) {
            return Err(forked().into());
        }
    }
    Ok((again, next))
}

/// The hash of the held event of that number; the chain's start for 0.
fn hash_at(tables: &dyn Tables, device: &Device, seq: u64) -> Result<Option<Hash>, Error> {
    let device = device.device;
    if seq == 0 {
        return Ok(Some(chain_start(device)));
    }
    let event = tables.event(EventId { device, seq })?;
    Ok(event.map(|event| event.sealed.hash))
}
