//! Opening the store: upgrade what is old, move aside what cannot be used, save what was in it.

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use sqlite::Protection;

use crate::blobs::Blobs;
use crate::key::private_dir;
use crate::mark::{KeyMark, LastEnd, OpenMark, key_mark, put_key_mark};
use crate::schema::STEPS;
use crate::{Key, Salvage, Store, StoreError, picture, salvage};

/// The database's name in the device's folder.
pub(crate) const DATABASE: &str = "store.db";

/// Something happened to the store that its crew should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The database is a later program's; it was moved aside with all that is in it.
    Newer {
        /// Where to: install that program again, and move it back.
        moved_to: PathBuf,
        /// Its schema's version.
        found: u32,
        /// The highest version this program knows.
        known: u32,
    },
    /// The database was damaged; it was moved aside and what could be read was taken over.
    Salvaged {
        /// Where to.
        moved_to: PathBuf,
        /// What was taken over.
        salvage: Salvage,
    },
}

impl Store {
    /// Opens a device's store; makes it when there is none.
    ///
    /// `stamp` names what has to be moved aside: date and time, fit for a file name. Nothing is
    /// ever deleted. A salvage that was cut off is taken up again.
    ///
    /// Errors: [`StoreError::WrongKey`] before anything is touched; [`StoreError::DiskFull`],
    /// [`StoreError::Busy`], [`StoreError::File`].
    pub fn open(dir: &Path, key: &Key, stamp: &str) -> Result<(Self, Option<Notice>), StoreError> {
        private_dir(dir)?;
        let path = dir.join(DATABASE);
        match key_mark(dir, key)? {
            KeyMark::Fits => {}
            KeyMark::Differs => return Err(StoreError::WrongKey),
            KeyMark::Absent if path.exists() => check_key(&path, key)?,
            KeyMark::Absent => put_key_mark(dir, key)?,
        }
        let (mark, last_end) = OpenMark::put(dir)?;
        let mut notice = None;
        let mut conn = match ready(&path, key, last_end) {
            Ok(conn) => conn,
            Err(sqlite::Error::Newer { found, known }) => {
                let moved_to = sqlite::move_aside(&path, &format!("{stamp}-newer"))?.path;
                notice = Some(Notice::Newer {
                    moved_to,
                    found,
                    known,
                });
                ready(&path, key, LastEnd::Clean)?
            }
            // The mark vouches for the key: what does not open under it is damaged.
            Err(e) if e.wants_aside() => {
                salvage::begin(dir)?;
                let aside = sqlite::move_aside(&path, &format!("{stamp}-{}", salvage::DAMAGED))?;
                salvage::name_source(dir, &aside.path)?;
                ready(&path, key, LastEnd::Clean)?
            }
            Err(e) => return Err(e.into()),
        };
        let blobs = Blobs::open(&dir.join("blobs"), key)?;
        if let Some(from) = salvage::pending(dir)? {
            let salvage = salvage::run(&mut conn, &from, key, &blobs)?;
            notice = salvage.map(|salvage| Notice::Salvaged {
                moved_to: from,
                salvage,
            });
            salvage::finish(dir)?;
        }
        picture::renew(&mut conn)?;
        let reader = sqlite::open_reader(&path, Protection::Encrypted(&key.database()))?;
        Ok((Self::new(conn, reader, blobs, mark), notice))
    }
}

/// A folder without a mark came from elsewhere: the key has to prove itself.
fn check_key(path: &Path, key: &Key) -> Result<(), StoreError> {
    sqlite::open_reader(path, Protection::Encrypted(&key.database()))?;
    path.parent().map_or(Ok(()), |dir| put_key_mark(dir, key))
}

/// A database that can be used, in today's schema.
fn ready(path: &Path, key: &Key, last_end: LastEnd) -> Result<Connection, sqlite::Error> {
    let mut conn = sqlite::open(path, Protection::Encrypted(&key.database()))?;
    if last_end == LastEnd::CutOff {
        sqlite::quick_check(&conn)?;
    }
    sqlite::migrate(&mut conn, STEPS)?;
    Ok(conn)
}
