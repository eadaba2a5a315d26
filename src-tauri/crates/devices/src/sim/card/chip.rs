//! The card itself: its commands, what they need, what they answer.
//!
//! Source: the command set of local-prepaid CPU cards (ISO/IEC 7816-4 in form), as public code of
//! meters and tools sends it; where that leaves a status open, ISO/IEC 7816-4 tables 5 and 6.

use domain::{CardImage, CardSerial};

use super::fault::Done;
use super::memory::{BadCell, Memory};

/// Two status bytes that are not 9000.
type Status = [u8; 2];

const FAILED_TO_STORE: Status = [0x65, 0x81];
const WRONG_LENGTH: Status = [0x67, 0x00];
const NOT_AUTHENTICATED: Status = [0x69, 0x82];
const BLOCKED: Status = [0x69, 0x83];
const OUT_OF_TURN: Status = [0x69, 0x85];
const WRONG_MAC: Status = [0x69, 0x88];
const NO_FILE: Status = [0x6a, 0x82];
const WRONG_P1_P2: Status = [0x6a, 0x86];
const OUTSIDE: Status = [0x6b, 0x00];
const UNKNOWN_INS: Status = [0x6d, 0x00];
const WRONG_CLASS: Status = [0x6e, 0x00];

const PLAIN: u8 = 0x00;
const WITH_MAC: u8 = 0x04;
const MAC: usize = 4;

/// A card of local-prepaid meters that holds the test keys.
#[derive(Debug, Clone)]
pub struct VirtualCard {
    memory: Memory,
    session: Session,
    language: Language,
    bad: Vec<BadCell>,
    read_only: bool,
}

/// What is gone without power.
#[derive(Debug, Clone, Default)]
struct Session {
    folder: Folder,
    authenticated: bool,
    /// Good for the next command only.
    challenge: Option<[u8; 8]>,
    /// What GET RESPONSE gives; of T=0 only.
    waiting: Option<Vec<u8>>,
    power_ups: u32,
    draws: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Folder {
    #[default]
    Master,
    Df01,
}

/// How answers with bytes in them come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    /// At once.
    Direct,
    /// As T=0 has it: `6Cxx` for another length than there is, `61xx` for what is to be fetched.
    T0,
}

/// A command taken apart.
struct Command<'a> {
    header: [u8; 4],
    data: &'a [u8],
    /// How many bytes are asked for: 1 to 256; `None` when none are.
    expected: Option<usize>,
}

impl<'a> Command<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, Status> {
        let (header, rest) = bytes.split_first_chunk::<4>().ok_or(WRONG_LENGTH)?;
        let (data, expected) = match rest {
            [] => (rest, None),
            [expected] => (&[][..], Some(expected)),
            [len, rest @ ..] => match rest.split_at_checked(usize::from(*len)) {
                Some((data @ [_, ..], [])) => (data, None),
                Some((data @ [_, ..], [expected])) => (data, Some(expected)),
                _ => return Err(WRONG_LENGTH),
            },
        };
        Ok(Self {
            header: *header,
            data,
            expected: expected.map(|n| if *n == 0 { 256 } else { usize::from(*n) }),
        })
    }

    /// Data of exactly that length.
    fn data<const N: usize>(&self) -> Result<&'a [u8; N], Status> {
        self.data.try_into().map_err(|_| WRONG_LENGTH)
    }
}

impl VirtualCard {
    /// A card with these files, that answers as soon as it is asked. A file shorter than the card
    /// has room for ends with 00; an empty file 1 is not there, as on a card nobody has issued.
    pub fn new(image: CardImage) -> Self {
        Self::of(Memory::new(image))
    }

    /// A card nobody has issued: it has no file 1 until something is stored in it, and 00
    /// everywhere else.
    pub fn blank(serial: CardSerial) -> Self {
        Self::of(Memory::blank(serial))
    }

    /// A card with that memory.
    pub fn of(memory: Memory) -> Self {
        Self {
            memory,
            session: Session::default(),
            language: Language::Direct,
            bad: Vec::new(),
            read_only: false,
        }
    }

    /// The same card, talking as T=0 has it: `61xx` and `6Cxx`, answered by GET RESPONSE and by
    /// asking again.
    pub fn with_t0(mut self) -> Self {
        self.language = Language::T0;
        self
    }

    /// The same card with another answer to reset; an empty one is a card that does not answer.
    pub fn with_atr(mut self, atr: Vec<u8>) -> Self {
        self.memory.set_atr(atr);
        self
    }

    /// The same card with a cell that does not hold what is stored in it.
    pub fn with_bad_cell(mut self, cell: BadCell) -> Self {
        self.bad.push(cell);
        self
    }

    /// The same card when nothing can be stored any more: every write is answered 6581.
    pub fn read_only(mut self) -> Self {
        self.read_only = true;
        self
    }

    /// All that it keeps without power.
    pub fn memory(&self) -> &Memory {
        &self.memory
    }

