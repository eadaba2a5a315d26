//! The rule book, cell by cell, and by property.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::{
    AssetKind, AssetRule, CommAddress, DeviceId, DisplayShows, Holder, Operator, Overrule, Proof,
    Purpose, ReadingSource, Refusal, RegisterDigits, SeenBy, Slot, Stamp, Stock, StockItem, Wiring,
};

fn asset(serial: u64) -> AssetNo {
    AssetRule::state_grid()
        .with_check_digit(&format!("4130001{serial:014}"))
        .unwrap()
}

fn model() -> MeterModel {
    MeterModel {
        wiring: Wiring::SinglePhase,
        prepaid: true,
        digits: RegisterDigits {
            integer: 6,
            decimal: 2,
        },
        registers: vec![
            Register::ForwardTotal,
            Register::ForwardT2,
            Register::ForwardT4,
        ],
    }
}

const OLD: u64 = 1;
const NEW: u64 = 2;
const SPARE: u64 = 3;
const THEIRS: u64 = 4;
const INSTALLED: u64 = 5;
const TERMINAL: u64 = 6;
const THREE_PHASE: u64 = 7;

fn crew() -> CrewId {
    "crew-1".into()
}

fn dispatch(kind: OrderKind) -> Dispatch {
    Dispatch {
        id: "o-1".into(),
        revision: 1,
        kind,
        reason: Some(ReplaceReason::Fault),
        account: Account {
            account_no: "4101234567".into(),
            customer: "made up".into(),
            address: "made up".into(),
            phone: String::new(),
            point_no: "p-1".into(),
            area: "a-1".into(),
            meter_box: "b-1".into(),
            place: None,
        },
        old_meter: Some(OldMeter {
            asset_no: asset(OLD),
            model: model(),
            last_billed: vec![(Register::ForwardTotal, Decimal::from_hundredths(10_000))],
            seals: vec!["s-old".into()],
        }),
        new_meter: Some(model()),
        old_terminal: Some(asset(8)),
        terminal_meters: vec![],
        card: None,
        token: None,
        appointment: None,
        crew: crew(),
        procedure: Procedure::built_in_for(kind),
        remark: String::new(),
    }
}

fn stock() -> Stock {
    let with_us = || Holder::WithCrew { crew: crew() };
    let item = |serial, kind, model, holder| StockItem {
        asset_no: asset(serial),
        kind,
        model,
        comm_address: None::<CommAddress>,
        holder,
    };
    let three_phase = MeterModel {
        wiring: Wiring::ThreePhaseFourWire,
        ..model()
    };
    Stock::of([
        item(NEW, AssetKind::Meter, Some(model()), with_us()),
        item(SPARE, AssetKind::Meter, Some(model()), with_us()),
        item(
            THEIRS,
            AssetKind::Meter,
            Some(model()),
            Holder::WithCrew {
                crew: "crew-2".into(),
            },
        ),
        item(
            INSTALLED,
            AssetKind::Meter,
            Some(model()),
            Holder::Installed {
                account_no: "4100000000".into(),
            },
        ),
        item(TERMINAL, AssetKind::Terminal, None, with_us()),
        item(THREE_PHASE, AssetKind::Meter, Some(three_phase), with_us()),
    ])
}

/// A crew at work: decides on its picture and keeps the log that made it.
#[derive(Clone)]
struct Site {
    order: Order,
    log: Vec<Entry>,
    stock: Stock,
    seq: u64,
}

impl Site {
    fn new(kind: OrderKind) -> Self {
        let entry = office(OfficeEvent::Dispatched {
            dispatch: Box::new(dispatch(kind)),
        });
        let order = apply(None, &entry).unwrap();
        Self {
            order,
            log: vec![entry],
            stock: stock(),
            seq: 0,
        }
    }

    fn act(&mut self, action: Action) -> Result<(), Refusal> {
        let crew = crew();
        let ground = Ground {
            crew: &crew,
            stock: &self.stock,
            now: Millis(1_000),
        };
        for event in decide(&self.order, action, ground)? {
            self.seq += 1;
            self.push(field(self.seq, event, Verdict::Accepted));
        }
        Ok(())
    }

