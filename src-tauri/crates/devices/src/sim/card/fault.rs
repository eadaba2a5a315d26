//! What can happen to a card in its reader, and when.

use super::VirtualCard;

/// How a card is pulled out while it is being worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tear {
    /// Before it did anything.
    Before,
    /// It stored the first half of the bytes: its memory is not written at one stroke. A byte is
    /// either written or not; of an odd number the first half is the shorter one.
    FirstHalf,
    /// It stored the second half of the bytes.
    SecondHalf,
    /// It did all it was told; the answer is lost.
    AnswerLost,
    /// It answered, and was pulled before the next command.
    Answered,
}

impl Tear {
    /// All of them, from the earliest to the latest.
    pub const ALL: [Self; 5] = [
        Self::Before,
        Self::FirstHalf,
        Self::SecondHalf,
        Self::AnswerLost,
        Self::Answered,
    ];
}

/// What happens at a command.
#[derive(Debug, Clone)]
pub enum Fault {
    /// The card is pulled; the reader is empty afterwards.
    Tear(Tear),
    /// The card does what it is told, and never says another word until it is powered anew.
    Silence,
    /// The card answers, and before the next command another one is in its place: so quickly that
    /// no reader sees the slot empty.
    Swap(Box<VirtualCard>),
}

/// At which command, counted from when it was planned: 0 is the next one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum At {
    /// Any command.
    Command(u32),
    /// Only those that write to a file count.
    Update(u32),
}

/// How much of a command a card gets to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    All,
    FirstHalf,
    SecondHalf,
}

impl Done {
    /// The part of the bytes that is stored, and where it begins.
    pub(super) fn part(self, data: &[u8]) -> (usize, &[u8]) {
        let (first, second) = data.split_at(data.len() / 2);
        match self {
            Self::All => (0, data),
            Self::FirstHalf => (0, first),
            Self::SecondHalf => (first.len(), second),
        }
    }
}
