//! Results on their way to the marketing system, and letters.

use domain::{Millis, OrderId};
use rusqlite::{Row, params};

use super::Rows;
use super::row::{all, count, first, json, millis, run, stored, to_json};
use crate::Error;
use crate::ledger::{DeadLetter, LetterId, OutboxTables, Outgoing, ResultState};

const OUTGOING: &str = "SELECT no, approval, picture, approved_at_ms, approved_by, state, tries,
    why, due_at_ms FROM outbox";

fn outgoing(row: &Row<'_>) -> Result<Outgoing, Error> {
    Ok(Outgoing {
        no: count(row, "no")?,
        approval: count(row, "approval")?,
        order: json(row, "picture")?,
        approved_at: millis(row, "approved_at_ms")?,
        approved_by: row.get("approved_by")?,
        tries: row.get("tries")?,
        state: json(row, "state")?,
        why: row.get("why")?,
        due_at: millis(row, "due_at_ms")?,
    })
}

fn letter(row: &Row<'_>) -> Result<DeadLetter, Error> {
    let order: Option<String> = row.get("order_id")?;
    Ok(DeadLetter {
        id: LetterId::In(count(row, "no")?),
        kind: row.get("kind")?,
        order: order.map(OrderId::new),
        why: row.get("why")?,
        tries: row.get("tries")?,
        at: millis(row, "at_ms")?,
    })
}

impl OutboxTables for Rows<'_> {
    fn put_outgoing(&self, outgoing: &Outgoing) -> Result<(), Error> {
        let sql = "INSERT INTO outbox (order_id, approval, picture, approved_at_ms, approved_by,
                     state, tries, why, due_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (order_id, approval) DO UPDATE SET state = excluded.state,
                     tries = excluded.tries, why = excluded.why, due_at_ms = excluded.due_at_ms";
        let values = params![
            outgoing.order.dispatch.id.as_str(),
            stored(outgoing.approval)?,
            to_json("picture", &outgoing.order)?,
            outgoing.approved_at.0,
            outgoing.approved_by,
            to_json("state", &outgoing.state)?,
            outgoing.tries,
            outgoing.why,
            outgoing.due_at.0,
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn outgoing(&self, no: u64) -> Result<Option<Outgoing>, Error> {
        first(
            self.0,
            &format!("{OUTGOING} WHERE no = ?1"),
            [stored(no)?],
            outgoing,
        )
    }

    fn outgoing_of(&self, order: &OrderId) -> Result<Option<Outgoing>, Error> {
        let sql = format!("{OUTGOING} WHERE order_id = ?1 ORDER BY approval DESC LIMIT 1");
        first(self.0, &sql, [order.as_str()], outgoing)
    }

    fn outgoing_due(&self, now: Millis, limit: u64) -> Result<Vec<Outgoing>, Error> {
        let state = to_json("state", &ResultState::Queued)?;
        let sql = format!(
            "{OUTGOING} WHERE state = ?1 AND due_at_ms <= ?2 ORDER BY due_at_ms, no LIMIT ?3"
        );
        all(
            self.0,
            &sql,
            params![state, now.0, stored(limit)?],
            outgoing,
        )
    }

    fn outgoing_dead(&self, limit: u64) -> Result<Vec<Outgoing>, Error> {
        let state = to_json("state", &ResultState::Dead)?;
        let sql = format!("{OUTGOING} WHERE state = ?1 ORDER BY due_at_ms DESC, no DESC LIMIT ?2");
        all(self.0, &sql, params![state, stored(limit)?], outgoing)
    }

    fn add_letter(&self, letter: &DeadLetter) -> Result<(), Error> {
        let sql = "INSERT INTO letter (kind, order_id, why, tries, at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let order = letter.order.as_ref().map(OrderId::as_str);
        let values = params![letter.kind, order, letter.why, letter.tries, letter.at.0];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn letters(&self, limit: u64) -> Result<Vec<DeadLetter>, Error> {
        let sql = "SELECT no, kind, order_id, why, tries, at_ms FROM letter
                   ORDER BY no DESC LIMIT ?1";
        all(self.0, sql, [stored(limit)?], letter)
    }

    fn remove_letter(&self, no: u64) -> Result<bool, Error> {
        Ok(run(self.0, "DELETE FROM letter WHERE no = ?1", [stored(no)?])? > 0)
    }
}
