//! What comes in.

use std::io::Write;

use domain::{CrewId, Decimal, Holder, OrderKind, OrderState, Register};
use serde_json::json;

use super::*;

#[test]
fn an_order_arrives_as_it_was_written() {
    let mut desk = Desk::new();
    let taken = desk.taken("orders.jsonl", &order_line("W-1", json!({})));
    assert_eq!(taken.new_orders, 1);
    let dispatch = desk.order("W-1").unwrap().dispatch;
    assert_eq!(dispatch.kind, OrderKind::Replace);
    let place = dispatch.account.place.unwrap();
    assert_eq!((place.lat_e7, place.lon_e7), (350_000_001, -1_055_000_000));
    let old = dispatch.old_meter.unwrap();
    assert_eq!(
        old.last_billed,
        [
            (Register::ForwardTotal, Decimal::parse("120.5").unwrap()),
            (Register::ForwardT2, Decimal::parse("20.5").unwrap()),
        ]
    );
    assert_eq!(old.seals.len(), 2);
    let window = dispatch.appointment.unwrap();
    assert_eq!(
        (window.from, window.to.0 - window.from.0),
        (NOON, 7_200_000)
    );
    assert_eq!(desk.names("done"), ["crews.csv", "orders.jsonl"]);
    assert_eq!(desk.names("inbox"), Vec::<String>::new());
}

#[test]
fn one_bad_line_rejects_the_whole_file_and_says_where() {
    let mut desk = Desk::new();
    let good = order_line("W-1", json!({}));
    let bad = order_line(
        "W-2",
        json!({"kind": "99", "old_asset_no": "4130001000000000000013"}),
    );
    let faults = desk.faults("orders.jsonl", &format!("{good}\n{bad}"));
    assert_eq!(
        faults,
        [
            (3, "kind".into(), "unknown_code"),
            (3, "old_asset_no".into(), "asset")
        ]
    );
    assert!(
        desk.order("W-1").is_none(),
        "nothing of the file was applied"
    );
    assert_eq!(
        desk.names("rejected"),
        ["orders.jsonl", "orders.jsonl.error.json"]
    );
    let report = desk.folder.path().join("rejected/orders.jsonl.error.json");
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(report).unwrap()).unwrap();
    assert_eq!(report["faults"][0]["line"], 3);
    assert_eq!(report["faults"][0]["field"], "kind");
    assert!(
        report["faults"][0]["next"]
            .as_str()
            .unwrap()
            .contains("[codes]")
    );
    let letters = desk.ledger.dead_letters(10).unwrap();
    assert_eq!(letters[0].kind, "file", "a supervisor sees it too");
}

#[test]
fn a_wrong_csv_header_names_the_column() {
    let mut desk = Desk::new();
    let faults = desk.faults(
        "stock.csv",
        "asset_nr,status\n4130001000000000000012,in_stock\n",
    );
    assert_eq!(
        faults,
        [
            (1, "asset_nr".into(), "unknown_field"),
            (1, "asset_no".into(), "no_column")
        ]
    );
    let faults = desk.faults("0301.csv", "asset_no,status\n");
    assert_eq!(faults[0].2, "unknown_record");
}

#[test]
fn what_an_order_cannot_do_without_is_missed_by_name() {
    let mut desk = Desk::new();
    let cases = [
        (json!({"customer": ""}), "customer", "missing"),
        (json!({"old_asset_no": null}), "old_asset_no", "missing"),
        (json!({"new_digits": null}), "new_digits", "missing"),
        (json!({"new_digits": "9.2"}), "new_digits", "shape"),
        (json!({"lon": null}), "lon", "missing"),
        (json!({"lat": "95"}), "lat", "shape"),
        (
            json!({"appointment_to": "tomorrow"}),
            "appointment_to",
            "shape",
        ),
        (
            json!({"appointment_to": "2026-02-28 08:00"}),
            "appointment_to",
            "shape",
        ),
        (json!({"appointment_to": null}), "appointment_to", "missing"),
        (
            json!({"last_billed": "forward_total"}),
            "last_billed",
            "shape",
        ),
        (
            json!({"last_billed": {"total": "1"}}),
            "last_billed",
            "unknown_code",
        ),
        (json!({"crew": "crew-9"}), "crew", "unknown_crew"),
        (json!({"kind": "22"}), "old_terminal", "missing"),
        (json!({"remark": "x".repeat(501)}), "remark", "too_long"),
        (json!({"customer": ["a"]}), "customer", "shape"),
        (json!({"KIND": "25"}), "KIND", "unknown_field"),
    ];
    for (n, (fields, field, code)) in cases.into_iter().enumerate() {
        let faults = desk.faults(&format!("orders-{n}.jsonl"), &order_line("W-1", fields));
        assert!(
            faults.contains(&(1, field.into(), code)),
            "{field}: {faults:?}"
        );
    }
    assert!(desk.order("W-1").is_none());
}

