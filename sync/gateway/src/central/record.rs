//! The marketing system's records as domain values.

use domain::{
    Account, Appointment, AssetKind, AssetNo, AssetRule, CommAddress, CrewId, Dispatch, Holder,
    MeterModel, OldMeter, OrderId, OrderKind, StockItem,
};

use super::card;
use super::cells::Cells;
use super::fault::{Fault, Flaw};
use super::map::Mapping;
use super::row::Row;
use crate::ledger::Crew;

/// What a record asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// An order, whole.
    Order(Box<Dispatch>),
    /// Some fields of a known order; the row is laid over the order as it stands.
    Change(OrderId, Row),
    /// An order taken back.
    Recall(OrderId, String),
    /// An asset and where it is.
    Stock(Box<StockItem>),
    /// A crew and its name.
    Crew(Crew),
}

/// Fields without which a record says nothing; a CSV header has to have them.
pub fn needed_fields(record: &str) -> &'static [&'static str] {
    match record {
        "order" => &[
            "order_no",
            "kind",
            "crew",
            "account_no",
            "customer",
            "address",
        ],
        "change" => &["order_no"],
        "recall" => &["order_no", "reason"],
        "stock" => &["asset_no", "status"],
        "crew" => &["crew", "crew_name"],
        _ => &[],
    }
}

/// Understands a row.
///
/// Errors: every fault of the row.
pub fn record(row: Row, mapping: &Mapping, rules: &[AssetRule]) -> Result<Record, Vec<Fault>> {
    match row.record.as_str() {
        "order" => order(&row, mapping, rules).map(|order| Record::Order(Box::new(order))),
        "change" => {
            let mut cells = Cells::of(&row, mapping, rules);
            let id = cells.id("order_no");
            let id = cells.end(id)?;
            Ok(Record::Change(OrderId::new(id), row))
        }
        "recall" => recall(&row, mapping, rules),
        "stock" => stock(&row, mapping, rules).map(|item| Record::Stock(Box::new(item))),
        "crew" => crew(&row, mapping, rules).map(Record::Crew),
        _ => {
            let known = mapping.record_names();
            Err(vec![Fault {
                line: row.line,
                field: mapping.record_field().to_owned(),
                flaw: Flaw::UnknownRecord { known },
            }])
        }
    }
}

/// Understands an order's row; a change's row too, once it is laid over the order as it stands.
///
/// Errors: every fault of the row.
pub fn order(row: &Row, mapping: &Mapping, rules: &[AssetRule]) -> Result<Dispatch, Vec<Fault>> {
    let mut cells = Cells::of(row, mapping, rules);
    let order = order_of(&mut cells);
    cells.end(order)
}

fn order_of(cells: &mut Cells<'_>) -> Option<Dispatch> {
    let id = cells.id("order_no");
    let kind: Option<OrderKind> = cells.needed_code("kind", "order_kind");
    let reason = cells.code("reason", "replace_reason");
    let crew = cells.id("crew");
    let account = account(cells);
    let old_asset = cells.asset("old_asset_no");
    let old_model = cells.model("old_");
    let last_billed = cells.readings("last_billed");
    let seals = cells.seals("old_seals");
    let new_meter = cells.model("new_");
    let old_terminal = cells.asset("old_terminal");
    let terminal_meters = cells.assets("terminal_meters");
    let appointment = appointment(cells);
    let remark = cells.text("remark").unwrap_or_default();
    let card = card::task(cells, kind, old_model.as_ref());
    let token = card::token(cells);
    let kind = kind?;
    needs_of(cells, kind);
    let old_meter = match (old_asset, old_model) {
        (Some(asset_no), Some(model)) => Some(OldMeter {
            asset_no,
            model,
            last_billed,
            seals,
        }),
        (Some(_), None) => {
            if !cells.has("old_wiring") {
                cells.fault("old_wiring", Flaw::Missing);
            }
            None
        }
        (None, _) => None,
    };
    Some(Dispatch {
        id: OrderId::new(id?),
        // counted by the ledger, which knows whether anything changed
        revision: 1,
        kind,
        reason,
        account: account?,
        old_meter,
        new_meter,
        old_terminal,
        terminal_meters,
        appointment,
        crew: CrewId::new(crew?),
        procedure: cells
            .mapping()
            .procedure(kind)
            .fitted(card.is_some(), token.is_some()),
        card,
        token,
        remark,
    })
}

/// What each kind of order cannot do without.
fn needs_of(cells: &mut Cells<'_>, kind: OrderKind) {
    let needed: &[&str] = match kind {
        OrderKind::Install => &[],
        // a card, or a token to hand over
        OrderKind::Card if card::is_asked(cells) || cells.has("sts_token") => &[],
        OrderKind::Card => &["card_kind"],
        OrderKind::Replace | OrderKind::Remove => &["old_asset_no"],
        OrderKind::AttachTerminal => &["terminal_meters"],
        OrderKind::ReplaceTerminal | OrderKind::DetachTerminal => {
            &["old_terminal", "terminal_meters"]
        }
    };
    for field in needed {
        if !cells.has(field) {
            cells.fault(field, Flaw::Missing);
        }
    }
}

