//! The result of an approved order as the marketing system gets it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AuthorisationId, CardOutcome, CardPlan, CreditPartKind, Entry, EntryBody, Finding, Hash,
    LateDecision, Millis, Need, OfficeEvent, Operator, Order, OrderEvent, OrderId, OrderState,
    Outcome, ReadingSource, Record, RegisterReading, SealMark, Slot, StepId, Verdict, apply,
};
use serde_json::{Map, Value, json};

use super::encode::{Writing, json_cells};
use super::map::Mapping;
use crate::ledger::Outgoing;

/// The name of a result: the same at every try, and safe as a file's name and an HTTP header.
///
/// Shape: order number and approval, `YL20260301-0007-412`; an order number with other characters
/// than letters, digits, `.`, `_` and `-` gets them replaced and eight digits of its hash behind.
pub fn key(order: &OrderId, approval: u64) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let text = order.as_str();
    let safe: String = text
        .chars()
        .map(|c| if plain(c) { c } else { '_' })
        .collect();
    if safe == text && !text.starts_with('.') && text.len() <= 100 {
        return format!("{safe}-{approval}");
    }
    let hash = Hash::of(text.as_bytes()).to_string();
    let short: String = hash.chars().take(8).collect();
    let safe: String = safe.trim_start_matches('.').chars().take(100).collect();
    format!("{safe}-{short}-{approval}")
}

/// Who did the work, and when.
struct Course {
    started_at: Option<Millis>,
    ended_at: Option<Millis>,
    operators: BTreeSet<Operator>,
}

/// The result record: one flat JSON object with their names and codes.
///
/// The same approval gives the same bytes, whenever it is asked for.
pub fn record(outgoing: &Outgoing, log: &[Entry], mapping: &Mapping) -> Value {
    let order = &outgoing.order;
    let course = course(log, outgoing.approval);
    let mut row = Writing::of(mapping, "result");
    row.text("key", key(&order.dispatch.id, outgoing.approval));
    row.text("order_no", &order.dispatch.id);
    row.text("revision", order.dispatch.revision);
    row.code("kind", "order_kind", order.dispatch.kind);
    row.text("account_no", &order.dispatch.account.account_no);
    let outcome = match &order.state {
        OrderState::Approved {
            outcome: Outcome::CouldNot { reason, remark },
        } => {
            row.code("could_not_reason", "could_not", reason);
            row.text("could_not_remark", remark);
            "could_not"
        }
        OrderState::Approved {
            outcome: Outcome::Done,
        }
        | OrderState::Assigned
        | OrderState::Started
        | OrderState::Completed { .. }
        | OrderState::CouldNotDo { .. }
        | OrderState::Returned
        | OrderState::Recalled { .. } => "done",
    };
    row.code("outcome", "outcome", outcome);
    row.text("crew", &order.dispatch.crew);
    row.list(
        "operators",
        course.operators.iter().map(ToString::to_string),
    );
    for (field, at) in [
        ("started_at", course.started_at),
        ("ended_at", course.ended_at),
        ("approved_at", Some(outgoing.approved_at)),
    ] {
        if let Some(at) = at {
            row.moment(field, at);
        }
    }
    row.text("approved_by", &outgoing.approved_by);
    let assets = [
        ("old_asset_no", Slot::OldMeter),
        ("new_asset_no", Slot::NewMeter),
        ("old_terminal", Slot::OldTerminal),
        ("new_terminal", Slot::NewTerminal),
    ];
    for (field, slot) in assets {
        if let Some(asset_no) = order.scanned(slot) {
            row.text(field, asset_no);
        }
    }
    for (field, slot) in [
        ("old_readings", Slot::OldMeter),
        ("new_readings", Slot::NewMeter),
    ] {
        let values = readings(order, slot).iter();
        row.readings(field, values.map(|value| (value.register, value.value)));
    }
    for record in order.work.values() {
        match record {
            Record::Note { text } => row.text("note", text),
            Record::Signature {
                strokes,
                form_hash,
                signer,
            } => {
                row.text("signature", strokes);
                row.text("form_hash", form_hash);
                row.text("signer", signer);
            }
            Record::Card {
                authorisation,
                plan,
                outcome,
                ..
            } => card(&mut row, *authorisation, plan, *outcome),
            Record::Token { token } => row.text("sts_token", token),
            Record::Scan { .. }
            | Record::Reading { .. }
            | Record::Seals { .. }
            | Record::Attach { .. } => {}
        }
    }
    let mut object = json_cells(&row.end());
    put(
        &mut object,
        mapping,
        "seals_removed",
        seals(order, Seals::Removed),
    );
    put(
        &mut object,
        mapping,
        "seals_added",
        seals(order, Seals::Added),
    );
    put(
        &mut object,
        mapping,
        "terminal_meters",
        attached(order, mapping),
    );
    put(
        &mut object,
        mapping,
        "card_parts",
        card_parts(order, mapping),
    );
    put(&mut object, mapping, "readouts", readouts(order, mapping));
    put(&mut object, mapping, "photos", photos(order, mapping));
    put(&mut object, mapping, "overrules", overrules(order, mapping));
    object.into()
}

