//! Our own security module card, for tests and for trying things out: it holds the test keys.
//!
//! Its commands are made up, in the form such modules have (ISO 7816-4 and a maker's own class 80):
//! they show that a module's commands are configuration, and are no maker's.
//!
//! Only where there are debug assertions, like the test keys.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::card::{BadPsam, LinkError, ModuleSlot, PsamCommands, PsamSetting, PsamSteps};

const DONE: u16 = 0x9000;
const WRONG_LENGTH: u16 = 0x6700;
const NOT_ALLOWED: u16 = 0x6982;
const BLOCKED: u16 = 0x6983;
const OUT_OF_TURN: u16 = 0x6985;
const WRONG_DATA: u16 = 0x6A80;
const NOT_FOUND: u16 = 0x6A82;
const UNKNOWN: u16 = 0x6D00;
const TRIES: u8 = 3;
/// It computes over whole blocks.
const BLOCK: usize = 16;

/// A security module card in its slot. A clone is the same card.
#[derive(Debug, Clone)]
pub struct VirtualPsam(Arc<Mutex<Chip>>);

#[derive(Debug)]
struct Chip {
    pin: Vec<u8>,
    tries: u8,
    is_in: bool,
    /// What is gone without power.
    session: Session,
    heard: usize,
}

#[derive(Debug, Default)]
struct Session {
    powered: bool,
    selected: bool,
    opened: bool,
    diversified: Option<[u8; 8]>,
}

impl VirtualPsam {
    /// One in its slot, opened by that PIN.
    pub fn new(pin: &[u8]) -> Self {
        Self(Arc::new(Mutex::new(Chip {
            pin: pin.to_vec(),
            tries: TRIES,
            is_in: true,
            session: Session::default(),
            heard: 0,
        })))
    }

    /// The commands it understands, as they would be configured.
    ///
    /// Errors: none, while they are as they are.
    pub fn commands() -> Result<PsamCommands, BadPsam> {
        let send = |commands: &[&str]| commands.iter().map(|text| (*text).to_owned()).collect();
        let steps = |commands| PsamSteps {
            send: send(commands),
            answer_at: 0,
        };
        PsamCommands::try_from(PsamSetting {
            open: send(&["00A4 0000 02 DF02", "0020 0000 {lc} {pin}"]),
            authenticate: steps(&["801A 0000 08 {serial}", "80FA 0000 08 {challenge}"]),
            mac: steps(&[
                "801A 0000 08 {serial}",
                "80FA 0500 {lc} {challenge} {header} {data} {pad16}",
            ]),
        })
    }

    /// Pulls it out of its slot.
    pub fn pull(&self) {
        let mut chip = self.chip();
        chip.is_in = false;
        chip.session = Session::default();
    }

    /// Puts it back.
    pub fn put_back(&self) {
        self.chip().is_in = true;
    }

    /// How many commands it has heard.
    pub fn heard(&self) -> usize {
        self.chip().heard
    }

    /// How many wrong PINs it still forgives.
    pub fn tries(&self) -> u8 {
        self.chip().tries
    }

    fn chip(&self) -> MutexGuard<'_, Chip> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ModuleSlot for VirtualPsam {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError> {
        let mut chip = self.chip();
        if !chip.is_in || !chip.session.powered {
            return Err(LinkError::OutcomeUnknown);
        }
        let (mut answer, status) = match chip.answer(apdu) {
            Ok(data) => (data, DONE),
            Err(status) => (Vec::new(), status),
        };
        answer.extend(status.to_be_bytes());
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), LinkError> {
        let mut chip = self.chip();
        if !chip.is_in {
            return Err(LinkError::NoCard);
        }
        chip.session = Session {
            powered: true,
            ..Session::default()
        };
        Ok(())
    }
}

impl Chip {
    fn answer(&mut self, apdu: &[u8]) -> Result<Vec<u8>, u16> {
        self.heard = self.heard.saturating_add(1);
        let (header, body) = apdu.split_first_chunk::<5>().ok_or(WRONG_LENGTH)?;
        let [class, ins, p1, p2, len] = *header;
        if body.len() != usize::from(len) {
            return Err(WRONG_LENGTH);
        }
        match (class, ins, p1, p2) {
            (0x00, 0xA4, 0x00, 0x00) => self.select(body),
            (0x00, 0x20, 0x00, 0x00) => self.verify(body),
            (0x80, 0x1A, 0x00, 0x00) => self.diversify(body),
            (0x80, 0xFA, 0x00, 0x00) => self.authenticate(body),
            (0x80, 0xFA, 0x05, 0x00) => self.mac(body),
            _ => Err(UNKNOWN),
        }
    }

    fn select(&mut self, folder: &[u8]) -> Result<Vec<u8>, u16> {
        if folder != [0xDF, 0x02] {
            return Err(NOT_FOUND);
        }
        self.session.selected = true;
        Ok(Vec::new())
    }

    fn verify(&mut self, pin: &[u8]) -> Result<Vec<u8>, u16> {
        if !self.session.selected {
            return Err(NOT_FOUND);
        }
        if self.tries == 0 {
            return Err(BLOCKED);
        }
        if pin != self.pin {
            self.tries = self.tries.saturating_sub(1);
            return Err(0x63C0 | u16::from(self.tries));
        }
        self.tries = TRIES;
        self.session.opened = true;
        Ok(Vec::new())
    }

    fn diversify(&mut self, serial: &[u8]) -> Result<Vec<u8>, u16> {
        if !self.session.opened {
            return Err(NOT_ALLOWED);
        }
        self.session.diversified = Some(serial.try_into().map_err(|_| WRONG_LENGTH)?);
        Ok(Vec::new())
    }

    fn authenticate(&mut self, challenge: &[u8]) -> Result<Vec<u8>, u16> {
        let serial = self.session.diversified.take().ok_or(OUT_OF_TURN)?;
        let challenge = challenge.try_into().map_err(|_| WRONG_LENGTH)?;
        Ok(testkeys::authenticate(challenge, &serial).to_vec())
    }

    fn mac(&mut self, body: &[u8]) -> Result<Vec<u8>, u16> {
        let serial = self.session.diversified.take().ok_or(OUT_OF_TURN)?;
        let (challenge, blocks) = body.split_first_chunk::<8>().ok_or(WRONG_LENGTH)?;
        if blocks.len() % BLOCK != 0 {
            return Err(WRONG_LENGTH);
        }
        let end = blocks.iter().rposition(|byte| *byte != 0);
        let message = match end.and_then(|end| blocks.split_at_checked(end)) {
            Some((message, [0x80, zeros @ ..])) if zeros.len() < BLOCK => message,
            _ => return Err(WRONG_DATA),
        };
        let (header, data) = message.split_first_chunk::<5>().ok_or(WRONG_DATA)?;
        Ok(testkeys::mac(challenge, header, data, &serial).to_vec())
    }
}
