//! Damaged files as graphs: an error, or a graph that is ordered, refereed, written and read again.

#[path = "common/chain.rs"]
mod chain;
#[path = "common/damage.rs"]
mod damage;
#[path = "common/shared_models.rs"]
mod shared_models;

use damage::damage;
use fastrand::Rng;
use lowtide_core::compile::{Algorithm, Options, Search, compile};
use lowtide_core::limits::Limits;
use lowtide_core::memory::Target;
use lowtide_core::rewrite::rules::CLEAN_UP;
use lowtide_formats::tflite::Model;

/// Damaged copies of each real model.
const COPIES: u64 = 60;
/// Damaged copies of the model built here, which is all structure.
const DENSE_COPIES: u64 = 2000;
/// Models larger than this are mostly weights, where damage does not show.
const LARGEST: usize = 400_000;

#[test]
fn a_damaged_model_is_refused_or_optimised() {
    let dense = chain::chain(40).write().unwrap();
    let of = |bytes: &[u8], copies: u64| (0..copies).filter(|&seed| survives(bytes, seed)).count();
    let mut accepted = of(&dense, DENSE_COPIES);
    for (_, bytes) in shared_models::tflite_models() {
        if bytes.len() <= LARGEST {
            accepted += of(&bytes, COPIES);
        }
    }
    assert!(accepted > 20, "{accepted} are still models");
}

/// Whether the damaged copy is still a model.
fn survives(bytes: &[u8], seed: u64) -> bool {
    let Ok(model) = Model::parse(damage(bytes, &mut Rng::with_seed(seed))) else {
        return false;
    };
    let limits = Limits {
        nodes: 1000,
        ..Limits::default()
    };
    let search = Search {
        limits: limits.clone(),
        ..Search::default()
    };
    let (target, algorithm) = (Target::TFLM, Algorithm::Exact);
    let options = Options {
        target,
        deployment: None,
        rules: CLEAN_UP,
        choice: None,
        algorithm,
        search,
    };
    let compiled = compile(model.graph(), &options).expect("the referees agree");
    assert!(compiled.after.peak <= compiled.before.peak);
    let (rewriting, order) = (&compiled.rewriting, &compiled.chosen.order);
    let written = model
        .write(rewriting, order)
        .expect("a model that was read can be written");
    let written = Model::parse(written).expect("what was just written can be read");
    let without = written.declared();
    if let Some(planned) = written.planned(&limits).expect("the referee agrees") {
        assert!(planned.declared().device.total < without.device.total);
    }
    // Conversion to int8 may be refused; what it gives has the same operators.
    if let Ok(int8) = model.to_int8() {
        assert_eq!(int8.graph().ops().len(), model.graph().ops().len());
    }
    true
}
