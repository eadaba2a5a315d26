//! One more line of an order's log, and all that follows from it: picture, stock, feed.

use domain::{
    Entry, EntryBody, Order, OrderId, OrderState, Refusal, StockItem, admit_office, apply,
    stock_changes,
};
use wire::problem::Problem;

use super::office::{asset_item, crew_of};
use super::rows::OrderRow;
use super::tables::{FeedItem, Tables};
use crate::Error;

/// Appends a line under the next change number and brings everything in step with it.
///
/// A line without an order to stand in, before its dispatch, is left out. Events of the field
/// come with their verdict; what the office does is held against the rule book here.
///
/// Errors: [`Problem::OrderMoved`] for an office event the order's state does not take,
/// [`Problem::Malformed`] for one that says nothing; those of the ledger.
pub(super) fn append(tables: &dyn Tables, order: &OrderId, mut entry: Entry) -> Result<(), Error> {
    let before = tables.order(order)?;
    let handed_in_at = before.as_ref().and_then(|row| row.handed_in_at);
    let before = before.map(|row| row.order);
    if let (Some(order), EntryBody::Office { event, .. }) = (&before, &entry.body) {
        admit_office(order, event).map_err(|refusal| problem(order, &refusal))?;
    }
    let Some(after) = apply(before.clone(), &entry) else {
        return Ok(());
    };
    let change = tables.next_change()?;
    entry.change = Some(change);
    tables.append_entry(order, &entry)?;
    for moved in stock_changes(before.as_ref(), &after) {
        if let Some(item) = tables.stock_item(&moved.asset_no)? {
            let holder = moved.holder;
            hand_over(tables, &StockItem { holder, ..item }, None)?;
        }
    }
    let handed_in_at = match after.state {
        OrderState::Completed { at } | OrderState::CouldNotDo { at, .. } => Some(at),
        OrderState::Approved { .. } => handed_in_at,
        OrderState::Assigned
        | OrderState::Started
        | OrderState::Returned
        | OrderState::Recalled { .. } => None,
    };
    tables.put_crew_of(order, &after.dispatch.crew, change)?;
    for (crew, _) in tables.crews_of(order)? {
        tables.put_feed(&crew, change, &FeedItem::Order(order.clone()))?;
    }
    tables.put_order(&OrderRow {
        order: after,
        revision: change,
        handed_in_at,
    })
}

/// How a refusal of the rule book reads to whoever asked.
fn problem(order: &Order, refusal: &Refusal) -> Problem {
    if *refusal == Refusal::TextMissing {
        let place = "remarks: a return needs words".to_owned();
        Problem::Malformed { place }
    } else {
        let state = order.state.name().to_owned();
        Problem::OrderMoved { state }
    }
}

/// Puts an asset where it is now and tells every crew that has or had it.
pub(super) fn hand_over(
    tables: &dyn Tables,
    item: &StockItem,
    said: Option<&StockItem>,
) -> Result<(), Error> {
    let change = tables.next_change()?;
    tables.put_stock_item(item, change, said)?;
    if let Some(crew) = crew_of(&item.holder) {
        tables.put_crew_of_asset(&item.asset_no, crew)?;
    }
    for crew in tables.crews_of_asset(&item.asset_no)? {
        tables.put_feed(&crew, change, &asset_item(item))?;
    }
    Ok(())
}
