//! A device and a real gateway on a free port: enrol, work, sync, come back from a backup.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::*;
use gateway::ledger::Crew;
use metercrew_work as work;
use tempfile::TempDir;
use tokio::net::TcpListener;
use uuid::Uuid;
use work::{Chance, Clock, Device, Direction, SetClock, Signature, Standing, Stroke, StrokePoint};

const NOON: Millis = Millis(1_766_000_000_000);

struct World {
    home: TempDir,
    office: Arc<gateway::Gateway>,
    url: String,
}

impl World {
    async fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let listen = listener.local_addr().unwrap();
        let url = format!("http://{listen}");
        let config = gateway::Config {
            ledger: home.path().join("ledger.db"),
            blobs: home.path().join("blobs"),
            board: None,
            listen,
            public_url: url.clone(),
            utc_offset_minutes: 480,
        };
        let (clock, _) = gateway::Clock::standing(NOON);
        let chance = gateway::Chance::seeded(1);
        let office = gateway::Gateway::open(config, clock, chance).unwrap();
        let routes = gateway::routes(office.clone());
        tokio::spawn(gateway::serve(listener, routes, std::future::pending()));
        let crew = Crew {
            crew: "crew-1".into(),
            crew_name: "一班".into(),
        };
        let ledger = office.ledger();
        ledger.put_crew(&crew, &"op-1".into()).unwrap();
        ledger.put_stock(&[issued()]).unwrap();
        ledger.dispatch(replace(), NOON).unwrap();
        Self { home, office, url }
    }

    fn dir(&self) -> PathBuf {
        self.home.path().join("tablet")
    }

    fn tablet(&self, seed: u64) -> Device {
        tablet_in(&self.dir(), seed)
    }

    async fn enrolled(&self) -> Device {
        self.joined(self.tablet(1), "ABCD-EFGH").await
    }

    /// The same tablet, of `crew-1` now.
    async fn joined(&self, device: Device, code: &str) -> Device {
        let hash = gateway::auth::code_hash(code);
        let until = Millis(NOON.0 + 1_000);
        let ledger = self.office.ledger();
        ledger
            .put_code(hash, &"crew-1".into(), None, until)
            .unwrap();
        let who = device
            .enrol(&code.to_lowercase(), Some(&self.url), "tablet")
            .await;
        assert_eq!(who.unwrap().crew_name, "一班");
        device
    }

    /// Dispatches an order for a card, which may be one blank.
    fn wants_card(&self) {
        let ledger = self.office.ledger();
        let blank = CardSerial::from_bytes([1; 8]);
        ledger
            .register_blanks(&"crew-1".into(), &[blank], NOON)
            .unwrap();
        let dispatch = Dispatch {
            id: card_order(),
            card: Some(card_task()),
            procedure: Procedure::built_in_for(OrderKind::Replace).fitted(true, false),
            ..replace()
        };
        ledger.dispatch(dispatch, NOON).unwrap();
    }
}

fn tablet_in(dir: &Path, seed: u64) -> Device {
    // A tablet a day slow.
    let clock = SetClock::at(Millis(NOON.0 - 86_400_000));
    Device::open(dir, Clock::set(clock), Chance::seeded(seed)).unwrap()
}

fn card_order() -> OrderId {
    "o-card".into()
}

