//! Decoded pixels: eight bits, grey or red-green-blue, rows from the top without padding.

use fast_image_resize as fir;

use crate::error::ImagingError;

/// How the bytes of a [`Picture`] are to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One byte a pixel, 0 = black.
    Grey,
    /// Three bytes a pixel: red, green, blue (sRGB).
    Rgb,
}

impl Layout {
    /// Bytes that one pixel takes.
    #[must_use]
    pub fn bytes_per_pixel(self) -> usize {
        match self {
            Self::Grey => 1,
            Self::Rgb => 3,
        }
    }
}

/// A decoded picture, upright.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    width: u32,
    height: u32,
    layout: Layout,
    bytes: Vec<u8>,
}

/// A decoded picture in grey: what codes are looked for in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureGrey {
    width: usize,
    height: usize,
    bytes: Vec<u8>,
}

impl Picture {
    /// Takes pixels as they are, if their number fits the size.
    ///
    /// **Errors**: [`ImagingError::Broken`] when `bytes` has another length than the size asks for.
    pub fn new(
        width: u32,
        height: u32,
        layout: Layout,
        bytes: Vec<u8>,
    ) -> Result<Self, ImagingError> {
        let expected = (width as usize)
            .checked_mul(height as usize)
            .and_then(|pixels| pixels.checked_mul(layout.bytes_per_pixel()));
        if expected != Some(bytes.len()) || bytes.is_empty() {
            return Err(ImagingError::Broken {
                reason: format!("{} bytes for {width} x {height} pixels", bytes.len()),
            });
        }
        Ok(Self {
            width,
            height,
            layout,
            bytes,
        })
    }

    /// Width in pixels, never 0.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, never 0.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Grey or red-green-blue.
    #[must_use]
    pub fn layout(&self) -> Layout {
        self.layout
    }

    /// The pixels.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The longer of width and height.
    #[must_use]
    pub fn long_edge(&self) -> u32 {
        self.width.max(self.height)
    }

    /// The same picture in grey (ITU-R BT.601 luma, as JPEG has it).
    #[must_use]
    pub fn to_grey(&self) -> PictureGrey {
        let bytes = match self.layout {
            Layout::Grey => self.bytes.clone(),
            Layout::Rgb => self
                .bytes
                .as_chunks::<3>()
                .0
                .iter()
                .map(|&[red, green, blue]| luma(red, green, blue))
                .collect(),
        };
        PictureGrey {
            width: self.width as usize,
            height: self.height as usize,
            bytes,
        }
    }

    /// As [`Picture::to_grey`], without a copy of what is grey already.
    #[must_use]
    pub fn into_grey(self) -> PictureGrey {
        match self.layout {
            Layout::Rgb => self.to_grey(),
            Layout::Grey => PictureGrey {
                width: self.width as usize,
                height: self.height as usize,
                bytes: self.bytes,
            },
        }
    }

    /// The same picture with three bytes a pixel.
    #[must_use]
    pub fn into_rgb(self) -> Self {
        match self.layout {
            Layout::Rgb => self,
            Layout::Grey => Self {
                bytes: self.bytes.iter().flat_map(|&grey| [grey; 3]).collect(),
                layout: Layout::Rgb,
                ..self
            },
        }
    }

    /// The picture made smaller until its long edge is `long_edge_px`; one that is smaller already stays as it is.
    ///
    /// **Errors**: [`ImagingError::NotWritten`] when the scaler refuses, which it does for no size we build.
    pub fn shrunk_to(self, long_edge_px: u32) -> Result<Self, ImagingError> {
        let long = self.long_edge();
        if long <= long_edge_px.max(1) {
            return Ok(self);
        }
        let scaled = |edge: u32| {
            let rounded = (u64::from(edge) * u64::from(long_edge_px.max(1)) + u64::from(long) / 2)
                / u64::from(long);
            u32::try_from(rounded).unwrap_or(1).max(1)
        };
        self.resized(scaled(self.width), scaled(self.height))
    }

