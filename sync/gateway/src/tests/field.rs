//! Made-up orders, and a tablet in hand: a key, a chain, pictures, and nothing else.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use domain::{
    Account, Action, Answered, AssetKind, AssetNo, AssetRule, AttachedMeter, BlobHash, CrewId,
    DeviceId, Dispatch, EVENT_VERSION, Entry, EntryBody, Event, EventId, Fact, Ground, Hash,
    Holder, MeterModel, Millis, Operator, Order, OrderEvent, OrderId, OrderKind, Photo, Procedure,
    Purpose, Register, RegisterDigits, ScanSource, Sealed, Stamp, Stock, StockItem, Verdict,
    Wiring, chain_start, decide, replay,
};
use ed25519_dalek::SigningKey;
use uuid::Uuid;
use wire::PROTOCOL_VERSION;
use wire::enrol::EnrolRequest;
use wire::pull::{ChangeBody, Page};
use wire::push::Push;
use wire::sign::{PublicKey, Signature, chain_head_bytes};

pub(crate) const NOW: Millis = Millis(1_780_000_000_000);

pub(crate) fn asset(serial: u64) -> AssetNo {
    AssetRule::state_grid()
        .with_check_digit(&format!("4130001{serial:014}"))
        .unwrap()
}

pub(crate) fn crew(n: u8) -> CrewId {
    CrewId::new(format!("crew-{n}"))
}

