//! The slot a card lies in, and what happens to it there.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::CardImage;

use super::fault::{At, Done, Fault, Tear};
use super::file::{CardFileError, CardInFile, Hold};
use super::{Memory, VirtualCard};

/// A reader's slot: what is in it outlives every connection. A clone is the same slot.
#[derive(Debug, Clone, Default)]
pub struct Slot(Arc<Mutex<Inside>>);

#[derive(Debug, Default)]
struct Inside {
    card: Option<VirtualCard>,
    /// The card that was pulled or swapped, until it is put back.
    pulled: Option<VirtualCard>,
    /// Another number for every card that comes or goes.
    turn: u64,
    /// Who took the slot did so at this turn; when its card goes, the slot is free again.
    held: Option<(u64, Hold)>,
    /// Nothing is said until it is powered anew.
    silent: bool,
    faults: Vec<(At, Fault)>,
    commands: u64,
    updates: u64,
    file: Option<CardInFile>,
}

/// What comes of a command.
#[derive(Debug)]
pub(super) enum Heard {
    Answer(Vec<u8>),
    /// The card is in and says nothing.
    Silence,
    /// The card it was meant for is gone.
    Gone,
}

/// Why there is nobody to talk to.
#[derive(Debug)]
pub(super) enum NobodyThere {
    Empty,
    Held,
    File(CardFileError),
}

impl Slot {
    /// An empty one.
    pub fn empty() -> Self {
        Self::default()
    }

    /// One with this card in it.
    pub fn with(card: VirtualCard) -> Self {
        let slot = Self::empty();
        slot.insert(card);
        slot
    }

    /// One whose card lives in this file, see [`Memory`] for its form; no file, no card. Whoever
    /// puts another file there has put in another card.
    pub fn at(path: PathBuf) -> Self {
        let slot = Self::empty();
        slot.inside().file = Some(CardInFile::new(path));
        slot
    }

    /// Puts a card in, in place of any other.
    ///
    /// Where the slot has a file this writes it; an error of the file leaves the slot empty.
    pub fn insert(&self, card: VirtualCard) {
        self.inside().insert(card);
    }

    /// Takes the card out; one that a fault took out before is given, too.
    pub fn remove(&self) -> Option<VirtualCard> {
        let mut inside = self.inside();
        inside.pull();
        inside.pulled.take()
    }

    /// Puts the card that a fault took out in again, in place of any other. Says whether there was
    /// one.
    pub fn put_back(&self) -> bool {
        let mut inside = self.inside();
        let pulled = inside.pulled.take();
        let was = pulled.is_some();
        if let Some(card) = pulled {
            inside.insert(card);
        }
        was
    }

    /// Plans a fault. Several may be planned; each happens once.
    pub fn plan(&self, at: At, fault: Fault) {
        self.inside().faults.push((at, fault));
    }

    /// Forgets what was planned and did not happen yet.
    pub fn plan_nothing(&self) {
        self.inside().faults.clear();
    }

    /// How many commands the cards in this slot have heard.
    pub fn commands(&self) -> u64 {
        self.inside().commands
    }

    /// How many of them write to a file.
    pub fn updates(&self) -> u64 {
        self.inside().updates
    }

    /// What the card's files hold: the one in the slot, or else the one that was pulled.
    pub fn image(&self) -> Option<CardImage> {
        self.look(|card| card.image().clone())
    }

    /// Looks at the card in the slot, or else at the one that was pulled.
    pub fn look<R>(&self, look: impl FnOnce(&VirtualCard) -> R) -> Option<R> {
        let mut inside = self.inside();
        // a file that cannot be read is no card, here as in the reader
        drop(inside.see_file());
        let inside = &*inside;
        inside.card.as_ref().or(inside.pulled.as_ref()).map(look)
    }

    /// Changes the card in the slot, or else the one that was pulled, without any command: as a
    /// meter does that it is put into meanwhile.
    pub fn change<R>(&self, change: impl FnOnce(&mut VirtualCard) -> R) -> Option<R> {
        let mut inside = self.inside();
        drop(inside.see_file());
        let Inside {
            card, pulled, file, ..
        } = &mut *inside;
        let changed = card.as_mut().or(pulled.as_mut()).map(change);
        if let (Some(file), Some(card)) = (file, card) {
            drop(file.keep(card.memory()));
        }
        changed
    }

    /// Takes the slot for one connection and powers its card. Gives the turn the card has there
    /// and its answer to reset.
    pub(super) fn take(&self) -> Result<(u64, Vec<u8>), NobodyThere> {
        self.inside().take()
    }

    /// Gives up what was taken at that turn.
    pub(super) fn give(&self, turn: u64) {
        self.inside().give(turn);
    }

    /// Gives up what was taken at that turn, and takes whatever card is in the slot now.
    pub(super) fn take_again(&self, turn: u64) -> Result<(u64, Vec<u8>), NobodyThere> {
        let mut inside = self.inside();
        inside.give(turn);
        inside.take()
    }

