//! Leave to write a card (写卡授权): whether there is one that this device may use, and for which
//! orders one has to be asked for while there is a link.

use domain::{
    CardAuthorisation, CardRefusal, Need, Order, OrderEvent, OrderId, Record, SignedAuthorisation,
    in_doubt,
};
use store::Enrolment;
use wire::card::open_authorisation;
use wire::sign::PublicKey;

use crate::{Device, WorkError};

/// A leave that ends this soon is asked for again: a crew may be without a link for a day. Unit:
/// milliseconds.
const AHEAD_MS: i64 = 24 * 3_600_000;

impl Device {
    /// The leave to write an order's card: the gateway's, this device's and person's, not used up.
    /// Whether it is in time is the rule book's to say.
    ///
    /// Errors: [`WorkError::Refused`] with [`CardRefusal::NotAuthorised`],
    /// [`CardRefusal::NotSigned`], [`CardRefusal::NotTheirs`], [`CardRefusal::AuthorisationUsed`];
    /// [`WorkError::Store`].
    pub(crate) fn leave_of(&self, order: &Order) -> Result<CardAuthorisation, WorkError> {
        let leave = theirs(order, &self.signing_as()?)?;
        match self.inner.store.card_under(leave.id)? {
            Some(_) => Err(CardRefusal::AuthorisationUsed.into()),
            None => Ok(leave),
        }
    }

    /// The orders whose card is to be written, and for which leave has to be asked.
    ///
    /// Errors: [`WorkError::Store`].
    pub(crate) fn without_leave(&self) -> Result<Vec<OrderId>, WorkError> {
        let now = self.stamp().best();
        let mut without = vec![];
        for order in self.inner.store.orders_with_card()? {
            let newest = self.inner.store.card_of(&order.dispatch.id)?;
            let is_open = newest
                .is_some_and(|row| row.is_open && !order.taken_back.contains(&row.authorisation));
            if !waits_for_card(&order) || is_open {
                continue;
            }
            let lasts = match self.leave_of(&order) {
                Ok(leave) => {
                    let is_for_this = order.dispatch.card.as_ref() == Some(&leave.task);
                    is_for_this && leave.expires_at.0.saturating_sub(now.0) > AHEAD_MS
                }
                Err(WorkError::Refused(_)) => false,
                Err(error) => return Err(error),
            };
            if !lasts {
                without.push(order.dispatch.id);
            }
        }
        Ok(without)
    }

    /// Looks at a leave as it comes in: one that nobody believes is kept with the log it stands in,
    /// is never used, and an engineer is told.
    pub(crate) fn heed_leave(&self, signed: &SignedAuthorisation, who: &Enrolment) {
        if opened(signed, who).is_err() {
            self.trouble("card_leave_not_signed");
        }
    }
}

fn opened(signed: &SignedAuthorisation, who: &Enrolment) -> Result<CardAuthorisation, CardRefusal> {
    PublicKey::from_bytes(&who.gateway_key)
        .and_then(|key| open_authorisation(signed, &key).ok())
        .ok_or(CardRefusal::NotSigned)
}

/// The leave in an order's log, when it is the gateway's word to this device and person.
fn theirs(order: &Order, who: &Enrolment) -> Result<CardAuthorisation, CardRefusal> {
    let signed = order.authorisation.as_ref();
    let leave = opened(signed.ok_or(CardRefusal::NotAuthorised)?, who)?;
    if leave.order != order.dispatch.id {
        return Err(CardRefusal::NotAuthorised);
    }
    // The order's own word: this device's journal may have been lost with its disk.
    let begun = order.work.values().any(
        |record| matches!(record, Record::Card { authorisation, .. } if *authorisation == leave.id),
    );
    let begun_in_vain = order.attention.iter().any(|attention| {
        matches!(&attention.event,
            OrderEvent::CardBegun { authorisation, .. } if *authorisation == leave.id)
    });
    if begun || begun_in_vain {
        return Err(CardRefusal::AuthorisationUsed);
    }
    match leave.device == who.device && leave.operator == who.operator {
        true => Ok(leave),
        false => Err(CardRefusal::NotTheirs),
    }
}

/// Whether a card of the order is still to be written, as far as the order says. While one is in
/// doubt none may be begun.
fn waits_for_card(order: &Order) -> bool {
    let mut steps = order.dispatch.procedure.steps.iter();
    let is_open = steps.any(|step| step.need == Need::Card && !order.is_done(step));
    order.state.is_open() && order.dispatch.card.is_some() && is_open && in_doubt(order).is_none()
}

#[cfg(test)]
mod tests;
