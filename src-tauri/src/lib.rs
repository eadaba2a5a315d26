//! The app: commands, view types and notifications around `work`. No rules, no SQL.
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        reason = "a test that cannot go on should stop"
    )
)]

mod commands;
mod failure;
mod notify;
mod photo_scheme;
pub mod view;
mod windows;

use std::path::PathBuf;

use tauri::{App, Manager as _, RunEvent, generate_context, generate_handler};
use work::{CardParts, Chance, Clock, Device, KEY_STORE, NewKey, StoreError, WorkError};

/// Runs the app until its window is closed.
///
/// The device lives in `METERCREW_DATA`, or where the system keeps such things. A new one's key goes
/// into the system's key store where there is one; with `METERCREW_KEY=file` it stays in the folder.
/// When that folder cannot be used (another instance has it, its key is gone), the window says why.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
pub fn run() {
    windows::paint_as_the_machine_can();
    let built = tauri::Builder::default()
        .register_asynchronous_uri_scheme_protocol("photo", |context, request, responder| {
            let device = context.app_handle().state::<Device>().inner().clone();
            tauri::async_runtime::spawn_blocking(move || {
                responder.respond(photo_scheme::answer(&device, &request));
            });
        })
        .invoke_handler(generate_handler![
            commands::status,
            commands::enrol,
            commands::save_route,
            commands::save_settings,
            commands::save_draft,
            commands::draft,
            commands::today,
            commands::order,
            commands::act,
            commands::scan_image,
            commands::read_asset_no,
            commands::read_display,
            commands::prepare_photo,
            commands::form,
            commands::save_strokes,
            commands::cabinet,
            commands::cabinet_scan,
            commands::card_look,
            commands::card_write,
            commands::card_set_aside,
            commands::card_give_up,
            commands::meter_ports,
            commands::read_meter,
            commands::cancel_meter,
            commands::sync,
            commands::sync_now,
            commands::export_diagnostics,
            commands::open_desk,
        ])
        .setup(|app| begin(app))
        .build(generate_context!());
    match built {
        Ok(app) => app.run(|handle, event| {
            if let (RunEvent::Exit, Some(device)) = (event, handle.try_state::<Device>()) {
                device.leave();
            }
        }),
        Err(error) => {
            eprintln!("metercrew-app: {error}");
            std::process::exit(3);
        }
    }
}

/// Opens the device, begins to sync, and shows the window.
fn begin(app: &App) -> Result<(), Box<dyn std::error::Error>> {
    let chance = Chance::system();
    let clock = Clock::system(chance.id()?);
    let opened = Device::open_with(&data_folder(app)?, clock, chance, new_key());
    let handle = app.handle().clone();
    let device = match opened {
        Ok(device) => device,
        Err(error) => {
            eprintln!("metercrew-app: {}", why_not(&error));
            return Ok(windows::open_trouble(&handle, &error.code())?);
        }
    };
    device.use_card_parts(CardParts::from_environment()?);
    app.manage(device.clone());
    tauri::async_runtime::spawn(notify::changes(handle.clone(), device.clone()));
    tauri::async_runtime::spawn(notify::sync(handle.clone(), device.clone()));
    tauri::async_runtime::spawn(async move { device.run_sync().await });
    windows::open_tablet(&handle)?;
    Ok(())
}

fn data_folder(app: &App) -> tauri::Result<PathBuf> {
    match std::env::var_os("METERCREW_DATA") {
        Some(folder) => Ok(folder.into()),
        None => app.path().app_data_dir(),
    }
}

fn new_key() -> NewKey {
    match std::env::var_os("METERCREW_KEY") {
        Some(place) if place == "file" => NewKey::File,
        _ => NewKey::KeyStore,
    }
}

/// Why the device does not open, with the causes, and what to do where a person can.
fn why_not(error: &WorkError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(next) = cause {
        text = format!("{text}: {next}");
        cause = next.source();
    }
    match error {
        WorkError::Store(StoreError::KeyMissing { place, .. }) if *place == KEY_STORE => format!(
            "{text}\nnext: unlock the desktop's key store, as signing in does, and start MeterCrew \
             in that session; nothing is lost"
        ),
        _ => text,
    }
}