    fn push(&mut self, entry: Entry) {
        let after = apply(Some(self.order.clone()), &entry).unwrap();
        for change in stock_changes(Some(&self.order), &after) {
            self.stock.apply(&change);
        }
        self.order = after;
        self.log.push(entry);
    }

    fn office(&mut self, event: OfficeEvent) -> Result<(), Refusal> {
        admit_office(&self.order, &event)?;
        self.push(office(event));
        Ok(())
    }

    fn holder(&self, serial: u64) -> &Holder {
        &self.stock.item(&asset(serial)).unwrap().holder
    }

    /// Does every required step of a replacement, without handing it in.
    fn replaced() -> Self {
        let mut site = Self::new(OrderKind::Replace);
        for action in replacement() {
            site.act(action).unwrap();
        }
        let sign = sign(&site.order);
        site.act(sign).unwrap();
        site
    }

    fn completed() -> Self {
        let mut site = Self::replaced();
        site.act(Action::Complete).unwrap();
        site
    }
}

fn device() -> DeviceId {
    DeviceId(uuid::Uuid::from_u128(7))
}

fn field(seq: u64, event: OrderEvent, verdict: Verdict) -> Entry {
    let at = Stamp {
        wall_ms: Millis(1_000),
        boot_ms: 5,
        boot_id: uuid::Uuid::nil(),
        offset_ms: None,
        uncertainty_ms: None,
    };
    let body = EntryBody::Field {
        event_id: EventId {
            device: device(),
            seq,
        },
        operator: Operator::from("op"),
        crew: crew(),
        at,
        verdict,
        event: Box::new(event),
    };
    Entry { change: None, body }
}

fn office(event: OfficeEvent) -> Entry {
    let body = EntryBody::Office {
        at: Millis(1),
        by: "office".into(),
        event,
    };
    Entry {
        change: Some(1),
        body,
    }
}

fn photo(n: u8, purpose: Purpose) -> Photo {
    Photo {
        hash: BlobHash::of(&[n]),
        thumbnail: BlobHash::of(&[n, n]),
        purpose,
        size_bytes: 100,
        width: 10,
        height: 10,
        place: None,
        hints: vec![],
        likeness: "0".repeat(16),
    }
}

fn take_photo(step: &str, n: u8) -> Action {
    Action::TakePhoto {
        step: step.into(),
        photo: photo(n, Purpose::Reading),
    }
}

fn scan(step: &str, serial: u64) -> Action {
    Action::Scan {
        step: step.into(),
        asset_no: asset(serial),
        source: ScanSource::Camera,
        image: None,
        sighting: None,
        overrules: vec![],
    }
}

fn values(total: i64, peak: i64, valley: i64) -> Vec<RegisterReading> {
    [
        (Register::ForwardTotal, total),
        (Register::ForwardT2, peak),
        (Register::ForwardT4, valley),
    ]
    .map(|(register, hundredths)| RegisterReading {
        register,
        value: Decimal::from_hundredths(hundredths),
        source: ReadingSource::Typed,
        also: vec![],
    })
    .to_vec()
}

fn read(step: &str, values: Vec<RegisterReading>) -> Action {
    Action::Read {
        step: step.into(),
        values,
        readout: None,
        sightings: vec![],
        overrules: vec![],
    }
}

fn seal(removed: &[&str], added: &[&str]) -> Action {
    let marks = |numbers: &[&str]| {
        numbers
            .iter()
            .map(|no| SealMark {
                seal_no: (*no).into(),
                place: "cover".into(),
            })
            .collect()
    };
    Action::Seal {
        step: "seals".into(),
        removed: marks(removed),
        added: marks(added),
        overrules: vec![],
    }
}

fn sign(order: &Order) -> Action {
    Action::Sign {
        step: "signature".into(),
        strokes: BlobHash::of(b"strokes"),
        form_hash: form(order).hash(),
        signer: "customer".into(),
    }
}

fn could_not() -> Action {
    Action::CouldNot {
        reason: "no_access".into(),
        remark: "nobody at home".into(),
    }
}

