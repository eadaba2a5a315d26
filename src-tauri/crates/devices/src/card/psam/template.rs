//! The commands of a security module as configuration: hexadecimal digits with gaps.

use std::fmt;

use serde::Deserialize;

/// A security module's commands as they are written down.
///
/// Shape: hexadecimal digits, spaces as one likes, and these gaps: `{challenge}` and `{serial}`, 8
/// bytes each; `{header}`, the 5 bytes of the card's command, and `{data}`, its bytes; `{pin}`;
/// `{lc}`, one byte that counts all that follows it; `{pad8}` and `{pad16}`, 80 and as many 00 as
/// make header and data whole blocks of 8 or 16 bytes.
///
/// ```toml
/// # our own virtual PSAM; no maker's
/// open = ["00A4 0000 02 DF02", "0020 0000 {lc} {pin}"]
///
/// [authenticate]
/// send = ["801A 0000 08 {serial}", "80FA 0000 08 {challenge}"]
///
/// [mac]
/// send = ["801A 0000 08 {serial}", "80FA 0500 {lc} {challenge} {header} {data} {pad16}"]
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PsamSetting {
    /// What opens it, once after power-up: its folder, its PIN.
    #[serde(default)]
    pub open: Vec<String>,
    /// What answers a card's challenge: 8 bytes of the last answer.
    pub authenticate: PsamSteps,
    /// What makes the MAC of a command: 4 bytes of the last answer.
    pub mac: PsamSteps,
}

/// Commands sent one after the other; each must be answered with 9000.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PsamSteps {
    /// The commands.
    pub send: Vec<String>,
    /// Where in the last answer the result begins. Unit: bytes from its start.
    #[serde(default)]
    pub answer_at: usize,
}

/// What a command of a security module is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PsamStep {
    /// To open the module.
    Open,
    /// To answer a challenge.
    Authenticate,
    /// To make a MAC.
    Mac,
}

impl fmt::Display for PsamStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "open",
            Self::Authenticate => "authenticate",
            Self::Mac => "mac",
        })
    }
}

/// Why a security module's commands are not usable. The command itself is not told: a PIN may
/// stand in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPsam {
    /// One command is not.
    #[error("{step} command {number}: {why}")]
    Command {
        /// What it is for.
        step: PsamStep,
        /// Which, counted from 1.
        number: usize,
        /// What is wrong with it.
        why: BadPart,
    },
    /// No command brings this to the module, without which the result means nothing.
    #[error("no {step} command has {{{gap}}}")]
    Missing {
        /// What the commands are for.
        step: PsamStep,
        /// The gap's name.
        gap: &'static str,
    },
}

/// What is wrong with one command.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadPart {
    /// Something that is neither pairs of hexadecimal digits nor a gap.
    #[error("not pairs of hexadecimal digits")]
    NotHex,
    /// A gap without its end.
    #[error("a gap is not closed")]
    NotClosed,
    /// A gap that there is not, or not in this step.
    #[error("there is no {{{name}}} here")]
    UnknownGap {
        /// Its name.
        name: String,
    },
    /// Class, instruction and parameters must be digits, and `{lc}` may stand nowhere but after
    /// them.
    #[error("it does not begin with four bytes and then, at most, one length")]
    Head,
    /// Data of any length without `{lc}`.
    #[error("{{data}}, {{pin}} and padding need {{lc}}")]
    NeedsLength,
}

/// A security module's commands, found usable.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "PsamSetting")]
pub struct PsamCommands {
    pub(super) open: Steps,
    pub(super) authenticate: Steps,
    pub(super) mac: Steps,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Steps {
    pub(super) step: PsamStep,
    pub(super) send: Vec<Template>,
    pub(super) answer_at: usize,
}

/// One command with gaps.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Template(Vec<Part>);

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Template(…)")
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Byte(u8),
    Length,
    Challenge,
    Serial,
    Header,
    Data,
    Pin,
    Padding { block: usize },
}

/// What the gaps are filled with.
#[derive(Clone, Copy)]
pub(super) struct Values<'a> {
    pub(super) challenge: &'a [u8; 8],
    pub(super) serial: &'a [u8; 8],
    pub(super) header: &'a [u8; 5],
    pub(super) data: &'a [u8],
    pub(super) pin: Option<&'a [u8]>,
}

impl Default for Values<'_> {
    fn default() -> Self {
        Self {
            challenge: &[0; 8],
            serial: &[0; 8],
            header: &[0; 5],
            data: &[],
            pin: None,
        }
    }
}

impl TryFrom<PsamSetting> for PsamCommands {
    type Error = BadPsam;

    fn try_from(setting: PsamSetting) -> Result<Self, BadPsam> {
        let open = PsamSteps {
            send: setting.open,
            answer_at: 0,
        };
        Ok(Self {
            open: Steps::read(PsamStep::Open, &open)?,
            authenticate: Steps::read(PsamStep::Authenticate, &setting.authenticate)?,
            mac: Steps::read(PsamStep::Mac, &setting.mac)?,
        })
    }
}

