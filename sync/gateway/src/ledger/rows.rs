//! What stands in the tables, as types.

use std::fmt;

use domain::{
    BlobHash, CrewId, DeviceId, EventId, Hash, Millis, Operator, Order, OrderId, OrderKind, Sealed,
    StockItem, SupervisorId, Verdict,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use wire::push::SignedReceipt;
use wire::sign::{PublicKey, Signature};

/// A crew.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Crew {
    /// Its id.
    pub crew: CrewId,
    /// What people call it (班组名).
    pub crew_name: String,
}

/// What a supervisor may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reviews orders.
    Supervisor,
    /// Reviews orders and tends what went wrong.
    Admin,
}

/// A supervisor (班长).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Supervisor {
    /// Sign-in name.
    pub name: SupervisorId,
    /// What people call them.
    pub display_name: String,
    /// What they may do.
    pub role: Role,
    /// The password's argon2id hash, in PHC form.
    pub password_hash: String,
}

/// An enrolment code, of which only the hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolCode {
    /// [`crate::auth::code_hash`] of it.
    pub code_hash: Hash,
    /// The crew the device will belong to.
    pub crew: CrewId,
    /// Who works with the device.
    pub operator: Operator,
    /// When it stops to hold.
    pub expires_at: Millis,
    /// Whether it was used.
    pub state: CodeState,
}

/// Whether a code was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CodeState {
    /// Not yet.
    Unused,
    /// By this device.
    Used {
        /// Which.
        device: DeviceId,
    },
}

/// A device's series. A tablet that came back from a backup has several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The series.
    pub device: DeviceId,
    /// Its crew.
    pub crew: CrewId,
    /// Who works with it.
    pub operator: Operator,
    /// What the crew calls it.
    pub device_name: String,
    /// Its key.
    pub public_key: PublicKey,
    /// When it was enrolled.
    pub enrolled_at: Millis,
    /// When it was last heard of.
    pub last_seen_at: Millis,
    /// The series it goes on from, if it is not a device's first.
    pub came_from: Option<Series>,
}

/// A point of a series: its event of that number and hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Series {
    /// Whose series.
    pub device: DeviceId,
    /// How far; 0 before the first event.
    pub seq: u64,
    /// The hash there.
    pub hash: Hash,
}

/// An open session, of which only the token's hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Hash of the token.
    pub token_hash: Hash,
    /// Whose.
    pub who: Who,
    /// When it ends.
    pub expires_at: Millis,
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// A device.
    Device(DeviceId),
    /// A supervisor.
    Supervisor(SupervisorId),
}

/// A field event as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldEvent {
    /// Whose series.
    pub device: DeviceId,
    /// Exactly what the device sent.
    pub sealed: Sealed,
    /// The order it is about; `None` for stock events and unreadable ones.
    pub order: Option<OrderId>,
    /// What was made of it.
    pub verdict: Verdict,
    /// Whether it did not count and stands in no order's log: a person must see it elsewhere.
    pub is_stray: bool,
    /// When it arrived.
    pub received_at: Millis,
}

/// A receipt as it was given, and what it was given for.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredReceipt {
    /// Whose push.
    pub device: DeviceId,
    /// The push's id.
    pub push: Uuid,
    /// Hash of what the push said.
    pub push_hash: Hash,
    /// How far the series was held then.
    pub through_seq: u64,
    /// The last event the push carried, with the device's signature over the chain there.
    pub head: Option<(u64, Signature)>,
    /// The receipt as sent.
    pub receipt: SignedReceipt,
    /// When.
    pub given_at: Millis,
}

/// An order's picture and what lists are made from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRow {
    /// The picture.
    pub order: Order,
    /// The newest change of its log.
    pub revision: u64,
    /// When the crew last handed it in, while that still stands.
    pub handed_in_at: Option<Millis>,
}

/// Which orders a supervisor's queue shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct QueueFilter {
    /// Only this crew's.
    pub crew: Option<CrewId>,
    /// Only this kind.
    pub kind: Option<OrderKind>,
    /// Only these states, by name; all when empty.
    pub states: Vec<String>,
    /// Only those with this text anywhere in their picture.
    pub holds: Option<String>,
}

