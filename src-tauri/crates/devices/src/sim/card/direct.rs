//! A reader in this process, on slots of ours.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use domain::CardSerial;

use super::slot::{Heard, NobodyThere, Slot};
use crate::card::{CardIdent, CardSource, CardTransport, LinkError, ReaderName};

/// How often an empty slot is looked at.
const LOOKS_EVERY: Duration = Duration::from_millis(20);
/// How often in a row a card may ask for something else before an answer is given up: it asks at
/// most for another length and then to be fetched.
const MOST_TURNS: usize = 4;

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
        // from here on dropping it gives the slot up
        let mut card = Self {
            slot: slot.clone(),
            turn,
            ident: CardIdent {
                atr: Vec::new(),
                serial: CardSerial::from_bytes([0; 8]),
            },
        };
        card.ident = ident(atr)?;
        Ok(card)
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
        let mut command = apdu.to_vec();
        let mut fetched = Vec::new();
        for _ in 0..MOST_TURNS {
            let Heard::Answer(answer) = self.slot.exchange(self.turn, &command) else {
                return Err(LinkError::OutcomeUnknown);
            };
            let Some((data, status)) = answer.split_last_chunk::<2>() else {
                return Err(LinkError::OutcomeUnknown);
            };
            match *status {
                [0x61, len] => {
                    fetched.extend(data);
                    command = vec![0x00, 0xc0, 0x00, 0x00, len];
                }
                [0x6c, len] => command = with_expected(&command, len),
                _ if fetched.is_empty() => return Ok(answer),
                _ => {
                    fetched.extend(answer);
                    return Ok(fetched);
                }
            }
        }
        Err(LinkError::OutcomeUnknown)
    }

    fn reset(&mut self) -> Result<CardIdent, LinkError> {
        let (turn, atr) = self.slot.take_again(self.turn).map_err(explained)?;
        self.turn = turn;
        self.ident = ident(atr)?;
        Ok(self.ident.clone())
    }
}

/// The command with another count of bytes asked for.
fn with_expected(command: &[u8], expected: u8) -> Vec<u8> {
    let has_data = command.len() > 5;
    let end = match command.get(4) {
        Some(len) if has_data => 5 + usize::from(*len),
        _ => 4,
    };
    let mut command: Vec<u8> = command.iter().copied().take(end).collect();
    command.push(expected);
    command
}

/// Who answered to reset so: the historical bytes end with the serial.
///
/// Source: ISO/IEC 7816-3, 8.2: the low half of T0 counts the historical bytes, bit 8 of the
/// interface bytes says whether more of them follow.
fn ident(atr: Vec<u8>) -> Result<CardIdent, LinkError> {
    let Some((_start, rest)) = atr.split_first() else {
        return Err(LinkError::Mute);
    };
    let (format, mut rest) = rest.split_first().ok_or(LinkError::NotOurs)?;
    let (count, mut indicator) = (usize::from(format & 0x0f), *format);
    while indicator & 0xf0 != 0 {
        let bytes = (indicator >> 4).count_ones() as usize;
        let (interface, further) = rest.split_at_checked(bytes).ok_or(LinkError::NotOurs)?;
        rest = further;
        // bit 8 announces the next indicator, which is the last of these bytes
        indicator = match interface.last() {
            Some(next) if indicator & 0x80 != 0 => *next,
            _ => 0,
        };
    }
    let historical = rest.get(..count).ok_or(LinkError::NotOurs)?;
    let serial = historical.last_chunk::<8>().ok_or(LinkError::NotOurs)?;
    let serial = CardSerial::from_bytes(*serial);
    Ok(CardIdent { atr, serial })
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
