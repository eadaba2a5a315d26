//! The card task and the token of an order: out of an order's cells, and back into them.

use domain::{
    CardKind, CardSerial, CardTask, CreditSource, CustomerNo, Decimal, Fen, MeterModel, MeterNo,
    OrderKind, PaidPurchase, PrepaidMeter, Remainder, StsToken,
};

use super::cells::Cells;
use super::encode::Writing;
use super::fault::Flaw;

/// The fields of a card task; one of them says that there is one.
const FIELDS: [&str; 16] = [
    "card_kind",
    "customer_no",
    "prepaid_meter_no",
    "prepaid_card",
    "prepaid_count",
    "prepaid_money",
    "prepaid_overdraft",
    "prepaid_money_count",
    "purchases",
    "card_count",
    "carried_max",
    "money_limit",
    "alarm_1",
    "alarm_2",
    "current_ratio",
    "voltage_ratio",
];

/// The fields that are about the prepaid meter the customer has.
const METER_FIELDS: [&str; 6] = [
    "prepaid_meter_no",
    "prepaid_card",
    "prepaid_count",
    "prepaid_money",
    "prepaid_overdraft",
    "prepaid_money_count",
];

/// The most that card and meter have digits for: 999 999.99 yuan. Unit: fen.
const MOST: i64 = 99_999_999;

/// The largest ratio that card and meter have digits for.
const RATIO_MOST: u32 = 999_999;

/// Whether an order asks for a card at all.
pub fn is_asked(cells: &Cells<'_>) -> bool {
    has_any(cells, &FIELDS)
}

/// What the office wants on a card; nothing when it asks for none.
///
/// `order` is what the order is for, `old_model` the meter that it takes down. Half a task is no
/// task: every field that is missing or contradicts another is noted as a fault.
pub fn task(
    cells: &mut Cells<'_>,
    order: Option<OrderKind>,
    old_model: Option<&MeterModel>,
) -> Option<CardTask> {
    if !is_asked(cells) {
        return None;
    }
    let kind: Option<CardKind> = cells.needed_code("card_kind", "card_kind");
    if let (Some(kind), Some(order)) = (kind, order) {
        check_place(cells, kind, order, old_model);
    }
    let customer_no = customer_no(cells);
    let meter = prepaid_meter(cells);
    let purchases = purchases(cells);
    let count = card_count(cells, kind);
    let carries = kind == Some(CardKind::OpenAccount) && has_any(cells, &METER_FIELDS);
    let carried_max = match carries {
        true => needed_money(cells, "carried_max"),
        false => Some(money(cells, "carried_max").unwrap_or(Fen::ZERO)),
    };
    let limit = money(cells, "money_limit");
    let alarm_1 = needed_money(cells, "alarm_1");
    let alarm_2 = needed_money(cells, "alarm_2");
    let current_ratio = ratio(cells, "current_ratio");
    let voltage_ratio = ratio(cells, "voltage_ratio");
    let task = CardTask {
        kind: kind?,
        customer_no: customer_no?,
        meter,
        purchases,
        count: count?,
        carried_max: carried_max?,
        limit,
        alarm_1: alarm_1?,
        alarm_2: alarm_2?,
        current_ratio: current_ratio?,
        voltage_ratio: voltage_ratio?,
    };
    check_counts(cells, &task);
    Some(task)
}

/// The STS token to be handed over, or nothing.
pub fn token(cells: &mut Cells<'_>) -> Option<StsToken> {
    let text = cells.text("sts_token")?;
    match StsToken::parse(&text) {
        Ok(token) => Some(token),
        Err(why) => {
            cells.fault("sts_token", Flaw::Token(why));
            None
        }
    }
}

/// Writes a card task as the marketing system would.
pub fn write(row: &mut Writing<'_>, task: &CardTask) {
    row.code("card_kind", "card_kind", task.kind);
    row.text("customer_no", task.customer_no);
    if let Some(meter) = &task.meter {
        row.text("prepaid_meter_no", meter.meter_no);
        if let Some(serial) = meter.card_serial {
            row.text("prepaid_card", serial);
        }
        row.text("prepaid_count", meter.count);
        if let Some(left) = &meter.remainder {
            row.text("prepaid_money", left.money);
            row.text("prepaid_overdraft", left.overdraft);
            if let Some(count) = left.count {
                row.text("prepaid_money_count", count);
            }
        }
    }
    row.list("purchases", task.purchases.iter().map(purchase_text));
    row.text("card_count", task.count);
    row.text("carried_max", task.carried_max);
    if let Some(limit) = task.limit {
        row.text("money_limit", limit);
    }
    row.text("alarm_1", task.alarm_1);
    row.text("alarm_2", task.alarm_2);
    row.text("current_ratio", task.current_ratio);
    row.text("voltage_ratio", task.voltage_ratio);
}

