//! A write: all of it or nothing.

use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::Error;

/// Runs `work` in one `IMMEDIATE` transaction and commits it; undoes everything when `work` or the
/// commit fails. When it returns `Ok` the rows are on the disk.
///
/// **Errors**: those of `work`; [`Error::Busy`] when another connection is writing;
/// [`Error::DiskFull`].
pub fn write<T, E: From<Error>>(
    conn: &mut Connection,
    work: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = conn
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(Error::from)?;
    let done = work(&tx)?;
    tx.commit().map_err(Error::from)?;
    Ok(done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::open_in_memory;

    #[test]
    fn a_failed_write_leaves_nothing() {
        let mut conn = open_in_memory().unwrap();
        conn.execute_batch("CREATE TABLE t (n INTEGER NOT NULL) STRICT")
            .unwrap();
        let tried: Result<(), Error> = write(&mut conn, |tx| {
            tx.execute("INSERT INTO t (n) VALUES (1)", [])?;
            tx.execute("INSERT INTO t (n) VALUES (NULL)", [])?;
            Ok(())
        });
        assert!(tried.is_err());
        let rows: i64 = conn
            .query_row("SELECT count(*) FROM t", [], |row| row.get(0))
            .unwrap();
        assert_eq!(rows, 0);
    }
}
