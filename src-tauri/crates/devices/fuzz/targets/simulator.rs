//! Our simulated meter, asked anything.
#![no_main]

#[path = "../../tests/decoders/simulator.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::hear(bytes));
