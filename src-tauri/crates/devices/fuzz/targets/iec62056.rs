//! Arbitrary bytes on a line, read as IEC 62056-21.
#![no_main]

#[path = "../../tests/decoders/iec62056.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::read(bytes));
