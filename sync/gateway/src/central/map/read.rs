//! Reading a mapping file: every name and value is checked, every slip has its line and field.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Mapping, MappingError, Slip, Table};
use crate::central::time;

/// The one table of codes that may name words of its own: reasons belong to procedures.
const OPEN_TABLE: &str = "could_not";

struct Reading<'a> {
    text: &'a str,
    /// What may be named; `None` while the built-in file itself is read.
    known: Option<&'a Mapping>,
}

type Read<T> = Result<T, MappingError>;

/// Lays a text over a mapping; without one the text is the whole of it.
pub(super) fn over(base: Option<Mapping>, text: &str) -> Read<Mapping> {
    let reading = Reading {
        text,
        known: base.as_ref(),
    };
    let table = DeTable::parse(text).map_err(|e| {
        let at = e.span().unwrap_or_default();
        reading.slip(at, "", Slip::Syntax(e.message().to_owned()))
    })?;
    let mut mapping = base.clone().unwrap_or_else(|| Mapping {
        name: String::new(),
        record_field: String::new(),
        offset_minutes: 0,
        separator: '|',
        records: Table::new(),
        ignore: Table::new(),
        fields: Default::default(),
        codes: Default::default(),
        procedures: Default::default(),
    });
    for (section, value) in table.get_ref() {
        let name = section.get_ref().as_ref();
        let table = reading.table(value, name)?;
        match name {
            "format" => reading.format(table, &mut mapping)?,
            "records" => {
                let open = Names::Closed;
                reading.lists(name, open, table, &mut mapping.records)?;
            }
            "ignore" => reading.ignored(table, &mut mapping.ignore)?,
            "fields" => {
                for (record, value) in table {
                    let path = format!("fields.{}", record.get_ref());
                    let known = base.as_ref().map(|b| b.fields.keys().cloned().collect());
                    reading.is_known(record, &path, known)?;
                    let into = mapping.fields.entry(record.get_ref().to_string());
                    reading.names(&path, reading.table(value, &path)?, into.or_default())?;
                }
            }
            "codes" => {
                for (kind, value) in table {
                    let path = format!("codes.{}", kind.get_ref());
                    let known = base.as_ref().map(|b| b.codes.keys().cloned().collect());
                    reading.is_known(kind, &path, known)?;
                    let into = mapping.codes.entry(kind.get_ref().to_string()).or_default();
                    let names = if kind.get_ref() == OPEN_TABLE {
                        Names::Open
                    } else {
                        Names::Closed
                    };
                    reading.lists(&path, names, reading.table(value, &path)?, into)?;
                }
            }
            _ => {
                let known = ["format", "records", "ignore", "fields", "codes"];
                let known = known.map(str::to_owned).to_vec();
                return Err(reading.slip(section.span(), name, Slip::Unknown { known }));
            }
        }
    }
    Ok(mapping)
}

/// Whether a table may name words the built-in mapping does not have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Open,
    Closed,
}