    /// Its serial and the files that matter, file 1 empty when nobody has issued it.
    pub fn image(&self) -> &CardImage {
        self.memory.image()
    }

    /// Other files, and another serial, as if somebody had written them elsewhere: a meter, the
    /// office.
    pub fn set_image(&mut self, image: CardImage) {
        self.memory.set_image(image);
    }

    /// How many wrong answers to its challenge it still forgives: 0 to 3.
    pub fn tries(&self) -> u8 {
        self.memory.tries()
    }

    /// Powers it off and on: all authentication is gone. Gives its answer to reset, empty when it
    /// does not answer.
    pub fn power_up(&mut self) -> Vec<u8> {
        self.session = Session {
            power_ups: self.memory.power_up(),
            ..Session::default()
        };
        self.memory.atr()
    }

    /// Does a command and gives the answer: at least two status bytes.
    pub fn apdu(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.run(bytes, Done::All)
    }

    pub(super) fn run(&mut self, bytes: &[u8], done: Done) -> Vec<u8> {
        let challenge = self.session.challenge.take();
        let waiting = self.session.waiting.take();
        let answer = Command::read(bytes)
            .and_then(|command| self.answer(&command, challenge, waiting, done));
        match answer {
            Ok(mut data) => {
                data.extend([0x90, 0x00]);
                data
            }
            Err(status) => status.to_vec(),
        }
    }

    fn answer(
        &mut self,
        command: &Command<'_>,
        challenge: Option<[u8; 8]>,
        waiting: Option<Vec<u8>>,
        done: Done,
    ) -> Result<Vec<u8>, Status> {
        let [class, ins, ..] = command.header;
        let wanted = match ins {
            0x82 | 0x84 | 0x88 | 0xa4 | 0xb0 | 0xc0 => PLAIN,
            0xd6 => WITH_MAC,
            _ if class == PLAIN || class == WITH_MAC => return Err(UNKNOWN_INS),
            _ => return Err(WRONG_CLASS),
        };
        if class != wanted {
            return Err(WRONG_CLASS);
        }
        match ins {
            0x82 => self.external_authenticate(command, challenge, done),
            0x84 => self.get_challenge(command),
            0x88 => self.internal_authenticate(command),
            0xa4 => self.select(command),
            0xb0 => self.read_binary(command),
            0xc0 => self.get_response(command, waiting),
            _ => self.update_binary(command, challenge, done),
        }
    }

    /// 00 A4 00 00 02 and a file identifier. Answers with the folder's template when asked to.
    fn select(&mut self, command: &Command<'_>) -> Result<Vec<u8>, Status> {
        let [_, _, 0x00, 0x00] = command.header else {
            return Err(WRONG_P1_P2);
        };
        let name = command.data::<2>()?;
        let folder = match name {
            [0x3f, 0x00] => Folder::Master,
            [0xdf, 0x01] => Folder::Df01,
            _ => return Err(NO_FILE),
        };
        // a folder's rights do not outlast it being selected anew
        self.session.authenticated = false;
        self.session.folder = folder;
        let [high, low] = *name;
        let template = vec![0x6f, 0x04, 0x84, 0x02, high, low];
        match (self.language, command.expected) {
            (Language::Direct, None) => Ok(Vec::new()),
            (Language::Direct, Some(_)) => Ok(template),
            (Language::T0, _) => self.fetched_later(template),
        }
    }

    /// 00 84 00 00 and 04 or 08.
    fn get_challenge(&mut self, command: &Command<'_>) -> Result<Vec<u8>, Status> {
        let [_, _, 0x00, 0x00] = command.header else {
            return Err(WRONG_P1_P2);
        };
        let len = match (command.data, command.expected) {
            ([], Some(len @ (4 | 8))) => len,
            ([], Some(_)) => return Err([0x6c, 0x08]),
            _ => return Err(WRONG_LENGTH),
        };
        let mut drawn = self.draw();
        for byte in drawn.iter_mut().skip(len) {
            *byte = 0;
        }
        self.session.challenge = Some(drawn);
        Ok(drawn.iter().copied().take(len).collect())
    }

