//! Leave given: to whom, for which cards, and when no other may be.

use domain::{
    AuthorisationId, CardAuthorisation, CardOutcome, CardSerial, CardTask, CrewId, Dispatch,
    Millis, NotWritten, OfficeEvent, OrderId, SignedAuthorisation,
};
use ed25519_dalek::SigningKey;
use wire::card::sign_authorisation;
use wire::problem::Problem;

use super::credited::carried_on;
use super::{CardLeave, Claim, LeaveState};
use crate::Error;
use crate::ledger::log::append;
use crate::ledger::office::office;
use crate::ledger::tables::Tables;
use crate::ledger::{Device, Ledger};

/// Who is named in logs for the leave given.
const GATEWAY: &str = "gateway";

/// A leave holds from a little before it is given. Unit: milliseconds.
///
/// A tablet that has just asked may have a clock that is behind; it knows the gateway's time to
/// seconds only after some requests. Too little, and a card in the reader has to wait; it guards
/// nothing else, for nobody has the leave before it is given.
const CLOCK_SLACK_MS: i64 = 10 * 60_000;

/// How leave is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaveTerms {
    /// How long a card may be begun under it. Unit: milliseconds.
    ///
    /// Too short, and crews far from a network run out of it; too long, and a stolen tablet can
    /// write for longer.
    pub term_ms: i64,
    /// Which keys the cards' commands are made with.
    pub key_version: u32,
}

impl Default for LeaveTerms {
    /// Three days: a round through far villages and its weekend.
    fn default() -> Self {
        Self {
            term_ms: 3 * 24 * 3_600_000,
            key_version: 1,
        }
    }
}

/// What is asked for, and by whom.
struct Ask<'a> {
    dispatch: &'a Dispatch,
    task: &'a CardTask,
    device: &'a Device,
    terms: LeaveTerms,
    now: Millis,
}

impl dyn Ledger + '_ {
    /// Gives a device leave to write the card of an order; `fresh` names it, if it is a new one.
    ///
    /// The same device asking again while its leave is unused, holds for a while and still says what
    /// the order wants gets the same text. A leave of its own that was not used otherwise loses its place to
    /// the new one. Nothing else frees money by itself: what another device has, expired or not, and
    /// what was begun, a supervisor must take back.
    ///
    /// Errors: [`Problem::NotFound`]; [`Problem::NotThisCrew`]; [`Problem::NoCardWanted`] when the
    /// order asks for no card or is not open; [`Problem::CardLeaveOut`].
    pub fn authorise_card(
        &self,
        order: &OrderId,
        device: &Device,
        fresh: AuthorisationId,
        terms: LeaveTerms,
        key: &SigningKey,
        now: Millis,
    ) -> Result<SignedAuthorisation, Error> {
        self.writing(|tables| {
            let row = tables.order(order)?.ok_or(Problem::NotFound)?;
            let dispatch = &row.order.dispatch;
            if dispatch.crew != device.crew {
                let crew = device.crew.clone();
                return Err(Problem::NotThisCrew { crew }.into());
            }
            let task = dispatch.card.as_ref().filter(|_| row.order.state.is_open());
            let ask = Ask {
                dispatch,
                task: task.ok_or(Problem::NoCardWanted)?,
                device,
                terms,
                now,
            };
            authorise(tables, &ask, fresh, key)
        })
    }
}

