//! Card tasks and tokens come in whole or not at all, and what became of them goes out.

use domain::{
    CardKind, CardOutcome, CardTask, CreditPart, CreditPartKind, CreditSource, Dispatch, Fen, Need,
    NotWritten, OldCard, Order, OrderKind, OrderState, Outcome, PaidPurchase, PrepaidMeter,
    Procedure, Record, Remainder, StsToken,
};
use serde_json::{Value, json};

use super::*;
use crate::ledger::{Outgoing, ResultState};

const METER: &str = "991601000042";
const CUSTOMER: &str = "009901000042";
const OLD_CARD: &str = "9916000000000042";
const NEW_CARD: &str = "9926000000000001";
/// STS 531 compliance vector.
const TOKEN: &str = "23716100501183194197";

fn yuan(text: &str) -> Fen {
    Fen::try_from(domain::Decimal::parse(text).unwrap()).unwrap()
}

/// The order to replace a faulty prepaid meter: 91.20 left by the books, 50.00 bought since.
fn fault_replacement(fields: Value) -> String {
    let mut card = json!({
        "reason": "fault",
        "old_prepaid": "1",
        "card_kind": "01",
        "customer_no": CUSTOMER,
        "prepaid_meter_no": METER,
        "prepaid_card": OLD_CARD,
        "prepaid_count": 17,
        "prepaid_money": "91.20",
        "prepaid_money_count": "17",
        "purchases": [format!("18:50.00:{OLD_CARD}")],
        "carried_max": "200",
        "money_limit": "5000.00",
        "alarm_1": "20.00",
        "alarm_2": 10.5,
    });
    overlay(&mut card, &fields);
    order_line("W-1", card)
}

/// The order to top a card up at the door.
fn top_up(fields: Value) -> String {
    let mut card = json!({
        "kind": "card",
        "reason": null,
        "card_kind": "02",
        "customer_no": CUSTOMER,
        "prepaid_meter_no": METER,
        "prepaid_card": OLD_CARD,
        "prepaid_count": "8",
        "purchases": "9:200.00",
        "card_count": "9",
        "alarm_1": "20",
        "alarm_2": "10",
    });
    overlay(&mut card, &fields);
    order_line("W-1", card)
}

fn overlay(order: &mut Value, fields: &Value) {
    for (name, value) in fields.as_object().unwrap() {
        order[name] = value.clone();
    }
}