    /// Eight bytes that look like chance, and are the same in every run: of serial, power-up and
    /// draw, stirred as splitmix64 does.
    fn draw(&mut self) -> [u8; 8] {
        self.session.draws = self.session.draws.wrapping_add(1);
        let serial = u64::from_be_bytes(*self.image().serial.as_bytes());
        let turn = u64::from(self.session.power_ups) << 32 | u64::from(self.session.draws);
        let mut z = serial.wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)).to_be_bytes()
    }

    /// 00 82 00 02 08 and the answer to the challenge just drawn.
    fn external_authenticate(
        &mut self,
        command: &Command<'_>,
        challenge: Option<[u8; 8]>,
        done: Done,
    ) -> Result<Vec<u8>, Status> {
        let [_, _, 0x00, 0x02] = command.header else {
            return Err(WRONG_P1_P2);
        };
        let said = command.data::<8>()?;
        self.in_df01()?;
        if self.memory.tries() == 0 {
            return Err(BLOCKED);
        }
        let challenge = challenge.ok_or(OUT_OF_TURN)?;
        // the try is taken before it is judged, so that pulling the card gains nobody one
        self.session.authenticated = false;
        self.memory.take_a_try();
        if *said != testkeys::authenticate(&challenge, self.image().serial.as_bytes()) {
            return Err([0x63, 0xc0 | self.memory.tries()]);
        }
        if done != Done::FirstHalf {
            self.memory.give_all_tries();
            self.session.authenticated = true;
        }
        Ok(Vec::new())
    }

    /// 00 88 00 01 08 and a challenge: the card's own answer to it.
    fn internal_authenticate(&mut self, command: &Command<'_>) -> Result<Vec<u8>, Status> {
        let [_, _, 0x00, 0x01] = command.header else {
            return Err(WRONG_P1_P2);
        };
        let challenge = command.data::<8>()?;
        self.in_df01()?;
        let said = testkeys::authenticate(challenge, self.image().serial.as_bytes()).to_vec();
        match self.language {
            Language::Direct => Ok(said),
            Language::T0 => self.fetched_later(said),
        }
    }

    /// 00 B0, 80 and the file, offset, length; 00 is all there is from there.
    fn read_binary(&mut self, command: &Command<'_>) -> Result<Vec<u8>, Status> {
        let (sfi, offset) = self.place(command)?;
        let ([], Some(wanted)) = (command.data, command.expected) else {
            return Err(WRONG_LENGTH);
        };
        let file = self.memory.file(sfi).ok_or(NO_FILE)?;
        let there = match file.get(offset..) {
            Some(there @ [_, ..]) => there,
            _ => return Err(OUTSIDE),
        };
        match there.get(..wanted) {
            Some(bytes) => Ok(bytes.to_vec()),
            None if wanted == 256 && self.language == Language::Direct => Ok(there.to_vec()),
            None => Err([0x6c, low_byte(there.len())]),
        }
    }

    /// 04 D6, 80 and the file, offset, length, bytes, and the code over all of it.
    fn update_binary(
        &mut self,
        command: &Command<'_>,
        challenge: Option<[u8; 8]>,
        done: Done,
    ) -> Result<Vec<u8>, Status> {
        let (sfi, offset) = self.place(command)?;
        let room = self.memory.room(sfi).ok_or(NO_FILE)?;
        let Some((data @ [_, ..], said)) = command.data.split_last_chunk::<MAC>() else {
            return Err(WRONG_LENGTH);
        };
        if !self.session.authenticated {
            return Err(NOT_AUTHENTICATED);
        }
        if offset.saturating_add(data.len()) > room {
            return Err(OUTSIDE);
        }
        let challenge = challenge.ok_or(OUT_OF_TURN)?;
        let [class, ins, p1, p2] = command.header;
        let header = [class, ins, p1, p2, low_byte(command.data.len())];
        let serial = self.image().serial;
        if *said != testkeys::mac(&challenge, &header, data, serial.as_bytes()) {
            return Err(WRONG_MAC);
        }
        if self.read_only {
            return Err(FAILED_TO_STORE);
        }
        let (begin, part) = done.part(data);
        let bad = &self.bad;
        self.memory
            .store(sfi, offset.saturating_add(begin), part, bad);
        Ok(Vec::new())
    }

    /// 00 C0 00 00 and how many bytes wait.
    fn get_response(
        &mut self,
        command: &Command<'_>,
        waiting: Option<Vec<u8>>,
    ) -> Result<Vec<u8>, Status> {
        let ([_, _, 0x00, 0x00], []) = (command.header, command.data) else {
            return Err(WRONG_P1_P2);
        };
        let waiting = waiting.ok_or(OUT_OF_TURN)?;
        if command.expected == Some(waiting.len()) {
            return Ok(waiting);
        }
        let status = [0x6c, low_byte(waiting.len())];
        self.session.waiting = Some(waiting);
        Err(status)
    }

    fn fetched_later(&mut self, data: Vec<u8>) -> Result<Vec<u8>, Status> {
        let status = [0x61, low_byte(data.len())];
        self.session.waiting = Some(data);
        Err(status)
    }

    /// The file and the offset that P1 and P2 name; the files stand in DF01.
    fn place(&self, command: &Command<'_>) -> Result<(u8, usize), Status> {
        let [_, _, p1, offset] = command.header;
        if p1 & 0xe0 != 0x80 {
            return Err(WRONG_P1_P2);
        }
        self.in_df01()?;
        Ok((p1 & 0x1f, usize::from(offset)))
    }

    fn in_df01(&self) -> Result<(), Status> {
        match self.session.folder {
            Folder::Df01 => Ok(()),
            Folder::Master => Err(NO_FILE),
        }
    }
}

/// The length as a status or a header has it: 256 is 00.
fn low_byte(len: usize) -> u8 {
    u8::try_from(len % 256).unwrap_or_default()
}

#[cfg(test)]
mod tests;
