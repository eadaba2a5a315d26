//! What every engine must do with cards, and what no report may bring about.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AuthorisationId, CardAuthorisation, CardOutcome, CardPlan, CardSeen, DeviceId, Dispatch, Fen,
    NotWritten, OrderEvent, OrderId,
};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestRunner;
use uuid::Uuid;
use wire::enrol::SeriesRequest;
use wire::problem::Problem;
use wire::push::Push;

use super::{
    Claim, Credit, Incident, IncidentNo, Incidents, LeaveOf, LeaveState, LeaveTerms, Word,
};
use crate::Error;
use crate::ledger::Ledger;
use crate::ledger::conformance::{Fresh, enrolled, key};
use crate::tests::field::{NOW, Tablet, crew};
use crate::tests::prepaid::{
    account, begun, bought, ended, fen, meter_no, not_written, on_display, read, replace, seen,
    serial, top_up, written,
};

/// Runs the whole suite.
pub(crate) fn all(fresh: Fresh<'_>) {
    no_order_of_reports_brings_a_second_credit(fresh);
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

/// What somebody does.
#[derive(Debug, Clone, Copy)]
enum Act {
    /// A tablet asks for leave for an order.
    Ask { who: usize, order: usize },
    /// The device it was leased to begins, as the leave allows it, and writes.
    Write { leave: Index, how: Begin },
    /// Somebody says a card was begun.
    Begin { who: Who, leave: Index, how: Begin },
    /// Somebody says how it ended.
    End { who: Who, leave: Index, how: End },
    /// A supervisor takes leave back.
    Reissue { leave: Index },
    /// A push comes again.
    Again { push: Index },
}

/// Who tells of a leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// The device it was leased to.
    Its,
    /// The same tablet under another series, when it has one.
    Restored,
    /// Another tablet.
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begin {
    /// As the leave allows it.
    Honest,
    /// On a blank, or for another new meter: allowed too where the order replaces a meter.
    Otherwise,
    /// On a card nobody registered.
    AnotherCard,
    /// With more money.
    More,
    /// Under leave nobody gave.
    Unknown,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Written,
    WrittenOtherwise,
    InDoubt,
    NotWritten,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let who = prop_oneof![5 => Just(Who::Its), 2 => Just(Who::Restored), 1 => Just(Who::Other)];
    let leave = any::<Index>;
    let begin = prop_oneof![
        6 => Just(Begin::Honest),
        2 => Just(Begin::Otherwise),
        1 => Just(Begin::AnotherCard),
        1 => Just(Begin::More),
        1 => Just(Begin::Unknown),
    ];
    let allowed = prop_oneof![Just(Begin::Honest), Just(Begin::Otherwise)];
    let end = prop_oneof![
        5 => Just(End::Written),
        1 => Just(End::WrittenOtherwise),
        2 => Just(End::InDoubt),
        2 => Just(End::NotWritten),
    ];
    let act = prop_oneof![
        5 => (0..2_usize, 0..ORDERS.len()).prop_map(|(who, order)| Act::Ask { who, order }),
        5 => (leave(), allowed).prop_map(|(leave, how)| Act::Write { leave, how }),
        4 => (who.clone(), leave(), begin).prop_map(|(who, leave, how)| {
            Act::Begin { who, leave, how }
        }),
        5 => (who, leave(), end).prop_map(|(who, leave, how)| Act::End { who, leave, how }),
        3 => leave().prop_map(|leave| Act::Reissue { leave }),
        2 => leave().prop_map(|push| Act::Again { push }),
    ];
    prop::collection::vec(act, 4..28)
}

/// The first two are about the same money, and so are the last two.
const ORDERS: [&str; 4] = ["o-0", "o-1", "o-2", "o-3"];

/// A gateway's ledger, two tablets, and the first one come back from a backup.
struct World {
    ledger: Box<dyn Ledger>,
    series: [Tablet; 3],
    given: Vec<CardAuthorisation>,
    pushes: Vec<Push>,
}

impl World {
    fn new(ledger: Box<dyn Ledger>) -> Self {
        for (at, id) in ORDERS.into_iter().enumerate() {
            let order = match at {
                0 | 1 => top_up(id, &crew(1), 1, 5, 5_000),
                _ => replace(id, &crew(1), 2, vec![bought(5, 700)]),
            };
            ledger.dispatch(order, NOW).unwrap();
        }
        let first = enrolled(&*ledger, 1, 1);
        let second = enrolled(&*ledger, 1, 2);
        let third = restored(&*ledger, &first, 100);
        let blanks = [serial(100), serial(101)];
        ledger.register_blanks(&crew(1), &blanks, NOW).unwrap();
        Self {
            ledger,
            series: [first, second, third],
            given: vec![],
            pushes: vec![],
        }
    }

    fn run(&mut self, act: Act) {
        match act {
            Act::Ask { who, order } => {
                let fresh = self.given.len() as u64 + 1;
                let asked = ask(&*self.ledger, &self.series[who], ORDERS[order], fresh);
                match asked {
                    Ok(leave) if leave.id == id(fresh) => self.given.push(leave),
                    Ok(_) | Err(Error::Refused(_)) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            Act::Write { leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let plan = leave.task.plan(&at_hand(&leave, how)).unwrap();
                    self.tell(Who::Its, &leave, begin(&leave, how));
                    self.tell(Who::Its, &leave, ended(leave.id, written(&plan)));
                }
            }
            Act::Begin { who, leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    self.tell(who, &leave, begin(&leave, how));
                }
            }
            Act::End { who, leave, how } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let plan = leave.task.plan(&at_hand(&leave, Begin::Honest)).unwrap();
                    let outcome = match how {
                        End::Written => written(&plan),
                        End::WrittenOtherwise => CardOutcome::Written {
                            image: domain::Hash::of(b"other"),
                        },
                        End::InDoubt => CardOutcome::InDoubt,
                        End::NotWritten => not_written(NotWritten::Untouched),
                    };
                    self.tell(who, &leave, ended(leave.id, outcome));
                }
            }
            Act::Reissue { leave } => {
                if let Some(leave) = one_of(leave, &self.given) {
                    let by = "wang".into();
                    let done = self.ledger.reissue_card(leave.id, "丢失", &by, NOW);
                    assert!(matches!(done, Ok(_) | Err(Error::Refused(_))), "{done:?}");
                }
            }
            Act::Again { push } => {
                if let Some(push) = one_of(push, &self.pushes) {
                    self.ledger.push(&push, &key(), NOW).unwrap();
                }
            }
        }
    }

    fn tell(&mut self, who: Who, leave: &CardAuthorisation, event: OrderEvent) {
        let its = usize::from(leave.device == self.series[1].device);
        let tablet = match who {
            Who::Its => &mut self.series[its],
            Who::Restored => &mut self.series[if its == 0 { 2 } else { its }],
            Who::Other => &mut self.series[1 - its],
        };
        tablet.record(leave.order.as_str(), event);
        let seq = tablet.sealed.len() as u64;
        let mut push = tablet.push_from(seq, &[]);
        push.push = Uuid::from_u128(1_000 + self.pushes.len() as u128);
        let receipt = self.ledger.push(&push, &key(), NOW).unwrap();
        let receipt = receipt.open(&wire::sign::PublicKey::of(&key())).unwrap();
        assert_eq!(receipt.through_seq, seq, "no report holds a series up");
        self.pushes.push(push);
    }
}

