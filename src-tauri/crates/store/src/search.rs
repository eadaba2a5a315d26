//! Table `search`: finding an order by any part of its numbers, name or address.
//!
//! People type the last digits of a meter, two characters of a name, a village. SQLite's own
//! trigrams would miss words of two characters, which is most Chinese names, so the pieces are cut
//! here: digits and letters in 2, 3 and 4, other writing in 1 and 2, and the two characters where
//! one kind meets the other. A word is looked up by its rarest pieces, and each hit is checked
//! against the text itself.

use std::collections::BTreeSet;

use domain::{AssetNo, Order, Slot};
use rusqlite::{Connection, params};

use crate::row::{columns, read};
use crate::{Row, Store, StoreError, sql};

/// The most pieces that are looked up. Each further one costs a walk through its list, which for
/// a common piece is as long as the table; the check against the text makes them needless.
const PIECES_MAX: usize = 5;

impl Store {
    /// Orders whose number, account, name, address or meters contain every word of `text`, the
    /// newest first, at most `limit`. Full-width digits and case make no difference.
    ///
    /// Errors: those of reading.
    pub fn search(&self, text: &str, limit: usize) -> Result<Vec<Row>, StoreError> {
        let text = normal(text);
        let words: Vec<&str> = text.split_whitespace().collect();
        let pieces = rarest(words.iter().flat_map(|word| cover(word)));
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
        "SELECT ",
        columns!(),
        ", sought FROM search CROSS JOIN order_row ON order_row.id = search.rowid
          WHERE search MATCH ?1 ORDER BY search.rowid DESC"
    );
    let mut statement = conn.prepare_cached(TEXT)?;
    matching(&mut statement.query([pieces])?, words, limit)
}

/// A single digit or letter is in nearly every order: the first rows will do.
fn scan(conn: &Connection, words: &[&str], limit: usize) -> Result<Vec<Row>, StoreError> {
    const TEXT: &str = concat!(
        "SELECT ",
        columns!(),
        ", sought FROM order_row ORDER BY order_row.id DESC"
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
    fields.extend(scanned(order).map(AssetNo::as_str));
    normal(&fields.join("\n"))
}

/// The assets the crew has brought: the only part of [`sought`] that an act can change.
pub(crate) fn scanned(order: &Order) -> impl Iterator<Item = &AssetNo> {
    [Slot::NewMeter, Slot::NewTerminal]
        .into_iter()
        .filter_map(|slot| order.scanned(slot))
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
    kind: Kind,
    /// The last letter of the run before, when nothing stands between the two.
    before: Option<char>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Digits and plain letters.
    Ascii,
    /// Any other writing.
    Other,
}

fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = vec![];
    let mut last = None;
    for letter in text.chars() {
        let kind = if letter.is_ascii() {
            Kind::Ascii
        } else {
            Kind::Other
        };
        if !letter.is_alphanumeric() {
            last = None;
            continue;
        }
        match runs.last_mut() {
            Some(run) if last.is_some() && run.kind == kind => run.letters.push(letter),
            _ => runs.push(Run {
                letters: vec![letter],
                kind,
                before: last,
            }),
        }
        last = Some(letter);
    }
    runs
}

impl Run {
    /// The two characters where it meets the run before.
    fn seam(&self) -> Option<String> {
        Some(String::from_iter([self.before?, *self.letters.first()?]))
    }
}

/// Every piece of a text.
fn pieces(text: &str) -> BTreeSet<String> {
    let mut pieces = BTreeSet::new();
    for run in runs(text) {
        let sizes = match run.kind {
            Kind::Ascii => 2..=4,
            Kind::Other => 1..=2,
        };
        for size in sizes {
            pieces.extend(run.letters.windows(size).map(String::from_iter));
        }
        pieces.extend(run.seam());
    }
    pieces
}

/// Pieces that cover a word; none for a single digit or letter.
fn cover(word: &str) -> Vec<String> {
    let mut cover = vec![];
    for run in runs(word) {
        cover.extend(run.seam());
        let size = match run.kind {
            Kind::Ascii => run.letters.len().min(4),
            Kind::Other => run.letters.len().min(2),
        };
        if run.kind == Kind::Ascii && size < 2 {
            continue;
        }
        let windows = run.letters.windows(size);
        let last = windows.len().saturating_sub(1);
        let kept = windows
            .enumerate()
            .filter(|(at, _)| at % size == 0 || *at == last);
        cover.extend(kept.map(|(_, piece)| String::from_iter(piece)));
    }
    cover
}

/// The pieces that tell most: long ones, of writing with many characters, and from the ends of
/// numbers, which begin alike.
fn rarest(pieces: impl Iterator<Item = String>) -> Vec<String> {
    let mut pieces: Vec<String> = pieces.collect();
    pieces.reverse();
    let mut seen = BTreeSet::new();
    pieces.retain(|piece| seen.insert(piece.clone()));
    let weight = |piece: &String| {
        let letters = piece.chars();
        letters
            .map(|c| if c.is_ascii() { 1 } else { 2 })
            .sum::<u32>()
    };
    let all_zero = |piece: &String| piece.chars().all(|c| c == '0');
    pieces.sort_by_key(|piece| (all_zero(piece), std::cmp::Reverse(weight(piece))));
    pieces.truncate(PIECES_MAX);
    // A single common character beside better pieces only costs.
    if pieces.first().is_some_and(|best| weight(best) > 2) {
        pieces.retain(|piece| weight(piece) > 2);
    }
    pieces
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn digits_and_names_are_cut_into_their_own_pieces() {
        let found: Vec<String> = pieces("李小7701").into_iter().collect();
        let wanted = [
            "01", "70", "701", "77", "770", "7701", "小", "小7", "李", "李小",
        ];
        assert_eq!(found, wanted);
        assert_eq!(cover("7"), Vec::<String>::new());
        assert_eq!(cover("01234"), ["0123", "1234"]);
        assert_eq!(cover("李小龙"), ["李小", "小龙"]);
    }

    #[test]
    fn a_long_query_is_looked_up_by_its_rarest_pieces() {
        let sought = |word: &str| rarest(cover(word).into_iter());
        assert_eq!(sought("4130000000000000000012"), ["0012", "4130", "0000"]);
        assert_eq!(sought("柳河镇11组"), ["河镇", "柳河", "1组", "镇1"]);
        assert_eq!(sought("组"), ["组"]);
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
