//! Tables `stock` and `stock_effect`: where assets are as the gateway last said, and what this
//! device did to them since.

use domain::{AssetNo, Holder, HolderChange, Stock, StockItem};
use rusqlite::{Connection, Row, params};
use sqlite::column;

use crate::{Store, StoreError, sql};

/// A line of the stock with the newest of its effects.
macro_rules! with_effect {
    () => {
        "SELECT item, (SELECT holder FROM stock_effect
          WHERE stock_effect.asset_no = stock.asset_no ORDER BY id DESC LIMIT 1) AS holder
         FROM stock"
    };
}

impl Store {
    /// Every asset this device knows, by number.
    ///
    /// Errors: those of reading.
    pub fn stock(&self) -> Result<Vec<StockItem>, StoreError> {
        const TEXT: &str = concat!(with_effect!(), " ORDER BY asset_no");
        self.read(|conn| sql::every(conn, TEXT, [], item))
    }

    /// One asset.
    ///
    /// Errors: those of reading.
    pub fn stock_item(&self, asset_no: &AssetNo) -> Result<Option<StockItem>, StoreError> {
        self.read(|conn| find(conn, asset_no))
    }
}

fn item(row: &Row<'_>) -> rusqlite::Result<StockItem> {
    let mut item: StockItem =
        column::parsed(row, "item", |text: String| serde_json::from_str(&text))?;
    let holder: Option<Holder> =
        column::parsed_option(row, "holder", |text: String| serde_json::from_str(&text))?;
    if let Some(holder) = holder {
        item.holder = holder;
    }
    Ok(item)
}

fn find(conn: &Connection, asset_no: &AssetNo) -> Result<Option<StockItem>, StoreError> {
    const TEXT: &str = concat!(with_effect!(), " WHERE asset_no = ?1");
    sql::first(conn, TEXT, [asset_no.as_str()], item)
}

/// A view of these assets, as far as they are known.
pub(crate) fn view<'a>(
    conn: &Connection,
    assets: impl IntoIterator<Item = &'a AssetNo>,
) -> Result<Stock, StoreError> {
    let mut stock = Stock::default();
    for asset_no in assets {
        if let Some(item) = find(conn, asset_no)? {
            stock.put(item);
        }
    }
    Ok(stock)
}

/// What the gateway says of an asset, in place of what it said before.
pub(crate) fn put(conn: &Connection, item: &StockItem) -> Result<(), StoreError> {
    let text = serde_json::to_string(item).map_err(StoreError::unreadable("stock item"))?;
    sql::run(
        conn,
        "INSERT INTO stock (asset_no, item) VALUES (?1, ?2)
         ON CONFLICT (asset_no) DO UPDATE SET item = excluded.item",
        params![item.asset_no.as_str(), text],
    )?;
    Ok(())
}

/// An own event changed an asset's hands; it counts until [`settle`].
pub(crate) fn add_effect(
    conn: &Connection,
    seq: u64,
    change: &HolderChange,
) -> Result<(), StoreError> {
    let holder = serde_json::to_string(&change.holder).map_err(StoreError::unreadable("holder"))?;
    sql::run(
        conn,
        "INSERT INTO stock_effect (seq, asset_no, holder) VALUES (?1, ?2, ?3)",
        params![column::stored(seq)?, change.asset_no.as_str(), holder],
    )?;
    Ok(())
}

/// What the gateway made of an event's effects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// They are the gateway's word now.
    Counts,
    /// They never happened.
    Void,
}

/// Ends an event's effects: they become what the gateway says, or nothing. `true` when it had any.
pub(crate) fn settle(conn: &Connection, seq: u64, outcome: Outcome) -> Result<bool, StoreError> {
    let seq = column::stored(seq)?;
    if outcome == Outcome::Counts {
        sql::run(
            conn,
            "UPDATE stock SET item = json_set(item, '$.holder', json(effect.holder))
             FROM (SELECT asset_no, holder, max(id) FROM stock_effect
               WHERE seq = ?1 GROUP BY asset_no) AS effect
             WHERE stock.asset_no = effect.asset_no",
            [seq],
        )?;
    }
    Ok(sql::run(conn, "DELETE FROM stock_effect WHERE seq = ?1", [seq])? > 0)
}

/// An event got another number; its effects go with it.
pub(crate) fn renumber(conn: &Connection, from: u64, to: u64) -> Result<(), StoreError> {
    let (from, to) = (column::stored(from)?, column::stored(to)?);
    sql::run(
        conn,
        "UPDATE stock_effect SET seq = ?2 WHERE seq = ?1",
        [from, to],
    )?;
    Ok(())
}
