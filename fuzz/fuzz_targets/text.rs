//! Any bytes as the text syntax of graphs: an error, or a graph that is printed and read without loss.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| lowtide_core::testing::fuzz::text(data));
