//! Table `draft`: half-typed values and half-drawn signatures, so that a kill loses none.

use domain::{OrderId, StepId};
use rusqlite::params;

use crate::{Store, StoreError, sql};

impl Store {
    /// The draft of a step.
    ///
    /// Errors: those of reading.
    pub fn draft(&self, order: &OrderId, step: &StepId) -> Result<Option<String>, StoreError> {
        self.read(|conn| {
            sql::first(
                conn,
                "SELECT text FROM draft WHERE order_id = ?1 AND step = ?2",
                [order.as_str(), step.as_str()],
                |row| row.get("text"),
            )
        })
    }

    /// Keeps a step's draft; `None` drops it.
    ///
    /// Errors: those of writing.
    pub fn save_draft(
        &self,
        order: &OrderId,
        step: &StepId,
        text: Option<&str>,
    ) -> Result<(), StoreError> {
        let (order, step) = (order.as_str(), step.as_str());
        self.write(|tx| {
            match text {
                Some(text) => sql::run(
                    tx,
                    "INSERT INTO draft (order_id, step, text) VALUES (?1, ?2, ?3)
                     ON CONFLICT (order_id, step) DO UPDATE SET text = excluded.text",
                    params![order, step, text],
                ),
                None => sql::run(
                    tx,
                    "DELETE FROM draft WHERE order_id = ?1 AND step = ?2",
                    params![order, step],
                ),
            }?;
            Ok(())
        })
    }
}
