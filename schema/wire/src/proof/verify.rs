//! Checking a bundle: hashes, chain, signatures and receipts, with no server.

use std::collections::BTreeMap;
use std::io::Read as _;

use domain::{BlobHash, DeviceId, EntryBody, Event, EventId, Fact, Hash, OrderId, link, replay};

use super::{PROOF_VERSION, Proof, ProofFile, SeriesProof, Span, locate};
use crate::sign::{PublicKey, chain_head_bytes};

/// What a bundle proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Which order.
    pub order: OrderId,
    /// How it stands at the end of its log.
    pub state: String,
    /// Events from the field, each part of a signed chain.
    pub events: u64,
    /// Photos and signatures, each with the hash its event names.
    pub blobs: u64,
    /// Receipts by the gateway over those chains.
    pub receipts: u64,
    /// Who signed; to be compared with the key one knows.
    pub gateway_key: PublicKey,
}

/// What is wrong with a bundle.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProofFault {
    /// It is no bundle at all, or bytes are missing or were added at the end.
    #[error("not a whole proof bundle: {length} bytes")]
    NotWhole {
        /// How long the file is.
        length: u64,
    },
    /// Bytes were changed after it was made.
    #[error("changed at byte {}{}", .span.from, if .span.from == .span.to { String::new() } else { format!(" to {}", .span.to) })]
    Changed {
        /// Where.
        span: Span,
    },
    /// A version this code does not know.
    #[error("proof version {0} is not known here")]
    UnknownVersion(u16),
    /// It is whole, but what it says does not hold.
    #[error("{place}: {what}")]
    DoesNotHold {
        /// Where: `proof.json`, `series …`, `event …`, `blob …`.
        place: String,
        /// What.
        what: &'static str,
    },
}

fn does_not_hold(place: impl ToString, what: &'static str) -> ProofFault {
    ProofFault::DoesNotHold {
        place: place.to_string(),
        what,
    }
}

/// Checks everything a bundle claims.
///
/// Errors: the first [`ProofFault`]; a changed byte is named before anything else is said.
pub fn verify(bundle: &[u8]) -> Result<Report, ProofFault> {
    let (archive, tail) = locate::split(bundle).ok_or(ProofFault::NotWhole {
        length: bundle.len() as u64,
    })?;
    if let Some(span) = locate::first_change(archive, tail, || content(archive).is_ok()) {
        return Err(ProofFault::Changed { span });
    }
    content(archive)
}

fn content(archive: &[u8]) -> Result<Report, ProofFault> {
    let mut files = unpack(archive).ok_or_else(|| does_not_hold("archive", "cannot be read"))?;
    let file = files
        .remove("proof.json")
        .and_then(|bytes| serde_json::from_slice::<ProofFile>(&bytes).ok())
        .ok_or_else(|| does_not_hold("proof.json", "cannot be read"))?;
    let key = file.gateway_key;
    let proof = file
        .proof
        .open(&key)
        .map_err(|_| does_not_hold("proof.json", "is not what the gateway signed"))?;
    if proof.version != PROOF_VERSION {
        return Err(ProofFault::UnknownVersion(proof.version));
    }
    let mut events = BTreeMap::new();
    let mut receipts = 0;
    for series in &proof.series {
        receipts += chain(series, &key, &mut events)?;
    }
    let state = log(&proof, &events)?;
    let blobs = blobs(&proof, files)?;
    let events = events.len() as u64;
    Ok(Report {
        order: proof.order,
        state,
        events,
        blobs,
        receipts,
        gateway_key: key,
    })
}

fn unpack(bytes: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for entry in tar::Archive::new(bytes).entries().ok()? {
        let mut entry = entry.ok()?;
        let name = entry.path().ok()?.to_str()?.to_owned();
        let mut content = vec![];
        entry.read_to_end(&mut content).ok()?;
        files.insert(name, content);
    }
    Some(files)
}

