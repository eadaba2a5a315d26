//! A supervisor's day: queue, evidence gate, approval, return, results, proof.

use domain::{BlobHash, OrderState};
use reqwest::StatusCode;
use serde_json::{Value, json};
use wire::problem::Problem;
use wire::proof::verify;

use super::field::{asset, attach, crew, dispatch, photo, take};
use super::rig::{Rig, bad, good};
use crate::ledger::{LetterId, ResultState};

async fn with_orders(orders: &[&str]) -> Rig {
    let rig = Rig::start().await;
    for id in orders {
        let order = dispatch(id, &crew(1));
        rig.gateway
            .ledger()
            .dispatch(order, rig.hand.now())
            .unwrap();
    }
    rig
}

#[tokio::test]
async fn an_order_is_approved_only_when_every_piece_of_evidence_is_there() {
    let rig = with_orders(&["o-1", "o-2"]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    let blobs = online.tablet.complete("o-1");
    online.push_from(1, &[]).await;

    let queue: Value = good(desk.get("/queue")).await;
    let row = &queue["rows"][0];
    assert_eq!(row["order"], "o-1");
    assert_eq!(row["state"], "completed");
    assert_eq!(row["crew_name"], "样例1班");
    assert_eq!(
        (&row["photos_held"], &row["photos"]),
        (&json!(0), &json!(2))
    );
    assert_eq!(row["evidence"], "missing");
    let counts = json!({
        "to_review": 1, "anomalous": 0, "on_the_way": 1, "done_today": 1, "total_today": 2,
        "cards_in_doubt": 0, "card_incidents": 0,
    });
    assert_eq!(queue["counts"], counts);

    let revision = desk.review("o-1").await["revision"].clone();
    let seen = json!({ "revision": revision });
    let problem = bad(desk.decide("o-1", "approve", &seen)).await;
    assert_eq!(problem, Problem::EvidenceMissing { missing: 2 });
    online.upload(&blobs[0]).await;
    let problem = bad(desk.decide("o-1", "approve", &seen)).await;
    assert_eq!(problem, Problem::EvidenceMissing { missing: 1 });
    online.upload(&blobs[1]).await;

    let stale = json!({ "revision": 1 });
    let problem = bad(desk.decide("o-1", "approve", &stale)).await;
    let state = "completed".to_owned();
    assert_eq!(problem, Problem::OrderMoved { state });
    let review: Value = good(desk.decide("o-1", "approve", &seen)).await;
    assert_eq!(review["order"]["state"]["state"], "approved");
    assert_eq!(review["evidence"]["complete"], "complete");
    assert_eq!(review["result"]["state"], "queued");
    assert_eq!(review["receipts"].as_array().unwrap().len(), 1);
    let seen = json!({ "revision": review["revision"] });
    let problem = bad(desk.decide("o-1", "approve", &seen)).await;
    let state = "approved".to_owned();
    assert_eq!(problem, Problem::OrderMoved { state }, "not twice");

    let bytes = desk.get(&format!("/blobs/{}", BlobHash::of(&blobs[0])));
    assert_eq!(bytes.send().await.unwrap().bytes().await.unwrap(), blobs[0]);
    let open: Value = good(desk.get("/orders/o-2")).await;
    assert_eq!(open["order"]["state"]["state"], "assigned");
    let seen = json!({ "revision": open["revision"] });
    let problem = bad(desk.decide("o-2", "approve", &seen)).await;
    assert!(
        matches!(problem, Problem::OrderMoved { .. }),
        "not handed in"
    );
}

#[tokio::test]
async fn a_returned_order_reaches_the_crew_with_its_remarks_and_comes_back() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    online.tablet.complete("o-1");
    online.push_from(1, &[]).await;
    let revision = desk.review("o-1").await["revision"].clone();
    for empty in [json!([]), json!([{ "pin": "order", "text": "  " }])] {
        let body = json!({ "revision": revision, "remarks": empty });
        let problem = bad(desk.decide("o-1", "return", &body)).await;
        assert!(matches!(problem, Problem::Malformed { .. }), "{problem:?}");
    }
    let remarks = json!([{ "pin": "step", "step": "attach", "text": "看不清，请补拍" }]);
    let body = json!({ "revision": revision, "remarks": remarks });
    let _: Value = good(desk.decide("o-1", "return", &body)).await;
    online.pull().await;
    let picture = online.tablet.picture("o-1");
    assert_eq!(picture.state, OrderState::Returned);
    assert_eq!(picture.remarks[0].text, "看不清，请补拍");
    let from = online.tablet.sealed.len() as u64 + 1;
    online
        .tablet
        .act("o-1", take(photo(b"again", b"again, small")));
    online.tablet.act("o-1", attach());
    online.tablet.act("o-1", domain::Action::Complete);
    let receipt = online.push_from(from, &[]).await;
    let counts = |judged: &domain::Judgement| judged.verdict == domain::Verdict::Accepted;
    assert!(receipt.judgements.iter().all(counts), "{receipt:?}");
    let review = desk.review("o-1").await;
    assert_eq!(review["order"]["state"]["state"], "completed");
    assert_eq!(review["evidence"]["missing"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn a_result_goes_out_once_for_each_approval_and_the_tablet_hears_of_it() {
    let rig = with_orders(&["o-1"]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    for blob in online.tablet.complete("o-1") {
        online.upload(&blob).await;
    }
    online.push_from(1, &[]).await;
    let seen = json!({ "revision": desk.review("o-1").await["revision"] });
    let _: Value = good(desk.decide("o-1", "approve", &seen)).await;

    let (ledger, now) = (rig.gateway.ledger(), rig.hand.now());
    let due = ledger.outgoing_due(now, 10).unwrap();
    assert_eq!(due.len(), 1);
    assert_eq!(due[0].approved_by, "wang");
    let key = format!("o-1/{}", due[0].approval);
    assert_eq!(due[0].idempotency_key(), key);
    // refused for a while, then for good: a person sees it and tries again
    let later = domain::Millis(now.0 + 1000);
    ledger
        .undelivered(due[0].no, "503", Some(later), now)
        .unwrap();
    assert_eq!(ledger.outgoing_due(now, 10).unwrap(), vec![]);
    assert_eq!(ledger.outgoing_due(later, 10).unwrap().len(), 1);
    ledger
        .undelivered(due[0].no, "bad code", None, now)
        .unwrap();
    let letters: Value = good(desk.get("/dead-letters")).await;
    let letter = &letters["letters"][0];
    assert_eq!(
        (&letter["kind"], &letter["why"]),
        (&json!("result"), &json!("bad code"))
    );
    assert_eq!(desk.review("o-1").await["result"]["state"], "dead");
    let path = format!("/dead-letters/{}/retry", letter["id"].as_str().unwrap());
    let _: Value = good(desk.post(&path, &json!({}))).await;
    assert_eq!(ledger.outgoing_due(now, 10).unwrap().len(), 1);

    ledger.delivered(due[0].no, now).unwrap();
    ledger.delivered(due[0].no, now).unwrap();
    online.pull().await;
    assert!(online.tablet.picture("o-1").accepted_by_marketing);
    let dossier = ledger.dossier(&"o-1".into()).unwrap();
    assert_eq!(dossier.result.unwrap().state, ResultState::Delivered);
    let accepted = |entry: &&domain::Entry| format!("{entry:?}").contains("AcceptedByMarketing");
    assert_eq!(dossier.log.iter().filter(accepted).count(), 1);
    assert_eq!(ledger.verify_replay().unwrap().differing, vec![]);
}

#[tokio::test]
async fn the_queue_is_filtered_searched_and_counted() {
    let rig = with_orders(&["o-1", "o-2", "o-3"]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    online.tablet.complete("o-2");
    let reason = "no_access".into();
    let remark = "家中无人".to_owned();
    online
        .tablet
        .act("o-3", domain::Action::CouldNot { reason, remark });
    online.push_from(1, &[]).await;
    let rows = |query: &str| {
        let request = desk.get(&format!("/queue{query}"));
        async move {
            let queue: Value = good(request).await;
            let rows = queue["rows"].as_array().unwrap().clone();
            let ids = rows
                .iter()
                .map(|row| row["order"].as_str().unwrap().to_owned());
            ids.collect::<Vec<_>>()
        }
    };
    assert_eq!(rows("").await, ["o-3", "o-2"], "anomalies first");
    assert_eq!(rows("?state=all").await, ["o-3", "o-1", "o-2"]);
    assert_eq!(rows("?state=assigned").await, ["o-1"]);
    assert_eq!(rows("?anomaly=could_not_do").await, ["o-3"]);
    assert_eq!(rows("?anomaly=any").await, ["o-3"]);
    assert_eq!(rows("?crew=crew-2").await, Vec::<String>::new());
    assert_eq!(rows("?kind=detach_terminal&state=all").await.len(), 3);
    assert_eq!(rows("?state=all&search=o-2").await, ["o-2"]);
    assert_eq!(rows("?state=all&search=样例村").await.len(), 3);
    assert_eq!(
        rows("?state=all&search=attach").await.len(),
        0,
        "only what is shown"
    );
    let number = asset(8).to_string();
    assert_eq!(rows(&format!("?state=all&search={number}")).await.len(), 3);
    let unknown = bad(desk.get("/queue?kind=nonsense")).await;
    assert!(matches!(unknown, Problem::Malformed { .. }));

    let progress: Value = good(desk.get("/progress")).await;
    let mine = &progress["crews"][0];
    assert_eq!(mine["crew"], "crew-1");
    assert_eq!(
        (&mine["assigned"], &mine["handed_in"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(
        (&mine["could_not"], &mine["approved"]),
        (&json!(1), &json!(0))
    );
    assert_eq!(mine["last_seen"], rig.hand.now().0);
}

#[tokio::test]
async fn a_proof_bundle_of_an_order_verifies_without_the_gateway() {
    let rig = with_orders(&["o-1", "o-2"]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    // another order's events stand before, between and after in the same chain
    online.tablet.act("o-2", super::field::scan());
    let blobs = online.tablet.complete("o-1");
    online.push_from(1, &[]).await;
    online.tablet.act("o-2", attach());
    online.push_from(1, &[]).await;
    assert!(matches!(
        bad(desk.get("/orders/o-1/proof")).await,
        Problem::EvidenceMissing { .. }
    ));
    for blob in &blobs {
        online.upload(blob).await;
    }
    let bundle = desk.get("/orders/o-1/proof").send().await.unwrap();
    assert_eq!(bundle.headers()["content-type"], "application/x-tar");
    let bundle = bundle.bytes().await.unwrap();
    let report = verify(&bundle).unwrap();
    assert_eq!(
        (report.order.as_str(), report.events, report.blobs),
        ("o-1", 5, 2)
    );
    assert_eq!(report.gateway_key, rig.gateway.public_key());
}

#[tokio::test]
async fn the_pages_are_served_and_the_apps_window_may_ask() {
    let rig = Rig::start().await;
    for path in ["/board/", "/board/board.html", "/board.html", "/"] {
        let page = rig.http.get(rig.path(path)).send().await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{path}");
        assert!(page.text().await.unwrap().contains("desk"), "{path}");
    }
    for path in ["/board/assets/a.js", "/assets/a.js"] {
        let script = rig.http.get(rig.path(path)).send().await.unwrap();
        assert_eq!(script.status(), StatusCode::OK, "{path}");
    }
    for path in [
        "/board/nothing",
        "/board/../ledger.db",
        "/board/%2e%2e/ledger.db",
    ] {
        let none = rig.http.get(rig.path(path)).send().await.unwrap();
        assert_eq!(none.status(), StatusCode::NOT_FOUND, "{path}");
    }
    let ask = |origin: &str| {
        rig.http
            .request(reqwest::Method::OPTIONS, rig.path("/v1/desk/queue"))
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header("access-control-request-headers", "authorization")
            .send()
    };
    let app = ask("tauri://localhost").await.unwrap();
    assert_eq!(
        app.headers()["access-control-allow-origin"],
        "tauri://localhost"
    );
    let other = ask("https://elsewhere.example").await.unwrap();
    assert!(!other.headers().contains_key("access-control-allow-origin"));
}

#[tokio::test]
async fn only_an_admin_puts_a_letter_away() {
    let rig = Rig::start().await;
    let desk = rig.supervisor().await;
    let ledger = rig.gateway.ledger();
    ledger
        .add_letter("dispatch", None, "line 3: no crew", rig.hand.now())
        .unwrap();
    let id = ledger.dead_letters(5).unwrap()[0].id.clone();
    assert!(matches!(id, LetterId::In(_)));
    let path = format!("/dead-letters/{id}/retry");
    assert_eq!(bad(desk.post(&path, &json!({}))).await, Problem::NotAllowed);
    let now = rig.hand.now();
    ledger
        .retry_letter(&id, crate::ledger::Role::Admin, now)
        .unwrap();
    assert_eq!(ledger.dead_letters(5).unwrap(), vec![]);
    let unknown = bad(desk.post("/dead-letters/nonsense/retry", &json!({}))).await;
    assert_eq!(unknown, Problem::NotFound);
}
