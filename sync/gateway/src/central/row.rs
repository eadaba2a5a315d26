//! Flat records out of JSON Lines, CSV and JSON: field name → cell, before anything is understood.

use std::collections::BTreeMap;

use serde_json::Value;

use super::fault::{Fault, Flaw};
use super::map::Mapping;

/// The largest file that is read. Unit: bytes. A province's day of orders is some 20 MB.
pub const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// How many faults of one file are told; more help nobody.
const FAULTS_MAX: usize = 100;

/// A record as it came: where it stood, what it is, its cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Its line, or its number in a request, from 1.
    pub line: u64,
    /// What it is, in our words: `order`.
    pub record: String,
    /// Their field name → cell; empty cells are absent.
    pub cells: BTreeMap<String, Cell>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// A text, number or truth value.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// Names and values.
    Pairs(BTreeMap<String, String>),
}

/// Reads JSON Lines: one object a line, empty lines are passed over.
///
/// `by_name` is the kind of record the file's name says, for lines that do not say it.
///
/// Errors: every fault found, with its line.
pub fn from_json_lines(
    bytes: &[u8],
    by_name: Option<&str>,
    mapping: &Mapping,
) -> Result<Vec<Row>, Vec<Fault>> {
    let text = utf8(bytes)?;
    let mut found = Found::default();
    for (line, text) in (1..).zip(text.lines()) {
        if text.trim().is_empty() {
            continue;
        }
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => found.take(from_object(line, &object, by_name, mapping)),
            Ok(_) | Err(_) => found.fault(line, "", unreadable("a JSON object")),
        }
    }
    found.end()
}

/// Reads a request's body: one object, or a list of them.
///
/// Errors: every fault found, with the number of its record.
pub fn from_json(value: &Value, mapping: &Mapping) -> Result<Vec<Row>, Vec<Fault>> {
    let mut found = Found::default();
    let values = match value {
        Value::Array(values) => values.iter().collect(),
        other => vec![other],
    };
    for (line, value) in (1..).zip(values) {
        match value {
            Value::Object(object) => found.take(from_object(line, object, None, mapping)),
            _ => found.fault(line, "", unreadable("a JSON object")),
        }
    }
    found.end()
}

/// Reads CSV with a header; every column must be known, and all that `needed` names be there.
///
/// Errors: a wrong header by its columns, and every row that does not fit it.
pub fn from_csv(
    bytes: &[u8],
    record: &str,
    needed: &[&str],
    mapping: &Mapping,
) -> Result<Vec<Row>, Vec<Fault>> {
    let text = utf8(bytes)?;
    let mut found = Found::default();
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let header: Vec<String> = match reader.headers() {
        Ok(header) => header.iter().map(str::to_owned).collect(),
        Err(_) => vec![],
    };
    let known = mapping.fields(record);
    for (at, column) in header.iter().enumerate() {
        if header.iter().take(at).any(|before| before == column) {
            found.fault(1, column, Flaw::ColumnTwice);
        } else if !is_read(column, record, &known, mapping) {
            found.fault(1, column, unknown_field(&known));
        }
    }
    for ours in needed {
        let theirs = mapping.field(record, ours);
        if !header.iter().any(|column| column == theirs) {
            found.fault(1, theirs, Flaw::NoColumn);
        }
    }
    if !found.faults.is_empty() {
        return found.end();
    }
    for row in reader.records() {
        let row = match row {
            Ok(row) => row,
            Err(e) => {
                let line = e.position().map_or(1, csv::Position::line);
                found.fault(line, "", unreadable("a CSV row"));
                continue;
            }
        };
        let line = row.position().map_or(1, csv::Position::line);
        if row.len() != header.len() {
            let (expected, found_cells) = (header.len() as u64, row.len() as u64);
            let flaw = Flaw::RowLength {
                expected,
                found: found_cells,
            };
            found.fault(line, "", flaw);
            continue;
        }
        let cells = header
            .iter()
            .zip(row.iter())
            .filter(|(column, cell)| !cell.is_empty() && known.contains(&column.as_str()))
            .map(|(column, cell)| (column.clone(), Cell::Text(cell.to_owned())))
            .collect();
        found.rows.push(Row {
            line,
            record: record.to_owned(),
            cells,
        });
    }
    found.end()
}

