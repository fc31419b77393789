//! Any bytes as a TFLite model: an error, or a model that is optimised and can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lowtide::{Format, Model, Target, fuzz};

fuzz_target!(|data: &[u8]| {
    for target in [Target::TFLM, Target::LITERT] {
        fuzz::optimised(data, Format::Tflite, &target);
    }
    if let Ok(model) = Model::from_bytes("fuzz", data.to_vec(), Format::Tflite) {
        // It may be refused.
        let _ = model.to_int8();
    }
});
