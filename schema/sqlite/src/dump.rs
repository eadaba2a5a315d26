//! A schema as text that can be compared: what the steps made against what the page says.

use std::fmt::Write;

use rusqlite::Connection;

use crate::{Error, open_in_memory};

/// Prints every table, index, view and trigger of a database, sorted, one statement a line,
/// without comments and with one way of spacing and quoting, so that two texts are equal when the
/// schemas are.
///
/// **Errors**: those of reading.
pub fn schema_dump(conn: &Connection) -> Result<String, Error> {
    let mut query = conn.prepare(
        "SELECT sql FROM sqlite_master
         WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         ORDER BY type = 'table' DESC, type, name",
    )?;
    let mut rows = query.query([])?;
    let mut text = String::new();
    while let Some(row) = rows.next()? {
        let sql: String = row.get("sql")?;
        text.push_str(&normal(&sql));
        text.push('\n');
    }
    Ok(text)
}

/// The same for a page of SQL, such as a commented `schema.sql`, by running it in memory.
///
/// **Errors**: [`Error::Statement`] when the page is no valid SQL.
pub fn schema_dump_of(page: &str) -> Result<String, Error> {
    let conn = open_in_memory()?;
    conn.execute_batch(page)?;
    schema_dump(&conn)
}

/// Names the columns in a page of SQL that have no comment: `table.column`, in the page's order.
/// A column is commented by `--` on its own line or by comment lines right above it.
pub fn uncommented_columns(page: &str) -> Vec<String> {
    let mut bare = Vec::new();
    let mut table = None;
    let mut commented = false;
    for line in page.lines().map(str::trim) {
        let upper = line.to_ascii_uppercase();
        if let Some(rest) = upper.strip_prefix("CREATE TABLE ") {
            let from = line.len() - rest.len();
            let name = line.get(from..).unwrap_or_default();
            table = Some(first_word(name.trim_start_matches("IF NOT EXISTS ")));
        } else if line.starts_with(')') {
            table = None;
        } else if line.starts_with("--") {
            commented = true;
            continue;
        } else if let Some(table) = table
            && is_column(&upper)
            && !commented
            && !line.contains("--")
        {
            bare.push(format!("{table}.{}", first_word(line)));
        }
        commented = false;
    }
    bare
}

/// Whether a line inside `CREATE TABLE (…)` begins a column, not a table constraint.
fn is_column(upper: &str) -> bool {
    const CONSTRAINTS: [&str; 6] = [
        "PRIMARY",
        "FOREIGN",
        "UNIQUE",
        "CHECK",
        "CONSTRAINT",
        "REFERENCES",
    ];
    const TYPES: [&str; 5] = [" INTEGER", " TEXT", " BLOB", " REAL", " ANY"];
    TYPES.iter().any(|word| upper.contains(word))
        && !CONSTRAINTS.iter().any(|word| upper.starts_with(word))
}

fn first_word(text: &str) -> &str {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_'))
        .find(|word| !word.is_empty())
        .unwrap_or_default()
}

/// One statement without comments, with single spaces, none beside punctuation, and without the
/// double quotes that renaming a table leaves.
fn normal(sql: &str) -> String {
    let mut text = String::new();
    let mut gap = false;
    let mut letters = sql.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '-' if letters.peek() == Some(&'-') => {
                letters.by_ref().find(|c| *c == '\n');
                gap = true;
            }
            '/' if letters.peek() == Some(&'*') => {
                let mut last = ' ';
                letters.by_ref().skip(1).find(|c| {
                    let end = last == '*' && *c == '/';
                    last = *c;
                    end
                });
                gap = true;
            }
            '\'' => {
                space(&mut text, gap);
                gap = false;
                text.push('\'');
                for inner in letters.by_ref() {
                    text.push(inner);
                    if inner == '\'' {
                        break;
                    }
                }
            }
            '"' => {}
            c if c.is_whitespace() => gap = true,
            c if is_mark(c) => {
                gap = false;
                let _ = write!(text, "{c}");
            }
            c => {
                space(&mut text, gap);
                gap = false;
                text.push(c);
            }
        }
    }
    text
}

fn space(text: &mut String, gap: bool) {
    if gap && !text.is_empty() && !text.ends_with(is_mark) {
        text.push(' ');
    }
}

fn is_mark(letter: char) -> bool {
    matches!(letter, '(' | ')' | ',' | ';' | '=' | '<' | '>' | '+' | '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spacing_comments_and_order_make_no_difference() {
        let written = "
            -- things
            CREATE TABLE b ( -- the second
                id INTEGER PRIMARY KEY, /* its
                number */
                word TEXT NOT NULL CHECK (word <> 'it -- is')
            ) STRICT;
            CREATE TABLE a (id INTEGER) STRICT;";
        let made = "CREATE TABLE a(id INTEGER)STRICT;
            CREATE TABLE old (id INTEGER PRIMARY KEY,word TEXT NOT NULL CHECK(word<>'it -- is')) STRICT;
            ALTER TABLE old RENAME TO b;";
        assert_eq!(
            schema_dump_of(written).unwrap(),
            schema_dump_of(made).unwrap()
        );
    }

    #[test]
    fn a_changed_rule_makes_a_difference() {
        let page = |rule: &str| format!("CREATE TABLE a (n INTEGER CHECK (n > {rule})) STRICT;");
        assert_ne!(
            schema_dump_of(&page("0")).unwrap(),
            schema_dump_of(&page("1")).unwrap()
        );
    }

    #[test]
    fn a_column_without_a_comment_is_named() {
        let page = "CREATE TABLE t (
            -- what it is
            id INTEGER PRIMARY KEY,
            word TEXT NOT NULL, -- what it says
            bare TEXT NOT NULL,
            PRIMARY KEY (id, word)
        ) STRICT;";
        assert_eq!(uncommented_columns(page), ["t.bare"]);
    }
}
