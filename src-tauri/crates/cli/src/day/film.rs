//! The photographs a day needs, in the order they will be needed.

use domain::{AssetNo, SealNo};
use work::ImagingError;
use work::drawn::{self, Difficulty, Scene};

use super::lot::Lot;

/// What is to be seen on a photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Subject {
    /// A nameplate with its number as bars.
    Label(AssetNo),
    /// A display that shows these digits.
    Display(String),
    /// A seal with its number.
    Seal(SealNo),
    /// The terminals and their leads.
    Wiring,
    /// The meter box from two steps back.
    Site,
}

/// One photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shot {
    /// What is on it.
    pub subject: Subject,
    /// How it is held and lit.
    pub seed: u64,
}

/// A photograph's place in the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ShotNo(pub usize);

/// All photographs of a day.
#[derive(Debug)]
pub(super) struct Film {
    seed: u64,
    shots: Vec<Shot>,
}

impl Film {
    /// An empty one.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            shots: vec![],
        }
    }

    /// Numbers for a purpose of this day.
    pub fn lot(&self, purpose: &[&str]) -> Lot {
        Lot::of(self.seed, purpose)
    }

    /// Puts a photograph at the end.
    pub fn add(&mut self, subject: Subject) -> ShotNo {
        let number = ShotNo(self.shots.len());
        // Two photographs of one thing are never the same picture.
        let seed = self.lot(&["shot", &number.0.to_string()]).next();
        self.shots.push(Shot { subject, seed });
        number
    }

    /// The photographs, in order.
    pub fn shots(self) -> Vec<Shot> {
        self.shots
    }
}

impl Shot {
    /// Takes it, as crews do.
    ///
    /// Errors: [`ImagingError::NotDigitPairs`] for an asset number that no bars can say.
    pub fn take(&self) -> Result<Vec<u8>, ImagingError> {
        self.take_as(Difficulty::Field)
    }

    /// Takes it, a label as hard to read as that.
    pub fn take_as(&self, difficulty: Difficulty) -> Result<Vec<u8>, ImagingError> {
        match &self.subject {
            Subject::Label(asset_no) => drawn::label(asset_no.as_str(), self.seed, difficulty),
            Subject::Display(digits) => drawn::display(digits, self.seed),
            Subject::Seal(seal_no) => {
                let number = seal_no.as_str();
                drawn::scene(Scene::Seal { number }, self.seed)
            }
            Subject::Wiring => drawn::scene(Scene::Wiring, self.seed),
            Subject::Site => drawn::scene(Scene::Panorama, self.seed),
        }
    }
}
