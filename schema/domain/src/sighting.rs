//! Sightings: what a program saw on a picture, and how sure it was, kept beside what a person made of it.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{BlobHash, Decimal, Register};

/// A text that a program read off a picture.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Sighting {
    /// The picture, as it is kept.
    pub image: BlobHash,
    /// The piece that was read, cut out and straightened (grey JPEG).
    pub crop: BlobHash,
    /// What it says, as it was read and before anyone judged it.
    pub text: String,
    /// How sure the program was, in thousandths.
    pub confidence: u16,
    /// Which of our readers read it.
    pub by: SeenBy,
    /// The program's version, and behind a `+` the hash of the weights, when it has any.
    pub program: String,
    /// Where on the picture: upper left of the text, then clockwise. Unit: pixels of [`Self::image`].
    pub corners: [(i32, i32); 4],
    /// Whether the crew agreed, at that moment, that crop and confirmed value may train the next version.
    pub may_train: bool,
    /// What stands behind a reading of [`SeenBy::Soft`], which counts only with a second proof.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub proof: Option<Proof>,
}

impl Sighting {
    /// Whether it may count: what the soft reader saw needs a second proof, for a wrong number is far worse than none.
    pub fn is_proved(&self) -> bool {
        self.by != SeenBy::Soft || self.proof.is_some()
    }

    /// The pictures it names.
    pub fn blobs(&self) -> [BlobHash; 2] {
        [self.image, self.crop]
    }
}

/// Which reader read a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SeenBy {
    /// A decoder that takes whole symbols only.
    Decoder,
    /// Our search for the likeliest label, which the check sum holds together.
    Soft,
    /// The network for displays.
    DisplayNet,
}

/// What a reading stands on besides itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// Two different frames, shortly one after the other, say the same.
    TwoFrames,
    /// The order or the crew's list names it.
    Named,
    /// The crew compared it with the label, digit by digit.
    Crew,
}

/// A sighting of a meter's display.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DisplaySighting {
    /// What was on it.
    #[serde(flatten)]
    pub shows: DisplayShows,
    /// What the program saw.
    pub sighting: Sighting,
}

/// What a display shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum DisplayShows {
    /// A register.
    Register {
        /// Which, as the crew says.
        register: Register,
        /// Its value as the program judged it; `None` when it was not sure.
        read: Option<Decimal>,
    },
    /// An `Err-xx` code.
    Err {
        /// The number behind `Err-`.
        code: u8,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sighting(by: SeenBy, proof: Option<Proof>) -> Sighting {
        Sighting {
            image: BlobHash::of(b"image"),
            crop: BlobHash::of(b"crop"),
            text: "4130001000000000000012".into(),
            confidence: 987,
            by,
            program: "0.1.0".into(),
            corners: [(0, 0), (9, 0), (9, 3), (0, 3)],
            may_train: false,
            proof,
        }
    }

    #[test]
    fn only_the_soft_reader_needs_a_second_proof() {
        assert!(sighting(SeenBy::Decoder, None).is_proved());
        assert!(sighting(SeenBy::DisplayNet, None).is_proved());
        assert!(!sighting(SeenBy::Soft, None).is_proved());
        for proof in [Proof::TwoFrames, Proof::Named, Proof::Crew] {
            assert!(sighting(SeenBy::Soft, Some(proof)).is_proved());
        }
    }
}
