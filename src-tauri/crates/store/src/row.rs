//! Table `order_row`: an order as lists show it, one indexed line each, no JSON to parse.

use std::io;

use domain::{
    AccountNo, Appointment, Delivery, Millis, Order, OrderId, OrderKind, OrderState, Place,
    Progress, ReplaceReason, Requirement,
};
use rusqlite::types::Type;
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

/// Every column of a line, in the order of [`At`].
macro_rules! columns {
    () => {
        "order_row.order_id, kind, reason, state, customer, account_no, address,
         appointment_from_ms, appointment_to_ms, lat_e7, lon_e7, accuracy_m, remark, steps_done,
         steps, meters, attention, accepted, events, events_receipted, blobs, blobs_receipted,
         blob_bytes_unsent"
    };
}
pub(crate) use columns;

/// Where each of [`columns`] stands: looking a name up for each value of 5,000 lines would take
/// longer than reading them. A test compares the two.
#[derive(Debug, Clone, Copy)]
enum At {
    OrderId,
    Kind,
    Reason,
    State,
    Customer,
    AccountNo,
    Address,
    AppointmentFromMs,
    AppointmentToMs,
    LatE7,
    LonE7,
    AccuracyM,
    Remark,
    StepsDone,
    Steps,
    Meters,
    Attention,
    Accepted,
    Events,
    EventsReceipted,
    Blobs,
    BlobsReceipted,
    BlobBytesUnsent,
}

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
    let at = |place: At| place as usize;
    let from: Option<i64> = row.get(at(At::AppointmentFromMs))?;
    let to: Option<i64> = row.get(at(At::AppointmentToMs))?;
    let lat: Option<i32> = row.get(at(At::LatE7))?;
    let lon: Option<i32> = row.get(at(At::LonE7))?;
    let accuracy_m: Option<u32> = row.get(at(At::AccuracyM))?;
    let count = |place: At| row.get::<_, u32>(place as usize).map(u64::from);
    let bytes: i64 = row.get(at(At::BlobBytesUnsent))?;
    let progress = Progress {
        events: count(At::Events)?,
        events_receipted: count(At::EventsReceipted)?,
        blobs: count(At::Blobs)?,
        blobs_receipted: count(At::BlobsReceipted)?,
        accepted: row.get(at(At::Accepted))?,
    };
    Ok(Row {
        id: OrderId::new(row.get::<_, String>(at(At::OrderId))?),
        kind: word(row, At::Kind, kind)?.ok_or(rusqlite::Error::InvalidQuery)?,
        reason: word(row, At::Reason, reason)?,
        state: row.get(at(At::State))?,
        customer: row.get(at(At::Customer))?,
        account_no: AccountNo::new(row.get::<_, String>(at(At::AccountNo))?),
        address: row.get(at(At::Address))?,
        appointment: from.zip(to).map(|(from, to)| Appointment {
            from: Millis(from),
            to: Millis(to),
        }),
        place: lat.zip(lon).map(|(lat_e7, lon_e7)| Place {
            lat_e7,
            lon_e7,
            accuracy_m: accuracy_m.unwrap_or(0),
        }),
        remark: row.get(at(At::Remark))?,
        steps_done: row.get(at(At::StepsDone))?,
        steps: row.get(at(At::Steps))?,
        meters: row.get(at(At::Meters))?,
        attention: row.get(at(At::Attention))?,
        progress,
        unsent: Unsent {
            events: progress.events.saturating_sub(progress.events_receipted),
            blobs: progress.blobs.saturating_sub(progress.blobs_receipted),
            bytes: u64::try_from(bytes).unwrap_or_default(),
        },
    })
}

/// Reads a word of ours; one that no list has is an error that names its column.
fn word<T>(
    row: &rusqlite::Row<'_>,
    place: At,
    known: impl FnOnce(&str) -> Option<T>,
) -> rusqlite::Result<Option<T>> {
    let Some(name) = row.get_ref(place as usize)?.as_str_or_null()? else {
        return Ok(None);
    };
    let unknown = || {
        let cause = io::Error::from(io::ErrorKind::InvalidData);
        rusqlite::Error::FromSqlConversionFailure(place as usize, Type::Text, Box::new(cause))
    };
    known(name).map(Some).ok_or_else(unknown)
}

fn kind(name: &str) -> Option<OrderKind> {
    OrderKind::ALL.into_iter().find(|kind| kind.name() == name)
}

fn reason(name: &str) -> Option<ReplaceReason> {
    [ReplaceReason::Fault, ReplaceReason::Rotation]
        .into_iter()
        .find(|reason| reason_name(*reason) == name)
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
    let id = sql::run_for(
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
          sought = excluded.sought
         RETURNING id",
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
        |row| row.get("id"),
    )?;
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_stands_where_it_is_read() {
        let names = columns!().split(',').map(|name| name.trim());
        let snake = |place: At| {
            let mut name = String::new();
            for letter in format!("{place:?}").chars() {
                if letter.is_uppercase() && !name.is_empty() {
                    name.push('_');
                }
                name.extend(letter.to_lowercase());
            }
            name
        };
        let places = [
            At::OrderId,
            At::Kind,
            At::Reason,
            At::State,
            At::Customer,
            At::AccountNo,
            At::Address,
            At::AppointmentFromMs,
            At::AppointmentToMs,
            At::LatE7,
            At::LonE7,
            At::AccuracyM,
            At::Remark,
            At::StepsDone,
            At::Steps,
            At::Meters,
            At::Attention,
            At::Accepted,
            At::Events,
            At::EventsReceipted,
            At::Blobs,
            At::BlobsReceipted,
            At::BlobBytesUnsent,
        ];
        let read: Vec<String> = places.into_iter().map(snake).collect();
        let asked: Vec<&str> = names
            .map(|name| name.trim_start_matches("order_row."))
            .collect();
        assert_eq!(read, asked);
        assert_eq!(
            places.map(|place| place as usize),
            std::array::from_fn(|n| n)
        );
    }
}
