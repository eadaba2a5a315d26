//! The plan against a model of store and gateway, with everything a link can do to it.

use std::collections::{BTreeMap, BTreeSet};

use domain::{BlobHash, DeviceId, Hash, OrderId, Sealed, chain_start, link};
use proptest::prelude::*;
use uuid::Uuid;
use wire::problem::Problem;
use wire::pull::More;

use super::*;

/// What happens to one ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Goes,
    /// The request never arrives.
    CutBefore,
    /// The gateway does it; the answer never arrives.
    CutAfter,
    /// The app is killed before the answer arrives.
    Killed,
    /// An old request arrives first, once more.
    Echo(usize),
    /// The gateway has forgotten its sessions.
    SessionsGone,
    /// The gateway asks for patience.
    Busy,
}

/// A tablet and a gateway that keep books.
struct World {
    device: DeviceId,
    series: Vec<Sealed>,
    acked: u64,
    /// Blobs of the tablet: size, and whether a receipt names it.
    blobs: BTreeMap<BlobHash, (u64, bool)>,
    unreadable: BTreeSet<BlobHash>,
    applied: u64,
    /// Orders whose card is to be written.
    cards: BTreeSet<OrderId>,

    ledger: BTreeMap<DeviceId, Vec<Sealed>>,
    uploads: BTreeMap<BlobHash, u64>,
    held: BTreeSet<BlobHash>,
    refused_blobs: BTreeSet<BlobHash>,
    changes: u64,
    /// The change by which a device's leave for an order comes down.
    leaves: BTreeMap<(DeviceId, OrderId), u64>,
    refused_leaves: BTreeSet<OrderId>,
    session: bool,
    events_limit: usize,

    past: Vec<Ask>,
    asked: Vec<Ask>,
    rests: Vec<Rest>,
    /// Pieces larger than this arrive in part when cut.
    bytes_arrived: u64,
}

fn device(n: u128) -> DeviceId {
    DeviceId(Uuid::from_u128(n))
}

fn sealed(series: &[Sealed], device: DeviceId, text: &str) -> Sealed {
    let prev = series.last().map_or(chain_start(device), |last| last.hash);
    Sealed {
        seq: series.len() as u64 + 1,
        prev,
        hash: link(prev, Hash::of(text.as_bytes())),
        body: text.to_owned(),
    }
}

impl World {
    fn new(events: usize, sizes: &[u64]) -> Self {
        let mut world = Self {
            device: device(1),
            series: vec![],
            acked: 0,
            blobs: BTreeMap::new(),
            unreadable: BTreeSet::new(),
            applied: 0,
            cards: BTreeSet::new(),
            ledger: BTreeMap::new(),
            uploads: BTreeMap::new(),
            held: BTreeSet::new(),
            refused_blobs: BTreeSet::new(),
            changes: 3,
            leaves: BTreeMap::new(),
            refused_leaves: BTreeSet::new(),
            session: false,
            events_limit: usize::MAX,
            past: vec![],
            asked: vec![],
            rests: vec![],
            bytes_arrived: 0,
        };
        for n in 0..events {
            world.commit(&format!("event {n}"));
        }
        for (n, size) in sizes.iter().enumerate() {
            let hash = Hash::of(&n.to_be_bytes());
            world.blobs.insert(hash, (*size, false));
        }
        world
    }

    fn commit(&mut self, text: &str) {
        let event = sealed(&self.series, self.device, text);
        self.series.push(event);
    }

    fn waiting(&self) -> Vec<Waiting> {
        let mut waiting: Vec<Waiting> = self
            .blobs
            .iter()
            .filter(|(_, (_, receipted))| !receipted)
            .map(|(hash, (size, _))| Waiting {
                hash: *hash,
                size_bytes: *size,
            })
            .collect();
        waiting.sort_by_key(|blob| blob.size_bytes);
        waiting
    }

    /// With cards to be written for the orders of these names.
    fn with_cards(mut self, names: &[&str]) -> Self {
        self.cards = names.iter().map(|name| OrderId::new(*name)).collect();
        self
    }

