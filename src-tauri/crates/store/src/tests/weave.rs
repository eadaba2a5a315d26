//! Pulls, doubled and overlapping pages, receipts lost and late, and acts, in any order: the
//! picture is always the replay of the log, and in the end the gateway's.

use std::collections::BTreeMap;

use domain::{
    Entry, EntryBody, Event, Fact, Judgement, OfficeEvent, OrderEvent, OrderId, Receipt, Refusal,
    Remark, Verdict, chain_start, replay,
};
use proptest::prelude::*;
use uuid::Uuid;

use super::made_up::*;
use super::rig::*;
use crate::{Incoming, Store};

/// A gateway as small as can be: a log by change number, and a device's series.
struct Gateway {
    log: Vec<(OrderId, Entry)>,
    held: Vec<domain::Sealed>,
    judged: Vec<Verdict>,
}

impl Gateway {
    fn new(orders: u64) -> Self {
        let mut gateway = Self {
            log: vec![],
            held: vec![],
            judged: vec![],
        };
        for n in 1..=orders {
            let dispatch = Box::new(dispatch(n));
            gateway.office(n, OfficeEvent::Dispatched { dispatch });
        }
        gateway
    }

    fn office(&mut self, n: u64, event: OfficeEvent) {
        let change = self.log.len() as u64 + 1;
        self.log.push((order_id(n), office(change, event)));
    }

    fn push(&mut self, store: &Store, limit: usize, judge: u8) -> Receipt {
        let from = self.held.len() as u64 + 1;
        for sealed in store.events_from(from, limit, usize::MAX).unwrap() {
            let event: Event = sealed.open().unwrap();
            let verdict = match (u64::from(judge) + sealed.seq) % 5 {
                0 => Verdict::Late { refusal: None },
                1 => Verdict::Refused {
                    refusal: Refusal::TextMissing,
                },
                _ => Verdict::Accepted,
            };
            if let Fact::Order { order, fact } = event.fact {
                let change = Some(self.log.len() as u64 + 1);
                let body = EntryBody::Field {
                    event_id: event.id,
                    operator: event.operator,
                    crew: event.crew,
                    at: event.at,
                    verdict: verdict.clone(),
                    event: Box::new(fact),
                };
                self.log.push((order, Entry { change, body }));
            }
            self.held.push(sealed);
            self.judged.push(verdict);
        }
        let device = enrolment().device;
        Receipt {
            device,
            push: Uuid::nil(),
            through_seq: self.held.len() as u64,
            chain_head: self.held.last().map_or(chain_start(device), |e| e.hash),
            judgements: (1..)
                .zip(&self.judged)
                .map(|(seq, verdict)| Judgement {
                    seq,
                    verdict: verdict.clone(),
                })
                .collect(),
            blobs_held: vec![],
        }
    }

    /// The lines after a cursor, at most `limit`, by order.
    fn page(&self, after: u64, limit: usize) -> (u64, Vec<Incoming>) {
        let lines = self
            .log
            .iter()
            .filter(|(_, e)| e.change > Some(after))
            .take(limit);
        let mut orders: BTreeMap<OrderId, Vec<Entry>> = BTreeMap::new();
        let mut next = after;
        for (order, entry) in lines {
            orders.entry(order.clone()).or_default().push(entry.clone());
            next = entry.change.unwrap();
        }
        let changes = orders
            .into_iter()
            .map(|(order, entries)| Incoming::Order { order, entries });
        (next, changes.collect())
    }
}

