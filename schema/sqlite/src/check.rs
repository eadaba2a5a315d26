//! Whether a file is sound.

use rusqlite::Connection;

use crate::Error;

/// Reads every page in use and checks that tables hold together; in an encrypted file every page
/// read is also authenticated. It does not compare indexes with tables, so that it takes
/// milliseconds for a day's work and can run at each start.
///
/// **Errors**: [`Error::Damaged`] with SQLite's first finding.
pub fn quick_check(conn: &Connection) -> Result<(), Error> {
    let finding: String = conn.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if finding == "ok" {
        Ok(())
    } else {
        Err(Error::Damaged { finding })
    }
}