/// All a replacement asks for, but the signature.
fn replacement() -> Vec<Action> {
    vec![
        take_photo("site", 1),
        scan("old_meter", OLD),
        take_photo("old_reading", 2),
        read("old_reading", values(20_000, 12_000, 8_000)),
        scan("new_meter", NEW),
        take_photo("new_reading", 3),
        read("new_reading", values(0, 0, 0)),
        take_photo("seals", 4),
        seal(&["s-old"], &["s-new"]),
    ]
}

fn code(result: Result<(), Refusal>) -> &'static str {
    result.map_or_else(|refusal| refusal.code(), |()| "ok")
}

/// One site in each state, with every required step done wherever work was done.
fn sites() -> BTreeMap<&'static str, Site> {
    let mut returned = Site::completed();
    let remark = Remark {
        pin: Pin::Order,
        text: "look again".into(),
    };
    returned
        .office(OfficeEvent::Returned {
            remarks: vec![remark],
        })
        .unwrap();
    let mut approved = Site::completed();
    approved.office(OfficeEvent::Approved).unwrap();
    let mut recalled = Site::replaced();
    recalled
        .office(OfficeEvent::Recalled {
            reason: "moved".into(),
        })
        .unwrap();
    let mut could = Site::replaced();
    could.act(could_not()).unwrap();
    BTreeMap::from([
        ("1 assigned", Site::new(OrderKind::Replace)),
        ("2 started", Site::replaced()),
        ("3 completed", Site::completed()),
        ("4 could_not_do", could),
        ("5 returned", returned),
        ("6 approved", approved),
        ("7 recalled", recalled),
    ])
}

#[test]
fn every_cell_of_state_and_action_is_as_the_table_says() {
    let sites = sites();
    let rows = sites.values().map(|site| {
        let actions = [
            scan("old_meter", OLD),
            take_photo("site", 99),
            Action::WithdrawPhoto {
                step: "site".into(),
                photo: BlobHash::of(&[1]),
            },
            read("old_reading", values(20_000, 12_000, 8_000)),
            seal(&["s-old"], &["s-new"]),
            Action::Note {
                step: "note".into(),
                text: "dog".into(),
            },
            sign(&site.order),
            Action::Complete,
            could_not(),
            Action::Reopen,
        ];
        actions.map(|action| code(site.clone().act(action)))
    });
    let no = "wrong_state";
    let closed = [no; 10];
    let handed_in = [no, no, no, no, no, no, no, no, no, "ok"];
    let expected = [
        [
            "ok",
            "ok",
            "unknown_photo",
            "photos_first",
            "ok",
            "ok",
            "steps_missing",
            "steps_missing",
            "ok",
            no,
        ],
        ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", no],
        handed_in,
        handed_in,
        ["ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", "ok", no],
        closed,
        closed,
    ];
    for ((name, row), expected) in sites.keys().zip(rows).zip(expected) {
        assert_eq!(row, expected, "{name}");
    }
}

#[test]
fn every_cell_of_state_and_office_event_is_as_the_table_says() {
    let sites = sites();
    let remark = |text: &str| Remark {
        pin: Pin::Order,
        text: text.into(),
    };
    let events = || {
        let dispatch = || Box::new(dispatch(OrderKind::Replace));
        [
            OfficeEvent::Dispatched {
                dispatch: dispatch(),
            },
            OfficeEvent::Changed {
                dispatch: dispatch(),
            },
            OfficeEvent::Recalled { reason: "r".into() },
            OfficeEvent::Returned {
                remarks: vec![remark("again")],
            },
            OfficeEvent::Returned {
                remarks: vec![remark(" ")],
            },
            OfficeEvent::Approved,
            OfficeEvent::LateDecided {
                events: vec![],
                decision: LateDecision::Accept,
            },
            OfficeEvent::AcceptedByMarketing,
        ]
    };
    let no = "wrong_state";
    let words = "text_missing";
    let open = [no, "ok", "ok", no, words, no, no, no];
    let handed_in = [no, no, "ok", "ok", words, "ok", no, no];
    let expected = [
        open,
        open,
        handed_in,
        handed_in,
        open,
        [no, no, no, no, words, no, no, "ok"],
        [no, "ok", no, no, words, no, no, no],
    ];
    for ((name, site), expected) in sites.iter().zip(expected) {
        let row = events().map(|event| code(site.clone().office(event)));
        assert_eq!(row, expected, "{name}");
    }
}

