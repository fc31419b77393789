//! Thousands of small graphs, every switch on and off.

use super::{lattice, random};
use crate::check::check_order;
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::{Options, Switches, solve};
use crate::testing::agreement::exact_is_exact;

/// Solves graph number `seed` under some switches and compares with exhaustive search.
fn agrees(seed: u64) {
    let graph = random::graph(seed, 2 + seed as usize % 12);
    let target = if seed.is_multiple_of(3) {
        Target::LITERT
    } else {
        Target::TFLM
    };
    let optimum = lattice::optimum(&graph, &target);
    let instance = Instance::new(&graph, &target);
    for switches in combinations(seed) {
        let options = Options {
            switches,
            ..Options::default()
        };
        let schedule = solve(&instance, &options);
        assert_eq!(schedule.peak.get(), optimum, "seed {seed}, {switches:?}");
        assert_eq!(
            (schedule.proof, schedule.bound),
            (Proof::Optimal, schedule.peak),
            "seed {seed}"
        );
        check_order(&graph, &target, &schedule.order, schedule.peak).expect("a valid order");
    }
}

/// All on, all off, and some others that depend on the seed.
fn combinations(seed: u64) -> Vec<Switches> {
    let seed = seed as u32;
    let numbers = [!0, 0, seed, !seed, 0x80 | (seed / 5), 32 | (seed / 7), 0x3f];
    numbers.map(Switches::combination).to_vec()
}

#[test]
fn every_combination_finds_the_optimum() {
    (0..4_000).for_each(agrees);
}

#[test]
fn odd_graphs_agree_too() {
    (0..1_500).for_each(|seed| {
        exact_is_exact(seed, 11);
    });
}
