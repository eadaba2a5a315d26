//! Figures of the store, one JSON line each: how long an act, a search, the day's list take.
//!
//! `cargo run -p metercrew-store --example store_bench -- [rows]` (100,000 accounts by default).

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a bench that cannot go on should stop"
)]

#[expect(dead_code, reason = "the tests use the rest")]
#[path = "../src/tests/made_up.rs"]
mod made_up;

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use domain::{Dispatch, OfficeEvent, OrderEvent};
use made_up::*;
use metercrew_store::{Incoming, Key, Store, StoreError};
use rusqlite::{Connection, params};

const ACTS: u64 = 400;

fn main() {
    let rows = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let home = tempfile::tempdir_in(".").unwrap();
    if std::env::args().nth(2).is_none() {
        acts(home.path());
        today(&home.path().join("today"));
    }
    search(&home.path().join("search"), rows.unwrap_or(100_000));
}

fn store(dir: &Path) -> Store {
    let (store, _) = Store::open(dir, &Key::new([7; 32]), "stamp").unwrap();
    store.save_enrolment(&enrolment(), &[]).unwrap();
    store
}

fn micros(took: Duration) -> u64 {
    took.as_micros() as u64
}

fn at_permille(times: &mut [u64], permille: usize) -> u64 {
    times.sort_unstable();
    times[(times.len() - 1) * permille / 1_000]
}

/// Three ways to make the same act durable, one after the other in turn: through the store, as a
/// bare transaction of rows of the same size, and as 4 KiB appended to a file.
fn acts(dir: &Path) {
    let store = store(&dir.join("acts"));
    let page: Vec<_> = (1..=40).map(|n| dispatched(n, n)).collect();
    store.apply_changes(40, &page).unwrap();
    let mut bare = bare_database(&dir.join("bare.db"));
    let mut file = File::create(dir.join("raw")).unwrap();
    let (mut act_us, mut bare_us, mut raw_us) = (vec![], vec![], vec![]);
    for n in 0..ACTS {
        let event = reading(n);
        let started = Instant::now();
        let acted = store.act(&order_id(n % 40 + 1), at(n as i64), &[], |_, _| {
            Ok::<_, StoreError>(vec![event])
        });
        act_us.push(micros(started.elapsed()));
        let seq = acted.unwrap().events[0].seq;
        let body = store.events_from(seq, 1, 1).unwrap()[0].body.clone();
        let picture = work_of(&store, n % 40 + 1);
        let started = Instant::now();
        bare_act(&mut bare, seq, &body, n % 40 + 1, &picture);
        bare_us.push(micros(started.elapsed()));
        let started = Instant::now();
        file.write_all(&[n as u8; 4096]).unwrap();
        file.sync_data().unwrap();
        raw_us.push(micros(started.elapsed()));
    }
    let [act, bare, raw] = [act_us, bare_us, raw_us].map(|mut us| at_permille(&mut us, 500));
    println!(
        r#"{{"bench":"act_commit","median_us":{act},"bare_us":{bare},"ratio":{:.2},"raw_us":{raw},"ratio_to_raw":{:.2}}}"#,
        act as f64 / bare as f64,
        act as f64 / raw as f64,
    );
}

fn reading(n: u64) -> OrderEvent {
    OrderEvent::ReadingTaken {
        step: "old_reading".into(),
        values: vec![domain::RegisterReading {
            register: domain::Register::ForwardTotal,
            value: domain::Decimal::from_hundredths(10_000 + n as i64),
            source: domain::ReadingSource::Typed,
            also: vec![],
        }],
        readout: None,
        sightings: vec![],
        findings: vec![],
    }
}

/// The picture without its dispatch, as large as the store writes it.
fn work_of(store: &Store, n: u64) -> String {
    let mut order = store.order(&order_id(n)).unwrap().unwrap().order;
    let whole = serde_json::to_string(&order).unwrap().len();
    let dispatch = serde_json::to_string(&order.dispatch).unwrap().len();
    order.photos.clear();
    "x".repeat(whole - dispatch)
}

fn bare_database(path: &Path) -> Connection {
    let key = sqlite::Key::new([3; 32]);
    let conn = sqlite::open(path, sqlite::Protection::Encrypted(&key)).unwrap();
    conn.execute_batch(
        "CREATE TABLE event (seq INTEGER PRIMARY KEY, prev BLOB, hash BLOB, body TEXT,
            order_id TEXT) STRICT;
         CREATE INDEX event_of_order ON event (order_id, seq);
         CREATE TABLE row (id INTEGER PRIMARY KEY, state TEXT, text TEXT) STRICT;
         CREATE TABLE picture (id INTEGER PRIMARY KEY, body TEXT) STRICT;",
    )
    .unwrap();
    conn
}

