//! What goes out.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use domain::{
    DeviceId, Entry, EntryBody, EventId, OfficeEvent, OrderEvent, OrderState, Stamp, Verdict, apply,
};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::ledger::{Decision, LetterId, OrderRow, ResultState, Role};

/// Brings an order to the point where a supervisor decides: the crew could not do it.
pub fn could_not_do(ledger: &dyn Ledger, order_no: &str) {
    let events = [
        OrderEvent::Started,
        OrderEvent::CouldNotDo {
            reason: "no_access".into(),
            remark: "门锁着".into(),
        },
    ];
    for (event, seq) in events.into_iter().zip(1u64..) {
        let body = EntryBody::Field {
            event_id: EventId {
                device: DeviceId(Uuid::from_u128(7)),
                seq,
            },
            operator: "周敏".into(),
            crew: "crew-1".into(),
            at: Stamp {
                wall_ms: after(60 * seq as i64),
                boot_ms: 0,
                boot_id: Uuid::nil(),
                offset_ms: None,
                uncertainty_ms: None,
            },
            verdict: Verdict::Accepted,
            event: Box::new(event),
        };
        let id = order_no.into();
        ledger
            .writing(|tables| {
                let before = tables.order(&id)?.unwrap().order;
                let change = tables.next_change()?;
                let entry = Entry {
                    change: Some(change),
                    body: body.clone(),
                };
                tables.append_entry(&id, &entry)?;
                let order = apply(Some(before), &entry).unwrap();
                tables.put_order(&OrderRow {
                    order,
                    revision: change,
                    handed_in_at: Some(NOON),
                })
            })
            .unwrap();
    }
}

/// An order that was approved and whose result waits.
fn approved(ledger: &dyn Ledger, order_no: &str) {
    let lines = CREWS.lines().skip(1).map(|line| {
        let (crew, name) = line.split_once(',').unwrap();
        format!(
            "{}\n",
            json!({"record": "crew", "crew": crew, "crew_name": name})
        )
    });
    let lines = lines.collect::<String>() + &order_line(order_no, json!({}));
    let rows = rows_of_file("orders.jsonl", lines.as_bytes(), &mapping()).unwrap();
    take(ledger, rows, &mapping(), NOON).unwrap();
    could_not_do(ledger, order_no);
    let by = "chen".into();
    ledger
        .decide(&order_no.into(), None, Decision::Approve, &by, after(600))
        .unwrap();
}

fn state(ledger: &dyn Ledger, order_no: &str) -> (ResultState, bool, u32) {
    let id = order_no.into();
    let (outgoing, row) = ledger
        .reading(|tables| Ok((tables.outgoing_of(&id)?, tables.order(&id)?)))
        .unwrap();
    let (outgoing, row) = (outgoing.unwrap(), row.unwrap());
    (
        outgoing.state,
        row.order.accepted_by_marketing,
        outgoing.tries,
    )
}

#[tokio::test]
async fn a_result_says_what_was_done_in_the_marketing_systems_words() {
    let (ledger, folder) = (ledger(), tempfile::tempdir().unwrap());
    approved(ledger.as_ref(), "W-1");
    let mapping = Mapping::parse("[fields.result]\naccount_no = \"CONS_NO\"\n").unwrap();
    let root = Some((folder.path(), Ack::Written));
    let outbox = Outbox::open(root, None, mapping).unwrap();
    let round = outbox.round(&ledger, after(700)).await.unwrap();
    assert_eq!(round.delivered, 1);
    let files = names(&folder.path().join("results"));
    assert_eq!(files.len(), 1);
    let text = std::fs::read_to_string(folder.path().join("results").join(&files[0])).unwrap();
    assert_eq!(text.lines().count(), 1);
    let result: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        files[0],
        format!("{}.json", result["key"].as_str().unwrap())
    );
    let expected = json!({
        "key": result["key"],
        "order_no": "W-1",
        "revision": "1",
        "kind": "25",
        "CONS_NO": "9900000001",
        "outcome": "00",
        "could_not_reason": "no_access",
        "could_not_remark": "门锁着",
        "crew": "crew-1",
        "operators": ["周敏"],
        "started_at": "2026-03-01T08:31:00+08:00",
        "ended_at": "2026-03-01T08:32:00+08:00",
        "approved_at": "2026-03-01T08:40:00+08:00",
        "approved_by": "chen",
    });
    assert_eq!(result, expected);
    assert_eq!(
        state(ledger.as_ref(), "W-1"),
        (ResultState::Delivered, true, 1)
    );
    assert_eq!(
        outbox.round(&ledger, after(800)).await.unwrap(),
        Round::default()
    );
}

