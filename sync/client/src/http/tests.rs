//! The driver against a server that says exactly what a test wants, byte by byte.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;
use crate::{Gateway, Retry};

/// Answers every connection with these pieces, a pause before each; then keeps it open.
async fn server(pieces: Vec<(u64, String)>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let pieces = pieces.clone();
            tokio::spawn(async move {
                let mut head = vec![0; 65_536];
                let _ = socket.read(&mut head).await;
                for (pause_ms, piece) in pieces {
                    tokio::time::sleep(Duration::from_millis(pause_ms)).await;
                    let _ = socket.write_all(piece.as_bytes()).await;
                }
                let _ = socket.read_to_end(&mut head).await;
            });
        }
    });
    address
}

/// Answers one request so; gives the address, and the request as it came: line and body.
async fn listener(
    reply: Vec<(u64, String)>,
) -> (String, tokio::task::JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let heard = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut bytes = vec![];
        loop {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if let Some((head, body)) = text.split_once("\r\n\r\n") {
                let length = head
                    .lines()
                    .find_map(|line| line.strip_prefix("content-length: "))
                    .map_or(0, |length| length.parse().unwrap());
                if body.len() >= length {
                    for (_, piece) in reply {
                        socket.write_all(piece.as_bytes()).await.unwrap();
                    }
                    let line = head.lines().next().unwrap_or_default();
                    return (line.to_owned(), body.to_owned());
                }
            }
            assert!(socket.read_buf(&mut bytes).await.unwrap() > 0, "{text}");
        }
    });
    (address, heard)
}

fn answer(status: &str, kind: &str, more: &str, body: &str) -> Vec<(u64, String)> {
    let length = body.len();
    vec![(
        0,
        format!(
            "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\n{more}\r\n{body}"
        ),
    )]
}

async fn asked(pieces: Vec<(u64, String)>) -> Result<(), ClientError> {
    let gateway = Gateway::new(&server(pieces).await).unwrap();
    gateway.changes(0).await.map(drop)
}

#[test]
fn only_http_addresses_are_taken() {
    for address in ["", "gateway", "ftp://x", "file:///etc", "http://"] {
        let made = Http::new(address);
        assert!(
            matches!(made, Err(ClientError::BadAddress { .. })),
            "{address}"
        );
    }
    assert!(Http::new("http://127.0.0.1:9/").is_ok());
}

#[tokio::test]
async fn a_link_that_stands_still_is_given_up_and_tried_again() {
    let silent = server(vec![]).await;
    let http = Http::new(&silent)
        .unwrap()
        .with_stall(Duration::from_millis(80));
    let request = http.request(Method::GET, HEALTH);
    let error = http.send(request, vec![]).await.map(drop).unwrap_err();
    assert!(matches!(error, ClientError::Stalled { .. }), "{error}");
    assert_eq!(error.retry(), Retry::Later(None));
}

#[tokio::test]
async fn a_slow_link_that_moves_is_waited_for_however_long_it_takes() {
    let mut pieces = vec![(
        0,
        "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n".to_owned(),
    )];
    pieces.extend((0..12).map(|_| (60, "x".to_owned())));
    let slow = server(pieces).await;
    let stall = Duration::from_millis(400);
    let http = Http::new(&slow).unwrap().with_stall(stall);
    let request = http.request(Method::GET, HEALTH);
    let answered = http.send(request, vec![]).await.unwrap();
    assert_eq!(
        answered.body, b"xxxxxxxxxxxx",
        "after more than the stall time"
    );
    assert_eq!(http.traffic().borrow().down, 12);
}

#[tokio::test]
async fn nobody_there_is_a_matter_of_time() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let gateway = Gateway::new(&address).unwrap();
    let error = gateway.changes(0).await.unwrap_err();
    assert_eq!(
        (error.code().as_str(), error.retry()),
        ("no_link", Retry::Later(None))
    );
}

#[tokio::test]
async fn a_sign_in_page_of_some_network_is_no_gateway() {
    let page = "<html>please sign in</html>";
    for pieces in [
        answer("200 OK", "text/html", "", page),
        answer(
            "302 Found",
            "text/html",
            "location: http://x.example/\r\n",
            "",
        ),
        answer("404 Not Found", "text/html", "", page),
    ] {
        let error = asked(pieces).await.unwrap_err();
        assert_eq!(error.code(), "not_a_gateway", "{error}");
        assert_eq!(error.retry(), Retry::Later(None));
    }
}

#[tokio::test]
async fn a_problem_keeps_its_facts_and_the_time_it_asks_for() {
    let body = r#"{"code":"wrong_sequence","expected":8,"title":"…"}"#;
    let error = asked(answer("409 Conflict", "application/problem+json", "", body))
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ClientError::Refused { problem, .. } if *problem == Problem::WrongSequence { expected: 8 }),
        "{error:?}"
    );
    let busy = answer("503 Busy", "text/plain", "retry-after: 7\r\n", "");
    assert_eq!(
        asked(busy).await.unwrap_err().retry(),
        Retry::Later(Some(7_000))
    );
}

