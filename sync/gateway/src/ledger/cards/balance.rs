//! The money of all cards: what customers had and paid, what went onto cards, what is still to go.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use domain::{AccountNo, CardKind, CardTask, CreditPart, CreditPartKind, Fen, MeterNo, OrderState};
use serde::{Serialize, Serializer};

use super::{CardLeave, Claim, Credit, LeaveState, Soundness};
use crate::Error;
use crate::ledger::Ledger;
use crate::ledger::tables::Tables;

/// A sum of amounts: as [`Fen`], without its range, which one district outgrows in years.
///
/// Unit: fen. Shape: yuan as a JSON string with two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct FenSum(i64);

impl FenSum {
    /// How many fen.
    pub const fn count(self) -> i64 {
        self.0
    }

    /// The sum.
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference.
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl From<Fen> for FenSum {
    fn from(amount: Fen) -> Self {
        Self(amount.count())
    }
}

impl fmt::Display for FenSum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, fen) = (if self.0 < 0 { "-" } else { "" }, self.0.unsigned_abs());
        f.pad(&format!("{sign}{}.{:02}", fen / 100, fen % 100))
    }
}

impl Serialize for FenSum {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How the money of all cards adds up, as far as the ledger knows.
///
/// A claim that is on no card counts with what was last begun for it; before that with its
/// purchases and what the office says was left. What was recalled and never begun does not count.
/// A purchase that went on to the card of another meter counts there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct CardBalance {
    /// In: left in meters that were taken down.
    pub remainders: FenSum,
    /// In: bought and in no meter.
    pub purchases: FenSum,
    /// Taken from it: overdrawn on meters that were taken down.
    pub debts: FenSum,
    /// Out: on cards.
    pub credits: FenSum,
    /// Still to go onto cards; less than nothing when customers owe more.
    pub outstanding: FenSum,
    /// How many claims are on cards.
    pub credited: u64,
    /// How many are not.
    pub open: u64,
}

impl CardBalance {
    /// Whether what came in is what went out and what is still to go; always true.
    pub fn is_even(&self) -> bool {
        let came_in = self.remainders.plus(self.purchases).minus(self.debts);
        came_in == self.credits.plus(self.outstanding)
    }
}

impl dyn Ledger + '_ {
    /// How the money of all cards adds up.
    ///
    /// Errors: those of the ledger.
    pub fn card_balance(&self) -> Result<CardBalance, Error> {
        self.reading(balance)
    }
}

/// What a claim is worth.
#[derive(Debug, Clone, Copy, Default)]
struct Worth {
    carried: FenSum,
    bought: FenSum,
    debt: FenSum,
}

impl Worth {
    fn of_parts(parts: &[CreditPart]) -> Self {
        let mut worth = Self::default();
        for part in parts {
            let sum = match part.kind {
                CreditPartKind::OldCredit => &mut worth.carried,
                CreditPartKind::Bought { .. } => &mut worth.bought,
                CreditPartKind::Debt => &mut worth.debt,
            };
            *sum = sum.plus(part.amount.into());
        }
        worth
    }

    fn of_task(task: &CardTask) -> Self {
        let left = task.meter.filter(|_| task.kind == CardKind::OpenAccount);
        let left = left.and_then(|meter| meter.remainder);
        Self {
            carried: left.map(|left| left.money.into()).unwrap_or_default(),
            debt: left.map(|left| left.overdraft.into()).unwrap_or_default(),
            bought: task
                .purchases
                .iter()
                .fold(FenSum::default(), |sum, paid| sum.plus(paid.amount.into())),
        }
    }

    fn total(self) -> FenSum {
        self.carried.plus(self.bought).minus(self.debt)
    }
}

/// A claim that is on no card.
#[derive(Debug, Clone, Default)]
struct Open {
    worth: Worth,
    /// The purchases in it.
    purchases: Vec<u32>,
    /// Whether a card may carry it, or an order still wants one to.
    stands: bool,
}

/// A purchase for a meter.
type Bought = (AccountNo, MeterNo, u32);

fn balance(tables: &dyn Tables) -> Result<CardBalance, Error> {
    let mut open = wanted(tables)?;
    begun(tables, &mut open)?;
    let (mut credits, mut carried_on) = (vec![], BTreeSet::new());
    tables.every_credit(&mut |credit| {
        open.remove(&credit.claim);
        let purchases = credit.parts.iter().filter_map(purchase);
        carried_on.extend(moved(&credit.claim, purchases));
        credits.push(credit);
        Ok(())
    })?;
    open.retain(|_, claim| claim.stands);
    for (claim, open) in &open {
        carried_on.extend(moved(claim, open.purchases.iter().copied()));
    }
    let is_elsewhere = |claim: &Claim| match claim {
        Claim::Bought {
            account_no,
            meter_no,
            count,
        } => carried_on.contains(&(account_no.clone(), *meter_no, *count)),
        Claim::Replaced { .. } | Claim::Opened { .. } | Claim::Nothing { .. } => false,
    };
    let mut sums = CardBalance::default();
    for credit in credits.iter().filter(|credit| !is_elsewhere(&credit.claim)) {
        sums.add_credit(credit);
    }
    for (_, open) in open.iter().filter(|(claim, _)| !is_elsewhere(claim)) {
        sums.add_open(open.worth);
    }
    Ok(sums)
}

