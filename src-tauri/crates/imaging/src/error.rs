//! What can go wrong with a picture, as situations a crew can act on.

/// Why a picture, a signature or a drawing could not be had.
///
/// Nothing here is worth trying again with the same bytes, so there is no `retry()`: the next step is always another
/// picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImagingError {
    /// The bytes start like no picture format we know.
    #[error("the file of {size_bytes} bytes is not a picture")]
    NotAnImage {
        /// Size of what was given.
        size_bytes: usize,
    },
    /// A picture, but of a kind that is not read here.
    #[error("pictures of the kind {format} are not read, only JPEG and PNG")]
    UnsupportedFormat {
        /// Short name of the kind, such as `webp` or `jpeg with 12 bits`.
        format: &'static str,
    },
    /// The file ends before the picture does.
    #[error("the picture's file is cut off after {size_bytes} bytes")]
    Truncated {
        /// Size of what was given.
        size_bytes: usize,
    },
    /// The header claims more pixels than [`crate::limits`] allow; nothing was decoded.
    #[error("the picture of {width} x {height} pixels is larger than is taken here")]
    TooLarge {
        /// Width the header claims.
        width: u32,
        /// Height the header claims.
        height: u32,
    },
    /// The file has more bytes than [`crate::limits::MAX_FILE_BYTES`]; nothing was looked at.
    #[error("the picture's file of {size_bytes} bytes is larger than the {limit_bytes} taken here")]
    FileTooLarge {
        /// Size of what was given.
        size_bytes: usize,
        /// The limit.
        limit_bytes: usize,
    },
    /// Right kind and length, but what is inside contradicts itself.
    #[error("the picture is damaged: {reason}")]
    Broken {
        /// What the decoder found, for the log.
        reason: String,
    },
    /// Pixels could not be written as a file.
    #[error("cannot write the picture: {reason}")]
    NotWritten {
        /// What the encoder found, for the log.
        reason: String,
    },
    /// There is no stroke to draw.
    #[error("the signature has no stroke")]
    SignatureEmpty,
    /// More points than any signature has.
    #[error("the signature has {points} points, more than the {limit} taken here")]
    SignatureTooLarge {
        /// Number of points given.
        points: usize,
        /// The limit.
        limit: usize,
    },
    /// A signature's canvas or point is not a sensible number.
    #[error("the signature's canvas of {width} x {height} is not one to draw on")]
    SignatureCanvas {
        /// Width of the canvas.
        width: u32,
        /// Height of the canvas.
        height: u32,
    },
    /// Code 128 set C holds pairs of digits and nothing else.
    #[error("{text:?} cannot be drawn as Code 128 C: it takes 2 to 80 digits in pairs")]
    NotDigitPairs {
        /// What was given.
        text: String,
    },
}

impl ImagingError {
    /// The code the user interface has a sentence for.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotAnImage { .. } => "not_an_image",
            Self::UnsupportedFormat { .. } => "picture_format_unsupported",
            Self::Truncated { .. } => "picture_truncated",
            Self::TooLarge { .. } => "picture_too_large",
            Self::FileTooLarge { .. } => "picture_file_too_large",
            Self::Broken { .. } => "picture_broken",
            Self::NotWritten { .. } => "picture_not_written",
            Self::SignatureEmpty => "signature_empty",
            Self::SignatureTooLarge { .. } => "signature_too_large",
            Self::SignatureCanvas { .. } => "signature_canvas",
            Self::NotDigitPairs { .. } => "not_digit_pairs",
        }
    }

    pub(crate) fn not_written(cause: impl std::fmt::Display) -> Self {
        Self::NotWritten {
            reason: cause.to_string(),
        }
    }
}
