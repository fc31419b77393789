//! What a run costs, counted for the referee of certificates: downsets, what is live after them, what can run next.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;
use crate::units::Bytes;

/// A set of operators.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Set(Vec<u64>);

impl Set {
    pub(crate) fn new(ops: usize) -> Self {
        Self(vec![0; ops.div_ceil(64)])
    }

    pub(crate) fn has(&self, op: OpId) -> bool {
        self.0[op.index() / 64] >> (op.index() % 64) & 1 == 1
    }

    pub(crate) fn insert(&mut self, op: OpId) {
        self.0[op.index() / 64] |= 1 << (op.index() % 64);
    }

    pub(crate) fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }
}

/// A graph as a target counts it, with every tensor's bytes wide enough for any sum.
pub(crate) struct Costs<'g> {
    pub(crate) graph: &'g Graph,
    /// The bound that is looked into: steps that cost so much are not taken.
    pub(crate) bound: i128,
    base: i128,
    /// Zero for what is not counted, or counted in `base`.
    bytes: Vec<i128>,
    /// Live to the end once there.
    kept: Vec<bool>,
    from_start: Vec<bool>,
}

impl<'g> Costs<'g> {
    pub(crate) fn new(graph: &'g Graph, target: &Target, bound: Bytes) -> Self {
        // All that a target says is named here. What lowers the cost of a step (an output over an input) has to be taken off in
        // `alone`, in `Moment::cost` and in what `around` counts, or bounds are certified that do not hold.
        let &Target {
            name: _,
            alignment: _,
            planner: _,
            keeps_inputs,
        } = target;
        let tensors = graph.tensors().len();
        let mut costs = Self {
            graph,
            bound: i128::from(bound.get()),
            base: 0,
            bytes: vec![0; tensors],
            kept: vec![false; tensors],
            from_start: vec![false; tensors],
        };
        for &t in graph.inputs() {
            costs.from_start[t.index()] = true;
            costs.kept[t.index()] = keeps_inputs || costs.readers(t).is_empty();
        }
        for &t in graph.outputs() {
            costs.kept[t.index()] = true;
        }
        for (t, tensor) in graph.tensors().iter() {
            let bytes = i128::from(tensor.bytes.get());
            let (here, kept) = (costs.from_start[t.index()], costs.kept[t.index()]);
            match tensor.role {
                Role::Constant => {}
                Role::Variable => costs.base += bytes,
                Role::Activation if here && kept => costs.base += bytes,
                Role::Activation if here || graph.topology().producer(t).is_some() => {
                    costs.bytes[t.index()] = bytes;
                }
                Role::Activation => {}
            }
        }
        costs
    }

    /// Takes a tensor to have no bytes.
    pub(crate) fn drop_tensor(&mut self, tensor: TensorId) {
        self.bytes[tensor.index()] = 0;
    }

    pub(crate) fn ops(&self) -> usize {
        self.graph.ops().len()
    }

    pub(crate) fn before(&self, op: OpId) -> &'g [OpId] {
        self.graph.topology().predecessors(op)
    }

    pub(crate) fn after(&self, op: OpId) -> &'g [OpId] {
        self.graph.topology().successors(op)
    }

    /// Who reads the tensor, each once.
    pub(crate) fn readers(&self, tensor: TensorId) -> &'g [OpId] {
        self.graph.topology().consumers(tensor)
    }

    pub(crate) fn bytes(&self, tensor: TensorId) -> i128 {
        self.bytes[tensor.index()]
    }

    /// The tensors that `op` reads, each once.
    pub(crate) fn reads(&self, op: OpId) -> Vec<TensorId> {
        let mut reads: Vec<TensorId> = self.graph.op(op).reads().collect();
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    /// Bytes that `op` writes.
    pub(crate) fn made(&self, op: OpId) -> i128 {
        let outputs = self.graph.op(op).outputs.iter();
        outputs.map(|t| self.bytes[t.index()]).sum()
    }

    /// Bytes that `op` writes and that outlive it.
    pub(crate) fn left(&self, op: OpId) -> i128 {
        let outputs = self.graph.op(op).outputs.iter();
        let lasting = outputs.filter(|t| self.kept[t.index()] || !self.readers(**t).is_empty());
        lasting.map(|t| self.bytes[t.index()]).sum()
    }

    /// Whether the tensor is gone once all of `done` has run, given that it was there.
    pub(crate) fn dies(&self, tensor: TensorId, done: &Set) -> bool {
        !self.kept[tensor.index()] && self.readers(tensor).iter().all(|&r| done.has(r))
    }

    /// What `op` needs by itself.
    pub(crate) fn alone(&self, op: OpId) -> i128 {
        let read = self.reads(op).into_iter().map(|t| self.bytes[t.index()]);
        self.base + self.made(op) + read.sum::<i128>()
    }

    /// Whether all predecessors of all operators in `done` are in `done`.
    pub(crate) fn is_downset(&self, done: &Set) -> bool {
        let mut ops = self.graph.ops().ids().filter(|&op| done.has(op));
        ops.all(|op| self.before(op).iter().all(|&p| done.has(p)))
    }

    /// Everything that must run before `op`.
    pub(crate) fn ancestors(&self, op: OpId) -> Set {
        self.reach(op, |op| self.before(op))
    }

    /// Everything that must run after `op`.
    pub(crate) fn descendants(&self, op: OpId) -> Set {
        self.reach(op, |op| self.after(op))
    }

    fn reach(&self, from: OpId, next: impl Fn(OpId) -> &'g [OpId]) -> Set {
        let mut met = Set::new(self.ops());
        let mut todo = next(from).to_vec();
        while let Some(op) = todo.pop() {
            if !met.has(op) {
                met.insert(op);
                todo.extend(next(op));
            }
        }
        met
    }

    /// Bytes live after the downset `done`.
    pub(crate) fn live(&self, done: &Set) -> i128 {
        let there = |t: TensorId| {
            let writer = self.graph.topology().producer(t);
            self.from_start[t.index()] || writer.is_some_and(|op| done.has(op))
        };
        let kept = |t: TensorId| self.kept[t.index()];
        let wanted = |t: TensorId| kept(t) || self.readers(t).iter().any(|&r| !done.has(r));
        let tensors = self
            .graph
            .tensors()
            .ids()
            .filter(|&t| there(t) && wanted(t));
        self.base + tensors.map(|t| self.bytes[t.index()]).sum::<i128>()
    }
}
