//! Changes down, by cursor.

use domain::{AssetRule, Entry, Millis, OrderId, StockItem};
use serde::{Deserialize, Serialize};

/// `GET /v1/changes?after=N&limit=M`: what happened after a cursor that concerns this crew.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    /// The changes, by number.
    pub changes: Vec<Change>,
    /// The cursor to ask from next time.
    pub next: u64,
    /// Whether there is more to ask for now.
    pub more: More,
    /// The gateway's clock.
    pub gateway_time: Millis,
}

/// Whether a page is the last for now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum More {
    /// Ask again at once.
    Yes,
    /// That was all.
    No,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// Its number; rises, with gaps.
    pub no: u64,
    /// What changed.
    #[serde(flatten)]
    pub body: ChangeBody,
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ChangeBody {
    /// New lines of an order's log: each has its change number, one that is known is skipped.
    ///
    /// An order that comes into the crew's hands brings its whole log.
    Order {
        /// Which order.
        order: OrderId,
        /// The lines.
        entries: Vec<Entry>,
    },
    /// Where assets are now, as the gateway has it.
    Stock {
        /// Which and where.
        items: Vec<StockItem>,
    },
    /// The rules for asset numbers.
    AssetRules {
        /// The preferred one first.
        rules: Vec<AssetRule>,
    },
}
