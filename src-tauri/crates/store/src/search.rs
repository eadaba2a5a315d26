//! Table `search`: finding an order by any part of its numbers, name or address.
//!
//! People type the last digits of a meter, two characters of a name, a village. SQLite's own
//! trigrams would miss words of two characters, which is most Chinese names, so the pieces are cut
//! here: digits and letters in 2, 3 and 4, other writing in 1 and 2. A word is looked up by pieces
//! that cover it, and each hit is checked against the text itself.

use std::collections::BTreeSet;

use domain::{Need, Order, Slot};
use rusqlite::{Connection, params};

use crate::row::{columns, read};
use crate::{Row, Store, StoreError, sql};

/// The most pieces of a word that are looked up. The check against the text makes more of them
/// needless; a scanned number of 22 digits would take six.
const COVER_MAX: usize = 6;

impl Store {
    /// Orders whose number, account, name, address or meters contain every word of `text`, the
    /// newest first, at most `limit`. Full-width digits and case make no difference.
    ///
    /// Errors: those of reading.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Row>, StoreError> {
        let text = normal(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let pieces: BTreeSet<String> = words.iter().flat_map(|word| cover(word)).collect();
        self.read(|conn| {
            if pieces.is_empty() {
                return scan(conn, &words, limit);
            }
            let quoted: Vec<String> = pieces.iter().map(|piece| format!("\"{piece}\"")).collect();
            look_up(conn, &quoted.join(" AND "), &words, limit)
        })
    }
}

fn look_up(
    conn: &Connection,
    pieces: &str,
    words: &[&str],
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT sought, ",
        columns!(),
        " FROM search CROSS JOIN order_row ON order_row.id = search.rowid
          WHERE search MATCH ?1 ORDER BY search.rowid DESC"
    );
    let mut statement = conn.prepare_cached(TEXT)?;
    matching(&mut statement.query([pieces])?, words, limit)
}

/// A single digit or letter is in nearly every order: the first rows will do.
fn scan(conn: &Connection, words: &[&str], limit: usize) -> Result<Vec<Row>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT sought, ",
        columns!(),
        " FROM order_row ORDER BY order_row.id DESC"
    );
    let mut statement = conn.prepare_cached(TEXT)?;
    matching(&mut statement.query([])?, words, limit)
}

fn matching(
    rows: &mut rusqlite::Rows<'_>,
    words: &[&str],
    limit: usize,
) -> Result<Vec<Row>, StoreError> {
    let mut found = vec![];
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let sought = row.get_ref("sought")?.as_str().unwrap_or_default();
        if words.iter().all(|word| sought.contains(word)) {
            found.push(read(row)?);
        }
    }
    Ok(found)
}

/// The text of an order that is looked through: normalised, one field a line.
pub(crate) fn sought(order: &Order) -> String {
    let dispatch = &order.dispatch;
    let account = &dispatch.account;
    let mut fields = vec![
        dispatch.id.as_str(),
        account.account_no.as_str(),
        &account.customer,
        &account.address,
    ];
    fields.extend(dispatch.old_meter.as_ref().map(|old| old.asset_no.as_str()));
    fields.extend(dispatch.old_terminal.as_ref().map(|no| no.as_str()));
    fields.extend(dispatch.terminal_meters.iter().map(|no| no.as_str()));
    for step in &dispatch.procedure.steps {
        if let Need::Scan {
            slot: slot @ (Slot::NewMeter | Slot::NewTerminal),
        } = step.need
        {
            fields.extend(order.scanned(slot).map(|no| no.as_str()));
        }
    }
    normal(&fields.join("\n"))
}

/// Puts an order's pieces in, in place of those before.
pub(crate) fn put(conn: &Connection, id: i64, sought: &str) -> Result<(), StoreError> {
    sql::run(conn, "DELETE FROM search WHERE rowid = ?1", [id])?;
    let pieces: Vec<String> = pieces(sought).into_iter().collect();
    sql::run(
        conn,
        "INSERT INTO search (rowid, grams) VALUES (?1, ?2)",
        params![id, pieces.join(" ")],
    )?;
    Ok(())
}

/// Lower case, full-width digits and letters as plain ones.
fn normal(text: &str) -> String {
    let plain = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        other => other,
    };
    text.chars()
        .map(plain)
        .flat_map(char::to_lowercase)
        .collect()
}

/// A stretch of text of one kind of writing.
struct Run {
    letters: Vec<char>,
    is_ascii: bool,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = vec![];
    let mut goes_on = false;
    for letter in text.chars() {
        let is_ascii = letter.is_ascii();
        let counts = letter.is_alphanumeric();
        match runs.last_mut() {
            Some(run) if counts && goes_on && run.is_ascii == is_ascii => run.letters.push(letter),
            _ if counts => runs.push(Run {
                letters: vec![letter],
                is_ascii,
            }),
            _ => {}
        }
        goes_on = counts;
    }
    runs
}

/// Every piece of a text.
fn pieces(text: &str) -> BTreeSet<String> {
    let mut pieces = BTreeSet::new();
    for run in runs(text) {
        let sizes = if run.is_ascii { 2..=4 } else { 1..=2 };
        for size in sizes {
            pieces.extend(run.letters.windows(size).map(String::from_iter));
        }
    }
    pieces
}

/// Pieces that cover a word; none for a single digit or letter.
fn cover(word: &str) -> Vec<String> {
    let mut cover = vec![];
    for run in runs(word) {
        let size = run.letters.len().min(if run.is_ascii { 4 } else { 2 });
        if run.is_ascii && size < 2 {
            continue;
        }
        let windows = run.letters.windows(size);
        let last = windows.len().saturating_sub(1);
        let kept = windows
            .enumerate()
            .filter(|(at, _)| at % size == 0 || *at == last);
        cover.extend(kept.map(|(_, piece)| String::from_iter(piece)));
    }
    // The last pieces tell more: numbers of one make begin alike.
    cover.split_off(cover.len().saturating_sub(COVER_MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_and_names_are_cut_into_their_own_pieces() {
        let found: Vec<String> = pieces("李小7701").into_iter().collect();
        let wanted = ["01", "70", "701", "77", "770", "7701", "小", "李", "李小"];
        assert_eq!(found, wanted);
        assert_eq!(cover("7"), Vec::<String>::new());
        assert_eq!(cover("01234"), ["0123", "1234"]);
        assert_eq!(cover("李小龙"), ["李小", "小龙"]);
    }

    #[test]
    fn full_width_and_case_make_no_difference() {
        assert_eq!(normal("Ａ１2ｂ　Ü"), "a12b ü");
    }

    proptest! {
        #[test]
        fn whatever_part_of_a_text_is_sought_its_pieces_are_there(
            text in "[0-9a-b李小龙 ，]{1,24}", from in 0usize..24, length in 1usize..24,
        ) {
            let word: String = text.chars().skip(from).take(length).collect();
            let all = pieces(&text);
            for piece in word.split_whitespace().flat_map(cover) {
                prop_assert!(all.contains(&piece), "{piece} of {word} in {text}");
            }
        }
    }
}
