//! Bad input: a typed answer, nothing changed, and the process lives.

use futures_util::stream;
use reqwest::Body;
use serde_json::{Value, json};
use wire::problem::Problem;
use wire::push::{PUSH_BLOBS_MAX, PUSH_BYTES_MAX, PUSH_EVENTS_MAX};

use super::field::{crew, dispatch, note};
use super::rig::{Online, Rig, bad, good};

async fn is_alive(rig: &Rig) {
    let health: Value = good(rig.http.get(rig.path("/v1/health"))).await;
    assert_eq!(health, json!({ "ok": true }));
}

#[tokio::test]
async fn a_push_that_cannot_be_read_says_where_and_not_what() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    for text in [
        "",
        "{",
        "[]",
        "{\"version\":1,\"secret\":\"abc\"}",
        "nonsense abc",
    ] {
        let problem = bad(online.post("/v1/push").body(text)).await;
        let Problem::Malformed { place } = problem else {
            panic!("{problem:?}");
        };
        assert!(!place.contains("abc"), "{place}");
    }
    is_alive(&rig).await;
}

async fn count(online: &Online<'_>) -> u64 {
    online.page(0, 500).await.changes.len() as u64
}

#[tokio::test]
async fn unknown_versions_other_devices_and_long_lists_are_refused_whole() {
    let rig = Rig::start().await;
    let order = dispatch("o-1", &crew(1));
    rig.gateway
        .ledger()
        .dispatch(order, rig.hand.now())
        .unwrap();
    let mut online = rig.tablet(1, 1).await;
    let other = rig.tablet(2, 2).await;
    online.tablet.act("o-1", note("x"));
    let before = count(&online).await;
    let send = |push: &wire::push::Push| online.post("/v1/push").json(push);

    let mut later = online.tablet.clone().push_from(1, &[]);
    later.version = 7;
    let known = wire::PROTOCOL_VERSION;
    let version = 7;
    assert_eq!(
        bad(send(&later)).await,
        Problem::UnknownVersion { version, known }
    );

    let foreign = other.tablet.push_from(1, &[]);
    assert_eq!(bad(send(&foreign)).await, Problem::NotAllowed);

    let mut many = online.tablet.clone();
    for n in 0..10_000 {
        many.act("o-1", note(&n.to_string()));
        if many.sealed.len() > PUSH_EVENTS_MAX {
            break;
        }
    }
    let limit = PUSH_EVENTS_MAX as u64;
    assert_eq!(
        bad(send(&many.push_from(1, &[]))).await,
        Problem::TooMany { limit }
    );

    let mut blobs = online.tablet.clone().push_from(1, &[]);
    blobs.blobs = vec![domain::Hash::of(b"x"); PUSH_BLOBS_MAX + 1];
    let limit = PUSH_BLOBS_MAX as u64;
    assert_eq!(bad(send(&blobs)).await, Problem::TooMany { limit });

    assert_eq!(count(&online).await, before, "nothing changed");
    is_alive(&rig).await;
}

#[tokio::test]
async fn ten_thousand_events_are_refused_before_they_are_taken() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let mut push = online.tablet.push_from(1, &[]);
    let sealed = domain::Sealed {
        seq: 1,
        prev: domain::Hash::of(b""),
        hash: domain::Hash::of(b""),
        body: "{}".into(),
    };
    push.events = vec![sealed; 10_000];
    let problem = bad(online.post("/v1/push").json(&push)).await;
    let limit = PUSH_EVENTS_MAX as u64;
    assert_eq!(problem, Problem::TooMany { limit });
    is_alive(&rig).await;
}

/// A body of many bytes that are made as they are sent.
fn flood(pieces: usize) -> Body {
    let piece = vec![b' '; 64 * 1024];
    let pieces = (0..pieces).map(move |_| Ok::<_, std::io::Error>(piece.clone()));
    Body::wrap_stream(stream::iter(pieces))
}

#[tokio::test]
async fn a_body_of_a_gigabyte_is_refused_without_being_read() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let limit_bytes = PUSH_BYTES_MAX as u64;
    let announced = online
        .post("/v1/push")
        .header("content-length", 16_384_u64 * 64 * 1024)
        .body(flood(16_384));
    assert_eq!(bad(announced).await, Problem::TooLarge { limit_bytes });
    let streamed = online.post("/v1/push").body(flood(16_384));
    assert_eq!(bad(streamed).await, Problem::TooLarge { limit_bytes });
    let small = online.post("/v1/session").body(flood(16_384));
    assert!(matches!(bad(small).await, Problem::TooLarge { .. }));
    is_alive(&rig).await;
}

#[tokio::test]
async fn unknown_paths_methods_and_names_are_not_found() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    for request in [
        rig.http.get(rig.path("/v1/push")),
        online.get("/v1/blobs/by-hash/nonsense"),
        online.get("/v1/blobs/not-an-upload"),
        desk.get("/orders/nowhere"),
        desk.get("/blobs/nonsense"),
        desk.get(&format!("/blobs/{}", domain::Hash::of(b"none"))),
    ] {
        assert_eq!(bad(request).await, Problem::NotFound);
    }
    let cursor = bad(online.get("/v1/changes?after=-1")).await;
    assert!(matches!(cursor, Problem::Malformed { .. }), "{cursor:?}");
    let far = online.page(u64::MAX, 10).await;
    assert!(far.changes.is_empty());
}
