//! Leave to write prepaid cards, credits, blank cards, incidents.

use domain::{
    AccountNo, AuthorisationId, CardAuthorisation, CardSerial, CreditPartKind, CrewId, EventId,
    Fen, MeterNo, OrderId, SignedAuthorisation,
};
use rusqlite::{Row, params, params_from_iter};

use super::Rows;
use super::row::{
    all, count, device, each, first, from_json, hash, json, json_option, millis, run, stored, text,
    to_json, uuid, uuid_option,
};
use crate::Error;
use crate::ledger::cards::{
    Blank, CardLeave, Claim, Credit, Incident, IncidentNo, Incidents, LeaveState, Word,
};
use crate::ledger::tables::CardTables;

const LEAVE: &str = "SELECT authorisation, claim, after, state, issued_at_ms, signed, begun, ended,
    reissued, asks, asked_at_ms FROM card_leave";

const CREDIT: &str = "SELECT account_no, meter_no, count, claim, authorisation, old_meter_no,
    serial, image, parts, total_fen, debt_left_fen, device, seq, credited_at_ms FROM card_credit";

const BLANK: &str = "SELECT serial, crew, registered_at_ms, used_by FROM card_blank";

const INCIDENT: &str = "SELECT no, about, what, order_id, authorisation, device, seq, raised_at_ms,
    settled FROM card_incident";

fn parsed<T>(row: &Row<'_>, column: &str, read: fn(&str) -> Option<T>) -> Result<T, Error> {
    let parse = |text: String| read(&text).ok_or(Unreadable);
    Ok(sqlite::column::parsed(row, column, parse)?)
}

fn parsed_option<T>(
    row: &Row<'_>,
    column: &str,
    read: fn(&str) -> Option<T>,
) -> Result<Option<T>, Error> {
    let parse = |text: String| read(&text).ok_or(Unreadable);
    Ok(sqlite::column::parsed_option(row, column, parse)?)
}

/// A column that does not hold what it should.
#[derive(Debug, thiserror::Error)]
#[error("not in its form")]
struct Unreadable;

fn fen(row: &Row<'_>, column: &str) -> Result<Fen, Error> {
    let parse = |raw: i64| Fen::new(raw).ok_or(Unreadable);
    Ok(sqlite::column::parsed(row, column, parse)?)
}

fn leave(row: &Row<'_>) -> Result<CardLeave, Error> {
    let signed: SignedAuthorisation = json(row, "signed")?;
    let says: CardAuthorisation = from_json("signed", &signed.body)?;
    let asked_at: Option<i64> = row.get("asked_at_ms")?;
    Ok(CardLeave {
        leave: says,
        signed,
        claim: json(row, "claim")?,
        after: uuid_option(row, "after")?.map(AuthorisationId),
        state: parsed(row, "state", LeaveState::parse)?,
        issued_at: millis(row, "issued_at_ms")?,
        begun: json_option(row, "begun")?,
        ended: json_option(row, "ended")?,
        reissued: json_option(row, "reissued")?,
        asks: count(row, "asks")?,
        asked_at: asked_at.map(domain::Millis),
    })
}

fn credit(row: &Row<'_>) -> Result<Credit, Error> {
    Ok(Credit {
        account_no: text(row, "account_no")?,
        meter_no: parsed(row, "meter_no", MeterNo::parse)?,
        count: row.get("count")?,
        claim: json(row, "claim")?,
        authorisation: AuthorisationId(uuid(row, "authorisation")?),
        old_meter_no: parsed_option(row, "old_meter_no", MeterNo::parse)?,
        serial: parsed(row, "serial", CardSerial::parse)?,
        image: hash(row, "image")?,
        parts: json(row, "parts")?,
        total: fen(row, "total_fen")?,
        debt_left: fen(row, "debt_left_fen")?,
        event: event(row)?,
        at: millis(row, "credited_at_ms")?,
    })
}

fn event(row: &Row<'_>) -> Result<EventId, Error> {
    Ok(EventId {
        device: device(row, "device")?,
        seq: count(row, "seq")?,
    })
}

fn blank(row: &Row<'_>) -> Result<Blank, Error> {
    Ok(Blank {
        serial: parsed(row, "serial", CardSerial::parse)?,
        crew: text(row, "crew")?,
        registered_at: millis(row, "registered_at_ms")?,
        used_by: uuid_option(row, "used_by")?.map(AuthorisationId),
    })
}

fn incident(row: &Row<'_>) -> Result<Incident, Error> {
    Ok(Incident {
        no: IncidentNo(count(row, "no")?),
        about: hash(row, "about")?,
        what: json(row, "what")?,
        order: text(row, "order_id")?,
        authorisation: AuthorisationId(uuid(row, "authorisation")?),
        event: event(row)?,
        at: millis(row, "raised_at_ms")?,
        settled: json_option(row, "settled")?,
    })
}

