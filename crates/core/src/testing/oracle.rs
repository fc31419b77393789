//! The slow, direct ways to the smallest peak.
//!
//! [`enumerate`] tries every order and asks the ruler; [`optimum`] remembers what it knows of a set of operators and
//! counts by the definition. They share nothing, so that each is a check of the other.

use rustc_hash::FxHashMap;

use crate::ids::{Id, OpId};
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
    let mut oracle = Oracle {
        instance,
        known: FxHashMap::default(),
    };
    oracle.from(0)
}

struct Oracle<'i, 'g> {
    instance: &'i Instance<'g>,
    /// For a set of operators that have run, the smallest peak of the steps that are left.
    known: FxHashMap<u32, Bytes>,
}

impl Oracle<'_, '_> {
    fn from(&mut self, done: u32) -> Bytes {
        if let Some(&peak) = self.known.get(&done) {
            return peak;
        }
        let ready: Vec<OpId> = self.ready(done).collect();
        let ways = ready.into_iter().map(|op| {
            let step = self.during(done, op);
            step.max(self.from(done | bit(op)))
        });
        let peak = ways.min().unwrap_or_default();
        self.known.insert(done, peak);
        peak
    }

    fn ready(&self, done: u32) -> impl Iterator<Item = OpId> + '_ {
        let ops = self.instance.graph().ops().ids();
        let before = |op| self.instance.topology().predecessors(op).iter();
        ops.filter(move |&op| done & bit(op) == 0 && before(op).all(|&p| done & bit(p) != 0))
    }

    /// Bytes live while `op` runs behind `done`; what it writes in place, once.
    fn during(&self, done: u32, op: OpId) -> Bytes {
        let wanted = |tensor: &LiveTensor<'_>, done: u32| {
            tensor.to_end || tensor.readers.iter().any(|&reader| done & bit(reader) == 0)
        };
        let live = |tensor: &&LiveTensor<'_>| {
            let written = tensor
                .producer
                .is_none_or(|p| (done | bit(op)) & bit(p) != 0);
            written && (tensor.producer == Some(op) || wanted(tensor, done))
        };
        let tensors = self.instance.tensors();
        let all: Bytes = tensors.iter().filter(live).map(|tensor| tensor.bytes).sum();
        let mut in_place = self
            .instance
            .in_place()
            .iter()
            .filter(|place| place.op == op);
        let spared = in_place.find_map(|place| {
            let mut over = tensors
                .iter()
                .filter(|tensor| place.over.contains(&tensor.id));
            over.find(|tensor| !wanted(tensor, done | bit(op)))
                .map(|tensor| tensor.bytes)
        });
        self.instance.base() + all - spared.unwrap_or_default()
    }
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