#[test]
fn what_is_allowed_is_exactly_what_is_not_refused_by_the_state() {
    for (name, site) in sites() {
        let reopen = code(site.clone().act(Action::Reopen)) == "ok";
        let note = Action::Note {
            step: "note".into(),
            text: "n".into(),
        };
        let complete = code(site.clone().act(Action::Complete)) == "ok";
        let kinds = allowed(&site.order);
        assert_eq!(kinds.contains(&ActionKind::Reopen), reopen, "{name}");
        assert_eq!(kinds.contains(&ActionKind::Complete), complete, "{name}");
        assert_eq!(
            kinds.contains(&ActionKind::Note),
            code(site.clone().act(note)) == "ok"
        );
    }
}

#[test]
fn the_signature_is_refused_before_all_required_steps() {
    let mut site = Site::new(OrderKind::Replace);
    for action in replacement() {
        assert_eq!(code(site.clone().act(sign(&site.order))), "steps_missing");
        site.act(action).unwrap();
    }
    assert_eq!(code(site.clone().act(sign(&site.order))), "ok");
}

#[test]
fn a_signature_stands_only_while_the_form_says_what_was_signed() {
    let mut site = Site::replaced();
    assert!(site.order.open_steps().next().is_none());
    site.act(read("old_reading", values(20_100, 12_000, 8_100)))
        .unwrap();
    let open: Vec<_> = site
        .order
        .open_steps()
        .map(|step| step.id.as_str())
        .collect();
    assert_eq!(open, ["signature"]);
    let stale = Action::Sign {
        step: "signature".into(),
        strokes: BlobHash::of(b"s"),
        form_hash: BlobHash::of(b"another form"),
        signer: "customer".into(),
    };
    assert_eq!(code(site.act(stale)), "form_changed");
}

#[test]
fn a_wrong_asset_is_refused_and_changes_nothing() {
    let mut site = Site::new(OrderKind::Replace);
    let before = site.order.clone();
    for (step, serial, expected) in [
        ("old_meter", NEW, "wrong_asset"),
        ("new_meter", OLD, "old_and_new_swapped"),
        ("new_meter", THEIRS, "not_in_custody"),
        ("new_meter", INSTALLED, "bound_elsewhere"),
        ("new_meter", TERMINAL, "wrong_kind"),
        ("new_meter", THREE_PHASE, "wrong_model"),
        ("new_meter", 999, "needs_reason"),
        ("site", NEW, "wrong_step"),
        ("nowhere", NEW, "unknown_step"),
    ] {
        assert_eq!(
            code(site.act(scan(step, serial))),
            expected,
            "{step} {serial}"
        );
        assert_eq!(site.order, before);
    }
}

fn seen(by: SeenBy, proof: Option<Proof>) -> Sighting {
    Sighting {
        image: BlobHash::of(b"image"),
        crop: BlobHash::of(b"crop"),
        text: "read".into(),
        confidence: 900,
        by,
        program: "0".into(),
        corners: [(0, 0); 4],
        may_train: false,
        proof,
    }
}

#[test]
fn a_number_only_the_soft_reader_saw_is_refused_without_a_second_proof() {
    let with = |by, proof| {
        let mut action = scan("old_meter", OLD);
        if let Action::Scan { sighting, .. } = &mut action {
            *sighting = Some(Box::new(seen(by, proof)));
        }
        action
    };
    let mut site = Site::new(OrderKind::Replace);
    assert_eq!(code(site.act(with(SeenBy::Soft, None))), "read_unproved");
    assert_eq!(site.act(with(SeenBy::Decoder, None)), Ok(()));
    assert_eq!(site.act(with(SeenBy::Soft, Some(Proof::Crew))), Ok(()));
}

