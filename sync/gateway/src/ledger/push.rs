//! A push: one transaction in which a series grows, every event is judged, and a receipt is kept.

use domain::{
    AssetNo, Entry, EntryBody, Event, EventId, Fact, Hash, Judgement, Millis, Order, OrderEvent,
    OrderId, Receipt, Refusal, Sealed, Slot, Stock, StockEvent, StockItem, Verdict,
};
use ed25519_dalek::SigningKey;
use serde::Deserialize;
use wire::problem::Problem;
use wire::push::{Push, SignedReceipt};
use wire::sign::Signed;

use super::cards;
use super::chain::{Held, held, split};
use super::log::{append, hand_over};
use super::rows::{Device, HeldEvent, StoredReceipt};
use super::tables::Tables;
use super::{Ledger, NEWEST};
use crate::Error;
use crate::accept::{Case, Custody, judge, judge_stock, overtaken};

impl dyn Ledger + '_ {
    /// Takes a push of a device's series and gives the signed receipt.
    ///
    /// The same push again gets the same receipt, byte for byte. Events that are held already are
    /// not taken twice; the receipt says what was made of them the first time.
    ///
    /// Errors: [`Problem::UnknownDevice`], [`Problem::Altered`], [`Problem::WrongSequence`],
    /// [`Problem::Forked`], [`Problem::BadSignature`]; [`Problem::Malformed`] when the push's id
    /// was used for another push.
    pub fn push(&self, push: &Push, key: &SigningKey, now: Millis) -> Result<SignedReceipt, Error> {
        let push_hash = hash_of(push)?;
        self.writing(|tables| {
            let device = tables.device(push.device)?.ok_or(Problem::UnknownDevice)?;
            if let Some(given) = tables.receipt(push.device, push.push)? {
                return if given.push_hash == push_hash {
                    Ok(given.receipt)
                } else {
                    let place = "push: this id was used for another push".to_owned();
                    Err(Problem::Malformed { place }.into())
                };
            }
            let before = held(tables, &device)?;
            let (again, next) = split(tables, &device, before, push)?;
            let mut judgements = again
                .iter()
                .map(|event| judged_before(tables, &device, event.seq))
                .collect::<Result<Vec<_>, _>>()?;
            for sealed in next {
                let verdict = take(tables, &device, sealed, now)?;
                let seq = sealed.seq;
                judgements.push(Judgement { seq, verdict });
            }
            let after = next.last().map_or(before, |last| Held {
                seq: last.seq,
                hash: last.hash,
            });
            let receipt = Receipt {
                device: push.device,
                push: push.push,
                through_seq: after.seq,
                chain_head: after.hash,
                judgements,
                blobs_held: held_of(tables, push)?,
            };
            let receipt = Signed::new(&receipt, key).map_err(|source| Error::Stored {
                what: "receipt",
                source,
            })?;
            let last = push.events.last().map(|event| event.seq);
            tables.put_receipt(&StoredReceipt {
                device: push.device,
                push: push.push,
                push_hash,
                through_seq: after.seq,
                head: last.zip(push.head_signature),
                receipt: receipt.clone(),
                given_at: now,
            })?;
            tables.put_device(&Device {
                last_seen_at: now,
                ..device
            })?;
            Ok(receipt)
        })
    }
}

/// The hash of what a push says, however its JSON was spaced.
fn hash_of(push: &Push) -> Result<Hash, Error> {
    let bytes = serde_json::to_vec(push).map_err(|source| Error::Stored {
        what: "push",
        source,
    })?;
    Ok(Hash::of(&bytes))
}

fn held_of(tables: &dyn Tables, push: &Push) -> Result<Vec<domain::BlobHash>, Error> {
    let mut held = vec![];
    for blob in &push.blobs {
        if tables.blob(*blob)?.is_some() {
            held.push(*blob);
        }
    }
    Ok(held)
}

fn judged_before(tables: &dyn Tables, device: &Device, seq: u64) -> Result<Judgement, Error> {
    let device = device.device;
    let event = tables
        .event(EventId { device, seq })?
        .ok_or(Error::CutOff)?;
    let verdict = event.verdict;
    Ok(Judgement { seq, verdict })
}

