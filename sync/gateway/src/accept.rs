//! The judge of field events: accepted, late or refused. Pure; everything it looks at is handed in.

use domain::{
    CrewId, DeviceId, Entry, EntryBody, Ground, HolderChange, Millis, OfficeEvent, Order,
    OrderEvent, Refusal, Stock, StockEvent, Verdict, admit, admit_stock, waits_with_its_begin,
};

/// Whose the order is to the crew that reports on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Custody {
    /// Theirs now.
    Now,
    /// Theirs once, and another crew's now.
    Once,
    /// Never theirs.
    Never,
}

/// Who changed the order after what the reporting device had seen of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Overtaken {
    /// Nobody.
    No,
    /// Another device of the crew's.
    ByDevice,
    /// The office: a change, a recall, a supervisor.
    ByOffice,
}

/// An event and what it meets.
#[derive(Debug, Clone, Copy)]
pub struct Case<'a> {
    /// The order now; `None` when it was never dispatched.
    pub order: Option<&'a Order>,
    /// Whose it is.
    pub custody: Custody,
    /// Who changed it meanwhile.
    pub overtaken: Overtaken,
    /// The crew that reports.
    pub crew: &'a CrewId,
    /// The assets the event may name.
    pub stock: &'a Stock,
    /// When it happened, by the device's best guess.
    pub at: Millis,
    /// What happened.
    pub event: &'a OrderEvent,
}

/// What becomes of an event. It is stored whatever the answer.
///
/// What the office did meanwhile always asks for a person, even when the event would still fit;
/// what another device did asks for one only when the two do not go together.
pub fn judge(case: Case<'_>) -> Verdict {
    let Some(order) = case.order else {
        let refusal = Refusal::UnknownOrder;
        return Verdict::Refused { refusal };
    };
    let another = || Refusal::NotThisCrew {
        crew: order.dispatch.crew.clone(),
    };
    match case.custody {
        Custody::Never => return Verdict::Refused { refusal: another() },
        Custody::Once => {
            let refusal = Some(another());
            return Verdict::Late { refusal };
        }
        Custody::Now => {}
    }
    let ground = Ground {
        crew: case.crew,
        stock: case.stock,
        now: case.at,
    };
    let refusal = admit(order, case.event, ground).err();
    match (case.overtaken, refusal) {
        (Overtaken::ByOffice, refusal) => Verdict::Late { refusal },
        (Overtaken::No | Overtaken::ByDevice, None) if waits_with_its_begin(order, case.event) => {
            Verdict::Late { refusal: None }
        }
        (Overtaken::No | Overtaken::ByDevice, None) => Verdict::Accepted,
        (Overtaken::ByDevice, refusal @ Some(_)) => Verdict::Late { refusal },
        (Overtaken::No, Some(refusal)) => Verdict::Refused { refusal },
    }
}

/// What becomes of an event at the cabinet, and what it changes.
pub fn judge_stock(
    stock: &Stock,
    crew: &CrewId,
    event: &StockEvent,
) -> (Verdict, Option<HolderChange>) {
    match admit_stock(stock, crew, event) {
        Ok(change) => (Verdict::Accepted, Some(change)),
        Err(refusal) => (Verdict::Refused { refusal }, None),
    }
}

/// Who changed an order, going by the lines of its log that a device had not seen.
pub fn overtaken<'a>(unseen: impl IntoIterator<Item = &'a Entry>, device: DeviceId) -> Overtaken {
    let by = |entry: &Entry| match &entry.body {
        EntryBody::Office { event, .. } => match event {
            OfficeEvent::Changed { .. }
            | OfficeEvent::Recalled { .. }
            | OfficeEvent::Returned { .. }
            | OfficeEvent::Approved
            | OfficeEvent::LateDecided { .. } => Overtaken::ByOffice,
            OfficeEvent::Dispatched { .. }
            | OfficeEvent::CardAuthorised { .. }
            | OfficeEvent::CardLeaveTakenBack { .. }
            | OfficeEvent::AcceptedByMarketing => Overtaken::No,
        },
        EntryBody::Field {
            event_id, verdict, ..
        } if event_id.device != device => match verdict {
            Verdict::Accepted => Overtaken::ByDevice,
            // what did not count changed nothing
            Verdict::Late { .. } | Verdict::Refused { .. } => Overtaken::No,
        },
        EntryBody::Field { .. } => Overtaken::No,
    };
    unseen.into_iter().map(by).max().unwrap_or(Overtaken::No)
}

#[cfg(test)]
mod tests;
