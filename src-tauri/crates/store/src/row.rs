//! Table `order_row`: an order as lists show it, one indexed line each, no JSON to parse.

use std::io;

use domain::{
    AccountNo, Appointment, Delivery, Millis, Order, OrderId, OrderKind, OrderState, Place,
    Progress, ReplaceReason, Requirement,
};
use rusqlite::{Connection, params};
use sqlite::column;

use crate::{Store, StoreError, sql};

/// An order as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Which.
    pub id: OrderId,
    /// What for.
    pub kind: OrderKind,
    /// Why, for a replacement.
    pub reason: Option<ReplaceReason>,
    /// Its state's name.
    pub state: String,
    /// Customer's name.
    pub customer: String,
    /// Account number.
    pub account_no: AccountNo,
    /// Address.
    pub address: String,
    /// When the customer expects the crew.
    pub appointment: Option<Appointment>,
    /// Where the meter stands, when known.
    pub place: Option<Place>,
    /// The supervisor's first remark, while the order is returned.
    pub remark: Option<String>,
    /// Required steps that are done.
    pub steps_done: u32,
    /// Required steps.
    pub steps: u32,
    /// Meters that belong under the terminal.
    pub meters: u32,
    /// Late and refused events no person has decided on.
    pub attention: u32,
    /// How far news of the work done here has got.
    pub progress: Progress,
    /// What of it the gateway does not hold yet.
    pub unsent: Unsent,
}

/// What the gateway does not hold yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Unsent {
    /// Events.
    pub events: u64,
    /// Photos and signatures.
    pub blobs: u64,
    /// Their size. Unit: bytes.
    pub bytes: u64,
}

/// How much there is of everything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Orders on this device.
    pub orders: u64,
    /// Worked on here, nothing sent.
    pub saved_here: u64,
    /// Worked on here, sent in part.
    pub on_its_way: u64,
    /// Worked on here, all of it in the office.
    pub in_office: u64,
    /// Worked on here, result taken by the marketing system.
    pub accepted: u64,
    /// What waits to be sent, the stock's events and pictures included.
    pub unsent: Unsent,
}

impl Row {
    /// How far news of the order has got; `None` while nothing was done here.
    pub fn delivery(&self) -> Option<Delivery> {
        (self.progress.events > 0).then(|| self.progress.delivery())
    }
}

/// Every column of a line, and only those.
macro_rules! columns {
    () => {
        "order_row.order_id, kind, reason, state, customer, account_no, address,
         appointment_from_ms, appointment_to_ms, lat_e7, lon_e7, accuracy_m, remark, steps_done,
         steps, meters, attention, accepted, events, events_receipted, blobs, blobs_receipted,
         blob_bytes_unsent"
    };
}
pub(crate) use columns;

impl Store {
    /// Every order: by appointment, those without one last, then by number.
    ///
    /// Errors: those of reading.
    pub fn rows(&self) -> Result<Vec<Row>, StoreError> {
        const TEXT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM order_row ORDER BY appointment_from_ms IS NULL, appointment_from_ms, order_id"
        );
        self.read(|conn| sql::every(conn, TEXT, [], read))
    }

    /// The orders of which something waits to be sent.
    ///
    /// Errors: those of reading.
    pub fn waiting_rows(&self) -> Result<Vec<Row>, StoreError> {
        const TEXT: &str = concat!(
            "SELECT ",
            columns!(),
            " FROM order_row WHERE events > events_receipted OR blobs > blobs_receipted
              ORDER BY order_id"
        );
        self.read(|conn| sql::every(conn, TEXT, [], read))
    }

    /// How much there is of everything.
    ///
    /// Errors: those of reading.
    pub fn totals(&self) -> Result<Totals, StoreError> {
        self.read(totals)
    }
}

