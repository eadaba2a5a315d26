//! A security module card (PSAM) that holds the keys, in a slot of its own.
//!
//! Which commands a PSAM understands is its maker's secret and its buyer's contract, so they are
//! configuration. None are built in: the only ones in this project are those of its own virtual
//! PSAM, an example of the form and nothing else (confidence: low).

mod template;

use std::fmt;

use domain::CardSerial;

pub use template::{BadPart, BadPsam, PsamCommands, PsamSetting, PsamStep, PsamSteps};
use template::{Steps, Values};

use super::apdu;
use super::{Challenge, CommandMac, LinkError, SecurityError, SecurityModule};

/// A slot with a security module's chip in it.
pub trait ModuleSlot: Send {
    /// Sends a command and gives the answer: at least the two status bytes. What T=0 asks for
    /// (`61xx`, `6Cxx`) is done below this line.
    ///
    /// Errors: [`LinkError::OutcomeUnknown`] whenever fewer than two bytes came back.
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, LinkError>;

    /// Powers it off and on.
    ///
    /// Errors: [`LinkError`].
    fn reset(&mut self) -> Result<(), LinkError>;
}

/// What opens a PSAM, as it is sent. It is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Pin(Vec<u8>);

impl Pin {
    /// The PIN in the bytes the module wants.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// A security module in a slot.
///
/// It is opened when it is first needed, and again after it was cut off. A module that once refused
/// to be opened is not asked again: a wrong PIN sent thrice would block it.
pub struct Psam<S> {
    slot: S,
    commands: PsamCommands,
    pin: Option<Pin>,
    state: State,
}

enum State {
    Closed,
    Open,
    Refused { why: String },
}

impl<S: ModuleSlot> Psam<S> {
    /// The module in that slot, talked to with these commands; nothing is sent yet.
    ///
    /// Errors: [`SecurityError::Absent`] when the commands want a PIN and there is none.
    pub fn new(slot: S, commands: PsamCommands, pin: Option<Pin>) -> Result<Self, SecurityError> {
        if commands.wants_pin() && pin.is_none() {
            return Err(SecurityError::Absent {
                why: "its PIN is not known".to_owned(),
            });
        }
        Ok(Self {
            slot,
            commands,
            pin,
            state: State::Closed,
        })
    }

    fn open(&mut self) -> Result<(), SecurityError> {
        match &self.state {
            State::Open => return Ok(()),
            State::Refused { why } => return Err(SecurityError::Refused { why: why.clone() }),
            State::Closed => self.slot.reset().map_err(explained)?,
        }
        let values = Values {
            pin: self.pin.as_ref().map(|pin| pin.0.as_slice()),
            ..Values::default()
        };
        match run(&mut self.slot, &self.commands.open, &values) {
            Ok(_) => self.state = State::Open,
            Err(error) => {
                if let SecurityError::Refused { why } = &error {
                    self.state = State::Refused { why: why.clone() };
                }
                return Err(error);
            }
        }
        Ok(())
    }

    fn ask<const N: usize>(
        &mut self,
        which: impl Fn(&PsamCommands) -> &Steps,
        values: &Values<'_>,
    ) -> Result<[u8; N], SecurityError> {
        self.open()?;
        let steps = which(&self.commands);
        let said = run(&mut self.slot, steps, values);
        if let Err(SecurityError::CutOff { .. }) = &said {
            self.state = State::Closed;
        }
        let said = said?;
        let result = said
            .get(steps.answer_at..)
            .and_then(|said| said.first_chunk());
        result.copied().ok_or_else(|| SecurityError::Refused {
            why: format!("{} gave {} bytes", steps.step, said.len()),
        })
    }
}

impl<S: ModuleSlot> SecurityModule for Psam<S> {
    fn authenticate(
        &mut self,
        challenge: &Challenge,
        serial: &CardSerial,
    ) -> Result<[u8; 8], SecurityError> {
        let values = Values {
            challenge,
            serial: serial.as_bytes(),
            ..Values::default()
        };
        self.ask(|commands| &commands.authenticate, &values)
    }

    fn mac(
        &mut self,
        challenge: &Challenge,
        header: &[u8; 5],
        data: &[u8],
        serial: &CardSerial,
    ) -> Result<CommandMac, SecurityError> {
        let values = Values {
            challenge,
            serial: serial.as_bytes(),
            header,
            data,
            pin: None,
        };
        self.ask(|commands| &commands.mac, &values)
    }
}

/// Sends one command after the other; gives the data of the last answer.
fn run(
    slot: &mut impl ModuleSlot,
    steps: &Steps,
    values: &Values<'_>,
) -> Result<Vec<u8>, SecurityError> {
    let mut last = Vec::new();
    for (n, template) in steps.send.iter().enumerate() {
        let number = n.saturating_add(1);
        let command = template
            .fill(values)
            .ok_or_else(|| SecurityError::Refused {
                why: format!("{} command {number} would be too long", steps.step),
            })?;
        let answer = slot.transmit(&command).map_err(explained)?;
        let (data, status) = apdu::parts(&answer).map_err(explained)?;
        if status != 0x9000 {
            return Err(SecurityError::Refused {
                why: format!("{} command {number} gave {status:04X}", steps.step),
            });
        }
        last = data.to_vec();
    }
    Ok(last)
}

/// What it means for a security module that the way to it does not work.
pub(super) fn explained(error: LinkError) -> SecurityError {
    let why = match &error {
        LinkError::NotOurs => "what is in its slot cannot be talked to".to_owned(),
        LinkError::OutcomeUnknown => "it did not answer".to_owned(),
        other => other.to_string(),
    };
    match error {
        LinkError::OutcomeUnknown | LinkError::Failed(_) => SecurityError::CutOff { why },
        LinkError::NoService
        | LinkError::NoReader
        | LinkError::NoCard
        | LinkError::Mute
        | LinkError::Busy
        | LinkError::NotOurs => SecurityError::Absent { why },
    }
}

#[cfg(all(test, debug_assertions))]
mod tests;