fn authorise(
    tables: &dyn Tables,
    ask: &Ask<'_>,
    fresh: AuthorisationId,
    key: &SigningKey,
) -> Result<SignedAuthorisation, Error> {
    let claim = Claim::of(ask.dispatch, ask.task);
    if let Some(written) = written(tables, &claim)? {
        return Err(out(&written, LeaveState::Written));
    }
    let cards = cards(tables, ask, &claim)?;
    for mut live in tables.live_leaves(&ask.dispatch.account.account_no)? {
        if live.state != LeaveState::Leased || live.device() != ask.device.device {
            return Err(out(&live, live.state));
        }
        if still_says(&live, ask, &cards) {
            return Ok(live.signed);
        }
        live.state = LeaveState::Superseded;
        tables.put_leave(&live)?;
    }
    let after = tables.newest_leave_of(&claim)?;
    if let Some(written) = after.as_ref().filter(|l| l.state == LeaveState::Written) {
        return Err(out(written, LeaveState::Written));
    }
    let leave = CardAuthorisation {
        id: fresh,
        order: ask.dispatch.id.clone(),
        account_no: ask.dispatch.account.account_no.clone(),
        task: ask.task.clone(),
        cards,
        device: ask.device.device,
        operator: ask.device.operator.clone(),
        not_before: Millis(ask.now.0.saturating_sub(CLOCK_SLACK_MS)),
        expires_at: Millis(ask.now.0.saturating_add(ask.terms.term_ms)),
        key_version: ask.terms.key_version,
    };
    let signed = sign_authorisation(&leave, key).map_err(|source| Error::Stored {
        what: "authorisation",
        source,
    })?;
    tables.add_leave(&CardLeave {
        leave,
        signed: signed.clone(),
        claim,
        after: after.map(|after| after.id()),
        state: LeaveState::Leased,
        issued_at: ask.now,
        begun: None,
        ended: None,
        reissued: None,
        asks: 0,
        asked_at: None,
    })?;
    let event = OfficeEvent::CardAuthorised {
        authorisation: signed.clone(),
    };
    append(tables, &ask.dispatch.id, office(ask.now, GATEWAY, event))?;
    Ok(signed)
}

/// The leave under which the money of a claim went onto a card, if it did.
fn written(tables: &dyn Tables, claim: &Claim) -> Result<Option<CardLeave>, Error> {
    let credit = tables.credit_of(claim)?.map(|credit| credit.authorisation);
    let id = match credit {
        Some(id) => Some(id),
        None => carried_on(tables, claim)?,
    };
    match id {
        Some(id) => tables.leave(id),
        None => Ok(None),
    }
}

fn out(leave: &CardLeave, state: LeaveState) -> Error {
    let (state, device) = (state.name().to_owned(), leave.device());
    Problem::CardLeaveOut { state, device }.into()
}

/// Whether a leave is what would be given now. Blanks that were used meanwhile do not matter: the
/// crew sees which it has left. New ones do.
fn still_says(live: &CardLeave, ask: &Ask<'_>, cards: &[CardSerial]) -> bool {
    let leave = &live.leave;
    leave.order == ask.dispatch.id
        && leave.task == *ask.task
        && leave.operator == ask.device.operator
        && leave.key_version == ask.terms.key_version
        && ask.now < renewed_from(leave)
        && cards.iter().all(|card| leave.cards.contains(card))
}

/// From when a leave is renewed: with a third of its term left a crew may still have a day without
/// a network before it.
fn renewed_from(leave: &CardAuthorisation) -> Millis {
    let term_ms = leave.expires_at.0.saturating_sub(leave.not_before.0);
    Millis(leave.expires_at.0.saturating_sub(term_ms / 3))
}

/// The cards that may be written: the customer's own, and the crew's blanks.
fn cards(tables: &dyn Tables, ask: &Ask<'_>, claim: &Claim) -> Result<Vec<CardSerial>, Error> {
    let own = ask.task.meter.and_then(|meter| meter.card_serial);
    let mut cards: Vec<CardSerial> = own.into_iter().collect();
    cards.extend(blanks(tables, &ask.device.crew, claim)?);
    let mut seen = std::collections::BTreeSet::new();
    cards.retain(|card| seen.insert(*card));
    Ok(cards)
}

/// A crew's blanks, and those it used for the very same money: a card in doubt that turns up again
/// is the best one to write.
fn blanks(tables: &dyn Tables, crew: &CrewId, claim: &Claim) -> Result<Vec<CardSerial>, Error> {
    let mut usable = vec![];
    for blank in tables.blanks_for(crew, claim)? {
        let used_by = match blank.used_by {
            Some(id) => tables.leave(id)?,
            None => None,
        };
        if used_by.is_none_or(|leave| !is_faulty(&leave)) {
            usable.push(blank.serial);
        }
    }
    Ok(usable)
}

/// Whether the card of a leave does not keep what is written on it.
fn is_faulty(leave: &CardLeave) -> bool {
    let why = NotWritten::CardFaulty;
    leave.ended.as_ref().is_some_and(
        |ended| matches!(ended.outcome, CardOutcome::NotWritten { why: found, .. } if found == why),
    )
}
