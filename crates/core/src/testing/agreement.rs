//! The exact solver against exhaustive search under all combinations of its switches, as a fuzz body.
//!
//! **All combinations without a run for each.** A run asks for switches one by one, and mostly for a few only: a graph whose operators
//! need what the file's order needs is solved without any. So one run speaks for many combinations, and [`explore`] finds runs that
//! speak for all of them.
//!
//! Statement. Let a run under combination `c` ask for the switches `Q`. Under every combination that agrees with `c` on `Q` the run is
//! the same step by step, and so is what it returns.
//!
//! Proof. The solver is deterministic: limits are in nodes, no clock is looked at without a time limit, no hash is seeded, and with
//! one thread nothing depends on who is first. It learns of a switch by [`Switches::ask`] in its own room alone: the bits are private to the file that
//! reads them there, [`Switches`] cannot be compared, and nothing prints it while a run goes on. Take the first step at which two such
//! runs differ. Until then they are the same, so this step is a question with two answers; the question is in `Q`, on
//! which the combinations agree.
//!
//! Statement. [`explore`] visits every combination exactly once: the sets of combinations that its runs speak for are disjoint, and
//! together they are all. Proof. Runs make a tree: at each question that was not settled on the way to it, a run goes on
//! with the switch on, and leaves a branch with the switch off to a later run. By the statement above the later run asks the same questions up to there,
//! which is asserted. Two runs part at a question that both ask and answer differently, so no combination is in both of their sets;
//! a run that asks `q` questions speaks for `2^(switches - q)` combinations; and these numbers add up to all, which is asserted.
//!
//! So that the tree is small, the solver asks for a switch only where the step has something to do. All that is not assumed: a test
//! compares what such runs return with what every single combination returns, and the long run does so again on every 499th graph.

mod tree;

use fastrand::Rng;

use crate::check::{Certified, check_certificate, check_order};
use crate::graph::Graph;
use crate::limits::Limits;
use crate::memory::{Instance, Target};
use crate::plan::{Order, Proof};
use crate::schedule::{Options, Switch, Switches, asking, certify, solve};
use crate::units::Bytes;

use super::fuzz::{drawn, targets};
use super::oracle;

pub use tree::{Run, explore};

/// Number of combinations of switches.
pub const COMBINATIONS: u32 = 1 << Switch::ALL.len();

/// Solves random graph number `seed`, of at most `most_ops` operators, for each target and one that no runtime is, with
/// all switches on, with all off, and with three combinations that depend on the seed; returns how often an order was
/// found.
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
        let case = Case::new(&graph, target, seed);
        let number = seed as u32;
        for number in [!0, 0, number, !number, (number >> 3) ^ 0b101_0000] {
            case.agrees(Switches::combination(number), None);
            solved += 1;
        }
    }
    solved
}

/// The combinations under which graph number `seed` is solved: every so-manieth, so that they are `most`, a power of two, from a first
/// that depends on the seed.
pub fn chosen(seed: u64, most: u32) -> impl Iterator<Item = u32> {
    let stride = (COMBINATIONS / most).max(1);
    let first = Rng::with_seed(seed).u32(..stride);
    (first..COMBINATIONS).step_by(stride as usize)
}

/// What was done with a graph.
#[derive(Clone, Copy, Debug)]
pub struct Agreed {
    /// Operators of the graph.
    pub ops: usize,
    /// Combinations under which the solver agrees with exhaustive search.
    pub combinations: u32,
    /// Runs of the solver that this took.
    pub runs: u32,
}

/// Solves random graph number `seed`, of at most `most_ops` operators, under all combinations, or, if `most` is less than these, under
/// the combinations [`chosen`], for one of the targets, those that no runtime is included: each has its turn. On two threads it has to
/// find the same, and what it finds has to have a certificate that the referee takes.
///
/// # Panics
/// As [`exact_is_exact`].
pub fn combinations_are_exact(seed: u64, most_ops: usize, most: u32) -> Agreed {
    let graph = drawn(seed, most_ops);
    let targets = targets();
    let case = Case::new(&graph, turn(&targets, seed), seed);
    let ops = graph.ops().len();
    case.holds_besides();
    let mut last = None;
    let mut agrees = |switches| last = Some(case.agrees(switches, last.take()));
    if most < COMBINATIONS {
        let mut runs = 0;
        for number in chosen(seed, most) {
            agrees(Switches::combination(number));
            runs += 1;
        }
        return Agreed {
            ops,
            combinations: runs,
            runs,
        };
    }
    let runs = explore(|switches| asking(|| agrees(switches)).1);
    Agreed {
        ops,
        combinations: runs.iter().map(Run::combinations).sum(),
        runs: runs.len() as u32,
    }
}