/// How many orders of a crew are in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DayCount {
    /// Whose.
    pub crew: CrewId,
    /// The state's name.
    pub state: String,
    /// How many.
    pub orders: u64,
}

/// One day of the district. Unit: from its first moment to the next day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day {
    /// Its first moment.
    pub from: Millis,
    /// The next day's first moment.
    pub until: Millis,
}

/// How much there is to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Handed in and not looked at.
    pub to_review: u64,
    /// Of those, with something to look at first.
    pub anomalous: u64,
    /// Of those, with evidence still missing.
    pub on_the_way: u64,
    /// Handed in on the day, whatever came after.
    pub done: u64,
    /// Open, and expected by the end of the day.
    pub due: u64,
    /// Prepaid cards that were begun and of which nobody knows how they ended.
    pub cards_in_doubt: u64,
    /// Reports on cards that do not fit and that nobody has settled.
    pub card_incidents: u64,
}

/// Where the word on an asset comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The change that last touched it.
    pub change: u64,
    /// What the office last said of it; `None` when it never did.
    pub said: Option<StockItem>,
}

/// An upload's name in URLs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UploadId(pub Uuid);

impl fmt::Display for UploadId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An upload as announced; how far it is, the blob folder knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// Its name.
    pub upload: UploadId,
    /// The hash its bytes must have.
    pub hash: BlobHash,
    /// How many bytes it must have.
    pub size_bytes: u64,
    /// The crew it belongs to.
    pub crew: CrewId,
    /// When it was announced.
    pub created_at: Millis,
}

/// Where a result stands on its way to the marketing system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResultState {
    /// Waits to be delivered, or to be tried again.
    Queued,
    /// The marketing system has taken it.
    Delivered,
    /// Given up until a person looks.
    Dead,
}

/// A result for the marketing system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outgoing {
    /// Its number in the outbox.
    pub no: u64,
    /// The approval it reports, by change number: with the order the idempotency key.
    pub approval: u64,
    /// The order as it was approved.
    pub order: Order,
    /// When it was approved.
    pub approved_at: Millis,
    /// By whom.
    pub approved_by: String,
    /// How often delivery was tried.
    pub tries: u32,
    /// Where it stands.
    pub state: ResultState,
    /// Why the last try failed; empty before.
    pub why: String,
    /// When to try next.
    pub due_at: Millis,
}

impl Outgoing {
    /// The same for every try of this result, and for no other.
    pub fn idempotency_key(&self) -> String {
        format!("{}/{}", self.order.dispatch.id, self.approval)
    }
}

/// What stands in a letter nobody could deliver or use.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LetterId {
    /// A result in the outbox.
    Out(u64),
    /// Something from the marketing system that could not be used.
    In(u64),
    /// A field event that belongs to no order.
    Event(EventId),
}

impl fmt::Display for LetterId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Out(no) => write!(f, "out-{no}"),
            Self::In(no) => write!(f, "in-{no}"),
            Self::Event(id) => write!(f, "event-{}-{}", id.device, id.seq),
        }
    }
}

impl LetterId {
    /// Reads what [`fmt::Display`] wrote; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_once('-')?;
        match kind {
            "out" => Some(Self::Out(rest.parse().ok()?)),
            "in" => Some(Self::In(rest.parse().ok()?)),
            "event" => {
                let (device, seq) = rest.rsplit_once('-')?;
                Some(Self::Event(EventId {
                    device: DeviceId(device.parse().ok()?),
                    seq: seq.parse().ok()?,
                }))
            }
            _ => None,
        }
    }
}

/// Something that waits for a person: a result given up, a line that could not be read, an event
/// that belongs to no order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadLetter {
    /// Its name.
    pub id: LetterId,
    /// What it is: `result`, `event`, or a word of the marketing side's.
    pub kind: String,
    /// The order it is about, when known.
    pub order: Option<OrderId>,
    /// Why it could not be used.
    pub why: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was given up.
    pub at: Millis,
}
