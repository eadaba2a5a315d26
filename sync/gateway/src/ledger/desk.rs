//! What supervisors see and decide.

use domain::{
    BlobHash, CrewId, Entry, EventId, LateDecision, Millis, OfficeEvent, OrderId, Remark,
    SupervisorId, replay,
};
use wire::problem::Problem;

use super::cards::{self, IncidentOf, LeaveOf};
use super::log::append;
use super::office::office;
use super::rows::{
    Crew, Day, DayCount, Device, OrderRow, Outgoing, QueueFilter, ResultState, StoredReceipt, Tally,
};
use super::tables::Tables;
use super::{Ledger, NEWEST};
use crate::Error;

/// An order with all that a review shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Dossier {
    /// Its picture.
    pub row: OrderRow,
    /// Its log.
    pub log: Vec<Entry>,
    /// Evidence that is not held.
    pub missing: Vec<BlobHash>,
    /// Receipts over its events.
    pub receipts: Vec<StoredReceipt>,
    /// Its crew.
    pub crew: Option<Crew>,
    /// Its newest result, if it was ever approved.
    pub result: Option<Outgoing>,
    /// Leave to write its card, the oldest first.
    pub leaves: Vec<LeaveOf>,
    /// What was reported on its card and does not fit, the oldest first.
    pub incidents: Vec<IncidentOf>,
}

/// What the crews' progress is made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standings {
    /// How many orders each crew has in each state.
    pub counts: Vec<DayCount>,
    /// The crews, by id.
    pub crews: Vec<Crew>,
    /// Their devices.
    pub devices: Vec<Device>,
}

/// What a supervisor decides about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is good.
    Approve,
    /// The crew has to look again.
    Return {
        /// At what.
        remarks: Vec<Remark>,
    },
    /// What becomes of late events.
    Late {
        /// Which.
        events: Vec<EventId>,
        /// What.
        decision: LateDecision,
    },
}

/// What replaying every log found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Replayed {
    /// How many orders there are.
    pub orders: u64,
    /// Orders whose log does not add up to their picture; always empty.
    pub differing: Vec<OrderId>,
}

