//! A reader in this process, on slots of ours.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use super::slot::{Heard, NobodyThere, Slot};
use crate::card::{CardIdent, CardSource, CardTransport, LinkError, ReaderName, apdu, atr};

/// How often an empty slot is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(20);
/// Readers of this process: `Virtual Reader 0`, `Virtual Reader 1`, …, a slot each.
#[derive(Debug, Clone)]
pub struct DirectCards(Vec<Slot>);

impl DirectCards {
    /// Readers with these slots; without any there is no reader.
    pub fn new(slots: impl IntoIterator<Item = Slot>) -> Self {
        Self(slots.into_iter().collect())
    }

    /// One reader, whose card lives in this file, see [`super::Memory`] for its form; no file, no
    /// card.
    pub fn at(path: PathBuf) -> Self {
        Self::new([Slot::at(path)])
    }

    /// The slot of each reader.
    pub fn slots(&self) -> &[Slot] {
        &self.0
    }
}

fn name(n: usize) -> ReaderName {
    ReaderName(format!("Virtual Reader {n}"))
}

impl CardSource for DirectCards {
    fn readers(&self) -> Result<Vec<ReaderName>, LinkError> {
        Ok((0..self.0.len()).map(name).collect())
    }

    fn connect(
        &self,
        reader: Option<&ReaderName>,
        wait: Duration,
    ) -> Result<Box<dyn CardTransport>, LinkError> {
        let numbered = self.0.iter().enumerate();
        let wanted: Vec<&Slot> = numbered
            .filter(|(n, _)| reader.is_none_or(|reader| *reader == name(*n)))
            .map(|(_, slot)| slot)
            .collect();
        if wanted.is_empty() {
            return Err(LinkError::NoReader);
        }
        let mut left = wait;
        loop {
            for slot in &wanted {
                match DirectCard::connect(slot) {
                    Err(LinkError::NoCard) => {}
                    other => return other.map(|card| Box::new(card) as _),
                }
            }
            if left.is_zero() {
                return Err(LinkError::NoCard);
            }
            let nap = left.min(LOOKS_EVERY);
            thread::sleep(nap);
            left = left.saturating_sub(nap);
        }
    }
}

/// The card in a slot, ours alone.
#[derive(Debug)]
struct DirectCard {
    slot: Slot,
    turn: u64,
    ident: CardIdent,
}

impl DirectCard {
    fn connect(slot: &Slot) -> Result<Self, LinkError> {
        let (turn, atr) = slot.take().map_err(explained)?;
        let ident = atr::ident(atr).inspect_err(|_| slot.give(turn))?;
        Ok(Self {
            slot: slot.clone(),
            turn,
            ident,
        })
    }
}

impl Drop for DirectCard {
    fn drop(&mut self) {
        self.slot.give(self.turn);
    }
}

impl CardTransport for DirectCard {
    fn ident(&self) -> &CardIdent {
        &self.ident
    }

    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let once = |apdu: &[u8]| match self.slot.exchange(self.turn, apdu) {
            Heard::Answer(answer) => Ok(answer),
            Heard::Silence | Heard::Gone => Err(LinkError::OutcomeUnknown),
        };
        apdu::complete(once, apdu)
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        let (turn, atr) = self.slot.take_again(self.turn).map_err(explained)?;
        self.turn = turn;
        self.ident = atr::ident(atr)?;
        Ok(self.ident.clone())
    }
}

fn explained(error: NobodyThere) -> LinkError {
    match error {
        NobodyThere::Empty => LinkError::NoCard,
        NobodyThere::Held => LinkError::Busy,
        NobodyThere::File(error) => LinkError::Failed(error.to_string()),
    }
}

#[cfg(test)]
mod tests;
