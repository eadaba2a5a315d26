//! Prepaid cards over HTTP: leave, reports, doubts, the security module, the desk.

use domain::{CardOutcome, CardSerial, EntryBody, NotWritten, OfficeEvent, SignedAuthorisation};
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use wire::card::{
    AuthoriseRequest, Authorised, SecurityAnswer, SecurityAsk, SecurityRequest, open_authorisation,
};
use wire::enrol::{SeriesGranted, SeriesRequest};
use wire::problem::Problem;

use super::field::crew;
use super::prepaid::{begun, ended, not_written, read, seen, serial, top_up, written};
use super::rig::{Desk, Online, Rig, bad, good};
use crate::ledger::{Incidents, LeaveState};

const DAY_MS: i64 = 24 * 3_600_000;

/// A gateway with orders to top account 1 up, by number, count and fen.
async fn with_orders(orders: &[(&str, u32, i64)]) -> Rig {
    let rig = Rig::start().await;
    dispatched(&rig, orders);
    rig
}

fn dispatched(rig: &Rig, orders: &[(&str, u32, i64)]) {
    for (id, count, amount) in orders {
        let order = top_up(id, &crew(1), 1, *count, *amount);
        let ledger = rig.gateway.ledger();
        ledger.dispatch(order, rig.hand.now()).unwrap();
    }
}

fn asking(online: &Online<'_>, order: &str) -> RequestBuilder {
    let order = order.into();
    online
        .post("/v1/card-authorisations")
        .json(&AuthoriseRequest { order })
}

async fn leave(online: &Online<'_>, order: &str) -> SignedAuthorisation {
    let answer: Authorised = good(asking(online, order)).await;
    answer.authorisation
}

/// Leave for the order, known to the tablet.
async fn held(online: &mut Online<'_>, order: &str) -> domain::CardAuthorisation {
    let signed = leave(online, order).await;
    online.pull().await;
    read(&signed)
}

/// Time goes by; a session does not last that long.
async fn later(online: &mut Online<'_>, by_ms: i64) {
    online.rig.hand.advance(by_ms);
    online.sign_in().await;
}

fn out(state: LeaveState, device: domain::DeviceId) -> Problem {
    let state = state.name().to_owned();
    Problem::CardLeaveOut { state, device }
}

fn log_lines(rig: &Rig, order: &str) -> usize {
    let log = rig.gateway.ledger().dossier(&order.into()).unwrap().log;
    let is_leave = |entry: &&domain::Entry| {
        matches!(
            &entry.body,
            EntryBody::Office {
                event: OfficeEvent::CardAuthorised { .. },
                by,
                ..
            } if by == "gateway"
        )
    };
    log.iter().filter(is_leave).count()
}

fn findings(rig: &Rig) -> Vec<&'static str> {
    let ledger = rig.gateway.ledger();
    let incidents = ledger.card_incidents(Incidents::All, 100).unwrap();
    let names = incidents.iter().rev();
    names.map(|of| of.incident.what.name()).collect()
}

#[tokio::test]
async fn a_device_gets_leave_once_and_the_same_text_again() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let ledger = rig.gateway.ledger();
    let blanks = [serial(100), serial(101)];
    let now = rig.hand.now();
    assert_eq!(ledger.register_blanks(&crew(1), &blanks, now).unwrap(), 2);
    ledger
        .register_blanks(&crew(2), &[serial(102)], now)
        .unwrap();
    let mut online = rig.tablet(1, 1).await;
    let signed = leave(&online, "o-1").await;
    let says = open_authorisation(&signed, &rig.gateway.public_key()).unwrap();
    assert_eq!(says.cards, [serial(1), serial(100), serial(101)]);
    assert_eq!(
        (says.device, says.operator.as_str(), says.key_version),
        (online.tablet.device, "op-1", 1)
    );
    assert!(says.not_before < now, "a tablet's clock may be behind");
    assert_eq!(says.expires_at.0, now.0 + 3 * DAY_MS);
    later(&mut online, DAY_MS).await;
    assert_eq!(leave(&online, "o-1").await, signed);
    assert_eq!(log_lines(&rig, "o-1"), 1);
    online.pull().await;
    let picture = online.tablet.picture("o-1");
    assert_eq!(picture.authorisation, Some(signed), "it comes with the log");
}

