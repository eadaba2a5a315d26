//! What a program saw on a picture, made ready for the act that takes it; and which frames agree.

use std::sync::{Mutex, PoisonError};

use domain::{BlobHash, OrderId, SeenBy, Sighting, Stamp};
use imaging::{Evidence, Layout, Picture, PictureGrey, Quad, encode_jpeg, weights_hash};
use uuid::Uuid;

use crate::{Device, WorkError};

/// Quality of a cut-out: fine enough to train with, some 20 kB.
const CROP_QUALITY: u8 = 90;

/// Two frames further apart may show two meters. Unit: milliseconds.
const FRAMES_WITHIN_MS: u64 = 3_000;

/// A picture that was read, and its kept copy.
#[derive(Debug)]
pub(crate) struct Kept {
    /// The copy's name.
    pub(crate) image: BlobHash,
    /// Pixels of the copy for one of the picture.
    pub(crate) scale: f32,
}

/// A text that was read, and the piece it was read from, cut out and straight.
#[derive(Debug)]
pub(crate) struct Seen<'a> {
    pub(crate) text: &'a str,
    /// A share: 0 to 1.
    pub(crate) confidence: f32,
    pub(crate) by: SeenBy,
    /// In pixels of the picture that was read.
    pub(crate) corners: Quad,
    pub(crate) piece: &'a PictureGrey,
}

impl Device {
    /// Keeps a picture of `width_px` that was read.
    pub(crate) fn keep(&self, made: &Evidence, width_px: usize) -> Result<Kept, WorkError> {
        Ok(Kept {
            image: self.inner.store.put_blob(&made.original_jpeg)?,
            scale: made.width as f32 / width_px.max(1) as f32,
        })
    }

    /// What was read, with its piece kept. The consent is that of this moment.
    pub(crate) fn sighting(&self, kept: &Kept, seen: &Seen<'_>) -> Result<Sighting, WorkError> {
        let (width, height) = (seen.piece.width() as u32, seen.piece.height() as u32);
        let piece = Picture::new(width, height, Layout::Grey, seen.piece.bytes().to_vec())?;
        let crop = encode_jpeg(&piece, CROP_QUALITY)?;
        let whole = |pixels: f32| (pixels * kept.scale).round() as i32;
        Ok(Sighting {
            image: kept.image,
            crop: self.inner.store.put_blob(&crop)?,
            text: seen.text.to_owned(),
            confidence: permille(seen.confidence),
            by: seen.by,
            program: program(seen.by),
            corners: seen.corners.map(|(x, y)| (whole(x), whole(y))),
            may_train: self.settings()?.may_train,
            proof: None,
        })
    }
}

/// A share as thousandths.
pub(crate) fn permille(share: f32) -> u16 {
    (share.clamp(0.0, 1.0) * 1000.0).round() as u16
}

/// Version of this program, with the weights where a network read.
fn program(by: SeenBy) -> String {
    let version = env!("CARGO_PKG_VERSION");
    match by {
        SeenBy::Decoder | SeenBy::Soft => version.to_owned(),
        SeenBy::DisplayNet => format!("{version}+{}", weights_hash()),
    }
}

/// What the soft reader read in the last seconds.
#[derive(Debug, Default)]
pub(crate) struct SoftLooks(Mutex<Vec<SoftLook>>);

#[derive(Debug)]
struct SoftLook {
    order: Option<OrderId>,
    text: String,
    frame: BlobHash,
    boot_id: Uuid,
    boot_ms: u64,
}

impl SoftLooks {
    /// Whether another frame said the same for the same order shortly before; remembers this one.
    ///
    /// The same bytes twice are one frame.
    pub(crate) fn is_second(
        &self,
        order: Option<&OrderId>,
        text: &str,
        frame: BlobHash,
        now: Stamp,
    ) -> bool {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        looks.retain(|look| {
            let passed = now.boot_ms.checked_sub(look.boot_ms);
            look.boot_id == now.boot_id && passed.is_some_and(|ms| ms <= FRAMES_WITHIN_MS)
        });
        let is_second = looks
            .iter()
            .any(|look| look.order.as_ref() == order && look.text == text && look.frame != frame);
        looks.push(SoftLook {
            order: order.cloned(),
            text: text.to_owned(),
            frame,
            boot_id: now.boot_id,
            boot_ms: now.boot_ms,
        });
        is_second
    }
}

#[cfg(test)]
mod tests {
    use domain::Millis;

    use super::*;

    const NUMBER: &str = "4130001000000000000012";

    fn at(boot_ms: u64) -> Stamp {
        Stamp {
            wall_ms: Millis(0),
            boot_ms,
            boot_id: Uuid::nil(),
            offset_ms: None,
            uncertainty_ms: None,
        }
    }

    #[test]
    fn only_another_frame_of_the_same_order_within_seconds_that_says_the_same_is_a_second_proof() {
        let order = OrderId::from("o-1");
        let other = OrderId::from("o-2");
        let frames = [1u8, 2].map(|n| BlobHash::of(&[n]));
        let [first, second] = frames;
        let look = |order: &OrderId, text, frame, ms| {
            let looks = SoftLooks::default();
            assert!(!looks.is_second(Some(&OrderId::from("o-1")), NUMBER, first, at(1_000)));
            looks.is_second(Some(order), text, frame, at(ms))
        };
        assert!(look(&order, NUMBER, second, 1_000 + FRAMES_WITHIN_MS));
        assert!(
            !look(&order, NUMBER, second, 1_001 + FRAMES_WITHIN_MS),
            "too late"
        );
        assert!(!look(&order, NUMBER, first, 1_100), "the same frame again");
        assert!(!look(&other, NUMBER, second, 1_100), "another order");
        assert!(!look(&order, "4130001000000000000013", second, 1_100));
        assert!(!look(&order, NUMBER, second, 900), "the clock began anew");
    }

    #[test]
    fn a_share_beyond_its_range_is_brought_into_it() {
        assert_eq!(
            [-0.5, 0.9994, 7.0, f32::NAN].map(permille),
            [0, 999, 1000, 0]
        );
    }
}
