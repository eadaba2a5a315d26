//! What the office says: dispatch, recall, stock, accounts, rules.

use domain::{
    Account, AccountNo, AssetRule, Dispatch, Entry, EntryBody, Holder, Millis, OfficeEvent,
    OrderId, StockItem,
};
use wire::problem::Problem;

use super::Ledger;
use super::log::{append, hand_over};
use super::tables::FeedItem;
use crate::Error;

/// Who is named in logs for what the marketing system does.
pub(super) const MARKETING: &str = "marketing";

/// What became of a dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dispatched {
    /// The order is new.
    New,
    /// The order was known and says something else now.
    Changed,
    /// The order was known exactly so.
    Same,
}

/// What became of a recall.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recalled {
    /// The order is taken back.
    Taken,
    /// It had been taken back already.
    Same,
}

impl dyn Ledger + '_ {
    /// Takes a dispatch: a new order, a change when its content differs, nothing when it is the
    /// same. Its revision is counted here; whatever it says is ignored.
    ///
    /// Errors: those of the ledger.
    pub fn dispatch(&self, mut dispatch: Dispatch, now: Millis) -> Result<Dispatched, Error> {
        self.writing(|tables| {
            let known = tables.order(&dispatch.id)?.map(|row| row.order.dispatch);
            dispatch.revision = known.as_ref().map_or(1, |known| known.revision);
            let done = match known {
                None => Dispatched::New,
                Some(known) if known == dispatch => return Ok(Dispatched::Same),
                Some(_) => Dispatched::Changed,
            };
            let (id, dispatch) = (dispatch.id.clone(), Box::new(dispatch));
            let event = match done {
                Dispatched::New | Dispatched::Same => OfficeEvent::Dispatched { dispatch },
                Dispatched::Changed => {
                    let mut dispatch = dispatch;
                    dispatch.revision = dispatch.revision.saturating_add(1);
                    OfficeEvent::Changed { dispatch }
                }
            };
            append(tables, &id, office(now, MARKETING, event))?;
            Ok(done)
        })
    }

    /// Takes an order back.
    ///
    /// Errors: [`Problem::NotFound`] for an order that was never dispatched.
    pub fn recall(&self, order: &OrderId, reason: &str, now: Millis) -> Result<Recalled, Error> {
        self.writing(|tables| {
            let row = tables.order(order)?.ok_or(Problem::NotFound)?;
            if row.order.state.name() == "recalled" {
                return Ok(Recalled::Same);
            }
            let reason = reason.to_owned();
            let event = OfficeEvent::Recalled { reason };
            append(tables, order, office(now, MARKETING, event))?;
            Ok(Recalled::Taken)
        })
    }

    /// Puts assets where the office says they are; gives how many that changed.
    ///
    /// The same word said again changes nothing, even when the asset has moved on meanwhile: a
    /// file that is read twice does not bring a meter back into the cabinet.
    ///
    /// Errors: those of the ledger.
    pub fn put_stock(&self, items: &[StockItem]) -> Result<u64, Error> {
        self.writing(|tables| {
            let mut changed = 0;
            for item in items {
                let said = tables.stock_origin(&item.asset_no)?;
                if said.is_some_and(|origin| origin.said.as_ref() == Some(item)) {
                    continue;
                }
                hand_over(tables, item, Some(item))?;
                changed += 1;
            }
            Ok(changed)
        })
    }

    /// One asset, where it is now.
    ///
    /// Errors: those of the ledger.
    pub fn stock_item(&self, asset_no: &domain::AssetNo) -> Result<Option<StockItem>, Error> {
        self.reading(|tables| tables.stock_item(asset_no))
    }

    /// Puts accounts in, in place of what was known of them.
    ///
    /// Errors: those of the ledger.
    pub fn put_accounts(&self, accounts: &[Account]) -> Result<(), Error> {
        self.writing(|tables| accounts.iter().try_for_each(|a| tables.put_account(a)))
    }

    /// One account.
    ///
    /// Errors: those of the ledger.
    pub fn account(&self, account_no: &AccountNo) -> Result<Option<Account>, Error> {
        self.reading(|tables| tables.account(account_no))
    }

    /// Puts the rules for asset numbers in place, the preferred one first.
    ///
    /// Errors: those of the ledger.
    pub fn put_asset_rules(&self, rules: &[AssetRule]) -> Result<(), Error> {
        self.writing(|tables| {
            if tables
                .asset_rules()?
                .is_some_and(|(_, known)| known == rules)
            {
                return Ok(());
            }
            let change = tables.next_change()?;
            tables.put_asset_rules(rules, change)
        })
    }

    /// The rules for asset numbers: State Grid's until others were put.
    ///
    /// Errors: those of the ledger.
    pub fn asset_rules(&self) -> Result<Vec<AssetRule>, Error> {
        let put = self.reading(|tables| tables.asset_rules())?;
        Ok(put.map_or_else(|| vec![AssetRule::state_grid()], |(_, rules)| rules))
    }

    /// A word remembered under a name: how far a file was read, say.
    ///
    /// Errors: those of the ledger.
    pub fn mark(&self, name: &str) -> Result<Option<String>, Error> {
        self.reading(|tables| tables.mark(name))
    }

    /// Remembers a word under a name.
    ///
    /// Errors: those of the ledger.
    pub fn put_mark(&self, name: &str, word: &str) -> Result<(), Error> {
        self.writing(|tables| tables.put_mark(name, word))
    }
}

/// A line of the office's, without its number.
pub(super) fn office(at: Millis, by: &str, event: OfficeEvent) -> Entry {
    let by = by.to_owned();
    Entry {
        change: None,
        body: EntryBody::Office { at, by, event },
    }
}

/// The crew a holder names, if it names one.
pub(super) fn crew_of(holder: &Holder) -> Option<&domain::CrewId> {
    match holder {
        Holder::Cabinet { issued_to } => issued_to.as_ref(),
        Holder::WithCrew { crew } | Holder::Bound { crew, .. } | Holder::Removed { crew, .. } => {
            Some(crew)
        }
        Holder::Installed { .. } => None,
    }
}

/// What the feed names an asset by.
pub(super) fn asset_item(item: &StockItem) -> FeedItem {
    FeedItem::Asset(item.asset_no.clone())
}
