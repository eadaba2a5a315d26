//! Leave to write a card, as this device may use it.

use domain::{CardAuthorisation, CardRefusal, Order, Record};
use wire::card::open_authorisation;
use wire::sign::PublicKey;

use crate::Device;

impl Device {
    /// The leave an order holds, if this device and person may still use it. Its time is not looked
    /// at here: the rule book does that.
    ///
    /// Errors: [`CardRefusal::NotAuthorised`], [`CardRefusal::NotSigned`],
    /// [`CardRefusal::NotTheirs`], [`CardRefusal::AuthorisationUsed`].
    pub(crate) fn leave_of(&self, order: &Order) -> Result<CardAuthorisation, CardRefusal> {
        let signed = order.authorisation.as_ref();
        let signed = signed.ok_or(CardRefusal::NotAuthorised)?;
        let who = self.signing_as().map_err(|_| CardRefusal::NotAuthorised)?;
        let key = PublicKey::from_bytes(&who.gateway_key).ok_or(CardRefusal::NotSigned)?;
        let leave = open_authorisation(signed, &key).map_err(|_| CardRefusal::NotSigned)?;
        if leave.device != who.device || leave.operator != who.operator {
            return Err(CardRefusal::NotTheirs);
        }
        let is_recorded = order.work.values().any(|record| {
            matches!(record, Record::Card { authorisation, .. } if *authorisation == leave.id)
        });
        let written = self.inner.store.card_under(leave.id);
        match is_recorded || written.map_or(true, |row| row.is_some()) {
            true => Err(CardRefusal::AuthorisationUsed),
            false => Ok(leave),
        }
    }
}
