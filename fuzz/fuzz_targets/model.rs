//! Any bytes as a model file: an error, or a model that is optimised and can be read again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use lowtide::{Format, Limits, Model, OptimizeOptions, optimize};

fuzz_target!(|data: &[u8]| {
    for &format in Format::ALL {
        let Ok(model) = Model::from_bytes("fuzz", data.to_vec(), format) else { continue };
        let limits = Limits { nodes: 1000, ..Limits::default() };
        let options = OptimizeOptions { limits, ..OptimizeOptions::default() };
        let optimized = optimize(&model, &options).expect("what was read can be optimised");
        Model::from_bytes("again", optimized.bytes, format).expect("what was written can be read");
    }
});
