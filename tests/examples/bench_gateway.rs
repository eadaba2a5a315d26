//! The gateway's memory while it serves twenty tablets, as one JSON line.
//!
//! The gateway is the real program in a process of its own; the tablets are real devices in this
//! one, each with three orders done and everything sent at the same time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement that cannot be set up should stop"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::{Action, Purpose};
use imaging::drawn::{self, Scene};
use serde_json::{Value, json};
use work::{Chance, Clock, Device, Standing};

const TABLETS: u64 = 20;

fn main() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let home = tempfile::tempdir().unwrap();
    let program = programs().join("metercrew-gateway");
    let data = home.path().join("gateway");
    let said = |args: &[&str]| {
        let out = Command::new(&program)
            .args(args)
            .arg("--data")
            .arg(&data)
            .output()
            .unwrap();
        assert!(
            out.status.success(),
            "{}",
            String::from_utf8_lossy(&out.stderr)
        );
        out.stdout
    };
    let out = home.path().join("sample");
    said(&["sample", "--out", out.to_str().unwrap()]);
    let mut serving = Command::new(&program)
        .args(["serve", "--json", "--listen", "127.0.0.1:0", "--data"])
        .arg(&data)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(serving.stdout.take().unwrap())
        .read_line(&mut line)
        .unwrap();
    let ready: Value = serde_json::from_str(&line).unwrap();
    let url = ready["listening"].as_str().unwrap().to_owned();

    let pictures: Vec<Vec<u8>> = (0..4)
        .map(|seed| drawn::scene(Scene::Panorama, seed).unwrap())
        .collect();
    let devices: Vec<(tempfile::TempDir, Device)> = (0..TABLETS)
        .map(|n| {
            let crew = format!("crew-{}", n % 4 + 1);
            let code = said(&["enrol", "--json", "--crew", &crew, "--gateway", &url]);
            let code: Value = serde_json::from_slice(&code).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let chance = Chance::system();
            let clock = Clock::system(chance.id().unwrap());
            let device = Device::open(folder.path(), clock, chance).unwrap();
            let link = code["link"].as_str().unwrap();
            runtime
                .block_on(device.enrol(link, None, "样例平板"))
                .unwrap();
            (folder, device)
        })
        .collect();

    let peak = Arc::new(AtomicU64::new(0));
    let done = Arc::new(AtomicBool::new(false));
    let watcher = {
        let (peak, done, pid) = (Arc::clone(&peak), Arc::clone(&done), serving.id());
        std::thread::spawn(move || {
            while !done.load(Ordering::SeqCst) {
                peak.fetch_max(resident_kib(pid), Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(5));
            }
        })
    };
    let began = Instant::now();
    let photos = runtime.block_on(async {
        let mut tasks = vec![];
        for (at, (_, device)) in devices.iter().enumerate() {
            let (device, pictures) = (device.clone(), pictures.clone());
            tasks.push(tokio::spawn(async move {
                device.sync_round().await.unwrap();
                let photos = device
                    .beside(move |d| Ok(photograph(d, at, &pictures)))
                    .await;
                while device.sync_round().await.unwrap().standing != Standing::Idle {}
                photos.unwrap()
            }));
        }
        let mut photos = 0;
        for task in tasks {
            photos += task.await.unwrap();
        }
        photos
    });
    let seconds = began.elapsed().as_secs_f64();
    done.store(true, Ordering::SeqCst);
    watcher.join().unwrap();
    serving.kill().unwrap();
    serving.wait().unwrap();
    let mib = peak.load(Ordering::SeqCst) / 1024;
    let line = json!({
        "bench": "gateway_20_tablets", "peak_mib": mib, "photos": photos,
        "seconds": (seconds * 10.0).round() / 10.0,
    });
    println!("{line}");
}

/// Takes a photo at the first step of some orders; gives back how many.
fn photograph(device: &Device, at: usize, pictures: &[Vec<u8>]) -> usize {
    let rows = device.day("").unwrap().rows;
    let mut taken = 0;
    for (n, row) in rows.iter().enumerate().skip(at % 5 * 4).take(4) {
        let order = device.order(&row.id).unwrap().held.order;
        let Some(step) = order.next_step().map(|step| step.id.clone()) else {
            continue;
        };
        let picture = pictures.get(n % pictures.len()).unwrap();
        let photo = device.prepare_photo(picture, Purpose::Site, None).unwrap();
        taken += usize::from(
            device
                .act(&row.id, Action::TakePhoto { step, photo })
                .is_ok(),
        );
    }
    taken
}

/// Where this program and those it measures were built.
fn programs() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    here.parent().and_then(Path::parent).unwrap().to_owned()
}

/// A process's resident memory. Unit: KiB; 0 when it is gone.
fn resident_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let fields: BTreeMap<&str, &str> = status
        .lines()
        .filter_map(|line| line.split_once(':'))
        .collect();
    let text = fields
        .get("VmRSS")
        .and_then(|value| value.trim().strip_suffix(" kB"));
    text.and_then(|number| number.trim().parse().ok())
        .unwrap_or(0)
}
