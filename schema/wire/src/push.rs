//! A device's events up, a signed receipt back.

use domain::{BlobHash, DeviceId, Receipt, Sealed};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::sign::{Signature, Signed};

/// The most events one push may carry; a device with more sends more pushes.
///
/// A crew's day is some 500 events; larger pushes would cost a cut-off link more.
pub const PUSH_EVENTS_MAX: usize = 500;

/// The largest body of a push. Unit: bytes. 500 events of 4 KiB with room to spare.
pub const PUSH_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most blobs one push may ask about.
pub const PUSH_BLOBS_MAX: usize = 5_000;

/// `POST /v1/push`.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Push {
    /// [`crate::PROTOCOL_VERSION`].
    pub version: u16,
    /// Whose series.
    pub device: DeviceId,
    /// The push's own id: the same push sent again gets the same receipt.
    pub push: Uuid,
    /// The next events of the series, without gaps; may be none.
    pub events: Vec<Sealed>,
    /// Blobs the receipt should speak of.
    pub blobs: Vec<BlobHash>,
    /// Over [`crate::sign::chain_head_bytes`] of the last event sent; absent when none is.
    pub head_signature: Option<Signature>,
}

/// The answer to a push.
pub type SignedReceipt = Signed<Receipt>;
