//! The slow, direct ways to the smallest peak.
//!
//! [`enumerate`] tries every order and asks the ruler; [`optimum`] remembers what it knows of a set of operators and
//! counts by the definition. They share nothing, so that each is a check of the other.

use rustc_hash::FxHashMap;

use crate::ids::{Id, OpId, TensorId};
use crate::memory::{Instance, LiveTensor, profile};
use crate::plan::Order;
use crate::units::Bytes;

/// The largest graph that [`optimum`] takes.
pub const OPTIMUM_OPS: usize = 24;
/// The largest graph that [`enumerate`] takes.
pub const ENUMERATE_OPS: usize = 9;

/// The best order of all, each measured by the ruler.
///
/// # Panics
/// For graphs of more than [`ENUMERATE_OPS`] operators.
#[must_use]
pub fn enumerate(instance: &Instance<'_>) -> (Order, Bytes) {
    assert!(instance.ops() <= ENUMERATE_OPS, "too many orders to try");
    let mut best: Option<(Order, Bytes)> = None;
    for_each_order(instance, &mut |order| {
        let peak = profile(instance, order).peak;
        if best.as_ref().is_none_or(|&(_, known)| peak < known) {
            best = Some((order.clone(), peak));
        }
    });
    best.unwrap_or_default()
}

/// Calls `visit` with every valid order.
pub fn for_each_order(instance: &Instance<'_>, visit: &mut dyn FnMut(&Order)) {
    fn extend(instance: &Instance<'_>, run: &mut Vec<OpId>, visit: &mut dyn FnMut(&Order)) {
        if run.len() == instance.ops() {
            visit(&Order::new(run.clone()));
        }
        for op in instance.graph().ops().ids() {
            let before = instance.topology().predecessors(op);
            if !run.contains(&op) && before.iter().all(|p| run.contains(p)) {
                run.push(op);
                extend(instance, run, visit);
                run.pop();
            }
        }
    }
    extend(instance, &mut Vec::new(), visit);
}

/// The smallest peak, by a search that visits each set of operators once.
///
/// # Panics
/// For graphs of more than [`OPTIMUM_OPS`] operators.
#[must_use]
pub fn optimum(instance: &Instance<'_>) -> Bytes {
    assert!(instance.ops() <= OPTIMUM_OPS, "too many sets to visit");
    let before = |op| set(instance.topology().predecessors(op));
    let mut oracle = Oracle {
        base: instance.base(),
        before: instance.graph().ops().ids().map(before).collect(),
        tensors: instance.tensors().iter().map(Counted::new).collect(),
        spares: vec![Vec::new(); instance.ops()],
        known: FxHashMap::default(),
    };
    for place in instance.in_place() {
        let over = |id: &TensorId| instance.tensors().iter().find(|tensor| tensor.id == *id);
        let over = place.over.iter().filter_map(over).map(Counted::new);
        oracle.spares[place.op.index()].extend(over);
    }
    oracle.from(0)
}

/// A tensor, with operators as sets of bits.
#[derive(Clone)]
struct Counted {
    bytes: Bytes,
    /// Empty if it is there from the start.
    producer: u32,
    readers: u32,
    to_end: bool,
}

impl Counted {
    fn new(tensor: &LiveTensor<'_>) -> Self {
        Self {
            bytes: tensor.bytes,
            producer: tensor.producer.map_or(0, bit),
            readers: set(&tensor.readers),
            to_end: tensor.to_end,
        }
    }

    fn wanted(&self, done: u32) -> bool {
        self.to_end || self.readers & !done != 0
    }
}

struct Oracle {
    base: Bytes,
    /// For each operator, those that have to run before.
    before: Vec<u32>,
    tensors: Vec<Counted>,
    /// For each operator, the tensors over which it can write what it writes.
    spares: Vec<Vec<Counted>>,
    /// For a set of operators that have run, the smallest peak of the steps that are left.
    known: FxHashMap<u32, Bytes>,
}

impl Oracle {
    fn from(&mut self, done: u32) -> Bytes {
        if let Some(&peak) = self.known.get(&done) {
            return peak;
        }
        let mut least: Option<Bytes> = None;
        for op in 0..self.before.len() {
            if done >> op & 1 == 0 && self.before[op] & !done == 0 {
                let way = self.during(done, op).max(self.from(done | 1 << op));
                least = Some(least.map_or(way, |least| least.min(way)));
            }
        }
        let peak = least.unwrap_or_default();
        self.known.insert(done, peak);
        peak
    }

    /// Bytes live while `op` runs behind `done`; what it writes in place, once.
    fn during(&self, done: u32, op: usize) -> Bytes {
        let after = done | 1 << op;
        let live = |tensor: &&Counted| {
            tensor.producer & !after == 0 && (tensor.producer == 1 << op || tensor.wanted(done))
        };
        let all: Bytes = self.tensors.iter().filter(live).map(|t| t.bytes).sum();
        let spared = self.spares[op].iter().find(|over| !over.wanted(after));
        self.base + all - spared.map_or(Bytes::ZERO, |over| over.bytes)
    }
}

fn set(ops: &[OpId]) -> u32 {
    ops.iter().fold(0, |set, &op| set | bit(op))
}

fn bit(op: OpId) -> u32 {
    1 << op.index()
}

#[cfg(test)]
mod tests {
    use super::{enumerate, for_each_order, optimum};
    use crate::memory::{Instance, Target};
    use crate::testing::fuzz;

    #[test]
    fn both_oracles_agree() {
        let mut orders = 0;
        for seed in 0..1_500 {
            let graph = fuzz::drawn(seed, 7);
            for target in &fuzz::targets() {
                let instance = Instance::new(&graph, target);
                assert_eq!(
                    enumerate(&instance).1,
                    optimum(&instance),
                    "seed {seed}\n{graph}"
                );
            }
            for_each_order(&Instance::new(&graph, &Target::TFLM), &mut |_| orders += 1);
        }
        assert!(
            orders > 20_000,
            "the graphs leave too little choice: {orders} orders"
        );
    }
}
