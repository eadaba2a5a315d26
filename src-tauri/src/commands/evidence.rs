//! Pictures, numbers and signatures on their way into an act.

use domain::{BlobHash, Decimal, OrderId, Place, Purpose, Register, StepId};
use serde::de::DeserializeOwned;
use tauri::ipc::{InvokeBody, Request};
use tauri::{State, command};
use work::{Device, DisplayLook, DisplayPicture, Effort, Quad, Signature};

use super::Answer;
use crate::view::{AssetView, DisplayView, Failure, FormView, PreparedPhoto, ScanView};

#[command(async, rename_all = "snake_case")]
pub(crate) fn scan_image(request: Request<'_>, device: State<'_, Device>) -> Answer<ScanView> {
    let order: Option<OrderId> = header(&request, "order").map(|text| OrderId::new(plain(text)));
    let effort = match header(&request, "effort") {
        Some("frame") => Effort::Frame,
        Some(_) | None => Effort::Photo,
    };
    let aim: Option<(f32, f32)> = header(&request, "aim").and_then(json);
    let scanned = device.scan_image(bytes(&request)?, order.as_ref(), effort, aim)?;
    Ok(scanned.into())
}

/// The picture is the raw body, or the kept photo that the header `photo` names.
#[command(async, rename_all = "snake_case")]
pub(crate) fn read_display(request: Request<'_>, device: State<'_, Device>) -> Answer<DisplayView> {
    let asked = |name| header(&request, name).map(plain);
    let without = |what| Failure::Store {
        detail: format!("a display without {what}"),
    };
    let order = asked("order").map(OrderId::new);
    let step = asked("step").map(StepId::new);
    let register: Option<Register> = asked("register").and_then(|word| json(&quoted(&word)));
    let picture = match header(&request, "photo") {
        Some(hash) => {
            DisplayPicture::Photo(BlobHash::parse(hash).ok_or_else(|| without("its photo"))?)
        }
        None => DisplayPicture::File(bytes(&request)?),
    };
    let read = device.read_display(DisplayLook {
        picture,
        frame: header(&request, "frame").and_then(json::<Quad>),
        order: &order.ok_or_else(|| without("an order"))?,
        step: &step.ok_or_else(|| without("a step"))?,
        register: register.ok_or_else(|| without("a register"))?,
        known: header(&request, "known").and_then(|text| Decimal::parse(text).ok()),
    })?;
    Ok(read.into())
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn read_asset_no(
    text: String,
    order: Option<OrderId>,
    device: State<'_, Device>,
) -> Answer<AssetView> {
    Ok(device.read_asset_no(&text, order.as_ref())?.into())
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn prepare_photo(
    request: Request<'_>,
    device: State<'_, Device>,
) -> Answer<PreparedPhoto> {
    let purpose: Purpose = header(&request, "purpose")
        .and_then(|word| json(&quoted(word)))
        .ok_or_else(|| Failure::Store {
            detail: "a photo without a purpose".into(),
        })?;
    let place: Option<Place> = header(&request, "place").and_then(json);
    Ok(PreparedPhoto {
        photo: device.prepare_photo(bytes(&request)?, purpose, place)?,
    })
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn form(order: OrderId, device: State<'_, Device>) -> Answer<FormView> {
    let form = device.form(&order)?;
    Ok(FormView {
        hash: form.hash(),
        form,
    })
}

#[command(async, rename_all = "snake_case")]
pub(crate) fn save_strokes(strokes: Signature, device: State<'_, Device>) -> Answer<BlobHash> {
    Ok(device.save_strokes(&strokes)?)
}

/// The picture, which travels as the raw body.
fn bytes<'a>(request: &'a Request<'_>) -> Answer<&'a [u8]> {
    match request.body() {
        InvokeBody::Raw(bytes) => Ok(bytes),
        InvokeBody::Json(_) => Err(Failure::Picture {
            why: "not_an_image".into(),
            size: None,
        }),
    }
}

fn header<'a>(request: &'a Request<'_>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn json<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_str(text).ok()
}

fn quoted(word: &str) -> String {
    format!("\"{word}\"")
}

/// Undoes the percent signs a header's text travels with.
fn plain(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        let digits = (byte == b'%').then(|| (rest.next(), rest.next()));
        match digits {
            Some((Some(high), Some(low))) => {
                let value = [high, low].iter().try_fold(0u8, |value, digit| {
                    let digit = char::from(*digit).to_digit(16)?;
                    Some(value << 4 | u8::try_from(digit).ok()?)
                });
                bytes.extend(value);
            }
            Some(_) => {}
            None => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn an_orders_number_comes_through_a_header_whole() {
        assert_eq!(plain("%E5%B7%A5%E5%8D%95-17"), "工单-17");
        assert_eq!(plain("o-1"), "o-1");
        assert_eq!(plain("%4"), "");
    }
}
