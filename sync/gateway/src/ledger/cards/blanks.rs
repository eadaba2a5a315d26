//! Blank cards: which crew carries which.

use domain::{CardSerial, CrewId, Millis};
use wire::problem::Problem;

use super::Blank;
use crate::Error;
use crate::ledger::Ledger;

impl dyn Ledger + '_ {
    /// Registers blank cards for a crew, all or none; gives how many are new to it. A blank that
    /// another crew had and did not use changes hands.
    ///
    /// Errors: [`Problem::NotFound`] for a crew that is not known; [`Problem::Malformed`] for a card
    /// that was used.
    pub fn register_blanks(
        &self,
        crew: &CrewId,
        serials: &[CardSerial],
        now: Millis,
    ) -> Result<u64, Error> {
        self.writing(|tables| {
            tables.crew(crew)?.ok_or(Problem::NotFound)?;
            let mut fresh = 0;
            for serial in serials {
                let known = tables.blank(*serial)?;
                if known.as_ref().is_some_and(|blank| blank.used_by.is_some()) {
                    let place = format!("card {serial}: it was used");
                    return Err(Problem::Malformed { place }.into());
                }
                if known.is_some_and(|blank| blank.crew == *crew) {
                    continue;
                }
                fresh += 1;
                tables.put_blank(&Blank {
                    serial: *serial,
                    crew: crew.clone(),
                    registered_at: now,
                    used_by: None,
                })?;
            }
            Ok(fresh)
        })
    }

    /// A crew's blank cards, or everybody's, by serial.
    ///
    /// Errors: those of the ledger.
    pub fn blanks(&self, crew: Option<&CrewId>) -> Result<Vec<Blank>, Error> {
        self.reading(|tables| tables.blanks(crew))
    }
}
