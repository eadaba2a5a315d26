//! Reading a meter over its port.

use domain::{OrderId, Readout};
use tauri::{AppHandle, Emitter as _, State, command};
use work::{Device, MeterEvent};

use super::Answer;
use crate::view::{MeterPorts, MeterProgress};

#[command(async, rename_all = "snake_case")]
pub(crate) fn meter_ports(device: State<'_, Device>) -> Answer<MeterPorts> {
    Ok(device.meter_ports()?.into())
}

/// Up to a minute: beside the runtime's own threads, so that sync goes on.
#[command(rename_all = "snake_case")]
pub(crate) async fn read_meter(
    order: OrderId,
    port: String,
    app: AppHandle,
    device: State<'_, Device>,
) -> Answer<Readout> {
    let reading = device.beside(move |device| {
        let plan = device.meter_plan(&order)?;
        let mut count = MeterProgress::counter(&plan);
        device.read_meter(&port, &plan, &mut |event| {
            if let MeterEvent::Progress(progress) = event {
                // a window that is gone hears nothing, and need not
                app.emit("meter", count(progress)).ok();
            }
        })
    });
    Ok(reading.await?)
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn cancel_meter(device: State<'_, Device>) {
    device.cancel_meter();
}
