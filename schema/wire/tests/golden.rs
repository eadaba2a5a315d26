//! Every shape that is stored or sent, frozen: a file that changes is a new protocol version.
//!
//! `METERCREW_WRITE_GOLDEN=1 cargo test -p metercrew-wire` writes files for shapes that have none.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

use std::fs;
use std::path::Path;

use domain::{
    Account, Answered, AssetNo, AssetRule, AttachedMeter, BlobHash, Check, Decimal, DeviceId,
    Dispatch, DisplayShows, DisplaySighting, EVENT_VERSION, Entry, EntryBody, Event, EventId, Fact,
    Finding, Form, FormField, FormLine, Hash, Holder, ItemAnswer, ItemReadout, ItemRefusal,
    ItemValue, Judgement, LateDecision, MeterClock, MeterItem, MeterProtocol, Millis, OfficeEvent,
    OldMeter, OrderEvent, OrderKind, Photo, Pin, Place, Procedure, Proof, Purpose, ReadingSource,
    Readout, Receipt, Refusal, Register, RegisterReading, Remark, ReplaceReason, ScanSource,
    SealMark, Sealed, SeenBy, Sighting, Stamp, StockEvent, StockItem, Verdict, Witness,
    chain_start,
};
use domain::{AssetKind, MeterModel, RegisterDigits, Wiring};
use domain::{
    AuthorisationId, CardAuthorisation, CardImage, CardKind, CardOutcome, CardSeen, CardSerial,
    CardTask, CreditSource, CustomerNo, Fen, MeterNo, NotWritten, OldCard, PaidPurchase,
    PrepaidMeter, Remainder, StsToken,
};
use ed25519_dalek::SigningKey;
use metercrew_wire::PROTOCOL_VERSION;
use metercrew_wire::card::{
    AuthoriseRequest, Authorised, SecurityAnswer, SecurityAsk, SecurityRequest, sign_authorisation,
};
use metercrew_wire::enrol::{
    Challenge, EnrolRequest, Enrolled, SeriesGranted, SeriesRequest, Session, SessionRequest,
};
use metercrew_wire::problem::Problem;
use metercrew_wire::pull::{Change, ChangeBody, More, Page};
use metercrew_wire::push::Push;
use metercrew_wire::sign::{PublicKey, Signature, Signed};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// Holds a value against its frozen text, both ways.
fn frozen<T: Serialize + DeserializeOwned>(name: &str, value: &T) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.json"));
    let text = serde_json::to_string_pretty(value).unwrap() + "\n";
    if std::env::var_os("METERCREW_WRITE_GOLDEN").is_some() && !path.exists() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &text).unwrap();
    }
    let golden = fs::read_to_string(&path).expect(name);
    assert_eq!(
        text, golden,
        "{name}: this shape is frozen; a new one is a new version"
    );
    let back: T = serde_json::from_str(&golden).expect(name);
    assert_eq!(
        serde_json::to_string_pretty(&back).unwrap() + "\n",
        golden,
        "{name}"
    );
}

fn key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

fn device() -> DeviceId {
    DeviceId(Uuid::from_u128(0x1234))
}

fn asset() -> AssetNo {
    AssetRule::state_grid()
        .parse("4130001000000000000012")
        .unwrap()
}

fn stamp() -> Stamp {
    Stamp {
        wall_ms: Millis(1_790_000_000_000),
        boot_ms: 60_000,
        boot_id: Uuid::from_u128(5),
        offset_ms: Some(-1_500),
        uncertainty_ms: Some(250),
    }
}

fn finding() -> Finding {
    Finding {
        check: Check::NotBelowLastBilled,
        register: Some(Register::ForwardTotal),
        expected: "100.00".into(),
        found: "99.00".into(),
        reason: "meter was changed before".into(),
    }
}

fn photo() -> Photo {
    Photo {
        hash: BlobHash::of(b"photo"),
        thumbnail: BlobHash::of(b"thumbnail"),
        purpose: Purpose::Seal,
        size_bytes: 312_000,
        width: 1600,
        height: 1200,
        place: Some(Place {
            lat_e7: 347_710_000,
            lon_e7: 1_136_720_000,
            accuracy_m: 8,
        }),
        hints: vec!["blurred".into()],
        likeness: "00ff00ff00ff00ff".into(),
    }
}

