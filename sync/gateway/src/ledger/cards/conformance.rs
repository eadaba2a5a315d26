//! What every engine must do with cards, and what no report may bring about.

mod any_order;

use domain::{
    AuthorisationId, CardAuthorisation, CardOutcome, CardPlan, CardSeen, DeviceId, Dispatch,
    NotWritten, OrderEvent, OrderId,
};
use uuid::Uuid;
use wire::enrol::SeriesRequest;
use wire::problem::Problem;

use super::{
    Claim, Credit, Incident, IncidentNo, Incidents, LeaveOf, LeaveState, LeaveTerms, Word,
};
use crate::Error;
use crate::ledger::Ledger;
use crate::ledger::conformance::{Fresh, enrolled, key};
use crate::tests::field::{NOW, Tablet, crew};
use crate::tests::prepaid::{
    begun, bought, ended, fen, meter_no, not_written, on_display, read, replace, seen, serial,
    top_up, written,
};

/// Runs the whole suite.
pub(crate) fn all(fresh: Fresh<'_>) {
    any_order::no_order_of_reports_brings_a_second_credit(fresh);
}

/// Runs what takes few commits.
pub(crate) fn basics(fresh: Fresh<'_>) {
    one_leave_of_an_account_and_count_is_live(&*fresh());
    money_has_one_credit_and_so_has_a_card(&*fresh());
    an_incident_is_kept_once(&*fresh());
    reports_in_any_order_end_the_same(fresh);
    what_ended_before_it_was_begun_is_in_doubt(&*fresh());
    nothing_on_the_card_frees_its_money_unless_a_meter_may_have_it(fresh);
    leave_used_while_it_was_renewed_keeps_its_place(&*fresh());
    an_order_dispatched_again_is_about_the_same_money(&*fresh());
    a_purchase_carried_on_to_another_meter_is_no_credit_any_more(&*fresh());
    every_wrong_report_has_its_finding(fresh);
}

/// Any id, always the same for its number.
pub(super) fn id(n: u64) -> AuthorisationId {
    AuthorisationId(Uuid::from_u128(u128::from(n)))
}

/// Asks for leave, as the device of a tablet.
pub(super) fn ask(
    ledger: &dyn Ledger,
    tablet: &Tablet,
    order: &str,
    fresh: u64,
) -> Result<CardAuthorisation, Error> {
    let device = ledger.device(tablet.device)?.unwrap();
    let (terms, order) = (LeaveTerms::default(), OrderId::from(order));
    let signed = ledger.authorise_card(&order, &device, id(fresh), terms, &key(), tablet.now)?;
    Ok(read(&signed))
}

fn state_out(asked: Result<CardAuthorisation, Error>) -> String {
    match asked {
        Err(Error::Refused(Problem::CardLeaveOut { state, .. })) => state,
        other => panic!("{other:?}"),
    }
}

/// Sends everything a tablet recorded from a number on.
pub(super) fn push_from(ledger: &dyn Ledger, tablet: &Tablet, seq: u64) {
    ledger
        .push(&tablet.push_from(seq, &[]), &key(), tablet.now)
        .unwrap();
}

/// Records and sends.
fn report(ledger: &dyn Ledger, tablet: &mut Tablet, order: &str, events: &[OrderEvent]) {
    let from = tablet.sealed.len() as u64 + 1;
    for event in events {
        tablet.record(order, event.clone());
    }
    push_from(ledger, tablet, from);
}

fn leaves(ledger: &dyn Ledger, order: &str) -> Vec<LeaveOf> {
    ledger.dossier(&order.into()).unwrap().leaves
}

fn states(ledger: &dyn Ledger, order: &str) -> Vec<LeaveState> {
    let leaves = leaves(ledger, order);
    leaves.iter().map(|of| of.leave.state).collect()
}

/// What was found, in the order it came, but for what the rule book says: these tablets do not ask it.
fn findings(ledger: &dyn Ledger) -> Vec<&'static str> {
    let found = ledger.card_incidents(Incidents::All, 1_000).unwrap();
    let names = found.iter().rev().map(|of| of.incident.what.name());
    names.filter(|name| *name != "rule_broken").collect()
}

pub(super) fn credits(ledger: &dyn Ledger) -> Vec<Credit> {
    let mut found = vec![];
    let read = ledger.reading(|tables| {
        tables.every_credit(&mut |credit| {
            found.push(credit);
            Ok(())
        })
    });
    read.unwrap();
    found
}

