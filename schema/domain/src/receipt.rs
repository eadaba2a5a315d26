//! Receipts: what the gateway holds durably, in words it signs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{BlobHash, DeviceId, Hash, Verdict};

/// What the gateway made of one event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// The event's number in its series.
    pub seq: u64,
    /// What was made of it.
    #[serde(flatten)]
    pub verdict: Verdict,
}

/// The gateway's word for one push; the same push again gets the same word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Whose series.
    pub device: DeviceId,
    /// The push it answers, by the id the device gave it.
    pub push: Uuid,
    /// The last event held durably; 0 for none.
    pub through_seq: u64,
    /// The hash of that event: the head of the chain the gateway holds.
    pub chain_head: Hash,
    /// What became of the events of this push.
    pub judgements: Vec<Judgement>,
    /// Those of the blobs asked about that are held durably, hash checked.
    pub blobs_held: Vec<BlobHash>,
}