fn bare_act(conn: &mut Connection, seq: u64, body: &str, order: u64, picture: &str) {
    let tx = conn.transaction().unwrap();
    let id = order_id(order);
    tx.prepare_cached("INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5)")
        .unwrap()
        .execute(params![seq as i64, [1u8; 32], [2u8; 32], body, id.as_str()])
        .unwrap();
    tx.prepare_cached("INSERT OR REPLACE INTO row VALUES (?1, 'started', ?2)")
        .unwrap()
        .execute(params![order as i64, "x".repeat(300)])
        .unwrap();
    tx.prepare_cached("INSERT OR REPLACE INTO picture VALUES (?1, ?2)")
        .unwrap()
        .execute(params![order as i64, picture])
        .unwrap();
    tx.commit().unwrap();
}

/// The day's list of a crew that never cleared its tablet, from a store just opened.
fn today(dir: &Path) {
    fill(&store(dir), 5_000, |_| {});
    let mut times = vec![];
    for _ in 0..9 {
        let started = Instant::now();
        let (store, _) = Store::open(dir, &Key::new([7; 32]), "stamp").unwrap();
        let opened = micros(started.elapsed());
        let started = Instant::now();
        let rows = store.rows().unwrap();
        assert_eq!(rows.len(), 5_000);
        times.push((micros(started.elapsed()), opened));
    }
    times.sort_unstable();
    let (rows, open) = times[4];
    println!(
        r#"{{"bench":"today_5000","ms":{:.1},"open_ms":{:.1}}}"#,
        rows as f64 / 1e3,
        open as f64 / 1e3
    );
}

fn fill(store: &Store, orders: u64, shorten: impl Fn(&mut Dispatch)) {
    let numbers: Vec<u64> = (1..=orders).collect();
    for part in numbers.chunks(1_000) {
        let page: Vec<Incoming> = part
            .iter()
            .map(|&n| {
                let mut dispatch = Box::new(dispatch(n));
                shorten(&mut dispatch);
                Incoming::Order {
                    order: order_id(n),
                    entries: vec![office(n, OfficeEvent::Dispatched { dispatch })],
                }
            })
            .collect();
        store.apply_changes(orders, &page).unwrap();
    }
}

/// What people type: the end of a number, a name, a village, both.
fn queries(n: u64) -> Vec<String> {
    let order = dispatch(n);
    let account_no = order.account.account_no.to_string();
    let meter = order.old_meter.unwrap().asset_no.to_string();
    let name = order.account.customer;
    let village: String = order.account.address.chars().take(2).collect();
    vec![
        account_no[6..].to_owned(),
        account_no.clone(),
        account_no[2..5].to_owned(),
        meter[16..].to_owned(),
        meter[14..18].to_owned(),
        meter,
        "0000".to_owned(),
        "00".to_owned(),
        name.clone(),
        name.chars().take(1).collect(),
        village.clone(),
        order.account.address,
        format!("{village} {name}"),
        format!("{name} {}", &account_no[7..]),
        format!("无此人{n}"),
        format!("{:08}", n * 31),
    ]
}

fn search(dir: &Path, rows: u64) {
    let store = store(dir);
    let started = Instant::now();
    // Steps play no part in a search; without them 100,000 orders are made in less time.
    fill(&store, rows, |dispatch| dispatch.procedure.steps.clear());
    let filled_s = started.elapsed().as_secs();
    let mut times: Vec<(u64, u64, String)> = vec![];
    for n in (1..=60).map(|n| n * (rows / 61)) {
        for query in queries(n) {
            let (started, cpu) = (Instant::now(), cpu_us());
            store.search(&query, 100).unwrap();
            let cpu = cpu_us().saturating_sub(cpu);
            times.push((micros(started.elapsed()), cpu, query));
        }
    }
    times.sort_unstable();
    if std::env::args().nth(2).is_some() {
        times
            .iter()
            .rev()
            .take(20)
            .for_each(|slow| eprintln!("{slow:?}"));
    }
    let mut cpu: Vec<u64> = times.iter().map(|(_, cpu, _)| *cpu).collect();
    let mut us: Vec<u64> = times.into_iter().map(|(us, _, _)| us).collect();
    let [p50, p99] = [500, 990].map(|permille| at_permille(&mut us, permille) as f64 / 1e3);
    let cpu_p99 = at_permille(&mut cpu, 990) as f64 / 1e3;
    println!(
        r#"{{"bench":"search_100k","p50_ms":{p50:.2},"p99_ms":{p99:.2},"cpu_p99_ms":{cpu_p99:.2},"rows":{rows},"filled_s":{filled_s}}}"#,
    );
}

/// What this thread has had of a processor: on a busy machine the honest figure. 0 where the
/// system does not say.
fn cpu_us() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let ns = stat.split(' ').next().and_then(|ns| ns.parse::<u64>().ok());
    ns.unwrap_or_default() / 1_000
}
