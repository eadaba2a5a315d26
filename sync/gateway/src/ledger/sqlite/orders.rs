//! Orders, their logs, and who ever had them.

use domain::{CrewId, Entry, EntryBody, Order, OrderId, anomalies};
use rusqlite::types::Value;
use rusqlite::{Row, params, params_from_iter};

use super::Rows;
use super::row::{all, count, each, first, json, run, stored, text, to_json};
use crate::Error;
use crate::ledger::{Day, DayCount, OrderRow, OrderTables, QueueFilter, Tally};

fn order_row(row: &Row<'_>) -> Result<OrderRow, Error> {
    let handed_in_at: Option<i64> = row.get("handed_in_at_ms")?;
    Ok(OrderRow {
        order: json(row, "picture")?,
        revision: count(row, "revision")?,
        handed_in_at: handed_in_at.map(domain::Millis),
    })
}

impl Rows<'_> {
    /// Writes down which blobs an order names; a manifest only grows.
    fn put_manifest(&self, order: &Order) -> Result<(), Error> {
        let id = order.dispatch.id.as_str();
        let sql = "SELECT count(*) AS pieces FROM order_blob WHERE order_id = ?1";
        let known = first(self.0, sql, [id], |row| count(row, "pieces"))?;
        if known == Some(order.manifest.len() as u64) {
            return Ok(());
        }
        let sql = "INSERT INTO order_blob (order_id, blob) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        order.manifest.iter().try_for_each(|blob| {
            run(self.0, sql, params![id, blob.as_bytes()])?;
            Ok(())
        })
    }
}

