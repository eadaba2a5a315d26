//! The mapping between the marketing system's words and ours: field names and codes, as data.

mod procedures;
mod read;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use domain::{OrderKind, Procedure, ProcedureFault};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde::de::IntoDeserializer;
use serde::de::value::StrDeserializer;

/// The built-in mapping; a company's own file is laid over it.
const BUILT_IN: &str = include_str!("../../mapping/default.toml");

/// Our word → what stands for it in their records; the first is the one that is written.
type Table = BTreeMap<String, Vec<String>>;

/// How the marketing system's records are read and written; every name and code was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    name: String,
    record_field: String,
    offset_minutes: i32,
    separator: char,
    records: Table,
    ignore: Table,
    fields: BTreeMap<String, Table>,
    codes: BTreeMap<String, Table>,
    procedures: BTreeMap<OrderKind, Procedure>,
}

/// Why a mapping file cannot be used, and where.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// The file cannot be read.
    #[error("cannot read the mapping {path}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        cause: std::io::Error,
    },
    /// The file of procedures is not what it should be.
    #[error("procedures line {line}, column {column}: {slip}")]
    Procedures {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What the reader said.
        slip: String,
    },
    /// A procedure cannot be worked by.
    #[error(transparent)]
    Procedure(#[from] ProcedureFault),
    /// A line of it is wrong.
    #[error("mapping line {line}, {field}: {slip}")]
    Line {
        /// The line, from 1.
        line: usize,
        /// The field: `codes.order_kind.install`.
        field: String,
        /// What is wrong with it.
        slip: Slip,
    },
}

/// What is wrong with a line of a mapping file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Slip {
    /// Not TOML.
    #[error("{0}")]
    Syntax(String),
    /// A section or word nobody reads.
    #[error("no such name here; known are {}", .known.join(", "))]
    Unknown {
        /// The names that are read.
        known: Vec<String>,
    },
    /// Another kind of value.
    #[error("this has to be {expected}")]
    Shape {
        /// What it has to be.
        expected: &'static str,
    },
    /// An empty name or code.
    #[error("this is empty")]
    Empty,
    /// One code or name for two things.
    #[error("{code:?} stands for {by} already; give {by} another one")]
    Taken {
        /// The code or name.
        code: String,
        /// What it stands for.
        by: String,
    },
}

impl Mapping {
    /// The mapping the program comes with.
    ///
    /// Errors: none that a test would not find; the file is part of the program.
    pub fn built_in() -> Result<Self, MappingError> {
        read::over(None, BUILT_IN)
    }

    /// The built-in mapping with a file's differences laid over it.
    ///
    /// Errors: [`MappingError`], with line and field.
    pub fn load(path: &Path) -> Result<Self, MappingError> {
        let text = std::fs::read_to_string(path).map_err(|cause| MappingError::File {
            path: path.to_owned(),
            cause,
        })?;
        Self::parse(&text)
    }

    /// The built-in mapping with a text's differences laid over it.
    ///
    /// Errors: [`MappingError`], with line and field.
    ///
    /// ```
    /// use metercrew_gateway::central::Mapping;
    /// let wrong = "[codes.order_kind]\ninstal = [\"101\"]\n";
    /// let error = Mapping::parse(wrong).unwrap_err().to_string();
    /// assert!(error.starts_with("mapping line 2, codes.order_kind.instal: no such name"));
    /// ```
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        read::over(Some(Self::built_in()?), text)
    }

    /// What it is called in messages.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The field that says what a record is.
    pub fn record_field(&self) -> &str {
        &self.record_field
    }

    /// The offset of times without one. Unit: minutes east of UTC.
    pub fn offset_minutes(&self) -> i32 {
        self.offset_minutes
    }

    /// What separates the entries of a list in one cell.
    pub fn separator(&self) -> char {
        self.separator
    }

    /// Our name of a kind of record: `order` for `orders`.
    pub fn record(&self, theirs: &str) -> Option<&str> {
        word_of(&self.records, theirs)
    }

    /// Their name of a kind of record.
    pub fn record_name<'a>(&'a self, ours: &'a str) -> &'a str {
        first_of(Some(&self.records), ours)
    }

    /// Their names of every kind of record.
    pub fn record_names(&self) -> Vec<String> {
        self.records.values().flatten().cloned().collect()
    }

    /// Their name of a field of ours.
    pub fn field<'a>(&'a self, record: &str, ours: &'a str) -> &'a str {
        first_of(self.fields.get(fields_of(record)), ours)
    }

    /// Their names of all fields of a kind of record.
    pub fn fields(&self, record: &str) -> Vec<&str> {
        let table = self.fields.get(fields_of(record));
        table
            .into_iter()
            .flat_map(BTreeMap::values)
            .flatten()
            .map(String::as_str)
            .collect()
    }

    /// Whether a field of theirs is passed over.
    pub fn ignores(&self, record: &str, theirs: &str) -> bool {
        let list = self.ignore.get(record);
        list.is_some_and(|names| names.iter().any(|name| name == theirs))
    }

    /// Our word for a code of theirs.
    pub fn word(&self, table: &str, code: &str) -> Option<&str> {
        word_of(self.codes.get(table)?, code)
    }

    /// Our value for a code of theirs.
    pub fn value<T: DeserializeOwned>(&self, table: &str, code: &str) -> Option<T> {
        let word: StrDeserializer<'_, serde::de::value::Error> =
            self.word(table, code)?.into_deserializer();
        T::deserialize(word).ok()
    }

    /// The code that is written for a word of ours; the word itself where the table has none.
    pub fn code<'a>(&'a self, table: &str, word: &'a str) -> &'a str {
        first_of(self.codes.get(table), word)
    }

    /// The code that is written for a value of ours.
    pub fn code_of<T: Serialize>(&self, table: &str, value: T) -> String {
        let word = serde_json::to_value(value).ok();
        let word = word.as_ref().and_then(serde_json::Value::as_str);
        self.code(table, word.unwrap_or_default()).to_owned()
    }

    /// The codes of theirs that a table knows.
    pub fn known_codes(&self, table: &str) -> Vec<String> {
        let table = self.codes.get(table);
        table
            .into_iter()
            .flat_map(BTreeMap::values)
            .flatten()
            .cloned()
            .collect()
    }
}

/// A change has an order's fields.
fn fields_of(record: &str) -> &str {
    if record == "change" { "order" } else { record }
}

fn word_of<'a>(table: &'a Table, code: &str) -> Option<&'a str> {
    table
        .iter()
        .find(|(_, codes)| codes.iter().any(|known| known == code))
        .map(|(word, _)| word.as_str())
}

fn first_of<'a>(table: Option<&'a Table>, word: &'a str) -> &'a str {
    table
        .and_then(|table| table.get(word))
        .and_then(|codes| codes.first())
        .map_or(word, String::as_str)
}
