//! Rows into the ledger: all are understood before the first one counts.

use std::collections::{BTreeMap, BTreeSet};

use domain::{AssetRule, CrewId, Dispatch, Hash, Holder, Millis, OfficeEvent, OrderId, StockItem};
use serde::Serialize;

use super::encode;
use super::fault::{Fault, Flaw};
use super::map::Mapping;
use super::record::{self, Record};
use super::row::Row;
use crate::Error;
use crate::ledger::{Crew, Dispatched, Ledger, Recalled};

/// What became of the records of one file or request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Taken {
    /// Orders that are new.
    pub new_orders: u64,
    /// Orders that say something else now.
    pub changed_orders: u64,
    /// Orders taken back.
    pub recalled_orders: u64,
    /// Assets that are elsewhere now.
    pub stock: u64,
    /// Crews.
    pub crews: u64,
    /// Records that said what was known already.
    pub same: u64,
    /// Records an order's state does not take; a supervisor sees them as letters.
    pub set_aside: u64,
}

/// Why nothing of it was taken.
#[derive(Debug, thiserror::Error)]
pub enum NotTaken {
    /// The sender has to correct something.
    #[error("{} faults in what was sent", .0.len())]
    Faults(Vec<Fault>),
    /// The gateway has to.
    #[error(transparent)]
    Gateway(#[from] Error),
}

/// Takes rows, all or none: nothing is applied while one of them is at fault.
///
/// The same rows again change nothing, even when the order or asset has moved on meanwhile.
///
/// Errors: [`NotTaken::Faults`] with every fault found; [`NotTaken::Gateway`] when the ledger
/// fails, and then the same rows may be sent again.
pub fn take(
    ledger: &dyn Ledger,
    rows: Vec<Row>,
    mapping: &Mapping,
    now: Millis,
) -> Result<Taken, NotTaken> {
    let rules = ledger.asset_rules()?;
    let mut faults = vec![];
    let mut records = vec![];
    for row in rows {
        let line = row.line;
        let said = said(&row, mapping);
        match record::record(row, mapping, &rules) {
            Ok(record) => records.push((line, said, record)),
            Err(found) => faults.extend(found),
        }
    }
    let mut taking = Taking {
        ledger,
        mapping,
        rules: &rules,
        now,
        crews: BTreeSet::new(),
        orders: BTreeMap::new(),
    };
    taking.crews.extend(records.iter().filter_map(crew_in));
    let mut steps = vec![];
    for (line, said, record) in records {
        match taking.resolve(line, said, record)? {
            Ok(step) => steps.push(step),
            Err(found) => faults.extend(found),
        }
    }
    if !faults.is_empty() {
        faults.sort_by_key(|fault| fault.line);
        return Err(NotTaken::Faults(faults));
    }
    taking.apply(steps).map_err(NotTaken::Gateway)
}

/// What a row says, as a hash that does not depend on how it was written down.
fn said(row: &Row, mapping: &Mapping) -> Hash {
    Hash::of(encode::json(row, mapping).to_string().as_bytes())
}

fn crew_in((_, _, record): &(u64, Hash, Record)) -> Option<CrewId> {
    match record {
        Record::Crew(crew) => Some(crew.crew.clone()),
        Record::Order(_) | Record::Change(..) | Record::Recall(..) | Record::Stock(_) => None,
    }
}

/// A record that may be applied.
enum Step {
    Order(&'static str, Hash, Box<Dispatch>),
    Recall(OrderId, String),
    Stock(Box<StockItem>),
    Crew(Crew),
}

struct Taking<'a> {
    ledger: &'a dyn Ledger,
    mapping: &'a Mapping,
    rules: &'a [AssetRule],
    now: Millis,
    /// Crews that this file brings.
    crews: BTreeSet<CrewId>,
    /// Orders as this file leaves them.
    orders: BTreeMap<OrderId, Dispatch>,
}

type Resolved = Result<Step, Vec<Fault>>;

impl Taking<'_> {
    fn resolve(&mut self, line: u64, said: Hash, record: Record) -> Result<Resolved, Error> {
        let step = match record {
            Record::Order(dispatch) => {
                if !self.knows_crew(&dispatch.crew)? {
                    return Ok(Err(self.fault(line, "order", "crew", Flaw::UnknownCrew)));
                }
                self.orders.insert(dispatch.id.clone(), (*dispatch).clone());
                Step::Order("order", said, dispatch)
            }
            Record::Change(id, row) => match self.current(&id)? {
                None => {
                    return Ok(Err(self.fault(
                        line,
                        "change",
                        "order_no",
                        Flaw::UnknownOrder,
                    )));
                }
                Some(current) => {
                    let mut laid = encode::order(&current, self.mapping);
                    laid.cells.extend(row.cells);
                    laid.line = line;
                    let dispatch = match record::order(&laid, self.mapping, self.rules) {
                        Ok(dispatch) => dispatch,
                        Err(faults) => return Ok(Err(faults)),
                    };
                    if !self.knows_crew(&dispatch.crew)? {
                        return Ok(Err(self.fault(line, "change", "crew", Flaw::UnknownCrew)));
                    }
                    self.orders.insert(id, dispatch.clone());
                    Step::Order("change", said, Box::new(dispatch))
                }
            },
            Record::Recall(id, reason) => {
                if self.current(&id)?.is_none() {
                    return Ok(Err(self.fault(
                        line,
                        "recall",
                        "order_no",
                        Flaw::UnknownOrder,
                    )));
                }
                Step::Recall(id, reason)
            }
            Record::Stock(item) => {
                let issued = match &item.holder {
                    Holder::Cabinet { issued_to } => issued_to.clone(),
                    Holder::WithCrew { crew }
                    | Holder::Bound { crew, .. }
                    | Holder::Removed { crew, .. } => Some(crew.clone()),
                    Holder::Installed { .. } => None,
                };
                if let Some(crew) = issued
                    && !self.knows_crew(&crew)?
                {
                    return Ok(Err(self.fault(line, "stock", "crew", Flaw::UnknownCrew)));
                }
                Step::Stock(item)
            }
            Record::Crew(crew) => Step::Crew(crew),
        };
        Ok(Ok(step))
    }