fn values() -> Vec<RegisterReading> {
    vec![RegisterReading {
        register: Register::ForwardTotal,
        value: Decimal::parse("12345.67").unwrap(),
        source: ReadingSource::Typed,
        also: vec![],
    }]
}

/// A reading the meter itself gave, with what else was said of it.
fn infrared() -> OrderEvent {
    OrderEvent::ReadingTaken {
        step: "a_step".into(),
        values: vec![RegisterReading {
            register: Register::ForwardTotal,
            value: Decimal::parse("12345.67").unwrap(),
            source: ReadingSource::Infrared,
            also: vec![Witness {
                source: ReadingSource::Typed,
                value: Decimal::parse("12345.60").unwrap(),
            }],
        }],
        readout: Some(readout()),
        sightings: vec![],
        findings: vec![],
    }
}

fn readout() -> Readout {
    let read = |item, value| ItemReadout {
        item,
        answer: ItemAnswer::Read { value },
    };
    let refused = ItemAnswer::Refused {
        why: ItemRefusal::NotAuthorised,
    };
    Readout {
        protocol: MeterProtocol::Dlt645,
        comm_address: "000000000001".into(),
        items: vec![
            read(
                MeterItem::ForwardTotal,
                ItemValue::Quantity(Decimal::parse("12345.67").unwrap()),
            ),
            read(
                MeterItem::Clock,
                ItemValue::Clock(MeterClock::new(2026, 11, 21, 8, 30, 0).unwrap()),
            ),
            read(
                MeterItem::Status1,
                ItemValue::Status {
                    word: 4,
                    set: vec!["clock_battery_low".into()],
                },
            ),
            read(MeterItem::PurchaseCount, ItemValue::Count(7)),
            read(MeterItem::MeterNo, ItemValue::Text("000000000001".into())),
            ItemReadout {
                item: MeterItem::AssetNo,
                answer: refused,
            },
            ItemReadout {
                item: MeterItem::Status3,
                answer: ItemAnswer::Silent,
            },
        ],
        wire_ms: 3_210,
    }
}

fn order_events() -> Vec<OrderEvent> {
    let step = || "a_step".into();
    let seal = |no: &str| SealMark {
        seal_no: no.into(),
        place: "cover".into(),
    };
    let form = Form {
        lines: vec![FormLine {
            field: FormField::OldReading,
            register: Some(Register::ForwardTotal),
            value: "12345.67".into(),
        }],
    };
    vec![
        OrderEvent::Started,
        OrderEvent::Reopened,
        OrderEvent::Scanned {
            step: step(),
            asset_no: asset(),
            source: ScanSource::ImageFile,
            image: Some(BlobHash::of(b"image")),
            sighting: None,
            findings: vec![finding()],
        },
        OrderEvent::PhotoTaken {
            step: step(),
            photo: photo(),
        },
        OrderEvent::PhotoWithdrawn {
            step: step(),
            photo: BlobHash::of(b"photo"),
        },
        OrderEvent::ReadingTaken {
            step: step(),
            values: values(),
            readout: None,
            sightings: vec![],
            findings: vec![],
        },
        OrderEvent::SealsRecorded {
            step: step(),
            removed: vec![seal("1")],
            added: vec![seal("2")],
            findings: vec![],
        },
        OrderEvent::MetersAttached {
            step: step(),
            meters: vec![AttachedMeter {
                asset_no: asset(),
                comm_address: "000000000001".into(),
                measuring_point: 2,
                answered: Answered::NotTried,
            }],
        },
        OrderEvent::Noted {
            step: step(),
            text: "dog".into(),
        },
        OrderEvent::Signed {
            step: step(),
            strokes: BlobHash::of(b"strokes"),
            form_hash: form.hash(),
            form,
            signer: "customer".into(),
        },
        OrderEvent::Completed,
        OrderEvent::CouldNotDo {
            reason: "no_access".into(),
            remark: "nobody".into(),
        },
    ]
}

