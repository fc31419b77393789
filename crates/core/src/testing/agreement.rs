//! The exact solver against exhaustive search over combinations of its switches, as a fuzz body.

use fastrand::Rng;

use crate::check::check_order;
use crate::graph::Graph;
use crate::memory::{Instance, Target};
use crate::plan::{Order, Proof};
use crate::schedule::{Options, Switches, solve};
use crate::units::Bytes;

use super::fuzz::{drawn, targets};
use super::oracle;

/// A switch: its name, and where it is.
pub type Switch = (&'static str, fn(&mut Switches) -> &mut bool);

/// Every switch of the exact solver. Combinations and ablations follow this list; a test holds that none is missing.
pub const SWITCHES: &[Switch] = &[
    ("glue", |s| &mut s.glue),
    ("split", |s| &mut s.split),
    ("free-moves", |s| &mut s.free_moves),
    ("jumps", |s| &mut s.jumps),
    ("commits", |s| &mut s.commits),
    ("both-ends", |s| &mut s.both_ends),
    ("forward-first", |s| &mut s.forward_first),
    ("leaps", |s| &mut s.leaps),
    ("modules", |s| &mut s.modules),
    ("around", |s| &mut s.around),
    ("neighbours", |s| &mut s.neighbours),
    ("windows", |s| &mut s.windows),
];

/// Number of combinations of switches.
#[must_use]
pub fn combinations() -> u64 {
    1 << SWITCHES.len()
}

/// Combination number `choice`, modulo their number: the bits say which switches are on.
#[must_use]
pub fn switches(choice: u64) -> Switches {
    let mut switches = Switches::NONE;
    for (bit, (_, of)) in SWITCHES.iter().enumerate() {
        *of(&mut switches) = choice >> bit & 1 == 1;
    }
    switches
}

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
        for choice in [u64::MAX, 0, seed, !seed, (seed >> 3) ^ 0b101_0000] {
            case.agrees(switches(choice), None);
            solved += 1;
        }
    }
    solved
}

/// The combinations under which graph number `seed` is solved: all, or, if they are more than `most`, a power of two, every
/// so-manieth, from a first that depends on the seed.
pub fn chosen(seed: u64, most: u64) -> impl Iterator<Item = u64> {
    let stride = (combinations() / most).max(1);
    let first = Rng::with_seed(seed).u64(..stride);
    (first..combinations()).step_by(stride as usize)
}

/// Solves random graph number `seed`, of at most `most_ops` operators, under the combinations [`chosen`], for one of the
/// targets, those that no runtime is included: each has its turn. Returns the number of operators.
///
/// # Panics
/// As [`exact_is_exact`].
pub fn combinations_are_exact(seed: u64, most_ops: usize, most: u64) -> usize {
    let graph = drawn(seed, most_ops);
    let targets = targets();
    // Whether tensors share bytes depends on the seed's last bit.
    let target = &targets[seed as usize / 2 % targets.len()];
    let case = Case::new(&graph, target, seed);
    let mut last = None;
    for choice in chosen(seed, most) {
        last = Some(case.agrees(switches(choice), last.take()));
    }
    graph.ops().len()
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
        let options = Options {
            switches,
            ..Options::default()
        };
        let found = solve(&self.instance, &options);
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
}

#[cfg(test)]
mod tests {
    use super::{SWITCHES, chosen, combinations, combinations_are_exact, switches};
    use crate::schedule::Switches;

    #[test]
    fn the_list_of_switches_is_complete() {
        assert_eq!(switches(u64::MAX), Switches::ALL);
        let (mut all, mut none) = (Switches::ALL, Switches::NONE);
        for (name, of) in SWITCHES {
            assert!(*of(&mut all) && !*of(&mut none), "{name}");
        }
    }

    #[test]
    fn every_combination_has_its_turn() {
        let mut times = vec![0; combinations() as usize];
        for seed in 0..200 {
            chosen(seed, combinations() / 4).for_each(|choice| times[choice as usize] += 1);
        }
        assert!(
            times.iter().all(|times| (20..80).contains(times)),
            "{times:?}"
        );
    }

    #[test]
    fn every_combination_finds_the_optimum() {
        (0..150).for_each(|seed| {
            combinations_are_exact(seed, 12, u64::MAX);
        });
    }
}
