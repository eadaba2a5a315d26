//! Does what the plan asks: store and network meet here, never one inside the other.

use std::sync::Arc;

use client::{
    Answer, Ask, ClientError, Fault, Gateway, Plan, PushDraft, Standing, Traffic, Upload, Waiting,
};
use domain::{BlobHash, EntryBody, OfficeEvent, SignedAuthorisation, Verdict};
use ed25519_dalek::SigningKey;
use store::{Enrolment, Incoming, StoreError};
use wire::PROTOCOL_VERSION;
use wire::enrol::SeriesRequest;
use wire::pull::{Change, ChangeBody};
use wire::push::{PUSH_BYTES_MAX, Push};
use wire::sign::{PublicKey, Signature, chain_head_bytes};

use crate::device::CLOCK;
use crate::sync::Round;
use crate::{Changed, Device, WorkError};

/// Blobs looked at in one round; the rest come with the next.
const BLOBS_MAX: usize = 5_000;

/// A blob of this size or less goes along with its announcement: thumbnails and signatures spare
/// a round trip, and a cut costs a second of a slow link. Unit: bytes.
const ALONG_BYTES: u64 = 32 * 1024;

/// The one who goes to and fro.
#[derive(Debug)]
pub(crate) struct Courier {
    pub(super) plan: Plan,
    gateway: Gateway,
    who: Enrolment,
    /// The blob whose pieces are being sent, so that it is decrypted once.
    in_hand: Option<(BlobHash, Arc<Vec<u8>>)>,
    before: Traffic,
    events_up: u64,
    events_refused: u64,
    blobs_up: u64,
    orders_down: u64,
}

impl Device {
    /// Who this device is, with its keys.
    pub(crate) fn signing_as(&self) -> Result<Enrolment, WorkError> {
        let enrolment = self.inner.store.enrolment()?;
        Ok(enrolment.ok_or(StoreError::NotEnrolled)?)
    }
}

impl Courier {
    pub(super) fn new(who: Enrolment, seed: [u8; 16]) -> Result<Self, WorkError> {
        Ok(Self {
            plan: Plan::new(seed),
            gateway: Gateway::new(&who.gateway)?,
            who,
            in_hand: None,
            before: Traffic::default(),
            events_up: 0,
            events_refused: 0,
            blobs_up: 0,
            orders_down: 0,
        })
    }

    /// Whether this courier may go on, or the device has become another's since.
    pub(super) fn serves(&self, who: &Enrolment) -> bool {
        &self.who == who
    }

    pub(super) fn begin(&mut self) {
        self.before = *self.gateway.traffic().borrow();
        (self.events_up, self.events_refused) = (0, 0);
        (self.blobs_up, self.orders_down) = (0, 0);
    }

    pub(super) fn end(&mut self, standing: Standing) -> Round {
        self.in_hand = None;
        let now = *self.gateway.traffic().borrow();
        Round {
            standing,
            events_up: self.events_up,
            events_refused: self.events_refused,
            blobs_up: self.blobs_up,
            orders_down: self.orders_down,
            bytes_up: now.up.saturating_sub(self.before.up),
            bytes_down: now.down.saturating_sub(self.before.down),
        }
    }

