//! Writing a prepaid card. Blocking for a second or more: beside the runtime's own threads.

use domain::OrderId;
use tauri::{AppHandle, Emitter as _, State, command};
use work::Device;

use super::Answer;
use crate::view::{CardEnd, CardStep, CardView, ShownRemainder};

#[command(rename_all = "snake_case")]
pub(crate) async fn card_look(
    order_id: OrderId,
    shown: Option<ShownRemainder>,
    device: State<'_, Device>,
) -> Answer<CardView> {
    let shown = shown.map(Into::into);
    let look = device.beside(move |device| device.look_at_card(&order_id, shown));
    Ok(look.await?.into())
}

#[command(rename_all = "snake_case")]
pub(crate) async fn card_set_aside(
    order_id: OrderId,
    aside: bool,
    device: State<'_, Device>,
) -> Answer<CardView> {
    let look = device.beside(move |device| device.set_card_aside(&order_id, aside));
    Ok(look.await?.into())
}

#[command(rename_all = "snake_case")]
pub(crate) async fn card_write(
    order_id: OrderId,
    shown: Option<ShownRemainder>,
    app: AppHandle,
    device: State<'_, Device>,
) -> Answer<CardEnd> {
    let shown = shown.map(Into::into);
    let written = device.beside(move |device| {
        device.write_card(&order_id, shown, &mut |step| {
            if let Some(step) = CardStep::of(step) {
                // a window that is gone hears nothing, and need not
                app.emit("card", step).ok();
            }
        })
    });
    Ok(written.await?.into())
}

#[command(rename_all = "snake_case")]
pub(crate) async fn card_give_up(order_id: OrderId, device: State<'_, Device>) -> Answer<CardEnd> {
    let given_up = device.beside(move |device| device.give_up_card(&order_id));
    Ok(given_up.await?.into())
}
