//! Table `receipt`: what the gateway has said it holds.

use domain::Receipt;
use rusqlite::{Connection, params};
use sqlite::column;

use crate::{StoreError, sql};

/// Keeps a receipt's word.
pub(crate) fn add(conn: &Connection, receipt: &Receipt) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT INTO receipt (push, through_seq, chain_head) VALUES (?1, ?2, ?3)",
        params![
            receipt.push.to_string(),
            column::stored(receipt.through_seq)?,
            receipt.chain_head.as_bytes(),
        ],
    )?;
    Ok(())
}
