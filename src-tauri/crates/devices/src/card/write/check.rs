//! What must hold of a write before anything is burned for it.

use domain::{CardFile, CardImage, Damage, Generation, Layout};

use super::WriteError;
use crate::card::{CardJob, CardWrite};

/// What is wrong with a write, whatever card is in the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unsound {
    /// No table says where things stand on such a card.
    #[error("there is no table for cards of {generation:?}")]
    NoTable {
        /// Of which generation.
        generation: Generation,
    },
    /// A card cannot change its serial.
    #[error("before and after are of two cards")]
    TwoSerials,
    /// One card cannot be void and written.
    #[error("the card to void is the card to write")]
    SameCard,
    /// What shall be on the card is none that a meter reads.
    #[error("what shall be on the card cannot be read: {0}")]
    NoCard(Damage),
    /// A file of the card has another size than what shall be in it.
    #[error("{file:?} file has another size")]
    Size {
        /// Which.
        file: CardFile,
    },
    /// What shall be on the old card is not what makes it void.
    #[error("the old card would not be void")]
    NotVoid,
}

/// That the images fit together. Gives the layout they follow.
pub(super) fn sound(write: &CardWrite) -> Result<&'static Layout, Unsound> {
    let generation = write.generation;
    let layout = Layout::of(generation).ok_or(Unsound::NoTable { generation })?;
    for job in jobs(write) {
        if job.before.serial != job.after.serial {
            return Err(Unsound::TwoSerials);
        }
    }
    if let Some(void) = &write.void {
        if void.serial() == write.write.serial() {
            return Err(Unsound::SameCard);
        }
        if *void != CardJob::voiding(void.before.clone(), layout) {
            return Err(Unsound::NotVoid);
        }
    }
    let after = &write.write.after;
    layout.decode(after).map_err(Unsound::NoCard)?;
    for form in layout.files {
        if after.file(form.file).len() != form.len {
            return Err(Unsound::Size { file: form.file });
        }
    }
    Ok(layout)
}

/// That the cards are such that one byte makes them invalid to every meter: ours, or empty.
pub(super) fn writable(write: &CardWrite, layout: &Layout) -> Result<(), WriteError> {
    jobs(write).try_for_each(|job| writable_card(&job.before, layout))
}

fn writable_card(card: &CardImage, layout: &Layout) -> Result<(), WriteError> {
    let forms = layout.files;
    let user = forms.iter().find(|form| form.file == CardFile::User);
    let Some(command) = card.user.get(1).copied() else {
        return Err(WriteError::NotIssued);
    };
    for form in forms {
        if card.file(form.file).len() != form.len {
            return Err(Unsound::Size { file: form.file }.into());
        }
    }
    // A preset card's frame is not looked at by the meters it is for.
    let ours = user.and_then(|form| form.command) == Some(command);
    if ours || matches!(command, 0x00 | 0xFF) {
        Ok(())
    } else {
        Err(WriteError::OtherKind { command })
    }
}

fn jobs(write: &CardWrite) -> impl Iterator<Item = &CardJob> {
    write.void.iter().chain([&write.write])
}
