//! Any bytes as an ONNX model: an error, or a model that is written without loss, optimised, and can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lowtide::{Format, Target, fuzz};

fuzz_target!(|data: &[u8]| {
    lowtide_formats::onnx::fuzz::round_trip(data);
    for target in [Target::TFLM, Target::ORT] {
        fuzz::optimised(data, Format::Onnx, &target);
    }
});
