//! What the card in the reader is, beside what it was and what it shall be.
//!
//! The user file and the purse tell; the write-back does not, as a meter may have written it since.

use domain::{CardImage, Damage, Fen, Layout, WriteBackFile};
use serde::{Deserialize, Serialize};

use super::{CardJob, CardWrite};

/// Where the card stands that a write wants next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It is as it shall be.
    After,
    /// It is as it was at the intent.
    Before,
    /// It is as it was, but a meter may have taken the money it carried, which the new content
    /// carries too. Writing on would pay it twice.
    Spent,
    /// No meter takes it.
    Invalid,
    /// It is a good card with something else on it: somebody wrote it later.
    Foreign,
}

impl Standing {
    /// The standing of the card that is wanted next ([`CardWrite::wanted`]), read just now.
    pub fn of(write: &CardWrite, layout: &Layout, now: &CardImage) -> Self {
        if write.wanted() != Some(now.serial) {
            return Self::Foreign;
        }
        match write.to_void() {
            Some(job) if same_credit_files(now, &job.after) => Self::After,
            Some(job) if same_credit_files(now, &job.before) => as_before(write, layout, now),
            // Of the user file a voiding changes one byte.
            Some(job) if now.user == job.after.user => Self::Invalid,
            Some(_) => Self::Foreign,
            None if is_after(write, layout, now) => Self::After,
            None if same_credit_files(now, &write.write.before) => as_before(write, layout, now),
            None if is_framed(layout, now) => Self::Foreign,
            None => Self::Invalid,
        }
    }
}

fn same_credit_files(one: &CardImage, other: &CardImage) -> bool {
    one.user == other.user && one.purse == other.purse
}

/// Where before and after differ in the write-back only, that has to tell.
fn is_after(write: &CardWrite, layout: &Layout, now: &CardImage) -> bool {
    let CardJob { before, after } = &write.write;
    if !same_credit_files(now, after) {
        return false;
    }
    !same_credit_files(before, after)
        || now.write_back == after.write_back
        || is_taken(layout, before, now)
}

/// A meter credits a card only while its write-back is empty, and fills it as it does.
fn as_before(write: &CardWrite, layout: &Layout, now: &CardImage) -> Standing {
    let before = &write.to_void().unwrap_or(&write.write).before;
    let Ok(was) = layout.decode(before) else {
        return Standing::Before;
    };
    let carried = was.write_back == WriteBackFile::Empty && was.purse.money > Fen::ZERO;
    if !carried || !is_taken(layout, before, now) {
        return Standing::Before;
    }
    // The same purchase for the same meter: its count lets it in once, on whichever card.
    let same_purchase = layout.decode(&write.write.after).is_ok_and(|will| {
        will.purse == was.purse
            && will.user_file.meter_no == was.user_file.meter_no
            && will.user_file.customer_no == was.user_file.customer_no
    });
    if same_purchase {
        Standing::Before
    } else {
        Standing::Spent
    }
}

/// Whether a meter may have the purchase that is in the purse: it wrote back since, and not that
/// its own count is lower. It may have been cut off in that.
fn is_taken(layout: &Layout, before: &CardImage, now: &CardImage) -> bool {
    let refused = layout.decode(now).is_ok_and(|card| match &card.write_back {
        WriteBackFile::Empty => false,
        WriteBackFile::Written(back) => back.count < card.purse.count,
    });
    now.write_back != before.write_back && !refused
}

/// Whether file 1 is framed as a card's that somebody finished, of whatever kind or layout.
fn is_framed(layout: &Layout, now: &CardImage) -> bool {
    let unread = CardImage {
        write_back: vec![0; now.write_back.len()],
        ..now.clone()
    };
    match layout.decode(&unread) {
        Ok(_) => true,
        Err(
            Damage::Short { .. }
            | Damage::Start { .. }
            | Damage::Checksum { .. }
            | Damage::End { .. },
        ) => false,
        Err(
            Damage::Command { .. }
            | Damage::FrameLength { .. }
            | Damage::NotDigits { .. }
            | Damage::OutOfRange { .. }
            | Damage::UnknownKind { .. }
            | Damage::MoneyAndOverdraft
            | Damage::NoField { .. }
            | Damage::NoFile { .. },
        ) => true,
    }
}

#[cfg(all(test, debug_assertions))]
mod tests;
