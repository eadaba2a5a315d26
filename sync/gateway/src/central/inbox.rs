//! The watched folder: whole files in, done or rejected, nothing half-way.
//!
//! A sender writes under a name that ends in `.tmp` and renames when the file is whole. A file
//! that was written in place is left alone until it has not grown for a while.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use domain::Millis;
use serde_json::json;

use super::fault::Fault;
use super::map::Mapping;
use super::row::{self, Row};
use super::take::{NotTaken, Taken, take};
use super::{folder, record};
use crate::Error;
use crate::ledger::Ledger;

/// How long a file has to stand still before it is read. Unit: milliseconds.
///
/// Shorter reads what a slow writer has not finished, longer only delays the first sight of it.
const STILL_MS: i64 = 1_000;

/// How long one has to stand still whose last line is not ended.
const STILL_UNENDED_MS: i64 = 30_000;

/// The marketing system's folder and what was seen in its inbox.
#[derive(Debug)]
pub struct Inbox {
    root: PathBuf,
    mapping: Mapping,
    seen: BTreeMap<PathBuf, Seen>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Seen {
    size_bytes: u64,
    since: Millis,
}

/// What became of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Handled {
    /// All of it was taken; the file is in `done/`.
    Done {
        /// Its name.
        file: String,
        /// What it brought.
        taken: Taken,
    },
    /// Nothing of it was taken; it is in `rejected/`, its faults beside it.
    Rejected {
        /// Its name.
        file: String,
        /// What is wrong with it.
        faults: Vec<Fault>,
    },
    /// It cannot be read or moved; it stays where it is and holds up no other.
    Stuck {
        /// Its name.
        file: String,
        /// The system's reason.
        why: String,
    },
}

impl Inbox {
    /// A folder with `inbox/`, `done/` and `rejected/`; they are made when they are not there.
    ///
    /// Errors: [`Error::File`].
    pub fn open(root: &Path, mapping: Mapping) -> Result<Self, Error> {
        for name in ["inbox", "done", "rejected"] {
            folder::make(&root.join(name))?;
        }
        Ok(Self {
            root: root.to_owned(),
            mapping,
            seen: BTreeMap::new(),
        })
    }

    /// Looks once: takes every file that stands still, in the order of their names.
    ///
    /// Errors: the ledger's, or a folder that cannot be listed; files stay where they are and are
    /// taken next time.
    pub fn look(&mut self, ledger: &dyn Ledger, now: Millis) -> Result<Vec<Handled>, Error> {
        let inbox = self.root.join("inbox");
        let files = folder::files(&inbox)?;
        self.seen.retain(|path, _| files.contains(path));
        let mut handled = vec![];
        for path in files {
            if !is_record_file(&path) {
                continue;
            }
            let done = match self.stands_still(&path, now) {
                Ok(false) => continue,
                Ok(true) => self.handle(ledger, &path, now),
                Err(error) => Err(error),
            };
            self.seen.remove(&path);
            match done {
                Ok(done) => handled.push(done),
                Err(Error::File { source, .. }) => handled.push(Handled::Stuck {
                    file: folder::name(&path),
                    why: source.to_string(),
                }),
                Err(error) => return Err(error),
            }
        }
        Ok(handled)
    }

    fn stands_still(&mut self, path: &Path, now: Millis) -> Result<bool, Error> {
        let size_bytes = match fs::metadata(path) {
            Ok(metadata) => metadata.len(),
            // taken away between the listing and now
            Err(_) => return Ok(false),
        };
        let seen = self.seen.entry(path.to_owned()).or_insert(Seen {
            size_bytes,
            since: now,
        });
        if seen.size_bytes != size_bytes {
            *seen = Seen {
                size_bytes,
                since: now,
            };
        }
        let still_ms = now.0.saturating_sub(seen.since.0);
        if still_ms < STILL_MS {
            return Ok(false);
        }
        Ok(still_ms >= STILL_UNENDED_MS || folder::ends_a_line(path)?)
    }

    fn handle(&self, ledger: &dyn Ledger, path: &Path, now: Millis) -> Result<Handled, Error> {
        let file = folder::name(path);
        let bytes = folder::read(path, row::FILE_BYTES_MAX + 1)?;
        let taken = rows(&file, &bytes, &self.mapping)
            .map_err(NotTaken::Faults)
            .and_then(|rows| take(ledger, rows, &self.mapping, now));
        match taken {
            Ok(taken) => {
                folder::move_into(path, &self.root.join("done"))?;
                Ok(Handled::Done { file, taken })
            }
            Err(NotTaken::Faults(faults)) => {
                self.reject(path, &file, &faults)?;
                let why = first_of(&file, &faults);
                ledger.add_letter("file", None, &why, now)?;
                Ok(Handled::Rejected { file, faults })
            }
            Err(NotTaken::Gateway(error)) => Err(error),
        }
    }

    fn reject(&self, path: &Path, file: &str, faults: &[Fault]) -> Result<(), Error> {
        let rejected = self.root.join("rejected");
        let moved = folder::move_into(path, &rejected)?;
        let report = rejected.join(format!("{}.error.json", folder::name(&moved)));
        let text = report_of(file, faults).to_string();
        folder::write(&report, text.as_bytes())
    }
}

/// The rows of a file, by its name and bytes.
///
/// Errors: every fault found.
pub fn rows(file: &str, bytes: &[u8], mapping: &Mapping) -> Result<Vec<Row>, Vec<Fault>> {
    let by_name = row::record_by_name(file, mapping);
    if !file.ends_with(".csv") {
        return row::from_json_lines(bytes, by_name, mapping);
    }
    match by_name {
        Some(record) => row::from_csv(bytes, record, record::needed_fields(record), mapping),
        None => {
            let known = mapping.record_names();
            Err(vec![Fault {
                line: 1,
                field: String::new(),
                flaw: super::fault::Flaw::UnknownRecord { known },
            }])
        }
    }
}

/// The report beside a rejected file.
///
/// Shape: `{"file","applied":0,"faults":[{"line","field","code","message","next"}],"next"}`.
pub fn report_of(file: &str, faults: &[Fault]) -> serde_json::Value {
    let notices: Vec<_> = faults.iter().map(Fault::notice).collect();
    json!({
        "file": file,
        "applied": 0,
        "faults": notices,
        "next": "correct the file and put it into the inbox again; nothing of it was applied",
    })
}

fn first_of(file: &str, faults: &[Fault]) -> String {
    let first = faults.first().map(Fault::notice);
    let first = first.map_or(String::new(), |notice| {
        format!("line {}, {}: {}", notice.line, notice.field, notice.message)
    });
    format!("{file} was rejected: {first}")
}

fn is_record_file(path: &Path) -> bool {
    let name = folder::name(path);
    !name.starts_with('.') && (name.ends_with(".jsonl") || name.ends_with(".csv"))
}
