//! Photographs are taken ahead of the crew, on as many threads as there are cores, and lie in a
//! temporary folder as the files a camera would leave there.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::{fs, io};

use tempfile::TempDir;
use work::ImagingError;

use super::film::{Film, Shot, ShotNo};
use crate::CliError;

/// Photographs taken ahead: enough that the crew never waits, few enough that the folder stays
/// below ten megabytes.
const AHEAD: usize = 24;

/// The room; leaving it stops the work and clears the folder away.
#[derive(Debug)]
pub(super) struct Darkroom {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
    folder: TempDir,
}

#[derive(Debug)]
struct Shared {
    shots: Vec<Shot>,
    folder: PathBuf,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// The next photograph to take.
    next: usize,
    /// The crew has come so far.
    wanted: usize,
    taken: BTreeMap<usize, Result<PathBuf, Fault>>,
    closing: bool,
}

#[derive(Debug)]
enum Fault {
    Drawing(ImagingError),
    Folder(io::Error),
}

impl Darkroom {
    /// Begins with the first photograph.
    ///
    /// Errors: when there can be no temporary folder.
    pub fn open(film: Film) -> io::Result<Self> {
        let folder = TempDir::with_prefix("metercrew-photos-")?;
        let shared = Arc::new(Shared {
            shots: film.shots(),
            folder: folder.path().to_owned(),
            state: Mutex::default(),
            changed: Condvar::new(),
        });
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..threads).map(|_| {
            let shared = shared.clone();
            thread::Builder::new().spawn(move || shared.work())
        });
        let workers = workers.collect::<io::Result<_>>()?;
        Ok(Self {
            shared,
            workers,
            folder,
        })
    }

    /// The file of a photograph; waits until it is there. Numbers are asked for in rising order.
    ///
    /// Errors: [`CliError::Darkroom`], [`CliError::Picture`].
    pub fn file(&self, number: ShotNo) -> Result<PathBuf, CliError> {
        let mut state = self.shared.lock();
        state.wanted = number.0;
        self.shared.changed.notify_all();
        loop {
            if let Some(taken) = state.taken.remove(&number.0) {
                return taken.map_err(|fault| self.failed(fault));
            }
            if number.0 >= self.shared.shots.len() {
                let missing = io::Error::from(io::ErrorKind::NotFound);
                return Err(CliError::Darkroom(missing));
            }
            let waited = self.shared.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What a photograph shows.
    pub fn shot(&self, number: ShotNo) -> Option<&Shot> {
        self.shared.shots.get(number.0)
    }

    fn failed(&self, fault: Fault) -> CliError {
        match fault {
            Fault::Folder(source) => CliError::Darkroom(source),
            Fault::Drawing(source) => CliError::Picture {
                path: self.folder.path().to_owned(),
                source,
            },
        }
    }
}

impl Drop for Darkroom {
    fn drop(&mut self) {
        self.shared.lock().closing = true;
        self.shared.changed.notify_all();
        for worker in self.workers.drain(..) {
            // A worker that panicked has nothing left to end.
            let _ = worker.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        while let Some((number, shot)) = self.next() {
            let taken = take(&self.folder, number, shot);
            self.lock().taken.insert(number, taken);
            self.changed.notify_all();
        }
    }

    /// The next photograph to take, as soon as the crew is near enough; `None` at the end.
    fn next(&self) -> Option<(usize, &Shot)> {
        let mut state = self.lock();
        loop {
            let number = state.next;
            let shot = self.shots.get(number)?;
            if state.closing {
                return None;
            }
            if number <= state.wanted + AHEAD {
                state.next += 1;
                return Some((number, shot));
            }
            let waited = self.changed.wait(state);
            state = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn take(folder: &Path, number: usize, shot: &Shot) -> Result<PathBuf, Fault> {
    let picture = shot.take().map_err(Fault::Drawing)?;
    let path = folder.join(format!("{number:05}.jpg"));
    fs::write(&path, picture).map_err(Fault::Folder)?;
    Ok(path)
}

#[cfg(test)]
mod tests {
    use super::super::film::Subject;
    use super::*;

    #[test]
    fn every_photograph_is_there_when_it_is_asked_for_and_the_folder_goes_with_the_room() {
        let mut film = Film::new(1);
        let numbers: Vec<ShotNo> = (0..3).map(|_| film.add(Subject::Wiring)).collect();
        let room = Darkroom::open(film).unwrap();
        let folder = room.folder.path().to_owned();
        let pictures: Vec<Vec<u8>> = numbers
            .iter()
            .map(|number| fs::read(room.file(*number).unwrap()).unwrap())
            .collect();
        assert!(
            pictures
                .iter()
                .all(|bytes| bytes.starts_with(&[0xff, 0xd8]))
        );
        assert!(pictures[0] != pictures[1] && pictures[1] != pictures[2]);
        drop(room);
        assert!(!folder.exists());
    }

    #[test]
    fn a_room_is_left_while_photographs_are_still_to_be_taken() {
        let mut film = Film::new(1);
        (0..200).for_each(|_| {
            film.add(Subject::Site);
        });
        drop(Darkroom::open(film).unwrap());
    }
}