impl Reading<'_> {
    fn slip(&self, at: Range<usize>, field: &str, slip: Slip) -> MappingError {
        let before = self.text.as_bytes().get(..at.start).unwrap_or_default();
        MappingError::Line {
            line: 1 + before.iter().filter(|byte| **byte == b'\n').count(),
            field: field.to_owned(),
            slip,
        }
    }

    fn table<'v, 'i>(&self, value: &'v Spanned<DeValue<'i>>, path: &str) -> Read<&'v DeTable<'i>> {
        let expected = "a table";
        let slip = || self.slip(value.span(), path, Slip::Shape { expected });
        value.get_ref().as_table().ok_or_else(slip)
    }

    fn text_of<'v>(&self, value: &'v Spanned<DeValue<'_>>, path: &str) -> Read<&'v str> {
        let expected = "a text";
        let slip = || self.slip(value.span(), path, Slip::Shape { expected });
        let text = value.get_ref().as_str().ok_or_else(slip)?;
        if text.trim().is_empty() || text.trim() != text {
            return Err(self.slip(value.span(), path, Slip::Empty));
        }
        Ok(text)
    }

    fn is_known(
        &self,
        key: &Spanned<std::borrow::Cow<'_, str>>,
        path: &str,
        known: Option<Vec<String>>,
    ) -> Read<()> {
        match known {
            Some(known) if !known.iter().any(|name| name == key.get_ref()) => {
                Err(self.slip(key.span(), path, Slip::Unknown { known }))
            }
            Some(_) | None => Ok(()),
        }
    }

    fn format(&self, table: &DeTable<'_>, mapping: &mut Mapping) -> Read<()> {
        for (key, value) in table {
            let path = format!("format.{}", key.get_ref());
            match key.get_ref().as_ref() {
                "name" => mapping.name = self.text_of(value, &path)?.to_owned(),
                "record_field" => mapping.record_field = self.text_of(value, &path)?.to_owned(),
                "time_offset" => {
                    let expected = "an offset like +08:00";
                    let slip = || self.slip(value.span(), &path, Slip::Shape { expected });
                    mapping.offset_minutes =
                        time::parse_offset(self.text_of(value, &path)?).ok_or_else(slip)?;
                }
                "list_separator" => {
                    let mut chars = self.text_of(value, &path)?.chars();
                    mapping.separator = match (chars.next(), chars.next()) {
                        (Some(one), None) if !one.is_alphanumeric() && !"=,\".-:".contains(one) => {
                            one
                        }
                        _ => {
                            let expected = "one sign other than = , \" . - :";
                            return Err(self.slip(value.span(), &path, Slip::Shape { expected }));
                        }
                    };
                }
                _ => {
                    let known = ["name", "record_field", "time_offset", "list_separator"];
                    let known = known.map(str::to_owned).to_vec();
                    return Err(self.slip(key.span(), &path, Slip::Unknown { known }));
                }
            }
        }
        Ok(())
    }

    /// `ours = "theirs"`, each name once.
    fn names(&self, path: &str, table: &DeTable<'_>, into: &mut Table) -> Read<()> {
        let mut spans = vec![];
        let known = self.known.map(|_| into.keys().cloned().collect::<Vec<_>>());
        for (key, value) in table {
            let path = format!("{path}.{}", key.get_ref());
            self.is_known(key, &path, known.clone())?;
            let name = self.text_of(value, &path)?.to_owned();
            into.insert(key.get_ref().to_string(), vec![name]);
            spans.push((key.get_ref().to_string(), path, value.span()));
        }
        self.distinct(&spans, into)
    }

    /// `word = ["code", …]`, each code once.
    fn lists(&self, path: &str, names: Names, table: &DeTable<'_>, into: &mut Table) -> Read<()> {
        let mut spans = vec![];
        let known = self.known.map(|_| into.keys().cloned().collect::<Vec<_>>());
        for (key, value) in table {
            let path = format!("{path}.{}", key.get_ref());
            if names == Names::Closed {
                self.is_known(key, &path, known.clone())?;
            }
            let codes = self.list(value, &path)?;
            if codes.is_empty() {
                return Err(self.slip(value.span(), &path, Slip::Empty));
            }
            into.insert(key.get_ref().to_string(), codes);
            spans.push((key.get_ref().to_string(), path, value.span()));
        }
        self.distinct(&spans, into)
    }

    fn ignored(&self, table: &DeTable<'_>, into: &mut Table) -> Read<()> {
        let known = self.known.map(|_| into.keys().cloned().collect::<Vec<_>>());
        for (key, value) in table {
            let path = format!("ignore.{}", key.get_ref());
            self.is_known(key, &path, known.clone())?;
            into.insert(key.get_ref().to_string(), self.list(value, &path)?);
        }
        Ok(())
    }

    fn list(&self, value: &Spanned<DeValue<'_>>, path: &str) -> Read<Vec<String>> {
        let expected = "a list of texts";
        let slip = || self.slip(value.span(), path, Slip::Shape { expected });
        let array = value.get_ref().as_array().ok_or_else(slip)?;
        array
            .iter()
            .map(|code| self.text_of(code, path).map(str::to_owned))
            .collect()
    }

    /// No code may stand for two words once this file is laid over the built-in one.
    fn distinct(&self, said: &[(String, String, Range<usize>)], table: &Table) -> Read<()> {
        for (word, path, at) in said {
            for code in table.get(word).into_iter().flatten() {
                let other = table
                    .iter()
                    .find(|(other, codes)| *other != word && codes.contains(code));
                if let Some((by, _)) = other {
                    let (code, by) = (code.clone(), by.clone());
                    return Err(self.slip(at.clone(), path, Slip::Taken { code, by }));
                }
            }
        }
        Ok(())
    }
}