#[tokio::test]
async fn leave_is_renewed_when_it_ends_soon_names_too_few_cards_or_says_something_else() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let ledger = rig.gateway.ledger();
    let first = read(&leave(&online, "o-1").await);
    let fresh = [serial(100)];
    ledger
        .register_blanks(&crew(1), &fresh, rig.hand.now())
        .unwrap();
    let second = read(&leave(&online, "o-1").await);
    assert!(second.cards.contains(&serial(100)));
    dispatched(&rig, &[("o-1", 5, 6_000)]);
    let third = read(&leave(&online, "o-1").await);
    assert_eq!(third.task.purchases[0].amount.count(), 6_000);
    later(&mut online, 2 * DAY_MS + DAY_MS / 2).await;
    let fourth = read(&leave(&online, "o-1").await);
    later(&mut online, 4 * DAY_MS).await;
    let fifth = read(&leave(&online, "o-1").await);
    assert!(fifth.expires_at > rig.hand.now());
    let leaves = ledger.dossier(&"o-1".into()).unwrap().leaves;
    let chain: Vec<_> = leaves
        .iter()
        .map(|of| (of.leave.id(), of.leave.after))
        .collect();
    assert_eq!(
        chain,
        [
            (first.id, None),
            (second.id, Some(first.id)),
            (third.id, Some(second.id)),
            (fourth.id, Some(third.id)),
            (fifth.id, Some(fourth.id)),
        ]
    );
    let live = leaves.iter().filter(|of| of.leave.state.is_live()).count();
    assert_eq!(live, 1);
}

#[tokio::test]
async fn an_order_without_a_card_out_of_hand_or_of_another_crew_gets_no_leave() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let ledger = rig.gateway.ledger();
    let plain = super::field::dispatch("o-2", &crew(1));
    ledger.dispatch(plain, rig.hand.now()).unwrap();
    let online = rig.tablet(1, 1).await;
    let other = rig.tablet(2, 2).await;
    assert_eq!(bad(asking(&online, "o-2")).await, Problem::NoCardWanted);
    assert_eq!(bad(asking(&online, "none")).await, Problem::NotFound);
    let crew = crew(2);
    assert_eq!(
        bad(asking(&other, "o-1")).await,
        Problem::NotThisCrew { crew }
    );
    ledger.recall(&"o-1".into(), "x", rig.hand.now()).unwrap();
    assert_eq!(bad(asking(&online, "o-1")).await, Problem::NoCardWanted);
}

#[tokio::test]
async fn leave_another_device_has_is_out_even_after_its_time() {
    let rig = with_orders(&[("o-1", 5, 5_000), ("o-2", 6, 1_000)]).await;
    let first = rig.tablet(1, 1).await;
    let mut second = rig.tablet(1, 2).await;
    leave(&first, "o-1").await;
    let leased = out(LeaveState::Leased, first.tablet.device);
    assert_eq!(bad(asking(&second, "o-1")).await, leased);
    assert_eq!(
        bad(asking(&second, "o-2")).await,
        leased,
        "the account's next purchase waits for this one"
    );
    later(&mut second, 30 * DAY_MS).await;
    assert_eq!(bad(asking(&second, "o-1")).await, leased);
}

