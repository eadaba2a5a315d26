//! Sessions with a meter that says anything at any moment.
#![no_main]

#[path = "../../tests/decoders/session.rs"]
mod decoders;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| decoders::run(bytes));
