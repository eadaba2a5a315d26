//! A tablet: a real device in a folder of its own, whose clock and link the story holds.

use std::collections::BTreeSet;
use std::path::Path;

use domain::{
    Action, Decimal, Delivery, Need, Order, OrderId, Purpose, ReadingSource, Refusal, Register,
    RegisterReading, ScanSource, SealMark, Slot, Step, StepId,
};
use imaging::drawn::{self, Difficulty, Scene};
use tempfile::TempDir;
use work::{
    Chance, Clock, Device, Direction, Effort, Round, SetClock, Signature, Standing, Stroke,
    StrokePoint, WorkError,
};

use crate::{MORNING, Office, district};

/// A crew's tablet.
pub struct Tablet {
    /// The folder of its store.
    pub home: TempDir,
    /// Its clock.
    pub clock: SetClock,
    seed: u64,
    device: Option<Device>,
}

impl Tablet {
    /// A tablet of nobody.
    pub fn new(seed: u64) -> Self {
        Self::on(&std::env::temp_dir(), seed)
    }

    /// A tablet of nobody whose folder lies on some disk.
    pub fn on(disk: &Path, seed: u64) -> Self {
        let home = tempfile::tempdir_in(disk).unwrap();
        let mut tablet = Self {
            home,
            clock: SetClock::at(MORNING),
            seed,
            device: None,
        };
        tablet.start();
        tablet
    }

    /// A tablet of `crew-1`, enrolled at an office through the address it is told.
    pub async fn enrolled(office: &Office, address: &str, seed: u64) -> Self {
        Self::of_crew(office, address, district::crew(), seed).await
    }

    /// A tablet of a crew, enrolled at an office through the address it is told.
    pub async fn of_crew(office: &Office, address: &str, crew: domain::CrewId, seed: u64) -> Self {
        let tablet = Self::new(seed);
        tablet.joins(office, address, crew).await;
        tablet
    }

    /// Enrols with a fresh code of the crew's, at an office through the address it is told.
    pub async fn joins(&self, office: &Office, address: &str, crew: domain::CrewId) {
        let code = office.code(crew);
        let enrolled = self.device().enrol(&code, Some(address), "样例平板").await;
        enrolled.unwrap();
    }

    /// The device.
    pub fn device(&self) -> &Device {
        self.device.as_ref().expect("the tablet is on")
    }

    /// Switches it off, however it is.
    pub fn stop(&mut self) {
        self.device = None;
    }

    /// Switches it on.
    pub fn start(&mut self) {
        self.device = None;
        self.seed += 1_000;
        let clock = Clock::set(self.clock.clone());
        let device = Device::open(self.home.path(), clock, Chance::seeded(self.seed));
        self.device = Some(device.expect("the tablet starts"));
    }

    /// One round of sync.
    pub async fn round(&self) -> Round {
        self.device().sync_round().await.unwrap()
    }

    /// Rounds of sync until nothing waits.
    pub async fn sync(&self) -> Round {
        for _ in 0..20 {
            self.clock.pass(600_000);
            let round = self.round().await;
            if round.standing == Standing::Idle {
                return round;
            }
        }
        panic!(
            "sync does not come to rest: {:?}",
            self.round().await.standing
        );
    }

    /// An order as this tablet has it.
    pub fn order(&self, id: &OrderId) -> Order {
        self.device().order(id).unwrap().held.order
    }

    /// The word for how far it has got.
    pub fn delivery(&self, id: &OrderId) -> Option<Delivery> {
        self.device().order(id).unwrap().held.row.delivery()
    }

    /// Takes every meter of the issue list out of the cabinet.
    pub fn pick_up(&self) {
        for item in self.device().cabinet().unwrap() {
            let picked = self.device().cabinet_scan(
                Direction::PickUp,
                &item.asset_no,
                ScanSource::HardwareScanner,
                None,
                None,
            );
            picked.unwrap();
        }
    }

    /// Acts, or says why not.
    pub fn act(&self, id: &OrderId, action: Action) -> Result<Order, Refusal> {
        match self.device().act(id, action) {
            Ok(opened) => Ok(opened.held.order),
            Err(WorkError::Refused(refusal)) => Err(*refusal),
            Err(error) => panic!("{error:?}"),
        }
    }

    /// Keeps a photo at a step, different from every other of this tablet.
    pub fn photograph(&self, id: &OrderId, step: &StepId, purpose: Purpose) -> domain::Photo {
        let seed = self.device().stamp().boot_ms;
        self.clock.pass(1_000);
        let scene = match purpose {
            Purpose::Seal => Scene::Seal { number: "S000001" },
            Purpose::Wiring | Purpose::Terminal => Scene::Wiring,
            _ => Scene::Panorama,
        };
        let jpeg = drawn::scene(scene, seed).unwrap();
        let photo = self.device().prepare_photo(&jpeg, purpose, None).unwrap();
        self.act(
            id,
            Action::TakePhoto {
                step: step.clone(),
                photo: photo.clone(),
            },
        )
        .unwrap();
        photo
    }

