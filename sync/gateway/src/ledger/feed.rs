//! What happened after a cursor that concerns a crew.

use std::collections::BTreeMap;

use domain::{CrewId, Millis, OrderId};
use wire::pull::{Change, ChangeBody, More, Page};

use super::Ledger;
use super::tables::{FeedItem, Tables};
use crate::Error;

/// The most rows of the feed one page looks at.
///
/// A page of 500 lines is some 500 KB: a slow link gets it in a few seconds and need not fetch
/// much again when it breaks.
pub const PAGE_ROWS_MAX: u64 = 500;

impl dyn Ledger + '_ {
    /// The changes after a cursor, at most `limit` rows of the feed (1 to [`PAGE_ROWS_MAX`]).
    ///
    /// An order that comes into the crew's hands brings its whole log under the change that
    /// brought it. Lines of one order and assets that follow one another share a change.
    ///
    /// Errors: those of the ledger.
    pub fn changes(
        &self,
        crew: &CrewId,
        after: u64,
        limit: u64,
        now: Millis,
    ) -> Result<Page, Error> {
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        self.reading(|tables| {
            let mut rows = tables.feed(crew, after.min(super::NEWEST), limit + 1)?;
            let more = match rows.len() as u64 > limit {
                true => More::Yes,
                false => More::No,
            };
            rows.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            let mut changes = gather(tables, crew, &rows)?;
            let mut next = rows.last().map_or(after, |(change, _)| *change);
            if let Some((no, rules)) = tables.asset_rules()?
                && no > after
                && (no <= next || more == More::No)
            {
                let place = changes.partition_point(|change| change.no < no);
                let body = ChangeBody::AssetRules { rules };
                changes.insert(place, Change { no, body });
                next = next.max(no);
            }
            Ok(Page {
                changes,
                next,
                more,
                gateway_time: now,
            })
        })
    }
}

fn gather(
    tables: &dyn Tables,
    crew: &CrewId,
    rows: &[(u64, FeedItem)],
) -> Result<Vec<Change>, Error> {
    let mut since: BTreeMap<OrderId, u64> = BTreeMap::new();
    let mut changes: Vec<Change> = vec![];
    for (no, item) in rows {
        match item {
            FeedItem::Order(order) => {
                if !since.contains_key(order) {
                    let crews = tables.crews_of(order)?;
                    let mine = crews.into_iter().find(|(of, _)| of == crew);
                    since.insert(order.clone(), mine.map_or(0, |(_, since)| since));
                }
                let from = match since.get(order) {
                    Some(since) if since == no => 0,
                    _ => no.saturating_sub(1),
                };
                let lines = tables.log(order, from, *no)?;
                add_lines(&mut changes, *no, order, lines);
            }
            FeedItem::Asset(asset_no) => {
                let origin = tables.stock_origin(asset_no)?;
                // it has moved on since: the later change will say where it is
                if origin.is_none_or(|origin| origin.change != *no) {
                    continue;
                }
                if let Some(item) = tables.stock_item(asset_no)? {
                    add_item(&mut changes, *no, item);
                }
            }
        }
    }
    Ok(changes)
}

fn add_lines(changes: &mut Vec<Change>, no: u64, order: &OrderId, lines: Vec<domain::Entry>) {
    if let Some(last) = changes.last_mut()
        && let ChangeBody::Order { order: of, entries } = &mut last.body
        && of == order
    {
        entries.extend(lines);
        last.no = no;
        return;
    }
    let body = ChangeBody::Order {
        order: order.clone(),
        entries: lines,
    };
    changes.push(Change { no, body });
}

fn add_item(changes: &mut Vec<Change>, no: u64, item: domain::StockItem) {
    if let Some(last) = changes.last_mut()
        && let ChangeBody::Stock { items } = &mut last.body
    {
        items.push(item);
        last.no = no;
        return;
    }
    let body = ChangeBody::Stock { items: vec![item] };
    changes.push(Change { no, body });
}
