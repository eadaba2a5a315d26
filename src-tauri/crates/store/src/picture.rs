//! Tables `dispatch` and `picture`: what an order's log adds up to, in two parts, because the
//! large one changes rarely and the small one with each act.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    Attention, AuthorisationId, BlobHash, Dispatch, Entry, Order, OrderId, OrderState, Photo,
    Record, Remark, ReplacedCard, SignedAuthorisation, StepId, replay,
};
use rusqlite::{Connection, params};
use serde::{Deserialize, Serialize};
use sqlite::column;

use crate::{Row, Store, StoreError, entry, row, search, setting, sql};

/// An order as the store holds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// Its picture.
    pub order: Order,
    /// The newest change of it, by the gateway's number, that the device knows; 0 for none.
    pub seen: u64,
    /// Its line in lists, with how far news of it has got.
    pub row: Row,
}

impl Store {
    /// An order; `None` when the device does not have it.
    ///
    /// Errors: those of reading.
    pub fn order(&self, order: &OrderId) -> Result<Option<Held>, StoreError> {
        self.read(|conn| {
            let Some(at) = find(conn, order)? else {
                return Ok(None);
            };
            let row = row::of(conn, order)?.ok_or_else(|| StoreError::NotFound {
                order: order.clone(),
            })?;
            Ok(Some(Held {
                order: at.order,
                seen: at.seen,
                row,
            }))
        })
    }
}

/// An order's picture and where it is kept.
pub(crate) struct Found {
    pub(crate) order: Order,
    pub(crate) seen: u64,
}

/// An order without its dispatch, to be written.
#[derive(Serialize)]
struct Work<'a> {
    state: &'a OrderState,
    work: &'a BTreeMap<StepId, Record>,
    photos: &'a BTreeMap<StepId, Vec<Photo>>,
    reopened: &'a BTreeSet<StepId>,
    remarks: &'a Vec<Remark>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorisation: &'a Option<SignedAuthorisation>,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    taken_back: &'a BTreeSet<AuthorisationId>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    replaced_cards: &'a Vec<ReplacedCard>,
    attention: &'a Vec<Attention>,
    manifest: &'a BTreeSet<BlobHash>,
    accepted_by_marketing: bool,
}

/// The same, as it was read.
#[derive(Deserialize)]
struct WorkRead {
    state: OrderState,
    work: BTreeMap<StepId, Record>,
    photos: BTreeMap<StepId, Vec<Photo>>,
    reopened: BTreeSet<StepId>,
    remarks: Vec<Remark>,
    #[serde(default)]
    authorisation: Option<SignedAuthorisation>,
    #[serde(default)]
    taken_back: BTreeSet<AuthorisationId>,
    #[serde(default)]
    replaced_cards: Vec<ReplacedCard>,
    attention: Vec<Attention>,
    manifest: BTreeSet<BlobHash>,
    accepted_by_marketing: bool,
}

/// The picture as it stands.
pub(crate) fn find(conn: &Connection, order: &OrderId) -> Result<Option<Found>, StoreError> {
    sql::first(
        conn,
        "SELECT order_row.seen, dispatch.body AS dispatch, picture.body AS work
         FROM order_row JOIN dispatch USING (id) JOIN picture USING (id)
         WHERE order_row.order_id = ?1",
        [order.as_str()],
        |row| {
            let dispatch: Dispatch =
                column::parsed(row, "dispatch", |text: String| serde_json::from_str(&text))?;
            let work: WorkRead =
                column::parsed(row, "work", |text: String| serde_json::from_str(&text))?;
            Ok(Found {
                order: together(dispatch, work),
                seen: column::count(row, "seen")?,
            })
        },
    )
}

fn together(dispatch: Dispatch, read: WorkRead) -> Order {
    Order {
        dispatch,
        state: read.state,
        work: read.work,
        photos: read.photos,
        reopened: read.reopened,
        remarks: read.remarks,
        authorisation: read.authorisation,
        taken_back: read.taken_back,
        replaced_cards: read.replaced_cards,
        attention: read.attention,
        manifest: read.manifest,
        accepted_by_marketing: read.accepted_by_marketing,
    }
}

/// Writes a picture and all that lists and search show of it.
///
/// `before` is the picture it replaces, so that what did not change is not written again.
pub(crate) fn put(
    conn: &Connection,
    before: Option<&Order>,
    order: &Order,
    seen: u64,
) -> Result<(), StoreError> {
    let text = |what, value: Result<String, serde_json::Error>| {
        value.map_err(StoreError::unreadable(what))
    };
    let sought = search::sought(order);
    let id = row::put(conn, order, seen, &sought)?;
    let is_dispatched_anew = before.is_none_or(|before| before.dispatch != order.dispatch);
    if is_dispatched_anew {
        let body = text("dispatch", serde_json::to_string(&order.dispatch))?;
        sql::run(
            conn,
            "INSERT INTO dispatch (id, body) VALUES (?1, ?2)
             ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            params![id, body],
        )?;
    }
    let work = Work {
        state: &order.state,
        work: &order.work,
        photos: &order.photos,
        reopened: &order.reopened,
        remarks: &order.remarks,
        authorisation: &order.authorisation,
        taken_back: &order.taken_back,
        replaced_cards: &order.replaced_cards,
        attention: &order.attention,
        manifest: &order.manifest,
        accepted_by_marketing: order.accepted_by_marketing,
    };
    sql::run(
        conn,
        "INSERT INTO picture (id, body) VALUES (?1, ?2)
         ON CONFLICT (id) DO UPDATE SET body = excluded.body",
        params![id, text("picture", serde_json::to_string(&work))?],
    )?;
    let scanned = |order| search::scanned(order).collect::<Vec<_>>();
    if is_dispatched_anew || before.map(scanned) != Some(scanned(order)) {
        search::put(conn, id, &sought)?;
    }
    row::recount(conn, &order.dispatch.id)
}

/// Works the picture out anew from the whole log. A log without its dispatch has none yet.
pub(crate) fn refresh(conn: &Connection, order: &OrderId) -> Result<(), StoreError> {
    let log = entry::log(conn, order)?;
    match replay(&log) {
        Some(now) => {
            let before = find(conn, order)?.map(|found| found.order);
            put(conn, before.as_ref(), &now, newest(&log))
        }
        None => Ok(()),
    }
}

fn newest(log: &[Entry]) -> u64 {
    let changes = log.iter().filter_map(|entry| entry.change);
    changes.max().unwrap_or(0)
}

/// The setting that says which program worked the pictures out.
const WORKED_OUT_BY: &str = "pictures_by";

/// Works every picture out anew when another version of the program did it: its rules, or the
/// form of its pictures, may have been others. Logs are read by every version.
pub(crate) fn renew(conn: &mut Connection) -> Result<(), StoreError> {
    const US: &str = concat!("\"", env!("CARGO_PKG_VERSION"), "\"");
    sqlite::write(conn, |tx| {
        if setting::value(tx, WORKED_OUT_BY)?.as_deref() == Some(US) {
            return Ok(());
        }
        for order in entry::orders(tx)? {
            let log = entry::log(tx, &order)?;
            if let Some(now) = replay(&log) {
                put(tx, None, &now, newest(&log))?;
            }
        }
        setting::put(tx, WORKED_OUT_BY, US)
    })
}