/// What a file's name says its records are: `orders-0301.csv` → `order`.
pub fn record_by_name<'a>(file_name: &str, mapping: &'a Mapping) -> Option<&'a str> {
    let end = file_name.find(|c: char| !c.is_alphabetic());
    let word = file_name.get(..end.unwrap_or(file_name.len()))?;
    mapping.record(word)
}

fn from_object(
    line: u64,
    object: &serde_json::Map<String, Value>,
    by_name: Option<&str>,
    mapping: &Mapping,
) -> Result<Row, Vec<Fault>> {
    let said = match object.get(mapping.record_field()) {
        Some(value) => value.as_str().and_then(|name| mapping.record(name)),
        None => by_name,
    };
    let Some(record) = said else {
        let known = mapping.record_names();
        return Err(vec![fault(
            line,
            mapping.record_field(),
            Flaw::UnknownRecord { known },
        )]);
    };
    let known = mapping.fields(record);
    let (mut cells, mut faults) = (BTreeMap::new(), vec![]);
    for (name, value) in object {
        if name == mapping.record_field() || mapping.ignores(record, name) {
            continue;
        }
        if !known.contains(&name.as_str()) {
            faults.push(fault(line, name, unknown_field(&known)));
            continue;
        }
        match cell(value) {
            Some(cell) => cells.extend(cell.map(|cell| (name.clone(), cell))),
            None => {
                let expected = "a value, a list of values or an object of values";
                faults.push(fault(line, name, Flaw::Shape { expected }));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    Ok(Row {
        line,
        record: record.to_owned(),
        cells,
    })
}

/// The cell of a JSON value: `Some(None)` for an absent one, `None` for one that is too deep.
fn cell(value: &Value) -> Option<Option<Cell>> {
    Some(match value {
        Value::Null => None,
        Value::Array(values) => {
            let texts: Option<Vec<_>> = values.iter().map(plain).collect();
            Some(Cell::List(texts?))
        }
        Value::Object(object) => {
            let pairs: Option<BTreeMap<_, _>> = object
                .iter()
                .map(|(name, value)| Some((name.clone(), plain(value)?)))
                .collect();
            Some(Cell::Pairs(pairs?))
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            let text = plain(value)?;
            (!text.is_empty()).then_some(Cell::Text(text))
        }
    })
}

/// A plain value as text. A number is written as it was: no reading has more digits than are kept.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn is_read(column: &str, record: &str, known: &[&str], mapping: &Mapping) -> bool {
    known.contains(&column) || mapping.ignores(record, column)
}

fn unknown_field(known: &[&str]) -> Flaw {
    let known = known.iter().map(|name| (*name).to_owned()).collect();
    Flaw::UnknownField { known }
}

fn unreadable(expected: &'static str) -> Flaw {
    Flaw::Unreadable { expected }
}

fn fault(line: u64, field: &str, flaw: Flaw) -> Fault {
    Fault {
        line,
        field: field.to_owned(),
        flaw,
    }
}

/// UTF-8, with or without a byte order mark (spreadsheets write one).
fn utf8(bytes: &[u8]) -> Result<&str, Vec<Fault>> {
    if bytes.len() as u64 > FILE_BYTES_MAX {
        let limit_bytes = FILE_BYTES_MAX;
        return Err(vec![fault(1, "", Flaw::TooLarge { limit_bytes })]);
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        let before = bytes.get(..e.valid_up_to()).unwrap_or_default();
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        vec![fault(line as u64, "", unreadable("text in UTF-8"))]
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}

#[derive(Default)]
struct Found {
    rows: Vec<Row>,
    faults: Vec<Fault>,
}

impl Found {
    fn take(&mut self, row: Result<Row, Vec<Fault>>) {
        match row {
            Ok(row) => self.rows.push(row),
            Err(faults) => self.faults.extend(faults),
        }
    }

    fn fault(&mut self, line: u64, field: &str, flaw: Flaw) {
        self.faults.push(fault(line, field, flaw));
    }

    fn end(mut self) -> Result<Vec<Row>, Vec<Fault>> {
        self.faults.truncate(FAULTS_MAX);
        if self.faults.is_empty() {
            Ok(self.rows)
        } else {
            Err(self.faults)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mapping() -> Mapping {
        Mapping::built_in().unwrap()
    }

    fn only_fault<T: std::fmt::Debug>(result: Result<T, Vec<Fault>>) -> Fault {
        let mut faults = result.unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        faults.remove(0)
    }

    #[test]
    fn a_wrong_header_names_its_column() {
        let mapping = mapping();
        let read = |text: &str| from_csv(text.as_bytes(), "stock", &["asset_no"], &mapping);
        let fault = only_fault(read("asset_no,statsu\n"));
        assert_eq!((fault.line, fault.field.as_str()), (1, "statsu"));
        assert_eq!(fault.flaw.code(), "unknown_field");
        let fault = only_fault(read("status\n"));
        assert_eq!(
            (fault.field.as_str(), &fault.flaw),
            ("asset_no", &Flaw::NoColumn)
        );
        let fault = only_fault(read("asset_no,crew,asset_no\n"));
        assert_eq!(
            (fault.field.as_str(), &fault.flaw),
            ("asset_no", &Flaw::ColumnTwice)
        );
        assert_eq!(only_fault(read("")).flaw, Flaw::NoColumn);
    }

    #[test]
    fn a_row_of_another_length_is_named_by_its_line() {
        let text = "asset_no,crew\n1,crew-1\n2\n\"3\n3\",crew-1,x\n";
        let faults = from_csv(text.as_bytes(), "stock", &[], &mapping()).unwrap_err();
        let lines: Vec<_> = faults.iter().map(|f| (f.line, f.flaw.code())).collect();
        assert_eq!(lines, [(3, "row_length"), (4, "row_length")]);
    }

    #[test]
    fn empty_cells_and_nulls_are_absent() {
        let rows = from_csv(b"\xef\xbb\xbfasset_no,crew\n1,\n", "stock", &[], &mapping()).unwrap();
        assert_eq!(rows[0].cells.len(), 1);
        let line = br#"{"record":"stock","asset_no":1,"crew":null,"status":""}"#;
        let rows = from_json_lines(line, None, &mapping()).unwrap();
        assert_eq!(rows[0].cells["asset_no"], Cell::Text("1".into()));
        assert_eq!(rows[0].cells.len(), 1);
    }

    #[test]
    fn every_bad_line_is_told_and_none_is_read() {
        let text = "{\"record\":\"order\",\"order_no\":\"1\"}\n\n{]\n{\"record\":\"ordre\"}\n[]\n";
        let faults = from_json_lines(text.as_bytes(), None, &mapping()).unwrap_err();
        let told: Vec<_> = faults.iter().map(|f| (f.line, f.flaw.code())).collect();
        assert_eq!(
            told,
            [(3, "unreadable"), (4, "unknown_record"), (5, "unreadable")]
        );
    }

    #[test]
    fn a_files_name_says_what_its_records_are() {
        let mapping = mapping();
        assert_eq!(record_by_name("orders-0301.csv", &mapping), Some("order"));
        assert_eq!(record_by_name("stock.csv", &mapping), Some("stock"));
        assert_eq!(record_by_name("0301.csv", &mapping), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_reading_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let mapping = mapping();
            let _ = from_json_lines(&bytes, None, &mapping);
            let _ = from_csv(&bytes, "order", &["order_no"], &mapping);
        }

        #[test]
        fn a_number_keeps_its_digits(whole in 0u32..100_000_000, places in 0u32..10_000) {
            let text = format!("{{\"record\":\"order\",\"lat\":{whole}.{places:04}}}");
            let rows = from_json_lines(text.as_bytes(), None, &mapping()).unwrap();
            let Cell::Text(kept) = &rows[0].cells["lat"] else { panic!("a text") };
            let value = domain::Decimal::parse(kept).unwrap();
            prop_assert_eq!(
                value.ten_thousandths(),
                i64::from(whole) * 10_000 + i64::from(places)
            );
        }
    }
}
