//! What can be wrong with a record of the marketing system's, and what to do about it.

use serde::Serialize;

/// One thing wrong with what the marketing system sent; nothing of its file was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line of the file, or the number of the record in a request, from 1.
    pub line: u64,
    /// The field, as the sender calls it; empty when the whole line is meant.
    pub field: String,
    /// What is wrong.
    pub flaw: Flaw,
}

/// What is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The file is neither JSON Lines nor CSV in UTF-8.
    #[error("this is not {expected}")]
    Unreadable {
        /// What it should be.
        expected: &'static str,
    },
    /// The file is larger than any dispatch.
    #[error("this is larger than {limit_bytes} bytes")]
    TooLarge {
        /// The limit.
        limit_bytes: u64,
    },
    /// Neither the record nor the file's name says what it is.
    #[error("this does not say what it is; known are {}", .known.join(", "))]
    UnknownRecord {
        /// The kinds that are known.
        known: Vec<String>,
    },
    /// A column or field nobody reads.
    #[error("there is no such field; known are {}", .known.join(", "))]
    UnknownField {
        /// The fields that are read.
        known: Vec<String>,
    },
    /// The CSV header lacks a column.
    #[error("the header lacks this column")]
    NoColumn,
    /// A column twice.
    #[error("this column is there twice")]
    ColumnTwice,
    /// The row has another number of cells than the header.
    #[error("the row has {found} cells, the header {expected}")]
    RowLength {
        /// Cells of the header.
        expected: u64,
        /// Cells of the row.
        found: u64,
    },
    /// A value is needed.
    #[error("this is missing")]
    Missing,
    /// The value is of another shape.
    #[error("this has to be {expected}")]
    Shape {
        /// The shape, in words.
        expected: &'static str,
    },
    /// A code the mapping does not know.
    #[error("the mapping does not know {found:?}; known are {}", .known.join(", "))]
    UnknownCode {
        /// The code.
        found: String,
        /// The codes that are known.
        known: Vec<String>,
    },
    /// Not an asset number.
    #[error("no asset number: {0}")]
    Asset(domain::AssetFault),
    /// An amount that is no whole number of fen.
    #[error("{0}; it is not rounded")]
    PartOfAFen(domain::PartOfAFen),
    /// Not an STS token.
    #[error("no token: {0}")]
    Token(domain::NotAToken),
    /// Text longer than anybody reads.
    #[error("this has more than {limit} characters")]
    TooLong {
        /// The limit.
        limit: u64,
    },
    /// An order the gateway does not have.
    #[error("the gateway has no such order")]
    UnknownOrder,
    /// A crew the gateway does not have.
    #[error("the gateway has no such crew")]
    UnknownCrew,
    /// The order is not in a state in which the office may do this.
    #[error("the order is {state} now")]
    OrderMoved {
        /// Its state.
        state: String,
    },
}

impl Flaw {
    /// Its code, for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unreadable",
            Self::TooLarge { .. } => "too_large",
            Self::UnknownRecord { .. } => "unknown_record",
            Self::UnknownField { .. } => "unknown_field",
            Self::NoColumn => "no_column",
            Self::ColumnTwice => "column_twice",
            Self::RowLength { .. } => "row_length",
            Self::Missing => "missing",
            Self::Shape { .. } => "shape",
            Self::UnknownCode { .. } => "unknown_code",
            Self::Asset(_) => "asset",
            Self::PartOfAFen(_) => "part_of_a_fen",
            Self::Token(_) => "token",
            Self::TooLong { .. } => "too_long",
            Self::UnknownOrder => "unknown_order",
            Self::UnknownCrew => "unknown_crew",
            Self::OrderMoved { .. } => "order_moved",
        }
    }

    /// What to do next, in one sentence.
    pub fn next(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } | Self::RowLength { .. } => {
                "write the file again as docs/connect.md describes and put it back into the inbox"
            }
            Self::TooLarge { .. } => "split the file and put the parts into the inbox",
            Self::UnknownRecord { .. } => {
                "name the kind of record, or begin the CSV file's name with it"
            }
            Self::UnknownField { .. } => {
                "correct the name, or list it under [ignore] in the mapping file"
            }
            Self::NoColumn => "add the column, or give its name under [fields] in the mapping file",
            Self::ColumnTwice => "remove one of the two columns",
            Self::Missing
            | Self::Shape { .. }
            | Self::PartOfAFen(_)
            | Self::Token(_)
            | Self::TooLong { .. } => "correct the value and put the file back into the inbox",
            Self::UnknownCode { .. } => {
                "correct the code, or add it under [codes] in the mapping file"
            }
            Self::Asset(_) => "compare the number with the label and correct it",
            Self::UnknownOrder => "send the order first, or correct its number",
            Self::UnknownCrew => "send a crew record first, or correct the crew",
            Self::OrderMoved { .. } => {
                "look at the order at the supervisor's desk and decide there"
            }
        }
    }
}

/// A fault as it is written for the sender.
///
/// Shape: `{"line":3,"field":"kind","code":"unknown_code","message":"…","next":"…"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// The line, from 1.
    pub line: u64,
    /// The field.
    pub field: String,
    /// The flaw's code.
    pub code: &'static str,
    /// The flaw in words.
    pub message: String,
    /// What to do next.
    pub next: &'static str,
}

impl Fault {
    /// The fault in the words that are written for the sender.
    pub fn notice(&self) -> Notice {
        Notice {
            line: self.line,
            field: self.field.clone(),
            code: self.flaw.code(),
            message: self.flaw.to_string(),
            next: self.flaw.next(),
        }
    }
}
