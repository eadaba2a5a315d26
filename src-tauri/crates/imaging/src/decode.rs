//! A file's bytes become pixels, or a reason why not.

use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use crate::error::ImagingError;
use crate::exif::Orientation;
use crate::guard::fenced;
use crate::jpeg_marks::{self, JpegMarks, NoMarks, Process};
use crate::limits;
use crate::picture::{Layout, Picture, PictureGrey};
use crate::png_chunks;

/// Scans of one progressive JPEG that are decoded; cameras write up to 12, a hostile file thousands.
const MAX_SCANS: usize = 64;

/// Decodes a JPEG or PNG of at most [`limits::MAX_PIXELS`], upright, as grey or red-green-blue.
///
/// A transparent PNG is laid on white. Sixteen bits become eight. What would take more than [`limits::MAX_WORK_BYTES`] is
/// refused: a progressive JPEG above 22 MP, a clear PNG of 16 bits above 16 MP, a photograph to be turned above 33 MP.
///
/// **Errors**: every variant of [`ImagingError`] that speaks of a picture; never a panic, whatever the bytes.
pub fn decode(bytes: &[u8]) -> Result<Picture, ImagingError> {
    let (picture, orientation) = decode_as_stored(bytes)?;
    if orientation != Orientation::Upright {
        // Turning needs a second copy.
        let copies = 2 * picture.layout().bytes_per_pixel() as u64;
        limits::check_work(picture.width(), picture.height(), copies)?;
    }
    upright(picture, orientation)
}

/// Decodes as [`decode`] does, straight to grey, which for a JPEG saves a third of the time.
///
/// **Errors**: as [`decode`].
pub fn decode_grey(bytes: &[u8]) -> Result<PictureGrey, ImagingError> {
    let (picture, orientation) = match kind(bytes)? {
        Kind::Jpeg => decode_jpeg(bytes, Layout::Grey)?,
        Kind::Png => (decode_png(bytes)?, Orientation::Upright),
    };
    Ok(upright(picture, orientation)?.into_grey())
}

/// Decodes without turning, so that a caller who shrinks the picture can turn the small one.
pub(crate) fn decode_as_stored(bytes: &[u8]) -> Result<(Picture, Orientation), ImagingError> {
    match kind(bytes)? {
        Kind::Jpeg => decode_jpeg(bytes, Layout::Rgb),
        Kind::Png => Ok((decode_png(bytes)?, Orientation::Upright)),
    }
}

/// Moves pixels so that the picture stands as its camera was held.
pub(crate) fn upright(picture: Picture, orientation: Orientation) -> Result<Picture, ImagingError> {
    if orientation == Orientation::Upright {
        return Ok(picture);
    }
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (turned_width, turned_height) = if orientation.swaps_edges() {
        (height, width)
    } else {
        (width, height)
    };
    let step = picture.layout().bytes_per_pixel();
    let mut bytes = Vec::with_capacity(picture.bytes().len());
    for y in 0..turned_height {
        for x in 0..turned_width {
            let (from_x, from_y) = orientation.source(x, y, width, height);
            let at = (from_y * width + from_x) * step;
            bytes.extend_from_slice(picture.bytes().get(at..at + step).unwrap_or(&[]));
        }
    }
    Picture::new(
        turned_width as u32,
        turned_height as u32,
        picture.layout(),
        bytes,
    )
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Jpeg,
    Png,
}