impl OrderTables for Rows<'_> {
    fn order(&self, order: &OrderId) -> Result<Option<OrderRow>, Error> {
        let sql = "SELECT picture, revision, handed_in_at_ms FROM work_order WHERE order_id = ?1";
        first(self.0, sql, [order.as_str()], order_row)
    }

    fn put_order(&self, row: &OrderRow) -> Result<(), Error> {
        let sql = "INSERT INTO work_order (order_id, crew, kind, state, handed_in_at_ms,
                     appointment_from_ms, anomalies, revision, picture)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
                   ON CONFLICT (order_id) DO UPDATE SET crew = excluded.crew,
                     kind = excluded.kind, state = excluded.state,
                     handed_in_at_ms = excluded.handed_in_at_ms,
                     appointment_from_ms = excluded.appointment_from_ms,
                     anomalies = excluded.anomalies, revision = excluded.revision,
                     picture = excluded.picture";
        let dispatch = &row.order.dispatch;
        let values = params![
            dispatch.id.as_str(),
            dispatch.crew.as_str(),
            dispatch.kind.name(),
            row.order.state.name(),
            row.handed_in_at.map(|at| at.0),
            dispatch.appointment.map(|appointment| appointment.from.0),
            stored(anomalies(&row.order).len() as u64)?,
            stored(row.revision)?,
            to_json("picture", &row.order)?,
        ];
        run(self.0, sql, values)?;
        self.put_manifest(&row.order)
    }

    fn order_ids(&self, found: &mut dyn FnMut(OrderId) -> Result<(), Error>) -> Result<(), Error> {
        let sql = "SELECT order_id FROM work_order ORDER BY order_id";
        each(self.0, sql, [], |row| found(text(row, "order_id")?))
    }

    fn queue(
        &self,
        filter: &QueueFilter,
        found: &mut dyn FnMut(OrderRow) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let mut sql =
            String::from("SELECT picture, revision, handed_in_at_ms FROM work_order WHERE 1 = 1");
        let mut values: Vec<Value> = vec![];
        if let Some(crew) = &filter.crew {
            sql.push_str(" AND crew = ?");
            values.push(crew.as_str().to_owned().into());
        }
        if let Some(kind) = filter.kind {
            sql.push_str(" AND kind = ?");
            values.push(kind.name().to_owned().into());
        }
        if !filter.states.is_empty() {
            let marks = vec!["?"; filter.states.len()].join(", ");
            sql.push_str(&format!(" AND state IN ({marks})"));
            values.extend(filter.states.iter().cloned().map(Value::from));
        }
        if let Some(words) = &filter.holds {
            sql.push_str(" AND instr(picture, ?) > 0");
            values.push(words.clone().into());
        }
        sql.push_str(" ORDER BY anomalies = 0, handed_in_at_ms, order_id");
        let params = params_from_iter(values);
        each(self.0, &sql, params, |row| found(order_row(row)?))
    }

    fn counts(&self) -> Result<Vec<DayCount>, Error> {
        let sql = "SELECT crew, state, count(*) AS orders FROM work_order
                   GROUP BY crew, state ORDER BY crew, state";
        all(self.0, sql, [], |row| {
            Ok(DayCount {
                crew: text(row, "crew")?,
                state: row.get("state")?,
                orders: count(row, "orders")?,
            })
        })
    }

    fn tally(&self, day: Day) -> Result<Tally, Error> {
        let sql = "SELECT
              count(*) FILTER (WHERE handed_in) AS to_review,
              count(*) FILTER (WHERE handed_in AND anomalies > 0) AS anomalous,
              count(*) FILTER (WHERE handed_in AND EXISTS (
                SELECT 1 FROM order_blob LEFT JOIN blob USING (blob)
                WHERE order_blob.order_id = orders.order_id AND blob.size_bytes IS NULL
              )) AS on_the_way,
              count(*) FILTER (WHERE handed_in_at_ms >= ?1 AND handed_in_at_ms < ?2) AS done,
              count(*) FILTER (
                WHERE state IN ('assigned', 'started', 'returned')
                  AND coalesce(appointment_from_ms, ?1) < ?2
              ) AS due,
              (SELECT count(*) FROM card_leave
                WHERE state IN ('burned', 'in_doubt')) AS cards_in_doubt,
              (SELECT count(*) FROM card_incident WHERE settled IS NULL) AS card_incidents
            FROM (SELECT order_id, state, anomalies, handed_in_at_ms, appointment_from_ms,
                    state IN ('completed', 'could_not_do') AS handed_in FROM work_order) AS orders";
        let found = first(self.0, sql, [day.from.0, day.until.0], |row| {
            Ok(Tally {
                to_review: count(row, "to_review")?,
                anomalous: count(row, "anomalous")?,
                on_the_way: count(row, "on_the_way")?,
                done: count(row, "done")?,
                due: count(row, "due")?,
                cards_in_doubt: count(row, "cards_in_doubt")?,
                card_incidents: count(row, "card_incidents")?,
            })
        })?;
        Ok(found.unwrap_or_default())
    }

    fn append_entry(&self, order: &OrderId, entry: &Entry) -> Result<(), Error> {
        let event_id = match &entry.body {
            EntryBody::Field { event_id, .. } => Some(*event_id),
            EntryBody::Office { .. } => None,
        };
        let sql = "INSERT INTO order_entry (change, order_id, device, seq, entry)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let values = params![
            entry.change.map(stored).transpose()?,
            order.as_str(),
            event_id.map(|id| id.device.to_string()),
            event_id.map(|id| stored(id.seq)).transpose()?,
            to_json("entry", entry)?,
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn log(&self, order: &OrderId, after: u64, through: u64) -> Result<Vec<Entry>, Error> {
        let sql = "SELECT entry FROM order_entry
                   WHERE order_id = ?1 AND change > ?2 AND change <= ?3 ORDER BY change";
        let values = params![order.as_str(), stored(after)?, stored(through)?];
        all(self.0, sql, values, |row| json(row, "entry"))
    }

    fn crews_of(&self, order: &OrderId) -> Result<Vec<(CrewId, u64)>, Error> {
        let sql = "SELECT crew, since FROM order_crew WHERE order_id = ?1 ORDER BY crew";
        all(self.0, sql, [order.as_str()], |row| {
            Ok((text(row, "crew")?, count(row, "since")?))
        })
    }

    fn put_crew_of(&self, order: &OrderId, crew: &CrewId, since: u64) -> Result<(), Error> {
        let sql = "INSERT INTO order_crew (order_id, crew, since) VALUES (?1, ?2, ?3)
                   ON CONFLICT DO NOTHING";
        run(
            self.0,
            sql,
            params![order.as_str(), crew.as_str(), stored(since)?],
        )?;
        Ok(())
    }
}
