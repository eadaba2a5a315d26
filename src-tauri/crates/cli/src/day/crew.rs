//! The crew: does what was planned, through the device, from photographs that lie as files.

use std::fs;
use std::path::Path;

use domain::{Action, AssetNo, BlobHash, OrderId, Overrule, Refusal, ScanSource, Sighting};
use work::drawn::Difficulty;
use work::{Device, Direction, Effort, Opened, WorkError};

use super::darkroom::Darkroom;
use super::film::{Shot, ShotNo, Subject};
use super::lot::Lot;
use super::plan::{Plan, Task};
use crate::CliError;

/// A label that was not read is photographed so often again before its number is typed: the last
/// time held straight and near.
const RETAKES: u64 = 3;

/// The crew at work.
#[derive(Debug)]
pub(super) struct Crew {
    device: Device,
    darkroom: Darkroom,
    seed: u64,
    photos: u64,
}

/// A number, how it was read and from what.
struct Read {
    asset_no: AssetNo,
    source: ScanSource,
    image: Option<BlobHash>,
    sighting: Option<Sighting>,
}

impl Crew {
    /// A crew with its photographs.
    pub fn new(device: Device, darkroom: Darkroom, seed: u64) -> Self {
        Self {
            device,
            darkroom,
            seed,
            photos: 0,
        }
    }

    /// Photographs that became evidence.
    pub fn photos(&self) -> u64 {
        self.photos
    }

    /// Takes an asset out of the cabinet.
    pub async fn pick_up(self, label: ShotNo) -> Result<Self, CliError> {
        self.beside(move |crew| {
            let read = crew.scan(label, None)?;
            let device = &crew.device;
            device.cabinet_scan(
                Direction::PickUp,
                &read.asset_no,
                read.source,
                read.image,
                read.sighting,
            )?;
            Ok(())
        })
        .await
    }

    /// Works an order to its end.
    pub async fn work(self, plan: Plan) -> Result<Self, CliError> {
        self.beside(move |crew| {
            let Plan { order, tasks } = plan;
            tasks
                .into_iter()
                .try_for_each(|task| crew.task(&order, task))
        })
        .await
    }

    /// The device's acts block; they run beside the runtime's threads.
    async fn beside(
        mut self,
        work: impl FnOnce(&mut Self) -> Result<(), CliError> + Send + 'static,
    ) -> Result<Self, CliError> {
        let done = tokio::task::spawn_blocking(move || work(&mut self).map(|()| self));
        done.await.unwrap_or(Err(CliError::Interrupted))
    }

    fn task(&mut self, order: &OrderId, task: Task) -> Result<(), CliError> {
        let action = match task {
            Task::Photo {
                step,
                purpose,
                place,
                shot,
            } => {
                let bytes = self.photograph(shot)?;
                let photo = self.device.prepare_photo(&bytes, purpose, place)?;
                self.photos += 1;
                Action::TakePhoto { step, photo }
            }
            Task::Scan { step, label } => {
                let read = self.scan(label, Some(order))?;
                Action::Scan {
                    step,
                    asset_no: read.asset_no,
                    source: read.source,
                    image: read.image,
                    sighting: read.sighting.map(Box::new),
                    overrules: vec![],
                }
            }
            Task::Read { step, values } => Action::Read {
                step,
                values,
                readout: None,
                sightings: vec![],
                overrules: vec![],
            },
            Task::Seal {
                step,
                removed,
                added,
            } => Action::Seal {
                step,
                removed,
                added,
                overrules: vec![],
            },
            Task::Attach { step, meters } => Action::Attach { step, meters },
            Task::Note { step, text } => Action::Note { step, text },
            Task::Token { step, token } => Action::DeliverToken { step, token },
            Task::Sign {
                step,
                strokes,
                signer,
            } => Action::Sign {
                step,
                form_hash: self.device.form(order)?.hash(),
                strokes: self.device.save_strokes(&strokes)?,
                signer,
            },
            Task::Complete => Action::Complete,
            Task::CouldNot { reason, remark } => Action::CouldNot { reason, remark },
        };
        self.act(order, action)?;
        Ok(())
    }

