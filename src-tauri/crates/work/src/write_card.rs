//! Writing a prepaid card: what is on it, what will be and why; then begun, gone on with after any
//! cut, or given up. One at a time.

mod journal;
mod look;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use devices::card::{
    CardError, CardJob, CardPhase, CardProgress, CardStep, CardWrite, LinkError, OpenCard,
    SecurityModule, Standing, WriteError, abandon, begin_write, carry_on,
};
use domain::{
    AuthorisationId, CardImage, CardOutcome, CardRefusal, CardSerial, Fen, LAYOUTS, Layout,
    NotWritten, OrderId, Refusal, card_outcome,
};
use store::CardRow;

use crate::{CardParts, Device, WorkError};
use journal::Journal;
pub use look::{CardCondition, CardHeld, CardLook, CardOpen};

/// What the crew read on the display of the old meter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownRemainder {
    /// Money left.
    pub money: Fen,
    /// Money overdrawn.
    pub overdraft: Fen,
    /// The purchase count, where the display gives it.
    pub count: Option<u32>,
}

/// How a write came out, when nothing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardEnd {
    /// Written, read back and recorded.
    Done,
    /// The old card is void; now this one has to be put in.
    NextCard {
        /// Which.
        serial: CardSerial,
    },
    /// Given up; nothing is on the card.
    GivenUp,
}

/// Why a card was not written, or not to its end.
#[derive(Debug, thiserror::Error)]
#[error("the card was not written: {why}")]
pub struct CardTrouble {
    /// What happened.
    #[source]
    pub why: WriteError,
    /// The card that has to be in the reader next.
    pub wanted: Option<CardSerial>,
    /// Whether a write is open: the card has to be read again before anything is known.
    pub is_open: bool,
}

/// A write that has not ended, as the journal has it.
pub(crate) struct OpenWrite {
    pub(crate) row: CardRow,
    pub(crate) write: CardWrite,
}

/// What cards need of a device.
#[derive(Debug)]
pub(crate) struct Cards {
    parts: Mutex<Arc<CardParts>>,
    /// Held while a card is in use.
    turn: Mutex<()>,
    /// Cards read and put aside, so that another can be read too.
    aside: Mutex<BTreeMap<OrderId, CardImage>>,
    /// Writes whose card did not hold what was written.
    faulty: Mutex<Option<AuthorisationId>>,
}

