//! How large a picture may be; all are looked at before a single pixel is decoded.

use crate::error::ImagingError;

/// Largest file taken. A 50 MP phone JPEG at best quality has some 25 MB; a 12 MP PNG some 30.
pub const MAX_FILE_BYTES: usize = 48 * 1024 * 1024;

/// Most pixels taken: above the 50 MP of today's phones, and 180 MB once decoded, which a tablet of 4 GB can spare.
pub const MAX_PIXELS: u64 = 60_000_000;

/// Most memory a picture may take while it is decoded. With it and the copies that scanning makes, the app stays below 300 MB.
pub const MAX_WORK_BYTES: u64 = 200_000_000;

/// Longest edge taken. A panorama of a phone is 16,000 px wide; anything longer is not a photograph.
pub const MAX_EDGE_PX: u32 = 20_000;

/// Checks what a header claims.
///
/// **Errors**: [`ImagingError::TooLarge`] with the claimed size; [`ImagingError::Broken`] when an edge is zero.
pub fn check_size(width: u32, height: u32) -> Result<(), ImagingError> {
    if width == 0 || height == 0 {
        return Err(ImagingError::Broken {
            reason: "an edge of no pixels".to_owned(),
        });
    }
    if width > MAX_EDGE_PX
        || height > MAX_EDGE_PX
        || u64::from(width) * u64::from(height) > MAX_PIXELS
    {
        return Err(ImagingError::TooLarge { width, height });
    }
    Ok(())
}

/// Checks what decoding a picture of a size will take, when each pixel takes so many bytes at the worst moment.
///
/// **Errors**: [`ImagingError::TooLarge`] with the claimed size.
pub fn check_work(width: u32, height: u32, bytes_per_pixel: u64) -> Result<(), ImagingError> {
    let work_bytes = u64::from(width) * u64::from(height) * bytes_per_pixel;
    if work_bytes > MAX_WORK_BYTES {
        return Err(ImagingError::TooLarge { width, height });
    }
    Ok(())
}

/// Checks the length of a file.
///
/// **Errors**: [`ImagingError::FileTooLarge`].
pub fn check_file(size_bytes: usize) -> Result<(), ImagingError> {
    if size_bytes > MAX_FILE_BYTES {
        return Err(ImagingError::FileTooLarge {
            size_bytes,
            limit_bytes: MAX_FILE_BYTES,
        });
    }
    Ok(())
}