/// A terminal to take away: the order with the fewest steps.
pub(crate) fn dispatch(id: &str, crew: &CrewId) -> Dispatch {
    Dispatch {
        id: id.into(),
        revision: 1,
        kind: OrderKind::DetachTerminal,
        reason: None,
        account: Account {
            account_no: "4101234567".into(),
            customer: "样例客户".into(),
            address: "样例村 1 号".into(),
            phone: String::new(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: None,
        new_meter: None,
        old_terminal: Some(asset(8)),
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: None,
        crew: crew.clone(),
        procedure: Procedure::built_in_for(OrderKind::DetachTerminal),
        remark: String::new(),
    }
}

pub(crate) fn meter(serial: u64, holder: Holder) -> StockItem {
    StockItem {
        asset_no: asset(serial),
        kind: AssetKind::Meter,
        model: Some(MeterModel {
            wiring: Wiring::SinglePhase,
            prepaid: true,
            digits: RegisterDigits {
                integer: 6,
                decimal: 2,
            },
            registers: vec![Register::ForwardTotal],
        }),
        comm_address: None,
        holder,
    }
}

pub(crate) fn photo(bytes: &[u8], thumbnail: &[u8]) -> Photo {
    Photo {
        hash: BlobHash::of(bytes),
        thumbnail: BlobHash::of(thumbnail),
        purpose: Purpose::Terminal,
        size_bytes: bytes.len() as u64,
        width: 1600,
        height: 1200,
        place: None,
        hints: vec![],
        likeness: "0".repeat(16),
    }
}

pub(crate) fn scan() -> Action {
    Action::Scan {
        step: "old_terminal".into(),
        asset_no: asset(8),
        source: ScanSource::Camera,
        image: None,
        sighting: None,
        overrules: vec![],
    }
}

pub(crate) fn take(photo: Photo) -> Action {
    let step = "attach".into();
    Action::TakePhoto { step, photo }
}

pub(crate) fn attach() -> Action {
    Action::Attach {
        step: "attach".into(),
        meters: vec![AttachedMeter {
            asset_no: asset(9),
            comm_address: "000012345678".into(),
            measuring_point: 1,
            answered: Answered::Yes,
        }],
    }
}

pub(crate) fn note(text: &str) -> Action {
    let (step, text) = ("note".into(), text.to_owned());
    Action::Note { step, text }
}

/// A tablet in hand.
#[derive(Clone)]
pub(crate) struct Tablet {
    pub(crate) device: DeviceId,
    pub(crate) crew: CrewId,
    pub(crate) operator: Operator,
    pub(crate) key: SigningKey,
    pub(crate) sealed: Vec<Sealed>,
    pub(crate) cursor: u64,
    pub(crate) stock: Stock,
    /// What its clock says.
    pub(crate) now: Millis,
    confirmed: BTreeMap<OrderId, BTreeMap<u64, Entry>>,
    pending: BTreeMap<OrderId, Vec<Entry>>,
}

impl Tablet {
    /// A tablet that has made its key and asked nobody yet.
    pub(crate) fn new(seed: u8) -> Self {
        Self {
            device: DeviceId(Uuid::nil()),
            crew: crew(0),
            operator: "op".into(),
            key: SigningKey::from_bytes(&[seed; 32]),
            sealed: vec![],
            cursor: 0,
            stock: Stock::default(),
            now: NOW,
            confirmed: BTreeMap::new(),
            pending: BTreeMap::new(),
        }
    }

    pub(crate) fn enrol_request(&self, code: &str) -> EnrolRequest {
        EnrolRequest {
            version: PROTOCOL_VERSION,
            code: code.to_owned(),
            device_name: "样例平板".into(),
            public_key: PublicKey::of(&self.key),
        }
    }

    pub(crate) fn picture(&self, order: &str) -> Order {
        let id = OrderId::from(order);
        let confirmed = self.confirmed.get(&id).map(|log| log.values());
        let own = |entry: &&Entry| {
            let is_known = |known: &Entry| event_id(known) == event_id(entry);
            !confirmed.clone().into_iter().flatten().any(is_known)
        };
        let pending = self.pending.get(&id).into_iter().flatten().filter(own);
        let log = confirmed.clone().into_iter().flatten().chain(pending);
        replay(log).unwrap()
    }

    pub(crate) fn knows(&self, order: &str) -> bool {
        self.confirmed.contains_key(&OrderId::from(order))
    }

    /// Wants something, by the rule book.
    pub(crate) fn act(&mut self, order: &str, action: Action) {
        let picture = self.picture(order);
        let ground = Ground {
            crew: &self.crew,
            stock: &self.stock,
            now: self.now,
        };
        for event in decide(&picture, action, ground).unwrap() {
            self.record(order, event);
        }
    }

    /// Writes an event down, whatever the rule book says.
    pub(crate) fn record(&mut self, order: &str, event: OrderEvent) {
        let order = OrderId::from(order);
        let known = self.confirmed.get(&order);
        let seen = known.and_then(|log| log.keys().max().copied()).unwrap_or(0);
        let fact = Fact::Order {
            order: order.clone(),
            fact: event.clone(),
        };
        let (id, at) = self.seal(fact, seen);
        let entry = Entry {
            change: None,
            body: EntryBody::Field {
                event_id: id,
                operator: self.operator.clone(),
                crew: self.crew.clone(),
                at,
                verdict: Verdict::Accepted,
                event: Box::new(event),
            },
        };
        self.pending.entry(order).or_default().push(entry);
    }

    pub(crate) fn seal(&mut self, fact: Fact, seen: u64) -> (EventId, Stamp) {
        let id = EventId {
            device: self.device,
            seq: self.sealed.len() as u64 + 1,
        };
        let at = Stamp {
            wall_ms: self.now,
            boot_ms: 0,
            boot_id: Uuid::nil(),
            offset_ms: None,
            uncertainty_ms: None,
        };
        let event = Event {
            version: EVENT_VERSION,
            id,
            operator: self.operator.clone(),
            crew: self.crew.clone(),
            at,
            seen,
            fact,
        };
        let sealed = Sealed::seal(self.head(), &event).unwrap();
        self.sealed.push(sealed);
        (id, at)
    }

    pub(crate) fn head(&self) -> Hash {
        let last = self.sealed.last().map(|sealed| sealed.hash);
        last.unwrap_or_else(|| chain_start(self.device))
    }

    /// Everything that completes an order; gives the blobs it names.
    pub(crate) fn complete(&mut self, order: &str) -> Vec<Vec<u8>> {
        let blobs = vec![
            format!("photo of {order}").into_bytes(),
            format!("thumbnail of {order}").into_bytes(),
        ];
        self.act(order, scan());
        self.act(order, take(photo(&blobs[0], &blobs[1])));
        self.act(order, attach());
        self.act(order, Action::Complete);
        blobs
    }

    /// A push of the events from a number on.
    pub(crate) fn push_from(&self, seq: u64, blobs: &[Vec<u8>]) -> Push {
        let skip = usize::try_from(seq - 1).unwrap();
        let events = self.sealed.get(skip..).unwrap_or_default().to_vec();
        self.push_of(events, blobs)
    }

    pub(crate) fn push_of(&self, events: Vec<Sealed>, blobs: &[Vec<u8>]) -> Push {
        static PUSHES: AtomicU64 = AtomicU64::new(1);
        let push = PUSHES.fetch_add(1, Ordering::SeqCst);
        let sign = |last: &Sealed| {
            let head = chain_head_bytes(self.device, last.seq, last.hash);
            Signature::over(&head, &self.key)
        };
        Push {
            version: PROTOCOL_VERSION,
            device: self.device,
            push: Uuid::from_u128(u128::from(push)),
            head_signature: events.last().map(sign),
            events,
            blobs: blobs.iter().map(|bytes| BlobHash::of(bytes)).collect(),
        }
    }

    /// Takes a page in.
    pub(crate) fn learn(&mut self, page: &Page) {
        for change in &page.changes {
            match &change.body {
                ChangeBody::Order { order, entries } => {
                    let log = self.confirmed.entry(order.clone()).or_default();
                    log.extend(entries.iter().map(|e| (e.change.unwrap(), e.clone())));
                }
                ChangeBody::Stock { items } => {
                    items.iter().for_each(|item| self.stock.put(item.clone()));
                }
                ChangeBody::AssetRules { .. } => {}
            }
        }
        self.cursor = page.next;
    }
}

fn event_id(entry: &Entry) -> Option<EventId> {
    match &entry.body {
        EntryBody::Field { event_id, .. } => Some(*event_id),
        EntryBody::Office { .. } => None,
    }
}
