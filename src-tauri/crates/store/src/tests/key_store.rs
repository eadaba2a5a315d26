//! The key in a desktop's key store: a real one, on a session bus of the test's own.
//!
//! What a program finds depends on its environment: each start is a process of its own, this very
//! program with another environment.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{KeyFile, KeySource, Store, StoreError, key_store, obtain_key};

const FOLDER: &str = "METERCREW_KEY_FOLDER";
const SEED: &str = "METERCREW_KEY_SEED";

/// The child: a program that opens its folder, with a key of `SEED` when it needs a new one. Alone
/// it does nothing. Says `found PLACE|CHECK|MS` or `missing PLACE|CAUSE|MS`.
#[test]
fn child_that_opens_its_folder() {
    let Some(dir) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return;
    };
    let seed = std::env::var(SEED).unwrap().parse().unwrap();
    let (desktop, file) = (key_store(&dir).unwrap(), KeyFile::in_dir(&dir));
    let began = Instant::now();
    let found = obtain_key(&dir, &[&*desktop, &file], || [seed; 32]);
    let ms = began.elapsed().as_millis();
    match found {
        Ok(found) => {
            Store::open(&dir, &found.key, "stamp").unwrap();
            println!("found {}|{}|{ms}", found.place, found.key.check());
        }
        Err(e) => match &e {
            StoreError::KeyMissing { place, source } => {
                let cause = source.as_ref().map(ToString::to_string).unwrap_or_default();
                println!("missing {place}|{cause}|{ms}");
            }
            other => panic!("{other:?}"),
        },
    }
}

/// What a start came to: `found` or `missing`, where, the key's check or the cause, how long.
#[derive(Debug, PartialEq, Eq)]
struct Start {
    how: String,
    place: String,
    what: String,
    ms: u64,
}

impl Start {
    fn says(&self) -> (&str, &str) {
        (&self.how, &self.place)
    }
}

/// Opens the folder in a new process; `bus` is its session bus.
fn start(dir: &Path, bus: Option<&str>, seed: u8) -> Start {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child
        .args(["--exact", "tests::key_store::child_that_opens_its_folder"])
        .args(["--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .env(SEED, seed.to_string())
        .env_remove("XDG_RUNTIME_DIR")
        .env_remove("DBUS_SESSION_BUS_ADDRESS");
    if let Some(address) = bus {
        child.env("DBUS_SESSION_BUS_ADDRESS", address);
    }
    let said = child.output().unwrap();
    let (out, log) = (
        String::from_utf8(said.stdout).unwrap(),
        String::from_utf8(said.stderr).unwrap(),
    );
    let secret = format!("{seed:02x}").repeat(32);
    assert!(
        !out.contains(&secret) && !log.contains(&secret),
        "a key is printed"
    );
    let line = out.lines().find_map(|line| {
        let at = line.find("found ").or_else(|| line.find("missing "))?;
        Some(&line[at..])
    });
    let (how, rest) = line
        .unwrap_or_else(|| panic!("{out}{log}"))
        .split_once(' ')
        .unwrap();
    let [place, what, ms] = rest.split('|').collect::<Vec<_>>()[..] else {
        panic!("{rest}");
    };
    Start {
        how: how.into(),
        place: place.into(),
        what: what.into(),
        ms: ms.parse().unwrap(),
    }
}

/// A session bus that starts nothing by itself, and the home of its key store.
struct Desktop {
    home: TempDir,
    address: String,
    bus: Child,
    keyring: Option<Child>,
}

/// One process of a test.
fn spawn(command: &mut Command) -> Option<Child> {
    match command.stderr(Stdio::null()).spawn() {
        Ok(child) => Some(child),
        Err(e) => {
            // Past the test runner's own capture: a skipped test should be seen.
            let name = command.get_program().display().to_string();
            let _ = writeln!(io::stderr(), "skipped: {name} cannot be started: {e}");
            None
        }
    }
}

fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "{what}");
        thread::sleep(Duration::from_millis(20));
    }
}