#[test]
fn the_pictures_a_program_read_are_evidence_of_the_order() {
    let mut site = Site::new(OrderKind::Replace);
    let mut action = scan("old_meter", OLD);
    if let Action::Scan { sighting, .. } = &mut action {
        *sighting = Some(Box::new(seen(SeenBy::Decoder, None)));
    }
    site.act(action).unwrap();
    let names = [b"image".as_slice(), b"crop"].map(BlobHash::of);
    assert!(names.iter().all(|name| site.order.manifest.contains(name)));

    let mut display = seen(SeenBy::DisplayNet, None);
    display.crop = BlobHash::of(b"row");
    let sightings = vec![DisplaySighting {
        shows: DisplayShows::Err { code: 8 },
        sighting: display,
    }];
    site.act(take_photo("old_reading", 1)).unwrap();
    let mut action = read("old_reading", values(20_000, 12_000, 8_000));
    if let Action::Read { sightings: of, .. } = &mut action {
        of.clone_from(&sightings);
    }
    site.act(action).unwrap();
    assert!(site.order.manifest.contains(&BlobHash::of(b"row")));
    let step = StepId::from("old_reading");
    let record = site.order.work.get(&step);
    assert!(matches!(record, Some(Record::Reading { sightings: kept, .. }) if *kept == sightings));
}

#[test]
fn a_check_that_asks_is_overruled_only_with_a_reason_that_stays_visible() {
    let mut site = Site::new(OrderKind::Replace);
    site.act(take_photo("old_reading", 2)).unwrap();
    let below = |reason: &str| Action::Read {
        step: "old_reading".into(),
        values: values(9_000, 5_000, 4_000),
        readout: None,
        sightings: vec![],
        overrules: vec![Overrule {
            check: crate::Check::NotBelowLastBilled,
            reason: reason.into(),
        }],
    };
    assert_eq!(code(site.act(below("  "))), "needs_reason");
    site.act(below("meter turned over")).unwrap();
    let visible = anomalies(&site.order);
    assert!(matches!(
        visible.as_slice(),
        [Anomaly::Overruled { finding, .. }] if finding.reason == "meter turned over"
    ));
}

#[test]
fn readings_are_checked_register_by_register() {
    let mut site = Site::new(OrderKind::Replace);
    assert_eq!(
        code(site.act(read("old_reading", values(20_000, 12_000, 8_000)))),
        "photos_first"
    );
    site.act(take_photo("old_reading", 2)).unwrap();
    let mut twice = values(20_000, 12_000, 8_000);
    twice.push(twice[0].clone());
    let missing = values(20_000, 12_000, 8_000)[..2].to_vec();
    for (values, expected) in [
        (values(20_000, 12_000, 8_000), "ok"),
        (values(20_003, 12_000, 8_000), "needs_reason"),
        (values(20_002, 12_000, 8_000), "ok"),
        (values(9_999, 5_999, 4_000), "needs_reason"),
        (values(100_000_000, 60_000_000, 40_000_000), "beyond_digits"),
        (values(99_000_000, 60_000_000, 39_000_000), "needs_reason"),
        (twice, "register_twice"),
        (missing, "register_missing"),
        (vec![], "register_missing"),
    ] {
        assert_eq!(
            code(site.clone().act(read("old_reading", values.clone()))),
            expected,
            "{values:?}"
        );
    }
}

#[test]
fn seals_have_numbers_and_old_ones_are_accounted_for() {
    let site = Site::new(OrderKind::Replace);
    for (removed, added, expected) in [
        (&["s-old"][..], &["s-1"][..], "ok"),
        (&[], &["s-1"], "needs_reason"),
        (&["s-old"], &[], "seals_missing"),
        (&["s-old"], &[" "], "seal_without_number"),
        (&["s-old"], &["s-old"], "seal_twice"),
    ] {
        assert_eq!(
            code(site.clone().act(seal(removed, added))),
            expected,
            "{removed:?} {added:?}"
        );
    }
}

