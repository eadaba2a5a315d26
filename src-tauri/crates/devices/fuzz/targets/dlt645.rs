//! Arbitrary bytes on a line, read as DL/T 645.
#![no_main]

#[path = "../../tests/decoders/dlt645.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::read(bytes));