#[tokio::test]
async fn a_crash_between_file_and_mark_leaves_one_file() {
    let (ledger, folder) = (ledger(), tempfile::tempdir().unwrap());
    approved(ledger.as_ref(), "W-1");
    let outgoing = ledger.outgoing_due(after(700), 1).unwrap().remove(0);
    let log = ledger
        .reading(|tables| tables.log(&"W-1".into(), 0, outgoing.approval))
        .unwrap();
    let line = super::super::result::line(&outgoing, &log, &mapping());
    let key = result_key(&"W-1".into(), outgoing.approval);
    let results = folder.path().join("results");
    std::fs::create_dir_all(&results).unwrap();
    // the earlier process got as far as the file, and no further
    write_file(&results.join(format!("{key}.json")), &line).unwrap();
    let outbox = Outbox::open(Some((folder.path(), Ack::Written)), None, mapping()).unwrap();
    assert_eq!(
        outbox.round(&ledger, after(700)).await.unwrap().delivered,
        1
    );
    assert_eq!(names(&results), [format!("{key}.json")]);
    let written = std::fs::read(results.join(format!("{key}.json"))).unwrap();
    assert_eq!(written, line, "the same bytes");
    let log = ledger
        .reading(|tables| tables.log(&"W-1".into(), 0, u64::MAX >> 1))
        .unwrap();
    let accepted = log.iter().filter(|entry| {
        matches!(
            &entry.body,
            EntryBody::Office {
                event: OfficeEvent::AcceptedByMarketing,
                ..
            }
        )
    });
    assert_eq!(accepted.count(), 1);
}

#[tokio::test]
async fn a_result_waits_for_its_acknowledgement_and_is_not_written_again_meanwhile() {
    let (ledger, folder) = (ledger(), tempfile::tempdir().unwrap());
    approved(ledger.as_ref(), "W-1");
    let outbox = Outbox::open(Some((folder.path(), Ack::Folder)), None, mapping()).unwrap();
    assert_eq!(outbox.round(&ledger, after(700)).await.unwrap().waiting, 1);
    let results = folder.path().join("results");
    let file = names(&results).remove(0);
    std::fs::remove_file(results.join(&file)).unwrap();
    assert_eq!(outbox.round(&ledger, after(710)).await.unwrap().waiting, 1);
    assert_eq!(names(&results), Vec::<String>::new());
    assert!(!state(ledger.as_ref(), "W-1").1);
    let ack = file.replace(".json", ".ack");
    std::fs::write(folder.path().join("acks").join(ack), "").unwrap();
    assert_eq!(
        outbox.round(&ledger, after(720)).await.unwrap().delivered,
        1
    );
    assert!(state(ledger.as_ref(), "W-1").1);
}

/// A marketing system that answers as it is told and remembers what it was sent.
#[derive(Clone, Default)]
struct Marketing {
    answers: Arc<Mutex<Vec<u16>>>,
    got: Arc<Mutex<Vec<(String, String)>>>,
}

impl Marketing {
    async fn start(self) -> (String, tokio::task::JoinHandle<()>) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/results", listener.local_addr().unwrap());
        let app = axum::Router::new()
            .route("/results", axum::routing::post(book))
            .with_state(self);
        let server = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        (url, server)
    }
}

async fn book(
    State(marketing): State<Marketing>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let key = headers["idempotency-key"].to_str().unwrap().to_owned();
    marketing.got.lock().unwrap().push((key, body));
    let mut answers = marketing.answers.lock().unwrap();
    let answer = if answers.is_empty() {
        200
    } else {
        answers.remove(0)
    };
    (
        StatusCode::from_u16(answer).unwrap(),
        [("retry-after", "30")],
    )
}

