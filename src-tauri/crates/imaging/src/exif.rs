//! How a camera was held: the one EXIF field we read.

/// What must be done to the stored pixels so that the picture stands upright.
///
/// **Source**: EXIF 2.32 (CIPA DC-008), tag 0x0112 "Orientation", values 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// 1: nothing.
    #[default]
    Upright,
    /// 2: swap left and right.
    Mirrored,
    /// 3: half a turn.
    HalfTurn,
    /// 4: swap top and bottom.
    Flipped,
    /// 5: swap rows and columns.
    Transposed,
    /// 6: a quarter turn clockwise.
    TurnedRight,
    /// 7: swap rows and columns the other way.
    Transversed,
    /// 8: a quarter turn against the clock.
    TurnedLeft,
}

impl Orientation {
    fn from_tag(value: u16) -> Self {
        match value {
            2 => Self::Mirrored,
            3 => Self::HalfTurn,
            4 => Self::Flipped,
            5 => Self::Transposed,
            6 => Self::TurnedRight,
            7 => Self::Transversed,
            8 => Self::TurnedLeft,
            _ => Self::Upright,
        }
    }

    /// Whether width and height change places.
    #[must_use]
    pub fn swaps_edges(self) -> bool {
        match self {
            Self::Upright | Self::Mirrored | Self::HalfTurn | Self::Flipped => false,
            Self::Transposed | Self::TurnedRight | Self::Transversed | Self::TurnedLeft => true,
        }
    }

    /// Where in the stored picture the upright picture's pixel (x, y) lies; `width` and `height` are the stored ones.
    pub(crate) fn source(self, x: usize, y: usize, width: usize, height: usize) -> (usize, usize) {
        let (right, bottom) = (width.saturating_sub(1), height.saturating_sub(1));
        match self {
            Self::Upright => (x, y),
            Self::Mirrored => (right.saturating_sub(x), y),
            Self::HalfTurn => (right.saturating_sub(x), bottom.saturating_sub(y)),
            Self::Flipped => (x, bottom.saturating_sub(y)),
            Self::Transposed => (y, x),
            Self::TurnedRight => (y, bottom.saturating_sub(x)),
            Self::Transversed => (right.saturating_sub(y), bottom.saturating_sub(x)),
            Self::TurnedLeft => (right.saturating_sub(y), x),
        }
    }
}

/// Reads the orientation out of an APP1 segment's body; anything unexpected reads as upright.
///
/// **Shape**: `Exif\0\0`, then a TIFF header (`II*\0` or `MM\0*` and the offset of the first directory), then the directory:
/// a count and 12-byte entries of tag, type, count, value.
#[must_use]
pub fn orientation(app1: &[u8]) -> Orientation {
    read(app1).map_or(Orientation::Upright, Orientation::from_tag)
}

fn read(app1: &[u8]) -> Option<u16> {
    let tiff = app1.strip_prefix(b"Exif\0\0")?;
    let big_endian = match tiff.get(..4)? {
        b"II*\0" => false,
        b"MM\0*" => true,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let pair: [u8; 2] = tiff.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if big_endian {
            u16::from_be_bytes(pair)
        } else {
            u16::from_le_bytes(pair)
        })
    };
    let first: [u8; 4] = tiff.get(4..8)?.try_into().ok()?;
    let directory = if big_endian {
        u32::from_be_bytes(first)
    } else {
        u32::from_le_bytes(first)
    } as usize;
    let entries = directory.checked_add(2)?;
    (0..usize::from(u16_at(directory)?)).find_map(|index| {
        let entry = entries.checked_add(index * 12)?;
        if u16_at(entry)? != 0x0112 || u16_at(entry + 2)? != 3 {
            return None;
        }
        u16_at(entry + 8)
    })
}
