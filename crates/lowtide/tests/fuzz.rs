//! A moment of fuzzing: the bodies of the fuzz targets on damaged copies of generated networks.

use fastrand::Rng;
use lowtide::{Format, Target, fuzz, zoo};

/// Damaged copies of each network.
const COPIES: u64 = 40;

#[test]
fn damaged_networks_are_refused_or_optimised() {
    let networks = [
        ("swiftnet-cell-c", Format::Tflite, Target::TFLM),
        ("resnet8", Format::Tflite, Target::LITERT),
        ("swiftnet-cell-c-f32", Format::Onnx, Target::ORT),
    ];
    for (name, format, target) in networks {
        let bytes = match format {
            Format::Onnx => zoo::build_onnx(name),
            _ => zoo::build(name),
        }
        .expect("the zoo has it");
        fuzz::optimised(&bytes, format, &target);
        for seed in 0..COPIES {
            let mut rng = Rng::with_seed(seed);
            let mut damaged = bytes.clone();
            for _ in 0..rng.usize(1..4) {
                // Heads and tails hold the structure, the middle is weights.
                let at = rng.usize(..damaged.len().min(4096));
                let at = if rng.bool() {
                    at
                } else {
                    damaged.len() - 1 - at
                };
                damaged[at] = rng.u8(..);
            }
            fuzz::optimised(&damaged, format, &target);
        }
    }
}
