//! The customer's form: exactly what is shown above the signature, as data.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Order, Record};
use crate::{BlobHash, CardOutcome, CardPlan, CreditPartKind, Fen, Need, Register, Slot};

/// What a line of the form says; its wording in each language is the screen's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum FormField {
    /// The order's number.
    OrderNo,
    /// What was done: an order kind's name.
    Kind,
    /// Account number.
    AccountNo,
    /// Customer's name.
    Customer,
    /// Address.
    Address,
    /// The old meter's asset number.
    OldMeter,
    /// A register of the old meter.
    OldReading,
    /// The new meter's asset number.
    NewMeter,
    /// A register of the new meter.
    NewReading,
    /// The old terminal's asset number.
    OldTerminal,
    /// The new terminal's asset number.
    NewTerminal,
    /// A seal taken off.
    SealRemoved,
    /// A seal put on.
    SealAdded,
    /// A meter hung under the terminal.
    AttachedMeter,
    /// The serial of the card that was written.
    CardSerial,
    /// Carried over from the old meter, in yuan.
    CardOldCredit,
    /// Bought and put on the card, in yuan.
    CardBought,
    /// Owed on the old meter and taken off, in yuan.
    CardDebt,
    /// What the card carries, in yuan.
    CardTotal,
    /// What the customer still owes, in yuan.
    CardDebtLeft,
    /// The STS token, 20 digits.
    Token,
    /// The crew's remark.
    Note,
}

/// One line of the form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct FormLine {
    /// What it says.
    pub field: FormField,
    /// The register, on a reading's line.
    pub register: Option<Register>,
    /// The value as shown.
    pub value: String,
}

/// The form, line by line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Form {
    /// The lines, from the top.
    pub lines: Vec<FormLine>,
}

impl Form {
    /// The hash of exactly what is shown: field, register and value of each line, in order.
    pub fn hash(&self) -> BlobHash {
        let mut parts: Vec<Vec<u8>> = vec![b"metercrew/form/1".to_vec()];
        for line in &self.lines {
            parts.push(format!("{:?}", line.field).into_bytes());
            parts.push(
                line.register
                    .map(|r| format!("{r:?}"))
                    .unwrap_or_default()
                    .into_bytes(),
            );
            parts.push(line.value.clone().into_bytes());
        }
        let slices: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        BlobHash::of_parts(&slices)
    }

    fn push(&mut self, field: FormField, value: impl ToString) {
        self.lines.push(FormLine {
            field,
            register: None,
            value: value.to_string(),
        });
    }

    /// The receipt: where the money on the card comes from.
    fn push_card(&mut self, plan: &CardPlan) {
        self.push(FormField::CardSerial, plan.card.serial);
        for part in &plan.parts {
            let field = match part.kind {
                CreditPartKind::OldCredit => FormField::CardOldCredit,
                CreditPartKind::Bought { .. } => FormField::CardBought,
                CreditPartKind::Debt => FormField::CardDebt,
            };
            self.push(field, part.amount);
        }
        self.push(FormField::CardTotal, plan.total);
        if plan.debt_left > Fen::ZERO {
            self.push(FormField::CardDebtLeft, plan.debt_left);
        }
    }
}

/// The form of an order as it stands.
pub fn form(order: &Order) -> Form {
    let mut form = Form { lines: vec![] };
    let account = &order.dispatch.account;
    form.push(FormField::OrderNo, &order.dispatch.id);
    form.push(FormField::Kind, order.dispatch.kind.name());
    form.push(FormField::AccountNo, &account.account_no);
    form.push(FormField::Customer, &account.customer);
    form.push(FormField::Address, &account.address);
    for step in &order.dispatch.procedure.steps {
        let Some(record) = order.work.get(&step.id) else {
            continue;
        };
        match (record, step.need) {
            (Record::Scan { asset_no, .. }, Need::Scan { slot }) => {
                form.push(scan_field(slot), asset_no);
            }
            (Record::Reading { values, .. }, Need::Reading { slot }) => {
                let field = match slot {
                    Slot::OldMeter | Slot::OldTerminal => FormField::OldReading,
                    Slot::NewMeter | Slot::NewTerminal => FormField::NewReading,
                };
                form.lines.extend(values.iter().map(|value| FormLine {
                    field,
                    register: Some(value.register),
                    value: value.value.to_string(),
                }));
            }
            (Record::Seals { removed, added, .. }, _) => {
                removed
                    .iter()
                    .for_each(|seal| form.push(FormField::SealRemoved, &seal.seal_no));
                added
                    .iter()
                    .for_each(|seal| form.push(FormField::SealAdded, &seal.seal_no));
            }
            (Record::Attach { meters }, _) => {
                meters
                    .iter()
                    .for_each(|meter| form.push(FormField::AttachedMeter, &meter.asset_no));
            }
            (Record::Card { plan, outcome, .. }, _) => {
                if let CardOutcome::Written { .. } = outcome {
                    form.push_card(plan);
                }
            }
            (Record::Token { token }, _) => form.push(FormField::Token, token),
            (Record::Note { text }, _) => form.push(FormField::Note, text),
            (Record::Scan { .. } | Record::Reading { .. } | Record::Signature { .. }, _) => {}
        }
    }
    form
}

fn scan_field(slot: Slot) -> FormField {
    match slot {
        Slot::OldMeter => FormField::OldMeter,
        Slot::NewMeter => FormField::NewMeter,
        Slot::OldTerminal => FormField::OldTerminal,
        Slot::NewTerminal => FormField::NewTerminal,
    }
}
