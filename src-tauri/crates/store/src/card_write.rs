//! Tables `card_write` and `card_taken`: the journal of prepaid cards, kept with the order's events.

use domain::{AuthorisationId, CardSerial, Order, OrderEvent, OrderId, Stamp, StepId, Stock};
use rusqlite::{Connection, Row, params};
use sqlite::column;
use uuid::Uuid;

use crate::{Acted, Store, StoreError, picture, sql};

/// A write of a card as its journal has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CardRow {
    /// The leave it uses up, for ever.
    pub authorisation: AuthorisationId,
    /// Of which order.
    pub order: OrderId,
    /// Of which step.
    pub step: StepId,
    /// The cards it may touch: the one that is written, and one that is made void before it.
    pub cards: Vec<CardSerial>,
    /// The journal's own text (JSON of `CardWrite`), which is not read here.
    pub text: String,
    /// Whether its cards may still have to be written or read.
    pub is_open: bool,
}

impl Store {
    /// Decides on an order as [`Store::act`] does, and keeps the row in the same transaction: the
    /// event is recorded, the picture changed and the journal kept, or nothing. On the disk when it
    /// returns.
    ///
    /// A write of the same order whose leave was taken back ends with it: its card is asked for no
    /// more.
    ///
    /// Errors: those of `decide`; those of [`Store::act`]; [`StoreError::CardEnded`] when the
    /// authorisation's write has ended; [`StoreError::CardOpen`] when the order or one of the cards
    /// is in another write that has not, and when the authorisation's own write is about another
    /// order, step or card. `decide` is not asked then.
    pub fn act_card<E: From<StoreError>>(
        &self,
        order: &OrderId,
        at: Stamp,
        row: &CardRow,
        decide: impl FnOnce(&Order, &Stock) -> Result<Vec<OrderEvent>, E>,
    ) -> Result<Acted, E> {
        self.write(|tx| {
            let (known, replaced) = admit(tx, row)?;
            let acted = self.decided(tx, order, at, &[], decide)?;
            if acted.is_ok() {
                if let Some(replaced) = replaced {
                    let is_open = false;
                    put(
                        tx,
                        Some(replaced.id),
                        &CardRow {
                            is_open,
                            ..replaced.row
                        },
                    )?;
                }
                put(tx, known, row)?;
            }
            Ok(acted)
        })?
    }

    /// Keeps a row that changes no order: a phase in between. On the disk when it returns.
    ///
    /// Errors: those of [`Store::act_card`]; [`StoreError::CardNotBegun`] when there is no write
    /// under the authorisation.
    pub fn keep_card(&self, row: &CardRow) -> Result<(), StoreError> {
        self.write(|tx| {
            let (known, _) = admit(tx, row)?;
            let known = known.ok_or(StoreError::CardNotBegun {
                authorisation: row.authorisation,
            })?;
            put(tx, Some(known), row)
        })
    }

    /// The orders whose dispatch asks for a card, in any state.
    ///
    /// Errors: those of reading.
    pub fn orders_with_card(&self) -> Result<Vec<Order>, StoreError> {
        self.read(|conn| {
            let ids = sql::every(
                conn,
                "SELECT order_row.order_id FROM order_row JOIN dispatch USING (id)
                 WHERE json_type(dispatch.body, '$.card') = 'object' ORDER BY order_row.order_id",
                [],
                |row| row.get::<_, String>("order_id").map(OrderId::new),
            )?;
            let found = ids.iter().map(|id| picture::find(conn, id));
            let found: Vec<_> = found.collect::<Result<_, _>>()?;
            Ok(found.into_iter().flatten().map(|at| at.order).collect())
        })
    }

    /// The writes that are not ended, the oldest first.
    ///
    /// Errors: those of reading.
    pub fn open_cards(&self) -> Result<Vec<CardRow>, StoreError> {
        self.read(open)
    }

    /// The newest write of an order.
    ///
    /// Errors: those of reading.
    pub fn card_of(&self, order: &OrderId) -> Result<Option<CardRow>, StoreError> {
        self.read(|conn| {
            sql::first(
                conn,
                "SELECT id, authorisation, order_id, step, cards, body, is_open FROM card_write
                 WHERE order_id = ?1 ORDER BY id DESC LIMIT 1",
                [order.as_str()],
                card_row,
            )
        })
    }

    /// The write that used an authorisation up.
    ///
    /// Errors: those of reading.
    pub fn card_under(
        &self,
        authorisation: AuthorisationId,
    ) -> Result<Option<CardRow>, StoreError> {
        self.read(|conn| Ok(find(conn, authorisation)?.map(|found| found.row)))
    }
}

