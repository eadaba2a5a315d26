//! An order as its screen is told.

use domain::{Need, Order, Record, Register, RegisterDigits, Requirement, Slot, Step, StockItem};
use work::{Held, Opened};

use super::{OrderView, ReadingRow, ReadingSheet, StepStatus, StepView, Waiting};

impl OrderView {
    /// All the screen needs.
    pub(crate) fn of(opened: Opened) -> Self {
        let Opened {
            held: Held { order, row, .. },
            new_meter,
        } = opened;
        let steps = order.dispatch.procedure.steps.iter();
        Self {
            steps: steps
                .map(|step| step_view(&order, step, new_meter.as_ref()))
                .collect(),
            next_step: order.next_step().map(|step| step.id.clone()),
            allowed: domain::allowed(&order),
            delivery: row.delivery(),
            waiting: Waiting::of(&row.unsent),
            anomalies: domain::anomalies(&order),
            order,
        }
    }
}

fn step_view(order: &Order, step: &Step, new_meter: Option<&StockItem>) -> StepView {
    let pinned = |remark: &&domain::Remark| remark.pin.step() == Some(&step.id);
    StepView {
        step: step.clone(),
        status: status(order, step),
        record: order.work.get(&step.id).cloned(),
        photos: order.photos.get(&step.id).cloned().unwrap_or_default(),
        remarks: order.remarks.iter().filter(pinned).cloned().collect(),
        sheet: match step.need {
            Need::Reading { slot } => Some(sheet(order, step, slot, new_meter)),
            Need::Photos
            | Need::Scan { .. }
            | Need::Seals { .. }
            | Need::Attach
            | Need::Card
            | Need::Token
            | Need::Note
            | Need::Signature => None,
        },
    }
}

fn status(order: &Order, step: &Step) -> StepStatus {
    if order.reopened.contains(&step.id) {
        StepStatus::Reopened
    } else if order.next_step().is_some_and(|next| next.id == step.id) {
        StepStatus::Now
    } else if step.requirement == Requirement::Optional && !order.work.contains_key(&step.id) {
        StepStatus::Optional
    } else if order.is_done(step) {
        StepStatus::Done
    } else {
        StepStatus::Open
    }
}

fn sheet(order: &Order, step: &Step, slot: Slot, scanned: Option<&StockItem>) -> ReadingSheet {
    let old = order.dispatch.old_meter.as_ref();
    let new = order.scanned(Slot::NewMeter);
    let is_old = matches!(slot, Slot::OldMeter | Slot::OldTerminal);
    let (asset_no, model) = if is_old {
        (
            old.map(|meter| meter.asset_no.clone()),
            old.map(|meter| &meter.model),
        )
    } else {
        let wanted = order.dispatch.new_meter.as_ref();
        (
            new.cloned(),
            scanned.and_then(|item| item.model.as_ref()).or(wanted),
        )
    };
    let billed = if is_old {
        old.map(|meter| meter.last_billed.as_slice())
    } else {
        None
    };
    let (recorded, readout) = match order.work.get(&step.id) {
        Some(Record::Reading {
            values, readout, ..
        }) => (values.as_slice(), readout.clone()),
        Some(_) | None => (&[][..], None),
    };
    let registers: &[Register] = match model {
        Some(model) => &model.registers,
        None => &[Register::ForwardTotal],
    };
    ReadingSheet {
        address_hint: asset_no
            .as_ref()
            .and_then(|asset_no| asset_no.address_hint())
            .map(str::to_owned),
        readout,
        asset_no,
        digits: model.map_or(RegisterDigits::USUAL, |model| model.digits),
        rows: registers
            .iter()
            .map(|register| (register, recorded.iter().find(|v| v.register == *register)))
            .map(|(register, known)| ReadingRow {
                register: *register,
                last_billed: billed
                    .and_then(|billed| billed.iter().find(|(known, _)| known == register))
                    .map(|(_, value)| *value),
                value: known.map(|v| v.value),
                source: known.map(|v| v.source),
            })
            .collect(),
    }
}
