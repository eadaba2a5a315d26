//! A card that lives in a file, so that it is there when the program comes again.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::Memory;

/// Why a file is no card.
#[derive(Debug, thiserror::Error)]
pub enum CardFileError {
    /// It cannot be read or written.
    #[error("cannot use the card's file {}", path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// It holds something else.
    #[error("{} is no card's file", path.display())]
    NoCard {
        /// Which.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: serde_json::Error,
    },
}

impl Memory {
    /// Reads a card from its file; `None` when there is no such file.
    ///
    /// Errors: [`CardFileError`].
    pub fn load(path: &Path) -> Result<Option<Self>, CardFileError> {
        read(path)?.map(|text| parse(path, &text)).transpose()
    }

    /// Writes a card to its file, whole or not at all; on the disk when it returns `Ok`.
    ///
    /// Errors: [`CardFileError::Io`].
    pub fn save(&self, path: &Path) -> Result<(), CardFileError> {
        write(path, &self.text()?)
    }

    fn text(&self) -> Result<String, CardFileError> {
        let text = serde_json::to_string_pretty(self).map_err(|source| CardFileError::NoCard {
            path: PathBuf::new(),
            source,
        })?;
        Ok(text + "\n")
    }
}

/// The file of a slot.
#[derive(Debug)]
pub(super) struct CardInFile {
    path: PathBuf,
    /// What it held when it was last looked at or written.
    last: Option<String>,
}

/// That a slot is taken; by a file beside the card's as well, so that other programs see it.
#[derive(Debug, Default)]
pub(super) struct Hold(#[expect(dead_code, reason = "holds a lock")] Option<File>);

impl CardInFile {
    pub(super) fn new(path: PathBuf) -> Self {
        Self { path, last: None }
    }

    /// What came or went since the last look: `None` when nothing did, `Some(None)` when the file
    /// is gone.
    pub(super) fn look(&mut self) -> Result<Option<Option<Memory>>, CardFileError> {
        let now = read(&self.path)?;
        if now == self.last {
            return Ok(None);
        }
        self.last = None;
        let Some(text) = now else {
            return Ok(Some(None));
        };
        let memory = parse(&self.path, &text)?;
        self.last = Some(text);
        Ok(Some(Some(memory)))
    }

    /// Writes it, whole or not at all.
    pub(super) fn keep(&mut self, memory: &Memory) -> Result<(), CardFileError> {
        let text = memory.text()?;
        write(&self.path, &text)?;
        self.last = Some(text);
        Ok(())
    }

    /// Takes the file away; one that stays is a card that is found again.
    pub(super) fn remove(&mut self) {
        if fs::remove_file(&self.path).is_ok() {
            self.last = None;
        }
    }

    /// Takes it for this program alone; `None` when another has it.
    pub(super) fn hold(&self) -> Result<Option<Hold>, CardFileError> {
        let path = self.path.with_extension("lock");
        let lock = File::create(&path).map_err(|source| failed(&path, source))?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Hold(Some(lock)))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(source)) => Err(failed(&path, source)),
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, CardFileError> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(failed(path, source)),
    }
}

fn parse(path: &Path, text: &str) -> Result<Memory, CardFileError> {
    serde_json::from_str(text).map_err(|source| CardFileError::NoCard {
        path: path.to_owned(),
        source,
    })
}

fn write(path: &Path, text: &str) -> Result<(), CardFileError> {
    let beside = path.with_extension("new");
    let written = File::create(&beside)
        .and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path))
        .and_then(|()| sync_folder(path));
    written.map_err(|source| failed(path, source))
}

/// A rename is on the disk when its folder is.
#[cfg(unix)]
fn sync_folder(path: &Path) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

fn failed(path: &Path, source: io::Error) -> CardFileError {
    CardFileError::Io {
        path: path.to_owned(),
        source,
    }
}
