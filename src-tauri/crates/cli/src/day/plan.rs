//! What will happen at an order, decided before anything does: step by step, as its procedure says.

use domain::{
    Answered, AssetNo, AttachedMeter, CommAddress, Decimal, MeterModel, Need, Order, OrderId,
    Photo, Place, Procedure, Purpose, ReasonCode, RegisterReading, Requirement, SealMark, SealNo,
    Slot, Step, StepId, StockItem, StsToken, Words,
};
use work::{Signature, Stroke, StrokePoint};

use super::film::{Film, ShotNo, Subject};
use super::lot::Lot;
use super::reading;

/// How an order is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// Done.
    Done,
    /// The crew finds that it cannot be done.
    CouldNot,
    /// The cabinet had nothing that fits, or there is no reader for the card.
    NoMaterial,
}

/// One order's work.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    /// Which order.
    pub order: OrderId,
    /// What is done, in this order.
    pub tasks: Vec<Task>,
}

/// One thing a crew does.
#[derive(Debug, Clone)]
pub(super) enum Task {
    /// Takes a photo.
    Photo {
        step: StepId,
        purpose: Purpose,
        place: Option<Place>,
        shot: ShotNo,
    },
    /// Photographs a label and takes the number the device reads from it.
    Scan { step: StepId, label: ShotNo },
    /// Types what the display shows.
    Read {
        step: StepId,
        values: Vec<RegisterReading>,
    },
    /// Notes seals.
    Seal {
        step: StepId,
        removed: Vec<SealMark>,
        added: Vec<SealMark>,
    },
    /// Notes the meters under a terminal.
    Attach {
        step: StepId,
        meters: Vec<AttachedMeter>,
    },
    /// Writes a remark.
    Note { step: StepId, text: String },
    /// Hands an STS token over.
    Token { step: StepId, token: StsToken },
    /// Has the customer sign.
    Sign {
        step: StepId,
        strokes: Signature,
        signer: String,
    },
    /// Hands it in.
    Complete,
    /// Ends it undone.
    CouldNot { reason: ReasonCode, remark: String },
}

/// One order in so many gets a remark from the crew.
const REMARK_ONE_IN: u64 = 5;

/// How far from the account's place a photo is taken. Unit: 10⁻⁷ degrees; some ten metres.
const STROLL_E7: i64 = 900;

/// What the tablet claims to know its place by. Unit: metres.
const ACCURACY_M: u32 = 8;

/// The canvas a customer signs on.
const CANVAS: (u32, u32) = (800, 300);

/// Thinks an order through.
pub(super) fn plan(
    order: &Order,
    new_asset: Option<&StockItem>,
    ending: Ending,
    film: &mut Film,
) -> Plan {
    let lot = film.lot(&["order", order.dispatch.id.as_str()]);
    let mut visit = Visit {
        order,
        new_asset,
        lot,
        film,
        tasks: vec![],
    };
    match ending {
        Ending::Done => visit.whole(),
        Ending::CouldNot => visit.in_vain(None),
        Ending::NoMaterial => visit.in_vain(Some("no_material")),
    }
    Plan {
        order: order.dispatch.id.clone(),
        tasks: visit.tasks,
    }
}

struct Visit<'a> {
    order: &'a Order,
    new_asset: Option<&'a StockItem>,
    lot: Lot,
    film: &'a mut Film,
    tasks: Vec<Task>,
}