    pub(super) async fn perform(&mut self, device: &Device, ask: Ask) -> Result<Answer, WorkError> {
        match ask {
            Ask::OpenSession => self.open_session(device).await,
            Ask::Events { from, limit } => {
                let events = move |device: &Device| {
                    let store = &device.inner.store;
                    let last_seq = store.series()?.last_seq;
                    let events = match from {
                        Some(from) => store.events_from(from, limit, PUSH_BYTES_MAX)?,
                        None => store.outbox(limit, PUSH_BYTES_MAX)?,
                    };
                    Ok(Answer::Events { events, last_seq })
                };
                device.beside(events).await
            }
            Ask::Push(draft) => self.push(device, draft).await,
            Ask::Pull => self.pull(device).await,
            Ask::WithoutLeave => {
                let without = |device: &Device| Ok(Answer::WithoutLeave(device.without_leave()?));
                device.beside(without).await
            }
            Ask::Authorise(order) => {
                // It is taken from the order's log, like all that this device knows of an order.
                self.gateway.authorise_card(&order).await?;
                Ok(Answer::Done)
            }
            Ask::NewSeries => self.new_series(device).await,
            Ask::Blobs => {
                let waiting = |device: &Device| {
                    let waiting = device.inner.store.waiting_blobs(BLOBS_MAX)?;
                    let blobs = waiting.iter().map(|blob| Waiting {
                        hash: blob.hash,
                        size_bytes: blob.size_bytes,
                    });
                    Ok(Answer::Blobs(blobs.collect()))
                };
                device.beside(waiting).await
            }
            Ask::Offer(blob) => self.offer(device, blob).await,
            Ask::Append {
                blob,
                upload,
                length,
            } => self.append(device, blob, upload, length).await,
        }
    }

    fn key(&self) -> SigningKey {
        SigningKey::from_bytes(&self.who.signing_seed)
    }

    async fn open_session(&mut self, device: &Device) -> Result<Answer, WorkError> {
        let key = self.key();
        let sign = |bytes: &[u8]| Signature::over(bytes, &key);
        let before = device.stamp();
        let session = self.gateway.open_session(self.who.device, sign).await?;
        let heard = device
            .inner
            .clock
            .heard(before, session.gateway_time, device.stamp());
        if let Some(met) = heard {
            let keep = move |device: &Device| Ok(device.inner.store.save_setting(CLOCK, &met)?);
            device.beside(keep).await?;
        }
        Ok(Answer::Done)
    }

    async fn push(&mut self, device: &Device, draft: PushDraft) -> Result<Answer, WorkError> {
        let head_signature = draft.events.last().map(|last| {
            let head = chain_head_bytes(self.who.device, last.seq, last.hash);
            Signature::over(&head, &self.key())
        });
        let events = draft.events.len() as u64;
        let push = Push {
            version: PROTOCOL_VERSION,
            device: self.who.device,
            push: draft.id,
            events: draft.events,
            blobs: draft.blobs,
            head_signature,
        };
        let key = PublicKey::from_bytes(&self.who.gateway_key).ok_or(
            ClientError::ReceiptForged(wire::sign::SignatureFault::DoesNotFit),
        )?;
        let receipt = self.gateway.push(&push, &key).await?;
        let not_accepted = |verdict: &Verdict| *verdict != Verdict::Accepted;
        let refused = receipt
            .judgements
            .iter()
            .filter(|j| not_accepted(&j.verdict));
        self.events_refused += refused.count() as u64;
        self.events_up += events;
        let blobs_held = receipt.blobs_held.clone();
        let record = move |device: &Device| Ok(device.inner.store.record_receipt(&receipt)?);
        tell(device, device.beside(record).await?);
        Ok(Answer::Receipted { blobs_held })
    }

    async fn pull(&mut self, device: &Device) -> Result<Answer, WorkError> {
        let cursor = |device: &Device| Ok(device.inner.store.cursor()?);
        let page = self.gateway.changes(device.beside(cursor).await?).await?;
        let (next, more) = (page.next, page.more);
        let incoming: Vec<Incoming> = page.changes.into_iter().map(incoming).collect();
        for signed in incoming.iter().flat_map(leaves) {
            device.heed_leave(signed, &self.who);
        }
        let orders = incoming.iter();
        let orders = orders.filter(|one| matches!(one, Incoming::Order { .. }));
        self.orders_down += orders.count() as u64;
        let apply = move |device: &Device| Ok(device.inner.store.apply_changes(next, &incoming)?);
        tell(device, device.beside(apply).await?);
        Ok(Answer::Pulled { more })
    }