    /// Sends a command to the card that had this turn.
    pub(super) fn exchange(&self, turn: u64, command: &[u8]) -> Heard {
        let mut inside = self.inside();
        if inside.see_file().is_err() || inside.turn != turn {
            return Heard::Gone;
        }
        inside.exchange(command)
    }

    /// Whether the card of that turn is in still.
    #[cfg(target_os = "linux")]
    pub(super) fn is_in(&self, turn: u64) -> bool {
        let mut inside = self.inside();
        inside.see_file().is_ok() && inside.card.is_some() && inside.turn == turn
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inside {
    /// Sees what has become of the file; without one, there is nothing to see.
    fn see_file(&mut self) -> Result<(), CardFileError> {
        let Some(file) = &mut self.file else {
            return Ok(());
        };
        match file.look() {
            Ok(None) => Ok(()),
            Ok(Some(memory)) => {
                self.turn += 1;
                self.card = memory.map(VirtualCard::of);
                Ok(())
            }
            Err(error) => {
                self.turn += 1;
                self.card = None;
                Err(error)
            }
        }
    }

    fn insert(&mut self, card: VirtualCard) {
        self.turn += 1;
        self.silent = false;
        let kept = match &mut self.file {
            Some(file) => file.keep(card.memory()).is_ok(),
            None => true,
        };
        self.card = kept.then_some(card);
    }

    fn pull(&mut self) {
        self.turn += 1;
        if let Some(card) = self.card.take() {
            self.pulled = Some(card);
        }
        if let Some(file) = &mut self.file {
            file.remove();
        }
    }

    fn take(&mut self) -> Result<(u64, Vec<u8>), NobodyThere> {
        self.see_file().map_err(NobodyThere::File)?;
        let card = self.card.as_mut().ok_or(NobodyThere::Empty)?;
        if self.held.as_ref().is_some_and(|(at, _)| *at == self.turn) {
            return Err(NobodyThere::Held);
        }
        self.held = None;
        let hold = match &self.file {
            Some(file) => file.hold().map_err(NobodyThere::File)?,
            None => Some(Hold::default()),
        };
        let hold = hold.ok_or(NobodyThere::Held)?;
        self.silent = false;
        let atr = card.power_up();
        self.keep(None).map_err(NobodyThere::File)?;
        self.held = Some((self.turn, hold));
        Ok((self.turn, atr))
    }

    fn give(&mut self, turn: u64) {
        if self.held.as_ref().is_some_and(|(at, _)| *at == turn) {
            self.held = None;
        }
    }

    /// Keeps the card in its file, unless it is as it was before.
    fn keep(&mut self, before: Option<&Memory>) -> Result<(), CardFileError> {
        match (&mut self.file, &self.card) {
            (Some(file), Some(card)) if before != Some(card.memory()) => file.keep(card.memory()),
            _ => Ok(()),
        }
    }

    fn exchange(&mut self, command: &[u8]) -> Heard {
        let fault = self.due(command.get(1) == Some(&0xd6));
        let done = match &fault {
            Some(Fault::Tear(Tear::FirstHalf)) => Done::FirstHalf,
            Some(Fault::Tear(Tear::SecondHalf)) => Done::SecondHalf,
            _ => Done::All,
        };
        let Some(card) = &mut self.card else {
            return Heard::Gone;
        };
        if self.silent {
            return Heard::Silence;
        }
        let mut answer = Vec::new();
        if !matches!(fault, Some(Fault::Tear(Tear::Before))) {
            // only what lives in a file is compared, for nothing else has to be kept
            let before = self.file.as_ref().map(|_| card.memory().clone());
            answer = card.run(command, done);
            if self.keep(before.as_ref()).is_err() {
                self.pull();
                return Heard::Gone;
            }
        }
        match fault {
            None => Heard::Answer(answer),
            Some(Fault::Tear(Tear::Answered)) => {
                self.pull();
                Heard::Answer(answer)
            }
            Some(Fault::Tear(_)) => {
                self.pull();
                Heard::Gone
            }
            Some(Fault::Silence) => {
                self.silent = true;
                Heard::Silence
            }
            Some(Fault::Swap(other)) => {
                self.pull();
                self.insert(*other);
                Heard::Answer(answer)
            }
        }
    }

    /// The fault that happens at this command, if one does; counts the command.
    fn due(&mut self, is_update: bool) -> Option<Fault> {
        self.commands += 1;
        self.updates += u64::from(is_update);
        let mut due = None;
        for (n, (at, _)) in self.faults.iter_mut().enumerate() {
            let left = match at {
                At::Command(left) => left,
                At::Update(left) if is_update => left,
                At::Update(_) => continue,
            };
            match left.checked_sub(1) {
                Some(fewer) => *left = fewer,
                None => due = due.or(Some(n)),
            }
        }
        due.map(|n| self.faults.remove(n).1)
    }
}