impl Visit<'_> {
    /// Every step that is still open, then in it goes.
    fn whole(&mut self) {
        let procedure = self.order.dispatch.procedure.clone();
        for step in &procedure.steps {
            let welcome = match step.requirement {
                Requirement::Required => true,
                Requirement::Optional => self.lot.next().is_multiple_of(REMARK_ONE_IN),
            };
            if welcome && !self.order.is_done(step) {
                self.step(step);
            }
        }
        self.tasks.push(Task::Complete);
    }

    /// A photo of why, and the reason.
    fn in_vain(&mut self, reason: Option<&str>) {
        let procedure = &self.order.dispatch.procedure;
        let Some((code, title)) = choose(procedure, reason, &mut self.lot) else {
            return self.whole();
        };
        if let Some(step) = procedure.steps.first() {
            self.photo(step, Purpose::Fault);
        }
        self.tasks.push(Task::CouldNot {
            reason: code,
            remark: format!("{}，已拍照留证，请另约时间", title.zh),
        });
    }

    fn step(&mut self, step: &Step) {
        let values = match step.need {
            Need::Reading { slot } => self.read(slot),
            _ => vec![],
        };
        let added = match step.need {
            Need::Seals { add_min } => self.new_seals(add_min.max(1)),
            _ => vec![],
        };
        let taken: &[Photo] = self.order.photos.get(&step.id).map_or(&[], Vec::as_slice);
        let taken = u8::try_from(taken.len()).unwrap_or(u8::MAX);
        for number in 0..step.photos.min.saturating_sub(taken) {
            match step.need {
                Need::Reading { slot } => self.photo_of_display(step, slot, &values, number),
                Need::Seals { .. } => self.photo_of_seal(step, &added, number),
                _ => self.photo(step, step.photos.purpose),
            }
        }
        self.record(step, values, added);
    }

    fn record(&mut self, step: &Step, values: Vec<RegisterReading>, added: Vec<SealMark>) {
        let id = step.id.clone();
        let dispatch = &self.order.dispatch;
        let task = match step.need {
            Need::Photos => return,
            Need::Scan { slot } => {
                let Some(asset_no) = self.asset(slot) else {
                    return;
                };
                Task::Scan {
                    step: id,
                    label: self.film.add(Subject::Label(asset_no)),
                }
            }
            Need::Reading { .. } => Task::Read { step: id, values },
            Need::Seals { .. } => Task::Seal {
                step: id,
                removed: self.old_seals(),
                added,
            },
            Need::Attach => Task::Attach {
                step: id,
                meters: dispatch.terminal_meters.iter().zip(1..).map(hung).collect(),
            },
            Need::Token => {
                let Some(token) = dispatch.token else {
                    return;
                };
                Task::Token { step: id, token }
            }
            // a made-up crew has no card reader, and gives such an order up before it comes here
            Need::Card => return,
            Need::Note => Task::Note {
                step: id,
                text: "现场整洁，无遗留物".into(),
            },
            Need::Signature => Task::Sign {
                step: id,
                strokes: signature(&mut self.lot),
                signer: match dispatch.account.customer.trim() {
                    "" => "家属".into(),
                    customer => customer.to_owned(),
                },
            },
        };
        self.tasks.push(task);
    }

    fn take(&mut self, step: &Step, purpose: Purpose, subject: Subject) {
        let place = self.order.dispatch.account.place.map(|place| Place {
            lat_e7: self.near(place.lat_e7),
            lon_e7: self.near(place.lon_e7),
            accuracy_m: ACCURACY_M,
        });
        let shot = self.film.add(subject);
        self.tasks.push(Task::Photo {
            step: step.id.clone(),
            purpose,
            place,
            shot,
        });
    }

    fn near(&mut self, e7: i32) -> i32 {
        let stroll = self.lot.between(-STROLL_E7, STROLL_E7);
        i32::try_from(i64::from(e7) + stroll).unwrap_or(e7)
    }

    fn photo(&mut self, step: &Step, purpose: Purpose) {
        let slot = match step.need {
            Need::Scan { slot } | Need::Reading { slot } => Some(slot),
            _ => None,
        };
        let label = slot.and_then(|slot| self.asset(slot));
        let subject = match purpose {
            Purpose::Nameplate | Purpose::Reading => label.map_or(Subject::Site, Subject::Label),
            Purpose::Terminal => {
                let terminal = label.or_else(|| self.terminal());
                terminal.map_or(Subject::Site, Subject::Label)
            }
            Purpose::Wiring | Purpose::Fault => Subject::Wiring,
            Purpose::Site | Purpose::Seal => Subject::Site,
        };
        self.take(step, purpose, subject);
    }

    /// The display as it stands at the register, the total first.
    fn photo_of_display(&mut self, step: &Step, slot: Slot, values: &[RegisterReading], at: u8) {
        let shown = values.get(usize::from(at)).or(values.first());
        let shown = shown.map_or(Decimal::default(), |reading| reading.value);
        let digits = match self.model(slot) {
            Some(model) => reading::display(model, shown),
            None => shown.to_string(),
        };
        self.take(step, step.photos.purpose, Subject::Display(digits));
    }

    fn photo_of_seal(&mut self, step: &Step, added: &[SealMark], at: u8) {
        let seal = added.get(usize::from(at)).or(added.first());
        let subject = seal.map_or(Subject::Site, |seal| Subject::Seal(seal.seal_no.clone()));
        self.take(step, step.photos.purpose, subject);
    }

    fn read(&mut self, slot: Slot) -> Vec<RegisterReading> {
        let Some(model) = self.model(slot).cloned() else {
            return vec![];
        };
        match (slot, &self.order.dispatch.old_meter) {
            (Slot::OldMeter, Some(meter)) => {
                reading::old(&model, &meter.last_billed, &mut self.lot)
            }
            _ => reading::new(&model, &mut self.lot),
        }
    }

    fn model(&self, slot: Slot) -> Option<&MeterModel> {
        let dispatch = &self.order.dispatch;
        match slot {
            Slot::OldMeter => dispatch.old_meter.as_ref().map(|meter| &meter.model),
            Slot::NewMeter | Slot::OldTerminal | Slot::NewTerminal => {
                let item = self.new_asset.and_then(|item| item.model.as_ref());
                item.or(dispatch.new_meter.as_ref())
            }
        }
    }

    /// The asset that hangs there, or that the crew has brought.
    fn asset(&self, slot: Slot) -> Option<AssetNo> {
        let dispatch = &self.order.dispatch;
        match slot {
            Slot::OldMeter => dispatch.old_meter.as_ref().map(|old| old.asset_no.clone()),
            Slot::OldTerminal => dispatch.old_terminal.clone(),
            Slot::NewMeter | Slot::NewTerminal => {
                let brought = self.new_asset.map(|item| item.asset_no.clone());
                brought.or_else(|| self.order.scanned(slot).cloned())
            }
        }
    }

    fn terminal(&self) -> Option<AssetNo> {
        self.asset(Slot::NewTerminal)
            .or_else(|| self.asset(Slot::OldTerminal))
    }

    fn old_seals(&self) -> Vec<SealMark> {
        let old = self.order.dispatch.old_meter.as_ref();
        let seals = old.map_or(&[] as &[SealNo], |old| old.seals.as_slice());
        let places = ["cover", "terminals", "box"];
        let mark = |(seal_no, place): (&SealNo, &str)| SealMark {
            seal_no: seal_no.clone(),
            place: place.to_owned(),
        };
        seals
            .iter()
            .zip(places.into_iter().cycle())
            .map(mark)
            .collect()
    }

    /// Numbers a crew's reel of seals could have; drawn so that no two orders share one.
    fn new_seals(&mut self, count: u8) -> Vec<SealMark> {
        let reel = self.lot.next() % 100_000_000;
        let mark = |number: u8| SealMark {
            seal_no: SealNo::new(format!("YX{reel:08}{number:02}")),
            place: match number {
                1 => "cover",
                2 => "terminals",
                _ => "box",
            }
            .to_owned(),
        };
        (1..=count).map(mark).collect()
    }
}