fn kind(bytes: &[u8]) -> Result<Kind, ImagingError> {
    limits::check_file(bytes.len())?;
    if bytes.starts_with(&[0xFF, 0xD8, 0xFF]) {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    // Named so that a crew learns why the file from another app is not taken, instead of "not a picture".
    let format = match bytes {
        [b'G', b'I', b'F', b'8', ..] => "gif",
        [b'B', b'M', _, _, _, _, 0, 0, 0, 0, ..] => "bmp",
        [b'I', b'I', b'*', 0, ..] | [b'M', b'M', 0, b'*', ..] => "tiff or raw",
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => "webp",
        [
            _,
            _,
            _,
            _,
            b'f',
            b't',
            b'y',
            b'p',
            b'a',
            b'v',
            b'i',
            b'f',
            ..,
        ] => "avif",
        [_, _, _, _, b'f', b't', b'y', b'p', b'h' | b'm', ..] => "heic",
        [b'%', b'P', b'D', b'F', ..] => "pdf",
        _ => {
            return Err(ImagingError::NotAnImage {
                size_bytes: bytes.len(),
            });
        }
    };
    Err(ImagingError::UnsupportedFormat { format })
}

fn decode_jpeg(bytes: &[u8], wanted: Layout) -> Result<(Picture, Orientation), ImagingError> {
    let marks = check_jpeg(bytes)?;
    // Only luma and YCbCr can be decoded straight to grey; CMYK goes by way of RGB.
    let layout = if marks.components == 1 {
        Layout::Grey
    } else {
        wanted
    };
    let layout = if marks.components == 4 {
        Layout::Rgb
    } else {
        layout
    };
    let pixels = match fenced(|| run_jpeg(bytes, layout)) {
        Some(Ok(pixels)) => Ok((layout, pixels)),
        // Three components that are not YCbCr: the decoder cannot take the short way to grey.
        Some(Err(_)) if layout == Layout::Grey && marks.components == 3 => {
            match fenced(|| run_jpeg(bytes, Layout::Rgb)) {
                Some(Ok(pixels)) => Ok((Layout::Rgb, pixels)),
                Some(Err(error)) => Err(error),
                None => Err(stopped()),
            }
        }
        Some(Err(error)) => Err(error),
        None => Err(stopped()),
    };
    let (layout, pixels) = pixels?;
    let picture = Picture::new(marks.width, marks.height, layout, pixels)?;
    Ok((picture, marks.orientation))
}

fn check_jpeg(bytes: &[u8]) -> Result<JpegMarks, ImagingError> {
    let truncated = ImagingError::Truncated {
        size_bytes: bytes.len(),
    };
    let marks = match jpeg_marks::walk(bytes) {
        Ok(marks) => marks,
        Err(NoMarks::Ended) => return Err(truncated),
        Err(NoMarks::Astray) => {
            return Err(ImagingError::Broken {
                reason: "a JPEG start without a frame".to_owned(),
            });
        }
    };
    limits::check_size(marks.width, marks.height)?;
    if marks.bits != 8 {
        return Err(ImagingError::UnsupportedFormat {
            format: "jpeg with more than 8 bits",
        });
    }
    if marks.process == Process::Unusual || !matches!(marks.components, 1 | 3 | 4) {
        return Err(ImagingError::UnsupportedFormat {
            format: "jpeg of an unusual coding",
        });
    }
    limits::check_work(marks.width, marks.height, jpeg_bytes_per_pixel(&marks))?;
    if !marks.is_complete {
        return Err(truncated);
    }
    Ok(marks)
}

/// Bytes a pixel takes while a JPEG is decoded: red, green and blue, and for a progressive one two for each coefficient.
fn jpeg_bytes_per_pixel(marks: &JpegMarks) -> u64 {
    let components = u64::from(marks.components);
    let decoded = if components == 1 { 1 } else { 3 };
    match marks.process {
        Process::Usual | Process::Unusual => decoded,
        Process::Progressive => decoded + 2 * components,
    }
}

fn run_jpeg(bytes: &[u8], layout: Layout) -> Result<Vec<u8>, ImagingError> {
    let space = match layout {
        Layout::Grey => ColorSpace::Luma,
        Layout::Rgb => ColorSpace::RGB,
    };
    let options = DecoderOptions::default()
        .set_max_width(limits::MAX_EDGE_PX as usize)
        .set_max_height(limits::MAX_EDGE_PX as usize)
        .jpeg_set_max_scans(MAX_SCANS)
        .jpeg_set_out_colorspace(space);
    JpegDecoder::new_with_options(ZCursor::new(bytes), options)
        .decode()
        .map_err(|error| match error {
            DecodeErrors::ExhaustedData => ImagingError::Truncated {
                size_bytes: bytes.len(),
            },
            DecodeErrors::Unsupported(_) => ImagingError::UnsupportedFormat {
                format: "jpeg of an unusual coding",
            },
            other => ImagingError::Broken {
                reason: format!("{other:?}"),
            },
        })
}

fn decode_png(bytes: &[u8]) -> Result<Picture, ImagingError> {
    let chunks = png_chunks::walk(bytes).ok_or(ImagingError::Truncated {
        size_bytes: bytes.len(),
    })?;
    limits::check_size(chunks.width, chunks.height)?;
    limits::check_work(chunks.width, chunks.height, chunks.bytes_per_pixel())?;
    if !chunks.is_complete {
        return Err(ImagingError::Truncated {
            size_bytes: bytes.len(),
        });
    }
    let decoded = fenced(|| {
        let mut reader =
            image::ImageReader::with_format(std::io::Cursor::new(bytes), image::ImageFormat::Png);
        let mut allowed = image::Limits::no_limits();
        allowed.max_image_width = Some(limits::MAX_EDGE_PX);
        allowed.max_image_height = Some(limits::MAX_EDGE_PX);
        // What was checked above, and some room for the inflater.
        allowed.max_alloc = Some(limits::MAX_WORK_BYTES + (1 << 24));
        reader.limits(allowed);
        reader.decode()
    });
    let decoded = decoded
        .ok_or_else(stopped)?
        .map_err(|error| ImagingError::Broken {
            reason: error.to_string(),
        })?;
    let (width, height) = (decoded.width(), decoded.height());
    if decoded.color().has_alpha() {
        let on_white = |colour: u8, alpha: u8| {
            ((u16::from(colour) * u16::from(alpha) + 255 * (255 - u16::from(alpha)) + 127) / 255)
                as u8
        };
        let pixels = decoded.into_rgba8().into_raw();
        let (pixels, _) = pixels.as_chunks::<4>();
        let bytes = pixels
            .iter()
            .flat_map(|&[red, green, blue, alpha]| {
                [red, green, blue].map(|colour| on_white(colour, alpha))
            })
            .collect();
        return Picture::new(width, height, Layout::Rgb, bytes);
    }
    if decoded.color().has_color() {
        return Picture::new(width, height, Layout::Rgb, decoded.into_rgb8().into_raw());
    }
    Picture::new(width, height, Layout::Grey, decoded.into_luma8().into_raw())
}

fn stopped() -> ImagingError {
    ImagingError::Broken {
        reason: "the decoder gave up".to_owned(),
    }
}
