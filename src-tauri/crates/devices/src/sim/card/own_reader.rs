//! A test in a PC/SC stack of its own.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io, thread};

/// Set inside, by `scripts/with-reader`: where the daemon's log is.
const LOG: &str = "METERCREW_READER";

/// Runs the body of the test `test` with a PC/SC daemon and two empty virtual readers that no other
/// test sees, so that such tests may run side by side under a plain `cargo test`.
///
/// `test` is the test's full name, `module::function`. Outside of `scripts/with-reader` the
/// program that runs now is run again inside of it, for this one test; a test of another name, or
/// one that is ignored, fails here. Inside, the body is run, and nothing else is done.
pub fn in_own_reader(test: &str, body: impl FnOnce()) {
    if let Some(log) = env::var_os(LOG) {
        let _shown_on_failure = DaemonsLog(log.into());
        return body();
    }
    let outcome = again(test);
    assert!(outcome.is_ok(), "{}", outcome.err().unwrap_or_default());
}

/// What the daemon said, of use to whoever looks why a test failed.
struct DaemonsLog(PathBuf);

impl Drop for DaemonsLog {
    fn drop(&mut self) {
        if thread::panicking() {
            let log = fs::read_to_string(&self.0).unwrap_or_default();
            let last = log.lines().count().saturating_sub(40);
            for line in log.lines().skip(last) {
                eprintln!("{line}");
            }
        }
    }
}

/// Runs the test again inside. Errors: what it said.
fn again(test: &str) -> Result<(), String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../scripts/with-reader");
    let failed = |error: io::Error| format!("cannot run {}: {error}", script.display());
    let ran = Command::new(&script)
        .arg(env::current_exe().map_err(failed)?)
        .args(["--exact", test, "--nocapture"])
        .output()
        .map_err(failed)?;
    let said = String::from_utf8_lossy(&ran.stdout);
    // no test at all is a success to whoever runs tests
    if ran.status.success() && said.contains("test result: ok. 1 passed") {
        return Ok(());
    }
    let complained = String::from_utf8_lossy(&ran.stderr);
    Err(format!(
        "{test} inside, {}:\n{said}{complained}",
        ran.status
    ))
}
