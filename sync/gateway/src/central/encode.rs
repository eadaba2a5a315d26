//! Domain values as the marketing system's flat records: what [`super::record`] reads back.

use std::collections::BTreeMap;

use domain::{AssetNo, CrewId, Decimal, Dispatch, Holder, MeterModel, Millis, Register, StockItem};

use super::card;
use super::cells::degrees_text;
use super::map::Mapping;
use super::row::{Cell, Row};
use super::time;
use crate::ledger::Crew;

/// A record being written, with their names and codes.
pub struct Writing<'a> {
    mapping: &'a Mapping,
    record: &'static str,
    cells: BTreeMap<String, Cell>,
}

impl<'a> Writing<'a> {
    /// Begins a record.
    pub fn of(mapping: &'a Mapping, record: &'static str) -> Self {
        Self {
            mapping,
            record,
            cells: BTreeMap::new(),
        }
    }

    /// The cells, by their names.
    pub fn end(self) -> BTreeMap<String, Cell> {
        self.cells
    }

    /// A text; an empty one is left out.
    pub fn text(&mut self, ours: &str, text: impl ToString) {
        let text = text.to_string();
        if !text.is_empty() {
            let theirs = self.mapping.field(self.record, ours).to_owned();
            self.cells.insert(theirs, Cell::Text(text));
        }
    }

    /// A value of one of the mapping's tables.
    pub fn code(&mut self, ours: &str, table: &str, value: impl serde::Serialize) {
        self.text(ours, self.mapping.code_of(table, value));
    }

    /// A list; an empty one is left out.
    pub fn list(&mut self, ours: &str, texts: impl IntoIterator<Item = String>) {
        let texts: Vec<_> = texts.into_iter().collect();
        if !texts.is_empty() {
            let theirs = self.mapping.field(self.record, ours).to_owned();
            self.cells.insert(theirs, Cell::List(texts));
        }
    }

    /// A moment, by the mapping's offset.
    pub fn moment(&mut self, ours: &str, at: Millis) {
        self.text(ours, time::format(at, self.mapping.offset_minutes()));
    }

    /// Registers with their values; none are left out.
    pub fn readings(&mut self, ours: &str, values: impl IntoIterator<Item = (Register, Decimal)>) {
        let pairs: BTreeMap<_, _> = values
            .into_iter()
            .map(|(register, value)| (self.mapping.code_of("register", register), value))
            .map(|(code, value)| (code, value.to_string()))
            .collect();
        if !pairs.is_empty() {
            let theirs = self.mapping.field(self.record, ours).to_owned();
            self.cells.insert(theirs, Cell::Pairs(pairs));
        }
    }

    fn model(&mut self, prefix: &str, model: &MeterModel) {
        let prepaid = if model.prepaid { "yes" } else { "no" };
        let digits = format!("{}.{}", model.digits.integer, model.digits.decimal);
        self.code(&format!("{prefix}wiring"), "wiring", model.wiring);
        self.code(&format!("{prefix}prepaid"), "yes_no", prepaid);
        self.text(&format!("{prefix}digits"), digits);
        let registers = model.registers.iter();
        let codes: Vec<_> = registers
            .map(|register| self.mapping.code_of("register", register))
            .collect();
        self.list(&format!("{prefix}registers"), codes);
    }
}

