//! Every cell of the judge.

use domain::{
    DeviceId, Dispatch, Entry, EntryBody, EventId, LateDecision, Millis, OfficeEvent, Order,
    OrderEvent, ScanSource, Stamp, Stock, StockEvent, Verdict,
};
use uuid::Uuid;

use super::*;
use crate::tests::field::{asset, crew, dispatch, meter};

fn order() -> Order {
    Order::open(dispatch("o-1", &crew(1)))
}

fn cell(
    order: Option<&Order>,
    custody: Custody,
    overtaken: Overtaken,
    event: &OrderEvent,
) -> String {
    let verdict = judge(Case {
        order,
        custody,
        overtaken,
        crew: &crew(1),
        stock: &Stock::default(),
        at: Millis(0),
        event,
    });
    match verdict {
        Verdict::Accepted => "accepted".into(),
        Verdict::Late { refusal: None } => "late".into(),
        Verdict::Late { refusal: Some(r) } => format!("late {}", r.code()),
        Verdict::Refused { refusal } => format!("refused {}", refusal.code()),
    }
}

#[test]
fn every_cell_of_the_judge_is_as_the_table_says() {
    use Custody::{Never, Now, Once};
    use Overtaken::{ByDevice, ByOffice, No};
    let (ours, theirs) = (order(), Order::open(dispatch("o-1", &crew(2))));
    let (fits, does_not) = (OrderEvent::Started, OrderEvent::Completed);
    for (custody, overtaken, fitting, other) in [
        (Now, No, "accepted", "refused wrong_state"),
        (Now, ByDevice, "accepted", "late wrong_state"),
        (Now, ByOffice, "late", "late wrong_state"),
        (Once, No, "late not_this_crew", "late not_this_crew"),
        (Once, ByDevice, "late not_this_crew", "late not_this_crew"),
        (Once, ByOffice, "late not_this_crew", "late not_this_crew"),
        (Never, No, "refused not_this_crew", "refused not_this_crew"),
        (
            Never,
            ByDevice,
            "refused not_this_crew",
            "refused not_this_crew",
        ),
        (
            Never,
            ByOffice,
            "refused not_this_crew",
            "refused not_this_crew",
        ),
    ] {
        let order = if custody == Now { &ours } else { &theirs };
        let at = format!("{custody:?} {overtaken:?}");
        assert_eq!(
            cell(Some(order), custody, overtaken, &fits),
            fitting,
            "{at}"
        );
        assert_eq!(
            cell(Some(order), custody, overtaken, &does_not),
            other,
            "{at}"
        );
        let unknown = cell(None, custody, overtaken, &fits);
        assert_eq!(unknown, "refused unknown_order", "{at}");
    }
}

fn field(device: u128, verdict: Verdict) -> Entry {
    let device = DeviceId(Uuid::from_u128(device));
    Entry {
        change: Some(1),
        body: EntryBody::Field {
            event_id: EventId { device, seq: 1 },
            operator: "op".into(),
            crew: crew(1),
            at: Stamp {
                wall_ms: Millis(0),
                boot_ms: 0,
                boot_id: Uuid::nil(),
                offset_ms: None,
                uncertainty_ms: None,
            },
            verdict,
            event: Box::new(OrderEvent::Started),
        },
    }
}

fn office(event: OfficeEvent) -> Entry {
    let (at, by) = (Millis(0), "somebody".to_owned());
    Entry {
        change: Some(1),
        body: EntryBody::Office { at, by, event },
    }
}

fn boxed() -> Box<Dispatch> {
    Box::new(dispatch("o-1", &crew(1)))
}

#[test]
fn who_overtook_is_told_from_what_a_device_had_not_seen() {
    let me = DeviceId(Uuid::from_u128(1));
    let refusal = || domain::Refusal::UnknownOrder;
    let table = [
        (
            office(OfficeEvent::Dispatched { dispatch: boxed() }),
            Overtaken::No,
        ),
        (office(OfficeEvent::AcceptedByMarketing), Overtaken::No),
        (
            office(OfficeEvent::Changed { dispatch: boxed() }),
            Overtaken::ByOffice,
        ),
        (
            office(OfficeEvent::Recalled {
                reason: String::new(),
            }),
            Overtaken::ByOffice,
        ),
        (
            office(OfficeEvent::Returned { remarks: vec![] }),
            Overtaken::ByOffice,
        ),
        (office(OfficeEvent::Approved), Overtaken::ByOffice),
        (
            office(OfficeEvent::LateDecided {
                events: vec![],
                decision: LateDecision::Accept,
            }),
            Overtaken::ByOffice,
        ),
        (field(1, Verdict::Accepted), Overtaken::No),
        (field(2, Verdict::Accepted), Overtaken::ByDevice),
        (field(2, Verdict::Late { refusal: None }), Overtaken::No),
        (
            field(2, Verdict::Refused { refusal: refusal() }),
            Overtaken::No,
        ),
    ];
    for (entry, expected) in &table {
        assert_eq!(overtaken([entry], me), *expected, "{entry:?}");
    }
    assert_eq!(overtaken([], me), Overtaken::No);
    let all = table.iter().map(|(entry, _)| entry);
    assert_eq!(
        overtaken(all, me),
        Overtaken::ByOffice,
        "the gravest counts"
    );
}

#[test]
fn a_meter_that_is_installed_elsewhere_is_not_picked_up() {
    let event = StockEvent::PickedUp {
        asset_no: asset(1),
        source: ScanSource::Camera,
        image: None,
        sighting: None,
    };
    let holder = |holder| Stock::of([meter(1, holder)]);
    let installed = holder(domain::Holder::Installed {
        account_no: "a".into(),
    });
    let (verdict, change) = judge_stock(&installed, &crew(1), &event);
    assert!(matches!(verdict, Verdict::Refused { .. }) && change.is_none());
    let set_aside = holder(domain::Holder::Cabinet {
        issued_to: Some(crew(1)),
    });
    let (verdict, change) = judge_stock(&set_aside, &crew(1), &event);
    assert!(verdict == Verdict::Accepted && change.is_some());
}
