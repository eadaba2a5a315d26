//! What the screens are told: one type for each question they may ask.
//!
//! Names are the same in Rust, JSON and TypeScript (snake_case); the TypeScript side is generated
//! into `ui/src/host/bindings` and committed.

mod cabinet;
mod card;
mod display;
mod failure;
mod order;
mod reading;
mod scan;
mod status;
mod sync;
mod today;

use domain::{
    Action, ActionKind, Anomaly, Answered, Appointment, AssetFault, AssetKind, AssetNo, BlobHash,
    Delivery, Entry, Form, MeterModel, Millis, Order, OrderId, OrderKind, Photo, Place, Record,
    Remark, ReplaceReason, ScanSource, SeenBy, Sighting, Step, StepId,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use card::{
    CardCondition, CardEnd, CardInReader, CardOpen, CardStep, CardView, ShownRemainder,
};
pub use display::{DisplayRowView, DisplayView};
pub use failure::Failure;
pub use reading::{MeterPort, MeterPorts, MeterProgress, ReadingRow, ReadingSheet};

/// Answer to `status`: who this device is.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Status {
    /// Absent until the device is enrolled.
    pub enrolled: Option<EnrolledView>,
    /// The app's version.
    pub version: String,
    /// Something that happened to the store and a person should know.
    pub notice: Option<StoreNotice>,
    /// The route the crew was on when the app last ran: `order/o-17/old_reading`.
    pub route: Option<String>,
    /// Settings.
    pub settings: Settings,
}

/// An enrolled device.
#[derive(Debug, Clone, Serialize, TS)]
pub struct EnrolledView {
    /// What the crew is called.
    pub crew_name: String,
    /// Who works with it.
    pub operator: String,
    /// What the device is called.
    pub device_name: String,
    /// Where its gateway is.
    pub gateway: String,
}

/// Something that happened to the store.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum StoreNotice {
    /// The database was damaged: it was moved aside, and what could be read was brought over.
    Salvaged {
        /// Where the damaged file is now.
        moved_to: String,
        /// Unsent events that were brought over.
        events: u32,
    },
    /// The database was written by a newer app: it was moved aside.
    Newer {
        /// Where it is now.
        moved_to: String,
    },
}

/// What a person may set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Settings {
    /// `zh` or `en`.
    pub language: Language,
    /// Light, dark or as the system.
    pub theme: Theme,
    /// Text size. Unit: percent, 100–200.
    pub text_percent: u16,
    /// Whether cut-outs and confirmed values may train the next version of the readers.
    #[serde(default)]
    pub may_train: bool,
    /// Whether the app makes no sound; it still vibrates.
    #[serde(default)]
    pub quiet: bool,
}

/// Language of the screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    /// Chinese.
    Zh,
    /// English.
    En,
}

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// For the sun.
    Light,
    /// For cabinets and nights.
    Dark,
    /// As the system has it.
    System,
}

/// How today's orders are sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// By appointment.
    Appointment,
    /// By distance from here.
    Distance,
}

/// Question `today`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct TodayAsk {
    /// What is searched for, over account number, name, address and meter number; may be empty.
    pub search: String,
    /// Sorted how.
    pub sort: Sort,
    /// Where the tablet is, when it knows.
    pub here: Option<Place>,
    /// No more orders of a group than this, but for those in `whole`: the others are counted only.
    pub first: u32,
    /// Groups of which every order is wanted.
    pub whole: Vec<GroupKind>,
}

/// Answer to `today`.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Today {
    /// Orders by group, groups in the order they are shown; empty groups are left out.
    pub groups: Vec<Group>,
    /// How many orders are how far.
    pub delivery: DeliveryCounts,
    /// How many orders this device has in all.
    pub total: u32,
}

/// Orders that stand alike.
#[derive(Debug, Clone, Serialize, TS)]
pub struct Group {
    /// How they stand.
    pub group: GroupKind,
    /// How many there are.
    pub count: u32,
    /// The orders, or the first of them.
    pub orders: Vec<OrderRow>,
}

/// How a group's orders stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum GroupKind {
    /// Begun.
    Started,
    /// Sent back by the supervisor.
    Returned,
    /// Not begun.
    Assigned,
    /// Done or ended undone; waits for the supervisor.
    HandedIn,
    /// Approved.
    Approved,
    /// Taken back.
    Recalled,
}

/// One order in a list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderRow {
    /// Which.
    pub id: OrderId,
    /// What for.
    pub kind: OrderKind,
    /// Why, for a replacement.
    pub reason: Option<ReplaceReason>,
    /// Its state's name.
    pub state: String,
    /// Customer's name.
    pub customer: String,
    /// Account number.
    pub account_no: String,
    /// Address.
    pub address: String,
    /// When.
    pub appointment: Option<Appointment>,
    /// How far from here. Unit: metres.
    pub distance_m: Option<u32>,
    /// How far news of it has got; absent while nothing was done here.
    pub delivery: Option<Delivery>,
    /// The supervisor's first remark, on a returned order.
    pub remark: Option<String>,
    /// Required steps that are done.
    pub steps_done: u32,
    /// Required steps.
    pub steps: u32,
    /// Meters to hang under the terminal, for terminal orders.
    pub meters: u32,
    /// Events that wait for a person in the office.
    pub waiting: u32,
}