fn card_row(row: &Row<'_>) -> rusqlite::Result<CardRow> {
    let uuid = |text: String| Uuid::parse_str(&text);
    Ok(CardRow {
        authorisation: AuthorisationId(column::parsed(row, "authorisation", uuid)?),
        order: OrderId::new(row.get::<_, String>("order_id")?),
        step: StepId::new(row.get::<_, String>("step")?),
        cards: column::parsed(row, "cards", |text: String| serde_json::from_str(&text))?,
        text: row.get("body")?,
        is_open: row.get("is_open")?,
    })
}

fn open(conn: &Connection) -> Result<Vec<CardRow>, StoreError> {
    sql::every(
        conn,
        "SELECT id, authorisation, order_id, step, cards, body, is_open FROM card_write
         WHERE is_open = 1 ORDER BY id",
        [],
        card_row,
    )
}

fn find(conn: &Connection, authorisation: AuthorisationId) -> Result<Option<Numbered>, StoreError> {
    sql::first(
        conn,
        "SELECT id, authorisation, order_id, step, cards, body, is_open FROM card_write
         WHERE authorisation = ?1",
        [authorisation.to_string()],
        |row| {
            Ok(Numbered {
                id: row.get("id")?,
                row: card_row(row)?,
            })
        },
    )
}

/// A row and its number in the table.
struct Numbered {
    id: i64,
    row: CardRow,
}

/// Says whether a row may be kept; the number of the row it takes the place of, and the open write
/// of the order that ends with it.
///
/// The tables' own constraints say the same once more, without naming the other write.
fn admit(conn: &Connection, row: &CardRow) -> Result<(Option<i64>, Option<Numbered>), StoreError> {
    let authorisation = row.authorisation;
    if let Some(Numbered { id, row: before }) = find(conn, authorisation)? {
        let is_same =
            (&before.order, &before.step, &before.cards) == (&row.order, &row.step, &row.cards);
        return match (before.is_open, is_same) {
            (false, _) => Err(StoreError::CardEnded { authorisation }),
            (true, false) => Err(StoreError::CardOpen { authorisation }),
            (true, true) => Ok((Some(id), None)),
        };
    }
    let (of_order, others): (Vec<_>, Vec<_>) = open(conn)?
        .into_iter()
        .partition(|other| other.order == row.order);
    let takes = |other: &&CardRow| other.cards.iter().any(|card| row.cards.contains(card));
    let in_the_way = |other: &CardRow| StoreError::CardOpen {
        authorisation: other.authorisation,
    };
    if let Some(other) = others.iter().find(takes) {
        return Err(in_the_way(other));
    }
    let Some(before) = of_order.first() else {
        return Ok((None, None));
    };
    let held = picture::find(conn, &row.order)?;
    match held.is_some_and(|held| held.order.taken_back.contains(&before.authorisation)) {
        true => Ok((None, find(conn, before.authorisation)?)),
        false => Err(in_the_way(before)),
    }
}

fn put(conn: &Connection, known: Option<i64>, row: &CardRow) -> Result<(), StoreError> {
    let id = match known {
        Some(id) => {
            sql::run(
                conn,
                "UPDATE card_write SET body = ?2, is_open = ?3 WHERE id = ?1",
                params![id, row.text, row.is_open],
            )?;
            id
        }
        None => {
            let cards =
                serde_json::to_string(&row.cards).map_err(StoreError::unreadable("cards"))?;
            sql::run(
                conn,
                "INSERT INTO card_write (authorisation, order_id, step, cards, body, is_open)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    row.authorisation.to_string(),
                    row.order.as_str(),
                    row.step.as_str(),
                    cards,
                    row.text,
                    row.is_open,
                ],
            )?;
            conn.last_insert_rowid()
        }
    };
    match (known, row.is_open) {
        (None, true) => take(conn, id, &row.cards),
        (Some(_), true) | (None, false) => Ok(()),
        (Some(_), false) => {
            sql::run(conn, "DELETE FROM card_taken WHERE card_write = ?1", [id])?;
            Ok(())
        }
    }
}

fn take(conn: &Connection, write: i64, cards: &[CardSerial]) -> Result<(), StoreError> {
    for card in cards {
        sql::run(
            conn,
            "INSERT INTO card_taken (serial, card_write) VALUES (?1, ?2)",
            params![card.to_string(), write],
        )?;
    }
    Ok(())
}

/// Works out anew which cards are taken, after salvage copied the writes.
pub(crate) fn take_anew(conn: &Connection) -> Result<(), StoreError> {
    sql::run(
        conn,
        "INSERT OR IGNORE INTO card_taken (serial, card_write)
         SELECT each.value, card_write.id FROM card_write, json_each(card_write.cards) AS each
         WHERE card_write.is_open = 1 ORDER BY card_write.id",
        [],
    )?;
    Ok(())
}
