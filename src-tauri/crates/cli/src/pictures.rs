//! Pictures that are named or lie in folders: each is looked at, and how long that takes is told.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Serialize;
use work::{PictureGrey, decode_grey};

use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

/// What came of one picture.
#[derive(Serialize)]
pub(crate) struct Looked<T> {
    file: String,
    #[serde(flatten)]
    seen: T,
    cpu_ms: u64,
}

/// Looks at every picture and prints what is seen; goes on after one that cannot be read and says
/// so in the end.
pub(crate) fn each<T: Serialize>(
    images: &[PathBuf],
    form: Form,
    progress: &Progress,
    look: impl Fn(&PictureGrey) -> T,
    told: fn(&T) -> Told,
) -> Result<Exit, CliError> {
    let mut exit = Exit::Done;
    let mut pictures = vec![];
    for path in images {
        match listed(path) {
            Ok(found) => pictures.extend(found),
            Err(error) => {
                exit = Exit::BadInput;
                form.failure(&error);
            }
        }
    }
    let all = pictures.len();
    for (path, number) in pictures.iter().zip(1..) {
        if all > 1 {
            progress.say(&format!("picture {number} of {all}"));
        }
        let looked = one(path, &look);
        progress.clear();
        match looked {
            Ok(looked) => form.result(&looked, text(&looked, told))?,
            Err(error) => {
                exit = Exit::BadInput;
                form.failure(&error);
            }
        }
    }
    Ok(exit)
}

/// What a person is told of one picture.
pub(crate) struct Told {
    /// In the picture's own line.
    pub(crate) short: String,
    /// A line each below it.
    pub(crate) more: Vec<String>,
}

/// A tenth of a pixel is finer than anything is found.
pub(crate) fn tenths(px: f32) -> f64 {
    (f64::from(px) * 10.0).round() / 10.0
}

/// The file itself, or the pictures of a folder and those below it, by name.
fn listed(path: &Path) -> Result<Vec<PathBuf>, CliError> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = vec![];
    walk(path, &mut found)?;
    if found.is_empty() {
        return Err(CliError::NoPictures {
            path: path.to_owned(),
        });
    }
    Ok(found)
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> Result<(), CliError> {
    let unreadable = |source| CliError::Unreadable {
        path: folder.to_owned(),
        source,
    };
    let entries = fs::read_dir(folder).map_err(unreadable)?;
    let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        // Links are not followed: a folder may hold one to itself.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            walk(&entry.path(), found)?;
        } else if kind.is_file() && is_picture(&entry.path()) {
            found.push(entry.path());
        }
    }
    Ok(())
}

fn is_picture(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_ascii_lowercase());
    ending.is_some_and(|ending| ["jpg", "jpeg", "png"].iter().any(|known| ending == *known))
}

fn one<T>(path: &Path, look: impl Fn(&PictureGrey) -> T) -> Result<Looked<T>, CliError> {
    let bytes = fs::read(path).map_err(|source| CliError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let before = thread_cpu_ns();
    let picture = decode_grey(&bytes).map_err(|source| CliError::Picture {
        path: path.to_owned(),
        source,
    })?;
    let seen = look(&picture);
    let cpu_ns = thread_cpu_ns().saturating_sub(before);
    Ok(Looked {
        file: path.display().to_string(),
        seen,
        cpu_ms: cpu_ns / 1_000_000,
    })
}

/// Time this thread has computed; 0 where the system does not say. Unit: nanoseconds.
///
/// Source: Linux `Documentation/scheduler/sched-stats.rst`: the first number of `schedstat`.
fn thread_cpu_ns() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

fn text<T>(looked: &Looked<T>, told: fn(&T) -> Told) -> String {
    let Told { short, more } = told(&looked.seen);
    let mut text = format!("{}: {short}, {} ms", looked.file, looked.cpu_ms);
    for line in more {
        text.push_str("\n  ");
        text.push_str(&line);
    }
    text
}