/// Walks one device's chain; gives back how many receipts cover it.
fn chain(
    series: &SeriesProof,
    gateway: &PublicKey,
    events: &mut BTreeMap<EventId, Event>,
) -> Result<u64, ProofFault> {
    let device = series.device;
    let at = |seq: u64| format!("event {device}/{seq}");
    let mut prev = series.prev;
    let mut heads: BTreeMap<u64, Hash> = BTreeMap::new();
    for step in &series.links {
        if heads
            .last_key_value()
            .is_some_and(|(last, _)| last + 1 != step.seq)
        {
            return Err(does_not_hold(at(step.seq), "an event is missing before it"));
        }
        if let Some(body) = &step.body {
            if Hash::of(body.as_bytes()) != step.body_hash {
                return Err(does_not_hold(
                    at(step.seq),
                    "its body does not have its hash",
                ));
            }
            let id = EventId {
                device,
                seq: step.seq,
            };
            let event = serde_json::from_str::<Event>(body)
                .ok()
                .filter(|event| event.id == id);
            let event = event.ok_or_else(|| does_not_hold(at(step.seq), "cannot be read"))?;
            events.insert(id, event);
        }
        prev = link(prev, step.body_hash);
        heads.insert(step.seq, prev);
    }
    let (last, head) = heads
        .last_key_value()
        .ok_or_else(|| does_not_hold(format!("series {device}"), "has no events"))?;
    series
        .key
        .verify(&chain_head_bytes(device, *last, *head), &series.head)
        .map_err(|_| does_not_hold(at(*last), "the device did not sign this chain"))?;
    covered(series, gateway, &heads, device)
}

fn covered(
    series: &SeriesProof,
    gateway: &PublicKey,
    heads: &BTreeMap<u64, Hash>,
    device: DeviceId,
) -> Result<u64, ProofFault> {
    let mut through = 0;
    for signed in &series.receipts {
        let place = || format!("receipt of {device}");
        let receipt = signed
            .open(gateway)
            .map_err(|_| does_not_hold(place(), "is not signed by the gateway"))?;
        let fits = receipt.device == device
            && heads.get(&receipt.through_seq) == Some(&receipt.chain_head);
        if !fits {
            return Err(does_not_hold(place(), "is about another chain"));
        }
        through = through.max(receipt.through_seq);
    }
    match series.links.iter().rfind(|link| link.body.is_some()) {
        Some(last) if last.seq > through => Err(does_not_hold(
            format!("event {device}/{}", last.seq),
            "no receipt covers it",
        )),
        Some(_) | None => Ok(series.receipts.len() as u64),
    }
}

/// Whether the log says of each event what the device recorded; gives back the order's state.
fn log(proof: &Proof, events: &BTreeMap<EventId, Event>) -> Result<String, ProofFault> {
    let mut told = 0;
    for entry in &proof.log {
        let EntryBody::Field {
            event_id,
            event,
            at,
            ..
        } = &entry.body
        else {
            continue;
        };
        let recorded = events
            .get(event_id)
            .ok_or_else(|| does_not_hold(format!("event {event_id}"), "is not in a chain"))?;
        let fact = Fact::Order {
            order: proof.order.clone(),
            fact: event.as_ref().clone(),
        };
        if recorded.fact != fact || recorded.at != *at {
            return Err(does_not_hold(
                format!("event {event_id}"),
                "the log tells it otherwise",
            ));
        }
        told += 1;
    }
    if told != events.len() {
        return Err(does_not_hold("log", "leaves out events of the chain"));
    }
    let picture = replay(&proof.log)
        .filter(|picture| picture.dispatch.id == proof.order)
        .ok_or_else(|| does_not_hold("log", "does not begin with the order's dispatch"))?;
    if !picture
        .manifest
        .iter()
        .all(|hash| proof.manifest.contains(hash))
    {
        return Err(does_not_hold(
            "manifest",
            "leaves out evidence the log names",
        ));
    }
    Ok(picture.state.name().to_owned())
}

fn blobs(proof: &Proof, mut files: BTreeMap<String, Vec<u8>>) -> Result<u64, ProofFault> {
    for hash in &proof.manifest {
        let bytes = files
            .remove(&format!("blobs/{hash}"))
            .ok_or_else(|| does_not_hold(format!("blob {hash}"), "is missing"))?;
        if BlobHash::of(&bytes) != *hash {
            return Err(does_not_hold(
                format!("blob {hash}"),
                "is not what its name says",
            ));
        }
    }
    match files.pop_first() {
        Some((name, _)) => Err(does_not_hold(name, "does not belong here")),
        None => Ok(proof.manifest.len() as u64),
    }
}
