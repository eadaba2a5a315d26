//! Time, place and order written into a copy of a photo.

use crate::canvas::{Area, Canvas};
use crate::decode::decode;
use crate::encode::encode_jpeg;
use crate::error::ImagingError;
use crate::font::Lettering;

/// Lines that are drawn at most; further ones are left out.
pub const MAX_LINES: usize = 6;

/// Quality of the copy: it is for looking at, the evidence is the photo without the band.
const COPY_QUALITY: u8 = 80;

/// Smallest capital that can still be read on a tablet, and half the smallest that prints well.
const MIN_CAP_PX: f32 = 7.0;

/// Draws `lines` in a dark band at the foot of a copy of the photo and gives the copy as a JPEG.
///
/// Letters, digits and the usual marks of ASCII are drawn, `°` too; any other character becomes a question mark. The
/// lettering shrinks until the longest line fits, and a line too long even then is cut at the edge.
///
/// **Errors**: as [`decode`], and [`ImagingError::NotWritten`].
pub fn watermark(photo: &[u8], lines: &[&str]) -> Result<Vec<u8>, ImagingError> {
    let mut canvas = Canvas::from_picture(decode(photo)?);
    let (width, height) = (canvas.width() as f32, canvas.height() as f32);
    let lines = lines.get(..lines.len().min(MAX_LINES)).unwrap_or(lines);
    let white = 0x00FF_FFFF;
    let longest = lines
        .iter()
        .map(|line| Lettering::new(1.0, white).width(line))
        .fold(1.0, f32::max);
    let cap = (width.max(height) / 55.0)
        .min(width * 0.94 / longest)
        .max(MIN_CAP_PX);
    let pitch = cap * 1.75;
    let margin = cap * 0.9;
    let top = height - pitch * lines.len() as f32 - margin;
    if !lines.is_empty() {
        canvas.rect(Area(0.0, top, width, height), 0x0008_0C10, 168);
    }
    for (index, line) in lines.iter().enumerate() {
        let down = top + margin + index as f32 * pitch;
        Lettering::new(cap, white).draw(&mut canvas, (margin, down), line);
    }
    encode_jpeg(&canvas.into_picture()?, COPY_QUALITY)
}
