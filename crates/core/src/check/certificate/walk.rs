//! What a run costs, counted for the referee of certificates: downsets, what is live after them, what can run next.

use crate::graph::{Graph, Role};
use crate::ids::{Id, OpId, TensorId};
use crate::memory::Target;
use crate::units::Bytes;

use super::super::sharing::Sharing;

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
    /// What each operator writes in place, and over which tensors it can.
    spared: Vec<(i128, Vec<TensorId>)>,
    sharing: Sharing<'g>,
    readers: Vec<Vec<OpId>>,
    /// Live to the end once there.
    kept: Vec<bool>,
    from_start: Vec<bool>,
}

impl<'g> Costs<'g> {
    pub(crate) fn new(graph: &'g Graph, target: &'g Target, bound: Bytes) -> Self {
        // All that a target says is named here. What lowers the cost of a step is taken off in `alone`, `least_made` and `made`.
        let &Target {
            name: _,
            alignment: _,
            planner: _,
            keeps_inputs,
            counts_inputs,
            aliasing: _,
        } = target;
        let tensors = graph.tensors().len();
        let sharing = Sharing::new(graph, target);
        let mut costs = Self {
            graph,
            bound: i128::from(bound.get()),
            base: 0,
            bytes: vec![0; tensors],
            spared: vec![(0, Vec::new()); graph.ops().len()],
            kept: vec![false; tensors],
            from_start: vec![false; tensors],
            readers: vec![Vec::new(); tensors],
            sharing,
        };
        for (op, node) in graph.ops().iter() {
            for t in node.reads() {
                let readers = &mut costs.readers[costs.sharing.home(t).index()];
                if readers.last() != Some(&op) {
                    readers.push(op);
                }
            }
        }
        for &t in graph.inputs() {
            costs.from_start[t.index()] = true;
            costs.kept[t.index()] = keeps_inputs || costs.readers(t).is_empty();
        }
        for &t in graph.outputs() {
            costs.kept[costs.sharing.home(t).index()] = true;
        }
        for (t, tensor) in graph.tensors().iter() {
            let bytes = i128::from(tensor.bytes.get());
            let (here, kept) = (costs.from_start[t.index()], costs.kept[t.index()]);
            match tensor.role {
                Role::Constant => {}
                Role::Activation if costs.sharing.home(t) != t || here && !counts_inputs => {}
                Role::Variable => costs.base += bytes,
                Role::Activation if here && kept => costs.base += bytes,
                Role::Activation if here || graph.topology().producer(t).is_some() => {
                    costs.bytes[t.index()] = bytes;
                }
                Role::Activation => {}
            }
        }
        for op in graph.ops().ids() {
            let Some((output, mut over)) = costs.sharing.in_place(op) else {
                continue;
            };
            over.retain(|t| costs.bytes(*t) > 0 && !costs.kept[t.index()]);
            costs.spared[op.index()] = (costs.bytes(output), over);
        }
        costs
    }

    /// Takes a tensor to have no bytes. What it spares where it is overwritten is still taken off, so that no step costs more.
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

    /// Who reads the tensor or a view of it, each once.
    pub(crate) fn readers(&self, tensor: TensorId) -> &[OpId] {
        &self.readers[tensor.index()]
    }

    pub(crate) fn bytes(&self, tensor: TensorId) -> i128 {
        self.bytes[tensor.index()]
    }

    /// The tensors whose bytes `op` reads, each once.
    pub(crate) fn reads(&self, op: OpId) -> Vec<TensorId> {
        let reads = self.graph.op(op).reads();
        let mut reads: Vec<TensorId> = reads.map(|t| self.sharing.home(t)).collect();
        reads.sort_unstable();
        reads.dedup();
        reads
    }

    /// Bytes that running `op` behind `done` adds during its step: what it writes, less what it writes over a tensor that dies.
    pub(crate) fn made(&self, done: &Set, op: OpId) -> i128 {
        let (spared, over) = &self.spared[op.index()];
        let dies = |t: &TensorId| self.readers(*t).iter().all(|&r| r == op || done.has(r));
        self.written(op) - if over.iter().any(dies) { *spared } else { 0 }
    }

    /// The least that running `op` adds, whatever ran before.
    pub(crate) fn least_made(&self, op: OpId) -> i128 {
        let (spared, over) = &self.spared[op.index()];
        self.written(op) - if over.is_empty() { 0 } else { *spared }
    }

    fn written(&self, op: OpId) -> i128 {
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
        self.base + self.least_made(op) + read.sum::<i128>()
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