#[tokio::test]
async fn an_answer_cut_off_is_a_link_gone() {
    let cut = vec![(
        0,
        "HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"chan".to_owned(),
    )];
    let address = server(cut).await;
    let http = Http::new(&address)
        .unwrap()
        .with_stall(Duration::from_millis(80));
    let request = http.request(Method::GET, HEALTH);
    let error = http.send(request, vec![]).await.map(drop).unwrap_err();
    assert_eq!(error.code(), "no_link");
}

#[tokio::test]
async fn an_upload_goes_on_where_the_gateway_says() {
    let blob = crate::Waiting {
        hash: domain::Hash::of(b"photo"),
        size_bytes: 100_000,
    };
    let offered = "upload-complete: ?0\r\nupload-offset: 40000\r\nlocation: http://inside.example/v1/blobs/7\r\n";
    let address = server(answer("201 Created", "text/plain", offered, "")).await;
    let gateway = Gateway::new(&address).unwrap();
    let upload = gateway.offer(&blob, vec![]).await.unwrap();
    assert_eq!(
        (upload.location.as_str(), upload.offset),
        ("/v1/blobs/7", 40_000)
    );
    assert!(!upload.complete);

    let done = "upload-complete: ?1\r\nupload-offset: 100000\r\n";
    let address = server(answer("200 OK", "text/plain", done, "")).await;
    let gateway = Gateway::new(&address).unwrap();
    let upload = gateway
        .append(&blob, &upload, vec![1; 60_000])
        .await
        .unwrap();
    assert!(upload.complete);
    assert_eq!(gateway.traffic().borrow().up, 60_000);
}

#[tokio::test]
async fn leave_to_write_a_card_is_asked_for_by_its_order() {
    let signed = r#"{"authorisation":{"body":"{}","signature":"AA=="}}"#;
    let (address, heard) = listener(answer("200 OK", "application/json", "", signed)).await;
    let gateway = Gateway::new(&address).unwrap();
    let authorised = gateway.authorise_card(&"o-1".into()).await.unwrap();
    let wanted = domain::SignedAuthorisation {
        body: "{}".into(),
        signature: "AA==".into(),
    };
    assert_eq!(authorised.authorisation, wanted);
    let (line, body) = heard.await.unwrap();
    assert_eq!(line, "POST /v1/card-authorisations HTTP/1.1");
    assert_eq!(body, r#"{"order":"o-1"}"#);
}

#[tokio::test]
async fn a_refused_leave_says_who_has_it() {
    let device = domain::DeviceId(uuid::Uuid::from_u128(7));
    let problem = Problem::CardLeaveOut {
        state: "leased".into(),
        device,
    };
    let body = serde_json::to_string(&problem).unwrap();
    let reply = answer("409 Conflict", "application/problem+json", "", &body);
    let gateway = Gateway::new(&server(reply).await).unwrap();
    let error = gateway.authorise_card(&"o-1".into()).await.unwrap_err();
    assert_eq!(
        (error.code().as_str(), error.retry()),
        ("card_leave_out", Retry::Never)
    );
    assert!(matches!(error, ClientError::Refused { problem: said, .. } if said == problem));
}

#[tokio::test]
async fn the_offices_security_module_is_asked_in_the_cards_own_bytes() {
    let reply = answer("200 OK", "application/json", "", r#"{"answer":[9,8,7,6]}"#);
    let (address, heard) = listener(reply).await;
    let gateway = Gateway::new(&address).unwrap();
    let request = wire::card::SecurityRequest {
        authorisation: domain::AuthorisationId(uuid::Uuid::from_u128(1)),
        serial: domain::CardSerial::from_bytes([2; 8]),
        ask: wire::card::SecurityAsk::Mac {
            challenge: [3; 8],
            header: [4, 0xd6, 0x81, 0, 5],
            data: vec![1],
        },
    };
    let answered = gateway.card_security(&request).await.unwrap();
    assert_eq!(answered.answer, [9, 8, 7, 6]);
    let (line, body) = heard.await.unwrap();
    assert_eq!(line, "POST /v1/card-security HTTP/1.1");
    let asked: serde_json::Value = serde_json::from_str(&body).unwrap();
    let wanted = serde_json::json!({
        "authorisation": "00000000-0000-0000-0000-000000000001",
        "serial": "0202020202020202",
        "ask": "mac",
        "challenge": [3, 3, 3, 3, 3, 3, 3, 3],
        "header": [4, 0xd6, 0x81, 0, 5],
        "data": [1],
    });
    assert_eq!(asked, wanted);
}
