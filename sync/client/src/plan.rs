//! What to do next, from what came of the last thing: the device's sync as a pure state machine.
//!
//! One [`Ask`] is under way at a time. Every ask may be repeated: events are numbered, blobs are
//! named by their hash, a push goes by an id that stays the same until it was answered.

mod answer;
mod round;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use domain::{BlobHash, Hash, OrderId, Sealed};
use uuid::Uuid;
use wire::problem::Problem;

use crate::Backoff;

/// What the plan is told.
#[derive(Debug)]
pub enum Input {
    /// Begin, or go on after a rest.
    Go,
    /// What came of the ask under way.
    Done(Answer),
    /// The ask under way came to nothing.
    Failed(Fault),
}

/// What the plan wants.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Do this and tell what came of it.
    Do(Ask),
    /// Nothing to do for a while.
    Rest(Rest),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// Prove who this is. → [`Answer::Done`]
    OpenSession,
    /// Read from the store what is next to send, `from` that number on or from the first that no
    /// receipt covers; nothing is sent yet. → [`Answer::Events`]
    Events {
        /// The first number wanted, when the gateway named it.
        from: Option<u64>,
        /// At most so many.
        limit: usize,
    },
    /// Push, verify the receipt and record it in the store. → [`Answer::Receipted`]
    Push(PushDraft),
    /// Take over one page of changes and its cursor. → [`Answer::Pulled`]
    Pull,
    /// Read from the store for which orders leave to write a card has to be asked.
    /// → [`Answer::WithoutLeave`]
    WithoutLeave,
    /// Ask for leave to write the card of an order; it comes with the order's log. →
    /// [`Answer::Done`]
    Authorise(OrderId),
    /// Ask for a new series and re-seal what the gateway does not hold. → [`Answer::Done`]
    NewSeries,
    /// Read from the store which blobs wait, the smallest kinds first. → [`Answer::Blobs`]
    Blobs,
    /// Announce a blob; says where its upload stands. → [`Answer::Upload`]
    Offer(Waiting),
    /// Send one piece. → [`Answer::Upload`]
    Append {
        /// Which blob.
        blob: Waiting,
        /// Where to.
        upload: Upload,
        /// How many bytes from the upload's offset on; 0 only to close an upload.
        length: u64,
    },
}

/// A push to be sent, and sent again under the same id until it was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushDraft {
    /// The push's own id.
    pub id: Uuid,
    /// The next events.
    pub events: Vec<Sealed>,
    /// Blobs the receipt should speak of.
    pub blobs: Vec<BlobHash>,
}

/// A blob that no receipt names yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Which.
    pub hash: BlobHash,
    /// Its size.
    pub size_bytes: u64,
}

/// Where an upload stands, by the gateway's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its path at the gateway.
    pub location: String,
    /// Bytes it holds durably.
    pub offset: u64,
    /// Whether it holds all of them, checked.
    pub complete: bool,
}

/// What came of an ask.
#[derive(Debug)]
pub enum Answer {
    /// It is done.
    Done,
    /// The next events, in order, without gaps; and the number of the newest of all.
    Events {
        /// The events.
        events: Vec<Sealed>,
        /// The number of the newest event of the series; 0 for none.
        last_seq: u64,
    },
    /// The receipt is verified and recorded.
    Receipted {
        /// Those of the blobs asked about that the gateway holds.
        blobs_held: Vec<BlobHash>,
    },
    /// A page is applied.
    Pulled {
        /// Whether there is another one now.
        more: wire::pull::More,
    },
    /// The orders whose card may not be written yet for want of leave.
    WithoutLeave(Vec<OrderId>),
    /// The blobs that wait.
    Blobs(Vec<Waiting>),
    /// Where the upload stands.
    Upload(Upload),
}

/// Why an ask came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// No answer came, or it was cut off: it may have been done or not.
    Link {
        /// A code for the screen.
        why: String,
        /// What the gateway asked for. Unit: milliseconds.
        after_ms: Option<u64>,
    },
    /// The gateway said no.
    Problem {
        /// Why.
        problem: Problem,
        /// What it asked for. Unit: milliseconds.
        after_ms: Option<u64>,
    },
    /// The receipt's chain is not ours: the series has forked.
    Disagrees,
    /// This device's own store failed.
    Here {
        /// A code for the screen: `disk_full`.
        why: String,
    },
    /// This one blob cannot be read here.
    BlobUnreadable,
}

/// A rest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rest {
    /// For how long. Unit: milliseconds.
    pub ms: u64,
    /// What may end it sooner.
    pub wakes: Wakes,
    /// How sync stands meanwhile.
    pub standing: Standing,
}

/// What may end a rest sooner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wakes {
    /// New work, or a person.
    Work,
    /// A person only: the link is down or the gateway asked for patience.
    Person,
}

/// How sync stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Nothing waits.
    Idle,
    /// It tries again by itself.
    Waiting {
        /// Why.
        why: String,
    },
    /// A person has to do something; it looks again now and then.
    Blocked {
        /// What stands in the way.
        why: String,
    },
}