impl Desktop {
    /// `None`, with a notice, where there is no such program.
    fn bare() -> Option<Self> {
        let home = tempfile::tempdir().unwrap();
        let config = home.path().join("bus.conf");
        let listen = format!("unix:path={}", home.path().join("bus").display());
        fs::write(
            &config,
            format!(
                r#"<busconfig><type>session</type><listen>{listen}</listen><policy context="default">
                <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#
            ),
        )
        .unwrap();
        let mut bus = spawn(
            Command::new("dbus-daemon")
                .arg(format!("--config-file={}", config.display()))
                .args(["--nofork", "--print-address=1"])
                .stdout(Stdio::piped()),
        )?;
        let mut address = String::new();
        let said = bus.stdout.take().unwrap();
        BufReader::new(said).read_line(&mut address).unwrap();
        assert!(!address.is_empty(), "the bus says where it is");
        Some(Self {
            home,
            address: address.trim().into(),
            bus,
            keyring: None,
        })
    }

    /// With GNOME's key store on it, unlocked.
    fn unlocked() -> Option<Self> {
        let mut desktop = Self::bare()?;
        desktop.sign_in(Some("password"))?;
        Some(desktop)
    }

    /// Starts the key store; without a password it stays locked.
    fn sign_in(&mut self, password: Option<&str>) -> Option<()> {
        let mut daemon = Command::new("gnome-keyring-daemon");
        daemon
            .args(["--foreground", "--components=secrets"])
            .args(password.map(|_| "--unlock"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .env("HOME", self.home.path())
            .env("XDG_DATA_HOME", self.home.path().join("data"))
            .env("XDG_CONFIG_HOME", self.home.path().join("config"))
            .env("XDG_CACHE_HOME", self.home.path().join("cache"))
            .env("XDG_RUNTIME_DIR", self.home.path())
            .env_remove("DISPLAY")
            .env_remove("WAYLAND_DISPLAY")
            .stdin(Stdio::piped())
            .stdout(Stdio::null());
        let mut keyring = spawn(&mut daemon)?;
        let mut stdin = keyring.stdin.take().unwrap();
        // Closing it ends the password.
        stdin
            .write_all(password.unwrap_or_default().as_bytes())
            .unwrap();
        drop(stdin);
        self.keyring = Some(keyring);
        until("the key store is on the bus", || self.has_key_store());
        Some(())
    }

    fn sign_out(&mut self) {
        end(self.keyring.take());
        until("the key store is off the bus", || !self.has_key_store());
    }

    fn has_key_store(&self) -> bool {
        let asked = Command::new("dbus-send")
            .arg(format!("--bus={}", self.address))
            .args(["--print-reply", "--dest=org.freedesktop.DBus", "/"])
            .args([
                "org.freedesktop.DBus.NameHasOwner",
                "string:org.freedesktop.secrets",
            ])
            .output()
            .unwrap();
        String::from_utf8(asked.stdout).unwrap().contains("true")
    }

    fn start(&self, dir: &Path, seed: u8) -> Start {
        start(dir, Some(&self.address), seed)
    }
}

fn end(child: Option<Child>) {
    if let Some(mut child) = child {
        let _ = child.kill();
        let _ = child.wait();
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        end(self.keyring.take());
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

/// Every file of a folder with its bytes.
fn files(dir: &Path) -> BTreeSet<(PathBuf, Vec<u8>)> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.append(&mut files(&path));
        } else {
            found.insert((path.clone(), fs::read(path).unwrap()));
        }
    }
    found
}

#[test]
fn a_new_folders_key_lives_in_the_key_store_and_outlives_the_session() {
    let Some(mut desktop) = Desktop::unlocked() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let first = desktop.start(dir.path(), 7);
    assert_eq!(first.says(), ("found", "key store"));
    assert!(KeyFile::in_dir(dir.path()).read().unwrap().is_none());
    desktop.sign_out();
    desktop.sign_in(Some("password"));
    let again = desktop.start(dir.path(), 8);
    assert_eq!(
        (again.says(), &again.what),
        (("found", "key store"), &first.what)
    );
    for (path, bytes) in files(dir.path()) {
        let has = |secret: &[u8]| bytes.windows(secret.len()).any(|part| part == secret);
        assert!(
            !has(&[7; 32]) && !has("07".repeat(32).as_bytes()),
            "{}",
            path.display()
        );
    }
}

#[test]
fn two_folders_do_not_share_a_key() {
    let Some(desktop) = Desktop::unlocked() else {
        return;
    };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let starts = [
        (one.path(), 1),
        (two.path(), 2),
        (one.path(), 3),
        (two.path(), 4),
    ];
    let starts = starts.map(|(dir, seed)| desktop.start(dir, seed));
    assert!(
        starts
            .iter()
            .all(|start| start.says() == ("found", "key store"))
    );
    let [one, two, one_again, two_again] = starts.map(|start| start.what);
    assert_eq!((&one, &two), (&one_again, &two_again));
    assert_ne!(one, two);
}

#[test]
fn a_folder_that_moved_finds_its_key() {
    let Some(desktop) = Desktop::unlocked() else {
        return;
    };
    let home = tempfile::tempdir().unwrap();
    let (before, after) = (home.path().join("before"), home.path().join("after"));
    let first = desktop.start(&before, 1);
    fs::rename(&before, &after).unwrap();
    assert_eq!(desktop.start(&after, 2).what, first.what);
}

#[test]
fn a_folder_with_a_key_file_goes_on_with_it() {
    let Some(desktop) = Desktop::unlocked() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let first = start(dir.path(), None, 1);
    let again = desktop.start(dir.path(), 2);
    assert_eq!(
        (again.says(), &again.what),
        (("found", "key file"), &first.what)
    );
}

#[test]
fn a_locked_key_store_is_not_unlocked_for_a_new_folder() {
    let Some(mut desktop) = Desktop::unlocked() else {
        return;
    };
    desktop.sign_out();
    desktop.sign_in(None);
    let dir = tempfile::tempdir().unwrap();
    let first = desktop.start(dir.path(), 1);
    assert_eq!(first.says(), ("found", "key file"));
    assert!(first.ms < 2_000, "no prompt is waited for: {first:?}");
    assert!(!dir.path().join("store.entry").exists());
}

#[test]
fn a_key_in_a_key_store_that_is_locked_or_gone_is_missing_and_nothing_is_touched() {
    let Some(mut desktop) = Desktop::unlocked() else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let first = desktop.start(dir.path(), 1);
    let before = files(dir.path());
    let missing = |start: Start, cause: &str| {
        assert_eq!(start.says(), ("missing", "key store"));
        assert!(start.what.contains(cause), "{start:?}");
        assert!(files(dir.path()) == before, "a file was touched");
    };
    desktop.sign_out();
    missing(desktop.start(dir.path(), 2), "org.freedesktop.secrets");
    desktop.sign_in(None);
    missing(desktop.start(dir.path(), 3), "prompt");
    missing(start(dir.path(), None, 4), "No DBus session");
    desktop.sign_out();
    desktop.sign_in(Some("password"));
    assert_eq!(desktop.start(dir.path(), 5).what, first.what);
}

#[test]
fn a_desktop_without_a_key_store_or_without_a_collection_that_lasts_uses_the_key_file() {
    let Some(mut desktop) = Desktop::bare() else {
        return;
    };
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(desktop.start(one.path(), 1).says(), ("found", "key file"));
    if desktop.sign_in(None).is_some() {
        assert_eq!(desktop.start(two.path(), 1).says(), ("found", "key file"));
    }
}

#[test]
fn without_a_bus_a_start_asks_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let first = start(dir.path(), None, 1);
    assert_eq!(first.says(), ("found", "key file"));
    assert!(first.ms < 2_000, "{first:?}");
}

#[test]
fn a_bus_that_never_answers_holds_a_start_up_for_two_seconds_and_no_longer() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("bus");
    let _deaf = UnixListener::bind(&socket).unwrap();
    let address = format!("unix:path={}", socket.display());
    let dir = home.path().join("device");
    let first = start(&dir, Some(&address), 1);
    assert_eq!(first.says(), ("found", "key file"));
    assert!((2_000..10_000).contains(&first.ms), "{first:?}");
    let again = start(&dir, Some(&address), 2);
    assert!(
        again.ms < 2_000,
        "a folder with a key file asks nobody: {again:?}"
    );
}