fn with(ledger: &dyn Ledger, order: Dispatch) -> Tablet {
    ledger.dispatch(order, NOW).unwrap();
    enrolled(ledger, 1, 1)
}

fn one_leave_of_an_account_and_count_is_live(ledger: &dyn Ledger) {
    let tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    ask(ledger, &tablet, "o-1", 1).unwrap();
    let leave = leaves(ledger, "o-1").remove(0).leave;
    let mut second = leave.clone();
    second.leave.id = id(2);
    let tried = ledger.writing(|tables| tables.add_leave(&second));
    assert!(tried.is_err(), "the table itself forbids it");
    second.leave.task.count = 6;
    ledger.writing(|tables| tables.add_leave(&second)).unwrap();
    let mut gone = leave;
    gone.state = LeaveState::Reissued;
    let mut third = second;
    (third.leave.id, third.leave.task.count) = (id(3), 5);
    let freed = ledger.writing(|tables| {
        tables.put_leave(&gone)?;
        tables.add_leave(&third)
    });
    freed.unwrap();
}

fn money_has_one_credit_and_so_has_a_card(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    let plan = leave.task.plan(&seen(1, 1)).unwrap();
    let events = [begun(&leave, &seen(1, 1)), ended(leave.id, written(&plan))];
    report(ledger, &mut tablet, "o-1", &events);
    let credit = credits(ledger).remove(0);
    let mut other = leaves(ledger, "o-1").remove(0).leave;
    (other.leave.id, other.state) = (id(2), LeaveState::Reissued);
    ledger.writing(|tables| tables.add_leave(&other)).unwrap();
    let order = OrderId::from("o-9");
    let anew = Credit {
        authorisation: id(2),
        claim: Claim::Opened { order },
        meter_no: meter_no(9),
        ..credit.clone()
    };
    let same_card = Credit {
        meter_no: credit.meter_no,
        ..anew.clone()
    };
    let same_money = Credit {
        claim: credit.claim.clone(),
        ..anew.clone()
    };
    let same_leave = Credit {
        authorisation: credit.authorisation,
        ..anew.clone()
    };
    let add = |credit| ledger.writing(|tables| tables.add_credit(credit)).unwrap();
    for taken in [&credit, &same_card, &same_money, &same_leave] {
        assert!(!add(taken), "{taken:?}");
    }
    assert!(add(&anew));
    assert_eq!(credits(ledger).len(), 2);
}

fn an_incident_is_kept_once(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let unknown = ended(id(77), CardOutcome::InDoubt);
    report(ledger, &mut tablet, "o-1", &[unknown.clone(), unknown]);
    let found = ledger.card_incidents(Incidents::Open, 10).unwrap();
    assert_eq!(found.len(), 1, "told twice, kept once");
    let no = found[0].incident.no;
    let by = "wang".into();
    ledger.settle_incident(no, "看过了", &by, NOW).unwrap();
    ledger.settle_incident(no, "again", &by, NOW).unwrap();
    let open = ledger.card_incidents(Incidents::Open, 10).unwrap();
    assert_eq!(open, vec![]);
    let kept: Incident = ledger
        .reading(|tables| tables.incident(no))
        .unwrap()
        .unwrap();
    let word = Word {
        by: "wang".into(),
        why: "看过了".into(),
        at: NOW,
    };
    assert_eq!(kept.settled, Some(word), "the first word stays");
    let none = ledger.settle_incident(IncidentNo(99), "x", &by, NOW);
    assert!(matches!(none, Err(Error::Refused(Problem::NotFound))));
}

/// A series of the same tablet that nobody has seen yet.
fn restored(ledger: &dyn Ledger, tablet: &Tablet, n: u128) -> Tablet {
    let request = SeriesRequest {
        head_seq: 0,
        head_hash: domain::chain_start(tablet.device),
    };
    let fresh = DeviceId(Uuid::from_u128(n));
    let mut renewed = tablet.clone();
    renewed.device = ledger
        .grant_series(tablet.device, &request, fresh, NOW)
        .unwrap();
    renewed.sealed.clear();
    renewed
}