    /// Orders whose leave for this device has not come down.
    fn without_leave(&self) -> Vec<OrderId> {
        let has = |order: &OrderId| {
            let change = self.leaves.get(&(self.device, order.clone()));
            change.is_some_and(|change| *change <= self.applied)
        };
        let without = self.cards.iter().filter(|order| !has(order));
        without.cloned().collect()
    }

    /// The gateway's part of a request.
    fn gateway(&mut self, ask: &Ask) -> Result<Answer, Fault> {
        let no = |problem| {
            Err(Fault::Problem {
                problem,
                after_ms: None,
            })
        };
        let networked = !matches!(
            ask,
            Ask::OpenSession | Ask::Events { .. } | Ask::Blobs | Ask::WithoutLeave
        );
        if networked && !self.session {
            return no(Problem::NoSession);
        }
        match ask {
            Ask::OpenSession => {
                self.session = true;
                Ok(Answer::Done)
            }
            Ask::Push(draft) => {
                if draft.events.len() > self.events_limit {
                    return no(Problem::TooMany { limit: 1 });
                }
                let held = self.ledger.entry(self.device).or_default();
                for event in &draft.events {
                    match held.get(event.seq as usize - 1) {
                        Some(known) if known == event => {}
                        Some(known) => {
                            return no(Problem::Forked {
                                held_seq: known.seq,
                                held_hash: known.hash,
                            });
                        }
                        None if held.len() as u64 + 1 == event.seq => {
                            let head = held
                                .last()
                                .map_or(chain_start(self.device), |last| last.hash);
                            if event.prev != head {
                                return no(Problem::Forked {
                                    held_seq: held.len() as u64,
                                    held_hash: head,
                                });
                            }
                            held.push(event.clone());
                            self.changes += 1;
                        }
                        None => {
                            return no(Problem::WrongSequence {
                                expected: held.len() as u64 + 1,
                            });
                        }
                    }
                }
                let blobs_held = draft
                    .blobs
                    .iter()
                    .filter(|hash| self.held.contains(hash))
                    .copied()
                    .collect();
                Ok(Answer::Receipted { blobs_held })
            }
            Ask::Offer(blob) => {
                let offset = *self.uploads.entry(blob.hash).or_default();
                Ok(Answer::Upload(Upload {
                    location: blob.hash.to_string(),
                    offset,
                    complete: self.held.contains(&blob.hash),
                }))
            }
            Ask::Append {
                blob,
                upload,
                length,
            } => self.append(blob, upload, *length),
            Ask::Authorise(order) => {
                if self.refused_leaves.contains(order) {
                    return no(Problem::NoCardWanted);
                }
                let whose = (self.device, order.clone());
                let next = self.changes + 1;
                if *self.leaves.entry(whose).or_insert(next) == next {
                    self.changes = next;
                }
                Ok(Answer::Done)
            }
            Ask::Pull | Ask::NewSeries | Ask::Events { .. } | Ask::Blobs | Ask::WithoutLeave => {
                Ok(Answer::Done)
            }
        }
    }

    fn append(&mut self, blob: &Waiting, upload: &Upload, length: u64) -> Result<Answer, Fault> {
        let no = |problem| {
            Err(Fault::Problem {
                problem,
                after_ms: None,
            })
        };
        let offset = self.uploads.entry(blob.hash).or_default();
        if *offset != upload.offset {
            return no(Problem::OffsetMismatch { expected: *offset });
        }
        *offset += length;
        self.bytes_arrived += length;
        if *offset == blob.size_bytes {
            if self.refused_blobs.contains(&blob.hash) {
                self.uploads.remove(&blob.hash);
                return no(Problem::HashMismatch);
            }
            self.held.insert(blob.hash);
        }
        Ok(Answer::Upload(Upload {
            offset: self.uploads[&blob.hash],
            complete: self.held.contains(&blob.hash),
            ..upload.clone()
        }))
    }

