//! kill -9 in the middle of acts: what was acknowledged is there, the chain holds.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use domain::OrderEvent;

use super::made_up::*;
use super::rig::*;
use crate::Store;

const FOLDER: &str = "METERCREW_STORE_TO_KILL";

/// The child: acts for ever and says after each act how far it is. Alone it does nothing.
#[test]
fn child_that_acts_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else {
        return;
    };
    let (store, _) = Store::open(Path::new(&folder), &key(), "stamp").unwrap();
    let mut out = std::io::stdout();
    for n in 0.. {
        let bytes = format!("photo {n} of process {}", std::process::id());
        let photo = store.put_blob(bytes.as_bytes()).unwrap();
        let events = vec![
            OrderEvent::Started,
            photo_taken(photo, photo),
            scan_new(n % 50),
        ];
        let acted = act(&store, n % 4 + 1, events).unwrap();
        writeln!(out, "acted {}", acted.events[2].seq).unwrap();
        out.flush().unwrap();
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let mut home = Device::with_orders(4).close();
    let me = std::env::current_exe().unwrap();
    let mut acknowledged = 0;
    for round in 0..12_u32 {
        let mut child = Command::new(&me)
            .args(["--exact", "tests::kill::child_that_acts_until_it_is_killed"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FOLDER, home.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Somewhere within the acts that follow: each round after another number of them.
        for _ in 0..=round * 3 {
            let said = lines.by_ref().map_while(Result::ok);
            let seq = said.filter_map(|line| Some(line.split_once("acted ")?.1.parse::<u64>()));
            acknowledged = seq.flatten().next().expect("the child acts");
        }
        child.kill().unwrap();
        child.wait().unwrap();
        // What it said between our reading and the kill counts too.
        for line in lines.map_while(Result::ok) {
            if let Some(seq) = line.split_once("acted ").and_then(|(_, n)| n.parse().ok()) {
                acknowledged = seq;
            }
        }
        let (store, notice) = reopen(&home).unwrap();
        assert_eq!(notice, None, "a kill is no damage");
        let series = store.series().unwrap();
        assert!(series.last_seq >= acknowledged, "{series:?} {acknowledged}");
        assert_eq!(series.last_seq % 3, 0, "an act of three events is whole");
        assert_sound(&store);
        for waiting in store.waiting_blobs(usize::MAX).unwrap() {
            store.blob(&waiting.hash).unwrap();
        }
        home = Device { home, store }.close();
    }
    assert!(acknowledged > 36);
}
