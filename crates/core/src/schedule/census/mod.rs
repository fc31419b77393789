//! How rare good orders are: the share of all topological orders whose peak is at most a level.
//!
//! [`census`] counts exactly: orders are the paths from nothing to everything in the lattice of downsets, so that of each
//! downset only the number of ways to it matters, and of these the number within each level. Each order counts once: shares are those of
//! the uniform distribution, without drawing. [`sample`] estimates where downsets are too many.

mod chain;
#[cfg(test)]
mod tests;

pub use chain::{Sample, sample};

use rustc_hash::FxHashMap;

use crate::ids::Id;
use crate::limits::{Meter, StopReason};
use crate::memory::{Instance, LiveTensor};
use crate::units::Bytes;

/// Operators that a set of bits holds.
const MOST_OPS: usize = 128;

/// How many orders there are, and how many of them are how good.
#[derive(Clone, Debug, PartialEq)]
pub struct Census {
    /// Topological orders; exact up to the rounding of `f64`.
    pub orders: f64,
    /// For each level asked for, the share of orders whose peak is at most that.
    pub shares: Vec<f64>,
    /// Downsets visited.
    pub downsets: u64,
}

/// Counts the orders of `instance` by `levels`. A node of `meter` is a downset.
///
/// In-place operators and views are not counted as such: the target must have none.
///
/// # Errors
/// Why it was not counted: more than 128 operators, or more downsets than the limit allows.
pub fn census(
    instance: &Instance<'_>,
    levels: &[Bytes],
    meter: &mut Meter,
) -> Result<Census, StopReason> {
    let space = Space::new(instance).ok_or(StopReason::NodeLimit)?;
    let start = State {
        live: space.start,
        ways: vec![1.0; levels.len() + 1],
    };
    let mut layer: FxHashMap<u128, State> = FxHashMap::from_iter([(0, start)]);
    let mut downsets = 1;
    for _ in 0..instance.ops() {
        let mut next: FxHashMap<u128, State> = FxHashMap::default();
        for (done, state) in layer {
            for op in space.ready(done) {
                let then = done | 1 << op;
                if !next.contains_key(&then) {
                    meter.tick()?;
                    downsets += 1;
                }
                let cost = state.live + space.written[op];
                let reached = next.entry(then).or_insert_with(|| State {
                    live: cost - space.freed(op, then),
                    ways: vec![0.0; levels.len() + 1],
                });
                reached.add(&state, levels, Bytes(cost));
            }
        }
        layer = next;
    }
    let end = layer.into_values().next();
    let ways = end.map_or_else(|| vec![1.0; levels.len() + 1], |state| state.ways);
    let orders = ways.last().copied().unwrap_or(1.0);
    let within = ways.iter().take(levels.len());
    Ok(Census {
        orders,
        shares: within.map(|ways| ways / orders).collect(),
        downsets,
    })
}

/// A downset that was reached.
struct State {
    /// Bytes live after it.
    live: u64,
    /// Ways to it whose steps all stay within each level; all ways at last.
    ways: Vec<f64>,
}

impl State {
    /// Adds the ways that come from `before` by a step of this cost.
    fn add(&mut self, before: &Self, levels: &[Bytes], cost: Bytes) {
        let within = levels.iter().map(|&level| cost <= level).chain([true]);
        for ((ways, more), within) in self.ways.iter_mut().zip(&before.ways).zip(within) {
            if within {
                *ways += more;
            }
        }
    }
}

/// An instance as bits.
struct Space<'i, 'g> {
    /// Operators that must run before each.
    before: Vec<u128>,
    /// Bytes that each operator writes.
    written: Vec<u64>,
    /// Tensors that each operator may free: those it reads or writes and that do not stay to the end.
    touched: Vec<Vec<(&'i LiveTensor<'g>, u128)>>,
    /// Bytes live before the first step.
    start: u64,
}

impl<'i, 'g> Space<'i, 'g> {
    fn new(instance: &'i Instance<'g>) -> Option<Self> {
        let ops = instance.ops();
        if ops > MOST_OPS {
            return None;
        }
        let set =
            |ids: &[crate::ids::OpId]| ids.iter().fold(0, |set, op| set | 1u128 << op.index());
        let graph = instance.graph();
        let topology = instance.topology();
        let mut space = Self {
            before: graph
                .ops()
                .ids()
                .map(|op| set(topology.predecessors(op)))
                .collect(),
            written: vec![0; ops],
            touched: vec![Vec::new(); ops],
            start: instance.base().get(),
        };
        for tensor in instance.tensors() {
            match tensor.producer {
                Some(op) => space.written[op.index()] += tensor.bytes.get(),
                None => space.start += tensor.bytes.get(),
            }
            let touching = tensor.producer.iter().chain(tensor.readers.iter());
            for op in touching.filter(|_| !tensor.to_end) {
                space.touched[op.index()].push((tensor, set(&tensor.readers)));
            }
        }
        space
            .touched
            .iter_mut()
            .for_each(|list| list.dedup_by_key(|(tensor, _)| tensor.id));
        Some(space)
    }

    fn ready(&self, done: u128) -> impl Iterator<Item = usize> + '_ {
        let ops = 0..self.before.len();
        ops.filter(move |&op| done >> op & 1 == 0 && self.before[op] & !done == 0)
    }

    /// Bytes that die with `op`, after which `done` have run.
    fn freed(&self, op: usize, done: u128) -> u64 {
        let dead = self.touched[op]
            .iter()
            .filter(|(_, readers)| readers & !done == 0);
        dead.map(|(tensor, _)| tensor.bytes.get()).sum()
    }
}