    /// The tablet's part, after the gateway's.
    fn store(&mut self, ask: &Ask, answer: Answer) -> Result<Answer, Fault> {
        match (ask, answer) {
            (Ask::Events { from, limit }, _) => {
                let first = from.unwrap_or(self.acked + 1);
                let events = self
                    .series
                    .iter()
                    .filter(|event| event.seq >= first)
                    .take(*limit)
                    .cloned()
                    .collect();
                Ok(Answer::Events {
                    events,
                    last_seq: self.series.len() as u64,
                })
            }
            (Ask::Blobs, _) => Ok(Answer::Blobs(self.waiting())),
            (Ask::WithoutLeave, _) => Ok(Answer::WithoutLeave(self.without_leave())),
            (Ask::Push(draft), answer) => {
                let held = &self.ledger[&self.device];
                let through = held.len() as u64;
                let head = held.last().map(|event| event.hash);
                let ours = self.series.get(through.saturating_sub(1) as usize);
                if through > 0 && ours.map(|event| event.hash) != head {
                    return Err(Fault::Disagrees);
                }
                self.acked = self.acked.max(through);
                for hash in &draft.blobs {
                    if self.held.contains(hash) {
                        self.blobs.get_mut(hash).unwrap().1 = true;
                    }
                }
                Ok(answer)
            }
            (Ask::Pull, _) => {
                self.applied = (self.applied + 2).min(self.changes);
                Ok(Answer::Pulled {
                    more: if self.applied < self.changes {
                        More::Yes
                    } else {
                        More::No
                    },
                })
            }
            (Ask::NewSeries, _) => {
                assert_eq!(self.applied, self.changes, "the old series is here first");
                let old = self.ledger.get(&self.device).cloned().unwrap_or_default();
                let lost: Vec<String> = self
                    .series
                    .iter()
                    .filter(|event| !old.contains(event))
                    .map(|event| event.body.clone())
                    .collect();
                self.device = device(self.device.0.as_u128() + 1);
                self.series.clear();
                self.acked = 0;
                for text in lost {
                    self.commit(&text);
                }
                self.session = false;
                Ok(Answer::Done)
            }
            (_, answer) => Ok(answer),
        }
    }

    fn meet(&mut self, ask: &Ask, fate: Fate) -> Result<Answer, Fault> {
        let link = || Fault::Link {
            why: "no_link".into(),
            after_ms: None,
        };
        if let Ask::Append { blob, .. } = ask
            && self.unreadable.contains(&blob.hash)
        {
            return Err(Fault::BlobUnreadable);
        }
        if let (
            Ask::Append {
                blob,
                upload,
                length,
            },
            Fate::CutAfter,
        ) = (ask, fate)
        {
            // Half of the piece arrives.
            let _ = self.append(blob, upload, length / 2);
            return Err(link());
        }
        match fate {
            Fate::Goes | Fate::Killed | Fate::CutAfter => {}
            Fate::CutBefore => return Err(link()),
            Fate::Echo(n) => {
                if let Some(old) = self.past.get(n % self.past.len().max(1)).cloned() {
                    let _ = self.gateway(&old);
                }
            }
            Fate::SessionsGone => self.session = false,
            Fate::Busy => {
                return Err(Fault::Problem {
                    problem: Problem::Unavailable,
                    after_ms: Some(5_000),
                });
            }
        }
        let answer = self.gateway(ask)?;
        self.past.push(ask.clone());
        if fate == Fate::CutAfter {
            return Err(link());
        }
        self.store(ask, answer)
    }

