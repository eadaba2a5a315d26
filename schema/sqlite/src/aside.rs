//! Moving a file aside that cannot be used: it may hold work that was never sent.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};

use crate::Error;

/// What was moved, and where to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Aside {
    /// The database under its new name; beside it, where there were any, its `-wal` and `-shm`,
    /// so that it can be opened and salvaged from there.
    pub path: PathBuf,
    /// How many bytes were moved, all files together.
    pub size_bytes: u64,
}

/// The companions SQLite keeps beside a file. They move first and the file itself last: were it
/// the other way round, a start after a cut between the two would find a log without its file, and
/// SQLite would delete that log.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];

/// Renames a database and its companions to `<name>.<stamp>` in the same folder. Nothing is ever
/// deleted or overwritten: a name that is taken gets `.2`, `.3` and so on.
///
/// `stamp` is the date and what was wrong, such as `2026-11-21T083000Z-damaged`; it must be fit for
/// a file name. Every connection to the file must be closed.
///
/// **Errors**: [`Error::File`]; calling again, or the next [`crate::open()`], goes on from there.
pub fn move_aside(path: &Path, stamp: &str) -> Result<Aside, Error> {
    move_to(path, &free_name(path, stamp))
}

/// Finishes a [`move_aside`] that was cut off between two of its files, which shows by a companion
/// that stands aside without its file. [`crate::open()`] calls this before it opens.
///
/// **Errors**: [`Error::File`].
pub fn finish_move_aside(path: &Path) -> Result<Option<Aside>, Error> {
    let (Some(folder), Some(name), true) = (path.parent(), path.file_name(), path.exists()) else {
        return Ok(None);
    };
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    let prefix = with_tail(name.as_ref(), ".").into_os_string();
    let listed = |source| Error::File {
        act: "list",
        path: folder.to_owned(),
        source,
    };
    for entry in fs::read_dir(folder).map_err(listed)? {
        let found = entry.map_err(listed)?.file_name();
        if let Some(target) = companion_of(&found, &prefix).map(|n| folder.join(n))
            && !target.exists()
        {
            return move_to(path, &target).map(Some);
        }
    }
    Ok(None)
}

/// The name of the file that a companion standing aside belongs to.
fn companion_of(found: &OsStr, prefix: &OsStr) -> Option<OsString> {
    let found = found.to_str()?;
    let file = COMPANIONS
        .iter()
        .find_map(|tail| found.strip_suffix(tail))?;
    file.starts_with(prefix.to_str()?)
        .then(|| OsString::from(file))
}

fn move_to(path: &Path, target: &Path) -> Result<Aside, Error> {
    let mut size_bytes = 0;
    for tail in COMPANIONS.into_iter().chain([""]) {
        let (from, to) = (with_tail(path, tail), with_tail(target, tail));
        let moved = fs::metadata(&from).and_then(|found| {
            fs::rename(&from, &to)?;
            Ok(found.len())
        });
        match moved {
            Ok(bytes) => size_bytes += bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound && !tail.is_empty() => {}
            Err(source) => {
                return Err(Error::File {
                    act: "move aside",
                    path: from,
                    source,
                });
            }
        }
    }
    Ok(Aside {
        path: target.to_owned(),
        size_bytes,
    })
}

/// The first name of that stamp that neither a file nor a companion has.
fn free_name(path: &Path, stamp: &str) -> PathBuf {
    let first = with_tail(path, &format!(".{stamp}"));
    let taken = |candidate: &Path| {
        candidate.exists() || COMPANIONS.iter().any(|t| with_tail(candidate, t).exists())
    };
    if !taken(&first) {
        return first;
    }
    (2_u64..)
        .map(|n| with_tail(&first, &format!(".{n}")))
        .find(|candidate| !taken(candidate))
        .unwrap_or(first)
}

fn with_tail(path: &Path, tail: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(tail);
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use tempfile::{TempDir, tempdir};

    use super::*;

    fn with(files: &[&str]) -> (TempDir, PathBuf) {
        let dir = tempdir().unwrap();
        for name in files {
            fs::write(dir.path().join(name), name).unwrap();
        }
        let path = dir.path().join("it.db");
        (dir, path)
    }

    fn names(dir: &TempDir) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(dir.path())
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_file_moves_with_its_log_and_keeps_every_byte() {
        let (dir, path) = with(&["it.db", "it.db-wal", "it.db-shm", "other"]);
        let aside = move_aside(&path, "2026-11-21-damaged").unwrap();
        assert_eq!(aside.size_bytes, 5 + 9 + 9);
        assert_eq!(fs::read(&aside.path).unwrap(), b"it.db");
        assert_eq!(
            names(&dir),
            [
                "it.db.2026-11-21-damaged",
                "it.db.2026-11-21-damaged-shm",
                "it.db.2026-11-21-damaged-wal",
                "other"
            ]
        );
    }

    #[test]
    fn the_same_stamp_twice_overwrites_nothing() {
        let (dir, path) = with(&["it.db", "it.db.d", "it.db.d.2-wal", "it.db.d.2"]);
        assert!(move_aside(&path, "d").unwrap().path.ends_with("it.db.d.3"));
        assert_eq!(fs::read(dir.path().join("it.db.d")).unwrap(), b"it.db.d");
    }

    #[test]
    fn a_move_cut_off_at_any_file_is_finished_by_the_next_start() {
        for (before, after) in [
            (
                ["it.db", "it.db-shm", "it.db.d-wal"],
                ["it.db.d", "it.db.d-shm", "it.db.d-wal"],
            ),
            (
                ["it.db", "it.db.d-shm", "it.db.d-wal"],
                ["it.db.d", "it.db.d-shm", "it.db.d-wal"],
            ),
        ] {
            let (dir, path) = with(&before);
            finish_move_aside(&path).unwrap().unwrap();
            assert_eq!(names(&dir), after);
        }
    }

    #[test]
    fn a_finished_move_is_left_alone() {
        let (dir, path) = with(&["it.db", "it.db.d", "it.db.d-wal"]);
        assert_eq!(finish_move_aside(&path).unwrap(), None);
        assert_eq!(names(&dir).len(), 3);
    }

    #[test]
    fn a_file_that_is_not_there_cannot_be_moved() {
        let (_dir, path) = with(&[]);
        assert!(matches!(move_aside(&path, "d"), Err(Error::File { .. })));
    }
}