#[test]
fn the_new_meter_is_bound_installed_and_given_back_with_the_order() {
    let mut site = Site::new(OrderKind::Replace);
    let with_us = Holder::WithCrew { crew: crew() };
    site.act(scan("new_meter", SPARE)).unwrap();
    assert!(matches!(site.holder(SPARE), Holder::Bound { .. }));
    site.act(scan("new_meter", NEW)).unwrap();
    assert_eq!(
        site.holder(SPARE),
        &with_us,
        "the meter scanned first is free again"
    );
    let mut undone = site.clone();
    undone.act(could_not()).unwrap();
    assert_eq!(undone.holder(NEW), &with_us);
    undone.office(OfficeEvent::Approved).unwrap();
    assert_eq!(
        undone.holder(NEW),
        &with_us,
        "what was approved is that nothing was hung"
    );
    let mut done = Site::completed();
    assert!(matches!(done.holder(NEW), Holder::Installed { .. }));
    done.act(Action::Reopen).unwrap();
    assert!(matches!(done.holder(NEW), Holder::Bound { .. }));
}

#[test]
fn a_returned_step_is_open_until_it_is_done_again() {
    let mut site = Site::completed();
    let pin = Pin::Photo {
        step: "seals".into(),
        photo: BlobHash::of(&[4]),
        x_permille: 500,
        y_permille: 500,
    };
    let remarks = vec![Remark {
        pin,
        text: "not readable".into(),
    }];
    site.office(OfficeEvent::Returned { remarks }).unwrap();
    assert_eq!(site.order.next_step().unwrap().id.as_str(), "seals");
    assert_eq!(code(site.act(Action::Complete)), "steps_missing");
    site.act(take_photo("seals", 44)).unwrap();
    site.act(Action::Complete).unwrap();
    assert!(matches!(site.order.state, OrderState::Completed { .. }));
}

#[test]
fn late_and_refused_events_stay_on_record_and_count_only_when_a_person_says_so() {
    let mut site = Site::new(OrderKind::Replace);
    site.office(OfficeEvent::Recalled {
        reason: "moved".into(),
    })
    .unwrap();
    let taken = OrderEvent::PhotoTaken {
        step: "site".into(),
        photo: photo(1, Purpose::Site),
    };
    site.push(field(
        1,
        OrderEvent::Started,
        Verdict::Late { refusal: None },
    ));
    site.push(field(2, taken.clone(), Verdict::Late { refusal: None }));
    let refusal = Refusal::UnknownOrder;
    site.push(field(3, taken, Verdict::Refused { refusal }));
    assert_eq!(site.order.attention.len(), 3);
    assert!(site.order.photos.is_empty());
    assert!(
        site.order.manifest.contains(&BlobHash::of(&[1])),
        "its photo is evidence all the same"
    );
    let id = |seq| EventId {
        device: device(),
        seq,
    };
    let accept = OfficeEvent::LateDecided {
        events: vec![id(1), id(2)],
        decision: LateDecision::Accept,
    };
    site.office(accept.clone()).unwrap();
    assert_eq!(site.order.state, OrderState::Started);
    assert_eq!(site.order.photos.len(), 1);
    assert_eq!(code(site.office(accept)), "wrong_state", "decided once");
    let dismiss = OfficeEvent::LateDecided {
        events: vec![id(3)],
        decision: LateDecision::Dismiss,
    };
    site.office(dismiss).unwrap();
    assert_eq!(site.order.photos.values().map(Vec::len).sum::<usize>(), 1);
}

#[test]
fn another_crews_order_is_not_touched() {
    let mut site = Site::new(OrderKind::Replace);
    site.order.dispatch.crew = "crew-2".into();
    assert_eq!(code(site.act(take_photo("site", 1))), "not_this_crew");
}