    /// Runs until all is quiet after the fates are used up; gives how many asks it took.
    fn run(&mut self, fates: impl IntoIterator<Item = Fate>) -> usize {
        let mut fates = fates.into_iter();
        let mut plan = Plan::new([0; 16]);
        let mut input = Input::Go;
        let mut fated = true;
        for n in 0..5_000 {
            match plan.step(input) {
                Output::Do(ask) => {
                    if let Ask::Push(draft) = &ask {
                        let again = draft.events.iter().any(|event| event.seq <= self.acked);
                        assert!(!again, "receipted events are not sent again");
                        let again = draft.blobs.iter().any(|hash| self.blobs[hash].1);
                        assert!(!again, "receipted blobs are not asked about again");
                    }
                    self.asked.push(ask.clone());
                    let fate = fates.next();
                    fated = fate.is_some();
                    let fate = fate.unwrap_or(Fate::Goes);
                    let result = self.meet(&ask, fate);
                    if fate == Fate::Killed {
                        plan = Plan::new([n as u8 + 1; 16]);
                        input = Input::Go;
                        continue;
                    }
                    input = match result {
                        Ok(answer) => Input::Done(answer),
                        Err(fault) => Input::Failed(fault),
                    };
                }
                Output::Rest(rest) => {
                    assert!(rest.ms <= LONGEST_REST_MS, "{rest:?}");
                    let standing = rest.standing.clone();
                    self.rests.push(rest);
                    input = Input::Go;
                    if !fated && standing == Standing::Idle {
                        return n;
                    }
                    if !fated && matches!(standing, Standing::Blocked { .. }) {
                        return n;
                    }
                }
            }
        }
        panic!(
            "it never comes to rest: {:?}",
            &self.asked[self.asked.len() - 9..]
        );
    }

    /// Every event that was committed is in the ledger exactly once, whatever series it went by.
    fn assert_delivered(&self, texts: &[String]) {
        let mut there: Vec<&str> = self
            .ledger
            .values()
            .flatten()
            .map(|event| event.body.as_str())
            .collect();
        there.sort_unstable();
        let mut wanted: Vec<&str> = texts.iter().map(String::as_str).collect();
        wanted.sort_unstable();
        assert_eq!(there, wanted);
        assert_eq!(self.acked, self.series.len() as u64, "receipted here too");
        assert_eq!(self.applied, self.changes, "every change was taken over");
    }
}

const LONGEST_REST_MS: u64 = 300_000;

fn texts(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("event {n}")).collect()
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        6 => Just(Fate::Goes),
        2 => Just(Fate::CutBefore),
        2 => Just(Fate::CutAfter),
        1 => Just(Fate::Killed),
        1 => (0usize..40).prop_map(Fate::Echo),
        1 => Just(Fate::SessionsGone),
        1 => Just(Fate::Busy),
    ]
}

const SIZES: [u64; 5] = [0, 900, PIECE_BYTES, PIECE_BYTES + 1, 3 * PIECE_BYTES];

proptest! {
    #[test]
    fn any_loss_doubling_or_delay_ends_in_everything_delivered(
        fates in proptest::collection::vec(fate(), 0..120),
        events in 0usize..450,
    ) {
        let mut world = World::new(events, &SIZES).with_cards(&["a", "b"]);
        world.run(fates);
        world.assert_delivered(&texts(events));
        prop_assert!(world.waiting().is_empty());
        // An order that was asked for over a cut has its next turn in the next round.
        world.run([]);
        prop_assert_eq!(world.without_leave(), vec![]);
    }
}

#[test]
fn a_cut_or_a_kill_after_any_step_ends_in_everything_delivered() {
    let mut world = World::new(5, &SIZES);
    let faultless = world.run([]);
    assert!(faultless > 20, "{faultless} steps");
    for fate in [
        Fate::CutBefore,
        Fate::CutAfter,
        Fate::Killed,
        Fate::SessionsGone,
    ] {
        for step in 0..faultless {
            let mut world = World::new(5, &SIZES);
            let mut fates = vec![Fate::Goes; step];
            fates.push(fate);
            world.run(fates);
            world.assert_delivered(&texts(5));
            assert!(world.waiting().is_empty(), "{fate:?} at step {step}");
        }
    }
}

#[test]
fn without_faults_each_byte_goes_up_once() {
    let mut world = World::new(3, &SIZES);
    world.run([]);
    assert_eq!(world.bytes_arrived, SIZES.iter().sum::<u64>());
    let second = world.asked.len();
    world.run([]);
    let again = &world.asked[second..];
    let moved = |ask: &Ask| matches!(ask, Ask::Push(_) | Ask::Offer(_) | Ask::Append { .. });
    assert!(
        !again.iter().any(moved),
        "the second round moves nothing: {again:?}"
    );
}