/// How far a round is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Through.
    pub done: u64,
    /// In all.
    pub all: u64,
}

/// Rest between two rounds when all is well. Unit: milliseconds.
///
/// A returned order shows up within half a minute; a thousand tablets make 33 requests a second.
const POLL_MS: u64 = 30_000;

/// The largest piece of a blob. Unit: bytes. 8 seconds at 256 kbit/s: no event waits longer.
const PIECE_BYTES: u64 = 256 * 1024;

/// Events of one push, at most, by count and by bytes: 16 seconds at 256 kbit/s.
const EVENTS_MAX: usize = 200;
const EVENTS_BYTES_MAX: usize = 512 * 1024;

/// Uploaded blobs are asked about when they are so many or so large: an order is then known to be
/// in the office while later ones still travel.
const CONFIRM_BLOBS: usize = 32;
const CONFIRM_BYTES: u64 = 1024 * 1024;

/// How often one round takes the same hurdle before it leaves it for the next.
const TRIES: u8 = 3;

/// The device's sync.
#[derive(Debug)]
pub struct Plan {
    chance: Chance,
    /// Of asks that came to nothing.
    backoff: Backoff,
    /// Of rounds that had to leave something: what else goes through does not shorten it.
    stuck: Backoff,
    under_way: Option<Ask>,
    session: Session,
    /// Sessions opened since anything else succeeded.
    sessions_in_vain: u8,
    series: Series,
    unanswered: Option<PushDraft>,
    events_max: usize,
    round: Round,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Session {
    None,
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Series {
    Ours,
    Forked,
}

/// What this round knows; begins anew after each rest that was not forced by the link.
#[derive(Debug, Default)]
struct Round {
    /// Whether the store was asked for events since the last that could bring some.
    events: Looked,
    /// The number the gateway waits for, when it said so.
    realign: Option<u64>,
    realigned: u8,
    new_series: u8,
    pulled: Looked,
    leaves: Looked,
    /// Orders to ask leave for, each once in a round whatever comes of it.
    without_leave: VecDeque<OrderId>,
    /// Whether leave was given, or may have been, that has not been pulled yet.
    leave_given: bool,
    blobs: Looked,
    queue: VecDeque<Waiting>,
    current: Option<(Waiting, Option<Upload>)>,
    tries: BTreeMap<BlobHash, u8>,
    /// Uploaded, not yet named by a receipt.
    sent: Vec<Waiting>,
    /// Why pushing, pulling or single blobs have to wait for another round.
    stuck: BTreeMap<Lane, String>,
    bytes: Bytes,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Looked {
    #[default]
    No,
    Yes,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Lane {
    Push,
    Pull,
    Blobs,
}

/// Random numbers from one seed.
#[derive(Debug)]
struct Chance {
    seed: [u8; 16],
    drawn: u64,
}

impl Chance {
    fn draw(&mut self) -> [u8; 32] {
        self.drawn = self.drawn.wrapping_add(1);
        *Hash::of_parts(&[b"plan", &self.seed, &self.drawn.to_be_bytes()]).as_bytes()
    }

    fn number(&mut self) -> u64 {
        let bytes = self.draw();
        bytes
            .iter()
            .take(8)
            .fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    fn id(&mut self) -> Uuid {
        let bytes = self.draw();
        let half = bytes.first_chunk::<16>().copied().unwrap_or_default();
        uuid::Builder::from_random_bytes(half).into_uuid()
    }
}

impl Plan {
    /// A plan that knows nothing yet; `seed` makes its push ids and its back-off differ from
    /// those of every other device and every earlier run.
    pub fn new(seed: [u8; 16]) -> Self {
        Self {
            chance: Chance { seed, drawn: 0 },
            backoff: Backoff::default(),
            stuck: Backoff::default(),
            under_way: None,
            session: Session::None,
            sessions_in_vain: 0,
            series: Series::Ours,
            unanswered: None,
            events_max: EVENTS_MAX,
            round: Round::default(),
        }
    }

    /// The next thing to do.
    pub fn step(&mut self, input: Input) -> Output {
        let asked = self.under_way.take();
        let forced = match (input, asked) {
            (Input::Done(answer), Some(asked)) => {
                self.answered(asked, answer);
                None
            }
            (Input::Failed(fault), Some(asked)) => self.failed(asked, fault),
            (Input::Go, _) | (Input::Done(_) | Input::Failed(_), None) => None,
        };
        let output = forced.map_or_else(|| self.next(), Output::Rest);
        if let Output::Do(ask) = &output {
            self.under_way = Some(ask.clone());
        }
        output
    }

    /// How far this round is.
    pub fn bytes(&self) -> Bytes {
        let current = self.round.current.as_ref();
        let upload = current.and_then(|(_, upload)| upload.as_ref());
        let Bytes { done, all } = self.round.bytes;
        Bytes {
            done: (done + upload.map_or(0, |upload| upload.offset)).min(all),
            all,
        }
    }
}
