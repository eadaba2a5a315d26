//! The built program, as a person or a script meets it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

#[path = "cli/bundle.rs"]
mod bundle;
#[cfg(all(debug_assertions, target_os = "linux"))]
#[path = "cli/card.rs"]
mod card;
#[path = "cli/meter.rs"]
mod meter;
#[path = "cli/proof.rs"]
mod proof;
#[path = "cli/reading.rs"]
mod reading;
#[path = "cli/scan.rs"]
mod scan;
#[path = "cli/usage.rs"]
mod usage;

use std::ffi::OsStr;
use std::process::{Command, Stdio};

use serde_json::Value;

/// What the program said and how it ended.
struct Said {
    code: i32,
    out: String,
    err: String,
}

impl Said {
    /// Its results, one JSON object a line.
    fn objects(&self) -> Vec<Value> {
        let lines = self.out.lines();
        lines.map(|l| serde_json::from_str(l).unwrap()).collect()
    }

    /// Its only result.
    fn object(&self) -> Value {
        let mut objects = self.objects();
        assert_eq!(objects.len(), 1, "{}{}", self.out, self.err);
        objects.remove(0)
    }
}

fn metercrew<A: AsRef<OsStr>>(args: impl IntoIterator<Item = A>) -> Said {
    metercrew_with(&[], args)
}

/// The same with more in its environment.
fn metercrew_with<A: AsRef<OsStr>>(
    environment: &[(&str, &OsStr)],
    args: impl IntoIterator<Item = A>,
) -> Said {
    let output = Command::new(env!("CARGO_BIN_EXE_metercrew"))
        .args(args)
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}