fn dispatch() -> Dispatch {
    let model = MeterModel {
        wiring: Wiring::SinglePhase,
        prepaid: true,
        digits: RegisterDigits {
            integer: 6,
            decimal: 2,
        },
        registers: vec![Register::ForwardTotal],
    };
    let mut procedure = Procedure::built_in_for(OrderKind::Replace);
    procedure.steps.truncate(2);
    procedure.could_not.truncate(1);
    Dispatch {
        id: "o-1".into(),
        revision: 1,
        kind: OrderKind::Replace,
        reason: Some(ReplaceReason::Rotation),
        account: Account {
            account_no: "4101234567".into(),
            customer: "样例".into(),
            address: "样例村 1 号".into(),
            phone: "00000000000".into(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: Some(OldMeter {
            asset_no: asset(),
            model: model.clone(),
            last_billed: vec![(Register::ForwardTotal, Decimal::from_hundredths(10_000))],
            seals: vec!["s-1".into()],
        }),
        new_meter: Some(model),
        old_terminal: None,
        terminal_meters: vec![asset()],
        card: None,
        token: None,
        appointment: None,
        crew: "crew-1".into(),
        procedure,
        remark: String::new(),
    }
}

fn office_events() -> Vec<OfficeEvent> {
    let pin = Pin::Photo {
        step: "seals".into(),
        photo: BlobHash::of(b"photo"),
        x_permille: 250,
        y_permille: 750,
    };
    vec![
        OfficeEvent::Dispatched {
            dispatch: Box::new(dispatch()),
        },
        OfficeEvent::Changed {
            dispatch: Box::new(dispatch()),
        },
        OfficeEvent::Recalled {
            reason: "account closed".into(),
        },
        OfficeEvent::Returned {
            remarks: vec![
                Remark {
                    pin,
                    text: "not readable".into(),
                },
                Remark {
                    pin: Pin::Step {
                        step: "seals".into(),
                    },
                    text: "again".into(),
                },
                Remark {
                    pin: Pin::Order,
                    text: "look".into(),
                },
            ],
        },
        OfficeEvent::Approved,
        OfficeEvent::LateDecided {
            events: vec![EventId {
                device: device(),
                seq: 4,
            }],
            decision: LateDecision::Dismiss,
        },
        OfficeEvent::AcceptedByMarketing,
    ]
}

fn event(fact: Fact) -> Event {
    Event {
        version: EVENT_VERSION,
        id: EventId {
            device: device(),
            seq: 1,
        },
        operator: "op".into(),
        crew: "crew-1".into(),
        at: stamp(),
        seen: 17,
        fact,
    }
}

#[test]
fn events_keep_their_shape() {
    let mut events: Vec<Event> = order_events()
        .into_iter()
        .map(|fact| {
            event(Fact::Order {
                order: "o-1".into(),
                fact,
            })
        })
        .collect();
    let source = ScanSource::HardwareScanner;
    for fact in [
        StockEvent::PickedUp {
            asset_no: asset(),
            source,
            image: None,
            sighting: None,
        },
        StockEvent::ReturnedToStock {
            asset_no: asset(),
            source,
            image: None,
            sighting: None,
        },
    ] {
        events.push(event(Fact::Stock { fact }));
    }
    frozen("events", &events);
}

#[test]
fn a_reading_said_by_the_meter_keeps_its_shape() {
    let read = event(Fact::Order {
        order: "o-1".into(),
        fact: infrared(),
    });
    frozen("readout", &read);
}

/// What a program saw, in an act of each kind that carries it.
fn seen() -> [OrderEvent; 2] {
    let sighting = |by, proof| Sighting {
        image: BlobHash::of(b"image"),
        crop: BlobHash::of(b"crop"),
        text: "4130001000000000000012".into(),
        confidence: 987,
        by,
        program: "0.1.0+0123456789abcdef".into(),
        corners: [(-3, 10), (400, 12), (399, 60), (-4, 58)],
        may_train: true,
        proof,
    };
    let display = |shows| DisplaySighting {
        shows,
        sighting: sighting(SeenBy::DisplayNet, None),
    };
    let register = Register::ForwardTotal;
    [
        OrderEvent::Scanned {
            step: "a_step".into(),
            asset_no: asset(),
            source: ScanSource::Camera,
            image: Some(BlobHash::of(b"image")),
            sighting: Some(Box::new(sighting(SeenBy::Soft, Some(Proof::TwoFrames)))),
            findings: vec![],
        },
        OrderEvent::ReadingTaken {
            step: "a_step".into(),
            values: values(),
            readout: None,
            sightings: vec![
                display(DisplayShows::Register {
                    register,
                    read: Some(Decimal::parse("12345.67").unwrap()),
                }),
                display(DisplayShows::Register {
                    register,
                    read: None,
                }),
                display(DisplayShows::Err { code: 8 }),
            ],
            findings: vec![],
        },
    ]
}

#[test]
fn what_a_program_saw_keeps_its_shape() {
    let facts = seen();
    let picked_up = match &facts {
        [OrderEvent::Scanned { sighting, .. }, _] => StockEvent::PickedUp {
            asset_no: asset(),
            source: ScanSource::Camera,
            image: Some(BlobHash::of(b"image")),
            sighting: sighting.clone(),
        },
        other => panic!("{other:?}"),
    };
    let of_orders = facts.map(|fact| {
        event(Fact::Order {
            order: "o-1".into(),
            fact,
        })
    });
    let of_stock = event(Fact::Stock { fact: picked_up });
    let events: Vec<_> = of_orders.into_iter().chain([of_stock]).collect();
    frozen("sightings", &events);
}

#[test]
fn the_chain_keeps_its_hashes() {
    let fact = Fact::Order {
        order: "o-1".into(),
        fact: OrderEvent::Started,
    };
    let sealed = Sealed::seal(chain_start(device()), &event(fact)).unwrap();
    frozen("sealed", &sealed);
    frozen("form_hash", &Form { lines: vec![] }.hash());
}

#[test]
fn an_orders_log_keeps_its_shape() {
    let field = |verdict| EntryBody::Field {
        event_id: EventId {
            device: device(),
            seq: 1,
        },
        operator: "op".into(),
        crew: "crew-1".into(),
        at: stamp(),
        verdict,
        event: Box::new(OrderEvent::Started),
    };
    let refusal = || Refusal::WrongState {
        state: "approved".into(),
    };
    let mut bodies = vec![
        field(Verdict::Accepted),
        field(Verdict::Late {
            refusal: Some(refusal()),
        }),
        field(Verdict::Late { refusal: None }),
        field(Verdict::Refused { refusal: refusal() }),
    ];
    bodies.extend(office_events().into_iter().map(|event| EntryBody::Office {
        at: Millis(5),
        by: "office".into(),
        event,
    }));
    let log: Vec<Entry> = bodies
        .into_iter()
        .zip(1..)
        .map(|(body, no)| Entry {
            change: Some(no),
            body,
        })
        .collect();
    frozen("log", &log);
}

#[test]
fn a_page_of_changes_keeps_its_shape() {
    let holders = [
        Holder::Cabinet { issued_to: None },
        Holder::Cabinet {
            issued_to: Some("crew-1".into()),
        },
        Holder::WithCrew {
            crew: "crew-1".into(),
        },
        Holder::Bound {
            crew: "crew-1".into(),
            order: "o-1".into(),
        },
        Holder::Installed {
            account_no: "4101234567".into(),
        },
        Holder::Removed {
            crew: "crew-1".into(),
            order: "o-1".into(),
        },
    ];
    let items = holders
        .map(|holder| StockItem {
            asset_no: asset(),
            kind: AssetKind::Meter,
            model: None,
            comm_address: Some("000000000001".into()),
            holder,
        })
        .to_vec();
    let page = Page {
        changes: vec![
            Change {
                no: 1,
                body: ChangeBody::Order {
                    order: "o-1".into(),
                    entries: vec![],
                },
            },
            Change {
                no: 2,
                body: ChangeBody::Stock { items },
            },
            Change {
                no: 3,
                body: ChangeBody::AssetRules {
                    rules: vec![AssetRule::state_grid()],
                },
            },
        ],
        next: 3,
        more: More::No,
        gateway_time: Millis(9),
    };
    frozen("page", &page);
}

#[test]
fn pushes_and_receipts_keep_their_shape() {
    let push = Push {
        version: PROTOCOL_VERSION,
        device: device(),
        push: Uuid::from_u128(9),
        events: vec![],
        blobs: vec![BlobHash::of(b"photo")],
        head_signature: Some(Signature::over(b"head", &key())),
    };
    frozen("push", &push);
    let refusal = Refusal::UnknownOrder;
    let receipt = Receipt {
        device: device(),
        push: Uuid::from_u128(9),
        through_seq: 2,
        chain_head: Hash::of(b"head"),
        judgements: vec![
            Judgement {
                seq: 1,
                verdict: Verdict::Accepted,
            },
            Judgement {
                seq: 2,
                verdict: Verdict::Refused { refusal },
            },
        ],
        blobs_held: vec![BlobHash::of(b"photo")],
    };
    frozen("receipt", &receipt);
    frozen("signed_receipt", &Signed::new(&receipt, &key()).unwrap());
}

#[test]
fn enrolment_keeps_its_shape() {
    let public_key = PublicKey::of(&key());
    frozen(
        "enrol_request",
        &EnrolRequest {
            version: PROTOCOL_VERSION,
            code: "ABCD-EFGH".into(),
            device_name: "tablet 1".into(),
            public_key,
        },
    );
    frozen(
        "enrolled",
        &Enrolled {
            device: device(),
            crew: "crew-1".into(),
            crew_name: "装接一班".into(),
            operator: "op".into(),
            gateway_key: public_key,
            asset_rules: vec![],
            gateway_time: Millis(1),
        },
    );
    frozen("challenge", &Challenge { nonce: "n".into() });
    let signature = Signature::over(b"nonce", &key());
    frozen(
        "session_request",
        &SessionRequest {
            device: device(),
            nonce: "n".into(),
            signature,
        },
    );
    frozen(
        "session",
        &Session {
            token: "t".into(),
            gateway_time: Millis(1),
        },
    );
    frozen(
        "series_request",
        &SeriesRequest {
            head_seq: 4,
            head_hash: Hash::of(b"head"),
        },
    );
    frozen("series_granted", &SeriesGranted { device: device() });
}

#[test]
fn problems_keep_their_codes() {
    let problems = vec![
        Problem::Malformed {
            place: "line 1 column 2".into(),
        },
        Problem::TooLarge { limit_bytes: 1 },
        Problem::TooMany { limit: 1 },
        Problem::UnknownVersion {
            version: 9,
            known: 1,
        },
        Problem::CodeUnknown,
        Problem::CodeExpired,
        Problem::UnknownDevice,
        Problem::NoSession,
        Problem::BadSignIn,
        Problem::NotAllowed,
        Problem::BadSignature,
        Problem::Altered { seq: 1 },
        Problem::WrongSequence { expected: 1 },
        Problem::Forked {
            held_seq: 1,
            held_hash: Hash::of(b"held"),
        },
        Problem::NotThisCrew {
            crew: "crew-1".into(),
        },
        Problem::NotFound,
        Problem::OffsetMismatch { expected: 1 },
        Problem::HashMismatch,
        Problem::UploadUnnamed,
        Problem::OrderMoved {
            state: "approved".into(),
        },
        Problem::EvidenceMissing { missing: 1 },
        Problem::DiskFull,
        Problem::Unavailable,
    ];
    frozen("problems", &problems);
}

fn yuan(text: &str) -> Fen {
    Decimal::parse(text).unwrap().try_into().unwrap()
}

fn card(n: u8) -> CardSerial {
    CardSerial::from_bytes([n; 8])
}

fn prepaid(n: u64) -> MeterNo {
    MeterNo::from_number(n).unwrap()
}

/// The card for a meter that takes a faulty one's place.
fn card_task() -> CardTask {
    CardTask {
        kind: CardKind::OpenAccount,
        customer_no: CustomerNo::from_number(7).unwrap(),
        meter: Some(PrepaidMeter {
            meter_no: prepaid(1),
            card_serial: Some(card(1)),
            count: 4,
            remainder: None,
        }),
        purchases: vec![PaidPurchase {
            count: 5,
            amount: yuan("50.00"),
            written_on: None,
        }],
        count: 1,
        carried_max: yuan("500.00"),
        limit: Some(yuan("9999.00")),
        alarm_1: yuan("20.00"),
        alarm_2: yuan("5.00"),
        current_ratio: 1,
        voltage_ratio: 1,
    }
}

fn card_leave() -> CardAuthorisation {
    CardAuthorisation {
        id: AuthorisationId(Uuid::from_u128(0x77)),
        order: "o-1".into(),
        account_no: "4101234567".into(),
        task: card_task(),
        cards: vec![card(1), card(9)],
        device: device(),
        operator: "op".into(),
        not_before: Millis(1_790_000_000_000),
        expires_at: Millis(1_790_259_200_000),
        key_version: 1,
    }
}

#[test]
fn a_card_begun_ended_and_a_token_delivered_keep_their_shape() {
    let seen = CardSeen {
        serial: card(9),
        content: None,
        meter_no: prepaid(2),
        old_card: OldCard::NotRead,
        remainders: vec![Remainder {
            source: CreditSource::Readout,
            money: yuan("87.65"),
            overdraft: Fen::ZERO,
            count: Some(4),
        }],
    };
    let (step, authorisation) = (|| "card".into(), card_leave().id);
    let begun = OrderEvent::CardBegun {
        step: step(),
        authorisation,
        plan: Box::new(card_task().plan(&seen).unwrap()),
        seen: Box::new(seen),
    };
    let image = CardImage {
        serial: card(9),
        user: vec![0x68],
        purse: vec![0],
        write_back: vec![],
    };
    let not = |why| CardOutcome::NotWritten {
        why,
        image: image.hash(),
    };
    let ended = [
        CardOutcome::InDoubt,
        CardOutcome::written(&image),
        not(NotWritten::Untouched),
        not(NotWritten::CardFaulty),
        not(NotWritten::Spent),
        not(NotWritten::GivenUp),
    ]
    .map(|outcome| OrderEvent::CardEnded {
        step: step(),
        authorisation,
        outcome,
    });
    let token = OrderEvent::TokenDelivered {
        step: "token".into(),
        token: StsToken::parse("23716100501183194197").unwrap(),
    };
    let in_order = |fact| {
        event(Fact::Order {
            order: "o-1".into(),
            fact,
        })
    };
    frozen("card_begun", &in_order(begun));
    frozen("card_ended", &ended.map(in_order).to_vec());
    frozen("token_delivered", &in_order(token));
}

#[test]
fn leave_to_write_a_card_keeps_its_shape() {
    let authorisation = sign_authorisation(&card_leave(), &key()).unwrap();
    let office = Entry {
        change: Some(3),
        body: EntryBody::Office {
            at: Millis(1_790_000_600_000),
            by: "gateway".into(),
            event: OfficeEvent::CardAuthorised {
                authorisation: authorisation.clone(),
            },
        },
    };
    frozen("card_authorised", &office);
    let taken_back = OfficeEvent::CardLeaveTakenBack {
        authorisation: card_leave().id,
        reason: "平板丢失".into(),
    };
    frozen("card_leave_taken_back", &taken_back);
    frozen("card_leave", &card_leave());
    let order = "o-1".into();
    frozen("authorise_request", &AuthoriseRequest { order });
    frozen("authorised", &Authorised { authorisation });
    let asks = [
        SecurityAsk::Authenticate { challenge: [1; 8] },
        SecurityAsk::Mac {
            challenge: [2; 8],
            header: [0x04, 0xd6, 0x82, 0x00, 0x0c],
            data: vec![0, 0, 0x35, 0xc5, 0, 0, 0, 1],
        },
    ];
    let requests = asks.map(|ask| SecurityRequest {
        authorisation: card_leave().id,
        serial: card(9),
        ask,
    });
    frozen("security_requests", &requests.to_vec());
    let answer = vec![1, 2, 3, 4];
    frozen("security_answer", &SecurityAnswer { answer });
}

#[test]
fn problems_with_cards_keep_their_codes() {
    let problems = vec![
        Problem::NoCardWanted,
        Problem::CardLeaveOut {
            state: "in_doubt".into(),
            device: device(),
        },
        Problem::SecurityRefused {
            why: "no security module is configured".into(),
        },
    ];
    frozen("card_problems", &problems);
}
