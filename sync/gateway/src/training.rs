//! Pictures to train the readers of labels and displays with: what crews agreed to, naming nobody.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use domain::{
    AssetNo, BlobHash, DisplayShows, DisplaySighting, Hash, Need, Order, OrderState, Record,
    Register, RegisterReading, Sighting, Slot, Step,
};
use image::{ImageFormat, ImageReader, Limits};
use serde::Serialize;
use wire::problem::Problem;

use crate::ledger::{Ledger, Tables};
use crate::{Chance, Error, Gateway};

/// The ledger's mark that holds the salt: the same meter has the same name in every export.
const SALT: &str = "training_salt";

/// The longest edge and the largest file a cut-out may have; ours have a third of it.
const EDGE_MAX_PX: u32 = 2_048;
const FILE_MAX_BYTES: u64 = 1 << 20;

/// Which pictures are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Rows of displays.
    Displays,
    /// Labels too, which show a meter's asset number.
    DisplaysAndLabels,
}

/// One picture and what it shows.
///
/// Shape: one JSON object a line. Nothing in it says whose meter it is, where, when or who read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sample {
    /// The picture's file.
    pub file: String,
    /// Which meter, under a name that only this office could undo: train and test are parted by it.
    pub meter: String,
    /// What was recorded; absent for a code, which nobody confirms.
    pub confirmed: Option<String>,
    /// What is on the picture.
    #[serde(flatten)]
    pub shows: Shows,
    /// What the program read at its likeliest, before it was judged.
    pub text: String,
    /// How sure it was, in thousandths.
    pub confidence: u16,
    /// Which version it was, with its weights.
    pub program: String,
    /// Whether a supervisor approved the order since.
    pub approved: bool,
}

/// What a picture shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "shows", rename_all = "snake_case")]
pub enum Shows {
    /// A register's row of digits.
    Register {
        /// Which.
        register: Register,
        /// What the program made of it; absent when it was not sure.
        read: Option<String>,
        /// Where the recorded value comes from: one the program proposed proves less.
        source: domain::ReadingSource,
    },
    /// An `Err-xx` code.
    Err {
        /// Its number, as the program read it.
        code: u8,
    },
    /// A label.
    Label {
        /// How its number was recorded.
        source: domain::ScanSource,
    },
}

/// What an export holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Training {
    /// The pictures as grey PNG, by file name; nothing but pixels is in them.
    pub pictures: BTreeMap<String, Vec<u8>>,
    /// One line for each, by file name.
    pub samples: Vec<Sample>,
    /// Agreed to, but the picture is not held here yet, or is none.
    pub left_out: u64,
    /// Sightings without consent.
    pub without_consent: u64,
}

impl Gateway {
    /// Everything crews agreed to, as the orders stand.
    ///
    /// Errors: those of the ledger; [`Error::NoChance`].
    pub fn training(&self, wanted: Wanted, chance: &Chance) -> Result<Training, Error> {
        let fresh = Hash::from_bytes(chance.bytes()?);
        let salt = salt(self.ledger().as_ref(), fresh)?;
        let mut found = self
            .ledger()
            .reading(|tables| agreed(tables, wanted, salt))?;
        let mut training = Training {
            without_consent: found.without_consent,
            ..Training::default()
        };
        // By names that follow from the salt: the order of lines tells nothing of a day's work.
        found
            .samples
            .sort_by(|(_, one), (_, two)| one.file.cmp(&two.file));
        for (crop, sample) in found.samples {
            match self.picture(crop)? {
                Some(png) => {
                    training.pictures.insert(sample.file.clone(), png);
                    training.samples.push(sample);
                }
                None => training.left_out += 1,
            }
        }
        Ok(training)
    }

