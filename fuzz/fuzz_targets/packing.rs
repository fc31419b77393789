//! Packing files: whatever is read is packed within a few nodes, checked, written and read again.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lowtide_formats::csv::fuzz::packing(bytes));