fn option<T: serde::Serialize>(
    what: &'static str,
    value: Option<&T>,
) -> Result<Option<String>, Error> {
    value.map(|value| to_json(what, value)).transpose()
}

impl CardTables for Rows<'_> {
    fn add_leave(&self, leave: &CardLeave) -> Result<(), Error> {
        let sql =
            "INSERT INTO card_leave (authorisation, claim, after, order_id, account_no, count,
                     device, state, issued_at_ms, signed, begun, ended, reissued, asks, asked_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
        let values = params![
            leave.id().to_string(),
            to_json("claim", &leave.claim)?,
            leave.after.map(|after| after.to_string()),
            leave.leave.order.as_str(),
            leave.leave.account_no.as_str(),
            leave.leave.task.count,
            leave.device().to_string(),
            leave.state.name(),
            leave.issued_at.0,
            to_json("signed", &leave.signed)?,
            option("begun", leave.begun.as_ref())?,
            option("ended", leave.ended.as_ref())?,
            option("reissued", leave.reissued.as_ref())?,
            stored(leave.asks)?,
            leave.asked_at.map(|at| at.0),
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn put_leave(&self, leave: &CardLeave) -> Result<(), Error> {
        let sql = "UPDATE card_leave SET state = ?2, begun = ?3, ended = ?4, reissued = ?5,
                     asks = ?6, asked_at_ms = ?7
                   WHERE authorisation = ?1";
        let values = params![
            leave.id().to_string(),
            leave.state.name(),
            option("begun", leave.begun.as_ref())?,
            option("ended", leave.ended.as_ref())?,
            option("reissued", leave.reissued.as_ref())?,
            stored(leave.asks)?,
            leave.asked_at.map(|at| at.0),
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn leave(&self, id: AuthorisationId) -> Result<Option<CardLeave>, Error> {
        let sql = format!("{LEAVE} WHERE authorisation = ?1");
        first(self.0, &sql, [id.to_string()], leave)
    }

    fn live_leaves(&self, account: &AccountNo) -> Result<Vec<CardLeave>, Error> {
        let sql = format!(
            "{LEAVE} WHERE account_no = ?1 AND state IN ('leased', 'burned', 'in_doubt') ORDER BY no"
        );
        all(self.0, &sql, [account.as_str()], leave)
    }

    fn newest_leave_of(&self, claim: &Claim) -> Result<Option<CardLeave>, Error> {
        let sql = format!("{LEAVE} WHERE claim = ?1 ORDER BY no DESC LIMIT 1");
        first(self.0, &sql, [to_json("claim", claim)?], leave)
    }

    fn leaves_of(&self, order: &OrderId) -> Result<Vec<CardLeave>, Error> {
        let sql = format!("{LEAVE} WHERE order_id = ?1 ORDER BY no");
        all(self.0, &sql, [order.as_str()], leave)
    }

    fn leaves_in(&self, states: &[LeaveState], limit: u64) -> Result<Vec<CardLeave>, Error> {
        let marks = vec!["?"; states.len()].join(", ");
        let sql = format!("{LEAVE} WHERE state IN ({marks}) ORDER BY no DESC LIMIT {limit}");
        let names = params_from_iter(states.iter().map(|state| state.name()));
        all(self.0, &sql, names, leave)
    }

    fn every_leave(
        &self,
        found: &mut dyn FnMut(CardLeave) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let sql = format!("{LEAVE} ORDER BY claim, no DESC");
        each(self.0, &sql, [], |row| found(leave(row)?))
    }

    fn add_credit(&self, credit: &Credit) -> Result<bool, Error> {
        // no conflict is named: none of the table's keys may be there twice
        let sql = "INSERT INTO card_credit (account_no, meter_no, count, claim, authorisation,
                     old_meter_no, serial, image, parts, carried_fen, bought_fen, debt_fen,
                     total_fen, debt_left_fen, device, seq, credited_at_ms)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16,
                     ?17)
                   ON CONFLICT DO NOTHING";
        let sum = |of: fn(CreditPartKind) -> bool| -> i64 {
            let parts = credit.parts.iter().filter(|part| of(part.kind));
            parts.fold(0, |sum, part| sum.saturating_add(part.amount.count()))
        };
        let values = params![
            credit.account_no.as_str(),
            credit.meter_no.to_string(),
            credit.count,
            to_json("claim", &credit.claim)?,
            credit.authorisation.to_string(),
            credit.old_meter_no.map(|old| old.to_string()),
            credit.serial.to_string(),
            credit.image.as_bytes(),
            to_json("parts", &credit.parts)?,
            sum(|kind| kind == CreditPartKind::OldCredit),
            sum(|kind| matches!(kind, CreditPartKind::Bought { .. })),
            sum(|kind| kind == CreditPartKind::Debt),
            credit.total.count(),
            credit.debt_left.count(),
            credit.event.device.to_string(),
            stored(credit.event.seq)?,
            credit.at.0,
        ];
        Ok(run(self.0, sql, values)? > 0)
    }

    fn credit_of(&self, claim: &Claim) -> Result<Option<Credit>, Error> {
        let sql = format!("{CREDIT} WHERE claim = ?1");
        first(self.0, &sql, [to_json("claim", claim)?], credit)
    }

    fn credit_on(
        &self,
        account: &AccountNo,
        meter: MeterNo,
        count: u32,
    ) -> Result<Option<Credit>, Error> {
        let sql = format!("{CREDIT} WHERE account_no = ?1 AND meter_no = ?2 AND count = ?3");
        let values = params![account.as_str(), meter.to_string(), count];
        first(self.0, &sql, values, credit)
    }

    fn credits_from(&self, account: &AccountNo, old_meter: MeterNo) -> Result<Vec<Credit>, Error> {
        let sql = format!("{CREDIT} WHERE account_no = ?1 AND old_meter_no = ?2");
        let values = params![account.as_str(), old_meter.to_string()];
        all(self.0, &sql, values, credit)
    }

    fn every_credit(
        &self,
        found: &mut dyn FnMut(Credit) -> Result<(), Error>,
    ) -> Result<(), Error> {
        each(self.0, CREDIT, [], |row| found(credit(row)?))
    }

    fn put_blank(&self, blank: &Blank) -> Result<(), Error> {
        let sql = "INSERT INTO card_blank (serial, crew, registered_at_ms, used_by)
                   VALUES (?1, ?2, ?3, ?4)
                   ON CONFLICT (serial) DO UPDATE SET crew = excluded.crew,
                     registered_at_ms = excluded.registered_at_ms, used_by = excluded.used_by";
        let values = params![
            blank.serial.to_string(),
            blank.crew.as_str(),
            blank.registered_at.0,
            blank.used_by.map(|id| id.to_string()),
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn blank(&self, serial: CardSerial) -> Result<Option<Blank>, Error> {
        let sql = format!("{BLANK} WHERE serial = ?1");
        first(self.0, &sql, [serial.to_string()], blank)
    }

    fn blanks_for(&self, crew: &CrewId, claim: &Claim) -> Result<Vec<Blank>, Error> {
        let sql = format!(
            "{BLANK} WHERE crew = ?1 AND (used_by IS NULL OR used_by IN
               (SELECT authorisation FROM card_leave WHERE claim = ?2)) ORDER BY serial"
        );
        let values = params![crew.as_str(), to_json("claim", claim)?];
        all(self.0, &sql, values, blank)
    }

    fn blanks(&self, crew: Option<&CrewId>) -> Result<Vec<Blank>, Error> {
        let sql = format!("{BLANK} WHERE crew = coalesce(?1, crew) ORDER BY serial");
        all(self.0, &sql, [crew.map(CrewId::as_str)], blank)
    }

    fn add_incident(&self, incident: &Incident) -> Result<(), Error> {
        let sql = "INSERT INTO card_incident (about, what, order_id, authorisation, device, seq,
                     raised_at_ms, settled)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                   ON CONFLICT (about) DO NOTHING";
        let values = params![
            incident.about.as_bytes(),
            to_json("what", &incident.what)?,
            incident.order.as_str(),
            incident.authorisation.to_string(),
            incident.event.device.to_string(),
            stored(incident.event.seq)?,
            incident.at.0,
            option("settled", incident.settled.as_ref())?,
        ];
        run(self.0, sql, values)?;
        Ok(())
    }

    fn incident(&self, no: IncidentNo) -> Result<Option<Incident>, Error> {
        let sql = format!("{INCIDENT} WHERE no = ?1");
        first(self.0, &sql, [stored(no.0)?], incident)
    }

    fn incidents(&self, which: Incidents, limit: u64) -> Result<Vec<Incident>, Error> {
        let only = match which {
            Incidents::All => "",
            Incidents::Open => "WHERE settled IS NULL",
        };
        let sql = format!("{INCIDENT} {only} ORDER BY no DESC LIMIT ?1");
        all(self.0, &sql, [stored(limit)?], incident)
    }

    fn incidents_of(&self, order: &OrderId) -> Result<Vec<Incident>, Error> {
        let sql = format!("{INCIDENT} WHERE order_id = ?1 ORDER BY no");
        all(self.0, &sql, [order.as_str()], incident)
    }

    fn settle_incident(&self, no: IncidentNo, word: &Word) -> Result<(), Error> {
        let sql = "UPDATE card_incident SET settled = ?2 WHERE no = ?1";
        run(
            self.0,
            sql,
            params![stored(no.0)?, to_json("settled", word)?],
        )?;
        Ok(())
    }
}
