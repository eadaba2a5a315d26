//! The device itself: who it is, what it remembers, how far its work has got.

use domain::{OrderId, StepId};
use tauri::{AppHandle, State, command};
use work::Device;

use super::Answer;
use crate::view::{Settings, Status, SyncView};
use crate::windows;

#[command(async, rename_all = "snake_case")]
pub(crate) fn status(device: State<'_, Device>) -> Answer<Status> {
    Ok(Status::of(&device)?)
}

#[command(rename_all = "snake_case")]
pub(crate) async fn enrol(
    link_or_code: String,
    gateway: Option<String>,
    device_name: String,
    device: State<'_, Device>,
) -> Answer<Status> {
    device
        .enrol(&link_or_code, gateway.as_deref(), &device_name)
        .await?;
    Ok(Status::of(&device)?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn save_route(route: String, device: State<'_, Device>) -> Answer<()> {
    Ok(device.save_route(&route)?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn save_settings(settings: Settings, device: State<'_, Device>) -> Answer<()> {
    Ok(device.save_settings(settings.into())?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn save_draft(
    order: OrderId,
    step: StepId,
    text: Option<String>,
    device: State<'_, Device>,
) -> Answer<()> {
    Ok(device.save_draft(&order, &step, text.as_deref())?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn draft(
    order: OrderId,
    step: StepId,
    device: State<'_, Device>,
) -> Answer<Option<String>> {
    Ok(device.draft(&order, &step)?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn sync(device: State<'_, Device>) -> Answer<SyncView> {
    Ok(SyncView::of(&device)?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn sync_now(device: State<'_, Device>) -> Answer<()> {
    device.sync_now();
    Ok(())
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn export_diagnostics(device: State<'_, Device>) -> Answer<String> {
    Ok(device.export_diagnostics()?.display().to_string())
}

#[command(rename_all = "snake_case")]
pub(crate) async fn open_desk(app: AppHandle, device: State<'_, Device>) -> Answer<()> {
    if let Some(enrolled) = device.enrolment()? {
        windows::open_desk(&app, &enrolled.gateway)?;
    }
    Ok(())
}
