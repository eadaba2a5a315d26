//! Looks at broken picture files as the app would, decoding, scanning and reading: `cargo run --profile bench --example
//! broken_files -- [COUNT] [FIRST_SEED]` prints what came of them, the slowest
//! (in processor time) and the most memory taken, that for making the files included.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "the files are made as the tests make them"
)]

#[path = "bench_eyes/clock.rs"]
mod clock;
#[path = "../tests/imaging/mutants.rs"]
mod mutants;

use metercrew_imaging::drawn::{self, Difficulty};
use metercrew_imaging::{Layout, Picture, decode, encode_jpeg, encode_png};
use std::collections::BTreeMap;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let count = numbers.next().unwrap_or(Ok(10_000))?;
    let first = numbers.next().unwrap_or(Ok(0))?;
    let mut originals = mutants::Originals::small();
    // What takes long as well: photographs, and the largest picture that is taken.
    for seed in 0..3 {
        let photo = drawn::label("4130001000000000000012", seed, Difficulty::Field)?;
        originals.0.push(("photograph", photo));
    }
    let wide = Picture::new(19_000, 3_000, Layout::Grey, vec![0; 57_000_000])?;
    originals.0.push(("large png", encode_png(&wide)?));
    drop(wide);
    let near = drawn::label("4130001000000000000012", 3, Difficulty::Easy)?;
    let near = decode(&near)?.resized(8_160, 6_120)?;
    originals.0.push(("50 MP jpeg", encode_jpeg(&near, 80)?));
    drop(near);
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut slowest = (0.0, "", 0);
    for seed in first..first + count {
        let (kind, file) = originals.mutant(seed);
        let (outcome, took_ms) = clock::timed(|| mutants::look_at(&file));
        *outcomes.entry(outcome).or_default() += 1;
        if took_ms > slowest.0 {
            slowest = (took_ms, kind, seed);
        }
    }
    println!(
        "{{\"bench\":\"broken_files\",\"pictures\":{count},\"outcomes\":{outcomes:?},\"slowest_cpu_ms\":{:.0},\
         \"slowest\":\"{}, seed {}\",\"peak_mb\":{}}}",
        slowest.0,
        slowest.1,
        slowest.2,
        peak_mb()?
    );
    Ok(())
}

/// Most memory this process ever had, in millions of bytes.
fn peak_mb() -> Result<u64, Box<dyn std::error::Error>> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib: u64 = line
        .ok_or("no peak is told here")?
        .trim()
        .trim_end_matches(" kB")
        .parse()?;
    Ok(kib * 1024 / 1_000_000)
}
