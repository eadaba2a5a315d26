//! The commands of a prepaid card (ISO 7816-4) as bytes, and what its status words mean.
//!
//! Source: 4-prepaid-cards, D3, read off one meter's firmware; the selling side mirrors the meter.

use std::fmt;

use domain::CardFile;

use super::{Challenge, CommandMac, LinkError};

/// A kind of command, for saying which one a card did not do; it carries no card traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Chooses a folder (SELECT FILE).
    Select,
    /// Reads a file (READ BINARY).
    Read(CardFile),
    /// Has the card draw a challenge (GET CHALLENGE).
    GetChallenge,
    /// Proves to the card that we may write (EXTERNAL AUTHENTICATE).
    Authenticate,
    /// Changes bytes of a file (UPDATE BINARY).
    Update(CardFile),
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Select => f.write_str("choosing a file"),
            Self::Read(file) => write!(f, "READ BINARY of {file:?} file"),
            Self::GetChallenge => f.write_str("GET CHALLENGE"),
            Self::Authenticate => f.write_str("EXTERNAL AUTHENTICATE"),
            Self::Update(file) => write!(f, "UPDATE BINARY of {file:?} file"),
        }
    }
}

/// The root of a card's files.
pub(super) const ROOT: u16 = 0x3F00;
/// The folder of the prepaid meter.
pub(super) const PREPAID: u16 = 0xDF01;
/// GET CHALLENGE of 8 bytes.
pub(super) const GET_CHALLENGE: [u8; 5] = [0x00, 0x84, 0x00, 0x00, 0x08];

/// Set in P1 when a file is named by its short identifier.
const BY_SFI: u8 = 0x80;
/// Bytes of a command's MAC.
const MAC_LEN: u8 = 4;
/// The most GET RESPONSE for one command: 8 KiB, more than any chip of this kind gives.
const MOST_PARTS: usize = 32;

/// SELECT FILE by its two-byte identifier.
pub(super) fn select(file_id: u16) -> [u8; 7] {
    let [high, low] = file_id.to_be_bytes();
    [0x00, 0xA4, 0x00, 0x00, 0x02, high, low]
}

/// READ BINARY of a file's first `len` bytes, 1–255.
pub(super) fn read(file: CardFile, len: u8) -> [u8; 5] {
    [0x00, 0xB0, BY_SFI | file.sfi(), 0x00, len]
}

/// EXTERNAL AUTHENTICATE with the answer to the card's challenge, key 02.
pub(super) fn authenticate(answer: &Challenge) -> Vec<u8> {
    [0x00, 0x82, 0x00, 0x02, 0x08]
        .into_iter()
        .chain(*answer)
        .collect()
}

/// The header of UPDATE BINARY with MAC, which the MAC is over: Lc counts data and MAC.
///
/// `None` where one command does not reach: an offset beyond 255, or not 1–251 bytes of data.
pub(super) fn update_header(file: CardFile, offset: usize, len: usize) -> Option<[u8; 5]> {
    let offset = u8::try_from(offset).ok()?;
    let len = u8::try_from(len).ok().filter(|len| *len > 0)?;
    let body = len.checked_add(MAC_LEN)?;
    Some([0x04, 0xD6, BY_SFI | file.sfi(), offset, body])
}

/// UPDATE BINARY with MAC.
pub(super) fn update(header: &[u8; 5], data: &[u8], mac: &CommandMac) -> Vec<u8> {
    header.iter().chain(data).chain(mac).copied().collect()
}

/// What the two bytes at the end of an answer say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// 9000.
    Done,
    /// 6282: the file ended before the length asked for.
    EndOfFile,
    /// 63Cx: not authenticated; so many tries are left.
    TriesLeft(u8),
    /// 6982: authentication is wanted first.
    NotAuthenticated,
    /// 6983: no tries are left.
    Blocked,
    /// 6988, 6989: the MAC is wrong.
    BadMac,
    /// 6A82: there is no such file or folder.
    NotFound,
    /// 6B00: on reading, nobody has issued this card.
    Unissued,
    /// Anything else.
    Other(u16),
}

impl Status {
    pub(super) fn of(word: u16) -> Self {
        match word {
            0x9000 => Self::Done,
            0x6282 => Self::EndOfFile,
            0x63C0..=0x63CF => Self::TriesLeft(word.to_be_bytes()[1] & 0x0F),
            0x6982 => Self::NotAuthenticated,
            0x6983 => Self::Blocked,
            0x6988 | 0x6989 => Self::BadMac,
            0x6A82 => Self::NotFound,
            0x6B00 => Self::Unissued,
            _ => Self::Other(word),
        }
    }
}

/// An answer taken apart: its data and its status word.
///
/// Errors: [`LinkError::OutcomeUnknown`] when it is shorter than a status word.
pub(super) fn parts(answer: &[u8]) -> Result<(&[u8], u16), LinkError> {
    match answer {
        [data @ .., high, low] => Ok((data, u16::from_be_bytes([*high, *low]))),
        _ => Err(LinkError::OutcomeUnknown),
    }
}

/// Does what T=0 leaves to the sender: fetches an answer that waits in the chip (`61xx`), and asks
/// again with the length the chip names (`6Cxx`).
///
/// A command with a body is never sent twice, whatever the chip says.
///
/// Errors: as `transmit`; [`LinkError::OutcomeUnknown`] when an answer has no status word, or no
/// end.
pub(crate) fn complete(
    mut transmit: impl FnMut(&[u8]) -> Result<Vec<u8>, LinkError>,
    apdu: &[u8],
) -> Result<Vec<u8>, LinkError> {
    let mut answer = transmit(apdu)?;
    if let ([cla, ins, p1, p2, _], (_, [0x6C, len])) = (apdu, word(&answer)?) {
        answer = transmit(&[*cla, *ins, *p1, *p2, len])?;
    }
    let mut data = Vec::new();
    for _ in 0..MOST_PARTS {
        let (part, status) = word(&answer)?;
        data.extend_from_slice(part);
        let [0x61, waiting] = status else {
            data.extend(status);
            return Ok(data);
        };
        answer = transmit(&[0x00, 0xC0, 0x00, 0x00, waiting])?;
    }
    Err(LinkError::OutcomeUnknown)
}

fn word(answer: &[u8]) -> Result<(&[u8], [u8; 2]), LinkError> {
    let (data, status) = parts(answer)?;
    Ok((data, status.to_be_bytes()))
}

#[cfg(test)]
mod tests;
