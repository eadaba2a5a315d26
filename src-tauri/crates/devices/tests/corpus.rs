//! The corpus of the fuzzers and a million frames made from it, through everything that reads
//! bytes from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on should stop"
)]

mod decoders {
    pub mod dlt645;
    pub mod dlt698;
    pub mod iec62056;
    pub mod session;
    pub mod simulator;
}

use std::fs;
use std::path::Path;

/// The frames of one language, as they are handed to its fuzzer.
fn seeds(language: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/seeds")
        .join(language);
    let mut paths: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{language} has seeds");
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// Chance that is the same every time (SplitMix64).
struct Chance(u64);

impl Chance {
    /// A number below `end`.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }

    /// Does to a frame what a line, or someone who means ill, does to it.
    fn mutate(&mut self, frame: &mut Vec<u8>, others: &[Vec<u8>]) {
        for _ in 0..=self.below(3) {
            let at = self.below(frame.len().max(1));
            match (self.below(6), frame.get(at).copied()) {
                (0, Some(byte)) => frame[at] = byte ^ 1 << self.below(8),
                (1, Some(_)) => frame[at] = self.byte(),
                (2, Some(_)) => drop(frame.remove(at)),
                (3, Some(_)) => frame.truncate(at),
                (4, Some(_)) => {
                    let other = &others[self.below(others.len())];
                    let from = self.below(other.len());
                    frame.splice(at.., other[from..].iter().copied());
                }
                (_, _) => {
                    let byte = self.byte();
                    frame.insert(at.min(frame.len()), byte);
                }
            }
        }
    }
}

fn through(language: &str, read: fn(&[u8]), count: u32) {
    let seeds = seeds(language);
    for seed in &seeds {
        read(seed);
    }
    let mut chance = Chance(0x0645_0698_6205_6021);
    let mut frame = Vec::new();
    for _ in 0..count {
        frame.clone_from(&seeds[chance.below(seeds.len())]);
        chance.mutate(&mut frame, &seeds);
        read(&frame);
    }
}

#[test]
fn no_damaged_dlt645_frame_upsets_what_reads_it() {
    through("dlt645", decoders::dlt645::read, 400_000);
}

#[test]
fn no_damaged_dlt698_frame_upsets_what_reads_it() {
    through("dlt698", decoders::dlt698::read, 250_000);
}

#[test]
fn no_damaged_iec62056_frame_upsets_what_reads_it() {
    through("iec62056", decoders::iec62056::read, 350_000);
}

#[test]
fn no_session_is_upset_by_what_comes_when_and_each_ends_by_itself() {
    let mut chance = Chance(0x0645_0698);
    for script in seeds("session") {
        decoders::session::run(&script);
    }
    let answers: Vec<_> = ["dlt645", "dlt698", "iec62056"].map(seeds).concat();
    for _ in 0..100 {
        let mut script: Vec<u8> = (0..chance.below(80)).map(|_| chance.byte()).collect();
        chance.mutate(&mut script, &answers);
        decoders::session::run(&script);
    }
}

#[test]
fn our_simulated_meter_is_not_upset_by_any_question() {
    let questions: Vec<_> = ["dlt645", "dlt698", "iec62056"].map(seeds).concat();
    let mut chance = Chance(0x6205_6021);
    for _ in 0..20_000 {
        let mut question = questions[chance.below(questions.len())].clone();
        chance.mutate(&mut question, &questions);
        let pieces = [&[chance.byte(), chance.byte()], question.as_slice()].concat();
        decoders::simulator::hear(&pieces);
    }
}