/// How many orders are how far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct DeliveryCounts {
    /// 存于本机
    pub saved_here: u32,
    /// 传送中
    pub on_its_way: u32,
    /// 已到局
    pub in_office: u32,
    /// 营销已收
    pub accepted: u32,
}

/// Answer to `order` and `act`: an order with all a screen needs.
#[derive(Debug, Clone, Serialize, TS)]
pub struct OrderView {
    /// The picture.
    pub order: Order,
    /// Its steps, as they stand.
    pub steps: Vec<StepView>,
    /// The one step to do now.
    pub next_step: Option<StepId>,
    /// What may be done at all.
    pub allowed: Vec<ActionKind>,
    /// How far news of it has got; absent while nothing was done here.
    pub delivery: Option<Delivery>,
    /// What waits here for a link.
    pub waiting: Waiting,
    /// What a supervisor will look at.
    pub anomalies: Vec<Anomaly>,
}

/// What waits for a link.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, TS)]
pub struct Waiting {
    /// Events.
    pub events: u32,
    /// Photos and signatures.
    pub blobs: u32,
    /// Their size.
    pub bytes: u64,
}

/// One step, as it stands.
#[derive(Debug, Clone, Serialize, TS)]
pub struct StepView {
    /// What it asks for.
    pub step: Step,
    /// How it stands.
    pub status: StepStatus,
    /// What it holds.
    pub record: Option<Record>,
    /// Its photos.
    pub photos: Vec<Photo>,
    /// The supervisor's remarks that point at it.
    pub remarks: Vec<Remark>,
    /// The sheet of registers, on a reading step.
    pub sheet: Option<ReadingSheet>,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum StepStatus {
    /// Holds all it asks for.
    Done,
    /// The one to do now.
    Now,
    /// To be done.
    Open,
    /// To be done again: the supervisor said so.
    Reopened,
    /// May be left out.
    Optional,
}

/// Answer to `scan_image`: what is on a picture.
#[derive(Debug, Clone, Serialize, TS)]
pub struct ScanView {
    /// The picture, kept as evidence; absent when there is no asset number on it.
    pub image: Option<BlobHash>,
    /// The codes on it, the likeliest first.
    pub codes: Vec<CodeView>,
}

/// A code on a picture.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CodeView {
    /// Its text.
    pub text: String,
    /// The asset number in it, if there is one.
    pub asset: AssetView,
    /// Corners, in pixels of the picture, clockwise from the text's top left.
    pub corners: [(f32, f32); 4],
    /// Which of our readers read it.
    pub by: SeenBy,
    /// How sure it was, in thousandths.
    pub confidence: u16,
    /// Whether the crew has to compare it with the label, digit by digit, before it may be taken:
    /// then the sighting goes into the act with `proof: crew`.
    pub needs_eyes: bool,
    /// What goes into the act that takes the number; absent where there is no asset number in it.
    pub sighting: Option<Sighting>,
}

/// Answer to `read_asset_no`: what a text says.
#[derive(Debug, Clone, Serialize, TS)]
#[serde(tag = "asset", rename_all = "snake_case")]
pub enum AssetView {
    /// An asset number.
    Valid {
        /// The number.
        asset_no: AssetNo,
        /// Its kind, as the number tells.
        kind: AssetKind,
        /// Whether the order or the custody list knows it.
        known: Known,
    },
    /// None.
    Invalid {
        /// Why.
        fault: AssetFault,
    },
}

/// Whether anything here knows an asset number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Known {
    /// The custody list or an order names it.
    Yes,
    /// Nothing does: a typed number has to be typed twice.
    No,
}

/// Answer to `prepare_photo`: a photo made ready and stored, not yet part of any step.
#[derive(Debug, Clone, Serialize, TS)]
pub struct PreparedPhoto {
    /// What `act` takes as `take_photo`.
    pub photo: Photo,
}

/// Answer to `form`: what the customer is shown.
#[derive(Debug, Clone, Serialize, TS)]
pub struct FormView {
    /// The form.
    pub form: Form,
    /// Its hash, to be sent back with the signature.
    pub hash: BlobHash,
}

/// Strokes of a signature, as drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Strokes {
    /// Width of the pad they were drawn on. Unit: CSS pixels.
    pub width: f32,
    /// Height of the pad.
    pub height: f32,
    /// The strokes; each point is `[x, y, milliseconds since the first]`.
    pub strokes: Vec<Vec<[f32; 3]>>,
}

/// Answer to `cabinet`: the issue list and what the crew has.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CabinetView {
    /// Assets set aside for this crew or with it.
    pub items: Vec<CabinetItem>,
    /// How many are to be picked up.
    pub to_pick_up: u32,
    /// How many the crew has, not yet bound.
    pub in_hand: u32,
    /// How many were taken down and have to go back.
    pub to_return: u32,
}