fn purchase_text(bought: &PaidPurchase) -> String {
    let on = bought.written_on.map(|serial| format!(":{serial}"));
    format!(
        "{}:{}{}",
        bought.count,
        bought.amount,
        on.unwrap_or_default()
    )
}

fn has_any(cells: &Cells<'_>, fields: &[&str]) -> bool {
    fields.iter().any(|field| cells.has(field))
}

fn need(cells: &mut Cells<'_>, ours: &str) {
    if !cells.has(ours) {
        cells.fault(ours, Flaw::Missing);
    }
}

fn shape<T>(cells: &mut Cells<'_>, ours: &str, expected: &'static str) -> Option<T> {
    cells.fault(ours, Flaw::Shape { expected });
    None
}

/// Only an open-account card opens the meter that an order hangs, and where none is hung there is
/// nothing to open.
fn check_place(
    cells: &mut Cells<'_>,
    kind: CardKind,
    order: OrderKind,
    old_model: Option<&MeterModel>,
) {
    let wrong = match (order, kind) {
        (OrderKind::Install, CardKind::OpenAccount) => {
            if has_any(cells, &METER_FIELDS) {
                let expected = "left out: nothing is taken down";
                cells.fault("prepaid_meter_no", Flaw::Shape { expected });
            }
            None
        }
        (OrderKind::Replace, CardKind::OpenAccount) => {
            // what is left in a prepaid meter must not be forgotten
            if old_model.is_none_or(|old| old.prepaid) {
                need(cells, "prepaid_meter_no");
            }
            None
        }
        (OrderKind::Card, CardKind::Purchase) => {
            need(cells, "prepaid_meter_no");
            // no meter takes a purchase from another card than its own
            need(cells, "prepaid_card");
            need(cells, "purchases");
            None
        }
        (OrderKind::Card, CardKind::Replacement) => {
            need(cells, "prepaid_meter_no");
            None
        }
        (OrderKind::Install | OrderKind::Replace, CardKind::Purchase | CardKind::Replacement) => {
            Some("the code of an open-account card: a new meter takes no other")
        }
        (OrderKind::Card, CardKind::OpenAccount) => {
            Some("the code of a purchase or replacement card: no meter is hung to be opened")
        }
        (
            OrderKind::Remove
            | OrderKind::AttachTerminal
            | OrderKind::ReplaceTerminal
            | OrderKind::DetachTerminal,
            _,
        ) => Some("left out: no card goes with such an order"),
    };
    if let Some(expected) = wrong {
        cells.fault("card_kind", Flaw::Shape { expected });
    }
}

/// What only the counts together tell: a card that no meter would credit is found here, not at
/// the customer's door.
fn check_counts(cells: &mut Cells<'_>, task: &CardTask) {
    let counts = || task.purchases.iter().map(|bought| bought.count);
    if counts().any(|count| counts().filter(|other| *other == count).count() > 1) {
        let expected = "each purchase once";
        cells.fault("purchases", Flaw::Shape { expected });
    }
    let opens_after_another = task.kind == CardKind::OpenAccount && task.meter.is_some();
    if !opens_after_another && counts().any(|count| count != task.count) {
        let expected = "of the count that the card bears";
        cells.fault("purchases", Flaw::Shape { expected });
    }
    let next = match (task.kind, &task.meter) {
        (CardKind::OpenAccount, _) => Some(1),
        (CardKind::Purchase | CardKind::Replacement, Some(meter)) => {
            let bought = u32::from(!task.purchases.is_empty());
            meter.count.checked_add(bought)
        }
        (CardKind::Purchase | CardKind::Replacement, None) => return,
    };
    if next != Some(task.count) {
        let expected = "1 on an open-account card, one more than prepaid_count with a purchase, \
                        else the same";
        cells.fault("card_count", Flaw::Shape { expected });
    }
}

fn customer_no(cells: &mut Cells<'_>) -> Option<CustomerNo> {
    let text = cells.needed("customer_no")?;
    let number = CustomerNo::parse(&text).filter(|number| number.number() > 0);
    number.or_else(|| shape(cells, "customer_no", "12 digits, not all zeros"))
}

