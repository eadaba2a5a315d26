//! Reading a column into a type that has rules: what does not fit is an error that names it.

use rusqlite::Row;
use rusqlite::types::{FromSql, Type};

/// Reads a column and hands its value to `parse`, the one constructor of the wanted type.
///
/// **Errors**: `FromSqlConversionFailure` naming the column's position, with the constructor's
/// refusal as its cause.
pub fn parsed<R, T, E>(
    row: &Row<'_>,
    column: &str,
    parse: impl FnOnce(R) -> Result<T, E>,
) -> rusqlite::Result<T>
where
    R: FromSql,
    E: std::error::Error + Send + Sync + 'static,
{
    parse(row.get(column)?).map_err(|e| unfit(row, column, e))
}

/// Like [`parsed`] for a column that may be `NULL`.
///
/// **Errors**: as [`parsed`].
pub fn parsed_option<R, T, E>(
    row: &Row<'_>,
    column: &str,
    parse: impl FnOnce(R) -> Result<T, E>,
) -> rusqlite::Result<Option<T>>
where
    R: FromSql,
    E: std::error::Error + Send + Sync + 'static,
{
    match row.get(column)? {
        None => Ok(None),
        Some(raw) => parse(raw).map(Some).map_err(|e| unfit(row, column, e)),
    }
}

/// Reads a `BLOB` of exactly `N` bytes: a hash (32), a public key (32), a signature (64).
///
/// **Errors**: `FromSqlConversionFailure` when the length differs.
pub fn bytes<const N: usize>(row: &Row<'_>, column: &str) -> rusqlite::Result<[u8; N]> {
    parsed(row, column, |raw: Vec<u8>| {
        <[u8; N]>::try_from(raw.as_slice())
    })
}

/// Reads an `INTEGER` that counts something and so is never negative.
///
/// **Errors**: `FromSqlConversionFailure` when it is negative.
pub fn count(row: &Row<'_>, column: &str) -> rusqlite::Result<u64> {
    parsed(row, column, |raw: i64| u64::try_from(raw))
}

/// A count as SQLite keeps it.
///
/// **Errors**: `ToSqlConversionFailure` above 2⁶³−1.
pub fn stored(count: u64) -> rusqlite::Result<i64> {
    i64::try_from(count).map_err(|e| rusqlite::Error::ToSqlConversionFailure(Box::new(e)))
}

fn unfit<E>(row: &Row<'_>, column: &str, refusal: E) -> rusqlite::Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    let place = row.as_ref().column_index(column).unwrap_or_default();
    let kind = row
        .get_ref(column)
        .map_or(Type::Null, |value| value.data_type());
    rusqlite::Error::FromSqlConversionFailure(place, kind, Box::new(refusal))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open_in_memory;

    fn one<T>(
        sql: &str,
        read: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        open_in_memory().unwrap().query_row(sql, [], read)
    }

    #[test]
    fn what_fits_is_read() {
        assert_eq!(one("SELECT 7 AS n", |r| count(r, "n")).unwrap(), 7);
        assert_eq!(
            one("SELECT x'0102' AS b", |r| bytes::<2>(r, "b")).unwrap(),
            [1, 2]
        );
        let ip = |raw: String| raw.parse::<std::net::Ipv4Addr>();
        assert_eq!(
            one("SELECT '127.0.0.1' AS a", |r| parsed(r, "a", ip)).unwrap(),
            std::net::Ipv4Addr::LOCALHOST
        );
        assert_eq!(
            one("SELECT NULL AS a", |r| parsed_option(r, "a", ip)).unwrap(),
            None
        );
    }

    #[test]
    fn what_does_not_fit_names_its_column() {
        for failed in [
            one("SELECT 1, -7 AS n", |r| count(r, "n")).unwrap_err(),
            one("SELECT 1, x'01' AS b", |r| bytes::<2>(r, "b").map(|_| 0)).unwrap_err(),
        ] {
            assert!(
                matches!(failed, rusqlite::Error::FromSqlConversionFailure(1, _, _)),
                "{failed:?}"
            );
        }
    }

    #[test]
    fn a_count_that_sqlite_cannot_keep_is_refused() {
        assert!(stored(u64::MAX).is_err());
        assert_eq!(stored(5).unwrap(), 5);
    }
}