    /// Scans a drawn photograph of a label.
    pub fn scan_label(&self, id: &OrderId, step: &StepId, asset_no: &domain::AssetNo) -> Action {
        let jpeg = drawn::label(asset_no.as_str(), self.seed, Difficulty::Easy).unwrap();
        let scanned = self
            .device()
            .scan_image(&jpeg, Some(id), Effort::Photo, None);
        let scanned = scanned.unwrap();
        let mut codes = scanned.codes.into_iter();
        let code = codes.find(|code| code.asset.is_ok() && !code.needs_eyes());
        let code = code.expect("the label is readable");
        Action::Scan {
            step: step.clone(),
            asset_no: code.asset.unwrap().asset_no,
            source: ScanSource::ImageFile,
            image: scanned.image,
            sighting: code.sighting.map(Box::new),
            overrules: vec![],
        }
    }

    /// Does all of order `n` that is still open and hands it in.
    pub fn finish(&self, n: u64) {
        let id = district::order_id(n);
        self.work(n, &BTreeSet::new());
        self.act(&id, Action::Complete).unwrap();
    }

    /// [`Tablet::finish`], unless the order was handed in already.
    pub fn finish_if_open(&self, n: u64) {
        if self.order(&district::order_id(n)).state.is_open() {
            self.finish(n);
        }
    }

    /// Does the open steps of order `n`, but stops before any of `stop_before`.
    pub fn work(&self, n: u64, stop_before: &BTreeSet<&str>) {
        let id = district::order_id(n);
        while let Some(step) = self.order(&id).next_step().cloned() {
            if stop_before.contains(step.id.as_str()) {
                return;
            }
            self.step(n, &step);
        }
    }

    fn step(&self, n: u64, step: &Step) {
        let id = district::order_id(n);
        let order = self.order(&id);
        let taken = order.photos.get(&step.id).map_or(0, Vec::len);
        let again = usize::from(order.reopened.contains(&step.id));
        for _ in taken..usize::from(step.photos.min) + again * taken {
            self.photograph(&id, &step.id, step.photos.purpose);
        }
        let order = self.order(&id);
        let action = match step.need {
            Need::Photos => return,
            Need::Scan {
                slot: Slot::OldMeter,
            } => self.scan_label(&id, &step.id, &district::old_meter(n)),
            Need::Scan { .. } => self.scan_label(&id, &step.id, &district::new_meter(n)),
            Need::Reading { slot } => {
                let hundredths = if slot == Slot::OldMeter { 123_456 } else { 12 };
                Action::Read {
                    step: step.id.clone(),
                    values: vec![RegisterReading {
                        register: Register::ForwardTotal,
                        value: Decimal::from_hundredths(hundredths),
                        source: ReadingSource::Typed,
                        also: vec![],
                    }],
                    readout: None,
                    sightings: vec![],
                    overrules: vec![],
                }
            }
            Need::Seals { .. } => Action::Seal {
                step: step.id.clone(),
                removed: vec![seal(&format!("S{n:06}"))],
                added: vec![seal(&format!("N{n:06}"))],
                overrules: vec![],
            },
            Need::Signature => Action::Sign {
                step: step.id.clone(),
                strokes: self.device().save_strokes(&strokes()).unwrap(),
                form_hash: domain::form(&order).hash(),
                signer: "本人".into(),
            },
            Need::Attach | Need::Note | Need::Card | Need::Token => {
                panic!("a replacement asks for no {:?}", step.need)
            }
        };
        self.act(&id, action).unwrap();
    }

    /// Every picture is what its log replays to, and the chain holds.
    pub fn check(&self) {
        for row in self.device().day("").unwrap().rows {
            let log = self.device().log(&row.id).unwrap();
            let stored = self.order(&row.id);
            assert_eq!(domain::replay(&log), Some(stored), "{}", row.id);
        }
    }
}

fn seal(number: &str) -> SealMark {
    SealMark {
        seal_no: number.into(),
        place: "cover".into(),
    }
}

fn strokes() -> Signature {
    let point = |x: f32, y: f32, t_ms| StrokePoint { x, y, t_ms };
    let points = vec![
        point(10.0, 20.0, 0),
        point(60.0, 90.0, 40),
        point(120.0, 30.0, 90),
    ];
    Signature {
        width: 600,
        height: 200,
        strokes: vec![Stroke { points }],
    }
}