#[test]
fn a_piece_cut_in_the_middle_goes_on_at_the_gateways_offset() {
    let mut world = World::new(0, &[PIECE_BYTES]);
    // session, events, pull, pull, blobs, offer, append
    let mut fates = vec![Fate::Goes; 6];
    fates.push(Fate::CutAfter);
    world.run(fates);
    assert_eq!(world.bytes_arrived, PIECE_BYTES, "no byte twice");
    assert!(world.waiting().is_empty());
}

#[test]
fn an_upload_that_has_all_its_bytes_is_closed_and_never_sent_again() {
    let mut world = World::new(0, &[900]);
    let hash = world.waiting()[0].hash;
    world.uploads.insert(hash, 900);
    world.run([]);
    assert_eq!(world.bytes_arrived, 0);
    assert!(world.waiting().is_empty());
}

#[test]
fn small_things_go_first_and_a_new_event_waits_for_one_piece_at_most() {
    let mut world = World::new(1, &[3 * PIECE_BYTES, 900]);
    let mut plan = Plan::new([0; 16]);
    let mut input = Input::Go;
    let mut seen = vec![];
    while let Output::Do(ask) = plan.step(input) {
        if let Ask::Append { blob, upload, .. } = &ask
            && (blob.size_bytes, upload.offset) == (3 * PIECE_BYTES, 0)
        {
            world.commit("while a photo travels");
        }
        seen.push(match &ask {
            Ask::Push(draft) if draft.events.is_empty() => "confirm".into(),
            Ask::Push(draft) => format!("push {}", draft.events[0].body),
            Ask::Append { blob, upload, .. } => {
                format!(
                    "{}+{}",
                    blob.size_bytes / PIECE_BYTES,
                    upload.offset / PIECE_BYTES
                )
            }
            _ => String::new(),
        });
        let answer = world.meet(&ask, Fate::Goes);
        input = answer.map_or_else(Input::Failed, Input::Done);
    }
    seen.retain(|what| !what.is_empty());
    assert_eq!(
        seen,
        [
            "push event 0",
            "0+0",
            "3+0",
            "push while a photo travels",
            "3+1",
            "3+2",
            "confirm"
        ]
    );
}

#[test]
fn one_bad_blob_holds_up_nothing_else() {
    for spoil in [0, 1] {
        let mut world = World::new(2, &SIZES);
        let bad = world.waiting()[2].hash;
        match spoil {
            0 => world.refused_blobs.insert(bad),
            _ => world.unreadable.insert(bad),
        };
        world.run([]);
        world.assert_delivered(&texts(2));
        let waiting: Vec<_> = world.waiting().iter().map(|blob| blob.hash).collect();
        assert_eq!(waiting, [bad]);
        let standing = &world.rests.last().unwrap().standing;
        assert!(
            matches!(standing, Standing::Blocked { .. }),
            "it is said: {standing:?}"
        );
    }
}

#[test]
fn a_bad_blob_is_tried_less_and_less_often_although_all_else_goes_through() {
    let mut world = World::new(0, &[900]);
    let bad = world.waiting()[0].hash;
    world.refused_blobs.insert(bad);
    let mut plan = Plan::new([0; 16]);
    let mut input = Input::Go;
    let mut rests = vec![];
    while rests.len() < 12 {
        input = match plan.step(input) {
            Output::Do(ask) => world
                .meet(&ask, Fate::Goes)
                .map_or_else(Input::Failed, Input::Done),
            Output::Rest(rest) => {
                rests.push(rest.ms);
                Input::Go
            }
        };
    }
    assert!(rests[11] >= LONGEST_REST_MS / 2, "{rests:?}");
    world.refused_blobs.clear();
    world.run([]);
    assert!(world.waiting().is_empty(), "and goes up when it can");
}

#[test]
fn a_push_too_large_for_the_gateway_is_halved_until_it_fits() {
    let mut world = World::new(90, &[]);
    world.events_limit = 20;
    world.run([]);
    world.assert_delivered(&texts(90));
}

