//! One row's cells as domain values; every fault is kept with the field as the sender calls it.

use std::collections::BTreeSet;

use domain::{
    AssetNo, AssetRule, Decimal, MeterModel, Millis, Place, Register, RegisterDigits, SealNo,
    Wiring,
};
use serde::de::DeserializeOwned;

use super::fault::{Fault, Flaw};
use super::map::Mapping;
use super::row::{Cell, Row};
use super::time;

/// The longest text that is taken. Unit: characters. An address has some 40, a remark some 200.
const TEXT_MAX: usize = 500;

/// A row being understood.
pub struct Cells<'a> {
    row: &'a Row,
    mapping: &'a Mapping,
    rules: &'a [AssetRule],
    faults: Vec<Fault>,
}

impl<'a> Cells<'a> {
    /// Begins with a row.
    pub fn of(row: &'a Row, mapping: &'a Mapping, rules: &'a [AssetRule]) -> Self {
        Self {
            row,
            mapping,
            rules,
            faults: vec![],
        }
    }

    /// The mapping the row is read by.
    pub fn mapping(&self) -> &'a Mapping {
        self.mapping
    }

    /// The value, when nothing was wrong.
    ///
    /// Errors: every fault of the row.
    pub fn end<T>(self, value: Option<T>) -> Result<T, Vec<Fault>> {
        match (value, self.faults.is_empty()) {
            (Some(value), true) => Ok(value),
            (_, _) => Err(self.faults),
        }
    }

    /// Notes a fault at a field of ours.
    pub fn fault(&mut self, ours: &str, flaw: Flaw) {
        self.faults.push(Fault {
            line: self.row.line,
            field: self.mapping.field(&self.row.record, ours).to_owned(),
            flaw,
        });
    }

    fn shape<T>(&mut self, ours: &str, expected: &'static str) -> Option<T> {
        self.fault(ours, Flaw::Shape { expected });
        None
    }

    fn cell(&self, ours: &str) -> Option<&'a Cell> {
        let theirs = self.mapping.field(&self.row.record, ours);
        self.row.cells.get(theirs)
    }

    /// Whether there is anything in a field.
    pub fn has(&self, ours: &str) -> bool {
        self.cell(ours).is_some()
    }

    /// A text, or nothing.
    pub fn text(&mut self, ours: &str) -> Option<String> {
        match self.cell(ours)? {
            Cell::Text(text) if text.chars().count() > TEXT_MAX => {
                let limit = TEXT_MAX as u64;
                self.fault(ours, Flaw::TooLong { limit });
                None
            }
            Cell::Text(text) if text.chars().any(|c| c.is_control() && c != '\n') => {
                self.shape(ours, "text without control characters")
            }
            Cell::Text(text) => Some(text.clone()),
            Cell::List(_) | Cell::Pairs(_) => self.shape(ours, "one value"),
        }
    }

    /// A text that must be there.
    pub fn needed(&mut self, ours: &str) -> Option<String> {
        if !self.has(ours) {
            self.fault(ours, Flaw::Missing);
        }
        self.text(ours)
    }

    /// A number that names something: 1–64 characters without spaces.
    pub fn id(&mut self, ours: &str) -> Option<String> {
        let text = self.needed(ours)?;
        if text.chars().count() > 64 || text.chars().any(char::is_whitespace) {
            return self.shape(ours, "1 to 64 characters without spaces");
        }
        Some(text)
    }

    /// A list of texts: a JSON list, or one cell with separators.
    pub fn list(&mut self, ours: &str) -> Vec<String> {
        match self.cell(ours) {
            None => vec![],
            Some(Cell::List(texts)) => texts.clone(),
            Some(Cell::Text(text)) => text
                .split(self.mapping.separator())
                .map(|part| part.trim().to_owned())
                .filter(|part| !part.is_empty())
                .collect(),
            Some(Cell::Pairs(_)) => self.shape(ours, "a list").unwrap_or_default(),
        }
    }

    /// Names and values: a JSON object, or one cell `name=value|name=value`.
    fn pairs(&mut self, ours: &str) -> Vec<(String, String)> {
        match self.cell(ours) {
            Some(Cell::Pairs(pairs)) => pairs.clone().into_iter().collect(),
            None | Some(Cell::List(_) | Cell::Text(_)) => {
                let parts = self.list(ours);
                let pairs: Option<Vec<_>> = parts
                    .iter()
                    .map(|part| part.split_once('='))
                    .map(|pair| pair.map(|(n, v)| (n.trim().to_owned(), v.trim().to_owned())))
                    .collect();
                match pairs {
                    Some(pairs) => pairs,
                    None => self.shape(ours, "pairs of name=value").unwrap_or_default(),
                }
            }
        }
    }

    /// A code of one of the mapping's tables, or nothing.
    pub fn code<T: DeserializeOwned>(&mut self, ours: &str, table: &str) -> Option<T> {
        let found = self.text(ours)?;
        self.decode(ours, table, found)
    }

    /// A code that must be there.
    pub fn needed_code<T: DeserializeOwned>(&mut self, ours: &str, table: &str) -> Option<T> {
        let found = self.needed(ours)?;
        self.decode(ours, table, found)
    }

    fn decode<T: DeserializeOwned>(&mut self, ours: &str, table: &str, found: String) -> Option<T> {
        let value = self.mapping.value(table, &found);
        if value.is_none() {
            let known = self.mapping.known_codes(table);
            self.fault(ours, Flaw::UnknownCode { found, known });
        }
        value
    }

    /// An asset number by one of the rules, or nothing.
    pub fn asset(&mut self, ours: &str) -> Option<AssetNo> {
        let text = self.text(ours)?;
        self.asset_of(ours, &text)
    }

    /// A list of asset numbers.
    pub fn assets(&mut self, ours: &str) -> Vec<AssetNo> {
        let texts = self.list(ours);
        texts
            .iter()
            .filter_map(|text| self.asset_of(ours, text))
            .collect()
    }

    fn asset_of(&mut self, ours: &str, text: &str) -> Option<AssetNo> {
        let mut first = None;
        for rule in self.rules {
            match rule.parse(text) {
                Ok(asset_no) => return Some(asset_no),
                Err(fault) => first = first.or(Some(fault)),
            }
        }
        let digits = self.rules.first().map_or(0, |rule| rule.digits);
        self.fault(
            ours,
            Flaw::Asset(first.unwrap_or(domain::AssetFault::Length { digits })),
        );
        None
    }

    /// Seal numbers of 1–32 characters.
    pub fn seals(&mut self, ours: &str) -> Vec<SealNo> {
        let texts = self.list(ours);
        if texts.iter().any(|text| text.len() > 32) {
            self.fault(ours, Flaw::TooLong { limit: 32 });
        }
        texts.into_iter().map(SealNo::new).collect()
    }

    /// A moment, or nothing.
    pub fn moment(&mut self, ours: &str) -> Option<Millis> {
        let text = self.text(ours)?;
        match time::parse(&text, self.mapping.offset_minutes()) {
            Some(at) => Some(at),
            None => self.shape(ours, "a time like 2026-03-01T08:30:00+08:00"),
        }
    }

    /// Registers with their values.
    pub fn readings(&mut self, ours: &str) -> Vec<(Register, Decimal)> {
        let mut readings: Vec<(Register, Decimal)> = vec![];
        for (name, value) in self.pairs(ours) {
            let register: Option<Register> = self.decode(ours, "register", name);
            let value = match Decimal::parse(&value) {
                Ok(value) => Some(value),
                Err(_) => self.shape(ours, "readings like 12345.67"),
            };
            if let (Some(register), Some(value)) = (register, value) {
                if readings.iter().any(|(known, _)| *known == register) {
                    self.fault(
                        ours,
                        Flaw::Shape {
                            expected: "each register once",
                        },
                    );
                }
                readings.push((register, value));
            }
        }
        readings.sort();
        readings
    }

    /// A meter model out of four fields with a common beginning (`old_`, `new_` or none).
    ///
    /// Nothing when none of the four is there; all of them once one is.
    pub fn model(&mut self, prefix: &str) -> Option<MeterModel> {
        let name = |field: &str| format!("{prefix}{field}");
        let fields = ["wiring", "prepaid", "digits", "registers"].map(name);
        let [wiring, prepaid, digits, registers] = &fields;
        if !fields.iter().any(|field| self.has(field)) {
            return None;
        }
        let wiring: Option<Wiring> = self.needed_code(wiring, "wiring");
        let prepaid: Option<String> = self.needed_code(prepaid, "yes_no");
        let digits = self.digits(digits);
        let codes = self.list(registers);
        if codes.is_empty() {
            self.fault(registers, Flaw::Missing);
        }
        let shown: BTreeSet<Register> = codes
            .into_iter()
            .filter_map(|code| self.decode(registers, "register", code))
            .collect();
        Some(MeterModel {
            wiring: wiring?,
            prepaid: prepaid? == "yes",
            digits: digits?,
            registers: shown.into_iter().collect(),
        })
    }

    /// `6.2`: digits before and after the point. A JSON number would lose `6.0`, so a text is best.
    fn digits(&mut self, ours: &str) -> Option<RegisterDigits> {
        let text = self.needed(ours)?;
        let parse = |text: &str| text.parse::<u8>().ok();
        let digits = match text.split_once('.') {
            Some((integer, decimal)) => parse(integer).zip(parse(decimal)),
            None => parse(&text).map(|integer| (integer, 0)),
        };
        match digits {
            Some((integer @ 1..=8, decimal @ 0..=4)) => Some(RegisterDigits { integer, decimal }),
            _ => self.shape(ours, "digits like 6.2, at most 8.4"),
        }
    }

    /// Latitude and longitude in degrees, both or none.
    pub fn place(&mut self) -> Option<Place> {
        if !self.has("lat") && !self.has("lon") {
            return None;
        }
        let lat_e7 = self.degrees("lat", 90);
        let lon_e7 = self.degrees("lon", 180);
        Some(Place {
            lat_e7: lat_e7?,
            lon_e7: lon_e7?,
            accuracy_m: 0,
        })
    }

    fn degrees(&mut self, ours: &str, limit: i32) -> Option<i32> {
        let text = self.needed(ours)?;
        match degrees_e7(&text).filter(|e7| e7.unsigned_abs() <= limit.unsigned_abs() * 10_000_000)
        {
            Some(e7) => Some(e7),
            None => self.shape(ours, "decimal degrees like 35.1234567 (WGS 84)"),
        }
    }
}

/// Reads decimal degrees as 10⁻⁷ degrees; places beyond the seventh are cut off.
pub fn degrees_e7(text: &str) -> Option<i32> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, places) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |s: &str| !s.is_empty() && s.len() <= 20 && s.bytes().all(|b| b.is_ascii_digit());
    if !plain(whole) || !plain(places) || whole.len() > 3 {
        return None;
    }
    let places: String = places.chars().chain("0000000".chars()).take(7).collect();
    let e7 = whole.parse::<i64>().ok()? * 10_000_000 + places.parse::<i64>().ok()?;
    i32::try_from(sign * e7).ok()
}

/// Writes 10⁻⁷ degrees as decimal degrees.
pub fn degrees_text(e7: i32) -> String {
    let magnitude = e7.unsigned_abs();
    let sign = if e7 < 0 { "-" } else { "" };
    format!(
        "{sign}{}.{:07}",
        magnitude / 10_000_000,
        magnitude % 10_000_000
    )
}