#[test]
fn a_file_that_is_still_written_is_left_alone() {
    let mut desk = Desk::new();
    let line = order_line("W-1", json!({}));
    let (half, rest) = line.as_bytes().split_at(100);
    desk.put("orders.jsonl.tmp", &line);
    let path = desk.put("orders.jsonl", "");
    let mut file = std::fs::File::create(path).unwrap();
    assert_eq!(desk.look_at(10), []);
    assert_eq!(desk.look_at(20), [], "an empty file is only begun");
    file.write_all(half).unwrap();
    assert_eq!(desk.look_at(21), []);
    assert_eq!(desk.look_at(23), [], "its last line is not ended");
    file.write_all(rest).unwrap();
    assert_eq!(desk.look_at(24), [], "it has just grown");
    assert!(matches!(desk.look_at(25)[..], [Handled::Done { .. }]));
    assert_eq!(desk.names("inbox"), ["orders.jsonl.tmp"]);
    assert!(desk.order("W-1").is_some());
}

#[test]
fn a_last_line_without_an_end_is_read_once_nobody_writes_any_more() {
    let mut desk = Desk::new();
    desk.put("orders.jsonl", order_line("W-1", json!({})).trim_end());
    desk.look_at(10);
    assert_eq!(desk.look_at(30), []);
    assert!(matches!(desk.look_at(41)[..], [Handled::Done { .. }]));
}

#[test]
fn the_same_file_twice_changes_nothing() {
    let mut desk = Desk::new();
    let orders = order_line("W-1", json!({}));
    desk.taken("orders.jsonl", &orders);
    let before = desk.order("W-1");
    let again = desk.taken("orders.jsonl", &orders);
    assert_eq!(
        (again.new_orders, again.changed_orders, again.same),
        (0, 0, 1)
    );
    assert_eq!(desk.order("W-1"), before);
    assert_eq!(
        desk.names("done"),
        ["crews.csv", "orders-2.jsonl", "orders.jsonl"],
        "both files are kept"
    );
}

#[test]
fn a_change_says_only_what_differs_and_an_old_file_does_not_undo_it() {
    let mut desk = Desk::new();
    let orders = order_line("W-1", json!({}));
    desk.taken("orders.jsonl", &orders);
    let change = "{\"order_no\":\"W-1\",\"crew\":\"crew-2\",\"remark\":\"改派\"}\n";
    let taken = desk.taken("changes.jsonl", change);
    assert_eq!(taken.changed_orders, 1);
    let changed = desk.order("W-1").unwrap().dispatch;
    assert_eq!(changed.crew, CrewId::new("crew-2"));
    assert_eq!(changed.revision, 2);
    assert_eq!(changed.account.customer, "样例客户");
    let again = desk.taken("orders.jsonl", &orders);
    assert_eq!((again.changed_orders, again.same), (0, 1));
    assert_eq!(desk.order("W-1").unwrap().dispatch, changed);
    assert_eq!(desk.taken("changes.jsonl", change).same, 1);
    let unknown = "{\"order_no\":\"W-9\",\"crew\":\"crew-2\"}\n";
    assert_eq!(
        desk.faults("changes.jsonl", unknown),
        [(1, "order_no".into(), "unknown_order")]
    );
}

#[test]
fn a_recall_takes_an_order_back_once() {
    let mut desk = Desk::new();
    desk.taken("orders.jsonl", &order_line("W-1", json!({})));
    let recall = "order_no,reason\nW-1,客户取消\n";
    assert_eq!(desk.taken("recalls.csv", recall).recalled_orders, 1);
    assert!(matches!(
        desk.order("W-1").unwrap().state,
        OrderState::Recalled { .. }
    ));
    assert_eq!(desk.taken("recalls.csv", recall).same, 1);
    assert_eq!(
        desk.faults("recalls.csv", "order_no,reason\nW-9,x\n"),
        [(2, "order_no".into(), "unknown_order")]
    );
}