/// An order as the marketing system would write it.
pub fn order(dispatch: &Dispatch, mapping: &Mapping) -> Row {
    let mut row = Writing::of(mapping, "order");
    let account = &dispatch.account;
    row.text("order_no", &dispatch.id);
    row.code("kind", "order_kind", dispatch.kind);
    if let Some(reason) = dispatch.reason {
        row.code("reason", "replace_reason", reason);
    }
    row.text("crew", &dispatch.crew);
    row.text("account_no", &account.account_no);
    row.text("customer", &account.customer);
    row.text("address", &account.address);
    row.text("phone", &account.phone);
    row.text("point_no", &account.point_no);
    row.text("area", &account.area);
    row.text("meter_box", &account.meter_box);
    if let Some(place) = account.place {
        row.text("lat", degrees_text(place.lat_e7));
        row.text("lon", degrees_text(place.lon_e7));
    }
    if let Some(old) = &dispatch.old_meter {
        row.text("old_asset_no", &old.asset_no);
        row.model("old_", &old.model);
        row.readings("last_billed", old.last_billed.iter().copied());
        row.list("old_seals", old.seals.iter().map(ToString::to_string));
    }
    if let Some(model) = &dispatch.new_meter {
        row.model("new_", model);
    }
    if let Some(terminal) = &dispatch.old_terminal {
        row.text("old_terminal", terminal);
    }
    let meters = dispatch.terminal_meters.iter();
    row.list("terminal_meters", meters.map(AssetNo::to_string));
    if let Some(task) = &dispatch.card {
        card::write(&mut row, task);
    }
    if let Some(token) = dispatch.token {
        row.text("sts_token", token);
    }
    if let Some(appointment) = dispatch.appointment {
        row.moment("appointment_from", appointment.from);
        row.moment("appointment_to", appointment.to);
    }
    row.text("remark", &dispatch.remark);
    named("order", row)
}

/// An asset as the marketing system would write it.
///
/// What is bound for an order is with its crew, as far as the marketing system is concerned.
pub fn stock(item: &StockItem, mapping: &Mapping) -> Row {
    let mut row = Writing::of(mapping, "stock");
    row.text("asset_no", &item.asset_no);
    row.code("asset_kind", "asset_kind", item.kind);
    if let Some(model) = &item.model {
        row.model("", model);
    }
    if let Some(address) = &item.comm_address {
        row.text("comm_address", address);
    }
    let status = match &item.holder {
        Holder::Cabinet { issued_to } => {
            row.text("crew", issued_to.as_ref().map_or("", CrewId::as_str));
            "in_stock"
        }
        Holder::WithCrew { crew } | Holder::Bound { crew, .. } => {
            row.text("crew", crew);
            "with_crew"
        }
        Holder::Installed { account_no } => {
            row.text("account_no", account_no);
            "installed"
        }
        Holder::Removed { crew, order } => {
            row.text("crew", crew);
            row.text("order_no", order);
            "removed"
        }
    };
    row.code("status", "asset_status", status);
    named("stock", row)
}

/// A crew as the marketing system would write it.
pub fn crew(crew: &Crew, mapping: &Mapping) -> Row {
    let mut row = Writing::of(mapping, "crew");
    row.text("crew", &crew.crew);
    row.text("crew_name", &crew.crew_name);
    named("crew", row)
}

/// A row as a JSON object, its kind first said by the record field.
pub fn json(row: &Row, mapping: &Mapping) -> serde_json::Value {
    let mut object = json_cells(&row.cells);
    let name = mapping.record_name(&row.record).to_owned();
    object.insert(mapping.record_field().to_owned(), name.into());
    object.into()
}

/// Cells as a JSON object.
pub fn json_cells(cells: &BTreeMap<String, Cell>) -> serde_json::Map<String, serde_json::Value> {
    let value = |cell: &Cell| match cell {
        Cell::Text(text) => serde_json::Value::from(text.clone()),
        Cell::List(texts) => texts.clone().into(),
        Cell::Pairs(pairs) => {
            let pairs = pairs.iter().map(|(n, v)| (n.clone(), v.clone().into()));
            serde_json::Value::Object(pairs.collect())
        }
    };
    let pairs = cells.iter();
    pairs
        .map(|(name, cell)| (name.clone(), value(cell)))
        .collect()
}

/// A cell as CSV has it.
pub fn csv_cell(cell: Option<&Cell>, mapping: &Mapping) -> String {
    let separator = mapping.separator().to_string();
    match cell {
        None => String::new(),
        Some(Cell::Text(text)) => text.clone(),
        Some(Cell::List(texts)) => texts.join(&separator),
        Some(Cell::Pairs(pairs)) => {
            let pairs: Vec<_> = pairs.iter().map(|(n, v)| format!("{n}={v}")).collect();
            pairs.join(&separator)
        }
    }
}

fn named(record: &str, row: Writing<'_>) -> Row {
    Row {
        line: 0,
        record: record.to_owned(),
        cells: row.end(),
    }
}
