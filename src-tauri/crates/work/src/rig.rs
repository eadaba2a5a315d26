//! A device for tests: a folder of its own, a clock that stands, an order to replace a meter.

use domain::{
    Account, AssetKind, AssetNo, AssetRule, Dispatch, Entry, EntryBody, Holder, MeterModel, Millis,
    OfficeEvent, OldMeter, OrderId, OrderKind, Procedure, Register, RegisterDigits, ReplaceReason,
    StockItem, Wiring,
};
use ed25519_dalek::SigningKey;
use store::{Enrolment, Incoming};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{Chance, Clock, Device, SetClock};

pub(crate) const NOON: Millis = Millis(1_766_000_000_000);
pub(crate) const CUSTOMER: &str = "王小明";

pub(crate) struct Rig {
    pub(crate) home: TempDir,
    pub(crate) clock: SetClock,
    pub(crate) device: Option<Device>,
    started: u64,
}

impl Rig {
    /// A device that belongs to nobody yet.
    pub(crate) fn bare() -> Self {
        let mut rig = Self {
            home: tempfile::tempdir().unwrap(),
            clock: SetClock::at(NOON),
            device: None,
            started: 0,
        };
        rig.start();
        rig
    }

    /// A device of `crew-1` with order `o-1` and a cabinet, whose gateway is at `gateway`.
    pub(crate) fn enrolled(gateway: &str) -> Self {
        let rig = Self::bare();
        let enrolment = Enrolment {
            device: domain::DeviceId(Uuid::from_u128(1)),
            signing_seed: [3; 32],
            gateway: gateway.into(),
            gateway_key: SigningKey::from_bytes(&[4; 32]).verifying_key().to_bytes(),
            crew: "crew-1".into(),
            crew_name: "一班".into(),
            operator: "op-1".into(),
            device_name: "tablet".into(),
        };
        let store = &rig.device().inner.store;
        store
            .save_enrolment(&enrolment, &[AssetRule::state_grid()])
            .unwrap();
        let body = EntryBody::Office {
            at: NOON,
            by: "marketing".into(),
            event: OfficeEvent::Dispatched {
                dispatch: Box::new(replace()),
            },
        };
        let entries = vec![Entry {
            change: Some(1),
            body,
        }];
        let order = Incoming::Order {
            order: "o-1".into(),
            entries,
        };
        let stock = Incoming::Stock { items: cabinet() };
        store.apply_changes(2, &[order, stock]).unwrap();
        rig
    }

    pub(crate) fn device(&self) -> &Device {
        self.device.as_ref().unwrap()
    }

    /// Ends the program, however it ends, and starts it again.
    pub(crate) fn start(&mut self) {
        self.device = None;
        self.started += 1;
        let clock = Clock::set(self.clock.clone());
        let chance = Chance::seeded(self.started);
        self.device = Some(Device::open(self.home.path(), clock, chance).unwrap());
    }
}

pub(crate) fn order() -> OrderId {
    "o-1".into()
}

pub(crate) fn asset(digits: &str) -> AssetNo {
    AssetRule::state_grid().with_check_digit(digits).unwrap()
}

pub(crate) fn old_meter() -> AssetNo {
    asset("413000100000000000001")
}

pub(crate) fn new_meter() -> AssetNo {
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

fn replace() -> Dispatch {
    Dispatch {
        id: order(),
        revision: 1,
        kind: OrderKind::Replace,
        reason: Some(ReplaceReason::Fault),
        account: Account {
            account_no: "0001234567".into(),
            customer: CUSTOMER.into(),
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

fn cabinet() -> Vec<StockItem> {
    let issued = |asset_no| StockItem {
        asset_no,
        kind: AssetKind::Meter,
        model: Some(model()),
        comm_address: None,
        holder: Holder::Cabinet {
            issued_to: Some("crew-1".into()),
        },
    };
    vec![issued(new_meter()), issued(asset("413000100000000000003"))]
}