impl CardBalance {
    fn add_in(&mut self, worth: Worth) {
        self.remainders = self.remainders.plus(worth.carried);
        self.purchases = self.purchases.plus(worth.bought);
        self.debts = self.debts.plus(worth.debt);
    }

    fn add_credit(&mut self, credit: &Credit) {
        self.add_in(Worth::of_parts(&credit.parts));
        self.credits = self.credits.plus(credit.total.into());
        self.outstanding = self.outstanding.minus(credit.debt_left.into());
        self.credited += 1;
    }

    fn add_open(&mut self, worth: Worth) {
        self.add_in(worth);
        self.outstanding = self.outstanding.plus(worth.total());
        self.open += 1;
    }
}

/// Every claim an order names that was not taken back.
fn wanted(tables: &dyn Tables) -> Result<BTreeMap<Claim, Open>, Error> {
    let mut wanted = BTreeMap::new();
    tables.order_ids(&mut |id| {
        let Some(row) = tables.order(&id)? else {
            return Ok(());
        };
        let dispatch = &row.order.dispatch;
        let Some(task) = &dispatch.card else {
            return Ok(());
        };
        let claim = Claim::of(dispatch, task);
        if claim.is_money() && !matches!(row.order.state, OrderState::Recalled { .. }) {
            wanted.insert(claim, of_task(task, true));
        }
        Ok(())
    })?;
    Ok(wanted)
}

fn of_task(task: &CardTask, stands: bool) -> Open {
    Open {
        worth: Worth::of_task(task),
        purchases: task.purchases.iter().map(|paid| paid.count).collect(),
        stands,
    }
}

/// What leave says of claims: what was last begun is the best word on what there is.
fn begun(tables: &dyn Tables, open: &mut BTreeMap<Claim, Open>) -> Result<(), Error> {
    let mut chain: Option<(Claim, CardTask, Known)> = None;
    tables.every_leave(&mut |leave| {
        if !leave.claim.is_money() {
            return Ok(());
        }
        match &mut chain {
            Some((claim, task, known)) if *claim == leave.claim => {
                if *known == Known::Wanted && leave.leave.task == *task {
                    *known = take(open, &leave);
                }
                stand(open, &leave);
            }
            _ => {
                let claim = leave.claim.clone();
                open.entry(claim.clone())
                    .or_insert_with(|| of_task(&leave.leave.task, false));
                let known = take(open, &leave);
                stand(open, &leave);
                chain = Some((claim, leave.leave.task, known));
            }
        }
        Ok(())
    })
}

/// How well a claim's worth is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Known {
    /// As the office wants it.
    Wanted,
    /// As a crew began it.
    Begun,
}

fn take(open: &mut BTreeMap<Claim, Open>, leave: &CardLeave) -> Known {
    let begun = leave.begun.as_ref();
    match begun.filter(|begun| begun.soundness == Soundness::Sound) {
        Some(begun) => {
            if let Some(claim) = open.get_mut(&leave.claim) {
                claim.worth = Worth::of_parts(&begun.plan.parts);
                claim.purchases = begun.plan.parts.iter().filter_map(purchase).collect();
            }
            Known::Begun
        }
        None => Known::Wanted,
    }
}

/// A card that was begun and is not accounted for may carry the money, whatever the order became.
fn stand(open: &mut BTreeMap<Claim, Open>, leave: &CardLeave) {
    let may_carry = matches!(leave.state, LeaveState::Burned | LeaveState::InDoubt);
    if let Some(claim) = open.get_mut(&leave.claim) {
        claim.stands |= may_carry;
    }
}

fn purchase(part: &CreditPart) -> Option<u32> {
    match part.kind {
        CreditPartKind::Bought { count } => Some(count),
        CreditPartKind::OldCredit | CreditPartKind::Debt => None,
    }
}

/// The purchases for a meter that was taken down, which count where they are carried on to.
fn moved(claim: &Claim, purchases: impl Iterator<Item = u32>) -> Vec<Bought> {
    match claim {
        Claim::Replaced {
            account_no,
            meter_no,
            ..
        } => purchases
            .map(|count| (account_no.clone(), *meter_no, count))
            .collect(),
        Claim::Bought { .. } | Claim::Opened { .. } | Claim::Nothing { .. } => vec![],
    }
}