impl Default for Cards {
    fn default() -> Self {
        Self {
            parts: Mutex::new(Arc::new(CardParts::system())),
            turn: Mutex::default(),
            aside: Mutex::default(),
            faulty: Mutex::default(),
        }
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What is on the card in the reader, with or without a device: what `metercrew card show` shows.
///
/// Errors: [`WorkError::Card`].
pub fn read_card(parts: &CardParts) -> Result<CardHeld, WorkError> {
    let image = open_card(parts)?.read().map_err(WriteError::from)?;
    let (held, _) = CardHeld::of(&image).map_err(WriteError::from)?;
    Ok(held)
}

fn open_card(parts: &CardParts) -> Result<OpenCard, WriteError> {
    let transport = parts.source.connect(None, WAIT);
    let transport = transport.map_err(CardError::from)?;
    let layout = LAYOUTS.first().ok_or(CardError::UnknownLayout)?;
    Ok(OpenCard::open(transport, layout)?)
}

/// How long a look waits for a card that is being put in.
const WAIT: Duration = Duration::from_millis(300);

impl Device {
    /// Takes another reader or other keys than the machine's and the office's.
    pub fn use_card_parts(&self, parts: CardParts) {
        *locked(&self.inner.cards.parts) = Arc::new(parts);
    }

    /// The reader and the keys that are in use.
    pub fn card_parts(&self) -> Arc<CardParts> {
        locked(&self.inner.cards.parts).clone()
    }

    /// What stands before the crew at an order's card step. Blocking, a second at most.
    ///
    /// Errors: [`WorkError::Store`]; [`WorkError::Card`] with a busy card while one is being
    /// written. What is wrong with reader or card is part of the answer.
    pub fn look_at_card(
        &self,
        id: &OrderId,
        shown: Option<ShownRemainder>,
    ) -> Result<CardLook, WorkError> {
        let _turn = self.card_turn()?;
        look::look(self, id, shown)
    }

    /// Keeps the card in the reader in mind as one of two, so that the other can be read; `false`
    /// forgets it.
    ///
    /// Errors: as [`Device::look_at_card`]; [`WorkError::Card`] when no card can be read.
    pub fn set_card_aside(&self, id: &OrderId, aside: bool) -> Result<CardLook, WorkError> {
        let _turn = self.card_turn()?;
        if aside {
            let image = self.open_card()?.read().map_err(WriteError::from)?;
            locked(&self.inner.cards.aside).insert(id.clone(), image);
        } else {
            locked(&self.inner.cards.aside).remove(id);
        }
        look::look(self, id, None)
    }

    pub(crate) fn card_aside(&self, id: &OrderId) -> Option<CardImage> {
        locked(&self.inner.cards.aside).get(id).cloned()
    }

    /// Writes the card of an order; goes on with a write that was begun and cut off. Blocking, for
    /// some seconds. `on` is told how far it is.
    ///
    /// Errors: [`WorkError::Refused`] when none may be begun, or what was begun is known to have been
    /// given up; [`WorkError::Card`] when it was cut off or cannot be; [`WorkError::Store`].
    pub fn write_card(
        &self,
        id: &OrderId,
        shown: Option<ShownRemainder>,
        on: &mut dyn FnMut(CardStep),
    ) -> Result<CardEnd, WorkError> {
        let _turn = self.card_turn()?;
        match self.open_write(id)? {
            Some(open) if !self.gives_way(&open.row)? => self.go_on(&open.row, open.write, on),
            Some(_) | None => self.begin_card(id, shown, on),
        }
    }

    /// The orders whose card is begun and not ended, the oldest first.
    ///
    /// Errors: [`WorkError::Store`].
    pub fn open_cards(&self) -> Result<Vec<OrderId>, WorkError> {
        let rows = self.inner.store.open_cards()?;
        Ok(rows.into_iter().map(|row| row.order).collect())
    }

    /// Gives up a write that was begun, on the proof of the card in the reader.
    ///
    /// Errors: [`WorkError::Card`] when the card says that it may not be given up, or cannot be
    /// read; [`WorkError::Store`].
    pub fn give_up_card(&self, id: &OrderId) -> Result<CardEnd, WorkError> {
        let _turn = self.card_turn()?;
        let Some(OpenWrite { row, mut write }) = self.open_write(id)? else {
            let phase = CardPhase::Abandoned;
            return Err(WriteError::Closed { phase }.into());
        };
        let result = self.proven_useless(&row, &mut write);
        result.map_err(|why| self.troubled(why, &write))?;
        locked(&self.inner.cards.aside).remove(id);
        Ok(CardEnd::GivenUp)
    }

    fn proven_useless(&self, row: &CardRow, write: &mut CardWrite) -> Result<(), WriteError> {
        let mut card = self.open_card()?;
        let now = card.read()?;
        let layout = layout_of(write);
        let standing = layout.map(|layout| Standing::of(write, layout, &now));
        let is_faulty = *locked(&self.inner.cards.faulty) == Some(row.authorisation);
        let why = match standing {
            Some(Standing::Before) => NotWritten::Untouched,
            Some(Standing::Spent) => NotWritten::Spent,
            _ if is_faulty => NotWritten::CardFaulty,
            _ => NotWritten::GivenUp,
        };
        let mut journal = Journal::of(self, row).giving_up(why, now.hash());
        abandon(&mut card, write, &mut journal).map(drop)
    }

    fn begin_card(
        &self,
        id: &OrderId,
        shown: Option<ShownRemainder>,
        on: &mut dyn FnMut(CardStep),
    ) -> Result<CardEnd, WorkError> {
        let mut card = self.open_card().map_err(WorkError::from)?;
        let now = card.read().map_err(WriteError::from)?;
        let ready = look::ready(self, id, &now, shown)?;
        let after = ready
            .layout
            .encode(&ready.plan.card)
            .map_err(|_| WriteError::Card(CardError::UnknownLayout))?;
        let before = ready.target.clone();
        let old = ready.old.clone();
        let write = CardWrite {
            authorisation: ready.leave.id,
            order: id.clone(),
            generation: ready.layout.generation,
            void: old.map(|old| CardJob::voiding(old, ready.layout)),
            write: CardJob { before, after },
            phase: CardPhase::Intent,
        };
        let first = write.wanted().filter(|wanted| *wanted != now.serial);
        if first.is_some() {
            // Of two cards the old one comes first. The other is kept in mind, or the old one alone
            // would be written when it is put in.
            locked(&self.inner.cards.aside).insert(id.clone(), now);
        }
        let row = journal::row(&write, &ready.step)?;
        let keys = self.card_parts().module_at_hand(self, ready.leave.id);
        let keys = keys.map_err(|why| self.troubled(CardError::from(why).into(), &write))?;
        let mut journal = Journal::of(self, &row).beginning(ready.seen);
        let begun = begin_write(&mut card, &write, &mut journal, on);
        if let Some(refusal) = journal.refused.take() {
            return Err(refusal);
        }
        begun.map_err(|why| self.troubled(why, &write))?;
        self.carried_on(&mut card, &row, write, keys, on)
    }

    fn go_on(
        &self,
        row: &CardRow,
        write: CardWrite,
        on: &mut dyn FnMut(CardStep),
    ) -> Result<CardEnd, WorkError> {
        // A journal that came back from a backup may not know that it was given up, and that the
        // office gave the money free again.
        let held = self.inner.store.order(&row.order)?;
        let known = held.and_then(|held| card_outcome(&held.order, row.authorisation));
        if matches!(known, Some(CardOutcome::NotWritten { .. })) {
            return Err(CardRefusal::AuthorisationUsed.into());
        }
        let card = self.open_card();
        let mut card = card.map_err(|why| self.troubled(why, &write))?;
        let keys = self.card_parts().module(self, row.authorisation);
        let keys = keys.map_err(|why| self.troubled(CardError::from(why).into(), &write))?;
        self.carried_on(&mut card, row, write, keys, on)
    }

    fn carried_on(
        &self,
        card: &mut OpenCard,
        row: &CardRow,
        mut write: CardWrite,
        mut keys: Box<dyn SecurityModule>,
        on: &mut dyn FnMut(CardStep),
    ) -> Result<CardEnd, WorkError> {
        let mut journal = Journal::of(self, row);
        match carry_on(card, &mut write, keys.as_mut(), &mut journal, on) {
            Ok(CardProgress::Done { .. }) => {
                locked(&self.inner.cards.aside).remove(&row.order);
                Ok(CardEnd::Done)
            }
            Ok(CardProgress::NextCard { serial }) => Ok(CardEnd::NextCard { serial }),
            Err(why) => Err(self.troubled(why, &write)),
        }
    }

    /// What went wrong with a write, and how the crew goes on.
    fn troubled(&self, why: WriteError, write: &CardWrite) -> WorkError {
        if let WriteError::Faulty { .. } = why {
            *locked(&self.inner.cards.faulty) = Some(write.authorisation);
        }
        self.trouble(why.code());
        let is_open = self
            .inner
            .store
            .card_under(write.authorisation)
            .is_ok_and(|row| row.is_some_and(|row| row.is_open));
        CardTrouble {
            why,
            wanted: write.wanted(),
            is_open,
        }
        .into()
    }

    /// The write of an order that has not ended.
    pub(crate) fn open_write(&self, id: &OrderId) -> Result<Option<OpenWrite>, WorkError> {
        let row = self.inner.store.card_of(id)?.filter(|row| row.is_open);
        row.map(|row| {
            let write = journal::write_of(&row)?;
            Ok(OpenWrite { row, write })
        })
        .transpose()
    }

    /// Whether a write that has not ended gives way to the card in the reader: a supervisor took
    /// its leave back, and this is none of its cards. Its own card is always gone on with.
    fn gives_way(&self, row: &CardRow) -> Result<bool, WorkError> {
        let opened = self.order(&row.order)?;
        if !opened.held.order.taken_back.contains(&row.authorisation) {
            return Ok(false);
        }
        let there = self.open_card().and_then(|mut card| Ok(card.read()?));
        Ok(there.is_ok_and(|image| !row.cards.contains(&image.serial)))
    }

    /// The card in the reader.
    pub(crate) fn open_card(&self) -> Result<OpenCard, WriteError> {
        open_card(&self.card_parts())
    }

    fn card_turn(&self) -> Result<MutexGuard<'_, ()>, WorkError> {
        match self.inner.cards.turn.try_lock() {
            Ok(turn) => Ok(turn),
            Err(TryLockError::Poisoned(poisoned)) => Ok(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => {
                Err(WriteError::Card(CardError::Link(LinkError::Busy)).into())
            }
        }
    }
}

fn layout_of(write: &CardWrite) -> Option<&'static Layout> {
    Layout::of(write.generation)
}

impl From<WriteError> for WorkError {
    fn from(why: WriteError) -> Self {
        CardTrouble {
            why,
            wanted: None,
            is_open: false,
        }
        .into()
    }
}

impl From<CardTrouble> for WorkError {
    fn from(trouble: CardTrouble) -> Self {
        Self::Card(Box::new(trouble))
    }
}

impl From<CardRefusal> for WorkError {
    fn from(refusal: CardRefusal) -> Self {
        Refusal::from(refusal).into()
    }
}
