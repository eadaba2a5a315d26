//! The write that never loses money and never doubles it.
//!
//! The intent is on the disk before the card is touched; the card is of no use to any meter from
//! the first byte that changes to the last, which is one byte and so cannot be half done; nothing
//! is concluded that was not read. So wherever it is cut off, [`carry_on`] goes on from what the
//! journal says and the card shows, forward only, and may be cut off itself.
//!
//! Where a card goes to a meter in between, the meter's own count lets a purchase in once; money
//! that a meter may have taken from the card before it was made invalid stops the write
//! ([`Standing::Spent`]).

mod check;
mod error;

use domain::{CardFile, CardImage, CardSerial};
use serde::{Deserialize, Serialize};

use super::journal::INVALID;
use super::{CardJob, CardJournal, CardPhase, CardWrite, OpenCard, SecurityModule, Standing};
pub use check::Unsound;
pub use error::WriteError;

/// What the crew sees while it runs. A new card passes from `Intent` to `Committed`; where an old
/// one is voided first, it passes from `VoidingOld` to `InsertNew`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CardStep {
    /// It is written down what shall happen; the authorisation is burned.
    Intent,
    /// The card in the reader is the right one, and all of it was read.
    CardRead,
    /// It is the old card, and it is to be made void.
    VoidingOld,
    /// The card lets us write.
    Authenticated,
    /// No meter takes it now: written, and read back.
    MadeInvalid,
    /// The money is on it.
    PurseWritten,
    /// And was read back.
    PurseReadBack,
    /// All the rest is on it.
    BodyWritten,
    /// And was read back.
    BodyReadBack,
    /// The byte is written that makes it valid.
    MadeValid,
    /// All of it was read back.
    ReadBack,
    /// That is written down.
    Verified,
    /// It is recorded as done.
    Committed,
    /// The old card was read back void, and that is written down.
    OldVoided,
    /// The new card is to be put in.
    InsertNew,
    /// What was read back was not what was written; it is written once more.
    WritingAgain,
}

/// How far a call came without an error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CardProgress {
    /// All is done and recorded; the phase is [`CardPhase::Committed`].
    Done {
        /// The card as it was read last.
        image: CardImage,
    },
    /// The old card is void; now this one has to be put in, and [`carry_on`] called.
    NextCard {
        /// Which.
        serial: CardSerial,
    },
}

/// Burns the authorisation: checks that the card in the reader is as planned, and keeps the intent.
/// The card is read and nothing else; [`carry_on`] does the rest.
///
/// Errors: [`WriteError::Unsound`], [`WriteError::NotIssued`], [`WriteError::OtherKind`],
/// [`WriteError::Changed`], [`WriteError::Card`]: nothing was begun. [`WriteError::Journal`]:
/// whether it was, only the journal can tell when it is opened anew.
pub fn begin_write(
    card: &mut OpenCard,
    write: &CardWrite,
    journal: &mut dyn CardJournal,
    on: &mut dyn FnMut(CardStep),
) -> Result<(), WriteError> {
    let layout = check::sound(write)?;
    if write.phase != CardPhase::Intent {
        return Err(WriteError::Closed { phase: write.phase });
    }
    check::writable(write, layout)?;
    let first = write.to_void().unwrap_or(&write.write);
    card.must_be(first.serial()).map_err(WriteError::Card)?;
    let now = card.read().map_err(WriteError::Card)?;
    if now != first.before {
        return Err(WriteError::Changed { now: Box::new(now) });
    }
    journal.keep(write)?;
    on(CardStep::Intent);
    Ok(())
}

/// Goes on with a write whose intent is kept, from whatever journal and card say, with the card
/// that is in the reader.
///
/// Errors: [`WriteError`]. On every one of them the write stays open as the journal has it: load it
/// anew, connect anew, and call this again. Authentication that was refused is not tried again.
pub fn carry_on(
    card: &mut OpenCard,
    write: &mut CardWrite,
    keys: &mut dyn SecurityModule,
    journal: &mut dyn CardJournal,
    on: &mut dyn FnMut(CardStep),
) -> Result<CardProgress, WriteError> {
    let (now, standing) = read_standing(card, write)?;
    on(CardStep::CardRead);
    let is_written = match standing {
        Standing::After => true,
        Standing::Before | Standing::Invalid => false,
        Standing::Spent => return Err(WriteError::Spent { now: Box::new(now) }),
        Standing::Foreign => return Err(WriteError::Foreign { now: Box::new(now) }),
    };
    let mut run = Run { card, keys, on };
    if let Some(job) = write.to_void() {
        (run.on)(CardStep::VoidingOld);
        if !is_written {
            run.twice(job, Run::void)?;
        }
        keep(journal, write, CardPhase::Voided)?;
        (run.on)(CardStep::OldVoided);
        (run.on)(CardStep::InsertNew);
        let serial = write.write.serial();
        return Ok(CardProgress::NextCard { serial });
    }
    let image = if is_written {
        now
    } else {
        run.twice(&write.write, Run::rewrite)?
    };
    if write.phase != CardPhase::Verified {
        keep(journal, write, CardPhase::Verified)?;
    }
    (run.on)(CardStep::Verified);
    keep(journal, write, CardPhase::Committed)?;
    (run.on)(CardStep::Committed);
    Ok(CardProgress::Done { image })
}

