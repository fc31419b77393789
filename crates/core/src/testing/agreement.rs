//! The exact solver against exhaustive search, as a fuzz body.

use crate::check::check_order;
use crate::memory::{Instance, Target};
use crate::plan::Proof;
use crate::schedule::{Options, Switches, solve};

use super::fuzz::{drawn, targets};
use super::oracle;

/// Number of switches of the exact solver.
const SWITCHES: u32 = 10;

/// The switches given by the bits of `choice`.
#[must_use]
pub fn switches(choice: u64) -> Switches {
    let on = |bit: u32| choice >> bit & 1 == 1;
    Switches {
        glue: on(0),
        split: on(1),
        free_moves: on(2),
        commits: on(3),
        both_ends: on(4),
        forward_first: on(5),
        modules: on(6),
        around: on(7),
        jumps: on(8),
        leaps: on(9),
    }
}

/// Solves random graph number `seed`, of at most `most_ops` operators, for each target and one that no runtime is, with all switches on, with all
/// off, and with three combinations that depend on the seed; returns how often an order was found.
///
/// # Panics
/// If a peak is not the oracle's, is not proved, or the referee refuses the order.
pub fn exact_is_exact(seed: u64, most_ops: usize) -> u64 {
    let graph = drawn(seed, most_ops);
    let made_up = targets();
    // Of the targets that no runtime is, one a graph.
    let (all, rest) = made_up.split_at(Target::ALL.len());
    let mut solved = 0;
    for target in all.iter().chain(rest.get(seed as usize / 2 % rest.len())) {
        let instance = Instance::new(&graph, target);
        let optimum = oracle::optimum(&instance);
        let mixed = [seed, !seed, (seed >> 3) ^ 0b101_0000].map(switches);
        let all = [switches(u64::MAX >> (64 - SWITCHES)), Switches::NONE];
        for switches in all.into_iter().chain(mixed) {
            let options = Options {
                switches,
                ..Options::default()
            };
            let found = solve(&instance, &options);
            assert_eq!(
                found.peak, optimum,
                "seed {seed}, {}, {switches:?}",
                target.name
            );
            assert_eq!(
                (found.proof, found.bound),
                (Proof::Optimal, optimum),
                "seed {seed}, {switches:?}"
            );
            check_order(&graph, target, &found.order, found.peak).expect("the referee agrees");
            solved += 1;
        }
    }
    solved
}
