//! Where bytes were changed: check marks for every block of 256 bytes.
//!
//! A mark is 16 bytes: the sum of the block's bytes, the sum weighted by place, and the first
//! eight bytes of the block's SHA-256. One changed byte shifts the sums by d and d·place, which
//! gives its place exactly; putting it back must restore the SHA-256, or the claim is dropped.

use domain::Hash;

/// Bytes a mark covers. Smaller names more changes exactly, larger keeps the tail short (6 %).
const BLOCK: usize = 256;
const MARK: usize = 16;
const MAGIC: &[u8; 8] = b"MCPROOF1";
/// The tail's own end: the magic word and the length of the archive.
const END: usize = 16;

/// Which bytes of the file are meant; `from == to` names one byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first byte that can have changed, from 0.
    pub from: u64,
    /// The last byte that the first change can be at.
    pub to: u64,
}

/// The tail that goes behind an archive.
pub(super) fn tail(archive: &[u8]) -> Vec<u8> {
    let mut tail: Vec<u8> = archive.chunks(BLOCK).flat_map(mark).collect();
    tail.extend_from_slice(MAGIC);
    tail.extend_from_slice(&(archive.len() as u64).to_be_bytes());
    tail
}

fn sums(block: &[u8]) -> (i64, i64) {
    block
        .iter()
        .zip(1i64..)
        .fold((0, 0), |(sum, weighted), (byte, place)| {
            (sum + i64::from(*byte), weighted + place * i64::from(*byte))
        })
}

fn digest(block: &[u8]) -> [u8; 8] {
    let mut first = [0; 8];
    first
        .iter_mut()
        .zip(Hash::of(block).as_bytes())
        .for_each(|(to, from)| *to = *from);
    first
}

fn mark(block: &[u8]) -> [u8; MARK] {
    let (sum, weighted) = sums(block);
    let mut mark = [0; MARK];
    let fields = (sum as u32)
        .to_be_bytes()
        .into_iter()
        .chain((weighted as u32).to_be_bytes());
    mark.iter_mut()
        .zip(fields.chain(digest(block)))
        .for_each(|(to, from)| *to = from);
    mark
}

/// Splits a file into archive and tail by its length alone, so that no changed byte can mislead.
///
/// `None` when no archive has this length: bytes are missing or were added.
pub(super) fn split(file: &[u8]) -> Option<(&[u8], &[u8])> {
    // A tar archive is a whole number of 512-byte records, that is, of two blocks.
    let records = (file.len().checked_sub(END)?) / (512 + 2 * MARK);
    let (archive, tail) = file.split_at_checked(records * 512)?;
    (tail.len() == records * 2 * MARK + END).then_some((archive, tail))
}

/// The first change, when archive and tail do not belong together.
///
/// `content_is_true` says that everything signed in the archive verified, so that what does not
/// fit must be padding or the tail itself.
pub(super) fn first_change(
    archive: &[u8],
    stored: &[u8],
    content_is_true: impl FnOnce() -> bool,
) -> Option<Span> {
    let expected = tail(archive);
    let at = stored
        .iter()
        .zip(&expected)
        .position(|(stored, expected)| stored != expected)?;
    let in_tail = Span {
        from: (archive.len() + at) as u64,
        to: (archive.len() + at) as u64,
    };
    let number = at / MARK;
    let start = number * BLOCK;
    let (Some(block), Some(mark)) = (
        archive.chunks(BLOCK).nth(number),
        stored.chunks(MARK).nth(number),
    ) else {
        return Some(in_tail);
    };
    if let Some(place) = changed_byte(block, mark) {
        let at = (start + place) as u64;
        return Some(Span { from: at, to: at });
    }
    if content_is_true() {
        return Some(in_tail);
    }
    Some(Span {
        from: start as u64,
        to: (start + block.len()).saturating_sub(1) as u64,
    })
}

/// The place of the one byte whose change explains the mark, proved by putting it back.
fn changed_byte(block: &[u8], mark: &[u8]) -> Option<usize> {
    let number = |from: usize| {
        let bytes: [u8; 4] = mark.get(from..from + 4)?.try_into().ok()?;
        Some(i64::from(u32::from_be_bytes(bytes)))
    };
    let (sum, weighted) = sums(block);
    let (shift, weighted_shift) = (sum - number(0)?, weighted - number(4)?);
    if shift == 0 || weighted_shift % shift != 0 {
        return None;
    }
    let place = usize::try_from(weighted_shift / shift - 1).ok()?;
    let mut restored = block.to_vec();
    let byte = restored.get_mut(place)?;
    *byte = u8::try_from(i64::from(*byte) - shift).ok()?;
    (mark.get(8..)? == digest(&restored)).then_some(place)
}
