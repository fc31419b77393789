//! Any bytes as a graph in JSON: an error, or a graph that is optimised and can be read again.
#![no_main]

use lowtide::{Format, Target, fuzz};

libfuzzer_sys::fuzz_target!(|data: &[u8]| fuzz::optimised(data, Format::Json, &Target::TFLM));