#[tokio::test]
async fn a_card_goes_from_leased_to_burned_to_written_and_brings_its_money_once() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let desk = rig.supervisor().await;
    let leave = held(&mut online, "o-1").await;
    let states = async || -> Value {
        let review = desk.review("o-1").await;
        let leave = &review["leaves"][0];
        json!([leave["state"], leave["credit"]])
    };
    assert_eq!(states().await, json!(["leased", null]));
    let plan = online.tablet.begin(&leave, &seen(1, 1));
    online.push_from(1, &[]).await;
    assert_eq!(states().await, json!(["burned", null]));
    let device = online.tablet.device;
    let burned = out(LeaveState::Burned, device);
    assert_eq!(bad(asking(&online, "o-1")).await, burned);
    online.tablet.end(&leave, CardOutcome::InDoubt);
    online.push_from(3, &[]).await;
    assert_eq!(states().await, json!(["in_doubt", null]));
    assert_eq!(counts(&desk).await, json!([1, 0]));
    online.tablet.end(&leave, written(&plan));
    online.push_from(4, &[]).await;
    assert_eq!(states().await, json!(["written", "50.00"]));
    assert_eq!(counts(&desk).await, json!([0, 0]));
    let done = out(LeaveState::Written, device);
    assert_eq!(bad(asking(&online, "o-1")).await, done);
    let review = desk.review("o-1").await;
    let begun = &review["leaves"][0]["begun"];
    assert_eq!(
        json!([
            begun["serial"],
            begun["meter_no"],
            begun["total"],
            begun["soundness"]
        ]),
        json!(["0000000000000001", "000000000001", "50.00", "sound"])
    );
    assert_eq!(review["leaves"][0]["ended"]["outcome"], "written");
    let balance = rig.gateway.ledger().card_balance().unwrap();
    assert_eq!(
        (balance.credits.count(), balance.outstanding.count()),
        (5_000, 0)
    );
}

/// The desk's head line: cards in doubt, and reports that do not fit.
async fn counts(desk: &Desk<'_>) -> Value {
    let queue: Value = good(desk.get("/queue")).await;
    let counts = &queue["counts"];
    json!([counts["cards_in_doubt"], counts["card_incidents"]])
}

#[tokio::test]
async fn a_card_that_was_not_written_frees_its_count_and_its_blank() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let ledger = rig.gateway.ledger();
    let mut order = top_up("o-1", &crew(1), 1, 5, 5_000);
    let mut task = order.card.unwrap();
    task.kind = domain::CardKind::Replacement;
    order.card = Some(task);
    ledger.dispatch(order, rig.hand.now()).unwrap();
    let blanks = [serial(100), serial(101)];
    ledger
        .register_blanks(&crew(1), &blanks, rig.hand.now())
        .unwrap();
    let mut online = rig.tablet(1, 1).await;
    let first = held(&mut online, "o-1").await;
    online.tablet.begin(&first, &seen(100, 1));
    online
        .tablet
        .end(&first, not_written(NotWritten::CardFaulty));
    online.push_from(1, &[]).await;
    let second = held(&mut online, "o-1").await;
    assert!(
        !second.cards.contains(&serial(100)),
        "a faulty card is no blank"
    );
    online.tablet.begin(&second, &seen(101, 1));
    let used = |n: u64| {
        let blanks = ledger.blanks(None).unwrap().into_iter();
        let mut of = blanks.filter(|blank| blank.serial == serial(n));
        of.next().unwrap().used_by
    };
    online.push_from(4, &[]).await;
    assert_eq!((used(100), used(101)), (Some(first.id), Some(second.id)));
    online
        .tablet
        .end(&second, not_written(NotWritten::Untouched));
    online.push_from(5, &[]).await;
    assert_eq!(used(101), None);
    let third = held(&mut online, "o-1").await;
    assert_eq!(third.task.count, 5, "the same count");
    assert_eq!(
        rig.gateway.ledger().dossier(&"o-1".into()).unwrap().leaves[2]
            .leave
            .after,
        Some(second.id)
    );
    assert_eq!(findings(&rig), Vec::<&str>::new());
}

#[tokio::test]
async fn money_counts_although_the_order_was_recalled_meanwhile() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let leave = held(&mut online, "o-1").await;
    let plan = online.tablet.begin(&leave, &seen(1, 1));
    online.tablet.end(&leave, written(&plan));
    let ledger = rig.gateway.ledger();
    ledger.recall(&"o-1".into(), "x", rig.hand.now()).unwrap();
    let receipt = online.push_from(1, &[]).await;
    let is_late =
        |judged: &domain::Judgement| matches!(judged.verdict, domain::Verdict::Late { .. });
    assert!(receipt.judgements.iter().all(is_late), "{receipt:?}");
    assert_eq!(ledger.card_balance().unwrap().credits.count(), 5_000);
    assert_eq!(findings(&rig), Vec::<&str>::new());
}