/// Solves random graph number `seed`, as [`combinations_are_exact`], in a run for each combination, and compares all that is found with what the run
/// found that speaks for it. Returns the number of runs that speak for all.
///
/// # Panics
/// If anything differs.
pub fn runs_speak_for_combinations(seed: u64, most_ops: usize) -> usize {
    let graph = drawn(seed, most_ops);
    let targets = targets();
    let instance = Instance::new(&graph, turn(&targets, seed));
    let mut found = Vec::new();
    let runs = explore(|switches| {
        let (schedule, asked) = asking(|| solve(&instance, &options(switches)));
        found.push(schedule);
        asked
    });
    let mut speaks = vec![None; COMBINATIONS as usize];
    for (run, schedule) in runs.iter().zip(&found) {
        for number in (0..COMBINATIONS).filter(|&number| run.speaks_for(number)) {
            let before = speaks[number as usize].replace(schedule);
            assert_eq!(before, None, "seed {seed}: two runs speak for {number}");
        }
    }
    for (number, schedule) in (0..).zip(speaks) {
        let alone = solve(&instance, &options(Switches::combination(number)));
        assert_eq!(Some(&alone), schedule, "seed {seed}: combination {number}");
    }
    runs.len()
}

/// Each target has its turn; whether tensors share bytes depends on the seed's last bit.
fn turn(targets: &[Target], seed: u64) -> &Target {
    &targets[seed as usize / 2 % targets.len()]
}

fn options(switches: Switches) -> Options<'static> {
    Options {
        switches,
        ..Options::default()
    }
}

/// A graph and a target, and what is known of them without the solver.
struct Case<'g> {
    graph: &'g Graph,
    target: &'g Target,
    seed: u64,
    instance: Instance<'g>,
    optimum: Bytes,
}

impl<'g> Case<'g> {
    fn new(graph: &'g Graph, target: &'g Target, seed: u64) -> Self {
        let instance = Instance::new(graph, target);
        let optimum = oracle::optimum(&instance);
        if instance.ops() <= oracle::ENUMERATE_OPS - 2 {
            assert_eq!(oracle::enumerate(&instance).1, optimum, "seed {seed}");
        }
        Self {
            graph,
            target,
            seed,
            instance,
            optimum,
        }
    }

    /// Peak, proof and bound are the oracle's, and the referee takes the order, unless it is the one that it took `last`.
    fn agrees(&self, switches: Switches, last: Option<Order>) -> Order {
        let found = solve(&self.instance, &options(switches));
        let context = || format!("seed {}, {}, {switches:?}", self.seed, self.target.name);
        assert_eq!(
            (found.peak, found.proof, found.bound),
            (self.optimum, Proof::Optimal, self.optimum),
            "{}",
            context()
        );
        if last.is_none_or(|last| last != found.order) {
            let verdict = check_order(self.graph, self.target, &found.order, found.peak);
            assert_eq!(verdict, Ok(()), "{}", context());
        }
        found.order
    }

    /// On two threads all that is found is the same, and the referee takes a certificate of it for proof of the bound.
    fn holds_besides(&self) {
        // Where the first gear is off, both ends are searched at once.
        for switches in [
            Switches::ALL.without(&[Switch::ForwardFirst]),
            Switches::ALL,
        ] {
            let [one, two] = [1, 2].map(|threads| {
                let limits = Limits {
                    threads,
                    ..Limits::default()
                };
                solve(
                    &self.instance,
                    &Options {
                        limits,
                        ..options(switches)
                    },
                )
            });
            let context = || format!("seed {}, {}, {switches:?}", self.seed, self.target.name);
            assert_eq!(one, two, "{}", context());
            let certificate = certify(self.graph, self.target, &one.order, one.bound);
            let verdict = check_certificate(self.graph, self.target, &certificate);
            assert_eq!(verdict, Ok(Certified::Bound), "{}", context());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{COMBINATIONS, chosen, combinations_are_exact, runs_speak_for_combinations};

    #[test]
    fn every_combination_has_its_turn() {
        let mut times = vec![0; COMBINATIONS as usize];
        for seed in 0..200 {
            chosen(seed, COMBINATIONS / 4).for_each(|number| times[number as usize] += 1);
        }
        assert!(
            times.iter().all(|times| (20..80).contains(times)),
            "{times:?}"
        );
    }

    #[test]
    fn every_combination_finds_the_optimum() {
        (0..400).for_each(|seed| {
            combinations_are_exact(seed, 13, COMBINATIONS);
        });
    }

    #[test]
    fn what_a_run_did_not_ask_for_changes_nothing() {
        (0..100).for_each(|seed| {
            runs_speak_for_combinations(seed, 10);
        });
    }
}