impl dyn Ledger + '_ {
    /// Hands the orders of a queue to `each`, anomalous ones first, with what evidence is missing.
    ///
    /// Errors: those of the ledger and of `each`.
    pub fn queue(
        &self,
        filter: &QueueFilter,
        mut each: impl FnMut(OrderRow, u64) -> Result<(), Error>,
    ) -> Result<(), Error> {
        self.reading(|tables| {
            tables.queue(filter, &mut |row| {
                let missing = tables.missing(&row.order.dispatch.id)?.len() as u64;
                each(row, missing)
            })
        })
    }

    /// How much there is to do.
    ///
    /// Errors: those of the ledger.
    pub fn tally(&self, day: Day) -> Result<Tally, Error> {
        self.reading(|tables| tables.tally(day))
    }

    /// What the crews' progress is made from.
    ///
    /// Errors: those of the ledger.
    pub fn standings(&self) -> Result<Standings, Error> {
        self.reading(|tables| {
            Ok(Standings {
                counts: tables.counts()?,
                crews: tables.crews()?,
                devices: tables.devices()?,
            })
        })
    }

    /// An order with all that a review shows.
    ///
    /// Errors: [`Problem::NotFound`].
    pub fn dossier(&self, order: &OrderId) -> Result<Dossier, Error> {
        self.reading(|tables| dossier(tables, order))
    }

    /// Records a supervisor's decision, if the order still stands as they saw it (`seen`; `None`
    /// when it does not matter). An approval puts one result into the outbox.
    ///
    /// Errors: [`Problem::NotFound`], [`Problem::OrderMoved`], [`Problem::EvidenceMissing`],
    /// [`Problem::Malformed`] for a return that says nothing.
    pub fn decide(
        &self,
        order: &OrderId,
        seen: Option<u64>,
        decision: Decision,
        by: &SupervisorId,
        now: Millis,
    ) -> Result<Dossier, Error> {
        self.writing(|tables| {
            let row = tables.order(order)?.ok_or(Problem::NotFound)?;
            if seen.is_some_and(|seen| seen != row.revision) {
                let state = row.order.state.name().to_owned();
                return Err(Problem::OrderMoved { state }.into());
            }
            let event = match decision {
                Decision::Approve => OfficeEvent::Approved,
                Decision::Return { remarks } => OfficeEvent::Returned { remarks },
                Decision::Late { events, decision } => {
                    OfficeEvent::LateDecided { events, decision }
                }
            };
            let is_approval = event == OfficeEvent::Approved;
            append(tables, order, office(now, by.as_str(), event))?;
            if is_approval {
                let missing = tables.missing(order)?.len() as u64;
                if missing > 0 {
                    return Err(Problem::EvidenceMissing { missing }.into());
                }
                put_result(tables, order, by, now)?;
            }
            dossier(tables, order)
        })
    }

    /// Replays every order's log and compares it with the stored picture.
    ///
    /// Errors: those of the ledger.
    pub fn verify_replay(&self) -> Result<Replayed, Error> {
        self.reading(|tables| {
            let mut found = Replayed::default();
            tables.order_ids(&mut |id| {
                let log = tables.log(&id, 0, NEWEST)?;
                let row = tables.order(&id)?;
                found.orders += 1;
                if row.map(|row| row.order) != replay(&log) {
                    found.differing.push(id);
                }
                Ok(())
            })?;
            Ok(found)
        })
    }

    /// Remembers that a blob is held: whole, verified, on the disk.
    ///
    /// Errors: those of the ledger.
    pub fn put_blob(&self, blob: BlobHash, size_bytes: u64, now: Millis) -> Result<(), Error> {
        self.writing(|tables| tables.put_blob(blob, size_bytes, now))
    }

    /// The size of a blob that is held. Unit: bytes.
    ///
    /// Errors: those of the ledger.
    pub fn blob(&self, blob: BlobHash) -> Result<Option<u64>, Error> {
        self.reading(|tables| tables.blob(blob))
    }

    /// The size of a blob that is held and is evidence of an order the crew has or had.
    ///
    /// Errors: [`Problem::NotFound`], also for another crew's: nobody learns what exists.
    pub fn blob_of_crew(&self, blob: BlobHash, crew: &CrewId) -> Result<u64, Error> {
        self.reading(|tables| match tables.is_blob_of_crew(blob, crew)? {
            true => tables.blob(blob)?.ok_or_else(|| Problem::NotFound.into()),
            false => Err(Problem::NotFound.into()),
        })
    }
}

fn put_result(
    tables: &dyn Tables,
    order: &OrderId,
    by: &SupervisorId,
    now: Millis,
) -> Result<(), Error> {
    let row = tables.order(order)?.ok_or(Problem::NotFound)?;
    tables.put_outgoing(&Outgoing {
        no: 0,
        approval: row.revision,
        order: row.order,
        approved_at: now,
        approved_by: by.as_str().to_owned(),
        tries: 0,
        state: ResultState::Queued,
        why: String::new(),
        due_at: now,
    })
}

/// Remarks that say something.
fn dossier(tables: &dyn Tables, order: &OrderId) -> Result<Dossier, Error> {
    let row = tables.order(order)?.ok_or(Problem::NotFound)?;
    let log = tables.log(order, 0, NEWEST)?;
    let mut receipts = vec![];
    for span in super::proof::spans(&log) {
        // the first receipt at or after the last event may have its head beyond it
        let last = EventId {
            device: span.device,
            seq: span.last,
        };
        let closing = tables.next_head(last)?.and_then(|receipt| receipt.head);
        let through = closing.map_or(span.last, |(seq, _)| seq);
        receipts.extend(tables.receipts_with_head_in(span.device, span.first, through)?);
    }
    Ok(Dossier {
        missing: tables.missing(order)?,
        crew: tables.crew(&row.order.dispatch.crew)?,
        result: tables.outgoing_of(order)?,
        leaves: cards::leaves_of(tables, order)?,
        incidents: cards::incidents_of(tables, order)?,
        row,
        log,
        receipts,
    })
}
