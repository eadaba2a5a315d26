//! Tells the screens what to ask for again; they hold no second truth.

use tauri::{AppHandle, Emitter as _};
use tokio::sync::broadcast::error::RecvError;
use work::Device;

use crate::view::{Changed, SyncView};

/// Passes on every change, for as long as the device lives.
pub(crate) async fn changes(app: AppHandle, device: Device) {
    let mut changes = device.changes();
    loop {
        let changed = match changes.recv().await {
            Ok(changed) => Changed {
                orders: changed.orders,
                cabinet: changed.cabinet,
            },
            // Too much at once to say which: everything may have changed.
            Err(RecvError::Lagged(_)) => Changed {
                orders: vec![],
                cabinet: true,
            },
            Err(RecvError::Closed) => return,
        };
        // A window that is gone hears nothing, and need not.
        app.emit("changed", changed).ok();
    }
}

/// Passes on every step of sync.
pub(crate) async fn sync(app: AppHandle, device: Device) {
    let mut state = device.sync_state();
    while state.changed().await.is_ok() {
        state.borrow_and_update();
        if let Ok(view) = device.beside(SyncView::of).await {
            app.emit("sync", view).ok();
        }
    }
}