/// The bytes of a result: one line of JSON.
pub fn line(outgoing: &Outgoing, log: &[Entry], mapping: &Mapping) -> Vec<u8> {
    let mut line = record(outgoing, log, mapping).to_string().into_bytes();
    line.push(b'\n');
    line
}

fn put(object: &mut Map<String, Value>, mapping: &Mapping, ours: &str, values: Vec<Value>) {
    if !values.is_empty() {
        object.insert(mapping.field("result", ours).to_owned(), values.into());
    }
}

/// How the work went up to the approval.
fn course(log: &[Entry], approval: u64) -> Course {
    let mut course = Course {
        started_at: None,
        ended_at: None,
        operators: BTreeSet::new(),
    };
    let counted = accepted_late(log);
    let mut order = None;
    for entry in log {
        if entry.change.is_some_and(|change| change > approval) {
            break;
        }
        if let EntryBody::Field {
            event_id,
            operator,
            at,
            verdict,
            event,
            ..
        } = &entry.body
            && (*verdict == Verdict::Accepted || counted.contains(event_id))
        {
            course.operators.insert(operator.clone());
            if **event == OrderEvent::Started && course.started_at.is_none() {
                course.started_at = Some(at.best());
            }
        }
        order = apply(order, entry);
        match order.as_ref().map(|order: &Order| &order.state) {
            Some(OrderState::Completed { at } | OrderState::CouldNotDo { at, .. }) => {
                course.ended_at = Some(*at);
            }
            Some(
                OrderState::Assigned
                | OrderState::Started
                | OrderState::Returned
                | OrderState::Approved { .. }
                | OrderState::Recalled { .. },
            )
            | None => {}
        }
    }
    course
}

fn accepted_late(log: &[Entry]) -> BTreeSet<domain::EventId> {
    log.iter()
        .filter_map(|entry| match &entry.body {
            EntryBody::Office {
                event:
                    OfficeEvent::LateDecided {
                        events,
                        decision: LateDecision::Accept,
                    },
                ..
            } => Some(events.iter().copied()),
            EntryBody::Office { .. } | EntryBody::Field { .. } => None,
        })
        .flatten()
        .collect()
}

fn readings(order: &Order, wanted: Slot) -> &[RegisterReading] {
    let steps = order.dispatch.procedure.steps.iter();
    steps
        .filter(|step| step.need == Need::Reading { slot: wanted })
        .find_map(|step| match order.work.get(&step.id) {
            Some(Record::Reading { values, .. }) => Some(values.as_slice()),
            Some(_) | None => None,
        })
        .unwrap_or_default()
}

#[derive(Clone, Copy)]
enum Seals {
    Removed,
    Added,
}

fn seals(order: &Order, which: Seals) -> Vec<Value> {
    let marks = order.work.values().flat_map(|record| match record {
        Record::Seals { removed, added, .. } => match which {
            Seals::Removed => removed.as_slice(),
            Seals::Added => added.as_slice(),
        },
        Record::Scan { .. }
        | Record::Reading { .. }
        | Record::Attach { .. }
        | Record::Note { .. }
        | Record::Card { .. }
        | Record::Token { .. }
        | Record::Signature { .. } => &[],
    });
    marks
        .map(|SealMark { seal_no, place }| json!({"seal_no": seal_no, "place": place}))
        .collect()
}

fn attached(order: &Order, mapping: &Mapping) -> Vec<Value> {
    let meters = order.work.values().flat_map(|record| match record {
        Record::Attach { meters } => meters.as_slice(),
        Record::Scan { .. }
        | Record::Reading { .. }
        | Record::Seals { .. }
        | Record::Note { .. }
        | Record::Card { .. }
        | Record::Token { .. }
        | Record::Signature { .. } => &[],
    });
    meters
        .map(|meter| {
            json!({
                "asset_no": meter.asset_no,
                "comm_address": meter.comm_address,
                "measuring_point": meter.measuring_point,
                "answered": mapping.code_of("answered", meter.answered),
            })
        })
        .collect()
}