    fn fault(&self, line: u64, record: &str, ours: &str, flaw: Flaw) -> Vec<Fault> {
        let field = self.mapping.field(record, ours).to_owned();
        vec![Fault { line, field, flaw }]
    }

    fn knows_crew(&mut self, crew: &CrewId) -> Result<bool, Error> {
        if self.crews.contains(crew) {
            return Ok(true);
        }
        let known = self.ledger.reading(|tables| tables.crew(crew))?.is_some();
        if known {
            self.crews.insert(crew.clone());
        }
        Ok(known)
    }

    fn current(&self, id: &OrderId) -> Result<Option<Dispatch>, Error> {
        if let Some(dispatch) = self.orders.get(id) {
            return Ok(Some(dispatch.clone()));
        }
        let row = self.ledger.reading(|tables| tables.order(id))?;
        Ok(row.map(|row| row.order.dispatch))
    }

    fn apply(&self, steps: Vec<Step>) -> Result<Taken, Error> {
        let mut taken = Taken::default();
        let mut stock = vec![];
        for step in steps {
            match step {
                Step::Crew(crew) => {
                    let known = self.ledger.reading(|tables| tables.crew(&crew.crew))?;
                    if known.as_ref() == Some(&crew) {
                        taken.same += 1;
                    } else {
                        self.ledger.writing(|tables| tables.put_crew(&crew))?;
                        taken.crews += 1;
                    }
                }
                Step::Stock(item) => stock.push(*item),
                Step::Order(record, said, dispatch) => {
                    self.order(record, said, *dispatch, &mut taken)?;
                }
                Step::Recall(id, reason) => self.recall(&id, &reason, &mut taken)?,
            }
        }
        let changed = self.ledger.put_stock(&stock)?;
        taken.stock = changed;
        taken.same += (stock.len() as u64).saturating_sub(changed);
        Ok(taken)
    }

    /// A record that was the last of its kind for this order says nothing new when it comes again,
    /// whatever happened to the order since.
    fn order(
        &self,
        record: &str,
        said: Hash,
        mut dispatch: Dispatch,
        taken: &mut Taken,
    ) -> Result<(), Error> {
        let mark = format!("central/{record}/{}", dispatch.id);
        if self.ledger.mark(&mark)?.as_deref() == Some(said.to_string().as_str()) {
            taken.same += 1;
            return Ok(());
        }
        let id = dispatch.id.clone();
        let row = self.ledger.reading(|tables| tables.order(&id))?;
        if let Some(known) = row.as_ref().map(|row| &row.order.dispatch) {
            dispatch.revision = known.revision;
            if known.kind == dispatch.kind {
                let (card, token) = (dispatch.card.is_some(), dispatch.token.is_some());
                dispatch.procedure = known.procedure.clone().fitted(card, token);
            }
        }
        let changed = OfficeEvent::Changed {
            dispatch: Box::new(dispatch.clone()),
        };
        let stands_against = row
            .filter(|row| row.order.dispatch != dispatch)
            .and_then(|row| domain::admit_office(&row.order, &changed).err());
        match stands_against {
            Some(refusal) => self.set_aside(record, &id, &refusal, taken)?,
            None => match self.ledger.dispatch(dispatch, self.now)? {
                Dispatched::New => taken.new_orders += 1,
                Dispatched::Changed => taken.changed_orders += 1,
                Dispatched::Same => taken.same += 1,
            },
        }
        self.ledger.put_mark(&mark, &said.to_string())
    }

    fn recall(&self, id: &OrderId, reason: &str, taken: &mut Taken) -> Result<(), Error> {
        let recalled = OfficeEvent::Recalled {
            reason: reason.to_owned(),
        };
        let row = self.ledger.reading(|tables| tables.order(id))?;
        let stands_against = row
            .filter(|row| row.order.state.name() != "recalled")
            .and_then(|row| domain::admit_office(&row.order, &recalled).err());
        if let Some(refusal) = stands_against {
            return self.set_aside("recall", id, &refusal, taken);
        }
        match self.ledger.recall(id, reason, self.now)? {
            Recalled::Taken => taken.recalled_orders += 1,
            Recalled::Same => taken.same += 1,
        }
        Ok(())
    }

    fn set_aside(
        &self,
        record: &str,
        id: &OrderId,
        refusal: &domain::Refusal,
        taken: &mut Taken,
    ) -> Result<(), Error> {
        taken.set_aside += 1;
        let why = refusal.to_string();
        self.ledger.add_letter(record, Some(id), &why, self.now)
    }
}
