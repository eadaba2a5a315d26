//! Bytes read from the front, each read checked against what there is.

/// Why bytes are no message, and where. Positions count from the message's first byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It ends in the middle of a value.
    #[error("the message ends at byte {at} in the middle of a value")]
    Cut {
        /// Where it ends.
        at: usize,
    },
    /// A type of data or of message that is not known here.
    #[error("unknown tag {tag:02X} at byte {at}")]
    UnknownTag {
        /// Where the tag is.
        at: usize,
        /// The tag.
        tag: u8,
    },
    /// Arrays in arrays in arrays, deeper than any meter's.
    #[error("values are nested too deeply at byte {at}")]
    TooDeep {
        /// Where the innermost begins.
        at: usize,
    },
    /// A length that is written in more than two bytes.
    #[error("a length at byte {at} is longer than any message")]
    Length {
        /// Where it is.
        at: usize,
    },
}

/// Reads bytes from the front.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    pub(super) fn at(&self) -> usize {
        self.at
    }

    pub(super) fn take(&mut self, count: usize) -> Result<&'a [u8], Malformed> {
        let end = self.at.checked_add(count);
        let taken = end.and_then(|end| Some((end, self.bytes.get(self.at..end)?)));
        let cut = Malformed::Cut {
            at: self.bytes.len(),
        };
        let (end, taken) = taken.ok_or(cut)?;
        self.at = end;
        Ok(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Malformed> {
        let at = self.at;
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| Malformed::Cut { at })
    }

    pub(super) fn byte(&mut self) -> Result<u8, Malformed> {
        self.array::<1>().map(|[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Result<u16, Malformed> {
        self.array().map(u16::from_be_bytes)
    }

    pub(super) fn u32(&mut self) -> Result<u32, Malformed> {
        self.array().map(u32::from_be_bytes)
    }

    /// A count of elements, bytes or bits: below 80 as it is, else 81 or 82 and one or two bytes.
    pub(super) fn length(&mut self) -> Result<usize, Malformed> {
        let at = self.at;
        match self.byte()? {
            short @ 0..=0x7F => Ok(usize::from(short)),
            0x81 => self.byte().map(usize::from),
            0x82 => self.u16().map(usize::from),
            _ => Err(Malformed::Length { at }),
        }
    }

    /// A byte string with its length in front.
    pub(super) fn octets(&mut self) -> Result<&'a [u8], Malformed> {
        let size = self.length()?;
        self.take(size)
    }
}

/// A count as [`Reader::length`] reads it. More than two bytes can say is not written by anyone
/// here, and becomes the most they can.
pub(super) fn write_length(length: usize, into: &mut Vec<u8>) {
    let length = u16::try_from(length).unwrap_or(u16::MAX);
    match length.to_be_bytes() {
        [0, short @ 0..=0x7F] => into.push(short),
        [0, short] => into.extend([0x81, short]),
        [high, low] => into.extend([0x82, high, low]),
    }
}