impl PsamCommands {
    pub(super) fn wants_pin(&self) -> bool {
        self.open.has(Part::Pin)
    }
}

impl PsamStep {
    /// The gaps its commands may have besides lengths; all but `{pin}` they must have.
    fn gaps(self) -> &'static [(&'static str, Part)] {
        const CHALLENGE: (&str, Part) = ("challenge", Part::Challenge);
        const SERIAL: (&str, Part) = ("serial", Part::Serial);
        match self {
            Self::Open => &[("pin", Part::Pin)],
            Self::Authenticate => &[CHALLENGE, SERIAL],
            Self::Mac => &[
                CHALLENGE,
                SERIAL,
                ("header", Part::Header),
                ("data", Part::Data),
            ],
        }
    }

    fn part(self, name: &str) -> Result<Part, BadPart> {
        let pads = match self {
            Self::Mac => true,
            Self::Open | Self::Authenticate => false,
        };
        let gap = self.gaps().iter().find(|(gap, _)| *gap == name);
        match (name, gap) {
            (_, Some((_, part))) => Ok(*part),
            ("lc", _) => Ok(Part::Length),
            ("pad8", _) if pads => Ok(Part::Padding { block: 8 }),
            ("pad16", _) if pads => Ok(Part::Padding { block: 16 }),
            _ => Err(BadPart::UnknownGap {
                name: name.to_owned(),
            }),
        }
    }
}

impl Steps {
    fn read(step: PsamStep, steps: &PsamSteps) -> Result<Self, BadPsam> {
        let read = |(n, text): (usize, &String)| {
            Template::read(step, text).map_err(|why| BadPsam::Command {
                step,
                number: n.saturating_add(1),
                why,
            })
        };
        let steps = Self {
            step,
            send: steps
                .send
                .iter()
                .enumerate()
                .map(read)
                .collect::<Result<_, _>>()?,
            answer_at: steps.answer_at,
        };
        for (gap, part) in step.gaps() {
            if *part != Part::Pin && !steps.has(*part) {
                return Err(BadPsam::Missing { step, gap });
            }
        }
        Ok(steps)
    }

    fn has(&self, part: Part) -> bool {
        self.send.iter().any(|template| template.0.contains(&part))
    }
}

impl Template {
    fn read(step: PsamStep, text: &str) -> Result<Self, BadPart> {
        let mut parts = Vec::new();
        let mut chars = text.chars().filter(|c| !c.is_whitespace());
        while let Some(c) = chars.next() {
            if c == '{' {
                let mut name = String::new();
                loop {
                    match chars.next() {
                        Some('}') => break,
                        Some(c) => name.push(c),
                        None => return Err(BadPart::NotClosed),
                    }
                }
                parts.push(step.part(&name)?);
            } else {
                let digit = |c: char| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                match (digit(c), chars.next().and_then(digit)) {
                    (Some(high), Some(low)) => parts.push(Part::Byte(high << 4 | low)),
                    _ => return Err(BadPart::NotHex),
                }
            }
        }
        Self(parts).checked()
    }

    fn checked(self) -> Result<Self, BadPart> {
        let (head, rest) = self.0.split_at_checked(4).ok_or(BadPart::Head)?;
        let is_byte = |part: &Part| matches!(part, Part::Byte(_));
        let body = rest.strip_prefix(&[Part::Length]).unwrap_or(rest);
        if !head.iter().all(is_byte) || body.contains(&Part::Length) {
            return Err(BadPart::Head);
        }
        let any_length =
            |part: &Part| matches!(part, Part::Data | Part::Pin | Part::Padding { .. });
        if rest.len() == body.len() && body.iter().any(any_length) {
            return Err(BadPart::NeedsLength);
        }
        Ok(self)
    }

    /// The command; `None` when more than 255 bytes follow `{lc}`.
    pub(super) fn fill(&self, values: &Values<'_>) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        let mut length_at = None;
        let mut message = 0usize;
        for part in &self.0 {
            let start = bytes.len();
            match part {
                Part::Byte(byte) => bytes.push(*byte),
                Part::Length => {
                    length_at = Some(start);
                    bytes.push(0);
                }
                Part::Challenge => bytes.extend(values.challenge),
                Part::Serial => bytes.extend(values.serial),
                Part::Header => bytes.extend(values.header),
                Part::Data => bytes.extend(values.data),
                Part::Pin => bytes.extend(values.pin?),
                Part::Padding { block } => {
                    let whole = message.saturating_add(1).next_multiple_of(*block);
                    bytes.push(0x80);
                    let zeros = whole.saturating_sub(message.saturating_add(1));
                    bytes.extend(std::iter::repeat_n(0, zeros));
                }
            }
            if let Part::Header | Part::Data = part {
                message = message.saturating_add(bytes.len().saturating_sub(start));
            }
        }
        if let Some(at) = length_at {
            let follows = bytes.len().saturating_sub(at.saturating_add(1));
            *bytes.get_mut(at)? = u8::try_from(follows).ok()?;
        }
        Some(bytes)
    }
}

#[cfg(test)]
mod tests;