#[test]
fn a_gateway_that_lost_its_last_seconds_gets_them_again() {
    let mut world = World::new(6, &[]);
    world.run([]);
    world.ledger.get_mut(&device(1)).unwrap().truncate(4);
    world.acked = 4;
    world.commit("event 6");
    world.acked = 6;
    let mut plan = Plan::new([7; 16]);
    let mut input = Input::Go;
    while let Output::Do(ask) = plan.step(input) {
        let answer = world.meet(&ask, Fate::Goes);
        input = answer.map_or_else(Input::Failed, Input::Done);
    }
    world.assert_delivered(&texts(7));
}

#[test]
fn a_tablet_from_an_old_backup_goes_on_in_a_new_series_and_loses_nothing() {
    let mut world = World::new(6, &[]);
    world.run([]);
    // The backup knows three of six events; two more are made before it meets the gateway.
    world.series.truncate(3);
    world.acked = 3;
    world.commit("event 6");
    world.commit("event 7");
    world.run([]);
    world.assert_delivered(&texts(8));
    assert_eq!(world.device, device(2));
    let asked = |ask: &&Ask| **ask == Ask::NewSeries;
    assert_eq!(world.asked.iter().filter(asked).count(), 1, "once per fork");
}

#[test]
fn an_old_backup_with_nothing_new_notices_at_its_next_event() {
    let mut world = World::new(6, &[]);
    world.run([]);
    world.series.truncate(3);
    world.acked = 3;
    world.run([]);
    assert_eq!(world.device, device(1), "nothing to send, nothing to ask");
    world.commit("event 6");
    world.run([]);
    world.assert_delivered(&texts(7));
}

#[test]
fn a_device_that_was_locked_out_says_so_and_keeps_looking() {
    let mut plan = Plan::new([0; 16]);
    let mut input = Input::Go;
    for _ in 0..6 {
        match plan.step(input) {
            Output::Do(ask) => {
                assert_eq!(ask, Ask::OpenSession);
                input = Input::Failed(Fault::Problem {
                    problem: Problem::UnknownDevice,
                    after_ms: None,
                });
            }
            Output::Rest(rest) => {
                let why = "unknown_device".to_owned();
                assert_eq!(rest.standing, Standing::Blocked { why });
                input = Input::Go;
            }
        }
    }
}