fn fault_replacement_task() -> CardTask {
    let serial = domain::CardSerial::parse(OLD_CARD);
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: domain::CustomerNo::parse(CUSTOMER).unwrap(),
        meter: Some(PrepaidMeter {
            meter_no: domain::MeterNo::parse(METER).unwrap(),
            card_serial: serial,
            count: 17,
            remainder: Some(Remainder {
                source: CreditSource::Office,
                money: yuan("91.20"),
                overdraft: Fen::ZERO,
                count: Some(17),
            }),
        }),
        purchases: vec![PaidPurchase {
            count: 18,
            amount: yuan("50.00"),
            written_on: serial,
        }],
        count: 1,
        carried_max: yuan("200"),
        limit: Some(yuan("5000")),
        alarm_1: yuan("20"),
        alarm_2: yuan("10.50"),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn needs(dispatch: &Dispatch) -> Vec<Need> {
    let steps = dispatch.procedure.steps.iter();
    steps
        .map(|step| step.need)
        .filter(|need| matches!(need, Need::Card | Need::Token))
        .collect()
}

#[test]
fn a_card_task_arrives_as_it_was_written_and_its_step_with_it() {
    let mut desk = Desk::new();
    desk.taken("orders.jsonl", &fault_replacement(json!({})));
    let dispatch = desk.order("W-1").unwrap().dispatch;
    assert_eq!(dispatch.card, Some(fault_replacement_task()));
    assert_eq!(dispatch.token, None);
    let built_in = Procedure::built_in_for(OrderKind::Replace);
    assert_eq!(dispatch.procedure, built_in.fitted(true, false));
}

#[test]
fn the_same_task_in_a_csv_row_is_the_same_task() {
    let mut desk = Desk::new();
    let head = "order_no,kind,crew,account_no,customer,address,card_kind,customer_no,\
        prepaid_meter_no,prepaid_card,prepaid_count,prepaid_overdraft,purchases,card_count,\
        alarm_1,alarm_2,current_ratio,sts_token";
    let row = format!(
        "W-1,card,crew-1,9900000001,样例客户,样例县,03,{CUSTOMER},{METER},9916ABCDEF000042,8,\
         0.35,9:200.00,9,20,10,40,2371 6100 5011 8319 4197"
    );
    desk.taken("orders.csv", &format!("{head}\n{row}\n"));
    let dispatch = desk.order("W-1").unwrap().dispatch;
    let task = dispatch.card.as_ref().unwrap();
    let meter = task.meter.unwrap();
    assert_eq!(task.kind, CardKind::Replacement);
    assert_eq!(meter.card_serial.unwrap().to_string(), "9916abcdef000042");
    let left = meter.remainder.unwrap();
    assert_eq!((left.money, left.overdraft), (Fen::ZERO, yuan("0.35")));
    assert_eq!(left.count, None, "the office does not say when");
    assert_eq!(task.purchases[0].amount, yuan("200"));
    assert_eq!((task.current_ratio, task.voltage_ratio), (40, 1));
    assert_eq!(dispatch.token, Some(StsToken::parse(TOKEN).unwrap()));
    assert_eq!(needs(&dispatch), [Need::Card, Need::Token]);
}

#[test]
fn a_company_may_call_its_card_fields_and_codes_as_it_likes() {
    let mapping = Mapping::parse(
        "[fields.order]\ncard_kind = \"CARD_TYPE\"\ncustomer_no = \"CONS_ID\"\n\
         [codes.card_kind]\npurchase = [\"B\"]\n[format]\nlist_separator = \";\"\n",
    )
    .unwrap();
    let mut line: Value = serde_json::from_str(&top_up(json!({
        "CARD_TYPE": "B", "CONS_ID": CUSTOMER, "purchases": "9:200.00",
    })))
    .unwrap();
    let object = line.as_object_mut().unwrap();
    object.remove("card_kind");
    object.remove("customer_no");
    object.remove("old_seals");
    let rows = rows_of_file("orders.jsonl", line.to_string().as_bytes(), &mapping).unwrap();
    let rules = [domain::AssetRule::state_grid()];
    let order = super::super::record::order(&rows[0], &mapping, &rules).unwrap();
    assert_eq!(order.card.as_ref().unwrap().kind, CardKind::Purchase);
    let written = order_row(&order, &mapping);
    assert_eq!(written.cells["CARD_TYPE"], Cell::Text("B".into()));
    let back = super::super::record::order(&written, &mapping, &rules);
    assert_eq!(back, Ok(order));
}

#[test]
fn half_a_card_task_is_a_fault_at_what_is_missing() {
    let mut desk = Desk::new();
    let replaced = |fields| fault_replacement(fields);
    let no_meter = json!({"prepaid_meter_no": null, "prepaid_card": null, "prepaid_count": null});
    let cases = [
        (replaced(json!({"card_kind": null})), "card_kind"),
        (replaced(json!({"customer_no": ""})), "customer_no"),
        (
            replaced(json!({"prepaid_meter_no": null})),
            "prepaid_meter_no",
        ),
        (replaced(json!({"prepaid_count": null})), "prepaid_count"),
        (replaced(json!({"prepaid_money": null})), "prepaid_money"),
        (replaced(json!({"carried_max": null})), "carried_max"),
        (replaced(json!({"alarm_1": null})), "alarm_1"),
        (replaced(json!({"alarm_2": null})), "alarm_2"),
        (top_up(json!({"card_count": null})), "card_count"),
        (
            top_up(json!({"purchases": null, "card_count": "8"})),
            "purchases",
        ),
        (top_up(json!({"prepaid_card": null})), "prepaid_card"),
        (top_up(no_meter), "prepaid_meter_no"),
        (
            order_line("W-1", json!({"customer_no": CUSTOMER})),
            "card_kind",
        ),
        (order_line("W-1", json!({"kind": "card"})), "card_kind"),
    ];
    for (n, (line, field)) in cases.iter().enumerate() {
        let faults = desk.faults(&format!("orders-{n}.jsonl"), line);
        let missing = (1, (*field).to_owned(), "missing");
        assert!(faults.contains(&missing), "{n} {field}: {faults:?}");
    }
    assert!(desk.order("W-1").is_none());
}

#[test]
fn a_card_no_meter_would_take_is_refused_before_it_is_an_order() {
    let mut desk = Desk::new();
    let replaced = |fields| fault_replacement(fields);
    let cases = [
        // only an open-account card goes into a meter that nobody has opened
        (replaced(json!({"card_kind": "03"})), "card_kind", "shape"),
        (top_up(json!({"card_kind": "01"})), "card_kind", "shape"),
        (replaced(json!({"kind": "26"})), "card_kind", "shape"),
        (
            replaced(json!({"card_kind": "9"})),
            "card_kind",
            "unknown_code",
        ),
        // nothing is taken down where nothing hangs
        (replaced(json!({"kind": "24"})), "prepaid_meter_no", "shape"),
        (replaced(json!({"card_count": "2"})), "card_count", "shape"),
        (top_up(json!({"prepaid_count": "9"})), "card_count", "shape"),
        (top_up(json!({"card_count": "10"})), "card_count", "shape"),
        (top_up(json!({"purchases": "8:1"})), "purchases", "shape"),
        (
            top_up(json!({"purchases": "9:1|9:1"})),
            "purchases",
            "shape",
        ),
        (
            replaced(json!({"purchases": ["18:1", "18:1"]})),
            "purchases",
            "shape",
        ),
        (
            replaced(json!({"prepaid_overdraft": "1"})),
            "prepaid_overdraft",
            "shape",
        ),
        // forms
        (
            replaced(json!({"customer_no": "000000000000"})),
            "customer_no",
            "shape",
        ),
        (
            replaced(json!({"customer_no": "9901000042"})),
            "customer_no",
            "shape",
        ),
        (
            replaced(json!({"prepaid_meter_no": "x"})),
            "prepaid_meter_no",
            "shape",
        ),
        (
            replaced(json!({"prepaid_card": "9916"})),
            "prepaid_card",
            "shape",
        ),
        (
            replaced(json!({"prepaid_count": "-1"})),
            "prepaid_count",
            "shape",
        ),
        (
            replaced(json!({"current_ratio": "0"})),
            "current_ratio",
            "shape",
        ),
        (
            replaced(json!({"voltage_ratio": "1000000"})),
            "voltage_ratio",
            "shape",
        ),
        (
            replaced(json!({"purchases": "50.00"})),
            "purchases",
            "shape",
        ),
        (
            replaced(json!({"purchases": "0:50.00"})),
            "purchases",
            "shape",
        ),
        (
            replaced(json!({"purchases": "18:50.00:99"})),
            "purchases",
            "shape",
        ),
        (
            replaced(json!({"purchases": "18:50.00::"})),
            "purchases",
            "shape",
        ),
    ];
    for (n, (line, field, code)) in cases.iter().enumerate() {
        let faults = desk.faults(&format!("orders-{n}.jsonl"), line);
        let fault = (1, (*field).to_owned(), *code);
        assert!(faults.contains(&fault), "{n} {field}: {faults:?}");
    }
    assert!(desk.order("W-1").is_none());
}

#[test]
fn money_is_never_rounded_never_negative_and_never_more_than_a_card_holds() {
    let mut desk = Desk::new();
    for field in [
        "prepaid_money",
        "carried_max",
        "money_limit",
        "alarm_1",
        "alarm_2",
    ] {
        for (text, code) in [
            ("0.001", "part_of_a_fen"),
            ("87.6550", "part_of_a_fen"),
            ("0.00001", "shape"),
            ("-1", "shape"),
            ("1000000.00", "shape"),
            ("1,00", "shape"),
        ] {
            let line = fault_replacement(json!({field: text}));
            let faults = desk.faults("orders.jsonl", &line);
            assert_eq!(faults, [(1, field.to_owned(), code)], "{text}");
        }
    }
    let line = fault_replacement(json!({"purchases": "18:50.005"}));
    let faults = desk.faults("orders.jsonl", &line);
    assert_eq!(faults, [(1, "purchases".to_owned(), "part_of_a_fen")]);
    assert!(desk.order("W-1").is_none());
}

#[test]
fn a_token_of_another_form_is_a_fault_and_one_alone_is_an_order() {
    let mut desk = Desk::new();
    let alone = |token: Value| order_line("W-1", json!({"kind": "card", "sts_token": token}));
    for (n, token) in [
        json!("2371610050118319419"),
        json!("73786976294838206464"),
        json!("2371610050118319419x"),
        // as a number it has lost digits
        json!(23716100501183194197f64),
    ]
    .into_iter()
    .enumerate()
    {
        let faults = desk.faults(&format!("orders-{n}.jsonl"), &alone(token));
        assert_eq!(faults, [(1, "sts_token".to_owned(), "token")]);
    }
    desk.taken("orders.jsonl", &alone(json!(TOKEN)));
    let dispatch = desk.order("W-1").unwrap().dispatch;
    assert_eq!(dispatch.card, None);
    assert_eq!(needs(&dispatch), [Need::Token]);
}

#[test]
fn a_card_without_a_prepaid_meter_to_take_down_opens_a_new_account() {
    let mut desk = Desk::new();
    let nothing_left = json!({
        "old_prepaid": "0", "prepaid_meter_no": null, "prepaid_card": null, "prepaid_count": null,
        "prepaid_money": null, "prepaid_money_count": null, "carried_max": null,
        "purchases": "1:100.00",
    });
    desk.taken("orders.jsonl", &fault_replacement(nothing_left));
    let task = desk.order("W-1").unwrap().dispatch.card.unwrap();
    assert_eq!((task.meter, task.carried_max), (None, Fen::ZERO));
}

#[test]
fn a_step_comes_with_a_task_that_is_added_and_goes_with_one_that_is_taken_back() {
    let mut desk = Desk::new();
    desk.taken("orders.jsonl", &order_line("W-1", json!({})));
    assert_eq!(needs(&desk.order("W-1").unwrap().dispatch), []);
    let mut change: Value = serde_json::from_str(&fault_replacement(json!({}))).unwrap();
    change["record"] = "change".into();
    assert_eq!(
        desk.taken("changes.jsonl", &format!("{change}\n"))
            .changed_orders,
        1
    );
    let changed = desk.order("W-1").unwrap().dispatch;
    assert_eq!(changed.card, Some(fault_replacement_task()));
    assert_eq!(needs(&changed), [Need::Card]);
    let token = format!("{{\"order_no\":\"W-1\",\"sts_token\":\"{TOKEN}\"}}\n");
    desk.taken("changes.jsonl", &token);
    let changed = desk.order("W-1").unwrap().dispatch;
    assert_eq!(
        changed.card,
        Some(fault_replacement_task()),
        "the rest stays"
    );
    assert_eq!(needs(&changed), [Need::Card, Need::Token]);
    desk.taken(
        "orders.jsonl",
        &order_line("W-1", json!({"remark": "不写卡"})),
    );
    assert_eq!(needs(&desk.order("W-1").unwrap().dispatch), []);
}

/// What the result says of an order whose card step holds this.
fn result(outcome: CardOutcome, mapping: &Mapping) -> Value {
    let lines = fault_replacement(json!({}));
    let mut row = rows_of_file("orders.jsonl", lines.as_bytes(), mapping).unwrap();
    let rules = [domain::AssetRule::state_grid()];
    let dispatch = super::super::record::order(&row.remove(0), mapping, &rules).unwrap();
    let task = dispatch.card.clone().unwrap();
    let seen = domain::CardSeen {
        serial: domain::CardSerial::parse(NEW_CARD).unwrap(),
        content: None,
        meter_no: domain::MeterNo::parse("992600000001").unwrap(),
        old_card: OldCard::NotRead,
        remainders: vec![Remainder {
            source: CreditSource::Readout,
            money: yuan("87.65"),
            overdraft: Fen::ZERO,
            count: Some(17),
        }],
    };
    let mut plan = task.plan(&seen).unwrap();
    plan.parts.push(CreditPart {
        kind: CreditPartKind::Debt,
        amount: yuan("0.00"),
        source: CreditSource::Photo,
    });
    let mut order = Order::open(dispatch);
    order.state = OrderState::Approved {
        outcome: Outcome::Done,
    };
    let authorisation = domain::AuthorisationId(uuid::Uuid::from_u128(5));
    let (seen, plan) = (Box::new(seen), Box::new(plan));
    let card = Record::Card {
        authorisation,
        seen,
        plan,
        outcome,
    };
    order.work.insert("card".into(), card);
    let token = StsToken::parse(TOKEN).unwrap();
    order.work.insert("token".into(), Record::Token { token });
    let outgoing = Outgoing {
        no: 1,
        approval: 9,
        order,
        approved_at: NOON,
        approved_by: "chen".into(),
        tries: 0,
        state: ResultState::Queued,
        why: String::new(),
        due_at: NOON,
    };
    let line = super::super::result::line(&outgoing, &[], mapping);
    serde_json::from_slice(&line).unwrap()
}

#[test]
fn a_result_says_what_is_on_the_card_and_where_each_part_comes_from() {
    let image = domain::Hash::of(b"read back");
    let expected = json!({
        "key": "W-1-9",
        "order_no": "W-1",
        "revision": "1",
        "kind": "25",
        "account_no": "9900000001",
        "outcome": "01",
        "crew": "crew-1",
        "approved_at": "2026-03-01T08:30:00+08:00",
        "approved_by": "chen",
        "card_authorisation": "00000000-0000-0000-0000-000000000005",
        "card_kind": "01",
        "card_serial": NEW_CARD,
        "card_meter_no": "992600000001",
        "card_customer_no": CUSTOMER,
        "card_total": "137.65",
        "card_count": "1",
        "card_parts": [
            {"part": "old_credit", "count": null, "amount": "87.65", "source": "readout"},
            {"part": "bought", "count": 18, "amount": "50.00", "source": "office"},
            {"part": "debt", "count": null, "amount": "0.00", "source": "photo"},
        ],
        "card_debt_left": "0.00",
        "card_outcome": "written",
        "card_image": image.to_string(),
        "sts_token": TOKEN,
    });
    assert_eq!(result(CardOutcome::Written { image }, &mapping()), expected);
}

#[test]
fn a_card_that_carries_nothing_says_so_in_the_marketing_systems_words() {
    let own = Mapping::parse(
        "[fields.result]\ncard_outcome = \"WRITE_FLAG\"\n[codes.card_outcome]\n\
         not_written = [\"0\"]\nin_doubt = [\"2\"]\n[codes.not_written]\ncard_faulty = [\"F\"]\n\
         [codes.credit_part]\nbought = [\"P\"]\n",
    )
    .unwrap();
    let image = domain::Hash::of(b"read back");
    let why = NotWritten::CardFaulty;
    let faulty = result(CardOutcome::NotWritten { why, image }, &own);
    assert_eq!(faulty["WRITE_FLAG"], "0");
    assert_eq!(faulty["card_why"], "F");
    assert_eq!(faulty["card_image"], image.to_string());
    assert_eq!(faulty["card_parts"][1]["part"], "P");
    let in_doubt = result(CardOutcome::InDoubt, &own);
    assert_eq!(in_doubt["WRITE_FLAG"], "2");
    assert_eq!(in_doubt.get("card_image"), None, "nobody has read it");
    assert_eq!(in_doubt.get("card_why"), None);
}

#[test]
fn every_card_task_reads_back_from_what_is_written_of_it() {
    let (mapping, rules) = (mapping(), [domain::AssetRule::state_grid()]);
    for line in [
        fault_replacement(json!({"prepaid_money_count": null, "money_limit": null})),
        fault_replacement(json!({"prepaid_money": null, "prepaid_overdraft": "3.21"})),
        fault_replacement(json!({"purchases": ["18:50.00", "19:0.01"], "current_ratio": "30"})),
        top_up(json!({"sts_token": TOKEN})),
        top_up(json!({"card_kind": "03", "purchases": null, "card_count": "8"})),
    ] {
        let rows = rows_of_file("orders.jsonl", line.as_bytes(), &mapping).unwrap();
        let order = super::super::record::order(&rows[0], &mapping, &rules).unwrap();
        let written = order_row(&order, &mapping);
        let back = super::super::record::order(&written, &mapping, &rules);
        assert_eq!(back, Ok(order));
    }
}
