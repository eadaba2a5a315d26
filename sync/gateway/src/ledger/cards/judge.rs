//! Whether what a device has begun is what its leave allows. Pure.

use domain::{CardPlan, CardSeen, CreditPart, CreditPartKind, Fen, Millis, Operator, OrderId};

use super::{CardLeave, Finding};

/// What a device says it has begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    /// For which order.
    pub order: &'a OrderId,
    /// By whom.
    pub operator: &'a Operator,
    /// When, by the device's best guess.
    pub at: Millis,
    /// What lay before the crew.
    pub seen: &'a CardSeen,
    /// What was to be on the card.
    pub plan: &'a CardPlan,
}

/// Everything that is wrong with it, as far as the leave alone can tell.
pub(super) fn findings(leave: &CardLeave, case: Case<'_>) -> Vec<Finding> {
    let allowed = &leave.leave;
    let mut found = vec![];
    if allowed.order != *case.order {
        found.push(Finding::AnotherOrder {
            leave_for: allowed.order.clone(),
        });
    }
    if allowed.operator != *case.operator {
        found.push(Finding::AnotherPerson {
            leased_to: allowed.operator.clone(),
        });
    }
    if case.at < allowed.not_before || case.at > allowed.expires_at {
        found.push(Finding::OutsideTerm {
            not_before: allowed.not_before,
            expires_at: allowed.expires_at,
            at: case.at,
        });
    }
    if !allowed.cards.contains(&case.seen.serial) {
        let serial = case.seen.serial;
        found.push(Finding::CardNotNamed { serial });
    }
    found.extend(wrong_card(leave, case));
    found
}

/// What is wrong with the card itself; the plainest words for it.
fn wrong_card(leave: &CardLeave, case: Case<'_>) -> Option<Finding> {
    let (task, plan) = (&leave.leave.task, case.plan);
    let paid = sum(task.purchases.iter().map(|paid| paid.amount));
    let carried = sum_of(&plan.parts, CreditPartKind::OldCredit);
    let bought = bought(&plan.parts);
    for (found, most) in [(carried, Some(task.carried_max)), (bought, paid)] {
        if let (Some(found), Some(most)) = (found, most)
            && found > most
        {
            return Some(Finding::BeyondLeave { most, found });
        }
    }
    let purse = plan.card.purse;
    if purse.count != task.count && (purse.count, purse.money) != (0, Fen::ZERO) {
        return Some(Finding::WrongCount {
            expected: task.count,
            found: purse.count,
        });
    }
    match task.plan(case.seen) {
        Ok(follows) if follows == *plan => None,
        Ok(_) => Some(Finding::PlanDiffers { refusal: None }),
        Err(refusal) => Some(Finding::PlanDiffers {
            refusal: Some(refusal.code().to_owned()),
        }),
    }
}

/// The sum of the parts of one kind; `None` beyond the range.
pub(super) fn sum_of(parts: &[CreditPart], kind: CreditPartKind) -> Option<Fen> {
    let of_kind = parts.iter().filter(|part| part.kind == kind);
    sum(of_kind.map(|part| part.amount))
}

/// The sum of the purchases; `None` beyond the range.
pub(super) fn bought(parts: &[CreditPart]) -> Option<Fen> {
    let bought = |part: &&CreditPart| matches!(part.kind, CreditPartKind::Bought { .. });
    sum(parts.iter().filter(bought).map(|part| part.amount))
}

fn sum(mut amounts: impl Iterator<Item = Fen>) -> Option<Fen> {
    amounts.try_fold(Fen::ZERO, |sum, amount| sum.plus(amount))
}