/// The card that was written, or begun; what became of it says whether any of it is on a card.
fn card(
    row: &mut Writing<'_>,
    authorisation: AuthorisationId,
    plan: &CardPlan,
    outcome: CardOutcome,
) {
    let card = &plan.card;
    row.text("card_authorisation", authorisation);
    row.code("card_kind", "card_kind", card.user_file.kind);
    row.text("card_serial", card.serial);
    row.text("card_meter_no", card.user_file.meter_no);
    row.text("card_customer_no", card.user_file.customer_no);
    row.text("card_total", plan.total);
    row.text("card_count", card.purse.count);
    row.text("card_debt_left", plan.debt_left);
    let (word, read_back) = match outcome {
        CardOutcome::InDoubt => ("in_doubt", None),
        CardOutcome::Written { image } => ("written", Some(image)),
        CardOutcome::NotWritten { why, image } => {
            row.code("card_why", "not_written", why);
            ("not_written", Some(image))
        }
    };
    row.code("card_outcome", "card_outcome", word);
    if let Some(image) = read_back {
        row.text("card_image", image);
    }
}

/// The sum on the card, line by line, each with who says so.
fn card_parts(order: &Order, mapping: &Mapping) -> Vec<Value> {
    let parts = order.work.values().flat_map(|record| match record {
        Record::Card { plan, .. } => plan.parts.as_slice(),
        Record::Scan { .. }
        | Record::Reading { .. }
        | Record::Seals { .. }
        | Record::Attach { .. }
        | Record::Note { .. }
        | Record::Token { .. }
        | Record::Signature { .. } => &[],
    });
    parts
        .map(|part| {
            let (word, count) = match part.kind {
                CreditPartKind::OldCredit => ("old_credit", None),
                CreditPartKind::Bought { count } => ("bought", Some(count)),
                CreditPartKind::Debt => ("debt", None),
            };
            json!({
                "part": mapping.code("credit_part", word),
                "count": count,
                "amount": part.amount,
                "source": mapping.code_of("credit_source", part.source),
            })
        })
        .collect()
}

fn photos(order: &Order, mapping: &Mapping) -> Vec<Value> {
    let photos = order.photos.iter();
    photos
        .flat_map(|(step, photos)| photos.iter().map(move |photo| (step, photo)))
        .map(|(step, photo)| {
            let purpose = mapping.code_of("purpose", photo.purpose);
            json!({"hash": photo.hash, "purpose": purpose, "step": step})
        })
        .collect()
}

/// What meters said over their ports, and which of the recorded values are what they said.
fn readouts(order: &Order, mapping: &Mapping) -> Vec<Value> {
    let read = order.work.iter().filter_map(|(step, record)| match record {
        Record::Reading {
            values,
            readout: Some(readout),
            ..
        } => Some((step, values, readout)),
        Record::Reading { readout: None, .. }
        | Record::Scan { .. }
        | Record::Seals { .. }
        | Record::Attach { .. }
        | Record::Note { .. }
        | Record::Card { .. }
        | Record::Token { .. }
        | Record::Signature { .. } => None,
    });
    read.map(|(step, values, readout)| {
        let said = values
            .iter()
            .filter(|value| value.source == ReadingSource::Infrared);
        let registers: Vec<_> = said
            .map(|value| mapping.code_of("register", value.register))
            .collect();
        json!({
            "step": step,
            "protocol": readout.protocol,
            "comm_address": readout.comm_address,
            "registers": registers,
        })
    })
    .collect()
}

fn overrules(order: &Order, mapping: &Mapping) -> Vec<Value> {
    let found: BTreeMap<&StepId, &[Finding]> = order
        .work
        .iter()
        .filter_map(|(step, record)| match record {
            Record::Scan { findings, .. }
            | Record::Reading { findings, .. }
            | Record::Seals { findings, .. } => Some((step, findings.as_slice())),
            Record::Attach { .. }
            | Record::Note { .. }
            | Record::Card { .. }
            | Record::Token { .. }
            | Record::Signature { .. } => None,
        })
        .collect();
    found
        .into_iter()
        .flat_map(|(step, findings)| findings.iter().map(move |finding| (step, finding)))
        .map(|(step, finding)| {
            let register = finding.register.map(|r| mapping.code_of("register", r));
            json!({
                "step": step,
                "check": mapping.code_of("check", finding.check),
                "register": register,
                "expected": finding.expected,
                "found": finding.found,
                "reason": finding.reason,
            })
        })
        .collect()
}
