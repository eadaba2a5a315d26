//! Photos: made ready as evidence, shown, and written on in a copy.

use domain::{BlobHash, Entry, EntryBody, Order, OrderEvent, Photo, Place, Purpose, Stamp};
use imaging::{Hint, PurposeSpec, evidence, watermark};

use crate::clock::beijing;
use crate::{Device, WorkError};

/// How a photo is to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rendering {
    /// As it is kept.
    Kept,
    /// With time, place and order written on a copy.
    Watermarked,
}

impl Device {
    /// Makes a camera's file ready as evidence and keeps it; it is part of no order before an act
    /// takes it.
    ///
    /// Errors: [`WorkError::Picture`], [`WorkError::Store`].
    pub fn prepare_photo(
        &self,
        bytes: &[u8],
        purpose: Purpose,
        place: Option<Place>,
    ) -> Result<Photo, WorkError> {
        let made = evidence(bytes, spec(purpose))?;
        let store = &self.inner.store;
        Ok(Photo {
            hash: store.put_blob(&made.original_jpeg)?,
            thumbnail: store.put_blob(&made.thumbnail_jpeg)?,
            purpose,
            size_bytes: made.original_jpeg.len() as u64,
            width: made.width,
            height: made.height,
            place,
            hints: made.quality.hints.into_iter().map(hint).collect(),
            likeness: format!("{:016x}", made.perceptual_hash),
        })
    }

    /// The bytes of a photo or thumbnail, as JPEG.
    ///
    /// Errors: [`WorkError::Store`], of which `BlobMissing`; [`WorkError::Picture`].
    pub fn photo(&self, hash: &BlobHash, rendering: Rendering) -> Result<Vec<u8>, WorkError> {
        let bytes = self.inner.store.blob(hash)?;
        match rendering {
            Rendering::Kept => Ok(bytes),
            Rendering::Watermarked => {
                let lines = self.lines(hash)?;
                let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
                Ok(watermark(&bytes, &lines)?)
            }
        }
    }

    /// What is written on a photo's copy; nothing for one that no order here has.
    fn lines(&self, hash: &BlobHash) -> Result<Vec<String>, WorkError> {
        let store = &self.inner.store;
        for row in store
            .rows()?
            .iter()
            .filter(|row| row.steps_done > 0 || row.progress.blobs > 0)
        {
            let held = store
                .order(&row.id)?
                .filter(|held| held.order.manifest.contains(hash));
            let Some(held) = held else { continue };
            let log = store.log(&row.id)?;
            let taken = log.iter().find_map(|entry| taken(entry, hash));
            return Ok(written(&held.order, taken));
        }
        Ok(vec![])
    }
}

/// What a photo of a purpose must show: small print and digits fine, a place as a whole.
pub(crate) fn spec(purpose: Purpose) -> PurposeSpec {
    match purpose {
        Purpose::Reading | Purpose::Nameplate | Purpose::Seal => PurposeSpec::FINE,
        Purpose::Wiring | Purpose::Fault | Purpose::Terminal => PurposeSpec::PLAIN,
        Purpose::Site => PurposeSpec::SCENE,
    }
}

fn taken<'a>(entry: &'a Entry, hash: &BlobHash) -> Option<(&'a Photo, Stamp)> {
    match &entry.body {
        EntryBody::Field { at, event, .. } => match event.as_ref() {
            OrderEvent::PhotoTaken { photo, .. } if photo.hash == *hash => Some((photo, *at)),
            _ => None,
        },
        EntryBody::Office { .. } => None,
    }
}

fn written(order: &Order, taken: Option<(&Photo, Stamp)>) -> Vec<String> {
    let mut lines = vec![];
    if let Some((photo, at)) = taken {
        lines.push(moment(at));
        lines.push(photo.place.map_or("position unknown".into(), position));
    }
    let dispatch = &order.dispatch;
    lines.push(format!("{}  {}", dispatch.id, dispatch.account.account_no));
    lines
}

fn moment(at: Stamp) -> String {
    let text = beijing(at.best()).format("%Y-%m-%d %H:%M:%S");
    // A tablet that has not met its gateway knows the time only as well as it was set.
    let sure = if at.uncertainty_ms.is_some() {
        ""
    } else {
        " ?"
    };
    format!("{text}{sure}")
}

fn position(place: Place) -> String {
    let degrees = |e7: i32| {
        let e7 = e7.unsigned_abs();
        format!("{}.{:06}", e7 / 10_000_000, e7 % 10_000_000 / 10)
    };
    let (north, east) = (
        if place.lat_e7 < 0 { 'S' } else { 'N' },
        if place.lon_e7 < 0 { 'W' } else { 'E' },
    );
    let (lat, lon) = (degrees(place.lat_e7), degrees(place.lon_e7));
    format!("{lat}{north} {lon}{east} +/-{} m", place.accuracy_m)
}

fn hint(hint: Hint) -> String {
    match hint {
        Hint::TooDark => "too_dark",
        Hint::Glare => "glare",
        Hint::Blurred => "blurred",
        Hint::TooSmall => "too_small",
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_without_losing_a_zero_or_a_sign() {
        let place = Place {
            lat_e7: 340_050_060,
            lon_e7: -1_130_000_019,
            accuracy_m: 7,
        };
        assert_eq!(position(place), "34.005006N 113.000001W +/-7 m");
    }

    #[test]
    fn a_moment_is_local_and_says_when_the_clock_was_never_checked() {
        let at = Stamp {
            wall_ms: domain::Millis(1_766_000_000_000),
            boot_ms: 0,
            boot_id: uuid::Uuid::nil(),
            offset_ms: None,
            uncertainty_ms: None,
        };
        assert_eq!(moment(at), "2025-12-18 03:33:20 ?");
    }
}
