//! First words: codes, keys, sessions.

use serde_json::json;
use wire::enrol::{Enrolled, SeriesGranted, SeriesRequest};
use wire::problem::Problem;
use wire::sign::Signature;

use super::field::{Tablet, crew, dispatch, note};
use super::rig::{Rig, bad, good};

#[tokio::test]
async fn a_code_enrols_one_key_and_no_other() {
    let rig = Rig::start().await;
    let code = rig.code(1, 1000);
    let enrol = |tablet: &Tablet, code: &str| {
        let request = tablet.enrol_request(code);
        rig.http.post(rig.path("/v1/enrol")).json(&request)
    };
    let (mine, other) = (Tablet::new(1), Tablet::new(2));
    let first: Enrolled = good(enrol(&mine, &code.to_lowercase())).await;
    assert_eq!(first.crew, crew(1));
    assert_eq!(first.gateway_key, rig.gateway.public_key());
    assert_eq!(first.operator.as_str(), "op-1");
    let again: Enrolled = good(enrol(&mine, &code)).await;
    assert_eq!(again.device, first.device, "a lost answer costs nothing");
    assert_eq!(bad(enrol(&other, &code)).await, Problem::CodeUnknown);
    assert_eq!(bad(enrol(&other, "WRONG")).await, Problem::CodeUnknown);
    let old = rig.code(1, 1000);
    rig.hand.advance(1000);
    assert_eq!(bad(enrol(&other, &old)).await, Problem::CodeExpired);
}

#[tokio::test]
async fn a_session_wants_the_devices_own_signature_over_a_fresh_nonce() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let open = |request| online.post("/v1/session").json(&request);

    let used = online.session_request().await;
    let _: serde_json::Value = good(open(used.clone())).await;
    assert_eq!(
        bad(open(used)).await,
        Problem::NoSession,
        "a nonce is used once"
    );

    let late = online.session_request().await;
    rig.hand.advance(2 * 60_000);
    assert_eq!(bad(open(late)).await, Problem::NoSession, "a nonce ends");

    let mut forged = online.session_request().await;
    forged.signature = Signature::over(b"something else", &online.tablet.key);
    assert_eq!(bad(open(forged)).await, Problem::BadSignature);

    let mut stranger = online.session_request().await;
    stranger.device = domain::DeviceId(uuid::Uuid::from_u128(77));
    assert_eq!(bad(open(stranger)).await, Problem::UnknownDevice);
}

#[tokio::test]
async fn a_token_ends_and_opens_only_its_own_side() {
    let rig = Rig::start().await;
    let online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    let changes = rig.path("/v1/changes");
    assert_eq!(bad(rig.http.get(&changes)).await, Problem::NoSession);
    let as_desk = rig.http.get(&changes).bearer_auth(&desk.token);
    assert_eq!(bad(as_desk).await, Problem::NotAllowed);
    assert_eq!(bad(online.get("/v1/desk/queue")).await, Problem::NotAllowed);
    rig.hand.advance(24 * 3_600_000);
    assert_eq!(bad(online.get("/v1/changes")).await, Problem::NoSession);
    assert_eq!(bad(desk.get("/queue")).await, Problem::NoSession);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_name_are_the_same_to_the_asker() {
    let rig = Rig::start().await;
    let sign_in = |name: &str, password: &str| {
        let asked = json!({ "name": name, "password": password });
        rig.http.post(rig.path("/v1/desk/sign-in")).json(&asked)
    };
    assert_eq!(bad(sign_in("wang", "wrong")).await, Problem::BadSignIn);
    assert_eq!(bad(sign_in("nobody", "secret")).await, Problem::BadSignIn);
}

#[tokio::test]
async fn a_tablet_from_an_old_backup_goes_on_under_a_new_series() {
    let rig = Rig::start().await;
    let ledger = rig.gateway.ledger();
    ledger
        .dispatch(dispatch("o-1", &crew(1)), rig.hand.now())
        .unwrap();
    let mut online = rig.tablet(1, 1).await;
    online.tablet.act("o-1", note("一"));
    let backup = online.tablet.clone();
    online.tablet.act("o-1", note("二"));
    online.push_from(1, &[]).await;
    let (held_seq, held_hash) = (3, online.tablet.head());

    // the backup goes on from where it was made
    online.tablet = backup;
    online.tablet.act("o-1", note("三"));
    let push = online.tablet.push_from(3, &[]);
    let forked = bad(online.post("/v1/push").json(&push)).await;
    assert_eq!(
        forked,
        Problem::Forked {
            held_seq,
            held_hash
        }
    );
    let request = SeriesRequest {
        head_seq: 2,
        head_hash: online.tablet.sealed[1].hash,
    };
    let ask = || online.post("/v1/series").json(&request);
    let granted: SeriesGranted = good(ask()).await;
    let again: SeriesGranted = good(ask()).await;
    assert_eq!(granted.device, again.device, "a lost answer costs nothing");

    // own earlier events come back by pull; what was never sent is sealed anew
    online.tablet.device = granted.device;
    online.tablet.sealed.clear();
    online.sign_in().await;
    online.pull().await;
    online.tablet.act("o-1", note("三"));
    let receipt = online.push_from(1, &[]).await;
    assert_eq!(receipt.through_seq, 1);
    assert_eq!(receipt.judgements[0].verdict, domain::Verdict::Accepted);
    let log = ledger.dossier(&"o-1".into()).unwrap().log;
    assert_eq!(log.len(), 5, "dispatched, started, one, two, three");
}