#[tokio::test]
async fn a_webhook_is_tried_again_with_the_same_key_until_it_takes_the_result() {
    let ledger = ledger();
    approved(ledger.as_ref(), "W-1");
    let marketing = Marketing::default();
    *marketing.answers.lock().unwrap() = vec![503, 429, 408, 201];
    let (url, server) = marketing.clone().start().await;
    let outbox = Outbox::open(None, Some(Webhook::at(&url).unwrap()), mapping()).unwrap();
    let mut now = 700;
    for _ in 0..3 {
        assert_eq!(outbox.round(&ledger, after(now)).await.unwrap().waiting, 1);
        let early = outbox.round(&ledger, after(now + 29)).await.unwrap();
        assert_eq!(early, Round::default(), "Retry-After is obeyed");
        now += 31;
    }
    assert!(!state(ledger.as_ref(), "W-1").1);
    assert_eq!(
        outbox.round(&ledger, after(now)).await.unwrap().delivered,
        1
    );
    assert_eq!(
        state(ledger.as_ref(), "W-1"),
        (ResultState::Delivered, true, 4)
    );
    let got = marketing.got.lock().unwrap().clone();
    assert_eq!(got.len(), 4);
    assert!(got.iter().all(|sent| *sent == got[0]), "key and bytes stay");
    server.abort();
}

#[tokio::test]
async fn what_a_webhook_refuses_becomes_a_letter_that_a_person_sends_again() {
    let ledger = ledger();
    approved(ledger.as_ref(), "W-1");
    approved(ledger.as_ref(), "W-2");
    let marketing = Marketing::default();
    *marketing.answers.lock().unwrap() = vec![422];
    let (url, server) = marketing.clone().start().await;
    let outbox = Outbox::open(None, Some(Webhook::at(&url).unwrap()), mapping()).unwrap();
    let round = outbox.round(&ledger, after(700)).await.unwrap();
    assert_eq!(
        (round.dead, round.delivered),
        (1, 1),
        "one holds up no other"
    );
    let letters = ledger.dead_letters(10).unwrap();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].why, "http_422");
    let dead: LetterId = letters[0].id.clone();
    assert_eq!(
        outbox.round(&ledger, after(9_000)).await.unwrap(),
        Round::default()
    );
    ledger
        .retry_letter(&dead, Role::Supervisor, after(9_001))
        .unwrap();
    assert_eq!(
        outbox.round(&ledger, after(9_002)).await.unwrap().delivered,
        1
    );
    let mut times = BTreeMap::new();
    for (key, _) in marketing.got.lock().unwrap().iter() {
        *times.entry(key.clone()).or_insert(0) += 1;
    }
    assert_eq!(times.into_values().collect::<Vec<_>>().len(), 2);
    server.abort();
}

#[tokio::test]
async fn a_marketing_system_that_is_away_is_waited_for() {
    let ledger = ledger();
    approved(ledger.as_ref(), "W-1");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let outbox = Outbox::open(None, Some(Webhook::at(&url).unwrap()), mapping()).unwrap();
    assert_eq!(outbox.round(&ledger, after(700)).await.unwrap().waiting, 1);
    let row = ledger
        .reading(|tables| tables.order(&"W-1".into()))
        .unwrap()
        .unwrap();
    assert!(matches!(row.order.state, OrderState::Approved { .. }));
    assert!(!row.order.accepted_by_marketing);
}

#[test]
fn a_key_is_safe_as_a_files_name_and_distinct() {
    let key = |text: &str| result_key(&text.into(), 9);
    assert_eq!(key("YL20260301-0007"), "YL20260301-0007-9");
    assert_ne!(key("a/b"), key("a_b"));
    assert_ne!(key("a/b"), key("a\\b"));
    for odd in ["../../x", "工单/1", ".hidden", "a b", "a\nb"] {
        let key = key(odd);
        assert!(
            key.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b)),
            "{key}"
        );
        assert!(!key.starts_with('.'), "{key}");
    }
}