/// A begin, a doubt and an end, each told by another series of the same tablet, in every order, and
/// all of it told once more: the card is written, once, and nothing is wrong.
fn reports_in_any_order_end_the_same(fresh: Fresh<'_>) {
    for order in [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ] {
        let ledger = &*fresh();
        let tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
        let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
        let plan = leave.task.plan(&seen(1, 1)).unwrap();
        let events = [
            begun(&leave, &seen(1, 1)),
            ended(leave.id, CardOutcome::InDoubt),
            ended(leave.id, written(&plan)),
        ];
        let mut last = tablet.clone();
        for (n, which) in order.into_iter().enumerate() {
            last = restored(ledger, &tablet, 100 + n as u128);
            report(ledger, &mut last, "o-1", &events[which..=which]);
        }
        assert_eq!(states(ledger, "o-1"), [LeaveState::Written], "{order:?}");
        report(ledger, &mut last, "o-1", &events);
        assert_eq!(states(ledger, "o-1"), [LeaveState::Written], "{order:?}");
        assert_eq!(credits(ledger).len(), 1);
        assert_eq!(findings(ledger), Vec::<&str>::new(), "{order:?}");
    }
}

fn what_ended_before_it_was_begun_is_in_doubt(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    let untouched = ended(leave.id, not_written(NotWritten::Untouched));
    report(ledger, &mut tablet, "o-1", &[untouched]);
    assert_eq!(state_out(ask(ledger, &tablet, "o-1", 2)), "in_doubt");
    let begin = begun(&leave, &seen(1, 1));
    report(ledger, &mut tablet, "o-1", &[begin]);
    assert_eq!(states(ledger, "o-1"), [LeaveState::NotWritten]);
    assert!(ask(ledger, &tablet, "o-1", 2).is_ok());
}

fn nothing_on_the_card_frees_its_money_unless_a_meter_may_have_it(fresh: Fresh<'_>) {
    for (why, state) in [
        (NotWritten::Untouched, LeaveState::NotWritten),
        (NotWritten::CardFaulty, LeaveState::NotWritten),
        (NotWritten::GivenUp, LeaveState::NotWritten),
        (NotWritten::Spent, LeaveState::InDoubt),
    ] {
        let ledger = &*fresh();
        let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
        let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
        let nothing = |image: &[u8]| {
            let image = domain::Hash::of(image);
            ended(leave.id, CardOutcome::NotWritten { why, image })
        };
        // found out twice, the second time by another look at the card
        let told = [begun(&leave, &seen(1, 1)), nothing(b"a"), nothing(b"b")];
        report(ledger, &mut tablet, "o-1", &told);
        assert_eq!(states(ledger, "o-1"), [state], "{why:?}");
        assert_eq!(findings(ledger), Vec::<&str>::new(), "{why:?}");
        let is_freed = ask(ledger, &tablet, "o-1", 2).is_ok();
        assert_eq!(is_freed, state == LeaveState::NotWritten, "{why:?}");
    }
}

fn leave_used_while_it_was_renewed_keeps_its_place(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let first = ask(ledger, &tablet, "o-1", 1).unwrap();
    let begin = begun(&first, &seen(1, 1));
    tablet.record("o-1", begin);
    tablet.now = domain::Millis(first.expires_at.0 - 1);
    let second = ask(ledger, &tablet, "o-1", 2).unwrap();
    assert_ne!(first.id, second.id);
    push_from(ledger, &tablet, 1);
    let (burned, gone) = (LeaveState::Burned, LeaveState::Superseded);
    assert_eq!(states(ledger, "o-1"), [burned, gone]);
    assert_eq!(findings(ledger), Vec::<&str>::new());
    let plan = first.task.plan(&seen(1, 1)).unwrap();
    let late = [
        ended(first.id, written(&plan)),
        begun(&second, &seen(1, 1)),
        ended(second.id, written(&plan)),
    ];
    report(ledger, &mut tablet, "o-1", &late);
    assert_eq!(credits(ledger).len(), 1);
    assert_eq!(
        findings(ledger),
        ["leave_replaced", "leave_replaced", "second_credit"]
    );
}

