//! Assets and accounts.

use domain::{Account, AccountNo, AssetNo, CrewId, StockItem};
use rusqlite::params;

use super::Rows;
use super::row::{all, count, first, json, json_option, run, stored, text, to_json};
use crate::Error;
use crate::ledger::{Origin, StockTables};

impl StockTables for Rows<'_> {
    fn stock_item(&self, asset_no: &AssetNo) -> Result<Option<StockItem>, Error> {
        let sql = "SELECT item FROM stock WHERE asset_no = ?1";
        first(self.0, sql, [asset_no.as_str()], |row| json(row, "item"))
    }

    fn stock_origin(&self, asset_no: &AssetNo) -> Result<Option<Origin>, Error> {
        let sql = "SELECT change, said FROM stock WHERE asset_no = ?1";
        first(self.0, sql, [asset_no.as_str()], |row| {
            Ok(Origin {
                change: count(row, "change")?,
                said: json_option(row, "said")?,
            })
        })
    }

    fn put_stock_item(
        &self,
        item: &StockItem,
        change: u64,
        said: Option<&StockItem>,
    ) -> Result<(), Error> {
        let sql = "INSERT INTO stock (asset_no, item, said, change) VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (asset_no) DO UPDATE SET item = excluded.item,
                     said = coalesce(excluded.said, stock.said), change = excluded.change";
        let said = said.map(|said| to_json("said", said)).transpose()?;
        let json = to_json("item", item)?;
        run(
            self.0,
            sql,
            params![item.asset_no.as_str(), json, said, stored(change)?],
        )?;
        Ok(())
    }

    fn crews_of_asset(&self, asset_no: &AssetNo) -> Result<Vec<CrewId>, Error> {
        let sql = "SELECT crew FROM stock_crew WHERE asset_no = ?1 ORDER BY crew";
        all(self.0, sql, [asset_no.as_str()], |row| text(row, "crew"))
    }

    fn put_crew_of_asset(&self, asset_no: &AssetNo, crew: &CrewId) -> Result<(), Error> {
        let sql = "INSERT INTO stock_crew (asset_no, crew) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        run(self.0, sql, [asset_no.as_str(), crew.as_str()])?;
        Ok(())
    }

    fn put_account(&self, account: &Account) -> Result<(), Error> {
        let sql = "INSERT INTO account (account_no, account) VALUES (?1, ?2)
                   ON CONFLICT (account_no) DO UPDATE SET account = excluded.account";
        let json = to_json("account", account)?;
        run(self.0, sql, params![account.account_no.as_str(), json])?;
        Ok(())
    }

    fn account(&self, account_no: &AccountNo) -> Result<Option<Account>, Error> {
        let sql = "SELECT account FROM account WHERE account_no = ?1";
        first(self.0, sql, [account_no.as_str()], |row| {
            json(row, "account")
        })
    }

    fn account_count(&self) -> Result<u64, Error> {
        let found = first(
            self.0,
            "SELECT count(*) AS accounts FROM account",
            [],
            |row| count(row, "accounts"),
        )?;
        Ok(found.unwrap_or_default())
    }
}