fn totals(conn: &Connection) -> Result<Totals, StoreError> {
    let mut totals = Totals::default();
    let progress = sql::every(
        conn,
        "SELECT count(*) AS orders, events > 0 AS worked, accepted, events > events_receipted
             OR blobs > blobs_receipted AS waits, events_receipted + blobs_receipted > 0 AS begun
         FROM order_row GROUP BY 2, 3, 4, 5",
        [],
        |row| {
            let orders = column::count(row, "orders")?;
            let facts: [bool; 4] = [
                row.get("worked")?,
                row.get("waits")?,
                row.get("begun")?,
                row.get("accepted")?,
            ];
            Ok((orders, facts))
        },
    )?;
    for (orders, [worked, waits, begun, accepted]) in progress {
        totals.orders += orders;
        let part = u64::from(waits);
        let word = Progress {
            events: part + u64::from(begun),
            events_receipted: u64::from(begun),
            blobs: 0,
            blobs_receipted: 0,
            accepted,
        };
        match word.delivery() {
            _ if !worked => {}
            Delivery::SavedHere => totals.saved_here += orders,
            Delivery::OnItsWay => totals.on_its_way += orders,
            Delivery::InOffice => totals.in_office += orders,
            Delivery::Accepted => totals.accepted += orders,
        }
    }
    let events = "SELECT count(*) AS n FROM event WHERE seq > (SELECT acked_seq FROM sync_state)";
    totals.unsent.events =
        sql::first(conn, events, [], |row| column::count(row, "n"))?.unwrap_or_default();
    let blobs = "SELECT count(*) AS n, coalesce(sum(size_bytes), 0) AS bytes FROM
         (SELECT DISTINCT hash, size_bytes FROM blob WHERE held = 0)";
    let waiting = sql::first(conn, blobs, [], |row| {
        Ok((column::count(row, "n")?, column::count(row, "bytes")?))
    })?;
    (totals.unsent.blobs, totals.unsent.bytes) = waiting.unwrap_or_default();
    Ok(totals)
}

/// One order's line.
pub(crate) fn of(conn: &Connection, order: &OrderId) -> Result<Option<Row>, StoreError> {
    const TEXT: &str = concat!("SELECT ", columns!(), " FROM order_row WHERE order_id = ?1");
    sql::first(conn, TEXT, [order.as_str()], read)
}

/// Reads a line.
pub(crate) fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    let from: Option<i64> = row.get("appointment_from_ms")?;
    let to: Option<i64> = row.get("appointment_to_ms")?;
    let (lat, lon): (Option<i32>, Option<i32>) = (row.get("lat_e7")?, row.get("lon_e7")?);
    let accuracy_m: Option<u32> = row.get("accuracy_m")?;
    let progress = Progress {
        events: column::count(row, "events")?,
        events_receipted: column::count(row, "events_receipted")?,
        blobs: column::count(row, "blobs")?,
        blobs_receipted: column::count(row, "blobs_receipted")?,
        accepted: row.get("accepted")?,
    };
    Ok(Row {
        id: OrderId::new(row.get::<_, String>("order_id")?),
        kind: column::parsed(row, "kind", kind)?,
        reason: column::parsed_option(row, "reason", reason)?,
        state: row.get("state")?,
        customer: row.get("customer")?,
        account_no: AccountNo::new(row.get::<_, String>("account_no")?),
        address: row.get("address")?,
        appointment: from.zip(to).map(|(from, to)| Appointment {
            from: Millis(from),
            to: Millis(to),
        }),
        place: lat.zip(lon).map(|(lat_e7, lon_e7)| Place {
            lat_e7,
            lon_e7,
            accuracy_m: accuracy_m.unwrap_or(0),
        }),
        remark: row.get("remark")?,
        steps_done: row.get("steps_done")?,
        steps: row.get("steps")?,
        meters: row.get("meters")?,
        attention: row.get("attention")?,
        progress,
        unsent: Unsent {
            events: progress.events.saturating_sub(progress.events_receipted),
            blobs: progress.blobs.saturating_sub(progress.blobs_receipted),
            bytes: column::count(row, "blob_bytes_unsent")?,
        },
    })
}