fn card_task() -> CardTask {
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: CustomerNo::default(),
        meter: None,
        purchases: vec![],
        count: 1,
        carried_max: Fen::ZERO,
        limit: None,
        alarm_1: Fen::ZERO,
        alarm_2: Fen::ZERO,
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn asset(digits: &str) -> AssetNo {
    AssetRule::state_grid().with_check_digit(digits).unwrap()
}

fn old_meter() -> AssetNo {
    asset("413000100000000000001")
}

fn new_meter() -> AssetNo {
    asset("413000100000000000002")
}

fn model() -> MeterModel {
    MeterModel {
        wiring: Wiring::SinglePhase,
        prepaid: false,
        digits: RegisterDigits {
            integer: 6,
            decimal: 2,
        },
        registers: vec![Register::ForwardTotal],
    }
}

fn issued() -> StockItem {
    StockItem {
        asset_no: new_meter(),
        kind: AssetKind::Meter,
        model: Some(model()),
        comm_address: None,
        holder: Holder::Cabinet {
            issued_to: Some("crew-1".into()),
        },
    }
}

fn replace() -> Dispatch {
    Dispatch {
        id: "o-1".into(),
        revision: 1,
        kind: OrderKind::Replace,
        reason: Some(ReplaceReason::Rotation),
        account: Account {
            account_no: "0001234567".into(),
            customer: "王小明".into(),
            address: "某村 1 号".into(),
            phone: String::new(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: Some(OldMeter {
            asset_no: old_meter(),
            model: model(),
            last_billed: vec![],
            seals: vec![],
        }),
        new_meter: Some(model()),
        old_terminal: None,
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: None,
        crew: "crew-1".into(),
        procedure: Procedure::built_in_for(OrderKind::Replace),
        remark: String::new(),
    }
}

fn order() -> OrderId {
    "o-1".into()
}

/// Does the whole order, step by step, as a crew does.
fn do_it(device: &Device) {
    device
        .cabinet_scan(
            Direction::PickUp,
            &new_meter(),
            ScanSource::Camera,
            None,
            None,
        )
        .unwrap();
    for seed in 0..20 {
        let held = device.order(&order()).unwrap().held;
        let Some(step) = held.order.next_step().cloned() else {
            break;
        };
        let taken = held.order.photos.get(&step.id).map_or(0, Vec::len);
        if taken < usize::from(step.photos.min) {
            let file = imaging::drawn::scene(imaging::drawn::Scene::Wiring, seed).unwrap();
            let photo = device
                .prepare_photo(&file, step.photos.purpose, None)
                .unwrap();
            let step = step.id.clone();
            device
                .act(&order(), Action::TakePhoto { step, photo })
                .unwrap();
            continue;
        }
        let action = by_need(device, &step);
        device.act(&order(), action).unwrap();
    }
    device.act(&order(), Action::Complete).unwrap();
}

fn by_need(device: &Device, step: &Step) -> Action {
    let id = step.id.clone();
    match step.need {
        Need::Scan { slot } => Action::Scan {
            step: id,
            asset_no: match slot {
                Slot::OldMeter => old_meter(),
                _ => new_meter(),
            },
            source: ScanSource::Camera,
            image: None,
            sighting: None,
            overrules: vec![],
        },
        Need::Reading { .. } => Action::Read {
            step: id,
            values: vec![RegisterReading {
                register: Register::ForwardTotal,
                value: Decimal::from_hundredths(1_234),
                source: ReadingSource::Typed,
                also: vec![],
            }],
            readout: None,
            sightings: vec![],
            overrules: vec![],
        },
        Need::Seals { .. } => Action::Seal {
            step: id,
            removed: vec![],
            added: vec![SealMark {
                seal_no: "s-1".into(),
                place: "cover".into(),
            }],
            overrules: vec![],
        },
        Need::Note => Action::Note {
            step: id,
            text: "无异常".into(),
        },
        Need::Signature => Action::Sign {
            step: id,
            strokes: device.save_strokes(&strokes()).unwrap(),
            form_hash: device.form(&order()).unwrap().hash(),
            signer: "本人".into(),
        },
        Need::Photos | Need::Attach | Need::Card | Need::Token => {
            panic!("no such step is open: {step:?}")
        }
    }
}

fn strokes() -> Signature {
    let point = StrokePoint {
        x: 1.0,
        y: 2.0,
        t_ms: 3,
    };
    Signature {
        width: 800,
        height: 300,
        strokes: vec![Stroke {
            points: vec![point; 4],
        }],
    }
}

fn delivery(device: &Device) -> Option<Delivery> {
    device.order(&order()).unwrap().held.row.delivery()
}

#[tokio::test]
async fn a_whole_order_gets_to_the_office_and_a_second_round_moves_nothing() {
    let world = World::new().await;
    let device = world.enrolled().await;
    let first = device.sync_round().await.unwrap();
    assert_eq!((&first.standing, first.orders_down), (&Standing::Idle, 1));
    do_it(&device);
    assert_eq!(delivery(&device), Some(Delivery::SavedHere));
    let round = device.sync_round().await.unwrap();
    assert_eq!(round.standing, Standing::Idle);
    assert_eq!(round.events_refused, 0);
    assert_eq!(
        round.blobs_up, 9,
        "four photos, their thumbnails, the signature"
    );
    assert_eq!(delivery(&device), Some(Delivery::InOffice));

    let dossier = world.office.ledger().dossier(&order()).unwrap();
    let ours = device.order(&order()).unwrap().held.order;
    assert_eq!(dossier.row.order, ours, "both sides have one picture");
    for hash in &ours.manifest {
        let held = world.office.ledger().blob(*hash).unwrap();
        assert!(held.is_some(), "evidence {hash}");
    }

    let again = device.sync_round().await.unwrap();
    let moved = (again.events_up, again.blobs_up, again.orders_down);
    assert_eq!(moved, (0, 0, 0));
    assert_eq!(again.bytes_up, 0);
}

#[tokio::test]
async fn a_clock_a_day_off_is_known_after_the_first_word_with_the_gateway() {
    let world = World::new().await;
    let device = world.enrolled().await;
    assert_eq!(device.stamp().best(), NOON);
    device.sync_round().await.unwrap();
    do_it(&device);
    drop(device);
    assert_eq!(
        world.tablet(2).stamp().best(),
        NOON,
        "after a start as well"
    );
}

#[tokio::test]
async fn a_tablet_from_a_backup_loses_nothing_it_did_before_or_after() {
    let world = World::new().await;
    let device = world.enrolled().await;
    device.sync_round().await.unwrap();
    let note = |text: &str| Action::Note {
        step: "note".into(),
        text: text.into(),
    };
    device.act(&order(), note("first")).unwrap();
    device.sync_round().await.unwrap();
    drop(device);
    let backup = world.home.path().join("backup");
    copy(&world.dir(), &backup);

    let device = world.tablet(2);
    device.act(&order(), note("after the backup")).unwrap();
    device.sync_round().await.unwrap();
    drop(device);
    fs::remove_dir_all(world.dir()).unwrap();
    fs::rename(&backup, world.dir()).unwrap();

    let device = world.tablet(3);
    device
        .act(&order(), note("on the restored tablet"))
        .unwrap();
    let round = device.sync_round().await.unwrap();
    assert_eq!(round.standing, Standing::Idle);
    let mut notes = vec![];
    for entry in device.log(&order()).unwrap() {
        if let EntryBody::Field { event, .. } = entry.body
            && let OrderEvent::Noted { text, .. } = *event
        {
            assert!(entry.change.is_some(), "{text} is in the office");
            notes.push(text);
        }
    }
    let wanted = ["first", "after the backup", "on the restored tablet"];
    assert_eq!(notes, wanted);
    let again = device.sync_round().await.unwrap();
    assert_eq!((again.standing, again.events_up), (Standing::Idle, 0));
}

#[tokio::test]
async fn sync_runs_by_itself_when_there_is_work() {
    let world = World::new().await;
    let device = world.enrolled().await;
    let mut changes = device.changes();
    let running = {
        let device = device.clone();
        tokio::spawn(async move { device.run_sync().await })
    };
    let limit = std::time::Duration::from_secs(20);
    let told = tokio::time::timeout(limit, changes.recv()).await.unwrap();
    assert_eq!(told.unwrap().orders, [order()], "the order came down");
    do_it(&device);
    let arrived = async {
        while delivery(&device) != Some(Delivery::InOffice) {
            changes.recv().await.unwrap();
        }
    };
    tokio::time::timeout(limit, arrived).await.unwrap();
    running.abort();
}

#[tokio::test]
async fn a_code_that_was_used_or_never_made_is_said_to_be_unknown() {
    let world = World::new().await;
    let device = world.enrolled().await;
    for code in ["ABCD-EFGH", "AAAA-AAAA"] {
        let failed = device.enrol(code, Some(&world.url), "tablet").await;
        assert_eq!(failed.unwrap_err().code(), "code_unknown", "{code}");
    }
    let still = device.enrolment().unwrap().unwrap();
    assert_ne!(still.device.0, Uuid::nil(), "it stays who it was");
}

/// Until when the card of the order may be begun on this device; `None` without leave.
fn leave_until(device: &Device) -> Option<Millis> {
    device.look_at_card(&card_order(), None).unwrap().expires_at
}

fn leave(device: &Device) -> Option<CardAuthorisation> {
    let order = device.order(&card_order()).unwrap().held.order;
    order.authorisation.and_then(|signed| signed.read())
}

fn diagnostics(device: &Device) -> String {
    fs::read_to_string(device.export_diagnostics().unwrap()).unwrap()
}

#[tokio::test]
async fn leave_for_a_card_comes_down_in_the_round_that_brings_its_order() {
    let world = World::new().await;
    world.wants_card();
    let device = world.enrolled().await;
    let round = device.sync_round().await.unwrap();
    assert_eq!(round.standing, Standing::Idle);
    let given = leave(&device).unwrap();
    assert_eq!(given.device, device.enrolment().unwrap().unwrap().device);
    assert_eq!(leave_until(&device), Some(given.expires_at));
    assert_eq!(given.cards, [CardSerial::from_bytes([1; 8])]);

    let again = device.sync_round().await.unwrap();
    assert_eq!(
        (again.bytes_up, again.orders_down),
        (0, 0),
        "it is not asked for again"
    );
    assert_eq!(leave(&device), Some(given.clone()));

    let changed = Dispatch {
        revision: 2,
        card: Some(CardTask {
            carried_max: Fen::new(500).unwrap(),
            ..card_task()
        }),
        ..device.order(&card_order()).unwrap().held.order.dispatch
    };
    world.office.ledger().dispatch(changed, NOON).unwrap();
    device.sync_round().await.unwrap();
    let anew = leave(&device).unwrap();
    assert_ne!(anew.id, given.id);
    assert_eq!(
        anew.task.carried_max,
        Fen::new(500).unwrap(),
        "what the office wants now"
    );
}

#[tokio::test]
async fn leave_that_another_tablet_has_is_refused_and_holds_up_nothing() {
    let world = World::new().await;
    world.wants_card();
    let first = world.enrolled().await;
    first.sync_round().await.unwrap();
    let second = tablet_in(&world.home.path().join("second"), 5);
    let second = world.joined(second, "BBBB-BBBB").await;
    for _ in 0..2 {
        let round = second.sync_round().await.unwrap();
        assert_eq!(round.standing, Standing::Idle);
    }
    assert_eq!(leave_until(&second), None);
    assert!(leave(&second).is_some(), "it stands in the order's log");
    assert!(diagnostics(&second).contains("card_leave_out"));
    assert!(leave_until(&first).is_some());
}

#[tokio::test]
async fn leave_signed_by_somebody_else_is_never_used_and_an_engineer_hears_of_it() {
    let world = World::new().await;
    world.wants_card();
    let device = world.enrolled().await;
    let ledger = world.office.ledger();
    let who = device.enrolment().unwrap().unwrap().device;
    let row = ledger.device(who).unwrap().unwrap();
    let fresh = AuthorisationId(Uuid::from_u128(1));
    let somebody = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
    let terms = gateway::ledger::LeaveTerms::default();
    ledger
        .authorise_card(&card_order(), &row, fresh, terms, &somebody, NOON)
        .unwrap();
    let round = device.sync_round().await.unwrap();
    assert_eq!(round.standing, Standing::Idle);
    assert_eq!(leave(&device).map(|leave| leave.id), Some(fresh));
    assert_eq!(leave_until(&device), None);
    assert!(diagnostics(&device).contains("card_leave_not_signed"));
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