#[derive(Debug, Clone)]
enum Move {
    Act {
        order: u64,
        what: u8,
    },
    Office {
        order: u64,
        what: u8,
    },
    Push {
        limit: usize,
        judge: u8,
        is_lost: bool,
    },
    Pull {
        limit: usize,
        is_doubled: bool,
    },
    PullAgain {
        back: u64,
    },
    Restart,
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let one = prop_oneof![
        5 => (1..=3_u64, 0..5_u8).prop_map(|(order, what)| Move::Act { order, what }),
        2 => (1..=3_u64, 0..4_u8).prop_map(|(order, what)| Move::Office { order, what }),
        3 => (0..4_usize, any::<u8>(), any::<bool>())
            .prop_map(|(limit, judge, is_lost)| Move::Push { limit, judge, is_lost }),
        3 => (1..5_usize, any::<bool>())
            .prop_map(|(limit, is_doubled)| Move::Pull { limit, is_doubled }),
        1 => (1..9_u64).prop_map(|back| Move::PullAgain { back }),
        1 => Just(Move::Restart),
    ];
    proptest::collection::vec(one, 1..40)
}

fn field(what: u8) -> OrderEvent {
    match what {
        0 => OrderEvent::Started,
        1 => note("seen"),
        2 => scan_new(5),
        3 => scan_new(6),
        _ => OrderEvent::Completed,
    }
}

fn from_office(what: u8, n: u64) -> OfficeEvent {
    match what {
        0 => OfficeEvent::Approved,
        1 => OfficeEvent::Recalled { reason: "x".into() },
        2 => OfficeEvent::Returned {
            remarks: vec![Remark {
                pin: domain::Pin::Order,
                text: "again".into(),
            }],
        },
        _ => OfficeEvent::Changed {
            dispatch: Box::new(domain::Dispatch {
                revision: 2,
                ..dispatch(n)
            }),
        },
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn any_weave_of_pulls_and_acts_ends_in_the_replay_of_the_log(moves in moves()) {
        let mut gateway = Gateway::new(3);
        let mut device = Device::with_orders(3);
        for step in moves {
            let store = &device.store;
            match step {
                Move::Act { order, what } => {
                    act(store, order, vec![field(what)]).unwrap();
                }
                Move::Office { order, what } => gateway.office(order, from_office(what, order)),
                Move::Push { limit, judge, is_lost } => {
                    let word = gateway.push(store, limit, judge);
                    if !is_lost {
                        store.record_receipt(&word).unwrap();
                    }
                }
                Move::Pull { limit, is_doubled } => {
                    let (next, page) = gateway.page(store.cursor().unwrap(), limit);
                    for _ in 0..=u8::from(is_doubled) {
                        store.apply_changes(next, &page).unwrap();
                    }
                }
                Move::PullAgain { back } => {
                    let cursor = store.cursor().unwrap();
                    let (_, page) = gateway.page(cursor.saturating_sub(back), back as usize);
                    store.apply_changes(cursor, &page).unwrap();
                }
                Move::Restart => {
                    let home = device.close();
                    let store = reopen(&home).unwrap().0;
                    device = Device { home, store };
                }
            }
            let faults = device.store.verify().unwrap().faults;
            prop_assert!(faults.is_empty(), "{faults:?}");
        }
        let store = &device.store;
        store.record_receipt(&gateway.push(store, usize::MAX, 3)).unwrap();
        let (next, page) = gateway.page(store.cursor().unwrap(), usize::MAX);
        store.apply_changes(next, &page).unwrap();
        for n in 1..=3 {
            let log = gateway.log.iter().filter(|(order, _)| *order == order_id(n));
            let told = replay(log.map(|(_, entry)| entry));
            prop_assert_eq!(store.order(&order_id(n)).unwrap().map(|held| held.order), told);
        }
        let totals = store.totals().unwrap();
        prop_assert_eq!(totals.unsent.events, 0);
        store.with_writer(|conn| {
            let open = "SELECT count(*) FROM event WHERE change IS NULL";
            let pending: i64 = conn.query_row(open, [], |row| row.get(0)).unwrap();
            let effects: i64 = conn
                .query_row("SELECT count(*) FROM stock_effect", [], |row| row.get(0))
                .unwrap();
            assert_eq!((pending, effects), (0, 0));
        });
    }
}