#[tokio::test]
async fn a_supervisor_takes_a_lost_tablets_leave_back_and_no_second_credit_comes_of_it() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut lost = rig.tablet(1, 1).await;
    let mut second = rig.tablet(1, 2).await;
    let desk = rig.supervisor().await;
    let first = held(&mut lost, "o-1").await;
    let plan = lost.tablet.begin(&first, &seen(1, 1));
    lost.push_from(1, &[]).await;
    let reissue = |why: &str| {
        let path = format!("/cards/{}/reissue", first.id);
        desk.post(&path, &json!({ "why": why }))
    };
    let problem = bad(reissue("  ")).await;
    assert!(matches!(problem, Problem::Malformed { .. }), "{problem:?}");
    let shown: Value = good(reissue("平板掉进沟里")).await;
    assert_eq!(shown["state"], "reissued");
    assert_eq!(shown["reissued"]["by"], "wang");
    let gone = out(LeaveState::Reissued, first.device);
    assert_eq!(bad(reissue("again")).await, gone);
    let anew = held(&mut second, "o-1").await;
    assert_eq!(anew.task.count, first.task.count);
    second.tablet.begin(&anew, &seen(1, 1));
    second.tablet.end(&anew, written(&plan));
    second.push_from(1, &[]).await;
    // the tablet is found
    lost.tablet.end(&first, written(&plan));
    lost.push_from(3, &[]).await;
    let balance = rig.gateway.ledger().card_balance().unwrap();
    assert_eq!(
        (balance.credits.count(), balance.outstanding.count()),
        (5_000, 0)
    );
    let found = findings(&rig);
    assert!(found.contains(&"leave_replaced"), "{found:?}");
    assert!(found.contains(&"second_credit"), "{found:?}");
    let list: Value = good(desk.get("/cards?state=all")).await;
    let states: Vec<_> = list["leaves"]
        .as_array()
        .unwrap()
        .iter()
        .map(|l| &l["state"])
        .collect();
    assert_eq!(states, ["written", "reissued"], "the newest first");
    let open = list["incidents"].as_array().unwrap().len();
    assert_eq!(counts(&desk).await, json!([0, open]));
    for incident in list["incidents"].as_array().unwrap() {
        let path = format!("/card-incidents/{}/settle", incident["no"]);
        let word = json!({ "why": "旧卡已收回" });
        let _: Value = good(desk.post(&path, &word)).await;
    }
    assert_eq!(counts(&desk).await, json!([0, 0]));
    let all: Value = good(desk.get("/cards?incidents=all")).await;
    assert_eq!(all["incidents"][0]["settled"]["why"], "旧卡已收回");
    assert_eq!(all["leaves"], json!([]), "none is live");
}

#[tokio::test]
async fn a_restored_tablet_tells_the_same_card_under_its_new_series_and_it_is_no_incident() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let leave = held(&mut online, "o-1").await;
    let plan = online.tablet.begin(&leave, &seen(1, 1));
    online.push_from(1, &[]).await;
    let mut renewed = online.tablet.clone();
    let request = SeriesRequest {
        head_seq: 0,
        head_hash: domain::chain_start(online.tablet.device),
    };
    let granted: SeriesGranted = good(online.post("/v1/series").json(&request)).await;
    renewed.device = granted.device;
    renewed.sealed.clear();
    let mut restored = Online {
        rig: &rig,
        tablet: renewed,
        token: String::new(),
    };
    restored.sign_in().await;
    let burned = out(LeaveState::Burned, leave.device);
    assert_eq!(bad(asking(&restored, "o-1")).await, burned);
    restored.tablet.record("o-1", begun(&leave, &seen(1, 1)));
    restored
        .tablet
        .record("o-1", ended(leave.id, written(&plan)));
    restored.push_from(1, &[]).await;
    assert_eq!(findings(&rig), Vec::<&str>::new());
    let balance = rig.gateway.ledger().card_balance().unwrap();
    assert_eq!(balance.credits.count(), 5_000);
}