fn account(cells: &mut Cells<'_>) -> Option<Account> {
    let account_no = cells.id("account_no");
    let customer = cells.needed("customer");
    let address = cells.needed("address");
    let mut text = |field| cells.text(field).unwrap_or_default();
    let (phone, point_no, area, meter_box) = (
        text("phone"),
        text("point_no"),
        text("area"),
        text("meter_box"),
    );
    let place = cells.place();
    Some(Account {
        account_no: account_no?.as_str().into(),
        customer: customer?,
        address: address?,
        phone,
        point_no,
        area,
        meter_box,
        place,
    })
}

fn appointment(cells: &mut Cells<'_>) -> Option<Appointment> {
    let from = cells.moment("appointment_from");
    let to = cells.moment("appointment_to");
    match (from, to) {
        (Some(from), Some(to)) if from <= to => Some(Appointment { from, to }),
        (Some(_), Some(_)) => {
            let expected = "not before its beginning";
            cells.fault("appointment_to", Flaw::Shape { expected });
            None
        }
        (Some(_), None) if !cells.has("appointment_to") => {
            cells.fault("appointment_to", Flaw::Missing);
            None
        }
        (None, Some(_)) if !cells.has("appointment_from") => {
            cells.fault("appointment_from", Flaw::Missing);
            None
        }
        (_, _) => None,
    }
}

fn recall(row: &Row, mapping: &Mapping, rules: &[AssetRule]) -> Result<Record, Vec<Fault>> {
    let mut cells = Cells::of(row, mapping, rules);
    let (id, reason) = (cells.id("order_no"), cells.needed("reason"));
    let (id, reason) = cells.end(id.zip(reason))?;
    Ok(Record::Recall(OrderId::new(id), reason))
}

fn crew(row: &Row, mapping: &Mapping, rules: &[AssetRule]) -> Result<Crew, Vec<Fault>> {
    let mut cells = Cells::of(row, mapping, rules);
    let (crew, crew_name) = (cells.id("crew"), cells.needed("crew_name"));
    let (crew, crew_name) = cells.end(crew.zip(crew_name))?;
    let crew = CrewId::new(crew);
    Ok(Crew { crew, crew_name })
}

fn stock(row: &Row, mapping: &Mapping, rules: &[AssetRule]) -> Result<StockItem, Vec<Fault>> {
    let mut cells = Cells::of(row, mapping, rules);
    let item = stock_of(&mut cells, rules);
    cells.end(item)
}

fn stock_of(cells: &mut Cells<'_>, rules: &[AssetRule]) -> Option<StockItem> {
    if !cells.has("asset_no") {
        cells.fault("asset_no", Flaw::Missing);
    }
    let asset_no = cells.asset("asset_no");
    let said: Option<AssetKind> = cells.code("asset_kind", "asset_kind");
    let model = cells.model("");
    let comm_address = cells.text("comm_address").map(CommAddress::new);
    let holder = holder(cells);
    let asset_no = asset_no?;
    let kind = said.unwrap_or_else(|| kind_by_number(rules, &asset_no));
    let model: Option<MeterModel> = model.filter(|_| kind == AssetKind::Meter);
    if kind == AssetKind::Meter && model.is_none() && !cells.has("wiring") {
        cells.fault("wiring", Flaw::Missing);
    }
    Some(StockItem {
        asset_no,
        kind,
        model,
        comm_address,
        holder: holder?,
    })
}

fn kind_by_number(rules: &[AssetRule], asset_no: &AssetNo) -> AssetKind {
    rules
        .iter()
        .find(|rule| rule.parse(asset_no.as_str()).is_ok())
        .map_or(AssetKind::Other, |rule| rule.kind(asset_no))
}

fn holder(cells: &mut Cells<'_>) -> Option<Holder> {
    let status: String = cells.needed_code("status", "asset_status")?;
    Some(match status.as_str() {
        "with_crew" => Holder::WithCrew {
            crew: CrewId::new(cells.id("crew")?),
        },
        "installed" => Holder::Installed {
            account_no: cells.id("account_no")?.as_str().into(),
        },
        "removed" => {
            let (crew, order) = (cells.id("crew"), cells.id("order_no"));
            Holder::Removed {
                crew: CrewId::new(crew?),
                order: OrderId::new(order?),
            }
        }
        _ => Holder::Cabinet {
            issued_to: cells.text("crew").map(CrewId::new),
        },
    })
}