#[test]
fn every_kind_of_order_can_be_done_and_ended_undone() {
    for kind in OrderKind::ALL {
        let mut site = Site::new(kind);
        site.clone().act(could_not()).unwrap();
        let mut n = 0;
        while let Some(step) = site.order.next_step().cloned() {
            n += 1;
            assert!(n < 40, "{kind:?} does not come to an end at {}", step.id);
            let photos = site.order.photos.get(&step.id).map_or(0, Vec::len);
            let id = step.id.as_str();
            let slot_serial = |slot| match slot {
                Slot::OldMeter => OLD,
                Slot::NewMeter => NEW,
                Slot::OldTerminal => 8,
                Slot::NewTerminal => TERMINAL,
            };
            let action = match step.need {
                _ if photos < usize::from(step.photos.min) => take_photo(id, n),
                Need::Photos => take_photo(id, n),
                Need::Scan { slot } => scan(id, slot_serial(slot)),
                Need::Reading {
                    slot: Slot::OldMeter,
                } => read(id, values(20_000, 12_000, 8_000)),
                Need::Reading { .. } => read(id, values(0, 0, 0)),
                Need::Seals { .. } => seal(&["s-old"], &["s-new"]),
                Need::Attach => Action::Attach {
                    step: id.into(),
                    meters: vec![AttachedMeter {
                        asset_no: asset(50),
                        comm_address: "000000000050".into(),
                        measuring_point: 1,
                        answered: crate::Answered::Yes,
                    }],
                },
                Need::Note => Action::Note {
                    step: id.into(),
                    text: "n".into(),
                },
                Need::Card | Need::Token => panic!("no such step was asked for"),
                Need::Signature => sign(&site.order),
            };
            site.act(action).unwrap();
        }
        site.act(Action::Complete).unwrap();
        assert_eq!(site.order.state.name(), "completed", "{kind:?}");
    }
}

/// Any action a crew could try, sensible or not.
fn any_action() -> impl Strategy<Value = u8> {
    0u8..24
}

fn action_of(n: u8, order: &Order) -> Action {
    match n {
        0..=8 => replacement()[usize::from(n)].clone(),
        9 => sign(order),
        10 => Action::Complete,
        11 => could_not(),
        12 => Action::Reopen,
        13 => scan("new_meter", SPARE),
        14 => scan("new_meter", THEIRS),
        15 => Action::WithdrawPhoto {
            step: "site".into(),
            photo: BlobHash::of(&[1]),
        },
        16 => read("old_reading", values(1, 1, 0)),
        17 => Action::Note {
            step: "note".into(),
            text: "n".into(),
        },
        18 => take_photo("new_reading", 30),
        19 => seal(&[], &[]),
        _ => take_photo("site", n),
    }
}

fn office_of(n: u8) -> OfficeEvent {
    match n % 6 {
        0 => OfficeEvent::Approved,
        1 => OfficeEvent::Recalled { reason: "r".into() },
        2 => OfficeEvent::Changed {
            dispatch: Box::new(dispatch(OrderKind::Replace)),
        },
        3 => OfficeEvent::AcceptedByMarketing,
        _ => OfficeEvent::Returned {
            remarks: vec![Remark {
                pin: Pin::Step {
                    step: "seals".into(),
                },
                text: "t".into(),
            }],
        },
    }
}

proptest! {
    #[test]
    fn replaying_the_log_gives_exactly_the_picture(
        steps in prop::collection::vec((any_action(), 0u8..12), 1..60)
    ) {
        let mut site = Site::new(OrderKind::Replace);
        for (n, office) in steps {
            let before = site.order.clone();
            let refused = if office < 10 {
                site.act(action_of(n, &before)).is_err()
            } else {
                site.office(office_of(n)).is_err()
            };
            if refused {
                prop_assert_eq!(&site.order, &before, "a refusal changes nothing");
            }
        }
        prop_assert_eq!(replay(&site.log), Some(site.order.clone()));
        let text = serde_json::to_string(&site.log).unwrap();
        let log: Vec<Entry> = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(replay(&log), Some(site.order), "the log survives being written down");
    }

    #[test]
    fn a_new_meter_is_never_in_two_places(
        steps in prop::collection::vec(any_action(), 1..60)
    ) {
        let mut site = Site::new(OrderKind::Replace);
        for n in steps {
            let action = action_of(n, &site.order);
            site.act(action).ok();
            let bound = [NEW, SPARE].map(|serial| match site.holder(serial) {
                Holder::Bound { .. } | Holder::Installed { .. } => 1,
                _ => 0,
            });
            prop_assert!(bound[0] + bound[1] <= 1);
            let expected = i32::from(
                site.order.scanned(Slot::NewMeter).is_some()
                    && site.order.state.name() != "could_not_do"
            );
            prop_assert_eq!(bound[0] + bound[1], expected);
        }
    }
}
