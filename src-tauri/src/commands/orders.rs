//! Orders and the cabinet.

use domain::{Action, OrderId};
use tauri::{State, command};
use work::Device;

use super::Answer;
use crate::view::{CabinetAsk, CabinetView, OrderView, Today, TodayAsk};

#[command(async, rename_all = "snake_case")]
pub(crate) fn today(ask: TodayAsk, device: State<'_, Device>) -> Answer<Today> {
    Ok(Today::of(device.day(&ask.search)?, &ask))
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn order(order: OrderId, device: State<'_, Device>) -> Answer<OrderView> {
    Ok(OrderView::of(device.order(&order)?))
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn act(order: OrderId, action: Action, device: State<'_, Device>) -> Answer<OrderView> {
    Ok(OrderView::of(device.act(&order, action)?))
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn cabinet(device: State<'_, Device>) -> Answer<CabinetView> {
    Ok(CabinetView::of(device.cabinet()?))
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn cabinet_scan(ask: CabinetAsk, device: State<'_, Device>) -> Answer<CabinetView> {
    let CabinetAsk {
        direction,
        asset_no,
        source,
        image,
        sighting,
    } = ask;
    Ok(CabinetView::of(device.cabinet_scan(
        direction.into(),
        &asset_no,
        source,
        image,
        sighting,
    )?))
}