/// Gives a write up, on the proof of the card that is wanted next: it is read to be as it was
/// before, or of no use to any meter. Gives what was read.
///
/// Errors: [`WriteError::NotAbandonable`] where the money is on the card already, was read to be on
/// it, or somebody else's is; [`WriteError::Card`], [`WriteError::InDoubt`], [`WriteError::Journal`].
pub fn abandon(
    card: &mut OpenCard,
    write: &mut CardWrite,
    journal: &mut dyn CardJournal,
) -> Result<CardImage, WriteError> {
    let (now, standing) = read_standing(card, write)?;
    let proven = match standing {
        Standing::Before | Standing::Spent | Standing::Invalid => {
            write.phase != CardPhase::Verified
        }
        Standing::After => write.to_void().is_some(),
        Standing::Foreign => false,
    };
    if !proven {
        return Err(WriteError::NotAbandonable { standing });
    }
    keep(journal, write, CardPhase::Abandoned)?;
    Ok(now)
}

/// Reads the card that is wanted next; nothing is sent to any other.
fn read_standing(
    card: &mut OpenCard,
    write: &CardWrite,
) -> Result<(CardImage, Standing), WriteError> {
    let layout = check::sound(write)?;
    let closed = WriteError::Closed { phase: write.phase };
    card.must_be(write.wanted().ok_or(closed)?)?;
    let now = card.read()?;
    let standing = Standing::of(write, layout, &now);
    Ok((now, standing))
}

/// The phase changes only when that is on the disk.
fn keep(
    journal: &mut dyn CardJournal,
    write: &mut CardWrite,
    phase: CardPhase,
) -> Result<(), WriteError> {
    let was = std::mem::replace(&mut write.phase, phase);
    journal.keep(write).map_err(|error| {
        write.phase = was;
        error.into()
    })
}

/// One go at one card.
struct Run<'a> {
    card: &'a mut OpenCard,
    keys: &'a mut dyn SecurityModule,
    on: &'a mut dyn FnMut(CardStep),
}

/// What came of one go: the card as it was read back, or the first file that did not hold.
type Held = Result<CardImage, CardFile>;

impl Run<'_> {
    /// A read-back that differs is answered by one more go; then the card is faulty and left
    /// invalid.
    fn twice(
        &mut self,
        job: &CardJob,
        go: fn(&mut Self, &CardJob) -> Result<Held, WriteError>,
    ) -> Result<CardImage, WriteError> {
        self.card.authenticate(self.keys)?;
        (self.on)(CardStep::Authenticated);
        if let Ok(image) = go(self, job)? {
            return Ok(image);
        }
        (self.on)(CardStep::WritingAgain);
        match go(self, job)? {
            Ok(image) => Ok(image),
            Err(file) => {
                self.update(CardFile::User, 0, &[INVALID])?;
                Err(WriteError::Faulty { file })
            }
        }
    }

    /// Invalid, purse, write-back, body, valid; each read back before the next depends on it.
    fn rewrite(&mut self, job: &CardJob) -> Result<Held, WriteError> {
        let after = &job.after;
        let Some(([start], body)) = after.user.split_first_chunk() else {
            return Ok(Err(CardFile::User));
        };
        if let Err(file) = self.invalid_purse(job)? {
            return Ok(Err(file));
        }
        self.update(CardFile::WriteBack, 0, &after.write_back)?;
        self.update(CardFile::User, 1, body)?;
        (self.on)(CardStep::BodyWritten);
        // A card that does not hold what it was told must not become valid.
        if self.card.read_file(CardFile::WriteBack)? != after.write_back {
            return Ok(Err(CardFile::WriteBack));
        }
        if self.card.read_file(CardFile::User)?.split_first() != Some((&INVALID, body)) {
            return Ok(Err(CardFile::User));
        }
        (self.on)(CardStep::BodyReadBack);
        self.update(CardFile::User, 0, &[*start])?;
        (self.on)(CardStep::MadeValid);
        let all = [CardFile::User, CardFile::Purse, CardFile::WriteBack];
        self.read_back(after, &all)
    }

    /// Invalid and without money, for good.
    fn void(&mut self, job: &CardJob) -> Result<Held, WriteError> {
        match self.invalid_purse(job)? {
            // A meter may have written the third file since the intent; it stays as it is.
            Ok(()) => self.read_back(&job.after, &[CardFile::User, CardFile::Purse]),
            Err(file) => Ok(Err(file)),
        }
    }

    /// The card is invalid, and that was read, before its purse changes.
    fn invalid_purse(&mut self, job: &CardJob) -> Result<Result<(), CardFile>, WriteError> {
        self.update(CardFile::User, 0, &[INVALID])?;
        if self.card.read_file(CardFile::User)?.first() != Some(&INVALID) {
            return Ok(Err(CardFile::User));
        }
        (self.on)(CardStep::MadeInvalid);
        self.update(CardFile::Purse, 0, &job.after.purse)?;
        (self.on)(CardStep::PurseWritten);
        if self.card.read_file(CardFile::Purse)? != job.after.purse {
            return Ok(Err(CardFile::Purse));
        }
        (self.on)(CardStep::PurseReadBack);
        Ok(Ok(()))
    }

    fn read_back(&mut self, after: &CardImage, files: &[CardFile]) -> Result<Held, WriteError> {
        let image = self.card.read()?;
        let differs = |file: &&CardFile| image.file(**file) != after.file(**file);
        if let Some(file) = files.iter().find(differs) {
            return Ok(Err(*file));
        }
        (self.on)(CardStep::ReadBack);
        Ok(Ok(image))
    }

    fn update(&mut self, file: CardFile, offset: usize, bytes: &[u8]) -> Result<(), WriteError> {
        Ok(self.card.update(file, offset, bytes, self.keys)?)
    }
}

#[cfg(all(test, debug_assertions))]
mod tests;
