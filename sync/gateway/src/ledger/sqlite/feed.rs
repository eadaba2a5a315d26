//! The change counter, the feed, the asset rules, and marks.

use domain::{AssetNo, AssetRule, CrewId, OrderId};
use rusqlite::{Row, params};

use super::Rows;
use super::row::{all, count, first, from_json, json, run, stored, to_json};
use crate::Error;
use crate::ledger::{FeedItem, FeedTables};

fn item(row: &Row<'_>) -> Result<(u64, FeedItem), Error> {
    let change = count(row, "change")?;
    let order: Option<String> = row.get("order_id")?;
    let item = match order {
        Some(order) => FeedItem::Order(OrderId::new(order)),
        None => FeedItem::Asset(asset_no(row)?),
    };
    Ok((change, item))
}

/// An asset number was checked when it came in; here it is only read back.
fn asset_no(row: &Row<'_>) -> Result<AssetNo, Error> {
    let text: String = row.get("asset_no")?;
    from_json("asset_no", &to_json("asset_no", &text)?)
}

impl FeedTables for Rows<'_> {
    fn next_change(&self) -> Result<u64, Error> {
        let sql = "INSERT INTO change_counter (id, newest) VALUES (1, 1)
                   ON CONFLICT (id) DO UPDATE SET newest = newest + 1 RETURNING newest";
        let newest = first(self.0, sql, [], |row| count(row, "newest"))?;
        Ok(newest.unwrap_or_default())
    }

    fn newest_change(&self) -> Result<u64, Error> {
        let newest = first(self.0, "SELECT newest FROM change_counter", [], |row| {
            count(row, "newest")
        })?;
        Ok(newest.unwrap_or_default())
    }

    fn put_feed(&self, crew: &CrewId, change: u64, item: &FeedItem) -> Result<(), Error> {
        let (order, asset_no) = match item {
            FeedItem::Order(order) => (Some(order.as_str()), None),
            FeedItem::Asset(asset_no) => (None, Some(asset_no.as_str())),
        };
        let sql = "INSERT INTO feed (crew, change, order_id, asset_no) VALUES (?1, ?2, ?3, ?4)";
        run(
            self.0,
            sql,
            params![crew.as_str(), stored(change)?, order, asset_no],
        )?;
        Ok(())
    }

    fn feed(&self, crew: &CrewId, after: u64, limit: u64) -> Result<Vec<(u64, FeedItem)>, Error> {
        let sql = "SELECT change, order_id, asset_no FROM feed
                   WHERE crew = ?1 AND change > ?2 ORDER BY change LIMIT ?3";
        all(
            self.0,
            sql,
            params![crew.as_str(), stored(after)?, stored(limit)?],
            item,
        )
    }

    fn asset_rules(&self) -> Result<Option<(u64, Vec<AssetRule>)>, Error> {
        first(self.0, "SELECT change, rules FROM asset_rules", [], |row| {
            Ok((count(row, "change")?, json(row, "rules")?))
        })
    }

    fn put_asset_rules(&self, rules: &[AssetRule], change: u64) -> Result<(), Error> {
        let sql = "INSERT INTO asset_rules (id, change, rules) VALUES (1, ?1, ?2)
                   ON CONFLICT (id) DO UPDATE SET change = excluded.change, rules = excluded.rules";
        run(
            self.0,
            sql,
            params![stored(change)?, to_json("rules", &rules)?],
        )?;
        Ok(())
    }

    fn mark(&self, name: &str) -> Result<Option<String>, Error> {
        let sql = "SELECT word FROM mark WHERE name = ?1";
        first(self.0, sql, [name], |row| Ok(row.get("word")?))
    }

    fn put_mark(&self, name: &str, word: &str) -> Result<(), Error> {
        let sql = "INSERT INTO mark (name, word) VALUES (?1, ?2)
                   ON CONFLICT (name) DO UPDATE SET word = excluded.word";
        run(self.0, sql, [name, word])?;
        Ok(())
    }
}