fn an_order_dispatched_again_is_about_the_same_money(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, replace("o-1", &crew(1), 1, vec![bought(5, 5_000)]));
    let again = replace("o-2", &crew(1), 1, vec![bought(5, 5_000)]);
    ledger.dispatch(again, NOW).unwrap();
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    let mut seen = seen(1, 20);
    seen.remainders = vec![on_display(8_765, 0, 4)];
    let plan = leave.task.plan(&seen).unwrap();
    let events = [begun(&leave, &seen), ended(leave.id, written(&plan))];
    report(ledger, &mut tablet, "o-1", &events);
    assert_eq!(state_out(ask(ledger, &tablet, "o-2", 2)), "written");
    let balance = ledger.card_balance().unwrap();
    assert_eq!(
        (balance.credits.count(), balance.outstanding.count()),
        (13_765, 0)
    );
}

/// A purchase was written on a card; the meter failed before it took it; the card of the new meter
/// carries it on. Whoever still writes the old card gets no credit for it.
fn a_purchase_carried_on_to_another_meter_is_no_credit_any_more(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let old = ask(ledger, &tablet, "o-1", 1).unwrap();
    report(ledger, &mut tablet, "o-1", &[begun(&old, &seen(1, 1))]);
    let later = replace("o-2", &crew(1), 1, vec![bought(5, 5_000)]);
    ledger.dispatch(later, NOW).unwrap();
    assert_eq!(
        state_out(ask(ledger, &tablet, "o-2", 2)),
        "burned",
        "what is in doubt comes first"
    );
    let by = "wang".into();
    ledger.reissue_card(old.id, "旧卡作废", &by, NOW).unwrap();
    let new = ask(ledger, &tablet, "o-2", 2).unwrap();
    let mut at_hand = seen(1, 20);
    at_hand.remainders = vec![on_display(1_000, 0, 4)];
    let plan = new.task.plan(&at_hand).unwrap();
    let events = [begun(&new, &at_hand), ended(new.id, written(&plan))];
    report(ledger, &mut tablet, "o-2", &events);
    let old_plan = old.task.plan(&seen(1, 1)).unwrap();
    let late = ended(old.id, written(&old_plan));
    report(ledger, &mut tablet, "o-1", &[late]);
    assert_eq!(findings(ledger), ["leave_replaced", "second_credit"]);
    let balance = ledger.card_balance().unwrap();
    assert_eq!(
        (balance.purchases.count(), balance.credits.count()),
        (5_000, 6_000)
    );
    assert!(balance.is_even());
    assert_eq!(state_out(ask(ledger, &tablet, "o-1", 3)), "written");
}

/// One wrong thing at a time, told by the device the leave is leased to or by another.
fn every_wrong_report_has_its_finding(fresh: Fresh<'_>) {
    type Told = fn(&CardAuthorisation, &mut CardSeen, &mut CardPlan);
    let begins: &[(Told, &str)] = &[
        (
            |_, seen, plan| (seen.serial, plan.card.serial) = (serial(9), serial(9)),
            "card_not_named",
        ),
        (
            |_, seen, plan| {
                seen.remainders = vec![on_display(50_001, 0, 4)];
                for part in &mut plan.parts {
                    part.kind = domain::CreditPartKind::OldCredit;
                    part.amount = fen(50_001);
                }
            },
            "beyond_leave",
        ),
        (
            |_, _, plan| plan.parts.extend(plan.parts.clone()),
            "beyond_leave",
        ),
        (|_, _, plan| plan.card.purse.count = 6, "wrong_count"),
        (
            |_, _, plan| plan.card.purse.money = fen(9_999),
            "plan_differs",
        ),
        (|_, seen, _| seen.meter_no = meter_no(2), "plan_differs"),
    ];
    for (tell, finding) in begins {
        let ledger = &*fresh();
        let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
        let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
        let (mut seen, mut plan) = (seen(1, 1), leave.task.plan(&seen(1, 1)).unwrap());
        let outcome = written(&plan);
        tell(&leave, &mut seen, &mut plan);
        let begin = OrderEvent::CardBegun {
            step: "card".into(),
            authorisation: leave.id,
            seen: Box::new(seen),
            plan: Box::new(plan),
        };
        report(
            ledger,
            &mut tablet,
            "o-1",
            &[begin, ended(leave.id, outcome)],
        );
        let found = findings(ledger);
        assert!(found.contains(finding), "{finding}: {found:?}");
        assert_eq!(credits(ledger), vec![], "{finding}");
        let state = state_out(ask(ledger, &tablet, "o-1", 2));
        assert_eq!(state, "in_doubt", "{finding}: nothing is freed");
    }
    wrong_ends(&*fresh());
    wrong_tellers(&*fresh());
    wrong_times(&*fresh());
    a_blank_used_twice(&*fresh());
}