fn one_of<T: Clone>(which: Index, of: &[T]) -> Option<T> {
    (!of.is_empty()).then(|| which.get(of).clone())
}

fn at_hand(leave: &CardAuthorisation, how: Begin) -> CardSeen {
    let is_top_up = leave.task.kind == domain::CardKind::Purchase;
    let mut at_hand = match (is_top_up, how) {
        (_, Begin::AnotherCard) => seen(999, 20),
        (true, _) => seen(1, 1),
        (false, Begin::Otherwise) => seen(100, 21),
        (false, _) => seen(2, 20),
    };
    if is_top_up {
        at_hand.meter_no = meter_no(1);
    } else {
        at_hand.remainders = vec![on_display(8_765, 0, 4)];
    }
    at_hand
}

fn begin(leave: &CardAuthorisation, how: Begin) -> OrderEvent {
    let at_hand = at_hand(leave, how);
    let mut leave = leave.clone();
    match how {
        Begin::Honest | Begin::Otherwise => {}
        Begin::AnotherCard => {
            // its own plan would be refused for the serial too: what counts is that it is told
            let known = leave.task.meter.as_mut();
            if let Some(meter) = known {
                meter.card_serial = Some(at_hand.serial);
            }
        }
        Begin::More => leave.task.purchases[0].amount = fen(90_000),
        Begin::Unknown => leave.id = id(7_777),
    }
    begun(&leave, &at_hand)
}

