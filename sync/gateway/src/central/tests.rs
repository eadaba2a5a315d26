//! Files and requests are taken whole or not at all, and results leave exactly once.

mod card;
mod inbound;
mod outbound;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use domain::Millis;

use super::*;
use crate::ledger::Ledger;
use crate::ledger::sqlite::SqliteLedger;

pub const NOON: Millis = Millis(1_772_325_000_000);

pub fn ledger() -> Arc<dyn Ledger> {
    Arc::new(SqliteLedger::in_memory().unwrap())
}

pub fn mapping() -> Mapping {
    Mapping::built_in().unwrap()
}

pub fn after(seconds: i64) -> Millis {
    Millis(NOON.0 + seconds * 1000)
}

pub const CREWS: &str = "crew,crew_name\ncrew-1,装接一班\ncrew-2,装接二班\n";

/// An order of a made-up customer, with fields changed or added.
pub fn order_line(order_no: &str, fields: serde_json::Value) -> String {
    let mut order = serde_json::json!({
        "record": "order",
        "order_no": order_no,
        "kind": "25",
        "reason": "rotation",
        "crew": "crew-1",
        "account_no": "9900000001",
        "customer": "样例客户",
        "address": "样例县青禾镇东沟村1组1号",
        "lat": "35.0000001",
        "lon": "-105.5",
        "old_asset_no": "4130001000000000000012",
        "old_wiring": "1",
        "old_prepaid": false,
        "old_digits": "6.2",
        "old_registers": ["forward_total", "forward_t2"],
        "last_billed": {"forward_total": "120.50", "forward_t2": 20.5},
        "old_seals": "YL1|YL2",
        "new_wiring": "1",
        "new_prepaid": "0",
        "new_digits": "6.2",
        "new_registers": "forward_total",
        "appointment_from": "2026-03-01 08:30",
        "appointment_to": "2026-03-01T10:30:00+08:00",
    });
    for (name, value) in fields.as_object().unwrap() {
        order[name] = value.clone();
    }
    format!("{order}\n")
}

/// A watched folder with its ledger.
pub struct Desk {
    pub folder: tempfile::TempDir,
    pub ledger: Arc<dyn Ledger>,
    pub inbox: Inbox,
    clock: i64,
}

impl Desk {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Inbox::open(folder.path(), mapping()).unwrap();
        let mut desk = Self {
            folder,
            ledger: ledger(),
            inbox,
            clock: 0,
        };
        desk.put("crews.csv", CREWS);
        assert!(matches!(desk.look()[..], [Handled::Done { .. }]));
        desk
    }

    pub fn put(&self, name: &str, text: &str) -> PathBuf {
        let path = self.folder.path().join("inbox").join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    pub fn look_at(&mut self, seconds: i64) -> Vec<Handled> {
        self.clock = seconds;
        let ledger = self.ledger.clone();
        self.inbox.look(ledger.as_ref(), after(seconds)).unwrap()
    }

    /// Two looks, far enough apart for what stands still.
    pub fn look(&mut self) -> Vec<Handled> {
        let now = self.clock;
        let first = self.look_at(now + 1);
        assert_eq!(first, [], "nothing is read at first sight");
        self.look_at(now + 2)
    }

    /// What became of one file.
    pub fn send(&mut self, name: &str, text: &str) -> Handled {
        self.put(name, text);
        let mut handled = self.look();
        assert_eq!(handled.len(), 1, "{handled:?}");
        handled.remove(0)
    }

    pub fn taken(&mut self, name: &str, text: &str) -> Taken {
        match self.send(name, text) {
            Handled::Done { taken, .. } => taken,
            other => panic!("{other:?}"),
        }
    }

    pub fn faults(&mut self, name: &str, text: &str) -> Vec<(u64, String, &'static str)> {
        match self.send(name, text) {
            Handled::Rejected { faults, .. } => faults
                .into_iter()
                .map(|fault| (fault.line, fault.field.clone(), fault.flaw.code()))
                .collect(),
            other => panic!("{other:?}"),
        }
    }

    pub fn order(&self, order_no: &str) -> Option<domain::Order> {
        let row = self.ledger.reading(|tables| tables.order(&order_no.into()));
        row.unwrap().map(|row| row.order)
    }

    pub fn names(&self, folder: &str) -> Vec<String> {
        names(&self.folder.path().join(folder))
    }
}

pub fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}
