//! What goes wrong between a meter and its reader, to be combined at will.

use std::str::FromStr;
use std::time::Duration;

/// A second meter in the light of the same probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondMeter {
    /// It answers when the first has finished.
    After,
    /// It answers at the same time: the bytes of both come mixed.
    AtOnce,
}

/// Faults of a line. None by default.
///
/// Shape as text: names with commas or blanks between, `noise,flip=1,slow=300`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults {
    /// `noise`: some bytes before and after each answer.
    pub noise: bool,
    /// `flip=n`: so many different bits of each answer are turned.
    pub flip: usize,
    /// `echo`: what the reader sends comes back to it.
    pub echo: bool,
    /// `silent`: nothing is answered.
    pub silent: bool,
    /// `slow=ms`: each answer comes so much later.
    pub slow: Duration,
    /// `wrong_address`: answers carry another address than the meter's own.
    pub wrong_address: bool,
    /// `two_meters`, `collision`: a second meter hears and answers too.
    pub second: Option<SecondMeter>,
    /// `follow_up`: long answers come in pieces that have to be asked for.
    pub follow_up: bool,
    /// `unplug=n`: the port is gone after so many bytes of answers.
    pub unplug: Option<usize>,
    /// `line=baud`: the meter's line runs at another rate than its language's own.
    pub line: Option<u32>,
    /// `lead=n`: so many FE before an answer, instead of four.
    pub lead: Option<usize>,
    /// `pieces=n`: bytes come in pieces of so many.
    pub pieces: Option<usize>,
    /// `cut=n`: an answer stops after so many bytes.
    pub cut: Option<usize>,
    /// `chance=percent`: noise, turned bits, silence and cuts befall only so many answers.
    pub chance: Option<u8>,
}

/// A text that names no fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is no fault; there are {}", Faults::WORDS)]
pub struct BadFault {
    /// What was given.
    pub text: String,
}

impl Faults {
    /// Every fault as text, for help.
    pub const WORDS: &str = "noise flip=N echo silent slow=MS wrong_address two_meters collision \
        follow_up unplug=N line=BAUD lead=N pieces=N cut=N chance=PERCENT";

    fn add(&mut self, word: &str) -> Option<()> {
        let (name, count) = match word.split_once('=') {
            Some((name, count)) => (name, Some(count)),
            None => (word, None),
        };
        match (name, count) {
            ("noise", None) => self.noise = true,
            ("echo", None) => self.echo = true,
            ("silent", None) => self.silent = true,
            ("wrong_address", None) => self.wrong_address = true,
            ("two_meters", None) => self.second = Some(SecondMeter::After),
            ("collision", None) => self.second = Some(SecondMeter::AtOnce),
            ("follow_up", None) => self.follow_up = true,
            ("flip", Some(n)) => self.flip = n.parse().ok()?,
            ("slow", Some(n)) => self.slow = Duration::from_millis(n.parse().ok()?),
            ("unplug", Some(n)) => self.unplug = Some(n.parse().ok()?),
            ("line", Some(n)) => self.line = Some(n.parse().ok().filter(|baud| *baud > 0)?),
            ("lead", Some(n)) => self.lead = Some(n.parse().ok()?),
            ("pieces", Some(n)) => self.pieces = Some(n.parse().ok().filter(|size| *size > 0)?),
            ("cut", Some(n)) => self.cut = Some(n.parse().ok()?),
            ("chance", Some(n)) => self.chance = Some(n.parse().ok().filter(|p| *p <= 100)?),
            _ => return None,
        }
        Some(())
    }
}

impl FromStr for Faults {
    type Err = BadFault;

    fn from_str(text: &str) -> Result<Self, BadFault> {
        let mut faults = Self::default();
        let words = text.split([',', ' ']).filter(|word| !word.is_empty());
        for word in words {
            faults
                .add(word)
                .ok_or_else(|| BadFault { text: word.into() })?;
        }
        Ok(faults)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_combined_in_one_text() {
        let faults: Faults = "noise,flip=3 echo,slow=1500".parse().unwrap();
        let expected = Faults {
            noise: true,
            flip: 3,
            echo: true,
            slow: Duration::from_millis(1_500),
            ..Faults::default()
        };
        assert_eq!(faults, expected);
        assert_eq!("".parse(), Ok(Faults::default()));
    }

    #[test]
    fn every_fault_of_the_help_is_understood() {
        for word in Faults::WORDS.split_whitespace() {
            let text = match word.split_once('=') {
                Some((name, _)) => format!("{name}=7"),
                None => word.to_owned(),
            };
            let faults: Faults = text.parse().unwrap();
            assert_ne!(faults, Faults::default(), "{text}");
        }
        for text in [
            "noisy",
            "flip",
            "flip=x",
            "echo=1",
            "pieces=0",
            "chance=101",
        ] {
            assert_eq!(text.parse::<Faults>(), Err(BadFault { text: text.into() }));
        }
    }
}
