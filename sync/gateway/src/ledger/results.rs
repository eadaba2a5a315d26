//! The way of results to the marketing system, and what waits for a person on either side.

use domain::{Millis, OfficeEvent, OrderId};
use wire::problem::Problem;

use super::log::append;
use super::office::{MARKETING, office};
use super::{DeadLetter, HeldEvent, Ledger, LetterId, Outgoing, ResultState, Role};
use crate::Error;

impl dyn Ledger + '_ {
    /// Results that should be delivered now, the longest due first.
    ///
    /// Errors: those of the ledger.
    pub fn outgoing_due(&self, now: Millis, limit: u64) -> Result<Vec<Outgoing>, Error> {
        self.reading(|tables| tables.outgoing_due(now, limit))
    }

    /// The marketing system has taken a result: the order's log says so, once.
    ///
    /// Errors: [`Problem::NotFound`].
    pub fn delivered(&self, no: u64, now: Millis) -> Result<(), Error> {
        self.writing(|tables| {
            let mut outgoing = tables.outgoing(no)?.ok_or(Problem::NotFound)?;
            if outgoing.state == ResultState::Delivered {
                return Ok(());
            }
            outgoing.state = ResultState::Delivered;
            outgoing.tries = outgoing.tries.saturating_add(1);
            outgoing.why = String::new();
            tables.put_outgoing(&outgoing)?;
            let entry = office(now, MARKETING, OfficeEvent::AcceptedByMarketing);
            append(tables, &outgoing.order.dispatch.id, entry)
        })
    }

    /// A try to deliver a result failed: again at a later time, or never by itself (`None`).
    ///
    /// Errors: [`Problem::NotFound`].
    pub fn undelivered(
        &self,
        no: u64,
        why: &str,
        again_at: Option<Millis>,
        now: Millis,
    ) -> Result<(), Error> {
        self.writing(|tables| {
            let mut outgoing = tables.outgoing(no)?.ok_or(Problem::NotFound)?;
            if outgoing.state == ResultState::Delivered {
                return Ok(());
            }
            outgoing.tries = outgoing.tries.saturating_add(1);
            outgoing.why = why.to_owned();
            (outgoing.state, outgoing.due_at) = match again_at {
                Some(at) => (ResultState::Queued, at),
                None => (ResultState::Dead, now),
            };
            tables.put_outgoing(&outgoing)
        })
    }

    /// Keeps something from the marketing system that could not be used, for a person to see.
    ///
    /// Errors: those of the ledger.
    pub fn add_letter(
        &self,
        kind: &str,
        order: Option<&OrderId>,
        why: &str,
        now: Millis,
    ) -> Result<(), Error> {
        let letter = DeadLetter {
            id: LetterId::In(0),
            kind: kind.to_owned(),
            order: order.cloned(),
            why: why.to_owned(),
            tries: 1,
            at: now,
        };
        self.writing(|tables| tables.add_letter(&letter))
    }

    /// Everything that waits for a person outside the queue, the newest first of each kind.
    ///
    /// Errors: those of the ledger.
    pub fn dead_letters(&self, limit: u64) -> Result<Vec<DeadLetter>, Error> {
        self.reading(|tables| {
            let dead = tables.outgoing_dead(limit)?.into_iter();
            let mut letters: Vec<DeadLetter> = dead.map(letter_of_result).collect();
            letters.extend(tables.letters(limit)?);
            letters.extend(tables.stray_events(limit)?.into_iter().map(letter_of_event));
            Ok(letters)
        })
    }

    /// Tries a result that was given up again; puts a letter that came in away. An event stays:
    /// it is evidence.
    ///
    /// Errors: [`Problem::NotFound`], [`Problem::NotAllowed`].
    pub fn retry_letter(&self, id: &LetterId, role: Role, now: Millis) -> Result<(), Error> {
        if role != Role::Admin && !matches!(id, LetterId::Out(_)) {
            return Err(Problem::NotAllowed.into());
        }
        self.writing(|tables| match id {
            LetterId::Out(no) => {
                let mut outgoing = tables.outgoing(*no)?.ok_or(Problem::NotFound)?;
                if outgoing.state == ResultState::Dead {
                    outgoing.state = ResultState::Queued;
                    outgoing.due_at = now;
                    tables.put_outgoing(&outgoing)?;
                }
                Ok(())
            }
            LetterId::In(no) => match tables.remove_letter(*no)? {
                true => Ok(()),
                false => Err(Problem::NotFound.into()),
            },
            LetterId::Event(_) => Err(Problem::NotAllowed.into()),
        })
    }
}

fn letter_of_result(outgoing: Outgoing) -> DeadLetter {
    DeadLetter {
        id: LetterId::Out(outgoing.no),
        kind: "result".to_owned(),
        order: Some(outgoing.order.dispatch.id),
        why: outgoing.why,
        tries: outgoing.tries,
        at: outgoing.due_at,
    }
}

fn letter_of_event(event: HeldEvent) -> DeadLetter {
    let id = domain::EventId {
        device: event.device,
        seq: event.sealed.seq,
    };
    let why = match &event.verdict {
        domain::Verdict::Accepted => String::new(),
        domain::Verdict::Late { refusal } => {
            refusal.as_ref().map_or("late", |r| r.code()).to_owned()
        }
        domain::Verdict::Refused { refusal } => refusal.code().to_owned(),
    };
    DeadLetter {
        id: LetterId::Event(id),
        kind: "event".to_owned(),
        order: event.order,
        why,
        tries: 1,
        at: event.received_at,
    }
}
