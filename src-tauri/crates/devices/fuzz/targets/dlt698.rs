//! Arbitrary bytes on a line, read as DL/T 698.45.
#![no_main]

#[path = "../../tests/decoders/dlt698.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::read(bytes));