#[tokio::test]
async fn another_crews_report_on_a_card_is_an_incident_and_moves_nothing() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let mut thief = rig.tablet(2, 2).await;
    let leave = held(&mut online, "o-1").await;
    let plan = leave.task.plan(&seen(1, 1)).unwrap();
    thief.tablet.record("o-1", begun(&leave, &seen(1, 1)));
    thief.tablet.record("o-1", ended(leave.id, written(&plan)));
    let receipt = thief.push_from(1, &[]).await;
    assert_eq!(receipt.through_seq, 2, "the series goes on");
    assert_eq!(findings(&rig), ["another_device", "another_device"]);
    assert_eq!(rig.gateway.ledger().card_balance().unwrap().credited, 0);
    let leaves = rig.gateway.ledger().dossier(&"o-1".into()).unwrap().leaves;
    assert_eq!(leaves[0].leave.state, LeaveState::Leased);
}

fn ask(serial: CardSerial, authorisation: domain::AuthorisationId) -> SecurityRequest {
    SecurityRequest {
        authorisation,
        serial,
        ask: SecurityAsk::Authenticate { challenge: [7; 8] },
    }
}

fn refused(why: &str) -> Problem {
    let why = why.to_owned();
    Problem::SecurityRefused { why }
}

// only builds with debug assertions have test keys
#[cfg(debug_assertions)]
#[tokio::test]
async fn the_security_module_speaks_for_the_cards_of_a_leave_while_it_is_live() {
    let mut rig = Rig::start().await;
    rig.with_module(crate::hsm::TestKeys).await;
    dispatched(&rig, &[("o-1", 5, 5_000)]);
    let mut online = rig.tablet(1, 1).await;
    let other = rig.tablet(1, 2).await;
    let leave = held(&mut online, "o-1").await;
    let asked = |online: &Online<'_>, request| online.post("/v1/card-security").json(&request);
    let answer: SecurityAnswer = good(asked(&online, ask(serial(1), leave.id))).await;
    assert_eq!(
        answer.answer,
        testkeys::authenticate(&[7; 8], serial(1).as_bytes())
    );
    let mac = SecurityRequest {
        ask: SecurityAsk::Mac {
            challenge: [7; 8],
            header: [4, 0xd6, 0x81, 0, 8],
            data: vec![1, 2, 3, 4],
        },
        ..ask(serial(1), leave.id)
    };
    let answer: SecurityAnswer = good(asked(&online, mac)).await;
    assert_eq!(answer.answer.len(), 4);
    let unknown = domain::AuthorisationId(uuid::Uuid::nil());
    for (who, request, why) in [
        (
            &online,
            ask(serial(9), leave.id),
            "card 0000000000000009 is not one of the leave's",
        ),
        (
            &other,
            ask(serial(1), leave.id),
            "the leave is another device's",
        ),
        (&online, ask(serial(1), unknown), "there is no such leave"),
    ] {
        assert_eq!(bad(asked(who, request)).await, refused(why));
    }
    later(&mut online, 4 * DAY_MS).await;
    let late = ask(serial(1), leave.id);
    assert_eq!(
        bad(asked(&online, late)).await,
        refused("the leave has expired")
    );
    let plan = online.tablet.begin(&leave, &seen(1, 1));
    online.push_from(1, &[]).await;
    let recovery = ask(serial(1), leave.id);
    let _: SecurityAnswer = good(asked(&online, recovery)).await;
    online.tablet.end(&leave, written(&plan));
    online.push_from(3, &[]).await;
    let after = ask(serial(1), leave.id);
    assert_eq!(
        bad(asked(&online, after)).await,
        refused("the card is written")
    );
    let leaves = rig.gateway.ledger().dossier(&"o-1".into()).unwrap().leaves;
    assert_eq!(
        leaves[0].leave.asks, 7,
        "every request is counted, whatever the answer"
    );
}

#[tokio::test]
async fn a_gateway_without_a_security_module_says_so() {
    let rig = with_orders(&[("o-1", 5, 5_000)]).await;
    let mut online = rig.tablet(1, 1).await;
    let leave = held(&mut online, "o-1").await;
    let request = ask(serial(1), leave.id);
    let problem = bad(online.post("/v1/card-security").json(&request)).await;
    assert_eq!(problem, refused("no security module is configured"));
}