/// The prepaid meter the customer has, or nothing; whole once one of its fields is there.
fn prepaid_meter(cells: &mut Cells<'_>) -> Option<PrepaidMeter> {
    if !has_any(cells, &METER_FIELDS) {
        return None;
    }
    let meter_no = cells.needed("prepaid_meter_no").and_then(|text| {
        let number = MeterNo::parse(&text);
        number.or_else(|| shape(cells, "prepaid_meter_no", "12 digits"))
    });
    let card_serial = cells.text("prepaid_card").and_then(|text| {
        let serial = serial(&text);
        serial.or_else(|| shape(cells, "prepaid_card", "16 hexadecimal digits"))
    });
    need(cells, "prepaid_count");
    let count = whole(cells, "prepaid_count");
    let remainder = remainder(cells);
    Some(PrepaidMeter {
        meter_no: meter_no?,
        card_serial,
        count: count?,
        remainder,
    })
}

/// What was left in it, by the office's books.
fn remainder(cells: &mut Cells<'_>) -> Option<Remainder> {
    let count = whole(cells, "prepaid_money_count");
    if !has_any(cells, &["prepaid_money", "prepaid_overdraft"]) {
        if cells.has("prepaid_money_count") {
            cells.fault("prepaid_money", Flaw::Missing);
        }
        return None;
    }
    let money_left = money(cells, "prepaid_money").unwrap_or(Fen::ZERO);
    let overdraft = money(cells, "prepaid_overdraft").unwrap_or(Fen::ZERO);
    if money_left != Fen::ZERO && overdraft != Fen::ZERO {
        return shape(cells, "prepaid_overdraft", "zero where money is left");
    }
    Some(Remainder {
        source: CreditSource::Office,
        money: money_left,
        overdraft,
        count,
    })
}

/// Purchases as `count:amount` or `count:amount:card`.
fn purchases(cells: &mut Cells<'_>) -> Vec<PaidPurchase> {
    let entries = cells.list("purchases");
    entries
        .iter()
        .filter_map(|entry| purchase(cells, entry))
        .collect()
}

fn purchase(cells: &mut Cells<'_>, entry: &str) -> Option<PaidPurchase> {
    let expected = "purchases like 18:50.00, or 18:50.00:0011223344556677 once on a card";
    let mut parts = entry.split(':').map(str::trim);
    let count = parts.next().and_then(number).filter(|count| *count > 0);
    let amount = parts.next();
    let on = parts.next().map(serial);
    match (count, amount, on, parts.next()) {
        (Some(count), Some(amount), None | Some(Some(_)), None) => Some(PaidPurchase {
            count,
            amount: amount_of(cells, "purchases", amount)?,
            written_on: on.flatten(),
        }),
        _ => shape(cells, "purchases", expected),
    }
}

/// The count the card bears; 1 on an open-account card that does not say it.
fn card_count(cells: &mut Cells<'_>, kind: Option<CardKind>) -> Option<u32> {
    if kind == Some(CardKind::OpenAccount) && !cells.has("card_count") {
        return Some(1);
    }
    need(cells, "card_count");
    whole(cells, "card_count")
}

fn ratio(cells: &mut Cells<'_>, ours: &str) -> Option<u32> {
    if !cells.has(ours) {
        return Some(1);
    }
    let ratio = number(&cells.text(ours)?).filter(|ratio| (1..=RATIO_MOST).contains(ratio));
    ratio.or_else(|| shape(cells, ours, "a ratio from 1 to 999999"))
}

fn needed_money(cells: &mut Cells<'_>, ours: &str) -> Option<Fen> {
    need(cells, ours);
    money(cells, ours)
}

fn money(cells: &mut Cells<'_>, ours: &str) -> Option<Fen> {
    let text = cells.text(ours)?;
    amount_of(cells, ours, &text)
}

/// Yuan as fen, never rounded.
fn amount_of(cells: &mut Cells<'_>, ours: &str, yuan: &str) -> Option<Fen> {
    match Decimal::parse(yuan).map(Fen::try_from) {
        Ok(Ok(amount)) if (0..=MOST).contains(&amount.count()) => Some(amount),
        Ok(Err(part)) => {
            cells.fault(ours, Flaw::PartOfAFen(part));
            None
        }
        Ok(Ok(_)) | Err(_) => shape(cells, ours, "yuan like 137.65, from 0 to 999999.99"),
    }
}

fn whole(cells: &mut Cells<'_>, ours: &str) -> Option<u32> {
    let text = cells.text(ours)?;
    number(&text).or_else(|| shape(cells, ours, "a whole number"))
}

fn number(text: &str) -> Option<u32> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}

fn serial(text: &str) -> Option<CardSerial> {
    CardSerial::parse(&text.to_ascii_lowercase())
}