    /// Acts; where the rule book asks for a reason, gives the one a crew would.
    fn act(&self, order: &OrderId, action: Action) -> Result<Opened, WorkError> {
        let questions = match self.device.act(order, action.clone()) {
            Err(WorkError::Refused(refusal)) => match *refusal {
                Refusal::NeedsReason { questions } => questions,
                refusal => return Err(refusal.into()),
            },
            done => return done,
        };
        let reasons = questions.into_iter().map(|question| Overrule {
            check: question.check,
            reason: "现场核对无误".into(),
        });
        self.device
            .act(order, with_reasons(action, reasons.collect()))
    }

    /// A photograph's bytes, read from its file as from a camera's; the file is done with then.
    fn photograph(&self, number: ShotNo) -> Result<Vec<u8>, CliError> {
        let file = self.darkroom.file(number)?;
        let bytes = read(&file)?;
        fs::remove_file(&file).map_err(CliError::Darkroom)?;
        Ok(bytes)
    }

    /// The number on a label; a label that is not read is photographed again, and in the end typed.
    fn scan(&mut self, label: ShotNo, order: Option<&OrderId>) -> Result<Read, CliError> {
        let mut bytes = self.photograph(label)?;
        for retake in 1..=RETAKES {
            if let Some(read) = self.read_label(&bytes, order)? {
                self.photos += 1;
                return Ok(read);
            }
            bytes = self.retake(label, retake)?;
        }
        if let Some(read) = self.read_label(&bytes, order)? {
            self.photos += 1;
            return Ok(read);
        }
        let typed = match self.darkroom.shot(label).map(|shot| &shot.subject) {
            Some(Subject::Label(asset_no)) => asset_no.to_string(),
            Some(_) | None => String::new(),
        };
        match self.device.read_asset_no(&typed, order)? {
            Ok(read) => Ok(Read {
                asset_no: read.asset_no,
                source: ScanSource::TypedTwice,
                image: None,
                sighting: None,
            }),
            Err(_) => Err(CliError::NotRead { text: typed }),
        }
    }

    fn read_label(&self, bytes: &[u8], order: Option<&OrderId>) -> Result<Option<Read>, WorkError> {
        let scanned = self.device.scan_image(bytes, order, Effort::Photo, None)?;
        // Nobody here can compare a number with a label: what needs eyes is photographed again.
        let mut sure = scanned.codes.into_iter().filter(|code| !code.needs_eyes());
        Ok(sure.find_map(|code| {
            Some(Read {
                asset_no: code.asset.ok()?.asset_no,
                source: ScanSource::ImageFile,
                image: scanned.image,
                sighting: code.sighting,
            })
        }))
    }

    fn retake(&self, label: ShotNo, retake: u64) -> Result<Vec<u8>, CliError> {
        let first = self.darkroom.shot(label);
        let subject = first.map_or(Subject::Site, |shot| shot.subject.clone());
        let purpose = ["retake", &label.0.to_string(), &retake.to_string()];
        let shot = Shot {
            subject,
            seed: Lot::of(self.seed, &purpose).next(),
        };
        let difficulty = match retake {
            RETAKES => Difficulty::Easy,
            _ => Difficulty::Field,
        };
        let taken = shot.take_as(difficulty).map_err(WorkError::from)?;
        Ok(taken)
    }
}

fn read(file: &Path) -> Result<Vec<u8>, CliError> {
    fs::read(file).map_err(|source| CliError::Unreadable {
        path: file.to_owned(),
        source,
    })
}

fn with_reasons(mut action: Action, reasons: Vec<Overrule>) -> Action {
    match &mut action {
        Action::Scan { overrules, .. }
        | Action::Read { overrules, .. }
        | Action::Seal { overrules, .. } => *overrules = reasons,
        Action::TakePhoto { .. }
        | Action::WithdrawPhoto { .. }
        | Action::Attach { .. }
        | Action::Note { .. }
        | Action::DeliverToken { .. }
        | Action::Sign { .. }
        | Action::Complete
        | Action::CouldNot { .. }
        | Action::Reopen => {}
    }
    action
}
