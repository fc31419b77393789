//! What fuzzing runs on arbitrary bytes; a fuzz target only calls it.

use lowtide_core::compile::measure;
use lowtide_core::plan::{Order, Rewriting};

use crate::{Format, Limits, Model, OptimizeOptions, Target, certify, inspect, optimize};

/// Reads `bytes` as a model of `format`; if that succeeds, optimises it for `target` under the referees, certifies the result, and demands
/// that the file can be read again and needs in its own order what was said.
///
/// # Panics
/// Where any of this does not hold: that is what a fuzzer looks for.
#[allow(
    clippy::expect_used,
    reason = "panics are how a fuzzer hears of a fault"
)]
pub fn optimised(bytes: &[u8], format: Format, target: &Target) {
    let Ok(model) = Model::from_bytes("fuzz", bytes.to_vec(), format) else {
        return;
    };
    let limits = Limits {
        nodes: 300,
        ..Limits::default()
    };
    let options = OptimizeOptions {
        target: target.clone(),
        // The engine is others', and may panic.
        measure: 0,
        limits,
        ..OptimizeOptions::default()
    };
    let optimized = optimize(&model, &options).expect("what was read can be optimised");
    let compiled = &optimized.compiled;
    assert!(compiled.chosen.peak <= compiled.before.peak, "never worse");
    certify(&optimized, true).expect("the referee accepts the certificate");
    let again = Model::from_bytes("again", optimized.bytes.clone(), format);
    let again = again.expect("what was written can be read");
    let promised = compiled.chosen.peak;
    assert_eq!(measure(again.graph(), target).peak, promised, "as promised");
    let same = Rewriting::unchanged(again.graph().clone());
    let order = Order::new(again.graph().file_order());
    again.write(&same, &order).expect("it can be written again");
    let inspected = inspect(
        &model,
        &crate::InspectOptions {
            target: target.clone(),
            limits: options.limits.clone(),
            observer: None,
        },
    );
    let bound = inspected.expect("it can be inspected").best.bound;
    assert!(
        bound <= compiled.before.peak,
        "a bound is below every order"
    );
}