/// Two tablets of one crew, one of them under two series, tell whatever they like of two customers'
/// cards, truly, falsely, twice and late.
fn no_order_of_reports_brings_a_second_credit(fresh: Fresh<'_>) {
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let credited = std::cell::Cell::new(0);
    let result = runner.run(&acts(), |acts| {
        let mut world = World::new(fresh());
        for act in &acts {
            world.run(*act);
        }
        holds(&world)?;
        credited.set(credited.get() + credits(&*world.ledger).len());
        let replayed = world.ledger.verify_replay().unwrap();
        prop_assert_eq!(replayed.differing, Vec::<OrderId>::new());
        let before = books(&world);
        for push in &world.pushes {
            world.ledger.push(push, &key(), NOW).unwrap();
        }
        // and all of it once more, by the tablet under yet another series
        let mut renewed = restored(&*world.ledger, &world.series[0], 200);
        let told = world.series[0].sealed.clone();
        for sealed in told {
            let domain::Fact::Order { order, fact } = sealed.open().unwrap().fact else {
                continue;
            };
            renewed.record(order.as_str(), fact);
        }
        push_from(&*world.ledger, &renewed, 1);
        holds(&world)?;
        prop_assert_eq!(before, books(&world), "what is told again changes nothing");
        Ok(())
    });
    result.unwrap();
    assert!(credited.get() > 20, "the test sees credits: {credited:?}");
}

/// Credits, and how many incidents of each kind.
type Books = (Vec<Credit>, BTreeMap<&'static str, usize>);

fn books(world: &World) -> Books {
    let mut found = BTreeMap::new();
    for name in findings(&*world.ledger) {
        *found.entry(name).or_default() += 1;
    }
    (credits(&*world.ledger), found)
}

fn holds(world: &World) -> Result<(), TestCaseError> {
    let ledger = &*world.ledger;
    let credits = credits(ledger);
    let cards: BTreeSet<_> = credits
        .iter()
        .map(|credit| (&credit.account_no, credit.meter_no, credit.count))
        .collect();
    prop_assert_eq!(cards.len(), credits.len(), "one for each card's count");
    let claims: BTreeSet<_> = credits.iter().map(|credit| &credit.claim).collect();
    prop_assert_eq!(claims.len(), credits.len(), "one for each claim");
    for (n, most) in [(1, 5_000), (2, 8_765 + 700)] {
        let of_account = credits.iter().filter(|c| c.account_no == account(n));
        let amounts: Vec<Fen> = of_account.map(|credit| credit.total).collect();
        prop_assert!(
            amounts.is_empty() || amounts == [fen(most)],
            "account {} was given {:?}",
            n,
            amounts
        );
    }
    for credit in &credits {
        prop_assert!(is_backed(world, credit.authorisation), "{:?}", credit);
    }
    for order in ["o-0", "o-2"] {
        let twin = if order == "o-0" { "o-1" } else { "o-3" };
        let mut of_account = leaves(ledger, order);
        of_account.extend(leaves(ledger, twin));
        let live = of_account.iter().filter(|of| of.leave.state.is_live());
        prop_assert!(live.count() <= 1);
        let told: Vec<_> = of_account
            .iter()
            .filter(|of| is_backed(world, of.leave.id()))
            .map(|of| (of.leave.id(), of.credit.is_some()))
            .collect();
        if told.len() > 1 {
            let found = findings(ledger);
            let is_seen = [
                "second_credit",
                "leave_replaced",
                "end_contradicts",
                "begun_twice",
            ];
            prop_assert!(
                is_seen.iter().any(|name| found.contains(name)),
                "{:?}",
                told
            );
        }
    }
    let balance = ledger.card_balance().unwrap();
    prop_assert!(balance.is_even(), "{:?}", balance);
    prop_assert_eq!(balance.credited as usize, credits.len());
    Ok(())
}

/// Whether the tablet a leave was leased to itself has told, truly, that it began and wrote its card.
fn is_backed(world: &World, id: AuthorisationId) -> bool {
    let Some(leave) = world.given.iter().find(|leave| leave.id == id) else {
        return false;
    };
    let leased_to = |tablet: &&Tablet| tablet.device == leave.device;
    let key = world
        .series
        .iter()
        .find(leased_to)
        .map(|tablet| &tablet.key);
    let series = world.series.iter();
    let mine = series.filter(|tablet| Some(&tablet.key) == key);
    let (mut was_begun, mut was_written) = (false, false);
    for sealed in mine.flat_map(|tablet| &tablet.sealed) {
        let domain::Fact::Order { order, fact } = sealed.open().unwrap().fact else {
            continue;
        };
        if order != leave.order {
            continue;
        }
        match fact {
            OrderEvent::CardBegun {
                authorisation,
                seen,
                plan,
                ..
            } if authorisation == id => {
                was_begun |= leave.cards.contains(&seen.serial)
                    && leave.task.plan(&seen).ok().as_ref() == Some(&*plan);
            }
            OrderEvent::CardEnded {
                authorisation,
                outcome: CardOutcome::Written { .. },
                ..
            } if authorisation == id => was_written = true,
            _ => {}
        }
    }
    was_begun && was_written
}
