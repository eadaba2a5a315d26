//! Made-up orders, assets and events; used by the tests and by the bench.

use domain::{
    Account, Appointment, AssetKind, AssetNo, AssetRule, BlobHash, CrewId, DeviceId, Dispatch,
    Entry, EntryBody, Holder, Millis, OfficeEvent, OldMeter, OrderEvent, OrderId, OrderKind, Photo,
    Procedure, Purpose, ReplaceReason, ScanSource, Stamp, StockItem, Wiring,
};
use metercrew_store::{Enrolment, Incoming};
use uuid::Uuid;

pub fn crew() -> CrewId {
    "crew-1".into()
}

pub fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

pub fn enrolment() -> Enrolment {
    Enrolment {
        device: device(1),
        signing_seed: [0x5e; 32],
        gateway: "http://gateway.example".into(),
        gateway_key: [2; 32],
        crew: crew(),
        crew_name: "一班".into(),
        operator: "op-1".into(),
        device_name: "tablet 1".into(),
    }
}

pub fn at(ms: i64) -> Stamp {
    Stamp {
        wall_ms: Millis(ms),
        boot_ms: 5,
        boot_id: Uuid::nil(),
        offset_ms: Some(-40),
        uncertainty_ms: Some(900),
    }
}

pub fn asset(serial: u64) -> AssetNo {
    AssetRule::state_grid()
        .with_check_digit(&format!("4130001{serial:014}"))
        .unwrap()
}

fn model() -> domain::MeterModel {
    domain::MeterModel {
        wiring: Wiring::SinglePhase,
        prepaid: true,
        digits: domain::RegisterDigits {
            integer: 6,
            decimal: 2,
        },
        registers: vec![domain::Register::ForwardTotal],
    }
}

pub fn order_id(n: u64) -> OrderId {
    OrderId::new(format!("GD20261121{n:06}"))
}

const SURNAMES: &[&str] = &["王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴"];
const GIVEN: &[&str] = &[
    "建国", "小红", "志强", "秀英", "伟", "芳", "海燕", "玉兰", "国庆",
];
const VILLAGES: &[&str] = &[
    "李家庄",
    "柳河镇",
    "大王村",
    "东岭",
    "小寨",
    "南湖",
    "石桥",
    "白杨",
];

fn pick<'a>(from: &[&'a str], n: u64) -> &'a str {
    from[(n % from.len() as u64) as usize]
}

/// A replacement; customer, address and numbers follow from `n`.
pub fn dispatch(n: u64) -> Dispatch {
    let customer = format!("{}{}", pick(SURNAMES, n), pick(GIVEN, n / 7));
    let address = format!("{}{}组{}号", pick(VILLAGES, n / 3), n % 23, n % 211);
    Dispatch {
        id: order_id(n),
        revision: 1,
        kind: OrderKind::Replace,
        reason: Some(ReplaceReason::Fault),
        account: Account {
            account_no: format!("41{:08}", (n * 7_919) % 100_000_000)
                .as_str()
                .into(),
            customer,
            address,
            phone: "000".into(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: Some(OldMeter {
            asset_no: asset(n * 104_729 % 100_000_000),
            model: model(),
            last_billed: vec![],
            seals: vec![],
        }),
        new_meter: Some(model()),
        old_terminal: None,
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: n.is_multiple_of(3).then(|| Appointment {
            from: Millis(1_000 * (1 + n as i64)),
            to: Millis(1_000 * (2 + n as i64)),
        }),
        crew: crew(),
        procedure: Procedure::built_in_for(OrderKind::Replace),
        remark: String::new(),
    }
}

pub fn office(change: u64, event: OfficeEvent) -> Entry {
    Entry {
        change: Some(change),
        body: EntryBody::Office {
            at: Millis(1),
            by: "marketing".into(),
            event,
        },
    }
}

pub fn dispatched(n: u64, change: u64) -> Incoming {
    let dispatch = Box::new(dispatch(n));
    Incoming::Order {
        order: order_id(n),
        entries: vec![office(change, OfficeEvent::Dispatched { dispatch })],
    }
}

pub fn meter(serial: u64, holder: Holder) -> StockItem {
    StockItem {
        asset_no: asset(serial),
        kind: AssetKind::Meter,
        model: Some(model()),
        comm_address: None,
        holder,
    }
}

pub fn with_crew() -> Holder {
    Holder::WithCrew { crew: crew() }
}

pub fn note(text: &str) -> OrderEvent {
    OrderEvent::Noted {
        step: "note".into(),
        text: text.into(),
    }
}

pub fn scan_new(serial: u64) -> OrderEvent {
    OrderEvent::Scanned {
        step: "new_meter".into(),
        asset_no: asset(serial),
        source: ScanSource::Camera,
        image: None,
        sighting: None,
        findings: vec![],
    }
}

pub fn photo_taken(hash: BlobHash, thumbnail: BlobHash) -> OrderEvent {
    OrderEvent::PhotoTaken {
        step: "site".into(),
        photo: Photo {
            hash,
            thumbnail,
            purpose: Purpose::Site,
            size_bytes: 100,
            width: 10,
            height: 10,
            place: None,
            hints: vec![],
            likeness: "0".repeat(16),
        },
    }
}