fn wrong_ends(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    ledger
        .dispatch(top_up("o-2", &crew(1), 2, 5, 100), NOW)
        .unwrap();
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    let begin = begun(&leave, &seen(1, 1));
    let plan = leave.task.plan(&seen(1, 1)).unwrap();
    let other = ended(leave.id, written(&plan));
    report(ledger, &mut tablet, "o-1", &[begin]);
    report(ledger, &mut tablet, "o-2", std::slice::from_ref(&other));
    assert_eq!(findings(ledger), ["another_order"]);
    assert_eq!(states(ledger, "o-1"), [LeaveState::Burned]);
    let untouched = ended(leave.id, not_written(NotWritten::Untouched));
    report(ledger, &mut tablet, "o-1", &[untouched, other]);
    assert_eq!(findings(ledger), ["another_order", "end_contradicts"]);
    assert_eq!(states(ledger, "o-1"), [LeaveState::InDoubt]);
    assert_eq!(credits(ledger), vec![]);
}

fn wrong_tellers(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let mut other = enrolled(ledger, 1, 2);
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    let plan = leave.task.plan(&seen(1, 1)).unwrap();
    let told = [begun(&leave, &seen(1, 1)), ended(leave.id, written(&plan))];
    report(ledger, &mut other, "o-1", &told);
    let mut forged = leave.clone();
    forged.id = id(99);
    report(ledger, &mut tablet, "o-1", &[begun(&forged, &seen(1, 1))]);
    assert_eq!(
        findings(ledger),
        ["another_device", "another_device", "unknown_leave"]
    );
    assert_eq!(states(ledger, "o-1"), [LeaveState::Leased]);
    tablet.operator = "somebody".into();
    report(ledger, &mut tablet, "o-1", &told);
    assert_eq!(findings(ledger).last(), Some(&"another_person"));
    assert_eq!(credits(ledger).len(), 1, "the money is where it should be");
}

fn wrong_times(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, top_up("o-1", &crew(1), 1, 5, 5_000));
    let leave = ask(ledger, &tablet, "o-1", 1).unwrap();
    tablet.now = domain::Millis(leave.expires_at.0 + 1);
    let plan = leave.task.plan(&seen(1, 1)).unwrap();
    let other = seen(1, 1);
    let told = [
        begun(&leave, &other),
        begun(
            &leave,
            &CardSeen {
                remainders: vec![on_display(1, 0, 4)],
                ..other.clone()
            },
        ),
        ended(leave.id, written(&plan)),
    ];
    report(ledger, &mut tablet, "o-1", &told);
    assert_eq!(findings(ledger), ["outside_term", "begun_twice"]);
    assert_eq!(
        credits(ledger).len(),
        1,
        "what was begun late is written all the same"
    );
}

fn a_blank_used_twice(ledger: &dyn Ledger) {
    let mut tablet = with(ledger, replace("o-1", &crew(1), 1, vec![bought(5, 5_000)]));
    ledger
        .dispatch(replace("o-2", &crew(1), 2, vec![bought(5, 700)]), NOW)
        .unwrap();
    let blank = serial(100);
    ledger.register_blanks(&crew(1), &[blank], NOW).unwrap();
    for (n, order) in [(1, "o-1"), (2, "o-2")] {
        let leave = ask(ledger, &tablet, order, n).unwrap();
        let mut seen = seen(100, 20 + n);
        seen.remainders = vec![on_display(100, 0, 4)];
        let plan = leave.task.plan(&seen).unwrap();
        // leave for both was given before either was used
        tablet.record(order, begun(&leave, &seen));
        tablet.record(order, ended(leave.id, written(&plan)));
    }
    push_from(ledger, &tablet, 1);
    assert_eq!(findings(ledger), ["card_used_twice"]);
    assert_eq!(credits(ledger).len(), 1);
    let again = ledger.register_blanks(&crew(1), &[blank], NOW);
    assert!(matches!(
        again,
        Err(Error::Refused(Problem::Malformed { .. }))
    ));
    let third = top_up("o-3", &crew(1), 3, 5, 100);
    ledger.dispatch(third, NOW).unwrap();
    let leave = ask(ledger, &tablet, "o-3", 3).unwrap();
    assert_eq!(leave.cards, [serial(3)], "a used card is no blank");
}
