//! `metercrew scan`: codes on photographs, and which of them are asset numbers.

use std::fs;
use std::path::{Path, PathBuf};

use domain::AssetRule;
use serde::Serialize;
use work::{Code, Effort, ScanOptions, Symbology, decode_grey, scan_grey};

use crate::args;
use crate::print::Form;
use crate::progress::Progress;
use crate::{CliError, Exit};

#[derive(Serialize)]
struct Scanned {
    file: String,
    codes: Vec<Found>,
    cpu_ms: u64,
}

#[derive(Serialize)]
struct Found {
    text: String,
    symbology: Symbology,
    /// Whether it is an asset number.
    valid: bool,
    /// Pixels, from the code's upper left, clockwise.
    corners: [[f64; 2]; 4],
}

/// Reads every picture; goes on after one that cannot be read and says so in the end.
pub(crate) fn scan(asked: &args::Scan, form: Form, progress: &Progress) -> Result<Exit, CliError> {
    let mut exit = Exit::Done;
    let mut pictures = vec![];
    for path in &asked.images {
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
        let scanned = one(path);
        progress.clear();
        match scanned {
            Ok(scanned) => form.result(&scanned, text(&scanned))?,
            Err(error) => {
                exit = Exit::BadInput;
                form.failure(&error);
            }
        }
    }
    Ok(exit)
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

fn one(path: &Path) -> Result<Scanned, CliError> {
    let bytes = fs::read(path).map_err(|source| CliError::Unreadable {
        path: path.to_owned(),
        source,
    })?;
    let rule = AssetRule::state_grid();
    let wanted = |text: &str| rule.parse(text).is_ok();
    let before = thread_cpu_ns();
    let picture = decode_grey(&bytes).map_err(|source| CliError::Picture {
        path: path.to_owned(),
        source,
    })?;
    let codes = scan_grey(&picture, ScanOptions::new(Effort::Photo, &wanted));
    let cpu_ns = thread_cpu_ns().saturating_sub(before);
    let found = |code: Code| Found {
        valid: wanted(&code.text),
        text: code.text,
        symbology: code.symbology,
        corners: code.corners.map(|(x, y)| [tenths(x), tenths(y)]),
    };
    Ok(Scanned {
        file: path.display().to_string(),
        codes: codes.into_iter().map(found).collect(),
        cpu_ms: cpu_ns / 1_000_000,
    })
}

/// A tenth of a pixel is finer than any code is found.
fn tenths(px: f32) -> f64 {
    (f64::from(px) * 10.0).round() / 10.0
}

/// Time this thread has computed; 0 where the system does not say. Unit: nanoseconds.
///
/// Source: Linux `Documentation/scheduler/sched-stats.rst`: the first number of `schedstat`.
fn thread_cpu_ns() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let first = text.split_whitespace().next();
    first.and_then(|ns| ns.parse().ok()).unwrap_or(0)
}

fn text(scanned: &Scanned) -> String {
    let count = match scanned.codes.as_slice() {
        [] => "no code".to_owned(),
        [_] => "1 code".to_owned(),
        codes => format!("{} codes", codes.len()),
    };
    let mut text = format!("{}: {count}, {} ms", scanned.file, scanned.cpu_ms);
    for code in &scanned.codes {
        let kind = match code.symbology {
            Symbology::Code128 => "Code 128",
            Symbology::Qr => "QR",
            Symbology::Code39 => "Code 39",
            Symbology::Itf => "ITF",
            Symbology::Ean => "EAN",
        };
        let valid = match code.valid {
            true => "asset number",
            false => "no asset number",
        };
        // A code may say anything: what would move the terminal's cursor is shown, not sent.
        let said = code.text.escape_debug();
        let [[x, y], ..] = code.corners;
        text.push_str(&format!("\n  {said}  {kind}, {valid}, at {x:.0},{y:.0}"));
    }
    text
}
