//! How far news of an order has got: four words, each backed by a receipt.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How far news of an order's work has got.
///
/// It says nothing about the work itself: that is [`crate::OrderState`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Nothing of it has left this device (存于本机).
    SavedHere,
    /// The office has receipted part of it: some events, or events without all their photos (传送中).
    OnItsWay,
    /// A signed receipt names the last event and every photo (已到局).
    InOffice,
    /// The marketing system has taken the result (营销已收).
    Accepted,
}

/// What the word is worked out from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Events of this order recorded here.
    pub events: u64,
    /// Those a receipt covers.
    pub events_receipted: u64,
    /// Blobs those events refer to.
    pub blobs: u64,
    /// Those a receipt names as held.
    pub blobs_receipted: u64,
    /// Whether the marketing system took the result of all this.
    pub accepted: bool,
}

impl Progress {
    /// The word.
    pub fn delivery(&self) -> Delivery {
        let all = self.events_receipted >= self.events && self.blobs_receipted >= self.blobs;
        let none = self.events_receipted == 0 && self.blobs_receipted == 0;
        match (all, none) {
            (true, _) if self.accepted => Delivery::Accepted,
            (true, _) => Delivery::InOffice,
            (false, true) => Delivery::SavedHere,
            (false, false) => Delivery::OnItsWay,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_said_without_its_receipt() {
        let nothing = Progress {
            events: 3,
            events_receipted: 0,
            blobs: 2,
            blobs_receipted: 0,
            accepted: false,
        };
        assert_eq!(nothing.delivery(), Delivery::SavedHere);
        let events_only = Progress {
            events_receipted: 3,
            ..nothing
        };
        assert_eq!(events_only.delivery(), Delivery::OnItsWay);
        let one_photo_short = Progress {
            blobs_receipted: 1,
            accepted: true,
            ..events_only
        };
        assert_eq!(one_photo_short.delivery(), Delivery::OnItsWay);
        let all = Progress {
            blobs_receipted: 2,
            ..events_only
        };
        assert_eq!(all.delivery(), Delivery::InOffice);
        assert_eq!(
            Progress {
                accepted: true,
                ..all
            }
            .delivery(),
            Delivery::Accepted
        );
    }
}