/// Takes the next event of a series: judges it, keeps it, lets it have its effect.
fn take(
    tables: &dyn Tables,
    device: &Device,
    sealed: &Sealed,
    now: Millis,
) -> Result<Verdict, Error> {
    let event = sealed
        .open()
        .ok()
        .filter(|event| event.id.device == device.device && event.version == domain::EVENT_VERSION);
    let keep = |verdict: &Verdict, order: Option<&OrderId>, is_stray: bool| {
        tables.append_event(&HeldEvent {
            device: device.device,
            sealed: sealed.clone(),
            order: order.cloned(),
            verdict: verdict.clone(),
            is_stray,
            received_at: now,
        })
    };
    let Some(event) = event else {
        let version = version_of(&sealed.body);
        let refusal = Refusal::UnknownVersion { version };
        let verdict = Verdict::Refused { refusal };
        keep(&verdict, None, true)?;
        return Ok(verdict);
    };
    match &event.fact {
        Fact::Stock { fact } => {
            let (verdict, change) = stock_verdict(tables, device, &event, fact)?;
            keep(&verdict, None, verdict != Verdict::Accepted)?;
            if let Some(item) = change {
                hand_over(tables, &item, None)?;
            }
            Ok(verdict)
        }
        Fact::Order { order, fact } => {
            let row = tables.order(order)?;
            let picture = row.as_ref().map(|row| &row.order);
            let custody = custody(tables, device, &event, order, picture)?;
            let verdict = order_verdict(tables, &event, order, fact, picture, custody)?;
            // a crew that never had the order leaves no trace in its log
            let is_in_log = row.is_some() && custody != Custody::Never;
            keep(&verdict, Some(order), !is_in_log)?;
            if is_in_log {
                append(tables, order, entry_of(&event, fact, &verdict))?;
            }
            // what became of money counts wherever the order has got to
            cards::keep(tables, device, &event, (order, fact), &verdict, now)?;
            Ok(verdict)
        }
    }
}

fn entry_of(event: &Event, fact: &OrderEvent, verdict: &Verdict) -> Entry {
    Entry {
        change: None,
        body: EntryBody::Field {
            event_id: event.id,
            operator: event.operator.clone(),
            crew: event.crew.clone(),
            at: event.at,
            verdict: verdict.clone(),
            event: Box::new(fact.clone()),
        },
    }
}

fn stock_verdict(
    tables: &dyn Tables,
    device: &Device,
    event: &Event,
    fact: &StockEvent,
) -> Result<(Verdict, Option<StockItem>), Error> {
    if event.crew != device.crew {
        return Ok((not_this_crew(device), None));
    }
    let Some(item) = tables.stock_item(fact.asset_no())? else {
        let verdict = judge_stock(&Stock::default(), &device.crew, fact).0;
        return Ok((verdict, None));
    };
    let (verdict, change) = judge_stock(&Stock::of([item.clone()]), &device.crew, fact);
    let moved = change.map(|change| StockItem {
        holder: change.holder,
        ..item
    });
    Ok((verdict, moved))
}

/// Whose an order is to the crew of the device that reports on it.
fn custody(
    tables: &dyn Tables,
    device: &Device,
    event: &Event,
    order: &OrderId,
    picture: Option<&Order>,
) -> Result<Custody, Error> {
    if event.crew != device.crew {
        return Ok(Custody::Never);
    }
    if picture.is_some_and(|picture| picture.dispatch.crew == device.crew) {
        return Ok(Custody::Now);
    }
    let crews = tables.crews_of(order)?;
    match crews.iter().any(|(crew, _)| *crew == device.crew) {
        true => Ok(Custody::Once),
        false => Ok(Custody::Never),
    }
}

fn order_verdict(
    tables: &dyn Tables,
    event: &Event,
    order: &OrderId,
    fact: &OrderEvent,
    picture: Option<&Order>,
    custody: Custody,
) -> Result<Verdict, Error> {
    let unseen = tables.log(order, event.seen.min(NEWEST), NEWEST)?;
    Ok(judge(Case {
        order: picture,
        custody,
        overtaken: overtaken(&unseen, event.id.device),
        crew: &event.crew,
        stock: &stock_for(tables, fact, picture)?,
        at: event.at.best(),
        event: fact,
    }))
}

/// A device that speaks for another crew than its own.
fn not_this_crew(device: &Device) -> Verdict {
    let crew = device.crew.clone();
    let refusal = Refusal::NotThisCrew { crew };
    Verdict::Refused { refusal }
}

/// The assets that judging an event may look at.
fn stock_for(
    tables: &dyn Tables,
    fact: &OrderEvent,
    picture: Option<&Order>,
) -> Result<Stock, Error> {
    let mut wanted: Vec<AssetNo> = vec![];
    if let OrderEvent::Scanned { asset_no, .. } = fact {
        wanted.push(asset_no.clone());
    }
    let scanned = |slot| picture.and_then(|order| order.scanned(slot)).cloned();
    wanted.extend(
        [Slot::NewMeter, Slot::NewTerminal]
            .into_iter()
            .filter_map(scanned),
    );
    let mut stock = Stock::default();
    for asset_no in wanted {
        if let Some(item) = tables.stock_item(&asset_no)? {
            stock.put(item);
        }
    }
    Ok(stock)
}

/// The version a body claims, as far as it can be read; 0 when it cannot.
fn version_of(body: &str) -> u16 {
    #[derive(Deserialize)]
    struct Version {
        version: u16,
    }
    serde_json::from_str::<Version>(body).map_or(0, |found| found.version)
}