    /// The picture stretched to an exact size.
    ///
    /// **Errors**: as [`Picture::shrunk_to`].
    pub fn resized(&self, width: u32, height: u32) -> Result<Self, ImagingError> {
        let pixel_type = match self.layout {
            Layout::Grey => fir::PixelType::U8,
            Layout::Rgb => fir::PixelType::U8x3,
        };
        let source = fir::images::ImageRef::new(self.width, self.height, &self.bytes, pixel_type)
            .map_err(ImagingError::not_written)?;
        let mut target = fir::images::Image::new(width.max(1), height.max(1), pixel_type);
        // Halving or more loses nothing to a plain bilinear (= area weighted) kernel, and it is twice as fast as Lanczos.
        let options = fir::ResizeOptions::new()
            .resize_alg(fir::ResizeAlg::Convolution(fir::FilterType::Bilinear));
        fir::Resizer::new()
            .resize(&source, &mut target, Some(&options))
            .map_err(ImagingError::not_written)?;
        Self::new(
            target.width(),
            target.height(),
            self.layout,
            target.into_vec(),
        )
    }
}

impl PictureGrey {
    /// Takes grey pixels as they are, if their number fits the size.
    ///
    /// **Errors**: [`ImagingError::Broken`] when `bytes` has another length than the size asks for.
    pub fn new(width: usize, height: usize, bytes: Vec<u8>) -> Result<Self, ImagingError> {
        if width.checked_mul(height) != Some(bytes.len()) || bytes.is_empty() {
            return Err(ImagingError::Broken {
                reason: format!("{} grey bytes for {width} x {height} pixels", bytes.len()),
            });
        }
        Ok(Self {
            width,
            height,
            bytes,
        })
    }

    /// Asks for each pixel's brightness, row after row; an edge of 0 is taken as 1.
    pub(crate) fn from_places(
        width: usize,
        height: usize,
        mut at: impl FnMut(usize, usize) -> u8,
    ) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        let mut bytes = Vec::with_capacity(width * height);
        for row in 0..height {
            bytes.extend((0..width).map(|column| at(column, row)));
        }
        Self {
            width,
            height,
            bytes,
        }
    }

    /// Width in pixels, never 0.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// Height in pixels, never 0.
    #[must_use]
    pub fn height(&self) -> usize {
        self.height
    }

    /// The pixels, rows from the top.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The pixels, without a copy.
    #[must_use]
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// One row; empty when there is no such row.
    #[must_use]
    pub fn row(&self, y: usize) -> &[u8] {
        let start = y.saturating_mul(self.width);
        self.bytes
            .get(start..start.saturating_add(self.width))
            .unwrap_or(&[])
    }

    /// The same pixels as a picture to be stored or shown.
    ///
    /// **Errors**: [`ImagingError::Broken`] for a picture wider or higher than 32 bits count, which none is.
    pub fn to_picture(&self) -> Result<Picture, ImagingError> {
        let edge = |pixels: usize| {
            u32::try_from(pixels).map_err(|cause| ImagingError::Broken {
                reason: cause.to_string(),
            })
        };
        let (width, height) = (edge(self.width)?, edge(self.height)?);
        Picture::new(width, height, Layout::Grey, self.bytes.clone())
    }

    /// Half as wide and high, each pixel the mean of four; `None` for a picture of less than two pixels across.
    #[must_use]
    pub fn halved(&self) -> Option<Self> {
        let (width, height) = (self.width / 2, self.height / 2);
        let mut bytes = Vec::with_capacity(width * height);
        for y in 0..height {
            let upper = self.row(2 * y).as_chunks::<2>().0;
            let lower = self.row(2 * y + 1).as_chunks::<2>().0;
            bytes.extend(upper.iter().zip(lower).map(|(&[a, b], &[c, d])| {
                let sum = u16::from(a) + u16::from(b) + u16::from(c) + u16::from(d);
                ((sum + 2) / 4) as u8
            }));
        }
        Self::new(width, height, bytes).ok()
    }

    /// Brightness between pixels, the edge pixels reaching outwards for ever.
    #[must_use]
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = x.clamp(0.0, (self.width - 1) as f32);
        let y = y.clamp(0.0, (self.height - 1) as f32);
        let (column, line) = (x as usize, y as usize);
        let (right, down) = (x - column as f32, y - line as f32);
        let pair = |line: usize| {
            let row = self.row(line.min(self.height - 1));
            let left = row.get(column).copied().unwrap_or(0);
            let next = row.get(column + 1).copied().unwrap_or(left);
            f32::from(left) + (f32::from(next) - f32::from(left)) * right
        };
        let (upper, lower) = (pair(line), pair(line + 1));
        upper + (lower - upper) * down
    }
}

/// Brightness of a colour, as JPEG reckons it.
pub(crate) fn luma(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471 + 32_768) >> 16)
        as u8
}
