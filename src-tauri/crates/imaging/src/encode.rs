//! Pixels become a file again: JPEG for photos, PNG for drawings; neither carries anything but pixels.

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::error::ImagingError;
use crate::picture::{Layout, Picture};

/// Writes a JPEG without EXIF, thumbnail or comment.
///
/// **Units**: `quality` 1 to 100, clamped.
///
/// **Errors**: [`ImagingError::NotWritten`] when an edge is longer than JPEG's 65,535.
pub fn encode_jpeg(picture: &Picture, quality: u8) -> Result<Vec<u8>, ImagingError> {
    let edge = |pixels: u32| u16::try_from(pixels).map_err(ImagingError::not_written);
    let (width, height) = (edge(picture.width())?, edge(picture.height())?);
    let colour = match picture.layout() {
        Layout::Grey => ColorType::Luma,
        Layout::Rgb => ColorType::Rgb,
    };
    let mut bytes = Vec::with_capacity(picture.bytes().len() / 8);
    let mut encoder = Encoder::new(&mut bytes, quality.clamp(1, 100));
    // Colour at half resolution, as every camera stores it.
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder
        .encode(picture.bytes(), width, height, colour)
        .map_err(ImagingError::not_written)?;
    Ok(bytes)
}

/// Writes a PNG without any text chunk.
///
/// **Errors**: [`ImagingError::NotWritten`].
pub fn encode_png(picture: &Picture) -> Result<Vec<u8>, ImagingError> {
    let colour = match picture.layout() {
        Layout::Grey => image::ExtendedColorType::L8,
        Layout::Rgb => image::ExtendedColorType::Rgb8,
    };
    let mut bytes = Vec::new();
    let encoder = image::codecs::png::PngEncoder::new(&mut bytes);
    image::ImageEncoder::write_image(
        encoder,
        picture.bytes(),
        picture.width(),
        picture.height(),
        colour,
    )
    .map_err(ImagingError::not_written)?;
    Ok(bytes)
}