/// The reason that is asked for, else one by lot; the last where the procedure has no such code.
fn choose(
    procedure: &Procedure,
    wanted: Option<&str>,
    lot: &mut Lot,
) -> Option<(ReasonCode, Words)> {
    let reasons = &procedure.could_not;
    let reason = match wanted {
        Some(code) => {
            let found = reasons.iter().find(|reason| reason.code.as_str() == code);
            found.or(reasons.last())
        }
        None => lot.pick(reasons),
    };
    reason.map(|reason| (reason.code.clone(), reason.title.clone()))
}

fn hung((asset_no, measuring_point): (&AssetNo, u16)) -> AttachedMeter {
    AttachedMeter {
        asset_no: asset_no.clone(),
        comm_address: CommAddress::new(asset_no.address_hint().unwrap_or(asset_no.as_str())),
        measuring_point,
        answered: Answered::Yes,
    }
}

/// Three strokes of a hand in a hurry.
fn signature(lot: &mut Lot) -> Signature {
    let (width, height) = CANVAS;
    let mut t_ms = 0;
    let mut stroke = |from: i64| {
        let (mut x, mut y) = (from, 150 + lot.between(-60, 60));
        let points = (0..24).map(|_| {
            x += lot.between(2, 14);
            y = (y + lot.between(-22, 22)).clamp(10, i64::from(height) - 10);
            t_ms += 12;
            StrokePoint {
                x: x as f32,
                y: y as f32,
                t_ms,
            }
        });
        Stroke {
            points: points.collect(),
        }
    };
    Signature {
        width,
        height,
        strokes: [60, 270, 480].map(&mut stroke).to_vec(),
    }
}