#[test]
fn a_stock_list_read_again_does_not_bring_a_meter_back_into_the_cabinet() {
    let mut desk = Desk::new();
    let stock = "asset_no,status,crew,wiring,prepaid,digits,registers\n\
        4130001000000000000012,in_stock,crew-1,1,0,6.2,forward_total|forward_t2\n";
    assert_eq!(desk.taken("stock.csv", stock).stock, 1);
    let asset_no = domain::AssetRule::state_grid()
        .parse("4130001000000000000012")
        .unwrap();
    let item = desk.ledger.stock_item(&asset_no).unwrap().unwrap();
    let crew = CrewId::new("crew-1");
    assert_eq!(
        item.holder,
        Holder::Cabinet {
            issued_to: Some(crew.clone())
        }
    );
    let picked_up = domain::StockItem {
        holder: Holder::WithCrew { crew },
        ..item
    };
    desk.ledger
        .writing(|tables| {
            let change = tables.next_change()?;
            tables.put_stock_item(&picked_up, change, None)
        })
        .unwrap();
    assert_eq!(desk.taken("stock.csv", stock).same, 1);
    assert_eq!(desk.ledger.stock_item(&asset_no).unwrap(), Some(picked_up));
}

#[test]
fn what_an_orders_state_does_not_take_is_set_aside_for_a_person() {
    let mut desk = Desk::new();
    let two = order_line("W-1", json!({})) + &order_line("W-2", json!({}));
    desk.taken("orders.jsonl", &two);
    super::outbound::could_not_do(desk.ledger.as_ref(), "W-1");
    let changes =
        "{\"order_no\":\"W-1\",\"crew\":\"crew-2\"}\n{\"order_no\":\"W-2\",\"crew\":\"crew-2\"}\n";
    let taken = desk.taken("changes.jsonl", changes);
    assert_eq!((taken.set_aside, taken.changed_orders), (1, 1));
    let letters = desk.ledger.dead_letters(10).unwrap();
    assert_eq!(letters[0].order, Some("W-1".into()));
    assert_eq!(desk.order("W-1").unwrap().dispatch.crew.as_str(), "crew-1");
}

#[test]
fn orders_and_stock_read_back_from_what_is_written_of_them() {
    let (mapping, rules) = (mapping(), [domain::AssetRule::state_grid()]);
    let district = crate::sample::District::of(3, 20_513);
    for dispatch in district.orders() {
        let row = order_row(dispatch, &mapping);
        let back = super::super::record::order(&row, &mapping, &rules).unwrap();
        assert_eq!(&back, dispatch);
    }
    for item in district.stock() {
        let row = stock_row(&item, &mapping);
        let back = super::super::record::record(row, &mapping, &rules).unwrap();
        assert_eq!(back, super::super::record::Record::Stock(Box::new(item)));
    }
}

#[tokio::test]
async fn a_request_is_taken_like_a_file_and_only_with_the_token() {
    let ledger = ledger();
    let door = Door::new(
        ledger.clone(),
        mapping(),
        crate::Clock::standing(NOON).0,
        "secret",
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!(
        "http://{}/v1/central/dispatch",
        listener.local_addr().unwrap()
    );
    let server = tokio::spawn(async move { axum::serve(listener, routes(door)).await });
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let send = async |token: &str, body: String| {
        let request = client.post(&url).bearer_auth(token).body(body);
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, response.json::<serde_json::Value>().await.unwrap())
    };
    let crew = json!({"record": "crew", "crew": "crew-1", "crew_name": "装接一班"});
    let order: serde_json::Value = serde_json::from_str(&order_line("W-1", json!({}))).unwrap();
    let both = json!([crew, order]).to_string();
    let (status, problem) = send("wrong", both.clone()).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (401, Some("no_session"))
    );
    let (status, taken) = send("secret", both.clone()).await;
    assert_eq!(
        (status, &taken["new_orders"], &taken["crews"]),
        (200, &json!(1), &json!(1))
    );
    let (status, taken) = send("secret", both).await;
    assert_eq!((status, &taken["same"]), (200, &json!(2)));
    let bad = json!([crew, {"record": "recall", "order_no": "W-9"}]).to_string();
    let (status, report) = send("secret", bad).await;
    assert_eq!(status, 422);
    assert_eq!(report["faults"][0]["line"], 2);
    assert_eq!(report["faults"][0]["field"], "reason");
    let (status, _) = send("secret", "{]".to_owned()).await;
    assert_eq!(status, 422);
    server.abort();
}