fn unknown(what: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn kind(name: String) -> Result<OrderKind, io::Error> {
    let found = OrderKind::ALL.into_iter().find(|kind| kind.name() == name);
    found.ok_or_else(|| unknown(name))
}

fn reason(name: String) -> Result<ReplaceReason, io::Error> {
    [ReplaceReason::Fault, ReplaceReason::Rotation]
        .into_iter()
        .find(|reason| reason_name(*reason) == name)
        .ok_or_else(|| unknown(name))
}

fn reason_name(reason: ReplaceReason) -> &'static str {
    match reason {
        ReplaceReason::Fault => "fault",
        ReplaceReason::Rotation => "rotation",
    }
}

/// Writes an order's line; its counts are [`recount`]'s. Gives the row's number.
pub(crate) fn put(
    conn: &Connection,
    order: &Order,
    seen: u64,
    sought: &str,
) -> Result<i64, StoreError> {
    let dispatch = &order.dispatch;
    let account = &dispatch.account;
    let steps = dispatch.procedure.steps.iter();
    let required = steps.filter(|step| step.requirement == Requirement::Required);
    let required = required.count();
    let done = required.saturating_sub(order.open_steps().count());
    let waiting = order.attention.iter().filter(|a| a.decided.is_none());
    let remark = match order.state {
        OrderState::Returned => order.remarks.first().map(|remark| &remark.text),
        _ => None,
    };
    sql::run(
        conn,
        "INSERT INTO order_row
         (order_id, kind, reason, state, customer, account_no, address, appointment_from_ms,
          appointment_to_ms, lat_e7, lon_e7, accuracy_m, remark, steps_done, steps, meters,
          attention, accepted, seen, sought)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
          ?19, ?20)
         ON CONFLICT (order_id) DO UPDATE SET
          kind = excluded.kind, reason = excluded.reason, state = excluded.state,
          customer = excluded.customer, account_no = excluded.account_no,
          address = excluded.address, appointment_from_ms = excluded.appointment_from_ms,
          appointment_to_ms = excluded.appointment_to_ms, lat_e7 = excluded.lat_e7,
          lon_e7 = excluded.lon_e7, accuracy_m = excluded.accuracy_m, remark = excluded.remark,
          steps_done = excluded.steps_done, steps = excluded.steps, meters = excluded.meters,
          attention = excluded.attention, accepted = excluded.accepted, seen = excluded.seen,
          sought = excluded.sought",
        params![
            dispatch.id.as_str(),
            dispatch.kind.name(),
            dispatch.reason.map(reason_name),
            order.state.name(),
            account.customer,
            account.account_no.as_str(),
            account.address,
            dispatch.appointment.map(|a| a.from.0),
            dispatch.appointment.map(|a| a.to.0),
            account.place.map(|place| place.lat_e7),
            account.place.map(|place| place.lon_e7),
            account.place.map(|place| place.accuracy_m),
            remark,
            done as i64,
            required as i64,
            dispatch.terminal_meters.len() as i64,
            waiting.count() as i64,
            order.accepted_by_marketing,
            column::stored(seen)?,
            sought,
        ],
    )?;
    let text = "SELECT id FROM order_row WHERE order_id = ?1";
    let id = sql::first(conn, text, [dispatch.id.as_str()], |row| row.get("id"))?;
    id.ok_or_else(|| StoreError::NotFound {
        order: dispatch.id.clone(),
    })
}

/// Counts what was done here to an order and how much of it the gateway holds.
pub(crate) fn recount(conn: &Connection, order: &OrderId) -> Result<(), StoreError> {
    sql::run(
        conn,
        "UPDATE order_row SET
          (events, events_receipted) =
           (SELECT count(*), coalesce(sum(is_held), 0) FROM
             (SELECT seq <= coalesce((SELECT acked_seq FROM sync_state), 0) AS is_held
               FROM event WHERE order_id = ?1
              UNION ALL SELECT 1 FROM event_past
               WHERE order_id = ?1 AND resealed_as IS NULL)),
          (blobs, blobs_receipted, blob_bytes_unsent) =
           (SELECT count(*), coalesce(sum(held), 0),
             coalesce(sum(CASE held WHEN 0 THEN size_bytes END), 0)
             FROM blob WHERE order_id = ?1)
         WHERE order_id = ?1",
        [order.as_str()],
    )?;
    Ok(())
}
