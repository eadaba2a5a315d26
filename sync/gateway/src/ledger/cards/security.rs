//! Whether the office's security module may speak for a card, and how often it was asked to.

use domain::{AuthorisationId, CardSerial, Millis, OldCard};
use wire::problem::Problem;

use super::books::is_same_tablet;
use super::{CardLeave, LeaveState};
use crate::Error;
use crate::ledger::tables::Tables;
use crate::ledger::{Device, Ledger};

impl dyn Ledger + '_ {
    /// Says whether the office's security module may speak for one card of a leave, and counts the
    /// request on the leave, whatever the answer.
    ///
    /// Errors: [`Problem::SecurityRefused`], with why.
    pub fn ask_card_security(
        &self,
        id: AuthorisationId,
        serial: CardSerial,
        device: &Device,
        now: Millis,
    ) -> Result<(), Error> {
        let refusal = self.writing(|tables| {
            let Some(mut leave) = tables.leave(id)? else {
                return Ok(Some("there is no such leave".to_owned()));
            };
            let refusal = refusal(tables, &leave, serial, device, now)?;
            leave.asks = leave.asks.saturating_add(1);
            leave.asked_at = Some(now);
            tables.put_leave(&leave)?;
            Ok(refusal)
        })?;
        match refusal {
            Some(why) => Err(Problem::SecurityRefused { why }.into()),
            None => Ok(()),
        }
    }
}

fn refusal(
    tables: &dyn Tables,
    leave: &CardLeave,
    serial: CardSerial,
    device: &Device,
    now: Millis,
) -> Result<Option<String>, Error> {
    if !is_same_tablet(tables, leave, device)? {
        return Ok(Some("the leave is another device's".to_owned()));
    }
    let why = match leave.state {
        LeaveState::Leased if now > leave.leave.expires_at => Some("the leave has expired"),
        // what was begun may always be finished
        LeaveState::Leased | LeaveState::Burned | LeaveState::InDoubt => None,
        LeaveState::Written => Some("the card is written"),
        LeaveState::NotWritten => Some("the leave is used up"),
        LeaveState::Superseded => Some("another leave has its place"),
        LeaveState::Reissued => Some("a supervisor took the leave back"),
    };
    if let Some(why) = why {
        return Ok(Some(why.to_owned()));
    }
    let is_known = leave.leave.cards.contains(&serial)
        || leave.known_card() == Some(serial)
        || old_card(leave) == Some(serial);
    Ok((!is_known).then(|| format!("card {serial} is not one of the leave's")))
}

/// The customer's old card that is made void first, once it is known to have been begun with.
fn old_card(leave: &CardLeave) -> Option<CardSerial> {
    match leave.begun.as_ref()?.seen.old_card {
        OldCard::Read(card) => Some(card.serial),
        OldCard::NotRead => None,
    }
}
