//! Proof bundles: one order with everything that proves it, verifiable without a server.
//!
//! Shape: a tar archive (`proof.json`, then `blobs/<hash>` for each photo and signature), then a
//! tail of check marks over the archive that lets a verifier name the first byte that was
//! changed. Ordinary tar programs unpack it: they stop at the archive's end mark.

mod bundle;
mod locate;
mod verify;

use domain::{BlobHash, DeviceId, Entry, Hash, OrderId};
use serde::{Deserialize, Serialize};

pub use bundle::{BuildFault, build};
pub use locate::Span;
pub use verify::{ProofFault, Report, verify};

use crate::push::SignedReceipt;
use crate::sign::{PublicKey, Signature, Signed};

/// The version of [`Proof`] this code writes.
pub const PROOF_VERSION: u16 = 1;

/// What the gateway signs about an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// [`PROOF_VERSION`] of its writer.
    pub version: u16,
    /// Which order.
    pub order: OrderId,
    /// The order's log, from its dispatch on.
    pub log: Vec<Entry>,
    /// Each device that recorded something.
    pub series: Vec<SeriesProof>,
    /// Every photo and signature the order refers to.
    pub manifest: Vec<BlobHash>,
}

/// The stretch of one device's chain that holds its events of this order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeriesProof {
    /// Whose.
    pub device: DeviceId,
    /// The key it was enrolled with.
    pub key: PublicKey,
    /// The hash of the event before the first link.
    pub prev: Hash,
    /// The chain, without gaps.
    pub links: Vec<Link>,
    /// The device's signature over the last link.
    pub head: Signature,
    /// The gateway's receipts whose chain head is one of the links.
    pub receipts: Vec<SignedReceipt>,
}

/// One event of the chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// Its number.
    pub seq: u64,
    /// The hash of its body.
    pub body_hash: Hash,
    /// Its body; left out for other orders' events.
    pub body: Option<String>,
}

/// The content of `proof.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProofFile {
    /// The key that signed; who verifies compares it with the one they know.
    pub gateway_key: PublicKey,
    /// The proof.
    pub proof: Signed<Proof>,
}
