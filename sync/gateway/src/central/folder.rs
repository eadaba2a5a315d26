//! Files written once and moved whole: what the inbox and the outbox stand on.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use crate::Error;

/// Whether a file was written or stood there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrote {
    /// It is new.
    New,
    /// One of that name stood there and was left as it is.
    Already,
}

fn fault(act: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { act, path, source }
}

/// Makes a folder and those above it.
///
/// Errors: [`Error::File`].
pub fn make(path: &Path) -> Result<(), Error> {
    fs::create_dir_all(path).map_err(fault("make the folder", path))
}

/// The plain files of a folder, by name.
///
/// Errors: [`Error::File`].
pub fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = vec![];
    for entry in fs::read_dir(path).map_err(fault("list", path))? {
        let entry = entry.map_err(fault("list", path))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// A file's name as text.
pub fn name(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    name.to_string_lossy().into_owned()
}

/// A file's bytes, no more than `limit` of them.
///
/// Errors: [`Error::File`].
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>, Error> {
    let file = File::open(path).map_err(fault("open", path))?;
    let mut bytes = vec![];
    file.take(limit)
        .read_to_end(&mut bytes)
        .map_err(fault("read", path))?;
    Ok(bytes)
}

/// Whether the last byte ends a line; an empty file ends none.
///
/// Errors: [`Error::File`].
pub fn ends_a_line(path: &Path) -> Result<bool, Error> {
    let mut file = File::open(path).map_err(fault("open", path))?;
    if file.metadata().map_err(fault("read", path))?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0; 1];
    file.seek(SeekFrom::End(-1))
        .and_then(|_| file.read_exact(&mut last))
        .map_err(fault("read", path))?;
    Ok(last == *b"\n")
}

/// Moves a file into a folder; one of its name there is kept and the newcomer numbered.
///
/// Errors: [`Error::File`].
pub fn move_into(path: &Path, folder: &Path) -> Result<PathBuf, Error> {
    let name = name(path);
    let mut to = folder.join(&name);
    let mut number = 2u64;
    while to.exists() {
        to = folder.join(match name.rsplit_once('.') {
            Some((stem, ending)) => format!("{stem}-{number}.{ending}"),
            None => format!("{name}-{number}"),
        });
        number += 1;
    }
    fs::rename(path, &to).map_err(fault("move", path))?;
    sync_folder(folder)?;
    Ok(to)
}

/// Writes a file durably under its name, exactly once: it is there whole or not at all.
///
/// Errors: [`Error::File`].
pub fn write_once(path: &Path, bytes: &[u8]) -> Result<Wrote, Error> {
    if path.exists() {
        return Ok(Wrote::Already);
    }
    write(path, bytes).map(|()| Wrote::New)
}

/// Writes a file durably, in place of one of that name: it is there whole or not at all.
///
/// Errors: [`Error::File`].
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let unfinished = path.with_file_name(format!(".{}.tmp", name(path)));
    let mut file = File::create(&unfinished).map_err(fault("create", &unfinished))?;
    file.write_all(bytes)
        .and_then(|()| file.sync_all())
        .map_err(fault("write", &unfinished))?;
    fs::rename(&unfinished, path).map_err(fault("rename", &unfinished))?;
    if let Some(folder) = path.parent() {
        sync_folder(folder)?;
    }
    Ok(())
}

fn sync_folder(folder: &Path) -> Result<(), Error> {
    let here = Path::new(".");
    let folder = if folder.as_os_str().is_empty() {
        here
    } else {
        folder
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(fault("sync", folder))
}
