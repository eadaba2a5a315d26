//! Events as a device records them: numbered, hash-chained, sealed once into the bytes that are
//! stored, sent and proved.

use serde::{Deserialize, Serialize};

use crate::{CrewId, DeviceId, EventId, Hash, Operator, OrderEvent, OrderId, Stamp, StockEvent};

/// The version of [`Event`] this code writes.
pub const EVENT_VERSION: u16 = 1;

/// One act in the field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// [`EVENT_VERSION`] of its writer.
    pub version: u16,
    /// Whose series, and where in it.
    #[serde(flatten)]
    pub id: EventId,
    /// Who did it.
    pub operator: Operator,
    /// For which crew.
    pub crew: CrewId,
    /// When.
    pub at: Stamp,
    /// The newest change of this order, by the gateway's number, that the device knew; 0 for none.
    pub seen: u64,
    /// What happened.
    #[serde(flatten)]
    pub fact: Fact,
}

/// What happened, and to what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "subject", rename_all = "snake_case")]
pub enum Fact {
    /// To an order.
    Order {
        /// Which.
        order: OrderId,
        /// What.
        fact: OrderEvent,
    },
    /// To the stock.
    Stock {
        /// What.
        fact: StockEvent,
    },
}

impl Fact {
    /// The blobs it refers to.
    pub fn blobs(&self) -> Vec<Hash> {
        match self {
            Self::Order { fact, .. } => fact.blobs(),
            Self::Stock { fact } => fact.blobs(),
        }
    }
}

/// An event as bytes, linked to the one before it.
///
/// The bytes are written once, by the device, and never again: hash, signature and proof are
/// over exactly them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// The event's number in its series.
    pub seq: u64,
    /// Hash of the event before it; [`chain_start`] for the first.
    pub prev: Hash,
    /// [`link`] of `prev` and the hash of `body`.
    pub hash: Hash,
    /// The event as JSON.
    pub body: String,
}

/// Why sealed bytes are not the next event of a series.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChainFault {
    /// The hash does not fit the bytes: they were changed.
    #[error("event {seq} does not have the hash it claims")]
    Altered {
        /// Which.
        seq: u64,
    },
    /// The bytes are no event, or one of another number or device than the envelope says.
    #[error("event {seq} cannot be read: {reason}")]
    Unreadable {
        /// Which.
        seq: u64,
        /// What the reader said; never part of the content.
        reason: String,
    },
}

/// What the first event of a series is linked to.
pub fn chain_start(device: DeviceId) -> Hash {
    Hash::of_parts(&[b"metercrew/chain/1", device.0.as_bytes()])
}

/// The hash that links an event to the chain before it.
///
/// It takes the hash of the body, not the body, so that a chain can be proved with the bodies
/// of other customers' orders left out.
pub fn link(prev: Hash, body: Hash) -> Hash {
    Hash::of_parts(&[b"metercrew/event/1", prev.as_bytes(), body.as_bytes()])
}

impl Sealed {
    /// Seals an event behind `prev`.
    ///
    /// Errors: [`ChainFault::Unreadable`] when the event cannot be written as JSON.
    pub fn seal(prev: Hash, event: &Event) -> Result<Self, ChainFault> {
        let seq = event.id.seq;
        let body = serde_json::to_string(event).map_err(|e| ChainFault::Unreadable {
            seq,
            reason: e.to_string(),
        })?;
        Ok(Self {
            seq,
            prev,
            hash: link(prev, Hash::of(body.as_bytes())),
            body,
        })
    }

    /// Whether the hash fits the bytes.
    pub fn is_intact(&self) -> bool {
        link(self.prev, Hash::of(self.body.as_bytes())) == self.hash
    }

    /// Reads the event; the bytes must be intact and say the number the envelope says.
    ///
    /// Errors: [`ChainFault`].
    pub fn open(&self) -> Result<Event, ChainFault> {
        if !self.is_intact() {
            return Err(ChainFault::Altered { seq: self.seq });
        }
        let event: Event =
            serde_json::from_str(&self.body).map_err(|e| ChainFault::Unreadable {
                seq: self.seq,
                reason: shape_of(&e),
            })?;
        if event.id.seq != self.seq {
            let reason = format!("it says number {}", event.id.seq);
            return Err(ChainFault::Unreadable {
                seq: self.seq,
                reason,
            });
        }
        Ok(event)
    }
}

/// Where reading failed, without the content that failed.
fn shape_of(error: &serde_json::Error) -> String {
    format!("{:?} at column {}", error.classify(), error.column())
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{Millis, StockEvent};

    fn event(seq: u64) -> Event {
        let asset_no = crate::AssetRule::state_grid()
            .parse("4130001000000000000012")
            .unwrap();
        Event {
            version: EVENT_VERSION,
            id: EventId {
                device: DeviceId(Uuid::from_u128(1)),
                seq,
            },
            operator: "op".into(),
            crew: "crew-1".into(),
            at: Stamp {
                wall_ms: Millis(1),
                boot_ms: 2,
                boot_id: Uuid::nil(),
                offset_ms: Some(-3),
                uncertainty_ms: Some(4),
            },
            seen: 9,
            fact: Fact::Stock {
                fact: StockEvent::PickedUp {
                    asset_no,
                    source: crate::ScanSource::Camera,
                    image: None,
                    sighting: None,
                },
            },
        }
    }

    #[test]
    fn a_sealed_event_opens_to_what_was_sealed() {
        let start = chain_start(DeviceId(Uuid::from_u128(1)));
        let sealed = Sealed::seal(start, &event(1)).unwrap();
        assert_eq!(sealed.open(), Ok(event(1)));
    }

    #[test]
    fn any_changed_byte_or_number_is_found() {
        let start = chain_start(DeviceId(Uuid::from_u128(1)));
        let sealed = Sealed::seal(start, &event(1)).unwrap();
        for at in 0..sealed.body.len() {
            let mut bytes = sealed.body.clone().into_bytes();
            bytes[at] ^= 1;
            let body = String::from_utf8(bytes).unwrap();
            let altered = Sealed {
                body,
                ..sealed.clone()
            };
            assert_eq!(altered.open(), Err(ChainFault::Altered { seq: 1 }));
        }
        let renumbered = Sealed { seq: 2, ..sealed };
        assert!(matches!(
            renumbered.open(),
            Err(ChainFault::Unreadable { seq: 2, .. })
        ));
    }
}