    async fn new_series(&mut self, device: &Device) -> Result<Answer, WorkError> {
        let series = |device: &Device| Ok(device.inner.store.series()?);
        let series = device.beside(series).await?;
        let request = SeriesRequest {
            head_seq: series.acked_seq,
            head_hash: series.acked_hash,
        };
        let granted = self.gateway.series(&request).await?;
        let rehome = move |device: &Device| {
            device.inner.store.rehome(granted.device)?;
            device.signing_as()
        };
        self.who = device.beside(rehome).await?;
        Ok(Answer::Done)
    }

    async fn offer(&mut self, device: &Device, blob: Waiting) -> Result<Answer, WorkError> {
        let bytes = match blob.size_bytes {
            0..=ALONG_BYTES => self.bytes_of(device, blob).await?.to_vec(),
            _ => vec![],
        };
        let went_along = !bytes.is_empty();
        let upload = self.gateway.offer(&blob, bytes).await?;
        if upload.complete && went_along {
            self.blobs_up += 1;
        }
        Ok(Answer::Upload(upload))
    }

    async fn bytes_of(
        &mut self,
        device: &Device,
        blob: Waiting,
    ) -> Result<Arc<Vec<u8>>, WorkError> {
        if let Some((hash, bytes)) = &self.in_hand
            && *hash == blob.hash
        {
            return Ok(bytes.clone());
        }
        let read = move |device: &Device| Ok(device.inner.store.blob(&blob.hash)?);
        let bytes = Arc::new(device.beside(read).await?);
        self.in_hand = Some((blob.hash, bytes.clone()));
        Ok(bytes)
    }

    async fn append(
        &mut self,
        device: &Device,
        blob: Waiting,
        upload: Upload,
        length: u64,
    ) -> Result<Answer, WorkError> {
        let bytes = self.bytes_of(device, blob).await?;
        let start = usize::try_from(upload.offset).unwrap_or(usize::MAX);
        let end = usize::try_from(upload.offset.saturating_add(length)).unwrap_or(usize::MAX);
        let missing = StoreError::BlobMissing { hash: blob.hash };
        let piece = bytes.get(start..end).ok_or(missing)?.to_vec();
        let upload = self.gateway.append(&blob, &upload, piece).await?;
        if upload.complete {
            self.blobs_up += 1;
        }
        Ok(Answer::Upload(upload))
    }
}

fn tell(device: &Device, changed: store::Changed) {
    device.tell(Changed {
        orders: changed.orders,
        cabinet: changed.cabinet,
    });
}

fn incoming(change: Change) -> Incoming {
    match change.body {
        ChangeBody::Order { order, entries } => Incoming::Order { order, entries },
        ChangeBody::Stock { items } => Incoming::Stock { items },
        ChangeBody::AssetRules { rules } => Incoming::AssetRules { rules },
    }
}

/// The leaves to write a card that came with a change.
fn leaves(change: &Incoming) -> impl Iterator<Item = &SignedAuthorisation> {
    let entries = match change {
        Incoming::Order { entries, .. } => entries.as_slice(),
        Incoming::Stock { .. } | Incoming::AssetRules { .. } => &[],
    };
    entries.iter().filter_map(|entry| match &entry.body {
        EntryBody::Office {
            event: OfficeEvent::CardAuthorised { authorisation },
            ..
        } => Some(authorisation),
        EntryBody::Office { .. } | EntryBody::Field { .. } => None,
    })
}

/// What a failure is to the plan.
pub(super) fn fault(error: WorkError) -> Fault {
    match error {
        WorkError::Gateway(ClientError::Refused { problem, after_ms }) => {
            Fault::Problem { problem, after_ms }
        }
        WorkError::Gateway(error) => Fault::Link {
            after_ms: match error {
                ClientError::Busy { after_ms, .. } => after_ms,
                _ => None,
            },
            why: error.code(),
        },
        WorkError::Store(StoreError::ReceiptDoesNotFit { .. }) => Fault::Disagrees,
        WorkError::Store(StoreError::BlobMissing { .. } | StoreError::BlobDamaged { .. }) => {
            Fault::BlobUnreadable
        }
        error => Fault::Here { why: error.code() },
    }
}