/// One asset in the cabinet's list.
#[derive(Debug, Clone, Serialize, TS)]
pub struct CabinetItem {
    /// Its number.
    pub asset_no: AssetNo,
    /// Its kind.
    pub kind: AssetKind,
    /// What a meter can do.
    pub model: Option<MeterModel>,
    /// Where it is: `issued`, `in_hand`, `bound`, `removed`.
    pub place: CabinetPlace,
}

/// Where an asset of the list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CabinetPlace {
    /// In the cabinet, set aside for this crew.
    Issued,
    /// With the crew.
    InHand,
    /// Bound to an order.
    Bound,
    /// Taken down.
    Removed,
}

/// Question `cabinet_scan`.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CabinetAsk {
    /// Out or in.
    pub direction: Direction,
    /// The number.
    pub asset_no: AssetNo,
    /// How it was read.
    pub source: ScanSource,
    /// The picture it was read from.
    pub image: Option<BlobHash>,
    /// What a program saw on it, when a program read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub sighting: Option<Sighting>,
}

/// Out of the cabinet or back into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 领表
    PickUp,
    /// 退库
    Return,
}

/// Answer to `sync`: how far everything has got.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncView {
    /// What sync is doing.
    pub state: SyncState,
    /// How many orders are how far.
    pub delivery: DeliveryCounts,
    /// What waits here in all.
    pub waiting: Waiting,
    /// Orders of which something waits, the oldest first.
    pub orders: Vec<SyncRow>,
    /// When the last round ended well.
    pub last_ok: Option<Millis>,
}

/// What sync is doing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "sync", rename_all = "snake_case")]
pub enum SyncState {
    /// Nothing waits.
    Idle,
    /// At work.
    Running {
        /// Bytes of this round that are through.
        bytes_done: u64,
        /// Bytes of this round.
        bytes: u64,
    },
    /// It will try again by itself.
    Waiting {
        /// Why: a code, such as `no_link`, `gateway_unavailable`, `disk_full`.
        why: String,
        /// In how many seconds.
        retry_in_s: u32,
    },
    /// A person has to do something; work goes on.
    Blocked {
        /// What: a code, such as `unknown_device`.
        why: String,
    },
}

/// One order of which something waits.
#[derive(Debug, Clone, Serialize, TS)]
pub struct SyncRow {
    /// Which.
    pub id: OrderId,
    /// Whose.
    pub customer: String,
    /// How far it has got.
    pub delivery: Delivery,
    /// What waits.
    pub waiting: Waiting,
}

/// Event `changed`: what to ask for again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, TS)]
pub struct Changed {
    /// Orders whose picture or delivery changed.
    pub orders: Vec<OrderId>,
    /// Whether the cabinet's list changed.
    pub cabinet: bool,
}

/// Every type that crosses the bridge from the top, for the generator.
#[derive(TS)]
#[expect(dead_code, reason = "only its fields' types are generated")]
pub struct Bridge {
    status: Status,
    today_ask: TodayAsk,
    today: Today,
    order: OrderView,
    action: Action,
    scan: ScanView,
    display: DisplayView,
    prepared_photo: PreparedPhoto,
    form: FormView,
    strokes: Strokes,
    cabinet: CabinetView,
    cabinet_ask: CabinetAsk,
    sync: SyncView,
    changed: Changed,
    meter_ports: MeterPorts,
    meter_progress: MeterProgress,
    readout: domain::Readout,
    failure: Failure,
    card: CardView,
    card_end: CardEnd,
    card_step: CardStep,
    shown_remainder: ShownRemainder,
    answered: Answered,
    entry: Entry,
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use ts_rs::{Config, TS as _};

    use super::Bridge;

    fn files(dir: &Path) -> Vec<(PathBuf, String)> {
        let mut files: Vec<_> = std::fs::read_dir(dir)
            .map(|entries| {
                entries
                    .flatten()
                    .map(|entry| (entry.file_name().into(), entry.path()))
                    .map(|(name, path)| (name, std::fs::read_to_string(path).unwrap_or_default()))
                    .collect()
            })
            .unwrap_or_default();
        files.sort();
        files
    }

    /// `npm run bindings` runs this with `METERCREW_WRITE_BINDINGS=1`, which writes them.
    #[test]
    fn the_committed_bindings_are_those_of_the_code() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../ui/src/host/bindings");
        let fresh = std::env::temp_dir().join(format!("metercrew-bindings-{}", std::process::id()));
        let write = std::env::var_os("METERCREW_WRITE_BINDINGS").is_some();
        let dir = if write { &committed } else { &fresh };
        std::fs::remove_dir_all(dir).ok();
        let config = Config::new().with_large_int("number").with_out_dir(dir);
        Bridge::export_all(&config).expect("bindings can be written");
        let stale = files(dir) != files(&committed);
        std::fs::remove_dir_all(&fresh).ok();
        assert!(!stale, "run `npm run bindings` and commit what it writes");
    }
}
