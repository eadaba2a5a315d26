//! Field events and receipts.

use domain::{DeviceId, EventId, Hash, OrderId, Sealed};
use rusqlite::{Row, params};
use uuid::Uuid;
use wire::sign::Signature;

use super::Rows;
use super::row::{
    all, count, device, first, hash, json, json_option, millis, run, stored, to_json, uuid,
};
use crate::Error;
use crate::ledger::{EventTables, HeldEvent, StoredReceipt};

const EVENT: &str = "SELECT device, seq, prev, hash, body, order_id, verdict, is_stray,
    received_at_ms FROM event";

const RECEIPT: &str = "SELECT device, push, push_hash, through_seq, head_seq, head_signature,
    receipt, given_at_ms FROM receipt";

fn event(row: &Row<'_>) -> Result<HeldEvent, Error> {
    let order: Option<String> = row.get("order_id")?;
    Ok(HeldEvent {
        device: device(row, "device")?,
        sealed: Sealed {
            seq: count(row, "seq")?,
            prev: hash(row, "prev")?,
            hash: hash(row, "hash")?,
            body: row.get("body")?,
        },
        order: order.map(OrderId::new),
        verdict: json(row, "verdict")?,
        is_stray: row.get("is_stray")?,
        received_at: millis(row, "received_at_ms")?,
    })
}

fn receipt(row: &Row<'_>) -> Result<StoredReceipt, Error> {
    let signature: Option<Signature> = json_option(row, "head_signature")?;
    let head = signature.map(|signed| Ok::<_, Error>((count(row, "head_seq")?, signed)));
    Ok(StoredReceipt {
        device: device(row, "device")?,
        push: uuid(row, "push")?,
        push_hash: hash(row, "push_hash")?,
        through_seq: count(row, "through_seq")?,
        head: head.transpose()?,
        receipt: json(row, "receipt")?,
        given_at: millis(row, "given_at_ms")?,
    })
}

impl EventTables for Rows<'_> {
    fn head(&self, device: DeviceId) -> Result<Option<(u64, Hash)>, Error> {
        let sql = "SELECT seq, hash FROM event WHERE device = ?1 ORDER BY seq DESC LIMIT 1";
        first(self.0, sql, [device.to_string()], |row| {
            Ok((count(row, "seq")?, hash(row, "hash")?))
        })
    }

    fn event(&self, id: EventId) -> Result<Option<HeldEvent>, Error> {
        let sql = format!("{EVENT} WHERE device = ?1 AND seq = ?2");
        first(
            self.0,
            &sql,
            params![id.device.to_string(), stored(id.seq)?],
            event,
        )
    }

    fn events_from(&self, id: EventId, limit: u64) -> Result<Vec<HeldEvent>, Error> {
        let sql = format!("{EVENT} WHERE device = ?1 AND seq >= ?2 ORDER BY seq LIMIT ?3");
        let row = params![id.device.to_string(), stored(id.seq)?, stored(limit)?];
        all(self.0, &sql, row, event)
    }

    fn append_event(&self, event: &HeldEvent) -> Result<(), Error> {
        let sql = "INSERT INTO event (device, seq, prev, hash, body, order_id, verdict, is_stray,
                     received_at_ms) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        let row = params![
            event.device.to_string(),
            stored(event.sealed.seq)?,
            event.sealed.prev.as_bytes(),
            event.sealed.hash.as_bytes(),
            event.sealed.body,
            event.order.as_ref().map(OrderId::as_str),
            to_json("verdict", &event.verdict)?,
            event.is_stray,
            event.received_at.0,
        ];
        run(self.0, sql, row)?;
        Ok(())
    }

    fn stray_events(&self, limit: u64) -> Result<Vec<HeldEvent>, Error> {
        let sql = format!("{EVENT} WHERE is_stray = 1 ORDER BY received_at_ms DESC LIMIT ?1");
        all(self.0, &sql, [stored(limit)?], event)
    }

    fn receipt(&self, device: DeviceId, push: Uuid) -> Result<Option<StoredReceipt>, Error> {
        let sql = format!("{RECEIPT} WHERE device = ?1 AND push = ?2");
        first(
            self.0,
            &sql,
            [device.to_string(), push.to_string()],
            receipt,
        )
    }

    fn put_receipt(&self, receipt: &StoredReceipt) -> Result<(), Error> {
        let sql = "INSERT INTO receipt (device, push, push_hash, through_seq, head_seq,
                     head_signature, receipt, given_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let head = receipt.head.as_ref();
        let signed = head.map(|(_, signature)| to_json("head_signature", signature));
        let row = params![
            receipt.device.to_string(),
            receipt.push.to_string(),
            receipt.push_hash.as_bytes(),
            stored(receipt.through_seq)?,
            head.map(|(seq, _)| stored(*seq)).transpose()?,
            signed.transpose()?,
            to_json("receipt", &receipt.receipt)?,
            receipt.given_at.0,
        ];
        run(self.0, sql, row)?;
        Ok(())
    }

    fn receipts_with_head_in(
        &self,
        device: DeviceId,
        from: u64,
        through: u64,
    ) -> Result<Vec<StoredReceipt>, Error> {
        let sql = format!(
            "{RECEIPT} WHERE device = ?1 AND head_seq BETWEEN ?2 AND ?3
             ORDER BY head_seq, given_at_ms, push"
        );
        let row = params![device.to_string(), stored(from)?, stored(through)?];
        all(self.0, &sql, row, receipt)
    }

    fn next_head(&self, id: EventId) -> Result<Option<StoredReceipt>, Error> {
        let sql = format!(
            "{RECEIPT} WHERE device = ?1 AND head_seq >= ?2
             ORDER BY head_seq, given_at_ms, push LIMIT 1"
        );
        first(
            self.0,
            &sql,
            params![id.device.to_string(), stored(id.seq)?],
            receipt,
        )
    }
}