    /// A cut-out drawn anew: whatever else its file held stays behind.
    fn picture(&self, crop: BlobHash) -> Result<Option<Vec<u8>>, Error> {
        let file = match self.blobs().open(crop) {
            Ok(file) => file,
            Err(Error::Refused(Problem::NotFound)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut bytes = vec![];
        let read = file.take(FILE_MAX_BYTES).read_to_end(&mut bytes);
        read.map_err(|source| Error::File {
            act: "read",
            path: "a cut-out".into(),
            source,
        })?;
        Ok(grey_png(&bytes))
    }
}

fn grey_png(jpeg: &[u8]) -> Option<Vec<u8>> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(EDGE_MAX_PX);
    limits.max_image_height = Some(EDGE_MAX_PX);
    let mut reader = ImageReader::with_format(Cursor::new(jpeg), ImageFormat::Jpeg);
    reader.limits(limits);
    let grey = reader.decode().ok()?.into_luma8();
    let mut png = Cursor::new(vec![]);
    grey.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(png.into_inner())
}

/// The office's salt; `fresh` from now on when it has none.
fn salt(ledger: &dyn Ledger, fresh: Hash) -> Result<Hash, Error> {
    ledger.writing(|tables| {
        let known = tables.mark(SALT)?.and_then(|text| Hash::parse(&text));
        if let Some(salt) = known {
            return Ok(salt);
        }
        tables.put_mark(SALT, &fresh.to_string())?;
        Ok(fresh)
    })
}

/// Samples with the cut-outs they are of.
#[derive(Default)]
struct Agreed {
    samples: Vec<(BlobHash, Sample)>,
    without_consent: u64,
}

fn agreed(tables: &dyn Tables, wanted: Wanted, salt: Hash) -> Result<Agreed, Error> {
    let mut found = Agreed::default();
    tables.order_ids(&mut |id| {
        if let Some(row) = tables.order(&id)? {
            found.look(&row.order, wanted, salt);
        }
        Ok(())
    })?;
    Ok(found)
}

impl Agreed {
    fn look(&mut self, order: &Order, wanted: Wanted, salt: Hash) {
        for step in &order.dispatch.procedure.steps {
            match order.work.get(&step.id) {
                Some(Record::Reading {
                    values, sightings, ..
                }) => {
                    for seen in sightings {
                        let sample = display(order, step, values, seen, salt);
                        self.take(&seen.sighting, sample);
                    }
                }
                Some(Record::Scan {
                    asset_no,
                    source,
                    sighting: Some(seen),
                    ..
                }) if wanted == Wanted::DisplaysAndLabels => {
                    let shows = Shows::Label { source: *source };
                    let confirmed = Some(asset_no.as_str().to_owned());
                    let sample = sample(order, Some(asset_no), seen, shows, confirmed, salt);
                    self.take(seen, Some(sample));
                }
                Some(_) | None => {}
            }
        }
    }

    fn take(&mut self, seen: &Sighting, sample: Option<Sample>) {
        match sample {
            Some(sample) if seen.may_train => self.samples.push((seen.crop, sample)),
            Some(_) => self.without_consent += 1,
            None => {}
        }
    }
}

/// `None` for a register that was read and not recorded.
fn display(
    order: &Order,
    step: &Step,
    values: &[RegisterReading],
    seen: &DisplaySighting,
    salt: Hash,
) -> Option<Sample> {
    let (shows, confirmed) = match seen.shows {
        DisplayShows::Register { register, read } => {
            let value = values.iter().find(|value| value.register == register)?;
            let shows = Shows::Register {
                register,
                read: read.map(|read| read.to_string()),
                source: value.source,
            };
            (shows, Some(value.value.to_string()))
        }
        DisplayShows::Err { code } => (Shows::Err { code }, None),
    };
    let meter = match step.need {
        Need::Reading {
            slot: Slot::OldMeter,
        } => order.dispatch.old_meter.as_ref().map(|old| &old.asset_no),
        Need::Reading { slot } => order.scanned(slot),
        _ => None,
    };
    Some(sample(order, meter, &seen.sighting, shows, confirmed, salt))
}

fn sample(
    order: &Order,
    meter: Option<&AssetNo>,
    seen: &Sighting,
    shows: Shows,
    confirmed: Option<String>,
    salt: Hash,
) -> Sample {
    // A meter nobody knows is one of its own for each order.
    let meter = meter.map_or(order.dispatch.id.as_str(), AssetNo::as_str);
    Sample {
        file: format!("{}.png", name(salt, "picture", seen.crop.as_bytes())),
        meter: name(salt, "meter", meter.as_bytes()),
        confirmed,
        shows,
        text: seen.text.clone(),
        confidence: seen.confidence,
        program: seen.program.clone(),
        approved: matches!(order.state, OrderState::Approved { .. }),
    }
}

/// A name that says nothing without the salt: 32 hexadecimal digits.
fn name(salt: Hash, of: &str, what: &[u8]) -> String {
    let hash = Hash::of_parts(&[
        b"metercrew/training/1",
        salt.as_bytes(),
        of.as_bytes(),
        what,
    ]);
    hash.to_string().chars().take(32).collect()
}