#[test]
fn a_push_that_was_not_answered_is_sent_again_under_the_same_id() {
    let mut world = World::new(2, &[]);
    // session, events, push
    world.run([Fate::Goes, Fate::Goes, Fate::CutAfter, Fate::CutBefore]);
    let pushes: Vec<_> = world
        .asked
        .iter()
        .filter_map(|ask| match ask {
            Ask::Push(draft) => Some(draft.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(pushes.len(), 3);
    assert!(pushes.iter().all(|draft| draft == &pushes[0]));
    world.assert_delivered(&texts(2));
}

/// The asks about leave, and those that tell where they stand among the others.
fn about_leave(asked: &[Ask]) -> Vec<String> {
    let told = asked.iter().filter_map(|ask| match ask {
        Ask::WithoutLeave => Some("without leave".to_owned()),
        Ask::Authorise(order) => Some(format!("leave {order}")),
        Ask::Pull => Some("pull".to_owned()),
        Ask::Offer(_) => Some("blob".to_owned()),
        _ => None,
    });
    told.collect()
}

#[test]
fn leave_is_here_before_the_first_photo_travels() {
    let mut world = World::new(0, &[900]).with_cards(&["a", "b"]);
    world.changes = 2;
    world.run([]);
    let wanted = [
        "pull",
        "without leave",
        "leave a",
        "leave b",
        "pull",
        "blob",
        "pull",
    ];
    assert_eq!(about_leave(&world.asked), wanted);
    assert_eq!(world.without_leave(), []);
    world.asked.clear();
    world.run([]);
    assert_eq!(
        about_leave(&world.asked),
        ["pull", "without leave"],
        "what is here is not asked for again"
    );
}

#[test]
fn a_refused_leave_is_asked_for_once_a_round_and_holds_up_nothing() {
    let mut world = World::new(2, &SIZES).with_cards(&["a", "b"]);
    world.refused_leaves.insert("a".into());
    for _ in 0..3 {
        world.asked.clear();
        world.run([]);
        let asked = |ask: &&Ask| **ask == Ask::Authorise("a".into());
        assert_eq!(world.asked.iter().filter(asked).count(), 1);
        assert_eq!(world.rests.last().unwrap().standing, Standing::Idle);
    }
    world.assert_delivered(&texts(2));
    assert!(world.waiting().is_empty());
    assert_eq!(world.without_leave(), ["a".into()]);
}

#[test]
fn a_gateway_that_never_answers_about_leave_gets_all_the_rest() {
    let faults = [
        Fault::Link {
            why: "not_a_gateway".into(),
            after_ms: None,
        },
        Fault::Problem {
            problem: Problem::Unavailable,
            after_ms: None,
        },
    ];
    for fault in faults {
        let mut world = World::new(2, &SIZES).with_cards(&["a", "b"]);
        let mut plan = Plan::new([0; 16]);
        let mut input = Input::Go;
        let mut asked = 0;
        loop {
            input = match plan.step(input) {
                Output::Do(Ask::Authorise(_)) => {
                    asked += 1;
                    Input::Failed(fault.clone())
                }
                Output::Do(ask) => world
                    .meet(&ask, Fate::Goes)
                    .map_or_else(Input::Failed, Input::Done),
                Output::Rest(rest) if rest.standing == Standing::Idle => break,
                Output::Rest(_) => Input::Go,
            };
            assert!(asked <= 2, "each order once in the round");
        }
        world.assert_delivered(&texts(2));
        assert!(world.waiting().is_empty());
    }
}

#[test]
fn leave_whose_answer_was_lost_is_pulled_in_the_same_round() {
    let mut world = World::new(0, &[]).with_cards(&["a"]);
    // session, events, pull, pull, without leave, authorise
    let mut fates = vec![Fate::Goes; 5];
    fates.push(Fate::CutAfter);
    world.run(fates);
    assert_eq!(world.without_leave(), []);
    let asked = |ask: &&Ask| **ask == Ask::Authorise("a".into());
    assert_eq!(world.asked.iter().filter(asked).count(), 1);
}

#[test]
fn leave_refused_for_want_of_a_session_is_asked_for_again_at_once() {
    let mut world = World::new(0, &[]).with_cards(&["a"]);
    let mut fates = vec![Fate::Goes; 5];
    fates.push(Fate::SessionsGone);
    world.run(fates);
    assert_eq!(world.without_leave(), []);
    assert_eq!(world.rests.len(), 1, "one round was enough");
}

#[test]
fn a_new_series_asks_for_leave_of_its_own_in_the_same_round() {
    let mut world = World::new(6, &[]).with_cards(&["a"]);
    world.run([]);
    // From a backup, which is noticed when something is done while a photo travels.
    world.series.truncate(3);
    world.acked = 3;
    world.blobs.insert(Hash::of(b"photo"), (900, false));
    let mut plan = Plan::new([0; 16]);
    let mut input = Input::Go;
    while let Output::Do(ask) = plan.step(input) {
        if let Ask::Offer(_) = ask {
            world.commit("event 6");
        }
        let answer = world.meet(&ask, Fate::Goes);
        input = answer.map_or_else(Input::Failed, Input::Done);
    }
    assert_eq!(world.device, device(2));
    assert_eq!(world.without_leave(), []);
    let whose: Vec<DeviceId> = world.leaves.keys().map(|(device, _)| *device).collect();
    assert_eq!(whose, [device(1), device(2)]);
}

#[test]
fn leave_that_could_not_be_pulled_is_not_asked_for() {
    let mut world = World::new(1, &[900]).with_cards(&["a"]);
    let mut plan = Plan::new([0; 16]);
    let mut input = Input::Go;
    loop {
        input = match plan.step(input) {
            Output::Do(Ask::Pull) => Input::Failed(Fault::Problem {
                problem: Problem::NotAllowed,
                after_ms: None,
            }),
            Output::Do(Ask::Authorise(order)) => panic!("asked for {order}"),
            Output::Do(ask) => world
                .meet(&ask, Fate::Goes)
                .map_or_else(Input::Failed, Input::Done),
            Output::Rest(_) => break,
        };
    }
    assert!(world.waiting().is_empty(), "all else goes on");
}
